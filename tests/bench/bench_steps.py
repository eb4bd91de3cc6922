"""PERFORMANCE goals 1 to 5: what a step costs the harness, with an instant model and a trivial command.

Run with `python -m tests.bench.bench_steps`. Four loops are played by processes of their own against one scripted
server in this process, 210 steps each, every step one `sh -c` whose output is about
four kilobytes, as the results of coding tools often are:

- floor: bytes kept, two fsynced SQLite commits a step, http.client; the least that a durable harness can cost
- sdk: `openai.chat.completions.create(messages=…)`, nothing stored
- maestro: the turn, the real store, the real model adapter; only the sandbox is replaced by a plain process
- killed: the same, killed with SIGKILL at step 60 and taken up by a second process

CPU is user and system time of the process with all its threads, and of the commands that it ran. Goals that name
mini-swe-agent are scaled by the sdk loop, which was measured beside it once and is measured here again.
"""

import asyncio
import itertools
import json
import os
import resource
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from bot.bounds import Budget
from bot.domain.events import Checkpointed
from bot.journal import open_journal
from bot.llm import OpenAIModel, chat
from bot.ports import Reply, Request
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Prompt, Turn, call, say
from bot.rehearsal.served import Served
from bot.store import SqlStore
from bot.tools import TOOLS
from bot.transcript import encode
from bot.turn import Desk, Log, take
from tests.benches import MemoryBench
from tests.contract.turns import Minutes
from tests.domain.people import APPROVED, ASKED_TO_IMPLEMENT, GROUNDED, OPENED, PLANNED

STEPS = 210
KILLED_AT = 60
Report = dict[str, Any]
COMMAND = "seq 1000 1800"
SDK_MS, MINI_MS = (14.0, 82.0), (33.0, 124.0)
"""Measured side by side on another day, early and at step 200: the sdk loop, and mini-swe-agent."""


# --- the loops, each in a process of its own -------------------------------------------------------------------------
def spent() -> float:
    """Seconds of CPU so far, the ended commands' included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


class Marks:
    """CPU and wall time at each request and at each answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float]] = []
        self.answered: list[tuple[float, float]] = []

    def ask(self) -> None:
        self.asked.append((spent(), time.perf_counter()))

    def answer(self) -> None:
        self.answered.append((spent(), time.perf_counter()))

    def report(self, **more: object) -> None:
        """One JSON line: CPU seconds a step, and wall seconds from an answer to the next request."""
        cpu = [later[0] - earlier[0] for earlier, later in zip(self.asked, self.asked[1:], strict=False)]
        gaps = [asked[1] - answered[1] for answered, asked in zip(self.answered, self.asked[1:], strict=False)]
        written = int(next(row.split()[1] for row in Path("/proc/self/io").read_text().splitlines() if "wchar" in row))
        status = Path("/proc/self/status").read_text().splitlines()
        rss = int(next(row.split()[1] for row in status if row.startswith("VmHWM"))) / 1024
        print(json.dumps({"cpu": cpu, "gaps": gaps, "written": written, "rss_mb": rss, **more}))


class Marked:
    """A model whose calls are noted."""

    def __init__(self, model: OpenAIModel, marks: Marks) -> None:
        self.model, self.marks, self.name = model, marks, model.name
        self.last: Request | None = None

    async def reply(self, request: Request) -> Reply:
        self.marks.ask()
        self.last = request
        reply = await self.model.reply(request)
        self.marks.answer()
        return reply


class PlainBench(MemoryBench):
    """A workbench whose commands are plain processes, and which has nothing to save."""

    async def run(self, command: str, timeout: float) -> tuple[int | None, bytes, float]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec("sh", "-c", command, stdout=pipe)
        output, _ = await process.communicate()
        return process.returncode, output, 0.0

    async def save(self) -> Checkpointed | None:
        return None

    async def recover(self) -> None: ...


async def maestro(url: str, home: Path) -> None:
    store = SqlStore(f"sqlite:///{home}/maestro.db")
    await store.migrate()
    journal = await open_journal(store, Minutes(), "s1")
    if not journal.events:
        await journal.append(OPENED, ASKED_TO_IMPLEMENT, GROUNDED, PLANNED, APPROVED)

    @asynccontextmanager
    async def bench(log: Log) -> AsyncIterator[PlainBench]:
        yield PlainBench(log, {})

    marks = Marks()
    model = Marked(OpenAIModel("scripted", key="k", base_url=f"{url}/v1"), marks)
    budget = Budget(steps=10 * STEPS, context=10**9)
    await take(journal, Desk(model, bench, store.put_blob, store.blob, lambda check, args: None, budget))
    size = sum(map(len, model.last.messages)) if model.last else 0
    marks.report(messages=size, events=len(journal.events))
    await store.close()


def loosely(create: object) -> Callable[..., Awaitable[AsyncIterator[Any]]]:
    """The SDK's `create` for messages as plain dictionaries."""
    return cast("Callable[..., Awaitable[AsyncIterator[Any]]]", create)


