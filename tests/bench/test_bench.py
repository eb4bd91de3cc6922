"""The harness itself: that its parts fit and give numbers. What the numbers are is nobody's matter here."""

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench import bench_commands, bench_inbox, bench_steps
from tests.bench.__main__ import MEASUREMENTS
from tests.bench.client import complete, delivery
from tests.bench.figures import Figure, Missing, Row, keep, read, show

ROWS: list[Row] = [
    Figure(1, "CPU of a step", 0.25, "×", 0.33, note="told"),
    Figure(4, "requests that only append", 0.5, "", 1.0, True),
    Figure(8, "deliveries", 4000.0, "/s"),
    Missing(11, "no engine answers"),
]


def test_every_goal_of_the_document_is_measured_by_somebody() -> None:
    assert {goal for each in MEASUREMENTS for goal in each.goals} == set(range(1, 14))


def test_figures_are_read_as_they_were_kept(tmp_path: Path) -> None:
    keep(ROWS, tmp_path / "figures.json")
    assert read((tmp_path / "figures.json").read_text()) == ROWS


def test_a_table_tells_what_is_reached_missed_and_not_measured() -> None:
    out = io.StringIO()
    show(ROWS, Console(file=out, width=120))
    *table, tally = [line.split() for line in out.getvalue().splitlines() if line.strip()]
    lines = {line[0]: line[-2:] for line in table}
    told = {"1": ["ok", "told"], "4": ["1.00", "missed"], "8": ["4,000", "/s"], "11": ["engine", "answers"]}
    assert {goal: lines[goal] for goal in told} == told
    assert " ".join(tally).startswith("1 of 2 reached, 1 not measured")


def test_deliveries_are_distinct_and_as_large_as_asked() -> None:
    one, two = (delivery("/hook", b"secret", name, 100_000) for name in ("one", "two"))
    assert one != two
    assert 95_000 < len(one) < 101_000


def test_an_answer_is_complete_when_its_body_is() -> None:
    head = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n"
    assert [complete(head + body) for body in (b"", b"o", b"ok")] == [False, False, True]


def test_requests_that_only_append_are_told_from_others() -> None:
    assert bench_steps.appended_share([b'{"m":[1]}', b'{"m":[1,2]}', b'{"m":[9,2,3]}']) == 0.5


async def test_shared_commits_and_single_ones_give_rates() -> None:
    found = await bench_inbox.measure(4, 0.0, rounds=1, seconds=0.05)
    assert found.grouped > 0
    assert found.single > 0


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
async def test_a_command_in_a_sandbox_gives_a_ratio(tmp_path: Path) -> None:
    (row,) = [await bench_commands.embedded(tmp_path / "home", 2)]
    assert isinstance(row, Figure)
    assert row.value > 0
