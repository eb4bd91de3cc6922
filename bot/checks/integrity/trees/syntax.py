"""Syntax trees of tree-sitter, and their expressions as normalised text. The grammars are compiled in: no downloads."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_ruby
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from bot.checks.integrity.model import Expr
from bot.domain.words import words

NODES = 60_000
"""Nodes of one tree that a walk looks at."""

LONGEST = 2_000
INLINED = 600

_GRAMMARS: Mapping[str, Callable[[], object]] = {
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
    "go": tree_sitter_go.language,
    "rust": tree_sitter_rust.language,
    "java": tree_sitter_java.language,
    "ruby": tree_sitter_ruby.language,
}
_LANGUAGES: dict[str, Language] = {}
COMMENTS = words("comment line_comment block_comment html_comment hash_bang_line")
STRINGS = words(
    "string string_literal raw_string_literal interpreted_string_literal character_literal char_literal rune_literal "
    "regex simple_symbol hash_key_symbol number template_string"
)
LITERALS = STRINGS | words(
    "integer float true false null undefined nil int_literal float_literal imaginary_literal integer_literal "
    "boolean_literal decimal_integer_literal hex_integer_literal octal_integer_literal binary_integer_literal "
    "decimal_floating_point_literal hex_floating_point_literal null_literal boolean none"
)
NUMBERS = words(
    "number integer float int_literal float_literal integer_literal decimal_integer_literal "
    "decimal_floating_point_literal"
)
_TRANSPARENT = words("await_expression as_expression satisfies_expression non_null_expression try_expression")
CALLS = words("call_expression method_invocation call macro_invocation new_expression object_creation_expression")
FUNCTIONS = words(
    "function_declaration arrow_function function_expression method_definition method_declaration function_item "
    "func_literal method singleton_method generator_function generator_function_declaration"
)
_MEMBERS = words("member_expression selector_expression field_expression field_access")
_NAMES = words("identifier constant shorthand_property_identifier")
_NAMING = ("name", "method", "property", "field", "key")


@lru_cache(maxsize=256)
def parse(grammar: str, text: str) -> Node:
    """The root of a text's tree. Never fails: what can't be read stands in ERROR nodes. Trees are kept for the round;
    `parse.cache_clear()` lets go of them. A parser a call, since threads must not share one."""
    if grammar not in _LANGUAGES:
        _LANGUAGES[grammar] = Language(_GRAMMARS[grammar]())
    return Parser(_LANGUAGES[grammar]).parse(text.encode(errors="replace")).root_node


def text_of(node: Node | None) -> str:
    return (node.text or b"").decode(errors="replace") if node is not None else ""


def line_of(node: Node) -> int:
    return node.start_point.row + 1


def end_of(node: Node) -> int:
    return node.end_point.row + 1


def kids(node: Node | None) -> list[Node]:
    """The named children without comments."""
    return [each for each in node.named_children if each.type not in COMMENTS] if node is not None else []


def part(node: Node | None, *names: str) -> Node | None:
    """The child in a field, or in a field of that one."""
    for name in names:
        node = node.child_by_field_name(name) if node is not None else None
    return node


def above(node: Node) -> Iterator[Node]:
    """What a node stands in, from inside out."""
    outer = node.parent
    while outer is not None:
        yield outer
        outer = outer.parent


def walk(node: Node, limit: int = NODES) -> Iterator[Node]:
    """The node and all below it, in the order of the text, up to a limit."""
    stack = [node]
    while stack and limit:
        limit -= 1
        each = stack.pop()
        yield each
        stack.extend(reversed(each.children))


@lru_cache(maxsize=8192)
def below(node: Node, limit: int = NODES) -> tuple[Node, ...]:
    """`walk`, kept for the round: many questions are asked of the same tree."""
    return tuple(walk(node, limit))


def inner_text(node: Node) -> str:
    """What stands between the quotes of a string. Escapes stay as they are, but for those of quotes."""
    pieces = [text_of(each) for each in node.named_children if each.type.endswith(("fragment", "content", "sequence"))]
    bare = "".join(pieces) if pieces else text_of(node).strip("\"'`:")
    return _ESCAPED.sub(r"\1", bare)


_ESCAPED = re.compile(r"\\([\"'`])")


def is_string(node: Node | None) -> bool:
    kind = node.type if node is not None else ""
    return "string" in kind or kind == "simple_symbol"


@lru_cache(maxsize=32_768)
def callee(node: Node) -> str:
    """The last name of what a call calls."""
    named = part(node, "name") or part(node, "method")
    if named is not None:
        return text_of(named)
    target = part(node, "function") or part(node, "constructor") or part(node, "type") or part(node, "macro")
    while target is not None and target.type in _TRANSPARENT | {"parenthesized_expression"} and kids(target):
        target = kids(target)[0]
    last = part(target, "property") or part(target, "field") or part(target, "name")
    return text_of(last or target)[:80] if (last or target) is not None else ""


def arguments(node: Node) -> list[Node]:
    return kids(part(node, "arguments"))


@dataclass(slots=True)
class _Build:
    """An expression being put together."""

    pieces: list[str] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)
    literals: set[str] = field(default_factory=set)
    fixed: bool = True
    mutable: bool = False

    def add(self, piece: str) -> None:
        if piece in (")", "]", "}") and self.pieces and self.pieces[-1] == ",":
            self.pieces.pop()
        if piece != ";":
            self.pieces.append(piece)

    def put(self, known: Expr) -> None:
        self.pieces.append(known.text)
        self.calls |= known.calls
        self.literals |= known.literals
        self.fixed &= known.fixed
        self.mutable |= known.mutable


Bindings = Mapping[str, Expr]


def expr(node: Node | None, bindings: Bindings) -> Expr:
    """The normal form of an expression: quotes, layout, outer parentheses, types and `await` don't count."""
    if node is None:
        return Expr("")
    build = _Build()
    stack, limit = [_bared(node)], 4_000
    while stack and limit:
        limit -= 1
        each = stack.pop()
        if each.type in COMMENTS:
            continue
        if each.type in _TRANSPARENT and kids(each):
            stack.append(kids(each)[0])
        elif not _leaf(each, bindings, build):
            if each.type in CALLS:
                build.calls.add(callee(each))
                build.fixed = False
            stack.extend(reversed(each.children))
    joined = _joined(build.pieces)[:LONGEST]
    return Expr(joined, frozenset(build.calls - {""}), frozenset(build.literals), build.fixed, build.mutable)


