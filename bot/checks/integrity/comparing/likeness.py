"""Whether two assertions ask for the same in other words, or for less of it."""

import builtins
import re
from collections.abc import Collection, Iterable
from itertools import pairwise

from bot.checks.integrity.model import RANK, Assertion, Expr
from bot.domain.words import words

CASTS = frozenset(("int", "float", "str", "Decimal", "tuple", "list", "Number", "String", "bool"))
_ROOM = re.compile(r"\b(\w*(?:tol|eps|delta|slack|margin|within)\w*) ?[=:] ?\d")
_CUTS = frozenset(("round", "int", "floor", "ceil", "trunc", "toFixed", "abs", "parseInt"))
_SUMMED = re.compile(r"\] ?[*+] ?[\[\d]")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
CLOCKS = words("now time monotonic perf_counter perf_counter_ns monotonic_ns time_ns hrtime")
_OF_CLASS = re.compile(r"\binstanceof (\w+)|\btoBeInstanceOf (\w+)")
_WEAK = frozenset(("truth", "differs", "contains", "type", "compare", "runs"))

_EXITS = frozenset(("code", "returncode", "exit_code", "exitCode", "status"))
"""What the code is called by with which a program ends."""

_READS = frozenset(("readFileSync", "readFile", "read_text", "read_bytes", "read", "load", "loads", "open", "ReadFile"))
_LOOKING = frozenset(("stringify", "includes", "len", "str", "has", "keys", "values", "isArray", "ok", "toString"))
_BROAD = frozenset(("Exception", "BaseException", "Error", "Throwable", "StandardError", "object", ""))

_SEEDS = re.compile(r"\b(?:Random|RandomState|default_rng|seed)\(['\"]?(\w+)")
"""What chance begins with, which what is put in the place of chance needs no more."""


def share(was: Assertion, now: Assertion) -> int:
    """How much of what was wanted is still wanted."""
    return (was.expected.text == now.expected.text) + (was.also == now.also) + (was.names == now.names)


def are_of_cases(was: Assertion, now: Assertion) -> bool:
    """Whether both want what the case says, in its own words: `float(row["wanted"])`, `wanted`."""
    asked = was.expected.text.isidentifier() or re.search(r"\w+(\[[^\[\]]+\]|\.\w+)\)*$", was.expected.text)
    same = was.subject.calls - CASTS == now.subject.calls - CASTS and not (was.expected.fixed or now.expected.fixed)
    return bool(asked) and same and not was.expected.calls - CASTS and now.expected.text.isidentifier()


def is_told_apart(was: Assertion, fresh: Collection[Assertion]) -> bool:
    """Whether an error that was awaited is caught and looked at now: its kind, its message."""
    said = any(each.expected.text == was.also for each in fresh if each.kind in ("equal", "contains"))
    kinds = " ".join(each.expected.text for each in fresh if each.kind == "type")
    named = bool(kinds) and (was.names <= {""} or all(name in kinds for name in was.names))
    return (said or not was.also) and (named or (said and was.names <= {""}))


def hands_on(was: Assertion, now: Assertion) -> bool:
    """Whether a call to an unseen helper is given what the assertion looked at and what it wanted."""
    subject = re.search(r"[^\W\d]\w*", was.subject.text)
    return was.expected.text in now.subject.text and subject is not None and subject[0] in now.subject.text


def given_room(was: Assertion, now: Assertion) -> str | None:
    """A helper that is told to take it less exactly; closeness that became equality of rounded numbers."""
    if was.kind == now.kind == "other":
        found = _ROOM.search(now.subject.text)
        return f"is given `{found[1]}` now" if found and found[1] not in was.subject.text else None
    cut = sorted(now.subject.calls & _CUTS - was.subject.calls)
    return f"is cut by `{cut[0]}` first" if was.kind == "close" and now.kind != "close" and cut else None


