"""Go test files as sheets: plain `if got != want { t.Errorf(…) }`, table tests, and testify."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tree_sitter import Node

from bot.checks.integrity.model import NOTHING, Assertion, Detail, Expr, Mark, Mock, Outline, Row, Sheet, kinds_by_name
from bot.checks.integrity.trees.dialect import Dialect, State, compared, ending, outlined, paired
from bot.checks.integrity.trees.expr import are_same, bound, expr, number
from bot.checks.integrity.trees.syntax import COMMENTS, above, arguments, below, callee, kids, line_of, part, text_of
from bot.checks.integrity.trees.walk import Defined, Helpers, followed, sheet_of
from bot.domain.words import words

_FAILS = words("Error Errorf Fatal Fatalf Fail FailNow")
_SKIPS = words("Skip Skipf SkipNow")
_TESTIFY = kinds_by_name(
    equal="Equal Equalf EqualValues Exactly JSONEq YAMLEq EqualError Same Len Nil NoError Empty Zero NoErrorf",
    alike="ElementsMatch",
    close="InDelta InEpsilon WithinDuration",
    contains="Contains Subset Regexp ErrorContains ErrorIs ErrorAs",
    compare="Greater GreaterOrEqual Less LessOrEqual",
    differs="NotEqual NotContains NotSame",
    type="IsType Implements",
    truth="True False NotNil NotEmpty NotZero Truef Falsef",
    raises="Error Panics PanicsWithValue PanicsWithError Errorf",
)
_EXPECTED_FIRST = words("Equal Equalf EqualValues Exactly JSONEq YAMLEq InDelta InEpsilon NotEqual IsType Implements")
_INVERSE = {"!=": "equal", "==": "differs", "<": "compare", ">": "compare", "<=": "compare", ">=": "compare"}
_HOLDS = kinds_by_name(equal="DeepEqual Equal EqualFunc Is", contains="Contains HasPrefix HasSuffix", alike="EqualFold")
"""Functions of the standard library that compare two values: of `reflect`, `bytes`, `errors`, `strings`."""


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a Go file; only `_test.go` files hold tests."""
    made = sheet_of(path, text, DIALECT, lambda root: _functions(root, path), _reading)
    return replace(made, defined={each.name: each.line for each in made.helpers}) if made is not None else None


def _functions(root: Node, path: str) -> Defined:
    marks = tuple(_constraints(root))
    for each in root.named_children:
        if each.type in ("function_declaration", "method_declaration"):
            name = text_of(each, "name")
            is_test = name.startswith(("Test", "Fuzz", "Example")) and name != "TestMain" and path.endswith("_test.go")
            yield outlined(name, each, marks if is_test else ()), is_test


def _reading(root: Node, helpers: Helpers) -> Callable[[Outline], Detail]:
    values = dict(_package_values(root))
    known = {name: made for name, value in values.items() if (made := bound(value, {})) is not None}
    return lambda made: followed(DIALECT, made, State(dict(known), tables=dict(values)), helpers)


def _package_values(root: Node) -> Iterator[tuple[str, Node]]:
    for each in root.named_children:
        for spec in below(each, 200) if each.type in ("var_declaration", "const_declaration") else ():
            value = part(spec, "value") if spec.type in ("var_spec", "const_spec") else None
            if value is not None and kids(value):
                yield text_of(spec, "name"), kids(value)[0]


def _constraints(root: Node) -> Iterator[Mark]:
    """Build constraints: the file's tests exist only there."""
    for each in root.named_children:
        if each.type not in COMMENTS:
            return
        said = text_of(each)
        if said.startswith(("//go:build ", "// +build ")):
            yield Mark("skip", f"not ({said.partition('build ')[2].strip()})", line_of(each))


def _asserts(node: Node, state: State) -> list[Assertion] | None:
    if node.type == "if_statement":
        return _if_fails(node, state)
    if node.type != "call_expression":
        return None
    root, name = text_of(node, "function", "operand"), callee(node)
    if root in ("assert", "require", "is", "s", "suite") and name in _TESTIFY:
        return [_testify(name, arguments(node), line_of(node), state)]
    return [] if root in ("t", "b", "tb") and name in ("Helper", "Log", "Logf", "Parallel", "Cleanup") else None


