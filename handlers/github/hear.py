"""What a webhook means: bytes to a message, or the reason why there is none. Pure."""

import re
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import from_json

from bot.domain.refs import Actor, Heard
from handlers.github.hear_pulls import IMPLEMENT, LABEL, READERS
from handlers.github.payloads import EVENTS, Action, CommentEvent, Envelope, Ident, Issue, IssueEvent
from handlers.github.reading import Ears, Malformed, Nothing, Outcome, Raw, place, speaker, stamp, utc

__all__ = ["Ears", "Malformed", "Nothing", "Outcome", "Raw", "hear"]

DELIVERY = re.compile(r"[\w-]{1,100}", re.ASCII)
ISSUE_ACTIONS = ("edited", "closed", "reopened", "deleted", "transferred", "locked")
COMMENT_KINDS = {"created": "comment", "edited": "comment-edited", "deleted": "comment-deleted"}


def hear(event: str, delivery: str, body: Raw, ears: Ears) -> Outcome:
    """`event` and `delivery` are GitHub's headers, `body` the raw bytes, verified. Never raises."""
    if event not in EVENTS:
        return Nothing("this event is not listened to")
    if not DELIVERY.fullmatch(delivery):
        return Malformed("X-GitHub-Delivery is missing or has an unexpected form")
    try:
        payload = _parsed(body)
        match event:
            case "issue_comment":
                return _comment(delivery, CommentEvent.model_validate(payload), ears)
            case "issues":
                return _issue(delivery, IssueEvent.model_validate(payload), ears)
            case _ if event in READERS:
                return READERS[event](delivery, payload, ears)
            case _:
                action = Action.model_validate(payload).action
                return Nothing(" ".join(filter(None, [event, action[:50], "leads to nothing"])))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return Malformed(f"{'.'.join(map(str, first['loc'])) or 'the payload'}: {first['msg']}")
    except ValueError as error:
        return Malformed(f"not JSON that can be read: {str(error)[:200]}")


def _parsed(body: Raw) -> object:
    """Strict JSON: nothing nested deeper than 200, no NaN, no lone surrogates; of equal keys the last counts.

    Raises ValueError."""
    return from_json(body, allow_inf_nan=False, cache_strings="keys")


def _comment(delivery: str, payload: CommentEvent, ears: Ears) -> Outcome:
    comment, issue, kind = payload.comment, payload.issue, COMMENT_KINDS.get(payload.action)
    if kind is None:
        return Nothing(f"issue_comment {payload.action} leads to nothing")
    sender = speaker(payload.sender, comment.performed_via_github_app, ears)
    where = place(payload, issue.number, issue.html_url)
    if not isinstance(sender, Actor) or where is None:
        return sender if isinstance(sender, Nothing) else Malformed("the payload names no repository")
    version = "" if payload.action == "created" else f":{stamp(comment.updated_at)}"
    return Heard(
        delivery=delivery,
        what=f"issue_comment:{comment.id}:{payload.action}{version}",
        kind=kind,
        where=where,
        actor=sender,
        text=comment.body,
        title=issue.title,
        body=issue.body,
        target=f"issue_comment:{comment.id}",
        url=comment.html_url,
        at=utc(comment.updated_at or comment.created_at),
        facts=_facts(payload, issue, comment.author_association, comment.performed_via_github_app),
    )


def _issue(delivery: str, payload: IssueEvent, ears: Ears) -> Outcome:
    issue = payload.issue
    if payload.action == "opened" and not _may_be_for(issue.body, ears):
        return Nothing("an issue that says nothing to us")
    asked = _asks(payload, ears)
    if payload.action != "opened" and payload.action not in ISSUE_ACTIONS and not asked:
        return Nothing(f"issues {payload.action} leads to nothing")
    app = issue.performed_via_github_app if payload.action == "opened" else None
    sender = speaker(payload.sender, app, ears)
    where = place(payload, issue.number, issue.html_url)
    if not isinstance(sender, Actor) or where is None:
        return sender if isinstance(sender, Nothing) else Malformed("the payload names no repository")
    version = "" if payload.action == "opened" else f":{stamp(issue.updated_at)}"
    return Heard(
        delivery=delivery,
        what=f"issue:{issue.id}:{payload.action}{version}",
        kind="opened" if payload.action == "opened" else "asked" if asked else f"issue-{payload.action}",
        where=where,
        actor=sender,
        text=issue.body if payload.action == "opened" else IMPLEMENT if asked else "",
        title=issue.title,
        body=issue.body,
        target=f"issue:{issue.number}",
        url=issue.html_url,
        at=utc(issue.updated_at),
        facts=_facts(payload, issue, issue.author_association, app),
    )


def _asks(payload: IssueEvent, ears: Ears) -> bool:
    """Whether a label or an assignment asks for the main job."""
    if payload.action == "labeled":
        return payload.label is not None and payload.label.name.lower() == LABEL
    mine = payload.assignee is not None and bool(ears.me.bot) and str(payload.assignee.id) == ears.me.bot
    return payload.action == "assigned" and mine


def _may_be_for(text: str, ears: Ears) -> bool:
    """A cheap look, so that not every new issue is stored; the commands' own parser decides."""
    words = text.lower()
    names = ["/maestro"] + ([f"@{ears.me.slug.lower()}"] if ears.me.slug else [])
    return any(name in words for name in names)


def _facts(payload: Envelope, issue: Issue, association: str, app: Ident | None) -> Mapping[str, str]:
    facts = {"association": association, "is_pull": "yes" if issue.is_pull else ""}
    facts |= {"sender": payload.sender.type if payload.sender else "", "app": str(app.id) if app else ""}
    return {name: value for name, value in facts.items() if value}
