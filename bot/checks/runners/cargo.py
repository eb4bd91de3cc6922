"""cargo test, by libtest's own text: stable Rust has no machine-readable form."""

import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.checks.results import (
    MESSAGE,
    Case,
    Outcome,
    against_summary,
    conclude,
    joined,
    nothing_left,
    numbered,
    plain,
    too_large,
)
from bot.checks.runners.base import shell, teed, with_options
from bot.domain.commandline import programs, runners_in
from bot.ports.agent import Tests

_FILE = "cargo.txt"
_CARGO = r"cargo(?:\s+\+\S+)?\s+(?:test|t)"
_QUIET = re.compile(rf"({_CARGO}\b[^;&|\n]*?)\s(?:-q|--quiet)(?=\s|$)", re.MULTILINE)
_SECTION = re.compile(
    r"^ +(?:Running (unittests )?(?:(\S+) )?\(?\S*?/([^/\s()]+?)-[0-9a-f]{16}(?:\.exe)?\)?|Doc-tests (\S+))$"
)
_TEST = re.compile(r"^test (.+?)(?: - should panic)?(?: - compile(?: fail)?)? \.\.\. (.*)$")
_STATUS = re.compile(r"\b(ok|FAILED|ignored(?:, .*)?)$")
_RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;")
_PANIC = re.compile(r"^---- (.+?) stdout ----$")
_LINE = re.compile(r" \(line \d+\)$")
_ERROR = re.compile(r"^error(\[E\d+\])?: .*$", re.MULTILINE)
_OUTCOMES: dict[str, Outcome] = {"ok": "passed", "FAILED": "failed"}


@dataclass(slots=True)
class _Section:
    """One test program's part of the output."""

    name: str
    outcomes: list[tuple[str, Outcome]] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)
    result: tuple[int, int, int] | None = None

    def cases(self) -> Iterator[Case]:
        # Documentation tests of one item differ by their lines only, and libtest reports them as they end.
        for test, outcome in sorted(self.outcomes, key=_place):
            yield Case(f"{self.name}::{_LINE.sub('', test)}", outcome, self.messages.get(test, "").strip()[:MESSAGE])
        if self.result is None:
            yield Case(self.name, "error", "this test program ended before its tests did")

    def disagreement(self) -> str:
        if self.result is None:
            return ""
        said = dict(zip(("passed", "failed", "skipped"), self.result, strict=True))
        return against_summary(said, Counter[str](outcome for _, outcome in self.outcomes), tuple(said))


@dataclass(frozen=True, slots=True)
class Cargo:
    """Test ids are Rust paths that begin with the test program: `calc::tests::adds`; those of a binary begin with
    `calc (bin)`, documentation tests with `calc (doc)` and without their line numbers, which move."""

    name: str = "cargo"
    selects: bool = True
    result_files: tuple[str, ...] = (_FILE,)

    @property
    def support_files(self) -> Mapping[str, str]:
        return {}

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        ours = with_options(_QUIET.sub(r"\1", command), _CARGO, ["--no-fail-fast"])
        names = [] if paths else _names(only)
        if names and len(programs(command)) == 1:
            filters = " ".join(shlex.quote(name) for name in names)
            ours = f"{ours} {filters} --exact" if " -- " in ours else f"{ours} -- --exact {filters}"
        env = {"CARGO_TERM_COLOR": "never", "CARGO_NET_OFFLINE": "true"}
        return shell(teed(ours, _FILE, env))

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        data = files.get(_FILE, b"")
        problem = too_large(_FILE, data)
        sections = [] if problem else list(_sections(data.decode("utf-8", "replace")))
        cases = numbered(case for section in sections for case in section.cases())
        if not cases and not problem and exit_code not in {0, None}:
            problem = nothing_left("cargo test", exit_code, output, _ERROR)
        against = joined(section.disagreement() for section in sections)
        return conclude(cases, exit_code=exit_code, problem=problem, disagreements=(against,))

    def file_of(self, test: str, paths: Collection[str]) -> str:
        """The file of an integration test; a unit test's id does not tell its file."""
        target = test.split("::", 1)[0]
        ends = (f"tests/{target}.rs", f"tests/{target}/main.rs")
        found = [path for path in sorted(paths) if path in ends or path.endswith(tuple(f"/{end}" for end in ends))]
        return found[0] if found else ""


def _place(told: tuple[str, Outcome]) -> tuple[str, int]:
    line = re.search(r"\(line (\d+)\)$", told[0])
    return _LINE.sub("", told[0]), int(line[1]) if line else 0


def _names(only: Sequence[str]) -> list[str]:
    """The names that libtest knows the tests by; none when documentation tests or whole programs are among them."""
    if any("::" not in test or " (doc)::" in test for test in only):
        return []
    return sorted({re.sub(r" \(\d+\)$", "", test.split("::", 1)[1]) for test in only})


def _sections(text: str) -> Iterator[_Section]:
    """The parts of cargo's output, one for each test program."""
    section: _Section | None = None
    panicking = ""
    for line in plain(text).splitlines():
        if (found := _SECTION.match(line)) is not None:
            if section is not None:
                yield section
            section, panicking = _Section(_title(found)), ""
        elif section is None:
            continue
        elif (found := _PANIC.match(line)) is not None:
            panicking = found[1]
        elif line == "failures:":
            panicking = ""
        elif panicking:
            section.messages[panicking] = section.messages.get(panicking, "")[:MESSAGE] + line + "\n"
        else:
            _read(section, line)
    if section is not None:
        yield section


def _title(found: re.Match[str]) -> str:
    unit, source, target, documented = found.groups()
    if documented:
        return f"{documented} (doc)"
    return f"{target} (bin)" if unit and source and source.startswith(("src/main", "src/bin")) else target


def _read(section: _Section, line: str) -> None:
    """A line of libtest outside of panics. With `--nocapture` a test's own output stands before its outcome."""
    if (found := _TEST.match(line)) is not None:
        if (status := _STATUS.search(found[2])) is not None:
            section.outcomes.append((found[1], _OUTCOMES.get(status[1], "skipped")))
        else:
            section.messages[""] = found[1]
    elif section.messages.get("") and (status := _STATUS.search(line)) is not None:
        section.outcomes.append((section.messages.pop(""), _OUTCOMES.get(status[1], "skipped")))
    elif (found := _RESULT.match(line)) is not None:
        section.result = (int(found[1]), int(found[2]), int(found[3]))
