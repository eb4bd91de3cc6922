"""The program ends before and after each append, each receipt and each effect of a whole conversation, and a new one
takes over: what people see is the same as if nothing had been."""

from pathlib import Path

import pytest

from tests.crash.company import company
from tests.crash.conversation import EXPECTED, FILES, SCRIPT, STEPS, converse, stands, words

pytestmark = pytest.mark.long


@pytest.mark.timeout(600)
async def test_a_program_that_ends_anywhere_is_taken_up_by_the_next(tmp_path: Path) -> None:
    async with company(tmp_path / "whole", SCRIPT, FILES) as play:
        issue = await converse(play)
        whole = words(play, issue)
        assert await stands(play, issue) == EXPECTED
        assert len(play.model.asked) == STEPS
    met: set[str] = set()
    for run in range(12):
        async with company(tmp_path / str(run), SCRIPT, FILES, met) as play:
            issue = await converse(play)
            deaths = play.fate.deaths
            assert (await stands(play, issue), deaths) == (EXPECTED, deaths)
            assert (words(play, issue), deaths) == (whole, deaths)
            # Only an answer that was not recorded when the program ended is asked for again.
            assert len(play.model.asked) <= STEPS + sum("model-replied" in place for place in deaths) + in_flight(
                deaths
            )
        if not deaths:
            break
    assert deaths == []
    assert len(met) > 80


def in_flight(deaths: list[str]) -> int:
    """Deaths beside a call of the model: the card is edited while it thinks."""
    return sum(" receipt " in place or " PATCH " in place or " POST " in place for place in deaths)
