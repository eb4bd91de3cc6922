"""`integrity`: was the measuring instrument touched? Signs in the change, read by parsing, and signs in what ran.

The one way that everything takes here:

    changed files      `_View` takes the texts of a question that hold tests, and those that hold none
    readers            `reading` has `python`, `javascript` or `trees` read a test file into a `Sheet`, in `model`'s
                       terms: its tests, and of each what it insists on, its cases, its marks, what it replaces
    comparing          `comparing` sets the sheets of both sides against each other; `sources` looks for signs in code,
                       `settings` in all that decides how tests run and count, `executed` in what ran. All give a `Sign`
    findings           `findings` makes of each sign a finding at its place, and says whether the plan explains it
    explained          what is left is explained by execution where `trial` lets mutants speak for tests that reading
                       finds weakened, or by a person who accepts it by name

A sign is no conviction. Until each finding is explained the check is unproven, never upheld.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pydantic import JsonValue

from bot.checks.arguments import not_claimable
from bot.checks.integrity import executed, singled, trial
from bot.checks.integrity.comparing.matching import tokens
from bot.checks.integrity.comparing.weakened import signs_in_tests
from bot.checks.integrity.comparing.world import Sides
from bot.checks.integrity.findings import findings, meant
from bot.checks.integrity.model import Sheet, Sign
from bot.checks.integrity.project import Project
from bot.checks.integrity.python.syntax import below
from bot.checks.integrity.python.syntax import parse as parse_python
from bot.checks.integrity.python.values import built
from bot.checks.integrity.reading import is_code, is_collected, read, share, suffix, unshadowed
from bot.checks.integrity.settings import aliases, limits, places, runner_config
from bot.checks.integrity.settings.configuration import Setting, flatten, is_configuration, shadowed
from bot.checks.integrity.sources import appeared, equality, hidden
from bot.checks.integrity.trees import syntax as tree
from bot.checks.overlay import respelled
from bot.checks.planned.explained import sentences
from bot.checks.running import BASE, HEAD, missing, suite_of
from bot.checks.testfiles import tests_of
from bot.checks.wording import count, listed, sentence
from bot.domain.work import Finding, Verdict
from bot.ports import FileChange, Judgement, Question, Result, Run

MOST_TEXT = 8_000_000  # characters of changed code that are read; beyond that the change is too large to be vouched for
_ASKS = ("expectation-changed", "test-weakened", "test-removed")
"""Kinds of findings by which a test asks for something else, or for less."""


class IntegrityCheck:
    name = "integrity"
    always = True

    def problem(self, _: Mapping[str, JsonValue], /) -> str | None:
        return not_claimable(self.name)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        suite = suite_of(question)
        runs = (suite.run("base", BASE), suite.run("head", HEAD)) if suite is not None and suite.runner else ()
        wanted = missing(runs, results)
        if wanted:
            return wanted
        view = _View.of(question)
        signs = list(view.signs())
        if suite is not None and runs:
            sheets = {sheet.path: sheet for sheet in view.new}
            signs += executed.signs(question, suite, results["base"], results["head"], signs, sheets)
        found = findings(question, signs)
        let_go()
        tried = trial.acquittal(question, suite, found, results)
        if isinstance(tried, tuple):
            return tried
        left = tried.left(found)
        verdict = Verdict.UNPROVEN if any(each.explained is None for each in left) else Verdict.UPHELD
        return Judgement(verdict, _reason(question, found, tried), findings=left)


def static_findings(question: Question) -> tuple[Finding, ...]:
    """What can be told from the change alone."""
    found = findings(question, _View.of(question).signs())
    let_go()
    return found


def turned(question: Question) -> Mapping[tuple[str, str], bool]:
    """The tests, by file (where it is now) and name, of which the change shows that what they expect is another thing:
    whether the plan says that it changes or goes, and nothing else is to be seen in them. Where reading shows nothing
    there is no answer."""
    signs = list(_View.of(question).signs())
    let_go()
    told_of = meant(signs, sentences(question.plan))
    moves = {change.renamed_from: change.path for change in question.changes}
    named = {sign: {(moves.get(sign.path, sign.path), name) for name in sign.names} for sign in signs}
    told = {test for sign in told_of if sign.turn is not None or sign.kind in _ASKS for test in named[sign]}
    other = {test for sign in signs if sign not in told_of for test in named[sign]}
    untold = {test for s in signs if s not in told_of and s.kind == "expectation-changed" for test in named[s]}
    return dict.fromkeys(untold, False) | dict.fromkeys(told - other, True)


def let_go() -> None:
    """Forget the trees of a question."""
    parse_python.cache_clear()
    below.cache_clear()
    built.cache_clear()
    tree.parse.cache_clear()
    tree.below.cache_clear()
    tree.callee.cache_clear()
    tokens.cache_clear()


def _reason(question: Question, findings: tuple[Finding, ...], tried: trial.Acquittal) -> str:
    open_ones = [finding for finding in findings if finding.explained is None]
    if open_ones and tried.noticed:
        places = listed([f"{finding.path}:{finding.line}" for finding in open_ones])
        changes = count(tried.noticed, "small change")
        said = f"{changes} to what the sources give that the old ones notice, the reshaped tests notice"
        return f"{count(open_ones, 'doubt')} by reading tried ({places}): all {said}."
    if open_ones:
        said = ", ".join(f"{kind} {n}" for kind, n in sorted(Counter(each.kind for each in open_ones).items()))
        return sentence(f"{count(open_ones, 'finding')} that nothing explains: {said}")
    named = f"; {count(findings, 'finding')} named by the plan" if findings else ""
    return f"{count(question.changes, 'changed path')}, and nothing in them touches how the result is measured{named}."


@dataclass(frozen=True, slots=True)
class _View:
    """A question, read: its test files on both sides, and all its texts."""

    question: Question
    tests: frozenset[str]
    project: Project
    old: tuple[Sheet, ...]
    new: tuple[Sheet, ...]
    broken: tuple[Sign, ...]

    @classmethod
    def of(cls, question: Question) -> "_View":
        tests = tests_of(question.base_paths | question.head_paths)
        old: list[Sheet] = []
        new: list[Sheet] = []
        broken: list[Sign] = []
        room = MOST_TEXT
        for change in question.changes:
            if not _holds_tests(change, tests):
                continue
            room -= len(change.old or "") + len(change.new or "")
            before, after = _sheets(question, change) if room > 0 else (None, None)
            unread = room <= 0 and change.old is not None
            if unread or (before is not None and _is_broken(before, after, change)):
                what = "The test file can't be read any more, so nothing tells what it tests."
                broken.append(Sign("test-removed", 1, what, path=change.path))
                continue
            old += [before] if before is not None else []
            new += [after] if after is not None else []
        project = Project.of(question.base_paths | question.head_paths, tests)
        share(old, project)
        share(new, project)
        olds, news = unshadowed(old, project), unshadowed(new, project)
        return cls(question, tests, project, tuple(olds), tuple(news), tuple(broken))

    def signs(self) -> Iterator[Sign]:
        """Every sign that reading tells."""
        question = self.question
        olds, news = (list(_texts(question.changes, self.tests, side)) for side in ("old", "new"))
        yield from self.broken
        before, after = appeared.definitions(olds), appeared.definitions(news)
        moves = {c.renamed_from: c.path for c in question.changes if c.renamed_from is not None}
        created = {c.path for c in question.changes if c.old is None and c.renamed_from is None}
        fresh = (after - before) | (created - self.tests)
        yield from signs_in_tests(
            Sides(self.old, self.new, self.project, before - after, after, fresh, moves, others=self._others)
        )
        junit = (question.rules.junit,) if question.rules.junit else ()
        yield from appeared.signs(olds, news, junit)
        yield from appeared.special_cases(olds, news, (*self.old, *self.new), self._unchanged_tests())
        yield from singled.signs(olds, news, self.old, self.new, question.plan)
        for change in question.changes:
            for sign in self._of_file(change):
                yield replace(sign, path=sign.path or change.path)

    def _others(self, names: Sequence[str]) -> list[Sheet]:
        """Unchanged test files in which one of these names stands."""
        texts = self._unchanged_tests().items()
        found = [read(path, text) for path, text in texts if any(name in text for name in names)]
        return [sheet for sheet in found if sheet is not None]

    def _unchanged_tests(self) -> Mapping[str, str]:
        changed = {change.path for change in self.question.changes}
        return {p: t for p, t in self.question.head_files.items() if p in self.tests and p not in changed}

    def _of_file(self, change: FileChange) -> Iterator[Sign]:
        path, old, new = change.path, change.old, change.new
        is_test = path in self.tests or (change.renamed_from or path) in self.tests
        known = self.question.base_paths
        yield from places.signs(change.renamed_from or path, old, new, is_test, self.question.rules, known)
        yield from hidden.file_signs(path, old, new, binary=change.binary, link=change.link, is_test=is_test)
        if old == new:
            return
        yield from hidden.text_signs(path, old, new)
        yield from equality.signs(path, old, new) if is_code(path) and not is_test else ()
        yield from runner_config.file_signs(path, old, new)
        yield from limits.ignore_file_signs(path, old, new)
        yield from limits.comment_signs(path, old, new, is_test=is_test)
        yield from limits.call_signs(path, old, new)
        # A package that goes away as a whole takes its settings with it.
        if is_configuration(path) and not (new is None and "/" in path):
            before, after = flatten(path, old) or {}, flatten(path, new) or {}
            if old is None:
                before = shadowed(path, self.question.base_files)
            moved = self._settings()
            yield from runner_config.setting_signs(path, before, after, new or "", self._collected(), moved)
            yield from limits.setting_signs(path, before, after, new or "", moved)
            scripts = {c.path: c.new for c in self.question.changes if c.new is not None}
            yield from runner_config.script_signs(before, after, new or "", scripts)
            paths = self.question.base_paths | self.question.head_paths
            yield from aliases.signs(path, before, after, new or "", paths, self.tests)

    def _settings(self) -> frozenset[Setting]:
        """What stands in the changed configuration files now."""
        flats = [flatten(change.path, change.new) or {} for change in self.question.changes]
        return frozenset((key.rpartition(".")[2], " ".join(values)) for flat in flats for key, values in flat.items())

    def _collected(self) -> frozenset[str]:
        """The test files that were there before the change and that a runner looks into, where they stand now."""
        there = frozenset(p for p in self.tests & self.question.base_paths if is_code(p) and is_collected(p))
        moved = {c.path for c in self.question.changes if c.renamed_from in there}
        gone = {PurePosixPath(p).name for p in there - self.question.head_paths}
        again = {p for p in self.tests & self.question.head_paths if PurePosixPath(p).name in gone}
        return (there & self.question.head_paths) | moved | again


def _holds_tests(change: FileChange, tests: frozenset[str]) -> bool:
    """Whether a file of code is a test file on either side; Rust's sources hold tests of their own."""
    if not is_code(change.path) and not is_code(change.renamed_from or ""):
        return False
    inside = suffix(change.path) == ".rs" and any("test" in (text or "") for text in (change.old, change.new))
    return inside or change.path in tests or (change.renamed_from or "") in tests


