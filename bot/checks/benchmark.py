"""`benchmark`: base against head on one machine in one run, interleaved, with a control of the base against itself.

Three sandboxes: `base`, `same` (the base again) and `head`. Each is warmed up; then base and same take turns (the A/A
control, which gives the noise floor); then base and head, until the interval is narrow enough or the budget ends.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field, JsonValue, model_validator

from bot.checks.arguments import Arguments, complaint, read
from bot.checks.measures import Measure, measure
from bot.checks.running import limit_of, shell
from bot.checks.statistics import EARLY, LEVEL, Estimate, Pair, abba, estimate, interval, noise_floor, paired, word_for
from bot.domain.work import Comparison, Finding, Verdict
from bot.ports import FileChange, Judgement, Question, Result, Run, TreeSpec


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pairs: of the A/A control; that are measured before looking again (an even number, so that ABBA goes on through
    batches); the fewest and the most of base and head."""

    control: int = 6
    batch: int = 6
    fewest: int = 12
    most: int = 60


NARROW = 0.01
"""Half the interval's width, as a share of one, that is narrow enough."""

SMALL = 0.02
"""A difference that is called none when the whole interval lies within it."""

MARK = "maestro-nanoseconds"
TIMED = f"""maestro_start=$(date +%%s%%N)
(
%s
)
maestro_exit=$?
echo
echo "{MARK} $(($(date +%%s%%N) - maestro_start))"
exit $maestro_exit"""
"""The command with its wall time printed behind what it prints itself."""

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
        if "control-base-0" not in results:
            order = tuple("same" if side == "head" else side for side in abba(self._sizes.control))
            return bench.runs("control", order) if _affordable(bench, results) else _too_long(bench, results, findings)
        pairs = _pairs(bench, results, "pair", "head")
        if _goes_on(bench, pairs, results):
            return bench.runs("pair", abba(self._sizes.batch), first=len(pairs))
        kind = _measured(bench, results["warm-head-0"])
        if isinstance(kind, str):
            return Judgement(Verdict.UNPROVEN, f"The benchmark can't be read: {kind}.", "warm-head-0")
        return _judge(bench, kind, pairs, _pairs(bench, results, "control", "same"), findings)


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
    return _Bench(asked, shell(TIMED % command), trees, min(limit_of(question), BUDGET), sizes), findings


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
    return None


def _measured(bench: _Bench, result: Result) -> Measure | str:
    """The time is the shell's own where it is plausible: from outside, starting the sandbox would be in it."""
    printed, _, said = result.output.rstrip().rpartition(f"\n{MARK} ")
    seconds = int(said) / 1e9 if said.isdigit() else 0.0
    inside = 0 < seconds <= result.seconds
    return measure(
        printed if said.isdigit() else result.output, seconds if inside else result.seconds, bench.asked.metric
    )


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


def _goes_on(bench: _Bench, pairs: Sequence[Pair], results: Mapping[str, Result]) -> bool:
    """Whether another batch is worth it: by the interval's width alone, never by which way it points."""
    sizes = bench.sizes
    if len(pairs) < sizes.batch:
        return True
    if len(pairs) >= sizes.most or _spent(results) + sizes.batch * _pair_seconds(results) > BUDGET:
        return False
    return len(pairs) < sizes.fewest or _estimate(bench, pairs).half_width > NARROW


def _estimate(bench: _Bench, pairs: Sequence[Pair]) -> Estimate:
    return estimate(pairs, EARLY if len(pairs) < bench.sizes.most else LEVEL)


def _pairs(bench: _Bench, results: Mapping[str, Result], round_: str, other: str) -> tuple[Pair, ...]:
    return paired(_samples(bench, results, f"{round_}-base-"), _samples(bench, results, f"{round_}-{other}-"))


def _samples(bench: _Bench, results: Mapping[str, Result], prefix: str) -> tuple[float, ...]:
    """The numbers of one side, in the order in which they were measured."""
    named = (results.get(f"{prefix}{n}") for n in range(bench.sizes.most + bench.sizes.batch))
    measured = (_measured(bench, result) for result in named if result is not None)
    return tuple(each.value for each in measured if isinstance(each, Measure))


def _judge(
    bench: _Bench, kind: Measure, pairs: Sequence[Pair], control: Sequence[Pair], findings: tuple[Finding, ...]
) -> Judgement:
    found, floor = _estimate(bench, pairs), noise_floor(control)
    base, head = tuple(b for b, _ in pairs), tuple(h for _, h in pairs)
    comparison = Comparison(
        metric=kind.metric,
        unit=bench.asked.unit or kind.unit,
        base=base,
        head=head,
        ratio=found.ratio,
        low=found.low,
        high=found.high,
        verdict=word_for(found, floor, SMALL, bench.asked.min is None),
    )
    verdict, bound = _against_bound(bench.asked, comparison)
    sure = f"head/base {found.ratio:.3f}, 95 % interval {found.low:.3f} to {found.high:.3f} over {len(pairs)} pairs"
    reason = f"{bound}; {comparison.verdict}: {sure}; the base against itself differs by {floor:.1%}."
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
