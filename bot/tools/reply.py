"""Answer in words."""

from pydantic import Field

from bot.domain.events import Replied
from bot.ports import Answer, Workbench
from bot.tools.definition import Arguments, tool


class Reply(Arguments):
    text: str = Field(min_length=1, description="Markdown; places as path:line")


async def reply(args: Reply, bench: Workbench) -> Answer:  # noqa: ARG001 - every tool is given the workbench
    return Answer("Said.", bodies=(Replied(text=args.text),))


TOOL = tool("reply", "Answer the person in words. Ends the turn.", Reply, reply)
