"""What Python tests insist on, by line, and what of a test file is no test: for telling whether a trial reached it."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bot.domain.syntax import parse

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_AROUND = re.compile(r"(async)?set_?up|(async)?tear_?down|pytest|run$|assert|fail", re.IGNORECASE)
"""What runs around tests, or says what their assertions mean, without being named by them."""

_ASSERTS = ("assert", "expect", "check", "verify")


@dataclass(frozen=True, slots=True)
class Lines:
    """First and last line of something that a test insists on."""

    first: int
    last: int

    def holds(self, line: int) -> bool:
        return self.first <= line <= self.last


def insisted(text: str, names: Collection[str]) -> tuple[Lines, ...]:
    """The assertions of these tests (dotted names within the file), and of all functions that are no tests."""
    return tuple(
        Lines(node.lineno, last)
        for name, function in _functions(_parsed(text).body, "")
        if name in names or not _is_test(function)
        for node, last in _assertions(function)
    )


def disturbed(old: str | None, new: str | None) -> frozenset[str] | None:
    """The names of what is no test and differs between two texts of a test file, with all that makes use of it; None
    where what differs has no name, so that any test may depend on it."""
    before, after = (_defined(_parsed(text or "").body) for text in (old, new))
    found = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if any(
        not name or _AROUND.match(name) or "autouse" in before.get(name, "") + after.get(name, "") for name in found
    ):
        return None
    while more := {name for name in before if name not in found and uses(before[name], found)}:
        found |= more
    return frozenset(found)


def uses(dumped: str, names: Collection[str]) -> bool:
    """Whether one of the names stands in a function, as `ast.dump` tells it."""
    return any(f"'{name}'" in dumped for name in names)


def _parsed(text: str) -> ast.Module:
    try:
        return parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _is_test(node: _Function) -> bool:
    return node.name.startswith("test")


def _functions(nodes: Iterable[ast.stmt], prefix: str) -> Iterator[tuple[str, _Function]]:
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, _Function):
            yield f"{prefix}{node.name}", node


def _assertions(function: _Function) -> Iterator[tuple[ast.stmt, int]]:
    """The statements of a function that may fail on purpose, each with its last line. What should raise stands in the
    block of a `with`."""
    for node in ast.walk(function):
        match node:
            case ast.Assert():
                yield node, node.end_lineno or node.lineno
            case ast.Expr(value=ast.Call(func=called)) if _asserts(called):
                yield node, node.end_lineno or node.lineno
            case ast.Expr(value=ast.Await(value=ast.Call(func=called))) if _asserts(called):
                yield node, node.end_lineno or node.lineno
            case ast.With(items=items) | ast.AsyncWith(items=items) if any(_raises(i.context_expr) for i in items):
                yield node, node.end_lineno or node.lineno


def _last(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _asserts(called: ast.expr) -> bool:
    name = _last(called).lstrip("_").lower()
    return name.startswith(_ASSERTS) or name == "match"


def _raises(context: ast.expr) -> bool:
    name = _last(context.func) if isinstance(context, ast.Call) else ""
    return name in ("raises", "warns", "deprecated_call") or name.startswith("assert")


def _defined(nodes: Iterable[ast.stmt]) -> dict[str, str]:
    """Everything but tests, imports and docstrings, by name: '' for what has none."""
    found: dict[str, str] = {}
    for node in nodes:
        said = {name: ast.dump(node) for name in _names(node)}
        if isinstance(node, ast.ClassDef):
            said = {node.name: " ".join(map(ast.dump, (*node.bases, *node.keywords, *node.decorator_list)))}
            said |= _defined(node.body)
        for name, text in said.items():
            found[name] = found.get(name, "") + text
    return found


def _names(node: ast.stmt) -> Iterable[str]:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()) | ast.ClassDef():
            return ()
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return () if _is_test(node) else (name,)
        case ast.Assign(targets=targets) if all(isinstance(target, ast.Name) for target in targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
    return ("",)
