"""Both sandbox backends for tests, with a Docker engine of our own where none answers, and an image made of files of
this machine, since no registry is asked for one."""

import atexit
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import docker
import pytest

from sandbox.api import Backend, Limits, Mount, Sandbox, Spec
from sandbox.bubblewrap import Bubblewrap
from sandbox.docker import Docker

BACKENDS = ("bubblewrap", "docker")
SMALL = Limits(memory=256 * 1024**2, pids=64, disk=64 * 1024**2, files=2_000, output=64 * 1024, cpus=1.0)

PROGRAMS = (
    "sh bash env true false cat ls id echo sleep timeout touch mkdir rm ln cp mv head tail yes seq dd truncate grep "
    "setsid mkfifo chmod stat readlink date tr wc perl python3 mknod sort"
)
TREES = ("/usr/lib/python3.11", "/usr/lib/x86_64-linux-gnu/perl-base")
LEFT_OUT = {"__pycache__", "test", "tests", "idlelib", "lib2to3", "dist-packages", "config-3.11-x86_64-linux-gnu"}


STARTED = ExitStack()
"""What was started here and must be ended. A worker of the tests leaves without `atexit`: conftest closes it there."""
atexit.register(STARTED.close)


@dataclass(frozen=True)
class Engine:
    """A Docker engine's address and an image in it."""

    address: str
    image: str


@cache
def engine() -> Engine | str:
    """An engine with an image, or the reason why there is none. Ours is stopped when the tests end."""
    address = "unix:///var/run/docker.sock"
    if not _answers(address):
        if os.geteuid() != 0 or shutil.which("dockerd") is None:
            return "no Docker engine answers, and none can be started here (needs root and dockerd)"
        address = _start()
    if not _answers(address):
        return "the Docker engine started for the tests does not answer"
    return Engine(address, _image(address))


def _answers(address: str) -> bool:
    place = address.removeprefix("unix://")
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(place) == 0


def _start() -> str:
    folder = Path(tempfile.mkdtemp(prefix="maestro-dockerd-"))
    address = f"unix://{folder}/docker.sock"
    arguments = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--data-root", f"{folder}/data"]
    arguments += ["--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid", "-H", address]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(["dockerd", *arguments], stdout=log, stderr=log)
    log.close()
    STARTED.callback(_stop, process, folder)
    for _ in range(100):
        if _answers(address) or process.poll() is not None:
            break
        time.sleep(0.1)
    return address


def _stop(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    process.terminate()
    process.wait(timeout=20)
    shutil.rmtree(folder, ignore_errors=True)


def _image(address: str) -> str:
    return _import(address, "maestro-test", PROGRAMS.split(), TREES)


@cache
def plain_image(engine: Engine) -> str:
    """An image in which there is no interpreter but the shell."""
    wanted = [each for each in PROGRAMS.split() if each not in ("python3", "perl", "bash")]
    return _import(engine.address, "maestro-plain", wanted, ())


def _import(address: str, name: str, programs: Sequence[str], trees: Sequence[str]) -> str:
    client = docker.DockerClient(base_url=address)
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        _pack(file.name, programs, trees)
        client.api.import_image_from_file(file.name, repository=name, tag="latest")
    client.close()
    return f"{name}:latest"


def _pack(name: str, programs: Sequence[str], trees: Sequence[str]) -> None:
    """A root made of this machine's programs, the libraries they need, and their own trees."""
    files = {found for each in programs if (found := shutil.which(each, path="/usr/bin:/bin"))}
    extensions = [str(path) for path in Path("/usr/lib/python3.11/lib-dynload").glob("*.so") if trees]
    files |= _libraries([*files, *extensions])
    with tarfile.open(name, "w") as archive:
        for link in ("bin", "sbin", "lib", "lib64"):
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, f"usr/{link}"
            archive.addfile(entry)
        archive.dereference = True
        for file in sorted(files):
            archive.add(file, "usr" + file if not file.startswith("/usr") else file)
        for tree in trees:
            if Path(tree).is_dir():
                archive.add(tree, filter=lambda each: None if LEFT_OUT & set(Path(each.name).parts[3:]) else each)
        folder = tarfile.TarInfo("etc")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)


def _libraries(programs: Sequence[str]) -> set[str]:
    said = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    paths = [word for line in said.splitlines() for word in line.split() if word.startswith("/") and word[-1] != ":"]
    return {path for path in paths if Path(path).exists()}


@asynccontextmanager
async def backend(name: str, home: Path, **options: object) -> AsyncIterator[Backend]:
    """One backend by name; the test is skipped, with the reason, where it can't be had."""
    if name == "bubblewrap":
        if shutil.which("bwrap") is None:
            pytest.skip("bubblewrap is not installed")
        yield Bubblewrap(home, **options)  # type: ignore[arg-type]
        return
    found = engine()
    if isinstance(found, str):
        pytest.skip(found)
    chosen = {"image": found.image, "engine": found.address} | options
    made = Docker(home, **chosen)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.close()


def settings_for(name: str) -> dict[str, str]:
    """The settings of a server that is to use this backend; the test is skipped where it can't be had."""
    if name == "bubblewrap":
        return {"MAESTRO_SANDBOX": name}
    found = engine()
    if isinstance(found, str):
        pytest.skip(found)
    return {"MAESTRO_SANDBOX": name, "DOCKER_HOST": found.address, "MAESTRO_SANDBOX_IMAGE": found.image}


@asynccontextmanager
async def opened(backend: Backend, workspace: Path, **wishes: object) -> AsyncIterator[Sandbox]:
    """A sandbox that is closed again. `wishes` are fields of its Spec; limits are small by default."""
    workspace.mkdir(exist_ok=True)
    spec = Spec(**{"session": "s1", "workspace": workspace, "limits": SMALL, **wishes})  # type: ignore[arg-type]
    sandbox = await backend.open(spec)
    try:
        yield sandbox
    finally:
        await sandbox.close()


async def sh(sandbox: Sandbox, script: str, timeout: float = 20.0) -> tuple[int | None, str]:
    """Exit code and output of a shell script."""
    ran = await sandbox.run(["sh", "-c", script], timeout=timeout)
    return ran.exit_code, ran.output.decode(errors="replace")


__all__ = ["BACKENDS", "SMALL", "Engine", "Mount", "backend", "engine", "opened", "plain_image", "sh"]
