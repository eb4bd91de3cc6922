"""The inbox, heard conversation by conversation: each in its own order, and none waits for another."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.ports import Arrival, Clock, Conflict, Store, Trouble

log = structlog.get_logger()

LOOK = 1.0
"""Seconds after which the inbox is looked at without a signal."""

WAITING = 1000
"""How many unheard arrivals are looked at together."""

AT_ONCE = 64
"""Conversations heard side by side; GitHub lets an App ask a hundred things at once."""


class Bug(Trouble):
    """A fault of our own: trying again is not likely to help."""


Hear = Callable[[Arrival], Awaitable[None]]
Caught = Callable[[Awaitable[None], str], Awaitable[Trouble | None]]
"""Runs something under supervision: what failed, or None."""


class Listener:
    """Offers each arrival to `hear` until it was dealt with. What can't be heard now holds back what came after it in
    the same conversation; what fails by our own fault is set aside in the end, so that it blocks nobody."""

    def __init__(self, store: Store, clock: Clock, hear: Hear, caught: Caught) -> None:
        self._store, self._clock, self._hear, self._caught = store, clock, hear, caught
        self._news = asyncio.Event()
        self._busy: set[str] = set()

    def signal(self) -> None:
        """There is something in the inbox."""
        self._news.set()

    async def run(self) -> None:
        """Hear until cancelled; a lost signal costs a second."""
        async with asyncio.TaskGroup() as lines:
            while True:
                self._news.clear()
                trouble = await self._caught(self._pick_up(lines), "the inbox")
                if trouble is not None:
                    log.warning("inbox.trouble", what=trouble.what)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):  # wait_for can swallow a cancellation in Python 3.11
                        await self._news.wait()

    async def _pick_up(self, group: asyncio.TaskGroup) -> None:
        lines: dict[str, list[Arrival]] = {}
        for arrival in await self._store.arrivals(WAITING):
            lines.setdefault(arrival.heard.where.name, []).append(arrival)
        now = self._clock.now()
        for name, line in lines.items():
            due = line[0].due
            if name not in self._busy and len(self._busy) < AT_ONCE and (due is None or due <= now):
                self._busy.add(name)
                group.create_task(self._line(name, line))

    async def _line(self, name: str, line: Sequence[Arrival]) -> None:
        try:
            for arrival in line:
                trouble = await self._one(name, arrival)
                if trouble is not None:
                    await self._caught(self._set_back(arrival, trouble), name)
                    return
            self._news.set()  # more may have come for this conversation meanwhile
        finally:
            self._busy.discard(name)

    async def _one(self, name: str, arrival: Arrival) -> Trouble | None:
        try:
            return await self._caught(self._hear(arrival), name)
        except Conflict as conflict:
            return Trouble(str(conflict), retry_in=LOOK)

    async def _set_back(self, arrival: Arrival, trouble: Trouble) -> None:
        """Offer it again: after the pause that the outside needs, or a few times when there is nothing to wait for."""
        wait = None if isinstance(trouble, Bug) else trouble.retry_in
        later = None if wait is None else self._clock.now() + timedelta(seconds=wait)
        log.warning("hearing.trouble", arrival=arrival.id, what=trouble.what)
        if await self._store.arrival_failed(arrival.id, trouble.what, later):
            log.error("hearing.set_aside", arrival=arrival.id, delivery=arrival.heard.delivery, what=trouble.what)
