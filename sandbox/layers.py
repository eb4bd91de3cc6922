"""What set-up commands made, kept by content and shown read-only to every later sandbox.

A layer is a directory: `env/` (shown at /opt/env), `home/` (each of its entries shown in the home directory), `extras/`
(untracked things that set-up made inside the work tree, shown again at the same place) and `layer.json`. Its digest
covers the commands, the contents of the lock and project files, the settings and the environment. Set-up runs on the
base commit only, before any code of a change.
"""

import asyncio
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sandbox import policy, register
from sandbox.api import Backend, Entry, Limits, Mount, Ran, Sandbox, Spec
from sandbox.files import DIRECTORY, publish, remove
from sandbox.git import Bare
from sandbox.ignore import Ignore
from sandbox.manifest import from_tree
from sandbox.mirror import held
from sandbox.paths import fits_any, name_fault
from sandbox.tree import fill

ENVIRONMENT = "/opt/env"
"""Where set-up commands put what they install, such as a virtual environment; its bin/ comes first in PATH."""

COPIED = 8 * 1024**2
"""Extras up to so many bytes are copied, so that they can be written to; larger ones are mounted read-only."""

MAX_BLOCKED = 20
"""Refused connections that are told of one command."""

_SCRATCH = {"node_modules": (".vite", ".vite-temp", ".cache")}
"""Where tools keep what they make while they run, inside what they only read otherwise: vite writes its configuration,
compiled, into `node_modules/.vite-temp`, and can't begin without."""

_WRITTEN = frozenset({"target", "build", ".gradle"})
_KEPT_NOISE = frozenset({"node_modules", ".venv", "venv", ".eggs"})
_CACHES = (".cache/pip", ".cache/uv", ".npm/_cacache", ".npm/_logs", ".bash_history")


@dataclass(frozen=True, slots=True)
class SetUp:
    """How a repository gets its dependencies. `key_files` are globs of the lock and project files that decide what the
    commands install; `network` as in Spec; `env` holds for the commands and for everything that later uses the layer;
    `seconds` is the longest time for each command."""

    commands: tuple[str, ...]
    key_files: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    image: str | None = None
    limits: Limits = Limits()
    seconds: float = 1800.0


@dataclass(frozen=True, slots=True)
class Extra:
    """Something untracked that set-up made in the work tree: its path there, its name among the extras, whether it is
    copied (else mounted read-only)."""

    path: str
    name: str
    copied: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """A finished set-up. `image` names the sealed image where the backend has images."""

    digest: str
    path: Path
    env: Mapping[str, str]
    extras: tuple[Extra, ...]
    image: str | None
    blocked: tuple[str, ...] = ()
    """Connections that were refused while it was made, each with the command that wanted it."""

    def mounts(self) -> tuple[Mount, ...]:
        """The environment and what set-up left in the home directory, read-only. Extras are not among them."""
        env, home = self.path / "env", self.path / "home"
        shown = (Mount(env, ENVIRONMENT),) if env.is_dir() else ()
        return (*shown, *(Mount(entry, f"{policy.HOME}/{entry.name}") for entry in _entries(home)))

    def source(self, extra: Extra) -> Path:
        return self.path / "extras" / extra.name

    def scratch(self, extra: Extra) -> tuple[str, ...]:
        """Empty folders in a mounted extra that must be writable, by path below it."""
        source = self.source(extra)
        names = _SCRATCH.get(extra.path.rpartition("/")[2], ())
        return tuple(name for name in names if (source / name).is_dir() and not (source / name).is_symlink())


@dataclass(frozen=True, slots=True)
class SetUpFailed:
    """The command of a set-up that failed, as it ran."""

    command: str
    ran: Ran
    blocked: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int | None:
        return self.ran.exit_code

    @property
    def tail(self) -> str:
        """The end of what it said."""
        return self.ran.output.decode(errors="replace")[-4000:]


@dataclass(slots=True)
class _Building:
    task: "asyncio.Task[Layer | SetUpFailed]"
    waiting: int = 0


