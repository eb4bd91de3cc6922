"""What names stand for in a Python test before it begins: a case's values, fixtures, constants of the module, and small
helpers that only write a value shorter, `def day(m, d): return date(2024, m, d)`."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.checks.integrity.python.expr import Bound, bind
from bot.checks.integrity.python.mocks import resolved
from bot.checks.integrity.python.state import Helpers
from bot.checks.integrity.python.syntax import called, dotted, is_fixed, variables, walk, written
from bot.checks.integrity.python.tables import values_of
from bot.domain.syntax import Function, expression

LONGEST = 300  # characters of what such a helper gives
_BUILTINS = frozenset(("dict", "list", "tuple", "set", "str", "int", "float", "bytes", "range", "frozenset", "bool"))


def bound(names: list[str], row: ast.expr) -> dict[str, Bound]:
    """What the names stand for in a case; one alone for the whole of it."""
    values = [row] if len(names) == 1 and isinstance(row, ast.Tuple | ast.List) else values_of(row)
    pairs = zip(names, values, strict=False)
    return {name: bound for name, value in pairs if (bound := bind(value, {})) is not None}


def fixture_values(node: Function, helpers: Mapping[str, Function]) -> dict[str, Bound]:
    """What a test's parameters stand for: the fixtures of their names, where these return one expression."""
    found: dict[str, Bound] = {}
    for parameter in (*node.args.posonlyargs, *node.args.args):
        helper = helpers.get(parameter.arg)
        if helper is not None and (value := _handed_over(helper)) is not None and not isinstance(value.node, ast.Name):
            found[parameter.arg] = value
    return found


def _unfolded(body: Iterable[ast.stmt], bindings: dict[str, Bound]) -> Iterator[ast.stmt]:
    """The statements of a body, those within `with Store() as made:` and `try:` included."""
    for node in body:
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                made = bind(item.context_expr, bindings)
                if isinstance(item.optional_vars, ast.Name) and made is not None:
                    bindings[item.optional_vars.id] = made
            yield from _unfolded(node.body, bindings)
        elif isinstance(node, ast.Try):
            yield from _unfolded(node.body, bindings)
        else:
            yield node


def constant_values(names: Iterable[str], constants: Mapping[str, ast.expr], deep: int = 2) -> dict[str, Bound]:
    """What the module's variables of these names stand for, those put in that they are made of."""
    found: dict[str, Bound] = {}
    for name in constants.keys() & set(names):
        inner = variables(constants[name]) if deep else set()
        if (value := bind(constants[name], constant_values(inner - {name}, constants, deep - 1))) is not None:
            found[name] = value
    return found


def own_values(prepared: Function) -> dict[str, Bound]:
    """The literals that `setUp` puts on a test case: `self.text = "…"`."""
    found: dict[str, Bound] = {}
    for node in prepared.body:
        name = dotted(node.targets[0]) if isinstance(node, ast.Assign) else ""
        if isinstance(node, ast.Assign) and name.startswith("self.") and is_fixed(node.value):
            value = bind(node.value, {})
            found |= {name: value} if value is not None else {}
    return found


def _handed_over(helper: Function) -> Bound | None:
    """The value that a function returns or yields, its own variables replaced."""
    bindings: dict[str, Bound] = {}
    for node in _unfolded(helper.body, bindings):
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Name):
            if (bound_ := bind(node.value, bindings)) is not None:
                bindings[target.id] = bound_
        elif isinstance(node, ast.Return) and node.value is not None:
            return bind(node.value, bindings)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield) and node.value.value is not None:
            return bind(node.value.value, bindings)
    return None


# --- helpers that only write a value shorter -----------------------------------------------------------------------
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
