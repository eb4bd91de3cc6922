"""Counts of tests that are said, against what one record counted."""

import re

from bot.domain.work import Evidence
from bot.speech.gate.ledger.shares import percents, rounds
from bot.speech.gate.numbers import NUM, number

_COUNTED = re.compile(
    rf"(?P<word>pass|fail|err|skip)\w*\s*[:=]\s*(?P<named>{NUM})|(?P<n>{NUM}|\bno\b|\bnone\b)(?P<rest>[^\d,;(/]*)",
    re.IGNORECASE,
)


ONE_OF = re.compile(r"(?:\b(?:every|each|any|not)(?: single)? )?\bone of the ", re.IGNORECASE)


_SHARE = re.compile(rf"(?P<part>{NUM})\s*(?:/|(?:out )?of(?: the)?)\s*(?P<whole>{NUM})", re.IGNORECASE)


_COUNT_WORD = re.compile(r"pass|green|succe|ok\b|✅|✓|[✘✗❌⏭⏩]|fail|err|skip|\bred\b(?!.*pass)", re.IGNORECASE)


def clean(record: Evidence) -> bool:
    c = record.counts
    return c is None or (c.passed > 0 and not c.failed + c.errors)


def counts_agree(record: Evidence, words: str) -> bool:
    """Whether every number in the words is what this record counted under that word."""
    c = record.counts
    if c is None:
        return False
    if "%" in words and re.search(r"\bfail", words):
        return all(rounds(said, 100.0 * (c.failed + c.errors) / (c.total - c.skipped)) for said in percents(words))
    if "%" in words:
        shares = [100.0 * c.passed / ran for ran in (c.total, c.total - c.skipped) if ran]
        return all(any(rounds(said, share) for share in shares) for said in percents(words)) and (
            c.failed + c.errors == 0 or "100" not in words
        )
    words = ONE_OF.sub("", words)
    text = re.sub(rf"\bin\s+{NUM}\s?[a-zµ]+\b", "", words, flags=re.IGNORECASE)
    ran = {float(c.total), float(c.total - c.skipped)}
    failed = {float(c.failed), float(c.failed + c.errors)}
    facts = {
        "fail": failed,
        "err": {float(c.errors), float(c.failed + c.errors)},
        "skip": {float(c.skipped)},
        "": ran | {float(c.passed)},
    }
    share = _SHARE.search(text)
    if share and number(share["whole"]) not in ran:
        return False
    if share and not _COUNT_WORD.search(text) and number(share["part"]) != c.passed:
        return False
    if share:
        text = text[: share.end("part")] + text[share.end() :]
    counted = [_counted(found) for found in _COUNTED.finditer(text)]
    praised = bool(_COUNT_WORD.search(text))
    if praised and re.search(r"\ball\b|\bboth\b", text, re.IGNORECASE) and not clean(record):
        return False
    return bool(counted) and all(value in facts.get(word, {float(c.passed)}) for value, word in counted)


_DRAWN = dict.fromkeys(("✘", "✗", "❌", "red"), "fail") | dict.fromkeys("⏭⏩", "skip")


def _counted(found: re.Match[str]) -> tuple[float, str]:
    """A number with the word it counts: 'pass', 'fail', 'err', 'skip', or '' for what ran."""
    if found["named"]:
        return number(found["named"]), found["word"].lower()[:4].replace("erro", "err")
    word = _COUNT_WORD.search(found["rest"])
    kind = _DRAWN.get(word[0], word[0].lower()) if word else ""
    value = 0.0 if found["n"].lower() in ("no", "none") else number(found["n"])
    return value, kind if kind in ("fail", "err", "skip", "") else "pass"
