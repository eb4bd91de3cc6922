"""gradle, by the JUnit XML of its test tasks."""

import re
import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import Case, against_summary, conclude, nothing_left, numbered, plain, read_junit
from bot.checks.runners.base import REPORTS, collected, script, shell, with_options
from bot.checks.runners.java import class_file, class_of, identify, split
from bot.domain.commandline import programs, runners_in
from bot.ports.agent import Tests

_TOTAL = re.compile(r"^(\d+) tests? completed(?:, (\d+) failed)?(?:, (\d+) skipped)?$", re.MULTILINE)
_ERROR = re.compile(r"(?<=What went wrong:\n).*|^e: .*$|^.*error: .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Gradle:
    """Test ids are `package.Class#method()`, with the arguments behind as gradle writes them."""

    name: str = "gradle"
    selects: bool = True
    result_files: tuple[str, ...] = (REPORTS,)

    @property
    def support_files(self) -> Mapping[str, str]:
        return {}

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        remove, copy = collected("*build/test-results/*.xml")
        ours = with_options(command, "gradlew?", ["--continue", "--offline", "--no-build-cache", "--console=plain"])
        # `--tests` belongs to the test task: it can only be given where that is the last word.
        if programs(command) and re.search(r"(^|[\s:])test\s*$", command):
            ours = " ".join([ours.rstrip(), *_chosen(paths, only)])
        return shell(script(ours, before=remove, after=copy))

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        cases, problem = read_junit(files, identify)
        if not cases and not problem and exit_code not in {0, None}:
            problem = nothing_left("gradle", exit_code, output, _ERROR)
        against = _against_output(output, cases)
        return conclude(numbered(cases), exit_code=exit_code, problem=problem, disagreements=(against,))

    def file_of(self, test: str, paths: Collection[str]) -> str:
        return class_file(test, paths)


def _chosen(paths: Sequence[str], only: Sequence[str]) -> list[str]:
    """The words that select; none where something asked for can't be said in them, and everything runs."""
    names = [class_of(path) for path in paths]
    for test in only:
        owner, method = split(test)
        names.append(f"{owner}.{method}" if owner and method else owner)
    if not all(names):
        return []
    return [word for name in dict.fromkeys(names) for word in ("--tests", shlex.quote(name))]


def _against_output(output: str, cases: Sequence[Case]) -> str:
    """Gradle prints totals for tasks with failures only: the red ones must be in the files."""
    totals = _TOTAL.findall(plain(output))
    if not totals:
        return ""
    tally = Counter[str](case.outcome for case in cases)
    said = {"failed": sum(int(failed or 0) for _, failed, _ in totals)}
    return against_summary(said, {"failed": tally["failed"] + tally["error"]}, ("failed",))
