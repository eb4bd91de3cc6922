"""What the ledger is asked about a sentence that no pattern knows: by what it speaks of, if its words are known."""

import re

from bot.domain.words import words
from bot.speech.gate.ledger.counts import MENDED, told, whose
from bot.speech.gate.ledger.verdicts import NAMED_CHECK
from bot.speech.gate.numbers import NUM
from bot.speech.gate.plain.clauses import letters_of, words_of
from bot.speech.gate.plain.words import EXCUSES

_RED = re.compile(
    rf"(?=.*\b(?:tests?|they|both|all {NUM}|it|which)\b)(?=.*\b(?:new|added|wrote|they|both|which|{NUM})\b)"
    r"(?=.*\b(?:red|fail\w*|broken?|neither passe\w+)\b)"
    r"(?=.*\b(?:old (?:code|version)|base|main|before|without|unpatched|previous)\b)",
    re.IGNORECASE | re.DOTALL,
)
_BAD = re.compile(
    r"\b(?:isn't|is not|aren't|are not) (?:clean|green|happy)\b|\bunhappy\b|\bfail(?:s|ed|ing)\b|\bexit(?:s|"
    r"ed)? (?:with |code )*[1-9]|"
    r"\b(?:red|broken)\b|\bcomplains?\b|"
    r"\b(?:remaining|open|known) (?:problems?|issues?)\b",
    re.IGNORECASE,
)
_FINDS = re.compile(r"\b(?:detect|find|flag|found|print|report|see|show)\w*\b", re.IGNORECASE)
_DENIED_BAD = re.compile(
    r"\b(?:fixed|pass\w*|green again|no|none|nothing|never|nobody|without|neither)\b|\bnot? (?:\w+ )?fail|"
    r"n't (?:\w+ )?(?:fail|complain|find|see)",
    re.IGNORECASE,
)
_NO_NEW_TESTS = re.compile(
    r"\b(?:old|older|existing|previous) tests?\b|\b(?:checks|lint\w*|types?|build|compile)\b", re.IGNORECASE
)
_SHARE = re.compile(rf"{NUM}\s?% of (?:the |all |its )?tests\b", re.IGNORECASE)
_SOME_CLAIMS = re.compile(
    rf"\b{NUM} (?:out )?(?:of (?:the |all )?(?:plan's )?{NUM} )?claims? (?:\w+ ){{0,2}}?(?:hold|holds|held|upheld|"
    rf"proven|met|refuted|missed|fail\w*)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    rf"\b{NUM} (?:out )?(?:of (?:the |all )?(?:plan's )?{NUM} )?claims? (?:\w+ ){{0,2}}?(?:hold|holds|held|upheld|"
    rf"proven|met|refuted|missed|fail\w*)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(r"\b(?:claims?|criteri\w+|requirements?|promise[sd]?|plan|checks?|conditions?)\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?:claim|check)\b[^.]{0,20}\b(?:is upheld|holds|was upheld|is proven)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:all|every|each)\b|\d|\b(?:half|third|quarter|fifth|tenth)", re.IGNORECASE)
_ALL = re.compile(rf"\b(?:all|every\w*|each|both|whole|{NUM})\b", re.IGNORECASE)
_UPHELD = re.compile(
    r"\b(?:hold|holds|held|upheld|proven|proved|meets?|met|fulfilled|satisfied|succeed\w*|pass\w*|green|ok|done|"
    r"kept)\b",
    re.I,
)
_DENIED = re.compile(r"\b(?:not|no|never|nor|neither|nothing|none)\b|n't\b", re.IGNORECASE)
_SAME = re.compile(
    r"\bsame\b|unchanged|\bstable\b|\bas (?:fast|quick|before)\b|\b(?:no|neither|nothing|not|n't)\b.*\b(?:chang\w+|"
    r"difference|faster|slower|slow-?down|regress\w*|affected)|n't (?:\w+ )?(?:chang|differ|regress)",
    re.IGNORECASE | re.DOTALL,
)
_SPEED = re.compile(
    r"\b(?:time|duration|speed|perf\w*|ratio|interval|median|fast\w*|slow\w*|quick\w*|benchmark\w*|memory|latency|"
    r"throughput|half|halved|gain\w*|twice|doubled)\b|\d\s?(?:[mnµu]?s|[kmg]i?b)\b",
    re.IGNORECASE,
)
_COVER = re.compile(r"\b(?:coverage|cover(?:s|ed)?)\b", re.IGNORECASE)
_BROKE = re.compile(
    r"\b(?:nothing|none|no|not)\b.*\b(?:pass|work|before)\w*\b.*\b(?:fail|br[eo]k|broken)\w*", re.IGNORECASE
)
Part = tuple[str, str]
_KINDS = {"T": "suite", "L": "lint"}
_SCOPE = re.compile(
    r"\b(?:nothing|no (?:file|change)s?)\b.*\b(?:outside|beyond)\b.*\b(?:plan\w*|scope)\b|"
    r"\b(?:stay|stays|stayed|is|are|remains?) (?:with)?in(?:side)? (?:the |its )?(?:[\w']+ )?(?:plan|scope)\b",
    re.IGNORECASE,
)
_PASSES = re.compile(r"\btests?\b,? (?:which|that) (?:now |all )?(?:pass|succeed)", re.IGNORECASE)
_TYPES = re.compile(r"\btype[- ](?:errors?|check\w*)", re.IGNORECASE)
_AFFECTED = re.compile(r"\b(?:un)?affected\b", re.IGNORECASE)
_NO_FAULT = re.compile(r"\b(?:no|zero|0|without) (?:errors?|failures?|problems?|issues?)\W*$", re.IGNORECASE)
_NEUTRAL = words(
    """
    above according difference measurable added auf check claim below do done existing failed find
    get give gives main more new old one occurs ones other others pre-existing previous report reported
    required rest rounding single skipped static summary there tritt type total line lines take doubt question
    regarding
    """
)
"""What tells nothing of its own."""


def topics(text: str, sentence: str) -> tuple[Part, ...]:
    """The kinds and the words to ask the ledger for about a text; what names nothing is about what its whole sentence
    is. `claimed`, which no record shows, when they aren't understood."""
    found = _topics(text)
    own = re.search("[TLSCF]", letters_of(text)) or re.search(r"\b(?:finish\w*|earlier)\b", text)
    return _topics(sentence) if found[0][0] == "claimed" and not own and text != sentence else found


def _topics(text: str) -> tuple[Part, ...]:
    letters = letters_of(text)
    strange = sum(letter == "o" and word not in _NEUTRAL for letter, word in zip(letters, words_of(text), strict=True))
    if kind := _phrased(text, strange):
        return ((kind, text),)
    if _SPEED.search(text) and strange <= 3:
        return (("speed", "no difference" if _SAME.search(text) and not re.search(r"\d", text) else text),)
    if _COVER.search(text) and "covered by" not in text and strange <= 3:
        return (("coverage", text),)
    if told(text) and strange <= 2 and "Y" not in letters and EXCUSES.isdisjoint(words_of(text)):
        return (("count", text),)
    if strange:
        return (("claimed", text),)
    return _plainly(text, letters) or (("claimed", text),)


def _phrased(text: str, strange: int) -> str | None:
    """The kind of a text by what is said in so many words."""
    if _RED.search(text) and not _NO_NEW_TESTS.search(text):
        return "red"
    if NAMED_CHECK.search(text):
        return "check"
    if _SHARE.search(text):
        return "count"
    if _SOME_CLAIMS.search(text):
        return "claims"
    if _SCOPE.search(text):
        return "scope" if strange <= 4 else None
    if _ONE.search(text) and not _EACH.search(text):
        return "tick"
    if _CLAIMS.search(text) and _ALL.search(text) and _UPHELD.search(text) and not _DENIED.search(text):
        return "claims" if strange <= 2 else "claimed"
    if whose(text) == MENDED and "pass" in text and strange <= 2:
        return "fixed"
    if (
        (_BAD.search(text) or (_FINDS.search(text) and re.search("^[^N]*[LT][^NY]*B", letters_of(text))))
        and not _DENIED_BAD.search(text)
        and strange <= 2
        and not re.search(rf"{NUM} (?:\w+ )?(?:tests|claims)", text)
    ):
        return "bad"
    if _PASSES.search(text) and strange <= 3:
        return "suite"
    return "regression" if _BROKE.search(text) and strange <= 1 else None


def _plainly(text: str, letters: str) -> tuple[Part, ...]:
    """The kinds of a text of which every word is known."""
    if "A" in letters:
        return (("ready", text),)
    if re.search("B.*(?:Y|NK)", letters) and not _TYPES.search(text) and "T" not in letters and "L" not in letters:
        return (("fixed", text),)
    if "T" in letters and _AFFECTED.search(text):
        return (("regression", text),)
    if not re.search("[GVEYne]|N.*B|BN|B:N|Ni|L.*N|NpL|^[c&][XD]d?o?[TL]", letters) and "skipped" not in text:
        return ()
    kinds = [kind for letter, kind in _KINDS.items() if letter in letters or (kind == "lint" and _TYPES.search(text))]
    if not kinds and (_NO_FAULT.search(text) or "skipped" in text):
        kinds = ["verified"]
    return tuple((kind, text) for kind in kinds)
