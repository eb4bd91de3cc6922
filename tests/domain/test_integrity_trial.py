"""Trial by mutation: which findings are tried, what acquits them, and what the code inside the sandbox tells."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

import pytest

from bot.checks.integrity import CHECK
from bot.checks.integrity.trial.language import Changed, Tried
from bot.checks.integrity.trial.python import disturbed, insisted
from bot.checks.runners import SUPPORT, by_name
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Run, Tests
from tests.domain.checking import NOON, Answer, Printed, in_file, outcomes, play, question, result

SOURCE = """\
def double(n):
    return n * 2


def half(n):
    return n // 2
"""
OLD = "from calc import double\n\n\ndef test_a():\n    assert double(1) == 2\n    assert double(2) == 4\n"
RESHAPED = "from calc import double\n\n\ndef test_a():\n    assert {n: double(n) for n in (1, 2)} == {1: 2, 2: 4}\n"
LOOSENED = "from calc import double\n\n\ndef test_a():\n    assert double(1) == 2\n    assert double(2)\n"
PASSED = outcomes(in_file("a:p"))
TEST = "tests/test_a.py::test_a"


def asked(new: str, old: str = OLD, runner: str = "pytest", source: str = SOURCE, **more: str) -> Question:
    base = {"calc.py": source, "tests/test_a.py": old}
    return question(base, base | {"tests/test_a.py": new} | more, runner=runner, test=f"python -m {runner}")


def seen(way: int, *lines: int, key: str = "result 1") -> dict[str, object]:
    """A change that `test_a` noticed in these lines."""
    failed = {TEST: [["tests/test_a.py", line] for line in lines]} if lines else {}
    return {"key": key, "name": "calc.py.double", "way": way, "failed": failed}


def told(*done: dict[str, object], tests: Tests = PASSED, closely: bool = True, why: str = "") -> Printed:
    report = json.dumps({"done": done, "closely": closely, "why": why})
    return Printed(files={"trial.json": report}, tests=tests)


NOTICED = (seen(0, 5), seen(1, 5), seen(2, 5), seen(3, 6), seen(4, 6), seen(5, 6))


def tried(
    before: Answer, after: Answer = None, new: str = LOOSENED, others: Mapping[str, Answer] | None = None
) -> tuple[Judgement, list[str]]:
    world: dict[str, Answer] = {"base": PASSED, "head": PASSED, "old-1": PASSED}
    judgement, runs = play(CHECK, asked(new), {**world, "trial-old": before, "trial-new": after, **(others or {})})
    assert judgement is not None
    return judgement, [name for name in runs if name not in ("base", "head")]


def came_of(judgement: Judgement) -> tuple[Verdict, int, int]:
    """The verdict, how many findings stand, and how many doubts were tried and dispelled."""
    doubts = re.match(r"(\d+) doubts? by reading tried", judgement.reason)
    return judgement.verdict, len(judgement.findings), int(doubts[1]) if doubts else 0


# --- the verdict -----------------------------------------------------------------------------------------------------
def test_tests_that_notice_all_that_the_old_ones_did_are_acquitted() -> None:
    judgement, runs = tried(told(*NOTICED, seen(6)), told(*NOTICED))
    assert judgement.verdict is Verdict.UPHELD
    assert judgement.findings == ()
    assert judgement.reason == (
        "1 doubt by reading tried (tests/test_a.py:6): all 6 small changes to what the sources give that the old ones "
        "notice, the reshaped tests notice."
    )
    assert runs == ["old-1", "trial-old", "trial-new"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(told(*NOTICED), told(*NOTICED[:5], seen(5)), id="one change goes unnoticed"),
        pytest.param(told(*NOTICED), told(*NOTICED[:5]), id="a call is not made any more"),
        pytest.param(told(*NOTICED), told(*NOTICED[:5], seen(5) | {"failed": None}), id="a run did not end"),
        pytest.param(told(*NOTICED), told(*NOTICED, why="too slow"), id="the new tests are too slow"),
        pytest.param(
            told(*NOTICED), told(*NOTICED, tests=outcomes(in_file("a:f"))), id="the new tests fail by themselves"
        ),
        pytest.param(told(*NOTICED), Printed(tests=PASSED), id="nothing was left"),
        pytest.param(told(*NOTICED[1:]), None, id="the old tests notice little"),
        pytest.param(told(*NOTICED, closely=False), None, id="not all calls were tried"),
        pytest.param(told(*(seen(n, 5) for n in range(9))), None, id="an assertion was never seen to fail"),
        pytest.param(None, None, id="it took too long"),
    ],
)
def test_what_a_trial_does_not_show_it_does_not_acquit(before: Answer, after: Answer) -> None:
    judgement, _ = tried(before, after)
    assert judgement.verdict is Verdict.UNPROVEN
    assert {finding.explained for finding in judgement.findings} == {None}


def test_old_tests_that_fail_on_the_new_code_are_not_tried() -> None:
    failing: dict[str, Answer] = {"old-1": outcomes(in_file("a:f"))}
    judgement, runs = tried(None, others=failing)
    assert (judgement.verdict, runs) == (Verdict.UNPROVEN, ["old-1"])


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("assert double(2)", "if double:\n        assert double(2)"),
        OLD.replace("def test_a", "import pytest\n\n\n@pytest.mark.skip\ndef test_a"),
        OLD.replace(
            "assert double(2) == 4", "try:\n        assert double(2) == 4\n    except AssertionError:\n        pass"
        ),
        OLD + "\n\ndef test_new():\n    assert 1 == 1\n",
    ],
)
def test_conditions_skips_swallowed_failures_and_new_tests_are_not_tried(new: str) -> None:
    judgement, runs = tried(None, new=new)
    assert (judgement.verdict, runs) == (Verdict.UNPROVEN, [])


def test_nothing_is_tried_where_something_worse_was_found() -> None:
    worse = asked(LOOSENED, **{"conftest.py": "def pytest_collection_modifyitems(items):\n    items.clear()\n"})
    judgement, runs = play(CHECK, worse, {"base": PASSED, "head": PASSED})
    assert judgement is not None
    assert (judgement.verdict, runs) == (Verdict.UNPROVEN, ["base", "head"])


def test_without_findings_nothing_more_is_run() -> None:
    _, runs = play(
        CHECK, asked(OLD + "\n\ndef test_b():\n    assert double(3) == 6\n"), {"base": PASSED, "head": PASSED}
    )
    assert runs == ["base", "head"]


# --- what tests insist on --------------------------------------------------------------------------------------------
def test_assertions_are_found_by_line() -> None:
    text = """
