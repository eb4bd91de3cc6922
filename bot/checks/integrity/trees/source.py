"""Signs in sources of JavaScript, TypeScript, Go, Rust, Java and Ruby: the same that are looked for in Python."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.model import Sign
from bot.checks.integrity.reading import suffix
from bot.checks.integrity.trees import probes as tree_probes
from bot.checks.integrity.trees.probes import GLOBALS
from bot.checks.integrity.trees.syntax import (
    arguments,
    below,
    callee,
    inner_text,
    is_string,
    kids,
    line_of,
    module_of,
    parse,
    part,
    text_of,
    walk,
)
from bot.domain.words import words

_DECODERS = words("atob fromCharCode inflateSync gunzipSync unescape decodeURIComponent unpack1 unpack decode64")
_RUNS = words(
    "eval Function runInThisContext runInNewContext runInContext instance_eval class_eval module_eval execScript"
)
_MATCHERS = words("toBe toEqual toStrictEqual toThrow toContain toMatch toHaveBeenCalled toHaveBeenCalledWith")
_GRAMMARS = {".go": "go", ".rs": "rust", ".java": "java", ".rb": "ruby"}
_MENDING = re.compile(r"readFile.*!==?|!==?.*readFile", re.DOTALL)
_MADE = words("arrow_function function_expression object")
_AROUND = words("before beforeAll beforeEach after afterAll afterEach globalSetup globalTeardown")
_BUILTINS = words("Array String Object Promise Date Map Set Number Function RegExp HTMLElement Element Window Storage")
_LOADERS = ("Module._load", "Module.prototype.require", "Module._resolveFilename")
_MACHINERY = words("assert assert/strict test vitest chai mocha @jest/globals expect sinon")
_LATER = words("setImmediate setTimeout nextTick queueMicrotask finally then")
_MATCHING = words("asymmetricMatch equals isEqual [Symbol.toPrimitive]")
_METHODS = {"go": "method_declaration", "rust": "function_item", "java": "method_declaration", "ruby": "method"}
_NEVER = words("assert assert_eq assert_ne debug_assert debug_assert_eq panic matches")
_EQUAL = words("eq equals Equal == eql? ===")
_RUBY = words(
    "filter_run_excluding filter_run filter_run_including exclusion_filter inclusion_filter failure_exit_code "
    "default_retry_count fail_if_no_examples error_exit_code"
)


def signs(path: str, text: str, is_test: bool) -> Iterator[Sign]:
    """Every sign in a file. What stood there before is for the caller to take away."""
    grammar = grammar_for(path)
    if not grammar:
        return
    nodes = below(parse(grammar, text))
    if suffix(path) in JAVASCRIPT:
        yield from _javascript(nodes, is_test)
    else:
        for node in (each for each in nodes if each.type == _METHODS[grammar]):
            yield from _always_equal(node, _EQUAL)
        yield from _runner_functions(grammar, nodes, is_test)
        yield from _ends(grammar, path, nodes)
        yield from _own_macros(nodes)
    if not is_test:
        yield from tree_probes.signs(grammar, path, nodes)


def grammar_for(path: str) -> str:
    """The grammar of a file of this name; '' where there is none."""
    return grammar_of(path) if suffix(path) in JAVASCRIPT else _GRAMMARS.get(suffix(path), "")


# --- JavaScript's own ---------------------------------------------------------------------------------------------
def _javascript(nodes: Sequence[Node], is_test: bool) -> Iterator[Sign]:
    values = [(node, value) for node in nodes if node.type == "variable_declarator" and (value := part(node, "value"))]
    decoded = {text_of(node, "name") for node, value in values if _decodes(value)}
    machinery = {text_of(node, "name") for node, value in values if _is_machinery(value)}
    for node, value in values if is_test else ():
        if text_of(node, "name") in ("expect", "assert", "it", "test", "describe") and value.type in _MADE:
            what = f"`{text_of(node, 'name')}` is made by the test file itself, so it says what it wants."
            yield Sign("test-weakened", line_of(node), what)
    for node in nodes if is_test else ():
        differs = node.type == "if_statement" and _MENDING.search(text_of(node, "condition"))
        if differs and "writeFile" in text_of(node, "consequence"):
            yield Sign("test-weakened", line_of(node), "What is compared with is written anew where it differs.")
    for node in nodes:
        kind = node.type
        if kind in ("call_expression", "new_expression"):
            yield from _runs_hidden(node, decoded)
            yield from _hooking_call(node, is_test)
            yield from _exits_later(node, nodes)
        elif kind == "assignment_expression":
            yield from _hooking_target(node, is_test, machinery)
        elif kind in ("method_definition", "pair"):
            yield from _always_equal(node, _MATCHING)


def _runs_hidden(node: Node, decoded: set[str]) -> Iterator[Sign]:
    name, given = callee(node), arguments(node)
    if name not in _RUNS | {"require", "import", "constructor"} or not given:
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
    target, given, line = text_of(node, "function"), arguments(node), line_of(node)
    first = inner_text(given[0]) if given and is_string(given[0]) else ""
    if target == "process.on" and first in ("exit", "beforeExit"):
        if "exitCode" in text_of(node) or "exit(" in text_of(node) or is_test:
            yield Sign("runner-changed", line, f"Something is done when the process ends (`{first}`).")
    elif target in ("process.on", "process.once") and first in ("uncaughtException", "unhandledRejection") and is_test:
        yield Sign("runner-changed", line, f"Failures are caught by `{first}`.")
    elif target in ("jest.retryTimes", "this.retries"):
        yield Sign("test-weakened", line, "Failing tests are run again until they pass.")
    elif target == "expect.extend" and given and not _MATCHERS.isdisjoint(map(_name_of, kids(given[0]))):
        yield Sign("runner-changed", line, "A built-in matcher of `expect` is replaced.")
    elif callee(node) in _AROUND and re.search(r"process\.(reallyE|e)xit\(", text_of(node)):
        yield Sign("runner-changed", line, f"`{target}` ends the process.")
    elif target in ("module.register", "Module.registerHooks", "registerHooks"):
        yield Sign("runner-changed", line, f"`{target}` hooks into importing.")


def _is_machinery(value: Node) -> bool:
    """`require('node:assert')`, with or without `.strict`."""
    while value.type == "member_expression" and part(value, "object") is not None:
        value = kids(value)[0]
    return module_of(value).removeprefix("node:") in _MACHINERY


def _exits_later(node: Node, nodes: Sequence[Node]) -> Iterator[Sign]:
    """A timer that ends the process with success, in a file that is no program of its own."""
    if callee(node) not in _LATER or not re.search(r"process\.(exit|reallyExit)\((0|)\)", text_of(node)[:2_000]):
        return
    program = any(each.type == "hash_bang_line" or text_of(each) == "require.main" for each in nodes)
    if not program:
        yield Sign("runner-changed", line_of(node), "The process is ended with success, whatever still runs.")


def _hooking_target(node: Node, is_test: bool, machinery: set[str]) -> Iterator[Sign]:
    target, line = text_of(node, "left"), line_of(node)
    top, _, rest = target.partition(".")
    name = rest.rpartition(".")[2]
    if is_test and (found := re.fullmatch(r"(\w+(?:\.\w+)*)\.prototype\.(\w+)", target)) and found[1] not in _BUILTINS:
        what = f"`{target}` is replaced, so the tests no longer look at the project's own."
        yield Sign("subject-mocked", line, what, (found[2],))
    if is_test and target.startswith("require.cache["):
        yield Sign("subject-mocked", line, "A module is exchanged in the cache of `require`.")
    if target in _LOADERS or "require.extensions" in target:
        yield Sign("runner-changed", line, f"`{target}` is replaced: it hooks into importing.")
    elif target == "process.exitCode":
        value = text_of(node, "right")
        fails = re.fullmatch(r"[1-9]\d*|[\w.]+ \? 1 : 0", value)
        if not fails and (is_test or value in ("0", "undefined", "null")):
            yield Sign("runner-changed", line, f"`{target}` is set from code.")
    elif target in ("process.exit", "process.reallyExit"):
        yield Sign("runner-changed", line, f"`{target}` is set from code.")
    elif (
        (top in ("global", "globalThis", "window") and name in GLOBALS)
        or (top in ("assert", "expect", "chai", "jest") and rest and name not in ("config", "soft"))
        or (is_test and target in ("it", "test", "describe", "expect", "assert"))
        or (top in machinery and rest)
    ):
        yield Sign("runner-changed", line, f"`{target}` of the test machinery is replaced.")


def _name_of(node: Node) -> str:
    """Of a method or a property."""
    return text_of(part(node, "name") or part(node, "key"))


def _always_equal(node: Node, names: frozenset[str]) -> Iterator[Sign]:
    name = _name_of(node)
    body = "".join(text_of(part(node, "body") or part(node, "value", "body")).split()).strip("{};")
    if name in names and body in ("true", "returntrue"):
        what = f"`{name}` holds for everything, so comparisons with it can't fail."
        yield Sign("test-weakened", line_of(node), what)


# --- the others' own ----------------------------------------------------------------------------------------------


def _own_macros(nodes: Sequence[Node]) -> Iterator[Sign]:
    """Rust's assertions, made anew."""
    for node in nodes:
        name = text_of(node, "name") if node.type == "macro_definition" else ""
        if name in _NEVER:
            yield Sign("test-weakened", line_of(node), f"`{name}!` is made anew, so it says what it wants.", (name,))


