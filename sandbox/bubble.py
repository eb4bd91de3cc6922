"""One bubblewrap with its first process, and the commands in it; `sandbox.bubblewrap` furnishes it.

Should the first process not answer, bubblewrap is killed from outside and begun anew at the next command: files live
on the host, so nothing is lost.
"""

import asyncio
import contextlib
import resource
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sandbox import cgroups, egress, register, rootfs, seccomp, toolchains, usage
from sandbox.api import WORKSPACE, Mount, OnOutput, Ran, SandboxLost, Spec
from sandbox.channel import INSIDE, Channel, Order
from sandbox.launch import KILLED, UNABLE, Launched, Staging, impossible, launch
from sandbox.process import Tape
from sandbox.shell import Carried

READY_SECONDS = 20.0
MODEST = ("nice", "-n", "5", "ionice", "-c", "idle")
"""In front of everything that runs in a sandbox: when the host has work, on processor or disk, that comes first."""

STAGE, GROUP = "maestro-stage-", "maestro-box-"


@dataclass(frozen=True, slots=True)
class Inside:
    """Everything about one sandbox that does not change between its commands."""

    spec: Spec
    box: Path
    staging: Staging
    group: cgroups.Group | None
    files: tuple[str, ...]
    mounts: tuple[Mount, ...]
    environment: Mapping[str, str]

    def options(self, rules: int, status: int) -> list[str]:
        """bubblewrap's options. `rules` and `status` are descriptors."""
        stage = self.staging.place
        workspace = Mount(self.spec.workspace, WORKSPACE, self.spec.writable)
        return [
            *rootfs.isolation(),
            *rootfs.system(self.files),
            *rootfs.own_files(self.box, stage, self.spec.limits),
            *rootfs.mounts((workspace, *self.mounts), stage),
            *rootfs.settings(self.environment),
            *("--remount-ro", "/", "--chdir", WORKSPACE),
            *("--seccomp", str(rules), "--json-status-fd", str(status)),
        ]

    def limiter(self) -> list[str]:
        """Runs inside, in front of the command: limits that count within the sandbox's own user namespace."""
        limits = self.spec.limits
        _, open_files = resource.getrlimit(resource.RLIMIT_NOFILE)
        open_files = 65_536 if open_files == resource.RLIM_INFINITY else min(open_files, 65_536)
        memory = [] if self.group is not None else [f"--data={limits.memory}"]
        counts = [f"--nproc={limits.pids}", f"--fsize={limits.disk}", f"--nofile={open_files}"]
        return ["/usr/bin/prlimit", *counts, *memory, "--core=0", "--"]

    def places(self) -> list[Path]:
        """Host directories that the sandbox can write."""
        scratch = [self.box / "home", self.box / "tmp"]
        shared = [mount.source for mount in self.mounts if mount.writable]
        return [*scratch, *shared, *([self.spec.workspace] if self.spec.writable else [])]

    def doors(self) -> tuple[Path, ...]:
        return self.group.doors if self.group is not None else ()

    def check_targets(self) -> None:
        """A mount below /workspace must not be led elsewhere by a link that a command put in its way."""
        for mount in self.mounts:
            if not mount.target.startswith(WORKSPACE + "/"):
                continue
            path = self.spec.workspace
            for part in mount.target.removeprefix(WORKSPACE + "/").split("/"):
                path = path / part
                if path.is_symlink():
                    raise SandboxLost(f"a link stands where {mount.target} is to be mounted")


@dataclass(frozen=True, slots=True)
class _Running:
    launched: Launched
    channel: Channel


