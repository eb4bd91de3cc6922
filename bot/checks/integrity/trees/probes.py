"""Sources that look at the test runner, at the tests' files, or at who calls them, in the languages of tree-sitter."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from bot.checks.integrity.model import Sign, short
from bot.checks.integrity.sources.words import DOUBLES, FILES, MODES, RUNNERS, TESTS, UNMISTAKABLE, VARIABLES, is_tool
from bot.checks.integrity.trees.syntax import (
    FUNCTIONS,
    arguments,
    below,
    callee,
    inner_text,
    is_string,
    kids,
    line_of,
    module_of,
    part,
    text_of,
)
from bot.domain.words import words

GLOBALS = words(
    "jest vi describe it test expect mocha jasmine beforeEach afterEach QUnit Mocha suite __vitest_worker__"
)
_STACKS = words(
    "stack getStackTrace captureStackTrace caller callers caller_locations Callers Caller CallersFrames Backtrace "
    "backtrace current_exe currentThread StackWalker"
)
_LISTS = words(
    "argv execArgv argv0 title cache filename parent mainModule Args PROGRAM_NAME LOADED_FEATURES forName "
    "getProperty Lookup env var args loaded_features const_defined defined"
)
_PROGRAM = words("argv argv0 mainModule")
_NAMED_TEST = re.compile(r"[._/-]+(?:test|spec)s?[._/-]*|(?:test|spec)s?[._/]+")
"""What names of test files have about them."""
DEEPEST = 8  # sums of strings that are followed
_STARTS = words("execArgv mainModule")
_ENVIRONMENT = words("env ENV Getenv LookupEnv getenv var var_os environ")
_READS = words(
    "readFileSync readFile existsSync readdirSync readdir statSync stat createReadStream accessSync access glob "
    "globSync require import ReadFile Open ReadDir read_to_string File read_dir readString readAllLines Files "
    "newBufferedReader"
)
_WRITES = words(
    "writeFileSync writeFile mkdirSync mkdir WriteFile MkdirAll create_dir create_dir_all write Write unlinkSync "
    "rmSync unlink truncateSync"
)


_ASSERTING = re.compile(r"(node:)?assert(/strict)?|(power-)?assert|chai|expect|should|@jest/expect|@vitest/expect")
"""Modules of assertions; that sources ask them something is nothing unusual."""
_PUTTING = words("Object.defineProperty Object.defineProperties Object.assign Reflect.set")
_RUNNERS = words("node:test test vitest jest mocha @jest/globals ava tap")
_HELPING = re.compile(r"test|spec|mock|fixture|setup|jest|vitest|bench|stor(y|ies)|e2e|cypress", re.IGNORECASE)
_KEYS = words("Object.keys Object.entries Object.values Object.getOwnPropertyNames Reflect.ownKeys")
_REAL = words("Date.now Math.random performance.now setTimeout globalThis.fetch fetch console.log process.stdout.write")


def _imports_runner(path: str, nodes: Sequence[Node]) -> Iterator[Sign]:
    """Sources that load a test runner."""
    for node in () if _HELPING.search(path) else nodes:
        if (module := module_of(node)) in _RUNNERS:
            yield Sign("environment-probe", line_of(node), f"The code loads `{module}`, which only tests need.")


def _remakes_assertions(nodes: Sequence[Node]) -> Iterator[Sign]:
    """Sources that put something of their own in place of what tests assert with."""
    made = (node for node in nodes if node.type in ("variable_declarator", "import_statement"))
    known = {name for node in made for name in _asserting(node)}
    for node in nodes:
        if node.type == "assignment_expression":
            target = text_of(node, "left")
        elif node.type == "call_expression" and text_of(node, "function") in _PUTTING:
            target = text_of(next(iter(arguments(node)), None))
        else:
            continue
        root = re.split(r"[.\[]", target, maxsplit=1)[0]
        asked = root.startswith("require(") and _ASSERTING.fullmatch(root[len("require(") + 1 : -2])
        if asked or (root in known and (root != target or node.type != "assignment_expression")):
            what = f"The code replaces `{short(target)}`, with which tests assert."
            yield Sign("runner-changed", line_of(node), what)


def _asserting(node: Node) -> Iterator[str]:
    """The names that a declaration or an import binds to a module of assertions, or to parts of it."""
    if _ASSERTING.fullmatch(next(filter(None, map(module_of, below(node, 100))), "")):
        names = ("identifier", "shorthand_property_identifier_pattern")
        yield from (text_of(each) for each in below(part(node, "name") or node, 100) if each.type in names)


def signs(grammar: str, path: str, nodes: Sequence[Node]) -> Iterator[Sign]:
    """Every probe in a source file, whose nodes these are."""
    if not is_tool(path):
        yield from _imports_runner(path, nodes)
    if not _HELPING.search(path):
        yield from _remakes_assertions(nodes)
    outside: frozenset[str] = frozenset()
    for scope, inside in _scopes(nodes):
        used = {text_of(node)[:60] for node in inside if not node.child_count and node.is_named}
        yield from _probes(grammar, scope, inside, used | outside)
        if scope == "the file":
            outside = frozenset(text_of(node)[:60] for node in inside if node.type == "property_identifier") & _STARTS
        if not is_tool(path):
            yield from _files(scope, inside, used)
        if not _HELPING.search(path):
            yield from _doubles(scope, inside)


def _scopes(nodes: Sequence[Node]) -> Iterator[tuple[str, Sequence[Node]]]:
    """Each function with what is in it, and the rest of the file."""
    functions = [node for node in nodes if node.type in FUNCTIONS]
    spans = [(each.start_byte, each.end_byte) for each in functions]
    outside = _outside(nodes, spans)
    if outside:
        yield "the file", outside
    for each in functions:
        inner = below(each, 5_000)
        yield f"`{text_of(each, 'name') or 'a function'}`", inner


def _outside(nodes: Sequence[Node], spans: list[tuple[int, int]]) -> list[Node]:
    """Nodes in no function; both lists are in the order of the text."""
    found, reach, index = [], -1, 0
    for node in nodes:
        while index < len(spans) and spans[index][0] <= node.start_byte:
            reach = max(reach, spans[index][1])
            index += 1
        if node.start_byte >= reach:
            found.append(node)
    return found


# --- looking at the runner ----------------------------------------------------------------------------------------
def _probes(grammar: str, scope: str, nodes: Sequence[Node], used: set[str]) -> Iterator[Sign]:
    """`used` are the words of the scope, with those by which the file's own level looks at the start of the program:
    functions in it look, too."""
    if {"prepareStackTrace", "getFileName"} <= used:
        yield Sign("environment-probe", line_of(nodes[0]), f"{scope} looks at the file of who calls it.")
    for node in nodes:
        if not node.is_named:
            continue
        kind, line = node.type, line_of(node)
        if said := _said(node):
            yield from _string_probe(scope, said, used, line)
        if kind == "regex":
            yield from _pattern_probe(scope, text_of(node), used, line)
        elif kind in ("property_identifier", "identifier") and UNMISTAKABLE.fullmatch(text_of(node)):
            yield Sign("environment-probe", line, f"{scope} asks for `{text_of(node)}`, which only test runs have.")
        elif kind in ("binary_expression", "binary", "switch_statement", "match_expression", "call_expression"):
            yield from _mode_probe(scope, node, line)
        elif kind in ("unary_expression", "unary", "defined", "call", "macro_invocation", "attribute_item"):
            yield from _presence_probe(grammar, scope, node, line)
        if kind in ("member_expression", "subscript_expression"):
            yield from _member_probe(scope, node, line)


def _doubles(scope: str, nodes: Sequence[Node]) -> Iterator[Sign]:
    """What asks for something that only doubles have, or how much a function has of its own."""
    calls = [(node, text_of(node, "function")) for node in nodes if node.type == "call_expression"]
    typed = [node for node in nodes if node.type == "unary_expression" and text_of(node, "operator") == "typeof"]
    called = {name for _, name in calls} - {text_of(node, "argument") for node in typed}
    for node, name in calls:
        given = text_of(next(iter(arguments(node)), None)) if name in _KEYS else ""
        if given in called and text_of(node.parent, "property") == "length":
            what = f"{scope} tells doubles from the real thing by the properties of `{given}`."
            yield Sign("environment-probe", line_of(node), what)
    for node in nodes:
        if node.type == "property_identifier" and text_of(node) in DOUBLES:
            what = f"{scope} tells doubles from the real thing by `{text_of(node)}`."
            yield Sign("environment-probe", line_of(node), what)


def _said(node: Node, deep: int = 0) -> str:
    """The text of a string, or of a few strings put together; '' for all else."""
    if deep > DEEPEST:
        return ""
    kind = node.type
    if is_string(node) and kind not in ("string_fragment", "string_content"):
        return inner_text(node)
    if kind in ("binary_expression", "binary") and text_of(node, "operator") == "+":
        sides = [side for side in (part(node, "left"), part(node, "right")) if side is not None]
        pieces = [_said(side, deep + 1) for side in sides]
        return "".join(pieces) if all(pieces) else ""
    if kind == "call_expression" and callee(node) == "join":
        source = part(part(node, "function"), "object")
        parts = kids(source) if source is not None and source.type == "array" else []
        pieces = [_said(each, deep + 1) for each in parts]
        return "".join(pieces) if pieces and all(pieces) else ""
    return ""


def _looks_at_start(used: set[str]) -> bool:
    """Whether it asks how, or from which file, the program was started."""
    return bool(used & _STARTS) or {"require", "main", "filename"} <= used


def _string_probe(scope: str, said: str, used: set[str], line: int) -> Iterator[Sign]:
    if UNMISTAKABLE.fullmatch(said) or (used & _ENVIRONMENT and VARIABLES.fullmatch(said)):
        yield Sign("environment-probe", line, f"{scope} asks for `{short(said)}`, which only test runs have.")
    elif (
        used & (_STACKS | _LISTS) and (RUNNERS.search(said) or said in ("test.v", ".test", "--test")) and len(said) < 80
    ) or (used & _PROGRAM and _NAMED_TEST.fullmatch(said)):
        yield Sign("environment-probe", line, f"{scope} looks for the test runner (`{short(said)}`).")
    elif said == "deps" and "current_exe" in used:
        yield Sign("environment-probe", line, f"{scope} looks where the tests' program lies.")
    elif (used & _STACKS or _looks_at_start(used)) and TESTS.search(said) and len(said) < 40:
        yield Sign("environment-probe", line, f"{scope} looks at its callers for tests (`{short(said)}`).")


def _pattern_probe(scope: str, pattern: str, used: set[str], line: int) -> Iterator[Sign]:
    """A regular expression that looks for the words of test runs."""
    variables = used & _ENVIRONMENT and any(VARIABLES.fullmatch(each) for each in re.findall(r"[A-Z_]{4,}", pattern))
    starts = (used & _STACKS or _looks_at_start(used)) and TESTS.search(pattern)
    runners = used & (_STACKS | _LISTS) and RUNNERS.search(pattern)
    if variables or starts or runners:
        yield Sign("environment-probe", line, f"{scope} looks for tests by `{short(pattern)}`.")


def _files(scope: str, nodes: Sequence[Node], used: set[str]) -> Iterator[Sign]:
    """What reads the tests, or asks whether they are there."""
    writes = used & _WRITES
    if not (used & _READS or writes) or (writes and not used & {"__dirname", "__filename", "dirname", "filename"}):
        return
    for node in nodes:
        said = _said(node)
        if FILES.search(said) and len(said) < 120 and "\n" not in said:
            what = f"{scope} looks at the files of the tests (`{short(said)}`)."
            yield Sign("environment-probe", line_of(node), what)


def _mode_probe(scope: str, node: Node, line: int) -> Iterator[Sign]:
    """`process.env.NODE_ENV === 'test'`, `this.now !== Date.now`, `testing.Testing()`, `thread::current().name()`."""
    if node.type == "call_expression":
        if "".join(text_of(node).split()).endswith("thread::current().name()"):
            yield Sign("environment-probe", line, f"{scope} asks for the name of its thread, which tests give it.")
        if text_of(node, "function") == "testing.Testing":
            yield Sign("environment-probe", line, f"{scope} asks whether it is being tested.")
        return
    sides = [part(node, "left"), part(node, "right")]
    texts = [inner_text(each) for each in sides if each is not None and is_string(each)]
    others = " ".join(text_of(each) for each in sides if each is not None and not is_string(each))
    if "test" in texts and MODES.search(others):
        yield Sign("environment-probe", line, f"{scope} does something else when `{short(others)}` is `test`.")
    real = _REAL.intersection(map(text_of, sides))
    if real and text_of(node, "operator") in ("===", "!==", "==", "!="):
        yield Sign("environment-probe", line, f"{scope} tells doubles from the real `{min(real)}`.")


def _presence_probe(grammar: str, scope: str, node: Node, line: int) -> Iterator[Sign]:
    """`typeof jest`, `defined?(RSpec)`, `cfg!(test)`."""
    text = text_of(node)[:120]
    compact = "".join(text.split())
    if grammar in ("javascript", "typescript", "tsx") and text.startswith("typeof "):
        if text.removeprefix("typeof ").rpartition(".")[2].strip() in GLOBALS:
            yield Sign("environment-probe", line, f"{scope} asks for a test runner (`{short(text)}`).")
    elif grammar == "ruby" and text.startswith("defined?") and RUNNERS.search(text):
        yield Sign("environment-probe", line, f"{scope} asks for a test runner (`{short(text)}`).")
    elif grammar == "ruby" and text.startswith("Rails.env.test?"):
        yield Sign("environment-probe", line, f"{scope} does something else in tests.")
    elif grammar == "rust" and (compact.startswith("cfg!(test") or _is_test_branch(node, compact)):
        yield Sign("environment-probe", line, f"{scope} does something else in tests (`{short(text)}`).")


def _is_test_branch(node: Node, compact: str) -> bool:
    """`#[cfg(test)]` on anything but a test module or what only tests import; `#[cfg(not(test))]` on code."""
    if node.type != "attribute_item" or "test" not in compact or not compact.startswith("#[cfg("):
        return False
    if compact not in ("#[cfg(test)]", "#[cfg(not(test))]"):
        return False
    following = node.next_named_sibling
    while following is not None and following.type in ("attribute_item", "line_comment"):
        following = following.next_named_sibling
    kind = following.type if following is not None else ""
    return kind in ("expression_statement", "let_declaration", "function_item", "block", "if_expression")


def _member_probe(scope: str, node: Node, line: int) -> Iterator[Sign]:
    """`process.env.VITEST`, `globalThis.jest`, `global['it']`."""
    target = text_of(node, "object")
    index = part(node, "index")
    name = inner_text(index) if index is not None else text_of(node, "property")
    if target in ("process.env", "import.meta.env") and VARIABLES.fullmatch(name):
        yield Sign("environment-probe", line, f"{scope} asks for `{name}`, which only test runs have.")
    elif target in ("global", "globalThis", "window", "self") and name in GLOBALS:
        yield Sign("environment-probe", line, f"{scope} asks for a test runner (`{target}.{name}`).")
