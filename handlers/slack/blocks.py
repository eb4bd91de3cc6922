"""A post as Slack's blocks, within Slack's limits. Foreign words can't act: `<`, `>` and `&` are escaped, so that no
mention, channel call or link is made of them, and our own Markdown is translated piece by piece."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

from pydantic import JsonValue

from bot.speech.neutral import legible, neutral
from bot.speech.notes import spelled
from bot.speech.post import Block, Button, Chart, Checklist, Code, Post, Quote, Table, Text
from bot.speech.render import as_is, cleansed, plain, unmarked
from handlers.slack.picture import draw

SECTION = 2_900
"""Characters of one section; Slack takes 3,000."""

MOST_BLOCKS, MOST_CHARACTERS = 46, 11_500
"""Of one message: below Slack's 50, and its undocumented total near 13,200."""

CODE = 2_400
"""Characters of output in a message; longer output comes as a file."""

ROWS, COLUMNS, CELLS = 99, 20, 8_000
"""Of a table block: below Slack's 100 rows, its 20 columns, and its 10,000 characters."""

LABEL, VALUE, VALUES = 70, 1_900, 3_000
"""Characters of a button's label, of its value, and of all values of a message together."""

Made = dict[str, JsonValue]
Clean = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that belongs to a message."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message: `text` is what notifications and old clients show. A picture's block names its file among `files`,
    until Slack has given it a name."""

    text: str
    blocks: list[Made]
    files: tuple[Attached, ...] = ()

    @property
    def pictures(self) -> tuple[Attached, ...]:
        shown = {block.get("slack_file") for block in self.blocks if isinstance(block.get("slack_file"), str)}
        return tuple(file for file in self.files if file.name in shown)

    def showing(self, ids: Mapping[str, str]) -> "Rendered":
        """With the pictures that Slack knows by these names in their places, and without the places of others."""
        blocks: list[Made] = []
        for block in self.blocks:
            name = block.get("slack_file")
            if not isinstance(name, str):
                blocks.append(block)
            elif name in ids:
                blocks.append(block | {"slack_file": {"id": ids[name]}})
        return Rendered(self.text, blocks, tuple(file for file in self.files if file.name not in ids))


def render(post: Post, clean: Clean = as_is, *, rich: bool = True) -> Rendered:
    """A post for Slack; `clean` removes secrets from the words before anything is escaped. `rich`: with pictures inside
    the message and a table as a table, which not every workspace takes."""
    cleaned = [cleansed(block, clean) for block in post.blocks]
    table = next((block for block in cleaned if isinstance(block, Table) and _is_small(block)), None) if rich else None
    made = [
        each
        for number, block in enumerate(cleaned)
        for each in (_native(block) if block is table and table is not None else _blocks(block, number, rich=rich))
    ]
    actions = _actions(post, clean)
    kept = _fitted(made, actions)
    files = tuple(file for n, block in enumerate(cleaned) for file in _files(block, n))
    words = escape(legible(clean(plain(post, clean)).partition("\n\n")[0]))[:300] or "Maestro"
    return Rendered(words, [*kept, *actions], files)


def escape(text: str) -> str:
    """The three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- our Markdown ----------------------------------------------------------------------------------------------------
