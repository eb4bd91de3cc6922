"""Replace exact text in a file."""

import difflib

from pydantic import Field

from bot.domain.words import plural
from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, Arguments, TreePath, tool, wrong
from bot.tools.text import cut_line, exact

SEARCHED = 20_000
"""Lines of a file in which something similar is looked for."""


class EditFile(Arguments):
    path: TreePath
    old: str = Field(min_length=1, description="the exact text, unique in the file")
    new: str
    why: str = Field(description="one sentence for the history")
    replace_all: bool = False


async def edit(args: EditFile, bench: Workbench) -> Answer:
    text = exact(await bench.read(args.path))
    if text is None:
        return wrong(f"{args.path} is not UTF-8 text; edit it with a program through `run`.")
    if args.old == args.new:
        return wrong("`old` and `new` are equal: nothing to change.")
    old, new = in_file_newlines(text, args.old, args.new)
    count = text.count(old)
    if count == 0:
        return wrong(f"`old` is not in {args.path}, {nearest(text, args.old)}")
    if count > 1 and not args.replace_all:
        lines = ", ".join(map(str, lines_of(text, old)[:10]))
        return wrong(f"`old` occurs {count} times in {args.path} (lines {lines}). Add context, or set replace_all.")
    await bench.write(args.path, text.replace(old, new).encode(), args.why)
    return Answer(f"Replaced {plural(count, 'occurrence')} in {args.path}, line {lines_of(text, old)[0]}.")


def in_file_newlines(text: str, old: str, new: str) -> tuple[str, str]:
    """`old` and `new` with the file's own line ends, for a file whose lines all end in CR LF."""
    if old in text or "\r\n" not in text or text.count("\n") != text.count("\r\n"):
        return old, new
    return old.replace("\r\n", "\n").replace("\n", "\r\n"), new.replace("\r\n", "\n").replace("\n", "\r\n")


def lines_of(text: str, old: str) -> list[int]:
    """The line number of each occurrence."""
    found, at = [], text.find(old)
    while at != -1:
        found.append(text.count("\n", 0, at) + 1)
        at = text.find(old, at + len(old))
    return found


def nearest(text: str, old: str) -> str:
    """The lines most like the first line that was looked for, to find the difference by."""
    wanted = next((line for line in old.splitlines() if line.strip()), "").strip()
    lines = text.splitlines()[:SEARCHED]
    same = [number for number, line in enumerate(lines, 1) if wanted and wanted in line][:3]
    if same:
        shown = "\n".join(f"{number:6}\t{cut_line(lines[number - 1])}" for number in same)
        return f"though its first line is; what follows must differ, perhaps in spaces:\n{shown}"
    matcher = difflib.SequenceMatcher(b=wanted)
    scored = sorted(((_likeness(matcher, line.strip()), number) for number, line in enumerate(lines, 1)), reverse=True)
    close = [number for score, number in scored[:3] if score >= 0.5]
    if not close:
        return "nor anything like it. View the file first."
    shown = "\n".join(f"{number:6}\t{cut_line(lines[number - 1])}" for number in close)
    return f"the nearest lines are:\n{shown}"


def _likeness(matcher: "difflib.SequenceMatcher[str]", line: str) -> float:
    """0..1; exact only for lines that could be alike, since comparing is slow."""
    matcher.set_seq1(line[:500])
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.5 and matcher.quick_ratio() >= 0.5 else 0.0


TOOL = tool("edit_file", "Replace exact text in a file.", EditFile, edit, WORKING)
