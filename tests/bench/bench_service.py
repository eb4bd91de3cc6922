"""Goals 6 and 7: how soon and how cheaply the real program works, as processes of its own.

- from claim to first request: sessions that wait for approval are approved one after another. The claim's time stands
  in the wake row (its lease ends LEASE seconds after it) and is read when the model server is asked.
- an idle session: 1,000 of them are put into the log as others would have left them, each due at once; the service
  takes up every one and lays it down again.
"""

import asyncio
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.types import Receive, Scope, Send

from bot.dispatch import LEASE
from bot.domain.events import Opened, Spoke
from bot.domain.refs import ConversationRef
from bot.journal import open_journal
from bot.ports import Receipt
from bot.publish import GIVEN_UP
from bot.rehearsal.model import InstantModel
from bot.rehearsal.script import call
from bot.rehearsal.served import Served
from bot.store import SqlStore
from handlers.cli.stage import Stage, until
from handlers.compose import SystemClock
from tests.bench.figures import Figure
from tests.bench.processes import at_rest, cpu_of, memory_of
from tests.domain.people import ASKED_TO_IMPLEMENT, GROUNDED, ISSUE, OPENED, PLANNED

IDLE, SAMPLES = 1_000, 10
PROGRAM = "from handlers.main import main; main()"
PLAN = call(
    "propose_plan",
    summary="Look at it.",
    steps=["look"],
    files=["**"],
    claims=[{"text": "It has a readme.", "check": "files", "args": {"exist": ["README.md"]}}],
)
ASK = call("ask", question="Which one?", options=["this", "that"])


class Watched:
    """The instant model, noting the seconds since the newest claim at each request."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.waits: list[float] = []
        self._model = InstantModel(PLAN, ASK, ASK, steps=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = datetime.now(UTC)
        if claimed := self.ask("SELECT max(leased_until) FROM wake"):
            until = datetime.fromisoformat(str(claimed)).replace(tzinfo=UTC)
            self.waits.append((now - until).total_seconds() + LEASE)
        await self._model(scope, receive, send)

    def ask(self, question: str) -> object:
        """The one value that the server's database answers."""
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(question).fetchone()[0]
        finally:
            database.close()


async def measured(folder: Path, *, quick: bool = False) -> list[Figure]:
    samples, idle = (2, 50) if quick else (SAMPLES, IDLE)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(Path.cwd())}
    (folder / "stage").mkdir()
    watched = Watched(folder / "stage" / "home" / "maestro.db")
    async with Served(watched) as served:
        model = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"{served.url}/v1", "MAESTRO_MODEL": "instant"}
        async with Stage(folder / "stage", environment, model=model) as stage:
            await stage.start()
            assert stage.server is not None
            figures = await resting(stage.server.pid, watched, idle)
            figures += await starting_work(stage, watched, samples)
            note = (
                f"at most {memory_of(stage.server.pid, 'VmHWM'):.0f} MB; a second session's worth of everything loaded"
            )
            figures.append(Figure(7, "service after sessions", memory_of(stage.server.pid), "MB", 170, note=note))
    return [*figures, *await cold(folder, environment, 1 if quick else 3)]


# --- goal 6 ----------------------------------------------------------------------------------------------------------
async def starting_work(stage: Stage, watched: Watched, samples: int) -> list[Figure]:
    """Issues planned one after another, then approved one after another."""
    repo, person, _ = await stage.sample()
    plans, approvals = [], []
    issues = [await person.opens_issue(repo, f"Thing {n}", "Please look.") for n in range(samples)]
    for issue in issues:
        plans.append(await _until_asked(watched, person.comments(issue, "/maestro implement")))
    for issue in issues:
        await _until_at_rest(watched)
        approvals.append(await _until_asked(watched, person.comments(issue, "/maestro approve r1")))
    spread = f"fastest {min(approvals) * 1e3:.0f}, slowest {max(approvals) * 1e3:.0f}; after an approval"
    clone = f"fastest {min(plans[1:]) * 1e3:.0f}; the very first {plans[0] * 1e3:.0f}: loads the SDK"
    return [
        Figure(6, "claim → first request", statistics.median(approvals) * 1e3, "ms", 50, note=spread),
        Figure(6, "the same with fetch and checkout", statistics.median(plans[1:]) * 1e3, "ms", note=clone),
    ]


