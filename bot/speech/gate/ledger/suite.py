"""What is said of tests, asked of the records: that they pass, how many, which are new, old, mended, removed."""

import re

from bot.domain.work import Evidence, Verdict
from bot.speech.gate.ledger.counts import NEW, OLD, clean, share_agrees, shown, told, whose
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.ledger.verdicts import lint, named_check
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.stated.vocabulary import NAMED

_ELSEWHERE = re.compile(r"\b(?:ci|pipelines?|continuous integration|workflows?|github actions)\b", re.IGNORECASE)
_OF_TOOLS = re.compile(r"\bbuilds?\b|\bcompil\w+|\b(?:type|lint|style|static|format)\w*[- ]check", re.IGNORECASE)
_A_TOOL = re.compile(rf"(?<![\w-]){NAMED}(?![\w-])|\b(?:lint|type|format)\w*[- ](?:check|command|step)", re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:everything|checks?|gates?|all (?:good|fine|set|clear))\b", re.IGNORECASE)
_EXITS = re.compile(r"\bexit", re.IGNORECASE)
_SKIPPED_PASS = re.compile(r"\bskipped (?:tests?|ones?)\b[^.;,]*\bpass", re.IGNORECASE)
_BROKE = re.compile(r"\b(?:broke|breaks?|failed|fails?|red|broken)\b", re.IGNORECASE)
_MADE_GREEN = re.compile(
    r"(?=.*\b(?:pass\w*|succe\w*|green)\b)(?=.*\b(?:old (?:code|version)|base|main|before|without|previous\w*|"
    r"original|from red)\b)",
    re.IGNORECASE | re.DOTALL,
)
_NONE = re.compile(r"\b(?:no|not|none|nothing|never|without|neither|nor|zero|0)\b|n't\b", re.IGNORECASE)


def suite(ledger: Records, words: str, sentence: str) -> int | None:
    """That tests pass: all of them, the new, or the old ones."""
    if _ELSEWHERE.search(words):
        return None  # what runs elsewhere is not ours to vouch for
    if _OF_TOOLS.search(words) and not re.search(r"\btests?\b", words, re.IGNORECASE):
        return lint(ledger, words, sentence)
    if _EXITS.search(words) and _A_TOOL.search(sentence):
        return lint(ledger, sentence, sentence)
    if _SKIPPED_PASS.search(sentence):
        return None
    if (named := named_check(ledger, words, sentence)) is not None:
        return named
    if _OF_ALL.search(words):
        return ledger.everything()
    broke = _BROKE.search(words) and not _NONE.search(words) and not _MADE_GREEN.search(sentence)
    if broke:
        return None
    shown_by = {NEW: "red_green", OLD: "regression"}.get(whose(words), "")
    if shown_by and (upheld := ledger.where(Verdict.UPHELD, checks=(shown_by,))):
        return upheld[-1].n
    return next((r.n for r in reversed(_suites(ledger)) if clean(r)), None)


def count(ledger: Records, words: str, sentence: str) -> int | None:
    """That so many tests passed, failed, were skipped, are new, old, mended or gone."""
    if re.search(r"\beverything\b", words, re.IGNORECASE):
        return ledger.everything()
    if "%" in words:
        return next((r.n for r in reversed(ledger.records) if r.counts and share_agrees(r, words)), None)
    numbers, start = told(sentence), sentence.find(words)
    meant = [one for one in numbers if start <= one.at < start + len(words)] or told(words, sure=True)
    records = shown(ledger, numbers if set(meant) <= set(numbers) else [*numbers, *meant])
    return records[meant[0].group] if meant and None not in records.values() else None


def known(ledger: Records, sentence: str) -> bool:
    """Whether every number of tests in a sentence is one that was counted."""
    return None not in shown(ledger, told(sentence)).values()


def _suites(ledger: Records) -> list[Evidence]:
    """Upheld runs of the whole suite: those of a part show nothing of the rest."""
    if ledger.where(Verdict.REFUTED, checks=("tests", "regression")):
        return []
    return [r for r in ledger.where(Verdict.UPHELD, checks=("tests",)) if not ledger.partial(r)] or [
        r for r in ledger.where(Verdict.UPHELD, checks=("regression",)) if clean(r)
    ]


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


def fixed(ledger: Records, _words: str, _sentence: str) -> int | None:
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
