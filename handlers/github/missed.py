"""What GitHub told while nobody listened: it tries once, and keeps a log of the last days. What stands there without an
acknowledgement is heard as if it had come now; what was heard before is known by its delivery id."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from pydantic import JsonValue

from bot.codehost import Call, Denied, GitHubHost, Shape, read
from bot.domain.refs import Heard
from bot.ports import Trouble
from handlers.github.hear import Ears, hear
from handlers.github.payloads import EVENTS

log = structlog.get_logger()

KEPT = timedelta(days=3)
"""How far back GitHub's log goes."""

OVERLAP = timedelta(minutes=10)
"""How far back it is read again: a delivery may be under way when its line is read, and a redelivery comes later."""

MOST_PAGES = 20
PAGE = 100


class _Line(Shape):
    """One attempt at a delivery."""

    id: int
    guid: str
    delivered_at: datetime
    event: str
    status: str = ""
    status_code: int = 0


class _Request(Shape):
    payload: dict[str, JsonValue] | None = None


class _Whole(Shape):
    """A line with what was sent."""

    request: _Request


class Missed:
    """`store` takes what was heard, as from the webhook's door; `ears` is asked for each delivery."""

    def __init__(
        self,
        host: GitHubHost,
        ears: Callable[[], Ears],
        store: Callable[[Heard], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        self.host, self.ears, self.store, self.now = host, ears, store, now
        self._since: datetime | None = None
        self._seen: set[str] = set()

    async def run(self) -> int:
        """How many messages were news. What can't be read now is read the next time."""
        begun, found = self.now(), 0
        try:
            for line in await self._lost():
                found += await self._hear(line)
                self._seen.add(line.guid)
            self._since = begun - OVERLAP
        except Denied as denied:
            if denied.status != 404:  # a server without such a log has nothing to tell
                log.warning("github.missed", what=denied.what)
        except Trouble as trouble:
            log.warning("github.missed", what=trouble.what)
        if found:
            log.warning("github.missed", messages=found)
        return found

    async def _lost(self) -> list[_Line]:
        """The deliveries of which no attempt was acknowledged, the oldest first, each once."""
        since = self._since or self.now() - KEPT
        lines = [line async for line in self._lines(since)]
        self._seen.intersection_update([line.guid for line in lines])
        well = {line.guid for line in lines if 200 <= line.status_code < 300 or line.status == "pending"}
        lost = {line.guid: line for line in lines if line.guid not in well | self._seen and line.event in EVENTS}
        return sorted(lost.values(), key=lambda line: line.id)

    async def _lines(self, since: datetime) -> AsyncIterator[_Line]:
        """The log's lines, the newest first."""
        call = Call("GET", "/app/hook/deliveries", params={"per_page": PAGE})
        for _ in range(MOST_PAGES):
            got = await self.host.client.send(await self.host.client.app(), call)
            lines = read(list[_Line], got.data, call.doing)
            for line in lines:
                if line.delivered_at >= since:
                    yield line
            if not got.following or not lines or lines[-1].delivered_at < since:
                return
            call = Call("GET", got.following)

    async def _hear(self, line: _Line) -> bool:
        call = Call("GET", f"/app/hook/deliveries/{line.id}")
        whole = read(_Whole, (await self.host.client.send(await self.host.client.app(), call)).data, call.doing)
        heard = hear(line.event, line.guid, json.dumps(whole.request.payload).encode(), self.ears())
        return isinstance(heard, Heard) and await self.store(heard)
