"""Values told from one another, and values that are a little different: what `maestro_trial` puts in their place.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import copy
import datetime
import decimal
import enum
import fractions
import pathlib
import re
import types

DEPTH, MANY, WIDE = 5, 400, 8
"""How deep values are told, how many members of one, and how many of its parts are made different one by one."""

PLAIN = (int, float, complex, bytes, bytearray, decimal.Decimal, fractions.Fraction, datetime.date, datetime.time)
PLAIN += (datetime.timedelta, type(None), enum.Enum, pathlib.PurePath, range)
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
FLEETING = re.compile(r"0x[0-9a-f]{6,}|(?<=/tmp/)[^\s'\"]*/")


def describe(value, named, depth=DEPTH):
    """A text that is the same for the same value in another process. `named` says whether a class is the sources' own:
    what tests make to stand in for something may be called anything."""
    if isinstance(value, (str, *PLAIN)):
        return FLEETING.sub("", repr(value))
    if is_double(value) or depth == 0:
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


def is_double(value):
    """Whether a value is only there to be called, or stands in for something."""
    return isinstance(value, (FUNCTIONS, type)) or type(value).__module__.startswith("unittest.mock")


def others(value, depth=2):
    """Values that are a little different, those first that tell most of how closely somebody looks."""
    if isinstance(value, bool):
        return [not value, int(value), "x" if value else None]
    if value is None:
        return [False, "x"]
    if isinstance(value, enum.Enum):
        return [each for each in type(value) if each is not value][:1]
    for kinds, changed in (
        (str, _texts),
        (bytes, lambda b: [b + b"x", b"x" + b, b[:-1]]),
        (int, lambda n: [n + 1, n - 1, float(n), -n, n + 1000]),
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
            return [each for each in changed(value) if _differs(each, value)]
    return [None, *_objects(value, depth), *_copied(value)]


def _differs(one, other):
    return describe(one, bool) != describe(other, bool)


def _texts(text):
    half = len(text) // 2
    inside = text[:half] + "x" + text[half:]
    return [text + "x", "x" + text, text + text, text.swapcase(), text + " ", inside, text[:-1]]


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
        found += [plain[:-1], plain[::-1]]
    found += [each for row in rows for each in row[1:3]]
    return [make(each) for each in found]


def _objects(value, depth):
    for name, part in list(parts_of(value).items())[:WIDE] if depth else ():
        for each in others(part, depth - 1)[:3]:
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
    return [
        lambda name=name, each=each: object.__setattr__(value, name, each)
        for name in changed[:WIDE]
        for each in others(parts_of(value)[name])[:6]
    ]


def errors(error):
    """What could be raised in place of an error; None is that nothing is."""

    class Strange(Exception):
        pass

    found = [None, Strange(*error.args)]
    above = type(error).__mro__[1]
    if above not in (Exception, BaseException, object):
        found.append(Strange(*error.args))
    for name, part in parts_of(error).items():
        found += [_altered(error, name, each) for each in others(part)[:2]]
    if error.args and isinstance(error.args[0], str):
        said = error.args[0]
        found[1:1] = [_altered(error, "args", (text, *error.args[1:])) for text in (said + "x", "x" + said, "")]
    return found


def _altered(error, name, part):
    changed = type(error).__new__(type(error))
    changed.args = error.args
    changed.__dict__.update(error.__dict__)
    setattr(changed, name, part)
    return changed


def doubles(function):
    """What could be called in place of a function that a test gave."""

    def silent(*_, **__):
        return None

    def twice(*args, **kwargs):
        function(*args, **kwargs)
        return function(*args, **kwargs)

    def other(*args, **kwargs):
        different = others(args[0])[:1] if args else []
        return function(*different, *args[len(different) :], **kwargs)

    return [silent, twice, other]
