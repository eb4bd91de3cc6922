"""Measuring on request: two states of a repository against each other, by the same check that proves claims.

What was measured before is remembered for each repository and benchmark, as receipts that belong to no session, so that
a trend can be shown.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from pydantic import ValidationError

from bot.checks.benchmark import CHECK
from bot.commands.benchmark import listed
from bot.domain.measuring import Measured, Point, Wanted, Wish
from bot.domain.refs import ConversationRef, RepoRef, SurfaceName, digest_of
from bot.domain.session import Session
from bot.domain.work import Claim, Evidence, Verdict
from bot.executing import Bay, Executor, Rig, Scene, environment
from bot.grant import grant
from bot.journal import Journal
from bot.ports import Check, CodeHost, Conflict, FileChange, Judgement, Question, Receipt, Result, Run, Store, Trouble
from sandbox.api import GitFailed
from sandbox.git import Bare
from sandbox.layers import Layer

MOST = 6
"""How many comparisons one wish may ask for."""

SHOWN = 30
"""Points of the history that a report shows."""


class Unclear(Exception):
    """What was asked for can't be measured; the message says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What measuring works with. `clone` gives the refreshed mirror; `bare` and `layer` belong to the session."""

    host: Callable[[Session], CodeHost]
    clone: Callable[[Session], Awaitable[Bare]]
    bare: Callable[[Session], Awaitable[Bare]]
    layer: Callable[[Session], Awaitable[Layer | None]]
    rig: Rig
    store: Store
    check: Check = CHECK


@dataclass(frozen=True, slots=True)
class Sides:
    """The two commits, and what people call them."""

    base: str
    head: str
    names: tuple[str, str]


async def measure(journal: Journal, stand: Stand) -> None:
    """Do what was wished for and record it; what can't be done is recorded with its reason. Raises Trouble."""
    wanted = journal.session.wanted
    if wanted is None:
        raise Conflict("nobody wants a measurement any more")
    try:
        measured = await _done(journal, stand, wanted)
    except Unclear as unclear:
        measured = _answer(wanted, problem=str(unclear))
    except GitFailed as failed:
        raise Trouble(f"the repository can't be read: {failed}") from failed
    await journal.record(measured)
    await _remember(journal, stand, measured)


def _answer(wanted: Wanted, **more: object) -> Measured:
    return Measured.model_validate({"where": wanted.where, "wish": wanted.wish, "target": wanted.target, **more})


async def _done(journal: Journal, stand: Stand, wanted: Wanted) -> Measured:
    session, wish = journal.session, wanted.wish
    if wish.history:
        return await _looked_back(session, stand, wanted)
    mirror, bare = await stand.clone(session), await stand.bare(session)
    wish, steps = await _steps(session, stand, mirror, bare, wanted)
    commands = commands_of(wish.what, session.rules.benchmark)
    if len(steps) * len(commands) > MOST:
        raise Unclear(f"Those are {len(steps) * len(commands)} comparisons; I do {MOST} at once, at most.")
    asked = [(name, command, sides) for sides in steps for name, command in commands.items()]
    records: list[Evidence] = []
    for _, command, sides in asked:
        records.append(await _record(session, stand, bare, sides, command, len(records)))
    points = await history(stand.store, session.place.repo, next(iter(commands))) if len(commands) == 1 else ()
    fresh = [_point(journal, a[2].names, e) for a, e in zip(asked, records, strict=True)] if len(commands) == 1 else []
    return _answer(
        wanted,
        refs=steps[0].names,
        sides=tuple(sides.names for _, _, sides in asked) if len(steps) > 1 else (),
        names=tuple(name for name, _, _ in asked),
        records=tuple(records),
        points=(*points, *(point for point in fresh if point is not None))[-SHOWN:],
    )


async def _looked_back(session: Session, stand: Stand, wanted: Wanted) -> Measured:
    names = [wanted.wish.what] if wanted.wish.what else list(session.rules.benchmark)[:1]
    points = await history(stand.store, session.place.repo, names[0]) if names else ()
    if not points:
        raise Unclear(f"Nothing was measured of `{names[0] if names else 'any benchmark'}` here yet.")
    return _answer(wanted, names=tuple(names), points=points[-SHOWN:])


def commands_of(what: str, known: Mapping[str, str]) -> Mapping[str, str]:
    """The benchmarks by their names: those that were named, a command as it is, or all that are known. Raises
    Unclear."""
    named = [what] if what in known else listed(what)
    missing = [name for name in named if name not in known]
    if named and not missing:
        return {name: known[name] for name in named}
    if what and (not known or (" " in what and missing == named)):
        return {what: what}
    if what:
        names = ", ".join(f"`{name}`" for name in known)
        raise Unclear(f"There is no benchmark `{missing[0]}`; `.maestro.yml` names {names}.")
    if not known:
        raise Unclear(
            "No benchmark is named in `.maestro.yml`. Add `benchmark: {name: command}`, or give the command itself: "
            "`/maestro benchmark python bench.py against main`."
        )
    return dict(list(known.items())[:MOST])


