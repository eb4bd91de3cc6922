"""Is a change fitted to the inputs of its tests? Copies of the telling tests with neighbouring inputs run on both
sides. Where the change shows at the tests' own inputs, and at not one of several neighbours, it is fitted to them; and
so it is where it shows at some of them, which all get the very answer that the test expects and the code has by heart.

Silent where nothing can be concluded: no inputs, too few neighbours that give a value, answers of a few kinds only,
special values that the sources know. Of an input by which new code can know the test any answer tells, since it looks
at that one. What differs from run to run differs between the sides too, and proves nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.checks.red_green.heldout.copying import FEWEST, Copying, Marked, Trial
from bot.checks.red_green.heldout.inputs import Spot
from bot.checks.red_green.messages import told
from bot.checks.results import MESSAGE
from bot.checks.running import HEAD, Suite, tests_in
from bot.checks.wording import listed
from bot.ports import Question, Result, Run, Tests, TreeSpec

QUICK = 30.0
"""Seconds: test files that take longer on the old code are not run once more."""

PATIENCE = 10.0
"""Seconds for the copies beyond what the test files took: on a busy machine a start alone takes some. Only neighbours
that loop make use of them."""

KINDS = 2
"""So many different values must be among those that neighbours give."""

CHANCE = 12
"""One in so many neighbours may look to the new code like the input itself."""

DIVERSE = 3
"""So many values of the old code become one and the same answer of the new."""

UNLIKELY = 0.005
"""How seldom a change that knows no mark would show at none of the inputs without it."""

OLD, NEW = "neighbours-old", "neighbours-new"

_VALUES = re.compile(r"\bassert|\bexpect|^AssertionError", re.IGNORECASE)
_NUMBERED = re.compile(r"_neighbour\d+| neighbour \d+")

_ORDER = re.compile(
    r"(?:assert|AssertionError:) (?:not )?(?P<one>.+) (?:<=?|>=?|(?:not )?(?:less|greater) than) (?P<two>.+)"
)
_PLAIN = re.compile(r"""-?[\d.]+|'[^']*'|"[^"]*\"""")
"""Which of two things is the larger is answered by yes or no, unless one of them is a value to measure the other by."""

_CUT = re.compile(r"…\(\d+\)|\[\d+ chars\]|\.\.\.[\])}]|\A\w*Error: expected [^…]*…' to")
"""Where a runner shows less of a value than there is: two that differ may then look alike."""

_SEEK = """n=$1; shift
while [ "$n" -gt 0 ]; do printf '%s\\n' "$1" >> '{results}/words'; shift; n=$((n - 1)); done
grep -rhowIiFf '{results}/words' --exclude-dir=.git --exclude-dir=node_modules --exclude-dir='*test*' \
--exclude-dir='spec*' --exclude='*test*' --exclude='*.md' --exclude='*.rst' --exclude='*.lock' \
--exclude='package-lock.json' . | head -c 100000 | sort -u > '{results}/known'
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The runs of both sides, and what is tried in them."""

    runs: tuple[Run, Run]
    trials: tuple[Trial, ...]
    knows: bool = True
    """Whether the new code says anything by which it could know an input."""

    def fitted(self, results: Mapping[str, Result], steady: Iterable[str]) -> str:
        """A sentence where the change shows at no neighbour of its tests' inputs; '' where nothing can be concluded."""
        old, new = results[OLD], results[NEW]
        if not self.knows or old.unfinished or new.unfinished or tests_in(new).disagreement:
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
    copying = Copying(suite, question)
    trials = tuple(copying.trials(ran))
    if not trials or not copying.fits:
        return None
    limit = min(suite.limit, PATIENCE + min(2 * crossed.seconds, 5.0 + crossed.seconds))
    old, new = (replace(copying.run(name, on), timeout=limit) for name, on in ((OLD, tree), (NEW, HEAD)))
    words = sorted({word for trial in trials for group in trial.groups for word in _sought(group.spot)})
    sought = ("/bin/sh", "-c", _SEEK, "sh", str(len(words)), *words, *new.argv)
    return HeldOut((old, replace(new, argv=sought, files=("known",))), trials, copying.knows)


def _sought(spot: Spot) -> list[str]:
    """What to look for in the sources that did not change."""
    return [spot.text, *(each for each in re.findall(r"[A-Za-z]{4,}", spot.text))]


# --- what came of it -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Said:
    """What a test said: everything but places, the value that it saw, and whether it saw one (no exception)."""

    all: str
    value: str = ""
    usable: bool = True

    @property
    def kind(self) -> str:
        """Of an exception, which."""
        return "" if self.usable else self.all.partition(":")[0]


PASSED = Said("passed", "passed")


