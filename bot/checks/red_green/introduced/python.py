"""Python sources with names of the head. Pure: text in, text out."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from bot.domain.syntax import parse
from bot.ports import FileChange

_Import = tuple[str, str]
"""A module as it is written, and a name that is wanted of it."""


def completed_python(tests: Mapping[str, str], sources: Sequence[FileChange]) -> Mapping[str, str]:
    """The old texts of these sources with what the tests import of them and is not there, by path."""
    completing = _Completing(sources)
    try:
        for path, text in tests.items():
            nodes = list(ast.walk(parse(text)))
            for module, name in (*_imported(nodes, path), *_looked_up(nodes, path)):
                completing.want(module, name)
        return completing.texts()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


class _Completing:
    """What is taken over from the head: whole new files, and statements of files that the base has, by place."""

    def __init__(self, sources: Sequence[FileChange]) -> None:
        self._sources = sources
        self._whole: set[str] = set()
        self._taken: dict[str, dict[int, ast.stmt]] = {}

    def want(self, module: str, name: str) -> None:
        for source in self._sources:
            if _is_called(source.path, module):
                self._take(source, name)

    def _take(self, source: FileChange, name: str) -> None:
        new = parse(source.new or "").body
        if source.old is None:
            if source.path not in self._whole:
                self._whole.add(source.path)
                self._follow(new, source.path)
            return
        there = {known for statement in parse(source.old).body for known in _bound(statement)}
        taken = self._taken.setdefault(source.path, {})
        for place, statement in enumerate(new):
            if name in set(_bound(statement)) - there and place not in taken:
                taken[place] = statement
                self._follow([statement], source.path)
                for each in ast.walk(statement):
                    if isinstance(each, ast.Name):
                        self._take(source, each.id)

    def _follow(self, statements: Sequence[ast.stmt], path: str) -> None:
        for module, name in _imported(statements, path):
            self.want(module, name)

    def texts(self) -> Mapping[str, str]:
        found = {source.path: source.new or "" for source in self._sources if source.path in self._whole}
        for source in self._sources:
            if taken := self._taken.get(source.path):
                more = "\n".join(ast.unparse(taken[place]) for place in sorted(taken))
                found[source.path] = f"{source.old or ''}\n\n{more}\n"
        return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a module gives a meaning to."""
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Assign() | ast.AnnAssign():
            names = (each for each in ast.walk(statement) if isinstance(each, ast.Name))
            yield from (each.id for each in names if isinstance(each.ctx, ast.Store))
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from ((each.asname or each.name).partition(".")[0] for each in aliases)
        case _:
            return


def _imported(nodes: Iterable[ast.AST], path: str) -> Iterator[_Import]:
    """What statements of a file import: of `import a.b` the module alone."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = PurePosixPath(path).parts[: -node.level] if node.level else ()
            module = ".".join((*above, *(node.module or "").split("."))).strip(".")
            for each in node.names:
                yield module, each.name
                yield f"{module}.{each.name}", ""


def _looked_up(nodes: Sequence[ast.AST], path: str) -> Iterator[_Import]:
    """What is asked of a module by its name: `rates.quote` after `from shop import rates`."""
    modules: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            above = (
                next((f"{module}." for module, _ in _imported([node], path)), "")
                if isinstance(node, ast.ImportFrom)
                else ""
            )
            modules |= {each.asname or each.name: f"{above}{each.name}" for each in node.names}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def _is_called(path: str, module: str) -> bool:
    """Whether a file is the module of this name, wherever the folder stands that modules are looked for in."""
    parts = PurePosixPath(path).with_suffix("").parts
    whole = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return bool(module) and f".{whole}".endswith(f".{module}")
