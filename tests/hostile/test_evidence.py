"""Code under test that forges, breaks or floods its own evidence, in real sandboxes: each ends in a verdict with a
reason, and none in one that was not earned."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.checks import benchmark
from bot.domain.rules import BudgetRules, Detected, Rules
from bot.domain.work import Claim, Evidence, Verdict
from bot.validate import validate
from tests.contract.test_validate import BASE, CALC, FIXED, HEAD, MUL, UNITTEST, World, environment

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")

PYTEST = Detected(test="python3 -m pytest -p no:cacheprovider", runner="pytest")
JUNIT = Detected(test="sh run.sh", runner="junit")
JUNIT_RULES = Rules(junit="out.xml")
OLD = "from calc import mul\n\n\ndef test_mul():\n    assert mul(2, 3) == 6\n"
NEW = OLD.replace("import", "import add,") + "\n\ndef test_add():\n    assert add(2, 3) == 5\n"
BEFORE = {"calc.py": CALC, "tests/test_calc.py": OLD}

REWRITE = """
import atexit, glob, os, sys, threading, time

def forge():
    for name in glob.glob("/*/*/pytest-*.jsonl") + glob.glob("/*/pytest-*.jsonl") + [
        os.path.realpath("/proc/self/fd/" + fd) for fd in os.listdir("/proc/self/fd")
    ]:
        if name.endswith(".jsonl"):
            text = open(name).read().replace('"failed"', '"passed"').replace('{"end": 1}', '{"end": 0}')
            open(name, "w").write(text)
"""
FORGERIES = {
    "at exit, with an exit code of its own": REWRITE + "\natexit.register(os._exit, 0)\natexit.register(forge)\n",
    "at exit, with a summary of its own": REWRITE
    + """
def summary():
    forge()
    os._exit(0)
atexit.register(summary)
if "pytest" in sys.modules:
    import _pytest.terminal as t
    t.TerminalReporter.summary_failures = lambda self: None
    t.TerminalReporter.short_test_summary = lambda self: None
    t.TerminalReporter.summary_stats = lambda self: self.write_line("2 passed in 0.01s")
""",
    "by a thread": REWRITE
    + """
def run():
    for _ in range(200):
        time.sleep(0.005)
        forge()
threading.Thread(target=run, daemon=True).start()
""",
    "in the reports themselves": """
import sys
if "_pytest" in sys.modules:
    from _pytest.reports import TestReport
    make = TestReport.from_item_and_call.__func__
    def passed(cls, item, call):
        call.excinfo = None
        return make(cls, item, call)
    TestReport.from_item_and_call = classmethod(passed)
""",
    "by calling no test": """
import sys
if "_pytest" in sys.modules:
    from _pytest.python import Function
    Function.runtest = lambda self: None
""",
}


async def judged(world: World, base: dict[str, str], head: dict[str, str], detected: Detected) -> list[Evidence]:
    log = await world.validate(base, head, detected)
    return [evidence for evidence in log.records().values() if evidence.check != "scope"]


@pytest.mark.long
@pytest.mark.parametrize("kind", FORGERIES)
async def test_results_forged_inside_the_test_run_are_not_upheld(tmp_path: Path, kind: str) -> None:
    """The change fixes nothing: its test passes only because the code under test rewrites what is reported."""
    world = World(tmp_path, environment(tmp_path))
    records = await judged(world, BEFORE, {"calc.py": CALC + FORGERIES[kind], "tests/test_calc.py": NEW}, PYTEST)
    verdicts = {each.check: each.verdict for each in records}
    assert set(verdicts) == {"tests", "regression", "red_green"}
    assert verdicts["tests"] is not Verdict.UPHELD, [each.reason for each in records]
    assert all(each.reason for each in records)


async def test_assertions_that_were_taken_away_do_not_uphold_anything(tmp_path: Path) -> None:
    """unittest's assertions are methods, which the code under test can replace: tests pass then, and tell nothing."""
    cheat = "\n\nimport unittest\nunittest.TestCase.assertEqual = lambda *words, **more: None\n"
    records = await judged(World(tmp_path), BASE, FIXED | {"calc.py": CALC + cheat}, UNITTEST)
    verdicts = {each.check: each.verdict for each in records}
    assert verdicts == {"tests": Verdict.REFUTED, "regression": Verdict.UPHELD, "red_green": Verdict.REFUTED}


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;">]><testsuite>&d;</testsuite>'
RUNS = {
    "writes a gigabyte": "head -c 1000000000 /dev/zero | tr '\\0' x; exit 1",
    "ends with 0 and garbage": "head -c 100000 /dev/urandom; exit 0",
    "kills its parent": "kill -9 $PPID; sleep 1",
    "kills everything": "kill -9 -1",
    "leaves daemons": "(setsid sleep 300 &) ; (setsid sleep 300 >/dev/null 2>&1 &); exit 0",
    "writes 200 MB of results": "head -c 200000000 /dev/zero > out.xml; exit 0",
    "writes half of its results": 'printf \'<testsuite><testcase classname="a" name="b"/><testca\' > out.xml; exit 0',
    "writes an entity bomb": f"printf '%s' '{BOMB}' > out.xml; exit 0",
    "writes results that are a link": "ln -s /etc/passwd out.xml; exit 0",
    "writes a pipe for results": "mkfifo out.xml; exit 0",
    "makes a folder of its results": "mkdir out.xml; exit 0",
    "ends without a word": "exit 0",
}


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=pytest.mark.long if k == "writes a gigabyte" else ()) for k in RUNS]
)
async def test_a_test_command_that_misbehaves_ends_in_a_verdict_with_a_reason(tmp_path: Path, kind: str) -> None:
    world = World(tmp_path)
    log = await world.session({"a.txt": "1", "run.sh": RUNS[kind]}, {"a.txt": "2", "run.sh": RUNS[kind]}, JUNIT)
    log.session = replace(log.session, rules=JUNIT_RULES)
    await validate(log, world.laboratory())
    record = log.records()["tests"]
    assert (record.verdict, bool(record.reason)) == (Verdict.UNPROVEN, True)


