"""Failures that end unseen in a Python test, what counts as failing, and what skips where nobody looks."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from bot.checks.integrity.python.nodes import below, walk
from bot.checks.integrity.python.outline import FUNCTION, Function, called, dotted, last, skipping, written
from bot.checks.integrity.python.state import BROAD, Out, State


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
    if not any(last(dotted(kind)) in BROAD for kind in kinds):
        return False
    return not fails(handler.body) and not any(asserts(each) and not _is_empty(each) for each in handler.body)


def _is_empty(node: ast.stmt) -> bool:
    """`assert True`"""
    return isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and bool(node.test.value)


def note_buried_skips(node: Function, out: Out) -> None:
    """What functions within skip, which a fixture may hand over."""
    known = {mark.line for mark in out.marks}
    inner = [each for each in below(node) if isinstance(each, FUNCTION) and each is not node]
    calls = [each for function in inner for each in below(function) if isinstance(each, ast.Call)]
    marks = [mark for each in calls if (mark := skipping(each)) is not None and mark.line not in known]
    out.marks += [replace(mark, condition=mark.condition or "in passing") for mark in marks]


def note_skips_aside(node: ast.stmt, state: State) -> None:
    """What skips in the middle of something else: `assert f(), pytest.skip()`, `tool = find() or pytest.skip()`."""
    for each in walk(node):
        if isinstance(each, ast.Call) and (mark := skipping(each)) is not None:
            state.out.marks.append(
                replace(mark, condition=" and ".join((*state.guards, mark.condition or "in passing")))
            )
