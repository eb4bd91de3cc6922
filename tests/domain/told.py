"""Sentences of many voices, one a line (`⏎` is a new line), as `told/*.txt` has them under headings that say what they
are; each file was met blind by the gate once. Two ledgers to hold them against: all is shown, and much is."""

from collections import defaultdict
from pathlib import Path

from bot.domain.work import Claim, Comparison, Counts, Verdict
from bot.speech.ledger import Ledger
from tests.domain import gate_sentences
from tests.domain.gate_sentences import record

ALL = Ledger(gate_sentences.RECORDS, {claim.id: claim for claim in gate_sentences.CLAIMS}, complete=True)
"""48 tests pass, 2 are skipped, 2 are new; lint, types, a benchmark that halved, 93.1 % of coverage: all upheld."""

_CLAIMS = (
    Claim(id="c1", text="the suite passes", check="tests"),
    Claim(id="c2", text="coverage is at least 85 %", check="coverage", args={"min": 85}),
    Claim(id="c3", text="parsing is not slower", check="benchmark", args={"command": "python bench.py"}),
    Claim(id="c4", text="lint is clean", check="command", args={"command": "ruff check ."}),
    Claim(id="c5", text="types check", check="command", args={"command": "mypy ."}),
)
_COVERED = "81.4 % of 500 lines covered, asked for: 85 %; at base 83.0 % of 490; of 20 changed lines 70.0 %."
_BENCH = Comparison(
    metric="seconds", unit="s", base=(0.239, 0.24, 0.241), head=(0.241, 0.242, 0.243), ratio=1.008, low=0.98, high=1.03,
    verdict="no difference",
)  # fmt: skip
_REFUTED = {"verdict": Verdict.REFUTED}
MUCH = Ledger(
    (
        record(1, "c1", "tests", counts=Counts(passed=31, skipped=1)),
        record(2, "c2", "coverage", reason=_COVERED, counts=Counts(passed=31, skipped=1), **_REFUTED),
        record(3, "c3", "benchmark", benchmark=_BENCH),
        record(4, "c4", "command", argv=("/bin/sh", "-c", "ruff check ."), exit_code=1, **_REFUTED),
        record(5, "c5", "command", argv=("/bin/sh", "-c", "mypy .")),
        record(6, None, "regression", counts=Counts(passed=30, skipped=1)),
    ),
    {claim.id: claim for claim in _CLAIMS},
    complete=False,
)
"""31 tests pass and one is skipped, types check, nothing is slower; lint and coverage, 81.4 %, are refuted."""


def told() -> dict[str, list[str]]:
    """The sentences of all voices by their heading."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(Path(__file__).with_name("told").glob("*.txt")):
        heading = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("## ") and line[3:] in _HEADINGS:
                heading = line[3:]
            else:
                found[heading].append(line.replace("⏎", "\n"))
    return found


_HEADINGS = frozenset(
    (
        "false",
        "false though all is shown",
        "false where much is shown",
        "true where all is shown",
        "true where much is shown",
        "plain",
    )
)
TOLD = told()
