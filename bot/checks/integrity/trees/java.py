"""Java test files as sheets: JUnit 4 and 5, TestNG, AssertJ, Hamcrest."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from bot.checks.integrity.model import NOTHING, Assertion, Detail, Expr, Mark, Mock, Outline, Row, Sheet, kinds_by_name
from bot.checks.integrity.trees.dialect import Dialect, State, binding, ending, outlined, paired, saying
from bot.checks.integrity.trees.expr import are_same, expr, number
from bot.checks.integrity.trees.syntax import arguments, callee, inner_text, kids, line_of, parse, part, text_of, walk
from bot.checks.integrity.trees.walk import Helpers, followed, sheet_of
from bot.domain.words import words

_TESTS = words("Test ParameterizedTest RepeatedTest TestFactory TestTemplate Theory Property")
_SKIPS = words("Disabled Ignore")
_TWO = kinds_by_name(
    equal="assertEquals assertArrayEquals assertSame assertIterableEquals assertLinesMatch",
    differs="assertNotEquals assertNotSame",
    type="assertInstanceOf",
)
_CHAINS = kinds_by_name(
    equal="isEqualTo isSameAs containsExactly hasSize isNull isEmpty hasToString is equalTo isTrue isFalse",
    alike="isEqualToIgnoringCase containsExactlyInAnyOrder isEqualToComparingFieldByField",
    close="isCloseTo closeTo",
    contains="contains containsOnly startsWith endsWith matches hasMessage",
    compare="isGreaterThan isLessThan isGreaterThanOrEqualTo isLessThanOrEqualTo isBetween",
    differs="isNotEqualTo doesNotContain isNotSameAs",
    type="isInstanceOf isExactlyInstanceOf",
    truth="isNotNull isPresent isNotEmpty",
)
_THROWS = words("assertThrows assertThrowsExactly assertThatThrownBy assertThatExceptionOfType")
_STARTS = _THROWS | {"assertThat", "then"}
_SAID = words("hasMessage hasMessageContaining withMessage withMessageContaining hasMessageStartingWith")
_fails = saying("throw", "fail(", "assert")


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a Java file; None for what can't be read at all."""
    made = sheet_of(path, text, DIALECT, lambda root: _methods(root, "", ()), lambda _, known: partial(_detail, known))
    return replace(made, imports=dict(_imports(parse("java", text)))) if made is not None else None


def _methods(node: Node, prefix: str, marks: tuple[Mark, ...]) -> Iterator[tuple[Outline, bool]]:
    for each in kids(node):
        if each.type in ("class_declaration", "record_declaration", "interface_declaration", "enum_declaration"):
            body, name = part(each, "body"), text_of(each, "name")
            if body is not None:
                yield from _methods(body, f"{prefix}{name}.", (*marks, *_marks(each)))
        elif each.type == "method_declaration":
            names = {name for name, _ in _annotations(each)}
            name = text_of(each, "name")
            own = outlined(f"{prefix}{name}", each, (*marks, *_marks(each)))
            old = name.startswith("test") and not names and "void" in text_of(each, "type")
            yield own, bool(names & _TESTS) or old


def _annotations(node: Node) -> Iterator[tuple[str, Node]]:
    modifiers = next((each for each in node.children if each.type == "modifiers"), None)
    for each in kids(modifiers):
        if each.type in ("annotation", "marker_annotation"):
            yield text_of(each, "name").rpartition(".")[2], each


def _marks(node: Node) -> Iterator[Mark]:
    modifiers = next((each for each in node.children if each.type == "modifiers"), None)
    if node.type == "class_declaration" and "abstract" in text_of(modifiers).split():
        yield Mark("skip", "the class is abstract", line_of(node))
    if node.type == "method_declaration" and {"private", "static"} & set(text_of(modifiers).split()):
        yield Mark("skip", "it is private or static", line_of(node))
    for name, each in _annotations(node):
        said = text_of(each, "arguments")
        if name in _SKIPS:
            yield Mark("skip", "", line_of(each))
        elif name.startswith(("EnabledIf", "EnabledOn", "EnabledFor", "DisabledIf", "DisabledOn", "DisabledFor")):
            yield Mark("skip", f"{name}{said}", line_of(each))
        elif name == "Test" and "enabled" in said and "false" in said:
            yield Mark("skip", "", line_of(each))
        elif name in ("RetryingTest", "Flaky"):
            yield Mark("retry", "", line_of(each))


def _imports(root: Node) -> Iterator[tuple[str, str]]:
    for each in root.named_children:
        if each.type == "import_declaration" and kids(each):
            target = text_of(kids(each)[0])
            yield target.rpartition(".")[2], target


