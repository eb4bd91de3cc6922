"""Syntax trees of tree-sitter. The grammars are compiled in: no downloads."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_ruby
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from bot.domain.words import words

NODES = 60_000  # nodes of one tree that a walk looks at
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
TRANSPARENT = words("await_expression as_expression satisfies_expression non_null_expression try_expression")
CALLS = words("call_expression method_invocation call macro_invocation new_expression object_creation_expression")
FUNCTIONS = words(
    "function_declaration arrow_function function_expression method_definition method_declaration function_item "
    "func_literal method singleton_method generator_function generator_function_declaration"
)
_ESCAPED = re.compile(r"\\([\"'`])")


@lru_cache(maxsize=256)
def parse(grammar: str, text: str) -> Node:
    """The root of a text's tree. Never fails: what can't be read stands in ERROR nodes. Trees are kept for the round;
    `parse.cache_clear()` lets go of them. A parser a call, since threads must not share one."""
    if grammar not in _LANGUAGES:
        _LANGUAGES[grammar] = Language(_GRAMMARS[grammar]())
    return Parser(_LANGUAGES[grammar]).parse(text.encode(errors="replace")).root_node


def text_of(node: Node | None, *fields: str) -> str:
    """What is written in a node, or in `part` of it."""
    node = part(node, *fields)
    return (node.text or b"").decode(errors="replace") if node is not None else ""


def line_of(node: Node) -> int:
    return node.start_point.row + 1


def end_of(node: Node) -> int:
    return node.end_point.row + 1


def kids(node: Node | None, *fields: str) -> list[Node]:
    """The named children, of `part` of a node, without comments."""
    node = part(node, *fields)
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
    while target is not None and target.type in TRANSPARENT | {"parenthesized_expression"} and kids(target):
        target = kids(target)[0]
    last = part(target, "property") or part(target, "field") or part(target, "name")
    return text_of(last or target)[:80] if (last or target) is not None else ""


def arguments(node: Node) -> list[Node]:
    return kids(node, "arguments")


def module_of(node: Node) -> str:
    """What an import of JavaScript loads, `import … from 'x'` or `require('x')`; '' of all else."""
    given = arguments(node) if node.type == "call_expression" and callee(node) in ("require", "import") else []
    source = part(node, "source") if node.type == "import_statement" else next(iter(given), None)
    return inner_text(source) if source is not None and is_string(source) else ""
