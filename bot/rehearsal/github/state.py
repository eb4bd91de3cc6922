"""What the embedded GitHub knows: people, repositories, threads, checks, tokens. State, and nothing that acts on it.

These classes change over time and are compared by identity. What programs read of them is rendered in `shapes`;
what a person would read is rendered here, as chat.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from bot.rehearsal.github.bare import Bare
from bot.rehearsal.wire import Json

FACES = {
    "+1": "👍",
    "-1": "👎",
    "laugh": "😄",
    "confused": "😕",
    "heart": "❤️",
    "hooray": "🎉",
    "rocket": "🚀",
    "eyes": "👀",
}
MARKER = re.compile(r"\s*<!-- maestro:.*?-->", re.S)

ROLES = ("none", "read", "triage", "write", "maintain", "admin")
PERMISSIONS = {
    "metadata": "read",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "checks": "write",
    "actions": "read",
    "statuses": "read",
}
EVENTS = (
    "issues",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "check_run",
    "check_suite",
    "workflow_run",
    "status",
    "push",
)


@dataclass(eq=False, slots=True)
class User:
    """An account; `kind` is GitHub's `type`: User, Bot or Organization."""

    id: int
    login: str
    kind: str = "User"
    name: str | None = None
    permission: str | None = None
    """The role on every repository that has no entry of its own for this person."""
    created_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(eq=False, slots=True)
class App:
    """A GitHub App. Ours has a bot and a key; others (Actions, say) only report checks."""

    id: int
    slug: str
    owner: User
    bot: User
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))
    events: tuple[str, ...] = EVENTS


def said(text: str | None, edits: "list[Edit]", reactions: "list[Reaction]") -> str:
    """`(edited 2×): text [👀 alice]`, without hidden markers."""
    faces = "".join(f" [{FACES[one.content]} {one.user.login}]" for one in reactions)
    return f"{f' (edited {len(edits)}×)' if edits else ''}: {MARKER.sub('', text or '').strip()}{faces}"


@dataclass(eq=False, slots=True)
class Reaction:
    """One person's one feeling."""

    id: int
    user: User
    content: str
    created_at: datetime


@dataclass(eq=False, slots=True)
class Edit:
    """What a body was before it was edited."""

    at: datetime
    by: User
    before: str


@dataclass(eq=False, slots=True, kw_only=True)
class Comment:
    """A comment on an issue, or (see `LineComment`) on a line of a pull request."""

    id: int
    issue: "Issue"
    user: User
    body: str
    created_at: datetime
    updated_at: datetime
    app: App | None = None
    deleted: bool = False
    reactions: list[Reaction] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)

    def chat(self) -> str:
        """As a line of the thread."""
        return f"{self.user.login}{said('(deleted)' if self.deleted else self.body, self.edits, self.reactions)}"


@dataclass(eq=False, slots=True, kw_only=True)
class LineComment(Comment):
    """A review comment; those of one thread share `thread`."""

    thread: "Thread"
    review: "Review"
    commit: str
    diff_hunk: str

    def chat(self) -> str:
        """As a line of the thread, with its place in the code."""
        rest = said("(deleted)" if self.deleted else self.body, self.edits, self.reactions)
        return f"{self.user.login} on {self.thread.place}{rest}"


