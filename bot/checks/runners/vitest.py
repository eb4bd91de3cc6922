"""vitest, by its JSON report; `npm test` and the like are reached through NODE_OPTIONS."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import conclude
from bot.checks.runners.base import JAVASCRIPT_TRIAL, support
from bot.checks.runners.javascript import FOLDER, against_output, first_name, instrumented, read_report
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_SUMMARY = re.compile(r"^ *Tests +(\d.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Vitest:
    """Test ids are `file > describe > test`; a file that could not run stands under its own path as an error.
    A selected test selects its file; files that the command names itself run as well."""

    name: str = "vitest"
    selects: bool = True
    result_files: tuple[str, ...] = (FOLDER, "vitest-*.json")

    @property
    def support_files(self) -> Mapping[str, str]:
        return support("maestro_node.cjs", *JAVASCRIPT_TRIAL)

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        return instrumented(self.name, command, paths, only)

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        cases, problem, against = read_report(self.name, exit_code, output, files)
        against.append(against_output(output, _SUMMARY, cases, files))
        return conclude(cases, exit_code=exit_code, problem=problem, disagreements=against)

    def file_of(self, test: str, paths: Collection[str]) -> str:
        return first_name(test, paths)
