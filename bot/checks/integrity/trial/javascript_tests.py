"""What JavaScript tests insist on, by line, and what of a test file is no test: as `python` tells it of Python."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from tree_sitter import Node

from bot.checks.integrity.javascript.asserts import assertions
from bot.checks.integrity.javascript.body import function_given
from bot.checks.integrity.javascript.marks import names_of
from bot.checks.integrity.javascript.tests import grammar_of
from bot.checks.integrity.trees.syntax import (
    FUNCTIONS,
    above,
    arguments,
    callee,
    end_of,
    is_string,
    kids,
    line_of,
    module_of,
    parse,
    part,
    text_of,
    walk,
)
from bot.checks.integrity.trial.language import Changed, Lines, Names, before, with_users
from bot.domain.words import words

_TESTS = words("it test specify")
_SUITES = words("describe suite context")
_ASSERTING = re.compile(r"assert|expect|should|check|verify|ensure", re.IGNORECASE)
_AROUND = words("import_statement comment empty_statement")
_WORDS = words("identifier shorthand_property_identifier shorthand_property_identifier_pattern")
_LEAVES = words("return_statement throw_statement yield_expression break_statement continue_statement")


def insisted(path: str, text: str, titles: Collection[str]) -> tuple[Lines, ...]:
    """The assertions of the tests of these titles (`group > test`), of those whose title is made by a loop, and of all
    that is no test."""
    root = parse(grammar_of(path), text)
    around = {title[: found.start()] for title in titles for found in re.finditer(" > ", title)}
    others, imported = [], _imported(root)
    slices: dict[int, str] = {}
    for title, call in _declared(root, ""):
        if title in titles:
            slices |= {each.id: slice_of(each, call, imported) for each in _asserting(call, ())}
        elif title is not None and title not in around:
            others.append(call)
    return tuple(Lines(line_of(e), end_of(e), slices.get(e.id, "")) for e in _asserting(root, others))


def softened(path: str, text: str) -> tuple[tuple[int, int], ...]:
    """The bytes (from, to) of the assertions that a test may go on after: statements of its own, outside of `try`."""
    found: list[tuple[int, int]] = []
    for _, call in _declared(parse(grammar_of(path), text), ""):
        stack = kids(function_given(call), "body")
        while stack:
            each = stack.pop()
            if each.type == "expression_statement" and _is_soft(kids(each)[0]):
                found.append((each.start_byte, each.end_byte))
            elif each.type not in FUNCTIONS | {"try_statement"}:
                stack += kids(each)
    return tuple(found)


def _is_soft(node: Node) -> bool:
    inner = kids(node)[0] if node.type == "await_expression" and kids(node) else node
    return inner.type == "call_expression" and _is_assertion(inner)


def bodies(path: str, text: str) -> Mapping[str, str]:
    """What stands in each test, by title; under '' what tests are made of whose titles are made by loops."""
    found: dict[str, str] = {}
    for title, call in _declared(parse(grammar_of(path), text), ""):
        found[title or ""] = found.get(title or "", "") + said(call if title is not None else _whole(call))
    return found


def disturbed(changed: Sequence[Changed], holding: Collection[str]) -> dict[str, Names]:
    """As `Language` has it."""
    old = {each.file: _defined(parse(grammar_of(each.file), each.old or "")) for each in changed}
    new = {each.file: _defined(parse(grammar_of(each.path), each.new or "")) for each in changed}
    found = {f: frozenset(n for n in old[f].keys() | new[f].keys() if old[f].get(n) != new[f].get(n)) for f in old}
    users = with_users(found, old, changed, holding, uses)
    return {file: None if names is None or "" in names else names for file, names in users.items()}


def uses(body: str, names: Collection[str]) -> bool:
    """Whether one of the names stands in a text. '' is all of them: what has no name may be meant by any."""
    if "" in names:
        return True
    return bool(names) and re.search(rf"(?<![\w$])(?:{'|'.join(map(re.escape, names))})(?![\w$])", body) is not None


# --- tests ------------------------------------------------------------------------------------------------------------
def _declared(node: Node, prefix: str) -> Iterator[tuple[str | None, Node]]:
    """The calls that make tests, with their titles; None for a title that is not plain."""
    for each in kids(node):
        names = names_of(each) if each.type == "call_expression" else []
        function = function_given(each)
        if not names or function is None or names[0] not in _TESTS | _SUITES or _is_hook(names):
            yield from _declared(each, prefix)
            continue
        title = _title(each, names)
        if names[0] in _SUITES or "describe" in names:
            inner = part(function, "body") or function
            for below, call in _declared(inner, f"{prefix}{title} > "):
                yield (below if title is not None else None), call
            continue
        yield (f"{prefix}{title}" if title is not None else None), each
        for below, call in _parts(part(function, "body") or function, f"{prefix}{title} > "):
            yield (below if title is not None else None), call


def _parts(node: Node, prefix: str) -> Iterator[tuple[str | None, Node]]:
    """The tests within a test, as node's own runner has them: `t.test`."""
    for each in kids(node):
        names = names_of(each) if each.type == "call_expression" else []
        whole, inside = None, prefix
        if len(names) == 2 and names[1] == "test" and names[0] not in _TESTS:
            title = _title(each, names)
            whole, inside = (f"{prefix}{title}" if title is not None else None), f"{prefix}{title} > "
            yield whole, each
        for below, call in _parts(each, inside):
            yield (below if whole is not None or inside == prefix else None), call


