"""Goals 8 and 9: how many webhook deliveries a second become durable, and whether a large one is in anybody's way.

The real server (`serve` without its worker: what is measured is the acknowledgement) and Probot, an app that does
nothing and keeps nothing, stand side by side and take turns. Every delivery is signed and distinct, and several
kilobytes long, as GitHub's are. The client costs both sides the same.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.ports import Trouble
from bot.rehearsal.github import private_pem
from handlers.cli.stage import until
from tests.bench import bench_inbox
from tests.bench.client import Load, delivery, load, post
from tests.bench.figures import KEPT, Figure, Missing, Row
from tests.bench.processes import cpu_of

SECRET = b"a secret of the bench"
PROBOT = KEPT / "probot"
APP = """import { run } from "probot";
run((app) => { app.on("issue_comment.created", async () => {}); });
"""
CALLERS = {1: 600, 16: 3_000, 64: 3_000}
"""Connections, and how many deliveries they share in a round."""
ROUNDS = 7
LARGE = 25_000_000


@dataclass(slots=True)
class Side:
    """One of the two servers, and what its rounds gave."""

    port: int
    path: str
    pid: int
    loads: dict[int, list[Load]] = field(default_factory=dict)
    cpu: dict[int, list[float]] = field(default_factory=dict)

    def rate(self, callers: int) -> float:
        return statistics.median(one.rate for one in self.loads[callers])

    def slow(self, callers: int) -> float:
        """Milliseconds that 99 of 100 deliveries keep."""
        return statistics.median(one.percentile(99) for one in self.loads[callers]) * 1e3

    def cost(self, callers: int) -> float:
        """Microseconds of CPU for a delivery."""
        return statistics.median(self.cpu[callers]) * 1e6

    async def check_signatures(self) -> None:
        """Both sides must verify what they acknowledge."""
        answer = await post(self.port, delivery(self.path, b"another secret", "forged"))
        assert answer[9:10] == b"4", f"a forged delivery was taken at {self.path}: {answer[:300]!r}"

    async def round(self, callers: int, count: int, name: str) -> None:
        before = cpu_of(self.pid)
        requests = [delivery(self.path, SECRET, f"{name}-{n}") for n in range(count)]
        done = await load(self.port, requests, callers)
        assert done.refused == 0, f"{done.refused} deliveries were refused at {self.path}"
        self.loads.setdefault(callers, []).append(done)
        self.cpu.setdefault(callers, []).append((cpu_of(self.pid) - before) / count)


# --- the servers -----------------------------------------------------------------------------------------------------
@contextlib.asynccontextmanager
async def started(
    command: Sequence[str], env: Mapping[str, str], folder: Path, port: int, path: str
) -> AsyncIterator[Side]:
    with (folder / "server.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, env=env, cwd=folder, stdout=log, stderr=log)

    async def listens() -> bool:
        if process.returncode is not None:
            raise Trouble((folder / "server.log").read_text()[-2000:])
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    try:
        await until(listens, 60.0, lambda: (folder / "server.log").read_text()[-2000:])
        yield Side(port, path, process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def ours(folder: Path, port: int, mode: str) -> contextlib.AbstractAsyncContextManager[Side]:
    """`mode`: `front` acknowledges only, `whole` works on what it acknowledged too, `lag` watches its event loop."""
    (folder / mode).mkdir()
    (folder / mode / "key.pem").write_text(private_pem())
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "GITHUB_APP_ID": "1",
        "GITHUB_PRIVATE_KEY": str(folder / mode / "key.pem"),
        "GITHUB_WEBHOOK_SECRET": SECRET.decode(),
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "MAESTRO_HOME": str(folder / mode / "home"),
        "MAESTRO_PORT": str(port),
        "MAESTRO_LOG_LEVEL": "error",
    }
    command = (sys.executable, "-m", "tests.bench.ack_server", mode)
    return started(command, env, folder / mode, port, "/github/webhooks")


@contextlib.asynccontextmanager
async def probot(folder: Path, port: int) -> AsyncIterator[Side | None]:
    """None where it is not installed."""
    if not (PROBOT / "node_modules" / "probot").is_dir():
        yield None
        return
    (PROBOT / "bench.mjs").write_text(APP)
    (folder / "probot").mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "NODE_ENV": "production",
        "APP_ID": "1",
        "PRIVATE_KEY": private_pem(),
        "WEBHOOK_SECRET": SECRET.decode(),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "fatal",
    }
    command = ("node", str((PROBOT / "bench.mjs").resolve()))
    async with started(command, env, folder / "probot", port, "/api/github/webhooks") as side:
        yield side


def install_probot() -> str:
    """Install it from npm's registry; '' or why that failed."""
    if shutil.which("npm") is None:
        return "npm is not installed"
    PROBOT.mkdir(parents=True, exist_ok=True)
    if not (PROBOT / "package.json").exists():
        (PROBOT / "package.json").write_text('{"private": true}')
    asked = ("npm", "install", "--no-audit", "--no-fund", "--silent", "probot")
    done = subprocess.run(asked, cwd=PROBOT, capture_output=True, text=True, timeout=300, check=False)
    return "" if done.returncode == 0 else f"npm failed: {done.stderr[-200:]}"


