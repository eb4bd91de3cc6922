"""What a command is: a verb with its usage, its needed trust, its words of help, and one pure decision."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.events import Body, Looked, Spoke
from bot.domain.refs import Actor, ConversationRef, Trust
from bot.domain.session import Session


@dataclass(frozen=True, slots=True)
class Said:
    """One command as it was said: by whom, with what trust, where, and the words after the verb."""

    where: ConversationRef
    actor: Actor
    trust: Trust
    words: str = ""
    target: str = ""
    url: str = ""

    def spoke(self, verb: str = "") -> Spoke:
        """These words as a message to the session."""
        return Spoke(
            where=self.where,
            actor=self.actor,
            trust=self.trust,
            verb=verb,
            text=self.words,
            target=self.target,
            url=self.url,
        )

    def looked(self, verb: str) -> Looked:
        """These words as a wish to see something."""
        return Looked(where=self.where, actor=self.actor, verb=verb, args=self.words, target=self.target)


@dataclass(frozen=True, slots=True)
class Refusal:
    """We won't, for this reason; `advice` says what to do instead. A value, never an exception."""

    reason: str
    advice: str = ""


Decision = tuple[Body, ...] | Refusal


@dataclass(frozen=True, slots=True)
class Command:
    """`usage` shows the arguments; every one of `examples` parses to this verb (a test says so)."""

    verb: str
    usage: str
    help: str
    trust: Trust
    examples: tuple[str, ...]
    decide: Callable[[Session, Said], Decision]
