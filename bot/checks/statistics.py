"""What samples of two sides say: pure, and the same on every machine, since the resampling's seed is fixed.

The estimate is the ratio of medians with a percentile bootstrap over *pairs*: what disturbs both halves of a pair (a
machine that warms up, a neighbour that wakes) is resampled together and so cancels.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

RESAMPLES = 2000
SEED = 20_250_101
LEVEL = 0.95

Pair = tuple[float, float]
"""One base sample and one head sample, taken one right after the other."""

Word = Literal["improved", "regressed", "no difference", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Head/base of medians, and the 95 % interval."""

    ratio: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of sorted values, linear between neighbours."""
    at = (len(ordered) - 1) * share
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def estimate(pairs: Sequence[Pair], resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """Ratio of medians over at least two pairs of positive samples, with its bootstrap interval."""
    draw = random.Random(seed)
    ratios = sorted(_ratio(draw.choices(pairs, k=len(pairs))) for _ in range(resamples))
    tail = (1 - LEVEL) / 2
    return Estimate(_ratio(pairs), quantile(ratios, tail), quantile(ratios, 1 - tail))


def _ratio(pairs: Sequence[Pair]) -> float:
    return median(head for _, head in pairs) / median(base for base, _ in pairs)


def interval(samples: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float, float]:
    """Median of one side's samples and its 95 % bootstrap interval."""
    draw = random.Random(seed)
    medians = sorted(median(draw.choices(samples, k=len(samples))) for _ in range(resamples))
    tail = (1 - LEVEL) / 2
    return median(samples), quantile(medians, tail), quantile(medians, 1 - tail)


def noise_floor(same: Sequence[Pair]) -> float:
    """How far two runs of the same code came out apart, as a share of one: no smaller difference is believed."""
    return abs(estimate(same).ratio - 1)


def word_for(found: Estimate, floor: float, small: float, lower_is_better: bool) -> Word:
    """The verdict word. A difference counts when the whole interval lies beyond the noise floor; "no difference" when
    the whole interval lies within `small` (a share of one) of equality."""
    if found.high < 1 - floor or found.low > 1 + floor:
        return "improved" if (found.ratio < 1) == lower_is_better else "regressed"
    edge = max(small, floor)
    return "no difference" if found.low >= 1 - edge and found.high <= 1 + edge else "inconclusive"


def abba(pairs: int) -> tuple[str, ...]:
    """The order of 2 × `pairs` measurements: base head head base …, so that a steady drift favours neither side."""
    return tuple(side for n in range(pairs) for side in (("base", "head") if n % 2 == 0 else ("head", "base")))


def paired(base: Sequence[float], head: Sequence[float]) -> tuple[Pair, ...]:
    """The n-th measurement of one side goes with the n-th of the other: ABBA keeps them neighbours."""
    return tuple(zip(base, head, strict=False))
