"""What node, jest and vitest share: a module loaded into every node process of the run, which knows its own."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.checks.results import (
    MESSAGE,
    Case,
    JestReport,
    Outcome,
    against_summary,
    joined,
    nothing_left,
    numbered,
    plain,
    read_jest,
)
from bot.checks.runners.base import KEEP_SELECTION, script, selection, shell

FOLDER = "top"
"""A result file of every run: the folder where it started, since these runners write absolute paths."""

SEPARATOR = " > "
_OUTCOMES: dict[str, Outcome] = {"passed": "passed", "failed": "failed"}
_OPTIONS = re.compile(r"(?<![^\s;&|(])NODE_OPTIONS=(?:'([^']*)'|\"([^\"]*)\"|([^\s'\";&|]*))(?=\s)")
_COUNT = re.compile(r"(\d+) (passed|failed)")


def instrumented(runner: str, command: str, paths: Sequence[str], only: Sequence[str]) -> tuple[str, ...]:
    """The command with the module in NODE_OPTIONS, so that `npm test` and the like are reached as well. CI is set,
    because watch modes and written snapshots are no measurement."""
    chosen = selection(paths, only)
    env = {
        "CI": "true",
        "MAESTRO_RUNNER": runner,
        "MAESTRO_RESULTS": "{results}",
        "MAESTRO_TOP": "$(pwd -P)",
        "MAESTRO_NODE_OPTIONS": "--require={support}/maestro_node.cjs",
        "NODE_OPTIONS": "$MAESTRO_NODE_OPTIONS${NODE_OPTIONS:+ $NODE_OPTIONS}",
    }
    first = [f"pwd -P > '{{results}}/{FOLDER}'", KEEP_SELECTION if chosen else ""]
    return shell(script(_joined_options(command), before="\n".join(filter(None, first)), env=env), chosen)


def _joined_options(command: str) -> str:
    """The command with the options that it sets for node put behind those that are there."""

    def joined(found: re.Match[str]) -> str:
        own = next((part for part in found.groups() if part is not None), "")
        quoted = command.count('"', 0, found.start()) % 2
        return found[0] if quoted else f'NODE_OPTIONS="$NODE_OPTIONS {own}"'

    return _OPTIONS.sub(joined, command)


def started_in(files: Mapping[str, bytes]) -> str:
    """The folder where the run started, with a slash behind."""
    return files.get(FOLDER, b"/workspace").decode("utf-8", "replace").strip().rstrip("/") + "/"


def first_name(test: str, paths: Collection[str]) -> str:
    """The file of a test id `file > suite > name`."""
    file = test.split(SEPARATOR, 1)[0]
    return file if file in paths else ""


def read_report(
    name: str, exit_code: int | None, output: str, files: Mapping[str, bytes]
) -> tuple[list[Case], str, list[str]]:
    """The cases of jest's (or vitest's) reports, what was wrong, and how the reports contradict themselves."""
    cases: list[Case] = []
    problems, against = [], []
    reports = {file: data for file, data in files.items() if file != FOLDER}
    for file in sorted(reports):
        report = read_jest(file, reports[file])
        if isinstance(report, str):
            problems.append(report)
            continue
        found = list(_cases(report, started_in(files)))
        cases += found
        against.append(_against_counts(report, found))
    if not reports:
        problems.append(nothing_left(name, exit_code, output))
    return numbered(cases), joined(problems), against


def _cases(report: JestReport, top: str) -> Iterator[Case]:
    for file in report.testResults:
        path = file.name.removeprefix(top)
        # vitest's before version 2 has a file that could not be loaded as passed, without tests and with the reason.
        unloaded = bool(file.message) and not file.assertionResults
        if unloaded or (file.status == "failed" and not any(t.status == "failed" for t in file.assertionResults)):
            yield Case(path, "error", plain(file.message or "")[:MESSAGE])
        for test in file.assertionResults:
            outcome = _OUTCOMES.get(test.status, "skipped")
            words = plain("\n".join(filter(None, test.failureMessages or ())))
            # Old versions of vitest give the file itself as a nameless suite.
            yield Case(SEPARATOR.join((path, *filter(None, test.ancestorTitles), test.title)), outcome, words[:MESSAGE])


def _against_counts(report: JestReport, cases: Sequence[Case]) -> str:
    """The report's own totals against its tests. vitest's before version 2 has as passed whatever did not fail."""
    read = Counter[str](case.outcome for case in cases)
    not_failed = report.numPassedTests == read["passed"] + read["skipped"]
    said = {"passed": read["passed"] if not_failed else report.numPassedTests, "failed": report.numFailedTests}
    return against_summary(said, read, ("passed", "failed"))


def against_output(output: str, summary: re.Pattern[str], cases: Sequence[Case], files: Mapping[str, bytes]) -> str:
    """The last summary lines of the output, one for each report, where there are any, against the tests."""
    runs = sum(file != FOLDER for file in files)
    lines = summary.findall(plain(output))[-runs:]
    if not lines:
        return ""
    said: Counter[str] = Counter()
    for line in lines:
        said.update({word: int(number) for number, word in _COUNT.findall(line)})
    return against_summary(said, Counter[str](case.outcome for case in cases), ("passed", "failed"))