@pytest.mark.long
async def test_a_hundred_thousand_results_are_read(tmp_path: Path) -> None:
    case = '<testcase classname="a" name="t&"\\/>'
    write = f"{{ echo '<testsuite>'; seq 100000 | sed 's/.*/{case}/'; echo '</testsuite>'; }} > out.xml"
    world = World(tmp_path)
    log = await world.session({"a.txt": "1", "run.sh": write}, {"a.txt": "2", "run.sh": write}, JUNIT)
    log.session = replace(log.session, rules=JUNIT_RULES)
    await validate(log, world.laboratory())
    record = log.records()["tests"]
    assert (record.verdict, record.counts and record.counts.passed) == (Verdict.UPHELD, 100_000)


async def test_hundreds_of_tests_that_are_red_at_base_are_named_and_hide_nothing(tmp_path: Path) -> None:
    red = "".join(f"    def test_red_{n:03}(self):\n        self.fail('known')\n\n" for n in range(300))
    base = BASE | {"tests/test_red.py": HEAD + red}
    log = await World(tmp_path).validate(base, FIXED | {"tests/test_red.py": HEAD + red})
    record = log.records()["tests"]
    assert record.tests is not None
    assert (record.verdict, len(record.tests.red_on_base), record.tests.broken) == (Verdict.UPHELD, 300, ())
    assert {each.verdict for each in log.records().values()} == {Verdict.UPHELD}


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [("a - b", "a + b", Verdict.UPHELD), ("mul(2, 3), 6", "mul(2, 3), mul(2, 3)", Verdict.UNPROVEN)],
)
async def test_where_test_and_source_share_a_file_the_old_tests_count_while_they_stand(
    tmp_path: Path, old: str, new: str, verdict: Verdict
) -> None:
    whole = CALC + "\n\nimport unittest\n\n\nclass T(unittest.TestCase):\n" + MUL
    alone = Detected(test="python3 -m unittest calc", runner="unittest")
    log = await World(tmp_path).validate({"calc.py": whole}, {"calc.py": whole.replace(old, new)}, alone)
    verdicts = {name: each.verdict for name, each in log.records().items()}
    assert verdicts == {"tests": Verdict.UPHELD, "regression": verdict, "scope": Verdict.UPHELD}


async def test_a_missing_dependency_is_named(tmp_path: Path) -> None:
    """The head runs on what the base's set-up installed."""
    head = FIXED | {"calc.py": "import leftpad\n\n" + FIXED["calc.py"]}
    log = await World(tmp_path).validate(BASE, head)
    record = log.records()["tests"]
    assert record.verdict is Verdict.REFUTED
    assert "No module named 'leftpad'" in record.reason


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (
            "true > /dev/null; echo nan",
            "The benchmark can't be read: the number printed is nan, which can't be compared.",
        ),
        ("exit 3", "The benchmark ended with 3 at base: nothing was measured."),
        ("kill -9 -1", "The benchmark "),
    ],
)
async def test_a_benchmark_that_misbehaves_ends_in_a_verdict_with_a_reason(
    tmp_path: Path, command: str, reason: str
) -> None:
    world = World(tmp_path)
    claim = Claim(id="c1", text="?", check="benchmark", args={"command": command, "max_ratio": 1.0})
    log = await world.session({"a.txt": "1"}, {"a.txt": "2"}, Detected(), (claim,))
    log.session = replace(log.session, rules=Rules(budget=BudgetRules(minutes=1)))
    quick = benchmark.BenchmarkCheck(benchmark.Sizes(control=2, batch=2, fewest=2, most=2))
    await validate(log, replace(world.laboratory(), checks=(quick,)))
    record = log.records()["c1"]
    assert record.verdict is Verdict.UNPROVEN
    assert record.reason.startswith(reason)
