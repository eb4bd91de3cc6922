"""Python's own parser, for one thread at a time: in Python 3.11 two threads at once may end in a SystemError ("AST
constructor recursion depth mismatch") that neither text deserves."""

import ast
import threading

_ONE = threading.Lock()


def parse(text: str) -> ast.Module:
    """Raises SyntaxError, ValueError, RecursionError or MemoryError for what is no Python."""
    with _ONE:
        return ast.parse(text)


def expression(text: str) -> ast.expr:
    """A single expression; raises as `parse` does."""
    with _ONE:
        return ast.parse(text, mode="eval").body
