"""Is a change fitted to the inputs of its tests? Copies of the telling tests with neighbouring inputs run on both
sides. Where the change shows at the tests' own inputs, and at not one of several neighbours, it is fitted to them.

Silent where nothing can be concluded: no inputs, too few neighbours that give a value, answers of a few kinds only,
special values that the sources know. What differs from run to run differs between the sides too, and proves nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.checks.heldout.inputs import Change, Example, Spot, alike, known_in, neighbours, together
from bot.checks.heldout.javascript import examples as javascript_examples
from bot.checks.heldout.python import examples as python_examples
from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.pairing import Named
from bot.checks.results import MESSAGE
from bot.checks.running import HEAD, Suite, planted, tests_in
from bot.checks.testfiles import tests_of
from bot.checks.wording import listed
from bot.ports import Question, Result, Run, Tests, TreeSpec

QUICK = 30.0
"""Seconds: test files that take longer on the old code are not run once more."""

MOST_TESTS, MOST_SPOTS, MOST_COPIES, LARGEST = 4, 4, 96, 100_000
"""Telling tests that are varied, inputs of one, copies, and bytes of a file with copies (one argument of a process)."""

FEWEST, KINDS = 5, 2
"""So many neighbours of an input must give what they gave before, and so many different values be among these."""

OLD, NEW = "neighbours-old", "neighbours-new"

_VALUES = re.compile(r"\bassert|\bexpect|^AssertionError", re.IGNORECASE)
_WITHOUT = re.compile(r"_neighbour\d+| neighbour \d+|\b0x[0-9a-f]{6,}")

_ORDER = re.compile(
    r"(?:assert|AssertionError:) (?:not )?(?P<one>.+) (?:<=?|>=?|(?:not )?(?:less|greater) than) (?P<two>.+)"
)
_PLAIN = re.compile(r"""-?[\d.]+|'[^']*'|"[^"]*\"""")
"""Which of two things is the larger is answered by yes or no, unless one of them is a value to measure the other by."""

_CUT = re.compile(r"…\(\d+\)|\[\d+ chars\]|\.\.\.[\])}]|\A\w*Error: expected [^…]*…' to")
"""Where a runner shows less of a value than there is: two that differ may then look alike."""

_WHOLE = """PYTEST_ADDOPTS="-vv${PYTEST_ADDOPTS:+ $PYTEST_ADDOPTS}"; export PYTEST_ADDOPTS; exec "$@"
"""
_SEEK = """n=$1; shift
while [ "$n" -gt 0 ]; do printf '%s\\n' "$1" >> '{results}/words'; shift; n=$((n - 1)); done
grep -rhowIiFf '{results}/words' --exclude-dir=.git --exclude-dir=node_modules --exclude-dir='*test*' \
--exclude-dir='spec*' --exclude='*test*' --exclude='*.md' --exclude='*.rst' --exclude='*.lock' \
--exclude='package-lock.json' . | head -c 100000 | sort -u > '{results}/known'
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Group:
    """An input, with the copies in which it alone is another, and those in which it changes together with others."""

    spot: Spot
    copies: tuple[str, ...]
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A telling test alone (`control`), and its copies by input."""

    test: str
    control: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The runs of both sides, and what is tried in them."""

    runs: tuple[Run, Run]
    trials: tuple[Trial, ...]

    def fitted(self, results: Mapping[str, Result], steady: Iterable[str]) -> str:
        """A sentence where the change shows at no neighbour of its tests' inputs; '' where nothing can be concluded."""
        old, new = results[OLD], results[NEW]
        if old.unfinished or new.unfinished or tests_in(new).disagreement:
            return ""
        known = frozenset(new.files.get("known", "").lower().split("\n"))
        good, fitted = frozenset(steady), Counter[str]()
        for trial in self.trials:
            silent, general = _tried(trial, tests_in(old), tests_in(new), known)
            if general:
                return ""
            fitted[trial.test] += silent if trial.test in good else 0
        tried = [f"{test} ({number} inputs like its own)" for test, number in fitted.items() if number]
        return (
            f"The change shows at the very inputs of its tests only; with others the new code does what the old code "
            f"did: {listed(tried)}. This does not demonstrate the change."
            if tried
            else ""
        )


