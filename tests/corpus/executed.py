"""The corpus run for real: every case as a small repository, validated in sandboxes by all checks.

`python -m tests.corpus.executed [word …]` runs all cases, or those in whose title (`python honest: a test is split`) a
word stands, and prints recall and false alarms: by language, by what catches a cheat, and by kind of finding; and how
many cheats what was run would have caught without a look at the change.
"""

import asyncio
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import ModuleType

from bot.checks import CHECKS
from bot.domain.session import Session
from bot.domain.work import Evidence, Verdict
from bot.validate import validate
from sandbox.api import Entry
from sandbox.hostgit import run
from tests.contract.test_validate import WHO, Log, World, environment
from tests.corpus import (
    fitted_by_data,
    fitted_by_heart,
    fitted_by_marks,
    javascript_cheats,
    javascript_cheats_cunning,
    javascript_cheats_fitted,
    javascript_honest,
    javascript_honest_daily,
    leaning_cases,
    natural_cheats_javascript,
    natural_cheats_others,
    natural_cheats_python,
    natural_cheats_shapes,
    natural_honest_javascript,
    natural_honest_javascript_more,
    natural_honest_others,
    natural_honest_python,
    natural_honest_python_again,
    natural_honest_python_more,
    other_cases,
    planned_cases,
    python_cheats,
    python_cheats_around,
    python_cheats_cunning,
    python_cheats_decoys,
    python_cheats_fitted,
    python_cheats_lessons,
    python_cheats_machinery,
    python_honest,
    python_honest_daily,
    rust_cases,
    scope_cases,
    untouched_cases,
)
from tests.corpus.case import Case
from tests.corpus.report import by_kind

MODULES = (
    python_cheats,
    python_cheats_around,
    python_cheats_cunning,
    python_cheats_decoys,
    python_cheats_fitted,
    python_cheats_lessons,
    python_cheats_machinery,
    python_honest,
    python_honest_daily,
    javascript_cheats,
    javascript_cheats_cunning,
    javascript_cheats_fitted,
    javascript_honest,
    javascript_honest_daily,
    natural_cheats_javascript,
    natural_cheats_others,
    natural_cheats_python,
    natural_cheats_shapes,
    natural_honest_javascript,
    natural_honest_javascript_more,
    natural_honest_others,
    natural_honest_python,
    natural_honest_python_again,
    natural_honest_python_more,
    other_cases,
    planned_cases,
    rust_cases,
    scope_cases,
    fitted_by_data,
    fitted_by_heart,
    fitted_by_marks,
    leaning_cases,
    untouched_cases,
)
INSIDE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where a sandbox finds programs; those of one user alone are not there."""

READING = ("integrity", "scope")
"""Checks that read the change."""

PROGRAMS = {"pytest": "python3", "unittest": "python3", "node": "node", "go": "go", "cargo": "cargo"}
"""What must be installed to run a runner's tests here; runners that are not named need packages of their own."""


def cases_of(modules: Iterable[ModuleType] = MODULES) -> tuple[Case, ...]:
    """Every case in the tuples of these modules, each once."""
    tables = chain.from_iterable(vars(module).values() for module in modules)
    found = [case for table in tables if isinstance(table, tuple) for case in table if isinstance(case, Case)]
    return tuple({(case.base.language, case.name, case.honest): case for case in found}.values())


def runnable(case: Case) -> bool:
    program = PROGRAMS.get(case.base.runner)
    return case.runs and program is not None and shutil.which(program, path=INSIDE) is not None


@dataclass(frozen=True)
class Outcome:
    """What the checks came to: `upheld` is what `success` needs. `alone` is what they come to without `integrity` and
    `scope`, which read the change; `kinds` are those of findings that nothing explains."""

    case: Case
    verdict: str
    alone: str
    kinds: frozenset[str]
    reasons: tuple[str, ...]

    @property
    def right(self) -> bool:
        return (self.verdict == "upheld") == self.case.honest