def _is_hook(names: list[str]) -> bool:
    """`test.beforeEach`, `test.mock.fn`."""
    return len(names) > 1 and names[1] in ("before", "after", "beforeEach", "afterEach", "mock")


def _title(call: Node, names: list[str]) -> str | None:
    given = arguments(call)
    if not given or not is_string(given[0]) or "each" in names:
        return None
    words = text_of(given[0])
    return None if "${" in words or "\\" in words else words[1:-1]


def _whole(call: Node) -> Node:
    """The loop around what makes tests, or the call itself."""
    found = call
    for each in above(call):
        loop = each.type == "call_expression" and callee(each) in ("forEach", "map")
        found = each if "for" in each.type or loop else found
    return found


# --- assertions -------------------------------------------------------------------------------------------------------
def _asserting(root: Node, others: Collection[Node]) -> Iterator[Node]:
    """The outermost assertions, but for those in other tests."""
    stack = [root]
    while stack:
        each = stack.pop()
        if each in others or each.type in _AROUND or _is_caught(each):
            continue
        if _is_assertion(each):
            yield each
        else:
            stack.extend(kids(each))


def _is_caught(node: Node) -> bool:
    """Whether it only says that nothing was raised, in a `try` of which the `catch` tells what it is worth."""
    inner = kids(node)[0] if node.type == "expression_statement" and kids(node) else node
    called = callee(inner) if inner.type == "call_expression" else ""
    fails = inner.type == "throw_statement" or called in ("fail", "unreachable")
    tried = node.parent.parent if node.parent is not None else None
    return fails and tried is not None and tried.type == "try_statement" and part(tried, "handler") is not None


def _is_assertion(node: Node) -> bool:
    if node.type == "throw_statement":
        return _is_thrown_by_test(node)
    if node.type == "expression_statement" and kids(node) and kids(node)[0].type == "member_expression":
        return assertions(node, {}, False) is not None
    if node.type != "call_expression":
        return False
    if assertions(node, {}, False) is not None:
        return True
    named = part(node, "function")
    if named is not None and named.type == "identifier":
        return _ASSERTING.match(text_of(named)) is not None and text_of(named) not in ("expect", "should")
    return named is not None and named.type == "member_expression" and _asserts(named)


def _asserts(named: Node) -> bool:
    """`assert.fail`, `sinon.assert.called`, `expect(x).to.be.a`: not `expect.any`, and not what expects later."""
    last = named
    while last.type == "member_expression":
        owner = part(last, "object")
        if owner is None or owner.type not in ("member_expression", "call_expression", "identifier"):
            return False
        if owner.type == "call_expression":
            inner = part(owner, "function")
            if text_of(inner) == "expect":
                return True
            if inner is None or inner.type != "member_expression":
                return False
            owner = inner
        if text_of(last, "property") in ("assert", "should"):
            return True
        last = owner
    return text_of(last) == "assert"


