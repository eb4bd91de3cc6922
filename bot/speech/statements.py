"""Finding result-like statements in free words: that tests pass, how many, how fast, how covered, that all is verified.

Broad on purpose: what is found here is not condemned, only compared with the ledger (`bot.speech.gate`). What the words
merely wish, ask, plan, deny or quote is left out by `bot.speech.moods`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from bot.speech.numbers import NUM

_GAP = r"(?:\s+[\w'’/%.×-]*\w\)?){0,5}?"
_NO = (
    r"(?:no|zero|0|without(?: any| a single)?|not (?:a single|one|any)|free of|never an?y?|none of (?:the|them|these))"
)

_KIND = (
    r"(?:unit|integration|regression|existing|new|old|other|added|e2e|end-to-end|acceptance|smoke|relevant|affected|"
    r"remaining|failing|full|whole|entire|complete|original|base|test|project|python|js|backend|frontend)"
)
TESTS = (
    rf"(?:(?:{_KIND})\s+){{0,3}}(?:tests?|test[ -]?cases?|specs?|test[ -]?suites?|suites?|assertions|test runs?|"
    r"doctests?|testsuite)"
)
_CHECKS = r"(?:all|the|every|ci|status|required|our|these|those|remaining|other|quality)\s+(?:\w+\s+)?checks?"
_RUNNER = (
    r"(?:pytest|unittest|jest|vitest|mocha|tox|nox|rspec|go test(?: \./\.\.\.)?|cargo test|"
    r"npm (?:run )?test|make (?:test|check)|ci|"
    r"continuous integration|pipelines?|build|workflows?|github actions)"
)
# Tests pass; that a test passes something to something is no result.
_GOOD = (
    r"(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed|ing)?|ok(?:ay)?|clean(?:ly)?|successful(?:ly)?|happy|fine|"
    r"g(?:o|oes|one) through|went through|complete[sd]? without|finish(?:es|ed)? without|✅|✔|✓)"
    r"(?!\s+(?:an?|its?|their|none|true|false|this|that|these|(?:the|in|on|along)\s+(?!first|whole|ci\b|all\b|every|"
    r"both|python|linux|head|main|under)[\w]+\s+(?:to|into|on|from|as|through|value|argument|string|"
    r"flag|path))\b)(?!\w)"
)
_SEP = r"\s*(?:[:|=–—-]+|\.{2,})\s*"
_ALL = (
    r"(?:everything|the whole (?:thing|lot)|all of them|they all|it all|all|both|every (?:single )?one|each one|"
    r"the lot|these all)"
)

_SPEED = (
    r"(?:faster|quicker|speedier|as fast|as quick|the speed|the throughput|speed-?up|improvement|better|performance)"
)
_LESS = r"(?:slower|less|lower|fewer|smaller|shorter|cheaper|lighter|higher|more|reduction|drop|decrease|increase|gain)"
_TIME = r"(?:ns|µs|us|ms|s|secs?|seconds?|milliseconds?|microseconds?|minutes?|min)"
_UNIT = (
    rf"(?:{_TIME}|[kmg]i?b|(?:kilo|mega|giga)bytes?|(?:ops|req|requests?|operations?|rows|items|messages)"
    r"(?:/s|/sec(?:ond)?| per second| a second)|rps|qps)"
)
_METRIC = (
    r"(?:p\d{2,3}|(?:the )?(?:median|mean|average|latency|run-?time|response times?|throughput|wall[- ]time|benchmark|"
    r"execution time|elapsed time|cold start|start-?up time|memory(?: usage| use| footprint)?|rss))"
)
_TOOL = (
    r"(?:ruff|flake8|pylint|eslint|mypy|pyright|tsc|clippy|black|prettier|isort|gofmt|golangci-lint|rubocop|biome|"
    r"(?:the )?lint(?:er|ers|ing|s)?|type[- ]?check(?:s|er|ing)?|types|static analysis|(?:the )?format(?:ter|ting)?|"
    r"(?:the )?(?:build|compilation|compiler)|(?:style|static|quality) checks?)"
)
_FAULTS = r"(?:errors?|warnings?|issues?|problems?|findings?|violations?|complaints?|offen[cs]es?)"
_SURE = r"(?:verified|validated|confirmed|proven|proved|double-checked|tested|benchmarked|measured|cross-checked)"


def _p(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{part})" for part in parts), re.IGNORECASE)


PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "mutation",
        _p(
            rf"\bmutation (?:score|coverage)\b{_GAP}\s*{NUM}\s?(?:%|percent)",
            rf"\b(?:all|every|{NUM})(?: of the)? mutants?\b{_GAP}\s+(?:killed|caught|detected)",
            r"\bno (?:surviving mutants?|mutants? surviv\w+)",
        ),
    ),
    (
        "coverage",
        _p(
            rf"\bcoverage\b(?:\s*[:=|]\s*|{_GAP}\s*){NUM}\s?(?:%|percent|per cent)(?:\s+to\s+{NUM}\s?(?:%|percent))?",
            rf"\b{NUM}\s?(?:%|percent|per cent)(?:\s+(?!faster|slower|less|lower)[\w-]+){{0,5}}?\s+"
            r"(?:coverage|covered|exercised)\b",
            rf"\bcover(?:s|ed|ing)?\s+(?:\w+\s+){{0,2}}{NUM}\s?(?:%|percent)(?:\s+of(?:\s+\w+){{1,3}})?",
            r"\b(?:full|complete|total|perfect)\s+(?:\w+\s+)?coverage\b|\bfully covered\b",
            r"\b(?:every|each|all)(?: \w+){0,3}? (?:lines?|branch(?:es)?|code|paths?|statements?)(?: \w+){0,2}? "
            r"(?:is|are) (?:now )?(?:covered|exercised|hit)",
            rf"\b(?:raised?|lifts?|lifted|brings?|brought|increased?s?|pushe[sd]) (?:\w+ ){{0,3}}coverage\b{_GAP}\s+"
            rf"{NUM}\s?(?:%|percent)",
        ),
    ),
    (
        "count",
        _p(
            rf"\b{NUM}\s*(?:/|of(?: the)?|out of(?: the)?)\s*{NUM}(?:\s+{TESTS})?{_GAP}(?:{_SEP}|\s+)?{_GOOD}",
            rf"\b(?:ran|executed|re-?ran|ran all)\s+(?:all\s+|the\s+|our\s+)?{NUM}\s+{TESTS}"
            rf"(?:\s+in\s+{NUM}\s?{_TIME}\b)?",
            rf"\b(?:all\s+|the\s+){{0,3}}{NUM}\s+{TESTS}{_GAP}\s+(?:ran|(?:were|was|have been) (?:run|executed))",
            rf"\b(?:all\s+(?:of\s+the\s+)?)?(?:{NUM}|both)(?:\s+[\w-]+){{0,3}}?\s+{TESTS}(?:{_SEP}|{_GAP}\s+)"
            rf"(?:{_GOOD}|fail(?:s|ed|ing)?\b|run\b|skipped)(?:[\s,;/&]+(?:and\s+|with\s+)?(?:{NUM}|no|none|0)"
            r"\s+(?:\w+\s+)?(?:pass(?:ed|es|ing)?|fail(?:ed|s|ures?|ing)?|errors?|errored|skipped|skips?|xfailed|"
            r"warnings?)\b)*",
            rf"\ball(?: of the)? {NUM}(?: of them)?(?: now| still)? (?:pass|succeed|go through|are green)\b",
            rf"\b{TESTS}\s*[:=|]\s*{NUM}\s*/\s*{NUM}",
            rf"(?:#\s*)?\b(?:tests?\s*:\s*)?{NUM}\s+{TESTS}\s*[,;:(–—-]+\s*(?:with\s+)?(?:{NUM}|no|none|0)\s+"
            r"(?:fail(?:ed|ures?|ing)?|errors?|passed|skipped|problems)\b(?:[\s,;/&]+(?:and\s+)?"
            rf"(?:{NUM}|no)\s+(?:passed|failed|failures?|errors?|skipped)\b)*",
            rf"(?<![\w.-])(?:{NUM})(?:\s+(?:have|has|are|were|now|all|still|of them)){{0,4}}\s*(?:passed|passing|"
            rf"failed|failing|green|succeeded|✅|✓)(?!\w)(?:[\s,;/&]+(?:and\s+|with\s+)?(?:{NUM}|no|none|0)\s+(?:\w+\s+)?"
            r"(?:passed|failed|failures?|errors?|errored|skipped|xfailed|warnings?)\b)*"
            rf"(?:\s+in\s+{NUM}\s?{_TIME}\b)?",
            rf"\b(?:pass(?:ed|es|ing)?|fail(?:ed|ures)|succeeded|errors)\s*[:=]\s*{NUM}\b"
            rf"(?:[\s,;/]+(?:passed|failed|failures|errors|skipped|total)\s*[:=]\s*{NUM}\b)*",
            rf"#\s*(?:pass|fail|tests)\s+{NUM}\b",
            rf"\bpass rate\b{_GAP}(?:{_SEP}|\s+){NUM}\s?(?:%|percent)",
            rf"\b{NUM}\s?(?:%|percent)(?: of)?(?: \w+){{0,3}}? {TESTS}{_GAP}\s+{_GOOD}",
            rf"\b{NUM}\s?(?:%|percent) (?:pass(?:ing)?|success)(?: rate)?\b",
        ),
    ),
    (
        "regression",
        _p(
            rf"\b{_NO}\s+(?:[\w-]+\s+){{0,2}}?regress(?:ions?|ed|es)?\b|\bregression-free\b|\bregressions?\s*[:=]\s*"
            r"(?:none|no|0|zero)\b",
            r"\b(?:nothing|no one|none)(?: \w+){0,3}? (?:broke|breaks|broken|regress\w*)\b",
            r"\b(?:does|do|did|has|have|is|was)(?:n't| not) (?:\w+ )?(?:br[eo]ak|broken?|regress|"
            r"breaking)\w*(?: any\w*|"
            r" existing| other| the| old| a| \w+ing)?(?: \w+){0,2}",
            r"\bwithout (?:breaking|regressing)\b(?: \w+){0,3}",
            r"\b(?:breaks|broke|regressed) nothing\b|\bno break(?:age|s)\b|\bnot break(?:ing)? any\w*",
            r"\bno (?:existing|other|old|previous)(?: \w+){1,3} (?:broke|breaks|broken|changed|"
            r"affected|fails?|failed)",
            r"\b(?:not|never|n't)(?: \w+)? (?:introduce|cause|create|see|find|observe|notice)\w*(?: \w+){0,2}? "
            r"(?:regressions?|failures?|breakage|breaks|slow-?downs?|problems)\b",
            r"\bexisting (?:behaviou?r|functionality|features?|code)(?: \w+){0,3}? (?:unaffected|"
            r"intact|unchanged|works?"
            r"|preserved)\b",
        ),
    ),
    (
        "speed",
        _p(
            rf"\b{NUM}\s?(?:x|×|times|-?\s?fold)\s+(?:as\s+|the\s+|an?\s+)?(?:{_SPEED}|{_LESS})(?:\s+(?:than|as)\b)?",
            rf"\b{NUM}\s?(?:x|×|-?\s?fold)(?:\s+\w+)?\s+(?:{_SPEED}|{_LESS})",
            rf"\bspeed-?up\b(?:{_SEP}|{_GAP}\s+){NUM}\s?(?:x|×|times|-?fold|%|percent)?(?!\w)",
            rf"\b(?:{_SPEED}|slower|lower|smaller)\s+by\s+(?:\w+\s+){{0,2}}(?:a factor of\s+)?{NUM}\s?"
            rf"(?:x|×|times|%|percent|{_TIME}\b)?",
            rf"\b(?:by )?a factor of (?:about |roughly )?{NUM}(?: {_SPEED}| {_LESS})?\b",
            rf"\b(?:\w+ and a half|several|many|a few|countless) times (?:as )?{_SPEED}",
            r"\b(?:twice|thrice|double|triple) (?:as (?:fast|quick)|the (?:speed|throughput|performance))",
            r"\b(?:half|a third of|a quarter of|a fraction of) (?:the|its|as much|of the) (?:\w+ )?(?:run-?time|time|"
            r"latency|memory|duration|cost)",
            r"\b(?:halv(?:es|ed|ing)|doubl(?:es|ed|ing)|tripl(?:es|ed|ing)|quarter(?:s|ed)) (?:the |its |our |\w+ )?"
            r"(?:\w+ )?(?:run-?time|time|latency|throughput|speed|memory|performance)",
            r"\b(?:an?|two|three|several) orders? of magnitude (?:faster|quicker|better|speed-?up|lower|less|smaller)",
            rf"\b{NUM}\s?(?:%|percent|per cent)\s+(?:\w+\s+)?(?:{_SPEED}|{_LESS})(?:\s+(?:in|"
            rf"of)\s+(?:\w+\s*){{1,2}})?",
            r"\b(?:cut|cuts|reduc\w+|dropp?\w*|decreas\w+|improv\w+|increas\w+|lower(?:s|ed)|shr(?:ank|inks?|unk)|"
            r"shorten\w*|sped up|speeds up|rose|rises|fell|falls|went (?:down|up)|(?:is|are) (?:down|up)|sav(?:es|ed)|"
            rf"shav(?:es|ed)|gain(?:s|ed))(?:\s+[\w'-]+){{0,5}}?\s+(?:by\s+)?(?:\w+\s+)?{NUM}\s?(?:%|percent|x\b|×)",
            rf"\bfrom\s+(?:\w+\s+)?{NUM}\s?{_UNIT}?\s*(?:down\s+|up\s+)?(?:to|→|->)\s*(?:\w+\s+)?{NUM}\s?{_UNIT}\b",
            rf"{NUM}\s?{_UNIT}\s*(?:→|->|=>|vs\.?|versus|instead of|rather than)\s*{NUM}\s?{_UNIT}\b",
            rf"\b{_METRIC}(?:\s+[\w-]+){{0,4}}?\s*(?:\bis\b|\bare\b|\bwas\b|\bat\b|\bof\b|\bto\b|[:=]|"
            rf"\bnow\b|\bbelow\b|"
            rf"\bunder\b|\breaches\b|\|)\s*(?:now\s+|only\s+|about\s+|around\s+|roughly\s+|just\s+|"
            rf"~\s*|well\s+|below\s+|"
            rf"under\s+|down to\s+|at\s+)*{NUM}\s?{_UNIT}(?![\w])",
            rf"\b(?:takes|took|runs? in|ran in|finish(?:es|ed) in|complet(?:es|ed) in|returns in|"
            rf"parses? in|needs only|"
            rf"down to|drops? to|dropped to|clocks? in at)\s+(?:now\s+|only\s+|about\s+|around\s+|roughly\s+|just\s+|"
            rf"under\s+|~\s*)*{NUM}\s?{_UNIT}(?![\w])",
            rf"\b{NUM}\s?{_TIME}\s+(?:p\d\d\d?|median|mean|average|on average|per (?:call|run|"
            rf"iteration|image|request))\b",
            rf"\b{NUM}\s?{_TIME}\s+(?:faster|quicker|less|shorter|slower)",
            r"\b(?:much|far|significantly|noticeably|measurably|considerably|substantially|dramatically|way|clearly|"
            r"slightly|even|now|runs?|ran|it's|got|becomes?|became|made it|markedly|demonstrably|a lot) "
            r"(?:faster|quicker|more efficient|speedier)",
            r"\b(?:is|are) (?:faster|quicker|more efficient)\b(?! than an?\b)",
            r"\bno (?:measurable |noticeable )?(?:performance|speed|latency|memory)?\s?(?:loss|impact|"
            r"penalty|degradation|"
            r"overhead|slow-?downs?)\b(?! of\b)",
            r"\bperformance (?:is |stays |remains |was |has )(?:now )?(?:unchanged|unaffected|"
            r"the same|better|improved|"
            r"identical|up|stable)|\b(?:improves?|improved|boosts?|boosted) (?:the )?performance\b|"
            r"\bbetter performance\b",
            r"\b(?:just|exactly|at least) as fast\b|\b(?:is|are|isn't|not|no) (?:any )?slower\b",
            r"\bbenchmarks?(?: \w+){0,3}? (?:show|prove|confirm|improv|demonstrat|are (?:better|good|green)|look)\w*",
        ),
    ),
    (
        "lint",
        _p(
            rf"\b{_TOOL}(?:{_SEP}|{_GAP}\s+)(?:{_GOOD}|silent|quiet|satisfied|nothing|{_NO}\s+(?:new\s+)?(?:\w+\s+)?"
            rf"{_FAULTS}|checks? out)",
            rf"\b{_NO}\s+(?:new\s+|remaining\s+|more\s+)?(?:lint|type|ruff|mypy|eslint|flake8|pylint|clippy|compiler|"
            rf"compile|compilation|build|style|typing|syntax|formatting)(?:ing|er|-checker)?[ -]?{_FAULTS}",
            rf"\b{_NO}\s+(?:new\s+)?(?:warnings?|violations?)\b",
            rf"\b(?:0|zero|no|without(?: any)?)\s+{_FAULTS}\s+(?:from|by|in|with|reported by)\s+{_TOOL}",
            r"\blint-free\b|\blints? clean\w*|\b(?:type-?checks|typechecks)\b(?: \w+ly)?",
            r"\b(?:compiles|compiled|builds|built) (?:clean\w*|fine|successfully|without|with no|ok)(?: \w+){0,2}",
            rf"\b(?:passes|passed|satisf(?:ies|ied)) (?:the )?{_TOOL}\b",
            r"\bbuild success(?:ful)?\b|\b(?:successful|clean|green) build\b|\bit (?:compiles|builds|lints)\b",
        ),
    ),
    (
        "suite",
        _p(
            rf"\b(?:(?:all|every|each|the|both|our|whole|entire|any)\s+(?:of\s+(?:the|our|your)\s+)?){{0,3}}"
            rf"(?:{TESTS}|{_CHECKS}|{_RUNNER})(?:{_SEP}|{_GAP}\s+){_GOOD}(?:\s+(?:errors?|failures?|problems?))?",
            rf"\b{_ALL}{_GAP}\s+(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|good|ok)\b(?!\s+(?:an?|the|to|in)\b)",
            r"\beverything(?: \w+){0,3}? (?:works?|worked|fine|good|okay?|clean)\b|\ball (?:good|fine|"
            r"set|clear|green)\b",
            r"\b(?:green|clean|successful|flawless) (?:test )?(?:suite|runs?|ci|pipeline|"
            r"test results?)\b|\ball-green\b|"
            r"\bgreen across the board\b|\bback to green\b|\b(?:is|are|went|turn(?:s|ed)|"
            r"stays?) (?:now )?(?:all )?green\b",
            rf"\b{_NO}\s+(?:\w+\s+){{0,2}}?(?:test\s+|suite\s+)?(?:fail(?:ures?|ed|ing)|red\b|broken)(?:\s+tests?)?\b",
            rf"\b(?:no|zero|none of the|not (?:a single|one))\s+(?:\w+\s+)?{TESTS}(?: \w+){{0,2}}? "
            r"(?:fail(?:s|ed|ing)?|broke|breaks|red|broken)\b",
            r"\b(?:nothing|none|no one)(?: \w+){0,2}? (?:fail(?:s|ed|ing)?|is red|was red)\b",
            r"\b(?:test )?failures?\s*[:=]\s*(?:none|no|0|zero)\b|\b0 errors\b|\b(?:with|reported|found) no errors\b|"
            r"\bwithout (?:any )?(?:errors|failures|problems)\b",
            rf"\b(?:pass(?:es|ed|ing)?|survive[sd]?|clear(?:s|ed)|satisf(?:ies|ied)|made it through) "
            rf"(?:all|every|each|the|its|your)(?: \w+){{0,3}}? (?:{TESTS}|checks?|ci)\b",
            rf"\b{TESTS} (?:is|are|were|was)(?: \w+)? (?:fixed|repaired|healthy|in order)\b",
            rf"\b(?:got|made|fixed|repaired|turned)(?: \w+){{0,3}}? {TESTS}(?: \w+)? (?:to )?(?:pass|green|work)\b",
            r"\bexit(?:s|ed)?(?: \w+)?(?: code| status)?(?: of| is| was|[:=])?\s*(?:with )?(?:code |"
            r"status )?(?:0|zero)\b",
            r"\breports? success\b|\b(?:shows?|showed|reports?|reported|found) no (?:failures|"
            r"problems|errors|issues)\b",
            r"\b(?:the|this|that|a|final|full) (?:\w+ )?run (?:is|was|came out|comes out) (?:clean|"
            r"green|successful)\b",
            r"\ball (?:the )?assertions hold\b|\bevery assertion holds\b",
            r"\btest result: ok\b|\b100\s?% (?:green|passing)\b|\bnot flaky\b|\bno flak(?:y tests|iness|es)\b",
        ),
    ),
    (
        "shows",
        _p(
            r"\b(?:evidence|tests?|test results?|measurements?|results?|numbers|profil(?:e|er|ing)) (?:\w+ )?"
            r"(?:shows?|prove[sd]?|confirm(?:s|ed)?|demonstrates?|verif(?:y|ies|ied))(?: that)?\b",
        ),
    ),
    (
        "ran",
        _p(
            r"\b(?:ran|re-?ran|executed|(?:have|has|'ve|had) (?:also |just |now |already )?(?:re-?run|"
            r"run|executed))\s+"
            rf"(?:(?:the|all|every|our|its|your|of|both|a)\s+){{0,3}}(?:\w+\s+){{0,3}}?(?:{TESTS}|checks|"
            rf"benchmarks?|linters?|"
            r"pytest|unittest|ci|mypy|ruff|jest)\b(?:\s+(?:locally|twice|again|myself|three times))?",
            rf"\b(?:{TESTS}|checks|benchmarks?)(?: \w+)? (?:was|were|has been|"
            rf"have been) (?:\w+ )?(?:run|executed|re-?run)\b",
        ),
    ),
    (
        "fixed",
        _p(
            r"\bno longer (?:fail(?:s|ing)?|crash(?:es|ing)?|reproduc\w+|occurs?|happens?|hangs?)\b|"
            r"\bcan(?:not|'t| no "
            r"longer) (?:be )?reproduced?\b",
            r"\b(?:bug|issue|problem|fault|regression|defect|crash)(?: \w+)? (?:is|has been|"
            r"was) (?:now |fully |completely )?"
            r"(?:gone|fixed|resolved|solved|eliminated)\b",
        ),
    ),
    (
        "verified",
        _p(
            r"\bverified\b",
            rf"\b(?:I|we|I've|we've|I have|we have|I also|has been|have been|been|fully|thoroughly|manually|locally|"
            rf"successfully|carefully|extensively|rigorously|well|battle|empirically)[ -](?:\w+ly |"
            rf"also |now |just |have )?"
            rf"{_SURE}\b",
            r"\b(?:I|we|I've|we've|I have) (?:\w+ly |also |double-?)?checked that\b",
            rf"(?:^|(?<=[.!?:;(\n*]))\s*(?:[-*+•]\s+)?{_SURE}\b(?! by)",
            r"\btested (?:and |locally|manually|on |with |against |it\b|this\b|by hand)",
            r"\b(?:proven|confirmed|guaranteed) (?:to |working|correct)\w*|\b(?:is|are) (?:now )?proven\b",
            r"\b(?:it|everything|this|that|all|(?:the|my) (?:fix|change|feature|code|implementation|"
            r"solution|patch|bot|"
            r"function)) (?:\w+ )?works?(?: now| again| fine)?(?=\s*(?:[.!,;)✅]|$))",
            r"\bworks? (?:exactly )?(?:as (?:expected|intended|advertised|designed|specified|required|requested)|"
            r"correctly|perfectly|flawlessly|properly|reliably|great|fine|end to end)\b",
            r"\bbehaves? (?:exactly )?as (?:expected|intended|specified|required)\b|\bconfirmed working\b",
        ),
    ),
    (
        "ready",
        _p(
            r"\b(?:safe|ready|good) (?:to (?:merge|ship|deploy|land|go)|for (?:merge|merging|production))\b",
            r"\bproduction-ready\b|\bbug-free\b|\b100\s?% correct\b",
            r"\ball (?:of )?(?:the |our )?(?:claims|acceptance criteria|criteria|requirements|success criteria)"
            r"(?: \w+){0,2}? (?:met|upheld|proven|satisfied|fulfilled|hold)\b",
            r"\bno (?:known )?(?:security (?:issues|problems|holes)|vulnerabilit\w+)\b",
        ),
    ),
    (
        "word",
        re.compile(
            r"(?m)^[\s>*#|-]*(?i:test )?(?i:status|results?|verdict|outcome)?\s*[:|"
            r"]?\s*(?:PASS(?:ED)?|OK|SUCCESS|BUILD SUCCESSFUL|"
            r"ALL GREEN|GREEN)\b[.! |]*$"
        ),
    ),
)
_TICK = r"(?:[✅✔☑🟢✓👍💚]\ufe0f?|:(?:white_check_mark|heavy_check_mark|green_circle|\+1|check):)"
TICK = re.compile(rf"{_TICK}(?:[ \t]*{_TICK})*")
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
    r"address(?:es)?|identit\w+|inputs?|payloads?|requests?|commits?|macs?|deliver\w+|logins?)\s+(?:\w+\s+)?"
    r"(?:is|are|was|were|gets?|be|being)\s+(?:\w+ )?verified\b",
    re.IGNORECASE,
)
"""What a program verifies by trade is no result."""


def statements(view: str) -> list[Statement]:
    """The result-like statements of a text, in order; those that overlap are one."""
    craft = [m.span() for m in _CRAFT.finditer(view)]
    found = [
        Statement(m.start(), m.end(), ((kind, m[0]),))
        for kind, p in PATTERNS
        for m in p.finditer(view)
        if m[0] and not (kind == "verified" and any(a <= m.start() < b for a, b in craft))
    ]
    found = [_trimmed(view, one) for one in found]
    merged: list[Statement] = []
    for one in sorted(found, key=lambda s: (s.start, -s.end)):
        if merged and _together(view, merged[-1], one):
            last = merged[-1]
            merged[-1] = Statement(last.start, max(last.end, one.end), (*last.parts, *one.parts))
        else:
            merged.append(one)
    return _with_ticks(view, merged)


def _trimmed(view: str, one: Statement) -> Statement:
    text = view[one.start : one.end]
    return Statement(
        one.start + len(text) - len(text.lstrip(" \t\n>*#|-")), one.start + len(text.rstrip(" \t\n,;:|")), one.parts
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
    for tick in TICK.finditer(view):
        start, end = view.rfind("\n", 0, tick.start()) + 1, view.find("\n", tick.end())
        end = len(view) if end < 0 else end
        nearby = sorted(t.start() for t in TICK.finditer(view, start, end))
        last = next((b for a, b in pairwise([*nearby, end]) if a == tick.start()), end)
        if view[tick.end() : last].strip(" |.,\t") == "":
            item = (start if nearby[0] == tick.start() else tick.start(), tick.end())
        else:
            item = (tick.start(), last)
        if not any(s.start < item[1] and item[0] < s.end for s in result):
            result.append(Statement(*_tight(view, *item), (("tick", view[item[0] : item[1]]),)))
    for box in BOX.finditer(view):
        if not any(s.start < box.end() and box.start() < s.end for s in result):
            result.append(Statement(box.start(), box.end(), (("tick", box[0]),)))
    return sorted(result, key=lambda s: s.start)


def _tight(view: str, start: int, end: int) -> tuple[int, int]:
    text = view[start:end]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip(" \t\n|"))
