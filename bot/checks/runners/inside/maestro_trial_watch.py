"""The calls of the sources' functions, watched: each is noted, or given another result than it had.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import functools
import hashlib
import inspect
import os
import sys
from os import environ

import maestro_trial_values as values

TOP = os.path.realpath(environ.get("MAESTRO_TOP", "."))
MOST, MOST_DIRECT = 200, 2000
"""How many calls of a function are watched in one test, and how many of those that the test makes itself."""

PLAIN = (bool, int, float, str, bytes, tuple, list, dict, set, frozenset)
"""What constants are made different."""


class Watch:
    """The calls of the sources' functions: noted, or some of them made different. A key tells a function, what it was
    given, and what came of it. `test` is the one that runs; '' where what is done may serve several."""

    def __init__(self, sources):
        self.sources = frozenset(os.path.join(TOP, path) for path in sources)
        self.calls, self.ways, self.names = {}, {}, frozenset()
        self.noting, self.busy, self.overrun = False, False, False
        self.files, self.counts, self.codes, self._test = {}, {}, {}, ""

    @property
    def test(self):
        return self._test

    @test.setter
    def test(self, test):
        self._test, self.counts = test, {}
        if "MAESTRO_TRIAL" in environ:
            environ["MAESTRO_TRIAL_TEST"] = test

    def set(self, mutants):
        self.ways = {mutant["key"]: mutant["way"] for mutant in mutants}
        self.names = frozenset(mutant["name"] for mutant in mutants)

    def named(self, kind):
        """Whether a class is one of the sources, or comes with Python."""
        file = os.path.realpath(getattr(sys.modules.get(kind.__module__), "__file__", None) or "/")
        return file in self.sources or not file.startswith(TOP + os.sep)

    def tell(self, value):
        return values.describe(value, self.named)

    def direct(self, caller):
        """Whether a test makes the call, or the program's own first lines do."""
        name = caller.f_code.co_filename
        if name not in self.files:
            file = os.path.realpath(name)
            self.files[name] = file.startswith(TOP + os.sep) and file not in self.sources
        return self.files[name] or begins(caller)

    def asking(self, frame):
        """The first frame of the repository's, where a loop of events may stand between."""
        found = frame
        while found is not None and not found.f_code.co_filename.startswith(TOP + os.sep):
            found = found.f_back
        return found or frame

    def idle(self, name, caller):
        if self.busy or not (self.noting or name in self.names):
            return True
        count = self.counts[name] = self.counts.get(name, 0) + 1
        if count <= MOST:
            return False
        self.overrun = self.overrun or (count > MOST_DIRECT and self.direct(caller))
        return count > MOST_DIRECT or not self.direct(caller)

    def other(self, name, key, ways, direct):
        """One of the ways in which this call is made different, as a tuple; None where it is not. `ways` gives all. Of
        the calls of a key all are meant, or those that tests make themselves."""
        key = digest(key)
        own = key + "!"
        if self.noting:
            self._note(name, (key, own) if direct else (key,), list(ways()), direct)
            return None
        way = self.ways.get(key, self.ways.get(own) if direct else None)
        return None if way is None else tuple(ways())[way : way + 1] or None

    def _note(self, name, keys, ways, direct):
        """Ways that nobody overlooks are coarse."""
        coarse = [at for at, each in enumerate(ways) if each is None]
        for key in keys if ways else ():
            new = {"name": name, "ways": len(ways), "coarse": coarse, "tests": {}, "direct": False, "inner": False}
            known = self.calls.setdefault(key, new)
            known["direct"] = known["direct"] or direct
            known["inner"] = known["inner"] or not direct
            known["tests"][self.test] = 1


def digest(text):
    return text.split(" ", 1)[0] + " " + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def begins(caller):
    """Whether a program's own first lines make the call: what they don't give is read from the command line."""
    return caller.f_code.co_name == "<module>" and caller.f_globals.get("__name__") == "__main__"


