"""Copies of telling tests with other inputs in them, put behind the tests in their files: what is tried."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.pairing import Named
from bot.checks.planned.explained import sentences
from bot.checks.red_green.heldout.fresh import Literal, fresh_in, words_of
from bot.checks.red_green.heldout.inputs import (
    Change,
    Example,
    Spot,
    alike,
    known_in,
    neighbours,
    numbers_at,
    otherwise,
    together,
)
from bot.checks.red_green.heldout.javascript import examples as javascript_examples
from bot.checks.red_green.heldout.marks import Marks, probes, shown_by, sides
from bot.checks.red_green.heldout.python import examples as python_examples
from bot.checks.running import Suite, are_plantable, planted
from bot.checks.testfiles import tests_of
from bot.ports import Question, Run, TreeSpec

MOST_TESTS, MOST_SPOTS, MOST_COPIES = 4, 4, 144
"""Telling tests that are varied, inputs of one, and copies."""

LONGEST_SOURCE = 400_000
"""Characters of both sides of a source that is read for what it knows; generated ones are longer."""

FEWEST = 5
"""So many neighbours of an input tell something."""

_WHOLE = """PYTEST_ADDOPTS="-vv${PYTEST_ADDOPTS:+ $PYTEST_ADDOPTS}"; export PYTEST_ADDOPTS
PYTHONHASHSEED=0; export PYTHONHASHSEED; exec "$@"
"""
"""Values are shown in full, and sets of words in the same order on both sides."""


@dataclass(frozen=True, slots=True)
class Group:
    """An input, with the copies in which it alone is another, and those in which it changes together with others.
    `singled`: new code can know the test by it."""

    spot: Spot
    copies: tuple[str, ...]
    together: tuple[str, ...]
    singled: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """Copies that keep something by which new code may know the test, and such that lose it. `border`: they lie on two
    sides of a number."""

    kept: tuple[str, ...]
    lost: tuple[str, ...]
    border: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A telling test alone (`control`), and its copies by input. `answers`: values in the new code that it expects.
    `unknown`: copies in which all is other by which new code can know it, where that is several inputs."""

    test: str
    control: str
    groups: tuple[Group, ...]
    answers: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    marked: tuple[Marked, ...] = ()