def _tried(trial: Trial, old: Tests, new: Tests, known: frozenset[str]) -> tuple[int, bool]:
    """How many neighbours of inputs give what they gave before, however these are changed; and whether the change
    shows at a neighbour of each input that makes a difference, which is what an honest one does."""
    first = _said(trial.control, old)
    if first is None or first == PASSED or _said(trial.control, new) != PASSED:
        return 0, False
    silent, shown = 0, False
    every: list[Pair] = []
    for group in trial.groups:
        pairs, others = _pairs(group.copies, old, new), _pairs(group.together, old, new)
        every += (*pairs, *others)
        apart = any(was != now for was, now in others)
        if group.singled:
            silent += len(pairs) if not apart and _is_silent(first, pairs) else 0
            continue
        if all(was.all == first.all for was, _ in pairs):
            continue  # the old code never looks at it, or never comes to it
        shown |= apart or any(was.all != now.all for was, now in pairs)
        special = any(word.lower() in known for word in _sought(group.spot))
        silent += len(pairs) if not apart and not special and _is_fitted(first, pairs) else 0
    if not silent and _is_silent(first, _pairs(trial.unknown, old, new)):
        silent = len(trial.unknown)
    if not silent:
        silent = max((_delimited(first, each, old, new) for each in trial.marked), default=0)
    if not silent and trial.answers and _is_recited(every, trial.answers):
        silent = len(every)
    return silent, shown and not silent


Pair = tuple[Said, Said]
"""What a copy said on the old code and on the new."""


def _pairs(copies: Iterable[str], old: Tests, new: Tests) -> list[Pair]:
    return [(was, now) for copy in copies if (was := _said(copy, old)) and (now := _said(copy, new))]


def _is_silent(first: Said, pairs: Sequence[Pair]) -> bool:
    """Whether nothing shows. What fails in another way than the test did may fail before it comes to the change."""
    alike = [was for was, _ in pairs if was.kind == first.kind]
    return len(alike) >= FEWEST and all(was.all == now.all for was, now in pairs)


def _delimited(first: Said, marked: Marked, old: Tests, new: Tests) -> int:
    """How many inputs without a mark give what they gave before, where the change shows at such with it alone, and too
    often for a chance. Rules have borders, too; but they do not give the test's answer to all on its side."""
    kept, lost = _pairs(marked.kept, old, new), _pairs(marked.lost, old, new)
    wrong = sum(was != PASSED and was.kind == first.kind for was, _ in lost)
    turned = [(was, now) for was, now in kept if was.all != now.all]
    if len(turned) < 2 or wrong < FEWEST or not _is_silent(first, lost) or (marked.border and not _is_one(turned)):
        return 0
    return len(lost) if (1 - len(turned) / len(kept)) ** wrong < UNLIKELY else 0


def _is_recited(pairs: Sequence[Pair], answers: Iterable[str]) -> bool:
    """Whether the new code gives the expected answer to inputs that had answers of their own, or to the test's alone,
    and leaves others as they were. One plain answer for all may be what is given where there is no better."""
    turned = [(was, now) for was, now in pairs if was.all != now.all]
    left = [was for was, now in pairs if was.all == now.all]
    if not turned:
        return len(left) >= 2 * FEWEST and PASSED not in left and len(_values(left)) > DIVERSE
    mixed = any(was != PASSED for was in left) or any(each[0] in "[({" for each in answers)
    return mixed and _is_one(turned)


def _is_one(turned: Sequence[Pair]) -> bool:
    """Whether all of these have the answer that the test expects, and had answers of their own."""
    return all(now == PASSED for _, now in turned) and len({was.value for was, _ in turned}) >= DIVERSE


def _values(said: Iterable[Said]) -> frozenset[str]:
    return frozenset(each.value for each in said if each.usable)


def _is_fitted(first: Said, pairs: Sequence[Pair]) -> bool:
    """Enough neighbours and values, and the same on both sides, but for a chance one among many. Where both the old
    answer and the new one are given to neighbours, there are few kinds of answers, and a border between them may have
    moved."""
    if sum(was.all != now.all for was, now in pairs) * CHANCE > len(pairs):
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
    lines = told(_NUMBERED.sub("", message))
    if not lines:
        return Said("", usable=False)
    head = next((line for line in lines if line.startswith("assert ")), "")
    value = head or "\n".join(line for line in lines if not line.startswith(("+  where", "+ where")))
    value = value.partition("falsy value:")[0]
    order = _ORDER.match(value) if " == " not in value else None
    if order and not _PLAIN.fullmatch(order["one"]) and not _PLAIN.fullmatch(order["two"]):
        value = "another order"
    whole = len(lines[0]) < MESSAGE // 2 and not _CUT.search("\n".join(lines))
    return Said("\n".join(lines), value, usable=whole and bool(_VALUES.search(lines[0])))
