"""REST of conversations: issues, their comments and reactions."""

from starlette.responses import Response

from bot.rehearsal.github import acts, shapes
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.github.state import Comment, Issue, LineComment
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


async def open_issue(ask: Ask) -> Response:
    fields = ask.fields("Issue")
    title, body = fields.text("title"), fields.maybe("body")
    issue = acts.open_issue(ask.world, ask.repo, ask.author, title, body, fields.texts("labels"))
    return answer(shapes.issue(ask.world, issue), 201)


async def show_issue(ask: Ask) -> Response:
    return answer(shapes.issue(ask.world, _issue(ask, "read")))


async def list_comments(ask: Ask) -> Response:
    since = ask.since()
    found = [one for one in _issue(ask, "read").living if since is None or one.updated_at >= since]
    return ask.list(found, lambda one: shapes.comment(ask.world, one))


async def add_comment(ask: Ask) -> Response:
    issue = _issue(ask, "write")
    comment = acts.add_comment(ask.world, issue, ask.author, _body(ask.fields("IssueComment")))
    shown = shapes.comment(ask.world, comment)
    return answer(shown, 201, {"location": str(shown["url"])})


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


def _react(ask: Ask, post: Issue | Comment) -> Response:
    content = ask.fields("Reaction").text("content")
    reaction, new = acts.react(ask.world, post, ask.author, content)
    return answer(shapes.reaction(ask.world, reaction), 201 if new else 200)


async def react_to_issue(ask: Ask) -> Response:
    return _react(ask, _issue(ask, "write"))


async def react_to_comment(ask: Ask) -> Response:
    return _react(ask, ask.comment(Comment))


async def react_to_line_comment(ask: Ask) -> Response:
    return _react(ask, ask.comment(LineComment))


_ISSUES = "/repos/{owner}/{name}/issues"
_LINES = "/repos/{owner}/{name}/pulls/comments/{comment}"

SERVED = (
    Serves("POST", _ISSUES, "issues:write", open_issue, "read"),
    Serves("PATCH", f"{_ISSUES}/comments/{{comment}}", f"{BOTH}:write", edit_comment, "read"),
    Serves("POST", f"{_ISSUES}/comments/{{comment}}/reactions", f"{BOTH}:write", react_to_comment, "read"),
    Serves("GET", f"{_ISSUES}/{{number}}", f"{BOTH}:read", show_issue),
    Serves("GET", f"{_ISSUES}/{{number}}/comments", f"{BOTH}:read", list_comments),
    Serves("POST", f"{_ISSUES}/{{number}}/comments", f"{BOTH}:write", add_comment, "read"),
    Serves("POST", f"{_ISSUES}/{{number}}/reactions", f"{BOTH}:write", react_to_issue, "read"),
    Serves("POST", f"{_LINES}/reactions", "pull_requests:write", react_to_line_comment, "read"),
)