_TOKEN = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\[(?P<text>(?:\\.|[^\[\]\\])+)\]\((?P<url>https?://[^()\s]+)\)"
    r"|\\(?P<escaped>[\\`*_{}\[\]<>()#+!|~.-])"
    r"|\*\*(?P<bold>(?:[^*]|\*(?!\*))+)\*\*"
    r"|&(?P<entity>lt|gt|amp);",
    re.DOTALL,
)


def mrkdwn(markdown: str) -> str:
    """Our Markdown in Slack's own: headings and bold become bold, links and code spans stay what they are."""
    text = re.sub(r"(?m)^#{1,6} (.+)$", lambda found: f"**{found[1].replace('**', '')}**", markdown)
    done, at = "", 0
    for token in _TOKEN.finditer(text):
        done += escape(text[at : token.start()]) + _translated(token)
        at = token.end()
    return done + escape(text[at:])


def _translated(token: re.Match[str]) -> str:
    if token["code"] is not None:
        return f"`{escape(token['code'].strip().replace('`', 'ʼ')) or ' '}`"
    if token["text"] is not None:
        label = escape(unmarked(token["text"])).replace("|", "¦")
        return f"<{token['url'].replace('>', '%3E').replace('|', '%7C')}|{label}>"
    if token["escaped"] is not None:
        return escape(token["escaped"])
    if token["bold"] is not None:
        return f"*{mrkdwn(token['bold'])}*"
    return f"&{token['entity']};"


# --- blocks ----------------------------------------------------------------------------------------------------------
def _blocks(block: Block, number: int, *, rich: bool) -> list[Made]:
    match block:
        case Text():
            return [_section(part) for part in _parts(mrkdwn(block.markdown))]
        case Quote():
            return list(_quote(block))
        case Checklist():
            rows = [f"{'☑' if done else '☐'} {mrkdwn(text)}" for done, text in block.items]
            return [_section(part) for part in _parts("\n".join(rows))]
        case Table():
            return list(_table(block))
        case Code():
            return list(_code(block))
        case Chart():
            return [_picture(block, number)] if rich and block.bars else []  # a file then, and the numbers in the table
        case _:
            assert_never(block)


def _section(text: str) -> Made:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _parts(text: str, prefix: str = "") -> Iterable[str]:
    """Pieces that fit in a section, cut at the end of a line where there is one."""
    text = text.strip("\n")
    while text.strip():
        piece = text[:SECTION]
        if len(text) > SECTION:
            piece = piece[: max(piece.rfind("\n"), piece.rfind(" "), SECTION // 2)]
        yield prefix + piece
        text = text[len(piece) :].lstrip("\n")


def _quote(block: Quote) -> Iterable[Made]:
    """Foreign Markdown, made harmless first; code in it keeps its box, the rest its bar."""
    said = spelled(neutral(block.text), block.notes).strip("\n")
    for number, part in enumerate(re.split(r"(?m)^(`{3,})[^\n]*\n(.*?)\n\1[ \t]*$", said, flags=re.DOTALL)):
        if number % 3 == 2:
            yield from _boxed(part)
        elif number % 3 == 0 and part.strip():
            lines = "\n".join(f"> {line}" for line in mrkdwn(part.strip("\n")).split("\n"))
            yield from (_section(piece) for piece in _parts(lines))
    if block.by:
        yield _context(escape(legible(block.by)))


def _boxed(text: str) -> Iterable[Made]:
    """Verbatim text in a box; what is long loses its middle."""
    text = legible(text).rstrip("\n")
    if len(text) > CODE:
        text = f"{text[: CODE // 3]}\n\n… {len(text) - CODE:,} characters were left out …\n\n{text[-CODE * 2 // 3 :]}"
    body = escape(text.replace("```", "ʼʼʼ"))[:SECTION]
    yield _section(f"```{body or ' '}```")


def _code(block: Code) -> Iterable[Made]:
    if block.title:
        yield _context(escape(legible(block.title)))
    yield from _boxed(block.text)


def _picture(block: Chart, number: int) -> Made:
    """The place of a chart, with its numbers for who doesn't see it."""
    unit = "" if block.unit == "value" else block.unit
    numbers = ", ".join(f"{bar.label} {bar.value:.4g} {unit}".rstrip() for bar in block.bars)
    return {"type": "image", "alt_text": legible(f"{block.title}: {numbers}")[:1_900], "slack_file": _name_of(number)}


def _name_of(number: int) -> str:
    return f"chart-{number}.png"


_LINKED = re.compile(r"\[([^\[\]]+)\]\((https?://[^()\s]+)\)")


def _is_small(block: Table) -> bool:
    cells = [cell for row in (block.head, *block.rows) for cell in row]
    return 0 < len(block.rows) < ROWS and 0 < len(block.head) <= COLUMNS and sum(map(len, cells)) <= CELLS


def _native(block: Table) -> list[Made]:
    width = len(block.head)
    rows = [(*row, *("",) * width)[:width] for row in (block.head, *block.rows)]
    settings: list[JsonValue] = [{"is_wrapped": True}] * width
    return [{"type": "table", "column_settings": settings, "rows": [[_cell(cell) for cell in row] for row in rows]}]


def _cell(markdown: str) -> JsonValue:
    link = _LINKED.search(markdown)
    text = legible(unmarked(" ".join(_LINKED.sub(r"\1", markdown).split()))) or "–"
    if link is None:
        return {"type": "raw_text", "text": text}
    linked: JsonValue = {"type": "link", "url": link[2], "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [linked]}]}


def _table(block: Table) -> Iterable[Made]:
    """In columns, as text of one width; its links follow below, since nothing can be clicked in a box."""
    if not block.rows:
        return
    links = [f"<{url}|{escape(label)}>" for row in block.rows for cell in row for label, url in _LINKED.findall(cell)]
    bare = [tuple(re.sub(r"\[([^\[\]]+)\]\([^()\s]+\)", r"\1", cell) for cell in row) for row in block.rows]
    rows = [tuple(unmarked(" ".join(cell.split()))[:44] for cell in row) for row in (block.head, *bare)]
    widths = [max((len(row[n]) for row in rows if n < len(row)), default=0) for n in range(len(block.head))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)).rstrip() for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    yield from _boxed("\n".join(lines))
    if links:
        yield _context("Records: " + " · ".join(dict.fromkeys(links)))


def _context(text: str) -> Made:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:SECTION]}]}


