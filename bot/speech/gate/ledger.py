"""The ledger that statements are compared with: the fresh records of a session, asked kind by kind. Numbers must agree
with one record as it was written down; words must fit what its check shows."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.session import Session
from bot.domain.work import Claim, Counts, Evidence, Verdict
from bot.speech.gate.figures import (
    ONE_OF,
    clean,
    comparison_agrees,
    counts_agree,
    coverage_agrees,
    measured,
    mutation_agrees,
    percents,
)
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.stated import Statement
from bot.speech.gate.stated.vocabulary import NAMED

_WRAPPERS = frozenset(("verified", "shows", "ran", "tick", "word", "fixed"))
_TOPICS = (
    ("suite", r"tests?|suite|specs?|pytest|unittest|jest"),
    ("lint", r"lint\w*|ruff|eslint|mypy|types?|type[- ]?check\w*|build|format\w*|vet|flake8|pyright|tsc|clippy"),
    ("coverage", r"coverage|covered"),
    ("regression", r"regressions?"),
    ("speed", r"benchmarks?|perf\w*|speed|latency|memory|fast\w*"),
)
_TOOLS = {
    "lint": r"lint|ruff|flake8|eslint|pylint|clippy|golangci|biome|rubocop|standard",
    "type": r"mypy|pyright|tsc|typ(?:e|ing)",
    "format": r"format|black|prettier|gofmt|fmt|isort",
    "static": r"lint|ruff|mypy|pyright|flake8|pylint|eslint|clippy",
    "quality": r"lint|ruff|mypy|pyright|flake8|pylint|eslint|clippy",
    "style": r"style|lint|ruff|flake8|format",
    "vet": r"\bvet\b",
    "build": r"build|compil|make|tsc|cargo|webpack|go ",
    "compil": r"build|compil|make|tsc|cargo|go ",
}


Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """`records` saw the present tree, newest last; `claims` by id; `complete` when every claim has an upheld one and no
    check speaks against the work."""

    records: tuple[Evidence, ...]
    claims: Mapping[str, Claim]
    complete: bool

    def shows(self, statement: Statement, sentence: str, *, beyond: bool = False) -> int | None:
        """The record that shows a whole statement; None when any part of it is not shown, or it tells of what is
        `beyond` all records."""
        if (record := self._as_claimed(sentence)) is not None:
            return record
        if beyond or (
            _NONE_SKIPPED.search(sentence)
            and not any(r.counts and not r.counts.skipped for r in self.records if r.check == "tests")
        ):
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
            "scope": self._scope,
            "coverage": self._coverage,
            "mutation": self._mutation,
            "speed": self._speed,
            "lint": self._lint,
            "ready": self._ready,
            "claims": self._claims,
            "red": self._red,
            "bad": self._bad,
            "check": lambda words, _: self._named_check(words),
            "shows": self._tick,
            "tick": self._tick,
        }
        if kind in ask:
            return ask[kind](words, sentence)
        return self._everything() if kind != "claimed" and self._known(sentence) else None

    @property
    def vocabulary(self) -> frozenset[str]:
        """The beginnings of the words that the ledger itself is told in: of claims, commands, metrics and tests."""
        told = [f"{claim.text} {' '.join(map(str, claim.args.values()))}" for claim in self.claims.values()]
        for record in self.records:
            told += [*record.argv, record.check, *((record.benchmark.metric,) if record.benchmark else ())]
            told += [*record.tests.added, *record.tests.fixed] if record.tests else []
        return frozenset(word[:4] for word in re.findall(r"[^\W_]+", " ".join(told).lower()))

    @property
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
                found |= measured(record.benchmark)
        return frozenset(found | {number(n) for n in re.findall(NUM, " ".join(told), re.IGNORECASE)})

    # --- tests -------------------------------------------------------------------------------------------------------
    def _suite(self, words: str, sentence: str) -> int | None:
        if re.search(r"\b(?:ci|pipelines?|continuous integration|workflows?|github actions)\b", words, re.IGNORECASE):
            return None  # what runs elsewhere is not ours to vouch for
        if re.search(r"\bbuild\b", words, re.IGNORECASE) and not re.search(r"\btests?\b", words, re.IGNORECASE):
            return self._lint(words, sentence)
        if re.search(r"\b(?:type|lint|style|static|format)\w*[- ]check", words, re.I) and "test" not in words.lower():
            return self._lint(words, sentence)
        if (named := self._named_check(words)) is not None:
            return named
        if re.search(r"\b(?:everything|checks?|gates?|all (?:good|fine|set|clear))\b", words, re.IGNORECASE):
            return self._everything()
        if not self._known(sentence) or (
            _BROKE.search(words) and not _NONE.search(words) and not _MADE_GREEN.search(sentence)
        ):
            return None
        counted = [number(n) for n in _TESTS_COUNTED.findall(sentence)]
        whole = _THEY_ALL.search(words) and counted
        new = re.search(r"\b(?:new|added) (?:\w+ )?tests?\b", words, re.IGNORECASE)
        old = re.search(r"\b(?:existing|old|other|previous|original|base) (?:\w+ )?tests?\b", words, re.IGNORECASE)
        if new and (shown := self._where(Verdict.UPHELD, checks=("red_green",))):
            return shown[-1].n
        if old and (shown := self._where(Verdict.UPHELD, checks=("regression",))):
            ran = shown[-1].counts
            known = {ran.passed, ran.total, ran.total - ran.skipped} if ran else set()
            return shown[-1].n if all(number(n) in known for n in _ALL_COUNTED.findall(sentence)) else None
        suites = [r for r in reversed(self._suites()) if clean(r)]
        return next((r.n for r in suites if not (whole and r.counts and _is_more(r.counts, counted))), None)

    def _named_check(self, words: str) -> int | None:
        """`the integrity check passed`"""
        named = _NAMED_CHECK.search(words)
        return next((r.n for r in self._where(Verdict.UPHELD) if named and r.check == named[1].lower()), None)

    def _known(self, sentence: str) -> bool:
        """Whether every number of tests in a sentence is one that was counted."""
        counts = [r.counts for r in self.records if r.counts is not None]
        known = {n for c in counts for n in (c.passed, c.failed, c.skipped, c.errors, c.total, c.total - c.skipped)}
        known |= {len(names) for r in self.records if r.tests for names in (r.tests.added, r.tests.fixed)}
        return all(number(n) in known for n in _TESTS_COUNTED.findall(ONE_OF.sub("", _NOT_ONE.sub("no", sentence))))

    def _suites(self) -> list[Evidence]:
        """Upheld runs of the whole suite: those of a part show nothing of the rest."""
        if self._where(Verdict.REFUTED, checks=("tests", "regression")):
            return []
        return [r for r in self._where(Verdict.UPHELD, checks=("tests",)) if not self._partial(r)] or [
            r for r in self._where(Verdict.UPHELD, checks=("regression",)) if clean(r)
        ]

    def _partial(self, record: Evidence) -> bool:
        claim = self.claims.get(record.claim or "")
        return claim is not None and bool(claim.args.get("paths") or claim.args.get("command"))

    def _count(self, words: str, sentence: str) -> int | None:
        if _MOVED.search(sentence):
            return self._moved(sentence)
        if _ONLY_OLD.search(sentence) and not _NEW_TESTS.search(sentence):
            kept = [r for r in self._where(Verdict.UPHELD, checks=("regression",)) if r.counts]
            if none := _NONE_OF.search(sentence):
                return next(
                    (r.n for r in kept if r.counts and number(none[1]) in (r.counts.passed, r.counts.total)), None
                )
            return next((r.n for r in kept if counts_agree(r, words)), None)
        if _FORMER.search(sentence):
            return self._mended(sentence)
        if out := _OUT_OF.search(sentence):
            words = f"{out[2]} of {out[1]} tests {out[3]}"
        wrote = _WROTE.search(sentence)
        if wrote and wrote[1] in words and re.search(r"\b(?:both|all|they)\b", words):
            return self._added(wrote[1])
        new, old = _NEW.findall(words), _OLD.findall(words)
        if not new and not (old and len(re.findall(NUM, words)) > len(old)):
            return self._counted(words)
        shown = [self._added(n) for n in new] + [self._counted(f"{n} passed") for n in old]
        rest = _OLD.sub("", _NEW.sub("", words))
        if re.search(NUM, rest):
            shown.append(self._counted(rest))
        return shown[0] if all(n is not None for n in shown) else None

    def _mended(self, sentence: str) -> int | None:
        """So many tests that were red on the old code pass now."""
        counted = [number(n) for found in _MENDED.findall(sentence) for n in found if n]
        for record in self._suites():
            if counted and record.tests and record.tests.fixed:
                return record.n if counted == [len(record.tests.fixed)] else None
        return self._fixed(sentence, sentence)

    def _moved(self, sentence: str) -> int | None:
        """So many tests were removed, or are newly skipped."""
        for record in self.records:
            changes = record.tests
            if changes and all(
                number(n)
                == len(changes.removed if "remov" in how.lower() or "delet" in how.lower() else changes.newly_skipped)
                for n, how in _MOVED.findall(sentence)
            ):
                return record.n
        return None

    def _counted(self, words: str) -> int | None:
        counted = [r for r in self.records if r.counts is not None and r.counts.total]
        counted.sort(key=lambda r: (r.check == "tests", r.n))
        return next((r.n for r in reversed(counted) if counts_agree(r, words)), None)

    def _added(self, said: str) -> int | None:
        """So many new tests pass: those that the suite has more, or that are red on the old code."""
        for record in reversed(self._suites()):
            if record.tests and clean(record) and number(said) == len(record.tests.added):
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

    def _scope(self, _words: str, _sentence: str) -> int | None:
        kept = self._where(Verdict.UPHELD, checks=("scope",))
        return kept[-1].n if kept else None

    def _fixed(self, words: str, _sentence: str) -> int | None:
        if not self._known(words):
            return None
        shown = self._where(Verdict.UPHELD, checks=("red_green",)) or self._suites()
        return shown[-1].n if shown else None

    # --- numbers -----------------------------------------------------------------------------------------------------
    def _coverage(self, words: str, sentence: str) -> int | None:
        measured = [r for r in self.records if r.check == "coverage" and r.verdict is not Verdict.UNPROVEN]
        return next((r.n for r in reversed(measured) if coverage_agrees(r, words, sentence)), None)

    def _mutation(self, words: str, _sentence: str) -> int | None:
        upheld = self._where(Verdict.UPHELD, checks=("mutation",))
        return next((r.n for r in upheld if mutation_agrees(r, words)), None)

    def _speed(self, words: str, sentence: str) -> int | None:
        measured = [r for r in self.records if r.benchmark is not None]
        measured = [r for r in measured if not _of_another(self._topic(r), sentence)]
        words = sentence if re.fullmatch(r"(?i)(?:the )?benchmarks?(?: \w+)?", words.strip()) else words
        fitting = (
            r.n
            for r in reversed(measured)
            if r.benchmark and comparison_agrees(r.benchmark, self._topic(r), words, sentence)
        )
        return next(fitting, None)

    def _topic(self, record: Evidence) -> str:
        claim = self.claims.get(record.claim or "")
        metric = record.benchmark.metric if record.benchmark else ""
        return f"{metric} {claim.text if claim else ''}".lower()

    # --- commands and the whole --------------------------------------------------------------------------------------
    def _lint(self, words: str, sentence: str) -> int | None:
        of_all = re.search(r"\b(?:static|quality)\b", f"{words} {sentence}", re.IGNORECASE)
        if of_all and self._where(Verdict.REFUTED, checks=("command",)):
            return None
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

    def _claims(self, words: str, _sentence: str) -> int | None:
        if found := _SOME_CLAIMS.search(words):
            return self._some_claims(found)
        counted = [number(n) for n in re.findall(rf"\b({NUM}) (?:\w+ )?(?:claims|criteria|checks|requirements)", words)]
        return self._everything() if all(n == len(self.claims) for n in counted) else None

    def _some_claims(self, found: re.Match[str]) -> int | None:
        """`two of the three claims hold`, `one claim was refuted`"""
        last = {r.claim: r for r in self.records if r.claim}
        wanted = Verdict.REFUTED if found["bad"] else Verdict.UPHELD
        meant = [r for r in last.values() if r.verdict is wanted]
        whole = found["whole"] is None or number(found["whole"]) == len(self.claims)
        return meant[-1].n if meant and whole and number(found["part"]) == len(meant) else None

    def _bad(self, words: str, _sentence: str) -> int | None:
        """That something failed: by the tool that is named, by an exit code, or by the tests."""
        if _PARTLY.search(words):
            return None
        refuted = self._where(Verdict.REFUTED)
        codes = [int(n) for n in _EXIT.findall(words)]
        tools = [tool for tool in _tools(words) if re.search(r"lint|style|type|format|\\b", tool)]
        for record in refuted:
            claim = self.claims.get(record.claim or "")
            about = f"{' '.join(record.argv)} {claim.text if claim else ''}".lower()
            named = any(re.search(tool, about) for tool in tools) if tools else record.check in ("tests", "regression")
            if named and all(code == record.exit_code for code in codes):
                return record.n
        return None

    def _red(self, words: str, _sentence: str) -> int | None:
        """New tests are red on the old code."""
        counted = [number(n) for n in re.findall(rf"\b({NUM})\b", words, re.IGNORECASE)]
        for record in self._where(Verdict.UPHELD, checks=("red_green",)):
            known = [number(n) for n in re.findall(r"^(\d+) new or changed", record.reason)]
            if all(n in known for n in counted):
                return record.n
        return None

    def _tick(self, words: str, sentence: str) -> int | None:
        topics = [kind for kind, pattern in _TOPICS if re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE)]
        if topics == ["speed"]:
            return self._speed("no slowdown", sentence)
        if topics == ["coverage"] and not percents(words):
            upheld = self._where(Verdict.UPHELD, checks=("coverage",)) if "claim" in words else []
            return upheld[-1].n if upheld else None
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
_MEASURED = re.compile(
    r"\b(?:time|memory|speed|fast\w*|slow\w*|benchmark\w*|latency|throughput)\b|\d\s?[mnµ]?s\b", re.IGNORECASE
)
_BROKE = re.compile(r"\b(?:broke|breaks?|failed|fails?|red|broken)\b", re.IGNORECASE)
_PARTLY = re.compile(r"\b(?:half|thirds?|quarters?|most|many|all|every|entire|whole|only|dozens?)\b", re.IGNORECASE)
_MADE_GREEN = re.compile(
    r"(?=.*\b(?:pass\w*|succe\w*|green)\b)(?=.*\b(?:old (?:code|version)|base|main|before|without|previous\w*|"
    r"original|from red)\b)",
    re.IGNORECASE | re.DOTALL,
)
_NONE_OF = re.compile(rf"\bnone of the ({NUM})\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|not|none|nothing|never|without|neither|nor|zero|0)\b|n't\b", re.IGNORECASE)
_THEY_ALL = re.compile(r"\b(?:all of them|they all)\b", re.IGNORECASE)
_ALL_COUNTED = re.compile(rf"\b(?:all|every one of the) ({NUM})\b", re.IGNORECASE)
_NAMED_CHECK = re.compile(
    r"\b(scope|integrity|regression|mutation|coverage) (?:check )?(?:pass\w*|succe\w*|holds?|is upheld|did as well|"
    r"too)\b",
    re.IGNORECASE,
)
_OUT_OF = re.compile(rf"\bout of (?:the |all )?({NUM}) tests,? ({NUM}) (\w+)", re.IGNORECASE)
_MENDED = re.compile(
    rf"\b({NUM}) (?:\w+ )?tests? (?:that|which) (?:\w+ )?(?:fail\w*|broken?|red)|\bfix\w* ({NUM}) failing|"
    rf"\b({NUM}) previously failing",
    re.IGNORECASE,
)
_SOME_CLAIMS = re.compile(
    rf"\b(?P<part>{NUM})(?: (?:out )?of (?:the |all )?(?:plan's )?(?P<whole>{NUM}))? (?:plan |approved )?claims?\b"
    r"(?: \w+){0,2}? (?:hold|holds|held|upheld|proven|met|pass\w*|(?P<bad>refuted|fail\w*|missed))\b",
    re.IGNORECASE,
)
_EXIT = re.compile(r"\bexit(?:s|ed)?(?: (?:code|status|with))* (\d+)", re.IGNORECASE)
_ONLY_OLD = re.compile(r"\b(?:old|older|existing|previous|pre-existing|original) tests?\b", re.IGNORECASE)
_NEW_TESTS = re.compile(r"\b(?:new|added)\b(?! code)", re.IGNORECASE)
_UPHELD = re.compile(
    r"^the (?:claim|promise|criterion)(?: that)? (.+) (?:(?:is|was) (?:upheld|proven|met|kept)|holds)$"
)
_MOVED = re.compile(rf"\b({NUM}) tests? (?:\w+ ){{0,3}}?(removed|deleted|newly skipped|newly disabled)", re.IGNORECASE)
_FORMER = re.compile(
    r"\b(?:failed before|previously failing|tests? (?:that|which) (?:had |was |were )?(?:fail\w*|broken|red) (?:on|"
    r"at|in) (?:the )?(?:base|main|old)|fix(?:es|ed)? (?:\w+ )failing|used to fail|(?:was|were) failing)\b",
    re.IGNORECASE,
)
_WROTE = re.compile(rf"\b(?:added|wrote) ({NUM})(?: new)? tests?\b", re.IGNORECASE)
_NONE_SKIPPED = re.compile(
    r"\b(?:none(?: of [^.;]{0,24}?)?(?: had to be)?|no(?: tests?)?|nothing|zero|0|not (?:a single|"
    r"one)(?: \w+)?)(?: (?:was|were|is|are))? skipped\b",
    re.IGNORECASE,
)
_NOT_ONE = re.compile(r"\bnot one\b", re.IGNORECASE)


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


def _of_another(topic: str, sentence: str) -> bool:
    """Whether a sentence is of another activity than the one that was measured: of decoding, where it was encoding."""
    run = _TIMED_RUN.search(sentence)
    if run and run[1].lower() not in topic:
        return True
    told, measured = _DOING.match(sentence), re.findall(r"\b(\w{3,})ing\b", topic)
    return bool(told and measured) and all(told[1].lower()[:4] != one[:4] for one in measured if told)


_TIMED_RUN = re.compile(
    r"\b(?:run-?time|run time|time|duration|speed) of (?:the |our )?(?:\w+ )?(suite|tests|build|pipeline)\b",
    re.IGNORECASE,
)
_DOING = re.compile(r"\W*(?:the )?(?!(?:no|any|every|some)thing)(\w{3,})ing\b", re.IGNORECASE)


def _is_more(counts: Counts, said: list[float]) -> bool:
    """Whether `all of them` are said to be more tests than passed."""
    return counts.passed != counts.total and counts.passed not in said and counts.total in said


def _letters(text: str) -> str:
    return re.sub(r"[^\w%.]+", " ", text.lower()).strip(" .")


def _tools(words: str) -> list[str]:
    """What a word about tools must find in a command or its claim: the named tool, or its trade."""
    text = words.lower()
    named = [rf"\b{name}\b" for name in re.findall(rf"(?<![\w-]){NAMED}(?![\w-])", text)]
    return named or [pattern for trade, pattern in _TOOLS.items() if re.search(rf"\b{trade}", text)]
