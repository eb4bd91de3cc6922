"""The agent's tools and the evidence's checks: what they may use and what they give back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from pydantic import JsonValue

from bot.domain.events import Body
from bot.domain.rules import Detected, Rules
from bot.domain.session import Session
from bot.domain.work import Claim, Comparison, Counts, Finding, Plan, TestChanges, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool call came back with. `text` is for the model; `output` is the complete output, kept as a blob;
    `bodies` are what it leads to besides ToolReturned (a plan, an ask, the end of the turn)."""

    text: str
    ok: bool = True
    output: bytes = b""
    bodies: tuple[Body, ...] = ()


class Workbench(Protocol):
    """What a tool may use: the work tree through safe reading and writing, one sandbox, and the session to look at.

    Never the store, never a token, never another repository. Paths are relative to the work tree, `/`-separated.
    Raises sandbox.api.PathRefused for paths outside it.
    """

    @property
    def session(self) -> Session: ...

    async def read(self, path: str, iteration: int | None = None) -> bytes: ...

    async def write(self, path: str, data: bytes, why: str) -> None: ...

    async def delete(self, path: str, why: str) -> None: ...

    async def move(self, source: str, target: str, why: str) -> None: ...

    async def restore(self, path: str, iteration: int, why: str) -> None: ...

    async def files(self, glob: str | None, limit: int) -> Sequence[tuple[str, int]]: ...

    async def search(
        self, pattern: str, glob: str | None, *, regex: bool, ignore_case: bool, whole_word: bool
    ) -> tuple[Sequence[tuple[str, int, str]], str | None]:
        """(path, line number from 1, line) of each hit, and why not everything was looked at (None: it was)."""
        ...

    async def run(self, command: str, timeout: float) -> tuple[int | None, bytes, float]:
        """(exit code or None after a time-out, output, seconds) of a shell command in the sandbox."""
        ...


class Tool(Protocol):
    """One agent tool: a pydantic model of its arguments, and what it does with a workbench."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> Mapping[str, object]:
        """The function's JSON schema as Chat Completions wants it."""
        ...

    async def run(self, arguments: str, bench: Workbench) -> Answer:
        """Raises nothing for what the model sent: a wrong call comes back as an Answer that says what was wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Tests:
    """What a test runner reported: outcome by test id, and how the sources of that knowledge agreed.

    Outcomes are 'passed', 'failed', 'skipped', 'error'. `disagreement` is '' when exit code, the runner's own summary
    and the result file agree; `broken` says why nothing can be told at all (collection error, no result file). `parts`
    are those ids that are subtests: runners don't count them as tests.
    """

    __test__ = False
    outcomes: Mapping[str, str]
    messages: Mapping[str, str]
    disagreement: str = ""
    broken: str = ""
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TreeSpec:
    """A tree to run on: all of `of`, with some paths taken from the other side (absent there: removed here). `placed`
    are pairs (path here, path there): the other side's file of another name, for what moved."""

    of: Literal["head", "base"]
    swapped: frozenset[str] = frozenset()
    placed: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """One execution that a check wants: `name` is its key among the results. `argv` may hold {results}, the directory
    for result files. `timeout` in seconds. `runner` parses (None: exit code and output are all). `files` are result
    files whose text the check reads itself. Runs of the same non-empty `place` share one sandbox, in the order asked
    for, and have the machine to themselves: for measuring. `repeat` tells one execution of the same from another."""

    name: str
    tree: TreeSpec
    argv: tuple[str, ...]
    timeout: float
    runner: str | None = None
    repeat: int = 0
    files: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one execution gave. `output` may be cut in the middle; `log_sha256` names all that was kept. `exit_code` is
    None when it had none, and `unfinished` then says why (its time limit, a sandbox that died)."""

    run: Run
    exit_code: int | None
    output: str
    seconds: float
    started_at: datetime
    log_sha256: str
    tests: Tests | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    unfinished: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed path with its text on both sides (None: absent or not text). `link`: it is a link at the head."""

    path: str
    old: str | None
    new: str | None
    renamed_from: str | None = None
    binary: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """All that a check may look at: the claim (None for checks that always run), the effective commands, the change,
    and the path lists of both trees. `base_files` and `head_files` are texts by path: of what changed, and, as far as
    there is room, of unchanged tests and of sources that a check must parse. `heads_own`: what the head's project files
    tell, where they tell of another test command than the base's."""

    claim: Claim | None
    plan: Plan | None
    rules: Rules
    detected: Detected
    changes: tuple[FileChange, ...]
    base_paths: frozenset[str]
    head_paths: frozenset[str]
    base_files: Mapping[str, str]
    head_files: Mapping[str, str]
    heads_own: Detected | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason in one sentence, and what the record carries besides. `of` names the run whose argv,
    exit code and log the record shows."""

    verdict: Verdict
    reason: str
    of: str | None = None
    counts: Counts | None = None
    tests: TestChanges | None = None
    findings: tuple[Finding, ...] = ()
    benchmark: Comparison | None = None


class Check(Protocol):
    """An evidence checker: pure. The engine runs what it asks for, in fresh sandboxes, until it judges."""

    @property
    def name(self) -> str: ...

    @property
    def always(self) -> bool:
        """Whether it runs on every change, claimed or not."""
        ...

    def problem(self, args: Mapping[str, JsonValue], /) -> str | None:
        """What is wrong with a claim's arguments, for the model to mend; None when they will do."""
        ...

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        """The executions still needed, or the judgement. Called again with all results so far until it judges.

        None: the question doesn't arise for this change (no test was touched), and nothing is recorded.
        """
        ...
