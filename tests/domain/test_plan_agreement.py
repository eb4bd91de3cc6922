"""Integrity and regression read one plan in one way: what it names is excused by both, what it does not by neither."""

import pytest

from bot.checks.integrity import static_findings
from bot.checks.overlay import old_tests_on_new
from bot.checks.regression import CHECK
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Tests
from tests.domain.checking import play
from tests.domain.plan_cases import EDITS, MONEY_TESTS, PYTHON, READS, REPORT_TESTS, STAMP_TESTS, Edit, asked, plans


def id_of(edit: Edit, test: str) -> str:
    """As its runner calls it."""
    if edit.base is not PYTHON:
        return f"{STAMP_TESTS} > {test}"
    return f"{REPORT_TESTS if 'report' in test else MONEY_TESTS}::{test}"


def excused(edit: Edit, question: Question) -> bool:
    """Whether regression upholds the edit. A test of data that head's tree keeps does not fail."""
    laid = old_tests_on_new(question)[0].swapped
    broken = [id_of(edit, test) for test in edit.broken if READS.get(test) in laid or test not in READS]
    base = dict.fromkeys((*broken, "tests/test_other.py::test_other"), "passed")
    said = {each: "NameError: name 'parse_legacy' is not defined" for each in broken if "legacy" in each}
    old = Tests(base | dict.fromkeys(broken, "failed"), said)
    judgement, _ = play(CHECK, question, {"base": Tests(base, {}), "old-1": old, "old-2": old})
    assert isinstance(judgement, Judgement)
    return judgement.verdict is Verdict.UPHELD


@pytest.mark.parametrize(("name", "plan"), plans("explained"))
def test_what_the_plan_names_is_explained_and_excused(name: str, plan: str) -> None:
    question = asked(EDITS[name], plan)
    assert [found for found in static_findings(question) if found.explained is None] == []
    assert excused(EDITS[name], question)


@pytest.mark.parametrize(("name", "plan"), plans("open"))
def test_what_the_plan_only_mentions_denies_or_says_of_others_stays_open(name: str, plan: str) -> None:
    edit, question = EDITS[name], asked(EDITS[name], plan)
    found = static_findings(question)
    assert any(each.explained is None for each in found) or (edit.broken and not found)
    assert not edit.broken or not excused(edit, question)


@pytest.mark.parametrize("name", EDITS)
def test_each_edit_is_something_to_explain(name: str) -> None:
    edit, question = EDITS[name], asked(EDITS[name], "Mend the source")
    assert any(each.explained is None for each in static_findings(question)) or not excused(edit, question)
