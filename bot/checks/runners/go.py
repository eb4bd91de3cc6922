"""go test, by its JSON stream: `-json` comes with GOFLAGS, so that a Makefile is reached as well."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from bot.checks.results import MESSAGE, MOST, Case, Foreign, Outcome, conclude, nothing_left, too_large
from bot.checks.runners.base import shell, teed
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_FILE = "go.jsonl"
_ENDS: dict[str, Outcome] = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_ERROR = re.compile(r"^(# .*|.*\.go:\d+:\d+: .*|go: .*)$", re.MULTILINE)


class _Event(Foreign):
    """A line of `go test -json`. Without `Test` it is about the package."""

    Action: str
    Package: str = ""
    ImportPath: str = ""
    Test: str = ""
    Output: str = ""


@dataclass(slots=True)
class _Told:
    """What was said of tests and packages; a package's own entry has the test name ''."""

    outcomes: dict[tuple[str, str], Outcome | None] = field(default_factory=dict)
    words: dict[tuple[str, str], str] = field(default_factory=dict)

    def hear(self, event: _Event) -> None:
        # A build's events name "example.com/m [example.com/m.test]".
        key = (event.Package or event.ImportPath.split(" ", 1)[0], event.Test)
        if event.Action in {"output", "build-output"}:
            self.words[key] = (self.words.get(key, "") + event.Output)[:MESSAGE]
        elif event.Action in _ENDS:
            self.outcomes[key] = _ENDS[event.Action]
        elif event.Action == "run":
            self.outcomes.setdefault(key, None)

    def cases(self) -> Iterator[Case]:
        unfinished = "this test did not run to its end"
        red = {package for (package, test), outcome in self.outcomes.items() if test and outcome in {"failed", None}}
        for (package, test), outcome in self.outcomes.items():
            words = self.words.get((package, test), "")
            if test:
                message = "" if outcome == "passed" else words or (unfinished if outcome is None else "")
                yield Case(f"{package}.{test}", outcome or "error", message)
            elif outcome == "failed" and package not in red:
                yield Case(package, "error", words)


@dataclass(frozen=True, slots=True)
class Go:
    """Test ids are `import/path.TestName/subtest`; a package that could not be built or run stands under its import
    path as an error. A selected subtest selects its test, in every package that has one of the name."""

    name: str = "go"
    selects: bool = True
    result_files: tuple[str, ...] = (_FILE,)

    @property
    def support_files(self) -> Mapping[str, str]:
        return {}

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        names = [] if paths else sorted({found[1] for test in only if (found := _NAME.search(test))})
        # Flags in GOFLAGS are separated by blanks and come before the command's own, which win.
        chosen = f" -run=^({'|'.join(names)})\\$" if names and len(names) == len({*map(_top, only)}) else ""
        return shell(teed(command, _FILE, {"GOFLAGS": f"${{GOFLAGS:+$GOFLAGS }}-json -count=1{chosen}"}))

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        data = files.get(_FILE, b"")
        told, problem = _Told(), too_large(_FILE, data)
        for line in () if problem else data.splitlines():
            if line.startswith(b"{"):
                try:
                    told.hear(_Event.model_validate_json(line))
                except ValidationError:
                    continue  # a program's own output, which goes to the same stream
            if len(told.outcomes) > MOST:
                problem = f"the run reports more than {MOST:,} tests: the rest was not read"
                break
        cases = list(told.cases())
        if not cases and not problem and exit_code not in {0, None}:
            problem = nothing_left("go test", exit_code, output, _ERROR)
        return conclude(cases, exit_code=exit_code, problem=problem)

    def file_of(self, test: str, paths: Collection[str]) -> str:  # noqa: ARG002 - the protocol's
        """Go's ids tell the package, not the file."""
        return ""


_NAME = re.compile(r"\.((?:Test|Example|Fuzz)\w*)(?:/|$)")


def _top(test: str) -> str:
    found = _NAME.search(test)
    return found[1] if found else test
