"""Small helpers of tests that only write a value shorter, `def day(m, d): return date(2024, m, d)`: what they give is
put in the place of their calls, so that it does not matter whether a test uses them."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.checks.integrity.python.expr import Bound
from bot.checks.integrity.python.mocks import resolved
from bot.checks.integrity.python.nodes import walk
from bot.checks.integrity.python.outline import Function, called, written
from bot.checks.integrity.python.state import Helpers
from bot.domain.syntax import expression

LONGEST = 300
"""Characters of what such a helper gives."""


def builders(helpers: Helpers, imports: Mapping[str, str]) -> Iterator[tuple[str, Bound]]:
    """The helpers that give one expression of their parameters, of builtins and of the standard library, as lambdas."""
    for name, helper in helpers.items():
        made = built(helper)
        if made is not None and all(_is_plain(each, imports) for each in walk(made.node) if isinstance(each, ast.Call)):
            yield name, made


@lru_cache(maxsize=1024)
def built(helper: Function) -> Bound | None:
    """A function of one expression as a lambda. Kept for the round, as the tree that it stands in."""
    value = _given(helper)
    text = f"lambda {_parameters(helper.args)}: {written(value)}" if value is not None else ""
    return Bound(expression(text)) if 0 < len(text) <= LONGEST else None


def _given(helper: Function) -> ast.expr | None:
    """The expression that a function of one statement returns."""
    body = [each for each in helper.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    arguments = helper.args
    simple = not (arguments.vararg or arguments.kwarg or arguments.posonlyargs or helper.decorator_list)
    if not simple or len(body) != 1 or not isinstance(helper, ast.FunctionDef):
        return None
    return body[0].value if isinstance(body[0], ast.Return) else None


def _parameters(arguments: ast.arguments) -> str:
    """They as a lambda has them, without types."""
    plain = [each.arg for each in arguments.args]
    for index, value in enumerate(reversed(arguments.defaults), 1):
        plain[-index] += f"={written(value)}"
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    only = [each.arg if value is None else f"{each.arg}={written(value)}" for each, value in named]
    return ", ".join([*plain, *(["*"] if only else []), *only])


def _is_plain(call: ast.Call, imports: Mapping[str, str]) -> bool:
    name = called(call)
    first = name.partition(".")[0]
    top = resolved(name, imports).partition(".")[0]
    return bool(name) and (top in sys.stdlib_module_names if first in imports else name in _BUILTINS)


_BUILTINS = frozenset(("dict", "list", "tuple", "set", "str", "int", "float", "bytes", "range", "frozenset", "bool"))
