"""Goal 8, the store's part: how many deliveries a second become durable, sharing commits against one commit each.

`python -m tests.bench.bench_inbox` prints the figures as JSON. A slow disk is played by 5 ms added to each commit.
"""

import asyncio
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store import SqlStore
from tests.contract.sayings import heard

GOAL = 8.0


class OneByOne(SqlStore):
    """The same store with a commit for each delivery."""

    batch = 1


@dataclass(frozen=True, slots=True)
class Rate:
    """Deliveries a second, acknowledged to `callers` at once with `delay` seconds added to each commit."""

    callers: int
    delay: float
    grouped: float
    single: float

    @property
    def ratio(self) -> float:
        return self.grouped / self.single


@contextlib.contextmanager
def slow_commits(delay: float) -> Iterator[None]:
    def wait(_: Connection) -> None:
        if delay:
            time.sleep(delay)

    sa.event.listen(Engine, "commit", wait)
    try:
        yield
    finally:
        sa.event.remove(Engine, "commit", wait)


async def acknowledge(store: SqlStore, callers: int, seconds: float, name: str) -> float:
    """Deliveries a second that `callers` at once get acknowledged."""
    end = time.perf_counter() + seconds

    async def deliver(line: int) -> int:
        count = 0
        while time.perf_counter() < end:
            await store.receive("bench", heard(f"{name}-{line}-{count}"))
            count += 1
        return count

    started = time.perf_counter()
    counts = await asyncio.gather(*(deliver(line) for line in range(callers)))
    return sum(counts) / (time.perf_counter() - started)


async def measure(callers: int, delay: float, rounds: int = 8, seconds: float = 0.25) -> Rate:
    """Both ways take turns, so that a noisy machine troubles both; the medians count."""
    with tempfile.TemporaryDirectory() as home:
        stores = [kind(f"sqlite:///{Path(home)}/{kind.__name__}.db") for kind in (SqlStore, OneByOne)]
        for store in stores:
            await store.migrate()
        with slow_commits(delay):
            rates = [[await acknowledge(s, callers, seconds, str(n)) for s in stores] for n in range(rounds)]
        for store in stores:
            await store.close()
    grouped, single = (statistics.median(of_one) for of_one in zip(*rates, strict=True))
    return Rate(callers, delay, grouped, single)


async def main() -> None:
    for callers, delay in ((1, 0.0), (16, 0.0), (64, 0.0), (64, 0.005)):
        found = await measure(callers, delay)
        goal = {"goal": GOAL} if delay else {}
        print(json.dumps({**asdict(found), "ratio": round(found.ratio, 2), **goal}))


if __name__ == "__main__":
    asyncio.run(main())
