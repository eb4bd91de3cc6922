"""Python expressions as normalised text, with local variables replaced by what they were given."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.checks.integrity.model import NOTHING, Expr
from bot.checks.integrity.python.syntax import callee, dotted, is_fixed, literals, walk, written
from bot.domain.syntax import expression

LONGEST = 2_000  # characters of an expression that are compared
INLINED = 600  # characters of a variable's value that are put in its place
Bindings = Mapping[str, "Bound"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A variable's value, already normalised."""

    node: ast.expr
    mutable: bool = False


class _Inliner(ast.NodeTransformer):
    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.mutable = False

    def visit_Name(self, node: ast.Name) -> ast.expr:
        bound = self.bindings.get(node.id)
        if bound is None or not isinstance(node.ctx, ast.Load) or isinstance(bound.node, ast.Lambda):
            return node
        self.mutable |= bound.mutable
        return bound.node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        bound = self.bindings.get(f"self.{node.attr}") if dotted(node.value) == "self" else None
        if bound is None or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        self.mutable |= bound.mutable
        return bound.node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A helper that only writes a value shorter, and `re.escape` of a text, are what they give."""
        known = self.bindings.get(node.func.id) if isinstance(node.func, ast.Name) else None
        made = self.generic_visit(node)
        if known is not None and isinstance(known.node, ast.Lambda):
            return _applied(known.node, node) or made
        match made:
            case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr="escape"), args=[ast.Constant(str() as text)]):
                return ast.Constant(re.escape(text))
        return made

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """An f-string of constants is a text."""
        made = self.generic_visit(node)
        parts = [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
        holes = [each for each in node.values if isinstance(each, ast.FormattedValue)]
        plain = all(each.conversion < 0 and each.format_spec is None for each in holes)
        if not plain or not all(isinstance(each, ast.Constant) for each in parts):
            return made
        return ast.Constant("".join(str(each.value) for each in parts if isinstance(each, ast.Constant)))

    def visit_Await(self, node: ast.Await) -> ast.AST:
        """`await f()` and `f()` ask the same."""
        return self.visit(node.value)  # type: ignore[no-any-return]

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


def _applied(function: ast.Lambda, call: ast.Call) -> ast.expr | None:
    """What a lambda gives to the arguments of a call; None where they don't fit."""
    arguments = function.args
    names = [each.arg for each in (*arguments.args, *arguments.kwonlyargs)]
    starred = any(isinstance(each, ast.Starred) for each in call.args) or any(k.arg not in names for k in call.keywords)
    if starred or len(call.args) > len(arguments.args):
        return None
    defaults = dict(zip(reversed(names[: len(arguments.args)]), reversed(arguments.defaults), strict=False))
    defaults |= {each.arg: d for each, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}
    given = defaults | dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
    if given.keys() != set(names):
        return None
    made, _ = inlined(function.body, {name: Bound(value) for name, value in given.items()})
    return made


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
    calls = frozenset(filter(None, map(callee, walk(made))))
    return Expr(text, calls, frozenset(literals(made)), is_fixed(made), mutable)


def bind(node: ast.expr, bindings: Bindings) -> Bound | None:
    """What a variable stands for from now on; None where it is too long to follow."""
    made, mutable = inlined(node, bindings)
    if len(written(made)) > INLINED:
        return None
    display = isinstance(made, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)
    return Bound(made, mutable or display)
