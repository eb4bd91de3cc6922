"""Everything that can happen in a session: the closed union of event bodies, the envelope, and loading.

A body is written once and read for ever: fields are added with a default, never renamed (see `tests/golden`).
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bot.domain.followups import Followup
from bot.domain.lending import SecretSwitched
from bot.domain.measuring import Asking, Measured
from bot.domain.refs import Actor, ConversationRef, Trust, Value
from bot.domain.rules import Detected, Rules
from bot.domain.work import Evidence, Finding, Iteration, Outcome, Plan, ToolCall, Usage


# --- what people did -------------------------------------------------------------------------------------------------
class Opened(Value):
    """A conversation became a session. `title` and `text` are the words it works from, as they stood then."""

    kind: Literal["opened"] = "opened"
    place: ConversationRef
    title: str
    text: str
    requester: Actor
    is_pull: bool = False


class Spoke(Value):
    """A person with a say said something to us. `verb` is the command ('' for plain words), `text` its words."""

    kind: Literal["spoke"] = "spoke"
    where: ConversationRef
    actor: Actor
    trust: Trust
    verb: str = ""
    text: str = ""
    target: str = ""
    url: str = ""


class Refused(Value):
    """We heard and won't: said exactly once, with what to do instead."""

    kind: Literal["refused"] = "refused"
    where: ConversationRef
    actor: Actor
    reason: str
    advice: str = ""
    target: str = ""


class Looked(Value):
    """Somebody asked to see something; the answer is worded from the session as it stands at this event."""

    kind: Literal["looked"] = "looked"
    where: ConversationRef
    actor: Actor
    verb: str
    args: str = ""
    target: str = ""


class Approved(Value):
    """A plan was approved: this revision, this digest. `by` is None when the repository's rules waive approval."""

    kind: Literal["approved"] = "approved"
    rev: int
    digest: str
    by: Actor | None
    where: ConversationRef | None = None


class Rejected(Value):
    kind: Literal["rejected"] = "rejected"
    rev: int
    by: Actor
    why: str = ""


class Answered(Value):
    """An ask got its one answer."""

    kind: Literal["answered"] = "answered"
    ask: str
    by: Actor
    text: str
    where: ConversationRef | None = None


class Halted(Value):
    kind: Literal["halted"] = "halted"
    by: Actor
    where: ConversationRef


class Resumed(Value):
    """Go on where it rested: after a stop (`resume`) or a failure (`retry`)."""

    kind: Literal["resumed"] = "resumed"
    by: Actor
    verb: Literal["resume", "retry"] = "resume"
    where: ConversationRef


class TextChanged(Value):
    """The issue was edited, closed, reopened or the like after we read it. We go on from the text we saw."""

    kind: Literal["text-changed"] = "text-changed"
    where: ConversationRef
    actor: Actor
    what: Literal["edited", "closed", "reopened", "deleted", "transferred", "locked", "merged"]


class Challenged(Value):
    """Somebody wants the evidence made again from scratch: of these claims, or of everything when none is named."""

    kind: Literal["challenged"] = "challenged"
    where: ConversationRef
    actor: Actor
    claims: tuple[str, ...] = ()
    target: str = ""


class Accepted(Value):
    """Somebody with a say accounted for integrity findings, each as it stood then, in the order of `names`."""

    kind: Literal["accepted"] = "accepted"
    where: ConversationRef
    actor: Actor
    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    why: str = ""
    target: str = ""


# --- what the work did -----------------------------------------------------------------------------------------------
class Grounded(Value):
    """The repository was cloned. `set_up_on`: the commit that set-up runs on, where the base is a stranger's."""

    kind: Literal["grounded"] = "grounded"
    base: str
    tree: str
    base_branch: str
    rules: Rules
    detected: Detected
    problems: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    set_up_on: str = ""


class SetUp(Value):
    """The set-up commands ran (or their kept result was found). `layer` names what they made; '' when there is none."""

    kind: Literal["set-up"] = "set-up"
    layer: str
    commands: tuple[str, ...]
    ok: bool
    cached: bool = False
    seconds: float = 0.0
    log: str = ""
    log_sha256: str = ""
    blocked: tuple[str, ...] = ()


class ModelReplied(Value):
    """One paid answer of the model. Committed before any of its calls runs, so it is never paid for twice."""

    kind: Literal["model-replied"] = "model-replied"
    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage


class ToolReturned(Value):
    """What a call came back with: the text the model reads (capped); the complete output among the blobs."""

    kind: Literal["tool-returned"] = "tool-returned"
    call: str
    name: str
    ok: bool
    text: str
    seconds: float = 0.0
    output_sha256: str = ""


class Reminded(Value):
    """The model answered without a call, or ran into a limit we tell it of."""

    kind: Literal["reminded"] = "reminded"
    text: str


