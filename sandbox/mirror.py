"""One bare mirror for each repository, and bare repositories for sessions that borrow its objects.

A mirror is never shared between remotes with different keys: who may read one may not read another. It holds heads and
tags only, and never loses an object, because sessions read its objects as their own (`objects/info/alternates`).
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

from sandbox.api import GitFailed, Remote
from sandbox.files import remove
from sandbox.git import Bare, object_id
from sandbox.hostgit import NETWORK, address, run

_REF = re.compile(r"refs/(?!.*(\.\.|//|@\{|\.lock(/|$)))[A-Za-z0-9._/+-]*[A-Za-z0-9_+-]")


def slug(name: str) -> str:
    """A file name for any text: readable, and different for different texts."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40]
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


@contextlib.asynccontextmanager
async def held(lock: Path) -> AsyncIterator[None]:
    """Hold `lock` against every other task and process. Waiting can be cancelled; a dead holder holds nothing."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    pause = 0.002
    try:
        while not _locked(descriptor):
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.1)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    # A lock of the open file, not of the process: it also holds between two tasks of one process.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Mirrors:
    """The mirrors and session repositories under `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()

    def room(self, session: str) -> Path:
        """The directory of everything that is kept for one session."""
        return self.home / "sessions" / slug(session)

    async def refresh(self, remote: Remote) -> Bare:
        """Fetch every head and tag. A repository without commits gives a mirror in which nothing resolves."""
        async with held(self._lock(remote)):
            bare = await Bare.create(self._path(remote))
            heads_and_tags = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
            await _fetch(bare, remote, "--prune", "--", address(remote), *heads_and_tags)
            await bare.tidy()
        return bare

    async def session(self, session: str, remote: Remote) -> Bare:
        """The session's own repository, made when absent. It starts with the mirror's objects and no ref."""
        mirror = self._path(remote)
        if not mirror.exists():
            async with held(self._lock(remote)):
                await Bare.create(mirror)
        async with held(self.room(session) / "lock"):
            return await Bare.create(self.room(session) / "repository.git", borrow=mirror)

    async def fetch(self, bare: Bare, remote: Remote, ref: str) -> str:
        """Bring one more ref, such as refs/pull/7/head, into a session's repository. Returns its commit."""
        if not _REF.fullmatch(ref):
            raise GitFailed(f"{ref!r} is not a complete ref name")
        kept = f"refs/fetched/{ref.removeprefix('refs/')}"
        await _fetch(bare, remote, "--", address(remote), f"+{ref}:{kept}")
        commit = await bare.resolve(kept)
        if commit is None:
            raise GitFailed(f"{ref} is not a commit")
        return object_id(commit)

    async def forget(self, session: str) -> None:
        """Remove everything that is kept for a session. Its mirror stays."""
        await remove(self.room(session))

    def _path(self, remote: Remote) -> Path:
        return self.home / "mirrors" / f"{slug(remote.key)}.git"

    def _lock(self, remote: Remote) -> Path:
        return self.home / "mirrors" / f"{slug(remote.key)}.lock"


async def _fetch(bare: Bare, remote: Remote, *args: str) -> None:
    plain = ("fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")
    await run(bare.path, *plain, *args, remote=remote, timeout=NETWORK)
