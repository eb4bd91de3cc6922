"""What a workspace holds: users, channels, messages in threads, files and open dialogs; and how a thread reads."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.rehearsal.wire import Json

Block = Mapping[str, Json]


@dataclass(eq=False, slots=True)
class User:
    """An account. Guests are restricted or ultra-restricted; strangers belong to another workspace."""

    id: str
    name: str
    team: str
    bot: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    stranger: bool = False
    deleted: bool = False


@dataclass(eq=False, slots=True)
class File:
    """An uploaded file; it is seen once it was completed, in a channel or where a message shows it."""

    id: str
    name: str
    data: bytes = b""
    title: str = ""
    completed: bool = False


@dataclass(eq=False, slots=True)
class Message:
    """One message. `thread` is the ts of its root ('' for a root); `to` is set for what only one person sees."""

    channel: "Channel"
    ts: str
    user: User
    text: str
    blocks: tuple[Block, ...] = ()
    thread: str = ""
    metadata: Mapping[str, Json] | None = None
    files: tuple[File, ...] = ()
    reactions: list[str] = field(default_factory=list)
    to: str = ""
    edits: int = 0

    @property
    def root(self) -> str:
        """The ts by which its thread is named."""
        return self.thread or self.ts

    @property
    def pictures(self) -> list[str]:
        """The ids of the files that it shows."""
        shown = (block.get("slack_file") for block in self.blocks if block.get("type") == "image")
        return [str(file.get("id")) for file in shown if isinstance(file, Mapping)]

    @property
    def buttons(self) -> dict[str, Block]:
        """What can be clicked, by its label (a menu by its placeholder)."""
        found: dict[str, Block] = {}
        for block in self.blocks:
            elements = block.get("elements")
            for element in elements if block.get("type") == "actions" and isinstance(elements, list) else ():
                found[words(element.get("text") or element.get("placeholder"))] = element
        return found

    def line(self) -> str:
        """As one reads it: who, what (blocks before text), what can be clicked, reactions, files."""
        body = "\n".join(part for part in map(_shown, self.blocks) if part) or unescaped(self.text)
        extras = [f"[{label}]" for label in self.buttons]
        extras += [f"(file {file.name})" for file in self.files] + [f":{name}:" for name in self.reactions]
        seen = f" (only for {self.to})" if self.to else ""
        return f"{self.user.name}{seen}: {' '.join([body, *extras])}".rstrip()


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, or a direct conversation with the bot."""

    id: str
    name: str
    direct: bool = False
    private: bool = False
    archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    statuses: list[tuple[str, str]] = field(default_factory=list)

    def find(self, ts: str) -> Message | None:
        return next((message for message in self.messages if message.ts == ts and not message.to), None)

    def in_thread(self, root: str) -> list[Message]:
        return [message for message in self.messages if message.root == root]

    def lines(self, root: str = "") -> list[str]:
        """The whole channel, or one thread, as chat."""
        return [m.line() for m in self.messages if not root or m.root == root]


@dataclass(eq=False, slots=True)
class View:
    """A dialog that is open before somebody."""

    id: str
    user: User
    view: Mapping[str, Json]


def words(value: Json) -> str:
    """The text of a text object."""
    text = value.get("text") if isinstance(value, Mapping) else value
    return text if isinstance(text, str) else ""


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(block: Block) -> str:
    match block.get("type"):
        case "section" | "header":
            return unescaped(words(block.get("text")))
        case "markdown":
            return words(block)
        case "context":
            return " ".join(unescaped(words(each)) for each in _items(block.get("elements")))
        case "image":
            return f"(picture: {block.get('alt_text')})"
        case "table":
            return "\n".join(" | ".join(map(_shown_cell, _items(row))) for row in _items(block.get("rows")))
        case _:
            return ""


def _shown_cell(cell: Json) -> str:
    """The text of a cell, wherever it stands in it."""
    if isinstance(cell, Mapping):
        text = cell.get("text")
        return text if isinstance(text, str) else "".join(map(_shown_cell, _items(cell.get("elements"))))
    return ""


def _items(value: Json) -> Iterable[Json]:
    return value if isinstance(value, list) else ()


def mentioned(text: str, user: str) -> bool:
    """Whether a text mentions a user (Slack does not look into code)."""
    return f"<@{user}>" in re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
