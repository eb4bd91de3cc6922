"""Which old test is which new one, by content before names: moved, renamed, split and merged tests are known again."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.checks.integrity.model import Outline, Sheet
from bot.domain.words import words

NEAR, FAR = 0.5, 0.7  # how alike two tests must be to be the same one renamed: in one file, and across files
PRODUCT = 40_000  # comparisons that looking for alike tests may take
_TOKEN = re.compile(r"\w+|[^\w\s]")
_IGNORED = frozenset(";,()'\"`")
_COMMON = words(
    "def self assert fn test it async await const let var expect function func t testing T if return void public do "
    "end assert_eq strictEqual assertEqual assertEquals toBe toEqual equal with in for new import pytest Errorf Fatalf "
    "None True False true false null nil = == { } [ ] . : > # ! & * + - 0 1 _"
)
"""What stands in any test and so makes none alike."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A test where it stands."""

    sheet: Sheet
    outline: Outline

    @property
    def path(self) -> str:
        return self.sheet.path

    @property
    def name(self) -> str:
        return self.outline.name

    @property
    def suite(self) -> str:
        """The class, or the titles, in which it stands."""
        return self.name.rpartition(" > " if " " in self.name else ".")[0]


@dataclass(slots=True)
class Matched:
    """The same tests on both sides, and what is left of each."""

    pairs: list[tuple[Placed, Placed]] = field(default_factory=list)
    gone: list[Placed] = field(default_factory=list)
    added: list[Placed] = field(default_factory=list)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words and signs of a source text: layout, quotes, brackets and trailing commas don't count."""
    return tuple(token for token in _TOKEN.findall(text) if token not in _IGNORED)


def match(old: Sequence[Placed], new: Sequence[Placed], moves: Mapping[str, str]) -> Matched:
    """Pair the tests of both sides; `moves` maps old paths to new ones."""
    found = Matched(gone=list(old), added=list(new))
    _by(found, lambda t: (moves.get(t.path, t.path), t.name), lambda t: (t.path, t.name))
    _by(found, lambda t: body_of(t.outline), lambda t: body_of(t.outline))
    _by(found, lambda t: (moves.get(t.path, t.path), t.outline.last), lambda t: (t.path, t.outline.last))
    _by(found, lambda t: t.outline.last, lambda t: t.outline.last)
    _alike(found, moves)
    return found


Key = Callable[[Placed], Hashable]


def _by(found: Matched, old_key: Key, new_key: Key) -> None:
    """Pair where each side has exactly one with the key."""
    olds, news = _grouped(found.gone, old_key), _grouped(found.added, new_key)
    _pair(found, [(one[0], news[k][0]) for k, one in olds.items() if len(one) == len(news.get(k, ())) == 1])


def _grouped(tests: Iterable[Placed], key: Key) -> dict[Hashable, list[Placed]]:
    groups: dict[Hashable, list[Placed]] = defaultdict(list)
    for test in tests:
        groups[key(test)].append(test)
    return groups


def _pair(found: Matched, pairs: Sequence[tuple[Placed, Placed]]) -> None:
    found.pairs += pairs
    taken = {id(test) for pair in pairs for test in pair}
    found.gone = [test for test in found.gone if id(test) not in taken]
    found.added = [test for test in found.added if id(test) not in taken]


def body_of(outline: Outline) -> tuple[str, ...]:
    """The words of a test without its own name."""
    return tuple(token for token in tokens(outline.text) if token != outline.last)


def names_of(test: Placed, *others: str) -> tuple[str, ...]:
    """By what a plan may name a test."""
    return (test.outline.last, *others, *([test.outline.title] if test.outline.title != test.outline.last else ()))


def suite_names(test: Placed) -> tuple[str, ...]:
    """By what a plan may name the class or the title in which a test stands: a title may be a word of any sentence, so
    it must be quoted."""
    title = test.suite.rpartition(" > ")[2]
    if " > " in test.name:
        return tuple(f"{quote}{title}{quote}" for quote in "'\"`")
    return (title.rpartition(".")[2],) if title else ()


def _alike(found: Matched, moves: Mapping[str, str]) -> None:
    """The most alike first."""
    if len(found.gone) * len(found.added) > PRODUCT:
        return
    olds = [(test, _telling(test)) for test in found.gone]
    news = [(test, _telling(test)) for test in found.added]
    scored = []
    for a, (old, before) in enumerate(olds):
        for b, (new, after) in enumerate(news):
            least = NEAR if moves.get(old.path, old.path) == new.path else FAR
            if (score := likeness(before, after)) >= least:
                scored.append((-score, a, b))
    taken: set[tuple[str, int]] = set()
    pairs: list[tuple[Placed, Placed]] = []
    for _, a, b in sorted(scored):
        if ("old", a) not in taken and ("new", b) not in taken:
            taken |= {("old", a), ("new", b)}
            pairs.append((olds[a][0], news[b][0]))
    _pair(found, pairs)


def _telling(test: Placed) -> "Counter[str]":
    """What a test says besides what every test says."""
    return Counter(token for token in body_of(test.outline) if token not in _COMMON)


def likeness(one: "Counter[str]", other: "Counter[str]") -> float:
    """What two multisets share: 0 nothing, 1 everything."""
    whole = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / whole if whole else 1.0
