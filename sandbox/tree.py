"""A session's work tree on the host: restored from git, saved to git, read and written by the agent's file tools.

Sandboxed code may write the directory at any moment. So the host walks it itself (`walk`, `files`), follows no link,
opens regular files only, and streams what changed to `git fast-import` in its own bare repository. Git is never run on
the directory, except to fill a new one before anybody else sees it.
"""

import asyncio
import contextlib
import os
import secrets
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sandbox import manifest as journals
from sandbox.api import Checkpoint, Entry, GitFailed, PathRefused, SandboxError, Signature
from sandbox.files import DIRECTORY, copy, folder_of, give, kind, read_regular, remove, write_regular
from sandbox.git import Bare
from sandbox.grep import Query, Search, search
from sandbox.hostgit import run
from sandbox.ignore import Ignore
from sandbox.manifest import RACY, Known, Manifest
from sandbox.paths import MAX_PATTERN, PathPolicy, fits, name_fault
from sandbox.snapshot import Snapshot, finish
from sandbox.walk import Walk

MAX_TREE, MAX_FILES = 4 * 1024**3, 400_000
"""Bytes and files that a restored tree may have."""

Texts = list[tuple[str, bytes]]
"""Paths with their contents."""

_IGNORE_FILE = 256 * 1024
_SEARCHED_FILE = 2 * 1024**2


@dataclass(frozen=True, slots=True)
class Found:
    """One file or link of a work tree: `size` in bytes, `mode` as git would write it."""

    path: str
    size: int
    mode: str


async def fill(bare: Bare, treeish: str, folder: Path, owner: int | None) -> tuple[Entry, ...]:
    """Write a tree into a new directory and give it to `owner`. GitFailed when it is too large to be one of ours."""
    entries = await bare.entries(treeish)
    size = sum(entry.size for entry in entries)
    if size > MAX_TREE or len(entries) > MAX_FILES:
        raise GitFailed(f"the tree is too large: {len(entries):,} files, {size:,} bytes")
    _must_be_sound(entries)
    await bare.checkout(treeish, folder)
    await give(folder, owner)
    return entries


def _must_be_sound(entries: Iterable[Entry]) -> None:
    """GitFailed for a forged tree that holds one name twice, or as a file and as a directory."""
    paths: set[str] = set()
    folders: set[str] = set()
    for entry in entries:
        if entry.path in paths:
            raise GitFailed(f"the tree holds {entry.path!r} twice")
        paths.add(entry.path)
        above = entry.path.rpartition("/")[0]
        while above and above not in folders:
            folders.add(above)
            above = above.rpartition("/")[0]
    if both := paths & folders:
        raise GitFailed(f"the tree holds {min(both)!r} both as a file and as a directory")


