"""What is known while a test's body is walked, in any language, and what has been found in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from bot.checks.integrity.model import SWALLOWED, UNAWAITED, Assertion, Escape, Mark, Row

ROWS = 200  # cases of one table that are followed one by one
MOST = 1_000  # assertions of one test
HELPERS = 3  # how far calls of the file's own helpers are followed
Value = TypeVar("Value")


@dataclass(slots=True)
class Walk(Generic[Value]):
    """`bindings` are what variables stand for, `rebound` the names that can't be followed; `guards` are the conditions,
    `row` is the case, `raw` the statement where the walk stands, `calls` how many helpers deep that is. `open` is False
    after an unconditional way out. A copy of it (by `replace`) shares what has been found."""

    bindings: dict[str, Value]
    rebound: frozenset[str] = frozenset()
    guards: tuple[str, ...] = ()
    row: str = ""
    raw: str = ""
    calls: int = 0
    open: bool = True
    assertions: list[Assertion] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)

    def say(self, said: Iterable[Assertion]) -> None:
        for each in said:
            made = replace(each, guards=self.guards + each.guards, row=self.row, raw=self.raw)
            self.assertions.append(made)

    def mark(self, mark: Mark) -> None:
        """It holds under the conditions of where it stands."""
        self.marks.append(replace(mark, condition=" and ".join(filter(None, (*self.guards, mark.condition)))))

    def guarded(self, guard: str, walk: Callable[[], None], *, fails: bool = False) -> None:
        """Walk on under one more condition. What leaves there leaves only there: the rest then stands under the
        opposite, unless leaving is a failure."""
        outer = self.guards
        self.guards = (*outer, guard) if guard else outer
        walk()
        self.guards = outer
        if guard and not self.open:
            self.open = True
            if guard not in (SWALLOWED, UNAWAITED) and not fails:
                self.guards = (*outer, f"not ({guard})")
