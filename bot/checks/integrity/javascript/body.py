"""The bodies of JavaScript tests: what binds, loops, skips, swallows, ends the run, and replaces modules."""

from collections.abc import Iterator
from itertools import dropwhile, takewhile

from tree_sitter import Node

from bot.checks.integrity.javascript.asserts import assertions
from bot.checks.integrity.model import Expr, Mark, Mock, Row
from bot.checks.integrity.trees.dialect import Dialect, State, binding, ending, saying
from bot.checks.integrity.trees.expr import bound, expr
from bot.checks.integrity.trees.syntax import (
    FUNCTIONS,
    above,
    arguments,
    below,
    callee,
    inner_text,
    is_string,
    kids,
    line_of,
    part,
    text_of,
)
from bot.domain.words import words

_MODULES = words("mock doMock unstable_mockModule mockModule setMock")
_STUBS = words(
    "mockReturnValue mockImplementation mockResolvedValue mockReturnValueOnce mockImplementationOnce returns"
)
_LATER = words("setTimeout setImmediate setInterval queueMicrotask nextTick")
_CHAINED = words("then catch finally")

_WAITS = words("done advanceTimersByTime runAllTimers tick resolve useFakeTimers Promise end plan")
"""What a test says that waits for what comes later, by whatever means."""

_speaks = saying("throw", "expect(", "assert", "fail(", "done(", "reject(", "t.is", "t.deepEqual")


def function_of(node: Node) -> Node | None:
    """The function that an argument is, wrapped (`wrap(function () {})`) or not."""
    if node.type in FUNCTIONS:
        return node
    if node.type == "call_expression":
        return next((each for each in arguments(node) if each.type in FUNCTIONS), None)
    return None


def function_given(call: Node) -> Node | None:
    """The function that a call is given last."""
    return next((found for each in reversed(arguments(call)) if (found := function_of(each)) is not None), None)


def parameters(function: Node) -> list[Node]:
    alone = part(function, "parameter")
    return [alone] if alone is not None else kids(function, "parameters")


def parameter_names(function: Node) -> list[str]:
    """The names of a function's plain parameters."""
    return [text_of(part(each, "pattern") or part(each, "left") or each) for each in parameters(function)]


def _keeps(node: Node) -> tuple[str, list[str], Node] | None:
    """`const check = () => …` and `function check() …` within a test: they do nothing before they are called."""
    if node.type not in ("variable_declarator", "function_declaration"):
        return None
    function = node if node.type == "function_declaration" else part(node, "value")
    body = part(function, "body")
    if function is None or function.type not in FUNCTIONS or body is None:
        return None
    return text_of(node, "name"), parameter_names(function), body


def _late(node: Node) -> bool:
    """A timer, or a promise that is neither awaited nor returned, in a test that waits for nothing."""
    if callee(node) == "forEach":
        return any(text_of(each).startswith("async") for each in arguments(node))
    if callee(node) not in _LATER | _CHAINED:
        return False
    if callee(node) in _CHAINED and (node.parent is None or node.parent.type != "expression_statement"):
        return False
    around = dropwhile(lambda each: each.type != "call_expression" or function_of(each) is None, above(node))
    started = _started(node)
    for each in takewhile(lambda each: each.type != "program", around):
        named = [word for word in below(each, 2_000) if word.type in ("identifier", "property_identifier")]
        if any(text_of(word) in _WAITS and not started[0] <= word.start_byte < started[1] for word in named):
            return False
        if callee(each) in ("it", "test", "specify"):
            break
    return True


def _started(node: Node) -> tuple[int, int]:
    """Where the promise stands that a chain goes on from: `Promise.resolve(x)` waits for nothing."""
    first: Node | None = node
    while first is not None and callee(first) in _CHAINED:
        first = part(part(first, "function"), "object")
    return (first.start_byte, first.end_byte) if first is not None and first is not node else (0, 0)


def _skips(node: Node, _: State) -> Mark | None:
    target = text_of(node, "function")
    if target in ("this.skip", "t.skip", "ctx.skip", "context.skip", "pending", "t.todo", "test.skip", "it.skip"):
        given = arguments(node)
        inside = target in ("test.skip", "it.skip") and bool(given) and not is_string(given[0])
        if target in ("test.skip", "it.skip") and not inside:
            return None
        return Mark("skip", text_of(given[0])[:200] if inside else "", line_of(node))
    return None


