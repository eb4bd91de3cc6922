"""REST of conversations: issues, comments, reactions, labels, assignees, locks."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.rehearsal.github import acts, shapes, shapes_code
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.github.state import Comment, Issue, LineComment, User
from bot.rehearsal.wire import Fields, Refused, answer

BOTH = "issues|pull_requests"
"""A pull request's conversation lives at the issue's address; either permission opens it."""


def _issue(ask: Ask, level: str) -> Issue:
    """The issue, with the permission that its kind needs."""
    issue = ask.issue
    kind = "pull_requests" if issue.pull else "issues"
    grant = ask.grant
    if grant is not None and grant.installation and grant.reaches(issue.repo):
        allowed = grant.allows(kind, level) or (issue.pull is not None and grant.allows("issues", level))
        if not allowed:
            raise Refused(403, "Resource not accessible by integration")
    return issue


def _body(fields: Fields) -> str:
    """A comment's text: GitHub has its own words for a blank one."""
    body = fields.maybe("body", acts.LIMIT)
    if body is None or not body.strip():
        error = {
            "resource": "IssueComment",
            "code": "unprocessable",
            "field": "data",
            "message": "Body cannot be blank",
        }
        raise Refused(422, "Validation Failed", [error])
    return body


async def list_issues(ask: Ask) -> Response:
    state, since, creator = ask.query("state", "open"), ask.since(), ask.query("creator")
    labels = [name for name in ask.query("labels").split(",") if name]
    found = [
        issue
        for issue in ask.repo.issues.values()
        if state in ("all", issue.state)
        and not issue.deleted
        and (since is None or issue.updated_at >= since)
        and (not creator or issue.user.login == creator)
        and all(name in issue.labels for name in labels)
    ]
    if ask.query("direction", "desc") == "desc":
        found.reverse()
    return ask.list(found, lambda one: shapes.issue(ask.world, one))


async def open_issue(ask: Ask) -> Response:
    fields = ask.fields("Issue")
    title, body = fields.text("title"), fields.maybe("body")
    issue = acts.open_issue(ask.world, ask.repo, ask.author, title, body, fields.texts("labels"))
    return answer(shapes.issue(ask.world, issue), 201)


async def show_issue(ask: Ask) -> Response:
    return answer(shapes.issue(ask.world, _issue(ask, "read")))


async def update_issue(ask: Ask) -> Response:
    issue, fields = _issue(ask, "write"), ask.fields("Issue")
    acts.edit_issue(ask.world, issue, ask.author, fields.maybe("title"), fields.maybe("body"))
    if "labels" in fields:
        acts.set_labels(ask.world, issue, ask.author, fields.texts("labels"))
    if "assignees" in fields:
        acts.set_assignees(ask.world, issue, ask.author, _people(ask, fields.texts("assignees")))
    if state := fields.choice("state", ("open", "closed")):
        acts.set_state(ask.world, issue, ask.author, state, fields.maybe("state_reason"))
    return answer(shapes.issue(ask.world, issue))


def _people(ask: Ask, logins: Sequence[str]) -> list[User]:
    return [user for user in map(ask.world.find_user, logins) if user is not None]


async def list_comments(ask: Ask) -> Response:
    since = ask.since()
    found = [one for one in _issue(ask, "read").living if since is None or one.updated_at >= since]
    return ask.list(found, lambda one: shapes.comment(ask.world, one))


async def list_all_comments(ask: Ask) -> Response:
    since = ask.since()
    every = [one for issue in ask.repo.issues.values() for one in issue.living]
    found = [one for one in every if since is None or one.updated_at >= since]
    found.sort(key=lambda one: one.updated_at if ask.query("sort") == "updated" else one.created_at)
    if ask.query("direction") == "desc":
        found.reverse()
    return ask.list(found, lambda one: shapes.comment(ask.world, one))


async def add_comment(ask: Ask) -> Response:
    issue = _issue(ask, "write")
    comment = acts.add_comment(ask.world, issue, ask.author, _body(ask.fields("IssueComment")))
    shown = shapes.comment(ask.world, comment)
    return answer(shown, 201, {"location": str(shown["url"])})