def core(text: str) -> str:
    """The subject without what only measures or wraps it: `len(x)`, `str(x)`, `not x`, `x.length`, `() => x`."""
    core = re.sub(r"^(async ?)?\(\)=>", "", text).removeprefix("not ").removeprefix("!")
    found = re.fullmatch(r"(?:len|str|repr|sorted|list|set|bool|type|round|int|float|tuple)\((.*)\)", core, re.DOTALL)
    core = found[1] if found else core
    return re.sub(r"(?:\.(?:length|size|len)(?:\(\))?|\.strip\(\)|\.trim\(\))$", "", core)


def tail_of(subject: Expr) -> str:
    """The last attribute of what is looked at."""
    found = re.search(r"\.(\w+)(?:\(\))?$", subject.text)
    return found[1] if found else ""


def tells_count(was: Assertion, now: Assertion) -> bool:
    """Whether a whole that is written out now has as many elements as were counted before."""
    measured = was.subject.text in (
        f"len({now.subject.text})",
        f"{now.subject.text}.length",
        f"{now.subject.text}.size",
    )
    core = re.sub(r"^len\((.*)\)$|\.(length|size)$", r"\1", was.subject.text)
    measured = measured or (core != was.subject.text and len(core) > 3 and core in now.subject.text)
    counted = now.kind in ("equal", "alike") and measured and was.expected.text.isdigit()
    return counted and elements(now.expected.text) == int(was.expected.text)


def elements(text: str) -> int | None:
    """How many elements a list or tuple has that is written out."""
    return len(parts(text)) if text[:1] + text[-1:] in ("[]", "()") and not _SUMMED.search(text) else _summed(text)


def _summed(text: str) -> int | None:
    """How many elements lists have together that are added and repeated: `[1] * 5 + [0] * 5`."""
    found = [
        re.fullmatch(r"(\[.*?\])(?: ?\* ?(\d+))?", each.strip()) for each in re.split(r"(?<=[\]\d]) ?\+ ?(?=\[)", text)
    ]
    counts = [len(parts(each[1])) * int(each[2] or 1) for each in found if each is not None]
    return sum(counts) if len(counts) == len(found) else None


def parts(text: str) -> list[str]:
    """The elements of a list or tuple that is written out, as they are written."""
    if text[:1] + text[-1:] not in ("[]", "()"):
        return []
    inner = text[1:-1]
    bare = _QUOTED.sub(lambda found: "x" * len(found[0]), inner)
    while (less := re.sub(r"[\[({][^\[\](){}]*[\])}]", lambda found: "x" * len(found[0]), bare)) != bare:
        bare = less
    ends = [-1, *(at for at, sign in enumerate(bare) if sign == ","), len(inner)]
    found = [inner[a + 1 : b].strip() for a, b in pairwise(ends)]
    return [each for each in found if each]


def is_part_of(was: Assertion, now: Assertion) -> bool:
    """Whether a whole is asked for now of which the old assertion looked at one part, and holds what was wanted."""
    wanted = was.expected.text.strip("'\"")
    begins = was.subject.text.startswith((f"{now.subject.text}[", f"{now.subject.text}."))
    said = (wanted or was.expected.text) in now.expected.text
    return begins and bool(now.subject.calls) and bool(was.expected.text) and said


def is_by_clock(assertion: Assertion) -> bool:
    """Whether it looks only at how much time has passed."""
    calls = assertion.subject.calls
    kinds = ("compare", "close", "truth")
    return assertion.kind in kinds and bool(calls) and calls <= CLOCKS | {"Date", "abs", "bigint"}


def is_timed(assertion: Assertion) -> bool:
    """Whether it holds something against the time that it is."""
    sides = assertion.subject.calls | assertion.expected.calls
    return assertion.kind in ("compare", "close", "truth") and not CLOCKS.isdisjoint(sides)


def is_message(wanted: str, pattern: str) -> bool:
    """Whether a pattern asks for all of a message: `^unknown option 'gift'$`."""
    bare = re.sub(r"\\\\?(.)", r"\1", re.sub(r"^/(.*)/\w*$", r"\1", pattern)).strip("'\"^$ ")
    return len(bare) > 3 and bare == re.sub(r"\\\\?(.)", r"\1", wanted).strip("'\" ")


