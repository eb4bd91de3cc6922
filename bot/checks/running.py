"""What the checks that run something share: the effective test command, time limits, runs, and reading outcomes."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.checks.pairing import Named, bodies, named
from bot.checks.runners import Runner, by_name
from bot.checks.testfiles import tests_of
from bot.checks.tolerant import missing_name
from bot.domain.rules import Detected
from bot.domain.work import Counts
from bot.ports import Question, Result, Run, Tests, TreeSpec

LIMIT = 20 * 60.0
"""Seconds that one execution may take where the repository's rules don't say."""

HEAD, BASE = TreeSpec("head"), TreeSpec("base")
RED = frozenset({"failed", "error"})
_NOTHING = Tests({}, {})
_COMPILED = (".c", ".h", ".cc", ".cpp", ".pyx", ".pxd", ".pxi")
_ASKS_GIT = re.compile(r"\bgit[\s'\",\[]+(ls-files|ls-tree|rev-parse|describe|status|log|diff|check-ignore)\b")
_REPOSITORY = """test -e .git || {
  git init -q && git add -A . ':!node_modules' && git -c user.name=tree -c user.email=tree@localhost commit -q -m tree
} > /dev/null 2>&1 || true
"""
_SEPARATOR = re.compile(r"::|[./ ]")
_MODULE = re.compile(r"(?!setup|conftest|tests?\b|test_)(\w+)(?:/__init__)?\.py")


def limit_of(question: Question) -> float:
    """Seconds that one execution may take."""
    minutes = question.rules.budget.minutes
    return LIMIT if minutes is None else minutes * 60.0


def shell(command: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", command)


@dataclass(frozen=True, slots=True)
class Suite:
    """The repository's test command, and the runner that tells results by test (None: only an exit code)."""

    command: str
    runner: Runner | None
    limit: float

    def run(
        self, name: str, tree: TreeSpec, *, paths: Sequence[str] = (), only: Sequence[str] = (), repeat: int = 0
    ) -> Run:
        """Run all tests, or those in `paths` or named by `only` where the runner can select."""
        if self.runner is None:
            return Run(name, tree, shell(self.command), self.limit, None, repeat)
        argv = self.runner.instrument(self.command, tuple(sorted(paths)), tuple(sorted(only)))
        return Run(name, tree, argv, self.limit, self.runner.name, repeat)

    @property
    def selects(self) -> bool:
        return self.runner is not None and self.runner.selects

    def file_of(self, test: str, paths: Collection[str]) -> str:
        return self.runner.file_of(test, paths) if self.runner is not None else ""


_PLANT = """n=$1; shift
while [ "$n" -gt 0 ]; do printf '%s' "$2" > "$1"; shift 2; n=$((n - 1)); done
exec "$@"
"""


LARGEST = 100_000
"""Bytes of a text that can be given to a run: it is one argument of a process."""


def are_plantable(texts: Iterable[str]) -> bool:
    return all(len(text.encode()) < LARGEST for text in texts)


def planted(run: Run, files: Mapping[str, str]) -> Run:
    """The run with these texts, by path in the tree, written over what lies there."""
    words = [word for path, text in sorted(files.items()) for word in (path, text)]
    return replace(run, argv=("/bin/sh", "-c", _PLANT, "sh", str(len(files)), *words, *run.argv))


def suite_of(question: Question, detected: Detected | None = None) -> Suite | None:
    """The effective test command, the base's where no other is given; None when there is none."""
    found = detected or question.detected
    command = _in_repository(question) + _built_anew(question) + _where_modules_went(question) + found.test
    runner = by_name(found.runner, question.rules.junit or "")
    return Suite(command, runner, limit_of(question)) if found.test else None


def _in_repository(question: Question) -> str:
    """Shell text that makes the tree a repository of one commit where tests ask git of the tree that they lie in, which
    is a clone wherever else they run."""
    texts = (question.base_files.get(path, "") for path in tests_of(question.base_paths))
    return _REPOSITORY if any(map(_ASKS_GIT.search, texts)) else ""


def _built_anew(question: Question) -> str:
    """Shell text that compiles Python's extension modules once more where the change touches their sources: those of
    set-up are the base's. What can't be built is told by the tests."""
    compiled = any(change.path.endswith(_COMPILED) for change in question.changes)
    if question.detected.runner not in {"pytest", "unittest"} or not compiled or "setup.py" not in question.base_paths:
        return ""
    return "python setup.py --quiet build_ext --inplace --force || true\n"


