"""Times, sizes, factors and directions that are said, against one comparison: each figure on its own side."""

import re
from collections.abc import Iterable, Iterator

from bot.domain.work import Comparison
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.ledger.shares import AT_LEAST, DENIED, RAISED, fractions, percents, rounds
from bot.speech.gate.numbers import NUM, number

_SECONDS = (("n", 1e-9), ("mic", 1e-6), ("µ", 1e-6), ("us", 1e-6), ("min", 60.0), ("m", 1e-3), ("s", 1.0))
"""Beginnings of the units of time, the longer before the shorter."""


_SIZE = r"(?:bytes?|[kmgt](?:i?b|ega\w*|iga\w*|ilo\w*))\b"


_WORSE = re.compile(
    r"\b(?:slow(?:er|ed|s|ing|-?downs?)?|worse\w*|longer|regress\w*|langsamer|plus lente?|más lent[oa])\b",
    re.IGNORECASE,
)


_COST = re.compile(r"\b(?:memory|time|latency|duration|rss|cost|bytes|footprint)\b", re.IGNORECASE)


_SPEED = re.compile(r"\b(?:speed\w*|throughput|performance|fast\w*|quick\w*|gain\w*|improv\w*|better)\b", re.IGNORECASE)


_OLD_SIDE = re.compile(r"\b(?:old|base|before|main|previous\w*|original\w*|was|were)\b", re.IGNORECASE)


_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approx\w*|nearly|almost|some|under|below|less than|circa|rund|etwa|environ|unos|"
    r"well|just)\b|[~≈]",
    re.IGNORECASE,
)


_UNIT = rf"(?:n|µ|u|m)?s\b|secs?\b|seconds?\b|\w*seconds?\b|min\w*\b|{_SIZE}"


_TIMED = re.compile(rf"({NUM})\s?({_UNIT})", re.IGNORECASE)


_FROM_TO = re.compile(
    rf"(?:\b(?:from|von|de|da|del)\s+(?:\w+ )?)?\b(?P<base>{NUM})\s?(?P<other>{_UNIT})?[^\d.;]{{0,20}}?\s?"
    rf"(?:→|->|=>|\b(?:to|auf|à|al?)\b)\s*(?:\w+ )?(?P<head>{NUM})\s?(?P<unit>{_UNIT})",
    re.IGNORECASE,
)


_SIDED = re.compile(
    rf"({NUM})\s?({_UNIT})\s+(?:\w+ )?(before|previously|after|now|here|today|(?:at|on) (?:the )?(?:base|main|"
    rf"old code))\b",
    re.IGNORECASE,
)


_INSTEAD = re.compile(
    rf"(?P<head>{NUM})\s?(?P<unit>{_UNIT})[^\d.;]{{0,20}}?\b(?:instead of|rather than|(?:down|up) from|against|"
    rf"compared (?:to|with)|versus|vs\.?|statt|anstatt|gegenüber|au lieu de|en lugar de)\s+(?:\w+ )?(?P<base>{NUM})"
    rf"\s?(?P<other>{_UNIT})?",
    re.IGNORECASE,
)


_OF_TIME = re.compile(r"\b(?:finish\w*|earlier|sooner|quick\w*|time|run-?time|seconds?)\b", re.IGNORECASE)
_EQUAL = re.compile(
    r"\bno\b|unchanged|unaffected|the same|as fast|identical|stable|as before|(?:not|n't|neither) (?:\w+ )?(?:slower|"
    r"faster|chang\w+)"
)


def speed(ledger: Records, words: str, sentence: str) -> int | None:
    measured = [r for r in ledger.records if r.benchmark and not _of_another(ledger.topic(r), sentence)]
    words = sentence if re.fullmatch(r"(?i)(?:the )?benchmarks?(?: \w+)?", words.strip()) else words
    shown = (r.n for r in reversed(measured) if r.benchmark and _agrees(r.benchmark, ledger.topic(r), words, sentence))
    return next(shown, None)