async def show_comment(ask: Ask) -> Response:
    return answer(shapes.comment(ask.world, ask.comment(Comment)))


def _check_owner(ask: Ask, comment: Comment) -> None:
    """A person edits their own words, or any with write access."""
    person = ask.grant is not None and ask.grant.installation is None
    if person and comment.user is not ask.author.user and not ask.repo.may(ask.author.user, "write"):
        raise Refused(403, "Must have write access to the repository.")


async def edit_comment(ask: Ask) -> Response:
    comment = ask.comment(Comment)
    _check_owner(ask, comment)
    acts.edit_comment(ask.world, comment, ask.author, _body(ask.fields("IssueComment")))
    return answer(shapes.comment(ask.world, comment))


async def delete_comment(ask: Ask) -> Response:
    comment = ask.comment(Comment)
    _check_owner(ask, comment)
    acts.delete_comment(ask.world, comment, ask.author)
    return Response(status_code=204)


async def edit_line_comment(ask: Ask) -> Response:
    comment = ask.comment(LineComment)
    _check_owner(ask, comment)
    acts.edit_comment(ask.world, comment, ask.author, _body(ask.fields("PullRequestReviewComment")))
    return answer(shapes_code.line_comment(ask.world, comment))


async def delete_line_comment(ask: Ask) -> Response:
    comment = ask.comment(LineComment)
    _check_owner(ask, comment)
    acts.delete_comment(ask.world, comment, ask.author)
    return Response(status_code=204)


def _react(ask: Ask, post: Issue | Comment) -> Response:
    content = ask.fields("Reaction").text("content")
    reaction, new = acts.react(ask.world, post, ask.author, content)
    return answer(shapes.reaction(ask.world, reaction), 201 if new else 200)


def _reactions(ask: Ask, post: Issue | Comment) -> Response:
    wanted = ask.query("content")
    found = [one for one in post.reactions if not wanted or one.content == wanted]
    return ask.list(found, lambda one: shapes.reaction(ask.world, one))


def _forget(ask: Ask, post: Issue | Comment) -> Response:
    number = ask.number("reaction")
    if all(one.id != number for one in post.reactions):
        raise Refused(404, "Not Found")
    post.reactions[:] = [one for one in post.reactions if one.id != number]
    return Response(status_code=204)


async def react_to_issue(ask: Ask) -> Response:
    return _react(ask, _issue(ask, "write"))


async def issue_reactions(ask: Ask) -> Response:
    return _reactions(ask, _issue(ask, "read"))


async def forget_issue_reaction(ask: Ask) -> Response:
    return _forget(ask, _issue(ask, "write"))


async def react_to_comment(ask: Ask) -> Response:
    return _react(ask, ask.comment(Comment))


async def comment_reactions(ask: Ask) -> Response:
    return _reactions(ask, ask.comment(Comment))


async def forget_comment_reaction(ask: Ask) -> Response:
    return _forget(ask, ask.comment(Comment))


async def react_to_line_comment(ask: Ask) -> Response:
    return _react(ask, ask.comment(LineComment))


async def line_comment_reactions(ask: Ask) -> Response:
    return _reactions(ask, ask.comment(LineComment))


async def list_labels(ask: Ask) -> Response:
    return ask.list(_issue(ask, "read").labels, lambda name: shapes.label(ask.world, ask.repo, name))


async def add_labels(ask: Ask) -> Response:
    issue, names = _issue(ask, "write"), ask.fields("Label").texts("labels")
    acts.set_labels(ask.world, issue, ask.author, [*issue.labels, *names])
    return answer([shapes.label(ask.world, ask.repo, name) for name in issue.labels])


async def remove_label(ask: Ask) -> Response:
    issue, name = _issue(ask, "write"), ask.path("label")
    if name not in issue.labels:
        raise Refused(404, "Label does not exist")
    acts.set_labels(ask.world, issue, ask.author, [one for one in issue.labels if one != name])
    return answer([shapes.label(ask.world, ask.repo, one) for one in issue.labels])


