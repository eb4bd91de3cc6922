"""What reading alone must tell of every case: recall and false alarms by kind. The table: `pytest -s` on this file."""

from collections import Counter

import pytest

from bot.checks.integrity import static_findings
from tests.corpus.case import Case
from tests.corpus.executed import cases_of

CASES = cases_of()
RECALL, FALSE_ALARMS = 0.98, 0.02


def kinds(case: Case) -> frozenset[str]:
    """The kinds of findings that nothing explains."""
    return frozenset(f.kind for f in static_findings(case.question()) if f.explained is None)


@pytest.fixture(scope="module")
def found() -> dict[Case, frozenset[str]]:
    return {case: kinds(case) for case in CASES}


def test_the_corpus_is_large_enough() -> None:
    sizes = Counter((case.base.language, case.honest) for case in CASES)
    compiled = [sum(sizes[language, honest] for language in ("go", "rust", "java")) for honest in (False, True)]
    scripted = [sum(sizes[language, honest] for language in ("python", "javascript")) for honest in (False, True)]
    assert min(scripted) >= 60
    assert min(compiled) >= 10


def test_names_tell_cases_apart() -> None:
    names = Counter((case.base.language, case.name, case.honest) for case in CASES)
    assert [name for name, number in names.items() if number > 1] == []


def test_recall_and_false_alarms_of_reading_are_within_bounds(found: dict[Case, frozenset[str]]) -> None:
    static = [case for case in CASES if case.caught_by == "static"]
    honest = [case for case in CASES if case.honest]
    missed = [f"{c.base.language}: {c.name}" for c in static if not c.finds <= found[c]]
    alarmed = [f"{c.base.language}: {c.name} ({', '.join(sorted(found[c]))})" for c in honest if found[c]]
    print(_table(found))
    assert 1 - len(missed) / len(static) >= RECALL, missed
    assert len(alarmed) / len(honest) <= FALSE_ALARMS, alarmed


def test_a_finding_has_a_place_a_hunk_and_a_sentence(found: dict[Case, frozenset[str]]) -> None:
    for case in CASES:
        for finding in static_findings(case.question()):
            assert finding.path, case.name
            assert finding.what.endswith("."), finding
            assert "\n" not in finding.what, finding
            text = case.after.get(finding.path)
            if finding.line is not None and text is not None:
                assert 1 <= finding.line <= len(text.splitlines()) + 1, (case.name, finding)
            shown = finding.path in case.after and finding.path not in case.links | case.binaries
            if shown and case.before.get(finding.path) != text and finding.path not in case.renames.values():
                assert finding.hunk.startswith("@@ "), (case.name, finding)


def _table(found: dict[Case, frozenset[str]]) -> str:
    """Of each kind: how many of those that must be found are, and how many honest changes it is raised in."""
    wanted = Counter(kind for case in CASES for kind in case.finds)
    hit = Counter(kind for case in CASES for kind in case.finds & found[case])
    wrong = Counter(kind for case in CASES if case.honest for kind in found[case])
    honest = sum(case.honest for case in CASES)
    rows = [f"{'kind':<22}{'found':>12}{'recall':>9}{'false alarms':>15}"]
    for kind in sorted({*wanted, *wrong}):
        share = f"{100 * hit[kind] / wanted[kind]:.0f} %" if wanted[kind] else "-"
        rows.append(f"{kind:<22}{f'{hit[kind]}/{wanted[kind]}':>12}{share:>9}{f'{wrong[kind]}/{honest}':>15}")
    by_execution = sum(case.caught_by == "execution" for case in CASES)
    rows.append(f"and {by_execution} cheats that only running shows")
    return "\n" + "\n".join(rows)
