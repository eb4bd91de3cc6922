"""JavaScript and TypeScript test files as sheets: jest, vitest, mocha, node:test, AVA, tape."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tree_sitter import Node

from bot.checks.integrity.javascript.body import DIALECT, function_given, function_of, is_double, parameter_names
from bot.checks.integrity.javascript.marks import marks_of, names_of, options_of
from bot.checks.integrity.javascript.steps import slacks_of, sources_of, waits_for_itself
from bot.checks.integrity.model import SWALLOWED, Detail, Escape, Expr, Found, Mark, Mock, Outline, Sheet
from bot.checks.integrity.trees.dialect import Routine, State, outlined, title_of
from bot.checks.integrity.trees.expr import bound
from bot.checks.integrity.trees.syntax import (
    arguments,
    below,
    callee,
    inner_text,
    is_string,
    kids,
    line_of,
    module_of,
    parse,
    part,
    text_of,
    walk,
)
from bot.checks.integrity.trees.walk import detail
from bot.domain.words import words

_TESTS = words("it test specify fit xit xtest bench property")
_SUITES = words("describe suite context fdescribe xdescribe xcontext")
_STARTS = words("beforeEach beforeAll before setup")
_AROUND = _STARTS | words("after afterEach afterAll teardown")
_DEEP = 40
JAVASCRIPT = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")


@dataclass(slots=True)
class _Module(Found):
    values: dict[str, Node] = field(default_factory=dict)
    starts: list[Node] = field(default_factory=list)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    strict: bool = False
    prepared: list[Mock] | None = None


def grammar_of(path: str) -> str:
    suffix = PurePosixPath(path).suffix
    if suffix in (".ts", ".mts", ".cts"):
        return "typescript"
    return "tsx" if suffix == ".tsx" else "javascript"


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a test file; None for what can't be read at all."""
    root = parse(grammar_of(path), text)
    if root.type == "ERROR":
        return None
    found = _Module()
    _level(root, _Place(), found)
    functions: dict[str, object] = {each.name: each.node for each in found.helpers}

    def read_detail(made: Outline) -> Detail:
        nodes = [(name, node) for name, node in functions.items() if isinstance(node, Node) and name != made.name]
        return _detail(made, found, {n: (parameter_names(f), body) for n, f in nodes if (body := part(f, "body"))})

    made, lenient = found.sheet(path, text), not found.tests and _is_lenient(root)
    return replace(made, errors=root.has_error, lenient=lenient, functions=functions, read=read_detail)


def _is_lenient(root: Node) -> bool:
    """Whether functions of a file that tests use do nothing, or let failures end."""
    bodies = [part(node, "body") for node in below(root) if function_of(node) is node]
    empty = any(body is not None and body.type == "statement_block" and not kids(body) for body in bodies)
    return empty or any(DIALECT.swallows(node) for node in below(root))


# --- outline ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Place:
    """Where a test stands: the suites above, the marks that hold there, the loops around."""

    prefix: str = ""
    marks: tuple[Mark, ...] = ()
    loops: tuple[Node, ...] = ()
    deep: int = 0

    def inside(self, title: str = "", marks: Iterable[Mark] = (), loop: Node | None = None) -> "_Place":
        loops = self.loops if loop is None else (*self.loops, loop)
        return _Place(f"{self.prefix}{title}", (*self.marks, *marks), loops, self.deep + 1)

    def marked(self, marks: Iterable[Mark]) -> "_Place":
        return replace(self, marks=(*self.marks, *marks))


def _skipped_by_start(node: Node) -> Iterator[Mark]:
    """`beforeEach((t) => t.skip())`: it skips every test of its level."""
    call = kids(node)[0] if node.type == "expression_statement" and kids(node) else None
    if call is None or call.type != "call_expression" or text_of(call, "function") not in _STARTS:
        return
    body = part(function_given(call), "body")
    if body is not None:
        yield from detail(DIALECT, body, State({}), {}).marks


def _level(node: Node, place: _Place, found: _Module) -> None:
    """One level of suites: what stands in a suite's function, or at the top of the file."""
    place = place.marked(mark for each in kids(node) for mark in _skipped_by_start(each))
    for each in kids(node):
        if place.deep <= _DEEP:
            _statement(each, place, found)


def _statement(node: Node, place: _Place, found: _Module) -> None:
    if node.type in ("import_statement", "lexical_declaration", "variable_declaration"):
        _declared(node, found, place.prefix)
    elif node.type in ("function_declaration", "generator_function_declaration"):
        _helper(text_of(node, "name"), node, found, place.prefix)
    elif node.type == "if_statement":
        _conditional(node, place, found)
    elif node.type == "expression_statement" and kids(node):
        if kids(node)[0].type == "assignment_expression":
            _exported(kids(node)[0], found, place.prefix)
        _called(kids(node)[0], place, found)
    elif node.type in ("statement_block", "for_statement", "try_statement", "else_clause", "export_statement"):
        _level(node, place.inside(), found)
    elif node.type == "for_in_statement":
        _level(node, place.inside(loop=node), found)


