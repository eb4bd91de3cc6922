"""`maestro replay ID`: fold the log and print what would be said. No model, no network, nothing is stored."""

import json
from collections.abc import Iterator, Sequence

import click

from bot.domain.events import Event
from bot.domain.session import Session, evolve
from bot.speech import speak
from bot.speech.card import card
from bot.speech.post import Post
from bot.speech.render import plain
from bot.speech.voice import Voice
from handlers.cli.loading import settings
from handlers.cli.sessions import reading


@click.command("replay", help="Fold a session's log and print what would be said; no model, no network.")
@click.argument("session_id")
@click.option("--json", "as_json", is_flag=True, help="For machines: a JSON object a post.")
def command(session_id: str, as_json: bool) -> None:
    events = reading(lambda store: store.events(session_id))
    if not events:
        raise click.ClickException(f"there is no session {session_id}; `maestro sessions list` lists them")
    for post in posts(session_id, events):
        said = {"key": post.key, "where": post.where.name, "text": plain(post)}
        click.echo(json.dumps(said) if as_json else "--- {key} to {where}\n{text}\n".format_map(said))


def posts(session_id: str, events: Sequence[Event]) -> Iterator[Post]:
    """What each event says, and the card as it stands at the end."""
    chosen = settings()
    voice, session = Voice(chosen.site, chosen.maestro_context_tokens), Session(session_id)
    for event in events:
        session = evolve(session, event)
        if (post := speak(session, event, voice)) is not None:
            yield post
    if (shown := card(session, voice)) is not None:
        yield shown
