"""What a Python assertion insists on: plain asserts, unittest's methods, numpy's and pandas's functions."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from bot.checks.integrity.model import NOTHING, Assertion, Expr, kinds_by_name
from bot.checks.integrity.python.expr import Bindings, expr, inlined
from bot.checks.integrity.python.syntax import called, callee, dotted, is_fixed, last, number, walk, written
from bot.checks.integrity.python.tables import elements, target_names
from bot.checks.integrity.python.values import bound
from bot.domain.words import words

_KINDS = kinds_by_name(
    equal="assertEqual assertEquals assertIs assertListEqual assertDictEqual assertTupleEqual assertSetEqual "
    "assertSequenceEqual assertMultiLineEqual assertXMLEqual assertHTMLEqual assertJSONEqual assert_equal "
    "assert_array_equal assert_frame_equal assert_series_equal assert_index_equal",
    alike="assertCountEqual assertItemsEqual assertDictContainsSubset assertQuerySetEqual",
    close="assertAlmostEqual assertAlmostEquals assert_allclose assert_almost_equal assert_array_almost_equal "
    "assert_approx_equal",
    contains="assertIn assertRegex assertRegexpMatches assertContains",
    compare="assertGreater assertGreaterEqual assertLess assertLessEqual",
    differs="assertNotEqual assertNotEquals assertIsNot assertNotIn assertNotRegex assertNotAlmostEqual",
    type="assertIsInstance",
)
"""Of functions and methods that are given what is looked at, and what is wanted."""

_CALLED = words("assert_called_with assert_called_once_with assert_any_call assert_has_calls")
_RUNS = words("assert_called assert_called_once assert_not_called assert_awaited assert_awaited_once")
_TEXT = words("startswith endswith match search fullmatch issubset issuperset count")
RAISES = words("raises assertRaises assertRaisesRegex assertRaisesRegexp warns assertWarns assertLogs")
CASES = 200  # cases of one `all` that are followed one by one
DEFAULT_SLACK = 1e-6  # of pytest.approx, relative
Spread = list[tuple[ast.expr, Bindings]]


def plain(test: ast.expr, line: int, bindings: Bindings) -> Iterator[Assertion]:
    """The assertions of `assert test`: those joined by `and` count one by one."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from plain(value, line, bindings)
        return
    spread = _spread(test, bindings)
    if spread is None:
        yield _vacuous(test, line, bindings) or _classified(test, line, bindings)
        return
    for inner, values in spread:
        yield from plain(inner, line, values)
    if not spread:
        yield Assertion("vacuous", expr(test, bindings), line=line)


def _spread(test: ast.expr, bindings: Bindings) -> Spread | None:
    """`all(f(x) == y for x, y in [(1, 2)])`: what it asks of each case. None for all else."""
    match test:
        case ast.Call(
            func=ast.Name(id="all"),
            args=[
                ast.GeneratorExp(elt=inner, generators=[ast.comprehension(target=target, iter=source, ifs=[])])
                | ast.ListComp(elt=inner, generators=[ast.comprehension(target=target, iter=source, ifs=[])])
            ],
        ):
            return _cases(inner, target, source, bindings)
        case ast.Call(func=ast.Name(id="all"), args=[ast.List(elts=values) | ast.Tuple(elts=values)]):
            return [(value, bindings) for value in values[:CASES]]
        case ast.Compare(
            left=ast.List(elts=ones) | ast.Tuple(elts=ones),
            ops=[ast.Eq()],
            comparators=[ast.List(elts=others) | ast.Tuple(elts=others)],
        ):
            return _pairwise([(each, bindings) for each in ones], others, bindings)
        case ast.Compare(
            left=ast.ListComp(elt=inner, generators=[ast.comprehension(target=target, iter=source, ifs=[])]),
            ops=[ast.Eq()],
            comparators=[ast.List(elts=others)],
        ):
            cases = _cases(inner, target, source, bindings)
            return None if cases is None else _pairwise(cases, others, bindings)
        case _:
            return None


def _cases(inner: ast.expr, target: ast.expr, source: ast.expr, bindings: Bindings) -> Spread | None:
    """A comprehension's expression, once for each of the elements, where these can be told."""
    rows, names = elements(source, {name: each.node for name, each in bindings.items()}), target_names(target)
    if rows is None or not names:
        return None
    return [(inner, {**bindings, **bound(names, row)}) for row in rows[:CASES]]


