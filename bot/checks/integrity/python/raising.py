"""What must be raised in a Python test, and where."""

import ast
from collections.abc import Iterator

from bot.checks.integrity.model import NOTHING, Assertion, Expr
from bot.checks.integrity.python.expr import expr
from bot.checks.integrity.python.nodes import walk
from bot.checks.integrity.python.outline import called, dotted, last, written
from bot.checks.integrity.python.state import State


def shown(node: ast.stmt, state: State) -> str:
    return expr(node.value, state.bindings).text if isinstance(node, ast.Expr) else written(node)[:500]


def literals_of(node: ast.stmt, state: State) -> Iterator[str]:
    for each in walk(node):
        if isinstance(each, ast.expr):
            yield from expr(each, state.bindings).literals
            return
        if isinstance(each, ast.Expr):
            yield from expr(each.value, state.bindings).literals


def raised(call: ast.Call, subject: Expr, state: State) -> Assertion:
    first = call.args[0] if call.args else None
    given = first.elts if isinstance(first, ast.Tuple) else [first] if first is not None else []
    names = frozenset(last(dotted(each)) for each in given)
    pattern = next((keyword.value for keyword in call.keywords if keyword.arg in ("match", "expected_regex")), None)
    if pattern is None and "Regex" in last(called(call)) and len(call.args) > 1:
        pattern = call.args[1]
    also = expr(pattern, state.bindings).text if pattern is not None else ""
    expected = expr(first, state.bindings) if first is not None else NOTHING
    return Assertion("raises", subject, expected, call.lineno, also=also, names=names)