def _detail(helpers: Helpers, made: Outline) -> Detail:
    if not isinstance(node := made.node, Node):
        return Detail()
    rows = [row for name, each in _annotations(node) for row in _sources(name, each)]
    state = State({})
    found = followed(DIALECT, made, state, helpers) if not rows else Detail()
    for row in rows[:200]:
        cells = [cell.strip() for cell in row.text.split(",")]
        values = [Expr(cell, literals=frozenset((cell,)), fixed=True) for cell in cells]
        state.bindings, state.row = dict(zip(DIALECT.parameters(node), values, strict=False)), row.text
        state.open, state.guards = True, ()
        found = replace(followed(DIALECT, made, state, helpers), rows=tuple(rows))
    expected = [_expected(each) for name, each in _annotations(node) if name == "Test"]
    return replace(found, assertions=(*found.assertions, *(each for each in expected if each is not None)))


def _sources(name: str, node: Node) -> Iterator[Row]:
    if name not in ("CsvSource", "ValueSource", "MethodSource", "EnumSource"):
        return
    for each in walk(node, 2_000):
        if each.type.endswith("literal") and each.type != "class_literal":
            said = inner_text(each) if "string" in each.type else text_of(each)
            yield Row(said[:500], said.split(",")[0].strip()[:200], line_of(each))


def _expected(node: Node) -> Assertion | None:
    """`@Test(expected = X.class)`."""
    said = text_of(node, "arguments")
    if "expected" not in said:
        return None
    name = said.partition("=")[2].strip(" )").removesuffix(".class").rpartition(".")[2].partition(".class")[0]
    return Assertion("raises", Expr("it"), Expr(name), line_of(node), names=frozenset((name,)))


# --- assertions ---------------------------------------------------------------------------------------------------
def _asserts(node: Node, state: State) -> list[Assertion] | None:
    if node.type == "assert_statement" and kids(node):
        return [_truth(kids(node)[0], line_of(node), state)]
    if node.type != "method_invocation":
        return None
    name, given = callee(node), arguments(node)
    if name in _THROWS:
        return [_thrown(node, given, state)]
    if name in _TWO and len(given) >= 2:
        return [_two(name, given, line_of(node), state)]
    if name in ("assertTrue", "assertFalse", "assertNull", "assertNotNull") and given:
        return [_one(name, given, line_of(node), state)]
    if name == "assertThat" and len(given) >= 2:
        return [_matched(given, line_of(node), state)]
    alone = part(node, "object") is None and (node.parent is None or node.parent.type != "method_invocation")
    if name == "assertThat" and alone:
        return []  # nothing is asked of it
    return _chain(node, state)


def _two(name: str, given: list[Node], line: int, state: State) -> Assertion:
    slack = number(given[2]) if len(given) > 2 else None
    kind = "close" if slack is not None and name == "assertEquals" else _TWO[name]
    return paired(kind, given[1], given[0], line, state, slack or 0.0)


def _one(name: str, given: list[Node], line: int, state: State) -> Assertion:
    value = next((each for each in given if "string" not in each.type), given[0])
    subject = expr(value, state.bindings)
    match name:
        case "assertTrue":
            return _truth(value, line, state)
        case "assertFalse":
            made = replace(subject, text=f"!{subject.text}")
            return Assertion("vacuous" if subject.text == "false" else "truth", made, line=line)
        case "assertNull":
            return Assertion("equal", subject, Expr("null"), line)
        case _:
            return Assertion("truth", subject, line=line)


def _truth(node: Node, line: int, state: State) -> Assertion:
    while node.type == "parenthesized_expression":
        node = kids(node)[0]
    operator, left, right = text_of(node, "operator"), part(node, "left"), part(node, "right")
    if operator in ("==", "!=") and left is not None and right is not None:
        return paired("equal" if operator == "==" else "differs", left, right, line, state)
    if node.type == "method_invocation" and callee(node) in ("equals", "contains", "startsWith") and arguments(node):
        kind = "equal" if callee(node) == "equals" else "contains"
        target = expr(part(node, "object"), state.bindings)
        return Assertion(kind, target, expr(arguments(node)[0], state.bindings), line)
    made = expr(node, state.bindings)
    always = made.text == "true" or (operator == "||" and "true" in (text_of(left), text_of(right)))
    kind = "compare" if operator in ("<", ">", "<=", ">=") else "either" if operator == "||" else "truth"
    return Assertion("vacuous" if always else kind, made, line=line)


def _thrown(node: Node, given: list[Node], state: State) -> Assertion:
    kind = next((text_of(each).removesuffix(".class") for each in given if each.type == "class_literal"), "")
    body = next((each for each in given if each.type != "class_literal"), None)
    inner = part(body, "body") if body is not None and body.type == "lambda_expression" else body
    name = kind.rpartition(".")[2]
    return Assertion("raises", expr(inner, state.bindings), Expr(name), line_of(node), names=frozenset((name,)))


