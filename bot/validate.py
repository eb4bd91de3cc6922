"""Validation: the plan's claims and the checks that always run, on the checkpoint's tracked files and nothing else.

A check is pure; here what it asks for is run, and what it judges is recorded. Records made before a crash stand, since
they name the tree that they saw. A round ends with Judged, which sends refuted work back, a bounded number of times.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.checks import CHECKS
from bot.checks.integrity.trial.javascript import JAVA_SCRIPT
from bot.checks.testfiles import tests_of
from bot.domain.events import Body, Challenged, Checked, Judged
from bot.domain.rules import Detected
from bot.domain.session import MAX_ROUNDS, Session
from bot.domain.work import Claim, Evidence, Plan, Verdict
from bot.executing import Executor, Rig, Scene, environment
from bot.ports import Check, Conflict, FileChange, Judgement, Overtaken, Question, Result, Run, Trouble
from bot.projectfiles import project_files
from sandbox.api import Change, Entry, GitFailed
from sandbox.git import Bare
from sandbox.layers import Layer

MAX_TEXT = 1024 * 1024
"""Bytes of a changed file that checks read as text."""

MAX_TEXTS = 64 * 1024 * 1024
"""Bytes of all of them together; what comes after counts as binary."""

SETTINGS = frozenset(("pyproject.toml", "tox.ini", "setup.cfg"))
"""Files that hold settings of runners, among much else."""

MAX_TESTS = 4 * 1024 * 1024
"""Bytes of unchanged tests that checks may look at."""

MAX_ASKS = 300
"""How often a check may ask for more: far above what any needs."""


class Log(Protocol):
    """The session's log as this process sees it."""

    @property
    def session(self) -> Session: ...

    async def record(self, *bodies: Body) -> None:
        """Append, after news that leave the phase as it was; raise Conflict when they change it."""
        ...


@dataclass(frozen=True, slots=True)
class Laboratory:
    """What validation works with. `bare` and `layer` belong to a session: its repository, and what set-up made."""

    rig: Rig
    bare: Callable[[Session], Awaitable[Bare]]
    layer: Callable[[Session], Awaitable[Layer | None]]
    checks: tuple[Check, ...] = CHECKS
    lanes: int = 2


async def validate(log: Log, laboratory: Laboratory) -> None:
    """Check everything that has no record for the present tree, recording each as it comes, then judge the round.

    Raises Trouble for what may pass, Conflict when the session's phase was changed meanwhile.
    """
    session = log.session
    asked = tuple(_asked(session, laboratory.checks))
    if asked:
        try:
            question, scene = await survey(session, laboratory)
        except GitFailed as failed:
            raise Trouble(f"the session's repository can't be read: {failed}") from failed
        try:
            async with asyncio.TaskGroup() as group:
                executor = Executor(scene, laboratory.rig, laboratory.lanes, group)
                book = Book(log, laboratory, scene, executor)
                for check, claim in asked:
                    group.create_task(book.prove(check, claim, replace(question, claim=claim)))
        except* (Trouble, Conflict, Overtaken) as several:
            raise _first(several) from None
    await log.record(judge(log.session))


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = several.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _asked(session: Session, checks: Sequence[Check]) -> Iterable[tuple[str, Claim | None]]:
    """Every claim's check, and those that run anyway and that no claim names, as far as no record stands. When the
    evidence is looked at anew no earlier record stands, and only the claims that were named are asked."""
    claims = session.plan.claims if session.plan else ()
    before = session.review.after if session.review else 0
    standing = {(e.claim, e.check) for e in session.standing_evidence if e.base == session.base and e.n > before}
    named = {claim.check for claim in claims}
    if session.review and isinstance(session.review.asked, Challenged) and (only := session.review.asked.claims):
        claims = tuple(claim for claim in claims if claim.id in only)
        checks = ()
    wanted = [(claim.check, claim) for claim in claims]
    anyway = [check.name for check in checks if check.always and check.name not in named]
    yield from (each for each in wanted if (each[1].id, each[0]) not in standing)
    yield from ((name, None) for name in anyway if (None, name) not in standing)