class TestA:
    def test_a(self):
        assert (
            f()
        )
        with pytest.raises(E):
            f()
        helper(f())
        self.assertEqual(x[:2], x[:2])

    def test_b(self):
        self.assertEqual(f(), 1)

def helper(x):
    assert x
"""
    found = [(lines.first, lines.last) for lines in insisted(text, {"TestA.test_a"})]
    assert found == [(4, 6), (7, 8), (16, 16)]


def test_of_what_is_no_test_only_what_a_test_reaches_is_asked() -> None:
    text = """
@pytest.fixture(name="made")
def make(): assert 1
@pytest.fixture(autouse=True)
def prepared(): assert 2
class Box:
    def __eq__(self, other): assert 3
class TestA:
    def look(self): inner()
    def test_a(self, made): self.look()
    def test_b(self): other(Box())
def inner(): assert 4
def other(): assert 5
"""
    found = {name: [lines.first for lines in insisted(text, {f"TestA.{name}"})] for name in ("test_a", "test_b")}
    assert {name: sorted(lines) for name, lines in found.items()} == {"test_a": [3, 5, 12], "test_b": [5, 7, 13]}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("import a\n", "import b\n", frozenset()),
        ("def test_a(): f()\n", "def test_a(): pass\n", frozenset()),
        ("def f(): g()\ndef g(): ...\n", "def f(): g()\ndef g(): return 1\n", frozenset("fg")),
        ("A = 1\nB = 2\n", "A = 1\n", frozenset("B")),
        ("def setup_method(self): ...\n", "", None),
        ("class A:\n    def __eq__(self, o): ...\ndef f(): A()\n", "class A: ...\ndef f(): A()\n", frozenset("Af")),
        ("", "def assert_tidy(): ...\n", frozenset(["assert_tidy"])),
        ("class A(TestCase): ...\n", "class A(TestCase):\n    def assertSo(self): ...\n", frozenset(["assertSo"])),
        ("class A(TestCase): ...\n", "class A(TestCase):\n    def assertIn(self): ...\n", None),
        ("class A(Ours): ...\n", "class A(Ours):\n    def assertSo(self): ...\n", None),
        ("@pytest.fixture(autouse=True)\ndef f(): ...\n", "", None),
        ("a.b = 1\n", "a.b = 2\n", None),
    ],
)
def test_what_stands_around_tests_is_told_by_name(old: str, new: str, found: frozenset[str] | None) -> None:
    assert disturbed([Changed("test_a.py", "test_a.py", old, new)], {"test_a.py"}) == {"test_a.py": found}


@pytest.mark.parametrize(
    ("home", "importing", "found"),
    [
        ("def f(): g(1)\n", "from tests.helping import f\n", frozenset()),
        ("def f(): g(2)\n", "from tests.helping import f\n", frozenset("f")),
        ("def f(): g(1)\n", "from tests.other import f\n", frozenset("f")),
        ("from b import g\ndef f(): g(1)\n", "from tests.helping import f\n", frozenset("f")),
    ],
)
def test_what_moved_to_another_file_as_it_was_is_the_same(home: str, importing: str, found: frozenset[str]) -> None:
    changed = [
        Changed("test_a.py", "test_a.py", "def f(): g(1)\n", importing),
        Changed("helping.py", "helping.py", "", home),
    ]
    told = disturbed(changed, {"test_a.py", "helping.py"})
    assert told["test_a.py"] == found


def test_what_a_file_without_tests_changes_reaches_what_uses_it() -> None:
    changed = [
        Changed("test_a.py", "test_a.py", "def f(): data()\ndef g(): ...\n", "def f(): data()\ndef g(): ...\n"),
        Changed("conftest.py", "conftest.py", "def data(): return 1\n", "def data(): return 2\n"),
    ]
    assert disturbed(changed, {"test_a.py"})["test_a.py"] == frozenset({"data", "f"})


SLICED = """
from calc import double

