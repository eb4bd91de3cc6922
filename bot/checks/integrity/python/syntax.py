"""Syntax trees of Python: what stands in a node, what it is called, and which literals and texts it is made of."""

import ast
import base64
import binascii
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.domain import syntax
from bot.domain.words import words

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_PLAIN = words(
    "ctx op ops id attr arg name lineno type_comment kind module level asname conversion is_async simple tag"
)
"""Fields that never hold anything to look at: names, numbers, operators, and how a name is used."""

DEEPEST = 20  # operators and calls within each other that `fold` follows
LONGEST = 4_000  # characters of a text that `fold` puts together


@lru_cache(maxsize=256)
def parse(text: str) -> ast.Module | None:
    """The module; None for what isn't Python, or too deep to read. Kept for the round, as trees of tree-sitter are."""
    try:
        return syntax.parse(text)
    except UNREADABLE:
        return None


# --- walking ------------------------------------------------------------------------------------------------------


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node in which others stand."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        self[kind] = found = tuple(name for name in kind._fields if name not in _PLAIN)
        return found


_FIELDS = _Fields({ast.Constant: ()})


def children(node: ast.AST) -> Iterator[ast.AST]:
    """What stands directly in a node, without operators and contexts."""
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            yield from (part for part in value if isinstance(part, ast.AST))
        elif isinstance(value, ast.AST):
            yield value


def walk(node: ast.AST) -> list[ast.AST]:
    """The node and all below it, breadth first, without operators and contexts: `ast.walk`, in a third of the time."""
    found = [node]
    for each in found:  # it grows meanwhile
        for name in _FIELDS[type(each)]:
            value = getattr(each, name, None)
            if isinstance(value, list):
                found += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


@lru_cache(maxsize=4096)
def below(node: ast.AST) -> tuple[ast.AST, ...]:
    """`walk` of what is not altered any more: modules, functions, statements."""
    return tuple(walk(node))


def own(node: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a function or a module, without its inner functions."""
    stack = list(children(node))
    while stack:
        each = stack.pop()
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield each
            stack.extend(children(each))


# --- names --------------------------------------------------------------------------------------------------------
def written(node: ast.AST) -> str:
    """An expression as text, whatever the original layout. What can't be written (an f-string with a backslash put into
    it) is shown as its structure."""
    try:
        return ast.unparse(node)
    except ValueError:
        return ast.dump(node)


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of names and attributes; '' of anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls."""
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def last(name: str) -> str:
    return name.rpartition(".")[2]


def callee(node: ast.AST) -> str:
    """The last name of what a call calls, whatever that is a member of; '' of all else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    return called(node)


def variables(*nodes: ast.AST) -> set[str]:
    """The plain names that stand in nodes."""
    return {each.id for node in nodes for each in walk(node) if isinstance(each, ast.Name)}


def assigned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """The variables that these statements set, with what they are set to."""
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((each.id, node.value) for each in targets if isinstance(each, ast.Name))


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that an import binds, with what they stand for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, alias.name if alias.asname else top
        return
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        yield alias.asname or alias.name, f"{module}.{alias.name}" if module.strip(".") else f"{module}{alias.name}"


# --- literals -----------------------------------------------------------------------------------------------------
def is_fixed(node: ast.AST | None) -> bool:
    """Whether an expression is made of literals alone."""
    match node:
        case ast.Constant():
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return all(is_fixed(each) for each in elements)
        case ast.Dict(keys=keys, values=values):
            return all(is_fixed(each) for each in (*keys, *values))
        case ast.UnaryOp(operand=operand):
            return is_fixed(operand)
        case ast.BinOp(left=left, right=right):
            return is_fixed(left) and is_fixed(right)
        case _:
            return False


def literals(node: ast.AST) -> Iterator[str]:
    """Its literals as text; the few that stand everywhere don't tell anything."""
    for each in walk(node):
        if isinstance(each, ast.Constant) and each.value is not None and not isinstance(each.value, bool):
            yield repr(each.value)[:200]


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


# --- texts --------------------------------------------------------------------------------------------------------


def fold(node: ast.AST | None, deep: int = 0) -> str | None:
    """The text that an expression of constants gives: concatenation, join, reversal, decoding. None for all else."""
    if deep > DEEPEST:
        return None
    match node:
        case ast.Constant(value=str() as text):
            return text[:LONGEST]
        case ast.Constant(value=bytes() as data):
            return data.decode("latin-1")[:LONGEST]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, two = fold(left, deep + 1), fold(right, deep + 1)
            return None if one is None or two is None else (one + two)[:LONGEST]
        case ast.JoinedStr(values=values):
            parts = [fold(each.value if isinstance(each, ast.FormattedValue) else each, deep + 1) for each in values]
            return None if any(part is None for part in parts) else "".join(part or "" for part in parts)[:LONGEST]
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=None, step=step)):
            whole = fold(value, deep + 1)
            backwards = isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub)
            return whole[::-1] if whole is not None and backwards else None
        case ast.Call():
            return _folded(node, deep)
        case _:
            return None


def _folded(node: ast.Call, deep: int) -> str | None:
    name = callee(node)
    target = fold(node.func.value, deep + 1) if isinstance(node.func, ast.Attribute) else None
    first = node.args[0] if node.args else None
    if name == "join" and target is not None and isinstance(first, ast.List | ast.Tuple):
        parts = [fold(each, deep + 1) for each in first.elts]
        return None if any(part is None for part in parts) else target.join(part or "" for part in parts)[:LONGEST]
    code = first.value if isinstance(first, ast.Constant) else None
    if name == "chr" and isinstance(code, int) and 0 <= code < 0x110000:
        return chr(code)
    if target is not None and name in ("upper", "lower", "strip", "decode", "encode", "title"):
        return {"upper": target.upper(), "lower": target.lower(), "strip": target.strip()}.get(name, target)
    if target is not None and name == "replace" and len(node.args) == 2:
        old, new = fold(node.args[0], deep + 1), fold(node.args[1], deep + 1)
        return target.replace(old, new)[:LONGEST] if old and new is not None else None
    return _decoded(name, fold(first, deep + 1))


def _decoded(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        if name == "b64decode":
            return base64.b64decode(text).decode("latin-1")
        if name in ("fromhex", "unhexlify"):
            return bytes.fromhex(text).decode("latin-1")
    except (ValueError, binascii.Error):
        return None
    return None
