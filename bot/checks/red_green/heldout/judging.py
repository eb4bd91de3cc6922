"""Is a change fitted to the inputs of its tests? Copies of the telling tests with neighbouring inputs run on both
sides. Where the change shows at the tests' own inputs, and at not one of several neighbours, it is fitted to them; and
so it is where it shows at some of them, which all get the very answer that the test expects and the code has by heart.

Silent where nothing can be concluded: no inputs, too few neighbours that give a value, answers of a few kinds only,
special values that the sources know. Of an input by which new code can know the test any answer tells, since it looks
at that one. What differs from run to run differs between the sides too, and proves nothing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.checks.red_green.heldout.copying import Copies, asked_of
from bot.checks.red_green.heldout.inputs import Spot
from bot.checks.red_green.heldout.seen import PASSED, Said, said
from bot.checks.red_green.heldout.trials import FEWEST, Marked, Trial, knowledge, trial_of
from bot.checks.running import HEAD, Suite, fails, tests_in
from bot.checks.wording import listed
from bot.ports import Question, Result, Run, TreeSpec

QUICK = 30.0
"""Seconds: test files that take longer on the old code are not run once more."""

PATIENCE = 10.0
"""Seconds beyond what the test files took: on a busy machine a start alone takes some. Only what loops makes use of
them."""

KINDS = 2
"""So many different values must be among those that neighbours give."""

CHANCE = 12
"""One in so many neighbours may look to the new code like the input itself."""

DIVERSE = 3
"""So many values of the old code become one and the same answer of the new."""

UNLIKELY = 0.005
"""How seldom a change that knows no mark would show at none of the inputs without it."""

CRASHES = frozenset(
    ("TypeError", "AttributeError", "IndexError", "ReferenceError", "UnboundLocalError", "ZeroDivisionError")
)
"""What code raises without meaning to."""

OLD, NEW = "neighbours-old", "neighbours-new"

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

    def fitted(self, results: Mapping[str, Result], steady: Collection[str]) -> str:
        """A sentence where the change shows at no neighbour of its tests' inputs, or at names in this order only; ''
        where nothing can be concluded."""
        old, new = results[OLD], results[NEW]
        if old.unfinished or new.unfinished or tests_in(new).disagreement:
            return ""
        trials = [trial for trial in self.trials if trial.test in steady]
        if named := list(dict.fromkeys(trial.test for trial in trials if _is_by_name(trial, old, new))):
            return (
                f"The change shows where names stand in this order only, which the plan does not say: {listed(named)} "
                f"with names in the reverse one fails on the new code. This does not demonstrate the change."
            )
        return self._at_their_own(old, new, steady) if self.knows else ""

    def _at_their_own(self, old: Result, new: Result, steady: Collection[str]) -> str:
        known = frozenset(new.files.get("known", "").lower().split("\n"))
        fitted = Counter[str]()
        for trial in self.trials:
            silent, general = _tried(trial, old, new, known)
            if general:
                return ""
            fitted[trial.test] += silent if trial.test in steady else 0
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
    every = asked_of(suite, question, [test for test in telling if fails(test, crossed)])
    says, copies = knowledge(question, every), Copies(suite, every)
    trials = tuple(trial for asked in every if (trial := trial_of(asked, says, copies)))
    if not copies.fits or not (any(trial.renamed for trial in trials) or (trials and says.fresh.any)):
        return None
    limit = patience(suite, crossed)
    old, new = (replace(copies.run(name, on), timeout=limit) for name, on in ((OLD, tree), (NEW, HEAD)))
    words = sorted({word for trial in trials for group in trial.groups for word in _sought(group.spot)})
    sought = ("/bin/sh", "-c", _SEEK, "sh", str(len(words)), *words, *new.argv)
    return HeldOut((old, replace(new, argv=sought, files=("known",))), trials, says.fresh.any)


def patience(suite: Suite, crossed: Result) -> float:
    """Seconds for a few tests of which some may never end."""
    return min(suite.limit, PATIENCE + min(2 * crossed.seconds, 5.0 + crossed.seconds))


def _sought(spot: Spot) -> list[str]:
    """What to look for in the sources that did not change."""
    return [spot.text, *(each for each in re.findall(r"[A-Za-z]{4,}", spot.text))]


# --- what came of it -----------------------------------------------------------------------------------------------
def _tried(trial: Trial, old: Result, new: Result, known: frozenset[str]) -> tuple[int, bool]:
    """How many neighbours of inputs give what they gave before, however these are changed; and whether the change
    shows at a neighbour of each input that makes a difference, which is what an honest one does."""
    first = said(trial.control, old)
    if first is None or first == PASSED or said(trial.control, new) != PASSED:
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
        if not trial.opaque and all(was.all == first.all for was, _ in pairs):
            continue  # the old code never looks at it, or never comes to it
        shown |= apart or any(was.all != now.all for was, now in pairs)
        special = any(word.lower() in known for word in _sought(group.spot))
        silent += len(pairs) if not apart and not special and _is_fitted(first, pairs, trial.opaque) else 0
    if not silent and _is_silent(first, _pairs(trial.unknown, old, new)):
        silent = len(trial.unknown)
    if not silent:
        silent = max((_delimited(first, each, old, new) for each in trial.marked), default=0)
    if not silent and trial.answers and _is_recited(every, trial.answers):
        silent = len(every)
    if not silent and _still_crashes(first, every):
        silent = len(every)
    return silent, shown and not silent


def _is_by_name(trial: Trial, old: Result, new: Result) -> bool:
    """Whether the new code goes by the order of names, which the old code takes for any text."""
    first = said(trial.control, old)
    told = [(way, said(copy, old), said(copy, new)) for copy, way in trial.renamed]
    if first is None or any(was is None or now is None or way.undone(was.all) != first.all for way, was, now in told):
        return False
    return [now == PASSED for _, _, now in told] == [True, False]


Pair = tuple[Said, Said]
"""What a copy said on the old code and on the new."""


def _pairs(copies: Iterable[str], old: Result, new: Result) -> list[Pair]:
    """What looks the same, but is not shown in full, may differ."""
    told = [(was, now) for copy in copies if (was := said(copy, old)) and (now := said(copy, new))]
    return [(was, now) for was, now in told if was.whole or was.all != now.all]


def _is_silent(first: Said, pairs: Sequence[Pair]) -> bool:
    """Whether nothing shows. What fails in another way than the test did may fail before it comes to the change."""
    alike = [was for was, _ in pairs if was.kind == first.kind]
    return len(alike) >= FEWEST and all(was.all == now.all for was, now in pairs)


def _delimited(first: Said, marked: Marked, old: Result, new: Result) -> int:
    """How many inputs without a mark give what they gave before, where the change shows at such with it alone, and too
    often for a chance. Rules have borders, too; but they do not give the test's answer to all on its side."""
    kept, lost = _pairs(marked.kept, old, new), _pairs(marked.lost, old, new)
    wrong = sum(was != PASSED and was.kind == first.kind for was, _ in lost)
    turned = [(was, now) for was, now in kept if was.all != now.all]
    if len(turned) < 2 or wrong < FEWEST or not _is_silent(first, lost):
        return 0
    if marked.border and not _is_given(turned, [was for was, now in (*kept, *lost) if was.all == now.all]):
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
    return mixed and _is_given(turned, left)


