"""The embedded backend: one bubblewrap for each sandbox; its first process (see `sandbox.supervisor`) starts commands.

After each command the kernel ends every process but that first one, which none of them can reach. Should it not answer,
bubblewrap is killed from outside and begun anew at the next command: files live on the host, so nothing is lost. When
the server is root, bubblewrap itself is started as the session's unprivileged uid (see `policy.uid_of`).
"""

import asyncio
import contextlib
import os
import resource
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sandbox import cgroups, egress, policy, register, rootfs, seccomp, toolchains, usage
from sandbox.api import (
    WORKSPACE,
    Capability,
    Limits,
    Mount,
    OnOutput,
    Ran,
    SandboxLost,
    SandboxUnavailable,
    Spec,
)
from sandbox.channel import INSIDE, PROGRAM, Channel, Order
from sandbox.launch import KILLED, UNABLE, Launched, Staging, impossible, launch
from sandbox.process import Tape, capture
from sandbox.shell import Carried
from sandbox.toolchains import Toolchain

READY_SECONDS = 20.0
INSTALL = "install bubblewrap (apt-get install bubblewrap libseccomp2), or set MAESTRO_SANDBOX=docker"
STAGE, GROUP = "maestro-stage-", "maestro-box-"


@dataclass(frozen=True, slots=True)
class _Inside:
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

    def __init__(self, inside: _Inside, gate: egress.Gate | None) -> None:
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
                [*([] if inside.group is not None else ["nice", "-n", "5"]), *inside.staging.launcher(inside.doors())],
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
            await asyncio.to_thread(_discard, self._inside.box)


class Bubblewrap:
    """Makes bubblewrap sandboxes; see `sandbox.api.Backend`.

    `home` is where their scratch files lie; `toolchains` are shown in every sandbox, our own interpreter when there
    are none; `authorities` is a file of certificates that networked commands trust, the system's when None;
    `reachable` names networks that the operator opens to allowed names (see `egress.Gate`).
    """

    name = "bubblewrap"

    def __init__(
        self,
        home: Path,
        *,
        offered: Sequence[Toolchain] = (),
        authorities: Path | None = None,
        reachable: Sequence[str] = (),
        resolve: egress.Resolve = egress.resolve,
    ) -> None:
        self._home = home / "bubblewrap"
        self._toolchains = tuple(offered) or (toolchains.own_python(),)
        self._door = egress.Door(authorities or egress.system_authorities(), tuple(reachable), resolve)

    async def open(self, spec: Spec) -> Bubble:
        self._must_exist()
        async with contextlib.AsyncExitStack() as undone:
            box = await asyncio.to_thread(register.new_box, self._home)
            undone.push_async_callback(asyncio.to_thread, _discard, box)
            sandbox = await self._furnish(spec, box, undone)
            undone.push_async_callback(sandbox.close)
            try:
                await sandbox.start()
            except SandboxLost as error:
                raise SandboxUnavailable(f"bubblewrap does not work here: {error}; {INSTALL}") from error
            undone.pop_all()
        return sandbox

    def _must_exist(self) -> None:
        missing = [name for name in ("bwrap", "setpriv", "unshare", "prlimit") if not _where(name)]
        if missing:
            raise SandboxUnavailable(f"{', '.join(missing)} not found: {INSTALL}")
        try:
            seccomp.program()
        except OSError as error:
            raise SandboxUnavailable(f"no system call filter: {error}; {INSTALL}") from error

    async def _furnish(self, spec: Spec, box: Path, undone: contextlib.AsyncExitStack) -> Bubble:
        uid = policy.uid_of(spec.session)
        _fill(box, uid)
        own = toolchains.mounts([toolchains.own_python()])
        mounts = (*toolchains.mounts(self._toolchains), *own, Mount(PROGRAM, INSIDE), *spec.mounts)
        for path in (spec.workspace, *(mount.source for mount in mounts if mount.writable)):
            policy.own_top(path, uid)
        gate = None
        settings: dict[str, str] = {}
        if spec.network:
            gate, shown, settings = await self._door.open(spec.network, box / "egress", uid)
            undone.push_async_callback(gate.close)
            mounts = (*mounts, *shown)
        mounts = tuple(dict.fromkeys(mounts))
        stage = _stage(box) if uid is not None else box
        staging = Staging(uid, stage, tuple(dict.fromkeys((box, spec.workspace, *(each.source for each in mounts)))))
        staging.prepare()
        environment = policy.environment(toolchains.path_folders(self._toolchains), settings, spec.env)
        group = cgroups.create(f"{GROUP}{box.name}", spec.limits)
        (box / "group").write_text("\n".join(map(str, group.folders if group is not None else ())))
        files = tuple(rootfs.present(rootfs.SYSTEM_FILES))
        return Bubble(_Inside(spec, box, staging, group, files, mounts, environment), gate)

    async def sweep(self) -> int:
        left = await asyncio.to_thread(register.orphans, self._home)
        for box in left:
            await asyncio.to_thread(_discard, box)
        return len(left)

    def environment(self, spec: Spec) -> tuple[str, str]:
        shown = [[each.name, each.version] for each in self._toolchains]
        limits = policy.limits_key(spec.limits)
        system = Path("/etc/os-release").read_text() if Path("/etc/os-release").exists() else ""
        return "host", policy.digest("bubblewrap", system, shown, limits, policy.mounts_key(spec.mounts))

    async def capabilities(self) -> tuple[Capability, ...]:
        return (
            await _version(),
            await self._works(),
            _filter_capability(),
            _group_capability(),
            _user_capability(),
            *(
                Capability(f"toolchain {each.name}", True, f"{each.version}, {each.program}", needed=False)
                for each in self._toolchains
            ),
        )

    async def _works(self) -> Capability:
        """Open a sandbox and run something in it."""
        name = "bubblewrap sandbox"
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            try:
                sandbox = await self.open(Spec("doctor", Path(folder)))
            except SandboxUnavailable as error:
                return Capability(name, False, str(error), advice=_namespace_advice())
            await sandbox.close()
        return Capability(name, True, "opens, runs and ends")