def is_class(was: Assertion, now: Assertion) -> bool:
    """Whether the class of an error that was caught is asked for where the error is awaited."""
    found = _OF_CLASS.search(f"{was.subject.text} {was.expected.text}")
    caught = any(guard.startswith("catch ") for guard in was.guards)
    return caught and found is not None and now.kind == "raises" and now.names == {found[1] or found[2]}


def is_wanted_still(was: Assertion, now: Assertion) -> bool:
    """Whether what was wanted is still wanted in the same test, by an assertion that asks for no less, of something
    that is reached otherwise: under the same name, or as a part of a whole."""
    wanted, name = was.expected.text, tail_of(was.subject)
    if now.kind == "raises" and name and re.search(rf"\b{name}['\"]?[:=] ?{re.escape(wanted)}(?![\w.])", now.also):
        return True
    if now.subject.fixed or RANK[now.kind] < RANK[was.kind] or now.kind in ("vacuous", "raises", "other"):
        return False
    if was.kind == "called" and now.kind == "equal" and len(wanted) > 4 and wanted in now.expected.text:
        return True  # another recorder tells what was given
    called = {name, tail_of(now.subject)}
    if now.kind == was.kind and wanted == now.expected.text and name and (len(called) == 1 or called <= _EXITS):
        return True
    if is_written_out(was, now):
        return True
    whole = now.kind == "equal" and now.expected.text[:1] in ("[", "{", "(") and len(now.expected.text) > 2
    if whole and name and re.search(rf"\b{name}['\"]?[:=] ?{re.escape(wanted)}(?![\w.])", now.expected.text):
        return True
    of_case = not was.expected.fixed and re.fullmatch(r"\w+(\[[^\[\]]+\]|\.\w+)", wanted)  # `row["area"]`
    if of_case and now.row and now.subject.calls - CASTS == was.subject.calls - CASTS:
        return now.kind == was.kind
    return whole and was.kind in _WEAK and not was.subject.calls - now.subject.calls - _LOOKING


def is_ended(was: Assertion, fresh: Iterable[Assertion]) -> bool:
    """Whether a program that ended by an exception is run as a process now, and asked how it ended."""
    asked = any(each.kind == "equal" and tail_of(each.subject) in _EXITS for each in fresh)
    return was.names == {"SystemExit"} and asked


def is_told_twice(was: Assertion, new: Iterable[Assertion]) -> bool:
    """Whether an error's kind and its message are asked for one by one now."""
    same = [each for each in new if each.kind == was.kind == "raises" and each.subject.text == was.subject.text]
    return any(each.names == was.names for each in same) and any(each.also == was.also for each in same)


def is_written_out(was: Assertion, now: Assertion) -> bool:
    """Whether what was recorded in a file is written out in the test."""
    read = was.expected.calls & _READS and now.expected.fixed and len(now.expected.text) > 5
    return bool(read) and now.kind == was.kind and bool(was.subject.calls & now.subject.calls)


def is_broader(old: frozenset[str], new: frozenset[str]) -> bool:
    if not old or old <= {""}:
        return False
    if not new or (new & _BROAD and not old & _BROAD):
        return True
    return new > old or any(_inherits(a, b) for a in old for b in new if a != b)


def is_narrower(old: frozenset[str], new: frozenset[str]) -> bool:
    return bool(not old or old & _BROAD or any(_inherits(b, a) for a in old for b in new if a != b))


def _inherits(child: str, parent: str) -> bool:
    """Whether one builtin exception is a kind of another."""
    one, other = getattr(builtins, child, None), getattr(builtins, parent, None)
    return isinstance(one, type) and isinstance(other, type) and issubclass(one, other)


def is_exact(was: Assertion | None, fresh: Iterable[Assertion], ours: frozenset[str]) -> bool:
    """Whether the project's functions that were asked for less than a value are asked for one now, given the same."""
    if was is None or (was.kind in ("raises", "equal") and core(was.subject.text) == was.subject.text):
        return False
    side = was.subject if was.subject.calls & ours else was.expected
    asked, given = side.calls & ours, side.literals - set(_SEEDS.findall(side.text))
    found = [each.subject.literals for each in fresh if asked <= each.subject.calls - each.expected.calls]
    return bool(asked and found) and given <= frozenset().union(*found)