def _ends(grammar: str, path: str, nodes: Sequence[Node]) -> Iterator[Sign]:
    """The program ended with success where no program begins: in a library, or while it fails."""
    ends = {"rust": ("process::exit", "std::process::exit"), "go": ("os.Exit",), "java": ("System.exit",)}
    if re.search(r"(^|/)(main|build)\.\w+$|/bin/|/cmd/|Main\.java$|Cli\w*\.java$", path):
        return
    for node in nodes:
        if node.type not in ("call_expression", "method_invocation") or [text_of(a) for a in arguments(node)] != ["0"]:
            continue
        said = text_of(node).partition("(")[0]
        if said in ends.get(grammar, ()):
            yield Sign("runner-changed", line_of(node), f"`{said}(0)` ends the run with success, whatever failed.")


def _ruby_setting(node: Node) -> str:
    """A setting by which RSpec leaves out, runs again, or ends well; '' for all else."""
    target = part(node, "left") if node.type == "assignment" else node if node.type == "call" else None
    name = callee(target) if target is not None and target.type == "call" else ""
    if name in _RUBY and text_of(target, "receiver") in ("config", "c", "rspec"):
        return f"`{name}` is a setting"
    if name in ("around", "after") and node.type == "call":
        inside = text_of(node, "block")
        if re.search(r"\bexit!?\b", inside) or (name == "around" and "rescue" in inside and "raise" not in inside):
            return f"`{name}` decides about the end"
    return ""


