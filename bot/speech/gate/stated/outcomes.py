"""Statements of results by what meets in one clause: what was run or measured, and a word for how it came out.

The patterns of `stated` know set phrases; these know kinds of words, in either order, and what tools
print. Both are broad on purpose.
"""

from bot.speech.gate.numbers import NUM
from bot.speech.gate.stated.vocabulary import CHECKS, METRIC, TESTS, TOOL, UNIT

_RUN = (
    rf"(?:{TESTS}|{CHECKS}|test_\w+|\w+_test|[\w/-]+\.(?:test|spec)\.\w+|\S+::\w+|check run|validation|verification|"
    r"qa|fuzz(?:ing|er)|testing|repro(?:duction)?(?: script)?|(?:make(?! (?:sure|certain|it|the|an?|this|that|them|"
    r"all|use|my|our|your)\b)|npm|yarn|pnpm|cargo|go|mvn|gradle|tox|nox|just|"
    r"bazel|dotnet|bundle exec|python)\s+(?:-m\s+)?(?:run\s+)?[\w:./-]+|migrations?|pip install|install(?:ation|er)|"
    r"(?:this|that|your|the) (?:script|command|example|snippet)(?: \w+){0,3}?)"
)
# A test that something is unchanged says what it looks at, not how it came out.
_ON = (
    r"(?:\s+(?!(?:that|which|whether|if|when|to|and|or|but|so|while|checks? (?:that|whether|if|for|the|how)|covers?|"
    r"asserts?|compares?|expects?|should|must|will|not|an?|count|number)\b)[\w'/%.()-]+){0,5}?"
)
_LINK = (
    r"\s*(?:[:=|]|\b(?:is|are|was|were|be|been|remains?|remained|stays?|stayed|keeps?|kept|looks?|looked|comes?|came|"
    r"reports?|reported|finds?|found|shows?|showed|gives?|gave|yields?|yielded|returns?|returned|ends?|ended|sees?|saw|"
    r"has|have|had|done|runs?|ran|prints?|printed)\b)(?:\s+(?:now|still|all|both|again|back|up|out|with|at|in|as|"
    r"completely|entirely|fully|also|once more|likewise)\b)*"
)
_WELL = (
    r"(?:unbroken|undamaged|unharmed|intact|no (?:more |new |other |further )?(?:changes?|problems?|issues?|fail\w+|"
    r"errors?|counter-?examples?|complaints?|surprises?|differences?|diff|crash\w*)|nothing|a? ?clean(?:ly)?|"
    r"flawless(?:ly)?|(?:a )?success(?:ful|fully)?|pass(?:ed|ing|es)?|ok(?:ay)?|good|fine|green|healthy|stable|solid|"
    r"sound|in order|happy|satisfied|accepted|identical|as (?:before|expected|intended)|without (?:a |any )?(?:hitch|"
    r"problems?|issues?|fail\w+|errors?|warnings?|complaints?)|(?:with )?(?:code |status |exit code )?(?:0|"
    r"zero)(?![\w.%]))(?! (?:to|for|at|with|about|of)\b)"
)
_SAME = r"(?:do|does|did)(?:n't| not) (?:flinch|complain|fail|budge|mind|crash|break|flake|object)"
_SPARED = rf"(?:{_SAME}|(?:has |have )?never (?:failed|flaked|broken?|crashed)|hold(?:s)?(?: up)?|accepts?|agrees?|"
_SPARED += r"works?(?: again| now| fine| here| in a clean| on (?:linux|macos|windows|python))|behaves?|passes again)"
_END = r"(?=\s*(?:[.,;:!)|]|$|\b(?:now|again|here|locally|too|as well|and|with|on|for|without|cleanly|fine)\b))"

