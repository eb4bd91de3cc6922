"""What a Python test does besides asserting: what it calls, its steps, and where it takes its cases from."""

import ast
import re
from collections.abc import Iterator, Mapping

from bot.checks.integrity.python.syntax import below, called, callee, last, number, variables, walk, written
from bot.checks.integrity.python.tables import elements, tables
from bot.domain.syntax import Function


def calls_in(node: Function) -> Iterator[str]:
    """The last names of all that is called; `set` for sets that are written out."""
    for part in node.body:
        for each in walk(part):
            if isinstance(each, ast.Call):
                yield callee(each)
            elif isinstance(each, ast.SetComp | ast.Set):
                yield "set"


def steps_in(node: Function) -> Iterator[tuple[str, int]]:
    """The calls that stand for themselves: what a test prepares and does."""
    for each in below(node):
        if isinstance(each, ast.For) and last(called(each.iter)) == "range":
            yield written(each.iter)[:500], each.lineno
        value = each.value if isinstance(each, ast.Expr | ast.Assign) else None
        if isinstance(value, ast.Call):
            yield written(value)[:500], value.lineno


def sources_in(node: Function, constants: Mapping[str, ast.expr], made: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """What loops and parametrisation go over, where it is no table that is written out. `made` tells what the module's
    variables are made of."""
    found = [values for _, values in tables(node.decorator_list)]
    found += [each.iter for each in below(node) if isinstance(each, ast.For)]
    for each in found:
        if elements(each, constants) is None:
            names = sorted(variables(each) & made.keys())
            yield put_in(written(each), {name: made[name] for name in names})[:500], each.lineno


def put_in(text: str, values: Mapping[str, str]) -> str:
    """A text with variables replaced by what they are made of."""
    if not values:
        return text
    return re.sub(rf"\b({'|'.join(map(re.escape, values))})\b", lambda found: values[found[1]], text)


def made_of(tree: ast.Module) -> dict[str, str]:
    """What each variable of a module was made of in the end, as text, earlier values of its own put in."""
    made: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            text = written(node.value)[:500]
            made[name] = put_in(text, {name: made[name]} if name in made else {})[:500]
    return made


def slacks_in(node: Function) -> Iterator[tuple[str, float, int]]:
    """The numbers that its parameters have when nobody gives them."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(reversed(plain), reversed(arguments.defaults), strict=False)]
    for parameter, value in (*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
        if (given := number(value)) is not None:
            yield parameter.arg, given, parameter.lineno


def drops_cases(decorator: ast.expr, helpers: Mapping[str, Function]) -> bool:
    """Whether cases go through a fixture that does not look at them."""
    indirect = isinstance(decorator, ast.Call) and any(each.arg == "indirect" for each in decorator.keywords)
    names = [name for names, _ in tables([decorator]) for name in names] if indirect else []
    return any(name in helpers and "param" not in written(helpers[name]) for name in names)
