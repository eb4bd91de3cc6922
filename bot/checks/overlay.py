"""Which files go across when one side's tests are laid over the other side's sources.

Test files, everything else in test folders (helpers, fixtures, snapshots), and what tells the runner how to run them.
Unchanged files need no laying: they are the same on both sides.
"""

import configparser
import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePosixPath

from bot.checks.planned.explained import is_explained, names_addition, names_the_only, sentences
from bot.checks.testfiles import tests_of
from bot.domain.words import words
from bot.ports import FileChange, Question, TreeSpec

_CONFIG = re.compile(
    r"(\.?pytest\.ini|\.?pytest\.toml|conftest\.py|(jest|vitest|karma|playwright|ava)\.(config|conf|workspace|setup)\.\w+"
    r"|\.mocharc(\.\w+)?|\.nycrc(\.\w+)?|nextest\.toml|phpunit\.xml(\.dist)?|\.rspec)"
)
"""Files that only say how tests are run."""

_IN_SOURCE = re.compile(r"^\s*#\[cfg\(test\)\]", re.MULTILINE)


def test_changes(question: Question) -> tuple[FileChange, ...]:
    """The changes to tests and to what tells the runner how to run them."""
    known = frozenset(tests_of(question.base_paths | question.head_paths)) | _started(question.detected.test)
    return tuple(
        change
        for change in question.changes
        if change.path in known or change.renamed_from in known or configures(change)
    )


def source_changes(question: Question) -> tuple[FileChange, ...]:
    """All other changes."""
    tests = {change.path for change in test_changes(question)}
    return tuple(change for change in question.changes if change.path not in tests)


def _started(command: str) -> frozenset[str]:
    """Files that the test command itself reads: a script that it names, make's and nox's own."""
    words = re.split(r"[\s;&|()]+", command)
    scripts = {word.removeprefix("./") for word in words}
    return frozenset(scripts | {file for word in words for file in _READ_BY.get(word, ())})


_READ_BY = {
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "just": ("justfile", "Justfile", ".justfile"),
    "nox": ("noxfile.py",),
    "tox": ("tox.ini",),
}


def configures(change: FileChange) -> bool:
    """Whether this change alters how tests are run: a runner's own file, or its section in a shared one."""
    name = PurePosixPath(change.path).name
    if _CONFIG.fullmatch(name):
        return True
    section = _SECTIONS.get(name)
    if section is None or change.old is None or change.new is None:
        return False
    return section(change.old) != section(change.new)


def old_tests_on_new(question: Question) -> tuple[TreeSpec, ...]:
    """Base's tests over head's sources. Where test files moved there are two layouts, the head's with the base's
    contents and the base's own: an old test holds when it holds in either. Data of tests that the plan says will
    change stays as head has it, since the old data is what no longer holds."""
    tests = [change for change in test_changes(question) if not _is_meant(change, question)]
    laid = [change for change in tests if not follows(change, question.changes)]
    moved = [change for change in laid if change.renamed_from is not None]
    stay = frozenset(change.path for change in laid if change.renamed_from is None)
    placed = frozenset((change.path, change.renamed_from) for change in moved if change.renamed_from is not None)
    here = TreeSpec("head", stay, placed)
    if not any(change.renamed_from is not None for change in tests):
        return (here,)
    return (here, TreeSpec("head", _both_names(tests)))


def meant_to_change(question: Question) -> list[str]:
    """The data of tests that stays as head has it."""
    return sorted(change.path for change in test_changes(question) if _is_meant(change, question))


def _is_meant(change: FileChange, question: Question) -> bool:
    """Whether a file holds what tests read or expect, no code, and the plan names it and says that this changes, or is
    added to and nothing else."""
    if change.old is None or change.new is None or configures(change):
        return False
    recorded = [c.path for c in test_changes(question) if is_data(c.path) and c.old is not None]
    said = sentences(question.plan)
    kinds = ("expectation-changed", "snapshot-rewritten")
    named = any(is_explained(kind, change.path, said) for kind in kinds) or names_the_only(change.path, recorded, said)
    added = _only_adds(change) and names_addition(change.path, said)
    return (is_data(change.path) and (named or added)) or (added and not _SAMPLES.isdisjoint(change.path.split("/")))


_SAMPLES = words("fixtures __fixtures__ samples data testdata test_data")
"""Folders of tests whose code holds what others are tried with."""


def _only_adds(change: FileChange) -> bool:
    """Whether all that a file of data held stands there still."""
    try:
        return _is_part(json.loads(change.old or ""), json.loads(change.new or ""))
    except (ValueError, RecursionError):
        return _keeps(change.old or "", change.new or "")


def _is_part(old: object, new: object) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and _is_part(value, new[key]) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) <= len(new) and all(_is_part(*pair) for pair in zip(old, new, strict=False))
    return type(old) is type(new) and old == new


def _keeps(old: str, new: str) -> bool:
    """Whether the new text holds the old lines, in their order."""
    rest = iter(new.splitlines())
    return all(line in rest for line in old.splitlines())


