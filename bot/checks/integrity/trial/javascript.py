"""Trials of the tests of JavaScript and TypeScript, by node's own runner, mocha, jest and vitest.

Here no interpreter tells of calls: the functions of the sources are found by parsing, and the sources are written anew
in the sandbox, so that what they do can be watched.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from tree_sitter import Node

from bot.checks.integrity.javascript.body import parameters
from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.trees.syntax import FUNCTIONS, above, kids, parse, part, text_of, walk
from bot.checks.integrity.trial import javascript_tests
from bot.checks.integrity.trial.language import Language
from bot.checks.pairing import Named
from bot.checks.running import planted
from bot.domain.words import words
from bot.ports import Run

PART, PARTS = 60_000, 16
"""Characters told of the sources' functions in one file, which is one argument of a process, and such files. What is
beyond that is not watched."""

_AGAIN = re.compile(r" \(\d+\)$")
_CLASSES = words("class_declaration class abstract_class_declaration")


def _bodied(tests: Collection[Named], texts: Mapping[str, str]) -> tuple[Named, ...]:
    files = {test.file for test in tests} & texts.keys()
    known = {file: javascript_tests.bodies(file, texts[file]) for file in files}
    return tuple(replace(test, body=_body(_title(test), known.get(test.file, {}))) for test in tests)


def _trying(run: Run, sources: Mapping[str, str], tests: Mapping[str, str]) -> Run:
    found = {path: [each.told() for each in functions(path, text)] for path, text in sources.items()}
    for path, text in tests.items():
        found[path] = [[*place, "s", "", ""] for place in javascript_tests.softened(path, text)]
    texts = {**sources, **tests}
    whole = {path: {"bytes": len(texts[path].encode()), "places": told} for path, told in found.items() if told}
    files = {path: told for path, told in whole.items() if len(json.dumps(told)) < PART}
    named = sorted({name for path, text in sources.items() for name in classes(path, text)})
    parts = {
        f"{{results}}/trial-functions-{n}.json": text for n, text in enumerate(islice(_parts(named, files), PARTS))
    }
    return planted(run, parts)


def _title(test: Named) -> str:
    return _AGAIN.sub("", test.tail)


def _body(title: str, known: Mapping[str, str]) -> str:
    """That of the test, of the one that it is a part of, or of all whose titles are made by loops."""
    while title not in known and " > " in title:
        title = title.rpartition(" > ")[0]
    return known.get(title, known.get("", ""))


def _parts(named: list[str], files: Mapping[str, object]) -> Iterator[str]:
    part: dict[str, object] = {}
    for path, told in files.items():
        if part and len(json.dumps({**part, path: told})) > PART:
            yield json.dumps({"classes": named, "files": part})
            part, named = {}, []
        part[path] = told
    yield json.dumps({"classes": named, "files": part})


# --- the functions of sources ----------------------------------------------------------------------------------------


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
    found = (_function(each) for each in walk(parse(grammar_of(path), text)) if each.type in FUNCTIONS)
    return tuple(each for each in found if each is not None)


def classes(path: str, text: str) -> frozenset[str]:
    """The names of a file's classes, and of functions that could be some."""
    named = (each for each in walk(parse(grammar_of(path), text)) if each.type in _CLASSES | FUNCTIONS)
    return frozenset(name for each in named if (name := text_of(each, "name"))[:1].isupper())


def _function(node: Node) -> Function | None:
    body, how = part(node, "body"), _how(node)
    if body is None or how is None or _is_passed_on(node) or _is_derived_constructor(node):
        return None
    given = tuple(name for each in parameters(node) for name in _bound(each))
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
    outer = node.parent
    if outer is not None and outer.type == "parenthesized_expression":
        return outer.parent is not None and part(outer.parent, "function") == outer
    inside = any(each.type in FUNCTIONS for each in above(node))
    return outer is not None and outer.type == "arguments" and inside


def _is_derived_constructor(node: Node) -> bool:
    """Before `super` has been called there is no `this`."""
    if node.type != "method_definition" or text_of(node, "name") != "constructor":
        return False
    holder = node.parent.parent if node.parent is not None else None
    return holder is not None and any(each.type in ("class_heritage", "extends_clause") for each in holder.children)


def _names(node: Node) -> Iterator[str]:
    """What a function is called, inside out; `()` for one without a name."""
    yield _name(node) or "()"
    for each in above(node):
        if each.type in FUNCTIONS | _CLASSES:
            yield _name(each) or "()"


def _name(node: Node) -> str:
    outer = node.parent
    kind = outer.type if outer is not None else ""
    own = text_of(node, "name")
    if node.type == "method_definition":
        return f"{'get ' if any(each.type == 'get' for each in node.children) else ''}{own}"[:80]
    keyed = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}
    keyed |= {"public_field_definition": "name", "field_definition": "property"}
    return (own or text_of(outer, keyed.get(kind, "none")))[:80]


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


JAVA_SCRIPT = Language(
    frozenset({"node", "mocha", "jest", "vitest"}),
    JAVASCRIPT,
    bodied=_bodied,
    trying=_trying,
    insisted=lambda file, text, tests: javascript_tests.insisted(file, text, {_title(test) for test in tests}),
    disturbed=javascript_tests.disturbed,
    uses=lambda test, names: not test.body or javascript_tests.uses(test.body, names),
)
