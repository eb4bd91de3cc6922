"""mocha, by a reporter of ours; `npm test` and the like are reached through NODE_OPTIONS."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import Case, against_summary, conclude, nothing_left, numbered, plain, read_lines
from bot.checks.runners.base import JAVASCRIPT_TRIAL, support
from bot.checks.runners.javascript import first_name, instrumented
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_SUMMARY = re.compile(r"^ +(\d+) (passing|failing)\b", re.MULTILINE)
_ERROR = re.compile(r"(?:\w*Error\b|Error: ).*")
_WORDS = {"passing": "pass", "failing": "fail"}


@dataclass(frozen=True, slots=True)
class Mocha:
    """Test ids are `file > describe > test`; the tests that a failing hook kept from running are errors, and where
    there are none the hook is, under its own name. So is a file that can't be loaded, under its path; mocha then runs
    nothing. A selected test selects its file."""

    name: str = "mocha"
    selects: bool = True
    result_files: tuple[str, ...] = ("mocha-*.jsonl",)

    @property
    def support_files(self) -> Mapping[str, str]:
        return support("maestro_node.cjs", "maestro_mocha.cjs", *JAVASCRIPT_TRIAL)

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        return instrumented(self.name, command, paths, only)

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        runs, problem = read_lines(files)
        if not files:
            problem = nothing_left("mocha", exit_code, output, _ERROR)
        elif not all(any(line.end is not None for line in lines) for lines in runs):
            problem = problem or "mocha ended before the run was complete"
        cases = [Case(line.id, line.outcome, line.message) for lines in runs for line in lines if line.id is not None]
        counts = Counter[str]()
        for line in (line for lines in runs for line in lines):
            counts.update(line.counts)
        against = (_against_own(cases, counts), _against_output(counts, output))
        return conclude(numbered(cases), exit_code=exit_code, problem=problem, disagreements=against)

    def file_of(self, test: str, paths: Collection[str]) -> str:
        return first_name(test, paths)


def _against_own(cases: Sequence[Case], counts: Counter[str]) -> str:
    """mocha's totals against the reports one by one: a hook's failure counts once and keeps many tests from running."""
    read = Counter[str]("pass" if case.outcome == "passed" else "fail" for case in cases if case.outcome != "skipped")
    fewer = bool(read["fail"]) != bool(counts["fail"] + counts["unloaded"]) or read["pass"] != counts["pass"]
    told = ("pass", "fail")
    return against_summary(counts, read, told) if fewer else ""


def _against_output(counts: Counter[str], output: str) -> str:
    """The totals that the repository's reporter printed, where it prints them as mocha's own do."""
    said: Counter[str] = Counter()
    for number, word in _SUMMARY.findall(plain(output)):
        said[_WORDS[word]] += int(number)
    return against_summary(said, counts, ("pass", "fail")) if said else ""