def _sheets(question: Question, change: FileChange) -> tuple[Sheet | None, Sheet | None]:
    before_path, runner = change.renamed_from or change.path, question.detected.runner or ""
    old = respelled(change.old, change.new, question.changes) if change.old and change.new else change.old
    before = read(before_path, old) if old is not None else None
    after = read(change.path, change.new) if change.new is not None else None
    if after is not None and change.path not in question.base_paths and not is_collected(change.path, runner):
        after = _uncollected(after)
    if before is not None and before_path not in question.head_paths and not is_collected(before_path, runner):
        before = _uncollected(before)
    return before, after


def _uncollected(sheet: Sheet) -> Sheet:
    """A file of a name that no runner looks for: its tests are mere functions."""
    return replace(sheet, tests=(), helpers=(*sheet.helpers, *sheet.tests))


def _is_broken(before: Sheet, after: Sheet | None, change: FileChange) -> bool:
    """Whether a file with tests could be read and can't be now."""
    if not before.tests or (change.new is None and not change.binary):
        return False
    return after is None or (after.errors and not before.errors and not after.tests)


def _texts(changes: Iterable[FileChange], tests: frozenset[str], side: str) -> Iterator[appeared.Text]:
    room = MOST_TEXT
    for change in changes:
        path = (change.renamed_from or change.path) if side == "old" else change.path
        text = change.old if side == "old" else change.new
        if text is not None and (room := room - len(text)) > 0:
            yield path, text, path in tests


CHECK = IntegrityCheck()
