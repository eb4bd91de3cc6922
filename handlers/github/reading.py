"""What all readers of webhooks share: who we are, who spoke, where, when; and the three outcomes."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.codehost import Account
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName
from handlers.github.payloads import Envelope, Ident, User


@dataclass(frozen=True, slots=True)
class Ears:
    """Who we are, so as not to hear ourselves, and which other bots may speak (user ids)."""

    me: Account
    bots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Nothing:
    """A good delivery that is nothing for us."""

    why: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A delivery that can't be read."""

    why: str


Outcome = Heard | Nothing | Malformed
Raw = bytes | bytearray


def speaker(sender: User | None, app: Ident | None, ears: Ears) -> Actor | Nothing:
    """Who did it, when it is somebody to listen to: not us, and no bot that isn't listed by id."""
    if app is not None and str(app.id) == ears.me.app_id:
        return Nothing("our own doing")
    if sender is None:
        return Nothing("nobody is known to have done this")
    if ears.me.bot and str(sender.id) == ears.me.bot:
        return Nothing("our own doing")
    bot = sender.type == "Bot" or sender.login.endswith("[bot]")
    if bot and str(sender.id) not in ears.bots:
        return Nothing("a bot that is not listed")
    return Actor(surface=SurfaceName.GITHUB, id=str(sender.id), login=sender.login, bot=bot)


def place(payload: Envelope, number: int, url: str) -> ConversationRef | None:
    """The issue or pull request of this number; None when the payload names no repository."""
    if payload.repository is None:
        return None
    repo = RepoRef(
        owner=payload.repository.owner.login,
        name=payload.repository.name,
        id=str(payload.repository.id),
        installation=str(payload.installation.id) if payload.installation else "",
    )
    return ConversationRef(surface=SurfaceName.GITHUB, repo=repo, key=str(number), url=url)


def stamp(at: datetime | None) -> str:
    return utc(at).strftime("%Y%m%dT%H%M%S") if at else "?"


def utc(at: datetime | None) -> datetime:
    """GitHub's own time; the beginning of time where it doesn't tell."""
    if at is None:
        return datetime.fromtimestamp(0, UTC)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return datetime.fromtimestamp(0, UTC)
