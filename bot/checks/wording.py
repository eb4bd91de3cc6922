"""Small phrases that the checks' reasons share."""

from collections.abc import Collection, Sequence

from bot.domain.words import plural

SHOWN = 5
"""So many names stand in a reason; the record carries all."""


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def count(things: int | Collection[object], noun: str) -> str:
    """`1 test`, `2 tests`."""
    return plural(things if isinstance(things, int) else len(things), noun)


def sentence(*parts: str) -> str:
    """The non-empty parts as one sentence."""
    text = "; ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
