"""Changes of layout alone, which no test has to show where the plan says so."""

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.layout import is_layout, is_said
from bot.domain.work import Verdict
from bot.ports import FileChange
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question

OLD = 'import os\nimport ast\n\ndef f(x, y=1):\n    return os.path.join(x, "a")\n'


@pytest.mark.parametrize(
    ("path", "old", "new", "same"),
    [
        ("a.py", OLD, OLD.replace('"a"', "'a'").replace("import os\nimport ast", "import ast\nimport os"), True),
        ("a.py", OLD, OLD.replace("f(x, y=1)", "f(x: str, y: int = 1) -> str"), True),
        ("a.py", OLD, OLD.replace(":\n", ':\n    """Joins."""\n', 1), True),
        ("a.py", OLD, "from typing import Any\n" + OLD, True),
        ("a.py", OLD, OLD.replace("y=1", "y=2"), False),
        ("a.py", OLD, OLD.replace("import ast", "import re"), False),
        ("a.py", "class A:\n    x = 1\n", "class A:\n    x: int = 1\n", False),
        ("a.py", OLD, "def f(:", False),
        ("a.js", "const f = (x) => g(x, 'a')", 'const f = x =>\n  g(x, "a"); // says it\n', True),
        ("a.js", "const f = (x) => g(x, 'a')", "const f = (x) => g(x, 'b')", False),
        ("a.js", "f('a  b', (x + 1) * 2);", "f('a b', (x + 1) * 2);", False),
        ("a.js", "f('a', (x + 1) * 2);", "f('a', x + 1 * 2);", False),
        ("a.js", "f('a')", "f(a)", False),
        ("a.go", "x := 1", "x :=  1", False),
    ],
)
def test_layout_is_what_changes_nothing_when_the_program_runs(path: str, old: str, new: str, same: bool) -> None:
    assert is_layout(FileChange(path, old, new, None, False)) is same


@pytest.mark.parametrize(
    ("step", "verdict"), [("Sort the imports and add type hints", None), ("Mend f", Verdict.UNPROVEN)]
)
def test_no_test_has_to_show_what_the_plan_calls_layout(step: str, verdict: Verdict | None) -> None:
    test = "from a import f\n\ndef test_x():\n    assert f({}) == 1\n"
    base = {"a.py": OLD, "tests/test_a.py": test.format("'x'")}
    head = {"a.py": OLD.replace("(x, y=1)", "(x: str, y: int = 1)"), "tests/test_a.py": test.format('"y"')}
    plan = PLAN.model_copy(update={"steps": (step,)})
    told = outcomes(in_file("x:p"))
    answers: dict[str, Answer] = {"base": told, "head": told, "crossed": told}
    judgement, _ = play(CHECK, question(base, head, plan=plan), answers)
    assert (judgement.verdict if judgement else None) is verdict


def test_what_a_plan_says_of_formats_is_not_said_of_layout() -> None:
    steps = ("format() shows cents", "Types are checked when they are read")
    assert not is_said(PLAN.model_copy(update={"summary": "Cents", "steps": steps}))
