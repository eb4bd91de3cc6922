"""The terminal as a surface: lines that a person types become Heard, posts are printed as plain text."""

import getpass
from collections.abc import Callable
from datetime import datetime

from bot.commands import BY_VERB
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName, digest_of
from bot.ports import Sent
from bot.speech.post import Post, Text
from bot.speech.render import plain, unmarked

ME = "maestro"


def person() -> Actor:
    """Whoever sits here."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # a uid without an account
        login = "somebody"
    return Actor(surface=SurfaceName.TERMINAL, id="local", login=login)


def place(repo: RepoRef, at: datetime) -> ConversationRef:
    """A new conversation; its name is the time at which it began."""
    return ConversationRef(surface=SurfaceName.TERMINAL, repo=repo, key=at.strftime("%m%d-%H%M%S"))


def is_command(line: str) -> bool:
    """Whether a typed line begins with a verb."""
    return bool(line.split()) and line.split()[0].lower() in BY_VERB


def hear(line: str, where: ConversationRef, at: datetime, goal: str) -> Heard:
    """A typed line: the bare verb is a command, anything else are words to the session."""
    text = f"/maestro {line}" if is_command(line) else f"@{ME} {line}"
    name = digest_of(f"{where.name} {at.isoformat()} {line}")
    return Heard(
        delivery=name,
        what=name,
        kind="comment",
        where=where,
        actor=person(),
        text=text,
        title=goal.strip().splitlines()[0][:200] if goal.strip() else "",
        body=goal,
        at=at,
    )


class TerminalSurface:
    """Prints posts; the card is one line whenever its headline changes."""

    name = SurfaceName.TERMINAL.value

    def __init__(self, write: Callable[[str, bool], None], clean: Callable[[str], str]) -> None:
        self._write, self._clean = write, clean
        self._headline = ""

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent:  # noqa: ARG002
        if post.kind == "status":
            self._show(post)
        else:
            self._write(plain(post, self._clean), False)
        return Sent(remote=post.key)

    async def edit(self, where: ConversationRef, remote: str, post: Post, marker: str) -> None:  # noqa: ARG002
        self._show(post)

    async def find(self, where: ConversationRef, marker: str) -> Sent | None:  # noqa: ARG002
        return None  # what a terminal showed is gone: showing it again does no harm

    async def acknowledge(self, where: ConversationRef, target: str) -> None:
        """Who types sees that they typed."""

    def _show(self, post: Post) -> None:
        head = next((block for block in post.blocks if isinstance(block, Text)), None)
        headline = unmarked(head.markdown.partition("\n")[0]).removeprefix("Maestro · ") if head else ""
        if headline != self._headline:
            self._headline = headline
            self._write(self._clean(headline), True)
