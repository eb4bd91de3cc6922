"""JavaScript sources with names of the head. Pure: text in, text out."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import grammar_of
from bot.checks.integrity.trees.syntax import arguments, inner_text, is_string, kids, parse, part, text_of, walk
from bot.ports import FileChange

_DECLARES = frozenset(("class_declaration", "function_declaration", "generator_function_declaration"))
_BINDS = frozenset(("lexical_declaration", "variable_declaration"))


def completed_javascript(tests: Mapping[str, str], sources: Sequence[FileChange]) -> Mapping[str, str]:
    """The old texts of these sources with what the tests import of them by name and is not there, by path."""
    wanted: dict[str, dict[str, None]] = {}
    for test, text in tests.items():
        for place, names in _imported(parse(grammar_of(test), text)):
            called = posixpath.normpath(posixpath.join(posixpath.dirname(test), place))
            for source in sources:
                if called in _called(source.path):
                    wanted.setdefault(source.path, {}).update(dict.fromkeys(names))
    completed = (_completed(source, wanted[source.path]) for source in sources if source.path in wanted)
    return {path: text for found in completed for path, text in found.items()}


def _completed(source: FileChange, names: Iterable[str]) -> Mapping[str, str]:
    if source.old is None:
        return {source.path: source.new or ""}
    old, new = (dict(_declared(parse(grammar_of(source.path), text or ""))) for text in (source.old, source.new))
    lacking, taken = {name for name in new if name not in old}, dict[str, Node]()
    public = sorted(lacking.intersection(names))
    wanted = [*public]
    while wanted:
        name = wanted.pop()
        taken[name] = new[name]
        used = {text_of(each) for each in walk(new[name]) if each.type == "identifier"}
        wanted += sorted(used & lacking - taken.keys())
    if not taken:
        return {}
    said = dict.fromkeys(text_of(node) for node in sorted(taken.values(), key=lambda node: node.start_byte))
    return {source.path: "\n".join((source.old, *said, *(_export(name, source) for name in public), ""))}


def _export(name: str, source: FileChange) -> str:
    """In the way in which the old file exports."""
    root = parse(grammar_of(source.path), source.old or "")
    members = (text_of(each) for each in walk(root) if each.type == "member_expression")
    common = any(member.startswith(("module.exports", "exports.")) for member in members)
    return f"module.exports.{name} = {name};" if common else f"export {{ {name} }};"


def _declared(root: Node) -> Iterator[tuple[str, Node]]:
    """What is declared at the top, by name."""
    for statement in kids(root):
        exported = part(statement, "declaration") if statement.type == "export_statement" else None
        node = exported or statement
        if node.type in _DECLARES:
            yield text_of(part(node, "name")), node
        elif node.type in _BINDS:
            yield from (
                (text_of(part(each, "name")), node) for each in kids(node) if each.type == "variable_declarator"
            )


def _imported(root: Node) -> Iterator[tuple[str, Sequence[str]]]:
    """Files as they are named, with the names that are taken from them."""
    for statement in kids(root):
        if statement.type == "import_statement":
            named = [each for each in walk(statement) if each.type == "import_specifier"]
            yield _text_between(part(statement, "source")), [text_of(part(each, "name")) for each in named]
        elif statement.type in _BINDS:
            yield from (found for each in kids(statement) if (found := _required(each)))


def _required(declared: Node) -> tuple[str, Sequence[str]] | None:
    call, pattern = part(declared, "value"), part(declared, "name")
    given = arguments(call) if call is not None and text_of(part(call, "function")) == "require" else []
    if not given or not is_string(given[0]):
        return None
    named = kids(pattern) if pattern is not None and pattern.type == "object_pattern" else []
    return inner_text(given[0]), [text_of(part(each, "key") or each) for each in named]


def _text_between(node: Node | None) -> str:
    return inner_text(node) if node is not None else ""


def _called(path: str) -> frozenset[str]:
    """How another file may name this one."""
    stem = posixpath.splitext(path)[0]
    return frozenset(
        (path, stem, f"{stem}.js", posixpath.dirname(path) if posixpath.basename(stem) == "index" else path)
    )
