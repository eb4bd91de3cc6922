"""Both sides of a change to tests, with what each test does read once, and what is known of the whole of it."""

import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.checks.integrity.comparing import arranged
from bot.checks.integrity.comparing.conserved import Conserved
from bot.checks.integrity.comparing.likeness import CASTS, core, is_part_of, tells_count
from bot.checks.integrity.comparing.matching import Matched, Placed, tokens
from bot.checks.integrity.model import Assertion, Detail, Sheet
from bot.checks.integrity.project import Project
from bot.domain.words import words

_WHOLES = 300  # so many comparisons of lists and the like are looked at for parts of them

_PIECE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^\W\d]\w*")
"""Texts in quotes, and words: only words are names, and only names can be renamed."""

_SEGMENT = re.compile(r"['\"]([\w.\-/]+)['\"]")
Key = tuple[str, str, str, float, str]
_VALUES = words("null undefined true false NaN Infinity nil")


@dataclass(slots=True)
class Sides:
    """`removed` are names that sources define no more, `kept` those that they still define, as far as the change
    shows; `appeared` are those that they define now, and the paths of new sources. `moves` maps old paths to new ones.
    `bodies` are the bodies of tests that stand now, by their words; `others` gives unchanged test files that hold one
    of some names."""

    old: Sequence[Sheet]
    new: Sequence[Sheet]
    project: Project
    removed: frozenset[str]
    kept: frozenset[str]
    appeared: frozenset[str]
    moves: Mapping[str, str]
    bodies: dict[tuple[str, ...], list[Sheet]] = field(default_factory=dict)
    details: dict[int, Detail] = field(default_factory=dict)
    others: Callable[[Sequence[str]], Sequence[Sheet]] = lambda _: ()

    def detail(self, test: Placed) -> Detail:
        key = id(test.outline)
        if key not in self.details:
            try:
                self.details[key] = test.sheet.read(test.outline)
            except RecursionError:
                self.details[key] = Detail()  # nested too deep to be followed: it checks nothing
        return self.details[key]

    def is_new(self, name: str, target: str, path: str) -> bool:
        """Whether what a test file imports was not there before."""
        places = self.project.places(target, path)
        return self.project.has(target, path) and (name in self.appeared or not self.appeared.isdisjoint(places))

    def before(self) -> dict[str, Sheet]:
        """The old sheets by their new paths."""
        return {self.moves.get(sheet.path, sheet.path): sheet for sheet in self.old}