class Bubble:
    """One bubblewrap sandbox; see `sandbox.api.Sandbox`. Commands run one at a time."""

    def __init__(self, inside: Inside, gate: egress.Gate | None) -> None:
        self._inside, self._gate = inside, gate
        self._meter = usage.Meter(inside.places(), inside.spec.limits)
        self._carried = Carried()
        self._turn = asyncio.Lock()
        self._running: _Running | None = None
        self._closed = False

    @property
    def blocked(self) -> list[str]:
        return [] if self._gate is None else self._gate.blocked

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        async with self._turn:
            order = Order([*self._bridge(), *argv], {**self._inside.environment, **(env or {})})
            return await self._ran(argv, order, timeout, on_output)

    async def shell(
        self,
        script: str,
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        async with self._turn:
            order, said = self._carried.order(script, self._inside.environment, env or {}), bytearray()
            order = replace(order, argv=[*self._bridge(), *order.argv])
            ran = await self._ran(("sh", "-c", script), order, timeout, on_output, said)
            self._carried.learn(bytes(said), env or {})
            return ran

    def _bridge(self) -> list[str]:
        return [] if self._gate is None else egress.bridge(str(toolchains.own_python().program))

    async def _ran(
        self,
        argv: Sequence[str],
        order: Order,
        timeout: float,
        on_output: OnOutput | None,
        state: bytearray | None = None,
    ) -> Ran:
        if self._closed:
            raise SandboxLost("the sandbox was closed")
        tape = Tape(self._inside.spec.limits.output, on_output)
        started = time.monotonic()
        code: int | None = UNABLE
        if reason := impossible(order.argv):
            tape.say(reason)
        else:
            code = await self._command(order, timeout, tape, state)
        output, dropped = tape.cut()
        blocked = () if self._gate is None else self._gate.take_blocked()
        return Ran(tuple(argv), code, output, dropped, time.monotonic() - started, blocked)

    async def _command(self, order: Order, timeout: float, tape: Tape, state: bytearray | None) -> int | None:
        running = await self.start()
        kills = self._out_of_memory()
        try:
            async with self._watched(running):
                code = await running.channel.run(order, timeout, tape, state)
        except SandboxLost:
            if self._closed or self._out_of_memory() == kills:
                raise
            code = KILLED
        if self._out_of_memory() > kills:
            tape.say(f"out of memory: the limit is {self._inside.spec.limits.memory // 1024**2} MiB")
        return code

    async def start(self) -> _Running:
        """The running bubblewrap, begun now when there is none. Raises SandboxLost."""
        if self._running is None:
            self._inside.check_targets()
            ours, theirs = socket.socketpair()
            with theirs:
                launched = await self._launch(theirs.fileno(), ours)
            self._running = _Running(launched, Channel(ours))
            try:
                await self._running.channel.ready(READY_SECONDS)
            except SandboxLost as error:
                said = await self._end()
                raise SandboxLost(f"bubblewrap ended: {said or error}") from error
        return self._running

    async def _launch(self, channel: int, ours: socket.socket) -> Launched:
        inside = self._inside
        python = str(toolchains.own_python().program)
        try:
            return await launch(
                [*MODEST, *inside.staging.launcher(inside.doors())],
                inside.options,
                [*inside.limiter(), python, "-I", "-S", INSIDE, str(channel)],
                filter_=seccomp.program(strict=inside.group is None),
                channel=channel,
            )
        except OSError as error:
            ours.close()
            raise SandboxLost(f"bubblewrap can't be started: {error}") from error

    @contextlib.asynccontextmanager
    async def _watched(self, running: _Running) -> AsyncIterator[None]:
        """Keep a running command within its limits; end bubblewrap when its first process does not answer."""
        limits = self._inside.spec.limits
        short = partial(running.launched.over_memory, limits.memory) if self._inside.group is None else lambda: None
        watch = asyncio.create_task(self._meter.watch(running.channel.stop, short))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.shield(self._settle(watch, running))

    async def _settle(self, watch: "asyncio.Task[None]", running: _Running) -> None:
        await asyncio.wait({watch})
        if running.channel.broken:
            await self._end()

    async def _end(self) -> str:
        running, self._running = self._running, None
        if running is None:
            return ""
        running.channel.close()
        return await running.launched.end()

    def _out_of_memory(self) -> int:
        return 0 if self._inside.group is None else self._inside.group.out_of_memory()

    async def seal(self) -> str | None:
        return None

    async def close(self) -> None:
        self._closed = True
        if self._running is not None:
            self._running.channel.lose()
            self._running.launched.kill()
        async with self._turn:
            await self._end()
            if self._gate is not None:
                await self._gate.close()
            await asyncio.to_thread(discard, self._inside.box)


def discard(box: Path) -> None:
    """Remove everything that belongs to a box: its processes first. May be called twice. Blocking."""
    # By their recorded places: a process that sweeps may stand in other control groups than the one that made them.
    cgroups.Group(tuple(_recorded(box / "group", GROUP))).remove()
    for stage in _recorded(box / "stage", STAGE):
        register.remove(stage)
    register.remove(box)


def _recorded(file: Path, prefix: str) -> list[Path]:
    """The paths in a file of ours, as far as they look like ours too."""
    if not file.exists():
        return []
    return [path for line in file.read_text().splitlines() if (path := Path(line)).name.startswith(prefix)]