class Call:
    """One call of a function, before and after."""

    def __init__(self, watch, name, args, kwargs, caller, often):
        self.watch, self.name, self.args, self.kwargs = watch, name, list(args), kwargs
        self.direct = watch.direct(caller)
        self.before = [watch.tell(each) for each in self.args]
        self.parts = [{k: watch.tell(v) for k, v in values.parts_of(each).items()} for each in self.args[:3]]
        self.first = begins(caller)
        said = [watch.tell(sys.argv[1:])] if self.first and not (args or kwargs) else self.before
        self.given = "{}({}){}".format(name, ",".join(said), watch.tell(kwargs))
        self.uncalled = []
        self._doubled()
        self._ordered()
        self.times = self.made() if often else 1

    def _doubled(self):
        """Functions that a test gave are called otherwise."""
        for holder, places in ((self.args, list(enumerate(self.args))), (self.kwargs, list(self.kwargs.items()))):
            for at, each in places:
                if values.is_double(each, self.watch.named) and not isinstance(each, type):
                    self._double(holder, at, each)

    def _double(self, holder, at, function):
        """What could be called, and is not, may be asked for more than to be called."""
        if not callable(function):
            self._asked_double(holder, at, function, "between", values.between)
        elif self.watch.noting and hasattr(function, "call_count"):
            self.uncalled.append((at, function, function.call_count))
        else:
            self._asked_double(holder, at, function)
            self._asked_double(holder, at, function, "between", values.between)

    def _asked_double(self, holder, at, function, kind="double", ways=values.doubles):
        key = "{} {} {}".format(kind, at, self.given)
        other = self.watch.other(self.name, key, lambda: ways(function), self.direct)
        if other is not None:
            holder[at] = other[0]

    def _ordered(self):
        """Where something of a test's own is asked, the others are given the other way round."""
        for at, each in enumerate(self.args if "?" in self.given else ()):
            if isinstance(each, (list, tuple)) and not hasattr(each, "_make") and len(each) > 1:
                key = "order {} {}".format(at, self.given)
                other = self.watch.other(self.name, key, lambda each=each: [type(each)(each[::-1])], self.direct)
                if other is not None:
                    self.args[at] = other[0]

    def made(self):
        """How often the function is called in place of once: not at all, or twice."""
        if self.name.rpartition(".")[2].startswith("__"):
            return 1
        other = self.watch.other(self.name, "call {}".format(self.given), lambda: (None, 2), self.direct)
        return 1 if other is None else other[0] or 0

    def _over(self):
        """After the call, however it ended."""
        for at, function, count in self.uncalled:
            if function.call_count > count:
                self._asked_double({}, at, function)
            elif function.mock_calls:
                self._asked_double({}, at, function, "between", values.between)
        self._altered()

    def gave(self, result):
        """The result, or another one."""
        self._over()
        if self.name.endswith(".__init__"):
            return result
        key = "result {} -> {}".format(self.given, self.watch.tell(result))
        other = self.watch.other(self.name, key, lambda: self._others(result), self.direct)
        return result if other is None else other[0]

    def _others(self, result):
        """Also what was given itself, where the result is only equal to it. Of a program's code only the number."""
        if self.first and isinstance(result, int):
            return [each for each in values.others(result) if type(each) is type(result)]
        given = [each for each in self.args if each is not result and type(each) is type(result)]
        if not given or isinstance(result, PLAIN[:5]):
            return values.others(result)
        said = self.watch.tell(result)
        return [each for each in given if self.watch.tell(each) == said][:1] + list(values.others(result))

    def _altered(self):
        for at, each in enumerate(self.args[:3]):
            after = self.watch.tell(each)
            if after != self.before[at]:
                key = "effect {} => {} {}".format(self.given, at, after)
                other = self.watch.other(self.name, key, functools.partial(self._effects, at), self.direct)
                if other is not None:
                    other[0]()

    def _effects(self, at):
        return values.alterations(self.args[at], self.parts[at], self.watch.named)

    def raised(self, error):
        """What is raised in its place; None for nothing."""
        self._over()
        key = "error {} raises {}".format(self.given, self.watch.tell(error))
        # What is not raised is no coarse change: that something is raised at all is what tests ask first.
        other = self.watch.other(self.name, key, lambda: [each or Fate for each in values.errors(error)], self.direct)
        return error if other is None else None if other[0] is Fate else other[0]


class Fate:
    """What a call raises goes on, becomes another error, or nothing."""

    def __init__(self, watch, call):
        self.watch, self.call = watch, call

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if not isinstance(error, (Exception, SystemExit)):
            return False
        other = thought(self.watch, self.call.raised, error)
        if other is None or other is error:
            return other is None
        raise other from None


def watcher(watch, function, name):
    """The function as the sources have it, watched."""
    if inspect.isgeneratorfunction(function):
        return _generator(watch, function, name)
    if inspect.iscoroutinefunction(function):
        return _coroutine(watch, function, name)
    if inspect.isasyncgenfunction(function):
        return function

    @functools.wraps(function)
    def watched(*args, **kwargs):
        caller = sys._getframe(1)
        if watch.idle(name, caller):
            return function(*args, **kwargs)
        call = begun(watch, name, args, kwargs, caller)
        with Fate(watch, call):
            result = None
            for _ in range(call.times):
                result = function(*call.args, **call.kwargs)
            return thought(watch, call.gave, result) if call.times else None

    return watched


def _coroutine(watch, function, name):
    @functools.wraps(function)
    async def watched(*args, **kwargs):
        caller = watch.asking(sys._getframe(1))
        if watch.idle(name, caller):
            return await function(*args, **kwargs)
        call = begun(watch, name, args, kwargs, caller)
        with Fate(watch, call):
            result = None
            for _ in range(call.times):
                result = await function(*call.args, **call.kwargs)
            return thought(watch, call.gave, result) if call.times else None

    return watched


def _generator(watch, function, name):
    @functools.wraps(function)
    def watched(*args, **kwargs):
        caller = sys._getframe(1)
        if watch.idle(name, caller):
            return (yield from function(*args, **kwargs))
        call = begun(watch, name, args, kwargs, caller, often=False)
        given = call.given
        with Fate(watch, call):
            for number, each in enumerate(function(*call.args, **call.kwargs)):
                call.given = "{} {}".format(given, number)
                yield thought(watch, call.gave, each)
        return None

    return watched


def begun(watch, name, args, kwargs, caller, often=True):
    return thought(watch, lambda given: Call(watch, name, *given, caller, often), (args, kwargs))


def thought(watch, of, value):
    """While values are looked at, no call is watched."""
    watch.busy = True
    try:
        return of(value)
    finally:
        watch.busy = False


def constant(watch, name, value):
    """A constant of the sources, or another one."""
    if not (watch.noting or name in watch.names) or not isinstance(value, PLAIN):
        return value
    return thought(watch, lambda same: _valued(watch, name, "constant", same), value)


def _valued(watch, name, kind, value, direct=False):
    """What is printed is what tests of programs look at."""
    other = watch.other(name, "{} {} = {}".format(kind, name, watch.tell(value)), lambda: values.others(value), direct)
    return value if other is None else other[0]


def printed(watch, *args, **kwargs):
    """What the sources print, or something else."""
    if not watch.busy and (watch.noting or "print" in watch.names) and args:
        text = thought(watch, lambda given: _valued(watch, "print", "print", str(given[0]), direct=True), args)
        args = (text, *args[1:]) if text != str(args[0]) else args
    return print(*args, **kwargs)
