"""Running what checks ask for: in fresh sandboxes over exactly one tree, each distinct execution once.

Equal executions (same tree, argv, layer and environment) are shared between the checks of a round. Those on the base's
own tree are kept by content and never run again, in any session. Executions that measure have the machine to
themselves.
"""

import asyncio
import contextlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from bot.checks.globs import matches
from bot.checks.results import LARGEST
from bot.checks.runners import SUPPORT, by_name
from bot.domain.refs import digest_of
from bot.domain.work import Environment, as_json
from bot.ports import Clock, Result, Run, Tests, Trouble
from sandbox.api import Entry, Limits, Mount, PathRefused, Ran, SandboxError, SandboxLost, SandboxUnavailable, Spec
from sandbox.git import Bare
from sandbox.layers import Layer
from sandbox.workshop import Room, Workshop

SHOWN = 200_000
"""Characters of output that a check reads; the complete output is a blob."""

LIMITS = Limits(output=8 * 1024 * 1024)
SUPPORT_FOLDER = "/support"
MAX_FILES = 2_000
MAX_BYTES = 256 * 1024 * 1024
"""How many result files, and bytes of them, are read of one run."""

_LOST = "lost its sandbox"
_RESULT: TypeAdapter[Result] = TypeAdapter(Result)


class ResultCache(Protocol):
    """Results by content, for ever: (tree, argv, layer and environment) names what they are."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class ResultFiles:
    """Results as files in a folder of ours, written at once."""

    folder: Path

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self._read, self.folder / key)

    async def put(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(self._write, self.folder / key, data)

    def _read(self, path: Path) -> bytes | None:
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()
        return None

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        part.write_bytes(data)
        part.rename(path)


@dataclass(frozen=True, slots=True)
class Scene:
    """What everything in a round runs on: two trees of one repository, and the layer that both see."""

    bare: Bare
    base_tree: str
    head_tree: str
    base: Mapping[str, Entry]
    head: Mapping[str, Entry]
    layer: Layer | None
    environment: Environment


@dataclass(frozen=True, slots=True)
class Rig:
    """What executing needs of the world. `put_blob` stores by content and returns the SHA-256."""

    workshop: Workshop
    results: ResultCache
    put_blob: Callable[[bytes], Awaitable[str]]
    clock: Clock


class Lanes:
    """`count` executions side by side, or one alone."""

    def __init__(self, count: int) -> None:
        self._count, self._free, self._gate = count, asyncio.Semaphore(count), asyncio.Lock()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        async with self._free:
            yield

    @contextlib.asynccontextmanager
    async def all(self) -> AsyncIterator[None]:
        """The whole machine. Only one waits for it at a time, so nobody holds half of it for ever."""
        async with self._gate, contextlib.AsyncExitStack() as held:
            for _ in range(self._count):
                await held.enter_async_context(self._free)
            yield


class Executor:
    """The executions of one round. `group` owns the running ones."""

    def __init__(self, scene: Scene, rig: Rig, lanes: int, group: asyncio.TaskGroup) -> None:
        self._scene, self._rig, self._group = scene, rig, group
        self._lanes = Lanes(lanes)
        self._running: dict[str, asyncio.Task[Result]] = {}
        self._trees: dict[str, asyncio.Task[str]] = {}

    @contextlib.asynccontextmanager
    async def bay(self) -> AsyncIterator["Bay"]:
        """One check's view: its measuring places live as long as this."""
        async with contextlib.AsyncExitStack() as rooms:
            yield Bay(self, rooms)

    async def tree_of(self, run: Run) -> str:
        """The id of the tree that a run wants; written at its first use."""
        spec = run.tree
        key = as_json([spec.of, sorted(spec.swapped), sorted(spec.placed)])
        if key not in self._trees:
            self._trees[key] = self._group.create_task(self._compose(run))
        return await asyncio.shield(self._trees[key])

    async def _compose(self, run: Run) -> str:
        scene, spec = self._scene, run.tree
        tree, there = (scene.head_tree, scene.base) if spec.of == "head" else (scene.base_tree, scene.head)
        overlay = {path: there.get(path) for path in spec.swapped}
        overlay |= {path: there.get(name) for path, name in spec.placed}
        with _as_trouble():
            return await scene.bare.compose(tree, overlay) if overlay else tree

    async def share(self, run: Run) -> Result:
        """The result of a run, executed now, found among those kept, or awaited together with others."""
        tree = await self.tree_of(run)
        key = self._key(run, tree)
        if key not in self._running:
            self._running[key] = self._group.create_task(self._once(run, tree, key))
        return replace(await asyncio.shield(self._running[key]), run=run)

    def _key(self, run: Run, tree: str) -> str:
        where = [self._scene.environment.digest, self._scene.layer.digest if self._scene.layer else ""]
        return digest_of(as_json([tree, run.argv, run.timeout, run.runner, run.repeat, run.files, *where]))

    async def _once(self, run: Run, tree: str, key: str) -> Result:
        of_base = tree == self._scene.base_tree
        if of_base and (kept := await self._rig.results.get(key)) is not None:
            with contextlib.suppress(ValidationError):
                return _RESULT.validate_json(kept)
        async with self._lanes.one():
            result = await self._attempt(run, tree)
        if of_base and result.exit_code is not None:
            await self._rig.results.put(key, _RESULT.dump_json(result))
        return result

    async def _attempt(self, run: Run, tree: str) -> Result:
        """In a fresh sandbox; in another one when the first died. Code that kills its sandbox gets a result, too."""
        result = await self._in_fresh(run, tree)
        return await self._in_fresh(run, tree) if result.unfinished.startswith(_LOST) else result

    async def _in_fresh(self, run: Run, tree: str) -> Result:
        async with self.room(tree) as room:
            return await self.execute(run, room)

    @contextlib.asynccontextmanager
    async def room(self, tree: str) -> AsyncIterator[Room]:
        workshop = self._rig.workshop
        support = Mount(await _support(workshop.home), SUPPORT_FOLDER)
        with _as_trouble():
            async with workshop.fresh(self._scene.bare, tree, self._scene.layer, LIMITS, (support,)) as room:
                yield room

    async def execute(self, run: Run, room: Room) -> Result:
        """Run in this room and read what was left there."""
        started = self._rig.clock.now()
        argv = [part.replace("{results}", room.results).replace("{support}", SUPPORT_FOLDER) for part in run.argv]
        try:
            ran = await room.run(argv, timeout=run.timeout, env=_order(run))
        except (SandboxLost, PathRefused) as error:
            lost = f"{_LOST}: {error}"
            return Result(run, None, "", 0.0, started, await self._rig.put_blob(lost.encode()), unfinished=lost)
        return await self._result(run, ran, started, await _collect(run, room))

    async def _result(self, run: Run, ran: Ran, started: datetime, files: Mapping[str, bytes]) -> Result:
        output = ran.output.decode(errors="replace")
        runner = by_name(run.runner or "")
        # Reading a hundred thousand results takes a while: not on the event loop.
        tests: Tests | None = None
        if runner is not None:
            own = {name: data for name, data in files.items() if matches(name, runner.result_files)}
            tests = await asyncio.to_thread(runner.parse, ran.exit_code, output, own)
        return Result(
            run=run,
            exit_code=ran.exit_code,
            output=_cut(output),
            seconds=round(ran.seconds, 4),
            started_at=started,
            log_sha256=await self._rig.put_blob(ran.output),
            tests=tests,
            files={name: files[name].decode(errors="replace") for name in run.files if name in files},
            unfinished=f"was ended by its time limit of {run.timeout:.0f} s" if ran.timed_out else "",
        )

    def alone(self) -> contextlib.AbstractAsyncContextManager[None]:
        return self._lanes.all()


