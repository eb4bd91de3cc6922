"""What the ledger is asked about a sentence that no pattern knows: by what it speaks of, if its words are known."""

import re

from bot.speech.gate.numbers import NUM
from bot.speech.gate.suspected.reading import sentences

_RED = re.compile(
    r"\b(?:new|added|two|three|\d+)\b.*\btests?\b.*\b(?:red|fail\w*|broken?)\b.*\b(?:old (?:code|version)|base|main|"
    r"before|without|unpatched|previous)\b",
    re.IGNORECASE | re.DOTALL,
)
_CLAIMS = re.compile(r"\b(?:claims?|criteri\w+|requirements?|promise[sd]?|plan|checks?|conditions?)\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?:claim|check)\b[^.]{0,20}\b(?:is upheld|holds|was upheld|is proven)\b", re.IGNORECASE)
_ALL = re.compile(rf"\b(?:all|every\w*|each|both|whole|{NUM})\b", re.IGNORECASE)
_UPHELD = re.compile(
    r"\b(?:hold|holds|held|upheld|proven|proved|met|fulfilled|satisfied|succeed\w*|pass\w*|green|ok|done|kept)\b", re.I
)
_DENIED = re.compile(r"\b(?:not|no|never|nor|neither|nothing|none)\b|n't\b", re.IGNORECASE)
_SAME = re.compile(
    r"\bsame\b|unchanged|\bstable\b|\bas (?:fast|quick|before)\b|\b(?:no|neither|nothing|not|n't)\b.*\b(?:chang\w+|"
    r"difference|faster|slower|slow-?down|regress\w*|affected)|n't (?:\w+ )?(?:chang|differ|regress)",
    re.IGNORECASE | re.DOTALL,
)
_SPEED = re.compile(
    r"\b(?:time|duration|speed|perf\w*|ratio|interval|median|fast\w*|slow\w*|quick\w*|benchmark\w*|memory|latency|"
    r"throughput|half|halved|twice|doubled)\b|\d\s?(?:[mnµu]?s|[kmg]i?b)\b",
    re.IGNORECASE,
)
_COVER = re.compile(r"\b(?:coverage|cover(?:s|ed)?)\b", re.IGNORECASE)
_COUNTED = re.compile(
    rf"\b(?:total|passed|skipped|failed|passing|tests?)\s*[:=]\s*{NUM}|{NUM}\s+(?:\w+ )?(?:tests?|passed|passing|pass|"
    r"skipped|failed|failures?)\b",
    re.IGNORECASE,
)
_BROKE = re.compile(
    r"\b(?:nothing|none|no|not)\b.*\b(?:pass|work|before)\w*\b.*\b(?:fail|br[eo]k|broken)\w*", re.IGNORECASE
)
_PASSES = re.compile(r"\btests?\b,? (?:which|that) (?:now |all )?(?:pass|succeed)", re.IGNORECASE)
_KINDS = {"T": "suite", "L": "lint"}


def topic(sentence: str) -> tuple[str, str]:
    """The kind and the words to ask the ledger for; `claimed`, which no record shows, when they aren't understood."""
    if _RED.search(sentence):
        return "red", sentence
    letters = "".join(word.letter for words in sentences(sentence) for word in words)
    strange = letters.count("o")
    if _ONE.search(sentence):
        return "tick", sentence
    if _CLAIMS.search(sentence) and _ALL.search(sentence) and _UPHELD.search(sentence) and not _DENIED.search(sentence):
        return ("claims", sentence) if strange <= 2 else ("claimed", sentence)
    if _PASSES.search(sentence) and strange <= 3:
        return "suite", sentence
    if _BROKE.search(sentence) and strange <= 1:
        return "regression", sentence
    if _SPEED.search(sentence) and strange <= 3:
        return "speed", "no difference" if _SAME.search(sentence) and not re.search(r"\d", sentence) else sentence
    if _COVER.search(sentence) and " by " not in sentence and strange <= 3:
        return "coverage", sentence
    if _COUNTED.search(sentence) and strange <= 2 and "Y" not in letters:
        return "count", sentence
    kind = next((kind for letter, kind in _KINDS.items() if letter in letters), "claimed")
    return (kind if strange == 0 and re.search("[GVEn]|N.*B", letters) else "claimed"), sentence
