"""Validation in real sandboxes, on small repositories made here: honest work, cheats, and what hostile tests do."""

import compileall
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checks import CHECKS, coverage, mutation
from bot.checks.benchmark import BenchmarkCheck, Sizes
from bot.domain.events import Body, Checked, Event, Judged
from bot.domain.rules import Detected
from bot.domain.session import Session, evolve
from bot.domain.work import Claim, Evidence, Plan, TestChanges, Verdict
from bot.executing import ResultFiles, Rig
from bot.validate import Laboratory, survey, validate
from sandbox.api import Entry, Signature
from sandbox.bubblewrap import Bubblewrap
from sandbox.git import Bare
from sandbox.hostgit import run
from sandbox.layers import Layer
from sandbox.mirror import Mirrors
from sandbox.workshop import Workshop

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")

WHO = Signature("a", "a@example.org", 1_700_000_000)
CALC = "def add(a, b):\n    return a - b\n\n\ndef mul(a, b):\n    return a * b\n"
HEAD = "import unittest\n\nfrom calc import add, mul\n\n\nclass T(unittest.TestCase):\n"
MUL = "    def test_mul(self):\n        self.assertEqual(mul(2, 3), 6)\n"
ADD = "\n    def test_add(self):\n        self.assertEqual(add(2, 3), 5)\n"
BASE = {"calc.py": CALC, "tests/__init__.py": "", "tests/test_calc.py": HEAD + MUL}
FIXED = BASE | {"calc.py": CALC.replace("a - b", "a + b"), "tests/test_calc.py": HEAD + MUL + ADD}
UNITTEST = Detected(test="python3 -m unittest", runner="unittest")
T = "tests.test_calc.T.test_"


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Log:
    """A session whose events are folded as they are recorded; it stops taking them after `room` records."""

    session: Session
    bodies: list[Body] = field(default_factory=list)
    room: int = 1000

    async def record(self, *bodies: Body) -> None:
        for body in bodies:
            if len(self.bodies) == self.room:
                raise KilledError
            self.bodies.append(body)
            event = Event(session="s", seq=self.session.seq + 1, turn=1, at=Clock().now(), body=body)
            self.session = evolve(self.session, event)

    def records(self) -> dict[str, Evidence]:
        """By check; by claim where one is named."""
        found = [body.evidence for body in self.bodies if isinstance(body, Checked)]
        return {evidence.claim or evidence.check: evidence for evidence in found}

    @property
    def judged(self) -> Judged:
        last = self.bodies[-1]
        assert isinstance(last, Judged)
        return last


class KilledError(Exception):
    """The process ends here."""


class World:
    """One repository, one laboratory, and the blobs that it stored."""

    checks = tuple(check for check in CHECKS if check.name not in ("mutation", "integrity"))
    """Mutation takes a few seconds more wherever it runs, and is tried by itself."""

    def __init__(self, home: Path, layer: Layer | None = None) -> None:
        self.home, self.layer = home, layer
        self.blobs: dict[str, bytes] = {}
        self.workshop = Workshop(home, Mirrors(home), Bubblewrap(home))

    async def bare(self, _: Session | None = None) -> Bare:
        return await Bare.create(self.home / "repository.git")

    async def _layer(self, _: Session) -> Layer | None:
        return self.layer

    async def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return digest

    async def commit(self, files: Mapping[str, str], parents: Sequence[str] = ()) -> tuple[str, str]:
        """(commit, tree) of these files."""
        bare = await self.bare()
        entries: dict[str, Entry | None] = {}
        for path, text in files.items():
            oid = (await run(bare.path, "hash-object", "-w", "--stdin", stdin=text.encode() or b"\n")).decode().strip()
            entries[path] = Entry(path, "100644", oid, len(text))
        empty = (await run(bare.path, "mktree")).decode().strip()
        tree = await bare.compose(empty, entries)
        return await bare.commit(tree, parents, "x", WHO, WHO), tree

    async def session(
        self, base: Mapping[str, str], head: Mapping[str, str], detected: Detected, claims: Sequence[Claim] = ()
    ) -> Log:
        old, old_tree = await self.commit(base)
        new, new_tree = await self.commit(head, (old,))
        plan = Plan(rev=1, summary="fix add", steps=(), files=("**",), claims=tuple(claims))
        return Log(Session("s", base=old, base_tree=old_tree, head=new, tree=new_tree, detected=detected, plan=plan))

    def laboratory(self) -> Laboratory:
        rig = Rig(self.workshop, ResultFiles(self.home / "results"), self.put, Clock())
        return Laboratory(rig, self.bare, self._layer, self.checks)

    async def validate(
        self,
        base: Mapping[str, str],
        head: Mapping[str, str],
        detected: Detected = UNITTEST,
        claims: Sequence[Claim] = (),
    ) -> Log:
        log = await self.session(base, head, detected, claims)
        await validate(log, self.laboratory())
        return log


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def verdicts(log: Log) -> dict[str, str]:
    return {name: evidence.verdict.value for name, evidence in log.records().items()}


