"""The table of verdicts at the end of a run: each case on each backend, whether the attack was refused and its twin
succeeded. A plugin, because only so does it see what parallel workers report."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pytest

from tests.hostile.cases import CASES, Case

BACKENDS = ("bubblewrap", "docker")
KINDS = {"passed": "held", "failed": "BROKEN", "error": "BROKEN", "skipped": "not run"}
Outcomes = Mapping[str, Mapping[str, set[str]]]
"""By test and backend ('' where it is asked of none): what became of its parameters."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = outcomes(terminalreporter.stats)
    if not any(name.startswith("hostile/") for name in found):
        return
    asked = [case for case in CASES if any(name in found for name in (*case.attacks, *case.twins))]
    rows = [row for case in asked for row in judged(case, found)]
    terminalreporter.section("hostile cases")
    terminalreporter.write_line(f"{'':10} {'case':72} {'where':10} {'attack':8} {'twin':8}")
    for group, what, where, attack, twin in rows:
        broken = "BROKEN" in (attack, twin)
        terminalreporter.write_line(f"{group:10} {what:72} {where:10} {attack:8} {twin:8}", red=broken)
    terminalreporter.write_line(f"{len(asked)} of {len(CASES)} cases were asked. {summary(rows)}")


def outcomes(stats: Mapping[str, Iterable[object]]) -> Outcomes:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, verdict in KINDS.items():
        for report in stats.get(kind, ()):
            nodeid = getattr(report, "nodeid", "")
            if nodeid.startswith("tests/") and (kind != "passed" or getattr(report, "when", "") == "call"):
                name, _, parameters = nodeid.removeprefix("tests/").partition("[")
                where = next((each for each in BACKENDS if each in parameters), "")
                found[name][where].add(verdict)
    return found


Row = tuple[str, str, str, str, str]


def judged(case: Case, found: Outcomes) -> list[Row]:
    """A row for each backend of which the case was asked, or one."""
    asked = {where for name in (*case.attacks, *case.twins) for where in found.get(name, {}) if where}
    return [
        (case.group, case.what, where, _verdict(case.attacks, where, found), _verdict(case.twins, where, found))
        for where in sorted(asked) or [""]
    ]


def _verdict(names: Iterable[str], where: str, found: Outcomes) -> str:
    """The worst of what is known: one failure breaks a case, and what did not run proves nothing."""
    seen: set[str] = set()
    for name in names:
        known = found.get(name, {})
        seen |= known.get(where) or known.get("") or ({"not run"} if not where or not known else set())
    return next((word for word in ("BROKEN", "not run", "held") if word in seen), "not run")


def summary(rows: Iterable[Row]) -> str:
    rows = list(rows)
    attacks, twins = [row[3] for row in rows], [row[4] for row in rows]
    return (
        f"Of {len(rows)} rows: {attacks.count('held')} attacks refused, {attacks.count('BROKEN')} succeeded; "
        f"{twins.count('held')} twins succeeded, {twins.count('BROKEN')} failed; "
        f"{sum('not run' in row for row in rows)} did not run whole"
    )
