"""What an assertion of JavaScript or TypeScript insists on: expect chains, assert, t."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tree_sitter import Node

from bot.checks.integrity.model import NOTHING, UNAWAITED, Assertion, Expr, amount, kinds_by_name
from bot.checks.integrity.trees.expr import Bindings, are_same, expr, number
from bot.checks.integrity.trees.syntax import arguments, callee, kids, line_of, part, text_of
from bot.domain.words import words

_KINDS = kinds_by_name(
    equal="toBe toEqual toStrictEqual equal equals eql eq deepEqual toBeNull toBeUndefined toBeNaN true false "
    "null undefined NaN empty toHaveLength lengthOf toHaveProperty property",
    close="toBeCloseTo closeTo approximately",
    contains="toContain toContainEqual toMatch toMatchObject include includes contain match",
    called="toHaveBeenCalledWith toHaveBeenLastCalledWith toHaveBeenNthCalledWith calledWith "
    "toHaveBeenCalledTimes callCount toHaveReturnedWith calledOnceWith",
    runs="toHaveBeenCalled toHaveBeenCalledOnce called calledOnce toHaveReturned",
    compare="toBeGreaterThan toBeLessThan toBeGreaterThanOrEqual toBeLessThanOrEqual above below within least "
    "most greaterThan lessThan gt lt gte lte",
    type="toBeInstanceOf toBeTypeOf instanceOf instanceof a an",
    truth="toBeTruthy toBeDefined ok exist toBeInTheDocument toBeFalsy notOk toBeNullable",
    raises="toThrow toThrowError throw throws rejectedWith rejected",
    snapshot="toMatchSnapshot toMatchInlineSnapshot toMatchFileSnapshot toThrowErrorMatchingSnapshot "
    "toThrowErrorMatchingInlineSnapshot",
)
"""Matchers of expect chains."""

_IMPLIED: Mapping[str, str] = {
    "toBeNull": "null",
    "null": "null",
    "toBeUndefined": "undefined",
    "undefined": "undefined",
    "toBeNaN": "NaN",
    "NaN": "NaN",
    "true": "true",
    "false": "false",
    "empty": "empty",
}

_TWO = kinds_by_name(
    equal="strictEqual deepStrictEqual is same strictSame isDeeply deepEqualStrict",
    alike="equal deepEqual equals eq looseEqual sameDeepMembers sameMembers",
    contains="match include like matchObject partialDeepStrictEqual lengthOf regex",
    close="closeTo approximately",
    differs="notStrictEqual notDeepStrictEqual notEqual notDeepEqual not notRegex doesNotMatch",
    type="instanceOf typeOf",
    compare="isAbove isBelow isAtLeast isAtMost",
)
"""Functions of assert and t that compare two values."""

_ONE = words("ok true truthy assert isTrue isOk exists isDefined")
_NOT = words("notOk false falsy isFalse isNotOk notExists")
_THROWS = words("throws rejects throwsAsync doesNotReject doesNotThrow notThrows notThrowsAsync")
_JEST = re.compile(r"to[A-Z]")
_PROMISED = words("rejects doesNotReject throwsAsync notThrowsAsync rejectedWith")
_ROOTS = words("assert t tap test chai should strict")
"""Not `console`, whose `assert` only prints."""
_STRICT = words("equal deepEqual")


def assertions(node: Node, bindings: Bindings, strict: bool) -> list[Assertion] | None:
    """The assertions that a node makes; None when it makes none by itself. `strict`: `assert.equal` is `===` here."""
    if node.type == "await_expression" and kids(node):
        return assertions(kids(node)[0], bindings, strict)
    if node.type == "expression_statement" and kids(node) and kids(node)[0].type == "member_expression":
        return _chained(kids(node)[0], bindings)
    if node.type != "call_expression":
        return None
    return _chained(node, bindings) or _plain(node, bindings, strict)


# --- expect chains ------------------------------------------------------------------------------------------------
def _chained(node: Node, bindings: Bindings) -> list[Assertion] | None:
    """`expect(x).not.toBe(1)`, also `expect(x).to.be.true`."""
    names: list[str] = []
    given: list[Node] = []
    each: Node | None = node
    if node.type == "call_expression":
        given, each = arguments(node), part(node, "function")
    while each is not None and each.type == "member_expression":
        names.append(text_of(each, "property"))
        each = part(each, "object")
        if each is not None and each.type == "call_expression" and callee(each) not in ("expect", "soft", "poll"):
            # chai goes on after a call: what is asked first counts
            given, each = arguments(each), part(each, "function")
    if each is None or each.type != "call_expression" or callee(each) not in ("expect", "soft", "poll") or not names:
        return None
    looked = arguments(each)
    if not looked:
        return None
    return [_expected(node, looked[0], names, given, bindings)]


def _expected(node: Node, looked: Node, names: list[str], given: list[Node], bindings: Bindings) -> Assertion:
    matcher = next((name for name in names if name in _KINDS), names[0])
    kind = _KINDS.get(matcher, "other")
    subject, expected = expr(looked, bindings), expr(given[0], bindings) if given else NOTHING
    if matcher in ("a", "an") and not given:
        matcher, kind = names[0], _KINDS.get(names[0], "other")
    if matcher in _IMPLIED:
        expected = Expr(_IMPLIED[matcher], fixed=True)
    modifiers = [name for name in names if name in ("resolves", "rejects", "eventually")]
    made = Assertion(kind, _with(subject, *modifiers), expected, line_of(node))
    made = _measured(made, matcher, given, bindings)
    if kind == "raises":
        made = _thrown(made, given[0] if given else None, bindings)
    if kind == "snapshot":
        made = replace(made, expected=expected if matcher == "toMatchInlineSnapshot" else NOTHING)
    if node.type == "member_expression" and _JEST.match(matcher):
        return replace(made, kind="vacuous")  # `expect(x).toBe;` calls nothing
    if "not" in names:
        made = _negated(made)
    if modifiers and not _is_awaited(node):
        made = replace(made, guards=(*made.guards, UNAWAITED))
    return _emptied(made, looked, given)


def _with(subject: Expr, *modifiers: str) -> Expr:
    return replace(subject, text=" ".join([*modifiers, subject.text])) if modifiers else subject


def _measured(made: Assertion, matcher: str, given: list[Node], bindings: Bindings) -> Assertion:
    """Lengths, properties, tolerances and bounds."""
    if matcher in ("toHaveLength", "lengthOf"):
        return replace(made, subject=replace(made.subject, text=f"{made.subject.text}.length"))
    if matcher in ("toHaveProperty", "property") and given:
        subject = replace(made.subject, text=f"{made.subject.text}.{made.expected.text.strip(chr(34))}")
        value = expr(given[1], bindings) if len(given) > 1 else NOTHING
        return replace(made, kind="equal" if len(given) > 1 else "truth", subject=subject, expected=value)
    if made.kind == "close":
        digits = number(given[1]) if len(given) > 1 else None
        slack = 10.0 ** -(2.0 if digits is None else digits) / 2 if matcher == "toBeCloseTo" else digits or 0.0
        return replace(made, slack=slack)
    if matcher in ("toHaveBeenCalledTimes", "callCount"):
        return replace(made, kind="equal", subject=replace(made.subject, text=f"{made.subject.text}.mock.calls.length"))
    if made.kind in ("compare", "type"):
        return replace(made, expected=replace(made.expected, text=f"{matcher} {made.expected.text}"))
    if made.kind == "truth" and matcher in ("toBeFalsy", "notOk", "toBeNullable"):
        return replace(made, subject=_with(made.subject, "not"))
    if matcher == "toHaveBeenNthCalledWith" and given:
        subject = replace(made.subject, text=f"{made.subject.text}.mock.calls[{made.expected.text}]")
        return replace(made, subject=subject, expected=_listed(given[1:], bindings))
    if made.kind == "called":
        return replace(made, expected=_listed(given, bindings))
    return made


def _listed(given: list[Node], bindings: Bindings) -> Expr:
    """All arguments of a call as one expectation."""
    read = [expr(each, bindings) for each in given]
    literals = frozenset(literal for each in read for literal in each.literals)
    return Expr(", ".join(each.text for each in read), literals=literals, fixed=all(each.fixed for each in read))


def _thrown(made: Assertion, given: Node | None, bindings: Bindings) -> Assertion:
    """A class, a message, a pattern, or nothing."""
    if given is None:
        return replace(made, names=frozenset(("",)))
    if given.type in ("identifier", "member_expression"):
        return replace(made, names=frozenset((text_of(given).rpartition(".")[2],)))
    if given.type in ("arrow_function", "function_expression"):
        body = text_of(given)
        kind, told = re.search(r"instanceof (\w+)", body), re.search(r"message[,)=\s]+(['\"`])(.*?)\1", body)
        name, message = kind[1] if kind else "", f'"{told[2]}"' if told else ""
        return replace(made, names=frozenset((name,)), also=message, expected=Expr(name))
    if given.type == "object":
        said = {text_of(each, "key"): part(each, "value") for each in kids(given)}
        name, message = (expr(said.get("name"), bindings).text.strip('"'), expr(said.get("message"), bindings).text)
        rest = expr(given, bindings).text if set(said) - {"name", "message"} else ""
        return replace(made, names=frozenset((name,)), also=rest or message, expected=Expr(name))
    return replace(made, names=frozenset(("",)), also=expr(given, bindings).text, expected=NOTHING)


def _negated(made: Assertion) -> Assertion:
    if made.kind == "equal" and made.expected.text in ("null", "undefined"):
        return replace(made, kind="truth", expected=NOTHING)
    kind = {"raises": "runs", "runs": "runs", "truth": "truth", "called": "runs"}.get(made.kind, "differs")
    return replace(made, kind=kind, subject=_with(made.subject, "not"), names=frozenset(), also="")


def _emptied(made: Assertion, looked: Node, given: list[Node]) -> Assertion:
    """What holds whatever the code does."""
    fixed = made.subject.fixed and not made.subject.mutable and made.kind != "raises"
    pinned = not given or made.expected.fixed or made.kind == "truth"
    same = bool(given) and are_same(looked, given[0]) and made.kind in ("equal", "alike")
    anything = made.kind == "equal" and made.expected.text == "expect.anything()"
    counted = made.expected.text in ("toBeGreaterThanOrEqual 0", "toBeGreaterThan-1") and ".length" in made.subject.text
    unreached = given and text_of(looked) in ("true", "false") and text_of(given[0]) != text_of(looked)
    empty = (fixed and pinned and not unreached) or same or anything or counted
    return replace(made, kind="vacuous") if empty else made


def _is_awaited(node: Node) -> bool:
    """Whether somebody waits for a promise: an await, a return, an array handed to Promise.all."""
    parent = node.parent
    while parent is not None and parent.type in ("member_expression", "call_expression", "parenthesized_expression"):
        parent = parent.parent
    if parent is None:
        return False
    return parent.type in ("await_expression", "return_statement", "arrow_function", "array", "arguments")


# --- assert and t -------------------------------------------------------------------------------------------------
def _plain(node: Node, bindings: Bindings, strict: bool) -> list[Assertion] | None:
    target, given, line = part(node, "function"), arguments(node), line_of(node)
    name = callee(node)
    root = text_of(target, "object") if target is not None and target.type == "member_expression" else ""
    if text_of(target) == "console.assert":
        return []
    if text_of(target) in ("assert", "invariant") and given:
        return list(truth(given[0], line, bindings))
    if root == "sinon.assert" and given:
        asked = Assertion("called", expr(given[0], bindings), _listed(given[1:], bindings), line)
        return [asked if len(given) > 1 else replace(asked, kind="runs", expected=Expr(name))]
    if root.split(".")[0] not in _ROOTS or not given:
        return None
    strict = strict or "strict" in root
    if name in _TWO and len(given) >= 2:
        kind = "equal" if strict and name in _STRICT else _TWO[name]
        return [_two(kind, name, given, line, bindings)]
    if name in _ONE:
        return list(truth(given[0], line, bindings))
    if name in _NOT:
        return [Assertion("truth", _with(expr(given[0], bindings), "not"), line=line)]
    if name in _THROWS:
        wanted = given[1] if len(given) > 1 else None
        made = Assertion("raises", expr(given[0], bindings), expr(wanted, bindings), line)
        made = _thrown(made, wanted, bindings)
        if name in _PROMISED and not _is_awaited(node):
            made = replace(made, guards=(*made.guards, UNAWAITED))
        return [_negated(made) if "ot" in name else made]
    return None


def _two(kind: str, name: str, given: list[Node], line: int, bindings: Bindings) -> Assertion:
    subject, expected = expr(given[0], bindings), expr(given[1], bindings)
    if subject.fixed and not expected.fixed:
        subject, expected = expected, subject
    made = Assertion(kind, subject, expected, line)
    if kind == "close":
        made = replace(made, slack=number(given[2]) or 0.0 if len(given) > 2 else 0.0)
    if kind in ("compare", "type"):
        made = replace(made, expected=replace(expected, text=f"{name} {expected.text}"))
    return _emptied(made, given[0], given[1:])


def truth(node: Node, line: int, bindings: Bindings) -> Iterator[Assertion]:
    """The assertions of `assert(x)`: comparisons in it count as such, those joined by && one by one."""
    while node.type == "parenthesized_expression" and kids(node):
        node = kids(node)[0]
    operator = text_of(node, "operator") if node.type == "binary_expression" else ""
    left, right = part(node, "left"), part(node, "right")
    if operator == "&&" and left is not None and right is not None:
        yield from truth(left, line, bindings)
        yield from truth(right, line, bindings)
    elif operator in ("===", "==", "!==", "!=") and left is not None and right is not None:
        kind = {"===": "equal", "==": "alike"}.get(operator, "differs")
        yield _two(kind, operator, [left, right], line, bindings)
    elif operator == "||":
        always = any(text_of(side) == "true" for side in (left, right))
        yield Assertion("vacuous" if always else "either", expr(node, bindings), line=line)
    elif operator in ("<", ">", "<=", ">="):
        yield _ordered(node, left, right, line, bindings)
    else:
        made = Assertion("truth", expr(node, bindings), line=line)
        fixed = made.subject.fixed and not made.subject.mutable and made.subject.text not in ("false", "0", "null")
        yield replace(made, kind="vacuous") if fixed else made


def _ordered(node: Node, left: Node | None, right: Node | None, line: int, bindings: Bindings) -> Assertion:
    """`Math.abs(a - b) < eps` is closeness."""
    if left is not None and left.type == "call_expression" and text_of(left, "function") == "Math.abs":
        inside = arguments(left)[0] if arguments(left) else None
        if inside is not None and text_of(inside, "operator") == "-":
            one, two = expr(part(inside, "left"), bindings), expr(part(inside, "right"), bindings)
            return Assertion("close", one, two, line, number(right) or 0.0)
    whole, bounded = expr(left, bindings), expr(right, bindings)
    if found := re.fullmatch(r"Math\.abs\(([^-]+)-([^-]+)\)", whole.text):
        one, two = (replace(whole, text=text) for text in found.groups())
        return Assertion("close", one, two, line, abs(amount(bounded.text) or 0.0))
    return Assertion("compare", whole, Expr(expr(node, bindings).text), line)