# --- goal 8 ----------------------------------------------------------------------------------------------------------
async def measured(folder: Path, *, quick: bool = False, with_probot: bool = False) -> list[Row]:
    failed = install_probot() if with_probot and not (PROBOT / "node_modules" / "probot").is_dir() else ""
    rounds = 1 if quick else ROUNDS
    async with ours(folder, _port(), "front") as mine, probot(folder, _port()) as other:
        for each in filter(None, (mine, other)):
            await each.check_signatures()
        for number in range(-1, rounds):  # the first one warms up and does not count
            for callers, count in CALLERS.items():
                for side in (mine, other):
                    if side is not None:
                        await side.round(callers, count // 5 if quick else count, f"{number}-{callers}")
            if number < 0:
                for side in filter(None, (mine, other)):
                    side.loads.clear()
                    side.cpu.clear()
        rows: list[Row] = [*(compared(mine, other, n) for n in CALLERS), slowest(mine, other)]
    if other is None:
        rows.append(Missing(8, failed or "Probot is not installed: --with-probot installs it from npm"))
    rows += [] if quick else await working(folder)
    found = await bench_inbox.measure(64, 0.005, 2 if quick else 8)
    told = f"{found.grouped:,.0f} against {found.single:,.0f} deliveries/s with 5 ms in each commit"
    floor = Figure(8, "bare SQLite commits, one after another", commits(folder), "/s", note="the most that 1 can reach")
    return [*rows, floor, Figure(8, "group commit / one commit each", found.ratio, "×", bench_inbox.GOAL, True, told)]


def compared(mine: Side, other: Side | None, callers: int) -> Figure:
    told = f"ours {mine.rate(callers):,.0f}/s, {mine.cost(callers):.0f} µs CPU each"
    if other is None:
        return Figure(8, f"durable acknowledgements at {callers}", mine.rate(callers), "/s", note=told)
    told += f"; Probot {other.rate(callers):,.0f}/s, {other.cost(callers):.0f} µs"
    goal = 0.5 if callers == 1 else 0.9
    # Pairs of neighbouring rounds: what troubles the machine troubles both.
    pairs = zip(mine.loads[callers], other.loads[callers], strict=True)
    ratio = statistics.median(one.rate / two.rate for one, two in pairs)
    return Figure(8, f"durable acknowledgements at {callers} / Probot", ratio, "×", goal, True, told)


def slowest(mine: Side, other: Side | None) -> Figure:
    if other is None:
        return Figure(8, "p99 at 64", mine.slow(64), "ms")
    told = f"ours {mine.slow(64):.0f} ms, Probot {other.slow(64):.0f} ms"
    return Figure(8, "p99 at 64 / Probot", mine.slow(64) / other.slow(64), "×", 1.0, note=told)


def commits(folder: Path, count: int = 500) -> float:
    """Durable commits a second of one small row each, with nothing around them: what the disk allows."""
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for pragma in ("page_size=1024", "journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)")
    took = []
    for _ in range(count):
        began = time.perf_counter()
        database.execute("INSERT INTO rows (body) VALUES (?)", ("x" * 1500,))
        took.append(time.perf_counter() - began)
    database.close()
    return 1 / statistics.median(took)


async def working(folder: Path) -> list[Figure]:
    """The same while the process also hears what it acknowledged."""
    async with ours(folder, _port(), "whole") as side:
        for number in range(-1, 3):
            await side.round(64, 1_000, f"whole{number}")
    return [Figure(8, "the same at 64 with the worker beside it", side.rate(64), "/s", note="all in one process")]


# --- goal 9 ----------------------------------------------------------------------------------------------------------
async def large(folder: Path, *, quick: bool = False) -> list[Figure]:
    """The longest pause of the event loop while 25 MB arrive, in the calmest of several rounds: what blocks it shows
    in every round, the machine's noise does not."""
    pauses, idle = [], []
    async with ours(folder, _port(), "lag") as side:
        for number in range(3 if quick else 12):
            request = delivery(side.path, SECRET, f"large{number}", LARGE)
            await _lag(side.port)
            await asyncio.sleep(0.5)
            idle.append(await _lag(side.port))
            answer = await post(side.port, request)
            assert b" 202 " in answer.partition(b"\r\n")[0], answer[:300]
            pauses.append(await _lag(side.port))
    told = f"calmest of {len(pauses)}; median {statistics.median(pauses):.0f} ms; idle {statistics.median(idle):.0f} ms"
    return [Figure(9, "longest pause under a 25 MB delivery", min(pauses), "ms", 20, note=told)]


async def _lag(port: int) -> float:
    """The longest pause in milliseconds since it was last asked for."""
    answer = await post(port, b"GET /lag HTTP/1.1\r\nhost: bench\r\n\r\n")
    return float(json.loads(answer.partition(b"\r\n\r\n")[2])["longest"])


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