def _bared(node: Node) -> Node:
    while node.type in _TRANSPARENT | {"parenthesized_expression", "literal_element"} and len(kids(node)) >= 1:
        node = kids(node)[0]
    return node


def _leaf(node: Node, bindings: Bindings, build: _Build) -> bool:
    """Take what needs no look inside. False: its parts must be looked at."""
    if node.type in LITERALS and not _has_holes(node):
        said = _quoted(inner_text(node)) if is_string(node) else text_of(node)
        build.add(said)
        if said not in ("true", "false", "null", "undefined", "nil"):
            build.literals.add(said[:200])
        return True
    if node.type in _MEMBERS and (known := bindings.get(text_of(node)[:100])) is not None:
        build.put(known)
        return True
    if node.child_count:
        return False
    if node.type in _NAMES:
        word = text_of(node)
        known = bindings.get(word)
        if known is not None and not _is_name_of(node):
            build.put(known)
            return True
        build.fixed = False
    build.add(text_of(node))
    return True


def _quoted(text: str) -> str:
    """In double quotes, so that it is one piece however it was written."""
    return '"' + text.replace('"', '\\"') + '"'


def _has_holes(node: Node) -> bool:
    return any(each.type in ("template_substitution", "interpolation") for each in node.named_children)


def _is_name_of(node: Node) -> bool:
    """Whether an identifier only names a member of something else."""
    parent = node.parent
    return parent is not None and any(part(parent, name) == node for name in _NAMING)


def _joined(pieces: list[str]) -> str:
    made = ""
    for piece in pieces:
        gap = made and piece and (made[-1].isalnum() or made[-1] == "_") and (piece[0].isalnum() or piece[0] == "_")
        made += f" {piece}" if gap else piece
        if len(made) > LONGEST:
            break
    return made


def are_same(*nodes: Node) -> bool:
    """Whether expressions are written alike. Variables stay as they are: what one kept from before may well differ from
    what is there now."""
    return len({expr(node, {}).text for node in nodes}) == 1


def bound(node: Node | None, bindings: Bindings) -> Expr | None:
    """What a variable stands for from now on; None where it is too long to follow."""
    if node is None:
        return None
    made = expr(node, bindings)
    if not made.text or len(made.text) > INLINED or "function" in node.type or "lambda" in node.type:
        return None
    display = _bared(node).type in words("array object composite_literal array_expression hash array_initializer")
    return Expr(made.text, made.calls, made.literals, made.fixed, made.mutable or display)


def number(node: Node | None) -> float | None:
    """The value of a numeric literal."""
    if node is None or node.type not in NUMBERS:
        return None
    try:
        return float(text_of(node).replace("_", "").rstrip("fFdDlL"))
    except ValueError:
        return None
