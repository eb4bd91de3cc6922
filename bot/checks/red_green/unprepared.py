"""A changed Python test file without what newly prepares its tests: statements at its top that no test refers to, and
preparing methods of classes, which are those of the base again. What a test names it has by its own wish; what is done
behind its back may do part of what the sources should. Pure: text in, text out."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.syntax import Function, parse

_PREPARES = frozenset(("setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class"))

_Block = ast.Module | ast.ClassDef


def unprepared(old: str, new: str) -> str:
    """The new text without new preparation; '' where there is none, or it can't be told."""
    try:
        before, after = parse(old), parse(new)
        names = _reached(after)
        kept = list(_without(before, after, names))
        if [ast.dump(each) for each in kept] == [ast.dump(each) for each in after.body]:
            return ""
        return ast.unparse(ast.Module(kept, []))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _without(before: _Block, after: _Block, names: frozenset[str]) -> Iterator[ast.stmt]:
    """The statements of a block, with the base's in place of changed preparation."""
    known = {ast.dump(each) for each in before.body}
    olds = {each.name: each for each in before.body if isinstance(each, Function | ast.ClassDef)}
    for each in after.body:
        was = olds.get(each.name) if isinstance(each, Function | ast.ClassDef) else None
        if ast.dump(each) in known:
            yield each
        elif isinstance(each, ast.ClassDef) and isinstance(was, ast.ClassDef):
            body = list(_without(was, each, names))
            yield ast.ClassDef(each.name, each.bases, each.keywords, body or [ast.Pass()], each.decorator_list)
        elif not _prepares(each, isinstance(after, ast.ClassDef), names):
            yield each
        elif was is not None:
            yield was


def _prepares(node: ast.stmt, within: bool, names: frozenset[str]) -> bool:
    """Whether a statement does something for tests that do not refer to it."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name in _PREPARES if within and name not in names else _is_fixture(node) and name not in names
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.ClassDef():
            return False
        case ast.Assign(targets=targets):
            return not any(isinstance(each, ast.Name | ast.Tuple) for each in targets)
        case ast.Expr() | ast.AugAssign():
            return True
        case _:
            return False


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.name in ("setup_module", "setUpModule") or any("fixture" in ast.dump(d) for d in node.decorator_list)


def _reached(module: ast.Module) -> frozenset[str]:
    """The names that tests say, be it through what they name."""
    named: Mapping[str, ast.stmt] = {each.name: each for each in _all(module) if isinstance(each, Function)}
    wanted = [name for name in named if name.startswith("test")]
    found: set[str] = set()
    while wanted:
        said = _said(named[wanted.pop()]) - found
        found |= said
        wanted += [name for name in said if name in named]
    return frozenset(found)


def _all(block: _Block) -> Iterator[ast.stmt]:
    for each in block.body:
        yield each
        if isinstance(each, ast.ClassDef):
            yield from _all(each)


def _said(node: ast.stmt) -> set[str]:
    def of(each: ast.AST) -> Iterable[str]:
        match each:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                return (name,)
            case ast.Constant(value=str(text)):
                return (text,)
            case _:
                return ()

    return {name for each in ast.walk(node) for name in of(each)}
