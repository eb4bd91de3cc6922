"""Bring back an earlier iteration of a file, as a new one."""

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, Arguments, TreePath, tool


class RestoreFile(Arguments):
    path: TreePath
    iteration: int = Field(description="0 is the base", ge=0)
    why: str = Field(description="one sentence for the history")


async def restore(args: RestoreFile, bench: Workbench) -> Answer:
    await bench.restore(args.path, args.iteration, args.why)
    return Answer(f"Restored {args.path} as it was in iteration {args.iteration}.")


TOOL = tool("restore_file", "Bring back an earlier iteration of a file.", RestoreFile, restore, WORKING)
