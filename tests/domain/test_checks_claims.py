"""The small checks that plans claim: a command, files, coverage."""

import pytest
from pydantic import JsonValue

from bot.checks import CHECKS, by_name
from bot.checks.command import CHECK as COMMAND
from bot.checks.coverage import CHECK as COVERAGE
from bot.checks.files import CHECK as FILES
from bot.checks.measured import changed_lines, read_report, share
from bot.domain.rules import Rules
from bot.domain.work import Counts, Verdict
from bot.ports import Judgement, TreeSpec
from tests.domain.checking import Answer, Printed, outcomes, play, question, runs_of


def test_every_check_is_found_by_its_name() -> None:
    assert [by_name(check.name) for check in CHECKS] == list(CHECKS)
    assert by_name("magic") is None
    always = {check.name for check in CHECKS if check.always} - {"integrity"}
    assert always == {"tests", "regression", "red_green", "scope", "mutation"}


# --- command ---------------------------------------------------------------------------------------------------------
def commanded(command: str, **answers: Answer) -> tuple[Judgement | None, list[str]]:
    rules = Rules(checks={"lint": "ruff check ."})
    return play(COMMAND, question({}, {}, check="command", args={"command": command}, rules=rules), answers)


def test_a_command_that_ends_with_0_is_upheld_beside_what_it_did_at_base() -> None:
    expected = Judgement(Verdict.UPHELD, "The command ended with 0. At base it ended with 2.", "head")
    assert commanded("make lint", head=0, base=2) == (expected, ["head", "base"])


def test_a_command_that_ends_otherwise_is_refuted() -> None:
    judgement, _ = commanded("make lint", head=1, base=0)
    assert judgement == Judgement(Verdict.REFUTED, "The command ended with 1. At base it ended with 0.", "head")


def test_a_slow_command_is_not_repeated_at_base() -> None:
    expected = Judgement(Verdict.UPHELD, "The command ended with 0.", "head")
    assert commanded("make all", head=Printed(seconds=61.0)) == (expected, ["head"])


def test_a_command_without_an_end_shows_nothing() -> None:
    reason = "The command was ended by its time limit of 1200 s: nothing was shown."
    assert commanded("sleep 9999", head=None) == (Judgement(Verdict.UNPROVEN, reason, "head"), ["head"])


def test_a_command_may_be_one_of_the_repositorys_own_by_name() -> None:
    asked = question({}, {}, check="command", args={"command": "lint"}, rules=Rules(checks={"lint": "ruff check ."}))
    assert runs_of(COMMAND, asked, {"head": 0, "base": 0})["head"].argv == ("/bin/sh", "-c", "ruff check .")


# --- files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("args", "verdict", "reason"),
    [
        ({"exist": ["src/a.py"]}, Verdict.UPHELD, "there: src/a.py."),
        ({"exist": ["src"], "absent": ["old"]}, Verdict.UPHELD, "there: src; gone: old."),
        ({"exist": ["src/*.py", "a.py"]}, Verdict.REFUTED, "missing: a.py."),
        ({"absent": ["**/a.py"]}, Verdict.REFUTED, "still there: **/a.py."),
    ],
)
def test_files_are_looked_for_in_the_tree(args: dict[str, JsonValue], verdict: Verdict, reason: str) -> None:
    asked = question({}, {"src/a.py": ""}, check="files", args=args)
    assert play(FILES, asked, {}) == (Judgement(verdict, reason), [])


@pytest.mark.parametrize(
    ("name", "args", "problem"),
    [
        ("files", {}, "name at least one path in exist or absent. Accepted: exist?, absent?."),
        ("files", {"exist": "a"}, "exist: Input should be a valid array. Accepted: exist?, absent?."),
        ("command", {}, "command: Field required. Accepted: command."),
        ("command", {"command": 3}, "command: Input should be a valid string. Accepted: command."),
        ("coverage", {"min": 0.9}, "min: in percent; write 90 for 0.9."),
        ("coverage", {"min": 101}, "min: Input should be less than or equal to 100. Accepted: min, paths?."),
        ("coverage", {"min": 90, "paths": ["src/**"]}, None),
        ("benchmark", {"command": "x"}, "give exactly one of max_ratio, max and min."),
        ("benchmark", {"command": "x", "max_ratio": 1.1, "metric": "ops"}, None),
    ],
)
def test_wrong_arguments_come_back_in_words(name: str, args: dict[str, JsonValue], problem: str | None) -> None:
    check = by_name(name)
    assert check is not None
    said = check.problem(args)
    assert said is None if problem is None else (said or "").startswith(problem)


def test_a_check_that_only_makes_sense_as_a_claim_asks_nothing_without_one() -> None:
    for check in (COMMAND, FILES, COVERAGE):
        assert play(check, question({}, {}), {}) == (None, [])


# --- coverage --------------------------------------------------------------------------------------------------------
COBERTURA = """<?xml version="1.0" ?>
<coverage><sources><source>/workspace/src</source></sources><packages><package><classes>
<class filename="a.py"><lines>
<line number="1" hits="1"/><line number="2" hits="0"/><line number="x" hits="1"/>
</lines></class>
<class filename="elsewhere.py"><lines><line number="1" hits="1"/></lines></class>
</classes></package></packages></coverage>"""
LCOV = "TN:\nSF:/workspace/src/a.py\nDA:1,3\nDA:2,0\nDA:bad\nend_of_record\nSF:src/none.py\nDA:1,1\nend_of_record\n"
GO = "mode: set\nexample.com/m/src/a.go:1.2,1.9 1 1\nexample.com/m/src/a.go:2.2,3.3 2 0\n"


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("coverage.xml", COBERTURA, {"src/a.py": {1: True, 2: False}}),
        ("lcov.info", LCOV, {"src/a.py": {1: True, 2: False}}),
        ("cover.out", GO, {"src/a.go": {1: True, 2: False, 3: False}}),
        ("coverage.xml", COBERTURA[:-20], {}),
        ("coverage.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', {}),
        ("coverage.xml", "", {}),
    ],
)
def test_coverage_reports_are_read_as_lines_of_the_tree(name: str, text: str, lines: object) -> None:
    assert read_report(name, text, {"src/a.py", "src/a.go"}) == lines


