"""Changes that leave all old source code as it was and merely add definitions to it. Pure."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.trees.syntax import (
    COMMENTS,
    FUNCTIONS,
    LITERALS,
    callee,
    is_string,
    kids,
    part,
    text_of,
    walk,
)
from bot.checks.integrity.trees.syntax import parse as parse_tree
from bot.domain.syntax import parse, undocumented
from bot.ports import FileChange


@dataclass(frozen=True, slots=True)
class Additions:
    """The names of what came, and of the classes and modules that it came to, but for a module that is called as
    something in it is."""

    names: frozenset[str]
    homes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement of a module, or a member of the class `home`, as code. `name`: it does nothing but give that one a
    meaning; '-': it does not even that."""

    said: str
    name: str = ""
    home: str = ""


def merely_added(sources: Iterable[FileChange]) -> Additions | None:
    """None where anything else happened."""
    names: set[str] = set()
    homes: set[str] = set()
    for source in sources:
        try:
            old, new = (frozenset(_pieces(source.path, text or "")) for text in (source.old, source.new))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        came, known = new - old, {(piece.home, piece.name) for piece in old if piece.name != "-"}
        strange = any(not piece.name or (piece.home, piece.name) in known for piece in came)
        if strange or source.renamed_from is not None or source.new is None or old - new:
            return None
        names |= {piece.name for piece in came} - {"-"}
        module = {PurePosixPath(source.path).stem} - {piece.name for piece in old}
        homes |= {piece.home for piece in came if piece.home} | module
    return Additions(frozenset(names), frozenset(homes))


def _pieces(path: str, text: str) -> Iterator[_Piece]:
    """Raises ValueError for what is no code."""
    if path.endswith(".py"):
        yield from _python(parse(text).body, "")
    elif path.endswith(JAVASCRIPT):
        for statement in kids(parse_tree(grammar_of(path), text)):
            yield from _javascript(statement)
    else:
        raise ValueError(path)


def _python(nodes: Iterable[ast.stmt], home: str) -> Iterator[_Piece]:
    for node in nodes:
        said = ast.dump(node)
        match node:
            case ast.ClassDef(name=name):
                head = [*node.bases, *node.keywords, *node.decorator_list]
                yield _Piece(" ".join(map(ast.dump, head)), name, home)
                yield from _python(node.body, name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                whole = [node.args, *node.decorator_list, *undocumented(node.body)]
                yield _Piece(" ".join((type(node).__name__, *map(ast.dump, whole))), name, home)
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Import() | ast.ImportFrom():
                yield _Piece(said, "-", home)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield _Piece(said, "" if any(isinstance(each, ast.Call) for each in ast.walk(node)) else name, home)
            case _:
                yield _Piece(said, home=home)


_EXPORTED = re.compile(r"(?:module\.)?exports(?:\.\w+)? = [\w$]+;?|[\w$]+(?:: *[\w$]+)?(?: as [\w$]+)?")
_EXPORTS = ("exports", "module.exports")
_PLAIN = FUNCTIONS | LITERALS


def _javascript(statement: Node) -> Iterator[_Piece]:
    node = part(statement, "declaration") or statement
    name = text_of(part(node, "name"))
    if node.type == "class_declaration":
        yield _Piece(_said(node).partition("{")[0], name)
        yield from (_Piece(_said(each), text_of(part(each, "name")), name) for each in kids(node, "body"))
    elif node.type in FUNCTIONS:
        yield _Piece(_said(node), name)
    elif node.type in ("lexical_declaration", "variable_declaration"):
        for each in kids(node):
            value = part(each, "value")
            plain = value is not None and (value.type in _PLAIN or callee(value) == "require")
            yield _Piece(_said(each), text_of(part(each, "name")) if plain else "")
    elif node.type == "import_statement":
        yield _Piece(_said(node), "-")
    else:
        yield from (_Piece(_said(each), _exported(each)) for each in _exports(node))


def _said(node: Node) -> str:
    """Without layout and comments."""
    return " ".join(text_of(each) for each in walk(node) if not each.child_count and each.type not in COMMENTS)


def _exports(node: Node) -> list[Node]:
    """What is exported, one by one; any other statement as a whole, but for a mere text."""
    inner = kids(node)[0] if kids(node) else node
    value = inner if inner.type == "export_clause" else part(inner, "right")
    listed = inner.type == "export_clause" or text_of(part(inner, "left")) in _EXPORTS
    if value is not None and listed and value.type in ("export_clause", "object"):
        return kids(value)
    return [] if is_string(inner) else [node]


def _exported(node: Node) -> str:
    """The name that is given to a function by exporting it; '-' where it has one."""
    inner = kids(node)[0] if node.type == "expression_statement" and kids(node) else node
    value, left = part(inner, "value") or part(inner, "right") or inner, part(inner, "left")
    if value.type in FUNCTIONS and (left is None or text_of(part(left, "object")) in _EXPORTS):
        return text_of(part(left, "property") or part(inner, "name") or part(inner, "key"))
    return "-" if _EXPORTED.fullmatch(text_of(node)) else ""
