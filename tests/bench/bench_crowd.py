"""Goal 13: 100 sessions at once on an instant model: nobody starves, and none is dear to keep.

The whole program runs in a process of its own, on 100 small local repositories whose rules ask for no approval, so
that one message leads to a branch. The model answers from this process.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from bot.codehost import LocalHost
from bot.domain.refs import ConversationRef, RepoRef, SurfaceName, session_id
from bot.domain.session import fold
from bot.domain.work import Outcome
from bot.ports import Repository, Sent
from bot.rehearsal.model import InstantModel
from bot.rehearsal.script import call
from bot.rehearsal.served import Served
from bot.speech.post import Post
from handlers.compose import House, SystemClock, furnish
from handlers.settings import Settings
from handlers.terminal import hear, place
from sandbox.api import Remote
from tests.bench.figures import Figure
from tests.bench.processes import memory_of
from tests.contract.repositories import git

CROWD, STEPS = 100, 4
PLAN = call(
    "propose_plan",
    summary="Take notes.",
    steps=["write"],
    files=["notes.txt"],
    claims=[{"text": "There are notes.", "check": "files", "args": {"exist": ["notes.txt"]}}],
)
STEP = call("run", command="seq 1000 1800; echo more >> notes.txt")
FINISH = call("finish", title="Take notes", summary="More notes.")


async def measured(folder: Path, *, quick: bool = False) -> list[Figure]:
    count = 4 if quick else CROWD
    async with Served(InstantModel(PLAN, STEP, FINISH, STEPS)) as served:
        command = (sys.executable, "-m", "tests.bench.bench_crowd", served.url, str(folder), str(count))
        child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        out, _ = await child.communicate()
    told = json.loads(out)
    took: list[float] = told["took"]
    slowest, median = max(took), statistics.median(took)
    times = f"{slowest:.1f} s, median {median:.1f} s; {told['done']} of {count} done, {STEPS + 2} steps each"
    memory = (told["peak"] - told["before"]) / count
    sizes = f"{told['before']:.0f} MB before, at most {told['peak']:.0f} MB"
    return [
        Figure(13, f"{count} at once: slowest / median", slowest / median, "×", 2.0, note=times),
        Figure(13, "memory of a running session", memory, "MB", 10, note=sizes),
        Figure(13, "CPU of the program a session", told["cpu"] / count, "s", note="sandboxes and git apart"),
    ]


class Farm(LocalHost):
    """Many local repositories as one host: each is a folder by its name."""

    async def repository(self, repo: RepoRef) -> Repository:
        return await LocalHost(self.path / repo.name).repository(repo)

    async def remote(self, repo: RepoRef, *, push: bool = False) -> Remote:
        return await LocalHost(self.path / repo.name).remote(repo, push=push)


class Silent:
    """A surface where nobody is."""

    name = SurfaceName.TERMINAL.value

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent:
        return Sent(remote=post.key)

    async def edit(self, where: ConversationRef, remote: str, post: Post, marker: str) -> None: ...

    async def find(self, where: ConversationRef, marker: str) -> Sent | None:
        return None

    async def acknowledge(self, where: ConversationRef, target: str) -> None: ...


# --- the program, in a process of its own ----------------------------------------------------------------------------
async def play(url: str, folder: Path, count: int) -> None:
    """Print seconds of each session, megabytes before and at most, and seconds of CPU, as JSON."""
    repos = await asyncio.to_thread(plant, folder / "farm", count + 1)
    chosen = Settings.model_validate(
        {
            "openai_base_url": f"{url}/v1",
            "maestro_model": "instant",
            "maestro_home": folder / "home",
            "maestro_concurrency": min(count + 1, 256),
        }
    )
    hosts, surfaces = {SurfaceName.TERMINAL: Farm(folder / "farm")}, {SurfaceName.TERMINAL: Silent()}
    async with furnish(chosen, hosts=hosts, surfaces=surfaces) as house:
        work = asyncio.create_task(house.work())
        await _all_done(house, [await _ask(house, repos[0])], [])
        before, cpu, peaks = memory_of(os.getpid()), time.process_time(), list[float]()
        asked = [await _ask(house, repo) for repo in repos[1:]]
        await _all_done(house, asked, peaks)
        took, done = await _took(house, asked)
        peak, cpu = max(peaks), time.process_time() - cpu
        print(json.dumps({"took": took, "done": done, "before": before, "peak": peak, "cpu": cpu}))
        work.cancel()
        await asyncio.wait([work])


def plant(folder: Path, count: int) -> list[RepoRef]:
    first = folder / "r0"
    first.mkdir(parents=True)
    git("init", "-q", "-b", "main", first)
    (first / ".maestro.yml").write_text("version: 1\napproval: none\n")
    (first / "README.md").write_text("# Notes\n")
    git("-C", first, "add", "-A")
    git("-C", first, "commit", "-q", "-m", "Begin")
    for number in range(1, count):
        subprocess.run(["cp", "-r", first, folder / f"r{number}"], check=True)
    return [LocalHost(folder / f"r{number}").ref for number in range(count)]


async def _ask(house: House, repo: RepoRef) -> str:
    """Ask for the work; the session's id."""
    now = SystemClock().now()
    where = place(repo, now)
    await house.store.receive("bench", hear("implement", where, now + timedelta(microseconds=1), "Take notes"))
    house.engine.signal()
    return session_id(where)


async def _all_done(house: House, asked: list[str], peaks: list[float]) -> None:
    wanted = set(asked)
    while wanted:
        peaks.append(memory_of(os.getpid()))
        await asyncio.sleep(0.1)
        wanted -= {row.id for row in await house.store.sessions(1_000) if row.outcome is not None}


async def _took(house: House, asked: list[str]) -> tuple[list[float], int]:
    """Seconds from the first event of each session to its last, and how many came to their end."""
    logs = [(name, await house.store.events(name)) for name in asked]
    done = sum(fold(name, events).outcome is Outcome.DONE for name, events in logs)
    return [(events[-1].at - events[0].at).total_seconds() for _, events in logs], done


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
