"""Where conversations are played: the embedded GitHub, a scripted model, and the program itself, over real HTTP.

async with theatre(tmp_path, script) as play:
    ada = play.ada
    issue = await ada.opens_issue(play.repo, "Rounding is wrong", "It rounds down.")
    await ada.comments(issue, "/maestro implement")
    await play.settled()
    assert play.thread(issue) == [...]
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import JsonValue

from bot.codehost import GitHubHost, Pace
from bot.domain.following import Patience, next_turn
from bot.domain.session import ACTIVE, Session
from bot.journal import Journal
from bot.rehearsal.github import GitHub, Issue, Person, Repo, World, private_pem
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.play import PLAY, make_sample
from bot.rehearsal.script import Policy
from bot.rehearsal.served import Served
from handlers.cli.serve import front
from handlers.compose import Fittings, House, SystemClock, furnish, github_host, machine
from handlers.settings import Settings
from sandbox import toolchains
from sandbox.bubblewrap import Bubblewrap
from sandbox.toolchains import Toolchain

CALCULATOR: Mapping[str, str] = {
    "calc.py": "def half(n):\n    return n // 2\n",
    "tests/__init__.py": "",
    "tests/test_calc.py": (
        "import unittest\n\nfrom calc import half\n\n\nclass HalfTest(unittest.TestCase):\n"
        "    def test_four(self):\n        self.assertEqual(half(4), 2)\n"
    ),
}

QUICK = Patience(review=0.8, ci=0.4)
"""Long enough for the deliveries of one review."""

FOUND: list[tuple[Toolchain, ...]] = []


def unhurried(settings: Settings) -> GitHubHost | None:
    """GitHub, with its limits for writes on a clock on which an hour passes between any two looks."""
    return github_host(settings, lambda: Pace(itertools.count(0, 3600).__next__))


async def offered() -> tuple[Toolchain, ...]:
    """This machine's toolchains, asked for once: every theatre stands on the same machine."""
    if not FOUND:
        FOUND.append(await toolchains.find(machine().path, machine().home))
    return FOUND[0]


@dataclass(slots=True)
class Theatre:
    """One stage with its house. `ada` may write, `bob` may read, `eve` is nobody here."""

    world: World
    model: ScriptedModel
    house: House
    site: str
    repo: Repo
    _journals: dict[str, Journal] = field(default_factory=dict)

    @property
    def ada(self) -> Person:
        return self.world.person("ada", permission="write")

    @property
    def bob(self) -> Person:
        return self.world.person("bob", permission="read")

    @property
    def eve(self) -> Person:
        return self.world.person("eve")

    async def api(self, path: str) -> dict[str, JsonValue]:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.site}{path}")
            answer.raise_for_status()
            value: dict[str, JsonValue] = answer.json()
            return value

    async def state(self) -> dict[str, JsonValue]:
        """The newest session as programs see it."""
        rows = await self.house.store.sessions()
        return await self.api(f"/api/sessions/{rows[0].id}")

    async def sessions(self) -> list[Session]:
        """Each as it is now. Only news are read and folded, since this is asked many times a second."""
        rows = await self.house.store.sessions()
        for row in rows:
            journal = self._journals.setdefault(row.id, Journal(self.house.store, SystemClock(), row.id))
            await journal.refresh()
        return [self._journals[row.id].session for row in rows]

    async def settled(self, seconds: float = 60.0) -> None:
        """Wait until everything that was heard has been worked on and said."""
        quiet, end = 0, asyncio.get_running_loop().time() + seconds
        while quiet < 3:
            assert asyncio.get_running_loop().time() < end, "it does not come to rest"
            await self.world.hooks.settled()
            busy = self.house.dispatcher.busy or await self.house.store.arrivals()
            owed = [next_turn(session) or session.phase in ACTIVE for session in await self.sessions()]
            quiet = 0 if busy or any(owed) else quiet + 1
            await asyncio.sleep(0.05)

    async def working_on(self, tool: str, seconds: float = 30.0) -> None:
        """Wait until a call of this tool is under way."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            assert asyncio.get_running_loop().time() < end, f"{tool} was never called"
            if any(call.name == tool for session in await self.sessions() for call in session.pending):
                return
            await asyncio.sleep(0.05)

    def thread(self, issue: Issue) -> list[str]:
        """The conversation as chat, with what differs between runs made equal."""
        return [plain(line) for line in self.repo.thread(issue.number)]


def plain(line: str) -> str:
    """A chat line without commit ids, addresses, times and record numbers."""
    line = re.sub(r"\b[0-9a-f]{12,64}\b", "<sha>", line)
    line = re.sub(r"\(edited \d+×\)", "(edited)", line)  # how often depends on the machine, as does what is tried
    line = re.sub(r"\d+ of \d+ small changes", "<n> of <n> small changes", line)
    line = re.sub(r" \(\d+ more not tried\)", "", line)
    line = re.sub(r"#evidence-\d+|\[#\d+\]|<code>#\d+</code>", "#<n>", line)
    line = re.sub(r"https?://127\.0\.0\.1:\d+", "<site>", line)
    line = re.sub(r"/sessions/s[a-z2-7]{15}", "/sessions/<id>", line)
    return re.sub(r"\b\d+\.\d s\b", "<n> s", line)


@asynccontextmanager
async def theatre(
    folder: Path,
    policy: Policy = PLAY,
    *,
    files: Mapping[str, str] | None = CALCULATOR,
    settings: Mapping[str, object] | None = None,
) -> AsyncIterator[Theatre]:
    """A stage with a repository of these files (None: the bundled sample), everything running."""
    world, model = World(folder / "github"), ScriptedModel(policy)
    async with AsyncExitStack() as stack:
        github = await stack.enter_async_context(Served(GitHub(world)))
        served = await stack.enter_async_context(Served(model))
        world.url = github.url
        chosen = Settings.model_validate(
            {
                "github_app_id": str(world.app.id),
                "github_private_key": private_pem(),
                "github_webhook_secret": world.hooks.secret,
                "github_api_url": github.url,
                "github_server_url": github.url,
                "openai_base_url": f"{served.url}/v1",
                "openai_api_key": "rehearsal-key",
                "maestro_model": model.name,
                "maestro_home": folder / "home",
                "maestro_public_url": "http://maestro.test",
                "maestro_open": True,
                "maestro_concurrency": 4,
            }
            | dict(settings or {})
        )
        fittings = Fittings(github=unhurried, backend=Bubblewrap(folder / "home", offered=await offered()))
        house = await stack.enter_async_context(furnish(chosen, patience=QUICK, fittings=fittings))
        site = await stack.enter_async_context(Served(front(house)))
        world.hooks.deliver_to(f"{site.url}/github/webhooks")
        work = asyncio.create_task(house.work())
        try:
            yield Theatre(world, model, house, site.url, await _repository(world, folder, files))
        finally:
            work.cancel()
            await asyncio.wait([work])


async def _repository(world: World, folder: Path, files: Mapping[str, str] | None) -> Repo:
    if files is None:
        make_sample(folder / "sample.git")
        return world.repo("octo/duration", source=folder / "sample.git")
    repo = world.repo("octo/calc")
    if files:
        await world.person("ada", permission="write").pushes(repo, "main", dict(files), "Begin")
    return repo
