"""`maestro replay ID`: fold the log and print what would be said. No model, no network, nothing is stored."""

import click

from bot.domain.session import Session, evolve
from bot.speech import speak
from bot.speech.card import card
from bot.speech.render import plain
from bot.speech.voice import Voice
from handlers.cli.loading import settings
from handlers.cli.sessions import reading


@click.command("replay", help="Fold a session's log and print what would be said; no model, no network.")
@click.argument("session_id")
def command(session_id: str) -> None:
    events = reading(lambda store: store.events(session_id))
    if not events:
        raise click.ClickException(f"there is no session {session_id}; `maestro sessions list` lists them")
    chosen = settings()
    voice, session = Voice(chosen.site, chosen.maestro_context_tokens), Session(session_id)
    for event in events:
        session = evolve(session, event)
        if (post := speak(session, event, voice)) is not None:
            click.echo(f"--- {post.key} to {post.where.name}\n{plain(post)}\n")
    if (shown := card(session, voice)) is not None:
        click.echo(f"--- the card\n{plain(shown)}")