def _exported(node: Node, found: _Module, prefix: str) -> None:
    """`exports.near = …`, `module.exports = { near(a, b) { … } }`, and what loading the file replaces."""
    target, value = text_of(node, "left"), part(node, "right")
    if value is None:
        return
    if target in ("module.exports", "exports") and value.type == "object":
        for each in kids(value):
            inner = each if each.type == "method_definition" else part(each, "value")
            if inner is not None and (inner is each or function_of(inner) is not None):
                _helper(text_of(part(each, "name") or part(each, "key")), inner, found, prefix)
    elif function_of(value) is not None and re.fullmatch(r"(module\.)?exports\.\w+", target):
        _helper(target.rpartition(".")[2], value, found, prefix)
    elif not prefix and (source := found.imports.get(target.partition(".")[0])) and is_double(value):
        found.mocks.append(Mock(source.partition("#")[0], target.rpartition(".")[2], line_of(node), lasting=True))


def _conditional(node: Node, place: _Place, found: _Module) -> None:
    condition = text_of(node, "condition").strip("()")
    then, other = part(node, "consequence"), part(node, "alternative")
    for way, unless in ((then, f"not ({condition})"), (other, condition)):
        if way is not None:
            _statement(way, place.inside(marks=[Mark("skip", unless, line_of(node))]), found)


def _called(node: Node, place: _Place, found: _Module) -> None:
    """A test, a suite, a preparation, or something that ends the run."""
    if node.type == "await_expression" and kids(node):
        node = kids(node)[0]
    if node.type != "call_expression":
        return
    names, given = names_of(node), arguments(node)
    names = [*found.aliases.get(names[0], names[:1]), *names[1:]] if names else []
    if len(names) == 2 and names[0] in _TESTS and names[1] in _AROUND:
        names = names[1:]  # `test.beforeEach`
    first = names[0] if names else ""
    body = function_given(node)
    if first in _SUITES or (first in _TESTS and "describe" in names):
        if body is not None:
            marks = (*marks_of(names, node), *options_of(given))
            _level(part(body, "body") or body, place.inside(f"{title_of(given)} > ", marks), found)
    elif first in _TESTS or names[:2] == ["Deno", "test"]:
        _test(node, body, place.inside(marks=marks_of(names, node)), found)
    elif first in _STARTS and body is not None:
        found.starts.append(body)
    elif (mock := DIALECT.mocks(node, State({}))) is not None:
        found.mocks.append(mock)
    elif text_of(node, "function") in ("process.exit", "process.abort", "Deno.exit"):
        found.escapes.append(Escape(text_of(node, "function"), line_of(node), run=True))
    elif callee(node) == "forEach" and body is not None:
        _level(part(body, "body") or body, place.inside(loop=node), found)


def _test(node: Node, body: Node | None, place: _Place, found: _Module) -> None:
    given = arguments(node)
    name = f"{place.prefix}{title_of(given)}"
    todo = [Mark("todo", "", line_of(node))] if body is None else []
    marks = (*place.marks, *todo, *options_of(given))
    made = outlined(name, node, marks, place.loops)
    number = 2
    while made.name in found.tests:
        made = replace(made, name=f"{name} #{number}")
        number += 1
    found.tests[made.name] = made
    if body is not None:
        found.buried += _buried(body, made)


def _buried(body: Node, outer: Outline) -> Iterator[Outline]:
    """Tests inside of a test. Subtests of node's `t.test` are no such."""
    for each in below(body):
        if each.type == "call_expression" and each != outer.node and names_of(each)[:1] in (["it"], ["test"]):
            given = arguments(each)
            if given and is_string(given[0]) and len(names_of(each)) == 1:
                yield outlined(title_of(given), each)


def _declared(node: Node, found: _Module, prefix: str) -> None:
    """Imports, requires, constants, and functions kept in constants."""
    if node.type == "import_statement":
        _imported(node, found)
        return
    for each in kids(node):
        name, value = part(each, "name"), part(each, "value")
        if each.type != "variable_declarator" or value is None or name is None:
            continue
        inner = kids(value)[0] if value.type == "await_expression" and kids(value) else value
        if name.type == "identifier" and value.type in ("call_expression", "array"):
            found.values.setdefault(text_of(name), value)
        if source := module_of(inner):
            found.strict |= source.endswith("assert/strict")
            for word in _bound_names(name):
                found.imports[word] = source if name.type == "identifier" else f"{source}#{word}"
        elif said := _alias(value):
            found.aliases[text_of(name)] = said
        elif function_of(value) is not None:
            _helper(text_of(name), value, found, prefix)
        elif name.type == "identifier":
            found.values[text_of(name)] = value


