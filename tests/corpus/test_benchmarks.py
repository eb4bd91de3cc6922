"""The `benchmark` check on simulated machines, in short; at length: `python -m tests.corpus.benchmarks`."""

import pytest

from tests.corpus.benchmarks import MACHINES, tally


@pytest.mark.parametrize("machine", MACHINES)
def test_the_interval_holds_the_truth_as_often_as_it_says(machine: str) -> None:
    """Bounds three standard errors wide around 95 %: with so few trials more would be chance."""
    found = tally(machine, 0.01, 120)
    assert 0.89 <= found.coverage <= 1.0
    assert found.alarms <= 4
