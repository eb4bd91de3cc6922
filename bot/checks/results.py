"""Reading result files, which hostile code may have written: JSON lines of our own, jest's JSON, JUnit XML.

Nothing here raises for what a file holds. What can't be read is said in words, and what could be read before is kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.checks.wording import count
from bot.ports.agent import Tests

LARGEST = 64 * 1024 * 1024
"""Bytes of one result file; whoever collects them may stop at one byte more, and it is said."""

MOST = 200_000
"""Tests of one run."""

DEEPEST = 200
MESSAGE = 2000
Outcome = Literal["passed", "failed", "skipped", "error"]
_RANK = {"passed": 0, "skipped": 1, "error": 2, "failed": 3}
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class Foreign(BaseModel):
    """A shape that others write: unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Line(Foreign):
    """One line of our own result files: a start (`runner`), a test (`id`), a runner's own counts, an `end`.

    `sub`: said of a part of a test; `part`: this id is that of the part. `expected`: marked as an expected failure.
    `raised`: passed although it raised.
    """

    runner: str = ""
    id: str | None = None
    outcome: Outcome = "error"
    message: str = ""
    sub: bool = False
    part: bool = False
    expected: bool = False
    raised: bool = False
    run: int | None = None
    failures: int = 0
    errors: int = 0
    skipped: int = 0
    end: int | None = None
    counts: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """One report on one test, or on a `part` of one (a subtest)."""

    id: str
    outcome: Outcome
    message: str = ""
    part: bool = False


def plain(output: str) -> str:
    """Output without the colours and cursor movements of a terminal."""
    return _ANSI.sub("", output)


