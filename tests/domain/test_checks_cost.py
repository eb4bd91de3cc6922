"""What the checks that always run cost together: how often the whole suite runs, and what runs besides."""

import pytest

from bot.checks import CHECKS
from bot.ports import Run
from tests.domain.checking import Answer, in_file, outcomes, question, runs_of

OLD = "def test_x():\n    assert f() == 1\n"
NEW = OLD + "\n\ndef test_new():\n    assert f() == 2\n"
BASE = {"a.py": "1", "tests/test_a.py": OLD, "tests/test_b.py": OLD}
FIXED = BASE | {"a.py": "2", "tests/test_a.py": NEW}
ASKED = ("tests", "regression", "red_green")


def executions(head: dict[str, str], answers: dict[str, Answer]) -> list[Run]:
    """What is executed for a change, each once however many checks ask for it."""
    asked = question(BASE, head)
    found: dict[object, Run] = {}
    for check in CHECKS:
        if check.name in ASKED:
            for run in runs_of(check, asked, answers).values():
                found.setdefault((run.tree, run.argv, run.repeat), run)
    return list(found.values())


def selects(run: Run) -> bool:
    return any(word.startswith(("test:", "path:")) for word in run.argv)


def test_an_honest_change_runs_the_whole_suite_three_times_and_its_own_tests_alone_six() -> None:
    """Two of the three side by side: so twice the suite's time and a few starts of the runner."""
    before, after = outcomes(in_file("x:p")), outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": before, "head": after, "old-1": before}
    runs = executions(FIXED, answers | {"crossed": outcomes(in_file("x:p new:f")), "green": after})
    assert sorted(run.name for run in runs if not selects(run)) == ["base", "head", "old-1"]
    again = [f"{side}-again-{n}" for side in ("crossed", "green") for n in (1, 2)]
    assert sorted(run.name for run in runs if selects(run)) == sorted([*again, "crossed", "doomed"])


def test_support_files_that_changed_cost_one_short_run_more() -> None:
    before, after = outcomes(in_file("x:p")), outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": before, "head": after, "old-1": before, "leaning": after}
    answers |= {"crossed": outcomes(in_file("x:p new:f")), "green": after}
    plain, supported = (executions(head, answers) for head in (FIXED, FIXED | {"tests/conftest.py": "x = 1\n"}))
    more = [run for run in supported if run.name not in {run.name for run in plain}]
    assert [(run.name, selects(run)) for run in more] == [("leaning", True)]


def test_a_change_without_tests_runs_the_whole_suite_twice() -> None:
    """The old tests on the new code are then the head itself."""
    told = outcomes(in_file("x:p"))
    runs = executions(BASE | {"a.py": "2"}, {"base": told, "head": told, "old-1": told})
    assert sorted(run.name for run in runs) == ["base", "doomed", "head"]


@pytest.mark.parametrize(("broken", "times"), [(3, 3), (30, 1)])
def test_what_is_doubted_is_repeated_alone_and_a_broken_suite_once(broken: int, times: int) -> None:
    good, bad = (outcomes(in_file(" ".join(f"{n}:{word}" for n in range(broken)))) for word in "pf")
    runs = executions(BASE | {"a.py": "2"}, {"base": good, "head": bad, "old-1": bad})
    assert sorted(run.name for run in runs if not selects(run)) == ["base", "head"]
    assert len([run for run in runs if selects(run)]) == 2 * times