def judge(session: Session) -> Judged:
    """The end of a round: what the standing records add up to."""
    records = [e for e in session.standing_evidence if e.base == session.base]
    refuted = tuple(e.n for e in records if e.verdict is Verdict.REFUTED)
    anew = session.review is not None
    number = session.round + (0 if anew else 1)
    return Judged(
        head=_head(session),
        tree=session.tree or "",
        round=number,
        refuted=refuted,
        unproven=tuple(e.n for e in records if e.verdict is Verdict.UNPROVEN),
        unexplained=sum(finding.explained is None for e in records for finding in e.findings),
        again=bool(refuted) and number < MAX_ROUNDS and not anew,
    )


def _head(session: Session) -> str:
    """The commit that is delivered when it is made already, else the checkpoint: either has the present tree."""
    made = session.commit
    return made.sha if made is not None and made.tree == session.tree else session.head or ""


# --- what is asked ---------------------------------------------------------------------------------------------------
async def survey(session: Session, laboratory: Laboratory) -> tuple[Question, Scene]:
    """What checks look at, and what they run on. The change is that from the base to the newest checkpoint."""
    bare, layer = await laboratory.bare(session), await laboratory.layer(session)
    if session.base is None or session.head is None:
        raise Trouble("there is nothing to check: the session has no checkpoint", retry_in=None)
    base_tree, head_tree = await bare.tree_of(session.base), await bare.tree_of(session.head)
    base = {entry.path: entry for entry in await bare.entries(base_tree)}
    head = {entry.path: entry for entry in await bare.entries(head_tree)}
    changes = await _texts(bare, await bare.changes(base_tree, head_tree))
    tests = await _unchanged_tests(bare, base, head, session.detected.runner or "")
    question = Question(
        claim=None,
        plan=_with_others(session),
        rules=session.rules,
        detected=session.detected,
        changes=changes,
        base_paths=frozenset(base),
        head_paths=frozenset(head),
        base_files=tests | {c.renamed_from or c.path: c.old for c in changes if c.old is not None},
        head_files=tests | {c.path: c.new for c in changes if c.new is not None},
        heads_own=await _heads_own(session, bare, base, head),
    )
    place = await environment(laboratory.rig.workshop, layer)
    return question, Scene(bare, base_tree, head_tree, base, head, layer, place)


async def _heads_own(
    session: Session, bare: Bare, base: Mapping[str, Entry], head: Mapping[str, Entry]
) -> Detected | None:
    before = (await project_files(bare, base)).detected(session.rules)
    after = (await project_files(bare, head)).detected(session.rules)
    same = (after.test, after.runner) == (before.test, before.runner)
    return None if same or not after.runner else after


def _with_others(session: Session) -> Plan | None:
    """The plan, within which what other people pushed to the branch counts as foreseen: it is theirs, not ours."""
    if session.plan is None or not session.after.others:
        return session.plan
    return session.plan.model_copy(update={"files": (*session.plan.files, *sorted(session.after.others))})


async def _texts(bare: Bare, changes: Sequence[Change]) -> tuple[FileChange, ...]:
    """The changes with their texts, small files first come, first served."""
    sides = [entry for change in changes for entry in (change.old, change.new) if entry is not None]
    wanted, size = set(), 0
    for entry in sides:
        if entry.mode.startswith("100") and entry.size <= MAX_TEXT and size + entry.size <= MAX_TEXTS:
            wanted.add(entry.oid)
            size += entry.size
    blobs = await bare.read_blobs(wanted)
    return tuple(_change(change, blobs) for change in changes)


async def _unchanged_tests(
    bare: Bare, base: Mapping[str, Entry], head: Mapping[str, Entry], runner: str
) -> dict[str, str]:
    """The texts of tests that stand on both sides, `MAX_TESTS` bytes of them: what sources might be fitted to; of
    settings, of which a new file may take the place; and of sources that must be parsed here for a trial of tests."""
    wanted, size = {}, 0
    tests = tests_of(frozenset(head))
    sources = {path for path in head if runner in JAVA_SCRIPT.runners and path.endswith(JAVA_SCRIPT.suffixes)} - tests
    for path in (*sorted(SETTINGS & head.keys()), *sorted(tests), *sorted(sources)):
        entry = head[path]
        same = path in base and base[path].oid == entry.oid and entry.mode.startswith("100")
        if same and size + entry.size <= MAX_TESTS:
            wanted[path] = entry
            size += entry.size
    blobs = await bare.read_blobs({entry.oid for entry in wanted.values()})
    texts = {path: _text(entry, blobs) for path, entry in wanted.items()}
    return {path: text for path, text in texts.items() if text is not None}


