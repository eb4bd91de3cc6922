"""The embedded backend: one bubblewrap for each sandbox; its first process (see `sandbox.supervisor`) starts commands.

After each command the kernel ends every process but that first one, which none of them can reach. Should it not answer,
bubblewrap is killed from outside and begun anew at the next command: files live on the host, so nothing is lost. When
the server is root, bubblewrap itself is started as the session's unprivileged uid (see `policy.uid_of`).
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sandbox import cgroups, egress, policy, register, rootfs, seccomp, toolchains
from sandbox.api import (
    Capability,
    Limits,
    Mount,
    SandboxLost,
    SandboxUnavailable,
    Spec,
)
from sandbox.bubble import GROUP, STAGE, Bubble, Inside, discard
from sandbox.channel import INSIDE, PROGRAM
from sandbox.launch import Staging
from sandbox.process import capture
from sandbox.toolchains import Toolchain

INSTALL = "install bubblewrap (apt-get install bubblewrap libseccomp2), or set MAESTRO_SANDBOX=docker"


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
        await asyncio.to_thread(self._must_exist)  # the filter's library is looked for by running programs
        async with contextlib.AsyncExitStack() as undone:
            box = await asyncio.to_thread(register.new_box, self._home)
            undone.push_async_callback(asyncio.to_thread, discard, box)
            sandbox = await self._furnish(spec, box, undone)
            undone.push_async_callback(sandbox.close)
            try:
                await sandbox.start()
            except SandboxLost as error:
                raise SandboxUnavailable(f"bubblewrap does not work here: {error}; {INSTALL}") from error
            undone.pop_all()
        return sandbox

    def _must_exist(self) -> None:
        missing = [name for name in ("bwrap", "setpriv", "unshare", "prlimit", "ionice") if not _where(name)]
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
        return Bubble(Inside(spec, box, staging, group, files, mounts, environment), gate)

    async def sweep(self) -> int:
        left = await asyncio.to_thread(register.orphans, self._home)
        for box in left:
            await asyncio.to_thread(discard, box)
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
