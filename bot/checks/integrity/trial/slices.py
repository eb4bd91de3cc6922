"""What a Python test does for one of its assertions, as text: whether the same is done elsewhere."""

import ast
from collections.abc import Mapping

from bot.domain.syntax import Function

_LEAVES = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Break, ast.Continue)


def slice_of(assertion: ast.stmt, function: Function, imported: Mapping[str, tuple[str, str]]) -> str:
    """The assertion, the statements before it that share a name with it, be it through others, all that may leave the
    test before it, the test's decorators, and where names that it uses are imported from."""
    before: list[ast.stmt] = []
    for node in function.body:
        if node.lineno > assertion.lineno:
            break
        before.append(node)
    taken = [before.pop()]
    local = _bound(function)
    names = _names(taken[0]) & local
    while more := [node for node in before if _names(node) & names or _leaves(node)]:
        taken += more
        before = [node for node in before if node not in more]
        names |= {name for node in more for name in _names(node)} & local
    told = [*function.decorator_list, *sorted(taken, key=lambda node: node.lineno)]
    used = {word for node in told for word in _names(node)} & imported.keys()
    return "\n".join([*map(ast.dump, told), *(f"{word} {imported[word]}" for word in sorted(used))])


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _bound(function: Function) -> set[str]:
    """The names that mean something of the test's own."""
    found = {
        each.id for each in ast.walk(function) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    }
    return found | {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}


def _leaves(node: ast.stmt) -> bool:
    return any(isinstance(each, _LEAVES) for each in ast.walk(node))
