"""`mutation`: would the tests notice if a changed line were different? Small changes to the changed Python lines, each
in a fresh sandbox under the tests; what nobody notices is told.

For information: it upholds whatever it finds. Unclaimed it runs last, in the few seconds that a quick suite leaves
over, and keeps silent where there are none; claimed it takes minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from bot.checks import red_green
from bot.checks.arguments import Arguments, complaint, read
from bot.checks.globs import matches
from bot.checks.measured import changed_lines
from bot.checks.mutants import Mutant, mutants
from bot.checks.overlay import old_tests_on_new, test_changes
from bot.checks.running import BASE, HEAD, Suite, failed, missing, passed, suite_of, tests_in, unusable
from bot.checks.testfiles import tests_of
from bot.checks.wording import count, listed
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Run

RUNNERS = ("pytest", "unittest")
BATCH = 2
"""Mutants side by side."""

START = 0.3
"""Seconds that a sandbox adds to what runs in it."""

QUICK = 10.0
"""Seconds: of a suite that takes longer only the test files that the change touched run for each mutant."""

_WRITE = """f=$1 a=$2 b=$3 t=$4; shift 4
{ head -n "$a" "$f"; printf '%s' "$t"; tail -n +"$b" "$f"; } > "$f.mutant" && cat "$f.mutant" > "$f" && rm "$f.mutant"
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """How many mutants are tried, in how many seconds of running them one after another, and how few are worth it."""

    most: int
    seconds: float
    fewest: int = 1


ASKED = Budget(most=60, seconds=300.0)
SPARE = Budget(most=6, seconds=4.0, fewest=2)
"""At most; of what the checks that must run leave over: see `_spare`."""

SUITES, BESIDE = 3, 5.0
"""All that validates a change may take so many times its suite, and so many seconds."""


class MutationArguments(Arguments):
    """`paths` are globs of the changed files to look at; all when absent."""

    paths: tuple[str, ...] = ()


class MutationCheck:
    name = "mutation"
    always = True

    def problem(self, args: Mapping[str, JsonValue], /) -> str | None:
        return complaint(MutationArguments, args)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        suite = suite_of(question)
        if suite is None or suite.runner is None or suite.runner.name not in RUNNERS:
            known = question.detected.runner or "a repository without a known test command"
            return _untold(question, f"Mutation is not available for {known}.")
        found = _mutants(question)
        if not found:
            return _untold(question, "No changed line of Python sources holds anything to mutate.")
        if wanted := _before(question, suite, results):
            return wanted
        head = results["head"]
        if why := unusable(head) or tests_in(head).disagreement or ("" if passed(tests_in(head)) else "no test passed"):
            return _untold(question, f"No mutant was tried, since the suite tells nothing at head: {why}.")
        return _tried(question, suite, found, results)


def _before(question: Question, suite: Suite, results: Mapping[str, Result]) -> tuple[Run, ...]:
    """What other checks ask for as well, and so costs nothing: mutants keep none of it waiting."""
    old = old_tests_on_new(question)[0]
    wanted = missing((suite.run("base", BASE), suite.run("head", HEAD), suite.run("old-1", old)), results)
    if wanted or question.claim is not None:
        return wanted
    step = red_green.CHECK.step(question, results)
    return step if isinstance(step, tuple) else ()


def _untold(question: Question, reason: str) -> Judgement | None:
    return Judgement(Verdict.UNPROVEN, reason) if question.claim else None


def _mutants(question: Question) -> tuple[Mutant, ...]:
    """Of the changed lines of Python sources; tests are not mutated."""
    asked = read(MutationArguments, question.claim.args if question.claim else {})
    tests = frozenset(tests_of(question.head_paths)) | {change.path for change in test_changes(question)}
    return tuple(
        mutant
        for change in question.changes
        if change.path.endswith(".py") and change.path not in tests and change.new is not None
        if not asked.paths or matches(change.path, asked.paths)
        for mutant in mutants(change.path, change.new, changed_lines(change.old, change.new))
    )


def _tried(
    question: Question, suite: Suite, found: Sequence[Mutant], results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement | None:
    head = results["head"]
    budget = ASKED if question.claim else _spare(head, results)
    each = head.seconds + START
    paths = _telling_files(question, suite) if question.claim and head.seconds > QUICK else ()
    if not paths and each * min(budget.fewest, len(found)) > budget.seconds:
        why = f"one run of the suite takes {head.seconds:.0f} s, and {budget.seconds:.0f} s are there"
        return _untold(question, f"No mutant was tried: {why}.")
    done = [results[f"mutant-{n}"] for n in range(len(found)) if f"mutant-{n}" in results]
    spent = sum(result.seconds + START for result in done)
    each = max(each, spent / len(done)) if done and not paths else each if not paths else START
    ahead = found[len(done) : min(len(done) + BATCH, budget.most)]
    if ahead and spent + each * len(ahead) <= budget.seconds:
        return tuple(
            _run(suite, n, mutant, paths, head, question.claim is not None) for n, mutant in enumerate(ahead, len(done))
        )
    return _judge(found, done, head, paths)


def _spare(head: Result, results: Mapping[str, Result]) -> Budget:
    """What is left when all else has run. A mutant runs the whole suite: only a quick one leaves room for any."""
    spent = sum(result.seconds + START for name, result in results.items() if not name.startswith("mutant-"))
    left = BATCH * (SUITES * head.seconds + BESIDE) - spent
    return replace(SPARE, seconds=min(SPARE.seconds, left))


def _telling_files(question: Question, suite: Suite) -> tuple[str, ...]:
    """Test files that the change touched, where the runner can be held to them."""
    files = [change.path for change in test_changes(question) if change.new is not None and change.path.endswith(".py")]
    return tuple(files) if suite.selects else ()


def _run(suite: Suite, n: int, mutant: Mutant, paths: Sequence[str], head: Result, claimed: bool) -> Run:
    """The suite's own run, behind a shell that puts the mutant in its place. A loop without an end is noticed."""
    whole = suite.run(f"mutant-{n}", HEAD, paths=paths)
    lines = (mutant.path, str(mutant.first - 1), str(mutant.last + 1), mutant.text)
    limit = min(suite.limit, 3 * head.seconds + 10.0 if claimed else 1.5 * head.seconds + 2.0)
    return Run(whole.name, HEAD, ("/bin/sh", "-c", _WRITE, "sh", *lines, *whole.argv), limit, whole.runner)


def _judge(found: Sequence[Mutant], done: Sequence[Result], head: Result, paths: Sequence[str]) -> Judgement:
    missed = [mutant for mutant, result in zip(found, done, strict=False) if not _noticed(result, head)]
    who = f"the tests in {listed(paths)}" if paths else "the tests"
    tried = f"{len(done) - len(missed)} of {count(done, 'small change')} to the changed lines noticed by {who}"
    more = f" ({len(found) - len(done)} more not tried)" if len(found) > len(done) else ""
    told = f" {who[0].upper()}{who[1:]} would not notice if this line changed: " if missed else ""
    return Judgement(Verdict.UPHELD, f"{tried}{more}.{told}{'; '.join(_told(missed))}{'.' if missed else ''}", "head")


def _told(missed: Iterable[Mutant]) -> list[str]:
    return [f"{m.path}:{m.first} `{m.was}` as `{m.now}`" for m in missed]


def _noticed(result: Result, head: Result) -> bool:
    """Any test that comes out otherwise than without the mutant, or a run that does not come to its end."""
    if unusable(result):
        return True
    return bool(failed(tests_in(result)) - failed(tests_in(head))) or bool(tests_in(result).disagreement)


CHECK = MutationCheck()
