"""pytest, by a plugin of ours that comes with PYTEST_ADDOPTS: so `make test` or a wrapper script is reached as well."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import Case, Line, against_summary, conclude, joined, nothing_left, plain, read_lines
from bot.checks.runners.base import TRIAL, of_python, selection, support
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_SUMMARY = re.compile(
    r"^(?:=+ )?((?:\d+ [a-z]+(?: [a-z]+)?(?:, )?)+|no tests ran) in [\d.]+s(?: \([\d:]+\))?(?: =+)?\s*$"
)
_WORDS = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
_ENDS = {2: "pytest was interrupted", 3: "pytest had an internal error", 4: "pytest was called wrongly"}


@dataclass(frozen=True, slots=True)
class Pytest:
    """Test ids are node ids relative to /workspace: `tests/test_a.py::TestB::test_c[param]`; a file that could not be
    collected stands under its own path as an error."""

    name: str = "pytest"
    selects: bool = True
    result_files: tuple[str, ...] = ("pytest-*.jsonl",)

    @property
    def support_files(self) -> Mapping[str, str]:
        return support("maestro_pytest.py", "maestro_trial_pytest.py", *TRIAL)

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        env = {"PYTEST_ADDOPTS": "-p maestro_pytest${PYTEST_ADDOPTS:+ $PYTEST_ADDOPTS}"}
        return of_python(command, selection(paths, only), env)

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        runs, problem = read_lines(files)
        tests = [line for lines in runs for line in lines if line.id is not None]
        if not files:
            problem = nothing_left("pytest", exit_code, output)
        return conclude(
            (Case(line.id or "", line.outcome, line.message, line.part) for line in tests),
            exit_code=exit_code,
            problem=problem or joined(_unfinished(lines) for lines in runs),
            disagreements=(_tampered(tests), _against_output(runs, output)),
        )

    def file_of(self, test: str, paths: Collection[str]) -> str:
        file = test.partition("::")[0]
        return file if file in paths else ""


def _unfinished(lines: Sequence[Line]) -> str:
    """Why a run's file is not the account of a complete run."""
    ends = [line.end for line in lines if line.end is not None]
    if not ends:
        return "pytest ended before the run was complete"
    return _ENDS.get(ends[-1], "")


def _tampered(tests: Sequence[Line]) -> str:
    raised = [line.id for line in tests if line.raised]
    return f"reported as passed although its code raised: {', '.join(map(str, raised[:5]))}" if raised else ""


def _against_output(runs: Sequence[Sequence[Line]], output: str) -> str:
    """Each run's counts must stand in a summary line. With `-qq` and the like there is none, and nothing is said."""
    said = [_counts(match[1]) for line in plain(output).splitlines() if (match := _SUMMARY.match(line.strip()))]
    if not said:
        return ""
    for lines in runs:
        read = _tally(lines)
        words = tuple(word for word in _WORDS if word == "passed" or not any(line.sub for line in lines))
        if all(against_summary(one, read, words) for one in said):
            return against_summary(said[-1], read, words)
    return ""


def _counts(summary: str) -> dict[str, int]:
    pairs = [part.split(" ", 1) for part in summary.split(", ") if part[:1].isdigit()]
    return {"errors" if word == "error" else word: int(number) for number, word in pairs}


def _tally(lines: Sequence[Line]) -> Counter[str]:
    """A run's reports counted in the words of pytest's summary."""
    tally: Counter[str] = Counter()
    for line in lines:
        if line.id is None or line.sub:
            continue
        if line.outcome == "error":
            tally["errors"] += 1
        elif line.expected and line.outcome in {"passed", "skipped"}:
            tally["xpassed" if line.outcome == "passed" else "xfailed"] += 1
        else:
            tally[line.outcome] += 1
    return tally
