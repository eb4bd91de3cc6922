"""`coverage`: how much of the sources does the suite run, in total and of the changed lines?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, JsonValue

from bot.checks.arguments import Arguments, complaint, read
from bot.checks.globs import matches
from bot.checks.measured import Lines, changed_lines, read_report, share
from bot.checks.running import BASE, HEAD, Suite, counts_of, failed, missing, passed, shell, suite_of, tests_in
from bot.checks.testfiles import tests_of
from bot.checks.wording import count
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Run, TreeSpec


class CoverageArguments(Arguments):
    """`min` is in percent of lines; `paths` are globs of the files that count, all but tests when absent."""

    min: float = Field(gt=0, le=100, description="percent")
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to measure: the test command made to measure, and the report it leaves in {results}."""

    command: str
    report: str
    needs: str


class CoverageCheck:
    name = "coverage"
    always = False

    def problem(self, args: Mapping[str, JsonValue], /) -> str | None:
        smallest = args.get("min")
        if isinstance(smallest, float) and 0 < smallest < 1:
            return f"min: in percent; write {smallest * 100:g} for {smallest:g}."
        return complaint(CoverageArguments, args)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        if question.claim is None:
            return None
        suite = suite_of(question)
        ways = _ways(suite.command, question.detected.runner) if suite else ()
        if suite is None or not ways:
            runner = question.detected.runner or "a repository without a known test command"
            return Judgement(Verdict.UNPROVEN, f"Coverage is not available for {runner}.")
        for n, way in enumerate(ways, 1):
            wanted = missing((_run(f"head-{n}", HEAD, suite, way), _run(f"base-{n}", BASE, suite, way)), results)
            if wanted:
                return wanted
            if way.report in results[f"head-{n}"].files:
                return _judge(question, results[f"head-{n}"], results[f"base-{n}"], way)
        last, needs = results[f"head-{len(ways)}"], " or ".join(way.needs for way in ways)
        why = last.unfinished or f"exit code {last.exit_code}"
        return Judgement(Verdict.UNPROVEN, f"No coverage was measured ({why}): it needs {needs}.", last.run.name)


def _run(name: str, tree: TreeSpec, suite: Suite, way: _Way) -> Run:
    if suite.runner is None:
        return Run(name, tree, shell(way.command), suite.limit, files=(way.report,))
    argv = suite.runner.instrument(way.command)
    return Run(name, tree, argv, suite.limit, suite.runner.name, files=(way.report,))


_MODULE = re.compile(
    r"(?P<python>[^\s;&|()'\"]*python[\d.]*)(?P<options>(?: -[A-Z]\S*)*) -m (?P<module>pytest|unittest)\b"
)


def _ways(command: str, runner: str) -> tuple[_Way, ...]:
    """How the repository's runner measures, the likelier way first. Its own tool must be in its environment."""
    lcov = "{results}/lcov.info"
    if runner == "pytest":
        options = "--cov --cov-report=xml:{results}/coverage.xml"
        given = f'export PYTEST_ADDOPTS="${{PYTEST_ADDOPTS:+$PYTEST_ADDOPTS }}{options}"\n{command}'
        return (_Way(given, "coverage.xml", "pytest-cov"), *_traced(command))
    if runner == "unittest":
        return _traced(command)
    options = {
        "node": f"--experimental-test-coverage --test-reporter=lcov --test-reporter-destination={lcov}",
        "vitest": "--coverage --coverage.reporter=lcov --coverage.reportsDirectory={results}",
        "jest": "--coverage --coverageReporters=lcovonly --coverageDirectory={results}",
    }.get(runner, "")
    if options:
        return (_Way(_with(command, runner, options), "lcov.info", "the runner's coverage support"),)
    if runner == "go":
        profile = "go test -coverpkg=./... -coverprofile={results}/cover.out"
        return (_Way(re.sub(r"\bgo test\b", profile, command), "cover.out", "go's own coverage"),)
    return ()


def _traced(command: str) -> tuple[_Way, ...]:
    """Python's `coverage`, in front of the module that runs the tests."""
    named = _MODULE.search(command)
    python = named["python"] if named else "python3"
    if named is not None:
        traced = _MODULE.sub(r"\g<python>\g<options> -m coverage run --source=. -m \g<module>", command)
    else:
        traced = re.sub(r"(?<![\w./-])pytest\b", "python3 -m coverage run --source=. -m pytest", command, count=1)
    if traced == command:
        return ()
    report = f"{python} -m coverage xml -q -o '{{results}}/coverage.xml'"
    return (_Way(f"{traced}\nmaestro_tests=$?\n{report}\nexit $maestro_tests", "coverage.xml", "coverage"),)


def _with(command: str, runner: str, options: str) -> str:
    """Options right behind the runner's name; behind everything where a package script starts it."""
    program = rf"((?:^|(?<=[\s;&|(/])){runner}(?:\s+run)?)(?=\s|$)"
    if re.search(program, command):
        return re.sub(program, rf"\1 {options}", command, count=1)
    return f"{command} -- {options}" if re.match(r"\s*(npm|pnpm)\s", command) else f"{command} {options}"


def _judge(question: Question, head: Result, base: Result, way: _Way) -> Judgement:
    asked = read(CoverageArguments, question.claim.args if question.claim else {})
    now = read_report(way.report, head.files[way.report], question.head_paths)
    counted = _counted(now, asked.paths)
    hit, whole = share(now, counted)
    tally = counts_of(tests_in(head)) if head.tests else None
    if not whole or (head.tests is not None and not passed(head.tests)):
        reason = "No line was measured." if not whole else "No test passed while coverage was measured."
        return Judgement(Verdict.UNPROVEN, reason, head.run.name, tally)
    verdict = Verdict.UPHELD if 100 * hit >= asked.min * whole else Verdict.REFUTED
    red = count(failed(tests_in(head)), "test")
    parts = [
        f"{_percent(hit, whole)} of {whole} lines covered, asked for: {asked.min:g} %",
        _before(question, base, way, asked.paths),
        _of_changes(question, now, counted),
        f"{red} failed meanwhile" if failed(tests_in(head)) else "",
    ]
    return Judgement(verdict, "; ".join(part for part in parts if part) + ".", head.run.name, tally)


def _counted(lines: Lines, globs: tuple[str, ...]) -> frozenset[str]:
    tests = frozenset(tests_of(frozenset(lines)))
    return frozenset(path for path in lines if (matches(path, globs) if globs else path not in tests))


def _before(question: Question, base: Result, way: _Way, globs: tuple[str, ...]) -> str:
    then = read_report(way.report, base.files.get(way.report, ""), question.base_paths)
    hit, whole = share(then, _counted(then, globs))
    return f"at base {_percent(hit, whole)} of {whole}" if whole else "not measured at base"


def _of_changes(question: Question, lines: Lines, counted: frozenset[str]) -> str:
    """Of the changed lines that can be run at all."""
    hits = [
        lines[change.path][number]
        for change in question.changes
        if change.path in counted
        for number in changed_lines(change.old, change.new)
        if number in lines[change.path]
    ]
    return (
        f"of {count(hits, 'changed line')} {_percent(sum(hits), len(hits))}" if hits else "no changed line is measured"
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


CHECK = CoverageCheck()