def _agrees(bench: Comparison, topic: str, words: str, sentence: str) -> bool:
    """Whether a comparison shows all that the words say of time, share, size and direction."""
    text = words.lower()
    if not _same_metric(topic, text, sentence.lower()) or _against(bench, text):
        return False
    if re.search(r"\bnoise\b", text):
        return bench.verdict == "no difference"
    if re.search(r"\binterval\b|\bratio\b", text):
        known = [95.0, bench.low, bench.high, bench.ratio]
        return all(any(rounds(number(n), k) for k in known) for n in re.findall(NUM, text))
    told = [*_times_agree(bench, text, sentence), *_factor_agrees(bench, text, sentence)]
    told += _shares_agree(bench, text, sentence)
    if told:
        return all(told)
    if _EQUAL.search(text):
        return bench.verdict in ("improved", "no difference")
    return bench.verdict == "improved" and not re.search(r"\d", text)


def _same_metric(topic: str, text: str, sentence: str) -> bool:
    wanted = re.search(r"\b(p\d{2,3}|memory|throughput|rss|start-?up)\b", f"{text} {sentence}")
    if wanted and wanted[1] not in topic:
        return False
    of_size = re.search(r"memory|bytes|rss", topic)
    if of_size and _OF_TIME.search(text) and not re.search(rf"memory|{_SIZE}", text):
        return False
    return bool(wanted) or not of_size or bool(re.search(rf"memory|ratio|interval|{_SIZE}", text))


def _against(bench: Comparison, text: str) -> bool:
    """Whether words tell the other direction than the one that was measured."""
    if DENIED.search(text):
        return False
    if bench.verdict == "no difference":
        return bool(_SPEED.search(text) or _WORSE.search(text)) and not _EQUAL.search(text) and "speed" not in text
    if bench.verdict != "improved" or _OLD_SIDE.search(text):
        return False
    text = text.replace("more than", "")
    return bool(_WORSE.search(text) or (RAISED.search(text) and _COST.search(text) and not _SPEED.search(text)))


def _times_agree(bench: Comparison, text: str, sentence: str) -> Iterator[bool]:
    """For each time or size whether it is the median of its side, or the difference."""
    by = re.search(r"\b(?:less|fewer|saves?|saved|faster|quicker|shorter|by)\b", sentence.lower()) is not None
    loose = 0.05 if _ABOUT.search(f"{text} {sentence}") else 0.01
    sides = [_median(side) if side else None for side in (bench.base, bench.head)]
    for found in (*_FROM_TO.finditer(text), *_INSTEAD.finditer(text)):
        unit = found["unit"] or found["other"] or ""
        yield all(
            side is None or _is_measured((side,), bench.unit, found[name], unit, loose)
            for name, side in zip(("base", "head"), sides, strict=True)
        )
    for n, unit, when in _SIDED.findall(text):
        side = sides[when.split()[0] in ("after", "now", "here", "today")]
        yield side is None or _is_measured((side,), bench.unit, n, unit, loose)
    known = tuple(side for side in sides if side is not None)
    known += (abs(known[0] - known[1]),) if by and len(known) == 2 else ()
    yield from (_is_measured(known, bench.unit, n, unit, loose) for n, unit in _TIMED.findall(text))


def _factor_agrees(bench: Comparison, text: str, sentence: str) -> Iterator[bool]:
    factor = _factor(text)
    if factor is None:
        return
    speed = 1 / bench.ratio if bench.ratio else 0.0
    known = [speed, bench.ratio] if factor < 1 or "throughput" in text else [speed]
    bound = re.search(rf"(?:{AT_LEAST.pattern})\s+(?:\w+ )?{NUM}", sentence, re.IGNORECASE)
    reached = (bound and factor <= speed) or any(abs(factor - k) <= 0.05 * k + 0.005 for k in known)
    yield bench.verdict == "improved" and not re.search(r"slower|\btwice as long|more time", text) and bool(reached)