class Checkpointed(Value):
    """The work tree was saved. `sha` is a commit in the session's own repository."""

    kind: Literal["checkpointed"] = "checkpointed"
    sha: str
    tree: str
    iterations: tuple[Iteration, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class Planned(Value):
    kind: Literal["planned"] = "planned"
    plan: Plan


class Asked(Value):
    """A question to the humans. `by` tells whether the model asked or the program (which then offers `options`)."""

    kind: Literal["asked"] = "asked"
    ask: str
    question: str
    options: tuple[str, ...] = ()
    by: Literal["model", "program"] = "model"


class Replied(Value):
    """An answer in words; ends the turn. The model's words: quoted, never published as facts."""

    kind: Literal["replied"] = "replied"
    text: str


class Finished(Value):
    """The agent handed its work over to validation."""

    kind: Literal["finished"] = "finished"
    title: str
    summary: str


# --- what checking and delivery did ----------------------------------------------------------------------------------
class Checked(Value):
    kind: Literal["checked"] = "checked"
    evidence: Evidence


class Judged(Value):
    """A round of checks is complete. `again` sends the refuted claims back to the agent, with the evidence."""

    kind: Literal["judged"] = "judged"
    head: str
    tree: str
    round: int
    refuted: tuple[int, ...]
    unproven: tuple[int, ...]
    unexplained: int = 0
    again: bool = False


class Committed(Value):
    """The host made the one commit of this delivery."""

    kind: Literal["committed"] = "committed"
    sha: str
    tree: str
    parent: str
    title: str


class Pushed(Value):
    kind: Literal["pushed"] = "pushed"
    branch: str
    sha: str


class PullRequestOpened(Value):
    kind: Literal["pull-request-opened"] = "pull-request-opened"
    place: ConversationRef
    number: int
    url: str
    draft: bool = True


class CheckRunSet(Value):
    kind: Literal["check-run-set"] = "check-run-set"
    id: str
    sha: str
    status: Literal["in_progress", "completed"]
    conclusion: Literal["success", "failure", "neutral"] | None = None


class MarkedReady(Value):
    kind: Literal["marked-ready"] = "marked-ready"
    number: int


class MarkedDraft(Value):
    """The pull request went back to draft: what had made it ready does not hold."""

    kind: Literal["marked-draft"] = "marked-draft"
    number: int


class HeadMoved(Value):
    """Somebody else's commits stand on our branch; what was recorded of `seen` does not count for `sha`."""

    kind: Literal["head-moved"] = "head-moved"
    branch: str
    seen: str
    sha: str
    tree: str


class Restated(Value):
    """The evidence was stated anew, after a challenge or an acceptance, and everything outside follows it. `records`
    are the new ones; `outcome` None: the session stays as it had ended."""

    kind: Literal["restated"] = "restated"
    where: ConversationRef
    cause: Literal["challenged", "accepted"]
    records: tuple[int, ...] = ()
    outcome: Outcome | None = None
    reason: str = ""
    advice: str = ""
    target: str = ""


class Faulted(Value):
    """Something outside failed, or we did. `retry_at` None: no further attempt is made."""

    kind: Literal["faulted"] = "faulted"
    job: str
    what: str
    attempt: int
    retry_at: datetime | None


class Rested(Value):
    """The turn ended; this is what the person is told it came to."""

    kind: Literal["rested"] = "rested"
    outcome: Outcome
    reason: str = ""
    advice: str = ""


Human = (
    Opened
    | Spoke
    | Refused
    | Looked
    | Approved
    | Rejected
    | Answered
    | Halted
    | Resumed
    | SecretSwitched
    | TextChanged
    | Challenged
    | Accepted
    | Asking
)
Working = (
    Grounded | SetUp | ModelReplied | ToolReturned | Reminded | Checkpointed | Planned | Asked | Replied | Finished
)
Proving = (
    Checked
    | Judged
    | Committed
    | Pushed
    | PullRequestOpened
    | CheckRunSet
    | MarkedReady
    | MarkedDraft
    | HeadMoved
    | Restated
    | Measured
    | Faulted
    | Rested
)
Body = Human | Working | Proving | Followup

_BODY: TypeAdapter[Body] = TypeAdapter(Annotated[Body, Field(discriminator="kind")])


class Event(Value):
    """The envelope. (session, seq) is an event's identity everywhere; seq counts from 1; `at` is UTC."""

    session: str
    seq: int
    turn: int
    at: datetime
    body: Body = Field(discriminator="kind")


def load_body(text: str | bytes) -> Body:
    """Read a stored body of any age. Raises pydantic.ValidationError for what was never written by us."""
    return _BODY.validate_json(text)


def dump_body(body: Body) -> str:
    """The stored form; fields at their default are left out, so that adding one changes no stored byte."""
    kept = body.model_dump_json(exclude_defaults=True)
    return '{"kind":"' + body.kind + '"' + ("," + kept[1:] if kept != "{}" else "}")
