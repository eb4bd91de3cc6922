"""Python code that writes what a test run would write: result files, coverage data."""

import ast
import re
from collections.abc import Iterator

from bot.checks.integrity.model import Sign, short, words
from bot.checks.integrity.python_fold import fold
from bot.checks.integrity.python_outline import FUNCTION, called, last, written

_FILES = re.compile(
    r"(.*/)?(.*junit.*|TEST-.*|test[-_]?(results?|reports?)|report|results?|coverage|cobertura|nunit.*)\.xml"
    r"|(.*/)?(pytest|test)[-_]?(report|results?)\.json|(.*/)?\.coverage|(.*/)?lcov\.info|(.*/)?\.pytest_cache(/.*)?"
)
_CONTENT = re.compile(r"<testsuites?\b|<testcase\b")
_OPTIONS = words("xmlpath junitxml junit_xml json_report_file report_log")
_WRITES = words("write write_text write_bytes dump writelines copy copyfile move rename replace unlink remove")


def signs(tree: ast.Module, is_test: bool, results: tuple[str, ...]) -> Iterator[Sign]:
    """In tests every result file counts; in sources those that this repository's runs are known to write."""
    if is_test:
        yield from _golden(tree)
    for node in ast.walk(tree):
        if not isinstance(node, (*FUNCTION, ast.Module)):
            continue
        inside = list(_own(node))
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


_SAVES = ("write_text", "write_bytes")
_ASKED = re.compile(r"environ|getenv|getoption|config|request|update|regen|rewrite|record", re.IGNORECASE)


def _golden(tree: ast.Module) -> Iterator[Sign]:
    """Tests that write the files that they compare with, other than when somebody asks for it."""
    if not any(isinstance(each, ast.Attribute) and each.attr in _SAVES for each in ast.walk(tree)):
        return
    places = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and "__file__" in written(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for function in (each for each in ast.walk(tree) if isinstance(each, FUNCTION) and each.name.startswith("test")):
        asked = {
            id(each)
            for node in ast.walk(function)
            if isinstance(node, ast.If) and _ASKED.search(written(node.test))
            for each in ast.walk(node)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and id(node) not in asked and _writes_to(node, places):
                what = f"`{function.name}` writes a file of the repository, which tests compare with."
                yield Sign("test-weakened", node.lineno, what, (function.name,))


def _writes_to(node: ast.Call, places: set[str]) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _SAVES:
        return False
    return written(node.func.value) in places or "__file__" in written(node.func.value)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a function or a module, without its inner functions."""
    stack = list(ast.iter_child_nodes(node))
    while stack:
        each = stack.pop()
        if not isinstance(each, FUNCTION):
            yield each
            stack.extend(ast.iter_child_nodes(each))


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else last(called(node))
    if name in _WRITES:
        return True
    modes = [a.value for a in (*node.args[1:2], *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
    return name == "open" and any(isinstance(mode, str) and set(mode) & set("wax+") for mode in modes)
