"""tap, tape, ava and QUnit: what a process of node wrote as TAP, point by point.

Three dialects are one here. Of subtests the innermost are the tests (tap: `file > test`); ava and QUnit have one point
for each; else the points between one comment and the next are one test under its name (tape).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePosixPath

from bot.checks.results import MESSAGE, MOST, Case, Outcome, conclude, joined, nothing_left, numbered, plain, too_large
from bot.checks.runners.base import support
from bot.checks.runners.javascript import SEPARATOR, instrumented
from bot.checks.wording import count
from bot.domain.commandline import runners_in
from bot.ports.agent import Tests

_EACH_POINT = re.compile(r".*-(ava|qunit)\.txt")
_SUBTEST = "# Subtest: "
_INDENT = 4
_POINT = re.compile(r"(not )?ok\b *(\d+)?(?: -)? *(.*?) *(?:(?<!\S)# *(skip|todo|time=).*?)?( \{)?", re.IGNORECASE)
_PLAN = re.compile(r"1\.\.(\d+)\b.*")
_FAILED = re.compile(r"# fail(?:ed)? +(\d+)\b.*")


@dataclass(slots=True)
class _Block:
    """A point, or a subtest with what stands in it. `under`: how many comments stood before it."""

    name: str
    outcome: Outcome = "error"
    under: int = 0
    said: list[str] = field(default_factory=list)
    points: list["_Block"] = field(default_factory=list)
    blocks: list["_Block"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tap:
    """What runs is the command's own choice: these runners have no way to select in common."""

    name: str = "tap"
    selects: bool = False
    result_files: tuple[str, ...] = ("tap-*.txt",)

    @property
    def support_files(self) -> Mapping[str, str]:
        return support("maestro_node.cjs", "maestro_tap.cjs")

    def recognise(self, command: str) -> bool:
        return self.name in runners_in(command)

    def instrument(
        self,
        command: str,
        paths: Sequence[str] = (),  # noqa: ARG002 - can't be restricted
        only: Sequence[str] = (),  # noqa: ARG002
    ) -> tuple[str, ...]:
        return instrumented(self.name, command, (), ())

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        cases: list[Case] = []
        problems, against = [], []
        for name in sorted(files):
            reader = _Reader(by_comment=_EACH_POINT.fullmatch(name) is None)
            problems.append(too_large(name, files[name]) or reader.read(plain(files[name].decode("utf-8", "replace"))))
            cases += reader.cases()
            against.append(reader.against())
        if not files:
            problems.append(nothing_left("the test command", exit_code, output))
        return conclude(numbered(cases), exit_code=exit_code, problem=joined(problems), disagreements=against)

    def file_of(self, test: str, paths: Collection[str]) -> str:
        """tap's ids begin with the file; ava's with as much of its path as differs, where it ran several."""
        first, found = test.split(SEPARATOR, 1)[0], tuple(test.split(" › ")[:-1])
        if first in paths or not found:
            return first if first in paths else ""
        return next((path for path in sorted(paths) if _parts(path)[-len(found) :] == found), "")


def _parts(path: str) -> tuple[str, ...]:
    """The folders of a file, and its name up to the first dot."""
    file = PurePosixPath(path)
    return *file.parent.parts, file.name.partition(".")[0]


