"""`POST /slack/events`, a plain ASGI endpoint: count, verify, hear, store, and only then answer, within three seconds.

A retry says nothing about whether we saw the first attempt: what was stored once is told apart by its event id and by
what happened.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.types import Receive, Scope, Send

from bot.domain.refs import Heard
from bot.ports import Trouble
from handlers.slack.hear import Challenge, Dialog, Malformed, Nothing, Outcome, hear
from handlers.slack.verify import verify

log = structlog.get_logger()

CAP = 1024 * 1024
"""Bytes of one body; Slack's largest are a tenth of it."""

IN_FLIGHT = 64
"""Requests that are read at once; further ones are told to come back."""

PATIENCE = 2.0
"""Seconds for the body, and again for storing it: Slack gives up after three in all."""

TOGETHER = 2.5
"""Seconds for everything."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a plain body; Slack shows the body of a good answer to a command, so it stays empty there."""

    status: int
    text: str = ""


class Receiver:
    """`store` returns when a Heard is durable: True for news; it raises Trouble when it can't. `me` tells our own user
    id, '' until it is known. `dialog` opens a dialog; `on_new` wakes the engine."""

    def __init__(
        self,
        secret: bytes,
        store: Callable[[Heard], Awaitable[bool]],
        me: Callable[[], str],
        dialog: Callable[[Dialog], Awaitable[None]],
        on_new: Callable[[], None] = lambda: None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.secret, self.store, self.me, self.dialog, self.on_new = secret, store, me, dialog, on_new
        self.now = now
        self._reading = 0
        self._beside: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        answer = await self._answer(scope["method"], headers, receive)
        if answer.status >= 400:
            log.info("slack.refused", status=answer.status, why=answer.text)
        body = answer.text.encode()
        sent = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        sent += [(b"retry-after", b"5")] if answer.status == 503 else []
        await send({"type": "http.response.start", "status": answer.status, "headers": sent})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, method: str, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        if method != "POST":
            return Answer(405, "requests are sent by POST")
        if self._reading >= IN_FLIGHT:
            return Answer(503, "too much is being received at once")
        self._reading += 1
        try:
            async with asyncio.timeout(TOGETHER):
                body = await _read(receive)
                if isinstance(body, Answer):
                    return body
                stamp, signature = headers.get(b"x-slack-request-timestamp"), headers.get(b"x-slack-signature")
                if not verify(self.secret, stamp, signature, body, self.now()):
                    return Answer(401, "the signature does not fit")
                content = headers.get(b"content-type", b"").decode("latin-1")
                return await self.take(hear(content, body, self.me()))
        except TimeoutError:
            return Answer(503, "it took too long")
        finally:
            self._reading -= 1

    async def take(self, outcome: Outcome) -> Answer:
        """Store what was heard, or do what can't wait."""
        match outcome:
            case Challenge(text):
                return Answer(200, text)
            case Nothing():
                return Answer(200)
            case Malformed(why):
                return Answer(400, why)
            case Dialog():
                self._begin(outcome)
                return Answer(200)
            case Heard():
                return await self._store(outcome)

    async def _store(self, heard: Heard) -> Answer:
        try:
            async with asyncio.timeout(PATIENCE):
                new = await self.store(heard)
        except Trouble as trouble:
            return Answer(503, f"it can't be stored now: {trouble.what}")
        if new:
            self.on_new()
        return Answer(200)

    def _begin(self, dialog: Dialog) -> None:
        """Open it beside: the answer must not wait for a call of ours."""
        task = asyncio.get_running_loop().create_task(_quietly(self.dialog(dialog)))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


async def _quietly(opening: Awaitable[None]) -> None:
    try:
        await opening
    except Trouble as trouble:
        log.warning("slack.dialog", what=trouble.what)


async def _read(receive: Receive) -> bytes | Answer:
    """The body, counted as it comes."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return Answer(400, "the sender hung up")
        body += message.get("body", b"")
        if len(body) > CAP:
            return Answer(413, f"more than {CAP} bytes")
        if not message.get("more_body", False):
            return bytes(body)
