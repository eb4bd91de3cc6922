"""What a Dispatcher promises: a due session is run, by one worker at a time, and no wake-up is lost."""

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.dispatch import InProcessDispatcher, is_dead, worker_name
from bot.ports import Conflict, Dispatcher, Store, Trouble, Wake
from bot.store import SqlStore
from tests.contract.sayings import NOON, spoke, wake

pytest_plugins = ["tests.contract.databases"]
Advance = Callable[[Wake], Awaitable[datetime | None]]


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, time: datetime = NOON) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def turn(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


@contextlib.asynccontextmanager
async def at_work(dispatcher: Dispatcher) -> AsyncIterator[None]:
    running = asyncio.create_task(dispatcher.run())
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  seen from outside, as a user would
            await asyncio.sleep(0.005)


async def until_idle(store: Store) -> None:
    async with asyncio.timeout(10):
        while await store.workers():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Work:
    """An `advance` that notes what it was given, and waits while its door is closed."""

    def __init__(self, *due: datetime | None) -> None:
        self.wakes: list[Wake] = []
        self.running: list[str] = []
        self.most: Counter[str] = Counter()
        self.stopped: list[str] = []
        self.door = asyncio.Event()
        self._due = list(due)

    async def __call__(self, wake: Wake) -> datetime | None:
        self.wakes.append(wake)
        self.running.append(wake.session)
        self.most["all"] = max(self.most["all"], len(self.running))
        repository = sum(1 for running in self.running if running[0] == wake.session[0])
        self.most[wake.session[0]] = max(self.most[wake.session[0]], repository)
        try:
            await self.door.wait()
        except asyncio.CancelledError:
            self.stopped.append(wake.session)
            raise
        finally:
            self.running.remove(wake.session)
        return self._due.pop(0) if self._due else None


def open_work(*due: datetime | None) -> Work:
    work = Work(*due)
    work.door.set()
    return work


async def test_a_due_session_is_run_and_then_left_alone(store: SqlStore) -> None:
    work, clock = open_work(), Hands()
    dispatcher = InProcessDispatcher(store, work, clock, "w1", 4, 4)
    await wake(store, "s1")
    async with at_work(dispatcher):
        await until(lambda: len(work.wakes) == 1)
        await wake(store, "s2")
        dispatcher.signal("s2")
        await until(lambda: len(work.wakes) == 2)
        await until_idle(store)

    assert work.wakes == [Wake("s1", "acme/hello", 1, 1, "w1"), Wake("s2", "acme/hello", 1, 1, "w1")]


async def test_what_comes_in_during_a_run_leads_to_another(store: SqlStore) -> None:
    work = Work()
    dispatcher = InProcessDispatcher(store, work, Hands(), "w1", 4, 4)
    await wake(store, "s1")
    async with at_work(dispatcher):
        await until(lambda: work.running == ["s1"])
        for _ in range(3):
            await wake(store, "s1")
            dispatcher.signal("s1")
        work.door.set()
        await until(lambda: len(work.wakes) == 2)
        await until_idle(store)

    assert [(w.generation, w.attempts) for w in work.wakes] == [(1, 1), (4, 1)]


async def test_no_more_run_at_once_than_asked_for(store: SqlStore) -> None:
    work = Work()
    for n, repo in enumerate("aaabaabbabab"):
        await wake(store, f"{repo}{n}", due=n - 12, repo=f"acme/{repo}")
    async with at_work(InProcessDispatcher(store, work, Hands(), "w1", 3, 2)):
        await until(lambda: work.running == ["a0", "a1", "b3"])
        work.door.set()
        await until(lambda: len(work.wakes) == 12)
        await until_idle(store)

    assert (work.most["all"], work.most["a"]) == (3, 2)
    assert work.most["b"] <= 2
    assert len({w.session for w in work.wakes}) == 12


async def test_a_timer_runs_when_its_time_has_come(store: SqlStore) -> None:
    clock = Hands()
    work = open_work(NOON + timedelta(minutes=5), None)
    dispatcher = InProcessDispatcher(store, work, clock, "w1", 1, 1)
    await wake(store, "s1")
    async with at_work(dispatcher):
        await until(lambda: len(work.wakes) == 1)
        await until_idle(store)
        clock.turn(299)
        dispatcher.signal()
        await asyncio.sleep(0.05)
        assert len(work.wakes) == 1
        clock.turn(1)
        dispatcher.signal()
        await until(lambda: len(work.wakes) == 2)


async def test_what_fails_is_tried_again_after_ever_longer_pauses(store: SqlStore) -> None:
    clock, attempts = Hands(), list[tuple[float, int]]()

    async def fail(wake: Wake) -> datetime | None:
        attempts.append(((clock.now() - NOON).total_seconds(), wake.attempts))
        if len(attempts) == 3:
            raise Trouble("limited", retry_in=20)
        raise LookupError("a bug of ours")

    dispatcher = InProcessDispatcher(store, fail, clock, "w1", 1, 1)
    await wake(store, "s1")
    async with at_work(dispatcher):
        for n, pause in enumerate([2, 4, 20, 16], 1):
            await until(lambda n=n: len(attempts) == n)  # type: ignore[misc]
            await until_idle(store)
            clock.turn(pause)
            dispatcher.signal()
        await until(lambda: len(attempts) == 5)

    assert attempts == [(0, 1), (2, 2), (6, 3), (26, 4), (42, 5)]


async def test_a_stopping_worker_hands_its_sessions_over_at_once(store: SqlStore) -> None:
    first, second = Work(), Work()
    for session in ("s1", "s2"):
        await wake(store, session)
    async with at_work(InProcessDispatcher(store, first, Hands(), "w1", 2, 2)):
        await until(lambda: len(first.running) == 2)

    assert await store.workers() == []
    async with at_work(InProcessDispatcher(store, second, Hands(), "w2", 2, 2)):
        await until(lambda: len(second.running) == 2)

    assert sorted(first.stopped) == sorted(second.stopped) == ["s1", "s2"]
    assert [w.attempts for w in second.wakes] == [1, 1]


async def test_a_lease_lasts_as_long_as_the_work_and_its_loss_ends_the_work(store: SqlStore) -> None:
    work, clock = Work(), Wall()
    await wake(store, "s1")
    async with at_work(InProcessDispatcher(store, work, clock, "w1", 1, 1, lease=0.9)):
        await until(lambda: work.running == ["s1"])
        await asyncio.sleep(1.5)
        assert await store.claim("w2", clock.now(), 60, frozenset(), 1) is None

        await store.release("w1")
        taken = await store.claim("w2", clock.now(), 60, frozenset(), 1)
        await until(lambda: work.stopped == ["s1"])
        await asyncio.sleep(0.1)

        assert taken is not None
        assert await store.owns("w2", "s1", clock.now())


async def test_the_sweep_runs_at_the_start_and_its_failure_stops_nothing(store: SqlStore) -> None:
    work, swept = open_work(), list[str]()

    async def sweep() -> None:
        swept.append("swept")
        raise LookupError("a bug of ours")

    await wake(store, "s1")
    async with at_work(InProcessDispatcher(store, work, Hands(), "w1", 1, 1, sweep)):
        await until(lambda: len(work.wakes) == 1 and swept == ["swept"])


async def test_a_database_that_is_away_for_a_moment_is_waited_for(sqlite_address: str) -> None:
    store = SqlStore(sqlite_address, {"busy_timeout": "20"})
    await store.migrate()
    work = Work()
    dispatcher = InProcessDispatcher(store, work, Hands(), "w1", 2, 2, lease=0.06)
    await wake(store, "s1")
    engine = sa.create_engine(sqlite_address)
    async with at_work(dispatcher):
        await until(lambda: work.running == ["s1"])
        await wake(store, "s2")
        with engine.connect() as somebody:
            somebody.exec_driver_sql("BEGIN IMMEDIATE")
            dispatcher.signal("s2")
            work.door.set()
            await asyncio.sleep(0.2)
            assert await store.workers() == ["w1"]
        await until(lambda: [w.session for w in work.wakes] == ["s1", "s2"])
        await until_idle(store)
    engine.dispose()
    await store.close()


_VICTIM = """
import asyncio, sys
from tests.contract.test_dispatch import InProcessDispatcher, SqlStore, Wall, worker_name

async def hang(wake):
    print(worker_name(), flush=True)
    await asyncio.sleep(3600)

async def main():
    await InProcessDispatcher(SqlStore(sys.argv[1]), hang, Wall(), worker_name(), 1, 1, lease=3600).run()

asyncio.run(main())
"""


async def test_a_killed_process_of_this_host_is_succeeded_at_once(store: SqlStore, address: str) -> None:
    await wake(store, "s1")
    command = (sys.executable, "-W", "ignore", "-c", _VICTIM, address)
    root = Path(__file__).parents[2]
    victim = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=root)
    assert victim.stdout is not None
    name = (await victim.stdout.readline()).decode().strip()
    assert await store.workers() == [name]
    assert not is_dead(name)
    victim.send_signal(signal.SIGKILL)
    await victim.wait()

    work = open_work()
    async with at_work(InProcessDispatcher(store, work, Wall(), worker_name(), 1, 1)):
        await until(lambda: len(work.wakes) == 1)

    assert is_dead(name)
    assert [(w.session, w.attempts) for w in work.wakes] == [("s1", 2)]


