"""Signs in sources of JavaScript, TypeScript, Go, Rust, Java and Ruby: the same that are looked for in Python."""

from collections.abc import Callable, Iterator, Mapping

from tree_sitter import Node

from bot.checks.integrity.javascript_tests import grammar_of
from bot.checks.integrity.model import Sign, short, words
from bot.checks.integrity.probes import MODES, RUNNERS, TESTS, UNMISTAKABLE, VARIABLES
from bot.checks.integrity.reading import JAVASCRIPT, suffix
from bot.checks.integrity.tree import (
    arguments,
    callee,
    inner_text,
    is_string,
    kids,
    line_of,
    parse,
    part,
    text_of,
    walk,
)

_FUNCTIONS = words(
    "function_declaration arrow_function function_expression method_definition method_declaration function_item "
    "func_literal method singleton_method generator_function_declaration"
)
_GLOBALS = words(
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
_DECODERS = words("atob fromCharCode inflateSync gunzipSync unescape decodeURIComponent unpack1 unpack decode64")
_RUNS = words(
    "eval Function runInThisContext runInNewContext runInContext instance_eval class_eval module_eval execScript"
)
_MATCHERS = words("toBe toEqual toStrictEqual toThrow toContain toMatch toHaveBeenCalled toHaveBeenCalledWith")


def signs(path: str, text: str, is_test: bool) -> Iterator[Sign]:
    """Every sign in a file. What stood there before is for the caller to take away."""
    grammar = grammar_for(path)
    if not grammar:
        return
    nodes = list(walk(parse(grammar, text)))
    if suffix(path) in JAVASCRIPT:
        yield from _javascript(nodes, is_test)
    else:
        yield from _EQUALITIES[grammar](nodes)
        yield from _runner_functions(grammar, nodes, is_test)
    if not is_test:
        for scope, inside in _scopes(nodes):
            yield from _probes(grammar, scope, inside)


_GRAMMARS = {".go": "go", ".rs": "rust", ".java": "java", ".rb": "ruby"}


def grammar_for(path: str) -> str:
    """The grammar of a file of this name; '' where there is none."""
    return grammar_of(path) if suffix(path) in JAVASCRIPT else _GRAMMARS.get(suffix(path), "")


def _scopes(nodes: list[Node]) -> Iterator[tuple[str, list[Node]]]:
    """Each function with what is in it, and the rest of the file."""
    functions = [node for node in nodes if node.type in _FUNCTIONS]
    spans = [(each.start_byte, each.end_byte) for each in functions]
    outside = _outside(nodes, spans)
    if outside:
        yield "the file", outside
    for each in functions:
        inner = list(walk(each, 5_000))
        yield f"`{text_of(part(each, 'name')) or 'a function'}`", inner


def _outside(nodes: list[Node], spans: list[tuple[int, int]]) -> list[Node]:
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
def _probes(grammar: str, scope: str, nodes: list[Node]) -> Iterator[Sign]:
    used = {text_of(node)[:60] for node in nodes if not node.child_count and node.is_named}
    for node in nodes:
        line = line_of(node)
        if is_string(node) and (said := inner_text(node)):
            yield from _string_probe(scope, said, used, line)
        elif node.type in ("property_identifier", "identifier") and UNMISTAKABLE.fullmatch(text_of(node)):
            yield Sign("environment-probe", line, f"{scope} asks for `{text_of(node)}`, which only test runs have.")
        elif node.type in ("binary_expression", "binary", "switch_statement", "match_expression", "call_expression"):
            yield from _mode_probe(scope, node, line)
        elif node.type in ("unary_expression", "unary", "defined", "call", "macro_invocation", "attribute_item"):
            yield from _presence_probe(grammar, scope, node, line)
        if node.type in ("member_expression", "subscript_expression"):
            yield from _member_probe(scope, node, line)


def _string_probe(scope: str, said: str, used: set[str], line: int) -> Iterator[Sign]:
    environment = used & words("env ENV Getenv LookupEnv getenv var var_os environ")
    if UNMISTAKABLE.fullmatch(said) or (environment and VARIABLES.fullmatch(said)):
        yield Sign("environment-probe", line, f"{scope} asks for `{short(said)}`, which only test runs have.")
    elif (
        used & (_STACKS | _LISTS) and (RUNNERS.search(said) or said in ("test.v", ".test", "--test")) and len(said) < 80
    ):
        yield Sign("environment-probe", line, f"{scope} looks for the test runner (`{short(said)}`).")
    elif used & _STACKS and TESTS.search(said) and len(said) < 40:
        yield Sign("environment-probe", line, f"{scope} looks at its callers for tests (`{short(said)}`).")


def _mode_probe(scope: str, node: Node, line: int) -> Iterator[Sign]:
    """`process.env.NODE_ENV === 'test'`, `testing.Testing()`."""
    if node.type == "call_expression":
        if text_of(part(node, "function")) == "testing.Testing":
            yield Sign("environment-probe", line, f"{scope} asks whether it is being tested.")
        return
    sides = [part(node, "left"), part(node, "right")]
    texts = [inner_text(each) for each in sides if each is not None and is_string(each)]
    others = " ".join(text_of(each) for each in sides if each is not None and not is_string(each))
    if "test" in texts and MODES.search(others):
        yield Sign("environment-probe", line, f"{scope} does something else when `{short(others)}` is `test`.")


def _presence_probe(grammar: str, scope: str, node: Node, line: int) -> Iterator[Sign]:
    """`typeof jest`, `defined?(RSpec)`, `cfg!(test)`."""
    text = text_of(node)[:120]
    compact = "".join(text.split())
    if grammar in ("javascript", "typescript", "tsx") and text.startswith("typeof "):
        if text.removeprefix("typeof ").rpartition(".")[2].strip() in _GLOBALS:
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
    target = text_of(part(node, "object"))
    index = part(node, "index")
    name = inner_text(index) if index is not None else text_of(part(node, "property"))
    if target in ("process.env", "import.meta.env") and VARIABLES.fullmatch(name):
        yield Sign("environment-probe", line, f"{scope} asks for `{name}`, which only test runs have.")
    elif target in ("global", "globalThis", "window", "self") and name in _GLOBALS:
        yield Sign("environment-probe", line, f"{scope} asks for a test runner (`{target}.{name}`).")


# --- JavaScript's own ---------------------------------------------------------------------------------------------
def _javascript(nodes: list[Node], is_test: bool) -> Iterator[Sign]:
    decoded = {
        text_of(part(node, "name"))
        for node in nodes
        if node.type == "variable_declarator" and (value := part(node, "value")) is not None and _decodes(value)
    }
    for node in nodes:
        if node.type in ("call_expression", "new_expression"):
            yield from _runs_hidden(node, decoded)
            yield from _hooking_call(node, is_test)
        elif node.type == "assignment_expression":
            yield from _hooking_target(node, is_test)
        elif node.type in ("method_definition", "pair"):
            yield from _always_equal(node)


def _runs_hidden(node: Node, decoded: set[str]) -> Iterator[Sign]:
    name, given = callee(node), arguments(node)
    if name not in _RUNS | {"require", "import"} or not given:
        return
    used = {text_of(each) for argument in given for each in walk(argument, 500) if each.type == "identifier"}
    long = is_string(given[-1]) and len(text_of(given[-1])) > 160 and name not in ("require", "import")
    if any(_decodes(each) for each in given) or used & decoded or long:
        yield Sign("hidden-code", line_of(node), f"`{name}` runs code that is hidden in data.")


def _decodes(node: Node) -> bool:
    for each in walk(node, 500):
        if each.type in ("call_expression", "call") and callee(each) in _DECODERS:
            return True
        given = arguments(each) if each.type == "call_expression" and callee(each) in ("from", "toString") else []
        if any(is_string(a) and inner_text(a) in ("base64", "hex", "base64url") for a in given):
            return True
        if each.type == "call_expression" and callee(each) == "reverse":
            return True
    return False


def _hooking_call(node: Node, is_test: bool) -> Iterator[Sign]:
    target, given, line = text_of(part(node, "function")), arguments(node), line_of(node)
    first = inner_text(given[0]) if given and is_string(given[0]) else ""
    if target == "process.on" and first in ("exit", "beforeExit"):
        if "exitCode" in text_of(node) or "exit(" in text_of(node) or is_test:
            yield Sign("runner-changed", line, f"Something is done when the process ends (`{first}`).")
    elif target in ("process.on", "process.once") and first in ("uncaughtException", "unhandledRejection") and is_test:
        yield Sign("runner-changed", line, f"Failures are caught by `{first}`.")
    elif target in ("jest.retryTimes", "this.retries"):
        yield Sign("test-weakened", line, "Failing tests are run again until they pass.")
    elif target == "expect.extend" and given and _replaces_matcher(given[0]):
        yield Sign("runner-changed", line, "A built-in matcher of `expect` is replaced.")
    elif target in ("afterAll", "after", "afterEach", "globalTeardown") and "process.exit(" in text_of(node):
        yield Sign("runner-changed", line, f"`{target}` ends the process.")
    elif target in ("module.register", "Module.registerHooks", "registerHooks"):
        yield Sign("runner-changed", line, f"`{target}` hooks into importing.")


def _replaces_matcher(matchers: Node) -> bool:
    return any(text_of(part(each, "key") or part(each, "name")) in _MATCHERS for each in kids(matchers))


_LOADERS = ("Module._load", "Module.prototype.require", "Module._resolveFilename")


def _hooking_target(node: Node, is_test: bool) -> Iterator[Sign]:
    target, line = text_of(part(node, "left")), line_of(node)
    top, _, rest = target.partition(".")
    name = rest.rpartition(".")[2]
    if target in _LOADERS or "require.extensions" in target:
        yield Sign("runner-changed", line, f"`{target}` is replaced: it hooks into importing.")
    elif target == "process.exitCode" or target in ("process.exit", "process.reallyExit"):
        yield Sign("runner-changed", line, f"`{target}` is set from code.")
    elif (
        (top in ("global", "globalThis", "window") and name in _GLOBALS)
        or (top in ("assert", "expect", "chai", "jest") and rest and name not in ("config", "soft"))
        or (is_test and target in ("it", "test", "describe", "expect", "assert"))
    ):
        yield Sign("runner-changed", line, f"`{target}` of the test machinery is replaced.")


def _always_equal(node: Node) -> Iterator[Sign]:
    name = text_of(part(node, "name") or part(node, "key"))
    value = part(node, "value")
    body = part(node, "body") or (part(value, "body") if value is not None else None)
    if name in ("asymmetricMatch", "equals", "isEqual", "[Symbol.toPrimitive]") and _is_true(body):
        what = f"`{name}` holds for everything, so comparisons with it can't fail."
        yield Sign("test-weakened", line_of(node), what)


def _is_true(body: Node | None) -> bool:
    """Whether a function's body is nothing but `true`."""
    text = "".join(text_of(body).split()).strip("{};")
    return text in ("true", "returntrue", "returntrue;")


# --- the others' own ----------------------------------------------------------------------------------------------
def _named_equality(*kinds: str) -> Callable[[list[Node]], Iterator[Sign]]:
    def look(nodes: list[Node]) -> Iterator[Sign]:
        for node in nodes:
            name = text_of(part(node, "name")) if node.type in kinds else ""
            if name in ("eq", "equals", "Equal", "==", "eql?", "===") and _is_true(part(node, "body")):
                what = f"`{name}` holds for everything, so comparisons with it can't fail."
                yield Sign("test-weakened", line_of(node), what)

    return look


_EQUALITIES: Mapping[str, Callable[[list[Node]], Iterator[Sign]]] = {
    "go": _named_equality("method_declaration"),
    "rust": _named_equality("function_item"),
    "java": _named_equality("method_declaration"),
    "ruby": _named_equality("method"),
}


def _runner_functions(grammar: str, nodes: list[Node], is_test: bool) -> Iterator[Sign]:
    """Go's `TestMain`, Ruby's exits and hidden code."""
    for node in nodes:
        name = text_of(part(node, "name"))
        if grammar == "go" and node.type == "function_declaration" and is_test and name == "TestMain":
            text = "".join(text_of(node).split())
            if "m.Run()" not in text or "os.Exit(0)" in text:
                yield Sign("runner-changed", line_of(node), "`TestMain` does not end with what the tests gave.")
        if grammar == "go" and node.type == "function_declaration" and name == "init" and "os.Exit" in text_of(node):
            yield Sign("runner-changed", line_of(node), "`init` ends the program.")
        if grammar == "ruby" and node.type == "call" and callee(node) == "at_exit" and is_test:
            yield Sign("runner-changed", line_of(node), "`at_exit` runs code after the tests have ended.")
        if grammar == "ruby" and node.type == "call" and callee(node) in _RUNS and any(map(_decodes, arguments(node))):
            yield Sign("hidden-code", line_of(node), f"`{callee(node)}` runs code that is hidden in data.")
