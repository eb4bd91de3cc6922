"""Where repositories, set-up layers and sandboxes are put together.

A session works at a bench: its own bare repository, a work tree that lives as long as the session, and sandboxes over
that tree. A check gets a fresh room: exactly the tracked files of one tree, no network, and a results directory under
a name that nobody could know before. Rooms end with their check.
"""

import asyncio
import contextlib
import itertools
import os
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import policy, register
from sandbox.api import WORKSPACE, Backend, GitFailed, Limits, Mount, OnOutput, PathRefused, Ran, Remote, Sandbox, Spec
from sandbox.files import DIRECTORY, copy, folder_of, give, read_settled, remove
from sandbox.git import Bare
from sandbox.layers import Extra, Layer, Layers, SetUp, SetUpFailed
from sandbox.mirror import Mirrors
from sandbox.paths import PathPolicy
from sandbox.tree import WorkTree, fill

NO_ENV: Mapping[str, str] = {}
MAX_NAMES, MAX_DEPTH = 10_000, 16


@dataclass(frozen=True, slots=True)
class Bench:
    """One session's place: `base` is the commit it started from, `worktree` what it works on."""

    session: str
    bare: Bare
    base: str
    worktree: WorkTree
    backend: Backend

    @contextlib.asynccontextmanager
    async def open(
        self,
        writable: bool = True,
        layer: Layer | None = None,
        *,
        network: tuple[str, ...] = (),
        env: Mapping[str, str] = NO_ENV,
        limits: Limits | None = None,
        mounts: tuple[Mount, ...] = (),
    ) -> AsyncIterator[Sandbox]:
        """A sandbox over the work tree with what set-up made. To be left and opened anew after `worktree.restore`."""
        extras = await self._show_extras(layer) if layer else ()
        spec = Spec(
            self.session,
            self.worktree.root,
            writable,
            (*(layer.mounts() if layer else ()), *extras, *mounts),
            network,
            {**(layer.env if layer else {}), **env},
            limits or Limits(),
            layer.image if layer else None,
        )
        sandbox = await self.backend.open(spec)
        try:
            yield sandbox
        finally:
            await sandbox.close()

    async def _show_extras(self, layer: Layer) -> tuple[Mount, ...]:
        """Bring extras into the work tree, except where it has something of its own."""
        await self.worktree.expect(extra.path for extra in layer.extras)
        mounts = []
        for extra in layer.extras:
            if await self.worktree.tracks(extra.path):
                continue
            with contextlib.suppress(PathRefused):
                if extra.copied:
                    await self.worktree.adopt(extra.path, layer.source(extra))
                else:
                    await self.worktree.make_folder(extra.path)
                    mounts += _shown(layer, extra, self.worktree.root.parent)
        return tuple(mounts)


class Room:
    """A fresh sandbox with a place for results. `results` is the directory inside, `workspace` the tree on the host."""

    def __init__(self, sandbox: Sandbox, results: str, folder: Path, workspace: Path) -> None:
        self._sandbox, self.results, self._folder, self.workspace = sandbox, results, folder, workspace

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        return await self._sandbox.run(argv, timeout=timeout, env=env, on_output=on_output)

    async def collect(self, name: str, limit: int) -> bytes | None:
        """A result file; None when there is none. PathRefused when it is no regular file or has over `limit` bytes."""
        return await asyncio.to_thread(self._collect, name, limit)

    def _collect(self, name: str, limit: int) -> bytes | None:
        root = os.open(self._folder, DIRECTORY)
        try:
            with folder_of(root, name) as (folder, last):
                if last not in os.listdir(folder):
                    return None
                return read_settled(folder, last, name, limit)[0]
        finally:
            os.close(root)

    async def names(self) -> tuple[str, ...]:
        """What lies in the results directory and in folders of it, by relative path: some 10,000 files at most, sorted.
        Links are named, not followed."""
        return tuple(sorted(await asyncio.to_thread(self._names)))

    def _names(self) -> list[str]:
        found: list[str] = []
        folders = [""]
        root = os.open(self._folder, DIRECTORY)
        try:
            while folders and len(found) + len(folders) <= MAX_NAMES:
                folder = folders.pop()
                with contextlib.suppress(PathRefused), folder_of(root, f"{folder}x") as (here, _):
                    files, below = _listed(here, folder)
                    found += files
                    folders += below
        finally:
            os.close(root)
        return found[:MAX_NAMES]


def _listed(here: int, folder: str) -> tuple[list[str], list[str]]:
    """Files and folders in an open directory."""
    files: list[str] = []
    below: list[str] = []
    with os.scandir(here) as entries:
        for entry in itertools.islice(entries, MAX_NAMES):
            path = f"{folder}{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                files.append(path)
            elif path.count("/") < MAX_DEPTH:
                below.append(f"{path}/")
    return files, below


