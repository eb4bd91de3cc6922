"""The one way out: blocks to GitHub's Markdown or to plain text. Every surface posts what these functions return.

`Text`, table cells and checklist items are our own Markdown, into which foreign words come only through
`bot.speech.words`. `Quote` and `Code` carry foreign text and are neutralised here. `clean` removes secrets: it is
applied to the words before they are escaped, and once more to the whole.
"""

import re
import textwrap
from collections.abc import Callable, Sequence
from typing import assert_never

from bot.speech.charts import mermaid, text_bars
from bot.speech.cut import cut
from bot.speech.neutral import fence, legible, neutral, neutral_words, printable, span, summary
from bot.speech.notes import spelled
from bot.speech.post import Block, Button, Chart, Checklist, Code, Post, Quote, Table, Text

LIMIT = 65_536
"""Characters that GitHub takes in a comment or a body."""

MARGIN = 536
"""For what `clean` may add, and the seams."""

Clean = Callable[[str], str]

_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")


def as_is(text: str) -> str:
    return text


# --- GitHub ----------------------------------------------------------------------------------------------------------
def render(post: Post, marker: str = "", clean: Clean = as_is) -> str:
    """A post as GitHub Markdown, its buttons as commands to type, and the marker as its last line."""
    return markdown(post.blocks, buttons=post.buttons, marker=marker, clean=clean)


def markdown(
    blocks: Sequence[Block],
    *,
    buttons: Sequence[Button] = (),
    marker: str = "",
    limit: int = LIMIT,
    clean: Clean = as_is,
) -> str:
    """Blocks as GitHub Markdown of at most `limit` characters. Too long, and the longest blocks are shortened first."""
    cleaned = [cleansed(block, clean) for block in blocks]
    tail = [part for part in (button_line(buttons, clean),) if part]
    room = limit - MARGIN - len(marker) - sum(len(part) + 2 for part in tail)
    parts = [part for part in fitted(cleaned, room) if part]
    whole = cut(clean("\n\n".join([*parts, *tail])), limit - len(marker) - 2)
    return f"{whole}\n\n{marker}" if marker else whole


def cleansed(block: Block, clean: Clean) -> Block:
    """The block without secrets in its words, before anything is escaped."""
    match block:
        case Text():
            return Text(markdown=clean(block.markdown))
        case Quote():
            return Quote(text=clean(block.text), by=clean(block.by), notes=block.notes)
        case Code():
            return Code(text=clean(block.text), title=clean(block.title), language=block.language)
        case Table():
            rows = tuple(tuple(clean(cell) for cell in row) for row in block.rows)
            return Table(head=tuple(clean(cell) for cell in block.head), rows=rows)
        case Checklist():
            return Checklist(items=tuple((done, clean(text)) for done, text in block.items))
        case Chart():
            bars = tuple(bar.model_copy(update={"label": clean(bar.label)}) for bar in block.bars)
            return block.model_copy(update={"title": clean(block.title), "bars": bars})
        case _:
            assert_never(block)


def block_markdown(block: Block) -> str:
    match block:
        case Text():
            return printable(block.markdown)
        case Quote():
            return _quote(block)
        case Code():
            return _code(block)
        case Table():
            return _table(block)
        case Checklist():
            return "\n".join(f"- [{'x' if done else ' '}] {_cell(text)}" for done, text in block.items)
        case Chart():
            return mermaid(block) if block.bars else ""
        case _:
            assert_never(block)


def _quote(block: Quote) -> str:
    lines = spelled(neutral(block.text), block.notes).strip("\n").split("\n")
    by = ["", f"— {neutral_words(_line(block.by))}"] if block.by else []
    return "\n".join(f"> {line}".rstrip() for line in [*lines, *by])


def _code(block: Code) -> str:
    fenced = fence(legible(block.text), block.language)
    if not block.title:
        return fenced
    return f"<details><summary>{summary(block.title)}</summary>\n\n{fenced}\n\n</details>"


def _table(block: Table) -> str:
    if not block.rows:
        return ""
    width = len(block.head)
    rows = [(*row, *[""] * (width - len(row)))[:width] for row in block.rows]
    lines = [_row(block.head), "|" + "---|" * width, *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_PIPE.sub(r"\1\\|", _cell(cell)) for cell in cells) + " |"


def _cell(text: str) -> str:
    return _line(printable(text))


def _line(text: str) -> str:
    return " ".join(text.split())


def button_line(buttons: Sequence[Button], clean: Clean = as_is) -> str:
    """Where nothing can be clicked, a button is the command to type."""
    return " · ".join(
        f"{neutral_words(_line(legible(clean(b.label))))}: {span(typed(clean(b.command)))}" for b in buttons
    )


def typed(command: str) -> str:
    line = _line(legible(command))
    return line if line.startswith(("/", "@")) else f"/maestro {line}"


