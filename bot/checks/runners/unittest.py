"""unittest, by its own command line with a result of ours: `-m unittest` becomes `-m maestro_unittest`."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import Case, Line, against_summary, conclude, joined, nothing_left, plain, read_lines
from bot.checks.runners.base import TRIAL, of_python, selection, support
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_MODULE = re.compile(r"(?<=\s)-m(\s*)unittest(?=\s|$|[;&|)])", re.MULTILINE)
_RAN = re.compile(r"^Ran (\d+) tests? in [\d.]+s$", re.MULTILINE)
_STATE = re.compile(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.MULTILINE)
_WORDS = ("run", "failures", "errors", "skipped")


@dataclass(frozen=True, slots=True)
class Unittest:
    """Test ids are unittest's own: `tests.test_a.TestB.test_c`, a subtest's with ` (i=1)` behind; a module that could
    not be imported stands under its dotted name as an error."""

    name: str = "unittest"
    selects: bool = True
    result_files: tuple[str, ...] = ("unittest-*.jsonl",)

    @property
    def support_files(self) -> Mapping[str, str]:
        return support("maestro_unittest.py", "maestro_trial_unittest.py", *TRIAL)

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command) and bool(_MODULE.search(command))

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        return of_python(_MODULE.sub("-m maestro_unittest", command), selection(paths, only), {})

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        runs, problem = read_lines(files)
        tests = [line for lines in runs for line in lines if line.id is not None]
        if not files:
            problem = nothing_left("unittest", exit_code, output)
        elif not all(any(line.end is not None for line in lines) for lines in runs):
            problem = problem or "unittest ended before the run was complete"
        return conclude(
            (Case(line.id or "", line.outcome, line.message, line.part) for line in tests),
            exit_code=exit_code,
            problem=problem,
            disagreements=(joined(_against_own(lines) for lines in runs), _against_output(runs, output)),
        )

    def file_of(self, test: str, paths: Collection[str]) -> str:
        """The longest dotted beginning that is a file; with `discover -s tests`, ids start below the start folder."""
        words = test.split(" ", 1)[0].split(".")
        for length in range(len(words), 0, -1):
            file = "/".join(words[:length]) + ".py"
            found = sorted((path for path in paths if path == file or path.endswith("/" + file)), key=len)
            if found:
                return found[0]
        return ""


def _against_own(lines: Sequence[Line]) -> str:
    """unittest's own lists against the reports one by one: is a failure missing in either?"""
    bad = any(line.id is not None and line.outcome in {"failed", "error"} for line in lines)
    for line in lines:
        if line.run is not None and bool(line.failures or line.errors) and not bad:
            return "unittest counts failures that its reports do not hold"
    return ""


def _against_output(runs: Sequence[Sequence[Line]], output: str) -> str:
    """Each run's own counts must stand in the output."""
    text = plain(output)
    said = [_counts(number, state) for number, state in zip(_RAN.findall(text), _STATE.findall(text), strict=False)]
    own = [line for lines in runs for line in lines if line.run is not None]
    if not said:
        return "unittest printed no summary" if own and len(text) < 900_000 else ""
    for line in own:
        read = {"run": line.run or 0, "failures": line.failures, "errors": line.errors, "skipped": line.skipped}
        if all(against_summary(one, read, _WORDS) for one in said):
            return against_summary(said[-1], read, _WORDS)
    return ""


def _counts(number: str, state: str) -> dict[str, int]:
    pairs = [part.split("=") for part in state.split(", ") if "=" in part]
    return {"run": int(number)} | {word: int(count) for word, count in pairs if count.isdigit()}
