"""Judging the suite at head against the suite at base."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from bot.checks.tests import CHECK
from bot.domain.rules import BudgetRules, Detected, Rules
from bot.domain.work import Counts, TestChanges, Verdict
from bot.ports import Judgement, Tests, TreeSpec
from tests.domain.checking import WORDS, Answer, Printed, in_file, outcomes, play, question, runs_of

PATHS = {"a.py": "1", "tests/test_a.py": "def test_x(): pass\n", "tests/test_b.py": ""}
A = "tests/test_a.py::test_"


def judged(base: Answer, head: Answer, **others: Answer) -> tuple[Judgement, list[str]]:
    judgement, asked = play(CHECK, question(PATHS, PATHS | {"a.py": "2"}), {"base": base, "head": head, **others})
    assert judgement is not None
    return judgement, asked


def suite(text: str) -> Tests:
    return outcomes(in_file(text))


def test_a_suite_that_passes_on_both_sides_is_upheld() -> None:
    assert judged(suite("x:p y:p"), suite("x:p y:p")) == (
        Judgement(Verdict.UPHELD, "2 tests passed, none broken.", "head", Counts(passed=2), TestChanges()),
        ["base", "head"],
    )


def test_every_difference_is_named_by_its_kind() -> None:
    judgement, _ = judged(suite("fix:f red:f gone:p skip:p ok:p"), suite("fix:p red:f skip:s ok:p new:p"))
    assert judgement.verdict is Verdict.UPHELD
    assert judgement.tests == TestChanges(
        fixed=(f"{A}fix",),
        removed=(f"{A}gone",),
        added=(f"{A}new",),
        newly_skipped=(f"{A}skip",),
        red_on_base=(f"{A}red",),
    )
    assert "1 failing at base too: tests/test_a.py::test_red" in judgement.reason


RENAMED = (
    {"a.py": "1", "tests/test_a.py": "def test_x():\n    assert 1\n"},
    {"a.py": "2", "tests/test_a.py": "def test_z():\n    assert 1\n"},
)


def renamed(head: Tests) -> Judgement:
    judgement, _ = play(CHECK, question(*RENAMED), {"base": suite("x:p"), "head": head})
    assert judgement is not None
    return judgement


def test_a_renamed_test_is_listed_by_both_ids_and_told_as_renamed() -> None:
    judgement = renamed(suite("z:p"))
    assert judgement.tests == TestChanges(removed=(f"{A}x",), added=(f"{A}z",))
    assert judgement.reason == f"1 test passed, none broken; 1 renamed: {A}x → {A}z."


def test_a_renamed_test_that_fails_is_refuted_as_such() -> None:
    judgement = renamed(suite("z:f"))
    assert (judgement.verdict, judgement.reason) == (Verdict.REFUTED, f"1 renamed test broken: {A}z.")
    assert judgement.tests == TestChanges(removed=(f"{A}x",), added=(f"{A}z",))


def parted(test: str, *parts: str) -> Tests:
    """One test with subtests, as `in_file` writes outcomes."""
    pairs = [(f"{A}{test[:-2]} ({each[:-2]})", WORDS[each[-1]]) for each in parts]
    whole = {f"{A}{test[:-2]}": WORDS[test[-1]]}
    return Tests(whole | dict(pairs), {}, parts=frozenset(name for name, _ in pairs))


def test_subtests_are_no_tests_of_their_own() -> None:
    judgement, _ = judged(parted("x:p", "i=0:p", "i=1:p"), parted("x:p", "i=0:p", "i=2:p"))
    assert (judgement.tests, judgement.counts) == (TestChanges(), Counts(passed=1))
    broken, _ = judged(parted("x:p", "i=0:p"), parted("x:f", "i=0:f"))
    assert broken.tests == TestChanges(broken=(f"{A}x",))
    alone, _ = judged(parted("x:p", "i=0:p"), parted("x:p", "i=0:f"))
    assert (alone.verdict, alone.tests) == (Verdict.REFUTED, TestChanges(broken=(f"{A}x (i=0)",)))


def test_a_broken_test_is_run_again_three_times_before_it_counts() -> None:
    judgement, asked = judged(suite("x:p y:p"), suite("x:f y:p"))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.tests == TestChanges(broken=(f"{A}x",))
    assert asked == ["base", "head", *(f"{s}-again-{n}" for n in (1, 2, 3) for s in ("head", "base"))]


def test_a_test_with_two_outcomes_on_one_tree_is_flaky_and_breaks_nothing() -> None:
    judgement, asked = judged(suite("x:p y:p"), suite("x:f y:p"), **{"head-again-1": suite("x:p")})
    assert (judgement.verdict, judgement.tests) == (Verdict.UPHELD, TestChanges(flaky=(f"{A}x",)))
    assert "1 flaky" in judgement.reason
    assert "head-again-2" not in asked


def test_a_test_that_is_flaky_at_base_was_not_fixed() -> None:
    judgement, _ = judged(suite("x:f y:p"), suite("x:p y:p"), **{"base-again-2": suite("x:p")})
    assert (judgement.verdict, judgement.tests) == (Verdict.UPHELD, TestChanges(flaky=(f"{A}x",)))


def test_a_repetition_that_tells_nothing_leaves_the_first_outcome() -> None:
    silent = Tests({}, {}, broken="no test ran")
    judgement, asked = judged(suite("x:p"), suite("x:f"), **{"head-again-1": silent, "base-again-1": silent})
    assert judgement.verdict is Verdict.REFUTED
    assert asked == ["base", "head", "head-again-1", "base-again-1"]


def test_many_broken_tests_are_run_again_only_once() -> None:
    names = [f"t{n}" for n in range(30)]
    _, asked = judged(suite(" ".join(f"{n}:p" for n in names)), suite(" ".join(f"{n}:f" for n in names)))
    assert asked == ["base", "head", "head-again-1", "base-again-1"]


def test_a_new_test_that_fails_is_refuted() -> None:
    judgement, _ = judged(suite("x:p"), suite("x:p new:f"))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.reason == "1 new test failing: tests/test_a.py::test_new."
    assert judgement.tests == TestChanges(added=(f"{A}new",))


def test_a_file_that_can_not_be_loaded_any_more_breaks_its_tests() -> None:
    judgement, _ = judged(suite("x:p y:p"), outcomes("tests/test_a.py:e tests/test_b.py::test_z:p"))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.tests == TestChanges(broken=(f"{A}x", f"{A}y"), added=("tests/test_b.py::test_z",))


def test_a_file_that_can_be_loaded_again_removes_nothing() -> None:
    judgement, _ = judged(
        outcomes("tests/test_a.py:e tests/test_b.py::test_z:p"), outcomes(f"{A}x:p tests/test_b.py::test_z:p")
    )
    assert judgement.tests == TestChanges(added=(f"{A}x",))
    assert judgement.verdict is Verdict.UPHELD


def test_what_a_failing_test_said_stands_in_the_reason() -> None:
    head = Tests({f"{A}x": "failed"}, {f"{A}x": "AssertionError: 3 != 4\nmore"})
    judgement, _ = judged(suite("x:p"), head)
    assert judgement.reason == "1 test broken: tests/test_a.py::test_x (AssertionError: 3 != 4)."
    traced = Tests({f"{A}x": "failed"}, {f"{A}x": "Traceback (most recent call last):\n  ...\nKeyError: 'a'"})
    judgement, _ = judged(suite("x:p"), traced)
    assert judgement.reason == "1 test broken: tests/test_a.py::test_x (KeyError: 'a')."


NO_TESTS = Tests({}, {}, broken="no test ran")


@pytest.mark.parametrize(
    ("base", "head", "verdict", "reason"),
    [
        (NO_TESTS, NO_TESTS, Verdict.UNPROVEN, "No test result: no test ran; at base: no test ran."),
        (
            suite("x:p"),
            NO_TESTS,
            Verdict.REFUTED,
            "The suite can't be run to its end at head: no test ran. At base 1 test passed.",
        ),
        (suite("x:s"), suite("x:s"), Verdict.UNPROVEN, "Nothing ran: 1 test skipped."),
        (suite("x:f"), NO_TESTS, Verdict.UNPROVEN, "No test result: no test ran."),
        (
            suite("x:p"),
            outcomes(in_file("x:p"), disagreement="the exit code says otherwise"),
            Verdict.UNPROVEN,
            "What the test run says of itself does not agree: the exit code says otherwise.",
        ),
        (
            NO_TESTS,
            suite("x:f"),
            Verdict.REFUTED,
            "1 test failing: tests/test_a.py::test_x; the base's suite can't be run to compare: no test ran.",
        ),
        (
            NO_TESTS,
            suite("x:p"),
            Verdict.UPHELD,
            "1 test passed, none broken; the base's suite can't be run to compare: no test ran.",
        ),
        (
            suite("x:p"),
            None,
            Verdict.REFUTED,
            "The suite can't be run to its end at head: was ended by its time limit of 1200 s. At base 1 test passed.",
        ),
        (
            None,
            None,
            Verdict.UNPROVEN,
            "No test result: was ended by its time limit of 1200 s; at base: was ended by its time limit of 1200 s.",
        ),
    ],
)
def test_what_shows_nothing_is_never_upheld(base: Answer, head: Answer, verdict: Verdict, reason: str) -> None:
    judgement, _ = judged(base, head)
    assert (judgement.verdict, judgement.reason) == (verdict, reason)


def test_a_head_that_is_only_a_little_slower_than_the_limit_is_not_to_blame() -> None:
    slow = Printed(exit_code=0, seconds=900.0, tests=suite("x:p"))
    judgement, _ = judged(slow, None)
    assert judgement.verdict is Verdict.UNPROVEN


def test_a_repository_without_a_test_command_has_no_tests() -> None:
    asked = question({"a.py": "1"}, {"a.py": "2"}, test="", runner="")
    reason = "No tests found: the repository has no test command that is known."
    assert play(CHECK, asked, {}) == (Judgement(Verdict.UNPROVEN, reason), [])


@pytest.mark.parametrize(
    ("base", "head", "verdict"),
    [(0, 0, Verdict.UNPROVEN), (0, 1, Verdict.REFUTED), (1, 1, Verdict.UNPROVEN), (0, None, Verdict.REFUTED)],
)
def test_an_unknown_runner_is_judged_by_its_exit_code(base: int, head: int | None, verdict: Verdict) -> None:
    asked = question({"a.py": "1"}, {"a.py": "2"}, test="./check", runner="")
    judgement, _ = play(CHECK, asked, {"base": base, "head": head})
    assert judgement is not None
    assert judgement.verdict is verdict


def claimed(
    args: dict[str, JsonValue], named: Answer, test: str = "python -m pytest", runner: str = "pytest"
) -> Judgement:
    asked = question(PATHS, PATHS | {"a.py": "2"}, check="tests", args=args, test=test, runner=runner)
    answers = {"base": suite("x:p"), "head": suite("x:p"), "named": named}
    judgement, _ = play(CHECK, asked, answers)
    assert judgement is not None
    return judgement


def test_what_the_claim_names_must_pass_as_well() -> None:
    assert claimed({"paths": ["tests/test_a.py"]}, suite("x:p")).verdict is Verdict.UPHELD
    red = claimed({"paths": ["tests/test_a.py"]}, suite("x:f"))
    assert (red.verdict, red.reason) == (
        Verdict.REFUTED,
        "1 test failing of what the claim names: tests/test_a.py::test_x.",
    )
    assert claimed({"paths": ["tests/none"]}, NO_TESTS).verdict is Verdict.UNPROVEN
    assert claimed({"paths": ["tests/test_a.py"]}, suite("x:s")).verdict is Verdict.UNPROVEN


def test_a_named_command_of_an_unknown_kind_shows_nothing_by_ending_with_0() -> None:
    assert claimed({"command": "./smoke"}, 0).verdict is Verdict.UNPROVEN
    assert claimed({"command": "./smoke"}, 3).reason == "The named command ended with 3."
    assert claimed({"command": "./smoke"}, None).verdict is Verdict.UNPROVEN


def test_a_named_command_alone_is_judged_where_the_repository_has_none() -> None:
    green = claimed({"command": "pytest -q"}, suite("x:p"), test="", runner="")
    assert green == Judgement(Verdict.UPHELD, "1 test passed.", "named", Counts(passed=1))


def test_globs_select_the_files_that_they_cover() -> None:
    asked = question(PATHS, PATHS | {"a.py": "2"}, check="tests", args={"paths": ["tests/*.py"]})
    runs = runs_of(CHECK, asked, {"base": suite("x:p"), "head": suite("x:p"), "named": suite("x:p")})
    assert {"path:tests/test_a.py", "path:tests/test_b.py"} <= set(runs["named"].argv)
    assert (runs["named"].tree, runs["base"].tree) == (TreeSpec("head"), TreeSpec("base"))


def test_the_rules_bound_each_run() -> None:
    rules = Rules(budget=BudgetRules(minutes=3))
    runs = runs_of(CHECK, question(PATHS, PATHS, rules=rules), {"base": suite("x:p"), "head": suite("x:p")})
    assert {run.timeout for run in runs.values()} == {180.0}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, None),
        ({"command": "pytest", "paths": ["tests"]}, None),
        ({"paths": "tests"}, "paths: Input should be a valid array"),
        ({"files": []}, "files: Extra inputs are not permitted"),
        ({"command": ""}, "command: String should have at least 1 character"),
    ],
)
def test_wrong_arguments_are_told_with_what_is_accepted(args: dict[str, JsonValue], words: str | None) -> None:
    problem = CHECK.problem(args)
    if words is None:
        assert problem is None
    else:
        assert problem == f"{words}. Accepted: command?, paths?."


NOTHING = Tests({}, {}, broken="no test ran")
OWN = Detected(test="npx vitest run", runner="vitest")


def test_what_the_bases_command_finds_no_more_is_run_by_the_heads_own() -> None:
    answers = {"base": suite("a:p b:f c:p"), "head": NOTHING, "heads-own": suite("a:p b:p")}
    judgement, _ = play(CHECK, replace(question({}, {}), heads_own=OWN), answers)
    assert judgement is not None
    assert (judgement.verdict, judgement.of) == (Verdict.UPHELD, "heads-own")
    assert judgement.tests == TestChanges(fixed=(A + "b",), removed=(A + "c",))
    asked = runs_of(CHECK, replace(question({}, {}), heads_own=OWN), answers)
    assert [name for name, run in asked.items() if run.runner == "vitest" and name in answers] == ["heads-own"]


@pytest.mark.parametrize("own", [NOTHING, None])
def test_a_command_of_the_head_that_finds_nothing_either_excuses_nothing(own: Answer) -> None:
    answers = {"base": suite("a:p"), "head": NOTHING, "heads-own": own}
    judgement, _ = play(CHECK, replace(question({}, {}), heads_own=OWN), answers)
    assert judgement is not None
    assert (judgement.verdict, judgement.of) == (Verdict.REFUTED, "head")


def test_where_the_bases_command_finds_tests_the_heads_own_is_not_asked() -> None:
    answers = {"base": suite("a:p b:p"), "head": suite("a:p b:f")}
    judgement, runs = play(CHECK, replace(question({}, {}), heads_own=OWN), answers)
    assert judgement is not None
    assert judgement.verdict is Verdict.REFUTED
    assert "heads-own" not in runs


def test_where_no_test_passes_nothing_is_shown_even_if_none_broke() -> None:
    red = outcomes(in_file("a:f"))
    judgement, _ = play(CHECK, question({}, {"a.py": "1"}), {"base": red, "head": red})
    assert judgement is not None
    assert judgement.verdict is Verdict.UNPROVEN
    assert judgement.reason.startswith("0 tests passed, none broken; 1 failing at base too")
