"""Sources that recognise the tests' own inputs and hand back what the tests expect."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from bot.checks.integrity.model import Detail, Sign, short
from bot.checks.integrity.python_expr import literals
from bot.checks.integrity.python_outline import is_fixed, written
from bot.checks.integrity.tree import LITERALS, Bindings, expr, kids, line_of, part, text_of, walk

_SMALL = 12
_ROUND = frozenset((24, 60, 100, 128, 255, 256, 365, 366, 1000, 1024, 3600, 86400))
_NO_BINDINGS: Bindings = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """A branch: when the input has these literals, this literal is the result."""

    given: frozenset[str]
    result: str
    line: int


def expectations(details: Iterable[Detail]) -> set[tuple[frozenset[str], str]]:
    """What tests ask and expect: the literals that go in, the literal that must come out."""
    return {
        (each.subject.literals, each.expected.text)
        for detail in details
        for each in detail.assertions
        if each.kind in ("equal", "alike", "close") and each.expected.fixed and each.subject.literals
    }


def signs(before: Iterable[Answer], after: Iterable[Answer], asked: set[tuple[frozenset[str], str]]) -> Iterator[Sign]:
    """New branches that answer what a test asks with what it expects."""
    known = {(each.given, each.result) for each in before}
    for each in after:
        if (each.given, each.result) in known or not is_telling(each):
            continue
        if any(result == each.result and each.given <= given for given, result in asked):
            words = ", ".join(sorted(each.given))
            what = f"The code answers a test's own input `{short(words)}` with the expected `{short(each.result)}`."
            yield Sign("environment-probe", each.line, what)


def is_telling(answer: Answer) -> bool:
    """Whether it speaks of a case rather than of a rule: an input that no vocabulary holds, or several at once."""
    if answer.result in ("None", "True", "False", "null", "true", "false", "undefined", "nil"):
        return False
    if len(answer.given) > 1:
        return True
    return any(_is_case(text, answer.result) for text in answer.given)


def _is_case(text: str, result: str) -> bool:
    if text[:1] in "'\"`":
        inner = text.strip("'\"`").strip()
        mixed = re.search(r"[A-Za-z]", inner) and re.search(r"\d", inner)
        # Options of a command line are a vocabulary, too.
        return len(inner) >= 3 and inner[0] != "-" and bool(mixed or re.search(r"\W", inner))
    try:
        number, out = float(text), float(result)
    except ValueError:
        return False
    return abs(number) > 2 and number not in _ROUND and (abs(out) > _SMALL or abs(number) > _SMALL)


# --- Python -------------------------------------------------------------------------------------------------------
def python_answers(tree: ast.Module) -> Iterator[Answer]:
    for node in ast.walk(tree):
        match node:
            case ast.If(test=test, body=[ast.Return(value=value), *_]) if is_fixed(value) and value is not None:
                yield from _answer(test, value)
            case ast.IfExp(test=test, body=value) if is_fixed(value):
                yield from _answer(test, value)
            case ast.match_case(pattern=ast.MatchValue(value=test), body=[ast.Return(value=value), *_]) if value:
                if is_fixed(value):
                    yield Answer(frozenset(literals(test)), written(value), test.lineno)
            case ast.Dict(keys=keys, values=values):
                yield from _entries(keys, values)


def _answer(test: ast.expr, value: ast.expr) -> Iterator[Answer]:
    """An equality with literals, or several joined by `and`."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    given: set[str] = set()
    for each in parts:
        if not (isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.Eq | ast.Is | ast.In)):
            return
        sides = (each.left, *each.comparators)
        fixed = [side for side in sides if is_fixed(side)]
        if isinstance(each.ops[0], ast.In) and not all(isinstance(s, ast.Tuple | ast.List | ast.Set) for s in fixed):
            return
        given |= {text for side in fixed for text in literals(side)}
    if given:
        yield Answer(frozenset(given), written(value), test.lineno)


def _entries(keys: Iterable[ast.expr | None], values: Iterable[ast.expr]) -> Iterator[Answer]:
    for key, value in zip(keys, values, strict=False):
        if key is not None and is_fixed(key) and is_fixed(value) and isinstance(value, ast.Constant):
            yield Answer(frozenset(literals(key)), written(value), key.lineno)


# --- the others ---------------------------------------------------------------------------------------------------
def tree_answers(root: Node) -> Iterator[Answer]:
    for node in walk(root):
        if node.type in ("if_statement", "if_expression", "if", "if_modifier"):
            then = part(node, "consequence") or part(node, "body")
            value = _returned(then)
            if value is not None:
                yield from _branch(part(node, "condition"), value)
        elif node.type == "ternary_expression":
            value = part(node, "consequence")
            if value is not None and value.type in LITERALS:
                yield from _branch(part(node, "condition"), value)
        elif node.type in ("switch_case", "expression_case", "match_arm"):
            given, value = part(node, "value") or part(node, "pattern"), _returned(node)
            if given is not None and value is not None and (read := expr(given, _NO_BINDINGS)).literals:
                yield Answer(read.literals, expr(value, _NO_BINDINGS).text, line_of(node))
        elif node.type == "pair":
            key, value = part(node, "key"), part(node, "value")
            if key is not None and value is not None and key.type in LITERALS and value.type in LITERALS:
                yield Answer(expr(key, _NO_BINDINGS).literals, expr(value, _NO_BINDINGS).text, line_of(node))


def _returned(node: Node | None) -> Node | None:
    """The literal that a branch returns at once."""
    for each in walk(node, 40) if node is not None else ():
        if each.type in ("return_statement", "return", "return_expression"):
            inner = kids(each)[0] if kids(each) else None
            while inner is not None and inner.type in ("expression_list", "argument_list") and kids(inner):
                inner = kids(inner)[0]
            return inner if inner is not None and inner.type in LITERALS else None
    return None


def _branch(condition: Node | None, value: Node) -> Iterator[Answer]:
    given: set[str] = set()
    stack = [condition] if condition is not None else []
    while stack:
        each = stack.pop()
        operator = text_of(part(each, "operator"))
        left, right = part(each, "left"), part(each, "right")
        if each.type in ("parenthesized_expression",) or operator in ("&&", "and"):
            stack.extend(kids(each) if operator == "" else [side for side in (left, right) if side is not None])
        elif operator in ("===", "==") and left is not None and right is not None:
            given |= {text for side in (left, right) if side.type in LITERALS for text in expr(side, {}).literals}
        else:
            return
    if given:
        yield Answer(frozenset(given), expr(value, _NO_BINDINGS).text, line_of(value))