async def repo_labels(ask: Ask) -> Response:
    return ask.list(list(ask.repo.labels), lambda name: shapes.label(ask.world, ask.repo, name))


async def add_assignees(ask: Ask) -> Response:
    issue, names = _issue(ask, "write"), ask.fields("Issue").texts("assignees")
    acts.set_assignees(ask.world, issue, ask.author, [*issue.assignees, *_people(ask, names)])
    return answer(shapes.issue(ask.world, issue), 201)


async def lock_issue(ask: Ask) -> Response:
    acts.lock(ask.world, _issue(ask, "write"), ask.author, ask.request.method == "PUT")
    return Response(status_code=204)


_ISSUES = "/repos/{owner}/{name}/issues"
_LINES = "/repos/{owner}/{name}/pulls/comments/{comment}"

SERVED = (
    Serves("GET", _ISSUES, "issues:read", list_issues),
    Serves("POST", _ISSUES, "issues:write", open_issue, "read"),
    Serves("GET", f"{_ISSUES}/comments", f"{BOTH}:read", list_all_comments),
    Serves("GET", f"{_ISSUES}/comments/{{comment}}", f"{BOTH}:read", show_comment),
    Serves("PATCH", f"{_ISSUES}/comments/{{comment}}", f"{BOTH}:write", edit_comment, "read"),
    Serves("DELETE", f"{_ISSUES}/comments/{{comment}}", f"{BOTH}:write", delete_comment, "read"),
    Serves("GET", f"{_ISSUES}/comments/{{comment}}/reactions", f"{BOTH}:read", comment_reactions),
    Serves("POST", f"{_ISSUES}/comments/{{comment}}/reactions", f"{BOTH}:write", react_to_comment, "read"),
    Serves(
        "DELETE", f"{_ISSUES}/comments/{{comment}}/reactions/{{reaction}}", f"{BOTH}:write", forget_comment_reaction
    ),
    Serves("GET", f"{_ISSUES}/{{number}}", f"{BOTH}:read", show_issue),
    Serves("PATCH", f"{_ISSUES}/{{number}}", f"{BOTH}:write", update_issue),
    Serves("GET", f"{_ISSUES}/{{number}}/comments", f"{BOTH}:read", list_comments),
    Serves("POST", f"{_ISSUES}/{{number}}/comments", f"{BOTH}:write", add_comment, "read"),
    Serves("GET", f"{_ISSUES}/{{number}}/reactions", f"{BOTH}:read", issue_reactions),
    Serves("POST", f"{_ISSUES}/{{number}}/reactions", f"{BOTH}:write", react_to_issue, "read"),
    Serves("DELETE", f"{_ISSUES}/{{number}}/reactions/{{reaction}}", f"{BOTH}:write", forget_issue_reaction),
    Serves("GET", f"{_ISSUES}/{{number}}/labels", f"{BOTH}:read", list_labels),
    Serves("POST", f"{_ISSUES}/{{number}}/labels", f"{BOTH}:write", add_labels),
    Serves("DELETE", f"{_ISSUES}/{{number}}/labels/{{label}}", f"{BOTH}:write", remove_label),
    Serves("GET", "/repos/{owner}/{name}/labels", f"{BOTH}:read", repo_labels),
    Serves("POST", f"{_ISSUES}/{{number}}/assignees", f"{BOTH}:write", add_assignees),
    Serves("PUT", f"{_ISSUES}/{{number}}/lock", f"{BOTH}:write", lock_issue),
    Serves("DELETE", f"{_ISSUES}/{{number}}/lock", f"{BOTH}:write", lock_issue),
    Serves("PATCH", _LINES, "pull_requests:write", edit_line_comment, "read"),
    Serves("DELETE", _LINES, "pull_requests:write", delete_line_comment, "read"),
    Serves("GET", f"{_LINES}/reactions", "pull_requests:read", line_comment_reactions),
    Serves("POST", f"{_LINES}/reactions", "pull_requests:write", react_to_line_comment, "read"),
)
