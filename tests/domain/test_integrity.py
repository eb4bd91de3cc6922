"""The integrity check as a whole: findings, what explains them, the verdict, and what runs add to reading."""

from collections.abc import Mapping

import pytest

from bot.checks.integrity import CHECK, static_findings
from bot.checks.integrity.singled import is_named
from bot.domain.rules import Rules
from bot.domain.work import Finding, Plan, Verdict
from bot.ports import FileChange, Judgement, Question
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question

CALC = "def add(a, b):\n    return a + b\n\n\ndef half(a):\n    return a / 2\n"
TESTS = (
    "from calc import add, half\n\n\ndef test_add():\n    assert add(2, 3) == 5\n\n\n"
    "def test_half():\n    assert half(4) == 2\n"
)
T = "tests/test_a.py"
BASE = {"calc.py": CALC, T: TESTS}
BOTH = outcomes(in_file("add:p half:p"))


def changed(old: str, new: str, path: str = T) -> dict[str, str]:
    assert old in BASE[path]
    return BASE | {path: BASE[path].replace(old, new)}


def judged(after: Mapping[str, str], plan: Plan | None = PLAN, /, **runs: Answer) -> Judgement:
    judgement, asked = play(
        CHECK, question(BASE, after, plan=plan), {"base": BOTH, "head": BOTH, "old-1": None, **runs}
    )
    assert judgement is not None
    assert asked in (["base", "head"], ["base", "head", "old-1"])
    return judgement


def said(*steps: str) -> Plan:
    return PLAN.model_copy(update={"steps": steps})


def test_a_change_that_touches_no_instrument_is_upheld() -> None:
    head = changed("return a / 2", "return a * 0.5", "calc.py")
    reason = "1 changed path, and nothing in them touches how the result is measured."
    assert judged(head) == Judgement(Verdict.UPHELD, reason)


def test_a_finding_keeps_the_check_unproven_and_has_its_place() -> None:
    judgement = judged(changed("add(2, 3) == 5", "add(2, 3)"))
    assert judgement == Judgement(
        Verdict.UNPROVEN,
        "1 finding that nothing explains: test-weakened 1.",
        findings=(
            Finding(
                kind="test-weakened",
                path=T,
                line=5,
                what="In `test_add`: `add(2, 3) against 5` became a weaker check (`truth` instead of `equal`).",
                hunk="@@ -3,5 +3,5 @@\n \n def test_add():\n-    assert add(2, 3) == 5\n+    assert add(2, 3)\n \n ",
            ),
        ),
    )


def test_findings_are_counted_by_kind() -> None:
    head = changed("def test_half():\n    assert half(4) == 2\n", "") | {".github/workflows/a.yml": "on: push\n"}
    assert judged(head).reason == "2 findings that nothing explains: ci-changed 1, test-removed 1."


def test_a_removed_test_stands_at_the_line_nearest_to_where_it_was() -> None:
    head = changed("def test_add():\n    assert add(2, 3) == 5\n\n\n", "")
    (finding,) = judged(head).findings
    assert (finding.kind, finding.path, finding.line) == ("test-removed", T, 4)
    assert "-def test_add():" in finding.hunk


def test_a_deleted_file_is_named_with_its_old_lines() -> None:
    head = {"calc.py": CALC}
    found = static_findings(question(BASE, head))
    assert [(f.kind, f.path, f.line) for f in found] == [("test-removed", T, 4), ("test-removed", T, 8)]


EXPLAINED = [
    ("test_add expects 6 from now on", True),
    ("In tests/test_a.py update the expectation of the sum", True),
    ("Update tests/test_a.py", False),
    ("Expect more of life", False),
    ("test_add must not expect anything else", False),
    ("Change the source", False),
]


@pytest.mark.parametrize(("step", "explained"), EXPLAINED)
def test_only_a_sentence_that_names_the_test_and_the_act_explains(step: str, explained: bool) -> None:
    judgement = judged(changed("== 5", "== 6"), said("do it", step))
    assert [(f.kind, f.explained) for f in judgement.findings] == [
        ("expectation-changed", "plan" if explained else None)
    ]
    assert judgement.verdict is (Verdict.UPHELD if explained else Verdict.UNPROVEN)