class Layers:
    """The layers under `home`, each built once."""

    def __init__(self, home: Path, backend: Backend) -> None:
        self._home, self._backend = home / "layers", backend
        self._building: dict[str, _Building] = {}

    async def prepare(self, bare: Bare, commit: str, setup: SetUp) -> Layer | SetUpFailed:
        """The layer of this set-up on this commit. Callers with the same inputs wait for one builder, across processes;
        a failure is told to all who wait and not kept."""
        digest = await self._digest(bare, commit, setup)
        if layer := self._load(digest):
            return layer
        if digest not in self._building:
            self._building[digest] = _Building(asyncio.create_task(self._build_once(digest, bare, commit, setup)))
        building = self._building[digest]
        building.waiting += 1
        try:
            return await asyncio.shield(building.task)
        finally:
            building.waiting -= 1
            if not building.waiting:
                building.task.cancel()
                self._building.pop(digest, None)

    async def sweep(self) -> int:
        """Remove what builders left behind that were killed."""
        left = register.orphans(self._home / "building")
        for box in left:
            await remove(box)
        return len(left)

    async def _digest(self, bare: Bare, commit: str, setup: SetUp) -> str:
        spec = Spec("layer", Path("/"), mounts=setup.mounts, network=setup.network, image=setup.image)
        environment = await asyncio.to_thread(self._backend.environment, spec)
        entries = await bare.entries(commit)
        keys = [[entry.path, entry.oid] for entry in entries if fits_any(setup.key_files, entry.path)]
        inputs = [self._backend.name, environment, setup.commands, sorted(setup.env.items()), keys, sorted(_SCRATCH)]
        return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()

    def _load(self, digest: str) -> Layer | None:
        path = self._home / digest
        if not (path / "layer.json").exists():
            return None
        said = json.loads((path / "layer.json").read_text())
        extras = tuple(Extra(**extra) for extra in said["extras"])
        return Layer(digest, path, said["env"], extras, said["image"], tuple(said.get("blocked", ())))

    async def _build_once(self, digest: str, bare: Bare, commit: str, setup: SetUp) -> Layer | SetUpFailed:
        async with held(self._home / f"{digest}.lock"):
            if layer := self._load(digest):
                return layer
            box = await asyncio.to_thread(register.new_box, self._home / "building")
            try:
                return await self._build(box, digest, bare, commit, setup)
            finally:
                await remove(box)

    async def _build(self, box: Path, digest: str, bare: Bare, commit: str, setup: SetUp) -> Layer | SetUpFailed:
        session = f"layer-{digest[:16]}-{secrets.token_hex(4)}"
        entries = await fill(bare, commit, box / "work", policy.uid_of(session))
        for name in ("env", "home"):
            (box / name).mkdir()
        made = (Mount(box / "env", ENVIRONMENT, True), Mount(box / "home", policy.HOME, True))
        mounts = (*setup.mounts, *made)
        spec = Spec(session, box / "work", True, mounts, setup.network, setup.env, setup.limits, setup.image)
        sandbox = await self._backend.open(spec)
        try:
            env = await _environment(sandbox, setup)
            failed, blocked = await _run(sandbox, setup, env)
            image = None if failed else await sandbox.seal()
        finally:
            await sandbox.close()
        if failed:
            return failed
        extras = await asyncio.to_thread(_collect, box, entries)
        layer = Layer(digest, self._home / digest, env, extras, image, blocked)
        await self._keep(box, layer)
        return layer

    async def _keep(self, box: Path, layer: Layer) -> None:
        await remove(box / "work")
        for cache in _CACHES:
            if not (box / "home" / cache).parent.is_symlink():
                await remove(box / "home" / cache)
        extras = [asdict(extra) for extra in layer.extras]
        said = {"env": dict(layer.env), "extras": extras, "image": layer.image, "blocked": layer.blocked}
        (box / "layer.json").write_text(json.dumps(said))
        (box / register.OWNER).unlink()
        await publish(box)
        box.rename(layer.path)