_SHARE = (
    rf"(?:{NUM}\s?(?:%|percent(?!age)|per cent|x\b|×|(?:percentage )?points?\b|{UNIT}\b|times\b|-?fold\b)|(?:an?|one|"
    r"two|three|four|nine) (?:half|thirds?|quarters?|fifths?|tenths?)|half|(?:an?|one|two|three) orders? of magnitude)"
)
_MEASURE = (
    rf"(?:{METRIC}|(?:\w+ )?memory|ram|allocations?|overhead|penalty|throughput|latenc(?:y|ies)|run-?times?|run time|"
    r"durations?|cpu(?: time| usage| load)?|costs?|(?:database )?quer(?:y|ies)|round-?trips?|(?:bundle|binary|image) "
    r"size|cycles|instructions|start-?up(?: time)?|footprint|cache misses|pauses?|speed|performance|coverage|(?:build|"
    r"test|compile|load|boot) times?)"
)
_MOVES = (
    r"(?:(?:go(?:es|ne)?|went|is|are|was|were|come(?:s)?|came)(?: \w+)? (?:up|down)|rises?|rose|risen|falls?|fell|"
    r"fallen|drops?|dropped|cuts?|saves?|saved|shaves?|shaved|reduces?|reduced|lower(?:s|ed)|shrinks?|shrank|shrunk|"
    r"grows?|grew|climbs?|climbed|jumps?|jumped|increases?|increased|decreases?|decreased|improves?|improved|gains?|"
    r"gained|loses?|lost|sinks?|sank|trims?|trimmed|slash(?:es|ed)?|halves|halved|went|moved|changed)(?!\w)"
)
_IN = r"(?:\s+[\w'-]+){0,5}?\s+"


def _p(*parts: str) -> str:
    return "|".join(rf"(?:{part})" for part in parts)


