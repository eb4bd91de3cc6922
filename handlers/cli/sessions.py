"""`maestro sessions list|show ID|log ID`: look at what is stored."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from bot.domain.lines import dump_event
from bot.domain.session import fold
from bot.speech import marked
from bot.speech.looks import status
from bot.speech.post import Post
from bot.speech.render import plain
from bot.speech.voice import Voice
from bot.store import SqlStore
from bot.transcript import Transcript, capacity
from handlers.cli.loading import run, settings
from handlers.web.state import session_state
from handlers.web.timeline import item

T = TypeVar("T")


@click.group("sessions", help="List sessions, show one, or print its log.")
def command() -> None:
    """The group."""


def reading(look: Callable[[SqlStore], Awaitable[T]]) -> T:
    """Look into the server's sessions and then the terminal's, and take the first that has something to show."""

    async def look_at_each() -> T:
        chosen = settings()
        terminal = chosen.maestro_home.absolute() / "terminal.db"
        addresses = [chosen.database] + ([f"sqlite:///{terminal}"] if terminal.exists() else [])
        found: list[T] = []
        for address in addresses:
            store = SqlStore(address)
            try:
                await store.migrate()
                found.append(await look(store))
            finally:
                await store.close()
            if found[-1]:
                break
        return found[-1]

    return run(look_at_each())


@command.command("list", help="Every session, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def list_sessions(as_json: bool) -> None:
    rows = reading(lambda store: store.sessions())
    if as_json:
        names = ("id", "repo", "title", "phase", "outcome", "requester")
        click.echo(json.dumps([{name: getattr(row, name) for name in names} for row in rows]))
        return
    table = Table("id", "repository", "goal", "state", "last news", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.id, row.repo, row.title, row.outcome or row.phase, f"{row.updated_at:%Y-%m-%d %H:%M}")
    Console().print(table if rows else "No session yet.")


@command.command("show", help="One session's state.")
@click.argument("session_id")
@click.option("--json", "as_json", is_flag=True, help="For machines: as the API gives it.")
def show(session_id: str, as_json: bool) -> None:
    events = reading(lambda store: store.events(session_id))
    if not events:
        raise click.ClickException(f"there is no session {session_id}; `maestro sessions list` lists them")
    session, transcript, chosen = fold(session_id, events), Transcript(), settings()
    if as_json:
        transcript.extend(events)
        state = session_state(session, capacity(session, transcript, chosen.maestro_context_tokens))
        click.echo(json.dumps(state, ensure_ascii=False))
        return
    stands = status(session, Voice(chosen.site, chosen.maestro_context_tokens))
    click.echo(plain(Post(key="status", kind="say", where=session.place, blocks=stands)))


@command.command("log", help="What happened, a line each.")
@click.argument("session_id")
@click.option("--json", "as_json", is_flag=True, help="The events themselves, a JSON object a line.")
def log(session_id: str, as_json: bool) -> None:
    events = reading(lambda store: store.events(session_id))
    if not events:
        raise click.ClickException(f"there is no session {session_id}; `maestro sessions list` lists them")
    said = partial(marked, session=fold(session_id, events))
    for event in events:
        line = item(event, said)
        click.echo(dump_event(event) if as_json else f"{line.seq:4} {line.at} {line.who:9} {line.title}")
