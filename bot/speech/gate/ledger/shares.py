"""Shares in percent, and the words by which figures are told to have moved or to be at least so much."""

import re

from bot.speech.gate.numbers import NUM, number

RAISED = re.compile(
    r"\b(?:stieg|gestiegen|subió|augmenté?|monté)\b|rose|ris(?:e|es|en|ing)\b|\bup\b|higher|\bmore\b|climb|soar|grew|"
    r"grow|incr|improv|\bgain",
    re.IGNORECASE,
)


DENIED = re.compile(r"\b(?:not|no|neither)\b|n't", re.IGNORECASE)


AT_LEAST = re.compile(
    r"\b(?:above|over|clear of|more than|at least|a good|exceeds?|beyond|no less than)\b|≥|>=?", re.IGNORECASE
)


def percents(words: str) -> list[float]:
    return [number(n) for n in re.findall(rf"({NUM})\s?(?:%|percent(?!age)|per cent)", words, re.IGNORECASE)] + [
        number(n) for n in re.findall(rf"from ({NUM})\s+to {NUM}\s?(?:%|percent)", words, re.IGNORECASE)
    ]


def rounds(said: float, fact: float) -> bool:
    """Whether a said figure is the fact, rounded as far as it was said."""
    text = f"{said:g}"
    places = len(text.partition(".")[2])
    return abs(said - fact) <= 0.5 / float(10**places) + 1e-9


def fractions(words: str) -> list[float]:
    """`two thirds` in percent."""
    parts = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
    said = re.findall(r"\b(an?|one|two|three|four|nine) (half|third|quarter|fifth|tenth)s?\b", words, re.IGNORECASE)
    return [
        100 * (number(many) if many.lower() not in ("a", "an") else 1.0) / parts[part.lower()] for many, part in said
    ]
