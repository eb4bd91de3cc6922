"""Small changes to Python lines that a good test would notice: comparisons, boundaries, arithmetic, negations,
constants, returned values, statements left out. Pure: text in, mutants out, the same every time.

Left alone is what no test should have to notice: annotations, decorators, docstrings, log lines, the module's names.
"""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from bot.domain.syntax import parse

LONGEST = 200
"""Characters of a replaced expression that can still be shown as one."""

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""The boundary first, then the opposite."""

_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_SAID = frozenset({"log", "logger", "logging", "_log", "_logger", "warnings", "print"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change: lines `first` to `last` (from 1) become `text`. `was` and `now` show it to a reader."""

    path: str
    first: int
    last: int
    text: str
    was: str
    now: str


def mutants(path: str, source: str, lines: Collection[int]) -> tuple[Mutant, ...]:
    """The mutants of these lines, one for each line before the second of any; () for what does not parse."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    by_line: dict[int, list[Mutant]] = defaultdict(list)
    for node in _alive(tree):
        if node.lineno in lines:
            by_line[node.lineno] += _of(path, source, node)
    rows = (by_line[line] for line in sorted(by_line))
    return tuple(mutant for row in zip_longest(*rows) for mutant in row if mutant is not None)


_Node = ast.expr | ast.stmt


def _alive(node: ast.AST) -> Iterator[_Node]:
    """The nodes below that make a difference when the code runs. A node stands before its parts, so that of one line
    the widest change comes first."""
    for child in ast.iter_child_nodes(node):
        if _is_silent(child):
            continue
        if isinstance(child, ast.expr | ast.stmt):
            yield child
        if isinstance(child, ast.JoinedStr):
            continue  # Python before 3.12 does not know where the parts of an f-string stand
        for part in _annotated(child):
            yield from _alive(part)


def _annotated(node: ast.AST) -> tuple[ast.AST, ...]:
    """The node, or what of it is neither annotation nor decorator."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return (ast.Module([*node.body], []), node.args)
        case ast.ClassDef():
            return (ast.Module([*node.body], []),)
        case ast.AnnAssign():
            return (ast.Module([ast.Expr(node.value)] if node.value else [], []),)
        case ast.arg():
            return ()
    return (node,)


def _is_silent(node: ast.AST) -> bool:
    """A docstring or other lone constant, a log line, an import, `__all__`, the guard around a script's own start."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Call(func=called)):
            return _root(called) in _SAID
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.startswith("__")
        case ast.If(test=test):
            return any(name in ast.dump(test) for name in ("'__name__'", "'TYPE_CHECKING'"))
    return False


def _root(called: ast.expr) -> str:
    while isinstance(called, ast.Attribute):
        called = called.value
    return called.id if isinstance(called, ast.Name) else ""


def _of(path: str, source: str, node: _Node) -> Iterator[Mutant]:
    was = ast.get_source_segment(source, node) or ""
    for now in _changes(node):
        mutant = _mutant(path, source, node, was, now)
        if mutant is not None:
            yield mutant


def _changes(node: _Node) -> Iterable[str]:
    """What could stand in the place of this node."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return [f"({_text(ast.Compare(left, [other()], [right]))})" for other in _COMPARED.get(type(op), ())]
        case ast.BinOp(left=left, op=operator, right=right) if not _is_text(left) and not _is_text(right):
            other = _COMPUTED.get(type(operator))
            return [f"({_text(ast.BinOp(left, other(), right))})"] if other else []
        case ast.BoolOp(op=joining, values=values):
            turned: ast.boolop = ast.Or() if isinstance(joining, ast.And) else ast.And()
            return [f"({_text(ast.BoolOp(turned, values))})"]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [f"({_text(operand)})"]
        case ast.Constant(value=bool() as value):
            return [str(not value)]
        case ast.Constant(value=int() as value):
            return [str(value + 1), f"({value - 1})"]
    return _statements(node)


def _statements(node: _Node) -> Iterable[str]:
    match node:
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            return ["return None"]
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            return ["pass"]
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return ["pass"]
        case ast.Break() | ast.Continue():
            return ["pass"]
    return []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _text(node: ast.expr) -> str:
    return ast.unparse(node)


def _mutant(path: str, source: str, node: _Node, was: str, now: str) -> Mutant | None:
    """None where putting it there would not give Python, or nothing else than before."""
    first, last = node.lineno, node.end_lineno or node.lineno
    rows = source.encode().splitlines(keepends=True)[first - 1 : last]
    if not was or len(was) > LONGEST or not rows:
        return None
    before, after = rows[0][: node.col_offset], rows[-1][node.end_col_offset or 0 :]
    text = (before + now.encode() + after).decode()
    return Mutant(path, first, last, text, _shown(was), _shown(now)) if _parses(source, first, last, text) else None


def _parses(source: str, first: int, last: int, text: str) -> bool:
    try:
        parse(mutated(source, first, last, text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def mutated(source: str, first: int, last: int, text: str) -> str:
    """The source with lines `first` to `last` replaced."""
    rows = source.encode().splitlines(keepends=True)  # as bytes, since text has more line breaks than Python has
    return b"".join([*rows[: first - 1], text.encode(), *rows[last:]]).decode()


def _shown(text: str) -> str:
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else text
    return " ".join(inner.split())
