"""Signs in Python code: it looks at the runner, hides what it runs, hooks into Python, always compares equal."""

import ast
from collections.abc import Iterable, Iterator

from bot.checks.integrity.model import Sign
from bot.checks.integrity.python import always as python_always
from bot.checks.integrity.python import hooks as python_hooks
from bot.checks.integrity.python import probes as python_probes
from bot.checks.integrity.python import results as python_results
from bot.checks.integrity.python.syntax import assigned, below, called, callee, fold, last, variables, walk
from bot.domain.syntax import Function
from bot.domain.words import words

_DECODERS = words(
    "b64decode b32decode b16decode b85decode a85decode unhexlify fromhex decompress loads decode urlsafe_b64decode "
    "rot13 decrypt"
)
_RUNS = words("exec eval compile __import__ import_module FunctionType CodeType run_path system")


_WORDS = words(
    "isinstance issubclass len all any sorted sum min max abs round str repr bool int float set list dict tuple type "
    "callable hasattr getattr zip map filter range enumerate AssertionError approx raises"
)
"""What assertions are made of."""


def signs(tree: ast.Module, path: str, is_test: bool, results: tuple[str, ...]) -> Iterator[Sign]:
    """Every sign in a module. What stood there before is for the caller to take away."""
    everything = tuple(below(tree))
    yield from python_always.signs(everything)
    yield from _hidden(everything)
    yield from python_hooks.signs(everything, is_test)
    if is_test:
        yield from _own_words(tree)
    else:
        yield from python_probes.signs(everything, path)
    yield from python_results.signs(tree, is_test, results)


def _own_words(tree: ast.Module) -> Iterator[Sign]:
    """A test file that makes itself what assertions are made of, other than by handing on to the real one."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and node.name in _WORDS:
            hands_on = any(last(called(each)) == node.name for each in walk(node))
            if not hands_on:
                what = f"`{node.name}` is made by the test file itself, so assertions with it say what it wants."
                yield Sign("test-weakened", node.lineno, what, (node.name,))


def _hidden(nodes: Iterable[ast.AST]) -> Iterator[Sign]:
    """Code that is decoded before it is run, in one expression or by way of a variable."""
    kept = tuple(nodes)
    decoded = {name for name, value in assigned(kept) if _decodes(value)}
    for node in kept:
        if isinstance(node, ast.Attribute) and node.attr == "pythonapi":
            yield Sign("hidden-code", node.lineno, "`ctypes.pythonapi` reaches behind Python's own objects.")
        if not isinstance(node, ast.Call):
            continue
        name = callee(node)
        if isinstance(node.func, ast.Call) and last(called(node.func)) == "getattr" and len(node.func.args) > 1:
            name = fold(node.func.args[1]) or ""
        if name not in _RUNS or (isinstance(node.func, ast.Attribute) and called(node).startswith("re.")):
            continue
        given = [*node.args[:1], *(keyword.value for keyword in node.keywords[:1])]
        used = variables(*given)
        long = any(isinstance(a, ast.Constant) and isinstance(a.value, str) and len(a.value) > 120 for a in given)
        if any(_decodes(argument) for argument in given) or used & decoded or (long and name in ("exec", "eval")):
            yield Sign("hidden-code", node.lineno, f"`{name}` runs code that is hidden in data.")


def _decodes(node: ast.AST) -> bool:
    for each in walk(node):
        if isinstance(each, ast.Call):
            name = callee(each)
            if name in _DECODERS and not called(each).startswith(("json.", "tomllib.", "yaml.", "toml.", "orjson.")):
                inner = each.func.value if isinstance(each.func, ast.Attribute) else each.func
                return name != "decode" or len(each.args) > 0 or _decodes(inner)
            if name == "join" and any(last(called(inner)) == "chr" for inner in walk(each)):
                return True
        if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Slice) and each.slice.step is not None:
            return True
    return False
