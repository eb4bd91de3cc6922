"""The program ends anywhere in a follow-up, and a new one takes over: each answer stands once, in the thread it belongs
to, and one commit is pushed."""

import re
from pathlib import Path

import pytest

from bot.rehearsal.github import Broken
from tests.crash.company import company
from tests.crash.review import EXPECTED, FILES, SCRIPT, STEPS, delivered, review, stands
from tests.crash.test_every_step import in_flight


class Only(set[str]):
    """Places where a program has ended, to which all places count that are not of this sort."""

    def __init__(self, sort: str) -> None:
        super().__init__()
        self._sort = re.compile(sort)

    def __contains__(self, place: object) -> bool:
        return super().__contains__(place) or self._sort.search(str(place)) is None


REPLIES = Only(r"/pulls/N/comments/N/replies|append .* (?:disposed|settled)|before append .* rested|POST /graphql$")
"""Beside each answer that goes into a thread, and each record of one."""


async def played(folder: Path, met: set[str] | None) -> list[str]:
    """The conversation with its deaths; what stands at the end is as if there had been none."""
    async with company(folder, SCRIPT, FILES) as play:
        pull = await delivered(play)
        play.fate.met = met
        await review(play, pull)
        deaths = play.fate.deaths
        assert (await stands(play, pull), deaths) == (EXPECTED, deaths)
        assert len(play.model.asked) <= STEPS + sum("model-replied" in one for one in deaths) + in_flight(deaths)
        return deaths


async def test_answers_stand_once_in_their_threads_though_the_program_dies_beside_each(tmp_path: Path) -> None:
    deaths = await played(tmp_path, REPLIES)
    assert sum("replies" in place for place in deaths) >= 2
    assert sum("disposed" in place for place in deaths) >= 2


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_follow_up_that_ends_anywhere_is_taken_up_by_the_next_program(tmp_path: Path) -> None:
    met: set[str] = set()
    for run in range(14):
        if not (deaths := await played(tmp_path / str(run), met)):
            break
    assert deaths == []
    assert len(met) > 60


async def test_with_graphql_off_everything_is_said_and_only_what_needs_it_is_left_to_people(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        play.world.faults.next("POST", "/graphql", Broken(502), times=1000)
        pull = await delivered(play)
        assert pull.draft
        await review(play, pull)
        stood = await stands(play, pull)
        assert stood == EXPECTED | {"resolved": [False, False]}
        done = [said for said in play.said(pull.issue) if said.startswith("**Done.**")]
        assert "GitHub did not let me mark the pull request ready, so it is still a draft" in done[-1]
        assert pull.draft
