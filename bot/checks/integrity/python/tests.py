"""Python test files as sheets."""

import ast
from collections import Counter
from dataclasses import replace

from bot.checks.integrity.model import Detail, Outline, Sheet
from bot.checks.integrity.python.detail import detail
from bot.checks.integrity.python.mocks import mocks_in
from bot.checks.integrity.python.outline import outline
from bot.checks.integrity.python.steps import made_of
from bot.checks.integrity.python.syntax import assigned, dotted, last, parse
from bot.domain.syntax import Function

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
    often = Counter(name for name, _ in assigned(tree.body))
    constants = {name: value for name, value in assigned(tree.body) if often[name] == 1}
    sources = made_of(tree)
    loading = [node for node in tree.body if not isinstance(node, Function | ast.ClassDef)]
    functions: dict[str, object] = {each.last: each.node for each in found.helpers}

    def read_detail(made: Outline) -> Detail:
        known = {n: f for n, f in functions.items() if isinstance(f, Function) and n != made.last}
        names = {f"{made.context}.{name}" for name in _PREPARING} if made.context else set()
        before = next((each.node for each in found.helpers if each.name in names), None)
        prepared = before if isinstance(before, Function) else None
        return detail(made, constants, known, found.imports, sources, prepared)

    found.mocks += [mock for node in loading for mock in mocks_in(node, found.imports)]
    bases = {n.name: tuple(last(dotted(b)) for b in n.bases) for n in tree.body if isinstance(n, ast.ClassDef)}
    return replace(found.sheet(path, text), bases=bases, functions=functions, read=read_detail)