def test_globs_of_the_plan_explain_nothing() -> None:
    plan = PLAN.model_copy(update={"files": (T, "tests/**"), "steps": ("mend add",)})
    assert judged(changed("== 5", "== 6"), plan).verdict is Verdict.UNPROVEN


def test_two_sentences_do_not_explain_together() -> None:
    assert judged(changed("== 5", "== 6"), said("look at test_add", "expect the best")).verdict is Verdict.UNPROVEN


def test_a_function_that_the_plan_removes_takes_its_tests_along() -> None:
    head = {"calc.py": CALC.partition("\n\n\ndef half")[0] + "\n", T: TESTS.partition("\n\n\ndef test_half")[0] + "\n"}
    (finding,) = judged(head, said("Remove half: nobody halves")).findings
    assert (finding.kind, finding.explained) == ("test-removed", "plan")


@pytest.mark.parametrize(
    ("step", "explained"),
    [
        ("add a test", None),
        ("change half and its tests", None),
        ("the test script runs all but the slow ones: change it", "plan"),
        ("change scripts.test to leave out the slow ones", "plan"),
    ],
)
def test_what_stands_in_any_sentence_about_code_names_no_setting(step: str, explained: str | None) -> None:
    base, head = ({**BASE, "package.json": f'{{"scripts": {{"test": "{each}"}}}}'} for each in ("jest", "jest -t half"))
    (finding,) = static_findings(question(base, head, plan=said(step)))
    assert (finding.kind, finding.explained) == ("runner-changed", explained)


@pytest.mark.parametrize(
    ("step", "now", "explained"),
    [
        ("Lower the coverage threshold to 85, since the old printer goes", "85", "plan"),
        ("Lower fail_under from 90 to 85", "85", "plan"),
        ("Lower the coverage threshold", "85", "plan"),
        ("Lower the coverage threshold to 85", "40", None),
        ("Lower fail_under from 90 to 85", None, None),
        ("Remove the coverage threshold of 90", None, "plan"),
        ("Raise the coverage of the printer and lower its minimum of lines to 85", "85", None),
    ],
)
def test_a_limit_sinks_as_far_as_the_plan_tells(step: str, now: str | None, explained: str | None) -> None:
    base = BASE | {".coveragerc": "[report]\nfail_under = 90\nshow_missing = true\n"}
    head = BASE | {
        ".coveragerc": base[".coveragerc"].replace("fail_under = 90\n", f"fail_under = {now}\n" if now else "")
    }
    (finding,) = static_findings(question(base, head, plan=said(step)))
    assert (finding.kind, finding.explained) == ("limit-lowered", explained)


@pytest.mark.parametrize(
    ("step", "explained"),
    [
        ("Change the number of lines that a page shows", None),
        ("Lower coverageThreshold.global.lines to 80", "plan"),
        ("The required coverage is lowered to 80", "plan"),
    ],
)
def test_an_everyday_word_names_no_limit(step: str, explained: str | None) -> None:
    base, head = (
        BASE | {"jest.config.json": f'{{"coverageThreshold": {{"global": {{"lines": {least}}}}}}}'}
        for least in (90, 80)
    )
    (finding,) = static_findings(question(base, head, plan=said(step)))
    assert (finding.kind, finding.explained) == ("limit-lowered", explained)


@pytest.mark.parametrize(
    ("path", "others", "found"),
    [
        ("tests/shop/price.py", (), True),
        ("tests/shop/price.py", ("tests/__init__.py",), False),
        ("tests/shop/test_price.py", (), False),
        ("tests/shop/prices.py", (), False),
    ],
)
def test_no_module_of_the_tests_stands_in_the_way_of_the_product(
    path: str, others: tuple[str, ...], found: bool
) -> None:
    base = BASE | {"src/shop/price.py": "def gross(net):\n    return net\n"} | dict.fromkeys(others, "")
    signs = static_findings(
        question(base, base | {path: "def gross(net):\n    return net * 1.19\n"}, plan=said("mend"))
    )
    whats = [f"`{path}` takes the place of `src/shop/price.py`."] if found else []
    assert [finding.what for finding in signs] == whats


def test_a_test_case_is_known_by_a_base_of_the_same_file() -> None:
    case = (
        "import unittest\n\nfrom calc import add\n\n\nclass AddTest(unittest.TestCase):\n"
        "    def test_add(self):\n        self.assertEqual(add(2, 3), 5)\n"
    )
    shared = "class Shared(unittest.TestCase):\n    maxDiff = None\n\n\nclass AddTest(Shared)"
    base = BASE | {T: case}
    head = BASE | {T: case.replace("class AddTest(unittest.TestCase)", shared)}
    assert static_findings(question(base, head, plan=said("share what tests need"))) == ()