def _runner_functions(grammar: str, nodes: Sequence[Node], is_test: bool) -> Iterator[Sign]:
    """Go's `TestMain`, Ruby's exits and hidden code."""
    for node in nodes:
        name = text_of(node, "name")
        if grammar == "go" and node.type == "function_declaration" and is_test and name == "TestMain":
            text = "".join(text_of(node).split())
            kept = re.search(r"(\w+):?=m\.Run\(\)", text)
            other = kept is not None and len(re.findall(rf"(?<!\w){kept[1]}:?=(?!=)", text)) > 1
            if "m.Run()" not in text or "os.Exit(0)" in text or other:
                yield Sign("runner-changed", line_of(node), "`TestMain` does not end with what the tests gave.")
        if grammar == "go" and node.type == "function_declaration" and name == "init" and "os.Exit" in text_of(node):
            yield Sign("runner-changed", line_of(node), "`init` ends the program.")
        if grammar == "java" and name == "handleTestExecutionException" and is_test and "throw " not in text_of(node):
            yield Sign("test-weakened", line_of(node), "An extension of the tests lets failures end in it.")
        if grammar == "ruby" and is_test and (why := _ruby_setting(node)):
            yield Sign("runner-changed", line_of(node), f"{why} of the tests' runner from code.")
        if grammar == "ruby" and node.type == "call" and callee(node) == "at_exit" and is_test:
            yield Sign("runner-changed", line_of(node), "`at_exit` runs code after the tests have ended.")
        if grammar == "ruby" and node.type == "call" and callee(node) in _RUNS and any(map(_decodes, arguments(node))):
            yield Sign("hidden-code", line_of(node), f"`{callee(node)}` runs code that is hidden in data.")
