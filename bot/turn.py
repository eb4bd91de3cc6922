"""The turn: how a model and a work tree become a plan, an answer, or a change.

One step is one append. Either the model is asked and its answer recorded, before any of its calls runs; or one of its
calls runs and what came of it is recorded, together with the checkpoint of what it changed. Everything else that the
loop knows it reads from the log, so it can be ended anywhere and taken up by another process: an answer is never paid
for twice, and a call that did not return runs again on the restored work tree.

A stop or a human's message is met between two steps, because the log refuses to append behind unread news.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from pydantic import JsonValue

from bot.bounds import OPTIONS, Budget, Failures, Worked, cut, overrun, taken, unless_calling
from bot.dispositions import unapplied, with_dispositions
from bot.domain.events import (
    Approved,
    Asked,
    Body,
    Checkpointed,
    Event,
    ModelReplied,
    Planned,
    Rested,
    Spoke,
    ToolReturned,
)
from bot.domain.followups import Remarked
from bot.domain.session import Session
from bot.domain.work import Plan, ToolCall
from bot.ports import Answer, Conflict, Model, Request, Trouble, Workbench
from bot.tools import AgentTool, Measure, Mode, mode_of, tools_for
from bot.transcript import Transcript, capacity, encode
from sandbox.api import SandboxError, SandboxLost, SandboxUnavailable

SPOKEN_TO = "Not done yet: a person wrote meanwhile. Read their message, then decide again."

SYSTEM: Mapping[Mode, bytes] = {
    mode: encode({"role": "system", "content": (files("bot") / "prompts" / f"{mode.value}.md").read_text("utf-8")})
    for mode in Mode
}


class Log(Protocol):
    """The session's log as this process sees it."""

    @property
    def session(self) -> Session: ...

    @property
    def events(self) -> Sequence[Event]: ...

    async def refresh(self) -> object:
        """Read what others appended."""
        ...

    async def append(self, *bodies: Body) -> None:
        """Append, or raise Conflict when there is unread news."""
        ...

    async def record(self, *bodies: Body) -> None:
        """Append, after news that leave the phase as it was; raise Conflict when they change it."""
        ...


class Bench(Workbench, Protocol):
    """A workbench that can be saved and brought back."""

    async def save(self) -> Checkpointed | None:
        """Commit what changed since the last time, with who changed each file and why; None when nothing did."""
        ...

    def unsaved(self) -> Sequence[tuple[str, str]]:
        """(path, reason) of what saving keeps out, each told once."""
        ...

    async def recover(self) -> None:
        """Bring back the newest checkpoint, and have a fresh sandbox for the next command."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a turn works with. `bench` opens the work tree at the session's head, read-only unless it is working;
    `claim_problem` says what is wrong with a claim's check and arguments, or None."""

    model: Model
    bench: Callable[[Log], AbstractAsyncContextManager[Bench]]
    put_blob: Callable[[bytes], Awaitable[str]]
    blob: Callable[[str], Awaitable[bytes | None]]
    claim_problem: Callable[[str, Mapping[str, JsonValue]], str | None]
    budget: Budget = Budget()
    measure: Measure | None = None


async def take(log: Log, desk: Desk) -> None:
    """Step by step, until the phase changes.

    Raises Conflict when somebody else changed it, Trouble when the model server or the sandbox fails.
    """
    phase = log.session.phase
    try:
        async with desk.bench(log) as bench:
            if interrupted(log.events):
                await bench.recover()
            turn = Turn(log, desk, bench)
            while log.session.phase is phase:
                await turn.step()
    except SandboxUnavailable as missing:
        raise Trouble(str(missing), retry_in=None, advice="`maestro doctor` tells what to install or set.") from missing
    except SandboxError as error:
        raise Trouble(f"The work tree or its sandbox failed: {error}") from error


def interrupted(events: Sequence[Event]) -> bool:
    """Whether a call of the last answer was begun, perhaps, and never returned: then the work tree can't be trusted."""
    returned: set[str] = set()
    for event in reversed(events):
        match event.body:
            case ToolReturned():
                returned.add(event.body.call)
            case ModelReplied():
                return any(call.id not in returned for call in event.body.calls)
            case _:
                pass
    return False