@pytest.mark.parametrize("n", [1, 2])
def test_a(n, log):
    got = double(n)
    log.clear()
    assert got == 2
    assert log.lines == []
"""


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (("got = double(n)", "got = double(n)  # the same"), (True, True)),
        (("got = double(n)", "got = double(3)"), (False, True)),
        (("    log.clear()\n", ""), (True, False)),
        (("from calc import double", "from fakes import double"), (False, True)),
        (("[1, 2]", "[1]"), (False, False)),
        (("    log.clear()\n", "    log.clear()\n    return\n"), (False, False)),
    ],
)
def test_an_assertion_is_the_same_where_all_that_is_done_for_it_is(
    change: tuple[str, str], kept: tuple[bool, ...]
) -> None:
    old = insisted(SLICED, {"test_a"})
    new = insisted(SLICED.replace(*change), {"test_a"})
    assert tuple(was.said == now.said for was, now in zip(old, new, strict=True)) == kept


# --- for real --------------------------------------------------------------------------------------------------------
def really(run: Run, files: Mapping[str, str], place: Path) -> Result:
    """The run in this interpreter, with nothing around it."""
    runner = by_name(run.runner or "")
    assert runner is not None
    for folder, texts in (("work", files), ("support", SUPPORT), ("results", {})):
        (place / folder).mkdir(parents=True)
        for name, text in texts.items():
            (place / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (place / folder / name).write_text(text, encoding="utf-8")
    argv = [word.replace("{results}", f"{place}/results").replace("{support}", f"{place}/support") for word in run.argv]
    settings = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(argv, cwd=place / "work", env=settings, capture_output=True, check=False, timeout=100)
    left = {path.name: path.read_bytes() for path in (place / "results").iterdir() if path.is_file()}
    output = (ran.stdout + ran.stderr).decode()
    own = {name: data for name, data in left.items() if any(map(PurePath(name).match, runner.result_files))}
    found = {name: left[name].decode() for name in run.files}
    return Result(run, ran.returncode, output, 1.0, NOON, "00", runner.parse(ran.returncode, output, own), found)


def really_tried(new: str, old: str, names: Sequence[str], runner: str, place: Path, source: str = SOURCE) -> Judgement:
    """The judgement where the trial's own runs are made; the others pass."""
    asking, results = asked(new, old, runner, source), dict[str, Result]()
    while isinstance(step := CHECK.step(asking, results), tuple):
        for run in step:
            text = old if run.tree.swapped else new
            files = {"calc.py": source, "tests/__init__.py": "", "tests/test_a.py": text}
            good = Tests(dict.fromkeys(names, "passed"), {})
            results[run.name] = really(run, files, place / run.name) if "trial" in run.name else result(run, good)
    assert isinstance(step, Judgement)
    return step