class _Reader:
    """The TAP of one process, line by line. `open`: the subtests around the line, the whole first."""

    def __init__(self, *, by_comment: bool) -> None:
        self.by_comment = by_comment
        self.open = [_Block("")]
        self.last: _Block | None = None
        self.comments: list[str] = [""]
        self.numbers: list[int] = []
        self.plan: int | None = None
        self.failed: int | None = None
        self.problem = ""

    def read(self, text: str) -> str:
        """What kept the results from being complete; '' for nothing."""
        points, end = 0, ""
        for line in map(str.rstrip, text.splitlines()):
            if end and line != end:
                self._detail(line)
            elif end or line.lstrip() == "---":
                end = "" if end else line.replace("---", "...")
            else:
                points += self._line(line)
            if points > MOST:
                return f"the results hold more than {MOST:,} points: the rest was not read"
        if self.plan is None or len(self.numbers) < self.plan:
            return self.problem or "the test run ended before it was complete"
        return self.problem

    def _detail(self, line: str) -> None:
        if self.last is not None and sum(map(len, self.last.said)) < MESSAGE:
            self.last.said.append(line.strip())

    def _line(self, line: str) -> bool:
        """Whether the line is a point."""
        depth, rest = divmod(len(line) - len(line.lstrip(" ")), _INDENT)
        text = line.strip()
        if rest or depth >= len(self.open):
            return False  # what a test printed
        if text.startswith(_SUBTEST):
            del self.open[depth + 1 :]
            self._into(depth, _Block(text.removeprefix(_SUBTEST)))
        elif text == "}":
            del self.open[depth + 1 :]
        elif (point := _POINT.fullmatch(text)) is not None:
            self._point(depth, point)
            return True
        elif depth == 0:
            self._of_the_whole(text)
        return False

    def _into(self, depth: int, block: _Block) -> None:
        self.open[depth].blocks.append(block)
        self.open.append(block)

    def _point(self, depth: int, found: re.Match[str]) -> None:
        outcome = _outcome(bool(found[1]), (found[4] or "").lower())
        if depth == 0:
            self.numbers.append(int(found[2] or len(self.numbers) + 1))
        if depth + 1 < len(self.open):  # the end of a subtest
            self.last = self.open[depth + 1]
            self.last.outcome = outcome
            del self.open[depth + 1 :]
            return
        self.last = _Block(found[3], outcome, len(self.comments) - 1 if depth == 0 else 0)
        if found[5]:
            self._into(depth, self.last)
        else:
            self.open[depth].points.append(self.last)

    def _of_the_whole(self, text: str) -> None:
        if (plan := _PLAN.fullmatch(text)) is not None:
            self.plan = int(plan[1])
        elif (failed := _FAILED.fullmatch(text)) is not None:
            self.failed = int(failed[1])
        elif text.startswith("Bail out!"):
            self.problem = f"the test run gave up: {text.removeprefix('Bail out!').strip()[:300]}"
        elif text.startswith("# ") and self.by_comment:
            self.comments.append(text.removeprefix("# "))

    def cases(self) -> list[Case]:
        whole = self.open[0]
        found = [case for block in whole.blocks for case in _tests(block, ())]
        for under, group in groupby(whole.points, key=lambda point: 0 if whole.blocks else point.under):
            points = list(group)
            found += [_case(self.comments[under], points)] if under else [_case(each.name, [each]) for each in points]
        return found

    def against(self) -> str:
        """How the numbers of the points contradict the plan, or those that failed the summary."""
        whole = self.open[0]
        bad = sum(each.outcome in {"failed", "error"} for each in (*whole.points, *whole.blocks))
        # ava numbers what went wrong beside the tests behind those that were planned.
        beside = len(self.numbers) - (self.plan or 0)
        if self.plan is not None and (self.numbers != list(range(1, len(self.numbers) + 1)) or beside > bad):
            return f"{count(self.plan, 'point')} planned; the results hold {len(self.numbers)}"
        differs = self.failed is not None and bool(self.failed) != bool(bad)
        return f"the runner's summary says {self.failed} failed; the results hold {bad}" if differs else ""


def _outcome(bad: bool, mark: str) -> Outcome:
    if mark == "skip" or (mark == "todo" and bad):
        return "skipped"
    return "failed" if bad else "passed"


def _tests(block: _Block, above: tuple[str, ...]) -> Iterator[Case]:
    """The innermost subtests, and those left out, which are mere points. A subtest around others is a test where it has
    points of its own, and an error where it failed without any of what stands in it."""
    names = (*above, block.name)
    test = SEPARATOR.join(names)
    inner = [case for each in block.blocks for case in _tests(each, names)]
    if not inner:
        words = "\n".join((*block.said, *_told(block.points)))
        yield Case(test, block.outcome, words[:MESSAGE] if block.outcome != "passed" else "")
        return
    yield from inner
    own = [point for point in block.points if point.outcome != "skipped"]
    left_out = (point.name for point in block.points if point.outcome == "skipped")
    yield from (Case(SEPARATOR.join((*names, name)), "skipped") for name in left_out)
    if own:
        yield _case(test, own)
    elif block.outcome == "failed" and not any(case.outcome in {"failed", "error"} for case in inner):
        yield Case(test, "error", "\n".join(block.said)[:MESSAGE])


def _case(name: str, points: Sequence[_Block]) -> Case:
    """One test of several points."""
    outcomes = {point.outcome for point in points}
    worst: Outcome = "failed" if "failed" in outcomes else "passed" if "passed" in outcomes else "skipped"
    return Case(name, worst, "\n".join(_told(points))[:MESSAGE])


def _told(points: Sequence[_Block]) -> list[str]:
    return [line for point in points if point.outcome == "failed" for line in (point.name, *point.said)]
