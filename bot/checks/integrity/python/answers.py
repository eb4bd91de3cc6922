"""The answers that Python functions give to particular inputs."""

import ast
from collections.abc import Iterable, Iterator

from bot.checks.integrity.python.syntax import assigned, below, called, is_fixed, literals, variables, written
from bot.checks.integrity.sources.special import Answer
from bot.domain.syntax import Function


def python_answers(tree: ast.Module) -> Iterator[Answer]:
    """Branches and tables of every function; tables of the module by the functions that use them."""
    tables = _tables(tree.body)
    for function in (each for each in below(tree) if isinstance(each, Function)):
        own = _tables(function.body)
        used = variables(function) & tables.keys()
        beside = _computes(function, used | own.keys())
        for node in below(function):
            yield from _of(node, beside)
        yield from _amounts(function)
        for name in used:
            yield from _entries(tables[name], beside)


def _tables(body: Iterable[ast.stmt]) -> dict[str, ast.Dict]:
    return {name: value for name, value in assigned(body) if isinstance(value, ast.Dict)}


def _computes(function: Function, tables: Iterable[str]) -> bool:
    """Whether it also gives something that stands in no table: not only `TABLE[x]`, or `TABLE.get(x, "?")`."""
    known = frozenset(tables)
    returned = [each.value for each in below(function) if isinstance(each, ast.Return) and each.value is not None]
    return any(_is_computed(value, known) for value in returned)


def _is_computed(value: ast.expr, tables: frozenset[str]) -> bool:
    match value:
        case ast.Subscript(value=ast.Name(id=name)) if name in tables:
            return False
        case ast.Call(func=ast.Attribute(value=ast.Dict(), attr="get"), args=[_, *rest]):
            return any(_is_computed(each, tables) for each in rest)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, *rest]) if name in tables:
            return any(_is_computed(each, tables) for each in rest)
        case ast.BoolOp(values=values):
            return any(_is_computed(each, tables) for each in values)
        case ast.IfExp(body=then, orelse=other):
            return _is_computed(then, tables) or _is_computed(other, tables)
        case _:
            return not is_fixed(value)


def _amounts(function: Function) -> Iterator[Answer]:
    """Branches for particular amounts: numbers of a parameter that the function calculates with, whatever they give."""
    parameters = {each.arg for each in (*function.args.posonlyargs, *function.args.args)}
    counted = {name for each in below(function) for name in _calculated(each)} & parameters
    for node in below(function):
        if isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, ast.Compare):
            test = node.test
            name = test.left.id if isinstance(test.left, ast.Name) else ""
            if name in counted and isinstance(test.ops[0], ast.In | ast.Eq) and is_fixed(test.comparators[0]):
                yield Answer(frozenset(literals(test.comparators[0])), "", test.lineno, amounts=function.name)


def _calculated(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.BinOp(
            left=left, op=ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod() | ast.Sub() | ast.Pow(), right=right
        ):
            yield from (each.id for each in (left, right) if isinstance(each, ast.Name))
        case ast.Call(args=args) if called(node) in ("divmod", "range", "round", "abs"):
            yield from (each.id for each in args if isinstance(each, ast.Name))
        case _:
            return


def _of(node: ast.AST, beside: bool) -> Iterator[Answer]:
    match node:
        case ast.If(test=test, body=[ast.Return(value=value) | ast.Assign(value=value), *_]) if is_fixed(value):
            yield from _branch(test, value, beside)
        case ast.If(test=test, body=[ast.Return(value=ast.Call(args=[value], keywords=[])), *_]) if is_fixed(value):
            yield from _branch(test, value, beside)  # `return Money(100)`
        case ast.If(test=test) | ast.IfExp(test=test) if (given := _given(test, ast.Eq)) and len(given) > 2:
            yield Answer(given, "", test.lineno, whole=True)
        case ast.IfExp(test=test, body=value) if is_fixed(value):
            yield from _branch(test, value, beside)
        case ast.match_case(pattern=ast.MatchValue(value=test), body=[ast.Return(value=value), *_]) if is_fixed(value):
            if value is not None:
                yield Answer(frozenset(literals(test)), written(value), test.lineno, beside)
        case ast.match_case(pattern=ast.MatchSequence(patterns=patterns), body=[ast.Return(value=value), *_]):
            values = [each.value for each in patterns if isinstance(each, ast.MatchValue)]
            if values and len(values) == len(patterns) and is_fixed(value) and value is not None:
                given = frozenset(text for each in values for text in literals(each))
                yield Answer(given, written(value), value.lineno, beside)
        case ast.Dict():
            yield from _entries(node, beside)


def _given(test: ast.expr, *ways: type[ast.cmpop]) -> frozenset[str]:
    """The literals that a condition asks for in these ways, if in several joined by `and`; none where it asks more."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    given: set[str] = set()
    for each in parts:
        if not (isinstance(each, ast.Compare) and isinstance(each.ops[0], ways)):
            return frozenset()
        fixed = [side for side in (each.left, *each.comparators) if is_fixed(side)]
        if isinstance(each.ops[0], ast.In) and not all(isinstance(s, ast.Tuple | ast.List | ast.Set) for s in fixed):
            return frozenset()
        given |= {text for side in fixed for text in literals(side)}
    return frozenset(given)


def _branch(test: ast.expr, value: ast.expr | None, beside: bool) -> Iterator[Answer]:
    given = _given(test, ast.Eq, ast.Is, ast.In)
    if given and value is not None:
        yield Answer(given, written(value), test.lineno, beside)


def _entries(table: ast.Dict, beside: bool) -> Iterator[Answer]:
    for key, value in zip(table.keys, table.values, strict=False):
        several = isinstance(key, ast.Tuple) and len(key.elts) > 1
        if key is not None and is_fixed(key) and is_fixed(value) and (several or isinstance(value, ast.Constant)):
            yield Answer(frozenset(literals(key)), written(value), key.lineno, beside)