def _if_fails(node: Node, state: State) -> list[Assertion] | None:
    """`if got != want { t.Errorf(…) }` insists on the opposite of its condition."""
    body, condition = part(node, "consequence"), part(node, "condition")
    if body is None or condition is None or not _calls(body, _FAILS):
        return None
    first = part(node, "initializer")
    asked = kids(first, "right")[:1]
    if asked and callee(asked[0]) == "Diff" and len(arguments(asked[0])) > 1:
        want, got = (expr(each, state.bindings) for each in arguments(asked[0])[:2])
        return [compared("equal", got, want, line_of(node), same=False)]  # `if diff := cmp.Diff(want, got); diff != ""`
    outer = dict(state.bindings)
    for name, value in _binds(first, state) if first is not None else ():
        if (made := bound(value, state.bindings)) is not None:
            state.bindings[name] = made
    said = list(_denied(condition, line_of(node), state))
    state.bindings = outer
    return said


def _calls(body: Node, names: frozenset[str]) -> bool:
    return any(each.type == "call_expression" and callee(each) in names for each in below(body, 2_000))


def _denied(node: Node, line: int, state: State) -> Iterator[Assertion]:
    """What must hold for the condition to be false: each part of an `||`, the opposite of a comparison."""
    while node.type == "parenthesized_expression":
        node = kids(node)[0]
    operator, left, right = text_of(node, "operator"), part(node, "left"), part(node, "right")
    if operator == "||" and left is not None and right is not None:
        yield from _denied(left, line, state)
        yield from _denied(right, line, state)
    elif operator in _INVERSE and left is not None and right is not None:
        yield _compared(operator, node, left, right, line, state)
    elif node.type == "unary_expression" and operator == "!":
        yield _holds(part(node, "operand"), line, state)
    else:
        made = expr(node, state.bindings)
        always = made.text in ("false", "0")
        yield Assertion("vacuous" if always else "truth", replace(made, text=f"!{made.text}"), line=line)


def _holds(node: Node | None, line: int, state: State) -> Assertion:
    given = arguments(node) if node is not None and node.type == "call_expression" else []
    if node is not None and len(given) == 2 and (kind := _HOLDS.get(callee(node))):
        return Assertion(kind, expr(given[0], state.bindings), expr(given[1], state.bindings), line)
    return Assertion("truth", expr(node, state.bindings), line=line)


def _compared(operator: str, node: Node, left: Node, right: Node, line: int, state: State) -> Assertion:
    one, two = expr(left, state.bindings), expr(right, state.bindings)
    if operator in ("==", "!=") and two.text == "nil":
        kind = "equal" if operator == "!=" else "truth"
        return Assertion(kind, one, two if kind == "equal" else NOTHING, line)
    if operator in ("==", "!="):
        return paired(_INVERSE[operator], left, right, line, state)
    if left.type == "call_expression" and callee(left) == "Abs" and arguments(left):
        inside = arguments(left)[0]
        sides = [expr(part(inside, side), state.bindings) for side in ("left", "right")]
        return Assertion("close", sides[0], sides[1], line, number(right) or 0.0)
    return Assertion("compare", one, Expr(expr(node, state.bindings).text), line)


def _testify(name: str, given: list[Node], line: int, state: State) -> Assertion:
    values = given[1:] if given and text_of(given[0]) in ("t", "tb", "b", "s.T()") else given
    sides = [expr(each, state.bindings) for each in values[:2]] + [NOTHING, NOTHING]
    subject, expected = (sides[1], sides[0]) if name in _EXPECTED_FIRST else (sides[0], sides[1])
    kind = _TESTIFY[name]
    slack = (number(values[2]) or 0.0) if kind == "close" and len(values) > 2 else 0.0
    if kind in ("truth", "raises") or name in ("Nil", "NoError", "Empty", "Zero", "NoErrorf"):
        expected = Expr("nil") if kind == "equal" else NOTHING
    if name.startswith("False"):
        subject = replace(subject, text=f"!{subject.text}")
    fixed = subject.fixed and not subject.mutable and (kind == "truth" or expected.fixed) and bool(subject.text)
    same = kind == "equal" and len(values) > 1 and are_same(*values[:2])
    names = frozenset(("",)) if kind == "raises" else frozenset()
    return Assertion("vacuous" if fixed or same else kind, subject, expected, line, slack, names=names)


