"""Ask the humans."""

from pydantic import Field

from bot.domain.events import Asked
from bot.ports import Answer, Workbench
from bot.tools.definition import Arguments, tool


class Ask(Arguments):
    question: str = Field(min_length=1)
    options: tuple[str, ...] | None = Field(None, description="answers to choose from")


async def ask(args: Ask, bench: Workbench) -> Answer:
    name = f"q{bench.session.seq}"
    asked = Asked(ask=name, question=args.question, options=args.options or ())
    return Answer(f"Asked as {name}; the answer will come as a message.", bodies=(asked,))


TOOL = tool("ask", "Ask the person, all questions at once. The turn waits for the answer.", Ask, ask)
