"""What a decorator of the tests' own does to the test that it is put on."""

import ast
from collections.abc import Iterator

from bot.checks.integrity.model import SWALLOWED
from bot.checks.integrity.python.nodes import below, walk
from bot.checks.integrity.python.outline import FUNCTION, Function, called, dotted, last

_WRAPPING = frozenset(("wraps", "update_wrapper", "wrap_assignments"))
_BROAD = frozenset(("Exception", "BaseException", "AssertionError", "Error", ""))
NEVER = "is never called by its decorator"


def effect(decorator: Function) -> str:
    """SWALLOWED where the test's failure ends in the decorator, NEVER where the test is not called; '' else."""
    names = {each.arg for node in _functions(decorator) for each in (*node.args.posonlyargs, *node.args.args)}
    calls = [each for each in below(decorator) if isinstance(each, ast.Call) and dotted(each.func) in names]
    if calls:
        return SWALLOWED if all(_is_swallowed(each, decorator) for each in calls) else ""
    return "" if any(_hands_on(each, names) for each in below(decorator)) else NEVER


def catches(manager: Function) -> bool:
    """Whether a context manager or fixture written as a generator lets failures end where it yields."""
    for node in below(manager):
        body = node.body if isinstance(node, ast.Try) and any(map(_ends_there, node.handlers)) else []
        if any(isinstance(each, ast.Yield) for part in body for each in walk(part)):
            return True
    return False


def _functions(node: Function) -> Iterator[Function]:
    yield from (each for each in below(node) if isinstance(each, FUNCTION))


def _hands_on(node: ast.AST, names: set[str]) -> bool:
    """Whether what was decorated goes somewhere else: returned as it is, or given to another function."""
    if isinstance(node, ast.Return):
        return node.value is not None and bool(
            {each.id for each in walk(node.value) if isinstance(each, ast.Name)} & names
        )
    given = node.args if isinstance(node, ast.Call) and last(called(node)) not in _WRAPPING else []
    return any(isinstance(each, ast.Name) and each.id in names for each in given)


def _is_swallowed(call: ast.Call, decorator: Function) -> bool:
    """Whether a `try` or `suppress` around the call lets its failures end there."""
    for node in below(decorator):
        inside = isinstance(node, ast.Try | ast.With) and any(e is call for part in node.body for e in walk(part))
        if inside and isinstance(node, ast.Try) and any(_ends_there(handler) for handler in node.handlers):
            return True
        if inside and isinstance(node, ast.With):
            managers = [item.context_expr for item in node.items]
            if any(last(called(each)) == "suppress" and _is_broad(each) for each in managers):
                return True
    return False


def _is_broad(call: ast.expr) -> bool:
    return isinstance(call, ast.Call) and any(last(dotted(each)) in _BROAD for each in call.args)


def _ends_there(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = any(last(dotted(kind)) in _BROAD for kind in kinds)
    speaks = any(
        isinstance(each, ast.Raise) or last(called(each)) == "fail" for part in handler.body for each in walk(part)
    )
    return broad and not speaks