def _pairwise(ones: Spread, others: list[ast.expr], bindings: Bindings) -> Spread | None:
    """Two lists written out are compared element by element; not where both are of literals alone."""
    if not ones or len(ones) != len(others) or len(ones) > CASES or any(isinstance(e, ast.Starred) for e in others):
        return None
    if any(isinstance(each, ast.Starred) or expr(each, values).fixed for each, values in ones):
        return None
    return [
        (ast.Compare(left=inlined(one, values)[0], ops=[ast.Eq()], comparators=[other]), bindings)
        for (one, values), other in zip(ones, others, strict=True)
    ]


def _vacuous(test: ast.expr, line: int, bindings: Bindings) -> Assertion | None:
    """What holds whatever the code does."""
    false = isinstance(test, ast.Constant) and not test.value  # it marks a line that must not be reached
    always = isinstance(test, ast.Constant | ast.Tuple | ast.JoinedStr | ast.Lambda) and not false
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        always = any(isinstance(each, ast.Constant) and each.value for each in test.values)
        always = always or any(_vacuous(each, line, bindings) is not None for each in test.values)
    if isinstance(test, ast.Compare):
        sides = [expr(each, bindings) for each in (test.left, *test.comparators)]
        fixed = all(side.fixed and not side.mutable for side in sides)
        # As written: what a variable kept from before may well differ from what is there now.
        raw = {written(each) for each in (test.left, *test.comparators)}
        same = len(raw) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is) and not _makes_objects(test.left)
        counted = isinstance(test.ops[0], ast.GtE) and "len" in sides[0].calls and sides[-1].text in ("0", "-1")
        always = fixed or same or counted
    return Assertion("vacuous", expr(test, bindings), line=line) if always else None


def _makes_objects(node: ast.expr) -> bool:
    """Whether it makes an object of a class: two of these need not be equal, nor what is made with them."""
    return any(isinstance(each, ast.Call) and last(called(each))[:1].isupper() for each in walk(node))


def _classified(test: ast.expr, line: int, bindings: Bindings) -> Assertion:
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(left, operator, right, line, bindings)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _classified(operand, line, bindings)
            kind = "differs" if inner.kind in ("equal", "contains", "type", "close") else inner.kind
            return Assertion(kind, replace(inner.subject, text=f"not {inner.subject.text}"), inner.expected, line)
        case ast.BoolOp():
            return Assertion("either", expr(test, bindings), line=line)
        case ast.Constant():
            return Assertion("other", expr(test, bindings), line=line)
        case ast.Call():
            return _call(test, line, bindings)
        case _:
            return Assertion("truth", expr(test, bindings), line=line)


def _call(test: ast.Call, line: int, bindings: Bindings) -> Assertion:
    name = callee(test)
    if name == "bool" and len(test.args) == 1:
        return Assertion("truth", expr(test.args[0], bindings), line=line)
    if name in ("isinstance", "issubclass") and len(test.args) == 2:
        return Assertion("type", expr(test.args[0], bindings), expr(test.args[1], bindings), line)
    if name in ("isclose", "allclose") and len(test.args) >= 2:
        return _close(test.args[0], test.args[1], test, line, bindings)
    if name in _TEXT and dotted(test.func).startswith("re.") and len(test.args) > 1:
        return Assertion("contains", expr(test.args[1], bindings), expr(test.args[0], bindings), line)
    if name in _TEXT and isinstance(test.func, ast.Attribute):
        given = expr(test.args[0], bindings) if test.args else NOTHING
        return Assertion("contains", expr(test.func.value, bindings), given, line)
    if name in ("array_equal", "array_equiv") and len(test.args) == 2:
        return _pair("equal", test.args[0], test.args[1], line, bindings)
    return Assertion({"all": "other", "any": "either"}.get(name, "truth"), expr(test, bindings), line=line)


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr, line: int, bindings: Bindings) -> Assertion:
    match operator:
        case ast.Eq():
            return _equal(left, right, line, bindings)
        case ast.Is() if isinstance(inlined(right, bindings)[0], ast.Constant):
            return _equal(left, right, line, bindings)
        case ast.Is():
            return _pair("equal", left, right, line, bindings)
        case ast.IsNot() | ast.NotEq() if isinstance(right, ast.Constant) and right.value is None:
            return Assertion("truth", expr(left, bindings), line=line)
        case ast.NotIn():
            return _classified(ast.UnaryOp(ast.Not(), ast.Compare(left, [ast.In()], [right])), line, bindings)
        case ast.IsNot() | ast.NotEq():
            return _pair("differs", left, right, line, bindings)
        case ast.In():
            kind = "either" if isinstance(right, ast.Tuple | ast.List | ast.Set) else "contains"
            sides = (left, right) if kind == "either" else (right, left)
            return Assertion(kind, expr(sides[0], bindings), expr(sides[1], bindings), line)
        case _:
            return _ordered(left, operator, right, line, bindings)