def _still_crashes(first: Said, pairs: Sequence[Pair]) -> bool:
    """Whether what crashed with the test's input, and not by a refusal, crashes with all others as before."""
    alike = all(was.kind == first.kind and was.all == now.all for was, now in pairs)
    return first.kind in CRASHES and len(pairs) >= 2 * FEWEST and alike


def _is_given(turned: Sequence[Pair], left: Iterable[Said]) -> bool:
    """Whether all that had answers of their own have the one that the test expects, and that is no limit."""
    given = all(now == PASSED for _, now in turned) and len({was.value for was, _ in turned}) >= DIVERSE
    return given and not _is_limit(turned, left)


def _is_limit(turned: Sequence[Pair], left: Iterable[Said]) -> bool:
    """Whether all numbers on one side of the expected one became that, and the others stayed: it is the least there is,
    or the largest."""
    over = {was.excess for was, _ in turned}
    kept = {was.excess for was in left if was != PASSED}
    return all(more is not None and all(n is not None and n * more < 0 for n in kept) for more in over)


def _values(every: Iterable[Said]) -> frozenset[str]:
    return frozenset(each.value for each in every if each.usable)


def _is_fitted(first: Said, pairs: Sequence[Pair], opaque: bool) -> bool:
    """Enough neighbours and values, and the same on both sides, but for a chance one among many. Where both the old
    answer and the new one are given to neighbours, there are few kinds of answers, and a border between them may have
    moved. What may be known by a checksum, which has no border, is asked for no kinds."""
    if sum(was.all != now.all for was, now in pairs) * CHANCE > len(pairs):
        return False
    values = [was.value for was, _ in pairs if was.usable]
    kinds = frozenset(values)
    border = "passed" in kinds and first.value in kinds
    return len(values) >= FEWEST and (opaque or len(kinds - {"passed", first.value}) >= KINDS) and not border
