"""What it takes to play a turn: a scripted model, a real log in a real store, a workbench in memory."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from bot.bounds import Budget
from bot.domain.events import (
    Approved,
    Body,
    Halted,
    Spoke,
)
from bot.domain.refs import Trust, digest_of
from bot.domain.session import Session
from bot.domain.work import ToolCall, Usage
from bot.journal import Journal, open_journal
from bot.ports import Reply, Request
from bot.store import SqlStore
from bot.turn import Desk, Log, take
from tests.benches import MemoryBench
from tests.domain.people import ALICE, ISSUE

FILES = {"calc.py": b"def add(a, b):\n    return a - b\n"}
SESSION = "s1"


class Minutes:
    """A clock that is a second later whenever it is asked."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


Turn = Reply | Exception | Callable[[], object]


def say(text: str) -> Reply:
    return Reply(text, (), Usage(input_tokens=100, output_tokens=10, usd=0.5))


def call(name: str, id: str = "", /, **arguments: object) -> ToolCall:
    return ToolCall(id=id or f"call_{name}", name=name, arguments=json.dumps(arguments))


def calls(*made: ToolCall, text: str = "") -> Reply:
    return Reply(text, made, Usage(input_tokens=100, output_tokens=10, usd=0.5))


@dataclass
class Player:
    """A model that plays its turns in order and keeps what it was asked."""

    turns: list[Reply | Exception]
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    name: str = "player"

    async def reply(self, request: Request) -> Reply:
        self.asked.append(request)
        if act := self.meanwhile.get(len(self.asked)):
            await act()  # type: ignore[misc]
        turn = self.turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn

    def read(self, n: int = -1) -> list[dict[str, object]]:
        """The messages of the n-th request."""
        return [json.loads(message) for message in self.asked[n].messages]

    def offered(self, n: int = -1) -> list[str]:
        return [tool["function"]["name"] for tool in json.loads(self.asked[n].tools)]


@dataclass
class Room:
    """A session in a real store, and everything a turn needs. `bench` is the work tree, which survives a process."""

    store: SqlStore
    journal: Journal
    clock: Minutes
    bench: MemoryBench
    budget: Budget = Budget()
    blobs: dict[str, bytes] = field(default_factory=dict)
    opened: int = 0

    async def put_blob(self, data: bytes) -> str:
        self.blobs[digest_of(data)] = data
        return digest_of(data)

    async def blob(self, sha256: str) -> bytes | None:
        return self.blobs.get(sha256)

    def claim_problem(self, check: str, args: Mapping[str, JsonValue]) -> str | None:
        return None if check in ("tests", "command") else f"there is no check {check}."

    @asynccontextmanager
    async def open(self, log: Log) -> AsyncIterator[MemoryBench]:
        self.opened += 1
        yield self.bench

    async def play(self, *turns: Reply | Exception, meanwhile: dict[int, Callable[[], object]] | None = None) -> Player:
        player = Player(list(turns), meanwhile or {})
        desk = Desk(player, self.open, self.put_blob, self.blob, self.claim_problem, self.budget)
        await take(self.journal, desk)
        assert player.turns == []
        return player

    async def reborn(self) -> None:
        """Another process takes the session up, on the same work tree."""
        self.journal = await open_journal(self.store, self.clock, SESSION)
        self.bench._log = self.journal

    async def elsewhere(self, *bodies: Body) -> None:
        """Somebody else appends."""
        other = await open_journal(self.store, self.clock, SESSION)
        await other.append(*bodies)

    @property
    def session(self) -> Session:
        return self.journal.session

    def since(self, seq: int) -> list[Body]:
        return [event.body for event in self.journal.events[seq:]]


async def approve(room: Room) -> None:
    plan = room.session.plan
    assert plan is not None
    await room.journal.append(Approved(rev=plan.rev, digest=plan.digest, by=ALICE))


def passes(files: dict[str, bytes]) -> tuple[int, bytes]:
    return (0, b"ok") if b"a + b" in files["calc.py"] else (1, b"FAILED in 0.31 s")


def spoke(text: str, verb: str = "") -> Spoke:
    return Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, verb=verb, text=text)


HALTED = Halted(by=ALICE, where=ISSUE)
PROPOSAL = call(
    "propose_plan",
    summary="Add, don't subtract",
    steps=["change add"],
    files=["calc.py"],
    claims=[{"text": "tests pass", "check": "tests"}],
)
MEND = call("edit_file", path="calc.py", old="a - b", new="a + b", why="add adds")
FINISH = call("finish", title="Add", summary="It subtracted.")
