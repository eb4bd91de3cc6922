"""Tests made to fail: each named one raises in its first line, or asserts there what is not so where it asserts by a
method, which could have been taken away. A suite that still reports them as passed would report anything. Pure: text
in, text out."""

import ast
from collections.abc import Collection, Iterable

from bot.domain.syntax import Function, parse

RAISES = 'raise AssertionError("a test that must fail")'
ASSERTS = 'self.assertEqual("one", "another")'


def sabotaged(text: str, names: Collection[str]) -> tuple[str, frozenset[str]]:
    """The text with these functions (by dotted name in the file) made to fail, and which of them those are. Functions
    that are decorated, other than with parameters, may be meant to survive a failure and are left alone."""
    try:
        found = dict(_functions(parse(text).body, ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text, frozenset()
    rows = text.encode().splitlines(keepends=True)  # as bytes, since text has more line breaks than Python has
    taken = {name: node for name, node in found.items() if name in names and _plain(node)}
    for node in sorted(taken.values(), key=lambda node: node.lineno, reverse=True):
        first = node.body[0]
        rows.insert(first.lineno - 1, f"{' ' * first.col_offset}{_statement(node)}\n".encode())
    return b"".join(rows).decode(), frozenset(taken)


def _functions(nodes: Iterable[ast.stmt], prefix: str) -> Iterable[tuple[str, Function]]:
    for node in nodes:
        if isinstance(node, ast.ClassDef) and not node.decorator_list:
            yield from _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, Function):
            yield f"{prefix}{node.name}", node


def _statement(node: Function) -> str:
    calls = (each.value.func for each in node.body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call))
    return ASSERTS if any(map(_asserts_equal, calls)) else RAISES


def _asserts_equal(called: ast.expr) -> bool:
    owner = called.value if isinstance(called, ast.Attribute) and called.attr == "assertEqual" else None
    return isinstance(owner, ast.Name) and owner.id == "self"


def _plain(node: Function) -> bool:
    """Decorated with parameters at most, and its body on lines of its own."""
    own_line = node.body[0].lineno > node.lineno and not _generates(node)
    return own_line and all("parametrize" in ast.dump(each) for each in node.decorator_list)


def _generates(node: Function) -> bool:
    return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node))
