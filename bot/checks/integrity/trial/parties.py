"""Who is tried: the old tests that were changed or may be served otherwise now, and the new ones that may stand for
each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.checks.comparing import texts_of
from bot.checks.integrity.trial.language import Changed, Language, Lines
from bot.checks.overlay import test_changes
from bot.checks.pairing import Named, Pairing, pair
from bot.checks.running import Suite, containers, moves_of, names_in, passed, tests_in, unusable
from bot.ports import FileChange, Question, Result, Tests

Place = tuple[str, int, int]
"""A path with a first and a last line."""


@dataclass(frozen=True, slots=True)
class Parties:
    """`olds` are the tests at base that are tried, `heirs` those at head that may stand for each of them, by id.
    `insisted` are the assertions of the old ones, `kept` those that an heir has as well, with all that they are
    about, and `moved` the tests of which nothing changed but their place."""

    olds: tuple[Named, ...]
    heirs: Mapping[str, frozenset[str]]
    insisted: tuple[Place, ...]
    kept: frozenset[Place]
    moved: frozenset[str] = frozenset()

    @property
    def old_ids(self) -> frozenset[str]:
        return frozenset(test.id for test in self.olds)

    @property
    def new_ids(self) -> frozenset[str]:
        return frozenset().union(*self.heirs.values())


def parties(
    question: Question, suite: Suite, language: Language, files: Collection[str], runs: tuple[Result, Result, Result]
) -> Parties | str:
    """Of the tests in these files, by their old paths. `runs` are those at base, at head, and of the old tests on the
    new sources. Or why there are none: an old test does not hold there, or nothing is left that could stand for it."""
    if any(unusable(each) or tests_in(each).disagreement for each in runs):
        return "a run of the tests tells nothing"
    base, head, laid = map(tests_in, runs)
    sides = _Sides.of(question, suite, language, base, head)
    olds = tuple(test for test in sides.old if test.file in files and sides.is_tried(test))
    heirs = {test.id: sides.heirs(test) for test in olds}
    if any(laid.outcomes.get(test.id) != "passed" for test in olds):
        return "an old test does not hold on the new code"
    if not set(files) <= {test.file for test in olds}:
        return "none of its tests was changed"
    if not all(heirs.values()):
        return "nothing can stand for an old test"
    wanted = frozenset().union(*heirs.values())
    were = _assertions(olds, texts_of(question.changes, "old"), language)
    are = _assertions([test for test in sides.new if test.id in wanted], texts_of(question.changes, "new"), language)
    said = {lines.said for _, lines in are if lines.said}
    kept = {_place(*each) for each in were if each[1].said in said and not sides.around.serves(*each)}
    moved = frozenset(test.id for test in olds if sides.is_the_same(test))
    return Parties(olds, heirs, tuple(_place(*each) for each in were), frozenset(kept), moved)


def _assertions(tests: Iterable[Named], texts: Mapping[str, str], language: Language) -> list[tuple[str, Lines]]:
    found = []
    for file in sorted({test.file for test in tests} & texts.keys()):
        own = [test for test in tests if test.file == file]
        found += [(file, lines) for lines in language.insisted(file, texts[file], own)]
    return found


def _place(file: str, lines: Lines) -> Place:
    return file, lines.first, lines.last


@dataclass(frozen=True, slots=True)
class _Around:
    """The names of what stands around the tests of each changed file and is another now; None: all of it may be."""

    language: Language
    files: Mapping[str, frozenset[str] | None]

    @classmethod
    def of(cls, changes: Iterable[FileChange], language: Language, holding: Collection[str]) -> "_Around":
        changed = [Changed(c.renamed_from or c.path, c.path, c.old, c.new) for c in changes]
        return cls(language, language.disturbed(changed, holding))

    def touches(self, test: Named) -> bool:
        names = self.files.get(test.file, frozenset())
        return names is None or self.language.uses(test, names)

    def serves(self, file: str, lines: Lines) -> bool:
        """Whether what an assertion of a file is about makes use of it."""
        return self.touches(Named("", file, lines.said))


@dataclass(frozen=True, slots=True)
class _Sides:
    old: tuple[Named, ...]
    new: tuple[Named, ...]
    pairing: Pairing
    moves: Mapping[str, str]
    changed: frozenset[str]
    around: _Around

    @classmethod
    def of(cls, question: Question, suite: Suite, language: Language, base: Tests, head: Tests) -> "_Sides":
        olds, news = texts_of(question.changes, "old"), texts_of(question.changes, "new")
        old = language.bodied(names_in(passed(base) - base.parts, suite, question.base_paths, olds), olds)
        new = language.bodied(names_in(passed(head) - head.parts, suite, question.head_paths, news), news)
        changes = [change for change in test_changes(question) if change.path.endswith(language.suffixes)]
        around = _Around.of(changes, language, {test.file for test in (*old, *new)})
        moves = moves_of(question)
        return cls(old, new, pair(old, new, moves), moves, frozenset(change.path for change in changes), around)

    def is_tried(self, test: Named) -> bool:
        """Whether the test, or what it is served with, may be another now: also where it stands elsewhere."""
        place = self.moves.get(test.file, test.file)
        return not self.is_the_same(test) or any(new.file != place for new in self._counterparts(test))

    def is_the_same(self, test: Named) -> bool:
        """Whether it says the same, and so does what it is served with, as far as its file tells."""
        heads = self._counterparts(test)
        same = bool(heads) and bool(test.body) and all(new.body == test.body for new in heads)
        return same and not self.around.touches(test)

    def _counterparts(self, test: Named) -> list[Named]:
        news = {new.id: new for new in self.new}
        return [news[name] for name in self.pairing.heads.get(test.id, ())]

    def heirs(self, test: Named) -> frozenset[str]:
        """Its counterparts and those of its parts, and all tests that were changed or added."""
        bodies = {old.id: old.body for old in self.old}
        changed = [new for new in self.new if new.file in self.changed and new.id in self.pairing.bases]
        fresh = {new.id for new in changed if new.body != bodies[self.pairing.bases[new.id]]}
        own = [old.id for old in self.old if old is test or test.id in containers(old.id)]
        heads = [name for each in own for name in self.pairing.heads.get(each, ())]
        return frozenset((*heads, *fresh, *self.pairing.added))