# --- buttons ---------------------------------------------------------------------------------------------------------
def _actions(post: Post, clean: Clean) -> list[Made]:
    """Buttons whose value is the command that one could type; with a plan to approve, one more to change it."""
    buttons = list(_that_fit(post.buttons))
    if any(isinstance(block, Table) and "verdict" in block.head and "claim" in block.head for block in post.blocks):
        buttons.append(Button(label="Show proof", command="/maestro status"))
    made: list[JsonValue] = [_button(button, n, clean) for n, button in enumerate(buttons)]
    if any(button.command.startswith("/maestro approve") for button in buttons):
        label: Made = {"type": "plain_text", "text": "Change…"}
        made.insert(1, {"type": "button", "action_id": "change", "text": label, "value": "change"})
    return [{"type": "actions", "elements": made}] if made else []


def _that_fit(buttons: Iterable[Button]) -> Iterable[Button]:
    """A command that is cut would be another command: what is too long stays to be typed."""
    room = VALUES
    for button in islice(buttons, 20):
        room -= len(button.command)
        if len(button.command) <= VALUE and room >= 0:
            yield button


def _button(button: Button, number: int, clean: Clean) -> Made:
    label = " ".join(legible(clean(button.label)).split())[:LABEL] or "OK"
    made: Made = {
        "type": "button",
        "action_id": f"run:{number}",
        "text": {"type": "plain_text", "text": label},
        "value": clean(button.command)[:VALUE],  # a secret in it grows when it is replaced
    }
    return made | ({"style": button.style} if button.style else {})


# --- limits ----------------------------------------------------------------------------------------------------------
def _fitted(blocks: Sequence[Made], tail: Sequence[Made]) -> list[Made]:
    """As many blocks as one message takes; what is left out is said, and stands on the live page."""
    room = MOST_CHARACTERS - sum(map(_characters, tail))
    kept: list[Made] = []
    for block in blocks:
        room -= _characters(block)
        if room < 0 or len(kept) >= MOST_BLOCKS:
            return [*kept, _context(f"… {len(blocks) - len(kept)} more parts were left out; the live page has them.")]
        kept.append(block)
    return kept


def _characters(value: JsonValue | Made) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _files(block: Block, number: int) -> Iterable[Attached]:
    """Charts as pictures, and output that is too long for a message."""
    if isinstance(block, Chart) and block.bars:
        yield Attached(_name_of(number), draw(block))
    elif isinstance(block, Code) and len(block.text) > CODE:
        name = re.sub(r"[^A-Za-z0-9]+", "-", block.title)[:40].strip("-") or "output"
        yield Attached(f"{name}.txt", block.text.encode("utf-8", "replace"))
