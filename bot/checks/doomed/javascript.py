"""Tests of JavaScript and TypeScript made to fail, as `bot.checks.doomed.python` does for Python. Pure.

Where a test asserts equality, it is made to assert first, in the same way, what is not so: then a suite whose
assertions were taken away shows as well as one whose failures are.
"""

from collections.abc import Collection, Iterator, Mapping

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import grammar_of
from bot.checks.integrity.trees.syntax import arguments, inner_text, is_string, kids, parse, part, text_of, walk

THROWS = 'throw new Error("a test that must fail");'
ONE, OTHER = 'Symbol("one")', 'Symbol("another")'


_DECLARES = frozenset({"it", "test", "specify"})
_GROUPS = frozenset({"describe", "context", "suite", "describe.only", "describe.concurrent", "describe.sequential"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "function"})
_EQUALS = frozenset({"equal", "strictEqual", "deepEqual", "deepStrictEqual", "toBe", "toEqual", "toStrictEqual", "eql"})
_TURNED = frozenset({"not", "resolves", "rejects", "soft", "poll"})


def sabotaged_javascript(path: str, text: str, titles: Collection[str]) -> tuple[str, frozenset[str]]:
    """The text with the tests of these titles (`group > test`) made to fail, and which of them those are. Left alone
    are tests that are declared in any other way than by `it` or `test` with a title, in groups with titles, and what
    may be meant to survive a failure."""
    code, taken = text.encode(), set()
    for title, body in sorted(declared(path, text), key=lambda found: -found[1].start_byte):
        if title not in titles:
            continue
        taken.add(title)
        first = _unequal(body)
        if body.type == "statement_block":
            code = code[: body.start_byte + 1] + f" {first}".encode() + code[body.start_byte + 1 :]
        else:
            code = code[: body.start_byte] + f"{{ {first} }}".encode() + code[body.end_byte :]
    return code.decode(), frozenset(taken)


def declared(path: str, text: str) -> Iterator[tuple[str, Node]]:
    """The titles, from the outermost group's on, and the function's body of each test that is declared plainly."""
    for node in walk(parse(grammar_of(path), text)):
        if node.type != "call_expression" or text_of(part(node, "function")) not in _DECLARES:
            continue
        given = arguments(node)
        body = part(given[-1], "body") if len(given) > 1 and given[-1].type in _FUNCTIONS else None
        titles = [_title(node), *map(_title, _groups(node))]
        if body is not None and all(titles):
            yield " > ".join(reversed(titles)), body


def written(path: str, text: str) -> Mapping[str, str]:
    """The body of each test that is declared plainly, as it is written, by title."""
    return {title: text_of(body) for title, body in declared(path, text)}


def _groups(node: Node) -> Iterator[Node]:
    """The calls around a test that make its groups, inside out, and whatever else is called with a function."""
    above = node.parent
    while above is not None:
        if above.type == "call_expression":
            yield above
        above = above.parent


def _title(call: Node) -> str:
    """The title of a test or a group; '' where it is not plain text, or the call makes neither."""
    named, given = text_of(part(call, "function")), arguments(call)
    if named not in _DECLARES | _GROUPS or not given or not is_string(given[0]):
        return ""
    said = text_of(given[0])
    return "" if "${" in said or "\\" in said else inner_text(given[0])


def _unequal(body: Node) -> str:
    """The test's own way to assert, of two things that are not equal; else a plain throw."""
    for statement in kids(body) if body.type == "statement_block" else [body]:
        call = kids(statement)[0] if statement.type == "expression_statement" and kids(statement) else statement
        said = _like(call) if call.type == "call_expression" else ""
        if said:
            return said
    return THROWS


def _like(call: Node) -> str:
    """`assert.equal(a, b)` and `expect(a).toBe(b)` with other things in place of a and b; '' for anything else."""
    named = part(call, "function")
    if named is None or named.type != "member_expression" or text_of(part(named, "property")) not in _EQUALS:
        return ""
    last, names = part(named, "object"), [text_of(part(named, "property"))]
    while last is not None and last.type == "member_expression":
        names.insert(0, text_of(part(last, "property")))
        last = part(last, "object")
    if last is None or _TURNED & set(names):
        return ""
    if last.type == "call_expression" and text_of(part(last, "function")) == "expect":
        return f"expect({ONE}).{'.'.join(names)}({OTHER});"
    return f"{text_of(last)}.{'.'.join(names)}({ONE}, {OTHER});" if last.type == "identifier" else ""