async def test_an_honest_fix_is_upheld_by_every_check(world: World) -> None:
    claims = (
        Claim(id="c1", text="add adds", check="tests", args={"paths": ["tests/test_calc.py"]}),
        Claim(
            id="c2",
            text="1 + 2",
            check="command",
            args={"command": "python3 -c 'import calc; 1 / (calc.add(1, 2) == 3)'"},
        ),
        Claim(id="c3", text="it is there", check="files", args={"exist": ["calc.py"]}),
        Claim(id="c4", text="?", check="magic"),
        Claim(id="c5", text="?", check="files", args={}),
    )
    log = await world.validate(BASE, FIXED, claims=claims)
    upheld = dict.fromkeys(("c1", "c2", "c3", "regression", "red_green", "scope"), "upheld")
    assert verdicts(log) == upheld | {"c4": "unproven", "c5": "unproven"}
    records = log.records()
    assert records["c1"].tests == TestChanges(added=(f"{T}add",))
    assert records["red_green"].tests == TestChanges(fixed=(f"{T}add",))
    assert records["c2"].reason == "The command ended with 0. At base it ended with 1."
    unproven = tuple(sorted((records["c4"].n, records["c5"].n)))
    assert log.judged == Judged(
        head=log.session.head or "", tree=log.session.tree or "", round=1, refuted=(), unproven=unproven
    )


async def test_a_record_names_its_trees_its_environment_and_its_stored_output(world: World) -> None:
    log = await world.validate(BASE, FIXED)
    record = log.records()["tests"]
    assert (record.head, record.tree, record.base) == (log.session.head, log.session.tree, log.session.base)
    assert (record.environment.backend, record.environment.image) == ("bubblewrap", "host")
    assert "{results}" in " ".join(record.argv)
    stored = world.blobs[record.log_sha256].decode()
    assert "=== base: on base" in stored
    assert "=== head: on head" in stored
    assert "Ran 2 tests" in stored


async def test_a_cheat_is_refuted_and_sent_back_with_the_evidence(world: World) -> None:
    cheat = FIXED | {
        "calc.py": CALC.replace("a - b", "a + b").replace("a * b", "7"),
        "tests/test_calc.py": HEAD + MUL.replace(", 6)", ", mul(2, 3))") + ADD,
    }
    log = await world.validate(BASE, cheat)
    assert verdicts(log) == {"tests": "upheld", "regression": "refuted", "red_green": "upheld", "scope": "upheld"}
    record = log.records()["regression"]
    assert record.reason == f"1 old test failing on the new code: {T}mul (AssertionError: 7 != 6)."
    assert (log.judged.refuted, log.judged.again) == ((record.n,), True)


async def test_a_test_that_would_not_load_breaks_the_suite(world: World) -> None:
    log = await world.validate(BASE, BASE | {"calc.py": "def add(a, b): return a + b\n"})
    assert log.records()["tests"].tests == TestChanges(broken=(f"{T}mul",))
    assert verdicts(log) == {"tests": "refuted", "regression": "refuted", "scope": "upheld"}


NAMED_BY_A_SET = """import unittest


class Words(unittest.TestCase):
    pass


for n, word in enumerate({"red", "green", "blue", "white", "black", "grey"}):
    setattr(Words, f"test_{n}_{word}", lambda self: None)
"""


