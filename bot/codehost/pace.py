"""How fast one installation may write: a bucket that GitHub's content limits never overflow."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from bot.ports import Trouble

BURST = 10.0
PER_SECOND = 1.0  # with the burst at most 70 a minute; GitHub allows 80
HOURLY = 480  # GitHub allows 500; some are left for people who act through the same App
PATIENCE = 20.0


class Pace:
    """All writes of one installation pass here, in order. `now` is in seconds, monotonic."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._now, self._sleep = now, sleep
        self._turn = asyncio.Lock()
        self._level, self._at = BURST, now()
        self._hour: deque[float] = deque()
        self._held_until = 0.0
        self.strikes = 0

    async def take(self) -> None:
        """Return when one write may be sent. Raises Trouble when that is more than PATIENCE seconds away."""
        async with self._turn:
            wait = self.wait()
            if wait > PATIENCE:
                raise Trouble("GitHub's limit for writes is used up for now", retry_in=wait)
            if wait > 0:
                await self._sleep(wait)
            self._fill()
            self._level -= 1.0
            self._hour.append(self._now())

    def wait(self) -> float:
        """Seconds until the next write may be sent."""
        self._fill()
        now = self._now()
        hour = self._hour[0] + 3600.0 - now if len(self._hour) >= HOURLY else 0.0
        return max((1.0 - self._level) / PER_SECOND, hour, self._held_until - now, 0.0)

    def hold(self, seconds: float) -> None:
        """GitHub said stop: nobody writes for so long."""
        self.strikes += 1
        self._held_until = max(self._held_until, self._now() + seconds)

    def relent(self) -> None:
        """A write went through: the next limit counts as the first again."""
        self.strikes = 0

    def _fill(self) -> None:
        now = self._now()
        self._level = min(BURST, self._level + (now - self._at) * PER_SECOND)
        self._at = now
        while self._hour and self._hour[0] <= now - 3600.0:
            self._hour.popleft()
