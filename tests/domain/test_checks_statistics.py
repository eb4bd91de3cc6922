"""The benchmark's statistics: intervals that hold the truth, words that don't cry wolf, an order that is fair."""

import math
import random

import pytest

from bot.checks.statistics import (
    EARLY,
    Estimate,
    Pair,
    abba,
    estimate,
    interval,
    noise_floor,
    paired,
    quantile,
    word_for,
)


def measured(draw: random.Random, pairs: int, effect: float, kind: str) -> list[Pair]:
    """Simulated samples: 3 % noise, and a machine that drifts, spikes, or jumps between two speeds."""
    state, taken = 1.0, []
    for n in range(pairs):
        pair = {}
        for side in abba(2)[2 * (n % 2) : 2 * (n % 2) + 2]:
            value = (1 + effect if side == "head" else 1.0) * math.exp(draw.gauss(0, 0.03))
            if kind == "drift":
                value *= 1 + 0.1 * n / pairs
            if kind == "spikes" and draw.random() < 0.08:
                value *= 1 + draw.expovariate(2)
            if kind == "two speeds":
                state = 2.2 - state if draw.random() < 0.05 else state
                value *= state
            pair[side] = value
        taken.append((pair["base"], pair["head"]))
    return taken


@pytest.mark.parametrize("kind", ["calm", "drift", "spikes", "two speeds"])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(kind: str) -> None:
    draw, held = random.Random(kind), 0
    for trial in range(300):
        effect = (0.0, 0.02, 0.05)[trial % 3]
        found = estimate(measured(draw, 20, effect, kind))
        held += found.low <= 1 + effect <= found.high
    assert 0.91 * 300 <= held <= 0.985 * 300


def test_the_same_code_rarely_alarms() -> None:
    draw, alarms = random.Random(5), 0
    for _ in range(60):
        floor = noise_floor(measured(draw, 6, 0.0, "calm"))
        found = estimate(measured(draw, 20, 0.0, "calm"))
        alarms += word_for(found, floor, 0.02, lower_is_better=True) in ("improved", "regressed")
    assert alarms <= 3


def test_the_estimate_is_the_same_every_time() -> None:
    pairs = measured(random.Random(1), 12, 0.02, "calm")
    assert estimate(pairs) == estimate(pairs)


def test_a_clear_difference_is_found_with_its_size() -> None:
    found = estimate([(float(n), 2.0 * n) for n in range(1, 13)])
    assert found == Estimate(2.0, 2.0, 2.0)
    assert found.is_narrow


def test_a_higher_level_asks_for_a_wider_interval() -> None:
    pairs = measured(random.Random(2), 12, 0.02, "calm")
    usual, early = estimate(pairs), estimate(pairs, EARLY)
    assert early.low < usual.low < usual.ratio == early.ratio < usual.high < early.high


def test_of_few_pairs_the_interval_is_all_that_was_seen() -> None:
    assert estimate([(1.0, 1.0), (1.0, 4.0)]) == Estimate(2.0, 1.0, 4.0)


@pytest.mark.parametrize(
    ("found", "floor", "lower_is_better", "word"),
    [
        (Estimate(0.8, 0.78, 0.82), 0.01, True, "improved"),
        (Estimate(0.8, 0.78, 0.82), 0.01, False, "regressed"),
        (Estimate(1.2, 1.18, 1.22), 0.01, True, "regressed"),
        (Estimate(1.2, 1.18, 1.22), 0.01, False, "improved"),
        (Estimate(1.0, 0.99, 1.01), 0.0, True, "no difference"),
        (Estimate(1.0, 0.9, 1.1), 0.0, True, "inconclusive"),
        (Estimate(0.995, 0.976, 1.01), 0.003, True, "no difference"),
        (Estimate(1.02, 1.003, 1.037), 0.003, True, "inconclusive"),
        (Estimate(1.03, 1.02, 1.04), 0.05, True, "no difference"),
        (Estimate(1.0, 0.93, 1.07), 0.1, True, "inconclusive"),
    ],
)
def test_the_word_follows_from_where_the_whole_interval_lies(
    found: Estimate, floor: float, lower_is_better: bool, word: str
) -> None:
    assert word_for(found, floor, 0.02, lower_is_better) == word


@pytest.mark.parametrize(
    ("found", "narrow"),
    [
        (Estimate(1.0, 0.991, 1.009), True),
        (Estimate(1.0, 0.98, 1.02), False),
        (Estimate(5.0, 4.7, 5.3), True),
        (Estimate(1.2, 1.181, 1.219), True),
        (Estimate(1.2, 1.17, 1.23), False),
    ],
)
def test_what_is_narrow_depends_on_how_much_there_is_to_tell(found: Estimate, narrow: bool) -> None:
    assert found.is_narrow is narrow


def test_the_sides_take_turns_in_going_first() -> None:
    assert abba(3) == ("base", "head", "head", "base", "base", "head")


def test_samples_pair_up_by_the_order_in_which_they_were_taken() -> None:
    assert paired((1.0, 2.0, 3.0), (1.5, 2.5)) == ((1.0, 1.5), (2.0, 2.5))


def test_a_side_alone_has_a_median_with_an_interval() -> None:
    assert interval([3.0] * 8) == (3.0, 3.0, 3.0)


def test_quantiles_lie_between_neighbours() -> None:
    assert [quantile([1.0, 2.0, 4.0], share) for share in (0.0, 0.25, 0.5, 1.0)] == [1.0, 1.5, 2.0, 4.0]
