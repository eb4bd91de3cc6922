"""Look at a file, page by page, as it is or as an earlier iteration was."""

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import Arguments, TreePath, tool, wrong
from bot.tools.text import cut_line, decoded

PAGE = 400
"""Lines shown at once."""

PAGE_CHARS = 40_000


class ViewFile(Arguments):
    path: TreePath
    start: int | None = Field(None, description="first line, from 1", ge=1)
    end: int | None = Field(None, description="last line", ge=1)
    iteration: int | None = Field(None, description="an earlier iteration; 0 is the base", ge=0)


async def view(args: ViewFile, bench: Workbench) -> Answer:
    text = decoded(data := await bench.read(args.path, args.iteration))
    if text is None:
        return Answer(f"{args.path} is not text ({len(data)} bytes).")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    start = args.start or 1
    if start > max(len(lines), 1):
        return wrong(f"{args.path} has {len(lines)} lines; line {start} is after its end.")
    return Answer(page(args.path, lines, start, min(args.end or len(lines), start + PAGE - 1, len(lines))))


def page(path: str, lines: list[str], start: int, end: int) -> str:
    """Numbered lines `start`..`end` (fewer when they are long), and where to go on."""
    if not lines:
        return f"{path} is empty."
    shown: list[str] = []
    room = PAGE_CHARS
    for number in range(start, end + 1):
        shown.append(f"{number:6}\t{cut_line(lines[number - 1].removesuffix(chr(13)))}")
        room -= len(shown[-1])
        if room <= 0:
            break
    last = start + len(shown) - 1
    if start > 1 or last < len(lines):
        more = f"; more from start={last + 1}" if last < len(lines) else ""
        shown.append(f"(lines {start}-{last} of {len(lines)}{more})")
    return "\n".join(shown)


TOOL = tool("view_file", "Show a file with line numbers, at most 400 lines at once.", ViewFile, view)