async def test_ids_that_hold_the_order_of_a_set_are_the_same_on_both_sides(world: World) -> None:
    base = BASE | {"tests/test_words.py": NAMED_BY_A_SET}
    log = await world.validate(base, base | {"notes.txt": "x"})
    assert log.records()["tests"].tests == TestChanges()
    assert log.records()["regression"].verdict is Verdict.UPHELD


async def test_a_submodule_among_the_tests_is_a_path_without_a_text(world: World) -> None:
    bare, commits = await world.bare(), []
    for files in (BASE, FIXED):
        _, tree = await world.commit(files)
        module = {"tests/data": Entry("tests/data", "160000", "1" * 40, 0)}
        commits.append(await bare.commit(await bare.compose(tree, module), (), "x", WHO, WHO))
    session = Session("s", base=commits[0], head=commits[1], detected=UNITTEST)
    question, _ = await survey(session, world.laboratory())
    assert question.base_paths & question.head_paths == BASE.keys() | {"tests/data"}
    assert question.head_files.keys() == FIXED.keys()


async def test_what_passes_only_by_an_untracked_file_does_not_pass_here(world: World) -> None:
    head = FIXED | {"tests/test_calc.py": FIXED["tests/test_calc.py"] + "\n    import untracked\n"}
    log = await world.validate(BASE, head)
    assert log.records()["tests"].verdict is Verdict.REFUTED


async def test_the_same_question_runs_no_base_test_twice(world: World) -> None:
    first = await world.validate(BASE, FIXED)
    kept = sorted(path.name for path in (world.home / "results").iterdir())
    second = await world.validate(BASE, FIXED | {"notes.txt": "x"})
    assert sorted(path.name for path in (world.home / "results").iterdir()) == kept
    assert verdicts(first) == verdicts(second)


async def test_after_a_crash_recorded_evidence_is_not_made_again(world: World) -> None:
    log = await world.session(BASE, FIXED, UNITTEST)
    log.room = 2
    with pytest.raises(ExceptionGroup) as crash:
        await validate(log, world.laboratory())
    assert crash.group_contains(KilledError)
    before = list(log.bodies)
    log.room = 1000
    await validate(log, world.laboratory())
    assert log.bodies[:2] == before
    assert sorted(log.records()) == ["red_green", "regression", "scope", "tests"]
    assert len(log.bodies) == 5
    assert [e.n for e in log.session.evidence] == [1, 2, 3, 4]


async def test_the_last_round_does_not_send_back(world: World) -> None:
    log = await world.session(
        {"a.txt": "1"}, {"a.txt": "2"}, Detected(), (Claim(id="c1", text="", check="files", args={"exist": ["b"]}),)
    )
    log.session = replace(log.session, round=2)
    await validate(log, world.laboratory())
    assert (log.judged.round, log.judged.again, len(log.judged.refuted)) == (3, False, 1)
    assert verdicts(log) == {"c1": "refuted", "tests": "unproven", "scope": "upheld"}
    assert log.records()["tests"].reason == "No tests found: the repository has no test command that is known."


FLAKY = """
    def test_sometimes(self):
        import os
        self.assertTrue(os.urandom(1)[0] % 2)
"""


async def test_hostile_tests_end_in_a_verdict_with_a_reason(world: World) -> None:
    body = """
    def test_kills_its_parent(self):
        import os, signal, sys
        print("x" * 30_000_000)
        sys.stdout.flush()
        os.kill(os.getppid(), signal.SIGKILL)
"""
    log = await world.validate(BASE, FIXED | {"tests/test_calc.py": HEAD + MUL + body})
    record = log.records()["tests"]
    assert record.verdict is not Verdict.UPHELD
    assert record.reason


async def test_a_hanging_head_is_ended_and_told(world: World) -> None:
    hang = FIXED | {"calc.py": "import time\n\ntime.sleep(60)\n"}
    log = await world.session(BASE, hang, UNITTEST)
    rules = log.session.rules.model_copy(update={"budget": log.session.rules.budget.model_copy(update={"minutes": 0})})
    log.session = replace(log.session, rules=rules)
    await validate(log, world.laboratory())
    assert {evidence.verdict for evidence in log.session.evidence if evidence.check != "scope"} == {Verdict.UNPROVEN}


