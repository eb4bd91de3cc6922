"""What a trial must know of a language: the seam between `trial`, which knows none, and each language's own file.

The code that a language runs in the sandbox reads `{results}/trial-asked.json`, an `Asked`, and leaves
`{results}/trial.json`, a `Report`, beside the runner's own account of the tests with nothing changed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pydantic import BaseModel

from bot.checks.pairing import Named
from bot.checks.running import containers
from bot.ports import Run


class Mutant(BaseModel, frozen=True):
    """One small change: `way` is the number of it among those to the call called `key`, of the function `name`. A key
    must be the same for the same call in another process, and over other tests."""

    key: str
    name: str
    way: int


class Asked(BaseModel, frozen=True):
    """`sources` are the files whose functions' calls are changed. `mutants` are those to try, none: all that are
    found. `insisted` are the assertions (path, first and last line) that should be seen to notice something.
    `seconds` of processor time may be spent on trying, `slowest` on a first run, which loads everything."""

    sources: tuple[str, ...]
    mutants: tuple[Mutant, ...]
    seconds: float
    slowest: float
    insisted: tuple[tuple[str, int, int], ...] = ()


class Tried(Mutant, frozen=True):
    """What became of one: `failed` are the tests that failed, by the runner's ids, with the lines that their failures
    name (path, line); None where their run did not come to its end."""

    failed: dict[str, tuple[tuple[str, int], ...]] | None = None

    def failing(self, tests: Collection[str]) -> frozenset[str]:
        """Those of the tests that failed, or whose file could not be loaded, or a part of which failed."""
        failed = self.failed or {}
        whole = {*failed, *(each for test in failed for each in containers(test))}
        return frozenset(t for t in tests if t in whole or any(each in failed for each in containers(t)))


class Report(BaseModel, frozen=True):
    """What the code in the sandbox leaves. `closely`: whether all calls were tried that the tests make themselves.
    `why` nothing was tried; '' where something was."""

    done: tuple[Tried, ...] = ()
    closely: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """First and last line of something that a test insists on. `said` tells it with all that the test does for it, in
    words that are the same wherever it stands; '' where that is not known."""

    first: int
    last: int
    said: str = ""


class Changed(NamedTuple):
    """A test file on both sides: its old path, its new one, and the texts."""

    file: str
    path: str
    old: str | None
    new: str | None


def with_users(
    defined: Mapping[str, str], names: frozenset[str], uses: Callable[[str, Collection[str]], bool]
) -> frozenset[str]:
    """The names, with those of all that is defined by way of them."""
    found = set(names)
    while more := {name for name in defined if name not in found and uses(defined[name], found)}:
        found |= more
    return frozenset(found)


class Language(Protocol):
    """Pure, as all checks are."""

    @property
    def runners(self) -> Collection[str]:
        """Names of the runners whose tests can be tried."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the names of its files end with."""
        ...

    def bodied(self, tests: Collection[Named], texts: Mapping[str, str], /) -> tuple[Named, ...]:
        """The tests with their bodies, as far as these texts of their files tell them."""
        ...

    def trying(self, run: Run, sources: Mapping[str, str], tests: Mapping[str, str], /) -> Run:
        """The run of tests with the trial before it: what is asked lies in the results' folder. `sources` are the
        texts of the files whose calls are changed, `tests` those of files whose tests may go on after an assertion that
        fails."""
        ...

    def insisted(self, file: str, text: str, tests: Collection[Named], /) -> tuple[Lines, ...]:
        """The assertions of these tests of a file, and of all functions there that are no tests."""
        ...

    def disturbed(self, changed: Sequence[Changed], holding: Collection[str], /) -> Mapping[str, frozenset[str] | None]:
        """Of each changed test file, by its old path, the names of what is no test and differs, with all that makes
        use of it; None where what differs has no name, so that any test may depend on it. `holding` are the files that
        hold tests; what the others hold may be used anywhere."""
        ...

    def uses(self, test: Named, names: Collection[str], /) -> bool:
        """Whether a test makes use of one of these names; True where its body is not known."""
        ...
