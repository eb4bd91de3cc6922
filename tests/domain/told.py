"""Sentences of many voices, one a line (`⏎` is a new line), as `told/*.txt` has them under headings that say what they
are; each file was met blind by the gate once. Each heading has the ledger to hold its sentences against."""

from collections import defaultdict
from pathlib import Path

from bot.domain.work import Claim, Comparison, Counts, TestChanges, Verdict
from bot.speech.gate.ledger import Ledger
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

_SCRIPT_CLAIMS = (
    Claim(id="c1", text="the test suite passes", check="tests"),
    Claim(id="c2", text="eslint reports nothing", check="command", args={"command": "npx eslint ."}),
    Claim(id="c3", text="tsc compiles without errors", check="command", args={"command": "npx tsc --noEmit"}),
    Claim(id="c4", text="coverage is at least 80 %", check="coverage", args={"min": 80}),
    Claim(id="c5", text="memory of the import falls by a fifth", check="benchmark", args={"command": "node bench.js"}),
)
_SCRIPT_COVERED = "87.6 % of 2310 lines covered, asked for: 80 %; at base 84.9 % of 2250; of 60 changed lines 100.0 %."
_MEMORY = Comparison(
    metric="memory", unit="mb", base=(149.0, 150.0, 151.0), head=(104.0, 105.0, 106.0), ratio=0.7, low=0.69, high=0.71,
    verdict="improved",
)  # fmt: skip
SCRIPT = Ledger(
    (
        record(
            1, "c1", "tests", counts=Counts(passed=212, skipped=3), tests=TestChanges(added=("a", "b", "c", "d", "e"))
        ),
        record(2, "c2", "command", argv=("/bin/sh", "-c", "npx eslint .")),
        record(3, "c3", "command", argv=("/bin/sh", "-c", "npx tsc --noEmit")),
        record(4, "c4", "coverage", reason=_SCRIPT_COVERED),
        record(5, "c5", "benchmark", benchmark=_MEMORY),
        record(6, None, "regression", counts=Counts(passed=207, skipped=3)),
        record(7, None, "red_green", counts=Counts(failed=5), reason="5 new or changed tests failing on the old code"),
    ),
    {claim.id: claim for claim in _SCRIPT_CLAIMS},
    complete=True,
)
"""212 tests pass, 3 are skipped, 5 are new; 87.6 % of coverage, a third less memory, no findings: all upheld."""

_RED_CLAIMS = (
    Claim(id="c1", text="the suite passes", check="tests"),
    Claim(id="c2", text="types check", check="command", args={"command": "mypy ."}),
    Claim(id="c3", text="coverage is at least 70 %", check="coverage", args={"min": 70}),
)
_RED_COVERED = "74.5 % of 640 lines covered, asked for: 70 %; at base 74.5 % of 630; of 12 changed lines 75.0 %."
RED = Ledger(
    (
        record(1, "c1", "tests", counts=Counts(passed=38, failed=2), exit_code=1, **_REFUTED),
        record(2, "c2", "command", argv=("/bin/sh", "-c", "mypy .")),
        record(3, "c3", "coverage", reason=_RED_COVERED),
    ),
    {claim.id: claim for claim in _RED_CLAIMS},
    complete=False,
)
"""2 of 40 tests fail; types check, and coverage is 74.5 % as before."""

_GO_CLAIMS = (
    Claim(id="c1", text="go test ./... passes", check="tests"),
    Claim(id="c2", text="go vet is clean", check="command", args={"command": "go vet ./..."}),
    Claim(id="c3", text="the project builds", check="command", args={"command": "go build ./..."}),
    Claim(id="c4", text="encoding gets faster by a quarter", check="benchmark", args={"command": "go test -bench ."}),
)
_ENCODING = Comparison(
    metric="seconds", unit="ns", base=(799.0, 800.0, 801.0), head=(559.0, 560.0, 561.0), ratio=0.7, low=0.69, high=0.71,
    verdict="improved",
)  # fmt: skip
GO = Ledger(
    (
        record(1, "c1", "tests", counts=Counts(passed=76), tests=TestChanges(added=("a", "b", "c"), fixed=("d",))),
        record(2, "c2", "command", argv=("/bin/sh", "-c", "go vet ./...")),
        record(3, "c3", "command", argv=("/bin/sh", "-c", "go build ./...")),
        record(4, "c4", "benchmark", benchmark=_ENCODING),
        record(5, None, "regression", counts=Counts(passed=73)),
        record(6, None, "red_green", counts=Counts(failed=3), reason="3 new or changed tests failing on the old code"),
    ),
    {claim.id: claim for claim in _GO_CLAIMS},
    complete=True,
)
"""76 tests pass, 3 are new, vet and build are clean, encoding takes 560 ns instead of 800: all upheld."""


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


FALSE = {
    "false": Ledger((), {}, complete=False),
    "false though all is shown": ALL,
    "false where much is shown": MUCH,
    "false though javascript is shown": SCRIPT,
    "false though go is shown": GO,
    "false where two tests fail": RED,
}
TRUE = {
    "true where all is shown": ALL,
    "true where much is shown": MUCH,
    "true where javascript is shown": SCRIPT,
    "true where go is shown": GO,
    "true where two tests fail": RED,
}
MISSED = "false, but not noticed"
"""What the gate takes for a description, and no other rule notices."""
_HEADINGS = frozenset((*FALSE, *TRUE, MISSED, "plain"))
TOLD = told()
