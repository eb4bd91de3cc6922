"""The workbench on a real work tree and a real sandbox: what the agent's tools and the turn hold in their hands."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.domain.events import Checkpointed
from bot.domain.session import Phase, Session
from bot.domain.work import Iteration
from bot.ports import Clock
from bot.speech.redact import redact
from bot.turn import Log
from sandbox.api import Change, Checkpoint, PathRefused, Ran, Sandbox, Signature
from sandbox.grep import Query
from sandbox.tree import WorkTree

MAX_READ = 8 * 1024**2
"""Bytes of a file that the file tools take in; larger ones are for programs."""

AUTHOR = ("Maestro", "maestro@localhost")
"""Who signs checkpoints. They never leave the session's own repository."""


class TreeBench:
    """A `bot.turn.Bench`. The sandbox is opened by the first command, so a turn that only reads starts none."""

    def __init__(
        self,
        log: Log,
        tree: WorkTree,
        sandbox: Callable[[], Awaitable[Sandbox]],
        clock: Clock,
        lent: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`lent` are the secrets that commands have in their environment, and nobody else sees."""
        self._log, self._tree, self._open, self._clock, self._lent = log, tree, sandbox, clock, lent
        self._sandbox: Sandbox | None = None
        self._whys: dict[str, str] = {}
        self._why = ""
        self._told: set[tuple[str, str]] = set()

    @property
    def session(self) -> Session:
        return self._log.session

    async def read(self, path: str, iteration: int | None = None) -> bytes:
        if iteration is not None:
            if (earlier := await self._earlier(path, iteration, MAX_READ)) is None:
                raise PathRefused(path, f"iteration {iteration} is its deletion")
            return earlier
        data = await self._tree.read(path, MAX_READ + 1)
        if len(data) > MAX_READ:
            raise PathRefused(path, f"it is larger than {MAX_READ:,} bytes; look at parts of it through `run`")
        return without(data, self._lent())

    async def write(self, path: str, data: bytes, why: str) -> None:
        await self._tree.write(path, data)
        self._whys[path] = why

    async def delete(self, path: str, why: str) -> None:
        await self._tree.delete(path)
        self._whys[path] = why

    async def move(self, source: str, target: str, why: str) -> None:
        await self._tree.move(source, target)
        self._whys |= {source: why, target: why}

    async def restore(self, path: str, iteration: int, why: str) -> None:
        data = await self._earlier(path, iteration, self._tree.policy.max_file)
        if data is None:
            await self.delete(path, why)
        else:
            await self.write(path, data, why)

    async def files(self, glob: str | None, limit: int) -> Sequence[tuple[str, int]]:
        return [(found.path, found.size) for found in await self._tree.list(glob, limit)]

    async def search(
        self, pattern: str, glob: str | None, *, regex: bool, ignore_case: bool, whole_word: bool
    ) -> tuple[Sequence[tuple[str, int, str]], str | None]:
        query = Query(pattern, regex=regex, ignore_case=ignore_case, whole_word=whole_word)
        found = await self._tree.search(query, glob)
        lent = self._lent()
        lines = (hit.text if not lent else redact(hit.text, lent.values()) for hit in found.hits)
        return [(hit.path, hit.line, line) for hit, line in zip(found.hits, lines, strict=True)], found.stopped

    async def run(self, command: str, timeout: float) -> tuple[int | None, bytes, float]:
        if self._sandbox is None:
            self._sandbox = await self._open()
        self._why = f"run: {command[:200]}"
        lent = self._lent()
        ran = await self._sandbox.shell(command, timeout=timeout, env=lent)
        return ran.exit_code, without(ran.output + _refusals(ran), lent), ran.seconds

    async def save(self) -> Checkpointed | None:
        """Commit what changed; None when nothing did, or nothing could: outside of working the tree is read-only."""
        if self.session.phase is not Phase.WORKING or not (self._whys or self._why):
            return None
        whys, why = self._whys, self._why
        now = self._clock.now()
        author = Signature(*AUTHOR, at=int(now.timestamp()))
        saved = await self._tree.checkpoint(self._head, why or next(iter(whys.values())), author)
        if saved is not None and await self._cleaned(saved):
            saved = await self._tree.checkpoint(self._head, why or next(iter(whys.values())), author)
        self._whys, self._why = {}, ""
        if saved is None:
            return None
        iterations = [self._iteration(path, oid, whys.get(path, why)) for path, oid in _versions(saved)]
        return Checkpointed(sha=saved.sha, tree=saved.tree, iterations=tuple(iterations), refused=saved.refused)

    async def _cleaned(self, saved: Checkpoint) -> bool:
        """Take lent secrets out of what a command wrote them into; whether there were any."""
        lent, found = self._lent(), False
        for path, oid in _versions(saved) if lent else ():
            data = await self._tree.bare.read_blob(oid, self._tree.policy.max_file) if oid else b""
            if (clean := without(data, lent)) != data:
                await self._tree.write(path, clean)
                found = True
        return found

    def unsaved(self) -> Sequence[tuple[str, str]]:
        """What the last saving kept out, as far as it was not told before."""
        news = [refusal for refusal in self._tree.refused if refusal not in self._told]
        self._told.update(news)
        return news

    async def recover(self) -> None:
        await self.close()
        self._whys, self._why = {}, ""
        await self._tree.restore(self._head)

    async def close(self) -> None:
        """End the sandbox; the files stay."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            await sandbox.close()

    @property
    def _head(self) -> str:
        if self.session.head is None:
            raise AssertionError("a turn begins after the repository was cloned")
        return self.session.head

    def _iteration(self, path: str, oid: str | None, why: str) -> Iteration:
        n = self.session.iterations.get(path, 0) + 1
        return Iteration(path=path, n=n, oid=oid, by="maestro", why=why or "a program changed it", at=self._clock.now())

    async def _earlier(self, path: str, iteration: int, limit: int) -> bytes | None:
        """What an iteration held, at most `limit` bytes; None for a deletion. PathRefused when there is none."""
        if iteration == 0:
            return await self._tree.bare.read(self.session.base or self._head, path, limit)
        oid = self._oid(path, iteration)
        return None if oid is None else await self._tree.bare.read_blob(oid, limit)

    def _oid(self, path: str, iteration: int) -> str | None:
        for event in reversed(self._log.events):
            if isinstance(event.body, Checkpointed):
                for i in event.body.iterations:
                    if (i.path, i.n) == (path, iteration):
                        return i.oid
        raise PathRefused(path, f"it has {self.session.iterations.get(path, 0)} iterations, and 0 for the base")


def without(data: bytes, lent: Mapping[str, str]) -> bytes:
    """The bytes without lent values, however they are written."""
    if not lent:
        return data
    return redact(data.decode("utf-8", "surrogateescape"), lent.values()).encode("utf-8", "surrogateescape")


def _refusals(ran: Ran) -> bytes:
    """What the network refused to this command, a line each."""
    lines = [re.sub(r"^(\S+) \(", r"\1 blocked (", each) for each in ran.blocked]
    return "".join(f"\nnetwork: {line}" for line in lines).encode()


def _versions(saved: Checkpoint) -> list[tuple[str, str | None]]:
    """The new version of each path that a checkpoint changed; None where it is gone."""
    return [version for change in saved.changes for version in _of(change)]


def _of(change: Change) -> list[tuple[str, str | None]]:
    left = [(change.renamed_from, None)] if change.renamed_from else []
    return [*left, (change.path, change.new.oid if change.new else None)]


@asynccontextmanager
async def open_bench(
    log: Log,
    tree: WorkTree,
    sandbox: Callable[[], Awaitable[Sandbox]],
    clock: Clock,
    lent: Callable[[], Mapping[str, str]] = dict,
) -> AsyncIterator[TreeBench]:
    """A workbench on a tree that stands at the session's head; its sandbox ends with the block."""
    bench = TreeBench(log, tree, sandbox, clock, lent)
    try:
        yield bench
    finally:
        await bench.close()
