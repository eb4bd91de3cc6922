"""Shares, lines and points of coverage that are said, against one record: at head, at base, of the changed lines,
and what was asked for."""

import re

from bot.domain.work import Evidence, Verdict
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.ledger.shares import AT_LEAST, DENIED, RAISED, fractions, percents, rounds
from bot.speech.gate.numbers import NUM, number

_KEPT = re.compile(
    r"not (?:\w+ )?(?:drop|f[ae]ll|decreas|go|chang)|n't|same|unchanged|stable|rose|ris|up|higher|above|more|climb|"
    r"soar|grew|better|incr|improv|gain",
    re.IGNORECASE,
)


_REACHED = re.compile(
    r"\bas (?:required|asked|demanded|wanted|planned|promised)|\b(?:enough|sufficient|reach(?:ed|es)?|met|meets?)\b",
    re.IGNORECASE,
)


_FELL = re.compile(
    r"\b(?:fell|falls|fall|drop\w*|decreas\w*|lower|down|los[et]\w*|sank|sinkt|fiel|gesunken|bajó|baissé|chuté)\b",
    re.IGNORECASE,
)


_BELOW = re.compile(r"\b(?:below|under|short|less|fell|fall|drop\w*|down|instead|miss\w*|not)\b|n't", re.IGNORECASE)


_ASKED = re.compile(
    r"\b(?:reach\w*|ask(?:s|ed)?|wanted|clears?|bar|required?|instead|short of|fell short|below|target|goal|threshold|"
    r"limit|minimum|needs?|needed|demanded)\b",
    re.IGNORECASE,
)


_CHANGED = re.compile(
    r"\bpatch|chang|touched|diff|\b(?:new|added)\b(?! (?:\w+ )?(?:tests?|specs?|cases)\b)", re.IGNORECASE
)


_OF_BASE = re.compile(
    r"\b(?:base|before|from|was|were|up|down|compared|instead|previous\w*|main|old|against|than|earlier|unchanged|same|"
    r"still|stays?|stayed|remain\w*)\b",
    re.IGNORECASE,
)


_CHANGED_LINES = re.compile(r"\b(?:changed|new|added|touched)[ -](?:lines?|code)\b|\blines changed\b", re.IGNORECASE)


_NEITHER = re.compile(r"\bneither rose nor fell\b|\b(?:did not|didn't) (?:change|move)\b", re.IGNORECASE)


_UNCOVERED = re.compile(r"(?:\bnot|n't) (?:\w+ )?covered|\buncovered\b", re.IGNORECASE)


_STAYED = re.compile(r"\bcoverage (?:remain\w*|stay\w*|is unchanged|is the same)\b", re.IGNORECASE)


_OF_CHANGED = re.compile(rf"\b(?:changed|new|added|touched) lines\b[^.;,\d]{{0,25}}?({NUM})\s?%", re.IGNORECASE)


_OF_WHOLE = re.compile(
    rf"\b(?:whole|entire) (?:project|code(?: ?base)?|package)\b[^.;,\d]{{0,25}}?({NUM})\s?%", re.IGNORECASE
)


_THEN = re.compile(rf"({NUM})\s?% (?:before|previously|at base|on (?:the )?(?:base|main))\b", re.IGNORECASE)
_MISSING = re.compile(
    rf"\b({NUM}) (?:of the )?(?:changed )?lines?\b[^.;,]{{0,30}}?\b(?:not covered|uncovered)\b", re.IGNORECASE
)
_ALL_BUT = re.compile(rf"\ball but ({NUM}) of the ({NUM}) (?:\w+ )?lines", re.IGNORECASE)
_WHOLE = re.compile(r"full|complete|total|every|all|each|perfect|lines (?:is|are) covered", re.IGNORECASE)
_FULL = re.compile(r"\b(?:full|complete|total|perfect) (?:\w+ )?coverage\b", re.IGNORECASE)
_BOUNDS = re.compile(rf"(?:{AT_LEAST.pattern})\s+(?:the )?(?:\w+ )?({NUM})", re.IGNORECASE)
_SHORT = re.compile(r"\b(?:below|short|missing|miss(?:es|ed)|under|lacking)\b", re.IGNORECASE)


