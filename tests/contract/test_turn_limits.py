"""The limits of a turn, and time."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.bounds import Budget, Worked
from bot.domain.events import Event, Rested
from bot.domain.rules import BudgetRules, Rules
from bot.domain.work import Outcome, Usage
from bot.journal import open_journal
from bot.ports import Reply
from bot.store import SqlStore
from tests.benches import MemoryBench
from tests.contract.turns import FILES, SESSION, Minutes, Room, call, calls, spoke
from tests.domain.people import ASKED_TO_IMPLEMENT, GROUNDED, OPENED

pytest_plugins = ["tests.contract.rooms"]


# --- limits ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("budget", "rules", "reason", "advice"),
    [
        (Budget(steps=2), BudgetRules(), "the 2 steps of this session are used up", "MAESTRO_MAX_STEPS"),
        (Budget(), BudgetRules(steps=2), "the 2 steps of this session are used up", "`budget.steps` in .maestro.yml"),
        (Budget(usd=1.2), BudgetRules(), "$1.00 of the $1.20 of this session are spent", "MAESTRO_BUDGET_USD"),
        (Budget(), BudgetRules(usd=1.2), "$1.00 of the $1.20 of this session are spent", "`budget.usd`"),
        (Budget(context=150), BudgetRules(), "fills the model's context", "MAESTRO_CONTEXT_TOKENS"),
    ],
)  # fmt: skip
async def test_a_limit_ends_the_turn_before_the_next_call(
    store: SqlStore, budget: Budget, rules: BudgetRules, reason: str, advice: str
) -> None:
    clock = Minutes()
    journal = await open_journal(store, clock, SESSION)
    grounded = GROUNDED.model_copy(update={"rules": Rules(budget=rules)})
    await journal.append(OPENED, ASKED_TO_IMPLEMENT, grounded)
    room = Room(store, journal, clock, MemoryBench(journal, FILES), budget)
    looks = [calls(call("list_files"))] * 2
    room.budget = budget if budget.context > 1000 else Budget(context=3000)
    if budget.context < 1000:
        looks = [calls(call("list_files")), Reply("", (call("list_files"),), Usage(input_tokens=2999, output_tokens=1))]
    await room.play(*looks)
    rested = room.since(3)[-1]
    assert isinstance(rested, Rested)
    assert rested.outcome is Outcome.FAILED
    assert reason in rested.reason
    assert advice in rested.advice
    assert "`/maestro resume`" in rested.advice


async def test_time_counts_while_the_program_works_and_not_while_people_think() -> None:
    worked = Worked()
    moments = [(0, OPENED), (3600, ASKED_TO_IMPLEMENT), (3660, GROUNDED), (90_000, GROUNDED), (99_000, spoke("x"))]
    for n, (second, body) in enumerate(moments, 1):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=second)
        worked.note(Event(session=SESSION, seq=n, turn=1, at=at, body=body))
    assert worked.seconds == 60 + 1800


async def test_the_minutes_of_the_rules_are_a_limit(store: SqlStore) -> None:
    clock = Minutes()
    journal = await open_journal(store, clock, SESSION)
    grounded = GROUNDED.model_copy(update={"rules": Rules(budget=BudgetRules(minutes=1))})
    await journal.append(OPENED, ASKED_TO_IMPLEMENT, grounded)
    room = Room(store, journal, clock, MemoryBench(journal, FILES))

    async def later() -> None:
        clock.time += timedelta(minutes=2)

    await room.play(calls(call("list_files")), meanwhile={1: later})
    assert room.session.reason == "I stopped: the 1 minutes of work are used up."
