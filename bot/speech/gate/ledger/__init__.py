"""The ledger that statements are compared with: the fresh records of a session, asked kind by kind. Numbers must agree
with one record as it was written down; words must fit what its check shows."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property

from bot.domain.session import Session
from bot.domain.work import Verdict
from bot.speech.gate.ledger import coverage, speed, suite, verdicts
from bot.speech.gate.ledger.records import Records
from bot.speech.gate.ledger.shares import percents
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.stated import Statement

STEM = 4
"""So many letters words of one family have in common at least."""
_WRAPPERS = frozenset(("verified", "shows", "ran", "tick", "word", "fixed"))
_TOPICS = (
    ("suite", r"tests?|suite|specs?|pytest|unittest|jest"),
    ("lint", r"lint\w*|ruff|eslint|mypy|types?|type[- ]?check\w*|build|format\w*|vet|flake8|pyright|tsc|clippy"),
    ("coverage", r"coverage|covered"),
    ("regression", r"regressions?"),
    ("speed", r"benchmarks?|perf\w*|speed|latency|memory|fast\w*"),
)
Part = tuple[str, str]
_ASKED: Mapping[str, Callable[[Records, str, str], int | None]] = {
    "suite": suite.suite,
    "count": suite.count,
    "regression": suite.regression,
    "ran": suite.ran,
    "fixed": suite.fixed,
    "scope": suite.scope,
    "red": suite.red,
    "coverage": coverage.coverage,
    "mutation": coverage.mutation,
    "speed": speed.speed,
    "lint": verdicts.lint,
    "ready": verdicts.ready,
    "claims": verdicts.claims,
    "bad": verdicts.bad,
    "check": verdicts.named_check,
}
"""Each kind of statement with what is asked of the records: (records, words, sentence) to the record that shows it."""
_MEASURED = re.compile(
    r"\b(?:time|memory|speed|fast\w*|slow\w*|benchmark\w*|latency|throughput)\b|\d\s?[mnµ]?s\b", re.IGNORECASE
)
_UPHELD = re.compile(
    r"^the (?:claim|promise|criterion)(?: that)? (.+) (?:(?:is|was) (?:upheld|proven|met|kept)|holds)$"
)


class Ledger(Records):
    """Records that statements are held against. What is derived from all of them is made once, when it is asked for:
    a record may name a hundred thousand tests."""

    def shows(self, statement: Statement, sentence: str, *, beyond: bool = False) -> int | None:
        """The record that shows a whole statement; None when any part of it is not shown, or it tells of what is
        `beyond` all records."""
        if (record := self._as_claimed(sentence)) is not None:
            return record
        if beyond or not suite.known(self, sentence):
            return None
        hard = [part for part in statement.parts if part[0] not in _WRAPPERS]
        if re.search(r"\bcoverage\b", sentence, re.IGNORECASE) and not _MEASURED.search(sentence):
            hard = [("coverage", words) if kind == "speed" else (kind, words) for kind, words in hard]
        if any(kind in ("coverage", "mutation") for kind, _ in hard):
            hard = [part for part in hard if part[0] != "speed"]
        asked = {part: self._part(*part, sentence) for part in hard or statement.parts}
        shown = [part for part, n in asked.items() if n is not None]
        if any(n is None and not any(_within(part, more) for more in shown) for part, n in asked.items()):
            return None
        return next(n for n in asked.values() if n is not None)

    def _as_claimed(self, sentence: str) -> int | None:
        """A claim of the plan in its own words, and nothing besides, is shown by its own upheld record."""
        said = _letters(re.sub(r"[✅✔☑🟢✓]|:\w+:|\[x\]", "", sentence))
        said = _UPHELD.sub(r"\1", said)
        for record in self.where(Verdict.UPHELD):
            claim = self.claims.get(record.claim or "")
            if claim and len(_letters(claim.text)) > 3 and said == _letters(claim.text):
                return record.n
        return None

    def _part(self, kind: str, words: str, sentence: str) -> int | None:
        if kind in ("shows", "tick"):
            return self._tick(words, sentence)
        if kind in _ASKED:
            return _ASKED[kind](self, words, sentence)
        return self.everything() if kind != "claimed" else None

    def _tick(self, words: str, sentence: str) -> int | None:
        topics = [kind for kind, pattern in _TOPICS if re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE)]
        if topics == ["speed"]:
            return speed.speed(self, "no slowdown", sentence)
        if topics == ["coverage"] and not percents(words):
            upheld = self.where(Verdict.UPHELD, checks=("coverage",)) if "claim" in words else []
            return upheld[-1].n if upheld else None
        if "suite" in topics and re.search(r"\d", words):
            topics = ["count" if kind == "suite" else kind for kind in topics]
        shown = [self._part(kind, words, sentence) for kind in topics]
        return shown[0] if shown and all(n is not None for n in shown) else None

    @cached_property
    def vocabulary(self) -> Mapping[str, frozenset[str]]:
        """The words that the ledger itself is told in, of claims, commands, metrics and tests, by their first letters,
        of which there are `STEM`."""
        told = [f"{claim.text} {' '.join(map(str, claim.args.values()))}" for claim in self.claims.values()]
        for record in self.records:
            told += [*record.argv, record.check, *((record.benchmark.metric,) if record.benchmark else ())]
            told += [*record.tests.added, *record.tests.fixed] if record.tests else []
        found = defaultdict(set)
        for word in re.findall(r"[^\W_]+", " ".join(told).lower()):
            found[word[:STEM]].add(word)
        return {stem: frozenset(words) for stem, words in found.items()}

    @cached_property
    def amounts(self) -> frozenset[float]:
        """Every time and size that was measured, in any unit."""
        return frozenset[float]().union(*(speed.amounts(r.benchmark) for r in self.records if r.benchmark))

    @cached_property
    def figures(self) -> frozenset[float]:
        """Every number that a record or a claim tells."""
        told = [str(claim.text) + " " + " ".join(map(str, claim.args.values())) for claim in self.claims.values()]
        found = {0.0, 1.0}
        for record in self.records:
            told.append(record.reason)
            shares = percents(record.reason)
            found |= {abs(one - other) for one in shares for other in shares}
            if c := record.counts:
                found |= {float(n) for n in (c.passed, c.failed, c.skipped, c.errors, c.total, c.total - c.skipped)}
            if record.tests:
                found |= {float(len(names)) for _, names in record.tests if names}
            if record.exit_code is not None:
                found.add(float(record.exit_code))
            if record.benchmark:
                found |= speed.measured(record.benchmark)
        return frozenset(found | {number(n) for n in re.findall(NUM, " ".join(told), re.IGNORECASE)})


def ledger_of(session: Session) -> Ledger:
    records = session.standing_evidence
    upheld = all(r.verdict is Verdict.UPHELD for r in records) and not any(
        c.verdict is not Verdict.UPHELD or c.stale for c in session.claims
    )
    return Ledger(records, session.claims_by_id, upheld)


def _within(part: Part, more: Part) -> bool:
    """Whether what one part says is said by the other, too, and more of it: a figure says more than a word."""
    kinds = (part[0], more[0])
    figures = re.findall(r"\d+", part[1])
    if kinds == ("suite", "count") and figures and set(figures) <= set(re.findall(r"\d+", more[1])):
        return True
    if kinds == ("suite", "lint") and re.search(r"\btests?\b", part[1], re.IGNORECASE):
        return False  # that types check shows nothing of tests
    finer = kinds in (("suite", "count"), ("suite", "lint"), ("speed", "speed"), ("coverage", "coverage"))
    return finer and part[1] in more[1]


def _letters(text: str) -> str:
    return re.sub(r"[^\w%.]+", " ", text.lower()).strip(" .")
