"""Hand the work over to validation."""

from pydantic import Field

from bot.domain.events import Finished
from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, Arguments, tool, wrong


class Finish(Arguments):
    title: str = Field(min_length=1, description="the commit's title, imperative, at most 70 characters")
    summary: str = Field(description="what changed and why")


async def finish(args: Finish, bench: Workbench) -> Answer:
    if not bench.session.changed:
        return wrong("Nothing was changed: the work tree equals the base. Do the work first, or `reply` why not.")
    title = " ".join(args.title.split())
    return Answer("Handed over to the checks.", bodies=(Finished(title=title, summary=args.summary),))


TOOL = tool("finish", "Hand the finished work over to the checks. Ends the turn.", Finish, finish, WORKING)
