"""maven, by the JUnit XML of surefire and failsafe."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import Case, against_summary, conclude, nothing_left, numbered, plain, read_junit
from bot.checks.runners.base import REPORTS, collected, script, shell, with_options
from bot.checks.runners.java import class_file, class_of, identify, split
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_MAVEN = "mvnw?|mvnd|mvnw?\\.cmd"
_PATTERNS = ("*target/surefire-reports/TEST-*.xml", "*target/failsafe-reports/TEST-*.xml")
_TOTAL = re.compile(
    r"^(?:\[\w+\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)(?!, Time)\s*$", re.MULTILINE
)
_ERROR = re.compile(r"^\[ERROR\] .*$", re.MULTILINE)
_WORDS = ("run", "failed", "error", "skipped")


@dataclass(frozen=True, slots=True)
class Maven:
    """Test ids are `package.Class#method`, with the arguments behind as surefire writes them."""

    name: str = "maven"
    selects: bool = True
    result_files: tuple[str, ...] = (REPORTS,)

    @property
    def support_files(self) -> Mapping[str, str]:
        return {}

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        remove, copy = collected(*_PATTERNS)
        options = ["--batch-mode", "--fail-at-end", "--offline"]
        if chosen := _chosen(paths, only):
            options += [f"-Dtest={chosen}", "-DfailIfNoTests=false", "-Dsurefire.failIfNoSpecifiedTests=false"]
        return shell(script(with_options(command, _MAVEN, options), before=remove, after=copy))

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        cases, problem = read_junit(files, identify)
        if not cases and not problem and exit_code not in {0, None}:
            problem = nothing_left("maven", exit_code, output, _ERROR)
        against = _against_output(output, cases)
        return conclude(numbered(cases), exit_code=exit_code, problem=problem, disagreements=(against,))

    def file_of(self, test: str, paths: Collection[str]) -> str:
        return class_file(test, paths)


def _chosen(paths: Sequence[str], only: Sequence[str]) -> str:
    """The words for -Dtest; '' where something asked for can't be said in them, and everything runs."""
    words = [class_of(path) for path in paths]
    for test in only:
        owner, method = split(test)
        words.append(f"{owner}#{method}" if owner and method else owner)
    return ",".join(dict.fromkeys(words)) if all(words) else ""


def _against_output(output: str, cases: Sequence[Case]) -> str:
    """The totals that surefire prints for each module against all cases."""
    totals = [tuple(map(int, numbers)) for numbers in _TOTAL.findall(plain(output))]
    if not totals:
        return ""
    said = dict(zip(_WORDS, map(sum, zip(*totals, strict=True)), strict=True))
    read = Counter[str](case.outcome for case in cases)
    read["run"] = len(cases)
    return against_summary(said, read, _WORDS)