@dataclass(slots=True)
class World:
    """What is known of the whole change. `gained` are assertions that stand somewhere now and did not before,
    `rows` cases likewise; `vanished` and `appeared` are words of the old tests only, and of the new ones only;
    `fakes` are names that test files define themselves, `before` those that they defined; `ours` those that come
    from the project, `fresh` what sources define and did not, `standing` all that they define; `literals` all that
    assertions hold, `numbers` those of other steps; `made` are new helpers' texts by name; `removed` are names that
    sources define no more, `asked` what new tests ask, by file."""

    gained: set[Key] = field(default_factory=set)
    shapes: set[tuple[str, str, str]] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    vanished: frozenset[str] = frozenset()
    appeared: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    fakes: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    asked: Mapping[tuple[str, str], Assertion] = field(default_factory=dict)
    demands: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    wholes: list[Assertion] = field(default_factory=list)
    kept: frozenset[str] = frozenset()
    conserved: Conserved = field(default_factory=Conserved)

    @classmethod
    def of(cls, sides: Sides, tests: Matched, touched: Sequence[tuple[Placed, Placed]]) -> "World":
        """Of all that stands in tests now and did not before. `touched` are the pairs that may differ."""
        idle = {"skip", "todo", "xfail"}
        fresh_tests = [test for test in tests.added if idle.isdisjoint(mark.kind for mark in test.outline.marks)]
        after = [sides.detail(test) for test in (*(new for _, new in touched), *fresh_tests)]
        gained = {key for old, new in touched for key in _keys(sides.detail(new)) - _keys(sides.detail(old))}
        gained |= {key for test in fresh_tests for key in _keys(sides.detail(test))}
        old_words = {word for sheet in sides.old for word in tokens(sheet.text)}
        new_words = {word for sheet in sides.new for word in tokens(sheet.text)}
        fakes, sheets = _made(sides.new), (*sides.old, *sides.new)
        world = cls(
            gained=gained,
            rows={row.text for detail in after for row in detail.rows},
            vanished=frozenset(w for w in old_words - new_words - sides.kept if _is_name(w, sides)),
            appeared=frozenset(w for w in new_words - old_words - fakes if _is_name(w, sides)),
            fakes=fakes,
            numbers=arranged.numbers_in(after),
            moved=sides.moves,
            before=_made(sides.old),
            ours=frozenset(n for s in sheets for n, target in s.imports.items() if sides.project.owns(target)),
            fresh=sides.appeared - fakes,
            standing=sides.kept - fakes,
            literals=frozenset(lit for detail in after for each in detail.assertions for lit in each.literals),
            made=_fresh_helpers(sides),
            removed=sides.removed,
            asked={(test.path, core(e.subject.text)): e for test in fresh_tests for e in sides.detail(test).assertions},
        )
        fresh = [each for detail in after for each in detail.assertions if each.key in gained]
        # Who asks for a message as well asks for no less.
        world.shapes = {world.shape(one) for each in fresh for one in (each, replace(each, also=""))}
        world.kept = frozenset(_numbers_and_texts(sides))
        world.conserved = Conserved.of(fresh)
        world.wholes = [each for each in fresh if each.kind == "equal" and each.expected.text[:1] in "[({"][:_WHOLES]
        world.demands = {(each.kind, each.expected.text, each.subject.calls - CASTS) for each in fresh}
        world.rows |= {world.masked(text) for text in world.rows}
        return world

    def shape(self, assertion: Assertion) -> tuple[str, str, str]:
        """An assertion in which all that may have been renamed looks the same."""
        wanted = self.masked(assertion.expected.text).replace("frozenset(", "set(")
        return (assertion.kind, self.masked(assertion.subject.text), f"{wanted} {self.masked(assertion.also)}")

    def masked(self, text: str) -> str:
        strange = self.vanished | self.appeared
        return _PIECE.sub(lambda found: "□" if found[0] in strange else found[0], text) if strange else text

    def renamed(self, old: str, new: str) -> bool:
        """Whether two texts differ only in words of which the old ones are gone everywhere."""
        if self.masked(old) == self.masked(new):
            return True
        one, other = _PIECE.findall(old), _PIECE.findall(new)
        if len(one) != len(other) or _PIECE.sub("", old) != _PIECE.sub("", new):
            return False
        differing = {(a, b) for a, b in zip(one, other, strict=True) if a != b}
        known = all(a in self.vanished and (b not in self.fakes or a in self.before) for a, b in differing)
        return known and len({a for a, _ in differing}) == len({b for _, b in differing}) == len(differing)

    def leads_to_same(self, old: str, new: str) -> bool:
        """Whether two expectations are read from one file, which moved as it was."""
        one, other = ["/".join(_SEGMENT.findall(text)) for text in (old, new)]
        ends = any(a.endswith(one) and b.endswith(other) for a, b in self.moved.items()) if one and other else False
        return ends and _SEGMENT.sub("", old).replace(" / ", "") == _SEGMENT.sub("", new).replace(" / ", "")

    def is_demanded(self, assertion: Assertion) -> bool:
        """Whether the same is wanted of the same functions somewhere else, whatever these are given, or the whole of
        which it was a part."""
        key = (assertion.kind, assertion.expected.text, assertion.subject.calls - CASTS)
        if len(assertion.expected.text) > 3 and assertion.expected.fixed and key in self.demands:
            return True
        return any(
            tells_count(assertion, now) or is_part_of(assertion, now) or self._is_made_anew(assertion, now)
            for now in self.wholes
        )

    def _is_made_anew(self, was: Assertion, now: Assertion) -> bool:
        """Whether just the same is wanted of what a new helper makes in the old way."""
        helpers = [self.made[name] for name in now.subject.calls if name in self.made]
        same = was.expected.text == now.expected.text and len(was.expected.text) > 3
        return same and any(name in text for text in helpers for name in was.subject.calls)

    def is_remade(self, assertion: Assertion) -> bool:
        return any(self._is_made_anew(assertion, now) or tells_count(assertion, now) for now in self.wholes)

    def stands(self, assertion: Assertion) -> bool:
        """Whether the assertion came to stand somewhere else."""
        return assertion.key in self.gained or self.shape(assertion) in self.shapes


# --- what stands in the tests of both sides -----------------------------------------------------------------------
def _numbers_and_texts(sides: Sides) -> Iterator[str]:
    """The literals of old assertions that stand in the tests' texts still, whatever for."""
    words_ = {word for sheet in sides.new for word in tokens(sheet.text)}
    details = [sides.details.get(id(test)) for sheet in sides.old for test in sheet.tests]
    found = {lit for detail in details if detail is not None for each in detail.assertions for lit in each.literals}
    yield from (literal for literal in found if all(word in words_ for word in tokens(literal)))


def _fresh_helpers(sides: Sides) -> dict[str, str]:
    """The texts of helpers that were not there before, by name."""
    olds = {each.name for sheet in sides.old for each in sheet.helpers}
    return {each.last: each.text for sheet in sides.new for each in sheet.helpers if each.name not in olds}


def _is_name(word: str, sides: Sides) -> bool:
    """Whether a word may have been renamed: no builtin, and of exceptions only those that sources define no more."""
    if word.endswith(("Error", "Exception", "Warning")):
        return bool(sides.removed)
    return not hasattr(builtins, word) and word not in _VALUES


def _keys(detail: Detail) -> set[Key]:
    said = [each for each in detail.assertions if each.kind != "vacuous"]
    denied = [each for each in said if each.kind == "equal" and each.expected.text == "False"]
    return {each.key for each in said} | {("truth", f"not {each.subject.text}", "", 0.0, "") for each in denied}


def _made(sheets: Iterable[Sheet]) -> frozenset[str]:
    """The names that test files define themselves."""
    return frozenset(name for sheet in sheets for name in (*sheet.defined, *(each.last for each in sheet.helpers)))
