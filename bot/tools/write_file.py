"""Write a whole file."""

from pydantic import Field

from bot.domain.words import plural
from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, Arguments, TreePath, tool


class WriteFile(Arguments):
    path: TreePath
    content: str
    why: str = Field(description="one sentence for the history")


async def write(args: WriteFile, bench: Workbench) -> Answer:
    data = args.content.encode("utf-8", "replace")
    await bench.write(args.path, data, args.why)
    return Answer(f"Wrote {args.path}: {plural(len(args.content.splitlines()), 'line')}, {len(data)} bytes.")


TOOL = tool("write_file", "Create a file or replace all of it.", WriteFile, write, WORKING)
