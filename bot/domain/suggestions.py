"""Suggested changes: the lines inside a ```suggestion fence, which replace exactly the lines that a thread is about."""

import difflib
import re
from itertools import pairwise

from bot.domain.followups import Suggestion
from bot.domain.hidden import reveal

MAX_LINES = 20
"""Lines of one suggestion of ours: what is longer is a change, not a small answer."""

_BLOCK = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[ \t]*suggestion[ \t]*\n(?P<lines>(?:.*\n)*?) {0,3}(?P=fence)[`~]*[ \t]*(?:\n|\Z)",
    re.MULTILINE,
)
_ACTIVE = re.compile(r"^\s*(?:(?:[-*+]|\d{1,9}[.)]|>|#{1,6})\s+|>)*/[A-Za-z][\w-]*(?:\s|$)", re.MULTILINE)


def suggestions(text: str) -> tuple[str, ...]:
    """What each suggestion of a Markdown text wants to stand there, without the last line's end; '' deletes."""
    return tuple(match["lines"].removesuffix("\n") for match in _BLOCK.finditer(_plain(text)))


def split(text: str) -> tuple[str, str | None]:
    """The words without their first suggestion, and that suggestion; None when there is none."""
    plain = _plain(text)
    match = _BLOCK.search(plain)
    if match is None:
        return text, None
    before, after = plain[: match.start()].rstrip(), plain[match.end() :].strip()
    return "\n\n".join(part for part in (before, after) if part), match["lines"].removesuffix("\n")


def fault(text: str) -> str:
    """Why lines can't be offered as a suggestion, exactly as they are; '' when they can."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        return f"it has more than {MAX_LINES} lines"
    if not lines[-1].strip():
        return "it deletes lines or ends with an empty one"
    if (
        _ACTIVE.search(text)
        or reveal(f"```\n{text}\n```").hidden
        or not text.replace("\n", "").replace("\t", "").isprintable()
    ):
        return "a surface would not show it exactly as it is"
    return ""


def stands_in(content: str, lines: str) -> bool:
    """Whether a file holds these lines, one after the other. What deletes is taken at its word."""
    return not lines or f"\n{lines}\n" in f"\n{_plain(content)}\n"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


MAX_SPOTS = 5
"""Suggestions that one small change may come to."""

MAX_FILE = 20_000
"""Lines of a file beyond which no suggestions are worked out."""


def spots(path: str, old: str, new: str) -> tuple[Suggestion, ...] | None:
    """A changed file as suggestions on its old lines; None when they could not express it, or not in a few lines."""
    if "\r" in old + new or not (old.endswith("\n") and new.endswith("\n")):
        return None
    before, after = old.removesuffix("\n").split("\n"), new.removesuffix("\n").split("\n")
    if max(len(before), len(after)) > MAX_FILE:
        return None
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    found = [_spot(path, before, after[j1:j2], i1, i2) for tag, i1, i2, j1, j2 in blocks if tag != "equal"]
    kept = tuple(one for one in found if one is not None and not fault(one.text) and one.last - one.first < MAX_LINES)
    apart = all(one.last < next.first for one, next in pairwise(kept))
    return kept if len(kept) == len(found) <= MAX_SPOTS and apart else None


def _spot(path: str, before: list[str], lines: list[str], start: int, end: int) -> Suggestion | None:
    """`lines` in the place of before[start:end]. What replaces nothing, or by nothing, takes a neighbour along."""
    if (start == end or not _ends_well(lines)) and start > 0:
        start, lines = start - 1, [before[start - 1], *lines]
    if (start == end or not _ends_well(lines)) and end < len(before):
        end, lines = end + 1, [*lines, before[end]]
    return Suggestion(path=path, first=start + 1, last=end, text="\n".join(lines)) if start < end and lines else None


def _ends_well(lines: list[str]) -> bool:
    return bool(lines) and bool(lines[-1].strip())