def test_only_a_process_that_could_be_looked_up_is_called_dead() -> None:
    host, pid, start = worker_name().split(":")

    assert not is_dead(worker_name())
    assert is_dead(f"{host}:{pid}:{int(start) - 1}")  # its number was given to another process
    for unknown in (f"elsewhere.1:{pid}:1", f"{host}:none:1", f"{host}:{pid}:", "w1", ""):
        assert not is_dead(unknown)


async def test_no_wake_up_is_lost_when_thousands_race(store: SqlStore, address: str) -> None:
    """Two processes' worth of dispatchers; every append must be met by a run that began after it."""
    other, seen = SqlStore(address), Counter[str]()
    inside = Counter[str]()

    def advance(through: SqlStore) -> Advance:
        async def run(wake: Wake) -> datetime | None:
            inside[wake.session] += 1
            assert inside[wake.session] == 1, "two workers at once"
            seen[wake.session] = len(await through.events(wake.session))
            inside[wake.session] -= 1
            return None

        return run

    async def write(through: SqlStore, session: str, dispatcher: Dispatcher) -> None:
        length = 0
        for n in range(25):
            while True:
                try:
                    await through.append(session, length, [spoke(str(n))], at=datetime.now(UTC), turn=1)
                    break
                except Conflict:
                    length = len(await through.events(session))
            if n % 3:  # a signal may be lost, a wake-up may not
                dispatcher.signal(session)

    one = InProcessDispatcher(store, advance(store), Wall(), "w1", 8, 99)
    two = InProcessDispatcher(other, advance(other), Wall(), "w2", 8, 99)
    sessions = [f"s{n}" for n in range(12)]
    async with at_work(one), at_work(two):
        writers = (write(t, s, d) for s in sessions for t, d in ((store, one), (other, two)))
        await asyncio.gather(*writers)
        await until(lambda: all(seen[session] == 50 for session in sessions))
    await other.close()

    assert seen == Counter(dict.fromkeys(sessions, 50))