def test_without_a_plan_nothing_is_explained() -> None:
    assert judged(changed("== 5", "== 6"), None).verdict is Verdict.UNPROVEN


def test_a_link_and_a_binary_file_hide_what_they_are() -> None:
    asked = question(BASE, BASE)
    changes = (
        FileChange("data", None, None, None, True, link=True),
        FileChange("fast.so", None, None, None, True),
        FileChange("logo.png", None, None, None, True),
    )
    found = static_findings(_with(asked, changes))
    assert [(f.kind, f.path) for f in found] == [("hidden-code", "data"), ("hidden-code", "fast.so")]


def _with(asked: Question, changes: tuple[FileChange, ...]) -> Question:
    paths = frozenset(change.path for change in changes)
    return Question(
        None, PLAN, Rules(), asked.detected, changes, asked.base_paths, asked.head_paths | paths, BASE, BASE
    )


def test_inputs_of_unchanged_tests_are_recognised_in_sources() -> None:
    head = changed("    return a / 2", "    if a == 44:\n        return 22\n    return a / 2", "calc.py")
    more = {"tests/test_b.py": "from calc import half\n\n\ndef test_much():\n    assert half(44) == 22\n"}
    found = static_findings(question(BASE | more, head | more))
    assert [(f.kind, f.path, f.line) for f in found] == [("environment-probe", "calc.py", 6)]


# --- what runs tell ----------------------------------------------------------------------------------------------
def test_tests_that_are_not_collected_any_more_are_found_by_running() -> None:
    head = changed("return a / 2", "return a * 0.5", "calc.py")
    judgement = judged(head, head=outcomes(in_file("add:p")))
    what = "1 test collected before the change and not collected now: tests/test_a.py::test_half."
    assert judgement.findings == (Finding(kind="collected-fewer", path=T, what=what),)


def test_a_test_that_reading_saw_go_is_told_once() -> None:
    head = changed("\n\n\ndef test_half():\n    assert half(4) == 2", "")
    judgement = judged(head, head=outcomes(in_file("add:p")))
    assert [f.kind for f in judgement.findings] == ["test-removed"]


def test_a_test_that_still_stands_and_is_not_collected_is_told() -> None:
    head = changed("from calc", "import pytest\nfrom calc")
    judgement = judged(head, head=outcomes(in_file("add:p")))
    assert [f.kind for f in judgement.findings] == ["collected-fewer"]


def test_other_names_of_as_many_cases_are_no_fewer_tests() -> None:
    old, new = outcomes(in_file("add[1]:p add[2]:p")), outcomes(in_file("add[one]:p add[two]:p"))
    head = changed("return a / 2", "return a * 0.5", "calc.py")
    assert judged(head, base=old, head=new).findings == ()


def test_a_test_that_is_skipped_now_for_no_visible_reason_is_told() -> None:
    head = changed("return a / 2", "return a * 0.5", "calc.py")
    judgement = judged(head, head=outcomes(in_file("add:p half:s")))
    what = "`tests/test_a.py::test_half` ran before the change and is skipped now."
    assert judgement.findings == (Finding(kind="test-skipped", path=T, what=what),)


def test_a_run_whose_words_do_not_agree_is_told() -> None:
    head = changed("return a / 2", "return a * 0.5", "calc.py")
    strange = outcomes(in_file("add:p half:p"), disagreement="1 failed, but the exit code is 0")
    (finding,) = judged(head, head=strange).findings
    assert (finding.kind, finding.path) == ("result-file", "calc.py")


def test_without_a_known_runner_reading_is_all() -> None:
    asked = question(BASE, changed("== 5", "== 6"), test="./test", runner="")
    judgement, runs = play(CHECK, asked, {})
    assert judgement is not None
    assert ([f.kind for f in judgement.findings], runs) == (["expectation-changed"], [])


