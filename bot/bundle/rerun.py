"""Running a bundle's checks again: its trees restored in fresh sandboxes, every check repeated, verdicts compared."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.bundle.examining import Findings, git_id, rows, trees
from bot.domain.events import Body, Challenged, Event
from bot.domain.refs import Actor
from bot.domain.session import Phase, Session, evolve, fold
from bot.domain.work import Evidence
from bot.executing import ResultFiles, Rig
from bot.ports import Clock, CodeHost, Trouble
from bot.validate import Laboratory, validate
from bot.workplace import Workplace
from sandbox.api import Backend
from sandbox.clients import Source
from sandbox.git import Bare
from sandbox.mirror import Mirrors
from sandbox.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Repeated:
    """One record and the one that repeats it; None when the check gave none this time."""

    was: Evidence
    now: Evidence | None

    @property
    def same(self) -> bool:
        return self.now is not None and self.now.verdict is self.was.verdict


@dataclass(slots=True)
class Replay:
    """A log in memory: what is recorded is folded, and told to nobody."""

    session: Session
    clock: Clock
    told: Callable[[Evidence], None] = field(default=lambda _: None)

    async def record(self, *bodies: Body) -> None:
        for body in bodies:
            event = Event(
                session=self.session.id,
                seq=self.session.seq + 1,
                turn=self.session.turn,
                at=self.clock.now(),
                body=body,
            )
            self.session = evolve(self.session, event)
            if body.kind == "checked":
                self.told(body.evidence)


async def rerun(
    found: Findings,
    home: Path,
    backend: Backend,
    sources: Callable[[Sequence[str]], Awaitable[Sequence[Source]]],
    clock: Clock,
    told: Callable[[Evidence], None] = lambda _: None,
) -> list[Repeated]:
    """Every standing record with its repetition. `home` is an empty directory that lives as long as this.

    Raises Trouble when the bundle does not hold what is needed, or a sandbox can't be had.
    """
    if any(not given for side in ("base", "head") for *_, given in rows(found, side)):
        raise Trouble("files of the bundle's trees are withheld, so its checks can't be run again", retry_in=None)
    session = replayed(found)
    before = {record.n: record for record in session.standing_evidence}
    workshop = Workshop(home, Mirrors(home), backend)
    bare = await Bare.create(workshop.mirrors.room(session.id) / "repository.git")
    await asyncio.to_thread(restore, found, bare.path)
    blobs = Blobs(home / "outputs")
    place = Workplace(workshop, _nobody, sources, blobs.put, clock)
    log = Replay(_challenged(session, clock), clock, told)
    rig = Rig(workshop, ResultFiles(home / "results"), blobs.put, clock)
    await validate(log, Laboratory(rig, place.bare, place.layer))
    last = max((record.n for record in session.evidence), default=0)
    made = {(record.claim, record.check): record for record in log.session.evidence if record.n > last}
    return [Repeated(record, made.get((record.claim, record.check))) for record in before.values()]


def replayed(found: Findings) -> Session:
    """The session as the bundle's events tell it, at the head that the bundle is about."""
    try:
        lines = found.members["events.jsonl"].splitlines()
        session = fold(str(found.session["session"]), [Event.model_validate_json(line) for line in lines])
    except ValueError as error:
        raise Trouble("the bundle's event log can't be read", retry_in=None) from error
    return replace(
        session, head=str(found.session["head"]), tree=str(found.session["tree"]), phase=Phase.IDLE, review=None
    )


def _challenged(session: Session, clock: Clock) -> Session:
    by = session.requester or Actor(surface=session.place.surface, id="0", login="whoever runs this")
    body = Challenged(where=session.place, actor=by)
    return evolve(session, Event(session=session.id, seq=session.seq + 1, turn=session.turn, at=clock.now(), body=body))


def restore(found: Findings, git_dir: Path) -> None:
    """Write the bundle's objects into a bare repository, each under the id that its content has."""
    for name, data in found.members.items():
        folder, _, oid = name.partition("/")
        if folder in ("blobs", "commits"):
            _write(git_dir, folder[:-1], oid, data)
    for side in ("base", "head"):
        for oid, data in trees(rows(found, side), str(found.session[side])):
            _write(git_dir, "tree", oid, data)


def _write(git_dir: Path, kind: str, oid: str, data: bytes) -> None:
    if git_id(kind, data, oid) != oid:
        raise Trouble(f"the object {oid} is not what its name says", retry_in=None)
    path = git_dir / "objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data))


@dataclass(frozen=True, slots=True)
class Blobs:
    """Outputs by content, in a folder that goes away with the run."""

    folder: Path

    async def put(self, data: bytes) -> str:
        oid = git_id("blob", data, "0" * 64)
        await asyncio.to_thread(self._write, oid, data)
        return oid

    def _write(self, name: str, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)


def _nobody(_session: Session) -> CodeHost:
    raise Trouble("a bundle is checked without any code host", retry_in=None)
