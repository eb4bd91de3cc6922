"""How Slack tells an App what happened: signed, within three seconds, and again when it got no 2xx."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from bot.rehearsal.slack.socket import Socket
from bot.rehearsal.wire import Json

PATIENCE = 3.0
"""Seconds that Slack waits for an answer."""

RETRIES = 3


@dataclass(eq=False, slots=True)
class Delivery:
    """One attempt. `status` 0: no answer in time."""

    kind: str
    retry: int
    status: int = 0
    seconds: float = 0.0
    answer: bytes = b""


class Deliveries:
    """The request address of the App, and everything that was sent there."""

    def __init__(self, secret: str) -> None:
        self.secret, self.url = secret, ""
        self.sent: list[Delivery] = []
        self.pauses: tuple[float, ...] = (0.0, 0.1, 0.2)
        """Seconds before each retry: at once, a minute and five minutes on the real one."""
        self.repeat = 0
        """Deliver each event so many times more, although it was answered: answers get lost."""
        self.lost = False
        """Nothing reaches the App: it is down, or its socket is."""
        self._transport: httpx.AsyncBaseTransport | None = None
        self.socket: Socket | None = None
        """Where Socket Mode is on: nothing goes to the address then."""

    def deliver_to(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url, self._transport = url, transport

    def sign(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """The signature headers of a body."""
        stamp = str(int(time.time()) if at is None else at)
        base = b"v0:" + stamp.encode() + b":" + body
        mac = hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}

    async def event(self, payload: Mapping[str, Json]) -> Delivery:
        if self.lost:
            return Delivery("event", 0)
        if self.socket is not None:
            return await self._through(self.socket, "events_api", payload)
        return await self._send("event", json.dumps(payload).encode(), "application/json")

    async def command(self, fields: Mapping[str, str]) -> Delivery:
        if self.socket is not None:
            return await self._through(self.socket, "slash_commands", fields)
        return await self._send("command", urlencode(fields).encode(), FORM)

    async def interaction(self, payload: Mapping[str, Json]) -> Delivery:
        if self.socket is not None:
            return await self._through(self.socket, "interactive", payload)
        return await self._send("interaction", urlencode({"payload": json.dumps(payload)}).encode(), FORM)

    async def _through(self, socket: Socket, kind: str, payload: Mapping[str, Json]) -> Delivery:
        delivery = Delivery(kind, 0)
        self.sent.append(delivery)
        delivery.status = await socket.tell(kind, payload)
        return delivery

    async def _send(self, kind: str, body: bytes, content: str) -> Delivery:
        """Until it was answered with 2xx; commands and clicks are sent once, as on the real one."""
        delivery = await self._post(kind, body, content, 0)
        retries = RETRIES if kind == "event" else 0
        again = self.repeat if kind == "event" else 0
        for retry in range(1, retries + 1):
            if 200 <= delivery.status < 300 and retry > again:
                break
            await asyncio.sleep(self.pauses[retry - 1])
            delivery = await self._post(kind, body, content, retry)
        return delivery

    async def _post(self, kind: str, body: bytes, content: str, retry: int) -> Delivery:
        delivery = Delivery(kind, retry)
        self.sent.append(delivery)
        headers = {"Content-Type": content, **self.sign(body)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        start = time.monotonic()
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=PATIENCE, trust_env=False) as client:
                got = await client.post(self.url, content=body, headers=headers)
                delivery.status, delivery.answer = got.status_code, got.content
        except httpx.HTTPError:
            delivery.status = 0
        delivery.seconds = time.monotonic() - start
        return delivery


FORM = "application/x-www-form-urlencoded"
