"""A conversation that outlives its program: one world, one model, and house after house on the same data.

A `Fate` ends the program at chosen places: before and after each append, each receipt, each effect on GitHub. What is
dead stores nothing and reaches nobody any more, and nothing is tidied up; the next house finds what a crash leaves.
"""

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.codehost import GitHubHost
from bot.codehost.client import Client
from bot.codehost.pace import Pace
from bot.domain.events import Body, Event
from bot.domain.refs import ConversationRef, Heard
from bot.domain.session import Session, fold
from bot.ports import Receipt, SessionRow, Trouble, Wake
from bot.rehearsal.github import GitHub, Issue, Person, Repo, World, private_pem
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Policy
from bot.rehearsal.served import Served
from bot.rehearsal.wire import drop
from bot.store import SqlStore
from handlers.cli.serve import front
from handlers.compose import Fittings, House, furnish
from handlers.settings import Settings

TOKEN = "/installation/token"

MANY = 2
"""Deaths in a row without any news between them: one more, and a human would rightly be asked."""


class Fate:
    """Sees each place where a program may end, and ends it there, once for each place in `doomed` (None: nowhere).

    `met` is shared by several conversations, so that together they end at every place.
    """

    def __init__(self, met: set[str] | None = None) -> None:
        self.met, self.dead, self.deaths = met, False, list[str]()
        self._since_news = 0

    def strikes(self, place: str) -> bool:
        """Whether the program ends here, or has ended."""
        if self.dead or self.met is None:
            return self.dead
        if place not in self.met and self._since_news < MANY:
            self.dead = True
            self.met.add(place)
            self.deaths.append(place)
        self._since_news = 0 if place.startswith("after append") else self._since_news + self.dead
        return self.dead

    def pass_by(self, place: str) -> None:
        """A program that ends here goes no further."""
        if self.strikes(place):
            raise asyncio.CancelledError

    def live(self) -> None:
        """Nothing is done after death."""
        if self.dead:
            raise asyncio.CancelledError


class MortalStore(SqlStore):
    """The real store of a mortal program."""

    def __init__(self, address: str, fate: Fate) -> None:
        super().__init__(address)
        self.fate = fate

    async def append(
        self,
        session: str,
        seq: int,
        bodies: Sequence[Body],
        *,
        at: datetime,
        turn: int,
        arrival: int | None = None,
        due: datetime | None = None,
        row: SessionRow | None = None,
        places: Sequence[ConversationRef] = (),
        worker: str = "",
    ) -> Sequence[Event]:
        what = f"append {seq + 1} {' '.join(body.kind for body in bodies)}"
        self.fate.pass_by(f"before {what}")
        written = await super().append(
            session, seq, bodies, at=at, turn=turn, arrival=arrival, due=due, row=row, places=places, worker=worker
        )
        self.fate.pass_by(f"after {what}")
        return written

    async def keep_receipt(self, receipt: Receipt) -> None:
        what = f"receipt {receipt.key} {receipt.remote.partition(':')[0]}"
        self.fate.pass_by(f"before {what}")
        await super().keep_receipt(receipt)
        self.fate.pass_by(f"after {what}")

    async def receive(self, source: str, heard: Heard) -> bool:
        if self.fate.dead:
            raise Trouble("nobody is there")
        return await super().receive(source, heard)

    async def owns(self, worker: str, session: str, now: datetime) -> bool:
        self.fate.live()
        return await super().owns(worker, session, now)

    async def rest(self, worker: str, wake: Wake, due: datetime | None, *, failed: bool = False) -> None:
        self.fate.live()
        await super().rest(worker, wake, due, failed=failed)

    async def release(self, worker: str) -> None:
        self.fate.live()
        await super().release(worker)

    async def put_blob(self, data: bytes) -> str:
        self.fate.live()
        return await super().put_blob(data)

    async def dismiss(self, arrival: int) -> None:
        self.fate.live()
        await super().dismiss(arrival)


class MortalWire:
    """What a mortal program sends to a server: its connections are cut when it ends."""

    def __init__(self, app: ASGIApp, fate: Callable[[], Fate], passing: Callable[[Scope], bool]) -> None:
        self.app, self.fate, self.passing = app, fate, passing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.passing(scope):
            gone = self.fate().dead and scope.get("path") != TOKEN  # taking a dead house down gives its tokens back
            return await (drop(send) if gone else self.app(scope, receive, send))
        what = f"{scope['method']} {re.sub('[0-9]+', 'N', scope['path'])}"
        if self.fate().strikes(f"before {what}"):
            return await drop(send)
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.app(scope, receive, keep)
        if self.fate().strikes(f"after {what}"):
            return await drop(send)
        for message in kept:
            await send(message)
        return None


def is_effect(scope: Scope) -> bool:
    """Whether a request changes what people see."""
    if scope["method"] == "GET" or scope["path"].endswith(("/access_tokens", "/git-upload-pack")):
        return False
    return bool(scope["path"] != TOKEN)


