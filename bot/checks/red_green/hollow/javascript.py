"""Sources in JavaScript and TypeScript, as `bot.checks.red_green.hollow.python` has them of Python."""

from collections.abc import Iterator

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import grammar_of
from bot.checks.integrity.trees.syntax import COMMENTS, FUNCTIONS, LITERALS, callee, kids, parse, part, text_of, walk
from bot.checks.red_green.hollow.parts import Parts, Taken, taken

_BINDS = frozenset({"lexical_declaration", "variable_declaration"})
_BOUND = LITERALS | {"identifier", "member_expression"}
_EXPORTS = ("module.exports", "exports.")


def javascript_without(path: str, old: str, new: str) -> Taken | None:
    before, after = (parse(grammar_of(path), text) for text in (old, new))
    if before.has_error or after.has_error:
        return None
    olds, code = dict(_functions(before)), new.encode()
    for name, node in sorted(_functions(after), key=lambda found: -found[1].start_byte):
        if name in olds:
            start, end, text = node.start_byte, node.end_byte, text_of(olds[name])
        else:
            body = part(node, "body") or part(node, "value", "body") or part(node, "right", "body") or node
            start, end, text = body.start_byte, body.end_byte, "{}"
        code = code[:start] + text.encode() + code[end:]
    return taken(_parts(before), _parts(after), code.decode())


def javascript_parts(path: str, text: str) -> Parts | None:
    root = parse(grammar_of(path), text)
    return None if root.has_error else _parts(root)


def _functions(root: Node) -> Iterator[tuple[str, Node]]:
    return ((name, node) for name, node in _named(root) if _function(node) is not None)


def _function(node: Node) -> Node | None:
    """What a definition says that its name does."""
    value = part(node, "value") or part(node, "right") or node
    return value if value.type in FUNCTIONS else None


def _named(root: Node) -> Iterator[tuple[str, Node]]:
    """The statements of a module and the members of its classes, by the names that they give a meaning to."""
    for statement in kids(root):
        node = part(statement, "declaration") or statement
        inner = kids(node)[0] if node.type == "expression_statement" and kids(node) else node
        if node.type == "class_declaration":
            name = text_of(part(node, "name"))
            yield name, node
            yield from ((f"{name}.{_head(each)}", each) for each in kids(node, "body"))
        elif node.type in _BINDS:
            yield from ((text_of(part(each, "name")), each) for each in kids(node))
        elif inner.type == "assignment_expression":
            yield text_of(part(inner, "left")), inner
        else:
            yield text_of(part(node, "name")), node


def _head(node: Node) -> str:
    """The name of a member with what stands before it: `get`, `static`."""
    name = part(node, "name") or part(node, "property") or node
    return text_of(node).encode()[: name.end_byte - node.start_byte].decode()


def _parts(root: Node) -> Parts:
    functions: dict[str, str] = {}
    constants: dict[str, str] = {}
    imports: dict[str, str] = {}
    classes: set[str] = set()
    others: set[str] = set()
    for name, node in _named(root):
        value = part(node, "value")
        if _function(node) is not None:
            functions[name] = _said(node)
        elif node.type == "class_declaration":
            classes.add(name)
            others.add(f"{name}.{_said(node).partition('{')[0]}")
        elif node.type == "variable_declarator" and value is not None and value.type in _BOUND:
            constants[name] = _said(value)
        elif node.type == "import_statement" or callee(value or node) == "require":
            imports[name or text_of(kids(node)[0])] = text_of(part(node, "source") or value)
        elif node.type != "export_statement" and not name.startswith(_EXPORTS):
            others.add(f"{name.rpartition('.')[0]}.{_said(node)}")
    return Parts(functions, constants, imports, frozenset(classes), frozenset(others))


def _said(node: Node) -> str:
    """Without layout and comments."""
    return " ".join(text_of(each) for each in walk(node) if not each.child_count and each.type not in COMMENTS)
