"""Equality that a change makes looser: fewer fields are compared, or either of them will do."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from bot.checks.integrity.model import Sign
from bot.checks.integrity.python.syntax import below, parse
from bot.checks.integrity.reading import LARGEST, suffix
from bot.checks.integrity.trees.source import grammar_for
from bot.checks.integrity.trees.syntax import parse as parse_tree
from bot.checks.integrity.trees.syntax import part, text_of, walk
from bot.domain.syntax import Function

_NAMES = frozenset(("eq", "equals", "Equal", "Equals", "==", "eql?", "isEqual", "__eq__", "__hash__"))

_DEFINED = re.compile(r"\b(eq|[eE]quals?|isEqual|__eq__|__hash__|eql\?)(?!\w)|\bdef\s+(self\.)?={2,3}")


@dataclass(frozen=True, slots=True)
class Equality:
    """What one comparison looks at, and how many alternatives it has."""

    words: frozenset[str]
    either: int
    line: int


def signs(path: str, old: str | None, new: str | None) -> Iterator[Sign]:
    """Compare the equality functions of both sides of a source file, in their order."""
    if old is None or new is None or old == new or max(len(old), len(new)) > LARGEST:
        return
    if not _DEFINED.search(old) or not _DEFINED.search(new):
        return
    before, after = _equalities(path, old), _equalities(path, new)
    for key, was in before.items():
        now = after.get(key)
        if now is None or now == was:
            continue
        lost = sorted(word for word in was.words - now.words if re.search(rf"\b{re.escape(word)}\b", new))
        if lost or now.either > was.either:
            why = f"no longer looks at `{lost[0]}`" if lost else "holds for either of several"
            yield Sign("test-weakened", now.line, f"`{key}` {why}, so more is equal than before.", (key,))


def _equalities(path: str, text: str) -> Mapping[str, Equality]:
    if suffix(path) == ".py":
        tree = parse(text)
        return dict(_python(tree)) if tree is not None else {}
    grammar = grammar_for(path)
    return dict(_others(parse_tree(grammar, text))) if grammar else {}


def _python(tree: ast.Module) -> Iterator[tuple[str, Equality]]:
    for owner in (each for each in below(tree) if isinstance(each, ast.ClassDef)):
        for node in owner.body:
            if isinstance(node, Function) and node.name == "__eq__":
                names = frozenset(each.attr for each in below(node) if isinstance(each, ast.Attribute))
                either = sum(isinstance(each, ast.BoolOp) and isinstance(each.op, ast.Or) for each in below(node))
                yield f"{owner.name}.__eq__", Equality(names, either, node.lineno)


def _others(root: Node) -> Iterator[tuple[str, Equality]]:
    number = 0
    for node in walk(root):
        name = text_of(node, "name")
        if name in _NAMES and part(node, "body") is not None:
            inside = list(walk(node))
            fields = ("field_identifier", "property_identifier", "identifier", "instance_variable")
            words = frozenset(text_of(each) for each in inside if each.type in fields) - {name}
            either = sum(text_of(each) == "||" for each in inside if not each.child_count)
            number += 1
            yield f"{name} #{number}" if number > 1 else name, Equality(words, either, node.start_point.row + 1)