def _order(run: Run) -> Mapping[str, str]:
    """The order of Python's sets is the same on both sides, since ids of tests may hold it, and another in each
    repetition, since tests may hang on it."""
    return {"PYTHONHASHSEED": str(run.repeat)} if run.runner in ("pytest", "unittest") else {}


class Bay:
    """Where one check's runs are executed."""

    def __init__(self, executor: Executor, rooms: contextlib.AsyncExitStack) -> None:
        self._executor, self._rooms = executor, rooms
        self._places: dict[str, Room] = {}

    async def run(self, runs: Sequence[Run]) -> dict[str, Result]:
        """Results by the runs' names. Those with a place come one after another, with nothing beside them."""
        shared = [run for run in runs if not run.place]
        found = dict(
            zip((r.name for r in shared), await asyncio.gather(*map(self._executor.share, shared)), strict=True)
        )
        placed = [run for run in runs if run.place]
        if placed:
            async with self._executor.alone():
                for run in placed:
                    found[run.name] = await self._in_place(run)
        return found

    async def _in_place(self, run: Run) -> Result:
        room = self._places.get(run.place)
        if room is None:
            tree = await self._executor.tree_of(run)
            room = self._places[run.place] = await self._rooms.enter_async_context(self._executor.room(tree))
        return await self._executor.execute(run, room)


