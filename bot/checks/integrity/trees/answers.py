"""The answers that functions give to particular inputs, in the languages of tree-sitter."""

from collections.abc import Iterator

from tree_sitter import Node

from bot.checks.integrity.sources.special import Answer
from bot.checks.integrity.trees.expr import expr
from bot.checks.integrity.trees.syntax import (
    CALLS,
    FUNCTIONS,
    LITERALS,
    above,
    arguments,
    below,
    callee,
    is_string,
    kids,
    line_of,
    part,
    text_of,
    walk,
)
from bot.domain.words import words

_IFS = words("if_statement if_expression if if_modifier")
_CASES = words("switch_case expression_case match_arm switch_block_statement_group when")
_RETURNS = words("return_statement return return_expression")
_PAIRS = words("pair keyed_element")
_IMPLICIT = words("function_item method")
"""Functions that give what stands last in them."""

_BRANCHES = _IFS | _RETURNS | words("expression_statement let_declaration match_expression case unless while for")
_WRAPPERS = words("to_string to_owned into String::from Some Ok from valueOf of Optional.of")


def tree_answers(root: Node) -> Iterator[Answer]:
    """Branches, cases and the entries of tables."""
    declared = [(node, part(node, "value")) for node in below(root) if node.type == "variable_declarator"]
    tables = {text_of(n, "name"): n for n, made in declared if made and made.type in ("object", "new_expression")}
    for node in below(root):
        if node.type in _IFS:
            value = _returned(part(node, "consequence") or part(node, "body"))
            if value is not None:
                yield from _branch(part(node, "condition"), value)
        elif node.type == "ternary_expression":
            value = part(node, "consequence")
            if value is not None and expr(value, {}).fixed:
                yield from _branch(part(node, "condition"), value)
        elif node.type in _CASES:
            given, value = part(node, "value") or part(node, "pattern"), _returned(node)
            if node.type == "match_arm":
                yield from _arm(node)
                continue
            if given is not None and value is not None and (read := expr(given, {})).literals:
                yield Answer(read.literals, expr(value, {}).text, line_of(node), _computes(node, ()))
        elif node.type in _PAIRS or (node.type == "array" and len(kids(node)) == 2 and _in_map(node)):
            yield from _pair(kids(node), node, tables)


def _arm(node: Node) -> Iterator[Answer]:
    """`(2, 3) => 67` beside arms that calculate."""
    pattern, value = part(node, "pattern"), part(node, "value")
    value = _unwrapped(value)
    if pattern is None or value is None or not expr(value, {}).fixed:
        return
    siblings = [part(each, "value") for each in kids(node.parent) if each.type == "match_arm"]
    beside = any(each is not None and not expr(each, {}).fixed for each in siblings)
    given = frozenset(text_of(each) for each in walk(pattern, 200) if each.type in LITERALS)
    if given:
        yield Answer(given, expr(value, {}).text, line_of(node), beside)


def _in_map(node: Node) -> bool:
    """`new Map([[key, value], …])`"""
    above = node.parent
    made = above.parent.parent if above is not None and above.parent is not None else None
    return made is not None and made.type == "new_expression" and callee(made) == "Map"


def _pair(sides: list[Node], node: Node, tables: dict[str, Node]) -> Iterator[Answer]:
    if len(sides) != 2 or any(side.type not in LITERALS for side in sides):
        return
    name = next((n for n, at in tables.items() if at.start_byte <= node.start_byte < at.end_byte), "")
    given = expr(sides[0], {}).literals
    yield Answer(given, expr(sides[1], {}).text, line_of(node), _used_beside(name, node))


def _used_beside(name: str, node: Node) -> bool:
    """Whether a function that uses the table gives anything that the table does not hold."""
    if not name:
        return _computes(node, ())
    *_, root = (node, *above(node))
    users = (f for f in below(root) if f.type in FUNCTIONS and any(text_of(each) == name for each in below(f, 3_000)))
    return any(_gives_more(function, (name,)) for function in users)


def _computes(node: Node, tables: tuple[str, ...]) -> bool:
    """Whether the function around gives anything else than literals."""
    around = next((each for each in (node, *above(node)) if each.type in FUNCTIONS), None)
    return around is not None and _gives_more(around, tables)


def _gives_more(function: Node, tables: tuple[str, ...]) -> bool:
    last = kids(function, "body")[-1:] if function.type in _IMPLICIT else []
    ends = [each for each in last if each.type not in _BRANCHES]
    for each in (*ends, *below(function, 3_000)):
        inner = each if each in ends else _value(each) if each.type in _RETURNS else None
        if inner is not None and not any(_is_lookup(inner, name) for name in tables):
            holed = any(part.type.endswith(("substitution", "interpolation")) for part in kids(inner))
            if holed or inner.type not in LITERALS:
                return True
    return False


def _is_lookup(node: Node, table: str) -> bool:
    """`TABLE[x]`, `TABLE.get(x)`, both with a literal for the rest."""
    if node.type == "binary_expression" and text_of(node, "operator") in ("??", "||"):
        right, left = part(node, "right"), part(node, "left")
        return right is not None and right.type in LITERALS and left is not None and _is_lookup(left, table)
    target = part(part(node, "function"), "object") or part(node, "object")
    return node.type in ("subscript_expression", "call_expression", "member_expression") and text_of(target) == table


def _value(node: Node) -> Node | None:
    inner = kids(node)[0] if kids(node) else None
    while inner is not None and inner.type in ("expression_list", "argument_list") and kids(inner):
        inner = kids(inner)[0]
    return inner


def _unwrapped(node: Node | None) -> Node | None:
    """`"21C".to_string()` and `Some(3)` as the literal in it."""
    while node is not None and node.type in CALLS and callee(node) in _WRAPPERS:
        given = arguments(node)
        target = part(part(node, "function"), "value") or part(node, "object")
        node = given[0] if len(given) == 1 else target if not given else None
    return node


def _returned(node: Node | None) -> Node | None:
    """The literal that a branch returns at once."""
    for each in walk(node, 40) if node is not None else ():
        if each.type in _RETURNS:
            inner = _unwrapped(_value(each))
            if inner is not None and inner.type in ("new_expression", "call_expression") and len(arguments(inner)) == 1:
                inner = arguments(inner)[0]  # `return new Money(100)`
            return inner if inner is not None and expr(inner, {}).fixed else None
    return None


def _branch(condition: Node | None, value: Node) -> Iterator[Answer]:
    given: set[str] = set()
    stack = [condition] if condition is not None else []
    while stack:
        each = stack.pop()
        operator = text_of(each, "operator")
        left, right = part(each, "left"), part(each, "right")
        if each.type in ("parenthesized_expression",) or operator in ("&&", "and"):
            stack.extend(kids(each) if operator == "" else [side for side in (left, right) if side is not None])
        elif operator in ("===", "==") and left is not None and right is not None:
            given |= {text for side in (left, right) if side.type in LITERALS for text in expr(side, {}).literals}
        elif (listed := _listed(each)) is not None:
            given |= listed
        else:
            return
    if given:
        line = line_of(value)
        yield Answer(frozenset(given), expr(value, {}).text, line, value.parent is not None and _computes(value, ()))


def _listed(node: Node) -> frozenset[str] | None:
    """`['a!', 'b?'].includes(x)`"""
    source = part(node, "function", "object")
    if callee(node) not in ("includes", "contains", "include?") or source is None or source.type != "array":
        return None
    return expr(source, {}).literals if all(is_string(each) for each in kids(source)) else None
