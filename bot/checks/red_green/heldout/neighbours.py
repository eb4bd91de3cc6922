"""Neighbours of what a test hands to the code under test. A change that answers a test's own inputs only shows at none
of them.

Letters become other letters of the same case, digits other digits; some keep the shape but not the length. What stands
in the changed sources stays as it is, since a special value is no secret there. Pure: text in, text out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import gcd

from bot.checks.red_green.heldout.inputs import NUMBER, Change, Spot
from bot.checks.red_green.heldout.special import WORD, is_encoding, library_words

LONGEST = 200
"""Characters of an input that is varied."""

EACH = 14
"""Neighbours of one input."""

_LITERAL = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`|(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])")
_SIGNS = "?;~^|"


def alike(spots: Iterable[Spot]) -> tuple[tuple[Spot, ...], ...]:
    """The inputs in groups: those that are written alike are changed together, since a test may mean the same."""
    groups: dict[str, list[Spot]] = {}
    for spot in sorted(spots, key=lambda spot: not spot.number):
        groups.setdefault(spot.text, []).append(spot)
    return tuple(map(tuple, groups.values()))


def together(spots: Sequence[Spot], number: bool, known: frozenset[str]) -> tuple[Change, ...]:
    """Changes that keep how inputs stand to each other: all numbers larger alike, two of three, or by as much; the
    same word everywhere another, or the letters of all words."""
    mine = [spot for spot in spots if spot.number == number and spot.text.lower() not in known]
    if number:
        return tuple(_numbers_together([spot for spot in mine if NUMBER.fullmatch(spot.text)]))
    words = Counter(
        word for spot in mine for word in WORD.findall(spot.text) if word.lower() not in known | library_words()
    )
    shared = [word for word, times in words.most_common(3) if times > 1]
    named = [(word, _next(word[-1], 1)) for word in shared]
    changes = [{s: s.text.replace(word, word[:-1] + last) for s in mine if word in s.text} for word, last in named]
    free = {spot: [at for at in _free(spot.text, known) if spot.text[at].isalpha()] for spot in mine[len(mine) < 2 :]}
    letters = {spot: shifted(spot.text, places, 1) for spot, places in free.items()}
    return tuple([*changes, letters] if any(spot.text != text for spot, text in letters.items()) else changes)


def _numbers_together(spots: Sequence[Spot]) -> Iterator[Change]:
    if len(spots) < 2:
        return
    for by in (2, 3, 10):
        yield {spot: times(spot.text, by) for spot in spots}
    for more in (1, 10):
        yield {spot: plus(spot.text, more) for spot in spots}
    if len(spots) > 2:
        yield from ({one: times(one.text, 2), two: times(two.text, 2)} for one, two in combinations(spots[:3], 2))


def otherwise(spots: Sequence[Spot]) -> tuple[Change, ...]:
    """Changes of all of these inputs at once, whatever stands in the sources."""
    return tuple({spot: _moved(spot, step) for spot in spots} for step in (1, 2, 3, 5, 7))


def _moved(spot: Spot, step: int) -> str:
    if spot.number:
        return times(spot.text, step + 1) if NUMBER.fullmatch(spot.text) else spot.text
    return shifted(spot.text, [at for match in WORD.finditer(spot.text) for at in range(*match.span())], step)


def times(text: str, by: float) -> str:
    return f"{float(text) * by:.{len(text.partition('.')[2])}f}"


def plus(text: str, more: float) -> str:
    return f"{float(text) + more:.{len(text.partition('.')[2])}f}"


def neighbours(spot: Spot, known: frozenset[str]) -> tuple[str, ...]:
    """Other texts for this input, the likest first. () for what is trivial, or stands in the sources."""
    named = not spot.number and (spot.text.lower() in library_words() or is_encoding(spot.text))
    if len(spot.text) > LONGEST or spot.text.lower() in known or named:
        return ()
    found = _numbers(spot.text) if spot.number else _words(spot.text, known)
    return tuple(dict.fromkeys(each for each in found if each != spot.text))[:EACH]


def _numbers(text: str) -> Iterator[str]:
    """Multiples, since what is particular about a number is often what divides it; the next ones; such with the same
    last digit; other digits."""
    if not NUMBER.fullmatch(text) or float(text) in (-1, 0, 1):
        return
    yield from (times(text, 2), plus(text, 1), times(text, 3), plus(text, -1), plus(text, 10), times(text, 4))
    yield from (times(text, 7), plus(text, 100))
    digits = [at for at, each in enumerate(text) if each.isdigit()]
    for step in (1, 4, 7, 2, 5):
        yield from (_digit(text, at, step) for at in dict.fromkeys((*digits[:2], digits[-1])))


def _digit(text: str, at: int, step: int) -> str:
    """Never a nought in the first place, since that might be no number any more."""
    value = (int(text[at]) + step) % 10
    first = not text[:at].strip("-") and len(text) > 1
    return f"{text[:at]}{value or (1 if first else 0)}{text[at + 1 :]}"


def _words(text: str, known: frozenset[str]) -> Iterator[str]:
    """Variants in which a whole word, all of them, or one letter is another, and such that are longer or shorter."""
    free = _free(text, known)
    if not free:
        return
    yield shifted(text, free, 1)
    yield from _counted(text, free)
    yield from _scaled(text, free)
    spread = free if len(free) < 5 else [free[n * (len(free) - 1) // 4] for n in range(5)]
    for step, at in zip((1, 4, 2, 7, 3), spread, strict=False):
        yield shifted(text, [at], step)
    yield text + text
    for match in WORD.finditer(text):
        if match.start() in free:
            yield text[: match.start()] + match[0] + text[match.start() :]
            break
    yield shifted(text, free, 5)
    yield f"{text} {text}"
    yield "".join(sign.swapcase() if at in free else sign for at, sign in enumerate(text))
    yield from (shifted(text, [at], 4) for at in free[:2])
    yield text[:-1] if len(text) - 1 in free and len(text) > 2 else text


def _counted(text: str, free: Sequence[int]) -> Iterator[str]:
    """A number within a text is what it may be about: its last one goes down, and up."""
    found = [match for match in re.finditer(r"\d+", text) if match.start() in free]
    if found and len(found[-1][0]) < len(text):
        start, end = found[-1].span()
        for by in (-1, -2, 1):
            if int(found[-1][0]) + by >= 0:
                yield f"{text[:start]}{int(found[-1][0]) + by:0{end - start}d}{text[end:]}"


def _scaled(text: str, free: Sequence[int]) -> Iterator[str]:
    """All numbers within a text smaller or larger alike, as how they stand to each other may be what it is about."""
    values = {match.start(): int(match[0]) for match in re.finditer(r"\d+", text) if match.start() in free}
    common = gcd(*values.values()) if len(values) > 1 else 0
    for up, down in ((1, 3), (1, 5), (1, 2), (2, 1), (3, 1)):
        if common and common % down == 0:
            yield "".join(
                str(values[match.start()] * up // down) if match.start() in values else match[0]
                for match in re.finditer(r"\d+|\D+", text)
            )


def _free(text: str, known: frozenset[str]) -> list[int]:
    """The places of letters and digits that belong to nothing known."""
    taken: set[int] = set()
    small = text.lower()
    if len(small) != len(text):
        return []
    for word in known:
        at = small.find(word) if len(word) > 1 or not word.isalnum() else -1
        while at >= 0:
            taken.update(range(at, at + len(word)))
            at = small.find(word, at + 1)
    found = (
        at
        for match in WORD.finditer(text)
        if match[0].lower() not in known | library_words()
        for at in range(*match.span())
    )
    return [at for at in found if at not in taken]


def shifted(text: str, places: Iterable[int], step: int) -> str:
    """The signs there, all moved on alike: what was equal stays equal."""
    made = list(text)
    for at in places:
        made[at] = _next(made[at], step)
    return "".join(made)


def _next(sign: str, step: int) -> str:
    if sign.isdigit():
        return str((int(sign) + step) % 10)
    if not sign.isalpha():
        return _SIGNS[(_SIGNS.find(sign) + step) % len(_SIGNS)]
    first = ord("a") if sign.islower() else ord("A")
    return chr(first + (ord(sign) - first + step) % 26)


def grown(row: Spot) -> tuple[str, ...]:
    """One to four things more in a row, like the last of them; two ways each."""
    return tuple(
        row.text + "".join(row.joint + _like(row.text, by * step) for step in range(1, more + 1))
        for more in (1, 2, 3, 4)
        for by in (1, 3)
    )


def _like(text: str, step: int) -> str:
    """Code with other literals."""

    def other(match: re.Match[str]) -> str:
        if NUMBER.fullmatch(match[0]):
            return plus(match[0], step)
        return shifted(match[0], [at for at, sign in enumerate(match[0]) if sign.isalnum()], step)

    return _LITERAL.sub(other, text)
