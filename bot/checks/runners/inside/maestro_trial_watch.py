"""The calls of the sources' functions, watched: each is noted, or given another result than it had.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import ast
import asyncio
import builtins
import functools
import hashlib
import importlib.machinery
import inspect
import os
import sys
from os import environ

import maestro_trial_values as values

TOP = os.path.realpath(environ.get("MAESTRO_TOP", "."))
SPECIAL = (
    "__init__ __call__ __len__ __iter__ __next__ __getitem__ __contains__ __eq__ __lt__ __add__ __sub__ __mul__ "
    "__str__ __bool__ __enter__ __setitem__ __delitem__"
)
"""Methods that Python calls itself, and that are watched as well."""


class Watch:
    """The calls of the sources' functions: noted, or some of them made different. A key tells a function, what it was
    given, and what came of it. `test` is the one that runs; '' where what is done may serve several."""

    def __init__(self, sources):
        self.sources = frozenset(os.path.join(TOP, path) for path in sources)
        self.calls, self.ways, self.names = {}, {}, frozenset()
        self.noting, self.busy, self.test = False, False, ""

    def set(self, mutants):
        self.ways = {mutant["key"]: mutant["way"] for mutant in mutants}
        self.names = frozenset(mutant["name"] for mutant in mutants)

    def named(self, kind):
        """Whether a class is one of the sources, or comes with Python."""
        file = os.path.realpath(getattr(sys.modules.get(kind.__module__), "__file__", None) or "/")
        return file in self.sources or not file.startswith(TOP + os.sep)

    def tell(self, value):
        return values.describe(value, self.named)

    def idle(self, name):
        return self.busy or not (self.noting or name in self.names)

    def note(self, name, key, ways, direct):
        """Which of the ways is asked for, where this is one of the calls that are made different; else None."""
        key = digest(key)
        if self.noting and ways:
            known = self.calls.setdefault(key, {"name": name, "ways": ways, "direct": direct, "tests": {}})
            known["direct"] = known["direct"] or direct
            known["tests"][self.test] = 1
        way = self.ways.get(key, ways)
        return way if way < ways else None


def digest(text):
    return text.split(" ", 1)[0] + " " + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


class Call:
    """One call of a function, before and after."""

    def __init__(self, watch, name, args, kwargs, caller):
        self.watch, self.name, self.args, self.kwargs = watch, name, list(args), kwargs
        file = os.path.realpath(caller.f_code.co_filename)
        self.direct = file.startswith(TOP + os.sep) and file not in watch.sources
        self.before = [watch.tell(each) for each in self.args]
        self.parts = [{k: watch.tell(v) for k, v in values.parts_of(each).items()} for each in self.args[:3]]
        self.given = "{}({}){}".format(name, ",".join(self.before), watch.tell(kwargs))
        self._doubled()

    def _doubled(self):
        """Functions that a test gave are called otherwise."""
        for holder, places in ((self.args, list(enumerate(self.args))), (self.kwargs, list(self.kwargs.items()))):
            for at, each in places:
                if values.is_double(each) and callable(each) and not isinstance(each, type):
                    self._double(holder, at, each)

    def _double(self, holder, at, function):
        ways = values.doubles(function)
        way = self.watch.note(self.name, "double {} {}".format(at, self.given), len(ways), self.direct)
        if way is not None:
            holder[at] = ways[way]

    def gave(self, result):
        """The result, or another one."""
        self._altered()
        key = "result {} -> {}".format(self.given, self.watch.tell(result))
        found = [] if self.name.endswith(".__init__") else values.others(result)
        way = self.watch.note(self.name, key, len(found), self.direct)
        return result if way is None else found[way]

    def _altered(self):
        for at, each in enumerate(self.args[:3]):
            after = self.watch.tell(each)
            if after == self.before[at]:
                continue
            ways = values.alterations(each, self.parts[at], self.watch.named)
            way = self.watch.note(self.name, "effect {} => {} {}".format(self.given, at, after), len(ways), self.direct)
            if way is not None:
                ways[way]()

    def raised(self, error):
        """What is raised in its place; None for nothing."""
        self._altered()
        found = values.errors(error)
        key = "error {} raises {}".format(self.given, self.watch.tell(error))
        way = self.watch.note(self.name, key, len(found), self.direct)
        return error if way is None else found[way]


class Fate:
    """What a call raises goes on, becomes another error, or nothing."""

    def __init__(self, watch, call):
        self.watch, self.call = watch, call

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if not isinstance(error, Exception):
            return False
        other = thought(self.watch, self.call.raised, error)
        if other is None or other is error:
            return other is None
        raise other from None


def watcher(watch, function, name):
    """The function as the sources have it, watched."""
    if inspect.isgeneratorfunction(function):
        return _generator(watch, function, name)
    if asyncio.iscoroutinefunction(function):
        return _coroutine(watch, function, name)
    if inspect.isasyncgenfunction(function):
        return function

    @functools.wraps(function)
    def watched(*args, **kwargs):
        if watch.idle(name):
            return function(*args, **kwargs)
        call = begun(watch, name, args, kwargs, sys._getframe(1))
        with Fate(watch, call):
            return thought(watch, call.gave, function(*call.args, **call.kwargs))

    return watched


def _coroutine(watch, function, name):
    @functools.wraps(function)
    async def watched(*args, **kwargs):
        if watch.idle(name):
            return await function(*args, **kwargs)
        call = begun(watch, name, args, kwargs, sys._getframe(1))
        with Fate(watch, call):
            return thought(watch, call.gave, await function(*call.args, **call.kwargs))

    return watched


def _generator(watch, function, name):
    @functools.wraps(function)
    def watched(*args, **kwargs):
        if watch.idle(name):
            return (yield from function(*args, **kwargs))
        call = begun(watch, name, args, kwargs, sys._getframe(1))
        given = call.given
        with Fate(watch, call):
            for number, each in enumerate(function(*call.args, **call.kwargs)):
                call.given = "{} {}".format(given, number)
                yield thought(watch, call.gave, each)
        return None

    return watched


def begun(watch, name, args, kwargs, caller):
    return thought(watch, lambda given: Call(watch, name, *given, caller), (args, kwargs))


def thought(watch, of, value):
    """While values are looked at, no call is watched."""
    watch.busy = True
    try:
        return of(value)
    finally:
        watch.busy = False


class Marked(ast.NodeTransformer):
    """Each function of a source is decorated, innermost, with what watches it."""

    def __init__(self, path):
        self.place = [path]

    def visit_ClassDef(self, node):
        return self._within(node)

    def visit_FunctionDef(self, node):
        said = " ".join(ast.dump(each) for each in node.decorator_list)
        special = node.name.startswith("__") and node.name not in SPECIAL.split()
        self._within(node)
        if not special and "contextmanager" not in said and "overload" not in said:
            word = ast.Name("__maestro_watched__", ast.Load())
            name = (
                ast.Str(".".join([*self.place, node.name]))
                if sys.version_info < (3, 8)
                else ast.Constant(".".join([*self.place, node.name]))
            )
            node.decorator_list.append(ast.Call(word, [name], []))
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def _within(self, node):
        self.place.append(node.name)
        self.generic_visit(node)
        self.place.pop()
        return node


def watch_imports(watch):
    """From now on the sources are compiled with all their functions watched."""
    builtins.__maestro_watched__ = lambda name: lambda function: watcher(watch, function, name)
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(self, fullname):
        path = os.path.realpath(self.path)
        if path not in watch.sources:
            return plain(self, fullname)
        tree = Marked(os.path.relpath(path, TOP)).visit(ast.parse(self.get_data(path)))
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)

    importlib.machinery.SourceFileLoader.get_code = get_code
