"""What happens to issues, comments and reactions, whoever does it: state, limits, webhook. REST and people share it."""

from bot.rehearsal.github import events, shapes
from bot.rehearsal.github.registry import Author, Registry
from bot.rehearsal.github.state import FACES, Comment, Edit, Issue, LineComment, Moment, Reaction, Repo, User
from bot.rehearsal.wire import Json, Refused

LIMIT = 65_536
"""Characters in any body."""


def check_length(resource: str, field: str, text: str | None, limit: int = LIMIT) -> None:
    """Refuse what is too long, in GitHub's words."""
    if text is not None and len(text) > limit:
        message = f"{field} is too long (maximum is {limit} characters)"
        error: dict[str, Json] = {"resource": resource, "code": "custom", "field": field, "message": message}
        raise Refused(422, "Validation Failed", [error])


def check_open_to(issue: Issue, by: Author) -> None:
    """A locked conversation takes words only from people with write access."""
    if issue.locked and not issue.repo.may(by.user, "write"):
        raise Refused(403, "Unable to create comment because issue is locked.")


def new_issue(world: Registry, repo: Repo, by: Author, title: str, body: str | None) -> Issue:
    """The record alone; issues and pull requests share one row of numbers."""
    check_length("Issue", "title", title, 256)
    check_length("Issue", "body", body)
    issue = Issue(
        id=next(world.ids),
        repo=repo,
        number=max(repo.issues, default=0) + 1,
        user=by.user,
        app=by.app,
        title=title,
        body=body,
        created_at=world.now(),
        updated_at=world.now(),
    )
    repo.issues[issue.number] = issue
    return issue


def open_issue(world: Registry, repo: Repo, by: Author, title: str, body: str | None, labels: list[str]) -> Issue:
    """A new issue."""
    if not repo.has_issues:
        raise Refused(410, "Issues are disabled for this repo")
    issue = new_issue(world, repo, by, title, body)
    issue.labels += labels
    tell(world, issue, by.user, issue.chat())
    events.issue(world, "opened", issue, by.user)
    return issue


def tell(world: Registry, issue: Issue, by: User, line: str) -> None:
    """Show a chat line to whoever watches."""
    world.tell(Moment(world.now(), issue.repo.full_name, issue.number, by.login, line.removeprefix(by.login).lstrip()))


def edit_issue(world: Registry, issue: Issue, by: Author, title: str | None, body: str | None) -> None:
    """A new title or body; nothing happens when neither differs."""
    check_length("Issue", "title", title, 256)
    check_length("Issue", "body", body)
    changes: dict[str, Json] = {}
    if title is not None and title != issue.title:
        changes["title"] = {"from": issue.title}
        issue.title = title
    if body is not None and body != issue.body:
        changes["body"] = {"from": issue.body or ""}
        issue.edits.append(Edit(world.now(), by.user, issue.body or ""))
        issue.body = body
    if changes:
        issue.updated_at = world.now()
        tell(world, issue, by.user, issue.chat())
        events.issue(world, "edited", issue, by.user, changes=changes)


def set_state(world: Registry, issue: Issue, by: Author, state: str, reason: str | None) -> None:
    """Close or reopen; a merged pull request stays closed."""
    if state == issue.state:
        return
    if issue.pull is not None and state == "open":
        check_reopen(issue)
    issue.state, issue.updated_at = state, world.now()
    closed = state == "closed"
    issue.state_reason = (reason or "completed") if closed and issue.pull is None else None if closed else "reopened"
    issue.closed_at, issue.closed_by = (world.now(), by.user) if closed else (None, None)
    world.happened(issue, by.user, "closed this" if closed else "reopened this")
    events.issue(world, "closed" if closed else "reopened", issue, by.user)


def check_reopen(issue: Issue) -> None:
    """A pull request cannot be reopened once merged or without its branch."""
    pull = issue.pull
    if pull is not None and (pull.merged_at or pull.head_repo.bare.branch(pull.head_ref) is None):
        error = {"resource": "PullRequest", "code": "invalid", "field": "state", "message": "state cannot be changed."}
        raise Refused(422, "Validation Failed", [error])


