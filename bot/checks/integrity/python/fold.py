"""Texts that Python code puts together from constants, as far as can be told without running it."""

import ast
import base64
import binascii

DEEPEST = 20
LONGEST = 4_000


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
            return _called(node, deep)
        case _:
            return None


def _called(node: ast.Call, deep: int) -> str | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    target = fold(node.func.value, deep + 1) if isinstance(node.func, ast.Attribute) else None
    first = node.args[0] if node.args else None
    if name == "join" and target is not None and isinstance(first, ast.List | ast.Tuple):
        parts = [fold(each, deep + 1) for each in first.elts]
        return None if any(part is None for part in parts) else target.join(part or "" for part in parts)[:LONGEST]
    if (
        name == "chr"
        and isinstance(first, ast.Constant)
        and isinstance(first.value, int)
        and 0 <= first.value < 0x110000
    ):
        return chr(first.value)
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
