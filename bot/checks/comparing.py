"""The suite at base against the suite at head, test by test."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.checks.overlay import test_changes
from bot.checks.pairing import Named, Pairing, pair
from bot.checks.running import RED, Suite, containers, failed, moves_of, names_in, outcome_of
from bot.domain.work import TestChanges
from bot.ports import FileChange, Question, Tests


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs of the suite side by side. Ids are the head's where a test has one there, else the base's.

    `broken`: not red at base, red at head. `new_red`: added by the change, and red. `red_on_base`: red on both sides,
    known before and not this change's doing. `parts`: the subtests of both sides.
    """

    head: Tests
    bases: Mapping[str, str]
    broken: frozenset[str]
    fixed: frozenset[str]
    red_on_base: frozenset[str]
    new_red: frozenset[str]
    added: frozenset[str]
    removed: frozenset[str]
    newly_skipped: frozenset[str]
    parts: frozenset[str] = frozenset()

    @property
    def renamed(self) -> Mapping[str, str]:
        """Tests that have another id now, with the one that they had."""
        return {name: of for name, of in self.bases.items() if of != name and name not in self.parts}

    def base_ids(self, names: Iterable[str]) -> frozenset[str]:
        """The base's ids of tests that the base has."""
        return frozenset(self.bases.get(name, name) for name in names) - self.added - self.new_red

    def changes(self, flaky: frozenset[str] = frozenset()) -> TestChanges:
        """What a record says, by id: a renamed test is gone under its old one and added under its new one. Flaky tests
        are named as such and nowhere else but among the added. Subtests are told by their tests, as runners count."""
        other = self.parts | frozenset(self.renamed)
        return TestChanges(
            fixed=_sorted(self.fixed - flaky - other),
            broken=_sorted(self.told(self.broken - flaky) - frozenset(self.renamed)),
            removed=_sorted((self.removed | frozenset(self.renamed.values())) - self.parts),
            added=_sorted((self.added | frozenset(self.renamed)) - self.parts),
            newly_skipped=_sorted(self.newly_skipped - other),
            flaky=_sorted(self.told(flaky)),
            red_on_base=_sorted(self.red_on_base - flaky - other),
        )

    def told(self, names: frozenset[str]) -> frozenset[str]:
        """The tests among these; the subtests where there are only such."""
        return names - self.parts or names


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def compare(base: Tests, head: Tests, suite: Suite, question: Question) -> Compared:
    """Pair the tests of both runs. Bodies are looked at only in changed files: elsewhere a test keeps its id."""
    old, new = texts_of(question.changes, "old"), texts_of(question.changes, "new")
    olds = names_in(base.outcomes, suite, question.base_paths, old)
    news = names_in(head.outcomes, suite, question.head_paths, new)
    return side_by_side(base, head, pair(olds, news, moves_of(question)))


def side_by_side(base: Tests, head: Tests, pairing: Pairing) -> Compared:
    """A test that is gone is broken, not removed, when the file that held it can't be loaded; and the file's own error
    is then no new test."""
    bases = pairing.bases
    unloadable = frozenset(n for n in pairing.removed if base.outcomes[n] not in RED and outcome_of(n, head) in RED)
    blamed = {container for name in unloadable for container in containers(name)}
    in_base = {container for name in base.outcomes for container in containers(name)}
    in_head = {container for name in head.outcomes for container in containers(name)}
    red = failed(head)
    red_before = frozenset(name for name, of in bases.items() if base.outcomes[of] in RED)
    skipped = frozenset(name for name in bases if head.outcomes[name] == "skipped")
    added = frozenset(pairing.added)
    return Compared(
        head=head,
        bases=bases,
        broken=(frozenset(bases) & red) - red_before | unloadable,
        fixed=frozenset(name for name in red_before if head.outcomes[name] == "passed"),
        red_on_base=red_before & red,
        new_red=(added & red) - blamed,
        added=added - (red & in_base),
        removed=frozenset(pairing.removed) - unloadable - (failed(base) & in_head),
        newly_skipped=frozenset(name for name in skipped if base.outcomes[bases[name]] != "skipped"),
        parts=base.parts | head.parts,
    )


def texts_of(changes: Iterable[FileChange], side: str) -> Mapping[str, str]:
    """The texts of changed files on one side, by that side's paths."""
    if side == "old":
        return {c.renamed_from or c.path: c.old for c in changes if c.old is not None}
    return {c.path: c.new for c in changes if c.new is not None}


def touched_tests(question: Question, suite: Suite, base: Tests, head: Tests) -> dict[str, bool]:
    """The tests at head that were added (True) or changed (False): by their bodies where those can be read, else by
    their file."""
    old = names_in(base.outcomes, suite, question.base_paths, texts_of(question.changes, "old"))
    new = names_in(head.outcomes, suite, question.head_paths, texts_of(question.changes, "new"))
    pairing, before = pair(old, new, moves_of(question)), {test.id: test for test in old}
    files = {change.path for change in test_changes(question) if change.old != change.new}
    found = {}
    for test in new:
        of = pairing.bases.get(test.id)
        # Where the id does not tell the file (Go), any test may have been changed; only a telling one will count.
        if of is None or not test.file or (test.file in files and _differs(before[of], test)):
            found[test.id] = of is None
    return found


def _differs(old: Named, new: Named) -> bool:
    return not (old.body and new.body) or old.body != new.body
