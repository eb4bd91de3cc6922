"""What a trial must know of a language: the seam between `trial`, which knows none, and each language's own file.

The code that a language runs in the sandbox reads `{results}/trial-asked.json`, an `Asked`, and leaves
`{results}/trial.json`, a `Report`, beside the runner's own account of the tests with nothing changed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from bot.checks.pairing import Named
from bot.checks.running import containers
from bot.ports import Run

Node = TypeVar("Node")
Names = frozenset[str] | None
"""None: what differs has no name, so that any test may depend on it."""


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
    differing: Mapping[str, Names],
    defined: Mapping[str, Mapping[str, str]],
    changed: Sequence[Changed],
    holding: Collection[str],
    uses: Callable[[str, Collection[str]], bool],
) -> dict[str, Names]:
    """Of each changed file the names that differ, with those of all that is `defined` there by way of them. What is in
    files that are not `holding` tests may be used in all others."""
    shared = [differing[each.file] for each in changed if not {each.file, each.path}.intersection(holding)]
    common: set[str] = set()
    for names in shared:
        if names is None:
            return dict.fromkeys(differing)
        common |= names
    return {f: None if own is None else _used(defined[f], own | common, uses) for f, own in differing.items()}


def _used(
    defined: Mapping[str, str], names: frozenset[str], uses: Callable[[str, Collection[str]], bool]
) -> frozenset[str]:
    found = set(names)
    while more := {name for name in defined if name not in found and uses(defined[name], found)}:
        found |= more
    return frozenset(found)


def before(
    first: Node, others: Iterable[Node], words: Callable[[Node], set[str]], leaves: Callable[[Node], bool]
) -> list[Node]:
    """A statement, those of the others that share a name with it, be it through more of them, and all that may leave
    the test."""
    taken, left, names = [first], list(others), words(first)
    while more := [each for each in left if words(each) & names or leaves(each)]:
        taken += more
        left = [each for each in left if each not in more]
        names |= {name for each in more for name in words(each)}
    return taken


@dataclass(frozen=True, slots=True)
class Language:
    """Pure, as all checks are. `runners` are the names of those whose tests can be tried, `suffixes` what the names of
    its files end with.

    bodied     the tests with their bodies, as far as these texts of their files tell them
    trying     the run of tests with the trial before it: what is asked lies in the results' folder. The texts are those
               of files whose calls are changed, and of files whose tests may go on after an assertion that fails
    insisted   the assertions of these tests of a file (path, text), and of all functions there that are no tests
    disturbed  of each changed test file, by its old path, the names of what is no test and differs, with all that makes
               use of it. The paths are those of files that hold tests; what the others hold may be used anywhere
    uses       whether a test makes use of one of these names; also where its body is not known
    """

    runners: Collection[str]
    suffixes: tuple[str, ...]
    bodied: Callable[[Collection[Named], Mapping[str, str]], tuple[Named, ...]]
    trying: Callable[[Run, Mapping[str, str], Mapping[str, str]], Run]
    insisted: Callable[[str, str, Collection[Named]], tuple[Lines, ...]]
    disturbed: Callable[[Sequence[Changed], Collection[str]], Mapping[str, Names]]
    uses: Callable[[Named, Collection[str]], bool]
