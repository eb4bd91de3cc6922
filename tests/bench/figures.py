"""What a measurement gives, how it is shown, and where it is kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

KEPT = Path(".bench")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `goal` None: told for its own sake; `least`: the goal is a lower bound, otherwise an upper one.
    `part` is the number of the goal in PERFORMANCE."""

    part: int
    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    least: bool = False
    note: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.least else self.value <= self.goal


@dataclass(frozen=True, slots=True)
class Missing:
    """A measurement that gave nothing, and why."""

    part: int
    why: str


Row = Figure | Missing


def plain(value: float) -> str:
    """Three digits that count, never in powers of ten."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3}f}"


def show(rows: Sequence[Row], console: Console) -> None:
    """All rows as one table."""
    table = Table("goal", "what", box=SIMPLE_HEAD, caption=f"{_tally(rows)} · {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    table.add_column("figure", justify="right")
    table.add_column("is to be", justify="right")
    table.add_column("", min_width=6)
    table.add_column("note", style="dim")
    for row in sorted(rows, key=lambda row: row.part):
        match row:
            case Figure():
                table.add_row(*_cells(row))
            case Missing(part, why):
                table.add_row(str(part), "[dim]not measured[/]", "", "", "[yellow]none[/]", why)
    console.print(table)


def _cells(row: Figure) -> tuple[str, ...]:
    bound = "" if row.goal is None else f"{'≥' if row.least else '≤'} {plain(row.goal)} {row.unit}".rstrip()
    word = {True: "[green]ok[/]", False: "[red]missed[/]", None: ""}[row.ok]
    return str(row.part), row.what, f"{plain(row.value)} {row.unit}".rstrip(), bound, word, row.note


def _tally(rows: Sequence[Row]) -> str:
    judged = [row.ok for row in rows if isinstance(row, Figure) and row.ok is not None]
    missing = sum(isinstance(row, Missing) for row in rows)
    return f"{sum(judged)} of {len(judged)} reached" + (f", {missing} not measured" if missing else "")


def keep(rows: Sequence[Row], path: Path) -> None:
    """As JSON, one object a row, written at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [asdict(row) | ({"ok": row.ok} if isinstance(row, Figure) else {}) for row in rows]
    part = path.with_suffix(".part")
    part.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    part.rename(path)


def read(text: str) -> list[Row]:
    """What `keep` wrote."""
    rows: list[Row] = []
    for told in json.loads(text):
        told.pop("ok", None)
        rows.append(Figure(**told) if "what" in told else Missing(**told))
    return rows
