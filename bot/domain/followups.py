"""What happens after the pull request: remarks and their dispositions, red CI, a branch or base that moved."""

from typing import Literal

from bot.domain.refs import Actor, ConversationRef, Trust, Value

How = Literal["fixed", "answered", "declined", "superseded", "needs-reviewer", "no-reply"]
"""What became of a remark. `no-reply`: it wanted nothing of us, and nothing is said."""

Cause = Literal["change", "base", "flaky", "infrastructure"]
"""Why CI is red: this change broke it, it is red on the base too, it is not the same each time, or CI itself failed."""


class Remarked(Value):
    """Somebody with a say remarked on our pull request. `thread` is the review thread's first comment ('' outside of
    threads), where the disposition is said; `target` is the remark itself. `line` None: the file, or it is outdated;
    `start` is set where the remark is about several lines that end at `line`; `old` is for lines of the base's side.
    """

    kind: Literal["remarked"] = "remarked"
    id: str
    where: ConversationRef
    actor: Actor
    trust: Trust
    text: str
    target: str
    thread: str = ""
    review: str = ""
    path: str = ""
    line: int | None = None
    outdated: bool = False
    url: str = ""
    start: int | None = None
    old: bool = False

    @property
    def can_be_replaced(self) -> bool:
        """Whether it stands on present lines, which a suggested change could replace."""
        return bool(self.thread) and self.line is not None and not self.outdated and not self.old


class Withdrawn(Value):
    """A remark (by `target`), a thread's or a review's remarks lost their object: nothing is owed for them any more."""

    kind: Literal["withdrawn"] = "withdrawn"
    where: ConversationRef
    actor: Actor
    target: str
    why: Literal["deleted", "dismissed", "resolved", "edited"]


class PullChanged(Value):
    """Something happened to our pull request as a whole."""

    kind: Literal["pull-changed"] = "pull-changed"
    where: ConversationRef
    actor: Actor
    what: Literal["merged", "closed", "reopened", "drafted", "readied"]


class TakenOver(Value):
    """A person works on the branch and we keep off; or gives it back (`back`)."""

    kind: Literal["taken-over"] = "taken-over"
    where: ConversationRef
    actor: Actor
    back: bool = False
    target: str = ""


class CIFailed(Value):
    """A check of somebody else is red on the head that we pushed. `run` names it outside."""

    kind: Literal["ci-failed"] = "ci-failed"
    where: ConversationRef
    sha: str
    name: str
    run: str
    conclusion: str
    url: str = ""


class Began(Value):
    """A turn after the pull request began: for these remarks, or for these red checks."""

    kind: Literal["began"] = "began"
    why: Literal["review", "ci"]
    remarks: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


class CIJudged(Value):
    """Why a check is red, by what the program could see. `log` is the end of its output."""

    kind: Literal["ci-judged"] = "ci-judged"
    run: str
    name: str
    cause: Cause
    reason: str
    log: str = ""


class Disposition(Value):
    """What the model decided on one remark, in its words; `suggestion` is what could stand on the remark's lines."""

    id: str
    how: How
    text: str = ""
    suggestion: str | None = None


class Proposed(Value):
    """The dispositions that the model gave with its work; those that depend on it are said when it is delivered."""

    kind: Literal["proposed"] = "proposed"
    dispositions: tuple[Disposition, ...]


class Disposed(Value):
    """What became of a remark, said in its thread. `sha` is the commit that fixed it, `records` the evidence standing
    then; `proven` false: the change is there, but the checks spoke against it."""

    kind: Literal["disposed"] = "disposed"
    id: str
    how: How
    text: str = ""
    sha: str = ""
    records: tuple[int, ...] = ()
    proven: bool = True
    suggestion: str | None = None


class Settled(Value):
    """Review threads (by their first comment) were resolved: fixed, pushed, proven, and said so."""

    kind: Literal["settled"] = "settled"
    threads: tuple[str, ...]


class Synced(Value):
    """Others' commits were merged with the session's tree: those on our branch, or those on the base.

    `seen` is their newest commit, `sha` the checkpoint of the merged tree, which holds conflict markers in `conflicts`.
    `base_tree` is set for the base. `rewritten`: what we had pushed is no longer part of the branch. `paths` are those
    that others changed on the branch.
    """

    kind: Literal["synced"] = "synced"
    what: Literal["branch", "base"]
    seen: str
    sha: str
    tree: str
    conflicts: tuple[str, ...] = ()
    base_tree: str = ""
    rewritten: bool = False
    paths: tuple[str, ...] = ()


class Widened(Value):
    """A review asked for more than the approved plan's files: the next revision, which is `rev` with `paths`, waits for
    a decision. `remarks` are those that the turn was for."""

    kind: Literal["widened"] = "widened"
    rev: int
    paths: tuple[str, ...]
    remarks: tuple[str, ...] = ()


class Suggestion(Value):
    """Lines of a file in a person's pull request, both ends included, and what could stand there."""

    path: str
    first: int
    last: int
    text: str


class Offered(Value):
    """A change to a person's own pull request, offered and never pushed: as suggested changes on `onto`, its head, or
    as a patch ('' when that is too long to be said)."""

    kind: Literal["offered"] = "offered"
    onto: str
    sha: str
    suggestions: tuple[Suggestion, ...] = ()
    patch: str = ""


class Place(Value):
    """Where something was asked for: the remark's address, and the pull request's number."""

    url: str
    pull: str


class Learned(Value):
    """Reviewers of this repository asked for the same again: `rule` is one of them's wording, `key` names the lesson
    in the repository. Offered once, as a line for AGENTS.md, and never applied by us."""

    kind: Literal["learned"] = "learned"
    key: str
    rule: str
    places: tuple[Place, ...]


Followup = (
    Remarked
    | Withdrawn
    | PullChanged
    | TakenOver
    | CIFailed
    | Began
    | CIJudged
    | Proposed
    | Disposed
    | Settled
    | Synced
    | Widened
    | Offered
    | Learned
)
