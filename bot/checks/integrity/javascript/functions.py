"""The functions of JavaScript and TypeScript sources, as a trial needs them to watch their calls. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import grammar_of
from bot.checks.integrity.trees.syntax import kids, parse, part, text_of, walk
from bot.domain.words import words

_METHODS = words("method_definition")
_FUNCTIONS = words("arrow_function function_expression function_declaration generator_function") | words(
    "generator_function_declaration function"
)
_CLASSES = words("class_declaration class abstract_class_declaration")


@dataclass(frozen=True, slots=True)
class Function:
    """`first` and `last` are the bytes between which its body stands. `how` has the letters a: async, e: the body is an
    expression, g: a generator, t: it has a `this` of its own. `given` are the names that its parameters bind."""

    first: int
    last: int
    how: str
    name: str
    given: tuple[str, ...]

    def told(self) -> list[int | str]:
        return [self.first, self.last, self.how, self.name, ",".join(self.given)]


def functions(path: str, text: str) -> tuple[Function, ...]:
    """Those that can be called from elsewhere: what is handed to a call within a function is its own affair."""
    found = (_function(each) for each in walk(parse(grammar_of(path), text)) if each.type in _FUNCTIONS | _METHODS)
    return tuple(each for each in found if each is not None)


def classes(path: str, text: str) -> frozenset[str]:
    """The names of a file's classes, and of functions that could be some."""
    named = (each for each in walk(parse(grammar_of(path), text)) if each.type in _CLASSES | _FUNCTIONS)
    return frozenset(name for each in named if (name := text_of(part(each, "name")))[:1].isupper())


def _function(node: Node) -> Function | None:
    body, how = part(node, "body"), _how(node)
    if body is None or how is None or _is_passed_on(node) or _is_derived_constructor(node):
        return None
    given = tuple(name for each in _parameters(node) for name in _bound(each))
    name = ".".join(reversed(tuple(_names(node))))
    if "e" in how:
        return Function(body.start_byte, body.end_byte, how, name, given)
    return Function(_after_directives(body), body.end_byte - 1, how, name, given)


def _how(node: Node) -> str | None:
    """None for asynchronous generators, and for generators that need what only their own body has."""
    signs = {each.type for each in node.children}
    arrow = node.type == "arrow_function"
    body = part(node, "body")
    expression = arrow and body is not None and body.type != "statement_block"
    generator = "generator" in node.type or "*" in signs
    if generator and ("async" in signs or any(text_of(each) in ("super", "arguments") for each in walk(node))):
        return None
    made = (("async" in signs, "a"), (expression, "e"), (generator, "g"), (not arrow, "t"))
    return "".join(letter for holds, letter in made if holds)


def _is_passed_on(node: Node) -> bool:
    """Whether a function is an argument within another one, or is called where it stands."""
    above = node.parent
    if above is not None and above.type == "parenthesized_expression":
        return above.parent is not None and part(above.parent, "function") == above
    inside = any(each.type in _FUNCTIONS | _METHODS for each in _above(node))
    return above is not None and above.type == "arguments" and inside


def _is_derived_constructor(node: Node) -> bool:
    """Before `super` has been called there is no `this`."""
    if node.type not in _METHODS or text_of(part(node, "name")) != "constructor":
        return False
    holder = node.parent.parent if node.parent is not None else None
    return holder is not None and any(each.type in ("class_heritage", "extends_clause") for each in holder.children)


def _above(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _names(node: Node) -> Iterator[str]:
    """What a function is called, inside out; `()` for one without a name."""
    yield _name(node) or "()"
    for each in _above(node):
        if each.type in _FUNCTIONS | _METHODS | _CLASSES:
            yield _name(each) or "()"


def _name(node: Node) -> str:
    above = node.parent
    kind = above.type if above is not None else ""
    own = text_of(part(node, "name"))
    if node.type in _METHODS:
        return f"{'get ' if any(each.type == 'get' for each in node.children) else ''}{own}"[:80]
    keyed = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}
    keyed |= {"public_field_definition": "name", "field_definition": "property"}
    return (own or text_of(part(above, keyed.get(kind, "none"))))[:80]


def _parameters(node: Node) -> list[Node]:
    alone = part(node, "parameter")
    return [alone] if alone is not None else kids(part(node, "parameters"))


def _bound(node: Node) -> Iterator[str]:
    """The names that a pattern binds."""
    match node.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            yield text_of(node)
        case "assignment_pattern" | "object_assignment_pattern":
            yield from _bound_in(part(node, "left"))
        case "pair_pattern":
            yield from _bound_in(part(node, "value"))
        case "required_parameter" | "optional_parameter":
            yield from _bound_in(part(node, "pattern"))
        case "rest_pattern" | "object_pattern" | "array_pattern":
            for each in kids(node):
                yield from _bound(each)


def _bound_in(node: Node | None) -> Iterator[str]:
    return _bound(node) if node is not None else iter(())


def _after_directives(body: Node) -> int:
    """Behind the brace, and behind `"use strict"` where that stands first."""
    place = body.start_byte + 1
    for each in kids(body):
        if each.type != "expression_statement" or not kids(each) or kids(each)[0].type != "string":
            break
        place = each.end_byte
    return place