@dataclass(eq=False, slots=True, kw_only=True)
class Thread:
    """A review thread anchored to lines of one side of the diff; line None is a comment on the file."""

    id: int
    pull: "Pull"
    path: str
    line: int | None
    start_line: int | None
    side: str
    commit: str
    comments: list[LineComment] = field(default_factory=list)
    resolved_by: User | None = None

    @property
    def place(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(eq=False, slots=True, kw_only=True)
class Review:
    """A review; `state` as the API says it: PENDING COMMENTED APPROVED CHANGES_REQUESTED DISMISSED."""

    id: int
    pull: "Pull"
    user: User
    body: str
    state: str
    commit: str
    submitted_at: datetime | None
    app: App | None = None

    def chat(self) -> str:
        """As a line of the thread."""
        words = {"APPROVED": "approved", "CHANGES_REQUESTED": "requested changes"}
        return f"{self.user.login} {words.get(self.state, 'reviewed')}{said(self.body, [], [])}"


@dataclass(eq=False, slots=True, kw_only=True)
class Pull:
    """What makes an issue a pull request."""

    id: int
    issue: "Issue"
    head_repo: "Repo"
    head_ref: str
    base_ref: str
    draft: bool
    head_sha: str
    base_sha: str
    merged_at: datetime | None = None
    merged_by: User | None = None
    merge_commit: str | None = None
    reviewers: list[User] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.issue.number

    @property
    def repo(self) -> "Repo":
        return self.issue.repo


@dataclass(eq=False, slots=True, kw_only=True)
class Issue:
    """An issue, or the conversation half of a pull request."""

    id: int
    repo: "Repo"
    number: int
    user: User
    title: str
    body: str | None
    created_at: datetime
    updated_at: datetime
    app: App | None = None
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: User | None = None
    locked: bool = False
    deleted: bool = False
    moved_to: "Issue | None" = None
    pull: Pull | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    happened: "list[Happening]" = field(default_factory=list)

    def chat(self) -> str:
        """The opening line of the thread."""
        kind = f"pull request #{self.number}" if self.pull else f"#{self.number}"
        return f'{self.user.login} opened {kind} "{self.title}"{said(self.body, self.edits, self.reactions)}'

    @property
    def living(self) -> list[Comment]:
        """The comments that were not deleted, oldest first."""
        return [comment for comment in self.comments if not comment.deleted]


@dataclass(eq=False, slots=True, kw_only=True)
class CheckRun:
    """A check run on one commit."""

    id: int
    repo: "Repo"
    app: App
    name: str
    head_sha: str
    status: str
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    details_url: str | None
    external_id: str
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Json]] = field(default_factory=list)
    actions: list[dict[str, Json]] = field(default_factory=list)
    log: str | None = None
    """The log of the Actions job whose check run this is."""


@dataclass(frozen=True, slots=True)
class Push:
    """One ref that moved."""

    at: datetime
    by: User
    ref: str
    before: str
    after: str
    forced: bool


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status."""

    id: int
    sha: str
    user: User
    state: str
    context: str
    description: str | None
    target_url: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened in a thread, in chat words; what the demo shows live."""

    at: datetime
    repo: str
    number: int
    who: str
    what: str

    def chat(self) -> str:
        """As a line of the thread."""
        return f"{self.who}{'' if self.what.startswith(':') else ' '}{self.what}"


Happening: TypeAlias = Comment | Review | Moment


@dataclass(eq=False, slots=True, kw_only=True)
class Repo:
    """A repository on real git."""

    id: int
    owner: User
    name: str
    bare: Bare
    private: bool
    default_branch: str
    created_at: datetime
    pushed_at: datetime
    description: str | None = None
    has_issues: bool = True
    archived: bool = False
    installed: bool = True
    fork_of: "Repo | None" = None
    permissions: dict[int, tuple[str, str]] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    signed: bool = False
    """A rule: every commit that is pushed must be signed."""
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    check_runs: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def pulls(self) -> list[Pull]:
        """Every pull request, oldest first."""
        return [issue.pull for issue in self.issues.values() if issue.pull is not None]

    @property
    def forced_pushes(self) -> list[Push]:
        """The pushes that made commits unreachable."""
        return [push for push in self.pushes if push.forced]

    def role(self, user: User) -> tuple[str, str] | None:
        """(permission, role name) of a person, or None for an outsider."""
        if user is self.owner:
            return ("admin", "admin")
        own = self.permissions.get(user.id)
        return own or ((user.permission, user.permission) if user.permission else None)

    def may(self, user: User, role: str) -> bool:
        """Whether a person has at least `role` here; everybody may read what is public."""
        held = self.role(user)
        level = ROLES.index(held[0]) if held else 0
        return max(level, 0 if self.private else 1) >= ROLES.index(role)

    def grant(self, user: User, permission: str | None, role: str | None = None) -> None:
        """Set a person's role; `role` names a custom one; None takes the entry away."""
        if permission is None:
            self.permissions.pop(user.id, None)
        else:
            self.permissions[user.id] = (permission, role or permission)

    def thread(self, number: int) -> list[str]:
        """The conversation as chat lines in the order things happened, hidden markers stripped."""
        issue = self.issues[number]
        return [issue.chat(), *(one.chat() for one in issue.happened)]