async def sdk(url: str, home: Path) -> None:
    import openai  # what is measured

    create = loosely(openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1").chat.completions.create)
    messages: list[dict[str, object]] = [{"role": "system", "content": "rules"}, {"role": "user", "content": "go"}]
    tools = [tool.schema for tool in TOOLS]
    marks = Marks()
    for _ in range(STEPS):
        marks.ask()
        stream = await create(model="scripted", messages=messages, tools=tools, stream=True)
        name, arguments = "", ""
        async for chunk in stream:
            for part in chunk.choices[0].delta.tool_calls or () if chunk.choices else ():
                name, arguments = part.id or name, arguments + (part.function.arguments or "")
        marks.answer()
        command = json.loads(arguments)["command"]
        process = await asyncio.create_subprocess_exec("sh", "-c", command, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        made = {"id": name, "type": "function", "function": {"name": "run", "arguments": arguments}}
        messages.append({"role": "assistant", "content": None, "tool_calls": [made]})
        messages.append({"role": "tool", "tool_call_id": name, "content": output.decode()})
    marks.report()


def floor(url: str, home: Path) -> None:
    connection = HTTPConnection(urlsplit(url).netloc)
    database = sqlite3.connect(home / "floor.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE messages (n INTEGER PRIMARY KEY, body BLOB)")
    kept = [encode({"role": "system", "content": "rules"}), encode({"role": "user", "content": "go"})]
    tools = encode([tool.schema for tool in TOOLS])
    marks = Marks()
    for _ in range(STEPS):
        marks.ask()
        body = chat.body("scripted", kept, tools, count=True)
        connection.request("POST", "/v1/chat/completions", body, {"authorization": "Bearer k"})
        made = _assembled(connection.getresponse().read())
        marks.answer()
        _keep(database, kept, {"role": "assistant", "content": None, "tool_calls": [made]})
        ran = subprocess.run(["sh", "-c", json.loads(made["function"]["arguments"])["command"]], stdout=subprocess.PIPE)
        _keep(database, kept, {"role": "tool", "tool_call_id": made["id"], "content": ran.stdout.decode()})
    marks.report()


def _assembled(stream: bytes) -> dict[str, Any]:
    """The one call of a streamed answer."""
    made: dict[str, Any] = {}
    for line in stream.split(b"\n"):
        if line.startswith(b"data: {"):
            choices = json.loads(line[6:])["choices"]
            for part in choices[0]["delta"].get("tool_calls") or () if choices else ():
                if "id" in part:
                    made = {"id": part["id"], "type": "function", "function": part["function"]}
                else:
                    made["function"]["arguments"] += part["function"]["arguments"]
    return made


def _keep(database: sqlite3.Connection, kept: list[bytes], message: dict[str, object]) -> None:
    kept.append(encode(message))
    database.execute("INSERT INTO messages (body) VALUES (?)", (kept[-1],))


# --- the server and the comparison -----------------------------------------------------------------------------------
def policy(prompt: Prompt) -> Turn:
    """The same command again and again, then the end."""
    return say("done") if prompt.turns >= STEPS else call("run", command=COMMAND)


async def played(loop: str, url: str, home: Path, kill_when: Callable[[], bool] | None = None) -> Report:
    """What a loop reported; {} when it was killed as soon as `kill_when` held."""
    command = (sys.executable, "-m", "tests.bench.bench_steps", loop, url, str(home))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    while kill_when is not None and process.returncode is None:
        await asyncio.sleep(0.001)
        if kill_when():
            os.kill(process.pid, signal.SIGKILL)
            break
    output, _ = await process.communicate()
    return dict(json.loads(output)) if output else {}


def appended_share(requests: Sequence[bytes]) -> float:
    """The share of requests that begin with all messages of the one before, byte for byte."""
    pairs = itertools.pairwise(requests)
    grown = [later.startswith(earlier.removesuffix(b"]}")) for earlier, later in pairs]
    return sum(grown) / len(grown)


async def prepared() -> tuple[float, float]:
    """CPU milliseconds to prepare a request of 400 messages, against an instant answer: by us, and by `create`."""
    import httpx2  # what is measured
    import openai

    history: list[dict[str, object]] = [{"role": "system", "content": "rules"}]
    for n in range(200):
        made = {"id": f"c{n}", "type": "function", "function": {"name": "run", "arguments": '{"command":"ls"}'}}
        history.append({"role": "assistant", "content": None, "tool_calls": [made]})
        history.append({"role": "tool", "tool_call_id": f"c{n}", "content": "x" * 1000})
    kept, tools = [encode(message) for message in history], [tool.schema for tool in TOOLS]
    answer = b'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

    async def instantly(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=answer)

    transport = httpx2.AsyncClient(transport=httpx2.MockTransport(instantly))
    client = openai.AsyncOpenAI(api_key="k", base_url="http://model/v1", http_client=transport)
    model = OpenAIModel("scripted", key="k")
    model._made = client
    create = loosely(client.chat.completions.create)

    async def ours() -> None:
        await model.reply(Request(kept, encode(tools), "s"))

    async def theirs() -> None:
        async for _ in await create(model="m", messages=history, tools=tools, stream=True):
            pass

    return await _cpu(ours), await _cpu(theirs)


async def _cpu(act: Callable[[], Awaitable[None]], times: int = 20) -> float:
    samples = []
    for _ in range(times):
        began = time.process_time()
        await act()
        samples.append((time.process_time() - began) * 1000)
    return statistics.median(samples)


def about(values: Sequence[float], step: int) -> float:
    """The median of the ten values around a step, in milliseconds."""
    return statistics.median(values[max(step - 5, 0) : step + 5]) * 1000


async def measured(home: Path) -> list[dict[str, object]]:
    server = ScriptedModel(policy)
    async with Served(server) as served:
        runs = {name: await played(name, served.url, home / name) for name in ("floor", "sdk")}
        server.asked.clear()
        runs["maestro"] = await played("maestro", served.url, home / "maestro")
        requests = server.requests
        server.asked.clear()
        await played("maestro", served.url, home / "killed", lambda: len(server.asked) >= KILLED_AT)
        await played("maestro", served.url, home / "killed")
    ours, low, theirs = runs["maestro"], runs["floor"], runs["sdk"]
    return [
        *steps(ours, low, theirs, await prepared()),
        *traffic(requests, server.requests),
        *disk(ours, home / "maestro"),
    ]


def steps(ours: Report, low: Report, theirs: Report, prepared: tuple[float, float]) -> list[dict[str, object]]:
    """Goals 1 to 3."""
    early, late = about(ours["cpu"], 10), about(ours["cpu"], 200)
    scales = [about(theirs["cpu"], n) / once for n, once in zip((10, 200), SDK_MS, strict=True)]
    beside = [f"floor {about(low['cpu'], n):.1f}, sdk {about(theirs['cpu'], n):.1f}" for n in (10, 200)]
    gaps = about(ours["gaps"], 200) / about(ours["gaps"], 10)
    growth = statistics.linear_regression(range(STEPS - 10), ours["cpu"][10:STEPS]).slope * 1e6
    mine, create = prepared
    return [
        line("1 CPU ms/step, early", early, 0.33 * MINI_MS[0] * scales[0], beside[0]),
        line("1 CPU ms/step, at 200", late, 0.12 * MINI_MS[1] * scales[1], beside[1]),
        line("1 multiple of the floor (stretch)", late / about(low["cpu"], 200), 2.5),
        line("2 gap at 200 / at 10", gaps, 1.5, f"{about(ours['gaps'], 10):.1f} ms at 10"),
        line("2 growth, µs/step", growth, 40.0),
        line("3 request preparation / create()", mine / create, 0.05, f"{mine:.2f} of {create:.1f} ms"),
    ]


def traffic(whole: Sequence[bytes], killed: Sequence[bytes]) -> list[dict[str, object]]:
    """Goal 4."""
    return [
        line("4 append-only share", appended_share(whole), 1.0, least=True),
        line("4 across kill -9 and resume", appended_share(killed), 1.0, f"{len(killed)} requests", least=True),
    ]


def disk(ours: Report, folder: Path) -> list[dict[str, object]]:
    """Goal 5."""
    size = ours["messages"]
    stored = sum(file.stat().st_size for file in folder.iterdir())
    return [
        line("5 stored / messages", stored / size, 2.0, f"{stored / 1024:.0f} KiB of {size / 1024:.0f} KiB"),
        line("5 written / messages", ours["written"] / size, 6.0),
        line("  RSS MB", ours["rss_mb"], 170.0),
    ]


def line(what: str, figure: float, goal: float, note: str = "", *, least: bool = False) -> dict[str, object]:
    good = figure >= goal if least else figure <= goal
    return {
        "what": what,
        "figure": round(figure, 3),
        "goal": round(goal, 3),
        "least": least,
        "good": good,
        "note": note,
    }


def main() -> None:
    """Print each figure with its goal, and keep them in .bench/steps.json."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("floor", "sdk", "maestro", "killed"):
            (Path(folder) / name).mkdir()
        lines = asyncio.run(measured(Path(folder)))
    for one in lines:
        goal = f"{'≥' if one['least'] else '≤'} {one['goal']}"
        print(f"{one['what']:36}{one['figure']:>9}  goal {goal:10}{'' if one['good'] else 'MISSED '}{one['note']}")
    kept = Path(".bench")
    kept.mkdir(exist_ok=True)
    (kept / "steps.json").write_text(json.dumps(lines, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["floor", url, home]:
            floor(url, Path(home))
        case [loop, url, home]:
            asyncio.run({"maestro": maestro, "sdk": sdk}[loop](url, Path(home)))
        case _:
            main()
