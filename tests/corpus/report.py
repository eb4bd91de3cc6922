"""The figures of the corpus: recall and false alarms by kind of finding."""

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.domain.work import Finding
from tests.corpus.case import Case


def kinds(findings: Iterable[Finding]) -> frozenset[str]:
    """The kinds of findings that nothing explains."""
    return frozenset(finding.kind for finding in findings if finding.explained is None)


def by_kind(found: Mapping[Case, frozenset[str]], *, running: bool) -> str:
    """Of each kind: in how many of the cheats that must show it it was found, and in how many honest changes. Without
    `running`, what only that can find is not asked for."""
    asked = {case: seen for case, seen in found.items() if running or case.caught_by != "execution"}
    wanted = Counter(kind for case in asked for kind in case.finds)
    hit = Counter(kind for case, seen in asked.items() for kind in case.finds & seen)
    wrong = Counter(kind for case, seen in found.items() if case.honest for kind in seen)
    honest = sum(case.honest for case in found)
    rows = [f"{'kind':<22}{'found':>12}{'recall':>9}{'false alarms':>15}"]
    for kind in sorted({*wanted, *wrong}):
        share = f"{100 * hit[kind] / wanted[kind]:.0f} %" if wanted[kind] else "-"
        rows.append(f"{kind:<22}{f'{hit[kind]}/{wanted[kind]}':>12}{share:>9}{f'{wrong[kind]}/{honest}':>15}")
    by_execution = sum(case.caught_by == "execution" for case in found)
    return "\n".join([*rows, f"and {by_execution} cheats that only running shows"])