async def _environment(sandbox: Sandbox, setup: SetUp) -> dict[str, str]:
    """The settings under which set-up runs and its result is used. Only the sandbox knows its own PATH."""
    asked = await sandbox.run(["sh", "-c", 'printf %s "$PATH"'], timeout=60)
    path = asked.output.decode(errors="replace").strip()
    return {"PATH": f"{ENVIRONMENT}/bin:{path}", "VIRTUAL_ENV": ENVIRONMENT, **setup.env}


async def _run(sandbox: Sandbox, setup: SetUp, env: Mapping[str, str]) -> tuple[SetUpFailed | None, tuple[str, ...]]:
    """The command that failed, if one did, and what was refused to each."""
    blocked: list[str] = []
    for command in setup.commands:
        ran = await sandbox.run(["sh", "-c", command], timeout=setup.seconds, env=env)
        blocked += _refusals(command, ran.blocked)
        if ran.exit_code != 0:
            return SetUpFailed(command, ran, tuple(blocked)), tuple(blocked)
    return None, tuple(blocked)


def _refusals(command: str, blocked: Sequence[str]) -> list[str]:
    """What a command wanted and was refused, with its beginning; the first few when it was much."""
    named = f", wanted by {command.splitlines()[0][:100]}" if command.strip() else ""
    more = [f"{len(blocked) - MAX_BLOCKED} more{named}"] if len(blocked) > MAX_BLOCKED else []
    return [f"{refused}{named}" for refused in blocked[:MAX_BLOCKED]] + more


def _collect(box: Path, entries: Iterable[Entry]) -> tuple[Extra, ...]:
    """Take the topmost untracked things out of the work tree. What was changed in tracked files is dropped."""
    (box / "extras").mkdir()
    tracked = from_tree("", entries).folders
    extras: list[Extra] = []
    root = os.open(box / "work", DIRECTORY)
    try:
        for here, path, name in _untracked(root, "", tracked):
            number = str(len(extras))
            os.rename(name, box / "extras" / number, src_dir_fd=here)
            size = _size(box / "extras" / number)
            for scratch in _SCRATCH.get(name, ()):
                _make(box / "extras" / number, scratch)
            extras.append(Extra(path, number, size <= COPIED or name in _WRITTEN))
    finally:
        os.close(root)
    return tuple(extras)


def _untracked(here: int, folder: str, tracked: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[int, str, str]]:
    """(open directory, path, name) of each topmost untracked directory and file that is worth keeping."""
    noise = Ignore({})
    for name in sorted(os.listdir(here)):
        path = folder + name
        mode = os.stat(name, dir_fd=here, follow_symlinks=False).st_mode
        directory = stat.S_ISDIR(mode)
        if directory and f"{path}/" in tracked:
            below = os.open(name, DIRECTORY, dir_fd=here)
            try:
                yield from _untracked(below, f"{path}/", tracked)
            finally:
                os.close(below)
        elif name in tracked.get(folder, {}) or name_fault(path) or not (directory or stat.S_ISREG(mode)):
            continue
        elif not noise(path, directory) or (directory and _wanted(name)):
            yield here, path, name


def _make(folder: Path, name: str) -> None:
    """An empty directory in a directory that hostile code has filled; nothing where something else stands."""
    if folder.is_dir() and not folder.is_symlink() and not os.path.lexists(folder / name):
        (folder / name).mkdir()


def _wanted(name: str) -> bool:
    return name in _KEPT_NOISE or name.endswith(".egg-info")


def _size(path: Path) -> int:
    """Bytes of the files at and below a path; more than COPIED when it can't be told."""
    size, below = 0, [path]
    try:
        while below and size <= COPIED:
            here = below.pop()
            if stat.S_ISDIR(here.lstat().st_mode):
                below += here.iterdir()
            else:
                size += here.lstat().st_size
    except OSError:
        return COPIED + 1
    return size


def _entries(folder: Path) -> Iterator[Path]:
    """Directories and files in a directory that hostile code has filled. A link would be followed when it is mounted,
    on the host."""
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        mode = entry.lstat().st_mode
        if (stat.S_ISDIR(mode) or stat.S_ISREG(mode)) and not name_fault(entry.name):
            yield entry
