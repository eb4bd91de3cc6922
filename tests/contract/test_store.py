"""What a Store promises of the log, wake-ups, receipts and blobs, on SQLite and PostgreSQL alike."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.domain.events import Event
from bot.domain.refs import digest_of
from bot.ports import Conflict, Overtaken, Receipt, Trouble, Wake
from bot.store import SqlStore
from tests.contract.sayings import NOON, alter, at, heard, opened, place, row, spoke, wake

pytest_plugins = ["tests.contract.databases"]
ANYBODY: frozenset[str] = frozenset()


# --- the log ---------------------------------------------------------------------------------------------------------
async def test_events_come_back_as_they_were_appended(store: SqlStore) -> None:
    first = await store.append("s1", 0, [opened(), spoke("a")], at=NOON, turn=1)
    second = await store.append("s1", 2, [spoke("b")], at=at(1), turn=2)

    assert [*first, *second] == [
        Event(session="s1", seq=1, turn=1, at=NOON, body=opened()),
        Event(session="s1", seq=2, turn=1, at=NOON, body=spoke("a")),
        Event(session="s1", seq=3, turn=2, at=at(1), body=spoke("b")),
    ]
    assert await store.events("s1") == [*first, *second]
    assert await store.events("s1", after=2) == second
    assert await store.events("s2") == []


async def test_who_is_behind_meets_a_conflict_and_changes_nothing(store: SqlStore) -> None:
    await store.receive("github", heard("d1"))
    [arrival] = await store.arrivals()
    await store.append("s1", 0, [opened()], at=NOON, turn=1)

    for seen in (0, 2):
        with pytest.raises(Conflict):
            await store.append(
                "s1", seen, [spoke()], at=NOON, turn=1, arrival=arrival.id, row=row("s1"), places=[place()]
            )

    assert len(await store.events("s1")) == 1
    assert await store.arrivals() == [arrival]
    assert await store.sessions() == []
    assert await store.session_at(place()) is None


async def test_of_racing_writers_one_wins_each_place_in_the_log(store: SqlStore, address: str) -> None:
    other = SqlStore(address)

    async def write(through: SqlStore, name: str) -> int:
        lost = 0
        for n in range(10):
            while True:
                seen = len(await through.events("s1"))
                try:
                    await through.append("s1", seen, [spoke(f"{name}{n}")], at=NOON, turn=1)
                    break
                except Conflict:
                    lost += 1
        return lost

    lost = sum(
        await asyncio.gather(
            *(write(through, name) for through, name in zip([store, other] * 3, "abcdef", strict=True))
        )
    )
    await other.close()

    events = await store.events("s1")
    assert lost > 0
    assert [event.seq for event in events] == list(range(1, 61))
    assert len({event.body for event in events}) == 60
    assert await store.verify_chain("s1") is None


async def test_an_arrival_leads_to_events_once(store: SqlStore) -> None:
    await store.receive("github", heard("d1"))
    [arrival] = await store.arrivals()
    await store.append("s1", 0, [opened()], at=NOON, turn=1, arrival=arrival.id)

    with pytest.raises(Conflict):
        await store.append("s1", 1, [opened()], at=NOON, turn=1, arrival=arrival.id)

    assert await store.arrivals() == []
    assert len(await store.events("s1")) == 1


@pytest.mark.parametrize(
    ("change", "seen_at"),
    [
        ("UPDATE events SET body = replace(body, 'two', 'six') WHERE seq = 1", 1),
        ("UPDATE events SET turn = 9 WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 2", 2),
        ("UPDATE events SET seq = 9 WHERE seq = 3", 3),
    ],
)
async def test_a_log_that_was_altered_is_found_out(store: SqlStore, address: str, change: str, seen_at: int) -> None:
    await store.append("s1", 0, [opened(), spoke("a")], at=NOON, turn=1)
    await store.append("s1", 2, [spoke("b")], at=NOON, turn=1)
    assert await store.verify_chain("s1") is None

    alter(address, change)

    assert await store.verify_chain("s1") == seen_at


async def test_a_place_leads_to_the_session_that_it_was_last_linked_to(store: SqlStore) -> None:
    await store.append("s1", 0, [opened()], at=NOON, turn=1, places=[place(1), place(2)])
    await store.append("s2", 0, [opened()], at=NOON, turn=1, places=[place(2), place(3)])
    renamed = place(3).model_copy(update={"repo": place(3).repo.model_copy(update={"name": "renamed"})})

    assert [await store.session_at(where) for where in (place(1), place(2), renamed)] == ["s1", "s2", "s2"]
    assert await store.session_at(place(4)) is None
    assert await store.receipts("s1") == []


async def test_the_list_of_sessions_shows_the_latest_first_as_last_said(store: SqlStore) -> None:
    await store.append("s1", 0, [opened()], at=NOON, turn=1, row=row("s1", updated=1, title="was"))
    await store.append("s2", 0, [opened()], at=NOON, turn=1, row=row("s2", updated=2))
    await store.append("s1", 1, [spoke()], at=NOON, turn=1, row=row("s1", updated=3, title="nul \0 and \ud800 alone"))

    assert await store.sessions() == [row("s1", updated=3, title="nul \ufffd and ? alone"), row("s2", updated=2)]
    assert await store.sessions(limit=1) == [row("s1", updated=3, title="nul \ufffd and ? alone")]


async def test_a_time_without_a_zone_is_refused(store: SqlStore) -> None:
    with pytest.raises(Exception, match="needs its zone"):
        await store.claim("w", NOON.replace(tzinfo=None), 60, ANYBODY, 1)


# --- wake-ups --------------------------------------------------------------------------------------------------------
async def test_the_longest_due_session_is_leased_first_and_a_timer_not_before_its_time(store: SqlStore) -> None:
    await wake(store, "s1", due=5)
    await wake(store, "s2", due=3)
    await wake(store, "s3", due=20)

    claimed = [await store.claim("w1", at(10), 60, ANYBODY, 9) for _ in range(3)]

    assert claimed == [Wake("s2", "acme/hello", 1, 1, "w1"), Wake("s1", "acme/hello", 1, 1, "w1"), None]
    assert await store.claim("w1", at(20), 60, ANYBODY, 9) == Wake("s3", "acme/hello", 1, 1, "w1")


async def test_the_earlier_of_two_due_times_stands(store: SqlStore) -> None:
    await store.append("s1", 0, [opened()], at=NOON, turn=1, due=at(10))
    await store.append("s1", 1, [spoke()], at=NOON, turn=1, due=at(50))

    assert await store.claim("w1", at(9), 60, ANYBODY, 1) is None
    assert await store.claim("w1", at(10), 60, ANYBODY, 1) == Wake("s1", "", 2, 1, "w1")


async def test_busy_sessions_and_full_repositories_are_passed_over(store: SqlStore) -> None:
    for n, (session, repo) in enumerate([("s1", "a/a"), ("s2", "a/a"), ("s3", "a/a"), ("s4", "b/b")]):
        await wake(store, session, due=n, repo=repo)

    async def claim(*busy: str) -> str | None:
        taken = await store.claim("w1", at(10), 60, frozenset(busy), 2)
        return taken.session if taken else None

    assert [await claim("s1"), await claim(), await claim(), await claim()] == ["s2", "s1", "s4", None]


async def test_a_lease_that_ended_is_lost_to_the_next_worker(store: SqlStore) -> None:
    await wake(store, "s1")
    frozen = await store.claim("w1", at(0), 60, ANYBODY, 1)
    assert frozen is not None
    assert await store.claim("w2", at(59), 60, ANYBODY, 1) is None
    assert await store.owns("w1", "s1", at(59))
    assert not await store.owns("w2", "s1", at(59))

    assert await store.claim("w2", at(60), 60, ANYBODY, 1) == Wake("s1", "acme/hello", 1, 2, "w2")
    await store.rest("w1", frozen, None)

    assert [await store.owns(who, "s1", at(61)) for who in ("w1", "w2")] == [False, True]
    assert await store.renew("w1", at(61), 60) == []
    assert await store.renew("w2", at(100), 60) == ["s1"]
    assert await store.owns("w2", "s1", at(159))


async def test_what_came_in_meanwhile_keeps_a_session_due(store: SqlStore) -> None:
    await wake(store, "s1")
    seen = await store.claim("w1", at(0), 60, ANYBODY, 1)
    assert seen is not None
    await wake(store, "s1", due=1)
    await store.rest("w1", seen, None)

    again = await store.claim("w1", at(2), 60, ANYBODY, 1)
    assert again == Wake("s1", "acme/hello", 2, 1, "w1")
    await store.rest("w1", again, at(30))

    assert await store.claim("w1", at(29), 60, ANYBODY, 1) is None
    later = await store.claim("w1", at(30), 60, ANYBODY, 1)
    assert later == Wake("s1", "acme/hello", 2, 1, "w1")
    await store.rest("w1", later, None)
    assert await store.claim("w1", at(9999), 60, ANYBODY, 1) is None


async def test_its_own_appends_wake_no_session(store: SqlStore) -> None:
    await wake(store, "s1")
    mine = await store.claim("w1", at(0), 60, ANYBODY, 1)
    assert mine is not None
    await store.append("s1", 1, [spoke()], at=at(1), turn=1, worker="w1")
    await store.rest("w1", mine, None)

    assert await store.claim("w1", at(9), 60, ANYBODY, 1) is None

    await store.append("s1", 2, [spoke()], at=at(10), turn=1)
    assert await store.claim("w2", at(10), 60, ANYBODY, 1) == Wake("s1", "acme/hello", 2, 1, "w2")


async def test_a_worker_that_was_overtaken_appends_nothing_more(store: SqlStore) -> None:
    await wake(store, "s1")
    assert await store.claim("w1", at(0), 60, ANYBODY, 1) is not None
    await store.append("s1", 1, [spoke()], at=at(70), turn=1, worker="w1")  # late, but nobody else has taken it
    assert await store.claim("w2", at(70), 60, ANYBODY, 1) is not None

    with pytest.raises(Overtaken):
        await store.append("s1", 2, [spoke()], at=at(71), turn=1, worker="w1")
    assert [event.seq for event in await store.events("s1")] == [1, 2]


async def test_attempts_are_counted_until_something_was_achieved(store: SqlStore) -> None:
    await wake(store, "s1")

    async def claim() -> Wake:
        taken = await store.claim("w1", at(99), 60, ANYBODY, 1)
        assert taken is not None
        return taken

    attempts = [(await claim()).attempts]
    await store.release("w1")  # it crashed
    attempts.append((failing := await claim()).attempts)
    await store.rest("w1", failing, at(99), failed=True)
    attempts.append((await claim()).attempts)
    await store.append("s1", 1, [spoke()], at=at(1), turn=1, worker="w1")
    await store.release("w1")
    attempts.append((await claim()).attempts)
    await store.release("w1")
    attempts.append((orderly := await claim()).attempts)
    await store.rest("w1", orderly, at(99))
    attempts.append((await claim()).attempts)

    assert attempts == [1, 2, 3, 1, 2, 1]


async def test_racing_workers_never_share_a_session_nor_overrun_a_cap(store: SqlStore, address: str) -> None:
    other = SqlStore(address)
    for n in range(20):
        await wake(store, f"s{n}", repo=f"acme/{n % 4}")

    racing = (through.claim(f"w{n}", at(1), 60, ANYBODY, 3) for n, through in enumerate([store, other] * 15))
    taken = [claimed for claimed in await asyncio.gather(*racing) if claimed]
    await other.close()

    assert len({claimed.session for claimed in taken}) == len(taken) == 12
    assert sorted(claimed.repository for claimed in taken) == sorted([f"acme/{n}" for n in range(4)] * 3)
    assert sorted(await store.workers()) == sorted(claimed.worker for claimed in taken)


async def test_the_leases_of_a_dead_worker_are_given_up_together(store: SqlStore) -> None:
    for session in ("s1", "s2", "s3"):
        await wake(store, session)
    for worker in ("w1", "w1", "w2"):
        await store.claim(worker, at(0), 60, ANYBODY, 9)

    await store.release("w1")

    assert await store.workers() == ["w2"]
    again = [await store.claim("w3", at(0), 60, ANYBODY, 9) for _ in range(3)]
    assert [claimed and claimed.session for claimed in again] == ["s1", "s2", None]


async def test_a_nudge_wakes_what_sleeps_and_leaves_the_rest_alone(store: SqlStore) -> None:
    await wake(store, "s1")
    await wake(store, "s2", due=50)
    asleep = await store.claim("w1", at(0), 60, ANYBODY, 1)
    assert asleep is not None

    await store.nudge("s1", at(1))
    await store.nudge("s2", at(1))
    await store.rest("w1", asleep, None)
    assert await store.claim("w1", at(2), 60, ANYBODY, 1) is None
    await store.nudge("s1", at(3))
    await store.nudge("unknown", at(3))

    assert await store.claim("w1", at(3), 60, ANYBODY, 1) == Wake("s1", "acme/hello", 1, 1, "w1")


# --- receipts and blobs ----------------------------------------------------------------------------------------------
async def test_a_receipt_is_kept_as_last_written(store: SqlStore) -> None:
    tried = Receipt("s1", "card", "", "", NOON)
    sent = Receipt("s1", "card", "comment/1", "abc", at(1))
    other = Receipt("s1", "branch", "maestro/1-x", "def", at(2))
    for receipt in (tried, sent, other, Receipt("s2", "card", "9", "", NOON)):
        await store.keep_receipt(receipt)

    assert await store.receipt("s1", "card") == sent
    assert await store.receipt("s1", "none") is None
    assert await store.receipts("s1") == [other, sent]


@pytest.mark.parametrize("data", [b"", b"line\n" * 100_000, bytes(range(256)) * 4 + b"\0\xff"])
async def test_a_blob_is_found_by_its_content(store: SqlStore, data: bytes) -> None:
    named = await asyncio.gather(*(store.put_blob(data) for _ in range(5)))

    assert set(named) == {digest_of(data)}
    assert await store.blob(digest_of(data)) == data
    assert await store.blob("0" * 64) is None


async def test_a_damaged_blob_is_not_passed_off_as_the_output(store: SqlStore, address: str) -> None:
    named = await store.put_blob(b"9 passed")
    other = await store.put_blob(b"1 failed" * 100)
    alter(address, f"UPDATE blobs SET data = (SELECT data FROM blobs WHERE sha256 = '{other}'), packed = 1")

    with pytest.raises(Trouble, match="damaged"):
        await store.blob(named)


async def test_a_store_that_can_be_written_answers_a_ping(store: SqlStore) -> None:
    before = datetime.now(UTC)
    await store.ping()
    await store.ping()

    mark = await store.receipt("", "ping")
    assert mark is not None
    assert mark.at >= before
