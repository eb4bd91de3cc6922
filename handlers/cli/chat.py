"""`maestro chat`: the same engine on a local repository, without any account. The result is a branch there."""

import asyncio
import contextlib
import itertools
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from bot.codehost import LocalHost
from bot.domain.refs import ConversationRef, SurfaceName, session_id
from bot.domain.session import ACTIVE, Phase, Session, fold
from bot.domain.work import Outcome
from bot.speech.redact import redact
from handlers.cli.loading import log_to_stderr, run, settings
from handlers.compose import House, SystemClock, furnish
from handlers.lending import known_secrets
from handlers.settings import Settings
from handlers.terminal import TerminalSurface, hear, is_command, place

DONE, NEEDS_INPUT, FAILED = 0, 3, 4

QUIET = 4
"""How often in a row, a tenth of a second apart, nothing must be under way before it is the person's turn."""


@click.command("chat", help="Talk to the engine about a local repository, without any account.")
@click.option("--repo", default=".", type=click.Path(path_type=Path), help="The repository's folder.")
@click.option("--goal", default="", help="What to implement; asked for when absent.")
@click.option("--yes", is_flag=True, help="Approve the plan unseen, for unattended runs (with --goal).")
def command(repo: Path, goal: str, yes: bool) -> None:
    if yes and not goal:
        raise click.UsageError("--yes needs --goal: an unattended run must know what to do.")
    sys.exit(run(chat(settings(), repo, goal, yes=yes)))


async def chat(chosen: Settings, repo: Path, goal: str, *, yes: bool) -> int:
    """Talk until the goal is reached or the person leaves; the exit code of INTERFACES §2.

    Sessions of the terminal have a database of their own: a server on the same data must not take them for its own.
    """
    console, host = Console(highlight=False), LocalHost(repo)
    await host.top()

    def write(text: str, dim: bool) -> None:
        console.print(Text(text, style="dim" if dim else ""), soft_wrap=True)

    own_database = f"sqlite:///{chosen.maestro_home.absolute() / 'terminal.db'}"
    own = chosen.model_copy(update={"database_url": own_database, "maestro_port": 0})
    surface = TerminalSurface(write, lambda text: redact(text, known_secrets(chosen)))
    async with furnish(own, hosts={SurfaceName.TERMINAL: host}, surfaces={SurfaceName.TERMINAL: surface}) as house:
        log_to_stderr("error" if chosen.maestro_log_level == "info" else chosen.maestro_log_level, house.clean)
        talk = Talk(house, place(host.ref, SystemClock().now()))
        async with _working(house):
            return await (talk.unattended(goal, yes=yes) if goal else talk.interactive())


@contextlib.asynccontextmanager
async def _working(house: House) -> AsyncIterator[None]:
    task = asyncio.create_task(house.work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@dataclass(slots=True)
class Talk:
    """One conversation at the terminal."""

    house: House
    where: ConversationRef
    goal: str = ""

    async def unattended(self, goal: str, *, yes: bool) -> int:
        """Implement a goal; with `yes` the plan counts as approved by the caller."""
        self.goal = goal
        session = await self.say("implement")
        if yes and session.phase is Phase.AWAITING and session.plan and not session.open_asks:
            session = await self.say(f"approve r{session.plan.rev}")
        return code_of(session)

    async def interactive(self) -> int:
        """Read lines until the end of input or `exit`."""
        click.echo("What shall I do? (a goal, or a command: help lists them; exit leaves)", err=True)
        session, key = Session(session_id(self.where)), self.where.key
        for n in itertools.count(1):
            line = (await asyncio.to_thread(_read_line)).strip()
            if line in ("exit", "quit", "\0"):
                break
            if not line:
                continue
            if not session.verb:  # whoever only looked so far has not said a goal: that opens a conversation of its own
                self.goal, self.where = line, self.where.model_copy(update={"key": f"{key}-{n}"})
                line = line if is_command(line) else "implement"
            session = await self.say(line)
        return code_of(session)

    async def say(self, line: str) -> Session:
        """Say one line, and wait until everything that follows from it was done and said."""
        heard = hear(line, self.where, SystemClock().now(), self.goal)
        await self.house.store.receive("terminal", heard)
        self.house.engine.signal()
        quiet = 0
        while True:
            await asyncio.sleep(0.1)
            session = fold(name := session_id(self.where), await self.house.store.events(name))
            at_work = session.phase in ACTIVE or self.house.dispatcher.busy or await self.house.store.arrivals()
            quiet = 0 if at_work else quiet + 1
            if quiet == QUIET:
                return session


def _read_line() -> str:
    try:
        return input("> ")
    except EOFError:
        return "\0"


def code_of(session: Session) -> int:
    """0 done, 3 when a human is needed, 4 failed or refuted."""
    if session.phase is Phase.AWAITING or session.outcome is Outcome.NEEDS_INPUT:
        return NEEDS_INPUT
    return DONE if session.outcome in (Outcome.DONE, None) else FAILED
