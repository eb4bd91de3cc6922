"""Which reader reads which file, and whether a runner would find tests under a name."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath

from bot.checks.integrity.javascript import tests as javascript_tests
from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.integrity.model import Sheet
from bot.checks.integrity.project import Project
from bot.checks.integrity.python import tests as python_tests
from bot.checks.integrity.trees import go as go_tests
from bot.checks.integrity.trees import java as java_tests
from bot.checks.integrity.trees import ruby as ruby_tests
from bot.checks.integrity.trees import rust as rust_tests

LARGEST = 400_000  # characters of a file that is read
Reader = Callable[[str, str], Sheet | None]

_READERS: Mapping[str, Reader] = {
    ".py": python_tests.read,
    ".go": go_tests.read,
    ".rs": rust_tests.read,
    ".java": java_tests.read,
    ".rb": ruby_tests.read,
    **dict.fromkeys(JAVASCRIPT, javascript_tests.read),
}
_COLLECTED: Mapping[str, re.Pattern[str]] = {
    ".py": re.compile(r"(test.*|.*_tests?)\.py"),
    ".go": re.compile(r".*_test\.go"),
    ".java": re.compile(r"(Test.*|.*Tests?|.*TestCase|.*IT)\.java"),
    ".rb": re.compile(r"(test_.*|.*_test|.*_spec)\.rb"),
    **dict.fromkeys(JAVASCRIPT, re.compile(r".+[.\-_](test|spec|cy|e2e)\.\w+|tests?\.\w+|test-.+")),
}
_FOLDERS: Mapping[str, frozenset[str]] = {"jest": frozenset(("__tests__",)), "vitest": frozenset()}
"""Into which folders runners of JavaScript look whatever the files' names; of others than these: all of tests'."""


@lru_cache(maxsize=4096)
def suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def is_code(path: str) -> bool:
    """Whether there is a reader for files of this name."""
    return suffix(path) in _READERS


def is_readable(text: str) -> bool:
    return len(text) <= LARGEST and "\0" not in text


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a file; None where it can't be read."""
    reader = _READERS.get(suffix(path))
    return reader(path, text) if reader is not None and is_readable(text) else None


def data_in(text: str) -> object:
    """What a text of JSON holds; None where it can't be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def share(sheets: Sequence[Sheet], project: Project) -> None:
    """Let tests see into the helpers that they import from other test files, and the fixtures of a conftest."""
    by_path = {sheet.path: sheet for sheet in sheets}
    own = {sheet.path: dict(sheet.functions) for sheet in sheets}
    shared = [(path, PurePosixPath(path).parent) for path in own if path.endswith("conftest.py")]
    for sheet in sheets:
        for name, target in sheet.imports.items():
            place = project.made_by_tests(target, sheet.path)
            if place != sheet.path and place in by_path and name in own[place]:
                sheet.functions.setdefault(name, own[place][name])
        above = PurePosixPath(sheet.path).parents if shared else ()
        for path, folder in shared:
            for name, function in own[path].items() if path != sheet.path and folder in above else ():
                sheet.functions.setdefault(name, function)


def unshadowed(sheets: Sequence[Sheet], project: Project) -> list[Sheet]:
    """The sheets without the tests whose names a star import from another test file takes."""
    by_path = {sheet.path: sheet for sheet in sheets}
    found = []
    for sheet in sheets:
        source = by_path.get(project.made_by_tests(sheet.imports.get("*", ""), sheet.path))
        functions = (*source.helpers, *source.tests) if source is not None else ()
        taken = {each.name for each in functions if each.name.startswith("test")}
        tests = tuple(test for test in sheet.tests if test.name not in taken)
        lost = tuple(test for test in sheet.tests if test.name in taken)
        found.append(replace(sheet, tests=tests, helpers=(*sheet.helpers, *lost)) if lost else sheet)
    return found


def is_collected(path: str, runner: str = "") -> bool:
    """Whether runners look for tests in a file of this name, as far as convention goes. Rust's look everywhere but in
    folders below those of tests."""
    if suffix(path) == ".rs":
        return re.fullmatch(r"(.*/)?tests/\w+/(?!main\.rs)\w+\.rs", path) is None
    pattern = _COLLECTED.get(suffix(path))
    if pattern is None or pattern.fullmatch(PurePosixPath(path).name):
        return True
    looked_into = _FOLDERS.get(runner, frozenset(("__tests__", "test", "tests", "spec")))
    return suffix(path) in JAVASCRIPT and not looked_into.isdisjoint(PurePosixPath(path).parts[:-1])
