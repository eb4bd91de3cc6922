"""What a scripted model reads and answers, apart from any wire format.

A policy is a function from the conversation to a reply. `Script` is the policy that plays a list of turns in order;
it finds its place in the conversation itself, so that retries, crashes and several sessions do not confuse it.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.rehearsal.wire import Json, Refused


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call; `arguments` is the JSON text exactly as sent, `id` is given by the server when None."""

    name: str
    arguments: str
    id: str | None = None

    def get(self, name: str) -> Json:
        """One argument, None when absent or when the arguments are no JSON object."""
        try:
            values = json.loads(self.arguments)
        except ValueError:
            return None
        value: Json = values.get(name) if isinstance(values, dict) else None
        return value


@dataclass(frozen=True, slots=True)
class Say:
    """Words of the model."""

    text: str


def call(name: str, /, **arguments: Json) -> Call:
    """A tool call with these arguments."""
    return Call(name, json.dumps(arguments, ensure_ascii=False))


def raw_call(name: str, arguments: str, id: str | None = None) -> Call:
    """A tool call whose arguments are any text at all, and whose id may repeat: what a bad model sends."""
    return Call(name, arguments, id)


def say(text: str) -> Say:
    """Words without a tool call."""
    return Say(text)


Reply: TypeAlias = tuple[Call | Say, ...]
Turn: TypeAlias = Call | Say | Sequence[Call | Say]


@dataclass(frozen=True, slots=True)
class Words:
    """A message in the conversation; `role` is system, user or assistant."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """A tool call that the model made earlier, with what came of it (None while unanswered)."""

    call: Call
    result: str | None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request, read: what was said and done so far, oldest first, and the tools on offer."""

    model: str
    tools: tuple[str, ...]
    said: tuple[Words | Made, ...]
    turns: int = 0
    """How many answers of the model the conversation holds."""
    raw: bytes = field(default=b"", repr=False)

    @property
    def calls(self) -> tuple[Made, ...]:
        """The tool calls so far."""
        return tuple(one for one in self.said if isinstance(one, Made))

    def made(self, name: str, **arguments: Json) -> tuple[Made, ...]:
        """The calls of a tool with (at least) these arguments."""
        return tuple(
            one
            for one in self.calls
            if one.call.name == name and all(one.call.get(key) == value for key, value in arguments.items())
        )

    def after(self, made: Made) -> str:
        """Everything heard since a call: its result and every later word or result that is not the model's own."""
        place = max(index for index, one in enumerate(self.said) if one == made)
        heard = [one.result or "" if isinstance(one, Made) else one.text for one in self.said[place:] if not _own(one)]
        return "\n".join(heard)

    @property
    def last_user(self) -> str:
        """The newest words of a person (or of the program on their behalf)."""
        return next((one.text for one in reversed(self.said) if isinstance(one, Words) and one.role == "user"), "")


def _own(one: Words | Made) -> bool:
    return isinstance(one, Words) and one.role == "assistant"


Policy: TypeAlias = Callable[[Prompt], Turn]

TURN = re.compile(r"call_t(\d+)_")


class Script:
    """Turns played in order. The place is found from the conversation: by the ids that the server gave to calls
    (`call_t<turn>_…`), or by the number of answers, whichever is further.
    Past the end every request is refused (400)."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = tuple(turns)

    def __call__(self, prompt: Prompt) -> Turn:
        place = position(prompt)
        if place >= len(self.turns):
            raise Refused(400, f"The script has {len(self.turns)} turns; the conversation asks for number {place + 1}.")
        return self.turns[place]


def position(prompt: Prompt) -> int:
    """How many turns the conversation has behind it."""
    found = (TURN.match(one.call.id or "") for one in prompt.calls)
    return max([prompt.turns, *(int(match[1]) + 1 for match in found if match)])


def reply_of(turn: Turn) -> Reply:
    """A turn as a tuple."""
    return (turn,) if isinstance(turn, (Call, Say)) else tuple(turn)


def by_phase(planning: Policy, working: Policy, otherwise: Policy) -> Policy:
    """A policy that chooses by the tools on offer: `propose_plan` means planning, `finish` means working."""

    def choose(prompt: Prompt) -> Turn:
        if "propose_plan" in prompt.tools:
            return planning(prompt)
        return working(prompt) if "finish" in prompt.tools else otherwise(prompt)

    return choose
