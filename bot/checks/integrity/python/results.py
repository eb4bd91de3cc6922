"""Python code that writes what a test run would write: result files, coverage data."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from bot.checks.integrity.model import Sign, short
from bot.checks.integrity.python.syntax import assigned, below, callee, fold, own, walk, written
from bot.domain.syntax import Function
from bot.domain.words import words

_FILES = re.compile(
    r"(.*/)?(.*junit.*|TEST-.*|test[-_]?(results?|reports?)|report|results?|coverage|cobertura|nunit.*)\.xml"
    r"|(.*/)?(pytest|test)[-_]?(report|results?)\.json|(.*/)?\.coverage|(.*/)?lcov\.info|(.*/)?\.pytest_cache(/.*)?"
)
_CONTENT = re.compile(r"<testsuites?\b|<testcase\b")
_OPTIONS = words("xmlpath junitxml junit_xml json_report_file report_log")
_WRITES = words("write write_text write_bytes dump writelines copy copyfile move rename replace unlink remove")
_SAVES = ("write_text", "write_bytes")
_ASKED = re.compile(r"environ|getenv|getoption|config|request|update|regen|rewrite|record", re.IGNORECASE)
_LOADS = words("read_text read_bytes read load loads")


def signs(tree: ast.Module, is_test: bool, results: tuple[str, ...]) -> Iterator[Sign]:
    """In tests every result file counts; in sources those that this repository's runs are known to write."""
    if is_test:
        yield from _golden(tree)
    everything = below(tree)
    if not any(map(_writes, everything)):
        return
    for node in everything:
        if not isinstance(node, Function | ast.Module):
            continue
        inside = list(own(node))
        if not any(_writes(each) for each in inside):
            continue
        for each in inside:
            text = fold(each) if isinstance(each, ast.Constant | ast.BinOp | ast.JoinedStr) else None
            named = text is not None and ((is_test and bool(_FILES.fullmatch(text))) or text in results)
            made = text is not None and is_test and _CONTENT.search(text) is not None
            asked = is_test and isinstance(each, ast.Attribute) and each.attr in _OPTIONS
            if named or made or asked:
                shown = short(text or (each.attr if isinstance(each, ast.Attribute) else ""))
                line = getattr(each, "lineno", 0)
                yield Sign("result-file", line, f"Code writes what only the test runner should write: `{shown}`.")
                break


def _golden(tree: ast.Module) -> Iterator[Sign]:
    """Tests that write the files that they compare with, other than when somebody asks for it."""
    if not any(isinstance(each, ast.Attribute) and each.attr in _SAVES for each in below(tree)):
        return
    places = {name for name, value in assigned(tree.body) if "__file__" in written(value)}
    yield from _mending(tree)
    for function in (each for each in below(tree) if isinstance(each, Function) and each.name.startswith("test")):
        asked = {
            id(each)
            for node in below(function)
            if isinstance(node, ast.If) and _ASKED.search(written(node.test))
            for each in below(node)
        }
        for node in below(function):
            if callee(node) not in _SAVES or id(node) in asked or not isinstance(node, ast.Call):
                continue
            place = written(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            if place in places or "__file__" in place:
                what = f"`{function.name}` writes a file of the repository, which tests compare with."
                yield Sign("test-weakened", node.lineno, what, (function.name,))


def _mending(tree: ast.Module) -> Iterator[Sign]:
    """A recorded expectation that is written anew wherever it differs."""
    for node in below(tree):
        asked = walk(node.test) if isinstance(node, ast.If) else []
        differs = [each for each in asked if isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.NotEq)]
        if isinstance(node, ast.If) and _calls(differs, _LOADS) and _calls(node.body, _SAVES):
            yield Sign("test-weakened", node.lineno, "What is compared with is written anew where it differs.")


def _calls(nodes: Iterable[ast.AST], names: Collection[str]) -> bool:
    return any(callee(each) in names for node in nodes for each in walk(node))


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = callee(node)
    if name in _WRITES:
        return True
    modes = [a.value for a in (*node.args[1:2], *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
    return name == "open" and any(isinstance(mode, str) and set(mode) & set("wax+") for mode in modes)
