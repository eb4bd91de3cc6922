"""The inputs of a test: what it hands to the code under test, and the test once more with others. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Thing = TypeVar("Thing")

NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A literal that is an input: the bytes where it stands (without quotes), and its text. Or the last of several
    things in a row (`row`), which more can follow, each with `joint` before it."""

    start: int
    end: int
    text: str
    number: bool = False
    row: int = 0
    joint: str = ""


Change = Mapping[Spot, str]
Cuts = tuple[tuple[int, int, str], ...]
"""What is left out of a text, for something else each."""


def left(spots: Iterable[Spot], cuts: Cuts) -> tuple[Spot, ...]:
    """Those that are not cut."""
    return tuple(sorted(spot for spot in spots if not any(at <= spot.start < to for at, to, _ in cuts)))


def news_first(things: Iterable[Thing], text_of: Callable[[Thing], str], old: str) -> list[Thing]:
    """In order, but for those whose text the old file has, which come last."""
    return sorted(things, key=lambda each: text_of(each) in old)


@dataclass(frozen=True, slots=True)
class Example:
    """A test in its file, by the bytes where it stands: all of it, its name (or title), and its inputs. `cuts` are left
    out of copies, for something else each: the other rows of its table, and the other assertions, which would keep
    this one from being reached."""

    name: str
    start: int
    end: int
    named: tuple[int, int]
    spots: tuple[Spot, ...]
    cuts: Cuts = ()
    rows: tuple[Spot, ...] = ()

    def copy(self, code: bytes, mark: str, change: Change) -> bytes:
        """The test once more, under a name with `mark` behind, with other texts for some of its inputs."""
        edits = [(self.named[1], self.named[1], mark), *self.cuts]
        edits += [(spot.start, spot.end, text) for spot, text in change.items()]
        made = code[self.start : self.end]
        for start, end, new in sorted(edits, reverse=True):
            made = made[: start - self.start] + new.encode() + made[end - self.start :]
        return made
