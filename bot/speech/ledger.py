"""The ledger that statements are compared with: the fresh records of a session, asked kind by kind. Numbers must agree
with one record as it was written down; words must fit what its check shows."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.session import Session
from bot.domain.work import Claim, Comparison, Evidence, Verdict
from bot.speech.numbers import NUM, number
from bot.speech.statements import Statement

_WRAPPERS = frozenset(("verified", "shows", "ran", "tick", "word", "fixed", "ready"))
_TOPICS = (
    ("suite", r"tests?|suite|specs?|pytest|unittest|jest"),
    ("lint", r"lint\w*|ruff|eslint|mypy|types?|type[- ]?check\w*|build|format\w*|flake8|pyright|tsc|clippy"),
    ("coverage", r"coverage|covered"),
    ("regression", r"regressions?"),
    ("speed", r"benchmarks?|perf\w*|speed|latency|fast\w*"),
)
_TOOLS = {
    "lint": r"lint|ruff|flake8|eslint|pylint|clippy|golangci|biome|rubocop|standard",
    "type": r"mypy|pyright|tsc|typ(?:e|ing)",
    "format": r"format|black|prettier|gofmt|fmt|isort",
    "style": r"style|lint|ruff|flake8|format",
    "build": r"build|compil|make|tsc|cargo|webpack|go ",
    "compil": r"build|compil|make|tsc|cargo|go ",
}
_SECONDS = (("n", 1e-9), ("mic", 1e-6), ("µ", 1e-6), ("us", 1e-6), ("min", 60.0), ("m", 1e-3), ("s", 1.0))
"""Beginnings of the units of time, the longer before the shorter."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """`records` saw the present tree, newest last; `claims` by id; `complete` when every claim has an upheld one and no
    check speaks against the work."""

    records: tuple[Evidence, ...]
    claims: Mapping[str, Claim]
    complete: bool

    def shows(self, statement: Statement, sentence: str) -> int | None:
        """The record that shows a whole statement; None when any part of it is not shown."""
        if (record := self._as_claimed(sentence)) is not None:
            return record
        hard = [part for part in statement.parts if part[0] not in _WRAPPERS]
        if any(kind in ("coverage", "mutation") for kind, _ in hard):
            hard = [part for part in hard if part[0] != "speed"]
        shown = [self._part(kind, words, sentence) for kind, words in hard or statement.parts]
        return next((n for n in shown if n is not None), None) if all(n is not None for n in shown) else None

    def _as_claimed(self, sentence: str) -> int | None:
        """A claim of the plan in its own words, and nothing besides, is shown by its own upheld record."""
        said = _letters(re.sub(r"[✅✔☑🟢✓]|:\w+:|\[x\]", "", sentence))
        for record in self._where(Verdict.UPHELD):
            claim = self.claims.get(record.claim or "")
            if claim and len(_letters(claim.text)) > 3 and said == _letters(claim.text):
                return record.n
        return None

    def _where(self, *verdicts: Verdict, checks: Iterable[str] = ()) -> list[Evidence]:
        wanted = tuple(checks)
        return [r for r in self.records if r.verdict in verdicts and (not wanted or r.check in wanted)]

    def _part(self, kind: str, words: str, sentence: str) -> int | None:
        ask: Mapping[str, Callable[[str, str], int | None]] = {
            "suite": self._suite,
            "count": self._count,
            "regression": self._regression,
            "ran": self._ran,
            "fixed": self._fixed,
            "coverage": self._coverage,
            "mutation": self._mutation,
            "speed": self._speed,
            "lint": self._lint,
            "ready": self._ready,
            "shows": self._tick,
            "tick": self._tick,
        }
        return ask[kind](words, sentence) if kind in ask else self._everything()

    # --- tests -------------------------------------------------------------------------------------------------------
    def _suite(self, words: str, sentence: str) -> int | None:
        if re.search(r"\b(?:ci|pipelines?|continuous integration|workflows?|github actions)\b", words, re.IGNORECASE):
            return None  # what runs elsewhere is not ours to vouch for
        if re.search(r"\bbuild\b", words, re.IGNORECASE) and not re.search(r"\btests?\b", words, re.IGNORECASE):
            return self._lint(words, sentence)
        if re.search(r"\b(?:everything|checks?|all (?:good|fine|set|clear))\b", words, re.IGNORECASE):
            return self._everything()
        if not self._known(sentence):
            return None
        new = re.search(r"\b(?:new|added) (?:\w+ )?tests?\b", words, re.IGNORECASE)
        old = re.search(r"\b(?:existing|old|other|previous|original|base) (?:\w+ )?tests?\b", words, re.IGNORECASE)
        if new and (shown := self._where(Verdict.UPHELD, checks=("red_green",))):
            return shown[-1].n
        if old and (shown := self._where(Verdict.UPHELD, checks=("regression",))):
            return shown[-1].n
        return next((r.n for r in reversed(self._suites()) if _clean(r)), None)

    def _known(self, sentence: str) -> bool:
        """Whether every number of tests in a sentence is one that was counted."""
        counts = [r.counts for r in self.records if r.counts is not None]
        known = {n for c in counts for n in (c.passed, c.failed, c.skipped, c.errors, c.total, c.total - c.skipped)}
        known |= {len(names) for r in self.records if r.tests for names in (r.tests.added, r.tests.fixed)}
        return all(number(n) in known for n in _TESTS_COUNTED.findall(_NOT_ONE.sub("no", sentence)))

    def _suites(self) -> list[Evidence]:
        """Upheld runs of the whole suite: those of a part show nothing of the rest."""
        if self._where(Verdict.REFUTED, checks=("tests", "regression")):
            return []
        return [r for r in self._where(Verdict.UPHELD, checks=("tests",)) if not self._partial(r)] or [
            r for r in self._where(Verdict.UPHELD, checks=("regression",)) if _clean(r)
        ]

    def _partial(self, record: Evidence) -> bool:
        claim = self.claims.get(record.claim or "")
        return claim is not None and bool(claim.args.get("paths") or claim.args.get("command"))

    def _count(self, words: str, _sentence: str) -> int | None:
        new, old = _NEW.findall(words), _OLD.findall(words)
        if not new and not (old and len(re.findall(NUM, words)) > len(old)):
            return self._counted(words)
        shown = [self._added(n) for n in new] + [self._counted(f"{n} passed") for n in old]
        rest = _OLD.sub("", _NEW.sub("", words))
        if re.search(NUM, rest):
            shown.append(self._counted(rest))
        return shown[0] if all(n is not None for n in shown) else None

    def _counted(self, words: str) -> int | None:
        counted = [r for r in self.records if r.counts is not None and r.counts.total]
        counted.sort(key=lambda r: (r.check == "tests", r.n))
        return next((r.n for r in reversed(counted) if _counts_agree(r, words)), None)

    def _added(self, said: str) -> int | None:
        """So many new tests pass: those that the suite has more, or that are red on the old code."""
        for record in reversed(self._suites()):
            if record.tests and _clean(record) and number(said) == len(record.tests.added):
                return record.n
        for record in self._where(Verdict.UPHELD, checks=("red_green",)):
            if number(said) in [number(n) for n in re.findall(r"^(\d+) new or changed", record.reason)]:
                return record.n
        return None

    def _regression(self, _words: str, _sentence: str) -> int | None:
        if self._where(Verdict.REFUTED, checks=("regression", "tests")):
            return None
        shown = self._where(Verdict.UPHELD, checks=("regression",)) or [r for r in self._suites() if r.tests]
        return shown[-1].n if shown else None

    def _ran(self, words: str, _sentence: str) -> int | None:
        if re.search(r"\b(?:lint\w*|mypy|ruff)\b", words, re.IGNORECASE):
            return self._lint(words, _sentence)
        checks = ("benchmark",) if "bench" in words.lower() else ("tests", "regression")
        whole = [r for r in self.records if r.check in checks and r.exit_code is not None and not self._partial(r)]
        return whole[-1].n if whole else None

    def _fixed(self, _words: str, _sentence: str) -> int | None:
        shown = self._where(Verdict.UPHELD, checks=("red_green",)) or self._suites()
        return shown[-1].n if shown else None

    # --- numbers -----------------------------------------------------------------------------------------------------
    def _coverage(self, words: str, sentence: str) -> int | None:
        whole = re.search(r"full|complete|total|every|all|each|perfect", words, re.IGNORECASE)
        said = _percents(words) or ([100.0] if whole else [] if _KEPT.search(words) else _percents(sentence))
        measured = [r for r in self.records if r.check == "coverage" and r.verdict is not Verdict.UNPROVEN]
        for record in reversed(measured):
            known = _coverages(record, changed=bool(re.search(r"chang|new|touched|diff", words, re.IGNORECASE)))
            if said and all(any(_rounds(one, fact) for fact in known) for one in said):
                return record.n
            if len(said) == 1 and known and _AT_LEAST.search(words) and said[0] <= known[0]:
                return record.n
            if not said and _KEPT.search(words) and len(known) > 1 and known[0] >= known[1]:
                return record.n
        return None

    def _mutation(self, words: str, _sentence: str) -> int | None:
        for record in self._where(Verdict.UPHELD, checks=("mutation",)):
            said, known = _percents(words), _percents(record.reason)
            if said and all(any(_rounds(one, fact) for fact in known) for one in said):
                return record.n
        return None

    def _speed(self, words: str, sentence: str) -> int | None:
        measured = [r for r in self.records if r.benchmark is not None]
        fitting = (
            r.n for r in reversed(measured) if r.benchmark and _agrees(r.benchmark, self._topic(r), words, sentence)
        )
        return next(fitting, None)

    def _topic(self, record: Evidence) -> str:
        claim = self.claims.get(record.claim or "")
        metric = record.benchmark.metric if record.benchmark else ""
        return f"{metric} {claim.text if claim else ''}".lower()

    # --- commands and the whole --------------------------------------------------------------------------------------
    def _lint(self, words: str, sentence: str) -> int | None:
        shown = [self._command(tool) for tool in _tools(words) or _tools(sentence) or ["$^"]]
        return shown[0] if all(n is not None for n in shown) else None

    def _command(self, tool: str) -> int | None:
        for record in reversed(self._where(Verdict.UPHELD, checks=("command",))):
            claim = self.claims.get(record.claim or "")
            if re.search(tool, f"{' '.join(record.argv)} {claim.text if claim else ''}".lower()):
                return record.n
        return None

    def _everything(self) -> int | None:
        return self.records[-1].n if self.complete and self.records else None

    def _ready(self, words: str, _sentence: str) -> int | None:
        return None if re.search(r"security|vulnerab|bug-free|correct", words, re.IGNORECASE) else self._everything()

    def _tick(self, words: str, sentence: str) -> int | None:
        topics = [kind for kind, pattern in _TOPICS if re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE)]
        if topics == ["speed"]:
            return self._speed("no slowdown", sentence)
        if topics == ["coverage"] and not _percents(words):
            return None
        if "suite" in topics and re.search(r"\d", words):
            topics = ["count" if kind == "suite" else kind for kind in topics]
        shown = [self._part(kind, words, sentence) for kind in topics]
        return shown[0] if shown and all(n is not None for n in shown) else None


def ledger_of(session: Session) -> Ledger:
    records = session.standing_evidence
    upheld = all(r.verdict is Verdict.UPHELD for r in records) and not any(
        c.verdict is not Verdict.UPHELD or c.stale for c in session.claims
    )
    return Ledger(records, session.claims_by_id, upheld)


_TESTS_COUNTED = re.compile(
    rf"(?<![\w.])({NUM})\s+(?:(?:new|old|other|more|existing|unit|added|of the|integration)\s+){{0,2}}(?:tests?|specs?|"
    r"cases|ones|assertions|scenarios|inputs|combinations|examples|passes)\b",
    re.IGNORECASE,
)
_NEW = re.compile(rf"\b({NUM}|both)(?: of the)? (?:new|added)\b(?:(?: \w+)? (?:tests?|ones))?", re.IGNORECASE)
_OLD = re.compile(rf"\b({NUM}) (?:existing|old|previous|original|other)\b(?:(?: \w+)? (?:tests?|ones))?", re.IGNORECASE)
_NOT_ONE = re.compile(r"\bnot one\b", re.IGNORECASE)
_KEPT = re.compile(
    r"not (?:\w+ )?(?:drop|f[ae]ll|decreas|go)|n't|same|unchanged|stable|rose|ris|up|better|incr|improv|gain",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(r"\b(?:above|over|more than|at least|exceeds?|beyond|no less than)\b|≥|>=?", re.IGNORECASE)


def _letters(text: str) -> str:
    return re.sub(r"[^\w%.]+", " ", text.lower()).strip(" .")


def _clean(record: Evidence) -> bool:
    c = record.counts
    return c is None or (c.passed > 0 and not c.failed + c.errors)


_COUNTED = re.compile(
    rf"(?P<word>pass|fail|err|skip)\w*\s*[:=]\s*(?P<named>{NUM})|(?P<n>{NUM}|\bno\b|\bnone\b)(?P<rest>[^\d,;(/]*)",
    re.IGNORECASE,
)
_COUNT_WORD = re.compile(r"pass|green|succe|ok\b|✅|✓|fail|err|skip", re.IGNORECASE)


def _counts_agree(record: Evidence, words: str) -> bool:
    """Whether every number in the words is what this record counted under that word."""
    c = record.counts
    if c is None or "%" in words:
        return c is not None and "100" in words and _clean(record)
    text = re.sub(rf"\bin\s+{NUM}\s?[a-zµ]+\b", "", words, flags=re.IGNORECASE)
    counted = [_counted(found) for found in _COUNTED.finditer(text)]
    ran = {float(c.total), float(c.total - c.skipped)}
    failed = {float(c.failed), float(c.errors), float(c.failed + c.errors)}
    facts = {"fail": failed, "err": failed, "skip": {float(c.skipped)}, "": ran | {float(c.passed)}}
    praised = bool(_COUNT_WORD.search(text))
    if praised and re.search(r"\ball\b|\bboth\b", text, re.IGNORECASE) and not _clean(record):
        return False
    return bool(counted) and all(value in facts.get(word, {float(c.passed)}) for value, word in counted)


def _counted(found: re.Match[str]) -> tuple[float, str]:
    """A number with the word it counts: 'pass', 'fail', 'err', 'skip', or '' for what ran."""
    if found["named"]:
        return number(found["named"]), found["word"].lower()[:4].replace("erro", "err")
    word = _COUNT_WORD.search(found["rest"])
    kind = word[0].lower() if word else ""
    value = 0.0 if found["n"].lower() in ("no", "none") else number(found["n"])
    return value, kind if kind in ("fail", "err", "skip", "") else "pass"


def _percents(words: str) -> list[float]:
    return [number(n) for n in re.findall(rf"({NUM})\s?(?:%|percent|per cent)", words, re.IGNORECASE)] + [
        number(n) for n in re.findall(rf"from ({NUM})\s+to {NUM}\s?(?:%|percent)", words, re.IGNORECASE)
    ]


def _fractions(words: str) -> list[float]:
    """`two thirds` in percent."""
    parts = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
    said = re.findall(r"\b(an?|one|two|three|four|nine) (half|third|quarter|fifth|tenth)s?\b", words, re.IGNORECASE)
    return [
        100 * (number(many) if many.lower() not in ("a", "an") else 1.0) / parts[part.lower()] for many, part in said
    ]


def _coverages(record: Evidence, *, changed: bool) -> list[float]:
    """The figures of a coverage record: at head, at base, and of the changed lines; not the one asked for."""
    parts = record.reason.split("; ")
    head = _percents(parts[0].partition("asked for")[0])
    others = [n for part in parts[1:] if "at base" in part or (changed and "changed" in part) for n in _percents(part)]
    return [*head, *others]


def _rounds(said: float, fact: float) -> bool:
    """Whether a said figure is the fact, rounded as far as it was said."""
    text = f"{said:g}"
    places = len(text.partition(".")[2])
    return abs(said - fact) <= 0.5 / float(10**places) + 1e-9


def _agrees(bench: Comparison, topic: str, words: str, sentence: str) -> bool:
    """Whether a comparison shows what the words say of time, share or size."""
    text = words.lower()
    wanted = re.search(r"\b(p\d{2,3}|memory|throughput|rss|start-?up)\b", f"{text} {sentence.lower()}")
    if wanted and wanted[1] not in topic:
        return False
    if not wanted and re.search(r"memory|bytes|rss", topic) and "memory" not in text:
        return False
    figures = re.findall(rf"({NUM})\s?((?:n|µ|u|m)?s\b|secs?\b|seconds?\b|\w*seconds?\b|min\w*\b)", text, re.IGNORECASE)
    if figures:
        return all(_is_measured(bench, number(n), unit) for n, unit in figures)
    better = bench.verdict == "improved"
    factor = _factor(text)
    if factor is not None:
        speed = 1 / bench.ratio if bench.ratio else 0.0
        known = [speed, bench.ratio] if re.search(r"throughput", text) else [speed]
        bound = re.search(rf"(?:{_AT_LEAST.pattern})\s+(?:\w+ )?{NUM}", sentence, re.IGNORECASE)
        if better and "slower" not in text and bound and factor <= speed:
            return True
        return better and "slower" not in text and any(abs(factor - k) <= 0.05 * k + 0.005 for k in known)
    shares = _percents(text) or _fractions(text)
    if shares and bench.ratio:
        known = [100 * (1 - bench.ratio), 100 * (1 / bench.ratio - 1), 100 * (bench.ratio - 1)]
        known = known if better else []
        return bool(known) and all(any(abs(s - k) <= 1.0 for k in known) for s in shares)
    if re.search(r"\bno\b|unchanged|unaffected|the same|as fast|identical|stable|not slower|n't slower", text):
        return bench.verdict in ("improved", "no difference")
    return better and not re.search(r"\d", text)


def _factor(text: str) -> float | None:
    named = {
        "twice": 2.0,
        "thrice": 3.0,
        "double": 2.0,
        "doubl": 2.0,
        "triple": 3.0,
        "tripl": 3.0,
        "half": 2.0,
        "halv": 2.0,
    }
    named |= {"a third of": 3.0, "to a third": 3.0, "a quarter": 4.0, "quarter": 4.0, "order of magnitude": 10.0}
    found = re.search(rf"({NUM})\s?(?:x\b|×|times\b|-?\s?fold)", text)
    if found:
        return number(found[1])
    spoken = re.search(rf"speed-?up\D{{0,12}}({NUM})(?!\s?(?:%|percent))|by a factor of ({NUM})", text)
    if spoken:
        return number(spoken[1] or spoken[2])
    return next((value for word, value in named.items() if word in text), None)


def _is_measured(bench: Comparison, value: float, unit: str) -> bool:
    """Whether a time is the median of one side, to five in a hundred."""
    theirs, ours = _seconds(unit), _seconds(bench.unit)
    if theirs is None or ours is None:
        return False
    sides = [_median(side) * ours for side in (bench.head, bench.base) if side]
    return any(abs(value * theirs - side) <= 0.05 * side for side in sides)


def _seconds(unit: str) -> float | None:
    return next((value for start, value in _SECONDS if unit.lower().startswith(start)), None)


def _median(samples: tuple[float, ...]) -> float:
    ordered = sorted(samples)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _tools(words: str) -> list[str]:
    """What a word about tools must find in a command or its claim: the named tool, or its trade."""
    text = words.lower()
    names = ("ruff", "flake8", "pylint", "eslint", "mypy", "pyright", "tsc", "clippy", "black", "prettier", "isort")
    named = [rf"\b{name}\b" for name in names if re.search(rf"\b{name}\b", text)]
    return named or [pattern for trade, pattern in _TOOLS.items() if re.search(rf"\b{trade}", text)]
