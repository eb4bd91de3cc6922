"""What a plan speaks of: texts, numbers (in digits, in words, and by units that have so many of another), names, and
files in which something is kept. Pure."""

import re
from pathlib import PurePosixPath

from bot.checks.integrity.singled import is_named
from bot.speech.gate.numbers import NUM, number

_EXAMPLES = re.compile(
    r"\b(?:e\.g\.|for (?:example|instance)|such as|test(?:s|ed|ing)?(?: it| this| that)? (?:with|for|on|at)),? +\S+",
    re.IGNORECASE,
)
"""What a plan gives as an example, or tests with, is to be like all others."""

_END = r"(?![^\W_])"
_KEPT = re.compile(
    r"\b(?:in|from|into|to) (?:an? |the |its |their |one )?(?:\w+ )?(?:file|table|catalogue)s?\b", re.IGNORECASE
)
_NAMES = re.compile(r"\b(?:names?|titles?|words?|keys?|letters?|alphabet\w*|lexic\w*)\b", re.IGNORECASE)
_SORTS, _BY = re.compile(r"\bsort", re.IGNORECASE), re.compile(r"\bby (?:the |their |its )?(\w+)", re.IGNORECASE)
_QUANTITY = re.compile(
    r"(?:time|date|day|year|age|priorit|urgency|size|length|price|cost|amount|number|count|score|rank|level|weight"
    r"|distance|arrival|position|total|value)\w*",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"(?<![\w.]){NUM}(?=(?:th|s|fold)?(?!\w))", re.IGNORECASE)
_SMALL = 2
_ORDINALS = {"second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
_PARTS = {"half|halves": (0.5, 2, 5), "quarter": (0.25, 4, 15), "twice|doubl|pair|couple|both": (2,), "dozen": (12,)}
_UNITS = {"second": (60, 1000), "minute": (60,), "hour": (24, 60, 3600), "day|night": (7, 24, 86400), "week": (7, 52)}
_UNITS |= {"month": (12, 30, 31), "year": (12, 365, 366), "per ?cent|%": (100,)}
_WORDS = {word: (value,) for word, value in _ORDINALS.items()} | _PARTS


def without_examples(said: str) -> str:
    return _EXAMPLES.sub("", said)


def speaks_of(text: str, said: str) -> bool:
    """Whether a plan says it; of several words all."""
    found = re.findall(r"[^\W_]+", text)
    if len(found) < 2:
        return is_named(text, said)
    return all(re.search(rf"(?<![^\W_]){re.escape(each)}{'' if len(each) > 2 else _END}", said, re.I) for each in found)


def keeps_in(path: str, said: str) -> bool:
    """Whether a plan says that something is kept in this file, or in one."""
    file = PurePosixPath(path)
    return bool(_KEPT.search(said)) or any(
        re.search(rf"(?<!\w){re.escape(n)}(?!\w)", said) for n in (file.name, file.stem)
    )


def lets_names_decide(said: str) -> bool:
    """Whether a plan speaks of names, or puts things in an order by what is no quantity."""
    keys = _BY.findall(said)
    by_quantity = bool(keys) and all(map(_QUANTITY.fullmatch, keys))
    return bool(_NAMES.search(said)) or (bool(keys or _SORTS.search(said)) and not by_quantity)


def is_about(value: float, said: str) -> bool:
    """Whether a text says a number, or the one before or after it, which may be a border. That of small ones, which
    sentences are full of, must be said."""
    words = [*_WORDS.items(), *_UNITS.items()]
    spoken = {each for word, values in words if re.search(rf"(?<!\w)(?:{word})", said, re.I) for each in values}
    spoken |= {number(match[0]) for match in _NUMBER.finditer(said)}
    return any(value == each or (each > _SMALL and abs(value - each) <= 1) for each in spoken)
