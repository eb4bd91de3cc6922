"""Expressions of tree-sitter's trees as normalised text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from bot.checks.integrity.model import Expr
from bot.checks.integrity.trees.syntax import (
    CALLS,
    COMMENTS,
    LITERALS,
    NUMBERS,
    TRANSPARENT,
    callee,
    inner_text,
    is_string,
    kids,
    part,
    text_of,
)
from bot.domain.words import words

LONGEST = 2_000
INLINED = 600

_MEMBERS = words("member_expression selector_expression field_expression field_access")
_NAMES = words("identifier constant shorthand_property_identifier")
_NAMING = ("name", "method", "property", "field", "key")
Bindings = Mapping[str, Expr]


@dataclass(slots=True)
class _Build:
    """An expression being put together."""

    pieces: list[str] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)
    literals: set[str] = field(default_factory=set)
    fixed: bool = True
    mutable: bool = False

    def add(self, piece: str) -> None:
        if piece in (")", "]", "}") and self.pieces and self.pieces[-1] == ",":
            self.pieces.pop()
        if piece != ";":
            self.pieces.append(piece)

    def put(self, known: Expr) -> None:
        self.pieces.append(known.text)
        self.calls |= known.calls
        self.literals |= known.literals
        self.fixed &= known.fixed
        self.mutable |= known.mutable


def expr(node: Node | None, bindings: Bindings) -> Expr:
    """The normal form of an expression: quotes, layout, outer parentheses, types and `await` don't count."""
    if node is None:
        return Expr("")
    build = _Build()
    stack, limit = [_bared(node)], 4_000
    while stack and limit:
        limit -= 1
        each = stack.pop()
        if each.type in COMMENTS:
            continue
        if each.type in TRANSPARENT and kids(each):
            stack.append(kids(each)[0])
        elif not _leaf(each, bindings, build):
            if each.type in CALLS:
                build.calls.add(callee(each))
                build.fixed = False
            stack.extend(reversed(each.children))
    joined = _joined(build.pieces)[:LONGEST]
    return Expr(joined, frozenset(build.calls - {""}), frozenset(build.literals), build.fixed, build.mutable)


def _bared(node: Node) -> Node:
    while node.type in TRANSPARENT | {"parenthesized_expression", "literal_element"} and len(kids(node)) >= 1:
        node = kids(node)[0]
    return node


def _leaf(node: Node, bindings: Bindings, build: _Build) -> bool:
    """Take what needs no look inside. False: its parts must be looked at."""
    holed = any(each.type in ("template_substitution", "interpolation") for each in node.named_children)
    if node.type in LITERALS and not holed:
        # In double quotes a text is one piece however it was written.
        said = '"' + inner_text(node).replace('"', '\\"') + '"' if is_string(node) else text_of(node)
        build.add(said)
        if said not in ("true", "false", "null", "undefined", "nil"):
            build.literals.add(said[:200])
        return True
    if node.type in _MEMBERS and (known := bindings.get(text_of(node)[:100])) is not None:
        build.put(known)
        return True
    if node.child_count:
        return False
    if node.type in _NAMES:
        word = text_of(node)
        known = bindings.get(word)
        if known is not None and not _is_name_of(node):
            build.put(known)
            return True
        build.fixed = False
    build.add(text_of(node))
    return True


def _is_name_of(node: Node) -> bool:
    """Whether an identifier only names a member of something else."""
    parent = node.parent
    return parent is not None and any(part(parent, name) == node for name in _NAMING)


def _joined(pieces: list[str]) -> str:
    made = ""
    for piece in pieces:
        gap = made and piece and (made[-1].isalnum() or made[-1] == "_") and (piece[0].isalnum() or piece[0] == "_")
        made += f" {piece}" if gap else piece
        if len(made) > LONGEST:
            break
    return made


def are_same(*nodes: Node) -> bool:
    """Whether expressions are written alike. Variables stay as they are: what one kept from before may well differ from
    what is there now."""
    return len({expr(node, {}).text for node in nodes}) == 1


def bound(node: Node | None, bindings: Bindings) -> Expr | None:
    """What a variable stands for from now on; None where it is too long to follow."""
    if node is None:
        return None
    made = expr(node, bindings)
    if not made.text or len(made.text) > INLINED or "function" in node.type or "lambda" in node.type:
        return None
    display = _bared(node).type in words("array object composite_literal array_expression hash array_initializer")
    return Expr(made.text, made.calls, made.literals, made.fixed, made.mutable or display)


def number(node: Node | None) -> float | None:
    """The value of a numeric literal."""
    if node is None or node.type not in NUMBERS:
        return None
    try:
        return float(text_of(node).replace("_", "").rstrip("fFdDlL"))
    except ValueError:
        return None
