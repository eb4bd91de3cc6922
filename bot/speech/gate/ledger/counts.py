"""Numbers of tests that are said, each with whose tests they are and what became of them, against what was recorded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.work import Counts, Evidence, Verdict
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.ledger.shares import percents, rounds
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.stated.vocabulary import UNIT

ALL, OLD, NEW, MENDED, GONE, SILENCED = "all", "old", "added", "fixed", "removed", "newly_skipped"
"""Whose tests a number is of; but for the first two, as `TestChanges` names them."""
_WHOSE = tuple(
    (group, re.compile(words, re.IGNORECASE))
    for group, words in (
        (GONE, r"\b(?:removed|deleted)\b"),
        (SILENCED, r"\bnewly (?:skipped|disabled)\b"),
        (NEW, r"\b(?:new|newly|added)\b|\b(?:I|we|I've|we've) (?:\w+ )?(?:wrote|written)\b"),
        (
            MENDED,
            r"\b(?:previously|formerly|earlier|once|before)[ -](?:failing|broken|red)\b|\bused to fail\b|"
            r"\b(?:is|are|was|were) (?:now )?(?:fixed|repaired|mended)\b|"
            r"\b(?:that|which) (?:\w+ ){0,2}?(?:failed|broke|broken|red|(?<=were )failing|(?<=was )failing)\b|"
            r"\bhad been (?:failing|broken|red)\b|"
            r"\b(?:failed|(?:were|was) (?:\w+ )?(?:failing|red|broken)) (?:before|at base)\b|"
            r"^ ?(?:red|failing|broken) tests?\b[^.;,]*\b(?:pass|green|succe)",
        ),
        (
            OLD,
            r"\b(?:old|older|existing|existed|pre-?existing|previous|original)\b|\bother (?:\w+ )?tests\b|\bbase's\b|"
            r"\b(?:that|which) (?:\w+ )?(?:passed|(?:was|were) (?:green|there)) (?:before|earlier|already|at|on)\b",
        ),
    )
)
_MADE = (
    (NEW, re.compile(r"\b(?:add(?:s|ed|ing)?|new|wr(?:ote|ites?|itten))\s+(?:the |these |those )?$", re.IGNORECASE)),
    (MENDED, re.compile(r"\b(?:fix|mend|repair|heal)(?:s|es|ed|ing)?\s+(?:the |these |those )?$", re.IGNORECASE)),
    (OLD, re.compile(r"\b(?:old|existing|previous)\s+$", re.IGNORECASE)),
)
"""What stands before the number."""
_SIDE = re.compile(
    r"\b(?:old|new|original|previous|former|earlier|base|modified|(?:un)?patched|changed) (?:code(?: ?base)?|version|"
    r"implementation|branch|behaviou?r|commit|state|tree|side|sources?|one|[a-z]+er)\b",
    re.IGNORECASE,
)
"""The code that tests run on: their own age is another."""
_NUMBER = re.compile(
    r"(?:(?P<whole>(?<=\d)\s?/\s?|\b(?:out )?of\s+(?:the |all |its |our )?)|(?<![\w.,:#%/-])(?<!\bin ))"
    rf"(?P<n>{NUM}|both\b(?! (?:\w+ ){{1,3}}and )|none\b|no\b|nothing\b)"
    rf"(?![\w%]|[.,]\d|\s?(?:%|percent|{UNIT}\b|x\b|×|points?\b|(?:\w+ )?lines?\b))",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:all|every|each)(?: of the| the)? \S+$|both$", re.IGNORECASE)
_THEY_ALL = re.compile(
    r"\b(?:all of them|they all|each of them|(?<=, )all(?= (?:still |now )?pass))\b[^.;]*\bpass", re.IGNORECASE
)
_EACH_OF = re.compile(r"\b(?:every|each|any)(?: single)? one of the |\bone of the (?=\d)", re.IGNORECASE)
_NOT_ONE = re.compile(r"\bnot (?:a single|one)(?: of the)?\b", re.IGNORECASE)
_FOR_A_THING = re.compile(r"\b(?:each|every|any|this|that|the|new|old|other|last|a|first|which) one$", re.IGNORECASE)
"""No number."""
_ON_OLD = re.compile(
    r"\b(?:on|at|in|with) (?:the )?(?:base|main|master|old code)\b|\b(?:before|without) (?:the|this|my) \w+",
    re.IGNORECASE,
)
_THE_OTHERS = re.compile(r"\b(?:other|remaining) $", re.IGNORECASE)
_END = re.compile(r"[,;.:!?()|\n—–]|\s(?:while|but)\s")
_TESTS = re.compile(
    r"\b(?:\w*tests?|test[ -]cases|specs?|assertions|scenarios|inputs|combinations|examples|cases)\b", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"\s*(?:(?:of|them|these|those|which|that|have|has|had|been|are|were|is|was|now|all|still|also|the|others?|did|"
    r"ones?|remaining|new|old|added|existing|more|newly|a)\b\s*)*",
    re.IGNORECASE,
)
"""What may stand between a number and what became of so many tests."""
_CAME = {
    "skip": r"skip\w*|⏭|⏩",
    "fail": r"fail\w*|brok\w+|breaks?|red\b|✘|✗|❌",
    "err": r"errors?\b|errored",
    "pass": r"pass\w*|green|succe\w*|ok\b|✅|✓",
}
_LABEL = re.compile(
    r"(?:(?P<pass>pass)|(?P<fail>fail)|(?P<err>err)|(?P<skip>skip)|test|total)\w*(?:\s*[:=]\s*|(?<=[#ℹ] \w{4})\s)$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which) (?:\w+ ){0,2}?(?:pass|fail|exist|ran|red|green|broke)\w*", re.IGNORECASE)
_OUTCOME = re.compile(
    "|".join(rf"(?P<{kind}>(?<!\w)(?:{words})(?!\s*[:=]\s*\d))" for kind, words in _CAME.items()), re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Told:
    """That so many tests of a group came out so; `how` is '' where that isn't said, `of` for the whole of a share."""

    at: int
    n: float
    group: str
    how: str


