"""Statements of results by what meets in one clause: what was run or measured, and a word for how it came out.

The patterns of `stated` know set phrases; these know kinds of words, in either order, and what tools
print. Both are broad on purpose.
"""

import re

from bot.speech.gate.numbers import NUM
from bot.speech.gate.stated.vocabulary import CHECKS, FAULTS, METRIC, NO, TESTS, TOOL, UNIT

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
    rf"(?:{NUM}\s?(?:%|percent|per cent|x\b|×|(?:percentage )?points?\b|{UNIT}\b|times\b|-?fold\b)|(?:an?|one|two|"
    rf"three|"
    r"four|nine) (?:half|thirds?|quarters?|fifths?|tenths?)|half|(?:an?|one|two|three) orders? of magnitude)"
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


def _p(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{part})" for part in parts), re.IGNORECASE)


OUTCOMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "count",
        _p(
            r"(?<![\w./-])(?<!part )(?<!chapter )(?<!step )(?<!page )(?<!section )(?<!phase )(?P<same>\d+|"
            r"\w+-\w+)\s*(?:/|of|out of)\s*(?P=same)(?![\w/-]|\.\d)(?!\s+(?!tests?|pass|ok|green|specs?|cases|checks|"
            r"runs|are|were|now|succe)[a-z])",
            rf"(?<![\w.$])(?!20\d\b)(?:{NUM})\s(?:ok|good|green|fine)(?=[\s,;.)]|$)",
            rf"\btests?(?: run| total)?\s*[:=]\s*{NUM}\b(?:[\s,;/]+\w+\s*[:=]\s*\d+)+",
            rf"(?<![\w-])(?<!in ){NUM}\s+passes\b(?:\s*[,;/&]\s*{NUM}\s+\w+)*(?=\s*(?:[.,;)]|$|and\b))",
            rf"\({NUM} {TESTS}\)|\bok \({NUM} {TESTS}|\b(?:success(?:es)?|passes)\s*[:=]\s*{NUM}",
            rf"\b{NUM}\s+pass\b\s*[/,;|&]\s*{NUM}\s+fail\w*(?:\s*[/,;|&]\s*{NUM}\s+skip\w*)?|\b\d+\s?P\b[ "
            rf",/]+\d+\s?F\b(?:[ ,/]+\d+\s?S\b)?",
            rf"(?:\b{NUM} )?\bexamples?,\s*{NUM} failures?",
        ),
    ),
    (
        "suite",
        _p(
            rf"\b{_RUN}{_ON}{_LINK}\s*{_WELL}(?!\w)",
            rf"\b{_RUN}{_ON}\s+{_SPARED}{_END}",
            rf"\b{_RUN}{_ON}\s+(?:exit(?:s|ed)?|end(?:s|ed)?|returned|returns)\s+(?:with )?(?:code |status )?(?:0|"
            rf"zero)\b",
            rf"\b(?:test_\w+|\w+_test|\S+::\w+|[\w/-]+\.(?:test|spec)\.\w+){_ON}\s+(?:pass(?:es|ed|ing)?|"
            rf"succe\w+){_END}",
            r"\b(?:it|they|these|those|both|each) (?:now |all |both |still |also )?(?:pass(?:es|ed)?|succeed(?:s|ed)?)"
            rf"{_END}",
            r"\b(?:they|it|that|this|all) (?:did|does|do|is|are|was|were) (?:here|for me|locally|on my (?:machine|side|"
            r"box|laptop))\b",
            r"\b(?:same |final |end |overall )?(?:results?|outcome|verdict|status|conclusion)\s*(?::|=|\bis\b|"
            r"\bwas\b)\s*(?:an? )?(?:success\w*|pass(?:ed|es|ing)?|green|ok(?:ay)?|good|fine|clean|positive|"
            r"upheld)(?=\s*(?:[.!;:)|]|$))",
            r"\b(?:validation|verification|testing|qa|sanity checks?)(?: \w+)?\s*[:–—-]\s*(?:[\w ()]+,\s*)?(?:done|"
            rf"completed?|{_WELL})",
            rf"\b(?:{TESTS}|I|we)\b(?:\s+\w+){{0,3}}?\s+(?:run|ran|repeated|executed|looped)\s+(?:\w+ ){{0,2}}?{NUM} "
            r"(?:times|rounds|iterations)\b",
            r"\b(?:the |this )(?:project|package|crate|module|code|image|container|wheel|docs|documentation|site|app) "
            r"(?:now |still |again )?(?:compiles|builds|lints|installs|links|starts)\b(?=\s*(?:[.,;!)]|$))",
            r"\b(?:fixes|fixed|repairs|repaired|mends|mended) (?:(?:the|all|both|that|two|three|other) )*(?:failing|"
            r"broken|red|flaky) (?:\w+ )?(?:tests?|suite|build|ci|pipeline)\b",
            r"\bfrom (?:red|failing|broken) to (?:green|passing|working)\b",
            r"\b(?:every|each|all)(?: [\w-]+){0,2}? (?:cases?|rows?|inputs?|examples?|combinations?|variants?|"
            r"scenarios?)"
            rf"(?: \w+){{0,3}}? (?:pass(?:es|ed)?|succeed(?:s|ed)?|works?){_END}",
            r"\ball (?:of the )?[\w-]+ (?:are |were )?(?:successful|green|passing|passed|clean|ok)\b(?! (?:to|through|"
            r"on to)\b)",
            rf"\b(?:{TESTS}|ci|lint|types|coverage|benchmarks?)\b[^.!?\n]{{0,40}}\?\s+(?:yes|all|every|green|passing|passed|"
            r"fine|ok|done|sure|they (?:do|are)|it (?:does|is))\b[^.!?\n]{0,40}",
            r"\bclean bill of health\b|\b(?:got|gets|gives?|gave)(?: \w+)? (?:an? )?(?:green light|thumbs[- ]up|all[- "
            r"]clear)\b",
            rf"\b{NO}\s+(?:{FAULTS}|fail(?:ures?|ing)?|red)\b[^.;,\n]{{0,30}}?\b(?:from|by|in|on|with)\s+(?:\w+ "
            rf")?(?:{TOOL}|{TESTS})",
            r"\b(?:errors?|failures?|failed|failing|failure count|error count|regressions?|problems?|warnings?|"
            r"broken)\s*[:=|]\s*(?:none|no|0|zero|nil|nothing)(?![\w.])",
            r"\b(?:red|fails?|failing|failed)\b[^.;\n]{0,40}?\b(?:and|but|then|now)\b[^.;\n]{0,20}?\b(?:green|"
            r"pass(?:es|ed)?)\b[^.;\n]{0,12}?\b(?:with|after|here|on this branch|at head|now)\b",
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
            rf"\b{TOOL}{_ON}\s+(?:{_SPARED}|likes?|agrees?)\b",
            r"\btypes? check(?:s|ed)?\b(?! (?:that|whether|the|if|for)\b)",
            rf"\b(?:satisfies|pleases) (?:the )?{TOOL}\b",
        ),
    ),
    (
        "coverage",
        _p(
            r"(?:\b(?:test|line|branch|code|statement) )?\bcoverage (?:has|did|does|is|was)(?:n't| not) (?:\w+ "
            r")?(?:drop\w*|f[ae]ll\w*|chang\w*|decreas\w*|go(?:ne)? down|suffer\w*|lower\w*|reduced|affected)",
            rf"\bcover(?:s|ed)?\b[^.;\n]{{0,30}}?{NUM} (?:of|out of) (?:every )?{NUM}",
            r"\bcoverage\b(?: of(?: \w+){1,3})? (?:is|stays|remains) (?:now )?(?:complete|full|total|perfect|high|"
            r"excellent)\b",
            r"\b(?:un(?:tested|covered)|missed|missing) (?:lines|branches|code|statements)\s*[:=]\s*(?:none|no|0|"
            r"zero)\b",
            rf"\b(?:lcov|nyc|istanbul|coverage\.py|c8|tarpaulin|jacoco|gcov)\b[^.;\n]{{0,30}}?{NUM}\s?(?:%|percent)",
            rf"\bcoverage\s*[:=]?\s*{NUM}\s?%\s*(?:→|->|=>)\s*{NUM}\s?%",
            rf"\bcoverage\b[^.;\n]{{0,25}}?{NUM}\s?%[^.;\n]{{0,4}}(?:now|up from|down from|then|"
            rf"after)\b[^.;\n]{{0,12}}?{NUM}\s?%",
            rf"\bcoverage (?:of|for|in) [\w./ -]{{1,40}}?\s*[:=]\s*{NUM}\s?%",
            r"\b(?:new|changed|added|touched) (?:lines?|code|branches|paths) (?:is|are) (?:now |all |\w+ly "
            r")*(?:covered|tested|exercised)\b",
            r"(?m:^\S+\.\w{1,4}\s+\d+\s+\d+(?:\s+\d+)*\s+\d+\s?%)",
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
            rf"\b(?:overhead|penalty|slow-?down|difference|cost|deviation)(?:\s+\w+){{0,3}}?\s+(?:is|are|was|stays?|"
            rf"remains?)(?:\s+\w+){{0,2}}?\s+(?:below|under|less than|within|only|about|around|at most|negligible|nil|"
            rf"zero)(?:\s+{_SHARE})?",
            rf"{NUM}\s?{UNIT}\s+(?:before|previously|earlier|on (?:main|master|base)|at base|"
            rf"originally)\b[^\n]{{0,20}}?{NUM}\s?{UNIT}(?:\s+(?:after|now|afterwards|here|at head|on this branch))?",
            rf"\b(?:before|base|old|main)\s*[:=]?\s*{NUM}\s?{UNIT}\b[^\n]{{0,20}}?\b(?:after|now|head|"
            rf"new)\s*[:=]?\s*{NUM}\s?{UNIT}",
            rf"\|\s*{NUM}\s?{UNIT}\s*\|\s*{NUM}\s?{UNIT}\s*(?=\||$)",
            rf"\b(?:saves?|saved|shaves?|shaved)(?: \w+){{0,3}}? {_SHARE}",
            rf"\b{_MEASURE}\s*[:=]\s*[+−-]?\s?{_SHARE}|{_SHARE} of (?:its|the|their) (?:run-?)?time\b",
            rf"\bno (?:\w+ )?(?:change|difference|drop|loss|increase|decrease|degradation) in (?:the )?{_MEASURE}",
            r"\b(?:snappier|swifter|leaner|zippier|more responsive|less sluggish)\b|\bno (?:performance|speed|memory) "
            r"\w+\b",
            r"\b(?:gc|memory|cpu|lock) (?:pressure|contention|leak|growth) (?:is|has) (?:gone|vanished|disappeared)\b",
            rf"{NUM}\s?{UNIT}\s+(?:less|fewer|smaller|lighter)\b(?: \w+)?",
            rf"\b{_MEASURE}(?: of \w+)?\s+(?:has |have |is |are )?(?:more than |nearly |almost |about )?(?:doubled|"
            rf"tripled|"
            r"quadrupled|halved)\b",
            rf"\b{_MEASURE}\s+(?:is|are|stays?|stayed|remains?|remained)(?: \w+ly| now)? (?:unchanged|the same|stable|"
            rf"flat|constant|"
            r"lower|better|improved|as before)\b",
            r"\b(?:half|an? (?:third|quarter|fifth|tenth)|(?:two|three) (?:thirds|quarters)) (?:of )?the (?:memory|"
            r"time|cpu|space|work|allocations|run-?time)\b(?! of\b)",
            rf"\b{_MOVES}\s+(?:down )?to (?:only |just |about |roughly )?(?:an? )?(?:half|third|quarter|fifth|tenth)\b",
            rf"{NUM}[-\s]?(?:%|percent)\s+(?:\w+ )?(?:reduction|drop|decrease|increase|gain|improvement|cut|"
            rf"savings?)\b",
            rf"{NUM}\s*(?:→|->|=>)\s*{NUM}\s?{UNIT}",
            rf"\b(?:takes?|took|needs?|needed)\s+(?:only |just |about |around |now )*{NUM}\s?{UNIT}(?!\w)",
            rf"\b{_MEASURE}(?:\s+\w+){{0,3}}?\s*(?:\bis\b|\bare\b|\bwas\b|\bat\b|\bnow\b|"
            rf"[:=])[\w\s]{{0,20}}?\b{NUM}\s?{UNIT}(?!\w)",
            rf"\b(?:down to {NUM}\b[^.;\n]{{0,30}}?\bfrom {NUM}|down from {NUM}\b(?!\s?{UNIT}))",
            rf"\bbenchmark\w*\b[^.;\n]{{0,20}}?{NUM}\s?(?:x\b|×|%)",
            rf"\b(?:time|change):\s*\[[^\]\n]*\]|{NUM}\s*(?:ns|µs|us|ms|s)/(?:op|iter)\w*",
            rf"\b(?:requests?|queries|operations?|items|rows|ops|calls)(?: per \w+)?\s+{_MOVES}(?:{_IN}|\s+)(?:from "
            rf")?{NUM}\s+to\s+{NUM}",
        ),
    ),
    (
        "fixed",
        _p(
            r"\b(?:does|do|did)(?:n't| not) (?:\w+ )?(?:occur|happen|reproduce|appear|crash|fail|hang|show up|"
            r"leak)\w*(?: any ?more| any longer| again)\b",
            r"\b(?:it|this|that)(?:'s| is| has been| was)(?: now| indeed| really)? (?:fixed|resolved|solved)\b(?! "
            r"(?:by|in|at|to|with)\b)",
            r"\b(?:is|are|was)(?:n't| not)(?: \w+)? (?:raised|thrown|shown|logged|triggered|hit) (?:any ?more|any "
            r"longer|again)\b|\b(?:race|leak|flakiness|stack trace|traceback|exception|flake|deadlock|hang|crash|error|"
            r"failure|warning)s?(?: \w+)? (?:is|are) (?:now )?gone\b",
        ),
    ),
    (
        "verified",
        _p(
            r"\b(?:I|we)(?:'m able to| can| could| do| hereby|'ve)? confirm(?:ed)?\b(?! (?:whether|if)\b)",
            r"\bconfirm(?:ed)? (?:that )?(?:it|this|the \w+)(?:'s| is| are| to be| now)? (?:\w+ )?(?:fixed|gone|"
            r"work\w*|resolved|solved|correct)\b|\bconfirmed (?:fixed|working|gone|correct)\b",
            r"\((?:\w+ly )?(?:checked|tested|verified|confirmed|measured|reproduced|validated|re-?run)(?: \w+){0,2}\)",
            r"\b(?:fail\w*|red)\s*(?:→|->|=>)\s*(?:pass\w*|green|ok)\b",
            r"\b(?:fix|change|patch|code|implementation|feature|results?|behaviou?r|solution|version|it|this|"
            r"everything) (?:was|were|is|are|got) (?:\w+ly |also )?(?:validated|verified|tested|benchmarked|confirmed|"
            r"double-checked)\b|\bworks? in (?:chrome|firefox|safari|edge|all|every|both|production|staging|"
            r"practice)\b",
            r"\bsanity[- ]checked\b|\b(?:checked|tested|verified|confirmed) by (?:me|us)\b|\ball boxes (?:are "
            r")?(?:ticked|checked)\b|\btests included\b|\bI (?:looked|saw|watched|witnessed)(?: it| them| this)?(?: "
            r"myself)?(?=\s*[.!,;]|$)",
            r"[:–—]\s*(?:fixed|solved|resolved|works|verified|confirmed|tested)\b(?=\s*(?:[.!;,]|$))",
            r"\b\w+ed,? and (?:\w+ly )?(?:tested|verified|validated)\b(?=\s*(?:[.,;!]|$))|\bmanual (?:verification|"
            r"check|testing|test)\s*:|(?:^|(?<=[.!?:;\n*-] ))(?:checked|made sure|ensured) (?:that|against|with)\b",
            r"\b(?:resolves?|fixes|fixed|cures?)\b[^.;\n]{0,30}?\b(?:in|on) (?:ci|the pipeline|main|master)\b|\bworks? "
            r"as (?:described|documented|asked|wanted|promised)\b|\b(?:builds?|installs?|starts?|runs?|loads?|"
            r"imports?) (?:and (?:installs?|runs?|starts?|works?) )?(?:correctly|successfully|properly)\b",
            r"\b(?:outputs?|results?|values?)\b[^.;,\n]{0,20}?\bmatch(?:es|ed)? (?:with )?(?:the )?(?:expected|golden|"
            r"reference|base|old|previous|original)\b|\b(?:it|that|this) is (?:for me|here|locally|on my "
            r"\w+)(?=\s*[.,;!]|$)",
            r"\bmanual (?:testing|tests?|checks?|verification|inspection)\b(?: \w+){0,2}? (?:confirm|show|prove|reveal|"
            r"went|pass)\w*|\b(?:everything|all of (?:it|this|that)|it all) (?:was|has been|is) (?:\w+ )?(?:checked|"
            r"reviewed|verified|tested)\b",
            r"\bregression (?:is|has been) (?:dead|gone|fixed)\b",
            r"\b(?:checked|tested|tried|exercised|validated)\b[^.;\n]{0,60}?\bby (?:running|hand|executing|calling|"
            r"trying)\b",
            r"\b(?:I|we)(?: have|'ve)? (?:also |just |now )?(?:tried|checked|tested|exercised|ran|"
            r"called)\b[^.,;\n]{0,60}?\b(?:works?|worked|fine|passe[sd]|identical|correct|no (?:problems?|issues?|"
            r"errors?|failures?))\b",
            r"\b(?:for|on|with|in) (?:all|every|each)(?: of)?(?: the)? (?:\w+ )?(?:inputs?|examples?|cases?|samples?|"
            r"fixtures?|files?)(?: that)? (?:I|we)(?:'ve| have)? (?:tried|tested|checked|ran|looked at)\b",
            r"\b(?:byte|bit)[- ](?:for[- ](?:byte|bit)[- ])?identical\b|\b(?:output|outputs|"
            r"results?)\b[^.;,\n]{0,30}?\b(?:is|are|stays?|remains?|was|were|came out) (?:\w+ )?(?:identical|the same|"
            r"unchanged|correct|right)\b|\bidentical (?:output|results?)\b",
            r"\bnow (?:correctly |properly )?(?:outputs?|prints?|returns?|gives?|produces?|computes?|yields?) the "
            r"(?:right|correct|expected|proper)\b",
            r"\b(?:builds?|compiles?|installs?|imports?|starts?|boots?|migrat\w+|deploys?) (?:and (?:runs?|starts?|"
            r"works?)|cleanly|fine|without (?:errors?|problems?|issues?))\b|\bruns? (?:cleanly|without (?:errors?|"
            r"problems?|issues?))\b",
            r"\bworks? (?:in a clean|on (?:linux|macos|windows|python|node|all)|with (?:all|every)|for (?:me|all|"
            r"every)|here|locally|again)\b",
            rf"\b(?:I|we)?\s*\b(?:{NUM} (?:times|runs|iterations|rounds|repetitions)|hundreds of times|thousands of "
            rf"runs)\b"
            r"[^.;\n]{0,40}?\b(?:without|no|never|not one|zero)\b(?: \w+){0,2}",
        ),
    ),
    (
        "ran",
        _p(
            rf"\b{TESTS} ran\b(?! (?:into|out|by|with)\b)",
            r"\b(?:I|we)(?:'ve| have)? (?:re-?)?r[au]n (?:it|this|that|them|everything|both)\b(?! (?:through|past|by|"
            r"into)\b)|(?m:^[ \t>*-]*(?:re-?)?ran (?:it|this|that|them|everything)\b)",
        ),
    ),
)
