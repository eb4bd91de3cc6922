"""Simulated machines for the `benchmark` check: what they do to a program whose true speed is known.

`python -m tests.corpus.benchmarks [trials]` measures them all, 500 trials each, and prints how often the interval held
the truth and how often the same code alarmed.
"""

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass

from bot.checks.benchmark import CHECK, MARK
from bot.ports import Judgement, Result
from tests.domain.checking import Printed, question, result

EFFECTS = (0.0, 0.02, 0.05)
ASKED = question({}, {}, check="benchmark", args={"command": "python bench.py", "max_ratio": 1.0})


def calm(_: random.Random) -> Iterator[float]:
    while True:
        yield 1.0


def drift(_: random.Random) -> Iterator[float]:
    """A machine that grows slower, by a fifth over the longest measuring."""
    n = 0
    while True:
        yield 1 + 0.2 * n / 120
        n += 1


def spikes(draw: random.Random) -> Iterator[float]:
    """One measurement in twelve takes half as long again, on average."""
    while True:
        yield 1 + draw.expovariate(2) if draw.random() < 0.08 else 1.0


def two_speeds(draw: random.Random) -> Iterator[float]:
    """A machine that jumps between two speeds, a fifth apart, once in twenty measurements."""
    fast = True
    while True:
        fast ^= draw.random() < 0.05
        yield 1.0 if fast else 1.2


def everything(draw: random.Random) -> Iterator[float]:
    yield from (a * b * c for a, b, c in zip(drift(draw), spikes(draw), two_speeds(draw), strict=False))


MACHINES: dict[str, Callable[[random.Random], Iterator[float]]] = {
    "calm": calm,
    "drift": drift,
    "spikes": spikes,
    "two speeds": two_speeds,
    "everything": everything,
}


@dataclass(frozen=True)
class Tally:
    """Of `trials`: in how many the interval held the truth; of those without an effect, in how many it alarmed; and
    the pairs that were measured until the check was content."""

    trials: int
    held: int
    same: int
    alarms: int
    pairs: int

    @property
    def coverage(self) -> float:
        return self.held / self.trials

    @property
    def alarm_rate(self) -> float:
        return self.alarms / self.same if self.same else 0.0


def measured(machine: str, effect: float, noise: float, seed: str) -> Judgement:
    """The check's own judgement, with its own order, stopping and bounds, on a simulated machine."""
    draw = random.Random(seed)
    slowness, results = MACHINES[machine](draw), dict[str, Result]()
    while isinstance(step := CHECK.step(ASKED, results), tuple):
        for run in step:
            true = 1 + effect if run.place == "head" else 1.0
            seconds = true * next(slowness) * math.exp(draw.gauss(0, noise))
            results[run.name] = result(run, Printed(f"\n{MARK} {int(seconds * 1e9)}\n", seconds=seconds + 0.02))
    assert step is not None
    return step


def tally(machine: str, noise: float, trials: int, effects: tuple[float, ...] = EFFECTS) -> Tally:
    """The same trials every time."""
    held = same = alarms = pairs = 0
    for trial in range(trials):
        effect = effects[trial % len(effects)]
        found = measured(machine, effect, noise, f"{machine} {noise} {effect} {trial}").benchmark
        assert found is not None
        held += found.low <= 1 + effect <= found.high
        same += effect == 0
        alarms += effect == 0 and found.verdict in ("improved", "regressed")
        pairs += len(found.base)
    return Tally(trials, held, same, alarms, pairs)


def main() -> None:
    """A single line's coverage is known to one percent (500 trials), a machine's, over all its lines, to 0.4 %."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"{'machine':12}{'noise':>6}{'effect':>8}{'held':>8}{'alarms':>8}{'pairs':>7}")
    for machine in MACHINES:
        lines = []
        for noise in (0.01, 0.03):
            for effect in EFFECTS:
                lines.append(tally(machine, noise, trials, (effect,)))
                print(f"{machine:12}{noise:6.0%}{effect:8.0%}{_figures(lines[-1])}", flush=True)
        print(f"{machine:12}{'all':>14}{_figures(_together(lines))}", flush=True)


def _figures(tally: Tally) -> str:
    alarms = f"{tally.alarm_rate:.1%}" if tally.same else ""
    return f"{tally.coverage:8.1%}{alarms:>8}{tally.pairs / tally.trials:7.0f}"


def _together(lines: Sequence[Tally]) -> Tally:
    return Tally(*(sum(column) for column in zip(*map(astuple, lines), strict=True)))


if __name__ == "__main__":
    main()
