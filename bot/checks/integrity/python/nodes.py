"""All nodes below one of Python's, kept for the round: many questions are asked of the same tree."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from bot.domain.words import words

_PLAIN = words(
    "ctx op ops id attr arg name lineno type_comment kind module level asname conversion is_async simple tag"
)
"""Fields that never hold anything to look at: names, numbers, operators, and how a name is used."""


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