def _alias(node: Node) -> list[str]:
    """`it.skip`, or `condition ? describe.skip : describe`: what leaves something out, where one way does."""
    ways = [node]
    if node.type == "ternary_expression":
        ways = [way for side in ("consequence", "alternative") if (way := part(node, side)) is not None]
    said = [names_of(way) for way in ways]
    return max(said, key=len) if all(way and way[0] in _TESTS | _SUITES for way in said) else []


def _imported(node: Node, found: _Module) -> None:
    source = inner_text(part(node, "source") or node)
    found.strict |= source.endswith("assert/strict")
    for each in walk(node):
        if each.type == "import_specifier":
            name, alias = text_of(each, "name"), text_of(each, "alias")
            found.imports[alias or name] = f"{source}#{name}"
        elif each.type in ("namespace_import", "import_clause"):
            for word in kids(each):
                if word.type == "identifier":
                    found.imports[text_of(word)] = source
    if any(text_of(each) == "strict" for each in walk(node)) and source.endswith("assert"):
        found.strict = True


def _bound_names(pattern: Node) -> Iterator[str]:
    if pattern.type == "identifier":
        yield text_of(pattern)
    for each in walk(pattern):
        if each.type == "shorthand_property_identifier_pattern":
            yield text_of(each)
        elif each.type == "pair_pattern":
            yield text_of(each, "value")


def _helper(name: str, node: Node, found: _Module, prefix: str) -> None:
    found.helpers.append(outlined(name, node))
    if not prefix:
        found.defined[name] = line_of(node)


# --- detail -------------------------------------------------------------------------------------------------------
def _detail(made: Outline, found: _Module, helpers: Mapping[str, Routine]) -> Detail:
    node = made.node
    if not isinstance(node, Node):
        return Detail()
    state = State(_values(found), tables=dict(found.values))
    state.strict = found.strict
    for name, given, _ in slacks_of(node):
        state.bindings[name] = Expr(f"{given:g}", literals=frozenset((f"{given:g}",)), fixed=True)
    function = function_given(node)
    body = part(function, "body") if function is not None else part(node, "body")
    if body is None:
        return Detail()
    state.mocks += _prepared(found)
    state.guards = tuple(SWALLOWED for each in arguments(node) if _is_swallowed(each, helpers))
    known = _followed(made, node, body, state, helpers)
    sources = tuple(sources_of(node, _loops(made), found.values))
    slacks = tuple(slacks_of(node if function is None else function))
    return replace(known, sources=sources, slacks=slacks, waits=function is not None and waits_for_itself(function))


def _prepared(found: _Module) -> list[Mock]:
    """What is replaced before each test."""
    if found.prepared is None:
        bodies = [body for start in found.starts if (body := part(start, "body")) is not None]
        details = [detail(DIALECT, body, State(_values(found), tables=dict(found.values)), {}) for body in bodies]
        found.prepared = [mock for each in details for mock in each.mocks]
    return found.prepared


def _loops(made: Outline) -> tuple[Node, ...]:
    return made.context if isinstance(made.context, tuple) else ()


def _followed(made: Outline, node: Node, body: Node, state: State, helpers: Mapping[str, Routine]) -> Detail:
    rows = next((table for each in (node, *_loops(made)) if (table := DIALECT.table(each, state)) is not None), None)
    if rows is None:
        return detail(DIALECT, body, state, helpers)
    whole = Detail()
    for row, values in rows[:200]:
        inner = replace(state, bindings={**state.bindings, **values}, row=row.text, open=True)
        whole = detail(DIALECT, body, inner, helpers)
    return replace(whole, rows=(*(row for row, _ in rows), *whole.rows))


def _is_swallowed(given: Node, helpers: Mapping[str, Routine]) -> bool:
    """`it('adds', calm(() => …))` where `calm` lets failures end in it."""
    wrapper = helpers.get(callee(given)) if given.type == "call_expression" else None
    return wrapper is not None and any(DIALECT.swallows(each) for each in walk(wrapper[1], 500))


def _values(found: _Module) -> dict[str, Expr]:
    """What the file's own variables stand for, those set before each test included."""
    values: dict[str, Expr] = {}
    for name, node in found.values.items():
        if (made := bound(node, values)) is not None:
            values[name] = made
    for start in found.starts:
        for each in walk(start, 2_000):
            if each.type == "assignment_expression" and (left := part(each, "left")) is not None:
                made = bound(part(each, "right"), values)
                if made is not None and left.type == "identifier":
                    values[text_of(left)] = made
    return values
