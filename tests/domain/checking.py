"""A world for checks without sandboxes: trees as texts, and runs answered from a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import JsonValue

from bot.domain.rules import Detected, Rules
from bot.domain.work import Claim, Plan
from bot.ports import Check, FileChange, Judgement, Question, Result, Run, Tests

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WORDS = {"p": "passed", "f": "failed", "s": "skipped", "e": "error"}
PLAN = Plan(rev=1, summary="fix it", steps=("change the source",), files=("**",), claims=())


def outcomes(text: str, **others: str) -> Tests:
    """`a:p b:f` as what a runner reports; `others` are fields of Tests."""
    pairs = [each.rsplit(":", 1) for each in text.split()]
    return Tests({name: WORDS[letter] for name, letter in pairs}, {}, **others)


def in_file(text: str, file: str = "tests/test_a.py") -> str:
    """`a:p b:f` with pytest's ids for tests in one file."""
    return " ".join(f"{file}::test_{each}" for each in text.split())


@dataclass(frozen=True)
class Printed:
    """A run that told nothing but this."""

    output: str = ""
    exit_code: int | None = 0
    seconds: float = 1.0
    files: Mapping[str, str] = field(default_factory=dict)
    tests: Tests | None = None


Answer = Tests | Printed | int | None
"""What a run gives: tests, an output, an exit code, or None for one that hit its time limit."""


def result(run: Run, answer: Answer) -> Result:
    match answer:
        case Printed():
            late = "was ended by its time limit of 1200 s" if answer.exit_code is None else ""
            return Result(
                run, answer.exit_code, answer.output, answer.seconds, NOON, "00", answer.tests, answer.files, late
            )
        case Tests():
            red = bool(answer.broken) or any(each in ("failed", "error") for each in answer.outcomes.values())
            return Result(run, int(red), "", 1.0, NOON, "00", answer)
        case None:
            tests = Tests({}, {}, broken="the run was ended by its time limit") if run.runner else None
            return Result(run, None, "", 1200.0, NOON, "00", tests, unfinished="was ended by its time limit of 1200 s")
        case code:
            return Result(run, code, "", 1.0, NOON, "00")


def answer_for(run: Run, answers: Mapping[str, Answer]) -> Answer:
    """Its own; a repetition's is that of the run that it repeats, tests that were made to fail do, and new functions
    that do nothing are as good as old ones. Old files that can't be loaded can't be where their tests stand by
    themselves."""
    if run.name.startswith("doomed") and run.name not in answers:
        head = answers["head"]
        return Tests(dict.fromkeys(head.outcomes, "failed"), {}) if isinstance(head, Tests) else head
    if run.name in (others := {"old-apart": "old-1", "hollow": "crossed"}) and run.name not in answers:
        return answers[others[run.name]]
    return answers[run.name if run.name in answers else run.name.partition("-again-")[0]]


def play(check: Check, question: Question, answers: Mapping[str, Answer]) -> tuple[Judgement | None, list[str]]:
    """The judgement, and the names of all runs that were asked for. A repetition without an answer of its own comes
    out like the run that it repeats."""
    results: dict[str, Result] = {}
    for _ in range(200):
        step = check.step(question, results)
        if step is None or isinstance(step, Judgement):
            return step, list(results)
        assert step, "a check that asks for nothing must judge"
        for run in step:
            assert run.name not in results, f"{run.name} was asked for twice"
            results[run.name] = result(run, answer_for(run, answers))
    raise AssertionError("the check never judged")


def runs_of(check: Check, question: Question, answers: Mapping[str, Answer]) -> dict[str, Run]:
    """Every run that was asked for, by name."""
    asked: dict[str, Run] = {}
    results: dict[str, Result] = {}
    while isinstance(step := check.step(question, results), tuple):
        for run in step:
            asked[run.name] = run
            results[run.name] = result(run, answer_for(run, answers))
    return asked


def question(
    base: Mapping[str, str],
    head: Mapping[str, str],
    *,
    renames: Mapping[str, str] | None = None,
    check: str = "",
    args: Mapping[str, JsonValue] | None = None,
    plan: Plan | None = PLAN,
    rules: Rules | None = None,
    test: str = "python -m pytest",
    runner: str = "pytest",
) -> Question:
    """The question that a change from one tree to another raises. `renames` maps old paths to new ones."""
    moved = dict(renames or {})
    changes = [FileChange(new, base[old], head[new], old) for old, new in moved.items()]
    done = {*moved, *moved.values()}
    for path in sorted({*base, *head} - done):
        if base.get(path) != head.get(path):
            changes.append(FileChange(path, base.get(path), head.get(path)))
    claim = Claim(id="c1", text="it holds", check=check, args=dict(args)) if args is not None else None
    return Question(
        claim,
        plan,
        rules or Rules(),
        Detected(test=test, runner=runner),
        tuple(sorted(changes, key=lambda change: change.path)),
        frozenset(base),
        frozenset(head),
        base,
        head,
    )
