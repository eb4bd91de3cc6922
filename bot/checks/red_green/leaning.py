"""Does a change hold by its sources alone, or only together with what its tests were given: a conftest, a helper, a
set-up file? The tests that prove it run at head once more with the base's own support files. One that then fails word
for word as on the old code was made green by its support file, not by the sources. The same of what a test's own file
does around its tests.

Silent where a test fails in any other way: what it newly needs of a fixture or a double is not there yet. Where its
support reached for what only the new sources have, the test itself has said nothing on the old code: it is asked once
more there, with the old support. Files that only hold data go with the tests that read them, and so does what the plan
names.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.overlay import is_data, old_support_on_new, old_support_on_old, test_changes
from bot.checks.planned.explained import is_explained, sentences
from bot.checks.red_green.messages import told
from bot.checks.red_green.unprepared import unprepared
from bot.checks.running import Suite, are_plantable, fails, missing, planted, quoted, tests_in
from bot.checks.tolerant import missing_name
from bot.checks.wording import count, listed
from bot.ports import FileChange, Question, Result, Run

MOST = 10
"""Tests that are run once more."""

_LITERAL = re.compile(r"\"([^\"\\\n]{4,})\"|'([^'\\\n]{4,})'")
_DECLARED = re.compile(r"^\s*(?:export )?(?:async )?(?:def|class|function|const|let)\s+(\w+)", re.MULTILINE)
_COMPOUND = re.compile(r"\w+_\w+|[A-Za-z]+[a-z][A-Z]\w*")


@dataclass(frozen=True, slots=True)
class Leaning:
    """A run at head with the base's support files, and what each of its tests said on the old code; `aside` is the same
    on the old code."""

    run: Run
    aside: Run
    before: Mapping[str, str]
    files: tuple[str, ...]

    @property
    def again(self) -> Run:
        """The same once more."""
        return replace(self.run, name=f"{self.run.name}-again-1", repeat=1)

    def wanted(self, results: Mapping[str, Result]) -> tuple[Run, ...]:
        """What is still to be run; what condemns a test is seen twice."""
        if first := missing((self.run,), results):
            return first
        if any(self._is_unsaid(test, results[self.run.name]) for test in self.before) and (
            aside := missing((self.aside,), results)
        ):
            return aside
        return missing((self.again,), results) if self._failing(self.run, results) else ()

    def doubt(self, results: Mapping[str, Result]) -> str:
        """A sentence where a test fails with the base's support files as it did on the old code."""
        tests = tests_in(results[self.run.name])
        first = self._failing(self.run, results)
        found = [test for test in first if test in self._failing(self.again, results)]
        if not found:
            return ""
        failing = listed([quoted(test, tests) for test in found])
        which = (
            f"{count(found, 'test')} passing on the new code only together with what changed in {listed(self.files)}"
        )
        return f"{which}, and without that failing as on the old code: {failing}. This does not demonstrate the change."

    def _failing(self, run: Run, results: Mapping[str, Result]) -> tuple[str, ...]:
        """The tests that fail in this run as on the old code."""
        result = results[run.name]
        now, aside = tests_in(result).messages, results.get(self.aside.name)
        apart = tests_in(aside).messages if aside is not None else {}
        before = {
            test: apart.get(test, "") if self._is_unsaid(test, result) else old for test, old in self.before.items()
        }
        same = (test for test, said in before.items() if said and told(now.get(test, "")) == told(said))
        return tuple(test for test in same if fails(test, result))

    def _is_unsaid(self, test: str, result: Result) -> bool:
        """Whether a test fails by what it asks, which on the old code it never came to: a name was missing there, or it
        did not run at all."""
        before, now = self.before[test], tests_in(result).messages.get(test, "")
        return fails(test, result) and not missing_name(now) and (not before or bool(missing_name(before)))


def lean(
    suite: Suite, question: Question, telling: Mapping[str, str], fixed: Mapping[str, str], others: Iterable[str]
) -> Leaning | None:
    """The run for these tests of the change and for untouched ones that it fixed, with what they said on the old code;
    `others` are all tests. None where there are none, or nothing changed that they could lean on."""
    before = dict(list({**telling, **fixed}.items())[:MOST])
    own, mended, files = (
        {suite.file_of(test, question.head_paths) for test in tests} for tests in (telling, fixed, others)
    )
    if not before or not suite.selects or "" in own:
        return None
    changes = test_changes(question)
    texts = dict(_unprepared(question, own))
    own |= {change.path for change in changes if _is_named(change, question)}
    support = [c for c in changes if could_help(c) and c.path not in own and (c.path in mended or c.path not in files)]
    if not support and not texts:
        return None
    trees = {"leaning": old_support_on_new(question, own), "leaning-old": old_support_on_old(question, own)}
    run, aside = (suite.run(name, tree, only=tuple(before)) for name, tree in trees.items())
    places = (*(change.path for change in support), *(f"{path} around its tests" for path in texts))
    texts |= {c.path: "" for c in support if c.old is None and c.path.endswith("__init__.py")}
    run, aside = (planted(each, texts) if texts else each for each in (run, aside))
    return Leaning(run, aside, before, places)


def _unprepared(question: Question, own: Collection[str]) -> Iterator[tuple[str, str]]:
    """The tests' own files without what newly prepares them, unless the plan names that."""
    for change in question.changes:
        if change.path in own and change.path.endswith(".py") and change.old is not None and change.new is not None:
            text = unprepared(change.old, change.new)
            if text and are_plantable((text,)) and not _names_part(change, sentences(question.plan)):
                yield change.path, text


def could_help(change: FileChange) -> bool:
    """Whether a changed file of the tests is code that could do part of what the sources should."""
    return change.path.endswith((".py", *JAVASCRIPT)) and change.new is not None and not is_data(change.path)


def _is_named(change: FileChange, question: Question) -> bool:
    """Whether the plan says that the file, or a part of it, changes."""
    said = sentences(question.plan)
    names = (PurePosixPath(change.path).name, *_parts(change))
    return is_explained("runner-changed", change.path, said, names) or _names_part(change, said)


def _names_part(change: FileChange, said: Iterable[str]) -> bool:
    """Whether the plan says a name of its own, or quotes a text, that the file gained."""
    gained = {*_parts(change), *(set(_literals(change.new or "")) - set(_literals(change.old or "")))}
    return any(re.search(rf"(?<!\w){re.escape(text)}(?!\w)", each) for each in said for text in gained)


def _parts(change: FileChange) -> tuple[str, ...]:
    """The names in lines that the file gained, as far as no plain words are such; not those of tests."""
    gained = _DECLARED.findall(_gained(change.old or "", change.new or ""))
    return tuple(name for name in gained if _COMPOUND.fullmatch(name) and not name.lower().startswith("test"))


def _gained(old: str, new: str) -> str:
    before = frozenset(old.splitlines())
    return "\n".join(line for line in new.splitlines() if line not in before)


def _literals(text: str) -> Iterator[str]:
    return (one or other for one, other in _LITERAL.findall(text))
