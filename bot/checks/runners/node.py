"""`node --test`, by a reporter of ours; `npm test` and the like are reached through NODE_OPTIONS."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import Case, Line, against_summary, conclude, joined, nothing_left, numbered, plain, read_lines
from bot.checks.runners.base import JAVASCRIPT_TRIAL, support
from bot.checks.runners.javascript import first_name, instrumented
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_SUMMARY = re.compile(r"^(?:ℹ|#) (pass|fail) (\d+)$", re.MULTILINE)
_WORDS = ("pass", "fail")


@dataclass(frozen=True, slots=True)
class Node:
    """Test ids are `file > suite > test`; a file that could not run stands under its own path as an error.
    A selected test selects its file."""

    name: str = "node"
    selects: bool = True
    result_files: tuple[str, ...] = ("node-*.jsonl",)

    @property
    def support_files(self) -> Mapping[str, str]:
        return support("maestro_node.cjs", "maestro_node_reporter.mjs", *JAVASCRIPT_TRIAL)

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        return instrumented(self.name, command, paths, only)

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        runs, problem = read_lines(files)
        if not files:
            problem = nothing_left("node --test", exit_code, output)
        elif not all(any(line.end is not None for line in lines) for lines in runs):
            problem = problem or "node --test ended before the run was complete"
        cases = [Case(line.id, line.outcome, line.message) for lines in runs for line in lines if line.id is not None]
        return conclude(
            numbered(cases),
            exit_code=exit_code,
            problem=problem,
            disagreements=(joined(_against_own(lines) for lines in runs), _against_output(runs, output)),
        )

    def file_of(self, test: str, paths: Collection[str]) -> str:
        return first_name(test, paths)


def _against_own(lines: Sequence[Line]) -> str:
    """node's own totals against the reports one by one: tests of one kind can't be fewer than it counted failing."""
    bad = sum(line.id is not None and line.outcome in {"failed", "error"} for line in lines)
    counted = sum(line.counts.get("fail", 0) + line.counts.get("cancelled", 0) for line in lines)
    return "" if bool(bad) == bool(counted) else f"node counts {counted} failed, its reports hold {bad}"


def _against_output(runs: Sequence[Sequence[Line]], output: str) -> str:
    """The totals that node printed, where it did, against those in the result files."""
    said = Counter({word: int(number) for word, number in _SUMMARY.findall(plain(output))})
    read: Counter[str] = Counter()
    for line in (line for lines in runs for line in lines):
        read.update({word: line.counts.get(word, 0) for word in _WORDS})
    return against_summary(said, read, _WORDS) if said and len(runs) == 1 else ""
