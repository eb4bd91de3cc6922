"""What is known while a Python test's body is walked, and what has been found in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.checks.integrity.model import Assertion, Escape, Mark, Row
from bot.checks.integrity.python.expr import Bound
from bot.domain.syntax import Function

ROWS = 200  # cases of one table that are followed one by one
STATEMENTS = 5_000  # statements that are looked at for one test, through all its cases and helpers
MOST = 1_000  # assertions of one test
DEPTH = 3  # how far calls of the file's own helpers are followed
Helpers = Mapping[str, Function]


@dataclass(slots=True)
class State:
    """What is known where the walk stands. `open` is False after an unconditional way out; `driven`: somebody runs
    the coroutines that are made here."""

    helpers: Helpers
    bindings: dict[str, Bound]
    rebound: frozenset[str]
    guards: tuple[str, ...] = ()
    row: str = ""
    depth: int = 0
    open: bool = True
    expects_exit: bool = False
    driven: bool = False
    raw: str = ""
    kept: set[str] = field(default_factory=set)
    out: "Out" = field(default_factory=lambda: Out())


@dataclass(slots=True)
class Out:
    assertions: list[Assertion] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    idle: list[Row] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)
    room: int = STATEMENTS
    texts: dict[int, str] = field(default_factory=dict)


def say(assertions: Iterable[Assertion], state: State) -> None:
    for each in assertions:
        if each.kind == "truth" and each.subject.text in state.kept:
            each = replace(each, kind="vacuous")  # a function is always true: nobody calls it
        made = replace(each, guards=state.guards + each.guards, row=state.row, raw=state.raw)
        state.out.assertions.append(made)