class Court(World):
    """One place for all cases: what was run of a base before is not run again."""

    checks = tuple(check for check in CHECKS if check.name != "mutation")

    def __init__(self, home: Path) -> None:
        super().__init__(home, environment(home))

    async def try_case(self, case: Case) -> Outcome:
        old, old_tree = await self._commit(case.before, frozenset(), frozenset(), ())
        new, new_tree = await self._commit(case.after, case.links, case.binaries, (old,))
        asked = case.question()
        session = Session("s", base=old, base_tree=old_tree, head=new, tree=new_tree, detected=asked.detected)
        log = Log(replace(session, plan=asked.plan, rules=asked.rules))
        await validate(log, self.laboratory())
        records = log.records().values()
        kinds = frozenset(f.kind for e in records for f in e.findings if f.explained is None)
        alone = _worst(e for e in records if e.check not in READING)
        said = tuple(f"{e.check} {e.verdict.value}: {e.reason}" for e in records)
        return Outcome(case, _worst(records), alone, kinds, said)

    async def _commit(
        self, files: Mapping[str, str], links: frozenset[str], binaries: frozenset[str], parents: Sequence[str]
    ) -> tuple[str, str]:
        bare = await self.bare()
        entries: dict[str, Entry | None] = {}
        for path, text in files.items():
            data = b"\0\1\2" if path in binaries else b"/etc/passwd" if path in links else text.encode()
            oid = (await run(bare.path, "hash-object", "-w", "--stdin", stdin=data)).decode().strip()
            entries[path] = Entry(path, "120000" if path in links else "100644", oid, len(data))
        empty = (await run(bare.path, "mktree")).decode().strip()
        tree = await bare.compose(empty, entries)
        return await bare.commit(tree, parents, "x", WHO, WHO), tree


def _worst(records: Iterable[Evidence]) -> str:
    """The worst of these verdicts; a finding that nothing explains leaves it open."""
    found = list(records)
    verdicts = {each.verdict for each in found}
    if Verdict.REFUTED in verdicts:
        return "refuted"
    unexplained = any(finding.explained is None for each in found for finding in each.findings)
    return "unproven" if unexplained or Verdict.UNPROVEN in verdicts else "upheld"


def table(outcomes: Iterable[Outcome]) -> str:
    """Recall and false alarms by language and by what should catch a cheat."""
    rows: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kind = "honest" if outcome.case.honest else f"cheats, {outcome.case.caught_by}"
        for key in ((outcome.case.base.language, kind), ("all", "honest" if outcome.case.honest else "cheats")):
            rows[key].append(outcome)
    lines = []
    for (language, kind), found in sorted(rows.items()):
        right = sum(outcome.right for outcome in found)
        what = f"false alarms {1 - right / len(found):.1%}" if kind == "honest" else f"recall {right / len(found):.1%}"
        alone = f"  {sum(o.alone != 'upheld' for o in found)} by running alone" if kind != "honest" else ""
        lines.append(f"{language:12} {kind:18} {right:4} of {len(found):4} right  {what}{alone}")
    return "\n".join(lines)


def _title(case: Case) -> str:
    return f"{case.base.language} {case.caught_by or 'honest'}: {case.name}"


async def main(words: Sequence[str]) -> None:
    found = [c for c in cases_of() if not words or any(word in _title(c) for word in words)]
    print(f"{sum(not runnable(case) for case in found)} of {len(found)} cases can't be run here")
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        court = Court(Path(folder))
        for case in filter(runnable, found):
            outcome = await court.try_case(case)
            outcomes.append(outcome)
            if not outcome.right:
                print(
                    f"WRONG {_title(case)}: {outcome.verdict}",
                    *outcome.reasons,
                    sep="\n    ",
                    flush=True,
                )
    print(
        table(outcomes),
        by_kind({outcome.case: outcome.kinds for outcome in outcomes}, running=True),
        sep="\n\n",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
