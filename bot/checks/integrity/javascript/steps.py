"""What a JavaScript test does besides asserting: where its cases come from, what its parameters are, how it ends."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from bot.checks.integrity.javascript.body import parameter_names
from bot.checks.integrity.trees.expr import expr, number
from bot.checks.integrity.trees.syntax import FUNCTIONS, above, arguments, below, callee, line_of, part, text_of


def sources_of(node: Node, loops: tuple[Node, ...], values: Mapping[str, Node]) -> list[tuple[str, int]]:
    """What the loops around a test, and those in it, go over. `values` are the file's own variables."""
    found = []
    for each in (*loops, *below(node)):
        source = part(each, "right") if each.type == "for_in_statement" else None
        target = part(each, "function") if each.type == "call_expression" else None
        if callee(each) == "forEach":
            source = part(target, "object")
        elif target is not None and target.type == "call_expression" and callee(target) in ("each", "for"):
            source = next(iter(arguments(target)), None)
        made = values.get(text_of(source), source)
        if made is None or made.type == "array":
            continue
        text = expr(made, {}).text
        head = re.match(r"(\w+)(?=[.\[])", text)
        known = values.get(head[1]) if head is not None else None
        if head is not None and known is not None:
            text = expr(known, {}).text + text[head.end() :]
        found.append((text[:500], line_of(each)))
    return found


def slacks_of(function: Node) -> Iterator[tuple[str, float, int]]:
    """The numbers that its parameters have when nobody gives them."""
    inner = function if function.type != "variable_declarator" else part(function, "value")
    for each in below(part(inner, "parameters") or function, 200):
        if each.type in ("assignment_pattern", "object_assignment_pattern", "required_parameter"):
            given = number(part(each, "right") or part(each, "value"))
            if given is not None:
                yield text_of(part(each, "left") or part(each, "pattern")), given, line_of(each)


def waits_for_itself(function: Node) -> bool:
    """Whether a test is over only when it calls what it was given, and does so where its checks are."""
    name = next(iter(parameter_names(function)), "")
    made = [each for each in below(function, 5_000) if each.type == "call_expression"]
    calls = [each for each in made if text_of(each, "function") == name]
    late = any(next((f for f in above(each) if f.type in FUNCTIONS), None) != function for each in calls)
    return late and name in ("done", "cb", "callback", "end", "next", "resolve")
