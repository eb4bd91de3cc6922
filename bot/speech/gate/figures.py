"""Figures that are said, against the figures of one record: counts of tests, shares of coverage, times and factors."""

import re
from collections.abc import Iterable, Iterator

from bot.domain.work import Comparison, Evidence
from bot.speech.gate.numbers import NUM, number

_SECONDS = (("n", 1e-9), ("mic", 1e-6), ("µ", 1e-6), ("us", 1e-6), ("min", 60.0), ("m", 1e-3), ("s", 1.0))
"""Beginnings of the units of time, the longer before the shorter."""
_SIZE = r"(?:bytes?|[kmgt](?:i?b|ega\w*|iga\w*|ilo\w*))\b"
_KEPT = re.compile(
    r"not (?:\w+ )?(?:drop|f[ae]ll|decreas|go|chang)|n't|same|unchanged|stable|rose|ris|up|higher|above|more|climb|"
    r"soar|grew|better|incr|improv|gain",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"\b(?:stieg|gestiegen|subió|augmenté?|monté)\b|rose|ris(?:e|es|en|ing)\b|\bup\b|higher|\bmore\b|climb|soar|grew|"
    r"grow|incr|improv|gain",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"\b(?:slow(?:er|ed|s|ing)?|worse\w*|longer|regress\w*|langsamer|plus lente?|más lent[oa])\b", re.IGNORECASE
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
_EQUAL = re.compile(
    r"\bno\b|unchanged|unaffected|the same|as fast|identical|stable|as before|(?:not|n't|neither) (?:\w+ )?(?:slower|"
    r"faster|chang\w+)"
)
_REACHED = re.compile(
    r"\bas (?:required|asked|demanded|wanted|planned|promised)|\b(?:enough|sufficient|reached|met)\b", re.IGNORECASE
)
_FELL = re.compile(
    r"\b(?:fell|falls|fall|drop\w*|decreas\w*|lower|down|los[et]\w*|sank|sinkt|fiel|gesunken|bajó|baissé|chuté)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|no|neither)\b|n't", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:below|under|short|less|fell|fall|drop\w*|down|instead|miss\w*|not)\b|n't", re.IGNORECASE)
_ASKED = re.compile(
    r"\b(?:reach\w*|asked|required?|instead|short of|fell short|below|target|goal|threshold|limit|minimum|needed|"
    r"demanded)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\bpatch|chang|\bnew\b|touched|diff|\badded\b", re.IGNORECASE)
_OF_BASE = re.compile(
    r"\b(?:base|before|from|was|were|up|down|compared|instead|previous\w*|main|old|against|than|earlier|unchanged|same|"
    r"still|stays?|stayed|remain\w*)\b",
    re.IGNORECASE,
)
_CHANGED_LINES = re.compile(r"\b(?:changed|new|added|touched) (?:lines|code)\b|\blines changed\b", re.IGNORECASE)
_NEITHER = re.compile(r"\bneither rose nor fell\b|\b(?:did not|didn't) (?:change|move)\b", re.IGNORECASE)
_UNCOVERED = re.compile(r"(?:\bnot|n't) (?:\w+ )?covered|\buncovered\b", re.IGNORECASE)
_STAYED = re.compile(r"\bcoverage (?:remain\w*|stay\w*|is unchanged|is the same)\b", re.IGNORECASE)
_OF_CHANGED = re.compile(rf"\b(?:changed|new|added|touched) lines\b[^.;,\d]{{0,25}}?({NUM})\s?%", re.IGNORECASE)
_OF_WHOLE = re.compile(
    rf"\b(?:whole|entire) (?:project|code(?: ?base)?|package)\b[^.;,\d]{{0,25}}?({NUM})\s?%", re.IGNORECASE
)
_SHORT = re.compile(r"\b(?:below|short|missing|under|lacking)\b", re.IGNORECASE)
_DISTANT = re.compile(rf"{_SHORT.pattern}|\bto spare\b|\babove the\b|\bover the\b", re.IGNORECASE)
_OTHER_COVERAGE = re.compile(r"\b(branch|statement|function|condition|path) coverage\b", re.IGNORECASE)
_OF_LINES = re.compile(
    rf"\b(?P<part>{NUM}) (?:out )?of (?:the |all )?(?P<whole>{NUM})(?: (?:\w+ )?lines|[.!)]*$)|"
    rf"\bof (?:the )?(?P<all>{NUM}) (?:\w+ )?lines,? "
    rf"(?P<then>{NUM})(?![\d.]*\s?%)\b",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"\b(?:above|over|clear of|more than|at least|a good|exceeds?|beyond|no less than)\b|≥|>=?", re.IGNORECASE
)
_COUNTED = re.compile(
    rf"(?P<word>pass|fail|err|skip)\w*\s*[:=]\s*(?P<named>{NUM})|(?P<n>{NUM}|\bno\b|\bnone\b)(?P<rest>[^\d,;(/]*)",
    re.IGNORECASE,
)
ONE_OF = re.compile(r"(?:\b(?:every|each|any|not)(?: single)? )?\bone of the ", re.IGNORECASE)
_SHARE = re.compile(rf"(?P<part>{NUM})\s*(?:/|(?:out )?of(?: the)?)\s*(?P<whole>{NUM})", re.IGNORECASE)
_COUNT_WORD = re.compile(r"pass|green|succe|ok\b|✅|✓|[✘✗❌⏭⏩]|fail|err|skip|\bred\b(?!.*pass)", re.IGNORECASE)


def coverage_agrees(record: Evidence, words: str, sentence: str) -> bool:
    """Whether a coverage record shows the share, the change or the level that the words tell."""
    other = _OTHER_COVERAGE.search(sentence)
    if (other and other[1].lower() not in record.reason) or _turned(record, sentence):
        return False
    if not _in_their_places(record, sentence):
        return False
    if lines := _lines(words) or _lines(sentence):
        return _are_covered(record, *lines, changed=bool(_CHANGED.search(f"{words} {sentence}")))
    whole = re.search(r"full|complete|total|every|all|each|perfect|lines (?:is|are) covered", words, re.IGNORECASE)
    moved = len(known := _coverages(record, changed=False)) > 1 and not _DENIED.search(words)
    if moved and ((_RAISED.search(words) and known[0] <= known[1]) or (_FELL.search(words) and known[0] >= known[1])):
        return False
    wanted = percents(record.reason.partition("asked for")[2].partition(";")[0])
    if wanted and known and known[0] < wanted[0] and _REACHED.search(sentence) and not _BELOW.search(sentence):
        return False
    if wanted and known and _REACHED.search(sentence) and not percents(words):
        return not _BELOW.search(sentence)
    said = [100 - n if _UNCOVERED.search(words) else n for n in percents(words)] or (
        [100.0] if whole else [] if _KEPT.search(words) else percents(sentence)
    )
    known = _coverages(record, changed=bool(_CHANGED.search(f"{words} {sentence}")))
    if len(said) == 1 == len(percents(sentence)) and not _OF_BASE.search(sentence):
        known = known[2:] if len(known) > 2 and _CHANGED_LINES.search(sentence) else [known[0], *known[2:]]
    known += _asked(record, known, sentence)
    bounds = [
        number(n) for n in re.findall(rf"(?:{_AT_LEAST.pattern})\s+(?:the )?(?:\w+ )?({NUM})", sentence, re.IGNORECASE)
    ]
    if known and len(said) > 1:
        said = [one for one in said if one not in bounds or one > known[0]]
    if (said and _all_known(said, known)) or ("point" in words and _moved(record, known, sentence)):
        return True
    if len(said) == 1 and known and _AT_LEAST.search(f"{words} {sentence}") and said[0] <= known[0]:
        return True
    if _NEITHER.search(sentence) and len(known) > 1 and not said:
        return known[0] == known[1]
    kept = not said and len(known) > 1 and _KEPT.search(words)
    return bool(kept) and known[0] >= known[1] + _points(words)


def _lines(words: str) -> tuple[float, float] | None:
    """(covered, all) of `60 of the 60 changed lines`."""
    found = _OF_LINES.search(words)
    return (number(found["part"] or found["then"]), number(found["whole"] or found["all"])) if found else None


def _are_covered(record: Evidence, part: float, whole: float, *, changed: bool) -> bool:
    """Whether so many of so many lines are covered at head, at base, or of those that changed."""
    for share, lines in re.findall(rf"({NUM}) % of (?:({NUM})\b)?", record.reason):
        if lines and number(lines) == whole:
            return _rounds(number(share), 100 * part / whole)
    found = re.search(rf"of ({NUM}) changed lines ({NUM}) %", record.reason) if changed else None
    return found is not None and number(found[1]) == whole > 0 and abs(number(found[2]) - 100 * part / whole) < 0.06


def _in_their_places(record: Evidence, sentence: str) -> bool:
    """Whether the shares of changed lines, of the whole, and what stayed as it was are told as such."""
    known = _coverages(record, changed=True)
    found = re.search(rf"of {NUM} changed lines ({NUM}) %", record.reason)
    changed = [number(found[1])] if found else []
    if _STAYED.search(sentence) and not _AT_LEAST.search(sentence) and len(known) > 1 and known[0] != known[1]:
        return False
    told = [(changed, n) for n in _OF_CHANGED.findall(sentence)] + [(known[:1], n) for n in _OF_WHOLE.findall(sentence)]
    return all(not facts or _all_known([number(n)], facts) for facts, n in told)


def _turned(record: Evidence, sentence: str) -> bool:
    """Whether a change is told from head's share to base's."""
    known = _coverages(record, changed=False)
    found = re.search(
        rf"\b(?:from|von|de|del) ({NUM})\s?%?\s+(?:to|auf|à|al?) ({NUM})\s?%",
        re.sub(r"(?<=\d),(?=\d\b)", ".", sentence),
        re.IGNORECASE,
    )
    return bool(found and len(known) > 1 and known[0] != known[1] and number(found[2]) == known[1])


def mutation_agrees(record: Evidence, words: str) -> bool:
    said = percents(words)
    return bool(said) and _all_known(said, percents(record.reason))


def _all_known(said: list[float], known: list[float]) -> bool:
    return all(any(_rounds(one, fact) for fact in known) for one in said)


def _points(words: str) -> float:
    """`two points higher`: by how much at least, to half a point."""
    found = re.search(rf"({NUM}) (?:percentage )?points?\b", words, re.IGNORECASE)
    return number(found[1]) - 0.5 if found else 0.0


def _moved(record: Evidence, known: list[float], words: str) -> bool:
    """Whether `dropped by 1.6 points` is what it moved by since base, or `3.6 points short` what it is off its goal."""
    found = re.search(rf"({NUM}) (?:percentage )?points?\b", words, re.IGNORECASE)
    if found is None or len(known) < 2:
        return False
    if _DISTANT.search(words):
        asked = percents(record.reason.partition("asked for")[2].partition(";")[0])
        short = _SHORT.search(words) is not None
        return any(abs((limit - known[0]) * (1 if short else -1) - number(found[1])) < 0.06 for limit in asked)
    by = known[0] - known[1] if _RAISED.search(words) else known[1] - known[0] if _FELL.search(words) else 0.0
    return abs(by - number(found[1])) < 0.06


def clean(record: Evidence) -> bool:
    c = record.counts
    return c is None or (c.passed > 0 and not c.failed + c.errors)


def counts_agree(record: Evidence, words: str) -> bool:
    """Whether every number in the words is what this record counted under that word."""
    c = record.counts
    if c is None:
        return False
    if "%" in words and re.search(r"\bfail", words):
        return all(_rounds(said, 100.0 * (c.failed + c.errors) / (c.total - c.skipped)) for said in percents(words))
    if "%" in words:
        shares = [100.0 * c.passed / ran for ran in (c.total, c.total - c.skipped) if ran]
        return all(any(_rounds(said, share) for share in shares) for said in percents(words)) and (
            c.failed + c.errors == 0 or "100" not in words
        )
    words = ONE_OF.sub("", words)
    text = re.sub(rf"\bin\s+{NUM}\s?[a-zµ]+\b", "", words, flags=re.IGNORECASE)
    ran = {float(c.total), float(c.total - c.skipped)}
    failed = {float(c.failed), float(c.failed + c.errors)}
    facts = {
        "fail": failed,
        "err": {float(c.errors), float(c.failed + c.errors)},
        "skip": {float(c.skipped)},
        "": ran | {float(c.passed)},
    }
    share = _SHARE.search(text)
    if share and number(share["whole"]) not in ran:
        return False
    if share and not _COUNT_WORD.search(text) and number(share["part"]) != c.passed:
        return False
    if share:
        text = text[: share.end("part")] + text[share.end() :]
    counted = [_counted(found) for found in _COUNTED.finditer(text)]
    praised = bool(_COUNT_WORD.search(text))
    if praised and re.search(r"\ball\b|\bboth\b", text, re.IGNORECASE) and not clean(record):
        return False
    return bool(counted) and all(value in facts.get(word, {float(c.passed)}) for value, word in counted)


_DRAWN = dict.fromkeys(("✘", "✗", "❌", "red"), "fail") | dict.fromkeys("⏭⏩", "skip")


def _counted(found: re.Match[str]) -> tuple[float, str]:
    """A number with the word it counts: 'pass', 'fail', 'err', 'skip', or '' for what ran."""
    if found["named"]:
        return number(found["named"]), found["word"].lower()[:4].replace("erro", "err")
    word = _COUNT_WORD.search(found["rest"])
    kind = _DRAWN.get(word[0], word[0].lower()) if word else ""
    value = 0.0 if found["n"].lower() in ("no", "none") else number(found["n"])
    return value, kind if kind in ("fail", "err", "skip", "") else "pass"


def percents(words: str) -> list[float]:
    return [number(n) for n in re.findall(rf"({NUM})\s?(?:%|percent(?!age)|per cent)", words, re.IGNORECASE)] + [
        number(n) for n in re.findall(rf"from ({NUM})\s+to {NUM}\s?(?:%|percent)", words, re.IGNORECASE)
    ]


def _fractions(words: str) -> list[float]:
    """`two thirds` in percent."""
    parts = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
    said = re.findall(r"\b(an?|one|two|three|four|nine) (half|third|quarter|fifth|tenth)s?\b", words, re.IGNORECASE)
    return [
        100 * (number(many) if many.lower() not in ("a", "an") else 1.0) / parts[part.lower()] for many, part in said
    ]


def _coverages(record: Evidence, *, changed: bool) -> list[float]:
    """The figures of a coverage record: at head, at base, and of the changed lines; not the one asked for."""
    parts = record.reason.split("; ")
    head = percents(parts[0].partition("asked for")[0])
    others = [n for part in parts[1:] if "at base" in part or (changed and "changed" in part) for n in percents(part)]
    return [*head, *others]


def _asked(record: Evidence, known: list[float], sentence: str) -> list[float]:
    """The figure asked for, where the sentence speaks of it and says on which side of it the coverage is."""
    figures = percents(record.reason.partition("asked for")[2].partition(";")[0])
    if not known or not figures or not _ASKED.search(sentence):
        return []
    short, told_short = known[0] < figures[0], _BELOW.search(sentence) is not None
    told_reached = _REACHED.search(sentence) or _AT_LEAST.search(sentence)
    return [] if told_short != short and (told_short or told_reached) else figures


def _rounds(said: float, fact: float) -> bool:
    """Whether a said figure is the fact, rounded as far as it was said."""
    text = f"{said:g}"
    places = len(text.partition(".")[2])
    return abs(said - fact) <= 0.5 / float(10**places) + 1e-9


def comparison_agrees(bench: Comparison, topic: str, words: str, sentence: str) -> bool:
    """Whether a comparison shows all that the words say of time, share, size and direction."""
    text = words.lower()
    if not _same_metric(topic, text, sentence.lower()) or _against(bench, text):
        return False
    if re.search(r"\binterval\b|\bratio\b", text):
        known = [95.0, bench.low, bench.high, bench.ratio]
        return all(any(_rounds(number(n), k) for k in known) for n in re.findall(NUM, text))
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
    return bool(wanted) or not of_size or bool(re.search(rf"memory|ratio|interval|{_SIZE}", text))


def _against(bench: Comparison, text: str) -> bool:
    """Whether words tell the other direction than the one that was measured."""
    if _DENIED.search(text):
        return False
    if bench.verdict == "no difference":
        return bool(_SPEED.search(text) or _WORSE.search(text)) and not _EQUAL.search(text) and "speed" not in text
    if bench.verdict != "improved" or _OLD_SIDE.search(text):
        return False
    text = text.replace("more than", "")
    return bool(_WORSE.search(text) or (_RAISED.search(text) and _COST.search(text) and not _SPEED.search(text)))


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
    bound = re.search(rf"(?:{_AT_LEAST.pattern})\s+(?:\w+ )?{NUM}", sentence, re.IGNORECASE)
    reached = (bound and factor <= speed) or any(abs(factor - k) <= 0.05 * k + 0.005 for k in known)
    yield bench.verdict == "improved" and "slower" not in text and bool(reached)


def _shares_agree(bench: Comparison, text: str, sentence: str) -> Iterator[bool]:
    shares = percents(text) or _fractions(text)
    if not shares or not bench.ratio:
        return
    known = [100 * (1 - bench.ratio), 100 * (1 / bench.ratio - 1), 100 * (bench.ratio - 1)]
    if re.search(r"(?:%|percent) of (?:the|its)\b", sentence):
        known = [100 * bench.ratio]
    elif bench.verdict == "improved" and _AT_LEAST.search(sentence):
        yield all(s <= known[0] for s in shares)
        return
    elif bench.verdict not in ("improved", "regressed") or (bench.verdict == "regressed") != bool(_WORSE.search(text)):
        known = []
    yield bool(known) and all(any(abs(s - k) <= 1.0 for k in known) for s in shares)


def measured(bench: Comparison) -> set[float]:
    """The figures that a comparison tells: both medians and their difference in any unit, the ratio and its interval,
    the gain."""
    sides = [_median(side) for side in (bench.base, bench.head) if side]
    sides += [abs(sides[0] - sides[-1])] if sides else []
    scaled = {side * scale for side in sides for scale in (1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9)}
    return scaled | {95.0, bench.ratio, bench.low, bench.high, float(len(bench.base)), 100 * abs(1 - bench.ratio)}


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
