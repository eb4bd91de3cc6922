"""Held-out names: a test with others in it, in the same order and in the reverse one."""

import re

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.heldout.judging import NEW, OLD
from bot.checks.red_green.heldout.python import examples
from bot.checks.red_green.heldout.renaming import renamings
from bot.domain.work import Verdict
from bot.ports import Tests
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question, runs_of

TEST = 'def test_new():\n    assert f(["kite", "lark"], 3) == ["kite", "lark 3"]\n'
SAME, REVERSE = (
    TEST.replace("kite", kite).replace("lark", lark) for kite, lark in (("ljuf", "mbsl"), ("prgv", "ozip"))
)


def ways(test: str, known: frozenset[str] = frozenset()) -> list[str]:
    """What stands in the copies."""
    (example,) = examples(test, {"test_new"})
    found = renamings(example, test.encode(), known)
    return [example.copy(test.encode(), "", way.change).decode() + "\n" for way in found]


def test_names_are_others_in_inputs_and_in_what_is_expected() -> None:
    assert ways(TEST) == [SAME, REVERSE]


def test_what_is_cut_from_a_copy_stays() -> None:
    test = f"{TEST}    assert g('kite') == 'lark'\n"
    first, _ = examples(test, {"test_new"})
    same, _ = renamings(first, test.encode(), frozenset())
    assert first.copy(test.encode(), "", same.change).decode() == f"{SAME}    pass"


@pytest.mark.parametrize(
    ("test", "known"),
    [
        (TEST, "kite"),
        (TEST.replace("lark", "zebra"), ""),
        (TEST.replace("lark", "kite"), ""),
        ('def test_new():\n    assert f("abc", "a", "b") == ["a", "b"]\n', "abc"),
    ],
    ids=["the sources know one", "there is no next one", "only one", "made of the others"],
)
def test_else_none_are(test: str, known: str) -> None:
    assert ways(test, frozenset((known,))) == []


def test_a_message_is_read_with_the_old_names() -> None:
    (example,) = examples(TEST, {"test_new"})
    same, _ = renamings(example, TEST.encode(), frozenset())
    assert (
        same.undone("assert ['ljuf', 'mbsl'] == ['mbsl 3', 'other']")
        == "assert ['kite', 'lark'] == ['lark 3', 'other']"
    )


BASE = {"a.py": "def f(x, n):\n    return x\n", "tests/test_a.py": "def test_x():\n    assert 1\n"}
HEAD = {"a.py": "def f(x, n):\n    return sorted(x)\n", "tests/test_a.py": f"{BASE['tests/test_a.py']}\n\n{TEST}"}


@pytest.mark.parametrize(
    ("red", "plan", "is_sorted", "verdict"),
    [
        ({"prgv"}, "Keep the order", False, Verdict.UNPROVEN),
        ({"prgv"}, "Sort by time", False, Verdict.UNPROVEN),
        ({"prgv"}, "Sort by name", False, Verdict.UPHELD),
        ({"prgv"}, "List them by city", False, Verdict.UPHELD),
        ({"prgv"}, "What comes out is sorted", False, Verdict.UPHELD),
        ({"prgv"}, "Keep the order", True, Verdict.UPHELD),
        ({"prgv", "ljuf"}, "Keep the order", False, Verdict.UPHELD),
        (set(), "Keep the order", False, Verdict.UPHELD),
    ],
    ids=[
        "order by name",
        "and not by time",
        "the plan says so",
        "by a text",
        "by whatever",
        "the old code goes by names, too",
        "any other name",
        "no name at all",
    ],
)
def test_what_goes_by_names_alone_is_not_demonstrated(
    red: set[str], plan: str, is_sorted: bool, verdict: Verdict
) -> None:
    """In tests with one of these names in them the new code fails; the old one tells the names, maybe sorted."""
    told = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers["crossed"] = outcomes(in_file("x:p new:f"))
    asked = question(BASE, HEAD, plan=PLAN.model_copy(update={"summary": plan}))
    runs = runs_of(CHECK, asked, answers | {OLD: 1, NEW: 1})
    said = runs[OLD].argv if OLD in runs else ()
    copies = [each for part in said for each in part.split("def test_new")[1:] if each.startswith("_neighbour")]
    lines = {f"tests/test_a.py::test_new{each.partition('(')[0]}": each.splitlines()[1].strip() for each in copies}
    failing = {name for name, line in lines.items() if any(word in line for word in red)}
    answers[OLD] = Tests(
        dict.fromkeys(lines, "failed"),
        {name: f"E   {sorted(re.findall('[a-z]+', line)) if is_sorted else line}" for name, line in lines.items()},
    )
    answers[NEW] = Tests(
        {name: "failed" if name in failing else "passed" for name in lines}, dict.fromkeys(failing, "E   no")
    )
    judgement, _ = play(CHECK, asked, answers)
    assert judgement is not None
    assert judgement.verdict is verdict
