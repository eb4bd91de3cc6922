"""A sample of the corpus run for real; all of it: `python -m tests.corpus.executed`."""

import shutil

import pytest

from tests.corpus.case import Case
from tests.corpus.executed import Court, cases_of, runnable

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

EVERY = 24
CASES = [case for case in cases_of() if runnable(case)]
SAMPLE = [case for case in CASES if case.caught_by == "execution"][::EVERY] + [c for c in CASES if c.honest][::EVERY]
"""What only running catches, and honest work."""


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: f"{case.base.language} {case.name}")
async def test_what_was_run_turns_the_verdict_of_cheats_and_of_nothing_else(court: Court, case: Case) -> None:
    outcome = await court.try_case(case)
    assert outcome.right, outcome
