"""Sources in which every function raises: a new test that still passes runs none of them, and says nothing of what
changed in them. Asked only where the change offers a test something else to see: a new constant, or the text itself.
Pure: text in, text out."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.syntax import Function, parse, undocumented
from bot.ports import FileChange

RAISES = 'raise AssertionError("a function that no test may run")'

_Places = ast.Module | ast.ClassDef
_READS = re.compile(r"\bgetsource|\b__doc__\b|\bread_text\(|\bopen\(")
_WRITES = re.compile(r"\b(doc|comment|descri|help|explain)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A module: its functions by name, the literals that its names are bound to, and all else."""

    functions: Mapping[str, str]
    constants: Mapping[str, str]
    others: frozenset[str]


def hollowed(sources: Iterable[FileChange], tests: Iterable[str], promised: str = "") -> Mapping[str, str]:
    """Python sources whose functions all raise, by path. Nothing where more than functions and new constants changed,
    where a constant or words that were promised are all that did, or where there is nothing else than functions that
    the tests (their texts) could see."""
    found: dict[str, str] = {}
    offered, changed, all_same = any(map(_READS.search, tests)), False, True
    for source in sources:
        if _is_constants_only(source):
            offered, all_same = True, False
            continue
        if not source.path.endswith(".py") or source.new is None or source.path.endswith("__init__.py"):
            return {}
        try:
            old, new = _parts(source.old or ""), _parts(source.new)
            if new.others - old.others or any(old.constants.get(n, v) != v for n, v in new.constants.items()):
                return {}
            offered |= bool(new.constants.keys() - old.constants.keys())
            changed |= any(old.functions.get(name) != body for name, body in new.functions.items())
            all_same &= old == new
            found[source.path] = _raising(source.new)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}
    words_only = all_same and not _WRITES.search(promised)
    return found if words_only or (offered and changed) else {}


def _is_constants_only(source: FileChange) -> bool:
    """A package's own file that got nothing but a constant."""
    if source.new is None or not source.path.endswith("__init__.py"):
        return False
    try:
        old, new = _parts(source.old or ""), _parts(source.new)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kept = all(new.constants.get(name) == value for name, value in old.constants.items())
    return kept and old.functions == new.functions and old.others == new.others


def _parts(text: str) -> _Parts:
    functions: dict[str, str] = {}
    constants: dict[str, str] = {}
    others: set[str] = set()
    for name, node in _statements(parse(text), ""):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                functions[f"{name}{node.name}"] = "\n".join(
                    ast.dump(each) for each in [node.args, *undocumented(node.body)]
                )
            case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Constant(value=value)):
                constants[f"{name}{bound}"] = repr(value)
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
                continue
            case _:
                others.add(name + ast.dump(node))
    return _Parts(functions, constants, frozenset(others))


def _statements(place: _Places, prefix: str) -> Iterator[tuple[str, ast.stmt]]:
    for node in place.body:
        if isinstance(node, ast.ClassDef):
            head = [*node.bases, *node.keywords, *node.decorator_list]
            yield prefix, ast.Expr(ast.Tuple([ast.Constant(f"{node.name}: {ast.dump(each)}") for each in head]))
            yield from _statements(node, f"{prefix}{node.name}.")
        else:
            yield prefix, node


def _raising(text: str) -> str:
    """Raises ValueError where a function stands on one line."""
    rows = text.encode().splitlines(keepends=True)  # as bytes, since text has more line breaks than Python has
    nodes = [node for _, node in _statements(parse(text), "") if isinstance(node, Function)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        first, after = (undocumented(node.body) or node.body)[0], not undocumented(node.body)
        if first.lineno == node.lineno:
            raise ValueError(f"{node.name} stands on one line")
        row = (first.end_lineno or first.lineno) if after else first.lineno - 1
        rows.insert(row, f"{' ' * first.col_offset}{RAISES}\n".encode())
    return b"".join(rows).decode()
