"""Prints, when everything has run, what became of the attacks: a row for each file of cases."""

from collections import defaultdict

import pytest

KINDS = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for kind in KINDS:
        for report in terminalreporter.stats.get(kind, ()):
            nodeid = getattr(report, "nodeid", "")
            if nodeid.startswith("tests/hostile/") and (kind != "passed" or getattr(report, "when", "") == "call"):
                rows[_row(nodeid)][kind] += 1
    if not rows:
        return
    terminalreporter.section("hostile cases")
    terminalreporter.write_line(f"{'what':28} {'where':12} {'held':>5} {'broken':>7} {'not run':>8}")
    for (file, backend), counts in sorted(rows.items()):
        broken = counts["failed"] + counts["error"]
        terminalreporter.write_line(
            f"{file:28} {backend:12} {counts['passed']:>5} {broken:>7} {counts['skipped']:>8}", red=bool(broken)
        )


def _row(nodeid: str) -> tuple[str, str]:
    """The file's subject, and the sandbox backend where a case is asked of both."""
    file, _, case = nodeid.removeprefix("tests/hostile/").partition("::")
    backend = next((name for name in ("bubblewrap", "docker") if name in case.partition("[")[2]), "")
    return file.removeprefix("test_").removesuffix(".py").replace("_", " "), backend
