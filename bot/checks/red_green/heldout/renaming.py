"""Other names throughout a test, in its inputs and in what it expects alike: once in the same order, and once in the
reverse one. What passes with the first and fails with the second goes by names. Pure: texts in, texts out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_letters, ascii_lowercase, ascii_uppercase

from bot.checks.red_green.heldout.inputs import Change, Example, Spot
from bot.checks.red_green.heldout.special import library_words

_STRING = re.compile(rb"""(?P<sign>["'`])((?:(?!(?P=sign))[^\\\n])*)(?P=sign)""")
_NAME = re.compile(r"[A-Za-z]+")

_SAME = str.maketrans(ascii_letters, f"{ascii_lowercase[1:]}a{ascii_uppercase[1:]}A")
_REVERSE = str.maketrans(ascii_letters, ascii_lowercase[::-1] + ascii_uppercase[::-1])


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is written otherwise in a test, and the old name of each new one."""

    change: Change
    olds: dict[str, str]

    def undone(self, message: str) -> str:
        """A message with the old names."""
        return _NAME.sub(lambda match: self.olds.get(match[0], match[0]), message)


def renamings(example: Example, code: bytes, known: frozenset[str]) -> tuple[Renaming, ...]:
    """The two of them; () where there are not several names, one has no next one, or other words seem to be made of
    them: `"abc"` beside `"a"`."""
    found = {name for spot in example.spots if not spot.number for name in _NAME.findall(spot.text)}
    names = {name for name in found if name.lower() not in known | library_words()}
    if len(names) < 2 or any("z" in name.lower() for name in names):
        return ()
    strings = tuple(_strings(example, code))
    letters = {name for name in names if len(name) == 1}
    others = {word for spot in strings for word in _NAME.findall(spot.text)} - names
    if any(letters & set(word) for word in others):
        return ()
    return tuple(_renaming(strings, {name: name.translate(way) for name in names}) for way in (_SAME, _REVERSE))


def _renaming(strings: tuple[Spot, ...], news: dict[str, str]) -> Renaming:
    change = {spot: _NAME.sub(lambda match: news.get(match[0], match[0]), spot.text) for spot in strings}
    return Renaming(change, {new: name for name, new in news.items()})


def _strings(example: Example, code: bytes) -> Iterator[Spot]:
    """Those of a test, but for its title and what is cut."""
    taken = (example.named, *((start, end) for start, end, _ in example.cuts))
    for match in _STRING.finditer(code, example.start, example.end):
        start, end = match.span(2)
        if not any(start < there and at < end + 1 for at, there in taken):
            yield Spot(start, end, match[2].decode())
