"""The webhooks: which event tells of what, with the parts that every payload carries."""

from bot.rehearsal.github import shapes, shapes_code
from bot.rehearsal.github.bare import ZERO, CommitRecord, NoSuchObject
from bot.rehearsal.github.registry import Registry
from bot.rehearsal.github.state import (
    CheckRun,
    Comment,
    Issue,
    LineComment,
    Pull,
    Push,
    Repo,
    Review,
    Status,
    Thread,
    User,
)
from bot.rehearsal.wire import Json


def emit(world: Registry, event: str, repo: Repo, by: User, payload: dict[str, Json]) -> None:
    """One repository event."""
    parts: dict[str, Json] = {"sender": shapes.user(world, by)}
    if repo.owner.kind == "Organization":
        parts["organization"] = organization(world, repo.owner)
    world.emit(event, repo, payload | parts, shapes.repo(world, repo))


def organization(world: Registry, owner: User) -> shapes.Object:
    """The account block of an organisation."""
    url = f"{world.url}/orgs/{owner.login}"
    links = {name: f"{url}/{name[:-4]}" for name in ("repos_url", "events_url", "hooks_url", "issues_url")}
    members = {"members_url": f"{url}/members{{/member}}", "public_members_url": f"{url}/public_members{{/member}}"}
    avatar = {"avatar_url": f"{world.url}/avatars/u/{owner.id}?v=4", "description": None}
    return {"login": owner.login, "id": owner.id, "node_id": f"O_{owner.id}", "url": url, **links, **members, **avatar}


def issue(world: Registry, action: str, one: Issue, by: User, **more: Json) -> None:
    """`issues`, or `pull_request` when the issue is one: edits, labels, closing are told by either."""
    if one.pull is not None:
        pull(world, action, one.pull, by, **more)
    else:
        emit(world, "issues", one.repo, by, {"action": action, "issue": shapes.issue(world, one), **more})


def comment(world: Registry, action: str, one: Comment, by: User, **more: Json) -> None:
    """`issue_comment`, or `pull_request_review_comment` for one on a line."""
    if isinstance(one, LineComment):
        shown: dict[str, Json] = {"pull_request": shapes_code.pull_simple(world, one.thread.pull)}
        shown["comment"] = shapes_code.line_comment(world, one)
        emit(world, "pull_request_review_comment", one.issue.repo, by, {"action": action, **shown, **more})
    else:
        shown = {"issue": shapes.issue(world, one.issue), "comment": shapes.comment(world, one)}
        emit(world, "issue_comment", one.issue.repo, by, {"action": action, **shown, **more})


def pull(world: Registry, action: str, one: Pull, by: User, **more: Json) -> None:
    """`pull_request`."""
    shown = shapes_code.pull(world, one)
    payload: dict[str, Json] = {"action": action, "number": one.number, "pull_request": shown, **more}
    emit(world, "pull_request", one.repo, by, payload)


def review(world: Registry, action: str, one: Review, by: User) -> None:
    """`pull_request_review`: the webhook writes the state in lower case, unlike the API."""
    shown = shapes_code.review(world, one) | {"state": one.state.lower()}
    simple = shapes_code.pull_simple(world, one.pull)
    emit(world, "pull_request_review", one.pull.repo, by, {"action": action, "review": shown, "pull_request": simple})


def thread(world: Registry, action: str, one: Thread, by: User) -> None:
    """`pull_request_review_thread`."""
    comments: list[Json] = [shapes_code.line_comment(world, comment) for comment in one.comments]
    shown: dict[str, Json] = {"node_id": f"PRRT_{one.id}", "comments": comments}
    simple = shapes_code.pull_simple(world, one.pull)
    payload: dict[str, Json] = {"action": action, "thread": shown, "pull_request": simple}
    emit(world, "pull_request_review_thread", one.pull.repo, by, payload)


