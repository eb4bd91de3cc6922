"""Numbers of an expectation that follow from those before as a sentence of the plan says: rounded, in another unit,
with something added."""

import re
from collections.abc import Sequence
from math import isclose

_ROUNDING = re.compile(r"\b(round\w*|ceil\w*|floor\w*|truncat\w*|cut off)\b", re.IGNORECASE)
_UP = re.compile(r"\b(half up|up|ceil\w*|away from)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(half down|down|floor\w*|truncat\w*|cut off|toward)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(instead of|rather than|in place of|no longer|not)\b[^,;]*", re.IGNORECASE)
_UNITS = re.compile(
    r"\b(cents?|euros?|dollars?|percent\w*|fractions?|(milli|micro)?seconds?|ms|minutes?|hours?|days?|k?i?bytes?|kib|kb)\b|%",
    re.IGNORECASE,
)
_SCALES = (100.0, 1000.0, 60.0, 3600.0, 1024.0, 24.0, 86400.0)
_ADDING = re.compile(r"\b(add\w*|plus|subtract\w*|minus|extra|later|earlier|longer|shorter)\b", re.IGNORECASE)
_BOUNDS = re.compile(
    r"\b(inclusive\w*|exclusive\w*|one-based|zero-based|(from|at) (one|zero|1|0))\b"
    r"|\b(includ|exclud)\w+ (the |both |its )?(first|last|end|start|ends|upper|lower|bound)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def rounds(said: str, was: str, now: str) -> bool:
    """Whether numbers differ by one in their last place, to the side that the sentence says."""
    pairs = _differing(was, now)
    if not pairs or not _ROUNDING.search(said):
        return False
    rest, before = _BEFORE.sub("", said), " ".join(found[0] for found in _BEFORE.finditer(said))
    up = _UP.search(rest) or _DOWN.search(before)
    down = _DOWN.search(rest) or _UP.search(before)
    for one, other in pairs:
        last = 10.0 ** -max(len(each.partition(".")[2]) for each in (one, other))
        step = abs(float(other)) - abs(float(one))
        if abs(step) > last * 1.001 or (up and not down and step < 0) or (down and not up and step > 0):
            return False
    return True


def calculates(said: str, was: str, now: str) -> bool:
    """Whether all numbers follow from those before by a number or a unit that the sentence names."""
    pairs = _differing(was, now)
    given = [float(each) for each in re.findall(r"(?<![\w.\-])\d+(?:\.\d+)?(?![\w.]*\w)", said)]
    shifts = [*(given if _ADDING.search(said) else ()), *([1.0] if _BOUNDS.search(said) else ())]
    scales = [*(_SCALES if _UNITS.search(said) else ())]
    if re.search(r"%|percent", said):
        scales += [1 + sign * each / 100 for each in given for sign in (1, -1)]
    if _BEFORE.search(said):
        scales += [a / b for a in given for b in given if a and b and a != b]
    if re.search(r"\b(negat\w+|signs?|absolute|positive)\b", said, re.IGNORECASE):
        scales.append(-1.0)
    if re.search(r"\b(doubl\w+|twice|half of|halves)\b", said, re.IGNORECASE):
        scales.append(2.0)
    return bool(pairs) and all(_follows(float(a), float(b), shifts, scales) for a, b in pairs)


def _differing(was: str, now: str) -> list[tuple[str, str]]:
    """The numbers that differ, where nothing else does."""
    if _NUMBER.sub("#", was) != _NUMBER.sub("#", now):
        return []
    pairs = zip(_NUMBER.findall(was), _NUMBER.findall(now), strict=True)
    return [(a, b) for a, b in pairs if float(a) != float(b)]


def _follows(was: float, now: float, shifts: Sequence[float], scales: Sequence[float]) -> bool:
    grown = any(isclose(now, was * k, rel_tol=1e-6) or isclose(now * k, was, rel_tol=1e-6) for k in scales)
    return grown or any(isclose(abs(now - was), each, rel_tol=1e-9) for each in shifts)