OUTCOMES: tuple[tuple[str, str], ...] = (
    (
        "count",
        _p(
            r"(?<![\w./-])(?<!part )(?<!chapter )(?<!step )(?<!page )(?<!section )(?<!phase )(?P<same>\d+|"
            r"\w+-\w+)\s*(?:/|of|out of)\s*(?P=same)(?![\w/-]|\.\d)(?!\s+(?!tests?|pass|ok|green|specs?|cases|checks|"
            r"runs|are|were|now|succe)[a-z])",
            rf"(?<![\w.$])(?!20\d\b)(?:{NUM})\s(?:ok|good|green|fine)(?=[\s,;.)]|$)",
            rf"\({NUM} {TESTS}\)|\bok \({NUM} {TESTS}|\b(?:success(?:es)?|passes)\s*[:=]\s*{NUM}",
            rf"\b{NUM}\s?[✅✔✓](?:\ufe0f?[ ,/·|]+{NUM}\s?[⏭⏩✘✗❌])+",
        ),
    ),
    (
        "suite",
        _p(
            rf"\b{_RUN}{_ON}{_LINK}\s*{_WELL}(?!\w)",
            rf"\b{_RUN}{_ON}\s+(?:exit(?:s|ed)?|end(?:s|ed)?|returned|returns)\s+(?:with )?(?:code |status )?(?:0|"
            rf"zero)\b",
            r"\b(?:it|they|these|those|both|each) (?:now |all |both |still |also )?(?:pass(?:es|ed)?|succeed(?:s|ed)?)"
            rf"{_END}",
            r"\b(?:the |this )(?:project|package|crate|module|code|image|container|wheel|docs|documentation|site|app) "
            r"(?:now |still |again )?(?:compiles|builds|lints|installs|links|starts)\b(?=\s*(?:[.,;!)]|$))",
            rf"\b(?:{TESTS}|ci|lint|types|coverage|benchmarks?)\b[^.!?\n]{{0,40}}\?\s+(?:yes|all|every|green|passing|"
            rf"passed|"
            r"fine|ok|done|sure|they (?:do|are)|it (?:does|is))\b[^.!?\n]{0,40}",
            r"\bclean bill of health\b|\b(?:got|gets|gives?|gave)(?: \w+)? (?:an? )?(?:green light|thumbs[- ]up|all[- "
            r"]clear)\b",
            r"\b(?:red|fail(?:s|ed|ing)?) (?:without|before|on (?:main|master|base|the old \w+)|at "
            r"base)\b[^.;\n]{0,30}?\b(?:green|pass(?:es|ed|ing)?)\b",
            r"\b(?-i:PASSED|BUILD SUCCESS(?:FUL)?)\b|---\s(?-i:PASS)\b[^\n]*|\[\s?100\s?%\]|\bno issues found\b[^\n]*|"
            r"(?m:^[ \t>$#+-]*(?-i:PASS)\s+\S+[./]\S*[^\n]*$)|(?m:^[ \t>$#+-]*ok\s+\S+[/.]\S+\s+(?:[\d.]+s|"
            r"\(cached\))[^\n]*$)|(?m:^[ \t>$#+-]*ok \d+ - [^\n]*$)|\bok \(\d+ tests?\)",
        ),
    ),
    (
        "lint",
        _p(
            rf"\b{TOOL}{_ON}(?:{_LINK})\s*{_WELL}(?!\w)",
            r"\btypes? check(?:s|ed)?\b(?! (?:that|whether|the|if|for|br\w+|fail\w*|f[io]\w+nds?|show\w*|report\w*)\b)",
        ),
    ),
    (
        "coverage",
        _p(
            rf"\bcover(?:s|ed)?\b[^.;\n]{{0,30}}?{NUM} (?:of|out of) (?:every )?{NUM}",
            r"\b(?:un(?:tested|covered)|missed|missing) (?:lines|branches|code|statements)\s*[:=]\s*(?:none|no|0|"
            r"zero)\b",
            rf"\bcoverage\s*[:=]?\s*{NUM}\s?%\s*(?:→|->|=>)\s*{NUM}\s?%",
            rf"\bcoverage\b[^.;\n]{{0,25}}?{NUM}\s?%[^.;\n]{{0,4}}(?:now|up from|down from|then|"
            rf"after)\b[^.;\n]{{0,12}}?{NUM}\s?%",
            r"\b(?:new|changed|added|touched) (?:lines?|code|branches|paths) (?:is|are) (?:now |all |\w+ly "
            r")*(?:covered|tested|exercised)\b",
            r"(?m:^[ \t|]*(?:total|all files)\b[^\n]*\d\s?%)",
            r"(?:\b(?:test|line|branch|code|statement) )?\bcoverage (?:is |stays? |stayed |remains? |remained )(?:\w+ "
            r")?(?:the same|unchanged|stable|flat|where it was|unaffected|high|complete)",
            rf"(?:\b(?:test|line|branch|code|statement) "
            rf")?\bcoverage\b(?:\s+\w+){{0,2}}?\s+{_MOVES}(?:{_IN}{_SHARE})?(?:\s+to\s+{NUM}\s?(?:%|percent))?",
        ),
    ),
    (
        "speed",
        _p(
            rf"\b{_MEASURE}(?:\s+[\w'-]+){{0,4}}?\s+{_MOVES}(?:{_IN}|\s+){_SHARE}",
            rf"\b{_MOVES}{_IN}{_MEASURE}(?:\s+[\w'-]+){{0,3}}?\s+(?:by|to)\s+(?:[\w~]+ ){{0,2}}?{_SHARE}",
            rf"\b{_MEASURE}(?:\s+[\w'-]+){{0,4}}?\s+(?:{_MOVES}\s+)?from\s+(?:\w+ )?{NUM}\s+(?:\w+ )?to\s+{NUM}\b",
            rf"\|\s*{NUM}\s?{UNIT}\s*\|\s*{NUM}\s?{UNIT}\s*(?=\||$)",
            rf"{NUM}\s?{UNIT}\s+(?:less|fewer|smaller|lighter)\b(?: \w+)?",
            r"\b(?:half|an? (?:third|quarter|fifth|tenth)|(?:two|three) (?:thirds|quarters)) (?:of )?the (?:memory|"
            r"time|cpu|space|work|allocations|run-?time)\b(?! of\b)",
            rf"\bbenchmark\w*\b[^.;\n]{{0,20}}?{NUM}\s?(?:x\b|×|%)",
            rf"\b(?:time|change):\s*\[[^\]\n]*\]|{NUM}\s*(?:ns|µs|us|ms|s)/(?:op|iter)\w*",
        ),
    ),
    (
        "verified",
        _p(
            r"\b(?:fail\w*|red)\s*(?:→|->|=>)\s*(?:pass\w*|green|ok)\b",
            r"\b\w+ed,? and (?:\w+ly )?(?:tested|verified|validated)\b(?=\s*(?:[.,;!]|$))|\bmanual (?:verification|"
            r"check|testing|test)\s*:|(?:^|(?<=[.!?:;\n*-] ))(?:checked|made sure|ensured) (?:that|against|with)\b",
            r"\b(?:outputs?|results?|values?)\b[^.;,\n]{0,20}?\bmatch(?:es|ed)? (?:with )?(?:the )?(?:expected|golden|"
            r"reference|base|old|previous|original)\b|\b(?:it|that|this) is (?:for me|here|locally|on my "
            r"\w+)(?=\s*[.,;!]|$)",
        ),
    ),
    (
        "ran",
        _p(
            rf"\b{TESTS} ran\b(?! (?:into|out|by|with)\b)",
        ),
    ),
)
