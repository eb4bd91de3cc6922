"""Tests made to fail: what is put where, and what a report that they passed leads to."""

import pytest

from bot.checks.red_green import CHECK
from bot.checks.sabotage import RAISES, sabotaged
from bot.domain.work import Verdict
from tests.domain.checking import in_file, outcomes, play, question, runs_of

TEXT = '''import pytest

def test_a():
    """It adds."""
    assert 1

class TestB:
    @pytest.mark.parametrize("n", [1])
    async def test_b(self, n):

        assert n

def test_c(): assert 1

@pytest.mark.xfail
def test_d():
    assert 1
'''
FILE = "tests/test_a.py"


def test_each_named_test_raises_in_its_first_line() -> None:
    text, taken = sabotaged(TEXT, {"test_a", "TestB.test_b", "test_c", "test_d", "test_none"})
    first = TEXT.replace('    """It adds', f'    {RAISES}\n    """It adds')
    assert text == first.replace("\n        assert n", f"\n        {RAISES}\n        assert n")
    assert taken == {"test_a", "TestB.test_b"}


def test_what_is_no_python_is_left_alone() -> None:
    assert sabotaged("def", {"test_a"}) == ("def", frozenset())


def told(doomed: str, **more: str) -> tuple[Verdict, str]:
    body = "def test_new():\n    assert f() == 2\n"
    ask = question({"src.py": "def f(): return 1\n", FILE: ""}, {"src.py": "def f(): return 2\n", FILE: body})
    answers = {
        "base": outcomes(in_file("old:p")),
        "head": outcomes(in_file("old:p new:p")),
        "crossed": outcomes(in_file("old:p new:f")),
        "green": outcomes(in_file("new:p")),
        "doomed": outcomes(in_file(doomed), **more),
    }
    assert RAISES in "".join(runs_of(CHECK, ask, answers)["doomed"].argv)
    judgement, _ = play(CHECK, ask, answers)
    assert judgement is not None
    return judgement.verdict, judgement.reason


def test_a_suite_that_reports_them_as_passed_is_not_believed() -> None:
    reason = (
        "1 test reported as passed although made to fail in the first line: tests/test_a.py::test_new. "
        "What this suite reports can't be believed."
    )
    assert told("new:p") == (Verdict.REFUTED, reason)


@pytest.mark.parametrize("doomed", ["new:f", "new:e", "new:s", ""])
def test_a_suite_that_does_not_is_believed(doomed: str) -> None:
    assert told(doomed)[0] is Verdict.UPHELD


def test_a_run_that_does_not_agree_with_itself_shows_nothing() -> None:
    reason = "With tests that must fail, the test run does not agree with itself: it ended with 0."
    assert told("new:f", disagreement="it ended with 0") == (Verdict.UNPROVEN, reason)
