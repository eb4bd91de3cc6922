"""The words with which a plan says what is done to a test or a file that it names, for each kind of finding; and those
with which it says that nothing is. In all patterns the names stand as one sign."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

IT = "\ue000"
"""Stands for a name in a statement of which only the rest is looked at."""

_ALTERS = r"updat\w*|chang\w*|adjust\w*|edit\w*|adapt\w*|rewrit\w*|replac\w*|modif\w*|set|bump\w*|switch\w*|migrat\w*"
_CHANGES = rf"{_ALTERS}|add\w*"
ADDS_TO = rf"{_ALTERS}|add\w*(?=.*\b(?:to|in|into)\b\W+(?:\w+\W+){{0,2}}{IT})|{IT}.*?\badd\w*"
"""What is added must be added to it."""
_ADDS_SCRIPT = rf"add\w*(?: \w+){{0,2}} [\"'`]*{IT}[\"'`]* scripts?"
_REMOVES = r"remov\w*|delet\w*|drop\w*|obsolete\w*|retir\w*"

_APART = r"[\s'\"`,()*]+"
_LEFT_OUT = r"skip\w*|disabl\w*|ignor\w*|mut(?:e|es|ed|ing)"
_THE = (
    rf"(?:the|this|that|these|those|both|all|each|every|tests?|cases?|files?|in|of|and|or|flaky|slow|old|failing|broken"
    rf"|now|temporarily|on{_APART}\w+|is|are|be|being|gets?|becomes?|will|should|must|shall|marked|as|{IT}){_APART}"
)
_SKIPS = (
    rf"(?:{_LEFT_OUT}){_APART}(?:{_THE})*(?:{IT}|tests?|specs?)|(?:{IT}|tests?){_APART}(?:{_THE})*(?:skipp|disabl|ignor|mut)ed"
    rf"|{IT}['\"`]?\s*[:–-]\s*(?:{_LEFT_OUT})(?=\s*(?:$|[,.(]|(?:until|for|on|it|when|if|while)\b))"
    r"|xfail\w*|expected? (?:to fail|failures?)|quarantin\w*|skip ?if|skipunless|importorskip|\w+\.(?:skip|todo)\w*"
    r"|an? (?:skip|todo)|skip (?:marks?|markers?|reasons?|decorators?)"
)
"""The test must be what is left out: in "test_x fails, so let parse skip blanks" it is not."""

_REST = (
    r"(?:(?!(?:so|that|because|since|when|while|before|after|until|if|which|who|see|fail\w*|pass\w*|red|green|expect\w*|show\w*"
    rf"|prov\w*)\b)[\"'`(]*-*(?:\w|{IT})[^\s,;:]*,?\s+){{0,8}}?"
)
"""A few words of one clause."""

_AWAY = r"remov|delet|drop|obsolet|retir|merg|replac|renam|fold|combin|collaps|consolidat"
_WENT = (
    r"(?:remov|delet|dropp|retir|merg|replac|renam|fold|inlin|mov|combin|collaps|consolidat)ed|obsolete|goes|go"
    r"|becomes? (?:one|a single|parts? of|rows? of|cases? (?:of|in)|a (?:table|subtest|row|case|parametri\w+))"
)
_TITLE = r"[`'\"]?test_|[`'\"][^`'\"\n]+ [^`'\"\n]"

_RETITLED = rf"{IT}['\"`]*\s+(?:becomes?|turns? into|is (?:now|called))(?=\s+(?:{_TITLE}))"
"""That another title takes its place."""

_TURNS = (
    r"updat\w*|chang\w*|adjust\w*|adapt\w*|rewrit\w*|replac\w*|modif\w*|edit\w*|becom\w*|gains?|loses?|gets?|follow\w*"
    r"|regenerat\w*|re-?record\w*|renew\w*|differ\w*|instead of|now|grows?|shrinks?"
)
_FEWER = rf"{IT}|rows?|cases?|asserts?|assertions?|checks?|parameters?|examples?|entr(?:y|ies)|expectations?|tests?"
_FAKES = r"mock\w*|patch\w*|stub\w*|fak\w*|monkeypatch\w*|replac\w*|swap\w*|inject\w*|fr(?:eez|oz)\w*|pin(?:s|ned)?"
_CHANGED = (
    rf"{IT}['\"`]*(?: in {IT})? (?:changes?|(?:is|are) (?:changed|adapted|adjusted))(?! (?:its?|the|only|nothing))"
)

TOGETHER = (
    r"(?:chang|updat|adapt|adjust)\w*(?: \w+){0,2} (?:accordingly|with|along|to match)|follow\w*(?: suit)?|adapts?"
    rf"|chang\w* (?:to|from)|becom\w*|loses?|gains?|{_CHANGED}"
)
"""What a plan says of a test that it names and that changes along with the code."""

RECORDED = rf"{_TURNS}|expects?|renam\w*"
"""What it says of a file that holds nothing but what is expected."""

_EXPECTED = r"expected|expectations?|assert\w*"

THERE = rf"expects?(?!\w)(?! to)|(?:{_EXPECTED})(?=.*\b(?:{_TURNS})\b)|(?:{_ALTERS}|correct\w*)\b.*\b(?:{_EXPECTED})"
"""What it says of the expectations of a whole file: that they turn. That there are some is not enough."""

TAKES = (
    r"takes?|accepts?|becom\w*|signatures?|arguments?|parameters?|keywords?|requires?|required|mandatory|breaking"
    r"|instead of|(?:gets?|gains?|needs?|has|have|loses?) (?:an?|the|another|one|two|no)"
)
"""What it says of a function that is called in another way."""

LEFT_OUT = rf"omit\w*|exclud\w*|ignor\w*|skip\w*|leav\w* (?:[\"'`]*{IT}[\"'`]* )?out|left out"
"""What it says of what coverage or a linter is not to look at."""

RUN = rf"{_CHANGES}|{_REMOVES}|runs?|tests?|checks?|lints?|measures?|builds?|caches?|reports?|stop\w*"
"""What it says of CI, where all that was run is run still."""

RESHAPED = re.compile(
    r"\b(split|merg|tabl|parametri|rows?\b|helper|renam|mov(e|es|ed|ing)\b|extract|factor|subtest|fixture)", re.I
)
"""What a test is that takes another shape: all that it asks still holds then."""

_OPPOSITE: Mapping[str, re.Pattern[str]] = {
    "test-weakened": re.compile(r"\b(?:tighten\w*|strict\w*|narrow\w*|stronger|exact)\b", re.IGNORECASE)
}

_BUT = re.compile(
    r",?\s+(?:but|while|whereas|although|though|since|because|so that|so)\b"
    r"|,\s+(?:(?:and|then)\s+)?(?=(?:updat|chang|adjust|adapt|rewrit|remov|delet|drop|add|let|make|keep|leave|skip|mark"
    r"|rais|lower|fix|mend)\w*\b(?!,))",
    re.IGNORECASE,
)
"""Between clauses that may say different things of different names."""

_OF_IT = rf"(?:(?:what|the|all|of|in)\s+)*(?:\w+\s+){{0,2}}(?:(?:in|of)\s+)?[\"'`(]*{IT}"
_DOES = rf"{_CHANGES}|{_REMOVES}|touch\w*|differ\w*|mov\w*|skip\w*|loosen\w*|relax\w*|weak\w*|follow\w*"

_KEPT = re.compile(
    rf"\b(?:keep|leav|retain|preserv)\w*\s+{_OF_IT}(?![\"'`]* out\b)"
    rf"|{IT}[\"'`)]*\s+(?:\w+\s+){{0,2}}?(?:stays?|remains?|(?:is|are) (?:kept|left)|unchanged|untouched)"
    r"|\b(?:keep|retain|preserv)\w*\s+(?:\w+\s+)?(?:expect|assert|tolerance|value)|\b(?:stays?|remains?) (?:as|the|un)"
    rf"|\b(?:not|never|cannot|\w+n't)\s+(?:(?:be|to)\s+)?(?:\w+\s+)?(?:{_DOES})\b|\bwithout\s+\w+ing\s+{_OF_IT}",
    re.IGNORECASE,
)
"""A clause that says that something stays what it is."""

_DENIED = re.compile(r"(?<!\w)(don'?t|not|never|without|no|nothing)\s+(\w+\s+)?$", re.IGNORECASE)
_NOT = re.compile(r"\b(don'?t|not|never)\b", re.IGNORECASE)
SHORT = 3  # letters of a name that is hardly told from a plain word


def _goes(what: str, away: str = _AWAY) -> str:
    """That this goes: it must be what goes, which in "test_x fails, so drop duplicates" it is not, nor in "in test_x
    the clock is replaced"."""
    return (
        rf"(?:(?:{away})\w*|get(?:s|ting)? rid of){_APART}{_REST}[\"'`(]*(?:{what})"
        rf"|(?<!\bin )(?<!\bin [`'\"])(?:{what}){_APART}{_REST}(?:{_WENT})(?! (?:red|green|wrong|through))"
        rf"|(?:{what})['\"`]?\s*[:–-]\s*(?:{away})\w*(?:\s+it)?\s*(?:$|[,.(])"
    )