# --- the two sides ---------------------------------------------------------------------------------------------------
async def _steps(session: Session, stand: Stand, mirror: Bare, bare: Bare, wanted: Wanted) -> tuple[Wish, list[Sides]]:
    """Which commits are meant, comparison by comparison."""
    wish = understood(wanted.wish, session.rules.benchmark)
    if wish.what and not wish.head and wish.what not in session.rules.benchmark and " " not in wish.what:
        found = await _commit(session, stand, mirror, bare, wish.what)
        wish = wish.model_copy(update={"head": wish.what, "what": ""}) if found else wish
    steps, base = list[Sides](), wish.base
    for head in (wish.head, *wish.more):
        steps.append(await _sides(session, stand, mirror, bare, (base, head or _number(wanted.where))))
        base = head if wish.chain else base
    return wish, steps


def understood(wish: Wish, known: Collection[str]) -> Wish:
    """What "encode and decode" are: benchmarks where the rules know them, refs otherwise; and "encode v2" is one of
    each."""
    names = (wish.base, wish.head, *wish.more)
    if not wish.what and wish.base and all(name in known for name in names):
        return Wish(what=", ".join(names))
    rest, _, last = wish.what.rpartition(" ")
    if rest and not wish.head and last not in known and all(name in known for name in listed(rest)):
        return wish.model_copy(update={"what": rest, "head": last})
    refs = listed(wish.what)
    if len(refs) < 2 or wish.head or any(name in known or " " in name for name in refs):
        return wish
    return Wish(base=wish.base, head=refs[0], more=tuple(refs[1:]))


async def _sides(session: Session, stand: Stand, mirror: Bare, bare: Bare, asked: tuple[str, str]) -> Sides:
    name, head = await _head(session, stand, mirror, bare, asked[1])
    if asked[0]:
        base = await _commit(session, stand, mirror, bare, asked[0])
        if base is None:
            raise Unclear(f"There is no branch, tag, commit or pull request `{asked[0]}` in this repository.")
        return Sides(base, head, (_short(asked[0]), _short(name)))
    branch = (await stand.host(session).repository(session.place.repo)).default_branch
    main = await mirror.resolve(f"refs/heads/{branch}") or session.base or ""
    base = await bare.merge_base(main, head) or main
    return Sides(base, head, (f"{branch} ({base[:8]})", _short(name)))


def _short(name: str) -> str:
    """A commit's full name is for machines."""
    return name[:10] if re.fullmatch(r"[0-9a-f]{40}", name) else name


def _number(where: ConversationRef) -> str:
    return f"#{where.key}" if where.surface is SurfaceName.GITHUB else ""


async def _head(session: Session, stand: Stand, mirror: Bare, bare: Bare, asked: str) -> tuple[str, str]:
    """What is new, and its name: the ref that was named, this pull request, or the work of this session."""
    found = await _commit(session, stand, mirror, bare, asked) if asked else None
    if found is not None:
        return asked, found
    if asked and asked != _number(session.wanted.where if session.wanted else session.place):
        raise Unclear(f"There is no branch, tag, commit or pull request `{asked}` in this repository.")
    if session.pull_request is not None and session.delivered:
        return f"#{session.pull_request.number}", session.delivered
    if session.changed and session.head:
        return "the work here", session.head
    raise Unclear("Say what to compare: `/maestro benchmark v2.1 and v2.2`, or `/maestro benchmark #12 against main`.")


async def _commit(session: Session, stand: Stand, mirror: Bare, bare: Bare, name: str) -> str | None:
    if name.startswith("#"):
        return await _pull(session, stand, bare, name[1:])
    for ref in (f"refs/heads/{name}", f"refs/tags/{name}", name):
        try:
            found = await mirror.resolve(ref)
        except GitFailed:
            return None  # a text that can be no name of a commit
        if found is not None:
            return found
    return None


async def _pull(session: Session, stand: Stand, bare: Bare, number: str) -> str | None:
    """The head of a pull request, fetched into the session's own repository; None for what is no pull request."""
    mirrors = stand.rig.workshop.mirrors
    async with grant(stand.host(session), session.place.repo) as remote:
        try:
            return await mirrors.fetch(bare, remote, f"refs/pull/{number}/head")
        except GitFailed:
            return None


