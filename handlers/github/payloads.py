"""The parts of GitHub's webhook payloads that we read: narrow, everything else ignored, and lenient to nulls.

Strict models of whole payloads reject many of GitHub's own examples.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

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
    "installation",
    "installation_repositories",
)
"""What we listen to. Everything else is answered 200 and ignored."""

ALWAYS_SENT = ("installation", "installation_repositories")
"""Every App gets these; a manifest that names them is refused."""

Words = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class User(Payload):
    id: int
    login: str
    type: Words = "User"


class Owner(Payload):
    login: str


class Repo(Payload):
    id: int
    name: str
    owner: Owner


class Ident(Payload):
    id: int


class Issue(Payload):
    id: int
    number: int
    title: Words = ""
    body: Words = ""
    html_url: Words = ""
    updated_at: datetime | None = None
    user: User | None = None
    author_association: Words = ""
    pull_request: dict[str, object] | None = None
    performed_via_github_app: Ident | None = None

    @property
    def is_pull(self) -> bool:
        return self.pull_request is not None


class Comment(Payload):
    id: int
    body: Words = ""
    html_url: Words = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    user: User | None = None
    author_association: Words = ""
    performed_via_github_app: Ident | None = None


class Action(Payload):
    """All that is read of an event that leads to nothing."""

    action: Words = ""


class Envelope(Action):
    """What is read of every event that may lead to something."""

    sender: User | None = None
    repository: Repo | None = None
    installation: Ident | None = None


class Label(Payload):
    name: Words = ""


class IssueEvent(Envelope):
    issue: Issue
    label: Label | None = None
    assignee: User | None = None


class CommentEvent(Envelope):
    issue: Issue
    comment: Comment
