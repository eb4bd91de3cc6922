"""The inputs of Python tests: literals in the arguments of calls that assert nothing, in variables and columns of a
table that go into such arguments. Never what a value is compared with."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bot.checks.red_green.heldout.inputs import Cuts, Example, Spot, left, news_first
from bot.domain.syntax import Function, functions, parse

_PLAIN = re.compile(rb"""[rRuU]?("|')((?:(?!\1)[^\\\n])*)\1""")
_ROWS = ast.List | ast.Tuple
_NEITHER = frozenset({"isinstance", "issubclass", "hasattr", "getattr", "approx", "raises", "warns", "fail", "patch"})
"""Calls whose arguments belong to the assertion, or name what is there."""

MOST_ROWS = 3
"""Rows of a table, and assertions, of one test."""


def examples(text: str, names: Collection[str], old: str = "") -> tuple[Example, ...]:
    """Those of these tests (by dotted name in the file) that have inputs. Rows and assertions that `old` has not come
    first."""
    try:
        found = dict(functions(parse(text).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    code = _Code(text, old)
    return tuple(
        made for name, node in found.items() if name in names for made in _examples(name, node, code) if made.spots
    )


class _Code:
    """A text by the places that Python's parser tells, and the `old` one."""

    def __init__(self, text: str, old: str) -> None:
        self.bytes, self.old = text.encode(), old
        self._rows = [0]
        for row in self.bytes.splitlines(keepends=True):
            self._rows.append(self._rows[-1] + len(row))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        start, end = self._rows[node.lineno - 1], self._rows[(node.end_lineno or node.lineno) - 1]
        return start + node.col_offset, end + (node.end_col_offset or 0)

    def said(self, node: ast.expr | ast.stmt) -> str:
        start, end = self.span(node)
        return self.bytes[start:end].decode()

    def row(self, number: int) -> int:
        """Where a line (from 1) starts."""
        return self._rows[min(number, len(self._rows)) - 1]

    def named(self, node: Function) -> tuple[int, int]:
        """Where the name of a function stands."""
        start = self.bytes.index(b"def", self.span(node)[0])
        found = self.bytes.index(node.name.encode(), start + 3)
        return found, found + len(node.name.encode())

    def last(self, nodes: Sequence[ast.expr | ast.stmt], joint: str) -> Spot:
        """The last of several things in a row."""
        start, end = self.span(nodes[-1])
        return Spot(start, end, self.bytes[start:end].decode(), row=len(nodes), joint=joint)

    def spot(self, node: ast.Constant) -> Spot | None:
        start, end = self.span(node)
        if isinstance(node.value, bool) or not isinstance(node.value, int | float | str):
            return None
        if not isinstance(node.value, str):
            return Spot(start, end, self.bytes[start:end].decode(), number=True)
        plain = _PLAIN.fullmatch(self.bytes[start:end])
        return Spot(start + plain.start(2), start + plain.end(2), plain[2].decode()) if plain and plain[2] else None


def _examples(name: str, node: Function, code: _Code) -> Iterator[Example]:
    """One for each assertion that stands for itself, and for each row of the table."""
    tables = [each for each in node.decorator_list if _is_table(each)]
    if len(tables) < len(node.decorator_list) or len(tables) > 1:
        return
    start, end = code.row(min([node.lineno, *(each.lineno for each in tables)])), code.span(node)[1]
    inputs = _Inputs(node)
    own = left({spot for each in inputs.found if (spot := code.spot(each)) is not None}, _old_rows(node, code))
    rows = {*(code.last(each.elts, ", ") for each in inputs.lists), *_repeated(node, code)}
    for cuts in _alone(node, code):
        bare = Example(name, start, end, code.named(node), left(own, cuts), cuts, left(rows, cuts))
        yield from _by_row(bare, list(_rows(tables[0])), inputs.names, code) if tables else (bare,)


def _old_rows(node: Function, code: _Code) -> Cuts:
    """What a loop went through before, where it goes through more now: with those the change need not show."""
    loops = (each.iter.elts for each in ast.walk(node) if isinstance(each, ast.For) and isinstance(each.iter, _ROWS))
    known = ((rows, [row for row in rows if code.said(row) in code.old]) for rows in loops)
    return tuple((*code.span(row), "") for rows, olds in known if len(olds) < len(rows) for row in olds)


def _repeated(node: Function, code: _Code) -> Iterator[Spot]:
    """The last of statements in a row that call the same."""
    run: list[ast.stmt] = []
    for each in [*node.body, ast.Pass()]:
        if run and _called(each) != _called(run[-1]):
            if len(run) > 1:
                yield code.last(run, "\n" + " " * run[-1].col_offset)
            run = []
        run += [each] if _called(each) else []


def _called(node: ast.stmt) -> str:
    """What a statement that is no assertion calls."""
    call = node.value if isinstance(node, ast.Expr) else None
    return ast.unparse(call.func) if isinstance(call, ast.Call) and not _asserts(call.func) else ""


def _alone(node: Function, code: _Code) -> Iterator[Cuts]:
    """What to cut so that one of the assertions stands alone."""
    asserted = [each for each in node.body if _is_assertion(each)]
    spans = [(*code.span(each), "pass") for each in news_first(asserted, code.said, code.old)]
    for kept in spans[:MOST_ROWS] or [(0, 0, "")]:
        yield tuple(each for each in spans if each != kept)


def _is_assertion(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.Assert) or (isinstance(call, ast.Call) and _asserts(call.func))


def _by_row(
    bare: Example, rows: list[tuple[list[str], ast.expr]], names: Collection[str], code: _Code
) -> Iterator[Example]:
    if not rows:
        return
    first, last = code.span(rows[0][1])[0], code.span(rows[-1][1])[1]
    for columns, values in news_first(rows, lambda row: code.said(row[1]), code.old)[:MOST_ROWS]:
        start, end = code.span(values)
        given = (spot for each in _given(values, columns, names) if (spot := code.spot(each)) is not None)
        cuts = (*bare.cuts, (first, start, ""), (end, last, ""))
        yield replace(bare, spots=tuple(sorted({*bare.spots, *given})), cuts=cuts)


def _is_table(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize"


def _rows(table: ast.expr) -> Iterator[tuple[list[str], ast.expr]]:
    """The names of a table's columns with each of its rows; nothing where they are not written there."""
    if not isinstance(table, ast.Call) or len(table.args) != 2 or not isinstance(table.args[1], ast.List | ast.Tuple):
        return
    if any(each.arg != "argvalues" for each in table.keywords):
        return  # ids go with their rows
    said = table.args[0]
    parts = said.elts if isinstance(said, ast.Tuple | ast.List) else [said]
    texts = [each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    names = [name.strip() for text in texts for name in text.split(",")]
    yield from ((names, row) for row in table.args[1].elts)


def _given(row: ast.expr, columns: list[str], names: Collection[str]) -> Iterator[ast.Constant]:
    """The literals of a row that go into calls."""
    if isinstance(row, ast.Call):
        cells = row.args  # pytest.param
    else:
        cells = row.elts if isinstance(row, ast.Tuple | ast.List) and len(columns) > 1 else [row]
    for name, cell in zip(columns, cells, strict=False):
        if name in names:
            yield from _constants(cell)


def _constants(node: ast.AST) -> Iterator[ast.Constant]:
    """The literals of an expression, but for keys that look something up, and parts of f-strings."""
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.Subscript):
        yield from _constants(node.value)
    elif not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _constants(child)


class _Inputs:
    """What a test's calls are given: literals, and names of what else goes in."""

    def __init__(self, node: Function) -> None:
        self.found: list[ast.Constant] = []
        self.names: set[str] = set()
        self._given: list[ast.expr] = []
        for statement in node.body:
            self._value(statement)
        for _ in range(3):  # a variable that goes into another that goes into a call
            for each in ast.walk(node):
                self._bound(each)

    @property
    def lists(self) -> Iterator[ast.List]:
        """Those of several things that go into calls."""
        return (each for node in self._given for each in ast.walk(node) if isinstance(each, ast.List) and each.elts[1:])

    def _value(self, node: ast.AST) -> None:
        """Whatever is not itself an input: calls in it have some."""
        match node:
            case ast.Compare(left=left, comparators=[right]) if not _is_fixed(left):
                self._value(left)
                if not _is_fixed(right) and not any(isinstance(each, ast.Call) for each in ast.walk(left)):
                    self._value(right)
            case ast.Call(func=func, args=args) if _asserts(func):
                rejects = _last(func).startswith("assertRaises") and len(args) > 2
                for each in args[2:] if rejects else []:
                    self._input(each)
                for each in args[:1]:
                    self._value(each)
            case ast.Call(func=func) if _last(func) in _NEITHER:
                return
            case ast.Call(func=func, args=args, keywords=keywords):
                self._value(func)
                for each in [*args, *(keyword.value for keyword in keywords)]:
                    self._input(each)
            case _:
                for child in ast.iter_child_nodes(node):
                    self._value(child)

    def _input(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call) and _last(node.func) in _NEITHER:
            return
        self._given.append(node)
        self.found += _constants(node)
        self.names |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}

    def _bound(self, node: ast.AST) -> None:
        """Variables that are inputs, what is put on objects, and the columns of tables that a loop goes through."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in self.names:
                self._input(value)
            case (
                ast.Assign(targets=[ast.Attribute()], value=value) | ast.AugAssign(target=ast.Attribute(), value=value)
            ):
                self._input(value)
            case ast.For(target=ast.Name(id=name), iter=ast.List() | ast.Tuple() | ast.Name()) if name in self.names:
                self._input(node.iter)
            case ast.For(target=ast.Tuple(elts=targets), iter=ast.List(elts=rows) | ast.Tuple(elts=rows)):
                columns = [each.id if isinstance(each, ast.Name) else "" for each in targets]
                for row in rows:
                    self.found += _given(row, columns, self.names)


def _is_fixed(node: ast.expr) -> bool:
    return not any(isinstance(each, ast.Call | ast.Name) for each in ast.walk(node))


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _asserts(func: ast.expr) -> bool:
    return _last(func).lower().startswith("assert")
