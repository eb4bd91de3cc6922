"""What is said of commands, checks and claims, asked of the records: clean, failed, upheld, refuted, ready."""

import re

from bot.domain.work import Verdict
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.stated.vocabulary import NAMED

_TOOLS = {
    "lint": r"lint|ruff|flake8|eslint|pylint|clippy|golangci|biome|rubocop|standard",
    "type": r"mypy|pyright|tsc|typ(?:e|ing)",
    "format": r"format|black|prettier|gofmt|fmt|isort",
    "static": r"lint|ruff|mypy|pyright|flake8|pylint|eslint|clippy",
    "quality": r"lint|ruff|mypy|pyright|flake8|pylint|eslint|clippy",
    "style": r"style|lint|ruff|flake8|format",
    "left unchanged": r"black|format|fmt",
    "vet": r"\bvet\b",
    "build": r"build|compil|make|tsc|cargo|webpack|go ",
    "compil": r"build|compil|make|tsc|cargo|go ",
}
_PARTLY = re.compile(r"\b(?:half|thirds?|quarters?|most|many|all|every|entire|whole|only|dozens?)\b", re.IGNORECASE)
NAMED_CHECK = re.compile(
    r"\b(?P<one>scope|integrity|regression|mutation|coverage) (?:check )?(?:pass\w*|succe\w*|holds|is upheld|"
    r"did as well|too|(?:f[io]unds?|finds|show(?:s|ed)|report(?:s|ed)|has|came (?:back|up)) (?:with )?(?:nothing|clean|"
    r"empty|no \w+))\b|\b(?:no|zero|without(?: any)?) (?P<none>scope|integrity|regression) (?:findings?|signs?|"
    r"problems?|issues?|violations?)\b",
    re.IGNORECASE,
)
"""A check by its name, and that it went well."""
_CHECKS = ("scope", "integrity", "regression", "mutation", "coverage", "benchmark")
_SOME_CLAIMS = re.compile(
    rf"\b(?P<part>{NUM})(?: (?:out )?of (?:the |all )?(?:plan's )?(?P<whole>{NUM}))? (?:plan |approved )?claims?\b"
    r"(?: \w+){0,2}? (?:hold|holds|held|upheld|proven|met|pass\w*|(?P<bad>refuted|fail\w*|missed))\b",
    re.IGNORECASE,
)
_EXIT = re.compile(r"\bexit(?:s|ed)?(?: (?:code|status|with))* (\d+)", re.IGNORECASE)


def lint(ledger: Records, words: str, sentence: str) -> int | None:
    of_all = re.search(r"\b(?:static|quality)\b", f"{words} {sentence}", re.IGNORECASE)
    if of_all and ledger.where(Verdict.REFUTED, checks=("command",)):
        return None
    shown = [_command(ledger, tool) for tool in _tools(words) or _tools(sentence) or ["$^"]]
    return shown[0] if all(n is not None for n in shown) else None


def _command(ledger: Records, tool: str) -> int | None:
    for record in reversed(ledger.where(Verdict.UPHELD, checks=("command",))):
        if re.search(tool, ledger.about(record)):
            return record.n
    return None


def named_check(ledger: Records, words: str, _sentence: str) -> int | None:
    """`the integrity check passed`, `no integrity findings`"""
    found = NAMED_CHECK.search(words)
    named = (found["one"] or found["none"]).lower() if found else ""
    return next((r.n for r in ledger.where(Verdict.UPHELD) if r.check == named), None)


def claims(ledger: Records, words: str, _sentence: str) -> int | None:
    if found := _SOME_CLAIMS.search(words):
        return _some_claims(ledger, found)
    counted = [number(n) for n in re.findall(rf"\b({NUM}) (?:\w+ )?(?:claims|criteria|checks|requirements)", words)]
    return ledger.everything() if all(n == len(ledger.claims) for n in counted) else None


def _some_claims(ledger: Records, found: re.Match[str]) -> int | None:
    """`two of the three claims hold`, `one claim was refuted`"""
    last = {r.claim: r for r in ledger.records if r.claim}
    wanted = Verdict.REFUTED if found["bad"] else Verdict.UPHELD
    meant = [r for r in last.values() if r.verdict is wanted]
    whole = found["whole"] is None or number(found["whole"]) == len(ledger.claims)
    return meant[-1].n if meant and whole and number(found["part"]) == len(meant) else None


def bad(ledger: Records, words: str, _sentence: str) -> int | None:
    """That something failed: each tool and each check that is named, or the tests; with the exit code that is told."""
    if _PARTLY.search(words):
        return None
    codes = [int(n) for n in _EXIT.findall(words)]
    named = [*_tools(words), *(rf"^{check}:" for check in _CHECKS if check in words.lower())]
    if not named or re.search(r"\b(?:tests|suite)\b", words, re.IGNORECASE):
        named.append("^(?:tests|regression):")
    refuted = [r for r in ledger.where(Verdict.REFUTED) if all(code == r.exit_code for code in codes)]
    shown = [next((r.n for r in refuted if re.search(each, f"{r.check}: {ledger.about(r)}")), None) for each in named]
    return shown[0] if None not in shown else None


def ready(ledger: Records, words: str, _sentence: str) -> int | None:
    return None if re.search(r"security|vulnerab|bug-free|correct", words, re.IGNORECASE) else ledger.everything()


def _tools(words: str) -> list[str]:
    """What a word about tools must find in a command or its claim: the named tool, or its trade."""
    text = words.lower()
    named = [rf"\b{name}\b" for name in re.findall(rf"(?<![\w-]){NAMED}(?![\w-])", text)]
    return named or [pattern for trade, pattern in _TOOLS.items() if re.search(rf"\b{trade}", text)]
