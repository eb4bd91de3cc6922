"""Statements with a measured amount: a time, a size, a share or a factor that is compared with another.

What is merely set to an amount ("the time-out is 30 s") is told apart by `moods`; prices and widths are no
speed.
"""

import re
from collections.abc import Iterator

from bot.speech.gate.numbers import NUM
from bot.speech.gate.stated.vocabulary import TIME, UNIT

_TIME = rf"{NUM}\s?(?:{TIME}|[kmg]i?b|bytes)(?!\w)"
_PART = (
    rf"(?:{NUM}\s?(?:%|percent\b|per cent\b)|(?:an?|one|two|three) (?:half|third|quarter|fifth|tenth)s?|{NUM}\s?(?:x\b|"
    rf"×|-?fold\b|times\b(?! (?:in|a|per|over|without|and|before|until)\b)))"
)
_THEN = (
    r"\b(?:before|after|was|were|used to (?:be|take|need)|previously|formerly|earlier|originally|instead of|rather "
    r"than|compared (?:to|with)|versus|vs|down|now|than|as opposed to|on (?:main|master|base)|at (?:base|head))\b|→|->|"
    r"=>|/"
)
_BETTER = (
    r"\b(?:faster|quicker|slower|speed-?up|speedups?|win|wins|gain|gains|gained|boost|improvement|saving|savings|"
    r"saved?|better|cheaper|lighter|smaller|shorter|lower|less (?:often|frequently|time|memory|work|allocations?)|"
    r"fewer \w+|performance|throughput|latency|run-?time)\b"
)
_ELSE = re.compile(
    r"\b(?:prices?|discounts?|vat|tax(?:es)?|interest|opacity|zoom|width|height|battery|scores?|margins?|fees?|"
    r"amounts?|volume|brightness|shares?|rates?|delays?|salar\w+|costs? of|attempts?|tries|retries|waits?|sleeps?|"
    r"time-?outs?|limits?|default|interval|budget|quota|cars?|trains?|delivery|customers?|voltage|temperature)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    rf"{_TIME}[^.;\n]{{0,40}}?(?:{_THEN})[^.;\n]{{0,30}}?{NUM}(?:\s?(?:{UNIT})(?!\w))?|"
    rf"{NUM}[^.;\n]{{0,20}}?(?:{_THEN})[^.;\n]{{0,20}}?{_TIME}",
    re.IGNORECASE,
)
_SHARED = re.compile(
    rf"{_PART}(?:\s+[\w-]+){{0,3}}?\s+(?:{_BETTER})|(?:{_BETTER})(?:\s+[\w-]+){{0,3}}?\s+{_PART}", re.IGNORECASE
)
_CHUNK = re.compile(r"[^.;!?\n]+(?:\.(?=\w)[^.;!?\n]+)*(?:;[^.;!?\n]+(?:\.(?=\w)[^.;!?\n]+)*)?")


def amounts(view: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, kind, words) of each amount that is set beside another, or praised."""
    for chunk in _CHUNK.finditer(view):
        if not re.search(r"\d|\b(?:half|third|quarter|twice)", chunk[0]) or _ELSE.search(chunk[0]):
            continue
        for pattern in (_COMPARED, _SHARED):
            for m in pattern.finditer(chunk[0]):
                yield chunk.start() + m.start(), chunk.start() + m.end(), "speed", m[0]
