"""The parts that we read of webhooks about pull requests, their reviews and their checks."""

from datetime import datetime

from handlers.github.payloads import Envelope, Ident, Label, Payload, Repo, User, Words


class Branch(Payload):
    ref: Words = ""
    sha: Words = ""
    repo: Repo | None = None


class PullRequest(Payload):
    id: int
    number: int
    title: Words = ""
    body: Words = ""
    html_url: Words = ""
    state: Words = "open"
    draft: bool = False
    merged: bool | None = None
    updated_at: datetime | None = None
    user: User | None = None
    head: Branch | None = None
    base: Branch | None = None


class PullEvent(Envelope):
    pull_request: PullRequest
    label: Label | None = None
    assignee: User | None = None


class Review(Payload):
    id: int
    body: Words = ""
    state: Words = ""
    html_url: Words = ""
    submitted_at: datetime | None = None
    user: User | None = None


class ReviewEvent(Envelope):
    pull_request: PullRequest
    review: Review


class LineComment(Payload):
    id: int
    body: Words = ""
    html_url: Words = ""
    path: Words = ""
    line: int | None = None
    original_line: int | None = None
    start_line: int | None = None
    side: Words = ""
    in_reply_to_id: int | None = None
    pull_request_review_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    user: User | None = None
    performed_via_github_app: Ident | None = None


class LineEvent(Envelope):
    pull_request: PullRequest
    comment: LineComment


class Thread(Payload):
    comments: list[LineComment] = []


class ThreadEvent(Envelope):
    pull_request: PullRequest
    thread: Thread


class PullNamed(Payload):
    number: int


class SuiteNamed(Payload):
    head_branch: Words = ""


class CheckRun(Payload):
    id: int
    name: Words = ""
    head_sha: Words = ""
    status: Words = ""
    conclusion: Words = ""
    html_url: Words = ""
    completed_at: datetime | None = None
    app: Ident | None = None
    check_suite: SuiteNamed = SuiteNamed()
    pull_requests: list[PullNamed] = []


class CheckRunEvent(Envelope):
    check_run: CheckRun


class WorkflowRun(Payload):
    id: int
    name: Words = ""
    head_sha: Words = ""
    conclusion: Words = ""
    html_url: Words = ""
    updated_at: datetime | None = None
    head_branch: Words = ""
    pull_requests: list[PullNamed] = []


class App(Payload):
    id: int
    name: Words = ""
    slug: Words = ""


class CheckSuite(Payload):
    id: int
    head_sha: Words = ""
    head_branch: Words = ""
    conclusion: Words = ""
    updated_at: datetime | None = None
    app: App | None = None
    pull_requests: list[PullNamed] = []


class CheckSuiteEvent(Envelope):
    check_suite: CheckSuite


class Branched(Payload):
    name: Words = ""


class StatusEvent(Envelope):
    id: int
    sha: Words = ""
    context: Words = ""
    state: Words = ""
    target_url: Words = ""
    updated_at: datetime | None = None
    branches: list[Branched] = []


class WorkflowRunEvent(Envelope):
    workflow_run: WorkflowRun