_ACTS: Mapping[str, str] = {
    "test-removed": rf"{_goes(rf'{IT}|tests?')}|{_RETITLED}",
    "test-skipped": _SKIPS,
    "test-weakened": r"weak\w*|loosen\w*|relax\w*|toleran\w*|broad\w*|widen\w*|no longer \w+|retr(?:y|ies)|approx\w*"
    rf"|assertAlmost\w*|toBeCloseTo|isclose|allclose|{_goes(_FEWER)}",
    "expectation-changed": r"expect\w*|assertion\w*|golden\w*|fixture data|instead of|snapshot\w*|asks? (?:for|of)"
    r"|other input|toleran\w* (?:grow|widen|ris|rais|chang|loosen|becom|goes|is)\w*",
    "collected-fewer": rf"{_REMOVES}|merg\w*|fewer",
    "runner-changed": rf"{ADDS_TO}|{_ADDS_SCRIPT}|{_REMOVES}|hook\w*|config\w*|plugin\w*|exclud\w*",
    "result-file": rf"{_CHANGES}|commit\w*|record\w*",
    "environment-probe": r"detect\w*|test mode|environment|under test|depends? on|read\w*|look\w*",
    "subject-mocked": _FAKES.partition("|replac")[0],
    "made-exact": rf"{_FAKES}|exact\w*|strict\w*|tighten\w*|stronger|strengthen\w*",
    "uses": r"us(?:e|es|ed|ing)|call(?:s|ed|ing)?|go(?:es)? through|asks?|switch\w*",
    "snapshot-rewritten": rf"snapshot\w*|golden\w*|expect\w*|{_TURNS}",
    "limit-lowered": r"lower\w*|rais\w*|reduc\w*|relax\w*|loosen\w*|exclud\w*|omit\w*|ignor\w*|disabl\w*|suppress\w*"
    rf"|sink\w*|fall\w*|decreas\w*|increas\w*|(?:goes|go|went|brought|set|comes?) (?:down|up)|{_ALTERS}|{_REMOVES}",
    "ci-changed": rf"{ADDS_TO}|{_REMOVES}|stop\w*|no longer",
    "benchmark-changed": rf"{ADDS_TO}|{_REMOVES}|extend\w*|rais\w*|lower\w*|increas\w*|decreas\w*|reduc\w*",
    "hidden-code": rf"{_CHANGES}|binar\w*|generat\w*|vendor\w*|symlink\w*|link\w*|minif\w*|bundl\w*",
}
"""The words of each act."""


