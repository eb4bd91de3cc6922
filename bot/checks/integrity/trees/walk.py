"""Walks a test's body in any language of tree-sitter: conditions, loops over tables, variables, swallowed failures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from tree_sitter import Node

from bot.checks.integrity.model import SWALLOWED, UNAWAITED, Assertion, Detail, Escape, Expr, Outline, Row, Sheet
from bot.checks.integrity.trees.dialect import Dialect, Routine, State
from bot.checks.integrity.trees.expr import bound, expr
from bot.checks.integrity.trees.syntax import CALLS, below, callee, kids, line_of, parse, part, text_of, walk
from bot.checks.integrity.walking import HELPERS, MOST, ROWS
from bot.domain.words import words

DEEPEST = 150

Helpers = Mapping[str, Routine]
Defined = Iterable[tuple[Outline, bool]]
"""The functions of a file, and of each whether it is a test."""

_ASSIGNS = words(
    "variable_declarator assignment_expression short_var_declaration assignment_statement let_declaration assignment"
)
_MAKES = _ASSIGNS | words("function_item")
_ALTERS = words(
    "augmented_assignment_expression update_expression inc_statement dec_statement compound_assignment_expr "
    "operator_assignment"
)


def sheet_of(
    path: str,
    text: str,
    dialect: Dialect,
    defined: Callable[[Node], Defined],
    reading: Callable[[Node, Helpers], Callable[[Outline], Detail]],
) -> Sheet | None:
    """The sheet of a test file; None for what can't be read at all. Of helpers those that have a body may be called."""
    root = parse(dialect.grammar, text)
    if root.type == "ERROR":
        return None
    made = list(defined(root))
    tests, others = (tuple(each for each, is_test in made if is_test is wanted) for wanted in (True, False))
    nodes = [(each.last, each.node) for each in others if isinstance(each.node, Node) and dialect.helps(each)]
    known = {name: (dialect.parameters(node), body) for name, node in nodes if (body := _body_of(node)) is not None}
    return Sheet(path, text, tests, others, errors=root.has_error, read=reading(root, known))


def _body_of(node: object) -> Node | None:
    """What a function, a test or a block does."""
    return part(node, "block", "body") or part(node, "body") if isinstance(node, Node) else None


# --- the walk -----------------------------------------------------------------------------------------------------
def followed(dialect: Dialect, made: Outline, state: State, helpers: Helpers) -> Detail:
    """What a test or a helper does."""
    body = _body_of(made.node)
    others = {name: helper for name, helper in helpers.items() if name != made.last}
    return detail(dialect, body, state, others) if body is not None else Detail()


def detail(dialect: Dialect, body: Node, state: State, helpers: Helpers) -> Detail:
    """What a body does. `helpers` are functions that it may call: their parameters, and their bodies."""
    state.rebound = _rebound(body, state.bindings)
    for name in state.rebound & state.bindings.keys():
        state.bindings.pop(name)
    _Walker(dialect, helpers).visit(body, state)
    found = tuple(state.assertions[:MOST])
    calls = frozenset(callee(each) for each in below(body) if each.type in CALLS)
    return Detail(found, tuple(state.rows), tuple(state.marks), tuple(state.mocks), tuple(state.escapes), calls)


def _rebound(body: Node, outer: Iterable[str]) -> frozenset[str]:
    """Names that are given more than one value, wherever in the body: they can't be followed."""
    seen: set[str] = set(outer)
    twice: set[str] = set()
    for node in below(body):
        if node.type in _ASSIGNS:
            for name in _named(part(node, "name") or part(node, "left") or part(node, "pattern")):
                (twice if name in seen else seen).add(name)
        elif node.type in _ALTERS:
            twice.update(_named(part(node, "left") or part(node, "argument") or (kids(node) or [node])[0]))
    return frozenset(twice)


def _named(left: Node | None) -> Iterable[str]:
    if left is None:
        return ()
    return [text_of(each) for each in (kids(left) if left.type == "expression_list" else [left])]


