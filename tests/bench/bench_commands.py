"""Goal 11: what a command costs in an open sandbox, against the plain tool that would start one for it."""

import asyncio
import shutil
import statistics
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from sandbox.api import Backend, Sandbox, SandboxUnavailable, Spec
from sandbox.bubblewrap import Bubblewrap
from sandbox.docker import Docker
from tests.bench.figures import Figure, Missing, Row
from tests.contract.sandboxes import Engine, engine

ROUNDS = 40
COMMAND = ("sh", "-c", "echo done")
PLAIN = (
    *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr"),
    *("--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
    *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--", *COMMAND),
)


async def measured(folder: Path, *, quick: bool = False) -> list[Row]:
    rounds = 5 if quick else ROUNDS
    rows: list[Row] = []
    if shutil.which("bwrap") is None:
        rows.append(Missing(11, "bubblewrap is not installed"))
    else:
        rows.append(await embedded(folder / "bubblewrap", rounds))
    found = "left out by --quick" if quick else await asyncio.to_thread(engine)
    return [*rows, Missing(11, found) if isinstance(found, str) else await contained(folder / "docker", found, rounds)]


async def embedded(home: Path, rounds: int) -> Row:
    async def plain() -> None:
        await _ran(PLAIN)

    ours = await _both(Bubblewrap(home), home, plain, rounds)
    return ours if isinstance(ours, Missing) else _row("embedded / plain bwrap", ours, 2.0, "bwrap")


async def contained(home: Path, found: Engine, rounds: int) -> Row:
    docker = ("docker", "-H", found.address)
    loop = ("sh", "-c", "while :; do sleep 3600; done")
    started = await _ran((*docker, "run", "-d", "--rm", "--network", "none", found.image, *loop))
    name = started.decode().strip()

    async def plain() -> None:
        await _ran((*docker, "exec", name, *COMMAND))

    backend = Docker(home, image=found.image, engine=found.address)
    try:
        ours = await _both(backend, home, plain, rounds)
    finally:
        await backend.close()
        await _ran((*docker, "kill", name))
    return ours if isinstance(ours, Missing) else _row("docker / docker exec", ours, 0.2, "docker exec")


Times = list[tuple[float, float]]


def _row(what: str, times: Times, goal: float, other: str) -> Figure:
    mine, theirs = (statistics.median(side) * 1e3 for side in zip(*times, strict=True))
    told = f"ours {mine:.1f} ms, {other} {theirs:.1f} ms"
    return Figure(11, f"a command: {what}", statistics.median(a / b for a, b in times), "×", goal, note=told)


async def _both(backend: Backend, home: Path, plain: Callable[[], Awaitable[None]], rounds: int) -> Times | Missing:
    """Seconds of each round: in an open sandbox, and by the plain tool."""
    workspace = home / "work"
    workspace.mkdir(parents=True)
    workspace.chmod(0o777)
    try:
        sandbox = await backend.open(Spec("bench", workspace))
    except SandboxUnavailable as missing:
        return Missing(11, str(missing))
    try:
        return [(await _timed(lambda: _inside(sandbox)), await _timed(plain)) for _ in range(rounds + 1)][1:]
    finally:
        await sandbox.close()


async def _inside(sandbox: Sandbox) -> None:
    ran = await sandbox.run(COMMAND, timeout=20)
    assert ran.output == b"done\n", ran


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


async def _ran(command: Sequence[str]) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0, command
    return out
