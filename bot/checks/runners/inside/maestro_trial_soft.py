"""The assertions of tests, softened: each notes that it failed, and the test goes on to the next.

So one run tells of every assertion whether it notices a change, not only of the first that does. Runs in the
repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import ast
import builtins
import os
import sys

ASSERTS = ("assert", "expect", "check", "verify")
RAISES = ("raises", "warns", "deprecated_call")


class Softened(ast.NodeTransformer):
    """What may fail on purpose is left as it is: within `try`, within `with raises`, in fixtures and generators."""

    def __init__(self, path):
        self.path = path

    def visit_FunctionDef(self, node):
        if any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in ast.walk(node)):
            return node
        if any("fixture" in ast.dump(each) for each in node.decorator_list):
            return node
        node.body = self._all(node.body)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Try(self, node):
        return node

    visit_TryStar = visit_Lambda = visit_Try

    def visit_With(self, node):
        if any(raises(item.context_expr) for item in node.items):
            return [self._call("__maestro_held__", node), node]
        return self.generic_visit(node)

    visit_AsyncWith = visit_With

    def visit_Assert(self, node):
        return self._soft(node)

    def visit_Expr(self, node):
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        return self._soft(node) if isinstance(value, ast.Call) and asserts(value.func) else node

    def _all(self, body):
        found = []
        for node in body:
            new = self.visit(node)
            found += new if isinstance(new, list) else [new]
        return found

    def _soft(self, node):
        failed = ast.Expr(
            ast.Call(ast.Name("__maestro_failed__", ast.Load()), [*self._place(node), ast.Name("_m_", ast.Load())], [])
        )
        handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), "_m_", [failed])
        tried = ast.Try([node], [handler], [], [])
        return [self._call("__maestro_held__", node), ast.copy_location(tried, node)]

    def _call(self, name, node):
        return ast.copy_location(ast.Expr(ast.Call(ast.Name(name, ast.Load()), self._place(node), [])), node)

    def _place(self, node):
        if sys.version_info < (3, 8):
            return [ast.Str(self.path), ast.Num(node.lineno)]
        return [ast.Constant(self.path), ast.Constant(node.lineno)]


def last(called):
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def asserts(called):
    return last(called).lstrip("_").lower().startswith(ASSERTS)


def raises(context):
    name = last(context.func) if isinstance(context, ast.Call) else ""
    return name in RAISES or name.startswith("assert")


class Insisting:
    """What assertions say: `held` are the tests that came to each (path, line), `failures` what failed, as (test,
    path, line, whether an assertion did, not what it looks at)."""

    def __init__(self, top, paths):
        self.top, self.paths, self.on = top, frozenset(paths), False
        self.held, self.failures = {}, []
        self.test = lambda: ""

    def softens(self, path):
        return self.on and os.path.relpath(os.path.realpath(path), self.top) in self.paths

    def soften(self, tree, path):
        Softened(os.path.relpath(os.path.realpath(path), self.top)).visit(tree)
        return ast.fix_missing_locations(tree)

    def hold(self, path, line):
        self.held.setdefault("{}:{}".format(path, line), {})[self.test()] = 1

    def fail(self, path, line, error):
        self.failures.append([self.test(), path, line, isinstance(error, AssertionError)])

    def listen(self, test):
        """From now on; `test` tells which one runs."""
        self.on, self.test = True, test
        builtins.__maestro_held__, builtins.__maestro_failed__ = self.hold, self.fail