# --- one benchmark ---------------------------------------------------------------------------------------------------
async def _record(session: Session, stand: Stand, bare: Bare, sides: Sides, command: str, after: int) -> Evidence:
    """Run the check to its judgement. The record's tree stays empty: it says nothing about the session's own work."""
    layer = await stand.layer(session)
    scene = await _scene(stand, bare, sides, layer)
    question = await _question(session, bare, scene, command)
    results: dict[str, Result] = {}
    try:
        async with asyncio.TaskGroup() as group, Executor(scene, stand.rig, 1, group).bay() as bay:
            judgement = await _judged(stand.check, question, bay, results)
    except* Trouble as several:
        raise several.exceptions[0] from None
    log = "\n".join(f"=== {name}: exit {r.exit_code}, {r.seconds:.3f} s\n{r.output}" for name, r in results.items())
    shown = results.get(judgement.of or "")
    known = judgement.benchmark is not None and judgement.benchmark.verdict != "inconclusive"
    return Evidence(
        n=1 + after + max((e.n for e in session.evidence), default=0),
        claim=None,
        check="benchmark",
        verdict=Verdict.UPHELD if known else Verdict.UNPROVEN,
        reason=_reason(judgement),
        head=sides.head,
        tree="",
        base=sides.base,
        argv=shown.run.argv if shown else (),
        exit_code=shown.exit_code if shown else None,
        started_at=shown.started_at if shown else stand.rig.clock.now(),
        seconds=sum(result.seconds for result in results.values()),
        environment=scene.environment,
        findings=judgement.findings,
        benchmark=judgement.benchmark,
        log_sha256=await stand.rig.put_blob(log.encode()),
    )


def _reason(judgement: Judgement) -> str:
    """Without the bound, which nobody asked for."""
    found = judgement.benchmark
    return judgement.reason.partition("; ")[2] if found is not None else judgement.reason


async def _judged(check: Check, question: Question, bay: Bay, results: dict[str, Result]) -> Judgement:
    while True:
        step: tuple[Run, ...] | Judgement | None = await asyncio.to_thread(check.step, question, results)
        if step is None or isinstance(step, Judgement):
            return step or Judgement(Verdict.UNPROVEN, "Nothing was measured.")
        results.update(await bay.run(step))


async def _scene(stand: Stand, bare: Bare, sides: Sides, layer: Layer | None) -> Scene:
    base_tree, head_tree = await bare.tree_of(sides.base), await bare.tree_of(sides.head)
    base = {entry.path: entry for entry in await bare.entries(base_tree)}
    head = {entry.path: entry for entry in await bare.entries(head_tree)}
    place = await environment(stand.rig.workshop, layer)
    return Scene(bare, base_tree, head_tree, base, head, layer, place)


async def _question(session: Session, bare: Bare, scene: Scene, command: str) -> Question:
    """The check's question. Of changed files only their presence counts here, not their text."""
    changes = [
        FileChange(c.path, "" if c.old else None, "" if c.new else None, c.renamed_from)
        for c in await bare.changes(scene.base_tree, scene.head_tree)
    ]
    return Question(
        claim=Claim(id="asked", text="", check="benchmark", args={"command": command, "max_ratio": 1.0}),
        plan=None,
        rules=session.rules,
        detected=session.detected,
        changes=tuple(changes),
        base_paths=frozenset(scene.base),
        head_paths=frozenset(scene.head),
        base_files={},
        head_files={},
    )


# --- history ---------------------------------------------------------------------------------------------------------
def _shelf(repo: RepoRef) -> str:
    """The owner of a repository's history among the receipts; no session is called so."""
    return f"benchmarks:{repo.id or repo.full_name}"


async def history(store: Store, repo: RepoRef, name: str) -> Sequence[Point]:
    """Everything that was measured of one benchmark, oldest first."""
    prefix = f"{digest_of(name)[:16]}:"
    points: list[Point] = []
    for receipt in await store.receipts(_shelf(repo)):
        if receipt.key.startswith(prefix):
            try:
                points.append(Point.model_validate_json(receipt.remote))
            except ValidationError:
                continue  # an older version's; the session's own log has it still
    return sorted(points, key=lambda point: (point.at, point.n))


async def _remember(journal: Journal, stand: Stand, measured: Measured) -> None:
    """One receipt for each new record; the record's own name is the key, so a repetition changes nothing."""
    sides = measured.sides or (measured.refs,) * len(measured.records)
    for name, record, names in zip(measured.names, measured.records, sides, strict=False):
        point = _point(journal, names, record)
        if point is None:
            continue
        key = f"{digest_of(name)[:16]}:{point.session}:{point.n}"
        receipt = Receipt(_shelf(journal.session.place.repo), key, point.model_dump_json(), "", point.at)
        await stand.store.keep_receipt(receipt)


def _point(journal: Journal, names: tuple[str, str], record: Evidence) -> Point | None:
    found = record.benchmark
    if found is None:
        return None
    return Point(
        at=record.started_at,
        base=names[0],
        head=names[1],
        median=median(found.head),
        unit=found.unit,
        ratio=found.ratio,
        low=found.low,
        high=found.high,
        verdict=found.verdict,
        session=journal.session.id,
        n=record.n,
        metric=found.metric,
    )
