"""Both sides of a change to tests, with what each test does read once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.checks.integrity.comparing.matching import Placed
from bot.checks.integrity.model import Detail, Sheet
from bot.checks.integrity.project import Project


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
            self.details[key] = _read(test)
        return self.details[key]

    def is_new(self, name: str, target: str, path: str) -> bool:
        """Whether what a test file imports was not there before."""
        known = self.project.owns(target) and not self.project.made_by_tests(target, path)
        return known and (name in self.appeared or not self.appeared.isdisjoint(self.project.places(target, path)))

    def before(self) -> dict[str, Sheet]:
        """The old sheets by their new paths."""
        return {self.moves.get(sheet.path, sheet.path): sheet for sheet in self.old}


def _read(test: Placed) -> Detail:
    """Code that is nested too deep to be followed checks nothing."""
    try:
        return test.sheet.read(test.outline)
    except RecursionError:
        return Detail()
