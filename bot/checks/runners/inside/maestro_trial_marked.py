"""Sources as they are compiled for a trial: each function with what watches it, and constants and what is printed.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import ast
import builtins
import functools
import importlib.machinery
import os
import sys

import maestro_trial_values as values
from maestro_trial_watch import TOP, constant, printed, watcher

SPECIAL = (
    "__init__ __call__ __len__ __iter__ __next__ __getitem__ __contains__ __eq__ __lt__ __add__ __sub__ __mul__ "
    "__str__ __bool__ __enter__ __setitem__ __delitem__"
)
"""Methods that Python calls itself, and that are watched as well."""


class Marked(ast.NodeTransformer):
    """Each function of a source is decorated, innermost, with what watches it; constants and what is printed, too."""

    def __init__(self, path):
        self.place, self.inside = [path], False

    def visit_ClassDef(self, node):
        return self._within(node, self.inside)

    def visit_FunctionDef(self, node):
        said = " ".join(ast.dump(each) for each in node.decorator_list)
        special = node.name.startswith("__") and node.name not in SPECIAL.split()
        self._within(node, True)
        if not special and "contextmanager" not in said and "overload" not in said:
            node.decorator_list.append(self._call("__maestro_watched__", node.name))
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Assign(self, node):
        if len(node.targets) == 1:
            return self._constant(node, node.targets[0])
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        return self._constant(node, node.target)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            node.func = ast.copy_location(ast.Name("__maestro_printed__", ast.Load()), node.func)
        return node

    def _constant(self, node, target):
        self.generic_visit(node)
        named = isinstance(target, ast.Name) and not target.id.startswith("__")
        if named and node.value is not None and not self.inside:
            node.value = self._call("__maestro_constant__", target.id, node.value)
        return node

    def _call(self, function, name, *args):
        name = ".".join([*self.place, name])
        word = ast.Str(name) if sys.version_info < (3, 8) else ast.Constant(name)
        return ast.Call(ast.Name(function, ast.Load()), [word, *args], [])

    def _within(self, node, inside):
        before, self.inside = self.inside, inside
        self.place.append(node.name)
        self.generic_visit(node)
        self.place.pop()
        self.inside = before
        return node


def watch_imports(watch, insisting):
    """From now on the sources are compiled with all their functions watched, and tests with soft assertions. What is
    compiled once serves all later children."""
    builtins.__maestro_watched__ = lambda name: lambda function: watcher(watch, function, name)
    builtins.__maestro_constant__ = functools.partial(constant, watch)
    builtins.__maestro_printed__ = functools.partial(printed, watch)
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(self, fullname):
        path = os.path.realpath(self.path)
        if path not in watch.sources and not insisting.softens(path):
            return plain(self, fullname)
        if path not in watch.codes:
            tree = ast.parse(self.get_data(path))
            tree = marked(path, tree) if path in watch.sources else insisting.soften(tree, path)
            watch.codes[path] = compile(tree, self.path, "exec", dont_inherit=True)
        return watch.codes[path]

    importlib.machinery.SourceFileLoader.get_code = get_code


def learn(tree):
    """Which texts stand in one place or another of the same kind: given to the same function, or to the same name, or
    by the same function."""
    groups = {}
    for node in ast.walk(tree):
        for kind, value in places(node):
            for each in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
                text = getattr(each, "value" if sys.version_info >= (3, 8) else "s", None)
                if isinstance(text, str):
                    groups.setdefault(kind, set()).add(text)
    for texts in groups.values():
        for text in texts:
            values.SIBLINGS[text] = sorted({*values.SIBLINGS.get(text, ()), *texts} - {text})


def places(node):
    """The expressions of a node that may stand for one another, with what makes them alike."""
    if isinstance(node, ast.Call):
        called = ast.dump(node.func)
        given = [*enumerate(node.args), *((each.arg, each.value) for each in node.keywords)]
        return [((called, at), each) for at, each in given]
    if isinstance(node, ast.Assign):
        return [(ast.dump(target), node.value) for target in node.targets]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [(node.name, each.value) for each in ast.walk(node) if isinstance(each, ast.Return)]
    return []


def marked(path, tree):
    learn(tree)
    return ast.fix_missing_locations(Marked(os.path.relpath(path, TOP)).visit(tree))