def _change(change: Change, blobs: Mapping[str, bytes]) -> FileChange:
    old, new = _text(change.old, blobs), _text(change.new, blobs)
    binary = (change.old is not None and old is None) or (change.new is not None and new is None)
    link = change.new is not None and change.new.mode == "120000"
    return FileChange(change.path, old, new, change.renamed_from, binary, link)


def _text(entry: Entry | None, blobs: Mapping[str, bytes]) -> str | None:
    """A file's text; None for what is no text: binary, a link, a submodule, too large."""
    data = blobs.get(entry.oid) if entry is not None and entry.mode.startswith("100") else None
    if data is None or b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


# --- what is recorded ------------------------------------------------------------------------------------------------
class Book:
    """The records of one round, numbered as they come."""

    def __init__(self, log: Log, laboratory: Laboratory, scene: Scene, executor: Executor) -> None:
        self._log, self._laboratory, self._scene, self._executor = log, laboratory, scene, executor
        self._writing = asyncio.Lock()

    async def prove(self, name: str, claim: Claim | None, question: Question) -> None:
        """Take one check to its judgement and record it; nothing when the question does not arise."""
        results: dict[str, Result] = {}
        judgement = await self._judged(name, claim, question, results)
        if judgement is None:
            return
        rig = self._laboratory.rig
        log = await rig.put_blob(_complete(results).encode()) if results else ""
        async with self._writing:
            await self._log.record(Checked(evidence=self._evidence(name, claim, judgement, results, log)))

    async def _judged(
        self, name: str, claim: Claim | None, question: Question, results: dict[str, Result]
    ) -> Judgement | None:
        check = next((each for each in self._laboratory.checks if each.name == name), None)
        if check is None:
            return Judgement(Verdict.UNPROVEN, f"There is no check called {name}.")
        if claim is not None and (problem := check.problem(claim.args)) is not None:
            return Judgement(Verdict.UNPROVEN, f"The claim's arguments can't be used: {problem}")
        async with self._executor.bay() as bay:
            for _ in range(MAX_ASKS):
                # Comparing large suites and resampling take a while: not on the event loop.
                step: tuple[Run, ...] | Judgement | None = await asyncio.to_thread(check.step, question, results)
                if step is None or isinstance(step, Judgement):
                    return step
                results.update(await bay.run(step))
        raise RuntimeError(f"the check {name} asked for more {MAX_ASKS} times and never judged")

    def _evidence(
        self, name: str, claim: Claim | None, judgement: Judgement, results: Mapping[str, Result], log: str
    ) -> Evidence:
        session = self._log.session
        shown = results.get(judgement.of or "")
        return Evidence(
            n=1 + max((e.n for e in session.evidence), default=0),
            claim=claim.id if claim else None,
            check=name,
            verdict=judgement.verdict,
            reason=_reason(session, judgement),
            head=_head(session),
            tree=self._scene.head_tree,
            base=session.base,
            argv=shown.run.argv if shown else (),
            exit_code=shown.exit_code if shown else None,
            started_at=shown.started_at if shown else self._laboratory.rig.clock.now(),
            seconds=shown.seconds if shown else 0.0,
            environment=self._scene.environment,
            counts=judgement.counts,
            tests=judgement.tests,
            findings=judgement.findings,
            benchmark=judgement.benchmark,
            log_sha256=log,
        )


def _reason(session: Session, judgement: Judgement) -> str:
    failed = session.set_up is not None and not session.set_up.ok
    if failed and judgement.verdict is Verdict.UNPROVEN:
        return f"{judgement.reason} (The set-up commands had failed.)"
    return judgement.reason


def _complete(results: Mapping[str, Result]) -> str:
    """The stored output of a check: every execution it rested on, with what it ran and how it ended."""
    return "\n".join(_entry(name, result) for name, result in results.items())


def _entry(name: str, result: Result) -> str:
    spec = result.run.tree
    swapped = sorted(spec.swapped | {path for path, _ in spec.placed})
    other = "base" if spec.of == "head" else "head"
    laid = f", with {other}'s {', '.join(swapped)}" if swapped else ""
    ended = result.unfinished or f"exit code {result.exit_code}"
    lines = [
        f"=== {name}: on {spec.of}{laid}",
        f"=== {' '.join(result.run.argv)}",
        f"=== {ended}, {result.seconds:.2f} s, complete output sha256:{result.log_sha256}",
        result.output.rstrip("\n"),
    ]
    return "\n".join(lines) + "\n"
