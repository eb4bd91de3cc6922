"""What is known besides while a Python test's body is walked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.checks.integrity.model import Assertion, Row
from bot.checks.integrity.python.expr import Bound
from bot.checks.integrity.walking import Walk
from bot.domain.syntax import Function

STATEMENTS = 5_000  # statements that are looked at for one test, through all its cases and helpers
Helpers = Mapping[str, Function]


@dataclass(slots=True)
class State(Walk[Bound]):
    """`driven`: somebody runs the coroutines that are made here; `kept` are the names of functions, `idle` the cases of
    loops that assert nothing, `texts` the statements that were written already."""

    helpers: Helpers = field(default_factory=dict)
    expects_exit: bool = False
    driven: bool = False
    kept: set[str] = field(default_factory=set)
    idle: list[Row] = field(default_factory=list)
    room: list[int] = field(default_factory=lambda: [STATEMENTS])
    texts: dict[int, str] = field(default_factory=dict)

    def say(self, said: Iterable[Assertion]) -> None:
        for each in said:
            uncalled = each.kind == "truth" and each.subject.text in self.kept  # a function is always true
            Walk.say(self, [replace(each, kind="vacuous") if uncalled else each])
