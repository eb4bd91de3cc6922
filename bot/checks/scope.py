"""`scope`: did the change stay inside the approved plan? Paths against its globs, protected paths, new dependencies."""

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from bot.checks.arguments import not_claimable
from bot.checks.dependencies import dependencies, line_of
from bot.checks.globs import matches
from bot.checks.planned.explained import sentences
from bot.checks.wording import count, listed, sentence
from bot.domain.work import Finding, Plan, Verdict
from bot.ports import FileChange, Judgement, Question, Result, Run


class ScopeCheck:
    name = "scope"
    always = True

    def problem(self, _: Mapping[str, JsonValue], /) -> str | None:
        return not_claimable(self.name)

    def step(self, question: Question, _: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        findings = tuple(_findings(question))
        open_ones = [finding for finding in findings if finding.explained is None]
        return Judgement(_verdict(open_ones), _reason(question, findings, open_ones), findings=findings)


def _verdict(open_ones: Iterable[Finding]) -> Verdict:
    """Leaving the plan's paths is refuted. A new dependency that the plan doesn't name is a question to a human."""
    kinds = {finding.kind for finding in open_ones}
    if kinds & {"out-of-scope", "protected-path"}:
        return Verdict.REFUTED
    return Verdict.UNPROVEN if kinds else Verdict.UPHELD


def _findings(question: Question) -> Iterable[Finding]:
    for change in question.changes:
        for path in _touched(change):
            if matches(path, question.rules.protected):
                yield Finding(kind="protected-path", path=path, what="The repository's rules protect this path.")
            elif question.plan is not None and not matches(path, question.plan.files):
                yield Finding(kind="out-of-scope", path=path, what="The approved plan's files do not cover this path.")
        yield from _new_dependencies(question, change)


def _touched(change: FileChange) -> tuple[str, ...]:
    return (change.path,) if change.renamed_from is None else (change.renamed_from, change.path)


def _new_dependencies(question: Question, change: FileChange) -> Iterable[Finding]:
    before = dependencies(change.renamed_from or change.path, change.old)
    for name in sorted(dependencies(change.path, change.new) - before):
        line = line_of(name, change.new or "")
        named = question.plan is not None and _names(question.plan, name)
        what = f"{_ADDS}{name}."
        explained = "plan" if named else None
        yield Finding(kind="dependency-added", path=change.path, line=line, what=what, explained=explained)


def _spelled(name: str) -> str:
    """A name in any of the ways that indexes take for one: `RPi.GPIO` is `rpi-gpio`."""
    return "[-_.]".join(map(re.escape, re.split(r"[-_.]", name)))


def _names(plan: Plan, dependency: str) -> bool:
    """Whether the plan's own words hold the dependency's name as a word."""
    words = " ".join(sentences(plan))
    short = re.split(r"[:/]", dependency)[-1]
    return any(
        re.search(rf"(?<![\w.\-]){_spelled(name)}(?![\w\-])", words, re.IGNORECASE) for name in {dependency, short}
    )


def _reason(question: Question, findings: tuple[Finding, ...], open_ones: list[Finding]) -> str:
    by_kind = {kind: [f for f in open_ones if f.kind == kind] for kind in _SAID}
    said = [f"{_SAID[kind]}: {listed([_subject(f) for f in found])}" for kind, found in by_kind.items() if found]
    if said:
        return sentence(*said)
    within = "within the plan" if question.plan is not None else "away from protected paths"
    known = f", with {'new dependencies'} named by the plan" if findings else ""
    return f"{count(question.changes, 'changed path')}, all {within}{known}."


_SAID = {
    "out-of-scope": "outside the plan",
    "protected-path": "protected by the repository's rules",
    "dependency-added": "dependencies added that the plan does not name",
}
_ADDS = "The change adds the dependency "


def _subject(finding: Finding) -> str:
    return finding.what.removeprefix(_ADDS).rstrip(".") if finding.kind == "dependency-added" else finding.path


CHECK = ScopeCheck()
