"""A workbench in memory, with checkpoints and iterations, whose programs are Python functions on its files."""

import asyncio
import fnmatch
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from bot.domain.events import Checkpointed
from bot.domain.refs import digest_of
from bot.domain.session import Phase, Session
from bot.domain.work import Iteration, as_json
from bot.turn import Log
from sandbox.api import PathRefused, SandboxLost

Files = dict[str, bytes]
Program = Callable[[Files], tuple[int | None, bytes]]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def tree_of(files: Files) -> str:
    return digest_of(as_json({path: digest_of(data) for path, data in sorted(files.items())}))[:40]


class MemoryBench:
    """`tree` is the work tree, `saved` the contents of every checkpoint by its sha; `recovered` counts restorations."""

    def __init__(self, log: Log | Session, files: Files, programs: dict[str, Program] | None = None) -> None:
        self._log = log
        self.tree = dict(files)
        self.programs = programs or {}
        self.saved: dict[str, Files] = {tree_of(files): dict(files)}
        self.iterations: dict[tuple[str, int], bytes | None] = {(path, 0): data for path, data in files.items()}
        self.ran: list[str] = []
        self.recovered = 0
        self.hanging = asyncio.Event()
        self.refused: list[tuple[str, str]] = []
        self._whys: dict[str, str] = {}

    @property
    def session(self) -> Session:
        return self._log if isinstance(self._log, Session) else self._log.session

    async def read(self, path: str, iteration: int | None = None) -> bytes:
        found = self.tree.get(path) if iteration is None else self.iterations.get((path, iteration))
        if found is None:
            raise PathRefused(path, "there is no such file")
        return found

    async def write(self, path: str, data: bytes, why: str) -> None:
        if path.startswith(("/", "../")):
            raise PathRefused(path, "not a plain path inside the work tree")
        self.tree[path] = data
        self._whys[path] = why

    async def delete(self, path: str, why: str) -> None:
        await self.read(path)
        del self.tree[path]
        self._whys[path] = why

    async def move(self, source: str, target: str, why: str) -> None:
        data = await self.read(source)
        await self.write(target, data, why)
        await self.delete(source, why)

    async def restore(self, path: str, iteration: int, why: str) -> None:
        await self.write(path, await self.read(path, iteration), why)

    async def files(self, glob: str | None, limit: int) -> Sequence[tuple[str, int]]:
        return (await self._listed(glob))[:limit]

    async def _listed(self, glob: str | None) -> list[tuple[str, int]]:
        return [(p, len(d)) for p, d in sorted(self.tree.items()) if glob is None or fnmatch.fnmatch(p, glob)]

    async def search(
        self, pattern: str, glob: str | None, *, regex: bool, ignore_case: bool, whole_word: bool
    ) -> tuple[Sequence[tuple[str, int, str]], str | None]:
        text = pattern if regex else re.escape(pattern)
        expression = re.compile(rf"\b(?:{text})\b" if whole_word else text, re.I if ignore_case else 0)
        hits = [
            (path, number, line)
            for path, _ in await self._listed(glob)
            for number, line in enumerate(self.tree[path].decode(errors="replace").splitlines(), 1)
            if expression.search(line)
        ]
        return hits[:300], "there are 300 matching lines or more" if len(hits) > 300 else None

    async def run(self, command: str, timeout: float) -> tuple[int | None, bytes, float]:
        self.ran.append(command)
        if command == "hang":
            self.hanging.set()
            await asyncio.sleep(timeout)
            return None, b"", timeout
        if command == "die":
            raise SandboxLost("out of memory")
        before = dict(self.tree)
        code, output = self.programs[command](self.tree) if command in self.programs else (127, b"not found")
        changed = {p for p in before.keys() | self.tree.keys() if before.get(p) != self.tree.get(p)}
        self._whys |= dict.fromkeys(changed, f"run: {command}")
        return code, output, 0.25

    async def save(self) -> Checkpointed | None:
        if self.session.phase is not Phase.WORKING or not self._whys:
            return None
        head = self.saved[self.session.tree or ""]
        changed = sorted(p for p in head.keys() | self.tree.keys() if head.get(p) != self.tree.get(p))
        whys, self._whys = self._whys, {}
        iterations = [self._iteration(path, whys.get(path, "")) for path in changed]
        tree = tree_of(self.tree)
        self.saved[tree] = dict(self.tree)
        return Checkpointed(sha=tree[::-1], tree=tree, iterations=tuple(iterations)) if changed else None

    def _iteration(self, path: str, why: str) -> Iteration:
        n = self.session.iterations.get(path, 0) + 1
        data = self.tree.get(path)
        self.iterations[path, n] = data
        return Iteration(
            path=path, n=n, oid=digest_of(data)[:40] if data is not None else None, by="maestro", why=why, at=NOON
        )

    def unsaved(self) -> Sequence[tuple[str, str]]:
        news, self.refused = self.refused, []
        return news

    async def recover(self) -> None:
        self.recovered += 1
        self.tree = dict(self.saved[self.session.tree or ""])
        self._whys = {}
