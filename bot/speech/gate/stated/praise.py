"""Praise of what was run: a word for going well in one clause with a word for what was run, tried or measured.

No phrase is known here, only the two kinds of words; so this finds what `stated` has no pattern for.
"""

import re
from collections.abc import Iterator

from bot.speech.gate.stated.vocabulary import RUNNER, TESTS, TOOL

_LINK = (
    r"(?<!you)(?<!that)(?:(?<!you )(?<!that )\b(?:is|are|was|were|be|been|being|stays?|stayed|remains?|remained|looks?|"
    r"looked|goes|went|gone|comes?|came|turns?|turned|ends?|ended|finish(?:es|ed)|runs?|ran|reports?|reported|says?|"
    r"said|shows?|showed|gives?|gave|gets?|got|keeps?|kept|feels?|appears?|seems?|all|both|still|now|again)\b|'s\b|"
    r"'re\b|[:=|–—,(])(?:\s+(?:now|still|all|both|again|out|up|back|in|at|an?|the|also|just|very|really|\w+ly|with|as|"
    r"to be))*\s*"
)
_FINE = (
    r"(?:green|clean|ok(?:ay)?|fine|good|well|great|perfect|flawless|stable|healthy|solid|sound|correct|right|happy|"
    r"satisfied|unchanged|unaffected|identical|passing|successful|positive|unbroken|intact|silent|quiet|error-free|"
    r"fault-free|spotless|smooth|the same|same|as (?:expected|intended|before|designed|wanted|it should(?: be)?)|in "
    r"order)(?![\w-])(?! (?:for|to|of|at|about|with (?:that|this))\b)"
)
_WENT = (
    r"(?:pass(?:es|ed)?(?=\s*(?:[.,;:!)|]|$|\b(?:on|with|in|for|again|now|here|too|locally|cleanly|without|all|every|"
    r"and)\b))|succeed(?:s|ed)?|(?<!how it )(?:works?|worked|working)(?!:)(?! (?:like|by|on|around|with|from|in|for|"
    r"through|as follows|out|towards?|at|because|only|when|if)\b)|match(?:es|ed)?(?=\s*(?:[.,;:!)|]|$|\band\b))|"
    r"survive[sd]?|h[eo]ld(?:s)?(?: up)?(?=\s*(?:[.,;:!)|]|$))|behave[sd]? (?:\w+ )?(?:well|correctly|properly|as \w+)|"
    r"(?:does|did|do) what (?:it|they) should|as (?:it|they) should|correctly|properly|flawlessly|full marks|green "
    r"tick|as (?:expected|intended|wanted|desired|required|promised|hoped)|(?:went|ran|came|sailed) through|thumbs up|"
    r"agree[sd]?|(?:gives?|gave|prints?|returns?|yields?|shows?|produces?|gets?|got|outputs?) (?:now )?the (?:right|"
    r"correct|expected) \w+)"
)
_BAD = (
    r"(?:fail\w*|errors?|issues?|problems?|regress\w*|diffs?|differences?|warnings?|complain\w*|vulnerabilit\w+|"
    r"crash\w*|stop(?:ped)?|trigger\w*|reproduc\w*|br[eo]ak\w*|broke|red|surprises?|findings?|mismatch\w*|flak\w*|to "
    r"report|explod\w*|object\w*|hiccups?|trouble|bugs?|defects?|leaks?|hang\w*)"
)
_NONE = (
    rf"(?:\b(?:no|zero|0|none|nothing|never|not (?:one|a single)|without|free of)\b(?: (?!{_BAD})[\w-]+){{0,3}}? "
    rf"{_BAD}|\b(?:did|does|do|could|can)(?:n't| not| no longer)(?: \w+)? {_BAD})(?!\w)"
)
_PRAISE = re.compile(rf"{_LINK}{_FINE}|(?<!\w){_WENT}(?!\w)|{_NONE}", re.IGNORECASE)
_SUITE = rf"{TESTS}|{RUNNER}|scenarios?|assertions|acceptance|unit|integration|e2e|snapshots?|golden files?"
_PROCESS = re.compile(
    rf"(?<![\w.])(?:test (?=runs?\b|results?\b|jobs?\b))?(?:(?P<suite>{_SUITE})|(?P<lint>{TOOL}|pre-commit)|(?:test "
    rf")?runs?(?! (?:once|on|in|the|a|`|\w+ing)\b)|"
    r"re-?run(?:ning|s)?|(?:quality )?gates?|qa|scans?|audits?|jobs?|stages?|examples?|repro(?:duction)?|iterations?|"
    r"matrix|tried|threw|by hand|stepped through|spin|been running|compared|(?:quick|manual|short|first|second) "
    r"(?:check|look|try|test)|migration|deployment|roll-?out|fuzzed|looped|soaked|hammered|profiled|load test|reviewed|"
    r"tested|validated|measured|examined|inspected|checked|exercised|(?:pre-merge|post-merge|sanity|final|last|these|"
    r"all|status) checks|new behaviou?r|after(?=\s*[:=])|generated files?|(?:test )?results?(?= (?:is|are|was|were|"
    r"look)\b|:)|with (?:the|this|my) (?:patch|change|fix)|(?:the|this|my) (?:patch|fix))(?![\w-])",
    re.IGNORECASE,
)
_CHUNK = re.compile(r"[^.!?\n]+(?:\.(?=\w)[^.!?\n]+)*")
_OWN = re.compile(
    r"\b(?:when|if|whether|unless|until|once|that|which|who|where|because|so|but|must|should|will|would|to (?:see|"
    r"check|make|be|have|get|show|prove|verify|test|find|tell)|for each|not)\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:it|everything|all|this|that)(?:'s| is| are)? (?:all |now |fully |just )*working\b(?! on\b)|\b(?:passed|"
    r"passing|green)\s*[:=]\s*(?:everything|all)\b|\b(?:failed|failing|red|broken)\s*[:=]\s*(?:nothing|none)\b|"
    r"\b(?:reviewed|built|checked) and tested\b|\btested (?:end[- ]to[- ]end|thoroughly|by hand|carefully|extensively|"
    r"twice|again|everywhere|both)\b|\bcould(?: no longer|n't| not) (?:\w+ )?(?:trigger|reproduce|"
    r"provoke)\b[^.,;\n]{0,30}",
    re.IGNORECASE,
)


def praise(view: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, kind, words) of each clause in which what was run is said to have gone well."""
    for m in _ALL.finditer(view):
        yield m.start(), m.end(), "verified", m[0]
    for chunk in _CHUNK.finditer(view):
        run = list(_PROCESS.finditer(chunk[0]))
        for good in _PRAISE.finditer(chunk[0]) if run else ():
            near = [m for m in run if _meet(chunk[0], m.span(), good.span())]
            if near:
                nearest = min(near, key=lambda m: max(m.start() - good.end(), good.start() - m.end()))
                start, end = min(good.start(), nearest.start()), max(good.end(), nearest.end())
                yield chunk.start() + start, chunk.start() + end, nearest.lastgroup or "verified", chunk[0][start:end]


def _meet(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether nothing between two places begins a thought of its own."""
    first, second = sorted((one, other))
    between = text[first[1] : second[0]]
    return len(between) < 60 and not _OWN.search(between)