def _equal(left: ast.expr, right: ast.expr, line: int, bindings: Bindings) -> Assertion:
    if is_fixed(left) and not is_fixed(right):
        left, right = right, left
    for side, other in ((right, left), (left, right)):
        if isinstance(side, ast.Call) and last(called(side)) == "approx" and side.args:
            return _close(other, side.args[0], side, line, bindings)
    wanted = inlined(right, bindings)[0]
    if isinstance(wanted, ast.Constant) and isinstance(wanted.value, bool):
        if wanted.value:  # `x is True` is as good as `x`: comparisons in it count as such
            return next(plain(left, line, bindings))
        return Assertion("equal", expr(left, bindings), expr(wanted, bindings), line)
    if last(called(left)) == "round" and isinstance(left, ast.Call) and len(left.args) == 2:
        places = number(left.args[1])
        slack = 10.0**-places if places is not None and abs(places) < 300 else 0.0
        return Assertion("close", expr(left.args[0], bindings), expr(right, bindings), line, slack)
    if last(called(right)) == "ANY" or (isinstance(right, ast.Attribute) and right.attr == "ANY"):
        return Assertion("vacuous", expr(left, bindings), line=line)
    return _pair("equal", left, right, line, bindings)


def _pair(kind: str, left: ast.expr, right: ast.expr, line: int, bindings: Bindings) -> Assertion:
    one, two = expr(left, bindings), expr(right, bindings)
    if one.fixed and not two.fixed:
        one, two = two, one
    return Assertion(kind, one, two, line)


def _ordered(left: ast.expr, operator: ast.cmpop, right: ast.expr, line: int, bindings: Bindings) -> Assertion:
    """`abs(a - b) < eps` is closeness; `len(x) > 0` hardly more than truth."""
    whole, bounded = inlined(left, bindings)[0], inlined(right, bindings)[0]
    match whole:
        case ast.Call(args=[ast.BinOp(left=one, op=ast.Sub(), right=two)]) if last(called(whole)) in ("abs", "fabs"):
            return Assertion("close", expr(one, bindings), expr(two, bindings), line, _slack(bounded))
    if isinstance(left, ast.Call) and last(called(left)) == "len" and left.args and number(right) in (0.0, 1.0):
        return Assertion("truth", expr(left.args[0], bindings), line=line)
    made = ast.Compare(left=left, ops=[operator], comparators=[right])
    return Assertion("compare", expr(left, bindings), Expr(expr(made, bindings).text), line)


def _slack(node: ast.expr | None) -> float:
    value = number(node)
    return 0.0 if value is None else abs(value)


def _close(left: ast.expr, right: ast.expr, call: ast.Call, line: int, bindings: Bindings) -> Assertion:
    given = {each.arg or "": inlined(each.value, bindings)[0] for each in call.keywords}
    names = ("abs", "rel", "delta", "rtol", "atol", "rel_tol", "abs_tol")
    known = [_slack(given[name]) for name in names if name in given]
    places = given.get("places", given.get("decimal"))
    if places is None and last(called(call)).startswith(("assertAlmost", "assert_almost", "assert_array_almost")):
        places = call.args[2] if len(call.args) > 2 else None
        known += [] if places or known else [1e-7]
    elif last(called(call)) == "approx":
        known += [_slack(each) for each in call.args[1:3]]
    exact = number(places)
    known += [10.0**-exact] if exact is not None and abs(exact) < 300 else []
    slack = sum(known) if known else DEFAULT_SLACK
    return Assertion("close", expr(left, bindings), expr(right, bindings), line, slack)


