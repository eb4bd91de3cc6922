"""What webhooks about pull requests mean: their life, reviews, comments on lines, threads, and the checks of others."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.refs import Actor, Heard, SurfaceName
from handlers.github.payloads import Envelope
from handlers.github.payloads_pulls import (
    CheckRunEvent,
    CheckSuiteEvent,
    LineEvent,
    PullEvent,
    PullNamed,
    PullRequest,
    ReviewEvent,
    StatusEvent,
    ThreadEvent,
    WorkflowRunEvent,
)
from handlers.github.reading import Ears, Malformed, Nothing, Outcome, place, speaker, stamp, utc

LABEL = "maestro"
"""The label that asks for the main job, as assigning the bot does."""

IMPLEMENT, PROVE = "/maestro implement", "/maestro prove"

LIFE = {
    "reopened": "pull-reopened",
    "converted_to_draft": "pull-drafted",
    "ready_for_review": "pull-readied",
}
LINES = {"created": "remark", "edited": "remark-edited", "deleted": "remark-deleted"}
REVIEWS = {"submitted": "review", "edited": "review-edited", "dismissed": "review-dismissed"}
RED = frozenset({"failure", "timed_out", "startup_failure", "action_required", "cancelled", "stale"})
NEVER_RAN = "startup_failure"
"""Of whole suites and workflow runs only this: what fails inside a job is told by its check run."""

ACTIONS = "github-actions"
"""The App whose suites are told as workflow runs."""

BRANCH = re.compile(r"maestro/(\d+)-")
"""A branch of ours, by which the work for an issue is known where no pull request is named."""


def _pull(delivery: str, payload: PullEvent, ears: Ears) -> Outcome:
    pull = payload.pull_request
    kind, text, version = _happened(payload, ears)
    if not kind:
        return Nothing(f"pull_request {payload.action[:50]} leads to nothing")
    return _heard(delivery, payload, pull, ears, kind, f"pull:{pull.id}:{version}", text=text)


def _happened(payload: PullEvent, ears: Ears) -> tuple[str, str, str]:
    """(kind, words, what makes it unique)"""
    pull, at = payload.pull_request, stamp(payload.pull_request.updated_at)
    if payload.action == "opened":
        return ("opened", pull.body, "opened") if LABEL in pull.body.lower() else ("", "", "")
    if payload.action == "closed":
        return ("pull-merged" if pull.merged else "pull-closed", "", f"closed:{at}")
    if payload.action in LIFE:
        return LIFE[payload.action], "", f"{payload.action}:{at}"
    return ("", "", "") if not _asks(payload, ears) else ("asked", IMPLEMENT, f"{payload.action}:{at}")


def _asks(payload: PullEvent, ears: Ears) -> bool:
    """Whether a label or an assignment asks for the main job."""
    if payload.action == "labeled":
        return payload.label is not None and payload.label.name.lower() == LABEL
    mine = payload.assignee is not None and str(payload.assignee.id) == ears.me.bot
    return payload.action == "assigned" and mine and bool(ears.me.bot)


def _review(delivery: str, payload: ReviewEvent, ears: Ears) -> Outcome:
    review, kind = payload.review, REVIEWS.get(payload.action)
    if kind is None or (kind == "review" and not review.body.strip()):
        return Nothing("a review without words of its own")
    version = payload.action if kind == "review" else f"{payload.action}:{stamp(payload.pull_request.updated_at)}"
    facts = {"review": f"review:{review.id}", "state": review.state.lower()}
    return _heard(
        delivery,
        payload,
        payload.pull_request,
        ears,
        kind,
        f"review:{review.id}:{version}",
        text=review.body,
        target=f"review:{review.id}",
        url=review.html_url,
        facts=facts,
    )


def _line(delivery: str, payload: LineEvent, ears: Ears) -> Outcome:
    comment, kind = payload.comment, LINES.get(payload.action)
    if kind is None:
        return Nothing(f"pull_request_review_comment {payload.action[:50]} leads to nothing")
    app = comment.performed_via_github_app
    if app is not None and str(app.id) == ears.me.app_id:
        return Nothing("our own doing")
    version = "" if kind == "remark" else f":{stamp(comment.updated_at)}"
    line = comment.line if comment.line is not None else comment.original_line
    facts = {
        "thread": f"review_comment:{comment.in_reply_to_id or comment.id}",
        "reply": "yes" if comment.in_reply_to_id else "",
        "review": f"review:{comment.pull_request_review_id}" if comment.pull_request_review_id else "",
        "path": comment.path,
        "line": str(line or ""),
        "start": str(comment.start_line or ""),
        "side": comment.side if comment.side == "LEFT" else "",
        "outdated": "yes" if comment.line is None and comment.original_line is not None else "",
    }
    return _heard(
        delivery,
        payload,
        payload.pull_request,
        ears,
        kind,
        f"review_comment:{comment.id}:{payload.action}{version}",
        text=comment.body,
        target=f"review_comment:{comment.id}",
        url=comment.html_url,
        facts=facts,
    )


def _thread(delivery: str, payload: ThreadEvent, ears: Ears) -> Outcome:
    if payload.action != "resolved" or not payload.thread.comments:
        return Nothing(f"pull_request_review_thread {payload.action[:50]} leads to nothing")
    first = payload.thread.comments[0]
    target = f"review_comment:{first.id}"
    what = f"thread:{first.id}:resolved:{stamp(payload.pull_request.updated_at)}"
    return _heard(delivery, payload, payload.pull_request, ears, "thread-resolved", what, target=target)


def _heard(
    delivery: str,
    payload: Envelope,
    pull: PullRequest,
    ears: Ears,
    kind: str,
    what: str,
    *,
    text: str = "",
    target: str = "",
    url: str = "",
    facts: Mapping[str, str] | None = None,
) -> Outcome:
    sender, where = speaker(payload.sender, None, ears), place(payload, pull.number, pull.html_url)
    if not isinstance(sender, Actor) or where is None:
        return sender if isinstance(sender, Nothing) else Malformed("the payload names no repository")
    return Heard(
        delivery=delivery,
        what=what,
        kind=kind,
        where=where,
        actor=sender,
        text=text,
        title=pull.title,
        body=pull.body,
        target=target or f"issue:{pull.number}",
        url=url or pull.html_url,
        at=utc(pull.updated_at),
        facts={name: value for name, value in {"is_pull": "yes", **(facts or {})}.items() if value},
    )


# --- checks of others ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Red:
    """A check, status or run that is red on a commit, as it is named outside, and by people."""

    run: str
    name: str
    sha: str
    conclusion: str
    at: datetime | None
    url: str = ""


def _check(delivery: str, payload: CheckRunEvent, ears: Ears) -> Outcome:
    run = payload.check_run
    number = _number(run.pull_requests, run.check_suite.head_branch)
    if run.app is not None and str(run.app.id) == ears.me.app_id:
        return _own(delivery, payload, ears, number, f"check_run:{run.id}", run.completed_at)
    if payload.action != "completed" or run.conclusion not in RED:
        return Nothing("a check that is not red")
    red = Red(f"check_run:{run.id}", run.name, run.head_sha, run.conclusion, run.completed_at, run.html_url)
    return _red(delivery, payload, red, number)


def _own(delivery: str, payload: Envelope, ears: Ears, number: int, what: str, at: datetime | None) -> Outcome:
    """Our own check: "Re-run", pressed beside it, is `/maestro prove` in one click."""
    if payload.action != "rerequested" or not number:
        return Nothing("our own check")
    sender, where = speaker(payload.sender, None, ears), place(payload, number, "")
    if not isinstance(sender, Actor) or where is None:
        return sender if isinstance(sender, Nothing) else Malformed("the payload names no repository")
    return Heard(
        delivery=delivery,
        what=f"{what}:again:{stamp(at)}",
        kind="asked",
        where=where,
        actor=sender,
        text=PROVE,
        target=f"issue:{number}",
        at=utc(at),
        facts={"is_pull": "yes"},
    )


def _workflow(delivery: str, payload: WorkflowRunEvent, _: Ears) -> Outcome:
    run = payload.workflow_run
    if payload.action != "completed" or run.conclusion != NEVER_RAN:
        return Nothing("a workflow run whose checks tell the rest")
    red = Red(f"workflow_run:{run.id}", run.name, run.head_sha, run.conclusion, run.updated_at, run.html_url)
    return _red(delivery, payload, red, _number(run.pull_requests, run.head_branch))


def _suite(delivery: str, payload: CheckSuiteEvent, ears: Ears) -> Outcome:
    suite, app = payload.check_suite, payload.check_suite.app
    number = _number(suite.pull_requests, suite.head_branch)
    if app is not None and str(app.id) == ears.me.app_id:
        return _own(delivery, payload, ears, number, f"check_suite:{suite.id}", suite.updated_at)
    if app is not None and app.slug == ACTIONS:
        return Nothing("a check suite that is told otherwise")
    if payload.action != "completed" or suite.conclusion != NEVER_RAN:
        return Nothing("a check suite whose checks tell the rest")
    name = app.name if app and app.name else "a check suite"
    red = Red(f"check_suite:{suite.id}", name, suite.head_sha, suite.conclusion, suite.updated_at)
    return _red(delivery, payload, red, number)


def _status(delivery: str, payload: StatusEvent, _: Ears) -> Outcome:
    if payload.state not in ("failure", "error"):
        return Nothing("a status that is not red")
    found = (_number((), branch.name) for branch in payload.branches)
    number = next((one for one in found if one), 0)
    name = f"status:{payload.sha}:{payload.context}"
    red = Red(name, payload.context, payload.sha, "failure", payload.updated_at, payload.target_url)
    return _red(delivery, payload, red, number)


def _number(pulls: Sequence[PullNamed], branch: str) -> int:
    """Where it is told: in the pull request that it names, else where the work of its branch began; 0 for nowhere."""
    if pulls:
        return pulls[0].number
    ours = BRANCH.match(branch)
    return int(ours[1]) if ours else 0


def _red(delivery: str, payload: Envelope, red: Red, number: int) -> Outcome:
    if not number:
        return Nothing("a check of no pull request here")
    where = place(payload, number, "")
    if where is None:
        return Malformed("the payload names no repository")
    by = payload.sender
    actor = Actor(surface=SurfaceName.GITHUB, id=str(by.id) if by else "0", login=by.login if by else "CI", bot=True)
    return Heard(
        delivery=delivery,
        what=f"{red.run}:{red.conclusion}",
        kind="ci-failed",
        where=where,
        actor=actor,
        target=red.run,
        url=red.url,
        at=utc(red.at),
        facts={"is_pull": "yes", "sha": red.sha, "name": red.name, "conclusion": red.conclusion},
    )


READERS: Mapping[str, Callable[[str, object, Ears], Outcome]] = {
    "pull_request": lambda delivery, payload, ears: _pull(delivery, PullEvent.model_validate(payload), ears),
    "pull_request_review": lambda delivery, payload, ears: _review(delivery, ReviewEvent.model_validate(payload), ears),
    "pull_request_review_comment": lambda delivery, payload, ears: _line(
        delivery, LineEvent.model_validate(payload), ears
    ),
    "pull_request_review_thread": lambda delivery, payload, ears: _thread(
        delivery, ThreadEvent.model_validate(payload), ears
    ),
    "check_run": lambda delivery, payload, ears: _check(delivery, CheckRunEvent.model_validate(payload), ears),
    "check_suite": lambda delivery, payload, ears: _suite(delivery, CheckSuiteEvent.model_validate(payload), ears),
    "status": lambda delivery, payload, ears: _status(delivery, StatusEvent.model_validate(payload), ears),
    "workflow_run": lambda delivery, payload, ears: _workflow(delivery, WorkflowRunEvent.model_validate(payload), ears),
}
"""By event."""