def _where(name: str) -> str | None:
    return shutil.which(name, path=policy.SYSTEM_PATH)


def _fill(box: Path, uid: int | None) -> None:
    """Generated /etc for everybody to read; home, tmp and the proxy's door for the session's uid alone."""
    (box / "etc").mkdir()
    for name, text in rootfs.ETC.items():
        (box / "etc" / name).write_text(text)
        (box / "etc" / name).chmod(0o644)
    (box / "etc").chmod(0o755)
    for name in ("home", "tmp", "egress"):
        (box / name).mkdir(mode=0o700)
        policy.own_top(box / name, uid)


def _stage(box: Path) -> Path:
    """An empty directory that every uid can reach; remembered in the box, so that it can be removed with it."""
    stage = Path(tempfile.mkdtemp(prefix=STAGE, dir="/tmp"))
    stage.chmod(0o711)
    (box / "stage").write_text(str(stage))
    return stage


def _discard(box: Path) -> None:
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


async def _version() -> Capability:
    program = _where("bwrap")
    if program is None:
        return Capability("bubblewrap", False, "not found", advice=INSTALL)
    _, said = await capture([program, "--version"], env={})
    return Capability("bubblewrap", True, said.strip())


def _filter_capability() -> Capability:
    try:
        size = len(seccomp.program())
    except OSError as error:
        return Capability("system call filter", False, str(error), advice="apt-get install libseccomp2")
    return Capability("system call filter", True, f"{len(seccomp.RULES)} rules, {size} bytes")


def _group_capability() -> Capability:
    group = cgroups.create(f"maestro-doctor-{os.getpid()}", Limits())
    if group is None:
        advice = "run as root or with delegated control groups for a memory limit that covers a whole sandbox"
        return Capability("control groups", False, "not writable: limits per process", needed=False, advice=advice)
    group.remove()
    return Capability("control groups", True, "memory, processes and processor time are limited per sandbox")


def _user_capability() -> Capability:
    uid = policy.uid_of("doctor")
    found = f"one uid per session (such as {uid})" if uid is not None else f"uid {os.getuid()}, shared by all sessions"
    return Capability("sandbox user", True, found)


def _namespace_advice() -> str:
    for name in ("kernel/apparmor_restrict_unprivileged_userns", "kernel/unprivileged_userns_clone"):
        file = Path("/proc/sys") / name
        if file.exists():
            return f"unprivileged user namespaces may be switched off: see sysctl {name.replace('/', '.')}"
    return INSTALL