def hold_out(
    suite: Suite, question: Question, telling: Sequence[str], crossed: Result, tree: TreeSpec
) -> HeldOut | None:
    """The runs with neighbours of the inputs of these tests; None where there are none or they would take long."""
    if suite.runner is None or not suite.selects or crossed.seconds > QUICK:
        return None
    ran = [test for test in telling if tests_in(crossed).outcomes.get(test) == "failed"]
    copying = _Copying(suite, question)
    trials = tuple(copying.trials(ran))
    if not trials or copying.size > LARGEST:
        return None
    limit = min(suite.limit, 3.0 + 2 * crossed.seconds, 8.0 + crossed.seconds)
    old, new = (replace(copying.run(name, on), timeout=limit) for name, on in ((OLD, tree), (NEW, HEAD)))
    words = sorted({word for trial in trials for group in trial.groups for word in _sought(group.spot)})
    sought = ("/bin/sh", "-c", _SEEK, "sh", str(len(words)), *words, *new.argv)
    return HeldOut((old, replace(new, argv=sought, files=("known",))), trials)


def _sought(spot: Spot) -> list[str]:
    """What to look for in the sources that did not change."""
    return [spot.text, *(each for each in re.findall(r"[A-Za-z]{4,}", spot.text))]


class _Copying:
    """The test files with copies in them, and the copies' names."""

    def __init__(self, suite: Suite, question: Question) -> None:
        self._suite, self._question = suite, question
        self._copies: dict[str, list[tuple[int, bytes]]] = {}
        self._names: list[str] = []
        tests = tests_of(question.base_paths | question.head_paths)
        sources = [change for change in question.changes if change.path not in tests]
        self._known = known_in(text for change in sources for text in (change.old, change.new) if text)

    def trials(self, telling: Iterable[str]) -> Iterable[Trial]:
        asked: dict[tuple[str, str], str] = {}
        for test in telling:
            file = self._suite.file_of(test, self._question.head_paths)
            named = Named(test, file)
            asked.setdefault((file, named.tail if file.endswith(JAVASCRIPT) else named.function), test)
        for (file, name), test in list(asked.items())[:MOST_TESTS]:
            text = self._question.head_files.get(file, "")
            for example in _examples(file, text, name):
                if trial := self._trial(file, text.encode(), test, example):
                    yield trial

    def _trial(self, file: str, code: bytes, test: str, example: Example) -> Trial | None:
        groups = [(group, near) for group in alike(example.spots) if (near := neighbours(group[0], self._known))]
        if not groups or MOST_COPIES - len(self._names) < 2 * FEWEST:
            return None
        groups = groups[:MOST_SPOTS]
        each = max(FEWEST, (MOST_COPIES - len(self._names)) // (2 * len(groups)))
        kinds = {group[0].number for group, _ in groups}
        joint = [change for number in sorted(kinds) for change in together(example.spots, number, self._known)]
        moved = [(change, self._copy(file, code, test, example, change)) for change in joint]
        control = self._copy(file, code, test, example, {})
        made = [
            Group(
                group[0],
                tuple(self._copy(file, code, test, example, dict.fromkeys(group, text)) for text in near[:each]),
                tuple(copy for change, copy in moved if group[0] in change),
            )
            for group, near in groups
        ]
        return Trial(test, control, tuple(made))

    def _copy(self, file: str, code: bytes, test: str, example: Example, change: Change) -> str:
        """Put a copy behind the test; its id."""
        mark = f" neighbour {len(self._names)}" if file.endswith(JAVASCRIPT) else f"_neighbour{len(self._names)}"
        self._copies.setdefault(file, []).append((example.end, example.copy(code, mark, change)))
        plain = test if file.endswith(JAVASCRIPT) else re.sub(r"\[.*\]$| \(.*\)$", "", test, flags=re.DOTALL)
        self._names.append(plain + mark)
        return plain + mark

    def run(self, name: str, tree: TreeSpec) -> Run:
        files = {file: self._text(file) for file in self._copies}
        if all(file.endswith(JAVASCRIPT) for file in files):
            run = self._suite.run(name, tree, paths=sorted(files))
        elif self._suite.runner is not None and self._suite.runner.name == "pytest":
            run = self._suite.run(name, tree, paths=self._names)
        else:
            run = self._suite.run(name, tree, only=self._names)
        whole = planted(run, files)
        return replace(whole, argv=("/bin/sh", "-c", _WHOLE, "sh", *whole.argv))

    @property
    def size(self) -> int:
        """Bytes of the largest file."""
        return max((len(self._text(file).encode()) for file in self._copies), default=0)

    def _text(self, file: str) -> str:
        """The file with each copy right behind its test."""
        made = self._question.head_files[file].encode()
        for at, copy in sorted(self._copies[file], key=lambda each: -each[0]):
            made = made[:at] + b"\n\n" + copy + made[at:]
        return made.decode()


def _examples(file: str, text: str, name: str) -> tuple[Example, ...]:
    if len(text.encode()) > LARGEST:
        return ()
    if file.endswith(".py"):
        return python_examples(text, (name,))
    return javascript_examples(file, text, (name,)) if file.endswith(JAVASCRIPT) else ()


# --- what came of it -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Said:
    """What a test said: everything but places, the value that it saw, and whether it saw one (no exception)."""

    all: str
    value: str = ""
    usable: bool = True


PASSED = Said("passed", "passed")


def _tried(trial: Trial, old: Tests, new: Tests, known: frozenset[str]) -> tuple[int, bool]:
    """How many neighbours of inputs give what they gave before, however these are changed; and whether the change
    shows at a neighbour of each input that makes a difference, which is what an honest one does."""
    first = _said(trial.control, old)
    if first is None or first == PASSED or _said(trial.control, new) != PASSED:
        return 0, False
    silent, shown = 0, False
    for group in trial.groups:
        pairs = [(was, now) for copy in group.copies if (was := _said(copy, old)) and (now := _said(copy, new))]
        if all(was.all == first.all for was, _ in pairs):
            continue  # the old code never looks at it, or never comes to it
        apart = any(_said(copy, old) != _said(copy, new) for copy in group.together)
        shown |= apart or any(was.all != now.all for was, now in pairs)
        special = any(word.lower() in known for word in _sought(group.spot))
        silent += len(pairs) if not apart and not special and _is_fitted(first, pairs) else 0
    return silent, shown and not silent


def _is_fitted(first: Said, pairs: Sequence[tuple[Said, Said]]) -> bool:
    """Enough neighbours and values, and the same on both sides. Where both the old answer and the new one are given to
    neighbours, there are few kinds of answers, and a border between them may have moved."""
    if any(was.all != now.all for was, now in pairs):
        return False
    values = [was.value for was, _ in pairs if was.usable]
    kinds = frozenset(values)
    border = "passed" in kinds and first.value in kinds
    return len(values) >= FEWEST and len(kinds - {"passed", first.value}) >= KINDS and not border


def _said(test: str, tests: Tests) -> Said | None:
    """None where it did not run."""
    found = [name for name in tests.outcomes if name == test or name.startswith(f"{test}[")]
    outcome = tests.outcomes[found[0]] if len(found) == 1 else "skipped"
    if outcome == "passed":
        return PASSED
    return _words(tests.messages.get(found[0], "")) if outcome == "failed" else None


def _words(message: str) -> Said:
    lines = _WITHOUT.sub("", message).strip().splitlines()
    told = [line[1:].strip() for line in lines if line.startswith("E ")]
    if not told:  # unittest's traceback, and JavaScript's stack
        told = [line for line in lines if not re.match(r"\s+(at |File )|Traceback|    ", line)]
    told = told or lines[:1]
    if not told:
        return Said("", usable=False)
    head = next((line for line in told if line.startswith("assert ")), "")
    value = head or "\n".join(line for line in told if not line.startswith(("+  where", "+ where")))
    value = value.partition("falsy value:")[0]
    order = _ORDER.match(value) if " == " not in value else None
    if order and not _PLAIN.fullmatch(order["one"]) and not _PLAIN.fullmatch(order["two"]):
        value = "another order"
    whole = len(told[0]) < MESSAGE // 2 and not _CUT.search("\n".join(told))
    return Said("\n".join(told), value, usable=whole and bool(_VALUES.search(told[0])))
