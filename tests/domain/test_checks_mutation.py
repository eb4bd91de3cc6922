"""Mutation: which small changes are made to which lines, and what is said of those that no test notices."""

import ast

import pytest

from bot.checks.mutants import Mutant, mutants, mutated
from bot.checks.mutation import CHECK
from bot.domain.work import Verdict
from bot.ports import Judgement, Question
from tests.domain.checking import Answer, Printed, in_file, outcomes, play, question, runs_of

OLD = "def clip(n, most):\n    return n\n"
NEW = "def clip(n, most):\n    if n > most:\n        return most\n    return n\n"
TEST = "def test_a(): ...\n"
GREEN = outcomes(in_file("a:p b:p"))


def shown(source: str, *lines: int) -> list[str]:
    found = mutants("a.py", source, lines or range(1, 99))
    for each in found:
        ast.parse(mutated(source, each.first, each.last, each.text))
    return [f"{each.was} → {each.now}" for each in found]


# --- the mutator -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a < b", ["a < b → a <= b", "a < b → a >= b"]),
        ("a >= b", ["a >= b → a > b", "a >= b → a < b"]),
        ("a == b", ["a == b → a != b"]),
        ("a is not None", ["a is not None → a is None"]),
        ("a not in b", ["a not in b → a in b"]),
        ("a < b < c", []),
        ("a + b", ["a + b → a - b"]),
        ("a // b", ["a // b → a * b"]),
        ("'%s' % a", []),
        ("a and b", ["a and b → a or b"]),
        ("x = not a", ["not a → a"]),
        ("x = True", ["True → False"]),
        ("x = 7", ["7 → 8", "7 → 6"]),
        ("x = 1.5", []),
        ("x = f'{a + 1}'", []),
        ("def f():\n    return a", ["return a → return None"]),
        ("def f():\n    return None", []),
        ("f(a)", ["f(a) → pass"]),
        ("a += b", ["a += b → pass"]),
        ("self.a = b", ["self.a = b → pass"]),
        ("raise E", ["raise E → pass"]),
        ("for a in b:\n    break", ["break → pass"]),
    ],
)
def test_a_line_is_changed_in_small_ways(source: str, found: list[str]) -> None:
    assert shown(source) == found


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "import a",
        "log.info('x', 1)",
        "print(1)",
        "__all__ = [1]",
        "if __name__ == '__main__':\n    f(1)",
        "def f(a: 1 + 2) -> 3: ...",
        "a: 1 + 2",
        "@decorated(1)\ndef f(): ...",
        "@dataclass(frozen=True)\nclass A: ...",
        "no python",
        "\0",
    ],
)
def test_what_no_test_should_have_to_notice_is_left_alone(source: str) -> None:
    assert shown(source) == []


def test_only_the_given_lines_are_changed_and_each_once_before_any_twice() -> None:
    source = "a = 1\nb = 1 < 2\nc = 3\n"
    assert shown(source, 2, 3) == [
        "1 < 2 → 1 <= 2",
        "3 → 4",
        "1 < 2 → 1 >= 2",
        "3 → 2",
        "1 → 2",
        "1 → 0",
        "2 → 3",
        "2 → 1",
    ]


def test_an_expression_over_several_lines_becomes_one() -> None:
    source = "x = 'ä', (\n    a\n    + b\n)\n"
    (found,) = mutants("a.py", source, [2])
    assert found == Mutant("a.py", 2, 3, "    (a - b)\n", "a + b", "a - b")
    assert mutated(source, found.first, found.last, found.text) == "x = 'ä', (\n    (a - b)\n)\n"


# --- the check -------------------------------------------------------------------------------------------------------
def asked(claimed: bool = True, runner: str = "pytest", old: str = OLD, new: str = NEW) -> Question:
    return question(
        {"clip.py": old, "tests/test_a.py": TEST},
        {"clip.py": new, "tests/test_a.py": TEST},
        check="mutation",
        args={} if claimed else None,
        runner=runner,
    )


def answers(**mutant: Answer) -> dict[str, Answer]:
    same = dict.fromkeys((f"mutant-{n}" for n in range(9)), GREEN)
    return {"base": GREEN, "head": GREEN, "old-1": GREEN} | same | {k.replace("_", "-"): v for k, v in mutant.items()}