@dataclass
class Clock:
    """The machine's time and what was skipped of it."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        """A monotonic time."""
        return time.monotonic() + self.ahead.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """To wait is to skip."""
        self.ahead += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class Company:
    """The world and the house that stands in it at present."""

    world: World
    model: ScriptedModel
    settings: Settings
    repo: Repo
    fate: Fate = field(default_factory=Fate)
    clock: Clock = field(default_factory=Clock)
    houses: int = 0
    _house: House | None = None
    _stack: AsyncExitStack | None = None

    @property
    def house(self) -> House:
        assert self._house is not None
        return self._house

    @property
    def ada(self) -> Person:
        return self.world.person("ada", permission="write")

    async def open(self, *, work: bool = True) -> None:
        """A new house on the same data, at work."""
        self.fate.dead = False
        stack = AsyncExitStack()
        backend = self._house.backend if self._house else None  # asking what the machine can do takes half a second
        fittings = Fittings(self.clock, lambda address: MortalStore(address, self.fate), self._github, backend)
        self._house = await stack.enter_async_context(furnish(self.settings, fittings=fittings))
        for worker in await self._house.store.workers():
            await self._house.store.release(worker)  # a process finds its dead predecessor by itself
        transport = httpx.ASGITransport(front(self._house))
        self.world.hooks.deliver_to("http://maestro.test/github/webhooks", transport)
        self._stack, self.houses = stack, self.houses + 1
        if work:
            self.work()

    def work(self) -> None:
        """The present house begins to work."""
        assert self._stack is not None
        self._stack.push_async_callback(_end, asyncio.create_task(self.house.work()))

    def _github(self, settings: Settings) -> GitHubHost:
        """GitHub's adapter as it is, but impatient: what takes a second is lost, and pauses are skipped."""
        name, key, url = settings.github_app_id, settings.github_private_key, settings.github_api_url
        return GitHubHost(
            name,
            key,
            api_url=url,
            graphql_url=settings.graphql_url,
            server_url=settings.github_server_url,
            secrets=lambda: settings.secret_values,
            client=Client(name, key, url, timeout=1.0, sleep=self.clock.sleep),
            pace=lambda: Pace(self.clock.seconds, self.clock.sleep),
        )

    async def close(self) -> None:
        """Tear down what is left of the present house."""
        if self._stack is not None:
            await self._stack.aclose()
            self._stack = None

    async def settled(self, seconds: float = 120.0) -> None:
        """Wait until nothing is left to be done, skipping the pauses; a house that ended is followed by the next."""
        end, quiet = asyncio.get_running_loop().time() + seconds, 0
        while quiet < 3:
            assert asyncio.get_running_loop().time() < end, f"it does not come to rest: {self._waiting()}"
            if self.fate.dead:
                await self.close()
                await self.open()
            await asyncio.sleep(0.01)
            await self.world.hooks.settled()
            if self.house.dispatcher.busy:
                quiet = 0
                continue
            due = self._waiting()
            quiet = 0 if due else quiet + 1
            if due:
                self.clock.ahead += max(timedelta(), due - self.clock.now()) + timedelta(milliseconds=5)
                self.house.dispatcher.signal()
                self.house.engine.signal()

    def _waiting(self) -> datetime | None:
        """The earliest time at which something is to be done: a session, or an arrival."""
        with sqlite3.connect(self.settings.maestro_home / "maestro.db") as database:
            sessions = database.execute("SELECT due FROM wake WHERE due IS NOT NULL").fetchall()
            arrivals = database.execute("SELECT coalesce(due, '2000-01-01') FROM inbox WHERE processed_at IS NULL")
            times = [datetime.fromisoformat(text).replace(tzinfo=UTC) for (text,) in [*sessions, *arrivals]]
        database.close()
        return min(times, default=None)

    async def session(self) -> Session:
        """The newest session."""
        [row, *_] = await self.house.store.sessions()
        return fold(row.id, await self.house.store.events(row.id))

    def said(self, issue: Issue) -> list[str]:
        """The comments of a thread, without their markers."""
        comments = self.repo.issues[issue.number].living
        return [comment.body.partition("<!-- maestro:")[0].strip() for comment in comments]


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


@asynccontextmanager
async def company(
    folder: Path,
    policy: Policy,
    files: Mapping[str, str],
    met: set[str] | None = None,
    more: Mapping[str, object] | None = None,
) -> AsyncIterator[Company]:
    """A world with a repository of these files, and the first house; `more` are settings."""
    world, model = World(folder / "github"), ScriptedModel(policy)
    fate = Fate(met)
    async with AsyncExitStack() as stack:
        github = await stack.enter_async_context(Served(MortalWire(GitHub(world), lambda: fate, is_effect)))
        served = await stack.enter_async_context(Served(MortalWire(model, lambda: fate, lambda _: False)))
        world.url = github.url
        settings = Settings.model_validate(
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
            }
            | dict(more or {})
        )
        repo = world.repo("octo/calc")
        if files:
            await world.person("ada", permission="write").pushes(repo, "main", dict(files), "Begin")
        played = Company(world, model, settings, repo, fate)
        stack.push_async_callback(played.close)
        await played.open()
        yield played