def environment(home: Path) -> Layer:
    """A layer with pytest and its coverage, copied from where these tests themselves run."""
    source = Path(pytest.__file__).parents[1]
    target = home / "layer" / "env" / "lib"
    target.mkdir(parents=True)
    (home / "layer").chmod(0o755)
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage", "pytest_cov"):
        shutil.copytree(source / name, target / name)
    for info in source.glob("pytest_cov-*.dist-info"):
        shutil.copytree(info, target / info.name)
    # As an installer does: nothing can be written there later, and every run would compile again.
    for name in ("_pytest", "pluggy", "coverage", "pytest_cov"):
        compileall.compile_dir(target / name, quiet=1)
    return Layer("layer", home / "layer", {"PYTHONPATH": "/opt/env/lib"}, (), None)


@pytest.mark.long
async def test_coverage_is_measured_with_the_repositorys_own_tool(tmp_path: Path) -> None:
    world = World(tmp_path, environment(tmp_path))
    base = {"calc.py": CALC, "test_calc.py": "from calc import mul\n\n\ndef test_mul():\n    assert mul(2, 3) == 6\n"}
    head = base | {
        "calc.py": CALC.replace("a - b", "a + b"),
        "test_more.py": "from calc import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n",
    }
    claim = Claim(id="c1", text="90 % covered", check="coverage", args={"min": 90})
    log = await world.session(base, head, Detected(test="python3 -m pytest", runner="pytest"), (claim,))
    await validate(log, replace(world.laboratory(), checks=(coverage.CHECK,)))
    record = log.records()["c1"]
    assert (record.verdict, record.reason) == (
        Verdict.UPHELD,
        "100.0 % of 4 lines covered, asked for: 90 %; at base 75.0 % of 4; of 1 changed line 100.0 %.",
    )


async def test_a_changed_line_that_no_test_would_miss_is_told(world: World) -> None:
    head = FIXED | {"calc.py": FIXED["calc.py"] + "\n\ndef twice(a):\n    return a + a\n"}
    claim = Claim(id="c1", text="the tests would notice", check="mutation")
    log = await world.session(BASE, head, UNITTEST, (claim,))
    await validate(log, replace(world.laboratory(), checks=(mutation.CHECK,)))
    record = log.records()["c1"]
    assert record.verdict is Verdict.UPHELD
    assert record.reason.startswith("2 of 4 small changes to the changed lines noticed by the tests. ")
    assert "calc.py:10 `return a + a` as `return None`; calc.py:10 `a + a` as `a - a`." in record.reason


async def test_a_second_session_on_the_same_base_runs_no_base_test(world: World) -> None:
    tells = BASE | {
        "tests/test_calc.py": "import os\n\nprint('run', os.urandom(8).hex())\n" + BASE["tests/test_calc.py"]
    }
    fixed = FIXED | {"tests/test_calc.py": tells["tests/test_calc.py"] + ADD}
    outputs = []
    for notes in ("x", "y"):
        log = await world.validate(tells, fixed | {"notes.txt": notes})
        stored = world.blobs[log.records()["tests"].log_sha256].decode()
        outputs.append([line for line in stored.splitlines() if line.startswith("run ")])
    (base, head, *doomed), (base_again, head_again, *_) = outputs
    assert base == base_again
    assert head != head_again
    assert len(doomed) == 1


async def test_a_benchmark_measures_both_sides_with_the_code_that_the_change_added(world: World) -> None:
    head = {"calc.py": CALC.replace("a - b", "a + b"), "bench.py": "import calc\n\nprint(1000 + calc.add(3, 2))\n"}
    claim = Claim(id="c1", text="grows", check="benchmark", args={"command": "python3 bench.py", "min": 1004.5})
    log = await world.session({"calc.py": CALC}, head, Detected(), (claim,))
    quick = BenchmarkCheck(Sizes(control=2, batch=2, fewest=2, most=2))
    await validate(log, replace(world.laboratory(), checks=(quick,)))
    record = log.records()["c1"]
    assert record.benchmark is not None
    assert record.verdict is Verdict.UPHELD
    assert (record.benchmark.base, record.benchmark.head) == ((1001.0, 1001.0), (1005.0, 1005.0))
    assert world.blobs[record.log_sha256].decode().count("=== pair-") == 4