class WorkTree:
    """The directory `root`, whose last saved state lies in `bare`. `owner` is the sandbox's uid, None for our own."""

    def __init__(
        self,
        root: Path,
        bare: Bare,
        owner: int | None = None,
        policy: PathPolicy | None = None,
    ) -> None:
        self.root, self.bare, self.owner, self.policy = root, bare, owner, policy or PathPolicy()
        self.refused: tuple[tuple[str, str], ...] = ()
        """What the last checkpoint kept out, as (path, reason), also when it had nothing to save."""
        self._foreign: frozenset[str] = frozenset()
        self._journal = bare.path.with_name(f"{bare.path.name}.manifest")
        self._manifest: Manifest | None = None
        self._ignore = Ignore({})
        self._lock = asyncio.Lock()

    async def restore(self, treeish: str) -> None:
        """Replace the directory by a new one that holds exactly this tree. Sandboxes must be opened anew: an open one
        keeps seeing the old directory. GitFailed when there is no such tree; the directory is then as before."""
        async with self._lock:
            head = await self.bare.resolve(treeish) or await self.bare.tree_of(treeish)
            fresh = self.root.with_name(f".{self.root.name}.{secrets.token_hex(8)}")
            try:
                entries = await fill(self.bare, head, fresh, self.owner)
                written = time.monotonic()
                await self._read_ignore(entries)
                seen = await asyncio.to_thread(journals.from_disk, head, entries, fresh)
                await self._replace(fresh)
            finally:
                await remove(fresh)
            self._manifest = seen
            await asyncio.to_thread(journals.write, self._journal, seen, self._identity())
            # When we return, a write gets another change time than the one we saw.
            await asyncio.sleep(max(0.0, written + RACY / 1e9 - time.monotonic()))

    async def _replace(self, fresh: Path) -> None:
        old = self.root.with_name(f".{self.root.name}.{secrets.token_hex(8)}")
        if os.path.lexists(self.root):
            self.root.rename(old)
        fresh.rename(self.root)
        await remove(old)

    async def checkpoint(self, parent: str, message: str, author: Signature) -> Checkpoint | None:
        """Save what differs from commit `parent` as a commit on top of it; None when nothing does.

        Untracked noise is passed over by the .gitignore files of `parent`. What policy keeps out stays as in `parent`
        and is named in `refused`. Never fails for what the directory holds.
        """
        async with self._lock:
            known = await self._learn(parent)
            with tempfile.TemporaryFile(dir=self.bare.path) as stream:
                snapshot = Snapshot(known, self._ignore, self.policy, stream)
                await asyncio.to_thread(self._look, snapshot)
                self.refused = snapshot.refused
                if not snapshot.changed and not snapshot.gone:
                    known.update(parent, snapshot.updates())
                    return None
                sha, tree = await self._save(stream, snapshot, parent, message, author)
            sizes = snapshot.sizes()
            known.update(sha, snapshot.updates())
            journals.append(self._journal, sha, snapshot.updates(), self._identity())
            await self.bare.tidy()
            if any(path.endswith(".gitignore") for path in (*snapshot.changed, *snapshot.gone)):
                await self._read_ignore(await self.bare.entries(sha))
                known.listed.clear()
            return Checkpoint(sha, tree, await self.bare.changes(parent, sha, sizes), snapshot.refused)

    async def _save(
        self, stream: IO[bytes], snapshot: Snapshot, parent: str, message: str, author: Signature
    ) -> tuple[str, str]:
        """The new commit and its tree."""
        finish(stream, snapshot, parent, message, author)
        stream.seek(0)
        out = await run(self.bare.path, "fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream)
        sha, answer = out.decode().splitlines()
        return sha, answer.split()[2]

    def _look(self, snapshot: Snapshot) -> None:
        with self._open() as root:
            snapshot.run(root)

    async def _learn(self, parent: str) -> Manifest:
        """The manifest for `parent`: the one in memory, the one on disk, or what git records."""
        if self._manifest is not None and self._manifest.head == parent:
            return self._manifest
        seen = self._manifest or journals.load(self._journal, self._identity())
        entries = await self.bare.entries(parent)
        await self._read_ignore(entries)
        self._manifest = journals.from_tree(parent, entries, seen)
        await asyncio.to_thread(journals.write, self._journal, self._manifest, self._identity())
        return self._manifest

    async def _read_ignore(self, entries: tuple[Entry, ...]) -> None:
        files = {
            entry.path: entry.oid
            for entry in entries
            if entry.path.rpartition("/")[2] == ".gitignore" and entry.mode[:3] == "100" and entry.size <= _IGNORE_FILE
        }
        blobs = await self.bare.read_blobs(files.values())
        self._ignore = Ignore({path: blobs[oid] for path, oid in files.items()}, self._foreign)

    def _identity(self) -> tuple[int, int]:
        state = os.lstat(self.root)
        return state.st_dev, state.st_ino

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        root = os.open(self.root, DIRECTORY)
        try:
            yield root
        finally:
            os.close(root)

    # The agent's file tools. All refuse links and everything outside with PathRefused.

    async def read(self, path: str, limit: int) -> bytes:
        """The first `limit` bytes of a regular file."""
        return await asyncio.to_thread(self._read, path, limit)

    def _read(self, path: str, limit: int) -> bytes:
        with self._open() as root, folder_of(root, path) as (folder, name):
            return read_regular(folder, name, path, limit)[0]

    async def write(self, path: str, data: bytes) -> None:
        """Make or replace a regular file at once, with its directories. Held to the path policy."""
        self._judge(path)
        if len(data) > self.policy.max_file:
            raise PathRefused(path, f"its {len(data):,} bytes are more than the {self.policy.max_file:,} allowed")
        await asyncio.to_thread(self._write, path, data)

    def _write(self, path: str, data: bytes) -> None:
        with self._open() as root, folder_of(root, path, self.owner, make=True) as (folder, name):
            write_regular(folder, name, path, data, self.owner)

    async def delete(self, path: str) -> None:
        """Remove a file or a link itself."""
        self._judge(path)
        await asyncio.to_thread(self._delete, path)

    def _delete(self, path: str) -> None:
        with self._open() as root, folder_of(root, path) as (folder, name), _said(path):
            os.unlink(name, dir_fd=folder)

    async def move(self, source: str, target: str) -> None:
        """Move a regular file to a path where nothing stands."""
        self._judge(source)
        self._judge(target)
        await asyncio.to_thread(self._move, source, target)

    def _move(self, source: str, target: str) -> None:
        with (
            self._open() as root,
            folder_of(root, source) as (source_folder, old),
            folder_of(root, target, self.owner, make=True) as (target_folder, new),
        ):
            with _said(source):
                mode = os.stat(old, dir_fd=source_folder, follow_symlinks=False).st_mode
            if not stat.S_ISREG(mode):
                raise PathRefused(source, f"it is {kind(mode)}, not a file")
            if new in os.listdir(target_folder):
                raise PathRefused(target, "something stands there already")
            with _said(target):
                os.rename(old, new, src_dir_fd=source_folder, dst_dir_fd=target_folder)

    def _judge(self, path: str) -> None:
        fault = name_fault(path) or ("it is protected" if self.policy.protects(path) else None)
        if fault:
            raise PathRefused(path, fault)

    # What set-up made is shown inside the tree too, and is no part of it.

    async def expect(self, paths: Iterable[str]) -> None:
        """Never record these paths from now on: something foreign stands there."""
        wanted = frozenset(paths)
        if wanted <= self._foreign:
            return
        async with self._lock:
            self._foreign |= wanted
            known = await self._current()
            await self._read_ignore(await self.bare.entries(known.head))
            known.listed.clear()

    async def tracks(self, path: str) -> bool:
        """Whether the last checkpoint has this path or anything beneath it."""
        known = await self._current()
        return known.get(path) is not None or any(
            names for folder, names in known.folders.items() if folder.startswith(f"{path}/")
        )

    async def make_folder(self, path: str) -> None:
        """Make sure that a directory stands at `path`: a place to mount something on."""
        await asyncio.to_thread(self._make_folder, path)

    def _make_folder(self, path: str) -> None:
        with self._open() as root, folder_of(root, f"{path}/x", self.owner, make=True):
            return

    async def adopt(self, path: str, source: Path) -> None:
        """Put a copy of a file or directory of ours where nothing stands; what stands there already stays."""
        made = self.root.with_name(f".{self.root.name}.{secrets.token_hex(8)}")
        try:
            if await asyncio.to_thread(self._put, path, None):
                await copy(source, made)
                await give(made, self.owner)
                await asyncio.to_thread(self._put, path, made)
        finally:
            await remove(made)

    def _put(self, path: str, made: Path | None) -> bool:
        """Whether nothing stands at `path`; then what was `made` is moved there."""
        with self._open() as root, folder_of(root, path, self.owner, make=True) as (folder, name):
            if name in os.listdir(folder):
                return False
            if made is not None:
                with _said(path):
                    os.rename(made, name, dst_dir_fd=folder)
            return True

    async def list(self, glob: str | None = None, limit: int = 10_000) -> tuple[Found, ...]:
        """Files and links by path, without noise; at most `limit` of those that fit `glob`."""
        if glob is not None and len(glob) > MAX_PATTERN:
            raise PathRefused(glob[:40], "the pattern is too long")
        return await asyncio.to_thread(self._list, await self._current(), glob, limit)

    async def _current(self) -> Manifest:
        if self._manifest is None:
            seen = journals.load(self._journal, self._identity())
            if seen is None:
                raise SandboxError("this work tree was never restored")
            return await self._learn(seen.head)
        return self._manifest

    def _list(self, known: Manifest, glob: str | None, limit: int) -> tuple[Found, ...]:
        found = {path: Found(path, entry.size, entry.mode) for path, entry in known.items()}

        def take(_here: int, path: str, _name: str, state: os.stat_result, _known: Known | None) -> None:
            mode = "120000" if stat.S_ISLNK(state.st_mode) else "100755" if state.st_mode & 0o100 else "100644"
            found[path] = Found(path, state.st_size, mode)

        walk = Walk(known, self._ignore, self.policy, take)
        with self._open() as root:
            walk.run(root)
        for path in walk.missing:
            found.pop(path, None)
        fitting = (path for path in sorted(found) if glob is None or fits(glob, path))
        return tuple(found[path] for _, path in zip(range(limit), fitting, strict=False))

    async def search(self, query: Query, glob: str | None = None) -> Search:
        """Lines that match. The pattern runs in a process of its own that is ended after `query.seconds`: a hostile
        expression can waste that time and no more. Files over 2 MiB, links and binary files are passed over."""
        listed = await self.list(glob, self.policy.max_entries)
        paths = [f.path for f in listed if f.mode != "120000" and 0 < f.size <= _SEARCHED_FILE]
        return await search(query, self._texts(paths))

    async def _texts(self, paths: Iterable[str]) -> AsyncIterator[Texts]:
        """The contents of these files in batches of a few megabytes."""
        rest = iter(paths)
        while batch := await asyncio.to_thread(self._batch, rest):
            yield batch

    def _batch(self, rest: Iterator[str]) -> Texts:
        batch: Texts = []
        size = 0
        with self._open() as root:
            for path in rest:
                with contextlib.suppress(PathRefused), folder_of(root, path) as (folder, name):
                    batch.append((path, read_regular(folder, name, path, _SEARCHED_FILE)[0]))
                    size += len(batch[-1][1])
                if size > 4 * 1024**2:
                    break
        return batch


@contextlib.contextmanager
def _said(path: str) -> Iterator[None]:
    """The system's refusals as ours."""
    try:
        yield
    except OSError as error:
        raise PathRefused(path, (error.strerror or "it cannot be changed").lower()) from error
