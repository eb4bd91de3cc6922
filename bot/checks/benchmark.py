"""`benchmark`: base against head on one machine in one run, interleaved, with a control of the base against itself.

Three sandboxes: `base`, `same` (the base again) and `head`. Each is warmed up; then base and same take turns (the A/A
control, which gives the noise floor); then base and head, until the interval is narrow enough or the budget ends.

Of a command that prints no number the wall time counts. What else runs on the machine lengthens it, often beyond
recognition, but hardly the time that the command spends computing: so that is recorded, too, and compared where the
wall time's interval does not become narrow and both can be true.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import Field, JsonValue, model_validator

from bot.checks.arguments import Arguments, complaint, read
from bot.checks.measures import WALL, Measure, measure
from bot.checks.running import limit_of, shell
from bot.checks.statistics import (
    EARLY,
    LEVEL,
    Estimate,
    Pair,
    Word,
    abba,
    estimate,
    interval,
    noise_floor,
    paired,
    word_for,
)
from bot.domain.work import Comparison, Finding, Verdict
from bot.ports import FileChange, Judgement, Question, Result, Run, TreeSpec


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pairs: of the A/A control; that are measured before looking again (an even number, so that ABBA goes on through
    batches); the fewest and the most of base and head."""

    control: int = 6
    batch: int = 6
    fewest: int = 12
    most: int = 96


SMALL = 0.02
"""A difference that is called none when the whole interval lies within it."""

MARK = "maestro-nanoseconds"
_STOPWATCH = f"""import os, sys, time
start = time.perf_counter_ns()
_, status, used = os.wait4(os.posix_spawn("/bin/sh", ["sh", "-c", sys.argv[1]], os.environ), 0)
wall, own = time.perf_counter_ns() - start, int((used.ru_utime + used.ru_stime) * 1e9)
print(f"\\n{MARK} {{wall}} {{own}}")
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)"""
TIMED = f"""if command -v python3 >/dev/null; then exec python3 -I -S -c '{_STOPWATCH}' "$1"; fi
maestro_start=$(date +%s%N)
sh -c "$1"
maestro_exit=$?
echo
echo "{MARK} $(($(date +%s%N) - maestro_start))"
exit $maestro_exit"""
"""Runs the command, and prints its wall time behind what it prints itself; where there is a Python, also the time that
it and the programs it started spent computing."""

OWN = "CPU time"
PATIENT = 24
"""Pairs after which a narrow interval of the CPU time will do."""

BUDGET = 600.0
"""Seconds for all measuring of one claim."""


class BenchmarkArguments(Arguments):
    """`command` may be the name of one of the repository's own benchmarks. `max_ratio` bounds head/base; `max` and
    `min` bound the head's median."""

    command: str = Field(min_length=1)
    max_ratio: float | None = Field(default=None, gt=0)
    max: float | None = None
    min: float | None = None
    metric: str | None = None
    unit: str | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "BenchmarkArguments":
        if sum(bound is not None for bound in (self.max_ratio, self.max, self.min)) != 1:
            raise ValueError("give exactly one of max_ratio, max and min")
        return self


@dataclass(frozen=True, slots=True)
class _Bench:
    """One benchmark, ready to run on any side."""

    asked: BenchmarkArguments
    argv: tuple[str, ...]
    trees: Mapping[str, TreeSpec]
    limit: float
    sizes: Sizes

    def runs(self, round_: str, order: Sequence[str], first: int = 0) -> tuple[Run, ...]:
        """One run for each place named in `order`; the n-th of a place in this round is `<round>-<place>-<n>`."""
        seen = dict.fromkeys(order, first)
        asked = []
        for place in order:
            name = f"{round_}-{place}-{seen[place]}"
            asked.append(Run(name, self.trees[place], self.argv, self.limit, repeat=seen[place], place=place))
            seen[place] += 1
        return tuple(asked)


class BenchmarkCheck:
    name = "benchmark"
    always = False

    def __init__(self, sizes: Sizes | None = None) -> None:
        self._sizes = sizes or Sizes()

    def problem(self, args: Mapping[str, JsonValue], /) -> str | None:
        return complaint(BenchmarkArguments, args)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        if question.claim is None:
            return None
        bench, findings = _bench(question, self._sizes)
        warm = bench.runs("warm", ("base", "same", "head"))
        if not results:
            return warm
        if fault := _fault(bench, results.values()):
            return Judgement(Verdict.UNPROVEN, fault[1], fault[0], findings=findings)
        if _prints(bench, results):
            bench = replace(bench, argv=shell(bench.argv[-1]))  # nobody asks how long it takes
        if "control-base-0" not in results:
            order = tuple("same" if side == "head" else side for side in abba(self._sizes.control))
            return bench.runs("control", order) if _affordable(bench, results) else _too_long(bench, results, findings)
        if _goes_on(bench, results):
            done = len(_rounds(bench, results, "pair", "head"))
            return bench.runs("pair", abba(self._sizes.batch), first=done)
        kind = _measured(bench, results["warm-head-0"])
        if isinstance(kind, str):
            return Judgement(Verdict.UNPROVEN, f"The benchmark can't be read: {kind}.", "warm-head-0")
        return _judge(bench, _best(bench, kind, results), findings)


