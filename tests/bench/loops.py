"""The loops that goal 1 compares, each a process of its own: `python -m tests.bench.loops floor|sdk|maestro URL HOME`.

- floor: bytes kept, two fsynced SQLite commits a step, http.client; the least that a durable harness can cost
- sdk: `openai.chat.completions.create(messages=…)`, nothing stored
- maestro: the turn, the real store, the real model adapter; only the sandbox is replaced by a plain process
"""

import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
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
from bot.store import SqlStore
from bot.tools import TOOLS
from bot.transcript import encode
from bot.turn import Desk, Log, take
from handlers.cli.loading import wait_without_threads
from tests.benches import MemoryBench
from tests.contract.turns import Minutes
from tests.domain.people import APPROVED, ASKED_TO_IMPLEMENT, GROUNDED, OPENED, PLANNED

STEPS = 210
Report = dict[str, Any]
COMMAND = "seq 1000 1800"


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


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["floor", url, home]:
            floor(url, Path(home))
        case [loop, url, home]:
            wait_without_threads()
            asyncio.run({"maestro": maestro, "sdk": sdk}[loop](url, Path(home)))
