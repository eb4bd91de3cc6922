"""List the files of the work tree."""

from pydantic import Field

from bot.domain.words import plural
from bot.ports import Answer, Workbench
from bot.tools.definition import Arguments, tool

USUAL, MOST = 300, 2_000


class ListFiles(Arguments):
    glob: str | None = Field(None, description="such as src/**/*.py")
    limit: int | None = Field(None, ge=1)


async def list_files(args: ListFiles, bench: Workbench) -> Answer:
    limit = min(args.limit or USUAL, MOST)
    found = await bench.files(args.glob, limit + 1)
    if not found:
        return Answer(f"No file matches {args.glob}." if args.glob else "The work tree has no files.")
    lines = [f"{path}  {size}" for path, size in found[:limit]]
    if len(found) > limit:
        lines.append(f"(the first {limit}; narrow the glob or raise the limit)")
    else:
        lines.append(f"({plural(len(found), 'file')}, sizes in bytes)")
    return Answer("\n".join(lines))


TOOL = tool("list_files", "List files with their sizes.", ListFiles, list_files)