class Workshop:
    """Makes benches, layers and rooms under `home`, with sandboxes of `backend`."""

    def __init__(self, home: Path, mirrors: Mirrors, backend: Backend, paths: PathPolicy | None = None) -> None:
        self.home = home.resolve()
        self.mirrors, self.backend = mirrors, backend
        self._paths = paths or PathPolicy()
        self._layers = Layers(self.home, backend)

    async def open_session(
        self,
        session: str,
        remote: Remote,
        base_ref: str,
        checkpoint: str | None = None,
        paths: PathPolicy | None = None,
    ) -> Bench:
        """A bench with a newly restored work tree: of `checkpoint`, or of `base_ref` (a branch, tag or commit of the
        remote, as it is now). GitFailed when the remote has no commits, or not this one."""
        mirror = await self.mirrors.refresh(remote)
        bare = await self.mirrors.session(session, remote)
        base = await mirror.resolve(base_ref)
        if base is None:
            empty = "; the repository has no commits yet" if await mirror.is_empty() else ""
            raise GitFailed(f"there is no branch, tag or commit {base_ref!r} in the repository{empty}")
        room = self.mirrors.room(session)
        worktree = WorkTree(room / "work", bare, policy.uid_of(session), paths or self._paths)
        await worktree.restore(checkpoint or base)
        return Bench(session, bare, base, worktree, self.backend)

    async def prepare(self, bare: Bare, commit: str, setup: SetUp) -> Layer | SetUpFailed:
        """The set-up layer for a base commit: built once by content, then shared by base and head alike."""
        return await self._layers.prepare(bare, commit, setup)

    @contextlib.asynccontextmanager
    async def fresh(
        self,
        bare: Bare,
        treeish: str,
        layer: Layer | None = None,
        limits: Limits | None = None,
        extra_mounts: tuple[Mount, ...] = (),
        *,
        env: Mapping[str, str] = NO_ENV,
    ) -> AsyncIterator[Room]:
        """A sealed sandbox over exactly the tracked files of a tree; gone when left."""
        box = await asyncio.to_thread(register.new_box, self.home / "rooms")
        try:
            session = f"room-{box.name}"
            results = Mount(box / "results", f"/results/{secrets.token_hex(16)}", writable=True)
            results.source.mkdir()
            owner = policy.uid_of(session)
            await fill(bare, treeish, box / "work", owner)
            extras = await _lay_extras(layer, box / "work", owner) if layer else ()
            mounts = (*(layer.mounts() if layer else ()), *extras, *extra_mounts, results)
            settings = {**(layer.env if layer else {}), **env}
            image = layer.image if layer else None
            spec = Spec(session, box / "work", True, mounts, (), settings, limits or Limits(), image)
            sandbox = await self.backend.open(spec)
            try:
                yield Room(sandbox, results.target, results.source, box / "work")
            finally:
                await sandbox.close()
        finally:
            await remove(box)

    async def forget(self, session: str) -> None:
        """Remove a session's repository and work tree. No sandbox of it may be open."""
        await self.mirrors.forget(session)

    async def sweep(self) -> int:
        """Remove what killed processes left: sandboxes, rooms, half-built layers. Returns how many."""
        sandboxes = await self.backend.sweep()
        rooms = register.orphans(self.home / "rooms")
        for box in rooms:
            await remove(box)
        return sandboxes + len(rooms) + await self._layers.sweep()


async def _lay_extras(layer: Layer, work: Path, owner: int | None) -> tuple[Mount, ...]:
    """Bring extras into a tree that nobody has seen yet, except where it has something of its own."""
    mounts = []
    for extra in layer.extras:
        target = work / extra.path
        if os.path.lexists(target) or not _plain_parents(work, target):
            continue
        for folder in reversed([each for each in target.parents if not each.exists()]):
            folder.mkdir()
            await give(folder, owner)
        if extra.copied:
            await copy(layer.source(extra), target)
        else:
            target.mkdir()
            mounts += _shown(layer, extra, work.parent)
        await give(target, owner)
    return tuple(mounts)


def _shown(layer: Layer, extra: Extra, beside: Path) -> list[Mount]:
    """An extra read-only, and the folders in it that are written to, from a directory of ours beside the work tree."""
    place = f"{WORKSPACE}/{extra.path}"
    mounts = [Mount(layer.source(extra), place)]
    for name in layer.scratch(extra):
        folder = beside / "scratch" / extra.name / name
        folder.mkdir(parents=True, exist_ok=True)
        mounts.append(Mount(folder, f"{place}/{name}", writable=True))
    return mounts


def _plain_parents(work: Path, target: Path) -> bool:
    """Whether no link or file stands on the way: the tree is a stranger's."""
    between = [each for each in target.parents if each.is_relative_to(work)]
    return all(each.is_dir() and not each.is_symlink() for each in between if os.path.lexists(each))
