"""Search the text of the work tree."""

import re

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import Arguments, tool, wrong
from bot.tools.text import cut_line

SHOWN = 200
LINE = 300


class SearchFiles(Arguments):
    pattern: str = Field(min_length=1)
    glob: str | None = Field(None, description="such as src/**/*.py")
    regex: bool = False
    ignore_case: bool = False
    whole_word: bool = False


async def search(args: SearchFiles, bench: Workbench) -> Answer:
    if args.regex and (fault := fault_of(args.pattern)):
        return wrong(fault)
    hits, stopped = await bench.search(
        args.pattern, args.glob, regex=args.regex, ignore_case=args.ignore_case, whole_word=args.whole_word
    )
    note = f"incomplete: {stopped}" if stopped else f"matches: {len(hits)}"
    lines = [f"{path}:{number}: {cut_line(line.strip(), LINE)}" for path, number, line in hits[:SHOWN]]
    return Answer("\n".join([*lines, f"({note})"]))


def fault_of(pattern: str) -> str | None:
    """What is wrong with a regular expression, and where."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"`pattern` is not a regular expression: {error}."
    return None


TOOL = tool("search_files", "Find text in files: path:line: text.", SearchFiles, search)
