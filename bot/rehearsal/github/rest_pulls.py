"""REST of pull requests: open, change, review, comment on lines."""

from starlette.responses import Response

from bot.rehearsal.github import acts, acts_code, shapes_code
from bot.rehearsal.github.acts_code import Anchor, invalid
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.github.state import LineComment, Pull, Repo
from bot.rehearsal.wire import Fields, Refused, answer

EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def _head(ask: Ask, text: str) -> tuple[Repo, str]:
    """`branch` or `owner:branch`, the owner naming a fork."""
    owner, colon, branch = text.rpartition(":")
    if not colon or owner.lower() == ask.repo.owner.login.lower():
        return ask.repo, branch
    for repo in ask.world.repos.values():
        if repo.fork_of is ask.repo and repo.owner.login.lower() == owner.lower():
            return repo, branch
    raise invalid("PullRequest", "head")


async def list_pulls(ask: Ask) -> Response:
    state, head, base = ask.query("state", "open"), ask.query("head"), ask.query("base")
    found = [
        pull
        for pull in ask.repo.pulls
        if state in ("all", pull.issue.state)
        and (":" not in head or head == f"{pull.head_repo.owner.login}:{pull.head_ref}")
        and (not base or base == pull.base_ref)
    ]
    key = ask.query("sort", "created")
    found.sort(key=lambda pull: pull.issue.updated_at if key == "updated" else pull.issue.created_at)
    if ask.query("direction", "desc" if key == "created" else "asc") == "desc":
        found.reverse()
    return ask.list(found, lambda one: shapes_code.pull_simple(ask.world, one))


async def open_pull(ask: Ask) -> Response:
    fields = ask.fields("PullRequest")
    title, body, base = fields.text("title"), fields.maybe("body"), fields.text("base")
    head, draft = _head(ask, fields.text("head")), fields.flag("draft")
    pull = acts_code.open_pull(ask.world, ask.repo, ask.author, title, body, head, base, draft)
    return answer(shapes_code.pull(ask.world, pull), 201)


async def show_pull(ask: Ask) -> Response:
    return answer(shapes_code.pull(ask.world, ask.pull))


async def update_pull(ask: Ask) -> Response:
    pull, fields = ask.pull, ask.fields("PullRequest")
    acts.edit_issue(ask.world, pull.issue, ask.author, fields.maybe("title"), fields.maybe("body"))
    if state := fields.choice("state", ("open", "closed")):
        acts.set_state(ask.world, pull.issue, ask.author, state, None)
    return answer(shapes_code.pull(ask.world, pull))


async def list_files(ask: Ask) -> Response:
    pull = ask.pull
    found = pull.repo.bare.changes(shapes_code.merge_base(pull), pull.head_sha)
    return ask.list(found, lambda one: shapes_code.file(ask.world, pull.repo, one, pull.head_sha))


async def list_reviews(ask: Ask) -> Response:
    mine = ask.grant.user if ask.grant else None
    found = [one for one in ask.pull.reviews if one.state != "PENDING" or one.user is mine]
    return ask.list(found, lambda one: shapes_code.review(ask.world, one))


def _anchor(fields: Fields) -> Anchor:
    side = fields.choice("side", ("LEFT", "RIGHT")) or "RIGHT"
    line = None if fields.maybe("subject_type") == "file" else fields.number("line")
    if line is None and fields.maybe("subject_type") != "file":
        raise fields.invalid("line", "missing_field")
    return Anchor(fields.text("path"), line, side, fields.number("start_line"))


async def add_review(ask: Ask) -> Response:
    fields = ask.fields("PullRequestReview")
    event, body = fields.choice("event", (*EVENTS, "PENDING")), fields.maybe("body") or ""
    comments = [(_anchor(one), one.text("body", acts.LIMIT)) for one in fields.objects("comments")]
    if event in ("REQUEST_CHANGES", "COMMENT") and not body and not comments:
        raise Refused(422, "Unprocessable Entity", ["Body is too short (minimum is 1 character)"])
    commit = fields.maybe("commit_id")
    if commit is not None and commit != ask.pull.head_sha and not _known(ask.pull, commit):
        raise invalid("PullRequestReview", "commit_id")
    state = EVENTS.get(event or "", "PENDING")
    review = acts_code.add_review(ask.world, ask.pull, ask.author, state, body, comments)
    return answer(shapes_code.review(ask.world, review))


def _known(pull: Pull, commit: str) -> bool:
    return pull.repo.bare.resolve(commit) is not None and pull.repo.bare.contains(commit, pull.head_sha)


def _lines(pull: Pull) -> list[LineComment]:
    return [one for thread in pull.threads for one in thread.comments if not one.deleted]


async def list_line_comments(ask: Ask) -> Response:
    since = ask.since()
    found = [one for one in _lines(ask.pull) if since is None or one.updated_at >= since]
    found.sort(key=lambda one: one.id)
    return ask.list(found, lambda one: shapes_code.line_comment(ask.world, one))


async def add_line_comment(ask: Ask) -> Response:
    fields = ask.fields("PullRequestReviewComment")
    body, parent = fields.text("body", acts.LIMIT), fields.number("in_reply_to")
    if parent is not None:
        comment = _reply(ask, parent, body)
    else:
        fields.text("commit_id")
        comment = acts_code.comment_on_line(ask.world, ask.pull, ask.author, _anchor(fields), body)
    return answer(shapes_code.line_comment(ask.world, comment), 201)


def _reply(ask: Ask, parent: int, body: str) -> LineComment:
    """Only the first comment of a thread takes replies."""
    for thread in ask.pull.threads:
        if thread.comments[0].id == parent:
            return acts_code.reply_in_thread(ask.world, thread, ask.author, body)
    raise Refused(404, "Not Found")


async def reply(ask: Ask) -> Response:
    body = ask.fields("PullRequestReviewComment").text("body", acts.LIMIT)
    return answer(shapes_code.line_comment(ask.world, _reply(ask, ask.number("comment"), body)), 201)


_PULLS = "/repos/{owner}/{name}/pulls"
_PULL = f"{_PULLS}/{{number}}"
_READ, _WRITE = "pull_requests:read", "pull_requests:write"

SERVED = (
    Serves("GET", _PULLS, _READ, list_pulls),
    Serves("POST", _PULLS, _WRITE, open_pull),
    Serves("GET", _PULL, _READ, show_pull),
    Serves("PATCH", _PULL, _WRITE, update_pull),
    Serves("GET", f"{_PULL}/files", _READ, list_files),
    Serves("GET", f"{_PULL}/reviews", _READ, list_reviews),
    Serves("POST", f"{_PULL}/reviews", _WRITE, add_review, "read"),
    Serves("GET", f"{_PULL}/comments", _READ, list_line_comments),
    Serves("POST", f"{_PULL}/comments", _WRITE, add_line_comment, "read"),
    Serves("POST", f"{_PULL}/comments/{{comment}}/replies", _WRITE, reply, "read"),
)
