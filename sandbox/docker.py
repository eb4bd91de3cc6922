"""The docker backend: one hardened container per session, without network, whose first process starts the commands.

That process is `sandbox.supervisor`, run by the image's own Python; after each command the kernel ends every process
but it. In an image without Python commands go by the engine's `exec` (see `sandbox.execs`), which is twenty times
slower and carries nothing from one shell script to the next. Files in HOME and /tmp live as long as the container. A
container opened with a network has a writable root, for set-up: `seal` keeps it as an image, and HOME with it.
"""

import asyncio
import contextlib
import io
import os
import socket
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sandbox import egress, policy, register, rootfs, seccomp
from sandbox.api import (
    WORKSPACE,
    Capability,
    Limits,
    Mount,
    SandboxError,
    SandboxLost,
    SandboxUnavailable,
    Spec,
)
from sandbox.channel import FOLDER, INSIDE, NAME, PROGRAM, Doorstep
from sandbox.container import IDLE, SEALED, Container

if TYPE_CHECKING:
    from docker.models.containers import Container as Engine

P = ParamSpec("P")
T = TypeVar("T")

SOCKET = "unix:///var/run/docker.sock"
BEGIN = f"""
for python in /usr/local/bin/python3 /usr/bin/python3 /bin/python3; do
    [ -x $python ] && exec $python -I -S {INSIDE} {FOLDER}/{NAME}
done
while :; do {IDLE}; done
"""
"""The first process of a container. Only programs of the image itself: what set-up made is anybody's."""

OWNER, HOME_LABEL = "maestro.owner", "maestro.home"
INSTALL = "install a Docker engine (apt-get install docker.io) and let this user reach its socket"


