"""Which test at the head is which test of the base: through moved and split files, renamed and parametrised tests.

Matched by content first. A pair is only made where it is unambiguous; what stays alone was removed or added.
"""

import ast
import doctest
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.domain.syntax import Function, functions, parse

_CASE = re.compile(r"\[.*\]$", re.DOTALL)
_FLEETING = re.compile(
    r"\b0x[0-9a-f]{6,}|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\d{4}-\d\d-\d\d|\d\d?-\d\d?-\d{4}"
    r"|\d\d?:\d\d(:\d\d(\.\d+)?)?|\d{9,}|\d\.\d{9,}"
)
"""Addresses, UUIDs, days, times of day, time stamps and drawn numbers."""
_SEPARATORS = re.compile(r"::|\.|/| > ")


@dataclass(frozen=True, slots=True)
class Named:
    """One test of one side: its id, the file that holds it ('' unknown), and a digest-like text of its body, without
    its name ('' unknown)."""

    id: str
    file: str = ""
    body: str = ""

    @property
    def tail(self) -> str:
        """The id within its file: what stays the same when the file moves."""
        if self.file and self.file in self.id:
            return self.id.replace(self.file, "", 1).lstrip(":.> ")
        parts = PurePosixPath(self.file).with_suffix("").parts if self.file else ()
        for start in range(len(parts)):
            module = ".".join(parts[start:])
            if self.id.startswith(f"{module}."):
                return self.id[len(module) + 1 :]
        return self.id

    @property
    def stem(self) -> str:
        """The tail without its parameters."""
        return _CASE.sub("", self.tail)

    @property
    def function(self) -> str:
        """The stem with dots: `TestSum.test_empty`."""
        return ".".join(_SEPARATORS.split(self.stem))

    @property
    def case(self) -> str:
        """The parameters, brackets included; '' for a plain test."""
        return self.tail[len(self.stem) :]


@dataclass(frozen=True, slots=True)
class Pairing:
    """`heads` gives each paired base test its counterparts at the head (several when it was parametrised)."""

    heads: Mapping[str, tuple[str, ...]]
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict)


def pair(base: Iterable[Named], head: Iterable[Named], moves: Mapping[str, str]) -> Pairing:
    """Pair the tests of two sides; `moves` maps old file names to new ones."""
    old, new = {test.id: test for test in base}, {test.id: test for test in head}
    heads: dict[str, tuple[str, ...]] = {name: (name,) for name in old if name in new}
    for old_key, new_key in (
        (lambda t: _placed(t, moves), _located),
        (_tail, _tail),
        (lambda t: _steady(t, moves.get(t.file, t.file)), lambda t: _steady(t, t.file)),
        (_body, _body),
    ):
        _match(_left(old, heads), _right(new, heads), old_key, new_key, heads)
    _parametrised(_left(old, heads), _right(new, heads), moves, heads)
    bases = {name: of for of, names in heads.items() for name in names}
    removed, added = (n for n in old if n not in heads), (n for n in new if n not in bases)
    return Pairing(heads, tuple(sorted(removed)), tuple(sorted(added)), bases)


Key = Callable[[Named], Hashable | None]
"""What two tests must share to be a pair; None: not by this."""


def _placed(test: Named, moves: Mapping[str, str]) -> Hashable | None:
    return (moves.get(test.file, test.file), test.tail) if test.file else None


def _located(test: Named) -> Hashable | None:
    return (test.file, test.tail) if test.file else None


def _tail(test: Named) -> Hashable | None:
    """A file that was split or merged: the same test elsewhere, when there is only one such."""
    return test.tail if test.file else None


def _steady(test: Named, file: str) -> Hashable | None:
    """A test whose parameters hold the time, an address or the like: its id is another one in each run."""
    case = _FLEETING.sub("#", test.case)
    return (file, test.stem, case) if case != test.case else None


def _body(test: Named) -> Hashable | None:
    """A renamed test: the same body with the same parameters, when there is only one such."""
    return (test.body, test.case) if test.body else None


def _match(old: list[Named], new: list[Named], old_key: Key, new_key: Key, heads: dict[str, tuple[str, ...]]) -> None:
    olds, news = _by_key(old, old_key), _by_key(new, new_key)
    for value, tests in olds.items():
        counterparts = news.get(value, [])
        if len(tests) == len(counterparts) == 1:
            heads[tests[0].id] = (counterparts[0].id,)


def _by_key(tests: list[Named], key: Key) -> dict[Hashable, list[Named]]:
    found: dict[Hashable, list[Named]] = defaultdict(list)
    for test in tests:
        if (value := key(test)) is not None:
            found[value].append(test)
    return found


def _parametrised(
    old: list[Named], new: list[Named], moves: Mapping[str, str], heads: dict[str, tuple[str, ...]]
) -> None:
    """A plain test that became cases is all of them; a lone case that became plain is that one."""
    stems: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for test in new:
        stems[test.file, test.stem].append(test)
    olds: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for test in old:
        olds[moves.get(test.file, test.file), test.stem].append(test)
    for key, tests in olds.items():
        counterparts = stems.get(key, [])
        if len(tests) == 1 and counterparts and bool(tests[0].case) != bool(counterparts[0].case):
            heads[tests[0].id] = tuple(test.id for test in counterparts)


def _left(old: Mapping[str, Named], heads: Mapping[str, tuple[str, ...]]) -> list[Named]:
    return [test for name, test in old.items() if name not in heads]


def _right(new: Mapping[str, Named], heads: Mapping[str, tuple[str, ...]]) -> list[Named]:
    taken = {name for names in heads.values() for name in names}
    return [test for name, test in new.items() if name not in taken]


def bodies(text: str | None) -> Mapping[str, str]:
    """The body of each function of a Python text, by dotted name within the file (`TestSum.test_empty`).

    Comments, layout and docstrings don't count; decorators do. Empty for what doesn't parse.
    """
    try:
        tree = parse(text or "")
        return {name: _text_of(node) for name, node in functions(tree.body)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def examples(text: str | None) -> Mapping[str, tuple[str, ...]]:
    """What tests inside a source file are made of, by dotted name within it: the bodies of functions, and under
    `<name>.__doc__` the examples in docstrings, which doctest runs."""
    try:
        tree = parse(text or "")
        found = {name: (body,) for name, body in bodies(text).items()}
        return found | dict(_docstrings(tree, ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def example_of(function: str, found: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What a test is made of, by its dotted name. A doctest is called like what it documents, with or without the
    module before it."""
    parts = function.split(".")
    if parts[-1].startswith("test") and function in found:
        return found[function]
    names = (".".join([*parts[start:], "__doc__"]) for start in range(len(parts) + 1))
    return next((found[name] for name in names if name in found), ())


def _docstrings(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> Iterable[tuple[str, tuple[str, ...]]]:
    said = doctest.DocTestParser().get_examples(ast.get_docstring(node, clean=False) or "")
    yield f"{name}.__doc__".strip("."), tuple(f"{each.source}{each.want}" for each in said)
    for each in node.body:
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _docstrings(each, f"{name}.{each.name}".strip("."))


def _text_of(node: Function) -> str:
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    parts: list[ast.AST] = [node.args, *node.decorator_list, *(node.body[1:] if documented else node.body)]
    return "\n".join(ast.dump(part) for part in parts)


def named(name: str, file: str, functions: Mapping[str, str]) -> Named:
    """A test with its body, looked up in its file's functions."""
    return Named(name, file, functions.get(Named(name, file).function, ""))
