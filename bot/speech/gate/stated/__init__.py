"""Finding result-like statements in free words: that tests pass, how many, how fast, how covered, that all is verified.

Set phrases, with the words that the ledger is asked for; what is stated otherwise is noticed because it isn't `plain`,
and `topics` says what to ask. What the words merely wish, ask, plan, deny or quote is left out by `moods`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.speech.gate.numbers import NUM
from bot.speech.gate.stated.abroad import abroad
from bot.speech.gate.stated.outcomes import OUTCOMES
from bot.speech.gate.stated.vocabulary import (
    ALL,
    CHECKS,
    FAULTS,
    GAP,
    GOOD,
    LESS,
    METRIC,
    NO,
    NOT_HERE,
    RUNNER,
    SEP,
    SPEED,
    SURE,
    TESTS,
    TIME,
    TOOL,
    UNIT,
)


def _p(*parts: str) -> str:
    return "|".join(rf"(?:{part})" for part in parts)


PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "mutation",
        _p(
            rf"\bmutation (?:score|coverage)\b(?:{SEP}|{GAP}\s*){NUM}\s?(?:%|percent)",
            rf"\b(?:all|every|{NUM})(?: of the)? mutants?\b{GAP}\s+(?:killed|caught|detected)",
            r"\bno (?:surviving mutants?|mutants? surviv\w+)",
        ),
    ),
    (
        "coverage",
        _p(
            rf"\bcoverage\b(?! (?:limit|threshold|target|goal|minimum|gate)\b)(?:\s*[:=|]\s*|{GAP}\s*){NUM}\s?(?:%|"
            rf"percent|per cent)(?:\s+to\s+{NUM}\s?(?:%|percent))?",
            rf"\b(?:(?:lost|gained|lose|gain) )?{NUM} (?:percentage )?points\b[^.;\n]*\bcoverage|"
            rf"\bcoverage\b[^.;\n]*?\b{NUM} (?:percentage )?points\b(?: (?:below|above|short|to spare|higher|lower|"
            rf"up|down|more|less|better|worse|under|over))?",
            rf"\b(?:asked for|promised|needs?|needed|wanted|required?) {NUM} ?%(?: coverage)? and "
            rf"(?:got|have|has|reached|it is|it's) {NUM} ?%",
            rf"\b{NUM} (?:of the )?(?:changed )?lines?\b[^.;,]{{0,30}}?\b(?:not covered|uncovered)\b",
            rf"\b(?:changed|new|added|touched) lines\b[^.;\n]{{0,20}}?{NUM}\s?%|\b(?:highest|best|"
            rf"lowest) (?:\w+ )?coverage\b",
            rf"\bof (?:the )?{NUM} (?:\w+ )?lines,? {NUM} (?:are|were|is) covered",
            rf"\b{NUM}\s?(?:%|percent|per cent)(?:\s+(?!faster|slower|less|lower)[\w-]+){{0,8}}?\s+"
            r"(?:coverage|covered|exercised)\b",
            r"\b(?:every|each|all)(?: \w+){0,3}? (?:lines?|branch(?:es)?|code|paths?|statements?)(?: \w+){0,2}? (?:is|"
            r"are) (?:now )?(?:covered|exercised|hit)",
        ),
    ),
    (
        "count",
        _p(
            rf"\b{NUM}\s*(?:/|of(?: the)?|out of(?: the)?)\s*{NUM}(?:\s+{TESTS})?{GAP}(?:{SEP}|\s+)?{GOOD}",
            rf"\b(?:ran|executed|re-?ran|ran all)\s+(?:all\s+|the\s+|"
            rf"our\s+)?{NUM}\s+{TESTS}(?:\s+in\s+{NUM}\s?{TIME}\b)?",
            rf"(?<![\w-])(?<!not )(?:all\s+(?:of\s+the\s+)?)?(?:{NUM}|"
            rf"both)(?:\s+{NOT_HERE}(?!and\b)[\w-]+){{0,3}}?\s+{TESTS}(?:{SEP}|{GAP}\s+)(?:{GOOD}|fail(?:s|ed|ing)?\b|"
            rf"br[eo]a?ke?n?s?\b|red\b|run\b|skipped)(?:[\s,;/&]+(?:and\s+|with\s+)?(?:{NUM}|no|none|0)"
            r"\s+(?:\w+\s+)?(?:pass(?:ed|es|ing)?|fail(?:ed|s|ures?|ing)?|errors?|errored|skipped|skips?|xfailed|"
            r"warnings?)\b)*",
            rf"\ball(?: of the)? {NUM}(?: of them)?(?: now| still)? (?:pass|succeed|go through|are green)\b",
            rf"(?<![\w.-])(?:{NUM})(?:\s+(?:have|has|are|were|now|all|still|of them)){{0,4}}\s*(?:passed|passing|"
            rf"failed|failing|green|succeeded|✅|✓)(?!\w)(?:[\s,;/&]+(?:and\s+|with\s+)?(?:{NUM}|no|none|"
            rf"0)\s+(?:\w+\s+)?"
            r"(?:passed|failed|failures?|errors?|errored|skipped|xfailed|warnings?)\b)*"
            rf"(?:\s+in\s+{NUM}\s?{TIME}\b)?",
            rf"\b(?:pass(?:ed|es|ing)?|fail(?:ed|ures)|succeeded|errors)\s*[:=]\s*{NUM}\b(?! (?:for|when|"
            rf"if|passed|tests|of)\b)(?:[\s,;/]+(?:passed|failed|failures|errors|skipped|total)\s*[:=]\s*{NUM}\b)*",
            rf"\b{NUM} (?:\w+ )?tests? (?:that|which) (?:\w+ )?(?:were |was |had been )?(?:fail\w*|broken|"
            rf"red)\b[^.;\n]*?\b(?:pass\w*|succeed\w*|green|fixed|repaired)\b",
            rf"\b{NUM} (?:had been|were|was) (?:failing|broken|red)\b",
            rf"\b{NUM} (?:\w+ )?(?:are|were|is|was) skipped\b|\b{NUM} (?:of them |tests )?(?:are|were) new\b",
            rf"\b{NUM} ?% of (?:the |all |its |our )?tests (?:pass|fail)\w*",
            rf"[#ℹ]\s*(?:pass|fail|tests)\s+{NUM}\b",
        ),
    ),
    (
        "regression",
        _p(
            rf"\b{NO}\s+(?:[\w-]+\s+){{0,2}}?regress(?:ions?|ed|es)?\b|\bregression-free\b|\bregressions?\s*[:=]\s*"
            r"(?:none|no|0|zero)\b",
            r"\b(?:nothing|no one|none)(?: \w+){0,3}? (?:broke|breaks|broken|regress\w*)\b",
            r"\b(?:breaks|broke|regressed) nothing\b|\bno break(?:age|s)\b|\bnot break(?:ing)? any\w*",
            r"\b(?:not|never|n't)(?: \w+)? (?:introduce|cause|create|see|find|observe|notice)\w*(?: \w+){0,2}? "
            r"(?:regressions?|failures?|breakage|breaks|slow-?downs?|problems)\b",
        ),
    ),
    (
        "speed",
        _p(
            rf"\b{NUM}\s?(?:x|×|times|-?\s?fold)\s+(?:as\s+|the\s+|an?\s+)?(?:{SPEED}|{LESS})(?:\s+(?:than|as)\b)?",
            rf"\bspeed-?up\b(?:{SEP}|{GAP}\s+){NUM}\s?(?:x|×|times|-?fold|%|percent)?(?!\w)",
            r"\b(?:twice|thrice|double|triple) (?:as (?:fast|quick)|the (?:speed|throughput|performance))",
            r"\b(?:halv(?:es|ed|ing)|doubl(?:es|ed|ing)|tripl(?:es|ed|ing)|quarter(?:s|ed)) (?:the |its |our |\w+ "
            r")?(?:\w+ )?(?:run-?time|time|latency|throughput|speed|memory|performance)",
            rf"\b{NUM}\s?(?:%|percent|per cent)\s+(?:\w+\s+)?(?:{SPEED}|{LESS})(?:\s+(?:in|of)\s+(?:\w+\s*){{1,2}})?",
            r"\b(?:cut|cuts|reduc\w+|dropp?\w*|decreas\w+|improv\w+|increas\w+|lower(?:s|ed)|shr(?:ank|inks?|unk)|"
            r"shorten\w*|sped up|speeds up|rose|rises|fell|falls|went (?:down|up)|(?:is|are) (?:down|up)|sav(?:es|ed)|"
            rf"shav(?:es|ed)|gain(?:s|ed))(?:\s+[\w'-]+){{0,5}}?\s+(?:by\s+)?(?:\w+\s+)?{NUM}\s?(?:%|percent|x\b|×)",
            rf"\b{METRIC}(?:\s+[\w-]+){{0,4}}?\s*(?:\bis\b|\bare\b|\bwas\b|\bat\b|\bof\b|\bto\b|[:=]|\bnow\b|\bbelow\b|"
            rf"\bunder\b|\breaches\b|\|)\s*(?:now\s+|only\s+|about\s+|around\s+|roughly\s+|just\s+|~\s*|well\s+|"
            rf"below\s+|under\s+|down to\s+|at\s+)*{NUM}\s?{UNIT}(?![\w])",
            rf"\b(?:takes|took|runs? in|ran in|finish(?:es|ed) in|complet(?:es|ed) in|returns in|parses? in|"
            rf"needs(?: only| just)?|"
            rf"down to|drops? to|dropped to|clocks? in at)\s+(?:now\s+|only\s+|about\s+|around\s+|roughly\s+|just\s+|"
            rf"under\s+|~\s*)*{NUM}\s?{UNIT}(?![\w])",
            rf"\b{NUM}\s?{TIME}\s+(?:p\d\d\d?|median|mean|average|on average|per (?:call|run|iteration|image|"
            rf"request))\b",
            r"\b(?:much|far|significantly|noticeably|measurably|considerably|substantially|dramatically|way|clearly|"
            r"slightly|even|now|runs?|ran|it's|got|becomes?|became|made it|markedly|demonstrably|a lot) (?:faster|"
            r"quicker|more efficient|speedier)",
            r"\b(?:is|are) (?:faster|quicker|more efficient)\b(?! (?:at|in|on|for)\b)(?! than (?!before\b|the (?:old|"
            r"previous|original|base)|main\b|master\b|base\b|ever\b|it\b|previously|now\b))",
            rf"\b(?:(?:confidence|95 ?%) interval|interval of the \w+)\b[^.;\n]{{0,25}}?{NUM}(?: ?%)? (?:to|and|–|"
            rf"-) {NUM}",
            r"\bno (?:real|measurable|significant|notable) (?:difference|change)\b",
            rf"\b(?:slower|faster|longer|quicker) by {NUM}\s?%",
            rf"\bratio\b(?: is| was| of|:| =)? {NUM}(?: ?(?:–|-|to) ?{NUM})?(?: \([^()\n]*\))?",
            r"\b(?:at )?no (?:extra |additional )?cost (?:in|of) (?:\w+ )?(?:time|cpu|memory|speed)",
            r"\bno (?:measurable |noticeable )?(?:performance|speed|latency|memory)?\s?(?:loss|impact|penalty|"
            r"degradation|overhead|slow-?downs?)\b(?! of\b)",
        ),
    ),
    (
        "speed",
        _p(
            rf"\bfrom\s+(?:\w+\s+)?{NUM}\s?{UNIT}?\s*(?:down\s+|up\s+)?(?:to|→|->)\s*(?:\w+\s+)?{NUM}\s?{UNIT}\b",
            rf"{NUM}\s?{UNIT}[^.;\n\d]{{0,25}}?(?:→|->|=>|\bvs\.?|versus|instead of|rather than|(?:down|up) from|"
            rf"compared (?:to|with)|\bwas|\bbefore)\s*{NUM}\s?{UNIT}\b",
        ),
    ),
    (
        "lint",
        _p(
            rf"\b{TOOL}(?:{SEP}|{GAP}\s+)(?:{GOOD}|silent|quiet|satisfied|nothing|"
            rf"{NO}\s+(?:new\s+)?(?:\w+\s+)?{FAULTS}|checks? out)",
            r"\b(?:code|project|everything) (?:compiles|builds|type-checks)\b(?: with \w+)?",
            rf"\bneither {TOOL} nor {TOOL} (?:finds?|found|reports?|complains?)[^.;]*",
            r"\b(?:docs|documentation|package|image|site|app|wheel) (?:builds?|compiles?|renders?)\b(?! (?:the|a|an|"
            r"on)\b)",
            r"\bfiles? (?:would be )?left unchanged\b|\blint-free\b|\blints? clean\w*|"
            r"\b(?:type-?checks|typechecks)\b(?: \w+ly)?",
            r"\bbuild success(?:ful)?\b|\b(?:successful|clean|green) build\b|\bit (?:compiles|builds|lints)\b",
        ),
    ),
    (
        "suite",
        _p(
            rf"\b(?:(?:all|every|each|the|both|our|whole|entire|any)\s+(?:of\s+(?:the|our|your)\s+)?){{0,3}}(?:{TESTS}|"
            rf"{CHECKS}|{RUNNER})(?:{SEP}|{GAP}\s+){GOOD}(?:\s+(?:errors?|failures?|problems?))?",
            rf"\b{ALL}{GAP}\s+(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|good|ok)\b(?!\s+(?:an?|the|to|in)\b)",
            r"\b(?:green|clean|successful|flawless) (?:test )?(?:suite|runs?(?! (?:are|is|get|have|will)\b)|ci|"
            r"pipeline|test results?)\b|\ball-green\b|\bgreen across the board\b|\bback to green\b|(?<!button "
            r")(?<!light )(?<!icon )(?<!badge )(?<!bar )(?<!label )(?<!dot )(?<!text )\b(?:is|are|went|turn(?:s|ed)|"
            r"stays?) (?:now )?(?:all )?green\b",
            rf"\b{NO}\s+(?:\w+\s+){{0,2}}?(?:test\s+|suite\s+)?(?:fail(?:ures?|ed|ing)|red\b|broken)(?:\s+tests?)?\b",
            rf"\b(?:none|not one) of the (?:{NUM} )?tests (?:had to be|was|were|is|are) skipped",
            rf"\b(?:no|zero|none of the|not (?:a single|one))\s+(?:of (?:the |our |these )?)?(?:\w+\s+)?{TESTS}(?: "
            rf"\w+){{0,2}}? "
            r"(?:fail(?:s|ed|ing)?|broke|breaks|red|broken)\b",
            r"\bnothing (?:in|of) the (?:test )?suite (?:is |was )?(?:fail\w*|red|broken)",
            r"\b(?:nothing|none|no one)(?: \w+){0,2}? (?:fail(?:s|ed|ing)?|is red|was red)\b",
            r"\b(?:test )?failures?\s*[:=]\s*(?:none|no|0|zero)\b|\b0 errors\b|\b(?:with|reported|found) no errors\b|"
            r"\bwithout (?:any )?(?:errors|failures|problems)\b(?! (?:the|it|this|that|a)\b)",
            rf"\b(?:pass(?:es|ed|ing)?|survive[sd]?|clear(?:s|ed)|satisf(?:ies|ied)|made it through) (?:all|every|each|"
            rf"the|its|your)(?: \w+){{0,3}}? (?:{TESTS}|checks?|ci)\b",
            r"\bexit (?:code|status) of [^:;\n]{1,40}?(?: is|[:=])\s*(?:0|zero)\b",
            r"(?<!by )\bexit(?:s|ed)?(?: \w+)?(?: code| status)?(?: of| is| was|[:=])?\s*(?:with )?(?:code |status "
            r")?(?:0|zero)\b",
        ),
    ),
    (
        "shows",
        _p(
            r"\b(?:evidence|tests|test results?|measurements?|results?|numbers|profil(?:e|er|ing)) (?:\w+ )?(?:shows?|"
            r"prove[sd]?|confirm(?:s|ed)?|demonstrates?|verif(?:y|ies|ied))(?: that)?\b",
        ),
    ),
    (
        "ran",
        _p(
            r"\b(?:ran|re-?ran|executed|(?:have|has|'ve|had) (?:also |just |now |already )?(?:re-?run|run|executed))\s+"
            rf"(?:(?:the|all|every|our|its|your|of|both|a)\s+){{0,3}}(?:\w+\s+){{0,3}}?(?:{TESTS}|checks|benchmarks?|"
            rf"linters?|"
            r"pytest|unittest|ci|mypy|ruff|jest)\b(?:\s+(?:locally|twice|again|myself|three times))?",
            rf"\b(?:{TESTS}|checks|benchmarks?)(?: \w+)? (?:was|were|has been|have been) (?:\w+ )?(?:run|executed|"
            rf"re-?run)\b",
        ),
    ),
    (
        "fixed",
        _p(
            r"\bno longer (?:fail(?:s|ing)?|crash(?:es|ing)?|reproduc\w+|occurs?|happens?|hangs?)\b|\bcan(?:not|'t| no "
            r"longer) (?:be )?reproduced?\b",
            r"\b(?:bug|issue|problem|fault|regression|defect|crash)(?: \w+)? (?:is|has been|was) (?:now |fully |"
            r"completely )?(?:gone|fixed|resolved|solved|eliminated)\b",
        ),
    ),
    (
        "verified",
        _p(
            r"(?<![\"“'«])(?<!\ba )(?<!only )\bverified\b(?! (?:users?|accounts?|badges?|e-?mails?|members?|senders?|"
            r"domains?|publishers?|owners?|only)\b)",
            rf"\b(?:I|we|I've|we've|I have|we have|I also|has been|have been|been|fully|thoroughly|manually|locally|"
            rf"successfully|carefully|extensively|rigorously|well|battle|empirically)[ -](?:\w+ly |also |now |just |"
            rf"have )?{SURE}\b",
            r"\b(?:it|everything|this|that|all|(?:the|my) (?:fix|change|feature|code|implementation|solution|patch|bot|"
            r"function)) (?:\w+ )?works?(?: now| again| fine)?(?=\s*(?:[.!,;)✅]|$))",
            r"\bworks? (?:exactly )?(?:as (?:expected|intended|advertised|designed|specified|required|requested)|"
            r"correctly|perfectly|flawlessly|properly|reliably|great|fine|end to end)\b",
        ),
    ),
    (
        "claims",
        _p(
            rf"\b{NUM} (?:out )?of (?:the |all )?(?:plan's )?{NUM} (?:plan |approved )?claims? (?:hold|upheld|"
            rf"pass(?:ed)?|(?:are|were) "
            r"(?:upheld|met|proven))\b",
        ),
    ),
    (
        "ready",
        _p(
            r"\b(?:safe|ready|good) (?:to (?:merge|ship|deploy|land|go)|for (?:merge|merging|production))\b",
        ),
    ),
    (
        "word",
        r"(?m)^[\s>*#|-]*(?:test )?(?:status|results?|verdict|outcome)?\s*[:|]?\s*(?-i:PASS(?:ED)?|OK|SUCCESS|"
        r"BUILD SUCCESSFUL|ALL GREEN|GREEN)\b[.! |]*$|^[^\w\n]*(?:all |everything )?(?:green|passing|passed)[^\w\n]*$",
    ),
)
_TICK = r"(?:[✅✔☑🟢✓👍💚💯]\ufe0f?|:(?:white_check_mark|heavy_check_mark|green_circle|\+1|check):)"
TICK = re.compile(rf"{_TICK}(?:[ \t]*{_TICK})*")
_TICKED = re.compile(rf"{_TICK}\s*$")
BOX = re.compile(
    r"(?im)^\s*(?:[-*+]|\d+[.)])\s+\[x\]\s+(?=.{0,30}\b(?:tests?|suite|lint|types?|coverage|ci|build|bench)).*$"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a statement stands, what it says (each kind with its words), first of all parts that grew together."""

    start: int
    end: int
    parts: tuple[tuple[str, str], ...]


