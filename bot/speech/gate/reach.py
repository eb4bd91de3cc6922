"""What no record of ours can show: runs elsewhere, by hand, over and over; other machines; what is not
measured here."""

import re
from collections.abc import Iterator

from bot.speech.gate.numbers import NUM

_MANY = (
    rf"(?:{NUM}|several|many|dozens|hundreds|thousands|tons|loads|multiple|countless|umpteen|numerous|a few|a couple)"
)
_BEYOND = re.compile(
    r"\b(?:windows|mac ?os|macos|osx|mac(?:book)?s?|i?phones?|ios|android|arm64|aarch64|raspberry|chrome|firefox|"
    r"safari|"
    r"edge|browsers?|python ?[23]\.\d+|py3\d+|node ?\d+|jdk ?\d+|(?:all|every|both|other|"
    r"older) (?:supported )?(?:python )?"
    r"(?:versions?|platforms?|interpreters?|pythons|operating systems?|devices?)|operating systems|platforms|"
    r"3\.\d+ (?:to|through|and|-|–) 3\.\d+|"
    r"staging|production|prod|live (?:system|site|traffic|data|servers?)|customers?|clients?|real[- ](?:world|life|"
    r"data|"
    r"users?|traffic)|(?:all|our|your|many|\d+k?) users|versions? \d|users? (?:report|say|confirm)\w*|in the (?:wild|"
    r"field|cluster)|kubernetes|k8s|"
    r"(?<!% )ci|pipelines?|github actions|jenkins|travis|circleci|buildkite|nightl(?:y|ies)|"
    r"same \d+|in a row|over ?night|all night|all day|whole (?:day|night|weekend|week)|weekend|"
    r"for (?:\w+ )?(?:hours|days|weeks|"
    r"months|an hour|a day|a week|a month|a while|ages)|since (?:monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|"
    r"yesterday|last \w+)|every (?:single )?time|each time|repeatedly|over and over|again and again|back to back|"
    r"by hand|manual(?:ly)?|by eye|in (?:the|a|my) (?:repl|shell|console|debugger|terminal|notebook|playground)|"
    r"curl|postman|click(?:ed|ing)|eyeballed|interactively|own eyes|"
    r"load|stress|soak(?:ed|ing)?|\d+[km] \w+|fuzz(?:ed|ing|er)?|pen(?:etration)?|concurrent|chaos|parallel|"
    r"exploratory|usability|secur(?:e|ity)|vulnerabilit\w+|vulnerable|cves?|exploits?|exploitable|audit(?:s|ed)?|"
    r"injections?|"
    r"leak(?:s|ed|ing|-free)?|races?|deadlocks?|thread[- ]safe|"
    r"review(?:er|ers|ed)|colleagues?|team(?:mates?)?|qa|accessibility|a11y|complian(?:t|ce)|"
    r"backwards?[- ]compatib\w+|downtime|owasp|devices?|attack(?:s|ers?)?|data loss|scal\w+|\d+ (?:cores|cpus|"
    r"threads|workers|clients|architectures)|architectures|incidents?|on-?call|monitoring|grafana|sentry|telemetry|"
    rf"(?:{_MANY}) (?:\w+ )?(?:of )?(?:times|runs|iterations|rounds|repetitions|cycles|seeds)(?! (?:as|faster|quicker|"
    rf"the|less|lower|higher|more|smaller|better)\b)|twice(?! (?:as|the)\b)|thrice(?! as\b)|threefold run)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[.!?;](?=\s)|,\s+(?:and|but|so)\s|(?:,\s+|\s(?:and|but)\s+)(?=(?:I|we|it|its|their|our|the|this|that|they|all|no|none|there|"
    r"which|nothing|everything|both|whereas|lint\w*|types?|tests?|coverage|mypy|ruff|but|so|now|then)\b)|\n|\s[–—]\s|"
    r"[✅✔☑]",
    re.IGNORECASE,
)


def beyond(line: str, start: int, end: int) -> bool:
    """Whether `line[start:end]`, or the rest of its clause, tells of what no record shows."""
    return any(_BEYOND.search(line, a, b) for a, b in clauses(line) if a < end and start < b)


def clauses(line: str) -> Iterator[tuple[int, int]]:
    """The spans of what is said by itself."""
    at = 0
    for cut in _CUT.finditer(line):
        yield at, cut.start()
        at = cut.end()
    yield at, len(line)


def tells_beyond(text: str) -> bool:
    """Whether words tell of what no record shows."""
    return _BEYOND.search(text) is not None