def last_line(output: str) -> str:
    """The last line that says something, at most 300 characters."""
    lines = [line.strip() for line in plain(output[-20_000:]).splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def read_lines(files: Mapping[str, bytes]) -> tuple[tuple[tuple[Line, ...], ...], str]:
    """The lines of each of our own result files, in the order in which the runs began, and what was wrong."""
    read, problems = [], []
    for name in sorted(files):
        lines, problem = _lines(name, files[name])
        read.append(lines)
        problems.append(problem)
    return tuple(read), joined(problems)


def _lines(name: str, data: bytes) -> tuple[tuple[Line, ...], str]:
    if problem := too_large(name, data):
        return (), problem
    lines = []
    for number, text in enumerate(data.splitlines(), start=1):
        try:
            lines.append(Line.model_validate_json(text))
        except ValidationError:
            return tuple(lines), f"line {number} of the result file {name} is not what the runner writes"
        if len(lines) > MOST:
            return tuple(lines), f"the result file {name} holds more than {MOST:,} reports: the rest was not read"
    return tuple(lines), ""


def too_large(name: str, data: bytes) -> str:
    if len(data) <= LARGEST:
        return ""
    return f"the result file {name} is larger than {LARGEST // 2**20} MiB and was not read"


def joined(problems: Iterable[str]) -> str:
    """Several sentences as one text, each once, empty ones left out."""
    return "; ".join(dict.fromkeys(problem for problem in problems if problem))


# --- jest's JSON, which vitest writes too ----------------------------------------------------------------------------
class JestTest(Foreign):
    ancestorTitles: tuple[str, ...] = ()
    title: str = ""
    status: str = ""
    failureMessages: tuple[str | None, ...] | None = ()


class JestFile(Foreign):
    name: str = ""
    status: str = ""
    message: str | None = ""
    assertionResults: tuple[JestTest, ...] = ()


class JestReport(Foreign):
    numTotalTests: int = 0
    numPassedTests: int = 0
    numFailedTests: int = 0
    success: bool | None = None
    testResults: tuple[JestFile, ...] = ()


def read_jest(name: str, data: bytes) -> JestReport | str:
    """jest's result file, or what is wrong with it."""
    if problem := too_large(name, data):
        return problem
    try:
        return JestReport.model_validate_json(data)
    except ValidationError as error:
        return f"the result file {name} is not a jest report: {error.errors()[0]['msg']}"


# --- JUnit XML -------------------------------------------------------------------------------------------------------
def read_junit(files: Mapping[str, bytes], identify: Callable[[Mapping[str, str]], str]) -> tuple[list[Case], str]:
    """The cases of all JUnit XML files. `identify` makes a test id from a `testcase` element's attributes."""
    cases: list[Case] = []
    problems = []
    for name in sorted(files):
        problems.append(too_large(name, files[name]) or _junit(name, files[name], identify, cases))
    return cases, joined(problems)


def _junit(name: str, data: bytes, identify: Callable[[Mapping[str, str]], str], cases: list[Case]) -> str:
    """Adds a file's cases as they are read, so that those before a fault are kept; returns the fault."""
    try:
        for element in _elements(data):
            if element.tag == "testcase":
                cases.append(_case(element, identify))
                if len(cases) > MOST:
                    return f"the result files hold more than {MOST:,} tests: the rest was not read"
    except DefusedXmlException:
        return f"the result file {name} declares entities or a document type: it was not read"
    except (ParseError, UnicodeError, LookupError, ValueError) as error:
        return f"the result file {name} is not complete XML ({error})"
    return ""


def _elements(data: bytes) -> Iterator[Element]:
    """Every element as it ends; emptied afterwards, so that memory stays with the deepest open one."""
    open_elements: list[Element] = []
    for event, element in iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            open_elements.append(element)
            if len(open_elements) > DEEPEST:
                raise ValueError(f"elements nested deeper than {DEEPEST}")
            continue
        open_elements.pop()
        if not any(each.tag == "testcase" for each in open_elements):
            yield element
            element.clear()
            if open_elements:
                open_elements[-1].remove(element)


def _case(element: Element, identify: Callable[[Mapping[str, str]], str]) -> Case:
    test = identify(element.attrib)
    marks: tuple[tuple[str, Outcome], ...] = (("failure", "failed"), ("error", "error"), ("skipped", "skipped"))
    for tag, outcome in marks:
        found = element.find(tag)
        if found is not None:
            said = (found.get("message", ""), "".join(found.itertext()).strip())
            return Case(test, outcome, "\n".join(dict.fromkeys(part for part in said if part))[:MESSAGE])
    status = element.get("status") or element.get("result") or ""
    return Case(test, "skipped" if status in {"skipped", "disabled", "notrun", "suppressed"} else "passed")


# --- from reports to tests -------------------------------------------------------------------------------------------
def numbered(cases: Iterable[Case]) -> list[Case]:
    """The cases with `(2)`, `(3)` … after an id that came before: for runners where equal names are different tests."""
    seen: Counter[str] = Counter()
    distinct = []
    for case in cases:
        seen[case.id] += 1
        count = seen[case.id]
        distinct.append(case if count == 1 else Case(f"{case.id} ({count})", case.outcome, case.message))
    return distinct


def conclude(
    cases: Iterable[Case],
    *,
    exit_code: int | None,
    problem: str = "",
    disagreements: Iterable[str] = (),
) -> Tests:
    """Tests from all reports on them, the worst for each id, and how the exit code agrees with them."""
    outcomes: dict[str, str] = {}
    messages: dict[str, str] = {}
    parts: set[str] = set()
    for case in cases:
        if case.part:
            parts.add(case.id)
        before = outcomes.get(case.id)
        if before is None or _RANK[case.outcome] > _RANK[before]:
            outcomes[case.id] = case.outcome
            messages.pop(case.id, None)
            if case.message:
                messages[case.id] = case.message[:MESSAGE]
    if exit_code is None:
        late = joined(("the run was ended by its time limit", problem))
        return Tests(outcomes, messages, broken=late, parts=frozenset(parts))
    broken = problem or ("" if outcomes else "no test ran")
    against = () if broken else (_against_exit(exit_code, outcomes), *disagreements)
    return Tests(outcomes, messages, joined(against), broken, frozenset(parts))


def _against_exit(exit_code: int, outcomes: Mapping[str, str]) -> str:
    bad = sum(outcome in {"failed", "error"} for outcome in outcomes.values())
    if bad and exit_code == 0:
        return f"the command ended with 0 although {count(bad, 'test')} failed"
    if not bad and exit_code != 0:
        return f"the command ended with {exit_code} although no test failed"
    return ""


def nothing_left(runner: str, exit_code: int | None, output: str, telling: re.Pattern[str] | None = None) -> str:
    """The sentence for a run without results: with the first line that matches `telling`, else the last line."""
    found = telling.search(plain(output)) if telling is not None else None
    line = found[0].strip()[:300] if found else last_line(output)
    return f"{runner} left no results (exit code {exit_code})" + (f": {line}" if line else "")


def against_summary(said: Mapping[str, int], read: Mapping[str, int], words: Sequence[str]) -> str:
    """How the runner's own summary differs from the result file in these counts; '' when it does not."""
    differing = [word for word in words if said.get(word, 0) != read.get(word, 0)]
    if not differing:
        return ""
    first = ", ".join(f"{said.get(word, 0)} {word}" for word in differing)
    second = ", ".join(f"{read.get(word, 0)} {word}" for word in differing)
    return f"the runner's summary says {first}; the result file says {second}"