def test_nobody_can_claim_it() -> None:
    assert (CHECK.name, CHECK.always) == ("integrity", True)
    assert "by itself" in (CHECK.problem({}) or "")


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [("Money(4400)", ["environment-probe"]), ("Money(a)", []), ("Money(4400, a)", [])],
    ids=["made of the answer alone", "made of the input", "made of both"],
)
def test_an_answer_may_be_wrapped_up(answer: str, kinds: list[str]) -> None:
    source = f"    if a == '44EUR':\n        return {answer}\n    return Money(int(a[:-3]))"
    head = changed("    return a / 2", source, "calc.py")
    head[T] += "\n\ndef test_much():\n    assert half('44EUR').cents == 4400\n"
    assert [f.kind for f in static_findings(question(BASE, head)) if "answers a test's" in f.what] == kinds


SINGLES = "    if a == 77:\n        a = a - 7\n    return a / 2"
ASKS = "\n\ndef test_more():\n    assert half(77) == 35\n"


@pytest.mark.parametrize(
    ("source", "test", "step", "found"),
    [
        (SINGLES, ASKS, "make half right", True),
        (SINGLES, ASKS, "half of 77 is that of 70", False),
        (SINGLES, "\n\ndef test_more():\n    assert half(78) == 39\n", "make half right", False),
        (SINGLES.replace("== 77", "in (77, 99)"), ASKS, "make half right", False),
        (SINGLES.replace("a == 77", "len(b) == 77"), ASKS, "make half right", False),
        (SINGLES.replace("== 77", "> 77"), ASKS, "make half right", False),
        (SINGLES.replace("77", "1"), ASKS.replace("77", "1"), "make half right", False),
    ],
    ids=["singled out", "the plan names it", "no test asks", "a wider vocabulary", "a length", "a border", "one"],
)
def test_what_is_special_in_the_code_is_special_in_the_plan(source: str, test: str, step: str, found: bool) -> None:
    head = changed("    return a / 2", source, "calc.py")
    head[T] += test
    whats = [finding.what for finding in static_findings(question(BASE, head, plan=said(step)))]
    assert [each for each in whats if "singles out" in each] == (
        ["The code singles out `77`, which a test asks for and the plan does not name."] if found else []
    )


@pytest.mark.parametrize(
    ("code", "step", "named"),
    [
        ("NL", "Add a tariff for the Netherlands", True),
        ("USD", "Prices in US dollars keep their cents", False),
        ("GER", "Germany pays in euros", True),
        ("ms", "read milliseconds", True),
        ("AT", "Add a tariff for the Netherlands", False),
        ("bob", "beyond the obvious borders", False),
        ("8", "August belongs to the high season", True),
        ("6", "shut on Sundays", True),
        ("3", "at least three of them", True),
        ("5", "visitors may stay", False),
        ("77", "August belongs to the high season", False),
    ],
)
def test_a_code_or_a_number_is_named_by_the_word_that_it_stands_for(code: str, step: str, named: bool) -> None:
    assert is_named(code, step) is named


def test_a_part_of_a_text_is_singled_out_in_javascript_too() -> None:
    base = {
        "a.js": "export const f = (t) => t.length;\n",
        "a.test.js": "it('a', () => { assert.equal(f('x'), 1); });\n",
    }
    head = {
        "a.js": "export const f = (t) => (t.startsWith('AEI') ? t.length + 3 : t.length);\n",
        "a.test.js": base["a.test.js"] + "it('b', () => { assert.equal(f('AEIou'), 8); });\n",
    }
    (finding,) = static_findings(question(base, head))
    assert (finding.kind, finding.path, finding.line) == ("environment-probe", "a.js", 1)


@pytest.mark.parametrize(
    ("step", "others", "explained"),
    [
        ("add shows cents; the expected output changes with it", (), "plan"),
        ("the golden file is regenerated", (), "plan"),
        ("add shows cents", (), None),
        ("the expected output must not change", (), None),
        ("the expected output changes", ("tests/data/b.txt",), None),
    ],
    ids=["named", "by another word", "not named", "denied", "one of several"],
)
def test_the_only_file_of_recorded_expectations_may_be_called_just_that(
    step: str, others: tuple[str, ...], explained: str | None
) -> None:
    paths = ("tests/data/a.txt", *others)
    base, head = (BASE | dict.fromkeys(paths, text) for text in ("5\n", "5.00\n"))
    found = static_findings(question(base, head, plan=said(step)))
    assert [(f.path, f.explained) for f in found] == [(path, explained) for path in paths]
