"""Tests made to fail on purpose: a suite that tells of them as passed would tell that of anything, and nothing that it
says is believed. So what is forged inside the test run shows, whatever way it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.doomed.javascript import sabotaged_javascript
from bot.checks.doomed.python import sabotaged
from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.pairing import Named
from bot.checks.running import HEAD, Suite, are_plantable, passed, planted, tests_in
from bot.checks.testfiles import tests_of
from bot.checks.wording import count, listed
from bot.domain.refs import digest_of
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Run, Tests

MOST_FILES = 5
"""Test files in which tests are made to fail."""

MOST = 10
"""Tests that are made to fail."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A run at head in which these tests must fail."""

    run: Run
    tests: frozenset[str]

    def disbelief(self, results: Mapping[str, Result]) -> Judgement | None:
        """A judgement where a test that must fail is told to have passed, or nothing agrees any more."""
        tests = tests_in(results[self.run.name])
        if liars := sorted(self.tests & passed(tests)):
            told = f"{count(liars, 'test')} reported as passed although made to fail in the first line: {listed(liars)}"
            reason = f"{told}. What this suite reports can't be believed."
            return Judgement(Verdict.REFUTED, reason, self.run.name)
        if tests.disagreement:
            reason = f"With tests that must fail, the test run does not agree with itself: {tests.disagreement}."
            return Judgement(Verdict.UNPROVEN, reason, self.run.name)
        return None


def doom(suite: Suite, question: Question, tests: Sequence[str]) -> Doomed | None:
    """The run in which those of these tests fail that can be made to; None where there are none."""
    places = _Places(suite, question)
    named = [Named(test, file) for test in tests if (file := places.file_of(test))]
    files: dict[str, str] = {}
    taken: frozenset[str] = frozenset()
    for file in sorted({test.file for test in named})[:MOST_FILES]:
        here = {test.id: _name_in(test) for test in named if test.file == file}
        changed, found = _sabotaged(file, question.head_files.get(file, ""), frozenset(here.values()))
        files |= {file: changed} if found else {}
        taken |= {test for test, function in here.items() if function in found}
    if not taken:
        return None
    by_file = any(file.endswith(JAVASCRIPT) for file in files)
    run = suite.run("doomed", HEAD, paths=sorted(files)) if by_file else suite.run("doomed", HEAD, only=sorted(taken))
    return Doomed(planted(run, files), taken)


class _Places:
    """Where tests stand in the head's texts."""

    def __init__(self, suite: Suite, question: Question) -> None:
        self._suite, self._question = suite, question
        self._tests: frozenset[str] | None = None

    def file_of(self, test: str) -> str:
        """The file whose text holds the test; '' where there is none of a fitting size. What a JavaScript runner tells
        is where the test was declared, which may be by the code under test: then its title is looked for in the test
        files."""
        told = self._suite.file_of(test, self._question.head_paths)
        if told.endswith(JAVASCRIPT):
            if self._tests is None:
                self._tests = tests_of(self._question.head_paths)
            title = test.rpartition(" > ")[2]
            holding = [path for path in self._tests if title in self._question.head_files.get(path, "")]
            told = told if told in holding else min(holding, default="")
        text = self._question.head_files.get(told, "")
        return told if text and are_plantable((text,)) else ""


def _name_in(test: Named) -> str:
    """What the test is called in its file: a dotted function in Python, titles in JavaScript."""
    return test.id.partition(" > ")[2] if test.file.endswith(JAVASCRIPT) else test.function


def _sabotaged(file: str, text: str, names: frozenset[str]) -> tuple[str, frozenset[str]]:
    if file.endswith(".py"):
        return sabotaged(text, names)
    return sabotaged_javascript(file, text, names) if file.endswith(JAVASCRIPT) else (text, frozenset())


def sample(suite: Suite, question: Question, head: Tests, first: Iterable[str]) -> tuple[str, ...]:
    """A few of the tests that passed at head: as many as can be of `first`, then others that nobody could foresee
    without knowing the whole change. Old tests that nobody awaits pass whatever they hold, and are not taken."""
    good, places = passed(head), _Places(suite, question)
    seed = digest_of("\0".join(change.new or "" for change in question.changes))
    mine = [test for test in sorted(good.intersection(first))[:MOST] if places.file_of(test)]
    others = sorted(good.difference(mine), key=lambda test: digest_of(seed + test))[:MOST]
    known = [test for test in others if (file := places.file_of(test)) and not _awaits(test, file, question)]
    return (*mine, *known)[:MOST]


def _awaits(test: str, file: str, question: Question) -> bool:
    name = Named(test, file).function.rpartition(".")[2]
    return f"async def {name}(" in question.head_files[file]