async def _until_asked(watched: Watched, said: Awaitable[object]) -> float:
    """Seconds from the claim to the request that `said` led to."""
    before = len(watched.waits)
    await said

    async def asked() -> bool:
        return len(watched.waits) > before

    await until(asked, 90.0, lambda: "the model was never asked", 0.01)
    return watched.waits[before]


async def _until_at_rest(watched: Watched) -> None:
    async def resting() -> bool:
        return watched.ask("SELECT count(*) FROM wake WHERE due IS NOT NULL OR leased_until IS NOT NULL") == 0

    await until(resting, 120.0, lambda: "the sessions do not come to rest")


async def cold(folder: Path, environment: Mapping[str, str], rounds: int) -> list[Figure]:
    """Processor time until a worker waits for work, and until help stands there."""
    home = {"MAESTRO_HOME": str(folder / "worker")}
    starts = [await _worker_start({**environment, **home}, folder) for _ in range(rounds + 1)]
    helps = [_help(environment, folder) for _ in range(2 * rounds + 1)]
    told = f"{starts[0]:.2f} s with a new database; all processes that it starts are counted"
    return [
        Figure(6, "cold worker start, CPU", statistics.median(starts[1:]), "s", 2.0, note=told),
        Figure(6, "maestro --help, CPU", statistics.median(cpu for cpu, _ in helps), "s", 0.3, note=_took(helps)),
    ]


def _took(helps: Sequence[tuple[float, float]]) -> str:
    return f"on the clock: fastest {min(wall for _, wall in helps):.2f} s"


async def _worker_start(environment: Mapping[str, str], folder: Path) -> float:
    command = (sys.executable, "-c", PROGRAM, "worker")
    with (folder / "worker.log").open("ab") as log:
        worker = await asyncio.create_subprocess_exec(*command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        return await at_rest(worker.pid)
    finally:
        worker.terminate()
        await worker.wait()


def _help(environment: Mapping[str, str], folder: Path) -> tuple[float, float]:
    began = time.perf_counter()
    command = (sys.executable, "-c", PROGRAM, "--help")
    with subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL) as ran:
        _, _, used = os.wait4(ran.pid, 0)
        ran.returncode = 0
    return used.ru_utime + used.ru_stime, time.perf_counter() - began


# --- goal 7 ----------------------------------------------------------------------------------------------------------
async def resting(pid: int, watched: Watched, count: int) -> list[Figure]:
    """What `count` waiting sessions add to an empty service."""
    await at_rest(pid)
    empty, cpu = memory_of(pid), cpu_of(pid)
    async with _store(watched.database) as store:
        for number in range(count):
            await _leave_waiting(store, number)
    await _until_at_rest(watched)
    await at_rest(pid)
    after = memory_of(pid)
    note = f"{after:.0f} MB; taking one up and laying it down: {(cpu_of(pid) - cpu) / count * 1e3:.1f} ms CPU"
    return [
        Figure(7, "service at its start", empty, "MB", 170),
        Figure(7, f"{count:,} idle sessions above it", after - empty, "MB", 100, note=note),
    ]


@asynccontextmanager
async def _store(database: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(f"sqlite:///{database}")
    try:
        yield store
    finally:
        await store.close()


async def _leave_waiting(store: SqlStore, number: int) -> None:
    """A session that waits for approval, with all that it had to say said."""
    where: ConversationRef = ISSUE.model_copy(update={"key": str(100_000 + number)})
    journal = await open_journal(store, SystemClock(), f"idle{number}")
    for key in ("4", "card"):
        await store.keep_receipt(Receipt(journal.session.id, key, GIVEN_UP, "", datetime.now(UTC)))
    opened = Opened.model_validate({**OPENED.model_dump(), "place": where})
    spoke = Spoke.model_validate({**ASKED_TO_IMPLEMENT.model_dump(), "where": where})
    await journal.append(opened, spoke, GROUNDED, PLANNED)
