"""What a webhook means: bytes to a message, or the reason why there is none. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from pydantic_core import from_json

from bot.codehost import Account
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName
from handlers.github.payloads import EVENTS, Action, CommentEvent, Envelope, Ident, Issue, IssueEvent, User

MAX_DELIVERY = 100
ISSUE_ACTIONS = ("edited", "closed", "reopened", "deleted", "transferred", "locked")
COMMENT_KINDS = {"created": "comment", "edited": "comment-edited", "deleted": "comment-deleted"}


@dataclass(frozen=True, slots=True)
class Ears:
    """Who we are, so as not to hear ourselves, and which other bots may speak (user ids)."""

    me: Account
    bots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Nothing:
    """A good delivery that is nothing for us."""

    why: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A delivery that can't be read."""

    why: str


Outcome = Heard | Nothing | Malformed
Raw = bytes | bytearray


def hear(event: str, delivery: str, body: Raw, ears: Ears) -> Outcome:
    """`event` and `delivery` are GitHub's headers, `body` the raw bytes, verified. Never raises."""
    if event not in EVENTS:
        return Nothing("this event is not listened to")
    if not re.fullmatch(rf"[\w-]{{1,{MAX_DELIVERY}}}", delivery, re.ASCII):
        return Malformed("X-GitHub-Delivery is missing or has an unexpected form")
    try:
        payload = _parsed(body)
        match event:
            case "issue_comment":
                return _comment(delivery, CommentEvent.model_validate(payload), ears)
            case "issues":
                return _issue(delivery, IssueEvent.model_validate(payload), ears)
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
    sender = _speaker(payload.sender, comment.performed_via_github_app, ears)
    place = _place(payload, issue)
    if not isinstance(sender, Actor) or place is None:
        return sender if isinstance(sender, Nothing) else Malformed("the payload names no repository")
    version = "" if payload.action == "created" else f":{_stamp(comment.updated_at)}"
    return Heard(
        delivery=delivery,
        what=f"issue_comment:{comment.id}:{payload.action}{version}",
        kind=kind,
        where=place,
        actor=sender,
        text=comment.body,
        title=issue.title,
        body=issue.body,
        target=f"issue_comment:{comment.id}",
        url=comment.html_url,
        at=_utc(comment.updated_at or comment.created_at),
        facts=_facts(payload, issue, comment.author_association, comment.performed_via_github_app),
    )


def _issue(delivery: str, payload: IssueEvent, ears: Ears) -> Outcome:
    issue = payload.issue
    if payload.action == "opened" and not _may_be_for(issue.body, ears):
        return Nothing("an issue that says nothing to us")
    if payload.action != "opened" and payload.action not in ISSUE_ACTIONS:
        return Nothing(f"issues {payload.action} leads to nothing")
    app = issue.performed_via_github_app if payload.action == "opened" else None
    sender = _speaker(payload.sender, app, ears)
    place = _place(payload, issue)
    if not isinstance(sender, Actor) or place is None:
        return sender if isinstance(sender, Nothing) else Malformed("the payload names no repository")
    version = "" if payload.action == "opened" else f":{_stamp(issue.updated_at)}"
    return Heard(
        delivery=delivery,
        what=f"issue:{issue.id}:{payload.action}{version}",
        kind="opened" if payload.action == "opened" else f"issue-{payload.action}",
        where=place,
        actor=sender,
        text=issue.body if payload.action == "opened" else "",
        title=issue.title,
        body=issue.body,
        target=f"issue:{issue.number}",
        url=issue.html_url,
        at=_utc(issue.updated_at),
        facts=_facts(payload, issue, issue.author_association, app),
    )


def _speaker(sender: User | None, app: Ident | None, ears: Ears) -> Actor | Nothing:
    """Who did it, when it is somebody to listen to: not us, and no bot that isn't listed by id."""
    if app is not None and str(app.id) == ears.me.app_id:
        return Nothing("our own doing")
    if sender is None:
        return Nothing("nobody is known to have done this")
    if ears.me.bot and str(sender.id) == ears.me.bot:
        return Nothing("our own doing")
    bot = sender.type == "Bot" or sender.login.endswith("[bot]")
    if bot and str(sender.id) not in ears.bots:
        return Nothing("a bot that is not listed")
    return Actor(surface=SurfaceName.GITHUB, id=str(sender.id), login=sender.login, bot=bot)


def _place(payload: Envelope, issue: Issue) -> ConversationRef | None:
    if payload.repository is None:
        return None
    repo = RepoRef(
        owner=payload.repository.owner.login,
        name=payload.repository.name,
        id=str(payload.repository.id),
        installation=str(payload.installation.id) if payload.installation else "",
    )
    return ConversationRef(surface=SurfaceName.GITHUB, repo=repo, key=str(issue.number), url=issue.html_url)


def _may_be_for(text: str, ears: Ears) -> bool:
    """A cheap look, so that not every new issue is stored; the commands' own parser decides."""
    words = text.lower()
    names = ["/maestro"] + ([f"@{ears.me.slug.lower()}"] if ears.me.slug else [])
    return any(name in words for name in names)


def _facts(payload: Envelope, issue: Issue, association: str, app: Ident | None) -> Mapping[str, str]:
    facts = {"association": association, "is_pull": "yes" if issue.is_pull else ""}
    facts |= {"sender": payload.sender.type if payload.sender else "", "app": str(app.id) if app else ""}
    return {name: value for name, value in facts.items() if value}


def _stamp(at: datetime | None) -> str:
    return _utc(at).strftime("%Y%m%dT%H%M%S") if at else "?"


def _utc(at: datetime | None) -> datetime:
    """GitHub's own time; the beginning of time where it doesn't tell."""
    if at is None:
        return datetime.fromtimestamp(0, UTC)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return datetime.fromtimestamp(0, UTC)
