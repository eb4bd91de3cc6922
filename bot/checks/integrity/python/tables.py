"""The tables of Python tests: cases of `parametrize` and of loops, and what fixtures hand over."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from bot.checks.integrity.model import Mark, Row
from bot.checks.integrity.python.expr import Bound, bind
from bot.checks.integrity.python.nodes import walk
from bot.checks.integrity.python.outline import Function, called, dotted, is_fixed, last, written

MOST = 50
"""Numbers of a range that are followed one by one."""


def tables(decorators: Iterable[ast.expr]) -> Iterator[tuple[list[str], ast.expr]]:
    """The argument names and the cases of each `parametrize`."""
    for node in decorators:
        if not isinstance(node, ast.Call) or last(called(node)) not in ("parametrize", "expand", "data"):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in ("argnames", "argvalues"))]
        if last(called(node)) != "parametrize":
            yield [], given[0] if len(given) == 1 else ast.List(elts=given, ctx=ast.Load())
        elif len(given) >= 2:
            yield _argument_names(given[0]), given[1]


def _argument_names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [name.strip() for name in node.value.split(",") if name.strip()]
    if isinstance(node, ast.Tuple | ast.List):
        return [each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return []


def row_marks(row: ast.expr) -> Iterator[Mark]:
    """`pytest.param(…, marks=pytest.mark.skip)`."""
    for keyword in row.keywords if isinstance(row, ast.Call) else ():
        if keyword.arg == "marks":
            for kind in ("skip", "xfail"):
                if kind in (text := written(keyword.value)):
                    yield Mark(kind, text, keyword.value.lineno)


def elements(node: ast.expr, constants: Mapping[str, ast.expr]) -> list[ast.expr] | None:
    """The cases of a table; None where they are computed."""
    if isinstance(node, ast.Name) and node.id in constants:
        node = constants[node.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "items":
        inner = node.func.value
        inner = constants.get(inner.id, inner) if isinstance(inner, ast.Name) else inner
        if isinstance(inner, ast.Dict) and all(inner.keys):
            pairs = zip(inner.keys, inner.values, strict=True)
            return [ast.Tuple(elts=[key, value], ctx=ast.Load()) for key, value in pairs if key is not None]
    if isinstance(node, ast.Call) and called(node) == "range":
        return _counted(node)
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple | ast.Set) else None


def _counted(node: ast.Call) -> list[ast.expr] | None:
    """The numbers of a `range` of literals, as far as they are few."""
    given = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, int)]
    if len(given) != len(node.args) or not 1 <= len(given) <= 3 or given[2:] == [0]:
        return None
    numbers = range(*given)
    return [ast.copy_location(ast.Constant(n), node) for n in numbers] if len(numbers) <= MOST else None


def values_of(row: ast.expr) -> list[ast.expr]:
    if isinstance(row, ast.Call) and last(called(row)) == "param":
        return list(row.args)
    return list(row.elts) if isinstance(row, ast.Tuple | ast.List) else [row]


def row_of(row: ast.expr) -> Row:
    values = values_of(row)
    text = ", ".join(written(value) for value in values)
    return Row(text[:500], written(values[0])[:200] if values else "", getattr(row, "lineno", 0))


def bound(names: list[str], row: ast.expr) -> dict[str, Bound]:
    """What the names stand for in a case; one alone for the whole of it."""
    values = [row] if len(names) == 1 and isinstance(row, ast.Tuple | ast.List) else values_of(row)
    pairs = zip(names, values, strict=False)
    return {name: bound for name, value in pairs if (bound := bind(value, {})) is not None}


def target_names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Tuple):
        return [each.id if isinstance(each, ast.Name) else "" for each in node.elts]
    return []


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
        inner = {each.id for each in walk(constants[name]) if isinstance(each, ast.Name)} if deep else set()
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