class Turn:
    """The loop's memory: all of it can be had again from the log."""

    def __init__(self, log: Log, desk: Desk, bench: Bench) -> None:
        self.log, self.desk, self.bench = log, desk, bench
        self.transcript = Transcript()
        self.failures = Failures()
        self.worked = Worked()
        self._read = 0
        self._asked = len(log.events)
        self._offers: dict[Mode, tuple[tuple[AgentTool, ...], bytes]] = {}

    async def step(self) -> None:
        """One append."""
        await self._catch_up()
        session = self.log.session
        if session.pending:
            await self._perform(session.pending[0])
        elif (end := self._end()) is not None:
            await self.log.record(end)
        else:
            await self._ask_model()

    async def _catch_up(self) -> None:
        """Take in what was appended since the last step, by us or by others."""
        news = self.log.events[self._read :]
        self._read += len(news)
        logs = {name: await self.desk.blob(name) or b"" for name in self.transcript.logs_wanted(news)}
        self.transcript.extend(news, {name: data.decode("utf-8", "replace") for name, data in logs.items()})
        for event in news:
            self.failures.note(event.body)
            self.worked.note(event)

    def _end(self) -> Asked | Rested | None:
        """The one place where limits are checked, before each call of the model."""
        session = self.log.session
        if stuck := self.failures.stuck():
            return Asked(ask=f"q{session.seq}", question=stuck, options=OPTIONS, by="program")
        mode = mode_of(session)
        used = capacity(
            session, self.transcript, self.desk.budget.context, len(SYSTEM[mode]) + len(self._offer(mode)[1])
        )
        return overrun(session, self.desk.budget, used.used, self.worked.seconds)

    async def _ask_model(self) -> None:
        session = self.log.session
        mode = mode_of(session)
        request = Request(self.transcript.messages(SYSTEM[mode]), self._offer(mode)[1], session.id)
        self._asked = len(self.log.events)
        reply = await self.desk.model.reply(request)
        said = taken(reply.text, reply.calls, reply.usage)
        await self.log.record(said, *unless_calling(self.log.session, said))

    def _offer(self, mode: Mode) -> tuple[tuple[AgentTool, ...], bytes]:
        """The tools of a mode, and their list as it stands in every request of it."""
        if mode not in self._offers:
            tools = tools_for(self.log.session, self.desk.measure)
            self._offers[mode] = tools, encode([tool.schema for tool in tools])
        return self._offers[mode]

    async def _perform(self, call: ToolCall) -> None:
        """Run one call, save what it changed, and record both at once."""
        began = time.monotonic()
        answer = await self._admit(await self._use(call))
        saved = await self.bench.save()
        unsaved = "".join(f"\nNot saved: {path}: {reason}" for path, reason in self.bench.unsaved()[:20])
        returned = ToolReturned(
            call=call.id,
            name=call.name,
            ok=answer.ok,
            text=answer.text + unsaved,
            seconds=round(time.monotonic() - began, 3),
            output_sha256=await self.desk.put_blob(answer.output) if answer.output else "",
        )
        bodies = (returned, saved) if saved else (returned,)
        if not answer.bodies:
            return await self.log.record(*bodies)
        try:
            await self.log.append(*bodies, *answer.bodies, *waived(self.log.session, answer.bodies))
        except Conflict:
            await self.log.refresh()  # what ends a turn must not overtake a message: the call is made again

    async def _use(self, call: ToolCall) -> Answer:
        tools, _ = self._offer(mode_of(self.log.session))
        tool = next((tool for tool in tools if tool.name == call.name), None)
        if tool is None:
            offered = ", ".join(tool.name for tool in tools)
            return Answer(f"There is no tool `{cut(call.name, 64)}` in this phase. On offer: {offered}.", ok=False)
        try:
            return await tool.run(call.arguments, self.bench)
        except SandboxLost as lost:
            await self.bench.recover()
            again = "The files are as at the last checkpoint, and a fresh sandbox is ready."
            return Answer(f"The sandbox ended under this call ({lost}). {again}", ok=False)

    async def _admit(self, answer: Answer) -> Answer:
        """What ends a turn must not overtake a message; a plan's claims must name checks that can be run."""
        if answer.bodies and any(is_news(event.body, self.log.session) for event in self.log.events[self._asked :]):
            return Answer(SPOKEN_TO, ok=False)
        plans = [body.plan for body in answer.bodies if isinstance(body, Planned)]
        problems = [problem for plan in plans for problem in self._problems(plan)]
        if problems:
            return Answer("The plan is not recorded. " + " ".join(problems), ok=False)
        given = with_dispositions(self.log.session, answer)
        missed = await unapplied(self.log.session, given, self.bench.read)
        return Answer(f"Not taken. {missed}", ok=False) if missed else given

    def _problems(self, plan: Plan) -> list[str]:
        asked = [(claim, self.desk.claim_problem(claim.check, claim.args)) for claim in plan.claims]
        return [f"Claim {claim.id} ({claim.check}): {problem}" for claim, problem in asked if problem]


def is_news(body: Body, session: Session) -> bool:
    """Whether somebody said what the model has to read before it ends its turn: a message, or other words for a remark
    that the turn is for. Other remarks are the next turn's."""
    return isinstance(body, Spoke) or (isinstance(body, Remarked) and body.id in session.after.batch)


def waived(session: Session, bodies: Sequence[Body]) -> tuple[Approved, ...]:
    """The approval of a plan to be carried out, where the repository's rules ask for no human's."""
    if session.rules.approval != "none" or session.verb not in ("implement", "fix"):
        return ()
    return tuple(Approved(rev=b.plan.rev, digest=b.plan.digest, by=None) for b in bodies if isinstance(b, Planned))
