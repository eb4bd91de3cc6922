"""Webhooks: signed, delivered one after the other in the background, and remembered with what was answered."""

import asyncio
import hashlib
import hmac
import ssl
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from bot.rehearsal.wire import Json, encode

PATIENCE = 10.0
"""Seconds that GitHub waits for an answer."""


@dataclass(eq=False, slots=True, kw_only=True)
class Delivery:
    """One attempt to tell the App something. `status_code` 0 means that it was never sent or never answered."""

    id: int
    guid: str
    event: str
    action: str | None
    body: bytes
    headers: Mapping[str, str]
    repository_id: int | None
    installation_id: int | None
    at: datetime
    redelivery: bool = False
    status: str = "pending"
    status_code: int = 0
    seconds: float = 0.0
    answer: bytes = field(default=b"", repr=False)


class Hooks:
    """The App's webhook: where it goes, how it is signed, what was sent."""

    def __init__(self, secret: str, app_id: int, ids: Iterator[int], now: Callable[[], datetime]) -> None:
        self.secret, self.url, self.deliveries = secret, "", list[Delivery]()
        self._app_id, self._ids, self._now = app_id, ids, now
        self._transport: httpx.AsyncBaseTransport | None = None
        self._queue: deque[Delivery] = deque()
        self._task: asyncio.Task[None] | None = None
        self._lose = 0

    def deliver_to(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Send to `url`, over `transport` (an `httpx.ASGITransport`, say) instead of a socket when given."""
        self.url, self._transport = url, transport

    def lose(self, count: int) -> None:
        """The next `count` deliveries fail to connect: they are in the log, to be found and redelivered."""
        self._lose += count

    def send(
        self, event: str, payload: Mapping[str, Json], repository_id: int | None, installation_id: int | None
    ) -> Delivery:
        """Sign and queue one event."""
        body = encode(payload)
        action = payload.get("action")
        delivery = Delivery(
            id=next(self._ids),
            guid=str(uuid.uuid4()),
            event=event,
            action=action if isinstance(action, str) else None,
            body=body,
            headers={},
            repository_id=repository_id,
            installation_id=installation_id,
            at=self._now(),
        )
        return self._enqueue(delivery)

    def redeliver(self, guid: str) -> Delivery:
        """Send a delivery again under its old GUID. Raises KeyError for an unknown one."""
        old = next((one for one in self.deliveries if one.guid == guid), None)
        if old is None:
            raise KeyError(guid)
        again = Delivery(
            id=next(self._ids),
            guid=guid,
            event=old.event,
            action=old.action,
            body=old.body,
            headers={},
            repository_id=old.repository_id,
            installation_id=old.installation_id,
            at=self._now(),
            redelivery=True,
        )
        return self._enqueue(again)

    async def settled(self) -> None:
        """Wait until everything queued was sent and answered."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop sending; what is queued stays undelivered."""
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def sign(self, body: bytes) -> str:
        """The X-Hub-Signature-256 of a body."""
        return f"sha256={hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()}"

    def _enqueue(self, delivery: Delivery) -> Delivery:
        # GitHub signs at sending time, so a redelivery carries the secret of today.
        delivery.headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/rehearsal",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": "1",
            "X-GitHub-Hook-Installation-Target-ID": str(self._app_id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": f"sha1={hmac.new(self.secret.encode(), delivery.body, hashlib.sha1).hexdigest()}",
            "X-Hub-Signature-256": self.sign(delivery.body),
        }
        self.deliveries.append(delivery)
        if self._lose:
            self._lose -= 1
            delivery.status = "failed to connect to host"
        elif self.url:
            self._queue.append(delivery)
            self._wake()
        return delivery

    def _wake(self) -> None:
        if self._queue and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        """Send until the queue is empty. The task ends then, so nothing is left running between events."""
        try:
            # A bare context: deliveries go to loopback, and loading the machine's authorities costs 20 ms each time.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            async with httpx.AsyncClient(
                transport=self._transport, timeout=PATIENCE, verify=context, trust_env=False
            ) as client:
                while self._queue:
                    await self._post(client, self._queue.popleft())
        finally:
            self._task = None
            self._wake()  # something may have come while the connection was being closed

    async def _post(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        start = time.monotonic()
        try:
            got = await client.post(self.url, content=delivery.body, headers=dict(delivery.headers))
        except httpx.TimeoutException:
            delivery.status = "timed out"
        except (httpx.TransportError, OSError):
            delivery.status = "failed to connect to host"
        else:
            delivery.status_code, delivery.answer = got.status_code, got.content
            delivery.status = "OK" if got.is_success else f"Invalid HTTP Response: {got.status_code}"
        delivery.seconds = time.monotonic() - start