def _mocks(node: Node, state: State) -> Mock | None:
    """`jest.mock('../x')`, `jest.spyOn(x, 'f').mockReturnValue(…)`, `sinon.stub(x, 'f')`."""
    if node.type == "assignment_expression":
        return _assigned(node, state)
    target, given = part(node, "function"), arguments(node)
    name, root = callee(node), text_of(target, "object")
    if name in _MODULES and root in ("jest", "vi", "mock", "t.mock") and given and is_string(given[0]):
        kept = "requireActual" in text_of(node) or "importActual" in text_of(node) or "importOriginal" in text_of(node)
        source = inner_text(given[0])
        return _partly(source, node) if kept else Mock(source, source.rpartition("/")[2], line_of(node), module=True)
    inner = part(target, "object")
    if name in _STUBS and inner is not None and callee(inner) in ("spyOn", "stub"):
        return _stubbed(inner, state)
    if name == "stub" and root in ("sinon", "sandbox") and len(given) == 2:
        return _stubbed(node, state)
    return _stubbed(node, state) if name == "method" and root.endswith("mock") and len(given) > 2 else None


def _partly(source: str, node: Node) -> Mock | None:
    """`jest.mock('../x', () => ({ ...jest.requireActual('../x'), f: … }))`: the first name that is made otherwise."""
    pairs = [each for each in below(node, 500) if each.type == "pair"]
    name = text_of(pairs[0], "key") if pairs else ""
    return Mock(f"{source}.{name}", name, line_of(node)) if name else None


def is_double(value: Node) -> bool:
    """A function, or one that a library makes."""
    made = value
    while made.type == "call_expression" and (inner := part(part(made, "function"), "object")) is not None:
        if text_of(made, "function") in ("jest.fn", "vi.fn", "mock.fn", "sinon.stub", "sinon.fake"):
            return True
        made = inner
    return value.type in FUNCTIONS


def _assigned(node: Node, state: State) -> Mock | None:
    """`cart.total = () => 250`."""
    left, value = part(node, "left"), part(node, "right")
    if left is None or left.type != "member_expression" or value is None or not is_double(value):
        return None
    name, owner = text_of(left, "property"), part(left, "object")
    if text_of(owner) in ("this", "module", "exports") or "prototype" in text_of(owner) or _is_made_here(owner, node):
        return None
    return Mock(f"./{expr(owner, state.bindings).text}.{name}", name, line_of(node), instance=True)


def _is_made_here(owner: Node | None, node: Node) -> bool:
    """Whether the block around declares this function itself: `const clock = () => time; clock.forward = …`."""
    block = next((each for each in above(node) if each.type == "statement_block"), None)
    declared = (each for each in below(block, 500) if each.type == "variable_declarator") if block else ()
    made = (part(each, "value") for each in declared if text_of(each, "name") == text_of(owner))
    return any(value is not None and value.type in FUNCTIONS for value in made)


def _stubbed(node: Node, _: State) -> Mock | None:
    given = arguments(node)
    if len(given) < 2 or not is_string(given[1]):
        return None
    name = inner_text(given[1])
    return Mock(f"./{text_of(given[0])}.{name}", name, line_of(node))


# --- variables and tables -----------------------------------------------------------------------------------------
def _table(node: Node, state: State) -> list[tuple[Row, dict[str, Expr]]] | None:
    """The cases of `test.each(rows)`, of `rows.forEach(([a, b]) => …)` and of `for (const [a, b] of rows)`."""
    if node.type == "for_in_statement":
        rows = _elements(part(node, "right"), state)
        pattern = part(node, "left")
        return None if rows is None or pattern is None else [_row(each, [pattern], state) for each in rows]
    if node.type != "call_expression":
        return None
    target = part(node, "function")
    if target is not None and target.type == "member_expression" and callee(node) == "forEach":
        return _mapped(part(target, "object"), node, state)
    if target is not None and target.type == "call_expression" and callee(target) in ("each", "for"):
        source = part(target, "arguments")
        if source is not None and source.type == "template_string":
            return _template(source, state)
        given = arguments(target)
        return _mapped(given[0] if given else None, node, state)
    return None


def _mapped(source: Node | None, node: Node, state: State) -> list[tuple[Row, dict[str, Expr]]] | None:
    rows = _elements(source, state)
    function = function_given(node)
    if rows is None or function is None:
        return None
    source = state.tables.get(text_of(source), source) if source is not None else None
    swapped = source is not None and source.type == "new_expression" and text_of(source, "constructor") == "Map"
    patterns = [part(each, "pattern") or each for each in parameters(function)]
    if swapped:
        patterns = patterns[1::-1]  # `map.forEach((value, key) => …)`
    return [_row(each, patterns, state) for each in rows]


def _elements(node: Node | None, state: State) -> list[Node] | None:
    if node is not None and node.type == "identifier":
        node = state.tables.get(text_of(node), node)
    if node is not None and node.type in ("as_expression", "parenthesized_expression", "satisfies_expression"):
        node = kids(node)[0]
    if node is not None and node.type == "call_expression" and text_of(node, "function") == "Object.entries":
        given = arguments(node)
        inner = state.tables.get(text_of(given[0]), given[0]) if given else None
        return kids(inner) if inner is not None and inner.type == "object" else None
    if node is not None and node.type == "new_expression" and text_of(node, "constructor") in ("Map", "Set"):
        return _elements(next(iter(arguments(node)), None), state)
    return kids(node) if node is not None and node.type == "array" else None


