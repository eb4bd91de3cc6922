"""Python expressions as normalised text, with local variables replaced by what they were given."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.checks.integrity.model import NOTHING, Expr
from bot.checks.integrity.python_nodes import walk
from bot.checks.integrity.python_outline import called, dotted, is_fixed, last, written
from bot.domain.syntax import expression

LONGEST = 2_000
"""Characters of an expression that are compared."""

INLINED = 600
"""Characters of a variable's value that are put in its place."""

Bindings = Mapping[str, "Bound"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A variable's value, already normalised."""

    node: ast.expr
    mutable: bool = False
    size: int = 0


class _Inliner(ast.NodeTransformer):
    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.mutable = False

    def visit_Name(self, node: ast.Name) -> ast.expr:
        bound = self.bindings.get(node.id)
        if bound is None or not isinstance(node.ctx, ast.Load):
            return node
        self.mutable |= bound.mutable
        return bound.node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        bound = self.bindings.get(f"self.{node.attr}") if dotted(node.value) == "self" else None
        if bound is None or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        self.mutable |= bound.mutable
        return bound.node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        """`await f()` and `f()` ask the same."""
        return self.visit(node.value)  # type: ignore[no-any-return]

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


def inlined(node: ast.expr, bindings: Bindings) -> tuple[ast.expr, bool]:
    """The expression with variables replaced, and whether one of them could have been altered meanwhile."""
    inliner = _Inliner(bindings)
    # A transformer alters nodes in place: work on a copy, made only where there is something to replace.
    nodes = walk(node)
    names = {each.id for each in nodes if isinstance(each, ast.Name)}
    if "self" in names:
        names |= {f"self.{each.attr}" for each in nodes if isinstance(each, ast.Attribute)}
    if not names & bindings.keys() and not any(isinstance(each, ast.Await) for each in nodes):
        return node, False
    copy = expression(written(node))
    made: ast.expr = inliner.visit(copy)
    return made, inliner.mutable


def expr(node: ast.expr | None, bindings: Bindings) -> Expr:
    """The normal form. Quotes, layout and parentheses don't count."""
    if node is None:
        return NOTHING
    made, mutable = inlined(node, bindings)
    text = written(made)[:LONGEST]
    calls = frozenset(filter(None, (_callee(each) for each in walk(made))))
    return Expr(text, calls, frozenset(literals(made)), is_fixed(made), mutable)


def _callee(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else last(called(node))


def literals(node: ast.AST) -> Iterator[str]:
    """Its literals as text; the few that stand everywhere don't tell anything."""
    for each in walk(node):
        if isinstance(each, ast.Constant) and each.value is not None and not isinstance(each.value, bool):
            yield repr(each.value)[:200]


def bind(node: ast.expr, bindings: Bindings) -> Bound | None:
    """What a variable stands for from now on; None where it is too long to follow."""
    made, mutable = inlined(node, bindings)
    text = written(made)
    if len(text) > INLINED:
        return None
    display = isinstance(made, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)
    return Bound(made, mutable or display, len(text))


def number(node: ast.expr | None) -> float | None:
    """The value of a numeric literal, powers and signs included."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = number(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = number(left), number(right)
            return base**power if base and power is not None and abs(power) < 300 and abs(base) <= 100 else None
        case _:
            return None
