"""The inputs of tests in JavaScript and TypeScript, as `bot.checks.red_green.heldout.python` finds them in Python."""

from collections.abc import Collection, Iterator

from tree_sitter import Node

from bot.checks.doomed.javascript import declared
from bot.checks.integrity.trees.syntax import NUMBERS, arguments, kids, part, text_of, walk
from bot.checks.red_green.heldout.inputs import Cuts, Example, Spot, left, news_first

_ASSERTS = frozenset({"assert", "expect", "should", "t", "chai"})
_LOOPS = frozenset({"for_in_statement"})
_SETS = frozenset({"assignment_expression", "augmented_assignment_expression"})
_CALLS = frozenset({"call_expression", "new_expression"})
_ESCAPES = ("\\", "\n")

MOST = 3
"""Assertions of one test."""


def examples(path: str, text: str, titles: Collection[str], old: str = "") -> tuple[Example, ...]:
    """Those of these tests (`group > test`) that have inputs. Assertions that `old` has not come first."""
    found = ((title, body, _call(body)) for title, body in declared(path, text) if title in titles)
    made = (each for title, body, call in found if call is not None for each in _examples(title, body, call, old))
    return tuple(each for each in made if each.spots)


def _call(body: Node) -> Node | None:
    """The call that declares the test whose body this is."""
    above: Node | None = body
    for _ in range(3):
        above = above.parent if above is not None else None
    return above if above is not None and above.type == "call_expression" else None


def _examples(title: str, body: Node, call: Node, old: str) -> Iterator[Example]:
    """One for each assertion that stands for itself."""
    whole = call.parent if call.parent is not None and call.parent.type == "expression_statement" else call
    inputs = _Inputs(body)
    said, own, rows = arguments(call)[0], left(inputs.spots(), _old_rows(body, old)), tuple(inputs.rows())
    asserted = [each for each in kids(body) if _is_assertion(each)]
    spans = [(each.start_byte, each.end_byte, ";") for each in news_first(asserted, text_of, old)]
    for kept in spans[:MOST] or [(0, 0, "")]:
        cuts = tuple(each for each in spans if each != kept)
        named = (said.start_byte, said.end_byte - 1)
        yield Example(title, whole.start_byte, whole.end_byte, named, left(own, cuts), cuts, left(rows, cuts))


def _old_rows(body: Node, old: str) -> Cuts:
    """What a loop went through before, where it goes through more now."""
    tables = (kids(each, "right") for each in walk(body) if each.type in _LOOPS)
    known = ((rows, [row for row in rows if text_of(row) in old]) for rows in tables)
    return tuple((row.start_byte, row.end_byte, "") for rows, olds in known if len(olds) < len(rows) for row in olds)


def _is_assertion(node: Node) -> bool:
    inner = kids(node)[0] if node.type == "expression_statement" and kids(node) else None
    if inner is not None and inner.type == "await_expression" and kids(inner):
        inner = kids(inner)[0]
    return inner is not None and inner.type == "call_expression" and _root(part(inner, "function") or inner) in _ASSERTS


