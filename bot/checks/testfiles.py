"""Which files are tests, by the naming rules of each ecosystem.

Test files, and everything that lies with them in test folders: helpers, fixtures, snapshots, conftest. So whatever a
test imports from a test folder is a test file here too.
"""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

_SURE = frozenset({"tests", "__tests__", "__snapshots__", "__mocks__", "__fixtures__", "testdata", "test_data"})
"""Folders that hold nothing but tests and what they need."""

_LIKELY = frozenset({"test", "testing", "spec", "specs", "e2e", "t"})
"""Folders that are test folders when named test files lie in them; libraries have folders of these names, too."""

_SUPPORT = re.compile(r"_?test[-_]?(utils?|helpers?|support|lib|kit|common|fixtures?)", re.IGNORECASE)
"""Folders and files of test helpers outside of test folders."""

_SOURCE_SET = re.compile(r"(^|/)src/(test|it|test[A-Z]\w*|\w+Test)/")
"""Maven's and gradle's source sets for tests."""

_JS = r"[cm]?[jt]sx?"
_NAMED = re.compile(
    r"(test_.*|.*_test|tests|conftest)\.pyi?"
    rf"|.+[.\-_](test|spec|cy|e2e)\.({_JS}|vue|svelte)|.*\.(snap|ambr)"
    rf"|(setupTests?|(jest|vitest)[.\-]?setup|(jest|vitest)\.setup\w*)\.{_JS}"
    r"|.+_test\.(go|rb|exs|dart|cc|cpp)|.+_spec\.rb|.+Tests?\.(java|kt|groovy|scala|php|cs|swift)|.+IT\.(java|kt)"
)
_NAMED_AT_THE_TOP = re.compile(rf"tests?\.(py|{_JS})|test-.+\.{_JS}")


def tests_of(paths: Collection[str]) -> frozenset[str]:
    """The test files among the paths of a tree."""
    named = frozenset(path for path in paths if _is_named(path))
    likely = _likely_folders(paths, named)
    return named | frozenset(path for path in paths if _in_folder(path, likely))


def _is_named(path: str) -> bool:
    """Whether the file's own name, or its place in a source set, makes it a test."""
    file = PurePosixPath(path)
    if _SOURCE_SET.search(path):
        return True
    if "/main/" in f"/{path}" and file.suffix in {".java", ".kt", ".groovy", ".scala"}:
        return False
    top = len(file.parts) == 1 and _NAMED_AT_THE_TOP.fullmatch(file.name)
    return bool(top or _NAMED.fullmatch(file.name) or (_SUPPORT.fullmatch(file.stem) and file.suffix != ".md"))


def _likely_folders(paths: Collection[str], named: Collection[str]) -> frozenset[str]:
    """The likely folders that are test folders: with named tests in them, or a `test` at the top of the repository or
    of a node package (mocha's and node's tests need no names of their own). Tests in a sure folder below say nothing of
    the likely one above: `numpy/testing/tests` does not make `numpy/testing` a test folder."""
    found = {folder for path in named for folder in _folders(path, _LIKELY) if not _sure_below(path, folder)}
    packages = {path.removesuffix("package.json") for path in paths if path.rpartition("/")[2] == "package.json"}
    return frozenset(found | {f"{place}test" for place in packages | {""}})


def _folders(path: str, names: Collection[str]) -> list[str]:
    """The folders above a path that have one of these names."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: index + 1]) for index, part in enumerate(parts) if part in names]


def _sure_below(path: str, folder: str) -> bool:
    return any(part in _SURE for part in path[len(folder) :].split("/")[:-1])


def _in_folder(path: str, likely: Collection[str]) -> bool:
    parts = path.split("/")[:-1]
    sure = any(part in _SURE or _SUPPORT.fullmatch(part) for part in parts)
    return sure or any("/".join(parts[: index + 1]) in likely for index in range(len(parts)))