class Docker:
    """Makes containers; see `sandbox.api.Backend`.

    `home` is where the proxies' sockets lie; `image` is used when a Spec names none; `engine` is the engine's address;
    `runtime` one that the engine knows (`runsc`); `authorities` and `reachable` as for `Bubblewrap`. The engine must
    run on this host: work trees are bound into containers.
    """

    name = "docker"

    def __init__(
        self,
        home: Path,
        *,
        image: str | None = None,
        engine: str = SOCKET,
        runtime: str | None = None,
        authorities: Path | None = None,
        reachable: Sequence[str] = (),
        resolve: egress.Resolve = egress.resolve,
    ) -> None:
        self._home = home / "docker"
        self._image, self._engine, self._runtime = image, engine, runtime
        self._door = egress.Door(authorities or egress.system_authorities(), tuple(reachable), resolve)
        self._threads = ThreadPoolExecutor(512, thread_name_prefix="docker")
        self._client: Any = None

    async def open(self, spec: Spec) -> Container:
        image = spec.image or self._image
        if image is None:
            raise SandboxUnavailable("no image for the docker sandbox: set MAESTRO_SANDBOX_IMAGE")
        async with contextlib.AsyncExitStack() as undone:
            box = await asyncio.to_thread(register.new_box, self._home)
            undone.push_async_callback(asyncio.to_thread, register.remove, box)
            sandbox = await self._furnish(spec, image, box, undone)
            undone.push_async_callback(sandbox.close)
            try:
                await sandbox.prepare()
            except SandboxLost as error:
                raise SandboxUnavailable(f"the image {image} does not run: {error}") from error
            undone.pop_all()
        return sandbox

    async def _furnish(self, spec: Spec, image: str, box: Path, undone: contextlib.AsyncExitStack) -> Container:
        uid = policy.uid_of(spec.session)
        inside = os.getuid() if uid is None else uid
        mounts = (Mount(spec.workspace, WORKSPACE, spec.writable), *_identity(box, inside), *spec.mounts)
        for mount in mounts:
            if mount.writable:
                policy.own_top(mount.source, uid)
        for name in ("egress", "channel"):
            (box / name).mkdir(mode=0o700)
            policy.own_top(box / name, uid)
        doorstep = Doorstep(box / "channel", uid)
        undone.callback(doorstep.close)
        mounts = (*mounts, Mount(box / "channel", FOLDER), Mount(PROGRAM, INSIDE))
        gate = None
        settings: dict[str, str] = {}
        if spec.network:
            gate, shown, settings = await self._door.open(spec.network, box / "egress", uid)
            undone.push_async_callback(gate.close)
            mounts = (*mounts, *shown)
        engine = await self._call(self._start, spec, image, inside, mounts, settings)
        return Container(self._call, engine, spec, inside, box, gate, doorstep)

    async def _call(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The engine's library blocks: run it on a thread. Its errors become ours."""
        work = partial(_translated, partial(act, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _connect(self) -> Any:
        if self._client is None:
            import docker  # slow to import, and needed by this backend alone

            try:
                _knock(self._engine)
                self._client = docker.DockerClient(base_url=self._engine, max_pool_size=64)
                self._client.ping()
            except (docker.errors.DockerException, OSError) as error:
                self._client = None
                raise SandboxUnavailable(f"no Docker engine answers at {self._engine}: {INSTALL}") from error
        return self._client

    def _start(
        self, spec: Spec, image: str, uid: int, mounts: Sequence[Mount], settings: Mapping[str, str]
    ) -> "Engine":
        client = self._connect()
        found = _image(client, image)
        sealed = SEALED in (found.labels or {})
        keeps_home = sealed or bool(spec.network) or any(mount.target == policy.HOME for mount in mounts)
        path = next((each[5:] for each in found.attrs["Config"].get("Env") or () if each.startswith("PATH=")), "")
        more = {"XDG_CACHE_HOME": "/tmp/.cache"} if sealed else {}  # noqa: S108 - inside; HOME can't be written there
        environment = policy.environment([], {"PATH": path} if path else {}, more, settings, spec.env)
        engine: Engine = client.containers.create(
            found.id,
            labels={OWNER: register.identity(os.getpid()) or "", HOME_LABEL: policy.digest(str(self._home))},
            environment=environment,
            runtime=self._runtime,
            read_only=not spec.network,
            mounts=_mounts(mounts),
            tmpfs=_scratch(spec.limits, uid, with_home=not keeps_home),
            **_hardening(spec.limits, uid),
        )
        with contextlib.ExitStack() as undone:
            undone.callback(engine.remove, force=True)
            engine.start()
            if spec.network and not any(mount.target == policy.HOME for mount in mounts):
                engine.put_archive("/", _home_archive(uid))
            undone.pop_all()
        return engine

    async def sweep(self) -> int:
        left = await asyncio.to_thread(register.orphans, self._home)
        for box in left:
            await asyncio.to_thread(register.remove, box)
        try:
            return max(len(left), await self._call(self._remove_orphans))
        except SandboxUnavailable:
            return len(left)  # without an engine there are no containers

    def _remove_orphans(self) -> int:
        ours = {"label": f"{HOME_LABEL}={policy.digest(str(self._home))}"}
        found = self._connect().containers.list(all=True, filters=ours)
        left = [each for each in found if not register.is_alive(each.labels.get(OWNER, ""))]
        for engine in left:
            engine.remove(force=True)
        return len(left)

    def environment(self, spec: Spec) -> tuple[str, str]:
        """Asks the engine for the image's id: blocks for a few milliseconds."""
        image = spec.image or self._image or ""
        number = _translated(lambda: _image(self._connect(), image).id)
        limits = policy.limits_key(spec.limits)
        return image, policy.digest("docker", number, self._runtime, limits, policy.mounts_key(spec.mounts))

    async def capabilities(self) -> tuple[Capability, ...]:
        try:
            facts = await self._call(lambda: self._connect().info())
        except SandboxUnavailable as error:
            return (Capability("docker engine", False, str(error), advice=INSTALL),)
        runtimes = sorted(facts.get("Runtimes") or {})
        limited = bool(facts.get("MemoryLimit")) and bool(facts.get("PidsLimit"))
        wanted = self._runtime or "runsc"
        return (
            Capability("docker engine", True, f"{facts.get('ServerVersion')}, {facts.get('Driver')}"),
            Capability("docker limits", limited, "memory and processes" if limited else "control groups are missing"),
            Capability(
                "docker runtime",
                wanted in runtimes,
                ", ".join(runtimes),
                needed=self._runtime is not None,
                advice=f"{wanted} is not installed; it would add a second kernel between code and host",
            ),
            await self._image_capability(),
            await self._channel_capability(),
        )

    async def _image_capability(self) -> Capability:
        if self._image is None:
            return Capability("docker image", False, "none set", advice="set MAESTRO_SANDBOX_IMAGE")
        try:
            found = await self._call(lambda: _image(self._connect(), str(self._image)))
        except SandboxError as error:
            return Capability("docker image", False, str(error), advice=f"docker pull {self._image}")
        return Capability("docker image", True, f"{self._image} ({found.short_id})")

    async def _channel_capability(self) -> Capability:
        """Open a sandbox and see who takes commands in it."""
        name = "docker sandbox"
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            try:
                sandbox = await self.open(Spec("doctor", Path(folder)))
            except SandboxError as error:
                return Capability(name, False, str(error), advice=INSTALL)
            await sandbox.close()
        if sandbox.has_channel:
            return Capability(name, True, "opens; its first process takes commands")
        advice = "an image with python3 makes commands twenty times faster, and lets them share directory and variables"
        return Capability(name, False, "opens; the engine's exec takes commands", needed=False, advice=advice)

    async def close(self) -> None:
        """Let go of the engine. Sandboxes must have been closed before."""
        if self._client is not None:
            await self._call(self._client.close)
        self._threads.shutdown(wait=False)


def _knock(engine: str) -> None:
    """Raise OSError when nobody listens at a UNIX socket: the library would leave its own attempt lying about."""
    if engine.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(engine.removeprefix("unix://"))


def _translated(act: Callable[[], T]) -> T:
    import docker  # see Docker._connect
    import requests

    try:
        return act()
    except docker.errors.ImageNotFound as error:
        raise SandboxUnavailable(f"the engine has no such image: {error.explanation or error}") from error
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise SandboxLost(f"the Docker engine says: {error}") from error


def _image(client: Any, name: str) -> Any:
    return client.images.get(name)


def _identity(box: Path, uid: int) -> tuple[Mount, ...]:
    """A passwd and a group file in which the session's uid has a name."""
    mounts = []
    for name in ("passwd", "group"):
        file = box / name
        file.write_text(rootfs.ETC[name].replace(str(rootfs.UID), str(uid)))
        file.chmod(0o644)
        mounts.append(Mount(file, f"/etc/{name}"))
    return tuple(mounts)


def _mounts(mounts: Sequence[Mount]) -> list[Any]:
    from docker.types import Mount as EngineMount  # see Docker._connect

    ordered = sorted(dict.fromkeys(mounts), key=lambda each: each.target.count("/"))
    return [
        EngineMount(each.target, str(each.source.resolve()), type="bind", read_only=not each.writable)
        for each in ordered
    ]


def _scratch(limits: Limits, uid: int, *, with_home: bool) -> dict[str, str]:
    """Directories in memory; what lies in them counts against the memory limit too."""
    options = f"rw,exec,nosuid,nodev,uid={uid},gid={uid},mode=0700,nr_inodes={limits.files}"
    size = min(limits.disk, limits.memory // 2)
    places = {"/tmp": size, "/var/tmp": size // 4, "/run": size // 16}  # noqa: S108 - inside
    if with_home:
        places[policy.HOME] = size
    return {place: f"{options},size={amount}" for place, amount in places.items()}


def _hardening(limits: Limits, uid: int) -> dict[str, Any]:
    from docker.types import LogConfig, Ulimit  # see Docker._connect

    return {
        "entrypoint": ["sh", "-c", BEGIN],
        "command": [],
        "user": f"{uid}:{uid}",
        "working_dir": WORKSPACE,
        "hostname": "maestro",
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges", f"seccomp={seccomp.profile()}"],
        "pids_limit": limits.pids,
        "mem_limit": limits.memory,
        "memswap_limit": limits.memory,
        "nano_cpus": int(limits.cpus * 1e9),
        "cpu_shares": 128,
        "oom_score_adj": 900,
        "shm_size": min(limits.memory // 4, 1024**3),
        "ulimits": [Ulimit(name="core", soft=0, hard=0), Ulimit(name="fsize", soft=limits.disk, hard=limits.disk)],
        "log_config": LogConfig(type="none"),
        "healthcheck": {"test": ["NONE"]},
    }


def _home_archive(uid: int) -> bytes:
    """A tar with an empty home directory for the session."""
    home = tarfile.TarInfo(policy.HOME.lstrip("/"))
    home.type, home.mode, home.uid, home.gid = tarfile.DIRTYPE, 0o700, uid, uid
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(home)
    return data.getvalue()
