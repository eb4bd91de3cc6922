"""What keeps a JavaScript test from counting, as its names and options say: `it.skip`, `{ todo: true }`."""

from collections.abc import Iterator

from tree_sitter import Node

from bot.checks.integrity.model import Mark
from bot.checks.integrity.trees.syntax import arguments, callee, kids, line_of, part, text_of


def names_of(node: Node) -> list[str]:
    """`test.concurrent.each(rows)` as its names."""
    each: Node | None = node
    names: list[str] = []
    while each is not None:
        if each.type == "member_expression":
            names.append(text_of(each, "property"))
            each = part(each, "object")
        elif each.type == "call_expression":
            each = part(each, "function")
        else:
            break
    return [text_of(each), *reversed(names)] if each is not None and each.type == "identifier" else []


def marks_of(names: list[str], node: Node) -> Iterator[Mark]:
    line, first = line_of(node), names[0]
    if first.startswith("x"):
        yield Mark("skip", "", line)
    if first in ("fit", "fdescribe") or "only" in names[1:]:
        yield Mark("only", "", line)
    for name in names[1:]:
        match name:
            case "skip" | "todo":
                yield Mark(name, "", line)
            case "failing" | "fails":
                yield Mark("xfail", "", line)
            case "skipIf" | "runIf":
                yield Mark("skip", _condition(node, name), line)


def _condition(node: Node, name: str) -> str:
    each: Node | None = node
    while each is not None and not (each.type == "call_expression" and callee(each) == name):
        each = part(each, "function") if each.type == "call_expression" else part(each, "object")
    given = arguments(each) if each is not None else []
    said = text_of(given[0])[:200] if given else ""
    return f"not ({said})" if name == "runIf" else said


def options_of(given: list[Node]) -> Iterator[Mark]:
    """`{ skip: true }` of node:test, `{ retry: 3 }` of vitest."""
    for each in given:
        for pair in kids(each) if each.type == "object" else ():
            key, value = text_of(pair, "key").strip("'\""), text_of(pair, "value")
            if key in ("skip", "only", "todo", "fails") and value not in ("false", "undefined"):
                fixed = value == "true" or value[:1] in "'\"`"
                yield Mark("xfail" if key == "fails" else key, "" if fixed else value[:200], line_of(pair))
            if key in ("retry", "retries") and value != "0":
                yield Mark("retry", "", line_of(pair))