def _row(row: Node, patterns: list[Node], state: State) -> tuple[Row, dict[str, Expr]]:
    text = expr(row, state.bindings).text.strip("[]{}")
    parts = [part(each, "value") or each for each in kids(row)] if row.type in ("array", "object", "pair") else [row]
    if row.type == "pair":
        parts = [each for each in (part(row, "key"), part(row, "value")) if each is not None]
    first = expr(parts[0], state.bindings).text if parts else text
    names: dict[str, Expr] = {}
    for name, value in _matched(row, patterns, parts):
        if (made := bound(value, state.bindings)) is not None:
            names[name] = made
    return Row(text[:500], first[:200], line_of(row)), names


def _matched(row: Node, patterns: list[Node], parts: list[Node]) -> Iterator[tuple[str, Node]]:
    """Which name stands for which value of a case."""
    inner = [p for p in kids(patterns[0]) if p.type != "required_parameter"] if patterns else []
    first = patterns[0] if patterns else None
    if first is not None and first.type in ("lexical_declaration", "variable_declaration"):
        first = kids(first)[0] if kids(first) else None
        inner = kids(first)
    if first is not None and first.type == "object_pattern":
        values = {text_of(each, "key").strip("'\""): part(each, "value") for each in kids(row)}
        for each in inner:
            name = text_of(part(each, "key") or each)
            if (value := values.get(name)) is not None:
                yield text_of(part(each, "value") or each), value
    elif first is not None and first.type == "array_pattern":
        yield from ((text_of(name), value) for name, value in zip(inner, parts, strict=False))
    elif row.type == "array" and len(patterns) > 1:
        yield from ((text_of(name), value) for name, value in zip(patterns, parts, strict=False))
    elif first is not None and first.type == "identifier":
        name = text_of(first)
        yield name, parts[0] if row.type == "array" and len(parts) == 1 else row
        for each in kids(row) if row.type == "object" else ():
            if (value := part(each, "value")) is not None:
                yield f"{name}.{text_of(each, 'key')}", value


def _template(source: Node, state: State) -> list[tuple[Row, dict[str, Expr]]] | None:
    """The cases of a tagged template: a line of names, then values."""
    head = next((text_of(each) for each in source.named_children if each.type == "string_fragment"), "")
    names = [name.strip() for name in head.strip().splitlines()[0].split("|")] if head.strip() else []
    values = [kids(each)[0] for each in source.named_children if each.type == "template_substitution" and kids(each)]
    if not names or len(names) > len(values):
        return None
    made = []
    for start in range(0, len(values) - len(names) + 1, len(names)):
        cells = [expr(each, state.bindings) for each in values[start : start + len(names)]]
        row = Row(",".join(cell.text for cell in cells)[:500], cells[0].text[:200], line_of(values[start]))
        made.append((row, dict(zip(names, cells, strict=True))))
    return made


# --- failures that nobody sees ------------------------------------------------------------------------------------
def _swallows(node: Node) -> bool:
    """`try { … } catch {}` without another word, and `.catch(() => {})`."""
    if node.type == "try_statement":
        handler = part(node, "handler")
        return handler is not None and not _speaks(part(handler, "body"))
    if node.type == "call_expression" and callee(node) == "catch" and arguments(node):
        function = function_of(arguments(node)[0])
        return function is not None and not _speaks(part(function, "body"))
    return False


def _guard(node: Node) -> str:
    """`t.test('…', { skip: !process.env.FULL }, …)`: a part of a test that may be left out."""
    if callee(node) not in ("test", "it", "describe", "skip", "todo"):
        return ""
    if callee(node) in ("skip", "todo"):
        return "never" if text_of(node, "function").startswith(("t.test.", "t.it.")) else ""
    pairs = [pair for each in arguments(node) if each.type == "object" for pair in kids(each)]
    for pair in pairs:
        value = text_of(pair, "value")
        if text_of(pair, "key") in ("skip", "todo") and value not in ("false", "undefined"):
            return f"not ({value[:200]})"
    return ""


DIALECT = Dialect(
    grammar="javascript",
    ifs=words("if_statement"),
    tries=words("try_statement"),
    leaves=words("return_statement throw_statement break_statement continue_statement"),
    blocks=words("statement_block program switch_case"),
    functions=FUNCTIONS | {"class_body"},
    asserts=lambda node, state: assertions(node, state.bindings, state.strict),
    skips=_skips,
    exits=ending("process.exit", "process.abort", "process.reallyExit", "process.kill", "Deno.exit"),
    mocks=_mocks,
    table=_table,
    binds=binding({"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")}),
    swallows=_swallows,
    fails=saying("throw", "fail("),
    keeps=_keeps,
    late=_late,
    guards=_guard,
)