class Copying:
    """The test files with copies in them, and the copies' names."""

    def __init__(self, suite: Suite, question: Question) -> None:
        self._suite, self._question = suite, question
        self._copies: dict[str, list[tuple[int, bytes]]] = {}
        self._names: list[str] = []
        tests = tests_of(question.base_paths | question.head_paths)
        sources = (change for change in question.changes if change.path not in tests)
        self._sources = [each for each in sources if len(each.old or "") + len(each.new or "") < LONGEST_SOURCE]
        self._fresh = fresh_in(self._sources, " ".join(sentences(question.plan)))
        self._keys: frozenset[str] = frozenset()
        self._known: frozenset[str] = frozenset()
        self._tested: frozenset[tuple[str, float]] = frozenset()

    @property
    def knows(self) -> bool:
        return self._fresh.any

    def trials(self, telling: Iterable[str]) -> Iterable[Trial]:
        asked: dict[tuple[str, str], str] = {}
        for test in telling:
            file = self._suite.file_of(test, self._question.head_paths)
            named = Named(test, file)
            asked.setdefault((file, named.tail if file.endswith(JAVASCRIPT) else named.function), test)
        texts = self._question.head_files
        found = [
            (file, test, example)
            for (file, name), test in list(asked.items())[:MOST_TESTS]
            for example in _examples(file, texts.get(file, ""), name)
        ]
        spots = [spot for _, _, example in found for spot in example.spots]
        self._keys = self._fresh.keys(spots)
        answers = [self._answers(texts[file].encode(), example) for file, _, example in found]
        self._known = self._left_alone(self._keys.union(*answers))
        self._tested = shown_by(example for _, _, example in found)
        for file, test, example in found:
            if trial := self._trial(file, texts[file].encode(), test, example):
                yield trial

    def _answers(self, code: bytes, example: Example) -> frozenset[str]:
        return self._fresh.answers_in(example.copy(code, "", dict.fromkeys(example.spots, "")).decode())

    def _left_alone(self, mine: frozenset[str]) -> frozenset[str]:
        """What the changed sources say, but for that by which they can know the tests."""
        pairs = [(change.old or "", change.new or "") for change in self._sources]
        numbers = frozenset[str]().union(*(each for old, new in pairs for each in numbers_at(old, new)))
        return known_in((text for pair in pairs for text in pair), without=mine) | (numbers - mine)

    def _near(self, spot: Spot) -> tuple[str, ...]:
        """Its neighbours, but for those that the new code knows as well."""
        whole = [words_of(each) for each in self._keys if Literal(each).is_all_of(spot)]
        near = (each for each in neighbours(spot, self._known) if each not in self._keys)
        return tuple(each for each in near if not any(key in words_of(each) for key in whole))

    def _trial(self, file: str, code: bytes, test: str, example: Example) -> Trial | None:
        groups = [(group, near) for group in alike(example.spots) if (near := self._near(group[0]))][:MOST_SPOTS]
        marks = Marks(*self._fresh.marks(example.spots), self._tested)
        more = probes(example, marks)
        if not (groups or more) or MOST_COPIES - len(self._names) < 2 * FEWEST:
            return None

        def copies(changes: Iterable[Change]) -> list[tuple[Change, str]]:
            return [(change, self._copy(file, code, test, example, change)) for change in changes]

        each = max(FEWEST, (MOST_COPIES - len(self._names)) // (2 * len(groups) or 1))
        kinds = {group[0].number for group, _ in groups}
        joint = [change for number in sorted(kinds) for change in together(example.spots, number, self._known)]
        moved = copies(change for change in joint if self._keys.isdisjoint(change.values()))
        ((_, control),) = copies([{}])
        alone = [(group[0], copies(dict.fromkeys(group, text) for text in near[:each])) for group, near in groups]
        made = [
            Group(
                spot,
                tuple(copy for _, copy in single),
                tuple(copy for change, copy in moved if spot in change),
                any(Literal(key).is_in(spot) for key in self._keys),
            )
            for spot, single in alone
        ]
        unknown = tuple(copy for _, copy in copies(self._unknown(example)))
        tried = [*moved, *(pair for _, single in alone for pair in single), *copies(more)]
        return Trial(test, control, tuple(made), self._answers(code, example), unknown, _marked(example, marks, tried))

    def _unknown(self, example: Example) -> tuple[Change, ...]:
        singled = [spot for spot in example.spots if any(Literal(key).is_in(spot) for key in self._keys)]
        several = len({spot.text for spot in singled}) > 1
        found = otherwise(singled) if several else ()
        return tuple(change for change in found if self._keys.isdisjoint(change.values()))

    def _copy(self, file: str, code: bytes, test: str, example: Example, change: Change) -> str:
        """Put a copy behind the test; its id."""
        mark = f" neighbour {len(self._names)}" if file.endswith(JAVASCRIPT) else f"_neighbour{len(self._names)}"
        self._copies.setdefault(file, []).append((example.end, example.copy(code, mark, change)))
        plain = test if file.endswith(JAVASCRIPT) else re.sub(r"\[.*\]$| \(.*\)$", "", test, flags=re.DOTALL)
        self._names.append(plain + mark)
        return plain + mark

    def run(self, name: str, tree: TreeSpec) -> Run:
        files = {file: self._text(file) for file in self._copies}
        if all(file.endswith(JAVASCRIPT) for file in files):
            run = self._suite.run(name, tree, paths=sorted(files))
        elif self._suite.runner is not None and self._suite.runner.name == "pytest":
            run = self._suite.run(name, tree, paths=self._names)
        else:
            run = self._suite.run(name, tree, only=self._names)
        whole = planted(run, files)
        return replace(whole, argv=("/bin/sh", "-c", _WHOLE, "sh", *whole.argv))

    @property
    def fits(self) -> bool:
        """Whether the files with their copies can be laid down."""
        return are_plantable(map(self._text, self._copies))

    def _text(self, file: str) -> str:
        """The file with each copy right behind its test."""
        made = self._question.head_files[file].encode()
        for at, copy in sorted(self._copies[file], key=lambda each: -each[0]):
            made = made[:at] + b"\n\n" + copy + made[at:]
        return made.decode()


def _marked(example: Example, marks: Marks, tried: Sequence[tuple[Change, str]]) -> tuple[Marked, ...]:
    names = [name for _, name in tried]
    found = sides(example, marks, [change for change, _ in tried])
    return tuple(
        Marked(tuple(names[at] for at in sorted(each.kept)), tuple(names[at] for at in sorted(each.lost)), each.border)
        for each in found
    )


def _examples(file: str, text: str, name: str) -> tuple[Example, ...]:
    if not are_plantable((text,)):
        return ()
    if file.endswith(".py"):
        return python_examples(text, (name,))
    return javascript_examples(file, text, (name,)) if file.endswith(JAVASCRIPT) else ()
