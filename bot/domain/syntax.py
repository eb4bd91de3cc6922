"""Python's own parser, for one thread at a time: in Python 3.11 two threads at once may end in a SystemError ("AST
constructor recursion depth mismatch") that neither text deserves."""

import ast
import threading
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef

_ONE = threading.Lock()


def parse(text: str) -> ast.Module:
    """Raises SyntaxError, ValueError, RecursionError or MemoryError for what is no Python."""
    with _ONE:
        return ast.parse(text)


def expression(text: str) -> ast.expr:
    """A single expression; raises as `parse` does."""
    with _ONE:
        return ast.parse(text, mode="eval").body


def functions(nodes: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Those of a module, and of its classes, by dotted name; also those that stand under a condition or a `try`."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield from functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, Function):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.If | ast.Try | ast.With):
            below = (each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt | ast.ExceptHandler))
            for each in below:
                yield from functions(each.body if isinstance(each, ast.ExceptHandler) else [each], prefix)


def undocumented(body: list[ast.stmt]) -> list[ast.stmt]:
    """What stands behind the docstring."""
    first = body[0] if body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_text else body
