"""A post: what is said, surface-neutral. Surfaces render it; `bot.speech.render` is the one way out to text."""

from typing import Literal

from bot.domain.refs import ConversationRef, Value


class Text(Value):
    """Our own words, Markdown."""

    kind: Literal["text"] = "text"
    markdown: str


class Quote(Value):
    """Somebody else's words (a person's, the model's): neutralised and quoted, never taken as ours. `notes` are our own
    Markdown, for the note characters in the text (`bot.speech.notes`)."""

    kind: Literal["quote"] = "quote"
    text: str
    by: str = ""
    notes: tuple[str, ...] = ()


class Table(Value):
    kind: Literal["table"] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Code(Value):
    """Verbatim output, fenced; folded under `title` when it has one."""

    kind: Literal["code"] = "code"
    text: str
    title: str = ""
    language: str = ""


class Checklist(Value):
    kind: Literal["checklist"] = "checklist"
    items: tuple[tuple[bool, str], ...]


class Bar(Value):
    """One value of a chart with its 95 % interval (equal to the value where there is none)."""

    label: str
    value: float
    low: float
    high: float


class Chart(Value):
    """Numbers as a picture. What it shows is also said in words and in a table: not every reader sees pictures."""

    kind: Literal["chart"] = "chart"
    title: str
    unit: str
    style: Literal["bar", "line"]
    bars: tuple[Bar, ...]


class Button(Value):
    """A button's value is a command text, so clicking and typing are one path."""

    label: str
    command: str
    style: Literal["primary", "danger", ""] = ""


Block = Text | Quote | Table | Code | Checklist | Chart


class OnLines(Value):
    """Blocks said on lines of a file in a pull request, both ends included."""

    path: str
    first: int
    last: int
    blocks: tuple[Block, ...]


class Post(Value):
    """`key` is its identity in the session: a key is posted once; a `status` post is edited in place afterwards.

    `where` is the place it goes to; `on` makes it a review of a pull request's commit `onto`, where there are reviews.
    `part` tells apart what one event makes us say in several threads of one conversation.
    """

    key: str
    kind: Literal["say", "status"]
    where: ConversationRef
    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    target: str = ""
    on: tuple[OnLines, ...] = ()
    onto: str = ""
    part: int = 0
