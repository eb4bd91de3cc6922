"""What Python tests replace: `mock.patch`, `monkeypatch`, and plain assignment to what was imported."""

import ast
from collections.abc import Collection, Iterator, Mapping

from bot.checks.integrity.model import Mock
from bot.checks.integrity.python.syntax import below, called, dotted, imported, last

_PATCHES = frozenset(("patch", "object", "setattr", "setitem", "multiple", "dict", "spy", "stub", "replace"))


def mocks_in(node: ast.AST, imports: Mapping[str, str]) -> Iterator[Mock]:
    """Every replacement made somewhere below `node`, decorators included."""
    inner = [of for each in below(node) if isinstance(each, ast.Import | ast.ImportFrom) for of in imported(each)]
    imports = {**imports, **dict(inner)}
    functions = {each.name for each in below(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    for each in below(node):
        if isinstance(each, ast.Call):
            yield from _patched(each, imports)
        elif isinstance(each, ast.Assign):
            yield from _assigned(each, imports, functions)


def resolved(name: str, imports: Mapping[str, str]) -> str:
    """A dotted name as the imports spell it out."""
    first, _, rest = name.partition(".")
    known = imports.get(first, first)
    return f"{known}.{rest}" if rest else known


def _patched(call: ast.Call, imports: Mapping[str, str]) -> Iterator[Mock]:
    name = called(call)
    head, _, tail = name.rpartition(".")
    if tail not in _PATCHES or not _is_patching(head, tail) or not call.args:
        return
    if tail == "spy" or any(keyword.arg == "wraps" for keyword in call.keywords):
        return
    first = call.args[0]
    second = call.args[1] if len(call.args) > 1 else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield Mock(first.value, last(first.value), call.lineno)
    elif isinstance(second, ast.Constant) and isinstance(second.value, str) and dotted(first):
        target = f"{resolved(dotted(first), imports)}.{second.value}"
        alone = dotted(first).partition(".")[0] not in imports and not dotted(first)[:1].isupper()
        yield Mock(target, second.value, call.lineno, instance=alone, local=alone)


def _is_patching(head: str, tail: str) -> bool:
    if tail == "patch":
        return True
    if tail in ("setattr", "setitem"):
        return head == "" or "monkeypatch" in head or head in ("mp", "patcher")
    return "patch" in head or "mocker" in head or tail in ("stub", "replace")


def _is_double(value: ast.expr, functions: Collection[str]) -> bool:
    """A function of the test's own, or what a library makes."""
    made = isinstance(value, ast.Lambda) or last(called(value)) in ("Mock", "MagicMock", "AsyncMock", "partial")
    return made or (isinstance(value, ast.Name) and value.id in functions)


def _assigned(node: ast.Assign, imports: Mapping[str, str], functions: Collection[str]) -> Iterator[Mock]:
    """`module.function = …` where `module` was imported."""
    for target in node.targets:
        name = dotted(target)
        first = name.partition(".")[0]
        if "." in name and first in imports:
            lasting = _is_double(node.value, functions)
            yield Mock(resolved(name, imports), last(name), node.lineno, lasting=lasting)
        elif "." in name and _is_double(node.value, functions):
            yield Mock(name, last(name), node.lineno, instance=True)
        elif isinstance(target, ast.Subscript) and dotted(target.value) == "sys.modules":
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Mock(key.value, last(key.value), node.lineno, module=True)