def _matched(given: list[Node], line: int, state: State) -> Assertion:
    """Hamcrest: `assertThat(x, is(3))`."""
    values = given[-2:]
    matcher = callee(values[1]) if values[1].type == "method_invocation" else ""
    inner = arguments(values[1])
    expected = expr(inner[0] if inner else values[1], state.bindings)
    kind = _CHAINS.get(matcher, "truth" if matcher in ("notNullValue", "anything") else "other")
    return Assertion(kind, expr(values[0], state.bindings), expected, line)


def _chain(node: Node, state: State) -> list[Assertion] | None:
    """AssertJ: `assertThat(x).isEqualTo(3)`; each link asserts."""
    links: list[tuple[str, list[Node]]] = []
    each: Node | None = node
    while each is not None and each.type == "method_invocation" and callee(each) not in _STARTS:
        links.append((callee(each), arguments(each)))
        each = part(each, "object")
    if each is not None and each.type == "method_invocation" and callee(each) in _THROWS:
        return [_thrown_as(_thrown(each, arguments(each), state), links, state)]
    if each is None or each.type != "method_invocation" or not arguments(each) or not links:
        return None
    looked = arguments(each)[0]
    return [_link(name, given, looked, line_of(node), state) for name, given in reversed(links) if name in _CHAINS]


def _thrown_as(made: Assertion, links: list[tuple[str, list[Node]]], state: State) -> Assertion:
    """`assertThatThrownBy(…).isInstanceOf(X.class).hasMessage("…")`"""
    for name, given in links:
        if given and name in ("isInstanceOf", "isExactlyInstanceOf"):
            kind = text_of(given[0]).removesuffix(".class").rpartition(".")[2]
            made = replace(made, expected=Expr(kind), names=frozenset((kind,)))
        elif given and name in _SAID:
            made = replace(made, also=expr(given[0], state.bindings).text)
        elif given and name == "isThrownBy":
            inner = part(given[0], "body") or given[0]
            made = replace(made, subject=expr(inner, state.bindings))
    return made


def _link(name: str, given: list[Node], looked: Node, line: int, state: State) -> Assertion:
    subject = expr(looked, state.bindings)
    implied = {"isNull": "null", "isTrue": "true", "isFalse": "false", "isEmpty": "empty"}
    expected = Expr(implied[name]) if name in implied else expr(given[0], state.bindings) if given else NOTHING
    kind = _CHAINS[name]
    if kind in ("compare", "type") or name == "hasSize":
        expected = replace(expected, text=f"{name} {expected.text}")
    pinned = subject.fixed and (expected.fixed or name in implied)
    same = kind == "equal" and (pinned or (bool(given) and are_same(looked, given[0])))
    return Assertion("vacuous" if same else kind, subject, expected, line)


# --- statements ---------------------------------------------------------------------------------------------------
def _skips(node: Node, _: State) -> Mark | None:
    name = callee(node)
    if node.type == "method_invocation" and name in ("assumeTrue", "assumeFalse", "assumeThat", "assumingThat"):
        said = text_of(arguments(node)[0])[:200] if arguments(node) else ""
        condition = f"not ({said})" if name == "assumeTrue" else said
        return Mark("skip", "" if condition in ("not (false)", "true") else condition, line_of(node))
    return None


def _mocks(node: Node, _: State) -> Mock | None:
    inner = part(node, "object")
    if inner is not None and callee(inner) == "when" and callee(part(inner, "object") or inner).startswith("do"):
        target = text_of(arguments(inner)[0])[:80] if arguments(inner) else ""
        return Mock(f"./{target}.{callee(node)}", callee(node), line_of(node))
    if callee(node) in ("thenReturn", "doReturn", "willReturn") and (inner := part(node, "object")) is not None:
        given = arguments(inner)
        if given and given[0].type == "method_invocation":
            return Mock(f"./{text_of(given[0])[:80]}", callee(given[0]), line_of(node))
    return None


def _swallows(node: Node) -> bool:
    if node.type != "try_statement":
        return False
    for each in kids(node):
        caught = text_of(next((k for k in kids(each) if k.type == "catch_formal_parameter"), None))
        broad = any(name in caught for name in ("Throwable", "AssertionError", "Error "))
        if each.type == "catch_clause" and broad and not _fails(each):
            return True
    return False


DIALECT = Dialect(
    grammar="java",
    ifs=words("if_statement"),
    tries=words("try_statement try_with_resources_statement"),
    leaves=words("return_statement throw_statement break_statement continue_statement"),
    blocks=words("block"),
    functions=words("lambda_expression method_declaration class_body"),
    asserts=_asserts,
    skips=_skips,
    exits=ending("System.exit", "Runtime.getRuntime().halt", "Runtime.getRuntime().exit"),
    mocks=_mocks,
    binds=binding({"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")}),
    swallows=_swallows,
    fails=_fails,
)
