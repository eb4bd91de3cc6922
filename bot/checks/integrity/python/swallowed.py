"""Failures that end unseen in a Python test or in what is put around it, and skips where nobody looks."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from bot.checks.integrity.model import SWALLOWED
from bot.checks.integrity.python.always import truth
from bot.checks.integrity.python.outline import skipping
from bot.checks.integrity.python.state import State
from bot.checks.integrity.python.syntax import below, called, dotted, last, variables, walk, written
from bot.domain.syntax import Function

_BROAD = frozenset(("Exception", "BaseException", "AssertionError", "SystemExit", ""))
"""What is caught where a failed assertion, or the end of the process, is caught."""

_WRAPPING = frozenset(("wraps", "update_wrapper", "wrap_assignments"))
NEVER = "is never called by its decorator"


def asserts(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Assert) or last(called(each)).lower().startswith("assert") for each in walk(node))


def fails(body: Iterable[ast.stmt]) -> bool:
    """Whether leaving here is a failure: then what follows is no less certain."""
    return any(
        (isinstance(each, ast.Raise) and "Skip" not in written(each)) or last(called(each)) == "fail"
        for node in body
        for each in walk(node)
    )


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a failed assertion would end here, unseen."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    if not any(last(dotted(kind)) in _BROAD for kind in kinds):
        return False
    telling = [each for each in handler.body if not (isinstance(each, ast.Assert) and truth(each.test))]
    return not fails(handler.body) and not any(map(asserts, telling))


def suppresses(node: ast.expr) -> bool:
    """`contextlib.suppress(Exception)`"""
    given = node.args if isinstance(node, ast.Call) and last(called(node)) == "suppress" else []
    return any(last(dotted(each)) in _BROAD for each in given)


# --- decorators, context managers and fixtures of the tests' own --------------------------------------------------


def effect(decorator: Function) -> str:
    """SWALLOWED where the test's failure ends in the decorator, NEVER where the test is not called; '' else."""
    functions = [each for each in below(decorator) if isinstance(each, Function)]
    names = {each.arg for node in functions for each in (*node.args.posonlyargs, *node.args.args)}
    calls = [each for each in below(decorator) if isinstance(each, ast.Call) and dotted(each.func) in names]
    if calls:
        return SWALLOWED if all(_is_swallowed(each, decorator) for each in calls) else ""
    return "" if any(_hands_on(each, names) for each in below(decorator)) else NEVER


def catches(manager: Function) -> bool:
    """Whether a context manager or fixture written as a generator lets failures end where it yields."""
    for node in below(manager):
        body = node.body if isinstance(node, ast.Try) and any(map(swallows, node.handlers)) else []
        if any(isinstance(each, ast.Yield) for part in body for each in walk(part)):
            return True
    return False


def _hands_on(node: ast.AST, names: set[str]) -> bool:
    """Whether what was decorated goes somewhere else: returned as it is, or given to another function."""
    if isinstance(node, ast.Return):
        return node.value is not None and bool(variables(node.value) & names)
    given = node.args if isinstance(node, ast.Call) and last(called(node)) not in _WRAPPING else []
    return any(isinstance(each, ast.Name) and each.id in names for each in given)


def _is_swallowed(call: ast.Call, decorator: Function) -> bool:
    """Whether a `try` or `suppress` around the call lets its failures end there."""
    for node in below(decorator):
        inside = isinstance(node, ast.Try | ast.With) and any(e is call for part in node.body for e in walk(part))
        if inside and isinstance(node, ast.Try) and any(map(swallows, node.handlers)):
            return True
        if inside and isinstance(node, ast.With) and any(suppresses(item.context_expr) for item in node.items):
            return True
    return False


# --- skips --------------------------------------------------------------------------------------------------------
def note_buried_skips(node: Function, state: State) -> None:
    """What functions within skip, which a fixture may hand over."""
    known = {mark.line for mark in state.marks}
    inner = [each for each in below(node) if isinstance(each, Function) and each is not node]
    calls = [each for function in inner for each in below(function) if isinstance(each, ast.Call)]
    marks = [mark for each in calls if (mark := skipping(each)) is not None and mark.line not in known]
    state.marks += [replace(mark, condition=mark.condition or "in passing") for mark in marks]


def note_skips_aside(node: ast.stmt, state: State) -> None:
    """What skips in the middle of something else: `assert f(), pytest.skip()`, `tool = find() or pytest.skip()`."""
    for each in walk(node):
        if isinstance(each, ast.Call) and (mark := skipping(each)) is not None:
            state.mark(replace(mark, condition=mark.condition or "in passing"))