def holds(statement: str, name: str) -> bool:
    """Whether the name stands there by itself."""
    return name in statement and re.search(_standing(name), statement) is not None


def says(kind: str, statement: str, names: Iterable[str]) -> bool:
    """Whether a statement says of one of these names what findings of this kind stand for."""
    opposite = _OPPOSITE.get(kind)
    said = acts(statement, _ACTS[kind], names)
    return said and (opposite is None or opposite.search(statement) is None)


def acts(statement: str, act: str, names: Iterable[str]) -> bool:
    """Whether it says this, besides the names: `test_expected` says nothing about expectations. What it says to stay
    or not to happen is no act."""
    rest = statement
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(_standing(name), IT, rest)
    clauses = [clause for clause in _BUT.split(rest) if IT in clause]
    if clauses and all(_KEPT.search(clause) for clause in clauses):
        return False
    found = (each for each in _known(act).finditer(rest) if not _NOT.search(each[0]))
    return any(_DENIED.search(rest[: each.start()]) is None for each in found)


def is_taken(statement: str, name: str) -> bool:
    """Whether it says that what has this name goes or gets another name. A short name may be a word of the sentence: it
    must stand close by."""
    if len(name) > SHORT:
        rest = re.sub(rf"(?<![\w\-.])(?:\w+\.)*{re.escape(name)}(?!\.?[\w\-])", IT, statement)
        return IT in rest and acts(rest, _goes(IT, f"{_AWAY}|inlin|mov"), ())
    away = rf"(?:{_AWAY}|inlin|mov(?:e|ing)|get rid)"
    close = rf"{away}\w*\W+(?:(?:of|the|function|method|class) +)*`?{re.escape(name)}"
    return bool(name) and acts(statement, close, ())


def _standing(name: str) -> str:
    known = re.escape(name)
    return rf"(?<![\w/\-])(?<!\w\.)(?:\./|(?:[a-z_]\w*\.)+(?={known}\(\)))?{known}(?![\w\-])"


@lru_cache(maxsize=256)
def _known(act: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/])(?:{act})(?![\w/])", re.IGNORECASE)