def test_changed_lines_are_those_of_the_new_text() -> None:
    assert changed_lines("a\nb\nc\n", "a\nB\nc\nd\n") == {2, 4}
    assert changed_lines(None, "a\nb") == {1, 2}
    assert changed_lines("a\n", None) == changed_lines("", "x\n" * 20_001) == frozenset()


def test_a_share_is_counted_over_files_together() -> None:
    assert share({"a": {1: True, 2: False}, "b": {1: True}}, ("a", "b", "none")) == (2, 3)


SOURCES = {"src/a.py": "one\ntwo\n", "tests/test_a.py": "t\n"}


def report(text: str = COBERTURA, tests: str = "t:p") -> Printed:
    return Printed(files={"coverage.xml": text}, tests=outcomes(tests))


def covered(args: dict[str, JsonValue], **answers: Answer) -> tuple[Judgement | None, list[str]]:
    asked = question(SOURCES, SOURCES | {"src/a.py": "one\nTWO\n"}, check="coverage", args=args)
    return play(COVERAGE, asked, {name.replace("_", "-"): answer for name, answer in answers.items()})


def test_coverage_is_told_in_total_at_base_and_of_the_changed_lines() -> None:
    judgement, asked = covered({"min": 50}, head_1=report(), base_1=report())
    reason = "50.0 % of 2 lines covered, asked for: 50 %; at base 50.0 % of 2; of 1 changed line 0.0 %."
    assert judgement == Judgement(Verdict.UPHELD, reason, "head-1", Counts(passed=1))
    assert asked == ["head-1", "base-1"]


def test_too_little_coverage_is_refuted_and_red_tests_are_told() -> None:
    judgement, _ = covered({"min": 50.5}, head_1=report(tests="t:p u:f"), base_1=Printed(exit_code=1))
    assert judgement is not None
    assert (judgement.verdict, judgement.reason) == (
        Verdict.REFUTED,
        "50.0 % of 2 lines covered, asked for: 50.5 %; not measured at base; "
        "of 1 changed line 0.0 %; 1 test failed meanwhile.",
    )


def test_the_second_way_is_tried_when_the_first_leaves_no_report() -> None:
    nothing = Printed(exit_code=4)
    judgement, asked = covered({"min": 50}, head_1=nothing, base_1=nothing, head_2=report(), base_2=report())
    assert judgement is not None
    assert (judgement.verdict, asked) == (Verdict.UPHELD, ["head-1", "base-1", "head-2", "base-2"])


def test_no_report_shows_nothing() -> None:
    nothing = Printed(exit_code=4)
    judgement, _ = covered({"min": 50}, head_1=nothing, base_1=nothing, head_2=nothing, base_2=nothing)
    reason = "No coverage was measured (exit code 4): it needs pytest-cov or coverage."
    assert judgement == Judgement(Verdict.UNPROVEN, reason, "head-2")


def test_a_report_without_lines_or_without_a_passing_test_shows_nothing() -> None:
    empty, _ = covered({"min": 1}, head_1=report("<coverage/>"), base_1=report())
    red, _ = covered({"min": 1}, head_1=report(tests="t:f"), base_1=report())
    outside, _ = covered({"min": 1, "paths": ["lib/**"]}, head_1=report(), base_1=report())
    assert empty is not None
    assert red is not None
    assert outside is not None
    assert (empty.reason, outside.reason) == ("No line was measured.", "No line was measured.")
    assert red.reason == "No test passed while coverage was measured."
    assert {each.verdict for each in (empty, red, outside)} == {Verdict.UNPROVEN}


@pytest.mark.parametrize(
    ("runner", "command", "words"),
    [
        ("pytest", "make test", "--cov-report=xml:{results}/coverage.xml"),
        ("pytest", "make test", "--cov"),
        ("unittest", "python3 -m unittest -v", "python3 -m coverage run --source=. -m maestro_unittest -v"),
        ("jest", "npx jest", "npx jest --coverage --coverageReporters=lcovonly"),
        ("jest", "npm test", "npm test -- --coverage"),
        ("vitest", "yarn test", "yarn test --coverage"),
        ("vitest", "npx vitest run", "npx vitest run --coverage"),
        ("node", "node --test", "node --experimental-test-coverage"),
        ("go", "go test ./...", "go test -coverpkg=./... -coverprofile={results}/cover.out ./..."),
    ],
)
def test_the_test_command_is_made_to_measure(runner: str, command: str, words: str) -> None:
    asked = question(SOURCES, SOURCES, check="coverage", args={"min": 50}, test=command, runner=runner)
    step = COVERAGE.step(asked, {})
    assert isinstance(step, tuple)
    assert words in step[0].argv[2]
    assert [run.tree for run in step] == [TreeSpec("head"), TreeSpec("base")]


@pytest.mark.parametrize(("runner", "command"), [("maven", "mvn test"), ("", ""), ("unittest", "./run-tests")])
def test_where_coverage_is_not_to_be_had_it_is_said(runner: str, command: str) -> None:
    asked = question(SOURCES, SOURCES, check="coverage", args={"min": 50}, test=command, runner=runner)
    judgement, _ = play(COVERAGE, asked, {})
    assert judgement is not None
    assert judgement.reason.startswith("Coverage is not available for")