def _bench(question: Question, sizes: Sizes) -> tuple[_Bench, tuple[Finding, ...]]:
    """The benchmark's own code comes from the base, or where the change adds it, from the head on both sides."""
    asked = read(BenchmarkArguments, question.claim.args if question.claim else {})
    command = question.rules.benchmark.get(asked.command, asked.command)
    scripts = [change for change in question.changes if change.path in _words(command)]
    added = frozenset(change.path for change in scripts if change.old is None and not change.binary)
    differing = frozenset(change.path for change in scripts if change.old is not None)
    base, head = TreeSpec("base", added), TreeSpec("head", differing)
    findings = tuple(_altered(change) for change in scripts if change.path in differing)
    trees = {"base": base, "same": base, "head": head}
    return _Bench(asked, (*shell(TIMED), "sh", command), trees, min(limit_of(question), BUDGET), sizes), findings


def _words(command: str) -> frozenset[str]:
    return frozenset(word.strip("'\"").removeprefix("./") for word in re.split(r"[\s;&|()=]+", command))


def _altered(change: FileChange) -> Finding:
    what = "The benchmark's own code was changed; the base's version was measured on both sides."
    return Finding(kind="benchmark-changed", path=change.path, what=what)


def _fault(bench: _Bench, results: Iterable[Result]) -> tuple[str, str] | None:
    """The first run that gave nothing, and why."""
    for result in results:
        side = result.run.place
        if result.exit_code is None:
            return result.run.name, f"The benchmark {result.unfinished} at {side}: nothing was measured."
        if result.exit_code != 0:
            return result.run.name, f"The benchmark ended with {result.exit_code} at {side}: nothing was measured."
        if isinstance(found := _measured(bench, result), str):
            return result.run.name, f"The benchmark can't be read: {found}."
        if found.metric == WALL and TIMED not in result.run.argv:
            return result.run.name, f"The benchmark printed no number at {side}, as it did before."
    return None


def _prints(bench: _Bench, results: Mapping[str, Result]) -> bool:
    """Whether it is a printed number that counts, in the first runs of both sides."""
    kinds = [_measured(bench, results[f"warm-{place}-0"]) for place in ("base", "head")]
    return all(isinstance(kind, Measure) and kind.metric != WALL for kind in kinds)


def _measured(bench: _Bench, result: Result) -> Measure | str:
    """The time is the stopwatch's where it is plausible: from outside, starting the sandbox would be in it."""
    printed, seconds = _timed(result)
    inside = seconds and 0 < seconds[0] <= result.seconds
    return measure(printed, seconds[0] if inside else result.seconds, bench.asked.metric)


def _timed(result: Result) -> tuple[str, tuple[float, ...]]:
    """What the command printed, and its seconds: by the clock, and computing where that is known."""
    if TIMED not in result.run.argv:
        return result.output, ()
    printed, mark, said = result.output.rstrip().rpartition(f"\n{MARK} ")
    numbers = said.split()
    if not mark or not numbers or len(numbers) > 2 or not all(number.isdigit() for number in numbers):
        return result.output, ()
    return printed, tuple(int(number) / 1e9 for number in numbers)


def _computing(result: Result) -> float:
    """Seconds that the command spent computing; 0 where that is not known."""
    _, seconds = _timed(result)
    return seconds[1] if len(seconds) == 2 else 0.0


def _pair_seconds(results: Mapping[str, Result]) -> float:
    return results["warm-base-0"].seconds + results["warm-head-0"].seconds


def _spent(results: Mapping[str, Result]) -> float:
    return sum(result.seconds for result in results.values())


def _affordable(bench: _Bench, results: Mapping[str, Result]) -> bool:
    return _spent(results) + _needed(bench) * _pair_seconds(results) <= BUDGET


def _needed(bench: _Bench) -> int:
    return bench.sizes.control + bench.sizes.batch


def _too_long(bench: _Bench, results: Mapping[str, Result], findings: tuple[Finding, ...]) -> Judgement:
    each = _pair_seconds(results) / 2
    reason = f"One run takes about {each:.0f} s; the {_needed(bench)} pairs needed do not fit in {BUDGET:.0f} s."
    return Judgement(Verdict.UNPROVEN, reason, "warm-head-0", findings=findings)


def _goes_on(bench: _Bench, results: Mapping[str, Result]) -> bool:
    """Whether another batch is worth it: by the interval's width alone, never by which way it points."""
    sizes, pairs = bench.sizes, _pairs(bench, results, "pair", "head")
    if len(pairs) < sizes.batch:
        return True
    if len(set(pairs)) == len(set(_pairs(bench, results, "control", "same"))) == 1:
        return False  # what is counted, not timed, comes out the same each time
    if len(pairs) >= sizes.most or _spent(results) + sizes.batch * _pair_seconds(results) > BUDGET:
        return False
    if len(pairs) < sizes.fewest:
        return True
    own = _own_pairs(bench, results, "pair", "head") if len(pairs) >= PATIENT else ()
    return not (_estimate(bench, pairs).is_narrow or (own and _estimate(bench, own).is_narrow))


