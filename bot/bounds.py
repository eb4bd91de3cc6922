"""How far a turn may go: what of an answer is taken, which limits end it, when the same error asks for a human.

Pure: everything is decided from the log, so it is decided alike after a crash.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.events import (
    Answered,
    Body,
    Event,
    ModelReplied,
    Proving,
    Reminded,
    Replied,
    Rested,
    Resumed,
    Spoke,
    ToolReturned,
    Working,
)
from bot.domain.session import Session
from bot.domain.work import Outcome, ToolCall, Usage

SAME_ERRORS = 4
"""How often a tool may come back with one and the same error before a human is asked."""

REMINDERS = 2
"""How often an answer without a call is met with a reminder; the next one counts as the reply."""

MAX_TEXT, MAX_ARGUMENTS, MAX_CALLS = 200_000, 1_000_000, 50
"""Characters of an answer's text and of one call's arguments, and calls of one answer, that are taken."""

LONGEST_GAP = 1800.0
"""Seconds between two events that count as work; more means that the program was not running."""

REMINDER = "That answer held no tool call. Go on with one; to answer in words, call `reply`; to ask, call `ask`."

OPTIONS = ("try another way", "leave this part out", "stop")
"""What a human is offered when one error came too often."""

_TIME = re.compile(r"[0-9.]+ ?m?s\b")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a session may use: dollars, answers of the model, tokens of context; the repository's rules may lower it."""

    usd: float = 20.0
    steps: int = 200
    context: int = 128_000


def taken(text: str, calls: Sequence[ToolCall], usage: Usage) -> ModelReplied:
    """An answer as it is recorded: of what is beyond all measure, only the beginning."""
    return ModelReplied(text=cut(text, MAX_TEXT), calls=distinct(calls), usage=usage)


def distinct(calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """Calls under the ids that the model gave them. Results are told by id, so where it gave one twice or none, a
    number is added; arguments beyond all measure are cut, and so will be refused as JSON."""
    taken: set[str] = set()
    made: list[ToolCall] = []
    for number, call in enumerate(calls[:MAX_CALLS], 1):
        name = call.id if call.id and call.id not in taken else f"{call.id or 'call'}-{number}"
        taken.add(name)
        made.append(ToolCall(id=name, name=call.name, arguments=cut(call.arguments, MAX_ARGUMENTS)))
    return tuple(made)


def unless_calling(session: Session, said: ModelReplied) -> tuple[Body, ...]:
    """What an answer without a call leads to."""
    if said.calls:
        return ()
    if session.reminders < REMINDERS:
        return (Reminded(text=REMINDER),)
    if said.text.strip():
        return (Replied(text=said.text),)
    reason = "The model answered three times with neither a tool call nor a word."
    return (
        Rested(outcome=Outcome.FAILED, reason=reason, advice="Try `/maestro retry`, or set another MAESTRO_MODEL."),
    )


def overrun(session: Session, budget: Budget, context: int, seconds: float) -> Rested | None:
    """Which limit the next call would break: the operator's, or the repository's where it is lower."""
    rules = session.rules.budget
    usd = min(budget.usd, rules.usd) if rules.usd is not None else budget.usd
    steps = min(budget.steps, rules.steps) if rules.steps is not None else budget.steps
    if session.steps >= steps:
        return _spent(f"the {steps} steps of this session are used up", "MAESTRO_MAX_STEPS", "budget.steps")
    if session.usage.usd + session.last_usage.usd > usd:
        spent = f"{session.usage.usd:.2f} of the ${usd:.2f} of this session are spent"
        return _spent(f"${spent} and the next step would exceed it", "MAESTRO_BUDGET_USD", "budget.usd")
    if rules.minutes is not None and seconds > rules.minutes * 60:
        return _spent(f"the {rules.minutes} minutes of work are used up", "", "budget.minutes")
    if context > budget.context:
        what = f"the conversation fills the model's context ({context} of {budget.context} tokens)"
        return _spent(what, "MAESTRO_CONTEXT_TOKENS", "")
    return None


def _spent(what: str, setting: str, rule: str) -> Rested:
    ways = " or ".join(name for name in (setting, f"`{rule}` in .maestro.yml" if rule else "") if name)
    return Rested(outcome=Outcome.FAILED, reason=f"I stopped: {what}.", advice=f"Raise {ways}, then `/maestro resume`.")


class Failures:
    """Equal errors in a row, by tool. A human's word starts the count anew."""

    def __init__(self) -> None:
        self._sent: dict[str, str] = {}
        self._rows: dict[str, tuple[str, int]] = {}

    def note(self, body: Body) -> None:
        match body:
            case ModelReplied():
                self._sent = {call.id: call.arguments for call in body.calls}
            case ToolReturned(ok=True):
                self._rows.pop(body.name, None)
            case ToolReturned():
                error = self._named(body)
                last, count = self._rows.get(body.name, ("", 0))
                self._rows[body.name] = (error, count + 1 if error == last else 1)
            case Spoke() | Answered() | Resumed():
                self._rows.clear()
            case _:
                pass

    def stuck(self) -> str | None:
        """The question to a human, when one error came too often."""
        for name, (error, count) in self._rows.items():
            if count >= SAME_ERRORS:
                shown = cut(error.partition("\0")[2], 600)
                return f"`{name}` came back {count} times with the same error. How shall I go on?\n\n{shown}"
        return None

    def _named(self, body: ToolReturned) -> str:
        """What makes two errors the same: the text without times; for a command, the command, too."""
        command = self._sent.get(body.call, "") if body.name == "run" else ""
        return command + "\0" + _TIME.sub("… s", body.text)


class Worked:
    """Seconds that the program worked: between two events of which the later is the program's own."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last: Event | None = None

    def note(self, event: Event) -> None:
        if self._last is not None and isinstance(event.body, Working | Proving):
            self.seconds += min((event.at - self._last.at).total_seconds(), LONGEST_GAP)
        self._last = event


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]} … [{len(text)} characters, {limit} taken]"