def _where_modules_went(question: Question) -> str:
    """Shell text that makes Python's modules found where the change moves them, from the top into `src` or out of it:
    what set-up installed looks for them where they are at base."""
    if question.detected.runner not in {"pytest", "unittest"}:
        return ""
    for here, there in (("", "src/"), ("src/", "")):
        if _modules(question.base_paths, here) & _modules(question.head_paths, there) - _modules(
            question.base_paths, there
        ):
            return f'export PYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}$PWD/{there}"\n'
    return ""


def _modules(paths: Iterable[str], folder: str) -> frozenset[str]:
    """The modules and packages that can be imported from a folder, but for those of tests."""
    found = (_MODULE.fullmatch(path.removeprefix(folder)) for path in paths if path.startswith(folder))
    return frozenset(match[1] for match in found if match is not None)


def missing(wanted: Iterable[Run], results: Mapping[str, Result]) -> tuple[Run, ...]:
    return tuple(run for run in wanted if run.name not in results)


def tests_in(result: Result) -> Tests:
    return result.tests if result.tests is not None else _NOTHING


def failed(tests: Tests) -> frozenset[str]:
    return frozenset(name for name, outcome in tests.outcomes.items() if outcome in RED)


def passed(tests: Tests) -> frozenset[str]:
    return frozenset(name for name, outcome in tests.outcomes.items() if outcome == "passed")


def counts_of(tests: Tests) -> Counts:
    """As the runner itself counts: subtests are no tests."""
    said = [outcome for name, outcome in tests.outcomes.items() if name not in tests.parts]
    tally = {word: said.count(word) for word in ("passed", "failed", "skipped", "error")}
    return Counts(passed=tally["passed"], failed=tally["failed"], skipped=tally["skipped"], errors=tally["error"])


def fails(test: str, result: Result) -> bool:
    """Whether a test ran and failed, and not only for want of a name: unittest tells of whatever is raised that is no
    assertion's as of an error."""
    tests = tests_in(result)
    outcome = tests.outcomes.get(test)
    raised = outcome == "error" and result.run.runner == "unittest" and not missing_name(tests.messages.get(test, ""))
    return outcome == "failed" or raised


def unusable(result: Result) -> str:
    """Why nothing can be told from a run of tests; '' when it can."""
    tests = tests_in(result)
    untold = "" if result.tests is not None else "its tests are not told one by one"
    return result.unfinished or tests.broken or untold


def containers(test: str) -> Iterator[str]:
    """The names of files, modules and classes that could hold the test, as its id tells, shortest first. What can't be
    loaded is reported under such a name, and its tests are then missing rather than failed."""
    return (test[: found.start()] for found in _SEPARATOR.finditer(test) if found.start())


def outcome_of(test: str, tests: Tests) -> str:
    """The outcome of a test, 'error' when its file could not be loaded, '' when it was not there."""
    outcome = tests.outcomes.get(test, "")
    return outcome or ("error" if any(tests.outcomes.get(name) in RED for name in containers(test)) else "")


def quoted(test: str, tests: Tests) -> str:
    """A test with the line of what it said that tells most: the first, or a traceback's last. For one whose file could
    not be loaded that is what the file said."""
    lines = tests.messages.get(test, "").strip().splitlines()
    line = lines[-1] if lines and lines[0].startswith("Traceback") else lines[0] if lines else _of_file(test, tests)
    if not line:
        return test
    return f"{test} ({line.strip()[:200]})"


def _of_file(test: str, tests: Tests) -> str:
    """The last line of what was said of the file that holds the test, where it could not be loaded."""
    red = (name for name in containers(test) if tests.outcomes.get(name) in RED)
    said = [line for name in red for line in tests.messages.get(name, "").strip().splitlines() if line.strip()]
    return said[-1].removeprefix("E ") if said else ""


def names_in(tests: Iterable[str], suite: Suite, paths: frozenset[str], texts: Mapping[str, str]) -> tuple[Named, ...]:
    """Tests with the files that hold them, and for Python their bodies, as `texts` has those files."""
    files = {test: suite.file_of(test, paths) for test in tests}
    python = {file for file in files.values() if file.endswith(".py") and file in texts}
    functions = {file: bodies(texts[file]) for file in python}
    return tuple(named(test, file, functions.get(file, {})) for test, file in files.items())


def moves_of(question: Question) -> dict[str, str]:
    """Old path → new path of every file that was renamed."""
    return {change.renamed_from: change.path for change in question.changes if change.renamed_from is not None}