def told(sentence: str, *, sure: bool = False) -> list[Told]:
    """Each number of tests in a sentence. Where it isn't said whose they are, they are of the group told of before.
    `sure` when each number is known to be one of tests."""
    on_old = [m.start() for m in _ON_OLD.finditer(sentence)]
    sentence = _SIDE.sub(_blank, _NOT_ONE.sub(lambda m: "no".ljust(len(m[0])), _EACH_OF.sub(_blank, sentence)))
    numbers = [m for m in _NUMBER.finditer(sentence) if not _FOR_A_THING.search(sentence[: m.end()])]
    lead = sentence[: numbers[0].start()] if numbers else ""
    group, found = whose(lead) if _TESTS.search(lead) else "", list[Told]()
    for n, m in enumerate(numbers):
        before, share = sentence[: m.start()], bool(numbers[n + 1 : n + 2]) and numbers[n + 1]["whole"] is not None
        words = _words(sentence, m.end(), [one.start() for one in numbers[n + 1 + share :]])
        own = whose(words) or next((group for group, verb in _MADE if verb.search(before)), "")
        came, label = _OUTCOME.search(_RELATIVE.sub(_blank, words)) or _OUTCOME.search(words), _LABEL.search(before)
        named, direct, to_end = _TESTS.search(words) is not None, *_reach(words, came)
        direct = direct and m["n"].lower() != "both" and (found != [] or came is None or came["err"] is None)
        whole = to_end and (own or (group and "of them" in words))
        of_others = found and _THE_OTHERS.search(before)
        if sure or label or named or whole or of_others or direct:
            how = _how(m, came or label, _OUTCOME.search(lead), share=share)
            there = how == "fail" and any(m.end() <= at < m.end() + len(words) for at in on_old)
            group = own or (NEW if there else ALL if named or not group else group)
            found += _told(m, group, how, every=bool(_EVERY.search(sentence[: m.end()])))
        if found and _THEY_ALL.search(sentence, m.end()):
            found.append(replace(found[-1], how="pass"))
    return found