def in_class(text: str) -> str:
    lines = text.replace("assert double(1) == 2", "self.assertEqual(double(1), 2)").splitlines()
    lines = [line.replace("assert double(2) == 4", "self.assertEqual(double(2), 4)") for line in lines]
    body = "\n".join(f"    {line}" for line in lines[3:]).replace("test_a()", "test_a(self)")
    return f"import unittest\nfrom calc import double\n\n\nclass TestA(unittest.TestCase):\n{body}\n"


def test_pytest_is_tried_in_forked_runs(tmp_path: Path) -> None:
    judgement = really_tried(RESHAPED, OLD, [TEST], "pytest", tmp_path)
    assert came_of(judgement) == (Verdict.UPHELD, 0, 1)


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        (RESHAPED, Verdict.UPHELD),
        (LOOSENED, Verdict.UNPROVEN),
        (OLD.replace("    assert double(2) == 4\n", ""), Verdict.UNPROVEN),
        (OLD.replace("double(2) == 4", "double(2) >= 4"), Verdict.UNPROVEN),
        (OLD.replace("double(2) == 4", "double(2) == double(2)"), Verdict.UNPROVEN),
    ],
)
def test_what_the_old_tests_notice_the_new_ones_must(tmp_path: Path, new: str, verdict: Verdict) -> None:
    names = ["tests.test_a.TestA.test_a"]
    judgement = really_tried(in_class(new), in_class(OLD), names, "unittest", tmp_path)
    assert came_of(judgement) == (verdict, *((0, 1) if verdict is Verdict.UPHELD else (1, 0)))


REFUSING = """\
def double(n):
    if not isinstance(n, int):
        raise ValueError(f"no number: {n}")
    return 2 * n
"""
REFUSED = """\
import unittest
from calc import double


class TestA(unittest.TestCase):
    def test_a(self):
        for text in ("x", ""):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "no number"):
                double(text)
"""
HELPED = REFUSED.replace(
    "    def test_a",
    """\
    def assertRefused(self, text):
        with self.assertRaises(ValueError) as caught:
            double(text)
        self.assertIn("no number", str(caught.exception))

    def test_a""",
).replace(
    """, self.assertRaisesRegex(ValueError, "no number"):
                double(text)""",
    """:
                self.assertRefused(text)""",
)


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        (HELPED, Verdict.UPHELD),
        (HELPED.replace('"no number", ', '"number", '), Verdict.UNPROVEN),
        (HELPED.replace('In("no number", str(caught.exception))', "True(str(caught.exception))"), Verdict.UNPROVEN),
    ],
)
def test_a_helper_that_looks_at_errors_must_look_as_closely(tmp_path: Path, new: str, verdict: Verdict) -> None:
    judgement = really_tried(new, REFUSED, ["tests.test_a.TestA.test_a"], "unittest", tmp_path, REFUSING)
    assert (judgement.verdict, sum(came_of(judgement)[1:]) > 0) == (verdict, True)


def test_a_test_fails_where_its_file_or_a_part_of_it_does() -> None:
    tried = Tried(key="k", name="f", way=0, failed={"a.js > a > b": (), "c.js": ()})
    tests = {"a.js > a", "a.js > a > b", "a.js > a > c", "a.js > ab", "c.js > d"}
    assert tried.failing(tests) == {"a.js > a", "a.js > a > b", "c.js > d"}


PROGRAM = """\
import sys


def main(words=None):
    words = sys.argv[1:] if words is None else words
    print(int(words[0]) * 2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
"""
STARTED = """\
import subprocess
import sys
import unittest


class TestA(unittest.TestCase):
    def test_a(self):
        done = subprocess.run([sys.executable, "calc.py", "4"], stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"8\\n")
"""
WHOLE = STARTED.replace(
    """        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"8\\n")
""",
    """        self.assertEqual(f"{done.returncode} {done.stdout}", "0 b'8\\\\n'")
""",
)


@pytest.mark.long  # each change is a program more to start
@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        (WHOLE, Verdict.UPHELD),
        (STARTED.replace("        self.assertEqual(done.returncode, 0)\n", ""), Verdict.UNPROVEN),
    ],
)
def test_programs_that_tests_start_are_tried_as_well(tmp_path: Path, new: str, verdict: Verdict) -> None:
    names = ["tests.test_a.TestA.test_a"]
    judgement = really_tried(new, STARTED, names, "unittest", tmp_path, PROGRAM)
    assert (judgement.verdict, sum(came_of(judgement)[1:]) > 0) == (verdict, True)