def _shares_agree(bench: Comparison, text: str, sentence: str) -> Iterator[bool]:
    shares = percents(text) or fractions(text)
    if not shares or not bench.ratio:
        return
    known = [100 * (1 - bench.ratio), 100 * (1 / bench.ratio - 1), 100 * (bench.ratio - 1)]
    if re.search(r"(?:%|percent) of (?:the|its)\b", sentence):
        known = [100 * bench.ratio]
    elif bench.verdict == "improved" and AT_LEAST.search(sentence):
        yield all(s <= known[0] for s in shares)
        return
    elif bench.verdict not in ("improved", "regressed") or (bench.verdict == "regressed") != bool(_WORSE.search(text)):
        known = []
    yield bool(known) and all(any(abs(s - k) <= 1.0 for k in known) for s in shares)


def amounts(bench: Comparison) -> set[float]:
    """Both medians and their difference, in any unit."""
    sides = [_median(side) for side in (bench.base, bench.head) if side]
    sides += [abs(sides[0] - sides[-1])] if sides else []
    return {side * scale for side in sides for scale in (1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9)}


def measured(bench: Comparison) -> set[float]:
    """The figures that a comparison tells: amounts, the ratio and its interval, the gain."""
    others = {95.0, bench.ratio, bench.low, bench.high, float(len(bench.base)), 100 * abs(1 - bench.ratio)}
    return amounts(bench) | others


def _factor(text: str) -> float | None:
    named = {
        "twice": 2.0,
        "thrice": 3.0,
        "double": 2.0,
        "doubl": 2.0,
        "triple": 3.0,
        "tripl": 3.0,
        "half": 2.0,
        "halv": 2.0,
    }
    named |= {"a third of": 3.0, "to a third": 3.0, "quarter of": 4.0, "order of magnitude": 10.0}
    found = re.search(rf"({NUM})\s?(?:x\b|×|times\b|-?\s?fold)", text)
    if found:
        return number(found[1])
    left = re.search(r"\bto (0\.\d+) of\b", text)
    if left:
        return number(left[1])
    spoken = re.search(rf"speed-?up\D{{0,12}}({NUM})(?!\s?(?:%|percent))|by a factor of ({NUM})", text)
    if spoken:
        return number(spoken[1] or spoken[2])
    return next((value for word, value in named.items() if word in text), None)


def _is_measured(known: Iterable[float], unit: str, said: str, in_unit: str, loose: float) -> bool:
    """Whether a time or size that is said in its unit is one of those that are known, rounded as far as it was said or
    to a share of it."""
    theirs, ours = _worth(in_unit or unit), _worth(unit)
    if theirs is None or ours is None:
        return False
    places = len(said.partition(".")[2])
    rounded = 0.5 * 10.0**-places * theirs if places else 0.0
    off = {abs(number(said) * theirs - side * ours): side * ours for side in known}
    return any(by <= max(loose * side, min(rounded, 0.05 * side)) for by, side in off.items())


def _worth(unit: str) -> float | None:
    """A unit in seconds or in bytes; what is of the other kind differs beyond any doubt."""
    size = re.fullmatch(_SIZE, unit, re.IGNORECASE)
    if size:
        return 1e9 * 1000.0 ** "bkmgt".index(unit[0].lower())
    return next((value for start, value in _SECONDS if unit.lower().startswith(start)), None)


def _median(samples: tuple[float, ...]) -> float:
    ordered = sorted(samples)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


_TIMED_RUN = re.compile(
    r"\b(?:run-?time|run time|time|duration|speed) of (?:the |our )?(?:\w+ )?(suite|tests|build|pipeline)\b",
    re.IGNORECASE,
)


_DOING = re.compile(r"\W*(?:the )?(?!(?:no|any|every|some)thing)(\w{3,})ing\b", re.IGNORECASE)


def _of_another(topic: str, sentence: str) -> bool:
    """Whether a sentence is of another activity than the one that was measured: of decoding, where it was encoding."""
    run = _TIMED_RUN.search(sentence)
    if run and run[1].lower() not in topic:
        return True
    told, measured = _DOING.match(sentence), re.findall(r"\b(\w{3,})ing\b", topic)
    return bool(told and measured) and all(told[1].lower()[:4] != one[:4] for one in measured if told)