def _reach(words: str, came: re.Match[str] | None) -> tuple[bool, bool]:
    """Whether nothing of its own stands between a number and what became of so many, and up to the end."""
    between = _BETWEEN.match(words)
    reach = between.end() if between else 0
    return came is not None and came.start() == reach, reach == len(words)


def _words(sentence: str, start: int, numbers: list[int]) -> str:
    """What follows a number, as far as it is said of it."""
    after = numbers[0] if numbers else len(sentence)
    end = _END.search(sentence, start, after)
    return sentence[start : end.start() if end else after]


def _how(m: re.Match[str], came: re.Match[str] | None, lead: re.Match[str] | None, *, share: bool) -> str:
    """What became of so many; of a share without a word for it, what the words before all numbers tell."""
    if m["whole"]:
        return "of"
    if came:
        return came.lastgroup or ""
    return ((lead and lead.lastgroup) or "pass") if share else ""


def _told(m: re.Match[str], group: str, how: str, *, every: bool) -> Iterator[Told]:
    value = 0.0 if m["n"].lower() in ("no", "none", "nothing") else number(m["n"])
    whole = group in (ALL, OLD)
    if value or (how and whole):
        yield Told(m.start("n"), value, group, how)
    if how == "pass" and every and whole:
        yield Told(m.start("n"), 0.0, group, "fail")


def whose(words: str) -> str:
    """The group of tests that words are of, '' when they don't say."""
    return next((group for group, pattern in _WHOSE if pattern.search(words)), "")


def shown(ledger: Records, told: list[Told]) -> dict[str, int | None]:
    """For each group that is told of, the record that counted all that is told of it."""
    by_group: dict[str, list[Told]] = {}
    for one in told:
        by_group.setdefault(one.group, []).append(one)
    return {
        group: next((n for n, known in _known(ledger, group) if all(t.n in known[t.how] for t in of)), None)
        for group, of in by_group.items()
    }


def _known(ledger: Records, group: str) -> list[tuple[int, dict[str, set[float]]]]:
    """The records that know a group, the most telling first: how many each counted, by what became of them."""
    if group in (ALL, OLD):
        runs = [r for r in ledger.records if r.check == "regression" or (group == ALL and r.check != "red_green")]
        runs.sort(key=lambda r: (r.check == "tests", r.n), reverse=True)
        groups = (NEW, MENDED, GONE, SILENCED) if group == ALL else ()
        others = {n for one in groups for _, known in _known(ledger, one) for n in known[""]}
        return [(r.n, _figures(r.counts, others)) for r in runs if r.counts and r.counts.total]
    names = [(r, dict(r.tests)[group]) for r in reversed(ledger.records) if r.tests]
    found = [(r.n, {float(len(those))}) for r, those in names if those]
    if group == NEW:
        for r in ledger.where(Verdict.UPHELD, checks=("red_green",)):
            found += [(r.n, {number(n)}) for n in re.findall(r"^(\d+) new or changed", r.reason)]
    return [(n, dict.fromkeys(_HOW, known)) for n, known in found]


_HOW = ("", "of", "pass", "skip", "fail", "err")


def _figures(c: Counts, others: set[float]) -> dict[str, set[float]]:
    whole, passed, failed = {c.total, c.total - c.skipped}, {c.passed}, {c.failed, c.failed + c.errors}
    sides = (whole | passed, whole, passed, {c.skipped}, failed, {c.errors, c.failed + c.errors})
    known = {how: set(map(float, side)) for how, side in zip(_HOW, sides, strict=True)}
    return known | {"": known[""] | known["fail"] | known["skip"] | others}


def clean(record: Evidence) -> bool:
    c = record.counts
    return c is None or (c.passed > 0 and not c.failed + c.errors)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def share_agrees(record: Evidence, words: str) -> bool:
    """Whether a share in percent is that of the tests that passed here, or failed."""
    c = record.counts
    if c is None or not c.total - c.skipped:
        return False
    bad, wholes = c.failed + c.errors, (c.total, c.total - c.skipped)
    shares = [100.0 * (bad if re.search(r"\bfail", words) else c.passed) / whole for whole in wholes]
    return all(any(rounds(said, share) for share in shares) and not (bad and said == 100) for said in percents(words))
