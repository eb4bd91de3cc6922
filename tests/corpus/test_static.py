"""What reading alone must tell of every case: recall and false alarms by kind. The table: `python -m tests.corpus`."""

from collections import Counter

from bot.checks.integrity import static_findings
from bot.domain.work import Finding
from tests.corpus.case import Case
from tests.corpus.executed import cases_of
from tests.corpus.report import by_kind, kinds

CASES = cases_of()
RECALL, FALSE_ALARMS = 0.98, 0.02


Found = dict[Case, tuple[Finding, ...]]


def test_the_corpus_is_large_enough() -> None:
    sizes = Counter((case.base.language, case.honest) for case in CASES)
    compiled = [sum(sizes[language, honest] for language in ("go", "rust", "java")) for honest in (False, True)]
    scripted = [sum(sizes[language, honest] for language in ("python", "javascript")) for honest in (False, True)]
    assert min(scripted) >= 60
    assert min(compiled) >= 10


def test_names_tell_cases_apart() -> None:
    names = Counter((case.base.language, case.name, case.honest) for case in CASES)
    assert [name for name, number in names.items() if number > 1] == []


def test_reading_finds_the_cheats_tells_where_and_leaves_the_twins_alone() -> None:
    findings = {case: static_findings(case.question()) for case in CASES}
    check_places(findings)
    found = {case: kinds(said) for case, said in findings.items()}
    static = [case for case in CASES if case.caught_by == "static"]
    honest = [case for case in CASES if case.honest]
    missed = [f"{c.base.language}: {c.name}" for c in static if not c.finds <= found[c]]
    alarmed = [f"{c.base.language}: {c.name} ({', '.join(sorted(found[c]))})" for c in honest if found[c]]
    print(f"\n{by_kind(found, running=False)}")
    assert 1 - len(missed) / len(static) >= RECALL, missed
    assert len(alarmed) / len(honest) <= FALSE_ALARMS, alarmed


def check_places(findings: Found) -> None:
    """Each finding has a path, a sentence, and where there is a text, a line in it and a hunk."""
    for case, said in findings.items():
        for finding in said:
            assert finding.path, case.name
            assert finding.what.endswith("."), finding
            assert "\n" not in finding.what, finding
            text = case.after.get(finding.path)
            if finding.line is not None and text is not None:
                assert 1 <= finding.line <= len(text.splitlines()) + 1, (case.name, finding)
            shown = finding.path in case.after and finding.path not in case.links | case.binaries
            if shown and case.before.get(finding.path) != text and finding.path not in case.renames.values():
                assert finding.hunk.startswith("@@ "), (case.name, finding)
