"""Marks: by what new code can know an input without saying it. Its length, its last digits, how far two numbers are
apart, how many things are listed, on which side of a number it lies, a letter in it: where new code says such a number
or text, neighbours either keep the mark or lose it. A change that shows among the first only is fitted to the mark.
Pure: texts in, texts out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from operator import eq, ge, gt, le, lt

from bot.checks.red_green.heldout.inputs import NUMBER, Change, Example, Spot
from bot.checks.red_green.heldout.neighbours import grown, plus, shifted, times

MOST = 32
"""Changes that are tried because of marks, of one test."""

_PART, _WORD = re.compile(r"[\w.]+"), re.compile(r"[^\W_]+")
_LOOKED = 4
"""Numbers, and parts of a text, that are looked at."""

_LETTERS = re.compile(r"[^\W\d_]{3,}[^\w\s]?")
_LONG = 3
"""Letters of a text that is the same in capitals."""

_WHICH = re.compile(r"\d+ ?")
_RELATIONS: tuple[Callable[[float, float], bool], ...] = (eq, ge, gt, le, lt)


@dataclass(frozen=True, slots=True)
class Marks:
    """Numbers and texts that new code says, and the plan does not; and what is asked for by all telling tests."""

    numbers: frozenset[float] = frozenset()
    texts: frozenset[str] = frozenset()
    tested: frozenset[tuple[str, float]] = frozenset()


@dataclass(frozen=True, slots=True)
class Sides:
    """Which of some changes keep a mark, and which lose it, by their places among them. `border`: the mark is on which
    side of a number something lies."""

    kept: frozenset[int]
    lost: frozenset[int]
    border: bool = False


def sides(example: Example, marks: Marks, changes: Sequence[Change]) -> tuple[Sides, ...]:
    """One for each mark of the example."""
    every = [measured(example, change) for change in changes]
    found = [
        Sides(
            frozenset(at for at, each in enumerate(every) if name in each and holds(each[name], number)),
            frozenset(at for at, each in enumerate(every) if name in each and not holds(each[name], number)),
            holds is not eq,
        )
        for name, value in measured(example, {}).items()
        for number in marks.numbers
        for holds in _relations(name, number, marks)
        if holds(value, number)
    ]
    found += _by_text(example, marks, changes)
    return tuple(dict.fromkeys(each for each in found if each.kept and each.lost))


def _relations(name: str, number: float, marks: Marks) -> Sequence[Callable[[float, float], bool]]:
    """How an input may stand to a number. Which side of it is no mark where tests show both."""
    shown = [value for kind, value in marks.tested if kind == _kind(name)]
    both = min(shown) <= number <= max(shown) and min(shown) < max(shown)
    return _RELATIONS[:1] if name.endswith("=") or both else _RELATIONS


def _kind(name: str) -> str:
    return _WHICH.sub("", name)


def shown_by(examples: Iterable[Example]) -> frozenset[tuple[str, float]]:
    """What tests show, by kind."""
    return frozenset((_kind(name), value) for each in examples for name, value in measured(each, {}).items())


def held(mark: str, text: str) -> bool:
    """Whether a text has a mark; one or two letters only in just this case, and in a word, as what stands alone or at
    a number is a unit or a prefix."""
    if len(mark) < _LONG and mark.isalpha():
        return any(mark in word for word in _LETTERS.findall(text))
    return mark.lower() in text.lower()


def _by_text(example: Example, marks: Marks, changes: Sequence[Change]) -> Iterator[Sides]:
    mine = [mark for mark in sorted(marks.texts) if any(held(mark, spot.text) for spot in example.spots)]
    texts = ["\n".join(change.get(spot, spot.text) for spot in example.spots) for change in changes]
    for some in dict.fromkeys([*((mark,) for mark in mine), tuple(mine)] if mine else []):
        kept = frozenset(at for at, text in enumerate(texts) if any(held(each, text) for each in some))
        yield Sides(kept, frozenset(range(len(texts))) - kept)


def measured(example: Example, change: Change) -> dict[str, float]:
    """What a condition may hold a number against, by name; `=` at the end where nobody asks whether it is larger."""
    texts = {spot: change.get(spot, spot.text) for spot in example.spots}
    numbers = [float(text) for text in texts.values() if NUMBER.fullmatch(text)]
    lengths = [float(len(text)) for spot, text in texts.items() if not spot.number]
    found: dict[str, float] = {}
    for at, (spot, text) in enumerate(texts.items()):
        found |= {} if spot.number else _of_text(f"{at}", text)
        found |= _of_number(f"{at}", float(text)) if NUMBER.fullmatch(text) else {}
    for name, values in (("numbers", numbers), ("lengths", lengths)):
        found |= {f"sum of {name}=": sum(values)} if len(values) > 1 else {}
        pairs = combinations(range(min(len(values), _LOOKED)), 2)
        found |= {f"{name} {one} {other}=": abs(values[one] - values[other]) for one, other in pairs}
    counts = {row: row.row + (grown(row).index(change[row]) // 2 + 1 if row in change else 0) for row in example.rows}
    return found | {f"row {at}": float(count) for at, count in enumerate(counts.values())}


def _of_number(name: str, value: float) -> dict[str, float]:
    ends = {f"{name} % {by}=": value % by for by in (10, 100) if abs(value) >= by}
    return {name: value} | (ends | {f"{name} // 100=": value // 100} if value.is_integer() else {})


def _of_text(name: str, text: str) -> dict[str, float]:
    found = {f"{name} length": float(len(text)), f"{name} words": float(len(_WORD.findall(text)))}
    return found | {f"{name} part {at}": float(len(part)) for at, part in enumerate(_PART.findall(text)[:_LOOKED])}


# --- what else to try ------------------------------------------------------------------------------------------------
def probes(example: Example, marks: Marks) -> tuple[Change, ...]:
    """Changes that lose one of the example's marks each, or keep it; those of all numbers at once keep how these stand
    to each other."""
    names = {
        name
        for name, value in measured(example, {}).items()
        for number in marks.numbers
        if not name.endswith("=") or value == number
    }
    found = [change for row in _rows(example, names) for change in row]
    found += [change for spot in example.spots for change in _of_spot(example, spot, names, marks)]
    return tuple(found[:MOST])


def _rows(example: Example, names: Iterable[str]) -> Iterator[list[Change]]:
    for at, row in enumerate(example.rows):
        if f"row {at}" in names and "\\" not in row.text:
            numbers = [spot for spot in example.spots if NUMBER.fullmatch(spot.text)]
            others = [{spot: plus(spot.text, more) for spot in numbers} for more in (10, 20, 30) if numbers]
            yield [*({row: text} for text in grown(row)), *others]


def _of_spot(example: Example, spot: Spot, names: set[str], marks: Marks) -> Iterator[Change]:
    at = str(example.spots.index(spot))
    if NUMBER.fullmatch(spot.text):
        if names & {at, f"{at} % 10=", f"{at} % 100=", f"{at} // 100="}:
            yield from ({spot: plus(spot.text, more)} for more in (100, 200, 20, 500, -2, 2, 3))
        if at in names:
            yield from _beyond(example, spot, sorted(number for number in marks.numbers if number > 1))
    if spot.number:
        return
    if any(held(mark, spot.text) for mark in marks.texts):
        yield from _without(spot, marks.texts)
    if any(name.startswith(f"{at} ") for name in names):
        yield from _longer(spot)


def _beyond(example: Example, spot: Spot, numbers: Sequence[float]) -> Iterator[Change]:
    """The number on the other side of those, just beyond and far away, and all numbers of the test with it. None of
    these are round, as what is round may be special in itself."""
    value = float(spot.text)
    for number in numbers[:2]:
        up = value <= number
        for more in (1, 2, 3, 7) if up else (-1, -2, -3, -7):
            yield {spot: plus(spot.text, number - value + more)}
        for factor in (2.07, 3.23, 7.31) if up else (0.53, 0.37, 0.13):
            by = factor * number / value if value else 0
            yield {spot: times(spot.text, by)}
            yield {one: times(one.text, by) for one in example.spots if NUMBER.fullmatch(one.text)}


def _without(spot: Spot, marks: Iterable[str]) -> Iterator[Change]:
    """Others in place of the marks; then everything else another."""
    mine = [mark for mark in sorted(marks) if held(mark, spot.text)]
    places = sorted({at + n for mark in mine for at in _places(spot.text, mark) for n in range(len(mark))})
    lost = (shifted(spot.text, places, step) for step in range(1, 26))
    lost = (text for text in lost if not any(held(mark, text) for mark in mine))
    yield from ({spot: text} for text in islice(dict.fromkeys(lost), 6))
    others = [at for at, sign in enumerate(spot.text) if at not in places and sign.isalnum()]
    yield from ({spot: shifted(spot.text, others, step)} for step in (1, 3))


def _places(text: str, mark: str) -> Iterator[int]:
    text, mark = (text, mark) if len(mark) < _LONG and mark.isalpha() else (text.lower(), mark.lower())
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _longer(spot: Spot) -> Iterator[Change]:
    """The text with more and fewer letters in each part, with parts more, and with as many others."""
    for match in list(_PART.finditer(spot.text))[:_LOOKED]:
        whole, (start, end) = match[0], match.span()
        letters = [at for at, sign in enumerate(whole) if sign.isalnum()]
        others = [shifted(whole, letters, step) for step in (0, 1, 2, 3, 4, 6)]
        for part in (*(each[:-1] for each in others), whole + whole[-1], whole + others[1][-2:], whole[:-2]):
            if part:
                yield {spot: spot.text[:start] + part + spot.text[end:]}
    signs = re.findall(r"[^\w]", spot.text)
    if signs:
        part = signs[0] + (_WORD.findall(spot.text) or ["a"])[-1]
        yield from ({spot: spot.text + more * part} for more in (1, 2, 3))
    letters = [at for at, sign in enumerate(spot.text) if sign.isalnum()]
    yield from ({spot: shifted(spot.text, letters, step)} for step in (1, 2, 5))
