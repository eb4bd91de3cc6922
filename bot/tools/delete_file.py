"""Delete a file."""

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, Arguments, TreePath, tool


class DeleteFile(Arguments):
    path: TreePath
    why: str = Field(description="one sentence for the history")


async def delete(args: DeleteFile, bench: Workbench) -> Answer:
    await bench.delete(args.path, args.why)
    return Answer(f"Deleted {args.path}.")


TOOL = tool("delete_file", "Delete a file.", DeleteFile, delete, WORKING)
