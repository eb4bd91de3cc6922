"""Where sessions meet the workshop: their repository, their set-up layer, their bench. Knows hosts and rules; makes no
decision of its own."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.domain.events import SetUp
from bot.domain.session import Phase, Session
from bot.grant import grant
from bot.ports import Clock, CodeHost, Trouble
from bot.projectfiles import files_at, newly_wanted, tells
from bot.turn import Log
from bot.vault import VaultError
from bot.workbench import TreeBench, open_bench
from sandbox import layers, policy
from sandbox.api import Sandbox
from sandbox.clients import Source
from sandbox.git import Bare
from sandbox.paths import PathPolicy
from sandbox.tree import WorkTree
from sandbox.workshop import Bench, Workshop

LOG_TAIL = 4000
"""Characters of the set-up's output that the event carries; all of it is a blob."""

OWN_RULES = (
    ".github/workflows/**",
    ".maestro.yml",
    ".maestro/**",
    "**/AGENTS.md",
    "CODEOWNERS",
    ".github/CODEOWNERS",
    "docs/CODEOWNERS",
)
"""Paths that no session may change, whatever the repository's rules say."""


class Workplace:
    """`host` gives a session's code host; `sources` asks package clients where they fetch from."""

    def __init__(
        self,
        workshop: Workshop,
        host: Callable[[Session], CodeHost],
        sources: Callable[[Sequence[str]], Awaitable[Sequence[Source]]],
        put_blob: Callable[[bytes], Awaitable[str]],
        clock: Clock,
        lend: Callable[[str, Iterable[str], Phase], Mapping[str, str]] = lambda *_: {},
    ) -> None:
        self.workshop, self.host, self.sources = workshop, host, sources
        self.put_blob, self.clock, self.lend = put_blob, clock, lend
        self._untouched: dict[str, tuple[str, tuple[int, int]]] = {}
        """Sessions whose work tree nobody could write since it was restored: its commit, and which directory it is."""
        self._vain: set[tuple[str, ...]] = set()
        """Commands for packages of a head that could not be had."""

    async def clone(self, session: Session) -> Bare:
        """The mirror of the session's repository as it is now; the session's own repository borrows from it."""
        repo = session.place.repo
        async with grant(self.host(session), repo) as remote:
            mirror = await self.workshop.mirrors.refresh(remote)
            await self.workshop.mirrors.session(session.id, remote)
        return mirror

    async def bare(self, session: Session) -> Bare:
        """The session's own repository; cloned again when this machine has never seen it."""
        path = self.workshop.mirrors.room(session.id) / "repository.git"
        if not path.exists():
            await self.clone(session)
        return Bare(path)

    async def set_up(self, session: Session) -> SetUp:
        """Run the set-up commands on the base, or find what they made before."""
        commands = session.detected.setup
        if not commands:
            return SetUp(layer="", commands=(), ok=True)
        began = time.time()
        wanted = await self._wanted(session)
        made = await self.workshop.prepare(await self.bare(session), _own(session), wanted)
        seconds = round(time.time() - began, 3)
        if isinstance(made, layers.SetUpFailed):
            log = f"$ {made.command}\n{made.ran.output.decode('utf-8', 'replace')}"
            kept = await self.put_blob(log.encode())
            return SetUp(
                layer="",
                commands=commands,
                ok=False,
                seconds=seconds,
                log=log[-LOG_TAIL:],
                log_sha256=kept,
                blocked=made.blocked,
            )
        cached = made.path.stat().st_mtime < began
        return SetUp(
            layer=made.digest, commands=commands, ok=True, cached=cached, seconds=seconds, blocked=made.blocked
        )

    async def layer(self, session: Session) -> layers.Layer | None:
        """The set-up layer of a session whose set-up worked, with the packages that its newest checkpoint newly asks
        for, as far as these can be had; rebuilt when it was cleared away meanwhile."""
        if not session.layer:
            return None
        bare, wanted = await self.bare(session), await self._wanted(session)
        more = await _newly_wanted(session, bare)
        if more and more not in self._vain:
            both = replace(wanted, commands=(*wanted.commands, *more))
            made = await self.workshop.prepare(bare, _own(session), both)
            if isinstance(made, layers.Layer):
                return made
            self._vain.add(more)  # what can't be had is not asked for again and again
        made = await self.workshop.prepare(bare, _own(session), wanted)
        return made if isinstance(made, layers.Layer) else None

    async def _wanted(self, session: Session) -> layers.SetUp:
        rules, found = session.rules, session.detected
        named = rules.network if rules.network is not None else found.clients
        clients = [name for name in named if ":" not in name and "." not in name]
        sources = await self.sources(clients)
        hosts = [host if ":" in host else f"{host}:443" for host in named if host not in clients]
        return layers.SetUp(
            commands=found.setup,
            key_files=found.key_files,
            network=tuple(dict.fromkeys([*hosts, *(host for source in sources for host in source.hosts)])),
            env={name: value for source in sources for name, value in source.env.items()},
            mounts=tuple(dict.fromkeys(mount for source in sources for mount in source.mounts)),
            image=rules.image,
        )

    @asynccontextmanager
    async def bench(self, log: Log) -> AsyncIterator[TreeBench]:
        """The session's work tree as at its newest checkpoint, and a sandbox over it once a command wants one."""
        session = log.session
        bare, layer = await self.bare(session), await self.layer(session)
        root = self.workshop.mirrors.room(session.id) / "work"
        rules = PathPolicy(protected=(*OWN_RULES, *session.rules.protected))
        tree, head = WorkTree(root, bare, policy.uid_of(session.id), rules), session.head or session.base or ""
        if self._untouched.pop(session.id, None) != (head, _directory(root)):
            await tree.restore(head)
        place = Bench(session.id, bare, session.base or "", tree, self.workshop.backend)
        writable = session.phase is Phase.WORKING
        touched = writable
        async with AsyncExitStack() as stack:

            async def sandbox() -> Sandbox:
                nonlocal touched
                touched = writable or bool(layer and layer.extras)  # extras are brought into the tree
                return await stack.enter_async_context(place.open(writable, layer))

            def lent() -> Mapping[str, str]:
                now = log.session
                try:
                    return self.lend(now.place.repo.full_name, now.secrets, now.phase)
                except VaultError as error:
                    advice = "An operator enters it again with `maestro secrets set`; then `/maestro retry`."
                    raise Trouble(str(error), retry_in=None, advice=advice) from error

            yield await stack.enter_async_context(open_bench(log, tree, sandbox, self.clock, lent))
        if not touched and (where := _directory(root)) is not None:
            self._untouched[session.id] = head, where


async def _newly_wanted(session: Session, bare: Bare) -> tuple[str, ...]:
    if not session.base or not session.head or session.head == session.base:
        return ()
    if not any(tells(change.path) for change in await bare.changes(session.base, session.head)):
        return ()  # whole trees need not be listed
    base, head = await files_at(bare, (session.base, session.head))
    return newly_wanted(session.detected, base, head)


def _own(session: Session) -> str:
    """The commit that set-up runs on: the base, or where that is a stranger's, the default branch. What set-up makes is
    shared with other sessions, and made with network."""
    return session.set_up_on or session.base or ""


def _directory(path: Path) -> tuple[int, int] | None:
    """Which directory stands at a path, by device and inode; None where there is none."""
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return None
    return state.st_dev, state.st_ino