def _estimate(bench: _Bench, pairs: Sequence[Pair]) -> Estimate:
    return estimate(pairs, EARLY if len(pairs) < bench.sizes.most else LEVEL)


def _pairs(bench: _Bench, results: Mapping[str, Result], round_: str, other: str) -> tuple[Pair, ...]:
    """The numbers of both sides, in the order in which they were measured."""
    sides = _rounds(bench, results, round_, "base"), _rounds(bench, results, round_, other)
    base, head = ([m.value for r in side if isinstance(m := _measured(bench, r), Measure)] for side in sides)
    return paired(base, head)


def _own_pairs(bench: _Bench, results: Mapping[str, Result], round_: str, other: str) -> tuple[Pair, ...]:
    """The same of the time spent computing; none where the wall time was asked for, is not what counts, or is bounded
    itself."""
    kind, asked = _measured(bench, results["warm-head-0"]), bench.asked
    if asked.metric is not None or asked.max_ratio is None or not isinstance(kind, Measure) or kind.metric != WALL:
        return ()
    base, head = ([_computing(r) for r in _rounds(bench, results, round_, side)] for side in ("base", other))
    return paired(base, head) if min(*base, *head, 1.0) > 0 else ()


def _rounds(bench: _Bench, results: Mapping[str, Result], round_: str, side: str) -> tuple[Result, ...]:
    named = (results.get(f"{round_}-{side}-{n}") for n in range(bench.sizes.most + bench.sizes.batch))
    return tuple(result for result in named if result is not None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One way to compare: its pairs, what they say, and how far the base came out from itself."""

    kind: Measure
    pairs: Sequence[Pair]
    found: Estimate
    floor: float
    word: Word


def _seen(bench: _Bench, kind: Measure, pairs: Sequence[Pair], control: Sequence[Pair]) -> _Seen:
    found, floor = _estimate(bench, pairs), noise_floor(control)
    return _Seen(kind, pairs, found, floor, word_for(found, floor, SMALL, bench.asked.min is None))


def _best(bench: _Bench, kind: Measure, results: Mapping[str, Result]) -> _Seen:
    """By what was asked for; by the time spent computing where that tells more, and both can be true: a busy machine
    also shows too large a difference, since what is short is interrupted less often."""
    seen = _seen(bench, kind, _pairs(bench, results, "pair", "head"), _pairs(bench, results, "control", "same"))
    own, control = (_own_pairs(bench, results, *names) for names in (("pair", "head"), ("control", "same")))
    if seen.found.is_narrow or not own or not control:
        return seen
    other = _seen(bench, Measure(OWN, kind.value, "s"), own, control)
    fits = other.found.meets(seen.found) and other.found.width < seen.found.width
    return other if fits and other.word != "inconclusive" else seen


def _judge(bench: _Bench, seen: _Seen, findings: tuple[Finding, ...]) -> Judgement:
    found = seen.found
    comparison = Comparison(
        metric=seen.kind.metric,
        unit=bench.asked.unit or seen.kind.unit,
        base=tuple(b for b, _ in seen.pairs),
        head=tuple(h for _, h in seen.pairs),
        ratio=found.ratio,
        low=found.low,
        high=found.high,
        verdict=seen.word,
    )
    verdict, bound = _against_bound(bench.asked, comparison)
    sure = (
        f"head/base {found.ratio:.3f}, 95 % interval {found.low:.3f} to {found.high:.3f} over {len(seen.pairs)} pairs"
    )
    of = f" by {OWN}, since the machine was busy with other things" if seen.kind.metric == OWN else ""
    reason = f"{bound}; {comparison.verdict}{of}: {sure}; the base against itself differs by {seen.floor:.1%}."
    return Judgement(verdict, reason, "pair-head-0", findings=findings, benchmark=comparison)


def _against_bound(asked: BenchmarkArguments, found: Comparison) -> tuple[Verdict, str]:
    """Upheld when the whole interval is on the right side of the bound, refuted when it is on the wrong one."""
    if asked.max_ratio is not None:
        value, low, high, bound, side = found.ratio, found.low, found.high, asked.max_ratio, "at most"
    else:
        value, low, high = interval(found.head)
        bound, side = (asked.max, "at most") if asked.max is not None else (asked.min or 0.0, "at least")
    what = "ratio" if asked.max_ratio is not None else f"{found.metric} ({found.unit})"
    good, bad = (high <= bound, low > bound) if side == "at most" else (low >= bound, high < bound)
    verdict = Verdict.UPHELD if good else Verdict.REFUTED if bad else Verdict.UNPROVEN
    return verdict, f"Asked for a {what} of {side} {bound:g}, measured {value:.4g} ({low:.4g} to {high:.4g})"


CHECK = BenchmarkCheck()
