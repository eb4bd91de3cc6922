"""Which numbers a plan speaks of, in digits, in words, and by units that have so many of another."""

import re

from bot.speech.gate.numbers import NUM, number

_NUMBER = re.compile(rf"(?<![\w.]){NUM}(?=(?:th|s|fold)?(?!\w))", re.IGNORECASE)
_SMALL = 2
_ORDINALS = {"second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
_PARTS = {"half|halves": (0.5, 2, 5), "quarter": (0.25, 4, 15), "twice|doubl|pair|couple|both": (2,), "dozen": (12,)}
_UNITS = {"second": (60, 1000), "minute": (60,), "hour": (24, 60, 3600), "day|night": (7, 24, 86400), "week": (7, 52)}
_UNITS |= {"month": (12, 30, 31), "year": (12, 365, 366), "per ?cent|%": (100,)}
_WORDS = {word: (value,) for word, value in _ORDINALS.items()} | _PARTS


def is_about(value: float, said: str) -> bool:
    """Whether a text says a number, or the one before or after it, which may be a border. That of small ones, which
    sentences are full of, must be said."""
    words = [*_WORDS.items(), *_UNITS.items()]
    spoken = {each for word, values in words if re.search(rf"(?<!\w)(?:{word})", said, re.I) for each in values}
    spoken |= {number(match[0]) for match in _NUMBER.finditer(said)}
    return any(value == each or (each > _SMALL and abs(value - each) <= 1) for each in spoken)
