"""Telling flaky tests from steady ones: a doubtful test is run again, alone, in fresh sandboxes on the same tree."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.checks.running import RED, Suite, outcome_of, tests_in, unusable
from bot.ports import Result, Run, TreeSpec

TIMES = 3
MANY = 20
"""With more doubtful tests than this a whole part of the suite is at fault, and one repetition is enough."""


@dataclass(frozen=True, slots=True)
class Again:
    """The repetitions of `doubtful` tests on one tree. `first` is the name of the run that raised the doubt; the
    repetitions are called `<first>-again-1` and so on."""

    suite: Suite
    first: str
    tree: TreeSpec
    doubtful: frozenset[str]

    def next(self, results: Mapping[str, Result]) -> tuple[Run, ...]:
        """The next repetition; () when enough is known."""
        steady, n = self._seen(results)
        if not steady or n > self._times or self._ended(results, n - 1):
            return ()
        return (self.suite.run(self._name(n), self.tree, only=tuple(steady), repeat=n),)

    def flaky(self, results: Mapping[str, Result]) -> frozenset[str]:
        """Those whose outcome differed on this same tree."""
        steady, _ = self._seen(results)
        return self.doubtful - steady

    def _seen(self, results: Mapping[str, Result]) -> tuple[frozenset[str], int]:
        """The tests that came out the same every time so far, and the number of the repetition that is next."""
        steady, n = self.doubtful, 1
        while self._name(n) in results:
            steady = frozenset(test for test in steady if not self._differs(test, results, n))
            n += 1
        return steady, n

    def _differs(self, test: str, results: Mapping[str, Result], n: int) -> bool:
        before = outcome_of(test, tests_in(results[self.first]))
        now = outcome_of(test, tests_in(results[self._name(n)]))
        return now != "" and (now in RED) != (before in RED)

    def _ended(self, results: Mapping[str, Result], n: int) -> bool:
        """A repetition that told nothing is not asked for again."""
        return n > 0 and bool(unusable(results[self._name(n)]))

    @property
    def _times(self) -> int:
        return TIMES if len(self.doubtful) <= MANY and self.suite.selects else 1

    def _name(self, n: int) -> str:
        return f"{self.first}-again-{n}"