def set_labels(world: Registry, issue: Issue, by: Author, labels: list[str]) -> None:
    """Replace the labels, telling of each that came or went."""
    old, issue.labels = issue.labels, list(dict.fromkeys(labels))
    for name in [name for name in issue.labels if name not in old]:
        world.happened(issue, by.user, f"labelled this {name}")
        events.issue(world, "labeled", issue, by.user, label=shapes.label(world, issue.repo, name))
    for name in [name for name in old if name not in issue.labels]:
        world.happened(issue, by.user, f"took the label {name} away")
        events.issue(world, "unlabeled", issue, by.user, label=shapes.label(world, issue.repo, name))


def set_assignees(world: Registry, issue: Issue, by: Author, people: list[User]) -> None:
    """Replace the assignees; GitHub quietly leaves out people who cannot be assigned."""
    old, issue.assignees = issue.assignees, [one for one in people if issue.repo.may(one, "triage")]
    for one in issue.assignees:
        if one not in old:
            world.happened(issue, by.user, f"assigned {one.login}")
            events.issue(world, "assigned", issue, by.user, assignee=shapes.user(world, one))


def add_comment(world: Registry, issue: Issue, by: Author, body: str) -> Comment:
    """A new comment in the conversation."""
    check_open_to(issue, by)
    check_length("IssueComment", "body", body)
    now = world.now()
    comment = Comment(
        id=next(world.ids), issue=issue, user=by.user, app=by.app, body=body, created_at=now, updated_at=now
    )
    issue.comments.append(comment)
    issue.happened.append(comment)
    issue.updated_at = now
    tell(world, issue, by.user, comment.chat())
    events.comment(world, "created", comment, by.user)
    return comment


def edit_comment(world: Registry, comment: Comment, by: Author, body: str) -> None:
    """Replace a comment's body; the same body is no edit."""
    check_length("PullRequestReviewComment" if isinstance(comment, LineComment) else "IssueComment", "body", body)
    if body == comment.body:
        return
    before, comment.body, comment.updated_at = comment.body, body, world.now()
    comment.edits.append(Edit(world.now(), by.user, before))
    tell(world, comment.issue, by.user, comment.chat())
    events.comment(world, "edited", comment, by.user, changes={"body": {"from": before}})


def delete_comment(world: Registry, comment: Comment, by: Author) -> None:
    """Take a comment away."""
    comment.deleted = True
    tell(world, comment.issue, by.user, comment.chat())
    events.comment(world, "deleted", comment, by.user)


def react(world: Registry, post: Issue | Comment, by: Author, content: str) -> tuple[Reaction, bool]:
    """One feeling a person and content; (reaction, whether it is new). No webhook tells of it."""
    if content not in FACES:
        raise Refused(422, "Validation Failed", [{"resource": "Reaction", "code": "invalid", "field": "content"}])
    for one in post.reactions:
        if one.user is by.user and one.content == content:
            return one, False
    reaction = Reaction(next(world.ids), by.user, content, world.now())
    post.reactions.append(reaction)
    issue = post if isinstance(post, Issue) else post.issue
    tell(world, issue, by.user, f" reacted {FACES[content]} to {post.user.login}")
    return reaction, True


def lock(world: Registry, issue: Issue, by: Author, locked: bool) -> None:
    """Close the conversation to outsiders, or open it again."""
    issue.locked = locked
    world.happened(issue, by.user, "locked this" if locked else "unlocked this")
    events.issue(world, "locked" if locked else "unlocked", issue, by.user)


def delete_issue(world: Registry, issue: Issue, by: Author) -> None:
    """Gone: every later question about it gets 410."""
    issue.deleted, issue.state = True, "closed"
    world.happened(issue, by.user, "deleted this")
    events.issue(world, "deleted", issue, by.user)


def transfer_issue(world: Registry, issue: Issue, by: Author, to: Repo) -> Issue:
    """Move an issue to another repository; the old place answers 301."""
    moved = new_issue(world, to, Author(issue.user, issue.app), issue.title, issue.body)
    moved.comments, issue.moved_to = issue.comments, moved
    world.happened(issue, by.user, f"moved this to {to.full_name}#{moved.number}")
    events.issue(world, "transferred", issue, by.user)
    return moved