_CRAFT = re.compile(
    r"\b(?:signatures?|tokens?|certificates?|checksums?|hash(?:es)?|webhooks?|passwords?|users?|accounts?|e-?mails?|"
    r"address(?:es)?|identit\w+|inputs?|payloads?|requests?|commits?|macs?|deliver\w+|logins?)\s+(?:\w+\s+)?(?:is|are|"
    r"was|were|gets?|be|being)\s+(?:\w+ )?verified\b",
    re.IGNORECASE,
)
"""What a program verifies by trade is no result."""


_CALL = re.compile(r"\b[A-Za-z_]\w*\([^()\n]*=[^()\n]*\)")
"""A call or a constructor: `Counts(passed=12)` is code."""


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Made when the first words are looked at: most processes look at none."""
    return tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in (*PATTERNS, *OUTCOMES))


@lru_cache(maxsize=4096)  # a page shows the same words at each look
def statements(view: str) -> tuple[Statement, ...]:
    """The result-like statements of a text, one for each pattern that is met, in order."""
    craft = [m.span() for m in _CRAFT.finditer(view)]
    code = [m.span() for m in _CALL.finditer(view)]
    found = [
        Statement(m.start(), m.end(), ((kind, m[0]),))
        for kind, p in _compiled()
        for m in p.finditer(view)
        if m[0]
        and not (_TICKED.search(m[0]) and _TICKED.search(view, max(0, m.start() - 9), m.start()))
        and not (kind == "verified" and any(a <= m.start() < b for a, b in craft))
        and not any(a < m.start() and m.end() < b for a, b in code)
    ]
    found += [Statement(start, end, ((kind, words),)) for start, end, kind, words in abroad(view)]
    return tuple(sorted((_trimmed(view, one) for one in found), key=lambda s: (s.start, -s.end)))


def together(view: str, found: Iterable[Statement]) -> list[Statement]:
    """Statements that overlap or touch are one; a tick is one, too."""
    merged: list[Statement] = []
    for one in found:
        if merged and _together(view, merged[-1], one):
            last = merged[-1]
            merged[-1] = Statement(last.start, max(last.end, one.end), (*last.parts, *one.parts))
        else:
            merged.append(one)
    return _with_ticks(view, merged)


def _trimmed(view: str, one: Statement) -> Statement:
    text = view[one.start : one.end]
    return Statement(
        one.start + len(text) - len(text.lstrip(" \t\n>*#|-")),
        one.start + len(text.rstrip(" \t\n,;:|")),
        one.parts,
    )


def _together(view: str, one: Statement, other: Statement) -> bool:
    """Overlapping, or with nothing but spaces, brackets, ticks and colons between them on one line."""
    if other.start < one.end:
        return True
    between = view[one.end : other.start]
    return re.fullmatch(r"[ \t:()|✅✔✓=>–—-]*(?:that )?", between) is not None


def _with_ticks(view: str, found: list[Statement]) -> list[Statement]:
    """A tick states something, too: what stands on its line, unless a statement there is marked anyway."""
    result = list(found)
    for item in _ticked(view):
        if not any(s.start < item[1] and item[0] < s.end for s in result):
            result.append(Statement(*_tight(view, *item), (("tick", view[item[0] : item[1]]),)))
    for box in BOX.finditer(view):
        if not any(s.start < box.end() and box.start() < s.end for s in result):
            result.append(Statement(box.start(), box.end(), (("tick", box[0]),)))
    return sorted(result, key=lambda s: s.start)


def _ticked(view: str) -> Iterator[tuple[int, int]]:
    """What each tick stands with: the words before it where the line ends with a tick, else those after it."""
    at = 0
    for line in view.splitlines(keepends=True):
        ticks = [(at + m.start(), at + m.end()) for m in TICK.finditer(line)]
        end = at + len(line.rstrip("\n"))
        if ticks and view[ticks[-1][1] : end].strip(" |.,\t") == "" and view[at : ticks[0][0]].strip(" |>*-\t"):
            yield from zip([at, *(b for _, b in ticks)], [b for _, b in ticks], strict=False)
        elif ticks:
            yield from zip([a for a, _ in ticks], [*(a for a, _ in ticks[1:]), end], strict=True)
        at += len(line)


def _tight(view: str, start: int, end: int) -> tuple[int, int]:
    text = view[start:end]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip(" \t\n|"))
