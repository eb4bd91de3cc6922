"""What a JavaScript test does for one of its assertions, as text: whether the same is done elsewhere."""

from collections.abc import Mapping

from tree_sitter import Node

from bot.checks.integrity.javascript.body import function_of
from bot.checks.integrity.trees.syntax import arguments, kids, part, text_of, walk
from bot.domain.words import words

_NAMES = words("identifier shorthand_property_identifier shorthand_property_identifier_pattern")
_LEAVES = words("return_statement throw_statement yield_expression break_statement continue_statement")


def said(node: Node) -> str:
    """A node's text without its layout."""
    return " ".join(text_of(node).split())


def slice_of(assertion: Node, test: Node, imported: Mapping[str, str]) -> str:
    """The assertion, the statements before it that share a name with it, be it through others, all that may leave the
    test before it, and what imports the names that it uses. '' where the test's body is no block."""
    function = next((f for each in reversed(arguments(test)) if (f := function_of(each)) is not None), None)
    body = part(function, "body")
    before = [each for each in kids(body) if each.start_byte <= assertion.start_byte]
    if function is None or body is None or body.type != "statement_block" or not before:
        return ""
    taken, local = [before.pop()], _bound(function)
    names = _names(taken[0]) & local
    while more := [each for each in before if _names(each) & names or _leaves(each)]:
        taken += more
        before = [each for each in before if each not in more]
        names |= {name for each in more for name in _names(each)} & local
    told = sorted(taken, key=lambda each: each.start_byte)
    used = sorted({name for each in told for name in _names(each)} & imported.keys())
    return "\n".join([*map(said, told), *(imported[name] for name in used)])


def _names(node: Node) -> set[str]:
    return {text_of(each) for each in walk(node) if each.type in _NAMES}


def _bound(function: Node) -> set[str]:
    """The names that mean something of the test's own."""
    holders = [each for each in walk(function) if each.type == "variable_declarator"]
    given = [each for each in (part(function, "parameters"), part(function, "parameter")) if each is not None]
    return {name for each in (*given, *(part(h, "name") for h in holders)) if each is not None for name in _names(each)}


def _leaves(node: Node) -> bool:
    return any(each.type in _LEAVES for each in walk(node))
