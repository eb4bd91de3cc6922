"""Effects on GitHub that fail, and effects that happen though the answer is lost: nothing twice, nothing missing."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal.github import World
from bot.rehearsal.github.faults import Broken, Dropped, Fault, Lagging, Limited, Slow
from tests.crash.company import company
from tests.crash.conversation import EXPECTED, EYES, FILES, SCRIPT, STEPS, begin, converse, stands

EFFECTS = (
    ("POST", "/repos/octo/calc/issues/1/comments"),
    ("PATCH", "/repos/octo/calc/issues/comments/*"),
    ("POST", "/repos/octo/calc/pulls"),
    ("POST", "/repos/octo/calc/check-runs"),
    ("PATCH", "/repos/octo/calc/check-runs/*"),
    ("POST", "/octo/calc.git/git-receive-pack"),
    ("POST", "/repos/octo/calc/issues/comments/*/reactions"),
    ("GET", "/repos/octo/calc/collaborators/*/permission"),
    ("POST", "/graphql"),
    ("POST", "/app/installations/*/access_tokens"),
)


def all_effects_meet(world: World, fault: Fault) -> None:
    for method, path in EFFECTS:
        world.faults.next(method, path, fault)


@pytest.mark.parametrize(
    "fault",
    [
        Broken(502),
        Broken(502, after=True),
        Dropped(),
        Dropped(after=True),
        Slow(1.3),
        Limited(403),
        Limited(429, retry_after=30),
    ],
    ids=str,
)
async def test_each_effect_happens_once_though_its_first_attempt_fails(tmp_path: Path, fault: Fault) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        all_effects_meet(play.world, fault)
        issue = await converse(play)
        assert len(play.world.faults) == 0, "a fault met nothing"
        unseen = {"eyes": [[], *EYES[1:]]} if isinstance(fault, Limited) else {}  # a courtesy waits for no limit
        assert await stands(play, issue) == EXPECTED | unseen
        assert len(play.model.asked) == STEPS


@pytest.mark.parametrize("fault", [Broken(502, after=True), Dropped(after=True)], ids=str)
async def test_a_list_that_lags_behind_makes_nothing_twice(tmp_path: Path, fault: Fault) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        for method, path in EFFECTS[:3]:
            play.world.faults.next(method, path, fault)
        play.world.faults.next("GET", "/repos/octo/calc/issues/1/comments", Lagging())
        play.world.faults.next("GET", "/repos/octo/calc/pulls", Lagging(), times=3)
        issue = await converse(play)
        assert len(play.world.faults) == 0, "a fault met nothing"
        assert await stands(play, issue) == EXPECTED


async def test_a_limit_is_waited_out_by_everybody(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        play.world.faults.next("POST", "/repos/octo/calc/issues/1/comments", Limited(403), times=3)
        before = play.clock.now()
        await play.ada.comments(issue, "/maestro status")
        await play.settled()
        assert play.clock.now() - before > timedelta(seconds=60 + 120 + 240)
        assert len(play.said(issue)) == 5
