"""`python -m tests.bench [goal …] [--quick] [--with-probot] [--with-peers]`: PERFORMANCE's goals with today's figures.

Each measurement runs in a process of its own, one after another; what it compares takes turns within it. The table
goes to the terminal, the figures to .bench/figures.json.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import uvloop
from rich.console import Console

from handlers.cli.loading import wait_without_threads
from tests.bench import (
    bench_acks,
    bench_commands,
    bench_crowd,
    bench_layers,
    bench_service,
    bench_steps,
    bench_tree,
)
from tests.bench.figures import KEPT, Figure, Missing, Row, keep, read, show


@dataclass(frozen=True, slots=True)
class Wishes:
    quick: bool = False
    probot: bool = False
    peers: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """What measures some goals. `limit` is when it is given up, in seconds; `client` marks those whose own process only
    asks others, and may use a faster event loop than the program's."""

    name: str
    goals: tuple[int, ...]
    measure: Callable[[Path, Wishes], Awaitable[Sequence[Row]]]
    limit: float = 600.0
    client: bool = False


async def trees(
    part: int, measure: Callable[[Path], Awaitable[list[bench_tree.Line]]], folder: Path, wishes: Wishes
) -> Sequence[Row]:
    if wishes.quick:
        return [Missing(part, "left out by --quick: planting the trees takes a minute")]
    return [Figure(part, x["what"], x["figure"], x["unit"], x["goal"], note=x["note"]) for x in await measure(folder)]


MEASUREMENTS = (
    Measurement("steps", (1, 2, 3, 4, 5), lambda f, w: bench_steps.measured(f, quick=w.quick, with_peers=w.peers)),
    Measurement("service", (6, 7), lambda f, w: bench_service.measured(f, quick=w.quick)),
    Measurement(
        "acknowledgements",
        (8,),
        lambda f, w: bench_acks.measured(f, quick=w.quick, with_probot=w.probot),
        client=True,
    ),
    Measurement("large deliveries", (9,), lambda f, w: bench_acks.large(f, quick=w.quick)),
    Measurement("checkpoints", (10,), lambda f, w: trees(10, bench_tree.goal_10, f, w)),
    Measurement("commands", (11,), lambda f, w: bench_commands.measured(f, quick=w.quick)),
    Measurement("work trees", (12,), lambda f, w: trees(12, bench_tree.goal_12, f, w)),
    Measurement("layers", (12,), lambda f, w: bench_layers.measured(f, quick=w.quick)),
    Measurement("a crowd", (13,), lambda f, w: bench_crowd.measured(f, quick=w.quick)),
)


@click.command(help="Measure PERFORMANCE's goals; all of them, or those that are named by number.")
@click.argument("goals", nargs=-1, type=click.IntRange(1, 13))
@click.option("--quick", is_flag=True, help="Few rounds: to see that it works, not what it gives.")
@click.option("--with-probot", is_flag=True, help="Install Probot from npm into .bench, to compare goal 8 with it.")
@click.option("--with-peers", is_flag=True, help="Install mini-swe-agent into .bench, to measure goal 1 against it.")
@click.option("--only", hidden=True, help="One measurement by its name, as JSON into the file --into.")
@click.option("--into", hidden=True, type=click.Path(path_type=Path))
def main(
    goals: tuple[int, ...], quick: bool, with_probot: bool, with_peers: bool, only: str | None, into: Path | None
) -> None:
    wishes = Wishes(quick, with_probot, with_peers)
    if only is not None and into is not None:
        one = next(each for each in MEASUREMENTS if each.name == only)
        wait_without_threads()
        work = _measured(one, wishes)
        keep(uvloop.run(work) if one.client else asyncio.run(work), into)
        return
    chosen = [each for each in MEASUREMENTS if not goals or set(goals) & set(each.goals)]
    rows: list[Row] = []
    for each in chosen:
        rows += [row for row in _apart(each, wishes) if not goals or row.part in goals]
        _remember(rows)
    show(rows, Console(width=max(Console().width, 150)))


def _remember(rows: Sequence[Row]) -> None:
    """Keep these figures, and those of other goals from earlier runs."""
    path, parts = KEPT / "figures.json", {row.part for row in rows}
    earlier = read(path.read_text()) if path.exists() else []
    keep([*(row for row in earlier if row.part not in parts), *rows], path)


async def _measured(one: Measurement, wishes: Wishes) -> Sequence[Row]:
    with tempfile.TemporaryDirectory(prefix="maestro-bench-", ignore_cleanup_errors=True) as folder:
        return await one.measure(Path(folder), wishes)


def _apart(one: Measurement, wishes: Wishes) -> list[Row]:
    """The figures of one measurement, made in a process of its own; what goes wrong there is told in their place."""
    began = time.monotonic()
    told = ", ".join(map(str, one.goals))
    click.echo(f"{one.name} (goal {told}) …", err=True, nl=False)
    flags = [f"--{name}" for name, on in _flags(wishes).items() if on]
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "rows.json"
        command = (sys.executable, "-m", "tests.bench", "--only", one.name, "--into", str(into), *flags)
        why = _run(command, one.limit)
        rows: list[Row] = read(into.read_text()) if into.exists() else [Missing(goal, why) for goal in one.goals]
    click.echo(f" {time.monotonic() - began:.0f} s", err=True)
    return rows


def _flags(wishes: Wishes) -> dict[str, bool]:
    return {"quick": wishes.quick, "with-probot": wishes.probot, "with-peers": wishes.peers}


def _run(command: Sequence[str], limit: float) -> str:
    """'' or the last thing it said."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"it took more than {limit:.0f} s"
    if done.returncode:
        sys.stderr.write(done.stderr)
    return (done.stderr.strip().splitlines() or ["it gave nothing"])[-1][:200] if done.returncode else ""


if __name__ == "__main__":
    main()
