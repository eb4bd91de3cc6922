"""Statements whose subject is what measures: the suite, the linter, the benchmarks.

How such things can be said to have done well has no end ("the suite is content", "the change sails through the tests"),
but how they can be described has: what is said of them, and describes nothing, states a result.
"""

import re
from collections.abc import Iterator

from bot.speech.vocabulary import TESTS, TOOL

_SUITE = (
    rf"(?P<suite>{TESTS}|both suites|pytest|unittest|jest|vitest|mocha|cargo test|go test|npm test|make test|ci(?: "
    rf"\w+)?(?="
    r" (?:is|was|has|looks|went|came|stays|likes|agrees))|pipelines?(?= (?:is|are|was|were|looks?|went|came) )|(?:all |"
    r"the )?(?:\w+(?:-\w+)? )?checks)"
)
_LINT = (
    rf"(?P<lint>{TOOL}(?<!types)(?<!build)(?<!format)(?<!compiler)|static analysis|go vet|cargo (?:check|fmt|clippy)|"
    rf"pre-commit|tsc|"
    r"security scan)"
)
_SPEED = r"(?P<speed>(?:the )?(?:micro-?)?benchmarks?|(?:the )?profilers?)"
_SUBJECT = rf"(?<![\w./`-])(?:{_SUITE}|{_LINT}|{_SPEED})(?![\w/-]|\.\w)"
_ADVERB = r"(?:\s+(?:now|still|also|all|both|even|just|then|again|really|clearly|simply|happily|\w+ly))*"
_BE = r"(?:is|are|was|were|has been|have been|looks?|looked|feels?|seems?|stays?|stayed|remains?|remained)"
# What tests and tools do or are by trade, and that they fail, states no success.
_DOES = (
    r"(?:us(?:e|es|ed)|cover\w*|check(?:s|ed)?|assert\w*|compar\w+|need\w*|requir\w+|build(?:s)?|creat\w+|make[s]?|"
    r"read[s]?|writ\w+|call[s]?|import\w*|contain\w*|ha(?:s|ve)|had|look(?:s|ed)? (?:at|for|into|only)|expect\w*|"
    r"exercis\w+|describ\w+|document\w*|nam(?:e|es|ed)|take[s]?|took|start\w*|mock\w*|patch\w*|depend\w*|belong\w*|"
    r"mov\w+|come[s]? (?:from|with|in|later|next|first)|becom\w+|live[s]?|lie[s]?|sit[s]?|reside[s]?|fail\w*|br[eo]\w+|"
    r"crash\w*|complain\w*|pars\w+|encod\w+|forbid\w*|enforc\w+|reject\w*|demand\w*|disallow\w*|permit\w*|support\w*|"
    r"understand\w*|process\w*|sort\w*|split[s]?|sum[s]?|report(?:s|ed)?|flag\w*|find[s]?|found|say[s]?|said|warn\w*|"
    r"stop\w*|hang\w*|run[s]?|ran|skip\w*|ignor\w+|tell[s]?|gives?|gave|return\w*|print\w*|show(?:s|ed)?|prov(?:e|es|"
    r"ed)|demonstrat\w+|decid\w+|see[s]?|saw|verif\w+|confirm\w*|measur\w+|tim(?:e|es|ed)|compil\w+|target\w*|"
    r"follow\w*|inherit\w*|load\w*|open\w*|set[s]?|get[s]?|go(?:es)? (?:to|in|into|from|over|beyond)|want[s]?|allow\w*|"
    r"accept[s]?|treat\w*|help\w*|let[s]?|keep[s]?|mark\w*|match\w*|pass\w*|guard\w*|protect\w*|pin[s]?|lock[s]?|"
    r"replac\w+|repeat\w*|produc\w+|collect\w*|gather\w*|know[s]?|do(?:es)?(?: not|n't)?|did|should|must|will|would|"
    r"can|could|may|might|shall|cannot|can't|won't|don't|doesn't|didn't|isn't|aren't|wasn't)"
)
_IS = (
    rf"(?:{TOOL}|pytest|jest|tox|unittest|in|at|under|on|for|about|of|from|by|part|named|called|split|written|run|marked|skipped|param\w*|collected|"
    r"located|missing|wrong|red|fail\w*|slow|flaky|needed|required|there|not|too|an?|the|to|only|based|used|kept|moved|"
    r"renamed|added|grouped|made|generated|defined|described|configured|listed|declared|documented|organi\w+|ordered|"
    r"small|long|short|thin|simple|independent|private|optional|new|old|unrelated|out|broken|untouched|left|what|where|"
    r"how|why|that|one|two|three|\d\S*|like|as (?:long|soon|slow)|executed|built|checked|asserted|compared|imported|"
    r"patched|unclear|unknown|meant|supposed|expected to|going|about|being|still|hard|easy|worth|enough|irrelevant|"
    r"silent on|pending|due|never|no|empty|stale|noisy|unstable|disabled|enabled|off|with|without|this|these|such|so|"
    r"similar|identical to)"
)
_NEXT = (
    r"(?:of|for|in|and|or|to|that|which|who|with|from|on|at|by|as|if|when|where|because|but|under|below|above|than|via|"
    r"files?|folders?|cases?|names?|code|data|tables?|modules?|class(?:es)?|functions?|commands?|runners?|fixtures?|"
    r"tests?|helpers?|config\w*|scripts?|dir\w*|steps?|ids?|methods?|coverage|bases?|set-?up|outputs?|results?|"
    r"reports?|logs?|jobs?|plans?|environments?|machines?|rules?|errors?|warnings?|suites?|doubles?|version|options?|"
    r"settings?|times?|only|too|here|there|it|them|this|are|is|was|were|now|first|next|last|again|instead|later|"
    r"locally|below|once|twice)"
)
_SAID = re.compile(
    rf"{_SUBJECT}{_ADVERB}\s+(?:{_BE}{_ADVERB}\s+(?!{_IS}(?![\w'-]))[a-z][a-z'-]*(?!\w)|(?!{_BE}\b|{_DOES}(?![\w'-])|"
    rf"{_NEXT}(?![\w'-]))[a-z][\w'-]*(?:s|ed)(?![\w'(-]))",
    re.IGNORECASE,
)
_FAVOURS = re.compile(
    r"\b(?:benchmarks?|profiles?|measurements?) (?:favou?rs?|prefers?|likes?|speaks? for|backs?)\b[^.;\n]*",
    re.IGNORECASE,
)
_NEITHER = re.compile(rf"\b(?:neither|nor|none of|no one of)\b[^.;,\n]{{0,40}}?\b{TESTS}\s+\w+", re.IGNORECASE)
_THROUGH = re.compile(
    rf"\b(?!go |read|look|walk|step|work|click|page|skim|loop|iterat|run)[a-z]+(?:s|ed|ing|t)? (?:straight |right |"
    rf"easily |just )?through (?:the|all|every|each|your|our)(?: \w+){{0,2}}? (?:{TESTS}|ci|checks)\b|"
    r"\b(?:win|beat|top|ace|nail|clear|crush)(?:s|es|ed|ned)? (?:the|all|every|each|both)(?: \w+){0,2}? (?:tests?|"
    r"suites?|benchmarks?|checks?)\b",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    rf"\b(?:{TESTS}|ci|lint|types|coverage|benchmarks?)\b[^.!?\n]{{0,40}}\?\s+(?:yes|all|every|green|passing|passed|"
    rf"fine|ok|"
    r"done|sure|they (?:do|are)|it (?:does|is))\b[^.!?\n]{0,40}",
    re.IGNORECASE,
)


def told_of(view: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, kind, words) of each statement about what measures that does not merely describe it."""
    for m in _SAID.finditer(view):
        yield m.start(), m.end(), "speed" if m["speed"] else m.lastgroup or "suite", m[0]
    for m in _FAVOURS.finditer(view):
        yield m.start(), m.end(), "speed", m[0]
    for pattern in (_NEITHER, _THROUGH, _ANSWERED):
        for m in pattern.finditer(view):
            yield m.start(), m.end(), "suite", m[0]