@dataclass(frozen=True, slots=True)
class _Walker:
    dialect: Dialect
    helpers: Mapping[str, Routine]

    def visit(self, node: Node, state: State) -> None:
        state.room[0] -= 1
        if not state.open or state.depth > DEEPEST or state.room[0] < 0 or len(state.assertions) > MOST:
            return
        state.depth += 1
        self._visit(node, state)
        state.depth -= 1

    def _visit(self, node: Node, state: State) -> None:
        dialect = self.dialect
        if node.type in dialect.blocks:
            self._block(kids(node), state)
            return
        kept = dialect.keeps(node)
        if kept is not None:
            state.functions[kept[0]] = kept[1:]
            return
        if node.type in _MAKES and (mock := dialect.mocks(node, state)) is not None:
            state.mocks.append(mock)
        for name, value in dialect.binds(node, state):
            self._bind(name, value, state)
        said = dialect.asserts(node, state)
        if said is not None:
            state.raw = text_of(node)[:500]
            state.say(said)
            self._skipped(node, state)
            return
        if node.type in dialect.ifs:
            self._if(node, state)
        elif node.type in dialect.tries:
            self._try(node, state)
        elif (rows := dialect.table(node, state)) is not None:
            self._loop(node, rows, state)
        elif node.type in CALLS:
            self._call(node, state)
        else:
            self._others(node, state)

    def _skipped(self, node: Node, state: State) -> None:
        """What skips in the middle of an assertion."""
        for each in walk(node, 300):
            if each.type in CALLS and each != node and (mark := self.dialect.skips(each, state)) is not None:
                state.marks.append(mark)

    def _others(self, node: Node, state: State) -> None:
        if node.type in self.dialect.functions:
            self._nested(node, state)
            return
        if node.type == "identifier" and (kept := state.functions.pop(text_of(node), None)) is not None:
            self._nested(kept[1], state)
        for each in kids(node):
            self.visit(each, state)
        if node.type in self.dialect.leaves:
            state.open = False

    def _nested(self, node: Node, state: State) -> None:
        """A function inside: leaving it leaves nothing else."""
        outer = state.guards
        for each in kids(node):
            self.visit(each, state)
        state.open, state.guards = True, outer

    def _block(self, statements: list[Node], state: State) -> None:
        for index, each in enumerate(statements):
            if not state.open:
                if any(self._insists(later, state) for later in statements[index:]):
                    state.escapes.append(Escape("ends before its last checks", line_of(each)))
                return
            self.visit(each, state)

    def _insists(self, node: Node, state: State) -> bool:
        trial = replace(state, assertions=[], rows=[], marks=[], escapes=[], mocks=[], open=True)
        self.visit(node, trial)
        return bool(trial.assertions)

    def _bind(self, name: str, value: Node, state: State) -> None:
        if name in state.rebound:
            return
        state.tables[name] = value
        if (made := bound(value, state.bindings)) is not None:
            state.bindings[name] = made

    def _call(self, node: Node, state: State) -> None:
        if (mark := self.dialect.skips(node, state)) is not None:
            state.mark(mark)
            state.open = state.open and bool(mark.condition) and mark.kind != "skip"
            return
        if way := self.dialect.exits(node, state):
            state.escapes.append(Escape(f"calls {way}", line_of(node), run=True))
            state.open = False
            return
        if (mock := self.dialect.mocks(node, state)) is not None:
            state.mocks.append(mock)
        if not self._helper(node, state):
            guard = SWALLOWED if self.dialect.swallows(node) else UNAWAITED if self.dialect.late(node) else ""
            guard = guard or self.dialect.guards(node)
            self._guarded(node, guard, state, self._others)

    def _helper(self, node: Node, state: State) -> bool:
        """A helper's assertions are those of its caller; one that can't be seen asserts what its name says."""
        name = callee(node)
        known = state.functions.get(name) or self.helpers.get(name)
        given = kids(node, "arguments")
        if known is not None and state.calls < HELPERS:
            parameters, body = known
            values = {n: made for n, v in zip(parameters, given, strict=False) if (made := bound(v, state.bindings))}
            self._nested(body, replace(state, bindings=values, calls=state.calls + 1))
            return True
        target = part(node, "function")
        alone = target is None or target.type in ("identifier", "this")
        alone |= text_of(target).startswith(("this.", "self."))
        begins = ("assert", "expect", "check", "verify", "ensure") if alone else ("assert", "expect")
        if name.lower().startswith(begins) and given and name != "expect" and not text_of(target).startswith("expect."):
            state.say([Assertion("other", expr(node, state.bindings), line=line_of(node))])
            return True
        return False

    def _guarded(self, node: Node, guard: str, state: State, then: Callable[[Node, State], None]) -> None:
        state.guarded(guard, lambda: then(node, state), fails=self.dialect.fails(node))

    def _if(self, node: Node, state: State) -> None:
        first = part(node, "initializer")
        if first is not None:
            self.visit(first, state)
        condition = expr(part(node, "condition"), state.bindings).text
        then = part(node, "consequence") or part(node, "body")
        other = part(node, "alternative")
        if condition in ("true", "false", "1", "0"):
            taken = then if condition in ("true", "1") else other
            if taken is not None:
                self.visit(taken, state)
            return
        rest = state.guards
        if then is not None:
            self._guarded(then, condition, state, self.visit)
        after = state.guards
        if other is not None:
            state.guards = rest
            self._guarded(other, f"not ({condition})", state, self.visit)
        state.guards = after

    def _try(self, node: Node, state: State) -> None:
        handlers = [each for each in kids(node) if each.type in ("catch_clause", "rescue", "finally_clause", "ensure")]
        body = [each for each in kids(node) if each not in handlers]
        if self.dialect.swallows(node):
            outer, state.guards = state.guards, (*state.guards, SWALLOWED)
            self._block(body, state)
            state.guards, state.open = outer, True
        else:
            self._block(body, state)
        left = not state.open and not _throws(body)
        for each in handlers:
            state.open = True
            caught = f"catch {text_of(each, 'parameter')[:60]}" if each.type == "catch_clause" else each.type
            self._guarded(each, caught, state, self._others)
        state.open = state.open and not left

    def _loop(self, node: Node, rows: list[tuple[Row, dict[str, Expr]]], state: State) -> None:
        """Once for each case of the table; a table without cases is never entered."""
        body = part(node, "body") or (kids(node)[-1] if kids(node) else node)
        known = len(state.assertions)
        for row, values in rows[:ROWS]:
            bindings, tables = {**state.bindings, **values}, dict(state.tables)
            self._nested(body, replace(state, bindings=bindings, row=row.text, tables=tables))
        if len(state.assertions) > known:
            state.rows += [row for row, _ in rows[:ROWS]]  # else it only prepares


def _throws(body: list[Node]) -> bool:
    """Whether a block ends by throwing, which whatever catches it goes on from."""
    last = kids(body[-1])[-1:] if body else []
    return any(each.type in ("throw_statement", "raise") for each in last)