def test_a_change_that_no_test_notices_is_told_and_refutes_nothing() -> None:
    judgement, _ = play(CHECK, asked(), answers(mutant_1=outcomes(in_file("a:p b:f")), mutant_2=None))
    reason = (
        "2 of 3 small changes to the changed lines noticed by the tests. "
        "The tests would not notice if this line changed: clip.py:2 `n > most` as `n >= most`."
    )
    assert judgement == Judgement(Verdict.UPHELD, reason, "head")


def test_each_mutant_is_put_in_its_place_before_the_suite_runs() -> None:
    runs = runs_of(CHECK, asked(), answers())
    assert [name for name in runs if name.startswith("mutant")] == ["mutant-0", "mutant-1", "mutant-2"]
    mutant = runs["mutant-0"]
    assert mutant.argv[4:8] == ("clip.py", "1", "3", "    if (n >= most):\n")
    assert mutant.argv[8:] == runs["head"].argv
    assert (mutant.tree, mutant.runner, mutant.timeout) == (runs["head"].tree, "pytest", 13.0)


def test_when_all_are_noticed_that_is_said() -> None:
    red = outcomes(in_file("a:f b:p"))
    judgement, _ = play(CHECK, asked(), answers(mutant_0=red, mutant_1=red, mutant_2=red))
    assert judgement is not None
    assert judgement.reason == "3 of 3 small changes to the changed lines noticed by the tests."


def test_a_test_that_was_red_before_notices_nothing() -> None:
    red = outcomes(in_file("a:p b:f"))
    judgement, _ = play(CHECK, asked(), dict.fromkeys(answers(), red))
    assert judgement is not None
    assert judgement.reason.startswith("0 of 3 ")


@pytest.mark.parametrize(
    ("ask", "given", "reason"),
    [
        (asked(runner="node"), GREEN, "Mutation is not available for node."),
        (asked(new=OLD + "# x\n"), GREEN, "No changed line of Python sources holds anything to mutate."),
        (
            asked(),
            outcomes("", broken="no test ran"),
            "No mutant was tried, since the suite tells nothing at head: no test ran.",
        ),
        (
            asked(),
            Printed(seconds=900.0, tests=GREEN),
            "No mutant was tried: one run of the suite takes 900 s, and 300 s are there.",
        ),
    ],
)
def test_where_nothing_can_be_tried_that_is_said(ask: Question, given: Answer, reason: str) -> None:
    assert play(CHECK, ask, dict.fromkeys(answers(), given))[0] == Judgement(Verdict.UNPROVEN, reason)


def test_unclaimed_it_keeps_silent_where_nothing_can_be_tried_or_the_suite_is_slow() -> None:
    for ask in (asked(False, runner="node"), asked(False, new=OLD)):
        assert play(CHECK, ask, answers())[0] is None
    assert play(CHECK, asked(False), dict.fromkeys(answers(), Printed(seconds=2.0, tests=GREEN)))[0] is None


def test_unclaimed_it_takes_a_few_seconds_and_says_what_was_left_out() -> None:
    long = NEW.replace("    return n\n", "    return n + 1\n") + "\n\ndef more():\n    return 1\n"
    judgement, names = play(CHECK, asked(False, new=long), dict.fromkeys(answers(), Printed(seconds=0.6, tests=GREEN)))
    assert judgement is not None
    assert len([name for name in names if name.startswith("mutant")]) == 4
    assert "(6 more not tried)" in judgement.reason


def test_unclaimed_it_takes_no_more_than_the_other_checks_leave_over() -> None:
    slow = answers() | {"old-1": Printed(seconds=12.0, tests=GREEN)}
    assert play(CHECK, asked(False), slow)[0] is None


def test_of_a_slow_suite_only_the_test_files_that_changed_run() -> None:
    ask = question(
        {"clip.py": OLD}, {"clip.py": NEW, "tests/test_a.py": TEST}, check="mutation", args={"paths": ["clip.py"]}
    )
    slow = dict.fromkeys(answers(), Printed(seconds=20.0, tests=GREEN))
    runs = runs_of(CHECK, ask, slow)
    assert "path:tests/test_a.py" in runs["mutant-0"].argv