def _is_thrown_by_test(node: Node) -> bool:
    """Whether a throw stands in a test itself: what stands in for something may throw as well."""
    around = next((each for each in above(node) if each.type in FUNCTIONS), None)
    call = around.parent.parent if around is not None and around.parent is not None else None
    return call is not None and call.type == "call_expression" and names_of(call)[:1] in (["it"], ["test"])


def _imported(root: Node) -> dict[str, str]:
    """Each imported name with what imports it."""
    found: dict[str, str] = {}
    for each in kids(root):
        if each.type == "import_statement" or "require(" in text_of(each):
            found |= {text_of(one): said(each) for one in walk(each) if "identifier" in one.type}
    return found


# --- what is no test --------------------------------------------------------------------------------------------------
def _defined(node: Node) -> dict[str, str]:
    """Everything but tests and imports, by name: '' for what has none."""
    found: dict[str, str] = {}
    for each in kids(node):
        for name, text in _named(each):
            found[name] = found.get(name, "") + text
    return found


def _named(node: Node) -> Iterator[tuple[str, str]]:
    inner = kids(node)[0] if node.type == "expression_statement" and kids(node) else node
    names = names_of(inner) if inner.type == "call_expression" else []
    if node.type in _AROUND or (node.type == "expression_statement" and inner.type == "string"):
        return
    if node.type == "export_statement":
        for each in kids(node):
            yield from _named(each)
    elif node.type in ("lexical_declaration", "variable_declaration"):
        yield from _variables(node)
    elif (name := part(node, "name")) is not None:
        yield text_of(name), said(node)
    elif names and names[0] in _TESTS | _SUITES and not _is_hook(names):
        if names[0] in _SUITES or "describe" in names:
            function = function_given(inner)
            yield from _defined(part(function, "body") or inner).items()
    elif not any(True for _ in _declared(node, "")):
        yield "", said(node)


def _variables(node: Node) -> Iterator[tuple[str, str]]:
    """Variables by name; what is required counts as an import."""
    for each in kids(node):
        if (value := part(each, "value")) is not None and module_of(value):
            continue
        bound = part(each, "name")
        names = [one for one in walk(bound) if "identifier" in one.type] if bound is not None else []
        for one in names:
            yield text_of(one), said(each)


# --- what a test does for one of its assertions -----------------------------------------------------------------------


def said(node: Node) -> str:
    """A node's text without its layout."""
    return " ".join(text_of(node).split())


def slice_of(assertion: Node, test: Node, imported: Mapping[str, str]) -> str:
    """The assertion, the statements before it that share a name with it, be it through others, all that may leave the
    test before it, and what imports the names that it uses. '' where the test's body is no block."""
    function = function_given(test)
    body = part(function, "body")
    there = [each for each in kids(body) if each.start_byte <= assertion.start_byte]
    if function is None or body is None or body.type != "statement_block" or not there:
        return ""
    local = _bound(function)
    *others, own = there
    taken = before(own, others, lambda each: _words(each) & local, _leaves)
    told = sorted(taken, key=lambda each: each.start_byte)
    used = sorted({name for each in told for name in _words(each)} & imported.keys())
    return "\n".join([*map(said, told), *(imported[name] for name in used)])


def _words(node: Node) -> set[str]:
    return {text_of(each) for each in walk(node) if each.type in _WORDS}


def _bound(function: Node) -> set[str]:
    """The names that mean something of the test's own."""
    holders = [each for each in walk(function) if each.type == "variable_declarator"]
    given = [each for each in (part(function, "parameters"), part(function, "parameter")) if each is not None]
    return {name for each in (*given, *(part(h, "name") for h in holders)) if each is not None for name in _words(each)}


def _leaves(node: Node) -> bool:
    return any(each.type in _LEAVES for each in walk(node))
