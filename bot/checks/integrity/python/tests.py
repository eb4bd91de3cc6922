"""Python test files as sheets."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.checks.integrity.model import Detail, Mock, Outline, Sheet
from bot.checks.integrity.python.detail import detail
from bot.checks.integrity.python.mocks import mocks_in
from bot.checks.integrity.python.outline import FUNCTION, dotted, last, outline
from bot.checks.integrity.python.steps import made_of
from bot.domain import syntax

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@lru_cache(maxsize=256)
def parse(text: str) -> ast.Module | None:
    """The module; None for what isn't Python, or too deep to read. Kept for the round, as trees of tree-sitter are."""
    try:
        return syntax.parse(text)
    except UNREADABLE:
        return None


_PREPARING = ("setUp", "setup_method", "asyncSetUp", "setup")


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a Python test file."""
    tree = parse(text)
    if tree is None:
        return None
    try:
        found = outline(tree, text)
    except RecursionError:
        return None
    constants, sources = _constants(tree), made_of(tree)
    functions: dict[str, object] = {each.last: each.node for each in found.helpers}

    def read_detail(made: Outline) -> Detail:
        known = {n: f for n, f in functions.items() if isinstance(f, FUNCTION) and n != made.last}
        names = {f"{made.context}.{name}" for name in _PREPARING} if made.context else set()
        before = next((each.node for each in found.helpers if each.name in names), None)
        prepared = before if isinstance(before, FUNCTION) else None
        return detail(made, constants, known, found.imports, sources, prepared)

    return Sheet(
        path,
        text,
        tuple(found.tests.values()),
        tuple(found.helpers),
        tuple(found.buried),
        tuple(found.escapes),
        found.imports,
        found.defined,
        tuple(_module_mocks(tree, found.imports)),
        bases={n.name: tuple(last(dotted(b)) for b in n.bases) for n in tree.body if isinstance(n, ast.ClassDef)},
        functions=functions,
        read=read_detail,
    )


def _module_mocks(tree: ast.Module, imports: Mapping[str, str]) -> Iterator[Mock]:
    """What loading the file replaces."""
    for node in tree.body:
        if not isinstance(node, (*FUNCTION, ast.ClassDef)):
            yield from mocks_in(node, imports)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Module variables that are set once."""
    seen: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                if target.id in seen:
                    twice.add(target.id)
                seen[target.id] = value
    return {name: value for name, value in seen.items() if name not in twice}