class _Inputs:
    """What a test's calls are given: literals, and names of what else goes in."""

    def __init__(self, body: Node) -> None:
        self._found: list[Node] = []
        self._names: set[str] = set()
        self._body, self._given = body, list[Node]()
        self._value(body)
        for _ in range(3):  # a variable that goes into another that goes into a call
            for each in walk(body):
                self._bound(each)

    def spots(self) -> frozenset[Spot]:
        return frozenset(spot for each in self._found if (spot := _spot(each)) is not None)

    def rows(self) -> Iterator[Spot]:
        """Things in a row: in lists that go into calls, calls one after the other, and calls of what a call gave."""
        for each in (inner for node in self._given for inner in walk(node)):
            if each.type == "array" and len(kids(each)) > 1:
                last = kids(each)[-1]
                yield _row(last.start_byte, last, len(kids(each)), ", ")
        for each in walk(self._body):
            if (number := _chained(each)) > 1 and not _chained_above(each):
                at = part(part(each, "function"), "object")
                yield _row(at.end_byte if at is not None else each.start_byte, each, number, "")
        for run in _repeated(self._body):
            yield _row(run[-1].start_byte, run[-1], len(run), "\n")

    def _value(self, node: Node) -> None:
        """Whatever is not itself an input: calls in it have some."""
        if node.type not in _CALLS:
            for each in kids(node):
                self._value(each)
            return
        called = part(node, "function") or part(node, "constructor")
        if called is not None and _root(called) in _ASSERTS:
            subject = node if _root(called) != "expect" else _expect(called) or node
            for each in arguments(subject)[:1]:
                self._value(each)
            return
        if called is not None:
            self._value(called)
        for each in arguments(node):
            self._input(each)

    def _input(self, node: Node) -> None:
        if "function" in node.type:
            self._value(node)
            return
        self._given.append(node)
        self._found += _literals(node)
        self._names |= {
            text_of(each) for each in walk(node) if each.type in ("identifier", "shorthand_property_identifier")
        }

    def _bound(self, node: Node) -> None:
        """Variables that are inputs, what is put on objects, and the columns of tables that a loop goes through."""
        name, value = part(node, "name") or part(node, "left"), part(node, "value") or part(node, "right")
        if name is None or value is None:
            return
        if node.type in _SETS and name.type == "member_expression":
            self._input(value)
        table = node.type in _LOOPS and value.type in ("array", "identifier")
        if (table or node.type == "variable_declarator") and name.type == "identifier":
            if text_of(name) in self._names:
                self._input(value)
        elif table and name.type == "array_pattern":
            rows = [zip(kids(name), kids(row), strict=False) for row in kids(value)]
            self._found += [
                each
                for row in rows
                for column, cell in row
                if text_of(column) in self._names
                for each in _literals(cell)
            ]


def _row(start: int, node: Node, number: int, joint: str) -> Spot:
    said = (node.text or b"")[start - node.start_byte :].decode()
    return Spot(start, node.end_byte, said, row=number, joint=joint)


def _method(node: Node | None) -> str:
    """The name of the method that is called."""
    called = part(node, "function") if node is not None and node.type == "call_expression" else None
    return text_of(part(called, "property")) if called is not None else ""


def _chained(node: Node) -> int:
    """How often in a row this method is called of what it gave."""
    name, number, each = _method(node), 0, node
    while name and _method(each) == name:
        inner = part(part(each, "function"), "object")
        number += 1
        if inner is None:
            break
        each = inner
    return number


def _chained_above(node: Node) -> bool:
    above = node.parent.parent if node.parent is not None else None
    return above is not None and _method(above) == _method(node) and above.type == "call_expression"


def _repeated(body: Node) -> Iterator[list[Node]]:
    """Statements in a row that call the same and assert nothing."""
    run: list[Node] = []
    for each in kids(body):
        if run and _called(each) != _called(run[-1]):
            if len(run) > 1:
                yield run
            run = []
        run += [each] if _called(each) else []
    if len(run) > 1:
        yield run


def _called(node: Node) -> str:
    inner = kids(node)[0] if node.type == "expression_statement" and kids(node) else None
    if inner is None or inner.type != "call_expression" or _is_assertion(node):
        return ""
    return text_of(part(inner, "function"))


def _root(node: Node) -> str:
    """The name with which `a.b(…).c` begins."""
    last: Node | None = node
    while last is not None and last.type in ("member_expression", "call_expression", "await_expression"):
        last = part(last, "object") or part(last, "function")
    return text_of(last)


def _expect(node: Node | None) -> Node | None:
    """The call `expect(…)` in `expect(…).not.toBe`."""
    while node is not None and not (node.type == "call_expression" and text_of(part(node, "function")) == "expect"):
        node = part(node, "object") or part(node, "function")
    return node


def _literals(node: Node) -> Iterator[Node]:
    """The literals of an expression, but for keys that look something up."""
    if node.type in ("string", "template_string") or node.type in NUMBERS:
        yield node
    elif node.type == "subscript_expression":
        target = part(node, "object")
        yield from _literals(target) if target is not None else ()
    else:
        for each in kids(node):
            yield from _literals(each)


def _spot(node: Node) -> Spot | None:
    said = text_of(node)
    if node.type in NUMBERS:
        return Spot(node.start_byte, node.end_byte, said, number=True)
    inner = said[1:-1]
    if not inner or any(sign in inner for sign in (*_ESCAPES, "${")):
        return None
    return Spot(node.start_byte + 1, node.end_byte - 1, inner)
