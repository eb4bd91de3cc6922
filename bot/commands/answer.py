"""`answer`: answer the open question; a plain reply does the same."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Answered, Halted
from bot.domain.refs import Trust
from bot.domain.session import Ask, Session


def decide(session: Session, said: Said) -> Decision:
    if not session.open_asks:
        return Refusal("No question is open.", "`/maestro status` shows where things stand.")
    if not said.words:
        return Refusal("The answer is empty.", "`/maestro answer <words>`, or a number when options are listed.")
    ask = session.open_asks[-1]
    chosen = choice(ask, said.words)
    answered = Answered(ask=ask.id, by=said.actor, text=chosen, where=said.where)
    if ask.by == "program" and chosen == "stop":
        return (answered, Halted(by=said.actor, where=said.where))
    return (answered,)


def choice(ask: Ask, words: str) -> str:
    """The option that was meant by number or by name; otherwise the words themselves."""
    text = words.strip()
    if text.isdecimal() and 1 <= int(text) <= len(ask.options):
        return ask.options[int(text) - 1]
    return next((option for option in ask.options if option.casefold() == text.casefold()), text)


COMMAND = Command(
    verb="answer",
    usage="answer <words or number>",
    help="answer the open question (a plain reply works too)",
    trust=Trust.WRITE,
    examples=("/maestro answer 2", "/maestro answer keep the old name"),
    decide=decide,
)