def check_run(world: Registry, action: str, one: CheckRun, by: User, **more: Json) -> None:
    """`check_run`, with its suite spelled out as webhooks do."""
    shown = shapes_code.check_run(world, one)
    shown["check_suite"] = suite(world, one)
    emit(world, "check_run", one.repo, by, {"action": action, "check_run": shown, **more})


def check_suite(world: Registry, action: str, one: CheckRun, by: User) -> None:
    """`check_suite` of the App and commit that a check run belongs to."""
    emit(world, "check_suite", one.repo, by, {"action": action, "check_suite": suite(world, one)})


def suite(world: Registry, one: CheckRun) -> shapes.Object:
    """The suite around a check run."""
    shown = shapes_code.check_run(world, one)
    number = one.app.id * 1000 + int(one.head_sha[:4], 16)
    url = f"{world.url}/repos/{one.repo.full_name}/check-suites/{number}"
    branch = next((ref[11:] for ref, sha in one.repo.bare.refs().items() if sha == one.head_sha), None)
    head = one.repo.bare.commit(one.head_sha)
    return {
        "id": number,
        "node_id": f"CS_{number}",
        "head_branch": branch,
        "head_sha": one.head_sha,
        "status": one.status,
        "conclusion": one.conclusion,
        "url": url,
        "before": None,
        "after": one.head_sha,
        "pull_requests": shown["pull_requests"],
        "app": shown["app"],
        "created_at": shown["started_at"],
        "updated_at": shown["completed_at"] or shown["started_at"],
        "latest_check_runs_count": 1,
        "check_runs_url": f"{url}/check-runs",
        "rerequestable": True,
        "runs_rerequestable": True,
        "head_commit": short_commit(world, one.repo, head),
    }


def status(world: Registry, repo: Repo, one: Status) -> None:
    """`status`: the fields of the status itself, and the branches that stand at its commit."""
    shown = shapes_code.status(world, repo, one)
    names = [ref[11:] for ref, sha in repo.bare.refs().items() if sha == one.sha and ref.startswith("refs/heads/")]
    branches: list[Json] = [{"name": name, "commit": {"sha": one.sha}, "protected": False} for name in names[:10]]
    kept = ("id", "avatar_url", "target_url", "context", "description", "state", "created_at", "updated_at")
    told: dict[str, Json] = {name: shown[name] for name in kept}
    emit(world, "status", repo, one.user, told | {"sha": one.sha, "name": repo.full_name, "branches": branches})


def push(world: Registry, repo: Repo, one: Push) -> None:
    """`push`."""
    compare = f"{world.url}/{repo.full_name}/compare/{one.before[:12]}...{one.after[:12]}"
    commits: list[Json] = []
    if one.after != ZERO:
        span = one.after if one.before == ZERO else f"{one.before}..{one.after}"
        limit = 1 if one.before == ZERO else 20
        try:
            commits = [short_commit(world, repo, commit) for commit in reversed(repo.bare.log(span, limit))]
        except NoSuchObject:
            commits = []
    payload: dict[str, Json] = {
        "ref": one.ref,
        "before": one.before,
        "after": one.after,
        "created": one.before == ZERO,
        "deleted": one.after == ZERO,
        "forced": one.forced,
        "base_ref": None,
        "compare": compare,
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": one.by.login, "email": one.by.email},
    }
    emit(world, "push", repo, one.by, payload)


def short_commit(world: Registry, repo: Repo, one: CommitRecord) -> shapes.Object:
    """A commit as pushes and suites mention it."""
    return {
        "id": one.sha,
        "tree_id": one.tree,
        "distinct": True,
        "message": one.message,
        "timestamp": one.committer.at.isoformat(),
        "url": f"{world.url}/{repo.full_name}/commit/{one.sha}",
        "author": {"name": one.author.name, "email": one.author.email},
        "committer": {"name": one.committer.name, "email": one.committer.email},
        "added": [],
        "removed": [],
        "modified": [],
    }
