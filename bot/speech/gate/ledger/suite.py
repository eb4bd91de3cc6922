"""What is said of tests, asked of the records: that they pass, how many, which are new, old, mended, removed."""

import re

from bot.domain.work import Counts, Evidence, Verdict
from bot.speech.gate.ledger.counts import ONE_OF, clean, counts_agree
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.ledger.verdicts import lint, named_check
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.stated.vocabulary import NAMED

_TESTS_COUNTED = re.compile(
    rf"(?<![\w.])({NUM})\s+(?:(?:new|old|other|more|existing|unit|added|of the|integration)\s+){{0,2}}(?:\w+ )?"
    r"(?:\w*tests?|specs?|cases|ones|assertions|scenarios|inputs|combinations|examples|passes|of them)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    rf"\b({NUM}|both)(?: of the)? (?:(?:new|added)\b(?:(?: \w+)? (?:tests?|ones))?|"
    r"(?:tests?|ones|cases) (?:that |which )?(?:I|we|were|was)(?:'ve| have)?(?: just)? (?:added|wrote|written))",
    re.IGNORECASE,
)
_OLD = re.compile(rf"\b({NUM}) (?:existing|old|previous|original|other)\b(?:(?: \w+)? (?:tests?|ones))?", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:ci|pipelines?|continuous integration|workflows?|github actions)\b", re.IGNORECASE)
_OF_TOOLS = re.compile(r"\bbuild\b|\b(?:type|lint|style|static|format)\w*[- ]check", re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:everything|checks?|gates?|all (?:good|fine|set|clear))\b", re.IGNORECASE)
_NEW_ONES = re.compile(r"\b(?:new|added) (?:\w+ )?tests?\b", re.IGNORECASE)
_OLD_ONES = re.compile(r"\b(?:existing|old|other|previous|original|base) (?:\w+ )?tests?\b", re.IGNORECASE)
_EXITS = re.compile(r"\bexit", re.IGNORECASE)
_SKIPPED_PASS = re.compile(r"\bskipped (?:tests?|ones?)\b[^.;,]*\bpass", re.IGNORECASE)
_SOME_RED = re.compile(rf"\b({NUM}) of the ({NUM}) (?:new|added) tests? fail", re.IGNORECASE)
_BROKE = re.compile(r"\b(?:broke|breaks?|failed|fails?|red|broken)\b", re.IGNORECASE)
_MADE_GREEN = re.compile(
    r"(?=.*\b(?:pass\w*|succe\w*|green)\b)(?=.*\b(?:old (?:code|version)|base|main|before|without|previous\w*|"
    r"original|from red)\b)",
    re.IGNORECASE | re.DOTALL,
)
_NONE_OF = re.compile(rf"\bnone of the ({NUM})\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|not|none|nothing|never|without|neither|nor|zero|0)\b|n't\b", re.IGNORECASE)
_THEY_ALL = re.compile(r"\b(?:all of them|they all)\b", re.IGNORECASE)
_ALL_COUNTED = re.compile(rf"\b(?:all|every one of the) ({NUM})\b", re.IGNORECASE)
_OUT_OF = re.compile(rf"\bout of (?:the |all )?({NUM}) tests,? ({NUM}) (\w+)", re.IGNORECASE)
_MENDED = re.compile(
    rf"\b({NUM}) (?:\w+ )?tests? (?:that|which) (?:\w+ )?(?:fail\w*|broken?|red)|\bfix\w* ({NUM}) failing|"
    rf"\b({NUM}) previously failing",
    re.IGNORECASE,
)
_ONLY_OLD = re.compile(
    r"\b(?:old|older|existing|previous|pre-existing|original) tests?\b|\btests? that (?:already )?existed\b",
    re.IGNORECASE,
)
_NEW_TESTS = re.compile(r"\b(?:new|added)\b(?! code)", re.IGNORECASE)
_ARE_NEW = re.compile(rf"\b({NUM}) (?:of them )?(?:are|were) new\b", re.IGNORECASE)
_MOVED = re.compile(rf"\b({NUM}) tests? (?:\w+ ){{0,3}}?(removed|deleted|newly skipped|newly disabled)", re.IGNORECASE)
_FORMER = re.compile(
    r"\b(?:failed before|previously failing|tests? (?:that|which) (?:had |was |were )?(?:fail\w*|broken|red) (?:on|"
    r"at|in) (?:the )?(?:base|main|old)|fix(?:es|ed)? (?:\w+ )failing|used to fail|(?:was|were) failing)\b",
    re.IGNORECASE,
)
_WROTE = re.compile(rf"\b(?:added|wrote) ({NUM})(?: new)? tests?\b", re.IGNORECASE)
_NOT_ONE = re.compile(r"\bnot one\b", re.IGNORECASE)


def suite(ledger: Records, words: str, sentence: str) -> int | None:
    """That tests pass: all of them, the new, or the old ones."""
    if _ELSEWHERE.search(words):
        return None  # what runs elsewhere is not ours to vouch for
    if _OF_TOOLS.search(words) and not re.search(r"\btests?\b", words, re.IGNORECASE):
        return lint(ledger, words, sentence)
    if _EXITS.search(words) and re.search(rf"(?<![\w-]){NAMED}(?![\w-])", sentence, re.IGNORECASE):
        return lint(ledger, sentence, sentence)
    if _SKIPPED_PASS.search(sentence):
        return None
    if (named := named_check(ledger, words, sentence)) is not None:
        return named
    if _OF_ALL.search(words):
        return ledger.everything()
    broke = _BROKE.search(words) and not _NONE.search(words) and not _MADE_GREEN.search(sentence)
    if broke or not known(ledger, sentence):
        return None
    if _NEW_ONES.search(words) and (shown := ledger.where(Verdict.UPHELD, checks=("red_green",))):
        return shown[-1].n
    if _OLD_ONES.search(words) and (shown := ledger.where(Verdict.UPHELD, checks=("regression",))):
        return shown[-1].n if all(number(n) in _told_of(shown[-1]) for n in _ALL_COUNTED.findall(sentence)) else None
    counted = [number(n) for n in _TESTS_COUNTED.findall(sentence)] if _THEY_ALL.search(words) else []
    suites = [r for r in reversed(_suites(ledger)) if clean(r)]
    return next((r.n for r in suites if not (r.counts and _is_more(r.counts, counted))), None)


def _told_of(record: Evidence) -> set[int]:
    """The numbers of tests that one run tells as passed, or as all."""
    c = record.counts
    return {c.passed, c.total, c.total - c.skipped} if c else set()


def count(ledger: Records, words: str, sentence: str) -> int | None:
    """That so many tests passed, failed, were skipped, are new, old, mended or gone."""
    if re.search(r"\beverything\b", words, re.IGNORECASE):
        return ledger.everything()
    if fresh := _ARE_NEW.search(sentence):
        return _added(ledger, fresh[1])
    if _MOVED.search(sentence):
        return _moved(ledger, sentence)
    if _ONLY_OLD.search(sentence) and not _NEW_TESTS.search(sentence):
        return _kept(ledger, words, sentence)
    if some := _SOME_RED.search(sentence):
        return red(ledger, f"{some[1]} {some[2]}", sentence)
    if _FORMER.search(sentence):
        return _mended(ledger, sentence)
    if out := _OUT_OF.search(sentence):
        words = f"{out[2]} of {out[1]} tests {out[3]}"
    wrote = _WROTE.search(sentence)
    if wrote and wrote[1] in words and re.search(r"\b(?:both|all|they)\b", words):
        return _added(ledger, wrote[1])
    new, old = _NEW.findall(words), _OLD.findall(words)
    if not new and not (old and len(re.findall(NUM, words)) > len(old)):
        return _counted(ledger, words)
    shown = [_added(ledger, n) for n in new] + [_counted(ledger, f"{n} passed") for n in old]
    rest = _OLD.sub("", _NEW.sub("", words))
    if re.search(NUM, rest):
        shown.append(_counted(ledger, rest))
    return shown[0] if all(n is not None for n in shown) else None


def _kept(ledger: Records, words: str, sentence: str) -> int | None:
    """So many of the old tests, or none of so many."""
    none = _NONE_OF.search(sentence)
    for record in ledger.where(Verdict.UPHELD, checks=("regression",)):
        if record.counts and (number(none[1]) in _told_of(record) if none else counts_agree(record, words)):
            return record.n
    return None


def known(ledger: Records, sentence: str) -> bool:
    """Whether every number of tests in a sentence is one that was counted."""
    counts = [r.counts for r in ledger.records if r.counts is not None]
    known = {n for c in counts for n in (c.passed, c.failed, c.skipped, c.errors, c.total, c.total - c.skipped)}
    known |= {len(names) for r in ledger.records if r.tests for names in (r.tests.added, r.tests.fixed)}
    return all(number(n) in known for n in _TESTS_COUNTED.findall(ONE_OF.sub("", _NOT_ONE.sub("no", sentence))))


def _suites(ledger: Records) -> list[Evidence]:
    """Upheld runs of the whole suite: those of a part show nothing of the rest."""
    if ledger.where(Verdict.REFUTED, checks=("tests", "regression")):
        return []
    return [r for r in ledger.where(Verdict.UPHELD, checks=("tests",)) if not ledger.partial(r)] or [
        r for r in ledger.where(Verdict.UPHELD, checks=("regression",)) if clean(r)
    ]


def _mended(ledger: Records, sentence: str) -> int | None:
    """So many tests that were red on the old code pass now."""
    counted = [number(n) for found in _MENDED.findall(sentence) for n in found if n]
    for record in _suites(ledger):
        if counted and record.tests and record.tests.fixed:
            return record.n if counted == [len(record.tests.fixed)] else None
    return fixed(ledger, sentence, sentence)


def _moved(ledger: Records, sentence: str) -> int | None:
    """So many tests were removed, or are newly skipped."""
    for record in ledger.records:
        changes = record.tests
        if changes and all(
            number(n)
            == len(changes.removed if "remov" in how.lower() or "delet" in how.lower() else changes.newly_skipped)
            for n, how in _MOVED.findall(sentence)
        ):
            return record.n
    return None


def _counted(ledger: Records, words: str) -> int | None:
    counted = [r for r in ledger.records if r.counts is not None and r.counts.total]
    counted.sort(key=lambda r: (r.check == "tests", r.n))
    return next((r.n for r in reversed(counted) if counts_agree(r, words)), None)


def _added(ledger: Records, said: str) -> int | None:
    """So many new tests pass: those that the suite has more, or that are red on the old code."""
    for record in reversed(_suites(ledger)):
        if record.tests and clean(record) and number(said) == len(record.tests.added):
            return record.n
    for record in ledger.where(Verdict.UPHELD, checks=("red_green",)):
        if number(said) in [number(n) for n in re.findall(r"^(\d+) new or changed", record.reason)]:
            return record.n
    return None


def regression(ledger: Records, _words: str, _sentence: str) -> int | None:
    if ledger.where(Verdict.REFUTED, checks=("regression", "tests")):
        return None
    shown = ledger.where(Verdict.UPHELD, checks=("regression",)) or [r for r in _suites(ledger) if r.tests]
    return shown[-1].n if shown else None


def ran(ledger: Records, words: str, _sentence: str) -> int | None:
    if re.search(r"\b(?:lint\w*|mypy|ruff)\b", words, re.IGNORECASE):
        return lint(ledger, words, _sentence)
    checks = ("benchmark",) if "bench" in words.lower() else ("tests", "regression")
    whole = [r for r in ledger.records if r.check in checks and r.exit_code is not None and not ledger.partial(r)]
    return whole[-1].n if whole else None


def scope(ledger: Records, _words: str, _sentence: str) -> int | None:
    kept = ledger.where(Verdict.UPHELD, checks=("scope",))
    return kept[-1].n if kept else None


def fixed(ledger: Records, words: str, _sentence: str) -> int | None:
    if not known(ledger, words):
        return None
    shown = ledger.where(Verdict.UPHELD, checks=("red_green",)) or _suites(ledger)
    return shown[-1].n if shown else None


def red(ledger: Records, words: str, _sentence: str) -> int | None:
    """New tests are red on the old code."""
    counted = [number(n) for n in re.findall(rf"\b({NUM})\b", words, re.IGNORECASE)]
    for record in ledger.where(Verdict.UPHELD, checks=("red_green",)):
        known = [number(n) for n in re.findall(r"^(\d+) new or changed", record.reason)]
        if all(n in known for n in counted):
            return record.n
    return None


def _is_more(counts: Counts, said: list[float]) -> bool:
    """Whether `all of them` are said to be more tests than passed."""
    return counts.passed != counts.total and counts.passed not in said and counts.total in said
