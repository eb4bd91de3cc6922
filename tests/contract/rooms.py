"""Rooms to play turns in, as a pytest plugin: use it with `pytest_plugins = ["tests.contract.rooms"]`."""

from collections.abc import AsyncIterator

import pytest

from bot.journal import open_journal
from bot.store import SqlStore
from tests.benches import MemoryBench
from tests.contract.turns import FILES, PROPOSAL, SESSION, Minutes, Room, approve, calls, passes
from tests.domain.people import ASKED_TO_IMPLEMENT, GROUNDED, OPENED


@pytest.fixture
async def store(tmp_path: object) -> AsyncIterator[SqlStore]:
    opened = SqlStore(f"sqlite:///{tmp_path}/maestro.db")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def room(store: SqlStore) -> Room:
    """A session that begins to plan."""
    clock = Minutes()
    journal = await open_journal(store, clock, SESSION)
    bench = MemoryBench(journal, FILES, {"test": passes})
    grounded = GROUNDED.model_copy(update={"tree": next(iter(bench.saved))})
    await journal.append(OPENED, ASKED_TO_IMPLEMENT, grounded)
    return Room(store, journal, clock, bench)


@pytest.fixture
async def working(room: Room) -> Room:
    """A session whose plan was approved."""
    await room.play(calls(PROPOSAL))
    await approve(room)
    return room