# --- too long --------------------------------------------------------------------------------------------------------
def fitted(blocks: Sequence[Block], room: int) -> list[str]:
    """The blocks' Markdown, together at most `room` characters: all keep what they need but the longest."""
    parts = [block_markdown(block) for block in blocks]
    room -= 2 * len(parts)
    if sum(map(len, parts)) <= room:
        return parts
    share = _share(sorted(map(len, parts)), room)
    return [part if len(part) <= share else shortened(block, share) for block, part in zip(blocks, parts, strict=True)]


def _share(lengths: Sequence[int], room: int) -> int:
    """The largest length for one part with which all parts together fit."""
    for index, length in enumerate(lengths):
        share = room // (len(lengths) - index)
        if length > share:
            return max(share, 0)
        room -= length
    return room


def shortened(block: Block, room: int) -> str:
    """A block's Markdown of at most `room` characters: rows and items go from the end, output from the middle."""
    ratio = 0.95
    for _ in range(12):
        smaller = _smaller(block, ratio * room / max(1, len(block_markdown(block))))
        part = block_markdown(smaller)
        if len(part) <= room:
            return part
        ratio *= 0.8
    return cut(part, room)


def _smaller(block: Block, ratio: float) -> Block:
    match block:
        case Text():
            return Text(markdown=cut(block.markdown, int(len(block.markdown) * ratio)))
        case Quote():
            text = _head(block.text, ratio)
            return Quote(text=text, by=block.by, notes=block.notes)
        case Code():
            return Code(text=_ends(block.text, ratio), title=block.title, language=block.language)
        case Table():
            rows = block.rows[: int(len(block.rows) * ratio)]
            left_out = (f"… {len(block.rows) - len(rows):,} more rows were left out",)
            return Table(head=block.head, rows=(*rows, left_out))
        case Checklist():
            items = block.items[: int(len(block.items) * ratio)]
            return Checklist(items=(*items, (False, f"… {len(block.items) - len(items):,} more were left out")))
        case Chart():
            return block.model_copy(update={"bars": block.bars[: int(len(block.bars) * ratio)]})
        case _:
            assert_never(block)


def _head(text: str, ratio: float) -> str:
    size = int(len(text) * ratio)
    return f"{text[:size]}\n\n… {len(text) - size:,} more characters were left out."


def _ends(text: str, ratio: float) -> str:
    size = int(len(text) * ratio)
    head, tail = text[: size // 3], text[len(text) - (size - size // 3) :]
    return f"{head}\n\n… {len(text) - size:,} characters were left out here …\n\n{tail}"


# --- plain text ------------------------------------------------------------------------------------------------------
def plain(post: Post, clean: Clean = as_is) -> str:
    """A post for a terminal: no escape sequences, tables in columns, code indented, buttons as commands."""
    parts = [_plain(cleansed(block, clean)) for block in post.blocks]
    if post.buttons:
        parts.append("\n".join(f"  {_line(legible(b.label))}: {_bare(b.command)}" for b in post.buttons))
    return clean("\n\n".join(part for part in parts if part))


def _plain(block: Block) -> str:
    match block:
        case Text():
            return unmarked(printable(block.markdown))
        case Quote():
            by = f"\n— {_line(legible(block.by))}" if block.by else ""
            notes = tuple(unmarked(note) for note in block.notes)
            return textwrap.indent(spelled(legible(block.text), notes).strip("\n") + by, "│ ", lambda _: True)
        case Code():
            head = f"{_line(legible(block.title))}\n" if block.title else ""
            return head + textwrap.indent(legible(block.text).rstrip("\n"), "    ")
        case Table():
            return _columns(block)
        case Checklist():
            return "\n".join(f"[{'x' if done else ' '}] {unmarked(_cell(text))}" for done, text in block.items)
        case Chart():
            return legible(text_bars(block))
        case _:
            assert_never(block)


def unmarked(markdown: str) -> str:
    """Our own Markdown as a terminal shows it: no escapes, emphasis or code ticks, links with their address."""
    text = re.sub(r"\[([^\[\]]+)\]\(([^()\s]+)\)", r"\1 (\2)", markdown)
    text = re.sub(r"(?m)^#{1,6} ", "", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text)
    text = re.sub(r"(?<!\w)_([^_\n]+)_(?!\w)", r"\1", text)
    text = re.sub(r"(?<!\\)`+ ?(.+?) ?`+", r"\1", text)
    return re.sub(r"\\([\\`*_{}\[\]<>()#+!|~.-])", r"\1", text).replace("\u2060", "")


def _columns(block: Table) -> str:
    if not block.rows:
        return ""
    rows = [[unmarked(_cell(cell)) for cell in row] for row in (block.head, *block.rows)]
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(len(block.head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def _bare(command: str) -> str:
    """The terminal takes the bare verb."""
    return _line(legible(command)).removeprefix("/maestro ")
