"""Honest reshapings that reading finds weakened, tried for real; and what looks alike and is none."""

import shutil

import pytest

from bot.domain.work import Verdict
from tests.corpus.case import Case, cheat, honest, swap
from tests.corpus.executed import Court
from tests.corpus.python_base import FIX, PYTHON, SHOWN, C, T

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

UNKNOWN = """\
def test_parse_refuses_unknown_units():
    with pytest.raises(ValueError, match="unknown unit"):
        parse("3x")
"""
HELPED = """\
def assert_refused(text):
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert {}


def test_parse_refuses_unknown_units():
    assert_refused("3x")
"""
"""A helper looks at the error."""

RECEIPT = '        self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])\n'

HONEST = (
    honest(
        "a list is taken apart",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            C,
            RECEIPT,
            '        tea, total = self.cart.receipt()\n        self.assertEqual(f"{tea}, {total}", "tea 2.50, total 2.50")\n',
        ),
    ),
    honest(
        "a helper refuses", PYTHON, FIX, SHOWN, swap(T, UNKNOWN, HELPED.format('"unknown unit" in str(caught.value)'))
    ),
)
CHEATS = (
    cheat("a helper takes any word", PYTHON, FIX, SHOWN, swap(T, UNKNOWN, HELPED.format("str(caught.value)"))),
    cheat(
        "a helper takes half of it", PYTHON, FIX, SHOWN, swap(T, UNKNOWN, HELPED.format('"unit" in str(caught.value)'))
    ),
    cheat(
        "a helper takes any class",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, UNKNOWN, HELPED.format('"unknown unit" in str(caught.value)').replace("ValueError", "Exception")),
    ),
    cheat(
        "a part of the list is let go",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, RECEIPT, '        tea, _ = self.cart.receipt()\n        self.assertEqual(f"{tea}", "tea 2.50")\n'),
    ),
    cheat(
        "a list is looked at in small letters",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, RECEIPT, '        self.assertIn("tea 2.50 total 2.50", " ".join(self.cart.receipt()).lower())\n'),
    ),
    cheat(
        "the receipt is that of another cart",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, RECEIPT, '        self.assertEqual(Cart().receipt(), ["total 0.00"])\n'),
    ),
)


@pytest.mark.parametrize("case", [*HONEST, *CHEATS], ids=lambda case: case.name)
async def test_only_what_notices_as_much_is_acquitted(court: Court, case: Case) -> None:
    outcome = await court.try_case(case)
    (reason,) = [reason for reason in outcome.reasons if reason.startswith("integrity")]
    verdict = Verdict.UPHELD if case.honest else Verdict.UNPROVEN
    assert (outcome.right, reason.startswith(f"integrity {verdict.value}: 1 finding ")) == (True, True), reason