def is_data(path: str) -> bool:
    """Whether a file of the tests holds no code, but what they read or expect."""
    suffix = PurePosixPath(path).suffix
    return bool(suffix) and _CODE.fullmatch(suffix) is None


_CODE = re.compile(
    r"\.(py\w?|[cm]?[jt]sx?|vue|svelte|go|rs|java|kts?|scala|groovy|gradle|rb|php|cs|c|cc|cpp|h|hpp|swift|sh|bash|ps1|pl|lua"
    r"|toml|ini|cfg|conf|pth|so|dll|exe|jar|whl|wasm|node)"
)
"""What is run, and what tells how."""


def new_tests_on_old(question: Question) -> TreeSpec:
    """Head's tests over base's sources."""
    return TreeSpec("base", _both_names(test_changes(question)))


def old_support_on_new(question: Question, kept: Collection[str]) -> TreeSpec:
    """Head's sources and these test files, with base's version of what else belongs to tests, but for their data."""
    return TreeSpec("head", _both_names(c for c in test_changes(question) if _is_support(c, kept)))


def old_support_on_old(question: Question, kept: Collection[str]) -> TreeSpec:
    """Base's sources and support, with head's version of these test files and of the data of tests."""
    return TreeSpec("base", _both_names(c for c in test_changes(question) if not _is_support(c, kept)))


def _is_support(change: FileChange, kept: Collection[str]) -> bool:
    return change.path not in kept and (configures(change) or not is_data(change.path))


def _both_names(changes: Iterable[FileChange]) -> frozenset[str]:
    return frozenset(path for c in changes for path in (c.path, c.renamed_from) if path is not None)


def follows(change: FileChange, changes: Iterable[FileChange]) -> bool:
    """Whether a test file differs from the old one only in the new names of files that were renamed: then it is the
    old test still."""
    if change.old is None or change.new is None:
        return False
    old = _rooted(change.old, change.renamed_from or change.path).splitlines()
    new = _rooted(change.new, change.path).splitlines()
    if len(old) != len(new):
        return False
    renames = [form for c in changes if c.renamed_from for form in _forms(c.renamed_from, c.path)]
    return all(was == now or _renamed(was, now, renames) for was, now in zip(old, new, strict=True))


def _rooted(text: str, path: str) -> str:
    """A file's text with the relative paths in it as they are seen from the top: a file that moves spells them anew."""
    folder = posixpath.dirname(path)
    return _RELATIVE.sub(lambda m: f"{m[1]}{posixpath.normpath(posixpath.join(folder, m[2]))}{m[1]}", text)


_RELATIVE = re.compile(r"(['\"])(\.\.?/[^'\"\s]+)\1")


def _renamed(was: str, now: str, renames: Iterable[tuple[str, str]]) -> bool:
    return any(now in was.replace(a, b) and _as_words(a, b, was) == now for a, b in renames)


def _as_words(old: str, new: str, line: str) -> str:
    """`new` for `old` wherever it stands as a whole word."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new.replace("\\", r"\\"), line)


def respelled(old: str, new: str, changes: Iterable[FileChange]) -> str:
    """A test file's old text with the new names of files that were renamed, where the new text holds the old ones
    nowhere."""
    for was, now in (form for c in changes if c.renamed_from for form in _forms(c.renamed_from, c.path)):
        if re.search(r"\W", was) and was in old and _as_words(was, "", new) == new:
            old = _as_words(was, now, old)
    return old


def _forms(old: str, new: str) -> Iterable[tuple[str, str]]:
    """The ways in which sources name a file: `src/pkg/a`, `pkg/a`, `a`, and with dots or double colons."""
    olds, news = PurePosixPath(old).with_suffix("").parts, PurePosixPath(new).with_suffix("").parts
    for skipped in range(min(len(olds), len(news))):
        if olds[:skipped] == news[:skipped]:
            for separator in (".", "/", "::"):
                yield separator.join(olds[skipped:]), separator.join(news[skipped:])


def altered_in_source(change: FileChange) -> bool:
    """Whether a source file holds tests of its own (Rust) and lines of them were changed or removed."""
    found = _IN_SOURCE.search(change.old or "")
    if found is None:
        return False
    return not _keeps((change.old or "")[found.start() :], change.new or "")


def _pyproject(text: str) -> object:
    try:
        tool = tomllib.loads(text).get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
    return {key: tool.get(key) for key in ("pytest", "coverage")} if isinstance(tool, dict) else None


def _ini(*sections: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(text)
        except configparser.Error:
            return text
        return [parser.items(name) if parser.has_section(name) else None for name in sections]

    return read


def _package(text: str) -> object:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(whole, dict):
        return None
    scripts = whole.get("scripts")
    tests = {k: v for k, v in scripts.items() if "test" in k} if isinstance(scripts, dict) else None
    return [tests, *(whole.get(key) for key in ("jest", "vitest", "mocha", "ava", "nyc", "c8"))]


_SECTIONS: Mapping[str, Callable[[str], object]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _ini("tool:pytest", "aliases"),
    "tox.ini": _ini("pytest", "testenv"),
    "package.json": _package,
}