def method(call: ast.Call, bindings: Bindings) -> list[Assertion] | None:
    """The assertions of a call like `self.assertEqual(a, b)`; None for calls that assert nothing by themselves."""
    name = callee(call)
    args, line = call.args, call.lineno
    if name in ("assertTrue", "assert_", "assert_true", "ok_") and args:
        return list(plain(args[0], line, bindings))
    if name == "assertNotIn" and len(args) > 1:
        return list(plain(ast.Compare(args[0], [ast.NotIn()], [args[1]]), line, bindings))
    if name == "assertFalse" and args:
        return list(plain(ast.UnaryOp(op=ast.Not(), operand=args[0]), line, bindings))
    if name in ("assertIsNone", "assertIsNotNone") and args:
        kind = "equal" if name == "assertIsNone" else "truth"
        return [Assertion(kind, expr(args[0], bindings), Expr("None") if kind == "equal" else NOTHING, line)]
    if name in _RUNS or name in _CALLED:
        return [_mock(name, call, bindings)]
    if len(args) >= 2 and (kind := _KINDS.get(name, "")):
        return [_two(kind, name, call, bindings)]
    return None


def _two(kind: str, name: str, call: ast.Call, bindings: Bindings) -> Assertion:
    left, right = call.args[0], call.args[1]
    if kind == "close":
        return _close(left, right, call, call.lineno, bindings)
    if kind == "equal":
        test = ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])
        return _vacuous(test, call.lineno, bindings) or _equal(left, right, call.lineno, bindings)
    if kind == "contains" and name == "assertIn":
        left, right = right, left
    said = _pair(kind, left, right, call.lineno, bindings)
    return said if kind != "compare" else Assertion(kind, said.subject, Expr(f"{name} {said.expected.text}"), said.line)


def _mock(name: str, call: ast.Call, bindings: Bindings) -> Assertion:
    """`m.assert_called_once_with(1)`: the mock, and what it must have been given."""
    target = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    given = ast.Tuple(elts=[*call.args, *(keyword.value for keyword in call.keywords)], ctx=ast.Load())
    kind = "called" if name in _CALLED else "runs"
    wanted = expr(given, bindings) if kind == "called" else Expr(name)
    return Assertion(kind, expr(target, bindings), wanted, call.lineno)


# --- what must be raised ------------------------------------------------------------------------------------------
def raised(call: ast.Call, subject: Expr, bindings: Bindings) -> Assertion:
    """`call` says what: `raises(ValueError, match="…")`; `subject` is what must raise it."""
    first = call.args[0] if call.args else None
    given = first.elts if isinstance(first, ast.Tuple) else [first] if first is not None else []
    names = frozenset(last(dotted(each)) for each in given)
    pattern = next((keyword.value for keyword in call.keywords if keyword.arg in ("match", "expected_regex")), None)
    if pattern is None and "Regex" in last(called(call)) and len(call.args) > 1:
        pattern = call.args[1]
    also = expr(pattern, bindings).text
    return Assertion("raises", subject, expr(first, bindings), call.lineno, also=also, names=names)


def raised_by_call(call: ast.Call, bindings: Bindings) -> Assertion:
    """`assertRaises(ValueError, f, 1)`."""
    made = ast.Call(func=call.args[1], args=call.args[2:], keywords=call.keywords)
    return raised(call, expr(made, bindings), bindings)


def raised_in(call: ast.Call, body: list[ast.stmt], bindings: Bindings) -> Assertion:
    """`with raises(ValueError): …`"""
    statements = [each for each in body if not isinstance(each, ast.Pass)]
    calls = frozenset(last(called(each)) for part in statements for each in walk(part) if isinstance(each, ast.Call))
    firsts = [next((each for each in walk(part) if isinstance(each, ast.expr)), None) for part in statements]
    fixed = frozenset(text for each in firsts for text in expr(each, bindings).literals)
    shown = (expr(e.value, bindings).text if isinstance(e, ast.Expr) else written(e)[:500] for e in statements)
    return raised(call, Expr("; ".join(shown), calls, fixed), bindings)
