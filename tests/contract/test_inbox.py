"""What a Store promises of arrivals: acknowledged means on disk, and news is news once."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.ports import Arrival, Trouble
from bot.store import SqlStore
from tests.contract.sayings import alter, at, heard

pytest_plugins = ["tests.contract.databases"]


@pytest.fixture
def commits() -> Iterator[list[Connection]]:
    """Every commit of any engine, as it happens."""
    made: list[Connection] = []

    def count(connection: Connection) -> None:
        made.append(connection)

    sa.event.listen(Engine, "commit", count)
    yield made
    sa.event.remove(Engine, "commit", count)


async def test_a_redelivery_is_a_duplicate_heard_or_not(store: SqlStore) -> None:
    answers = [await store.receive("github", heard("d1")) for _ in range(2)]
    [arrival] = await store.arrivals()
    await store.dismiss(arrival.id)
    answers.append(await store.receive("github", heard("d1", text="said otherwise")))

    assert answers == [True, False, False]
    assert arrival == Arrival(arrival.id, "github", heard("d1"))
    assert await store.arrivals() == []


async def test_two_hooks_that_report_one_happening_are_one_arrival(store: SqlStore) -> None:
    answers = [await store.receive("github", heard(delivery, what="comment 7 created")) for delivery in ("d1", "d2")]

    assert answers == [True, False]
    assert [arrival.heard.delivery for arrival in await store.arrivals()] == ["d1"]


async def test_what_differs_in_source_or_has_no_name_is_no_duplicate(store: SqlStore) -> None:
    told = [("github", heard("d1", what="")), ("github", heard("d2", what="")), ("slack", heard("d1", what=""))]

    assert [await store.receive(source, what) for source, what in told] == [True, True, True]
    assert [(a.source, a.heard) for a in await store.arrivals()] == told


async def test_many_callers_share_a_commit(store: SqlStore, commits: list[Connection]) -> None:
    answers = await asyncio.gather(*(store.receive("github", heard(f"d{n}")) for n in range(200)))

    assert answers == [True] * 200
    assert len(commits) <= 3
    assert [arrival.heard.delivery for arrival in await store.arrivals(500)] == [f"d{n}" for n in range(200)]


async def test_within_one_commit_a_duplicate_is_news_to_one_caller(store: SqlStore) -> None:
    told = [heard("d1"), heard("d1"), heard("d2", what="what-d1"), heard("d3"), heard("d3")]

    assert await asyncio.gather(*(store.receive("github", what) for what in told)) == [True, False, False, True, False]


async def test_one_repeated_among_many_leaves_the_others_news(store: SqlStore) -> None:
    await store.receive("github", heard("d7"))

    answers = await asyncio.gather(*(store.receive("github", heard(f"d{n}")) for n in range(9)))

    assert answers == [n != 7 for n in range(9)]
    assert len(await store.arrivals()) == 9


async def test_a_name_that_not_every_database_holds_is_news_once_too(store: SqlStore) -> None:
    assert [await store.receive("github", heard("a\0b")) for _ in range(2)] == [True, False]


async def test_a_caller_who_left_takes_nobody_along(store: SqlStore) -> None:
    calls = [asyncio.create_task(store.receive("github", heard(f"d{n}"))) for n in range(9)]
    await asyncio.sleep(0)
    calls[4].cancel()

    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert [answer for n, answer in enumerate(answers) if n != 4] == [True] * 8
    assert await store.receive("github", heard("after"))


@pytest.mark.parametrize("count", [1, 9])
async def test_a_row_that_does_not_fit_fails_alone(postgresql_address: str, sqlite_address: str, count: int) -> None:
    too_long = heard("huge", what=os.urandom(200_000).hex())  # no index of PostgreSQL, no database of 200 kB holds it
    for store in (SqlStore(sqlite_address, {"max_page_count": "200"}), SqlStore(postgresql_address)):
        await store.migrate()
        told = [heard(f"d{n}") for n in range(count - 1)]
        told.insert(count // 2, too_long)

        answers = await asyncio.gather(*(store.receive("github", what) for what in told), return_exceptions=True)

        refused = answers.pop(count // 2)
        assert isinstance(refused, Trouble), refused
        assert answers == [True] * (count - 1)
        assert await store.receive("github", heard("after"))
        await store.close()


async def test_a_locked_database_is_trouble_for_all_at_once(sqlite_address: str) -> None:
    store = SqlStore(sqlite_address, {"busy_timeout": "50"})
    await store.migrate()
    with sa.create_engine(sqlite_address).connect() as somebody:
        somebody.exec_driver_sql("BEGIN IMMEDIATE")
        async with asyncio.timeout(2):
            calls = (store.receive("github", heard(f"d{n}")) for n in range(100))
            answers = await asyncio.gather(*calls, return_exceptions=True)
        with pytest.raises(Trouble, match="locked"):
            await store.ping()

    assert [(type(a), a.retry_in) for a in answers if isinstance(a, Trouble)] == [(Trouble, 1)] * 100
    assert await store.receive("github", heard("d1"))
    await store.close()


async def test_a_failing_arrival_is_set_aside_and_holds_up_nobody(store: SqlStore) -> None:
    for n in range(3):
        await store.receive("github", heard(f"d{n}"))
    poison = (await store.arrivals())[0]

    aside = [await store.arrival_failed(poison.id, "it has no head") for _ in range(4)]
    offered = [(arrival.heard.delivery, arrival.attempts) for arrival in await store.arrivals()]
    aside.append(await store.arrival_failed(poison.id, "it has no head"))

    assert offered == [("d0", 4), ("d1", 0), ("d2", 0)]
    assert aside == [False, False, False, False, True]
    assert [arrival.heard.delivery for arrival in await store.arrivals()] == ["d1", "d2"]
    assert not await store.receive("github", heard("d0"))


async def test_an_arrival_that_waits_for_better_times_is_not_given_up(store: SqlStore) -> None:
    await store.receive("github", heard("d1"))
    [arrival] = await store.arrivals()

    for n in range(9):
        assert not await store.arrival_failed(arrival.id, "GitHub is down", retry_at=at(n * 60))

    assert await store.arrivals(now=at(479)) == []
    assert await store.arrivals(now=at(480)) == [arrival]


async def test_an_arrival_that_nobody_can_read_is_set_aside(store: SqlStore, address: str) -> None:
    for n in range(2):
        await store.receive("github", heard(f"d{n}"))
    alter(address, """UPDATE inbox SET heard = '{"delivery": 1}' WHERE delivery = 'd0'""")

    for _ in range(2):
        assert [arrival.heard for arrival in await store.arrivals()] == [heard("d1")]


_RECEIVER = """
import asyncio, itertools, sys
from bot.store import SqlStore
from tests.contract.sayings import heard

async def main():
    store = SqlStore(sys.argv[1])
    async def deliver(line):
        for n in itertools.count():
            assert await store.receive("github", heard(f"{line}-{n}"))
            print(f"{line}-{n}", flush=True)
    await asyncio.gather(*(deliver(line) for line in range(8)))

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_a_kill(store: SqlStore, address: str) -> None:
    command = (sys.executable, "-c", _RECEIVER, address)
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=root)
    assert process.stdout is not None
    acknowledged = [(await process.stdout.readline()).decode().strip() for _ in range(100)]
    process.send_signal(signal.SIGKILL)
    rest = (await process.stdout.read()).decode().splitlines(keepends=True)
    await process.wait()

    acknowledged += [line.strip() for line in rest if line.endswith("\n")]
    stored = {arrival.heard.delivery for arrival in await store.arrivals(100_000)}
    assert set(acknowledged) - stored == set()