def _binds(node: Node, _: State) -> list[tuple[str, Node]]:
    if node.type not in ("short_var_declaration", "assignment_statement"):
        return []
    names, values = kids(node, "left"), kids(node, "right")
    if len(names) == len(values):
        return [(text_of(n), v) for n, v in zip(names, values, strict=True) if n.type == "identifier"]
    return [(text_of(n), values[0]) for n in names[:1] if values and text_of(n) != "_"]


def _table(node: Node, state: State) -> list[tuple[Row, dict[str, Expr]]] | None:
    """`for _, tt := range tests` over a literal of structs, a list or a map."""
    clause = next((each for each in kids(node) if each.type == "range_clause"), None)
    if node.type != "for_statement" or clause is None:
        return None
    names = [text_of(each) for each in kids(clause, "left")]
    source = part(clause, "right")
    if source is not None and source.type == "identifier":
        source = state.tables.get(text_of(source), source)
    body = part(source, "body") if source is not None and source.type == "composite_literal" else None
    if body is None or not names:
        return None
    fields = [text_of(each, "name") for each in below(source or node, 300) if each.type == "field_declaration"]
    return [_row(each, names, fields) for each in kids(body)]


def _row(element: Node, names: list[str], fields: list[str]) -> tuple[Row, dict[str, Expr]]:
    values: dict[str, Expr] = {}
    key, value = part(element, "key"), part(element, "value")
    cell = value if value is not None else element
    while cell.type == "literal_element" and kids(cell):
        cell = kids(cell)[0]
    inner = part(cell, "body") if cell.type == "composite_literal" else cell
    if key is not None:
        values[names[0]] = expr(key, {})
    variable = names[-1]
    values[variable] = expr(cell, {})
    cells = kids(inner) if inner is not None and inner.type == "literal_value" else []
    for index, each in enumerate(cells):
        named = each.type == "keyed_element"
        name = text_of(each, "key") if named else fields[index] if index < len(fields) else ""
        if name:
            values[f"{variable}.{name}"] = expr(part(each, "value") if named else each, {})
    first = values[names[0]].text if key is not None else expr(cells[0], {}).text if cells else values[variable].text
    return Row(expr(element, {}).text.strip("{}")[:500], first[:200], line_of(element)), values


def _skips(node: Node, _: State) -> Mark | None:
    skips = text_of(node, "function", "operand") in ("t", "b", "tb", "s.T()") and callee(node) in _SKIPS
    return Mark("skip", "", line_of(node)) if skips else None


def _late(node: Node) -> bool:
    """`go func() { … }()` in a test that waits for nothing."""
    if node.parent is None or node.parent.type != "go_statement":
        return False
    around = next((each for each in above(node) if each.type == "function_declaration"), None)
    return around is not None and not any(word in text_of(around) for word in ("Wait()", "<-", "select {"))


def _mocks(node: Node, _: State) -> Mock | None:
    """`Parse := func(…) …`: a function of the package, made anew by the test."""
    names, values = kids(node, "left"), kids(node, "right")
    if node.type not in ("short_var_declaration", "assignment_statement") or len(names) != 1 or not values:
        return None
    name = text_of(names[0])
    made = values[0].type == "func_literal" and name[:1].isupper()
    return Mock(f"./{name}", name, line_of(node), local=True) if made else None


DIALECT = Dialect(
    grammar="go",
    ifs=words("if_statement"),
    tries=frozenset(),
    leaves=words("return_statement break_statement continue_statement goto_statement"),
    blocks=words("block statement_list"),
    functions=words("func_literal"),
    asserts=_asserts,
    skips=_skips,
    exits=ending("os.Exit", "syscall.Exit", "runtime.Goexit"),
    table=_table,
    binds=_binds,
    swallows=lambda node: node.type == "defer_statement" and "recover()" in text_of(node) and not _calls(node, _FAILS),
    fails=lambda node: _calls(node, _FAILS),
    late=_late,
    mocks=_mocks,
    parameters=lambda node: [text_of(n) for p in kids(node, "parameters") for n in p.children_by_field_name("name")],
)
