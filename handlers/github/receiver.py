"""The webhook's door, a plain ASGI endpoint: count, verify, hear, store, and only then answer."""

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from starlette.types import Receive, Scope, Send

from bot.domain.refs import Heard
from bot.ports import Trouble
from handlers.github.apart import Apart
from handlers.github.hear import Ears, Malformed, Nothing, Outcome, Raw, hear
from handlers.github.verify import verify, well_formed

log = structlog.get_logger()

CAP = 26 * 1024 * 1024
"""Bytes of one body: GitHub sends at most 25 MB."""

IN_FLIGHT = 8 * CAP
"""Bytes of all bodies that are being read, so that strangers can't fill the memory."""

LARGE = 1024 * 1024
"""From here on bytes, a body is hashed in a thread and read in a process of its own."""

PATIENCE = 20.0
"""Seconds for a whole body; GitHub itself gives up after ten."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said back: a status of INTERFACES §4 and a word of why."""

    status: int
    result: str
    why: str = ""

    def body(self) -> bytes:
        return _told(self.result, self.why)


@functools.lru_cache  # nearly all are "stored"
def _told(result: str, why: str) -> bytes:
    return json.dumps({"result": result} | ({"reason": why} if why else {})).encode()


class Refused(Exception):
    """An answer before the body was read to its end."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.why)
        self.answer = answer


class Receiver:
    """`POST /github/webhooks`. `store` returns when a Heard is durable: True for news; it raises Trouble when it can't.
    `ears` is asked for each delivery, since who we are is known only after GitHub was asked. `on_new` wakes the engine.
    """

    def __init__(
        self,
        secrets: Sequence[bytes],
        store: Callable[[Heard], Awaitable[bool]],
        ears: Callable[[], Ears],
        on_new: Callable[[], None] = lambda: None,
        *,
        cap: int = CAP,
        patience: float = PATIENCE,
        at_once: int = IN_FLIGHT,
    ) -> None:
        self.secrets, self.store, self.ears, self.on_new = secrets, store, ears, on_new
        self.cap, self.patience, self.at_once = cap, patience, at_once
        self._in_flight = 0
        self._apart = Apart()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])  # ASGI promises their names in lower case
        early = False
        try:
            answer = await self._answer(scope["method"], headers, receive)
        except Refused as refused:
            answer, early = refused.answer, True
        if answer.status >= 400:
            log.info("webhook.refused", status=answer.status, why=answer.why)
        body = answer.body()
        sent = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        sent += [(b"connection", b"close")] if early else []
        sent += [(b"retry-after", b"10")] if answer.status == 503 else []
        await send({"type": "http.response.start", "status": answer.status, "headers": sent})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, method: str, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        if method != "POST":
            raise Refused(Answer(405, "refused", "deliveries are sent by POST"))
        signature = headers.get(b"x-hub-signature-256")
        if well_formed(signature) is None:
            raise Refused(Answer(401, "refused", "X-Hub-Signature-256 is missing or malformed"))
        size = headers.get(b"content-length", b"")
        if size.isdigit() and int(size[:20]) > self.cap:
            raise Refused(Answer(413, "refused", f"more than {self.cap} bytes"))
        body = bytearray()
        try:
            await self._read(receive, body)
        finally:
            self._in_flight -= len(body)
        raw = bytes(body) if len(body) < LARGE else body  # a copy of 25 MB is a pause
        signed = verify(self.secrets, signature, raw) if len(raw) < LARGE else await self._verify_aside(signature, raw)
        if not signed:
            return Answer(401, "refused", "the signature fits none of the live secrets")
        if headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded"):
            return Answer(400, "refused", "set the webhook's content type to application/json")
        event, delivery = (
            headers.get(name, b"").decode("latin-1") for name in (b"x-github-event", b"x-github-delivery")
        )
        return await self._store(await self._hear(event, delivery, raw))

    async def _verify_aside(self, signature: bytes | None, raw: Raw) -> bool:
        return await asyncio.to_thread(verify, self.secrets, signature, raw)

    async def _read(self, receive: Receive, body: bytearray) -> None:
        """The body into `body`, counted as it comes."""
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(Answer(400, "refused", "the sender hung up"))
                    chunk = message.get("body", b"")
                    body += chunk
                    self._in_flight += len(chunk)
                    self._check_room(len(body))
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            raise Refused(Answer(400, "refused", f"the body took longer than {self.patience:g} s")) from None

    def _check_room(self, size: int) -> None:
        if size > self.cap:
            raise Refused(Answer(413, "refused", f"more than {self.cap} bytes"))
        if self._in_flight > self.at_once:
            raise Refused(Answer(503, "refused", "too much is being received at once"))

    async def _hear(self, event: str, delivery: str, raw: Raw) -> Outcome:
        if len(raw) < LARGE:
            return hear(event, delivery, raw, self.ears())
        return await self._apart.hear(event, delivery, raw, self.ears())

    async def _store(self, heard: Outcome) -> Answer:
        match heard:
            case Nothing(why):
                return Answer(200, "ignored", why)
            case Malformed(why):
                return Answer(400, "malformed", why)
            case Heard():
                try:
                    new = await self.store(heard)
                except Trouble as trouble:
                    return Answer(503, "refused", f"it can't be stored now: {trouble.what}")
                if not new:
                    return Answer(200, "duplicate")
                self.on_new()
                return Answer(202, "stored")