_DISTANT = re.compile(rf"{_SHORT.pattern}|\bto spare\b|\babove the\b|\bover the\b", re.IGNORECASE)


_OTHER_COVERAGE = re.compile(r"\b(branch|statement|function|condition|path) coverage\b", re.IGNORECASE)


_OF_LINES = re.compile(
    rf"\b(?P<part>{NUM}) (?:out )?of (?:the |all )?(?P<whole>{NUM})(?: (?:\w+ )?lines|[.!)]*$)|"
    rf"\bof (?:the )?(?P<all>{NUM}) (?:\w+ )?lines,? "
    rf"(?P<then>{NUM})(?![\d.]*\s?%)\b",
    re.IGNORECASE,
)


def coverage(ledger: Records, words: str, sentence: str) -> int | None:
    measured = [r for r in ledger.records if r.check == "coverage" and r.verdict is not Verdict.UNPROVEN]
    return next((r.n for r in reversed(measured) if _agrees(r, words, sentence)), None)


def mutation(ledger: Records, words: str, _sentence: str) -> int | None:
    upheld = ledger.where(Verdict.UPHELD, checks=("mutation",))
    said = percents(words)
    return next((r.n for r in upheld if said and _all_known(said, percents(r.reason))), None)


def _agrees(record: Evidence, words: str, sentence: str) -> bool:
    """Whether a coverage record shows the share, the change or the level that the words tell."""
    if _contradicts(record, words, sentence):
        return False
    if missing := _MISSING.search(sentence):
        changed = re.search(rf"of ({NUM}) changed lines", record.reason)
        return changed is not None and _are_covered(
            record, number(changed[1]) - number(missing[1]), number(changed[1]), changed=True
        )
    if lines := _lines(words) or _lines(sentence):
        return _are_covered(record, *lines, changed=bool(_CHANGED.search(f"{words} {sentence}")))
    if _goal(record) and _REACHED.search(sentence) and not percents(words) and not _FULL.search(sentence):
        return not _BELOW.search(sentence)
    return _shares_agree(record, words, sentence)


def _contradicts(record: Evidence, words: str, sentence: str) -> bool:
    """Whether the words tell of another coverage, the other direction, another side, or of a goal that was missed."""
    other, known = _OTHER_COVERAGE.search(sentence), _coverages(record, changed=False)
    if other and other[1].lower() not in record.reason:
        return True
    if len(known) > 1 and not DENIED.search(words):
        rose, fell = RAISED.search(words) and known[0] <= known[1], _FELL.search(words) and known[0] >= known[1]
        if rose or fell:
            return True
    goal = _goal(record)
    missed = goal and known and known[0] < goal[0] and _REACHED.search(sentence) and not _BELOW.search(sentence)
    return bool(missed) or _turned(record, sentence) or not _in_their_places(record, sentence)


def _shares_agree(record: Evidence, words: str, sentence: str) -> bool:
    said = _said(words, sentence)
    known = _coverages(record, changed=bool(_CHANGED.search(f"{words} {sentence}")))
    if len(said) == 1 == len(percents(sentence)) and not _OF_BASE.search(sentence):
        known = known[2:] if len(known) > 2 and _CHANGED_LINES.search(sentence) else [known[0], *known[2:]]
    known += _asked(record, known, sentence)
    bounds = [number(n) for n in _BOUNDS.findall(sentence)]
    if known and len(said) > 1:
        said = [one for one in said if one not in bounds or one > known[0]]
    if (said and _all_known(said, known)) or ("point" in words and _moved(record, known, sentence)):
        return True
    if len(said) == 1 and known and AT_LEAST.search(f"{words} {sentence}") and said[0] <= known[0]:
        return True
    if _NEITHER.search(sentence) and len(known) > 1 and not said:
        return known[0] == known[1]
    if not said and len(known) > 1 and _FELL.search(words) and not DENIED.search(words) and "point" not in words:
        return known[0] < known[1]
    kept = not said and len(known) > 1 and _KEPT.search(words)
    return bool(kept) and known[0] >= known[1] + _points(words)


