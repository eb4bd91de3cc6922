"""Move a file."""

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, Arguments, TreePath, tool


class MoveFile(Arguments):
    source: TreePath
    target: TreePath
    why: str = Field(description="one sentence for the history")


async def move(args: MoveFile, bench: Workbench) -> Answer:
    await bench.move(args.source, args.target, args.why)
    return Answer(f"Moved {args.source} to {args.target}.")


TOOL = tool("move_file", "Move or rename a file.", MoveFile, move, WORKING)
