"""Values told from one another, and values that are a little different: what `maestro_trial` puts in their place.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import copy
import datetime
import decimal
import enum
import fractions
import inspect
import pathlib
import re
import types

DEPTH, MANY, WIDE, WORDS = 5, 400, 8, 4
"""How deep values are told, how many members of one, and how many of its parts are made different one by one."""

PLAIN = (int, float, complex, bytes, bytearray, decimal.Decimal, fractions.Fraction, datetime.date, datetime.time)
PLAIN += (datetime.timedelta, type(None), enum.Enum, pathlib.PurePath, range)
BIG = (dict, list, tuple, set, frozenset)
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
SIBLINGS = {}
"""Texts that the sources have besides one, in places of the same kind: other answers."""

NEXT = str.maketrans("0123456789", "1234567890")
FLEETING = re.compile(r"0x[0-9a-f]{6,}|(?<=/tmp/)[^\s'\"]*/")


def describe(value, named, depth=DEPTH):
    """A text that is the same for the same value in another process. `named` says whether a class is the sources' own:
    what tests make to stand in for something may be called anything."""
    if isinstance(value, (str, *PLAIN)):
        return FLEETING.sub("", repr(value))
    if depth == 0 or is_double(value, named):
        return "?"
    kind = type(value).__name__ if named(type(value)) else ""
    if isinstance(value, dict):
        pairs = [(describe(k, named, depth - 1), describe(v, named, depth - 1)) for k, v in list(value.items())[:MANY]]
        inner = ",".join(":".join(pair) for pair in pairs)
    elif isinstance(value, (list, tuple)):
        inner = ",".join(describe(each, named, depth - 1) for each in value[:MANY])
    elif isinstance(value, (set, frozenset)):
        inner = ",".join(sorted(describe(each, named, depth - 1) for each in list(value)[:MANY]))
    else:
        parts = value.args if isinstance(value, BaseException) else ()
        inner = "{}{}".format(describe(parts, named, depth - 1), describe(parts_of(value), named, depth - 1))
    return "{}({})".format(kind, inner)


def parts_of(value):
    """What an object holds, by name."""
    found = {}
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    found.update(getattr(value, "__dict__", {}))
    return found


def is_double(value, named):
    """Whether a value is only there to be called, or stands in for something: it is of no class that is known, or is
    called and of a class of the tests."""
    kind = type(value)
    if isinstance(value, (FUNCTIONS, type)) or kind.__module__.startswith("unittest.mock"):
        return True
    return not named(kind) and (callable(value) or not any(named(each) for each in kind.__mro__[:-1]))


def others(value, depth=2):
    """Values that are a little different, those first that tell most of how closely somebody looks."""
    if is_double(value, bool):
        return []
    if isinstance(value, bool):
        return [not value, int(value), "x" if value else None]
    if value is None:
        return [False, "x"]
    if isinstance(value, enum.Enum):
        return [each for each in type(value) if each is not value][:1]
    for kinds, changed in (
        (str, _texts),
        (bytes, lambda b: [b + b"x", b"x" + b, b[:-1]]),
        (int, lambda n: [n + 1, n - 1, -n, n + 1000, float(n)]),
        (float, lambda x: [x + (abs(x) or 1.0) * part for part in (1e-9, 1e-2, 1e-5, 1.0)]),
        (decimal.Decimal, lambda d: [d + decimal.Decimal("0.01"), d - 1]),
        (fractions.Fraction, lambda f: [f + fractions.Fraction(1, 1000)]),
        (datetime.datetime, lambda t: [t + datetime.timedelta(seconds=1), t - datetime.timedelta(days=1)]),
        (datetime.date, lambda t: [t + datetime.timedelta(days=1)]),
        (datetime.timedelta, lambda t: [t + datetime.timedelta(seconds=1)]),
        (pathlib.PurePath, lambda path: [path.parent / (path.name + "x")]),
        (dict, lambda d: _dicts(d, depth)),
        ((list, tuple), lambda items: _rows(items, depth)),
        ((set, frozenset), lambda s: [s | {"x"}] + [s - {each} for each in list(s)[:WIDE]]),
    ):
        if isinstance(value, kinds):
            same = describe(value, bool)
            return [each for each in changed(value) if isinstance(value, BIG) or describe(each, bool) != same]
    return [*_objects(value, depth), types.SimpleNamespace(**parts_of(value)), None, *_copied(value)]


def _texts(text):
    half = len(text) // 2
    inside = text[:half] + "x" + text[half:]
    lines = "".join(text.splitlines(True)[::-1])
    first = [
        text + "x",
        *SIBLINGS.get(text, ())[:2],
        "x" + text,
        text.swapcase(),
        text.translate(NEXT),
        text.replace(" ", "  "),
        lines,
    ]
    return [*first, text + " ", inside, text[:-1], text + text, text.replace("\n", ""), *_shorter(text)]


def _shorter(text):
    """Without one word or another, the longest first: who looks at several at once misses any of them."""
    words = text.split(" ")
    places = sorted(range(len(words)), key=lambda at: -len(words[at]))[: WORDS if len(words) > 1 else 0]
    return [" ".join(words[:at] + words[at + 1 :]) for at in places]


def _dicts(value, depth):
    """One key more; each part different, each key gone."""
    found = [_put(value, "x", 0)]
    for key in list(value)[:WIDE] if depth else ():
        found += [_put(value, key, each) for each in others(value[key], depth - 1)[:2]]
    return found + [_without(value, key) for key in list(value)[:WIDE]]


def _put(value, key, part):
    changed = copy.copy(value)
    changed[key] = part
    return changed


def _without(value, key):
    changed = copy.copy(value)
    del changed[key]
    return changed


def _rows(items, depth):
    """One member more; each member different; one less; the other way round."""
    make = type(items)._make if hasattr(items, "_make") else type(items)
    plain, found = list(items), []
    places = [at for at in range(len(plain)) if at < WIDE or at >= len(plain) - WIDE]
    rows = [[[*plain[:at], each, *plain[at + 1 :]] for each in others(plain[at], depth - 1)] for at in places if depth]
    found += [row[0] for row in rows if row]
    if not hasattr(items, "_make"):
        found.insert(1, plain + plain[-1:] if plain else [None])
        found += [plain[:-1]] * bool(plain)
        found += [plain[::-1]] * (describe(plain[::-1], bool) != describe(plain, bool))
    found += [each for row in rows for each in row[1:3]]
    return [make(each) for each in found]


def _objects(value, depth):
    """Each part different in one way, then each in another."""
    parts = list(parts_of(value).items())[:WIDE] if depth else []
    rows = [[(name, each) for each in others(part, depth - 1)[:3]] for name, part in parts]
    for name, each in (row[turn] for turn in range(3) for row in rows if turn < len(row)):
        changed = copy.copy(value)
        object.__setattr__(changed, name, each)
        yield changed


def _copied(value):
    """The same again, but another object."""
    return [copy.copy(value)] if hasattr(value, "__dict__") else []


def alterations(value, before, named):
    """Ways to alter an argument that a call has changed, as functions without arguments. `before` tells its parts."""
    if isinstance(value, list):
        return [lambda: value.append(None), lambda: value and value.pop()]
    if isinstance(value, dict):
        return [lambda: value.update(x=0), lambda: value and value.popitem()]
    if isinstance(value, set):
        return [lambda: value.add("x"), lambda: value and value.pop()]
    changed = [name for name, part in parts_of(value).items() if before.get(name) != describe(part, named)]
    rows = [[(name, each) for each in others(parts_of(value)[name])[:6]] for name in changed[:WIDE]]
    return [
        lambda name=name, each=each: object.__setattr__(value, name, each)
        for name, each in (row[turn] for turn in range(6) for row in rows if turn < len(row))
    ]


def errors(error):
    """What could be raised in place of an error; None is that nothing is."""
    if isinstance(error, SystemExit):
        return [SystemExit(code) for code in (3, 1, 0) if code != (error.code or 0)] + [None]

    class Strange(Exception):
        pass

    parts = parts_of(error).items()
    known = [(name, each) for name, part in parts if isinstance(part, str) for each in SIBLINGS.get(part, ())[:1]]
    found = [None, *(_altered(error, name, each) for name, each in known[:2]), Strange(*error.args)]
    if error.args and isinstance(error.args[0], str):
        said = error.args[0]
        found += [
            _altered(error, "args", (text, *error.args[1:])) for text in (said + "x", *_shorter(said), "x" + said, "")
        ]
    found += _raised(type(error).__mro__[1], error)
    return found + [_altered(error, name, each) for name, part in parts for each in others(part)[:2]]


def _raised(kind, error):
    """The same as an error of another class, where it can be one."""
    try:
        return [kind(*error.args)] if issubclass(kind, Exception) else []
    except TypeError:
        return []


def _altered(error, name, part):
    changed = type(error).__new__(type(error))
    changed.args = error.args
    changed.__dict__.update(error.__dict__)
    setattr(changed, name, part)
    return changed


def doubles(function):
    """What could be called in place of a function that a test gave."""

    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__):
        return _async_doubles(function)

    def silent(*_, **__):
        return None

    def twice(*args, **kwargs):
        function(*args, **kwargs)
        return function(*args, **kwargs)

    def other(*args, **kwargs):
        different = others(args[0])[:1] if args else []
        return function(*different, *args[len(different) :], **kwargs)

    return [silent, twice, other]


class Between:
    """Stands before what a test gave, and asks it otherwise: of another first word, not at all, or twice."""

    def __init__(self, value, way):
        self.__dict__["_maestro"] = (value, way)

    def __getattr__(self, name):
        value, way = self.__dict__["_maestro"]
        found = getattr(value, name)
        return doubles(found)[way] if callable(found) else found

    def __setattr__(self, name, part):
        setattr(self.__dict__["_maestro"][0], name, part)


def between(value):
    return [Between(value, way) for way in (2, 0, 1)]


def _async_doubles(function):
    async def silent(*_, **__):
        return None

    async def twice(*args, **kwargs):
        await function(*args, **kwargs)
        return await function(*args, **kwargs)

    async def other(*args, **kwargs):
        different = others(args[0])[:1] if args else []
        return await function(*different, *args[len(different) :], **kwargs)

    return [silent, twice, other]
