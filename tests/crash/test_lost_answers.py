"""Effects on GitHub that fail, and effects that happen though the answer is lost: nothing twice, nothing missing."""

from pathlib import Path

import pytest

from bot.rehearsal.github import World
from bot.rehearsal.github.faults import Broken, Dropped, Fault, Limited, Slow
from tests.crash.company import company
from tests.crash.conversation import EXPECTED, FILES, SCRIPT, STEPS, converse, stands

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
        Broken(500, after=True),
        Dropped(),
        Dropped(after=True),
        Slow(1.3),
        Limited(403),
        Limited(429, retry_after=30),
        Limited(403, primary=True),
    ],
    ids=str,
)
async def test_each_effect_happens_once_though_its_first_attempt_fails(tmp_path: Path, fault: Fault) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        all_effects_meet(play.world, fault)
        issue = await converse(play)
        assert len(play.world.faults) == 0, "a fault met nothing"
        assert await stands(play, issue) == EXPECTED
        assert len(play.model.asked) == STEPS
