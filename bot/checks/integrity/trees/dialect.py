"""What a language of tree-sitter says of itself: which nodes are which, and what asserts, skips and ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from bot.checks.integrity.model import Assertion, Expr, Mark, Mock, Outline, Row
from bot.checks.integrity.trees.expr import are_same, expr
from bot.checks.integrity.trees.syntax import callee, end_of, inner_text, is_string, kids, line_of, part, text_of
from bot.checks.integrity.walking import Walk

VISITS = 25_000  # nodes that are looked at for one test, through all its cases and helpers
Assertions = list[Assertion] | None
Routine = tuple[list[str], Node]
"""The names of a function's parameters, and its body."""


@dataclass(slots=True)
class State(Walk[Expr]):
    """`tables` are what variables hold as they are written, `functions` those that are kept under a name; `strict`:
    JavaScript's `assert.equal` is `===` here."""

    depth: int = 0
    strict: bool = False
    room: list[int] = field(default_factory=lambda: [VISITS])
    tables: dict[str, Node] = field(default_factory=dict)
    functions: dict[str, Routine] = field(default_factory=dict)
    mocks: list[Mock] = field(default_factory=list)


def _nothing(_: Node, __: State) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Dialect:
    """The grammar of one language, its nodes, and its ways to assert (`None`: no assertion), to skip, to end the
    process, to replace what it tests. `table` gives the cases of a loop with what its variables stand for in each,
    `keeps` a function that is only kept under a name (with its parameters and body), `late` what runs when nobody
    waits, `guards` under which condition a part of a test runs, `helps` which functions tests may call to assert."""

    grammar: str
    ifs: frozenset[str]
    tries: frozenset[str]
    leaves: frozenset[str]
    blocks: frozenset[str]
    functions: frozenset[str]
    asserts: Callable[[Node, State], Assertions]
    skips: Callable[[Node, State], Mark | None] = _nothing
    exits: Callable[[Node, State], str | None] = _nothing
    mocks: Callable[[Node, State], Mock | None] = _nothing
    table: Callable[[Node, State], list[tuple[Row, dict[str, Expr]]] | None] = _nothing
    binds: Callable[[Node, State], list[tuple[str, Node]]] = lambda _, __: []
    swallows: Callable[[Node], bool] = lambda _: False
    fails: Callable[[Node], bool] = lambda _: False
    parameters: Callable[[Node], list[str]] = lambda node: [text_of(each, "name") for each in kids(node, "parameters")]
    helps: Callable[[Outline], bool] = lambda _: True
    keeps: Callable[[Node], tuple[str, list[str], Node] | None] = lambda _: None
    late: Callable[[Node], bool] = lambda _: False
    guards: Callable[[Node], str] = lambda _: ""


# --- what languages have in common --------------------------------------------------------------------------------
def outlined(name: str, node: Node, marks: tuple[Mark, ...] = (), context: object = None) -> Outline:
    """A test, or a function that tests use."""
    return Outline(name, line_of(node), end_of(node), text_of(node), marks, node, context)


def title_of(given: list[Node]) -> str:
    """What a test or a suite is called, which is given first."""
    return inner_text(given[0])[:200] if given and is_string(given[0]) else text_of(given[0])[:80] if given else ""


def binding(fields: Mapping[str, tuple[str, str]]) -> Callable[[Node, State], list[tuple[str, Node]]]:
    """How a language's variables get their values: the fields of name and value, by the kind of node."""

    def binds(node: Node, _: State) -> list[tuple[str, Node]]:
        if node.type not in fields:
            return []
        name, value = (part(node, field) for field in fields[node.type])
        if name is None or value is None:
            return []
        if name.type == "array_pattern" and value.type == "array":
            return [(text_of(one), its) for one, its in zip(kids(name), kids(value), strict=False)]
        return [(text_of(name), value)] if name.type == "identifier" else []

    return binds


def ending(*names: str) -> Callable[[Node, State], str | None]:
    """Which of these functions, by dotted names, a call calls."""

    def exits(node: Node, _: State) -> str | None:
        said = text_of(node, "function") or f"{text_of(node, 'object')}.{callee(node)}"
        return said if said in names else None

    return exits


def saying(*said: str) -> Callable[[Node | None], bool]:
    """Whether one of these stands in a node."""
    return lambda node: any(each in text_of(node) for each in said)


def paired(kind: str, one: Node, two: Node, line: int, state: State, slack: float = 0.0) -> Assertion:
    """Two expressions that are compared."""
    return compared(kind, expr(one, state.bindings), expr(two, state.bindings), line, are_same(one, two), slack)


def compared(kind: str, one: Expr, two: Expr, line: int, same: bool, slack: float = 0.0) -> Assertion:
    """Two sides that are compared, the literal one as what is wanted. `same`: both are written alike."""
    if one.fixed and not two.fixed:
        one, two = two, one
    fixed = one.fixed and two.fixed
    empty = (fixed or same) if kind in ("equal", "close") else fixed and kind == "differs"
    return Assertion("vacuous" if empty else kind, one, two, line, slack)
