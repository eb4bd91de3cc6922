"""Copies of telling tests with other inputs in them, put behind the tests in their files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.pairing import Named
from bot.checks.red_green.heldout.inputs import Change, Example
from bot.checks.red_green.heldout.javascript import examples as javascript_examples
from bot.checks.red_green.heldout.python import examples as python_examples
from bot.checks.running import Suite, are_plantable, planted
from bot.ports import Question, Run, TreeSpec

MOST_TESTS, MOST_COPIES = 4, 144
"""Telling tests that are varied, and copies of all."""

_WHOLE = """PYTEST_ADDOPTS="-vv${PYTEST_ADDOPTS:+ $PYTEST_ADDOPTS}"; export PYTEST_ADDOPTS
PYTHONHASHSEED=0; export PYTHONHASHSEED; exec "$@"
"""
"""Values are shown in full, and sets of words in the same order on both sides."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A telling test, by one of its assertions or rows."""

    test: str
    file: str
    code: bytes
    example: Example

    def copy(self, mark: str, change: Change) -> bytes:
        return self.example.copy(self.code, mark, change)


def asked_of(suite: Suite, question: Question, telling: Iterable[str]) -> tuple[Asked, ...]:
    """The first of these tests that have inputs."""
    named: dict[tuple[str, str], str] = {}
    for test in telling:
        file = suite.file_of(test, question.head_paths)
        name = Named(test, file)
        named.setdefault((file, name.tail if file.endswith(JAVASCRIPT) else name.function), test)
    texts, olds = question.head_files, {each.path: each.old or "" for each in question.changes}
    return tuple(
        Asked(test, file, texts[file].encode(), example)
        for (file, name), test in list(named.items())[:MOST_TESTS]
        for example in _examples(file, texts.get(file, ""), name, olds.get(file, ""))
    )


def _examples(file: str, text: str, name: str, old: str) -> tuple[Example, ...]:
    if not are_plantable((text,)):
        return ()
    if file.endswith(".py"):
        return python_examples(text, (name,), old)
    return javascript_examples(file, text, (name,), old) if file.endswith(JAVASCRIPT) else ()


class Copies:
    """The test files with copies in them."""

    def __init__(self, suite: Suite, texts: Iterable[Asked]) -> None:
        self._suite = suite
        self._texts = {asked.file: asked.code for asked in texts}
        self._copies: dict[str, list[tuple[int, bytes]]] = {}
        self._names: list[str] = []

    @property
    def room(self) -> int:
        """So many more may be added."""
        return MOST_COPIES - len(self._names)

    @property
    def fits(self) -> bool:
        """Whether the files with their copies can be laid down."""
        return are_plantable(map(self._text, self._copies))

    def add(self, asked: Asked, change: Change) -> str:
        """Put a copy behind the test; its id."""
        spoken = asked.file.endswith(JAVASCRIPT)
        mark = f" neighbour {len(self._names)}" if spoken else f"_neighbour{len(self._names)}"
        self._copies.setdefault(asked.file, []).append((asked.example.end, asked.copy(mark, change)))
        plain = asked.test if spoken else re.sub(r"\[.*\]$| \(.*\)$", "", asked.test, flags=re.DOTALL)
        self._names.append(plain + mark)
        return plain + mark

    def run(self, name: str, tree: TreeSpec) -> Run:
        files = {file: self._text(file) for file in self._copies}
        if all(file.endswith(JAVASCRIPT) for file in files):
            run = self._suite.run(name, tree, paths=sorted(files))
        elif self._suite.runner is not None and self._suite.runner.name == "pytest":
            run = self._suite.run(name, tree, paths=self._names)
        else:
            run = self._suite.run(name, tree, only=self._names)
        whole = planted(run, files)
        return replace(whole, argv=("/bin/sh", "-c", _WHOLE, "sh", *whole.argv))

    def _text(self, file: str) -> str:
        """The file with each copy right behind its test."""
        made = self._texts[file]
        for at, copy in sorted(self._copies[file], key=lambda each: -each[0]):
            made = made[:at] + b"\n\n" + copy + made[at:]
        return made.decode()