def _said(words: str, sentence: str) -> list[float]:
    """The shares that are told, as shares of what is covered."""
    shares = percents(words) or fractions(words) or fractions(sentence)
    if shares:
        return [100 - n if _UNCOVERED.search(words) else n for n in shares]
    if _WHOLE.search(words):
        return [100.0]
    return [] if _KEPT.search(words) else percents(sentence)


def _goal(record: Evidence) -> list[float]:
    """The share asked for, if one was."""
    return percents(record.reason.partition("asked for")[2].partition(";")[0])


def _lines(words: str) -> tuple[float, float] | None:
    """(covered, all) of `60 of the 60 changed lines`."""
    if but := _ALL_BUT.search(words):
        return number(but[2]) - number(but[1]), number(but[2])
    found = _OF_LINES.search(words)
    return (number(found["part"] or found["then"]), number(found["whole"] or found["all"])) if found else None


def _are_covered(record: Evidence, part: float, whole: float, *, changed: bool) -> bool:
    """Whether so many of so many lines are covered at head, at base, or of those that changed."""
    for share, lines in re.findall(rf"({NUM}) % of (?:({NUM})\b)?", record.reason):
        if lines and number(lines) == whole:
            return rounds(number(share), 100 * part / whole)
    found = re.search(rf"of ({NUM}) changed lines ({NUM}) %", record.reason) if changed else None
    return found is not None and number(found[1]) == whole > 0 and abs(number(found[2]) - 100 * part / whole) < 0.06


def _in_their_places(record: Evidence, sentence: str) -> bool:
    """Whether the shares of changed lines, of the whole, and what stayed as it was are told as such."""
    known = _coverages(record, changed=True)
    found = re.search(rf"of {NUM} changed lines ({NUM}) %", record.reason)
    changed = [number(found[1])] if found else []
    if (
        (_STAYED.search(sentence) or "unchanged" in sentence)
        and not AT_LEAST.search(sentence)
        and len(known) > 1
        and known[0] != known[1]
    ):
        return False
    told = [(known[1:2], n) for n in _THEN.findall(sentence)]
    told += [(changed, n) for n in _OF_CHANGED.findall(sentence)] + [
        (known[:1], n) for n in _OF_WHOLE.findall(sentence)
    ]
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


def _all_known(said: list[float], known: list[float]) -> bool:
    return all(any(rounds(one, fact) for fact in known) for one in said)


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
        asked = _goal(record)
        short = _SHORT.search(words) is not None
        return any(rounds(number(found[1]), (limit - known[0]) * (1 if short else -1)) for limit in asked)
    by = known[0] - known[1] if RAISED.search(words) else known[1] - known[0] if _FELL.search(words) else 0.0
    return rounds(number(found[1]), by)


def _coverages(record: Evidence, *, changed: bool) -> list[float]:
    """The figures of a coverage record: at head, at base, and of the changed lines; not the one asked for."""
    parts = record.reason.split("; ")
    head = percents(parts[0].partition("asked for")[0])
    others = [n for part in parts[1:] if "at base" in part or (changed and "changed" in part) for n in percents(part)]
    return [*head, *others]


def _asked(record: Evidence, known: list[float], sentence: str) -> list[float]:
    """The figure asked for, where the sentence speaks of it and says on which side of it the coverage is."""
    figures = _goal(record)
    if not known or not figures or not _ASKED.search(sentence):
        return []
    short, told_short = known[0] < figures[0], _BELOW.search(sentence) is not None
    told_reached = _REACHED.search(sentence) or AT_LEAST.search(sentence)
    return [] if told_short != short and (told_short or told_reached) else figures