async def environment(workshop: Workshop, layer: Layer | None) -> Environment:
    """What a record says of where it was made: everything that the sandbox shows, by one digest."""
    spec = Spec(
        "check", Path("/"), mounts=layer.mounts() if layer else (), limits=LIMITS, image=layer.image if layer else None
    )
    name, digest = await asyncio.to_thread(workshop.backend.environment, spec)
    whole = digest_of(as_json([digest, layer.digest if layer else "", _support_digest()]))
    return Environment(backend=workshop.backend.name, image=name, digest=whole)


def _support_digest() -> str:
    return digest_of(as_json(sorted(SUPPORT.items())))[:16]


async def _support(home: Path) -> Path:
    """The folder with the runners' own files, written once for each content."""
    return await asyncio.to_thread(_write_support, home / "support" / _support_digest())


def _write_support(folder: Path) -> Path:
    """Written beside and moved into place, so that nobody sees half of it; whoever comes second throws his away."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent))
    for name, text in SUPPORT.items():
        (fresh / name).write_text(text, encoding="utf-8")
        (fresh / name).chmod(0o644)
    fresh.chmod(0o755)
    try:
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh)
    return folder


async def _collect(run: Run, room: Room) -> dict[str, bytes]:
    """The result files that this run's runner or check reads."""
    runner = by_name(run.runner or "")
    patterns = (*run.files, *(runner.result_files if runner is not None else ()))
    if not patterns:
        return {}
    names = [name for name in await room.names() if matches(name, patterns)]
    found: dict[str, bytes] = {}
    size = 0
    for name in names[:MAX_FILES]:
        found[name] = await _taken(room, name) if size < MAX_BYTES else b""
        size += len(found[name])
    return found


async def _taken(room: Room, name: str) -> bytes:
    """A result file; nothing for what is too large or no regular file: its reader then says that it is incomplete."""
    with contextlib.suppress(PathRefused):
        return await room.collect(name, LARGEST) or b""
    return b""


def _cut(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    half = SHOWN // 2
    return f"{text[:half]}\n[… {len(text) - SHOWN:,} characters …]\n{text[-half:]}"


@contextlib.contextmanager
def _as_trouble() -> Iterator[None]:
    """The machine's faults are tried again later; a sandbox that died under a command is that command's matter."""
    try:
        yield
    except SandboxLost:
        raise
    except SandboxUnavailable as missing:
        raise Trouble(str(missing), retry_in=None, advice="`maestro doctor` tells what to install or set.") from missing
    except SandboxError as error:
        raise Trouble(f"a check could not be run: {error}") from error
