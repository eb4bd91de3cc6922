"""The tables of Python tests: cases of `parametrize` and of loops."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from bot.checks.integrity.model import Mark, Row
from bot.checks.integrity.python.syntax import called, last, written

MOST = 50  # numbers of a range that are followed one by one


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


def target_names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Tuple):
        return [each.id if isinstance(each, ast.Name) else "" for each in node.elts]
    return []
