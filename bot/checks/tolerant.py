"""Old test files that load although a name that they need is not there any more.

A file that imports what a change takes away takes all its tests with it, also those of other things. Here each
statement at its top may fail by itself, so that only the tests that use what is missing fail.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.syntax import parse

_MISSING = (
    r"name '(\w+)' is not defined",
    r"cannot import name '(\w+)'",
    r"has no attribute '(\w+)'",
    r"unexpected keyword argument '(\w+)'",
    r"No module named '(?:[\w.]*\.)?(\w+)'",
    r"does not provide an export named '(\w+)'",
    r"(?:^|[\s.])(\w+)\)? is not (?:a function|defined|a constructor)",
)
"""How Python and JavaScript say that a name is not there."""

_REFUSED = (
    r"TypeError: (?:[\w<>]+\.)*(\w+)\.__(?:init|new|call)__\(\) (?:missing|takes|got)",
    r"TypeError: (?:[\w<>]+\.)*(\w+)\(\) (?:missing|takes|got) (?:an unexpected|multiple|some|from|no|exactly|\d)",
)
"""How Python says that something was called as its signature does not allow."""

_IMPORT = re.compile(r"""^import\s*\{([^{}]*)\}\s*from\s*((['"])\.[^'"\n]*\3)[ \t]*;?""", re.MULTILINE)
_CAUGHT = ("ImportError", "NameError", "AttributeError")


def missing_name(message: str) -> str:
    """The name that a failure says is not there; '' where it says something else."""
    return _said(_MISSING, message)


def missing_key(message: str) -> str:
    """The key that a failure says is not there; '' where it says something else."""
    return _said((r"^KeyError: '([\w\-. ]+)'$",), message)


def refused_call(message: str) -> str:
    """The function or class that a failure says was called with other arguments than it takes; '' where it says
    something else."""
    return _said(_REFUSED, message)


def _said(ways: Iterable[str], message: str) -> str:
    lines = [line for line in message.strip().splitlines() if line.strip()]
    for line in (*lines[:1], *lines[-1:]):
        for said in ways:
            if found := re.search(said, line):
                return found[1]
    return ""


def imports_of(text: str) -> Mapping[str, tuple[str, str]]:
    """What each name that a Python file imports at its top is: its own name, and the last word of its module's."""
    found: dict[str, tuple[str, str]] = {}
    for node in _statements(text):
        for name in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            whole = node.module or "" if isinstance(node, ast.ImportFrom) else name.name
            found[(name.asname or name.name).partition(".")[0]] = (name.name, whole.rpartition(".")[2])
    return found


def imports_read(text: str, function: str) -> frozenset[str]:
    """The imported names that a Python test's own statement at the top of its file reads, with its decorators."""
    first = function.partition(".")[0]
    found = (node for node in _statements(text) if getattr(node, "name", "") == first)
    return frozenset(imports_of(text)) & {each.id for n in found for each in ast.walk(n) if isinstance(each, ast.Name)}


def _statements(text: str) -> Sequence[ast.stmt]:
    try:
        return parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def tolerant(path: str, text: str) -> str:
    """The test file so that it loads without what it imports; as it is, where that can't be done."""
    if path.endswith(".py"):
        return _python(text)
    return _IMPORT.sub(_javascript, text) if path.endswith((".js", ".mjs", ".ts", ".mts", ".jsx", ".tsx")) else text


def _python(text: str) -> str:
    try:
        tree = parse(text)
        caught = ast.Tuple([ast.Name(name, ast.Load()) for name in _CAUGHT], ast.Load())
        tree.body = list(_guarded(tree.body, caught))
        return ast.unparse(ast.fix_missing_locations(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def _guarded(body: Iterable[ast.stmt], caught: ast.expr) -> Iterator[ast.stmt]:
    for n, statement in enumerate(body):
        documents = n == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if documents or (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
            yield statement
            continue
        for part in _apart(statement):
            yield ast.Try([part], [ast.ExceptHandler(caught, None, [ast.Pass()])], [], [])


def _apart(statement: ast.stmt) -> Iterator[ast.stmt]:
    """An import of several names as one for each."""
    if isinstance(statement, ast.ImportFrom):
        yield from (ast.ImportFrom(statement.module, [name], statement.level) for name in statement.names)
    elif isinstance(statement, ast.Import):
        yield from (ast.Import([name]) for name in statement.names)
    else:
        yield statement


def _javascript(found: re.Match[str]) -> str:
    """A named import of one of the project's files as a look into all of its exports: what is missing is undefined."""
    names = [name.strip() for name in found[1].split(",") if name.strip()]
    if any(not re.fullmatch(r"[\w$]+(\s+as\s+[\w$]+)?", name) for name in names):
        return found[0]
    whole = f"maestro_{found.start()}"
    wanted = ", ".join(re.sub(r"\s+as\s+", ": ", name) for name in names)
    return f"import * as {whole} from {found[2]}; const {{ {wanted} }} = {whole};"
