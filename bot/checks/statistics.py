"""What samples of two sides say: pure, and the same on every machine.

The estimate rests on *pairs*: what disturbs both halves of a pair (a machine that warms up, a neighbour that wakes)
cancels in their ratio. The interval is the one that resampling the pairs' signs gives, counted exactly over all
resamples rather than drawn (Hodges and Lehmann's estimate with Wilcoxon's signed ranks). Measured against it, a
percentile bootstrap of the ratio of medians is up to ten times as wide on a machine that drifts or changes speed, and
holds the truth in up to 100 % of cases; one of the median of the pairs' ratios holds it in as few as 92 %.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from statistics import median
from typing import Literal

RESAMPLES = 2000
SEED = 20_250_101
LEVEL = 0.95

EARLY = 0.956
"""The level asked for when measuring stopped because the interval had become narrow: narrow intervals are more often
wrong than others, and with this level they hold the truth as often as they say."""

NARROW = 0.01
"""Half an interval's width that is narrow enough: as a share of one, or of the ratio where that is greater."""

CLEAR = 0.1
"""Of a large difference it is enough to know its size to this share of it."""

LARGE = 0.05
"""A share of one: within more than that, nothing is called no difference."""

Pair = tuple[float, float]
"""One base sample and one head sample, taken one right after the other."""

Word = Literal["improved", "regressed", "no difference", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Head/base, and the 95 % interval."""

    ratio: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def is_narrow(self) -> bool:
        """Whether more pairs would tell nothing that anybody wants to know."""
        return self.width / 2 <= max(NARROW * max(1.0, self.ratio), CLEAR * abs(self.ratio - 1))

    def meets(self, other: "Estimate") -> bool:
        """Whether something lies in both intervals."""
        return self.low <= other.high and other.low <= self.high


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of sorted values, linear between neighbours."""
    return _at(ordered, (len(ordered) - 1) * share)


def _at(ordered: Sequence[float], place: float) -> float:
    """The value at a place that may lie between two neighbours."""
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def estimate(pairs: Sequence[Pair], level: float = LEVEL) -> Estimate:
    """The typical head/base over at least two pairs of positive samples, and its interval. Of fewer than six pairs the
    interval is all that was seen, and holds the truth less often than `level`."""
    logs = [math.log(head / base) for base, head in pairs]
    means = sorted((one + other) / 2 for n, one in enumerate(logs) for other in logs[n:])
    at = _outside(len(pairs), (1 - level) / 2)
    low, high = _at(means, at), _at(means, len(means) - 1 - at)
    return Estimate(math.exp(median(means)), math.exp(low), math.exp(high))


def _outside(pairs: int, tail: float) -> float:
    """How many of the sorted means of two lie outside the interval on either side; a fraction is between neighbours."""
    shares = _tails(pairs)
    below = bisect_right(shares, tail) - 1
    if below < 0:
        return 0.0
    return below + (tail - shares[below]) / (shares[below + 1] - shares[below])


@lru_cache(maxsize=128)
def _tails(pairs: int) -> tuple[float, ...]:
    """Of all 2^pairs ways to give the ranks 1 to `pairs` a sign, the share whose positive ranks add up to at most 0, 1,
    2 and so on."""
    ways = [1] + [0] * (pairs * (pairs + 1) // 2)
    for rank in range(1, pairs + 1):
        for total in range(len(ways) - 1, rank - 1, -1):
            ways[total] += ways[total - rank]
    return tuple(count / 2**pairs for count in accumulate(ways))


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
    the whole interval lies within `small` (a share of one) of equality, or on a machine that tells no more, within the
    floor, or holds equality itself: as far as that is still worth saying, and the sentence says within how much."""
    if found.high < 1 - floor or found.low > 1 + floor:
        return "improved" if (found.ratio < 1) == lower_is_better else "regressed"
    edge = LARGE if found.low <= 1 <= found.high else max(small, min(floor, LARGE))
    return "no difference" if found.low >= 1 - edge and found.high <= 1 + edge else "inconclusive"


def abba(pairs: int) -> tuple[str, ...]:
    """The order of 2 × `pairs` measurements: base head head base …, so that a steady drift favours neither side."""
    return tuple(side for n in range(pairs) for side in (("base", "head") if n % 2 == 0 else ("head", "base")))


def paired(base: Sequence[float], head: Sequence[float]) -> tuple[Pair, ...]:
    """The n-th measurement of one side goes with the n-th of the other: ABBA keeps them neighbours."""
    return tuple(zip(base, head, strict=False))
