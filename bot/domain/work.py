"""What a session works with: plans and claims, evidence and verdicts, checkpoints and file iterations."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import JsonValue

from bot.domain.refs import Value, digest_of


class Verdict(StrEnum):
    """What a check showed. "Not checked yet" is the absence of a record, never a verdict."""

    UPHELD = "upheld"
    REFUTED = "refuted"
    UNPROVEN = "unproven"


class Outcome(StrEnum):
    """How a turn ended."""

    DONE = "done"
    DECLINED = "declined"
    NEEDS_INPUT = "needs-input"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Claim(Value):
    """One measurable statement and the check that will prove it; `args` are the check's own."""

    id: str
    text: str
    check: str
    args: dict[str, JsonValue] = {}


class Plan(Value):
    """A proposal. Approval names `rev` and covers `digest`, and so the claims: the agent can't soften its own test."""

    rev: int
    summary: str
    steps: tuple[str, ...]
    files: tuple[str, ...]
    claims: tuple[Claim, ...]
    risks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The first 12 hex digits of SHA-256 over the plan's canonical JSON."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return digest_of(canonical)[:12]


class Counts(Value):
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    errors: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped + self.errors


class TestChanges(Value):
    """Test ids that differ between base and head."""

    __test__ = False
    fixed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    newly_skipped: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    red_on_base: tuple[str, ...] = ()


class Finding(Value):
    """A sign that the measuring instrument was touched. Not a conviction: `explained` says who accounted for it;
    `execution` stands in older logs only."""

    kind: str
    path: str
    line: int | None = None
    what: str = ""
    hunk: str = ""
    explained: Literal["plan", "human", "execution"] | None = None


class Comparison(Value):
    """A benchmark's result. Samples in `unit`; `ratio` is the head/base of pairs, `low`..`high` its 95 % interval."""

    metric: str
    unit: str
    base: tuple[float, ...]
    head: tuple[float, ...]
    ratio: float
    low: float
    high: float
    verdict: Literal["improved", "regressed", "no difference", "inconclusive"]


class Environment(Value):
    """Where a check ran: sandbox backend, image (or 'host'), and the digest of all that it showed inside."""

    backend: str
    image: str
    digest: str


class Evidence(Value):
    """One recorded execution. Made only by a check in a fresh sandbox; counts only for the tree it saw.

    `n` numbers records in a session from 1. `head` and `base` are commits; `tree` is head's tree, by which staleness is
    told. `seconds` is wall time. `log_sha256` names the complete stored output among the blobs.
    """

    n: int
    claim: str | None
    check: str
    verdict: Verdict
    reason: str
    head: str
    tree: str
    base: str | None
    argv: tuple[str, ...]
    exit_code: int | None
    started_at: datetime
    seconds: float
    environment: Environment
    counts: Counts | None = None
    tests: TestChanges | None = None
    findings: tuple[Finding, ...] = ()
    benchmark: Comparison | None = None
    log_sha256: str = ""


class Iteration(Value):
    """One version of one file: `n` counts from 1 for each path; `oid` is None when the file was deleted."""

    path: str
    n: int
    oid: str | None
    by: str
    why: str
    at: datetime


class Usage(Value):
    """What the model server charged: tokens, and dollars by the price in force."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            usd=self.usd + other.usd,
        )


class ToolCall(Value):
    """A call as the model made it: its own `id`, and the arguments as the text it sent, valid JSON or not."""

    id: str
    name: str
    arguments: str


def as_json(value: Any) -> str:
    """JSON without spaces, stable: the one form in which anything is stored or digested."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
