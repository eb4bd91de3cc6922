"""Accounts, repositories, issues, comments and the App as the REST API shows them (complete by its own schema)."""

from collections.abc import Sequence
from datetime import datetime

from bot.rehearsal.github.auth import Installation, client_id
from bot.rehearsal.github.hooks import Delivery
from bot.rehearsal.github.registry import Registry
from bot.rehearsal.github.state import App, Comment, Issue, Pull, Reaction, Repo, User
from bot.rehearsal.wire import Json

Object = dict[str, Json]

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
REPO_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
NOTHING_MUCH: Object = {
    **dict.fromkeys(("forks_count", "forks", "stargazers_count", "watchers_count", "watchers", "size"), 0),
    **dict.fromkeys(("subscribers_count", "network_count"), 0),
    **dict.fromkeys(("has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads"), False),
    **dict.fromkeys(("is_template", "disabled", "web_commit_signoff_required"), False),
    **dict.fromkeys(("mirror_url", "homepage", "language", "license"), None),
    "allow_forking": True,
    "topics": [],
}
"""What a repository has that nobody here asks about."""
FACES = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def time(at: datetime) -> str:
    """A moment as GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_time(at: datetime | None) -> str | None:
    """A moment or null."""
    return None if at is None else time(at)


def user(world: Registry, one: User) -> Object:
    """An account, in short."""
    url = f"{world.url}/users/{one.login}"
    return {
        "login": one.login,
        "id": one.id,
        "node_id": f"{'BOT' if one.kind == 'Bot' else 'U'}_{one.id}",
        "avatar_url": f"{world.url}/avatars/u/{one.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.url}/{one.login}" if one.kind != "Bot" else f"{world.url}/apps/{one.login[:-5]}",
        **{name: url + suffix for name, suffix in USER_LINKS.items()},
        "type": one.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def public_user(world: Registry, one: User) -> Object:
    """An account on its own page."""
    empty: Object = dict.fromkeys(("company", "location", "email", "hireable", "bio", "twitter_username"))
    return {
        **user(world, one),
        **empty,
        "name": one.name,
        "blog": "",
        "public_repos": sum(repo.owner is one and not repo.private for repo in world.repos.values()),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": time(one.created_at),
        "updated_at": time(one.created_at),
    }


def app(world: Registry, one: App) -> Object:
    """A GitHub App."""
    return {
        "id": one.id,
        "client_id": client_id(one),
        "slug": one.slug,
        "node_id": f"A_{one.id}",
        "owner": user(world, one.owner),
        "name": one.slug.title(),
        "description": "",
        "external_url": "https://example.org",
        "html_url": f"{world.url}/apps/{one.slug}",
        "created_at": time(world.created_at),
        "updated_at": time(world.created_at),
        "permissions": dict(one.permissions),
        "events": list(one.events),
    }


def installation(world: Registry, one: Installation) -> Object:
    """Our App on an account."""
    url = f"{world.url}/app/installations/{one.id}"
    return {
        "id": one.id,
        "account": user(world, one.account),
        "repository_selection": "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{world.url}/installation/repositories",
        "html_url": f"{world.url}/organizations/{one.account.login}/settings/installations/{one.id}",
        "app_id": world.app.id,
        "client_id": client_id(world.app),
        "app_slug": world.app.slug,
        "target_id": one.account.id,
        "target_type": one.account.kind,
        "permissions": dict(world.app.permissions),
        "events": list(world.app.events),
        "created_at": time(one.created_at),
        "updated_at": time(one.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }


def repo(world: Registry, one: Repo) -> Object:
    """A repository, with everything the full and the minimal schema ask for."""
    url, page = f"{world.url}/repos/{one.full_name}", f"{world.url}/{one.full_name}"
    open_issues = sum(issue.state == "open" for issue in one.issues.values())
    return {
        "id": one.id,
        "node_id": f"R_{one.id}",
        "name": one.name,
        "full_name": one.full_name,
        "owner": user(world, one.owner),
        "private": one.private,
        "visibility": "private" if one.private else "public",
        "html_url": page,
        "description": one.description,
        "fork": one.fork_of is not None,
        "url": url,
        **_addresses(url, page),
        **NOTHING_MUCH,
        "default_branch": one.default_branch,
        "open_issues_count": open_issues,
        "open_issues": open_issues,
        "has_issues": one.has_issues,
        "archived": one.archived,
        "pushed_at": time(one.pushed_at),
        "created_at": time(one.created_at),
        "updated_at": time(one.pushed_at),
    }


def _addresses(url: str, page: str) -> Object:
    git: Object = {
        "git_url": f"{page.replace('http:', 'git:')}.git",
        "ssh_url": f"ssh://git@{page.partition('://')[2]}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
    }
    return {name: url + suffix for name, suffix in REPO_LINKS.items()} | git


def label(world: Registry, of: Repo, name: str) -> Object:
    """A label, made at its first mention."""
    if name not in of.labels:
        of.labels[name] = next(world.ids)
    number = of.labels[name]
    return {
        "id": number,
        "node_id": f"LA_{number}",
        "url": f"{world.url}/repos/{of.full_name}/labels/{name}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
        "archived_at": None,
        "archived_by": None,
    }


def reactions(url: str, given: Sequence[Reaction]) -> Object:
    """The roll-up below a post."""
    counts: Object = {face: sum(one.content == face for one in given) for face in FACES}
    return {"url": f"{url}/reactions", "total_count": len(given), **counts}


def reaction(world: Registry, one: Reaction) -> Object:
    """One reaction."""
    return {
        "id": one.id,
        "node_id": f"REA_{one.id}",
        "user": user(world, one.user),
        "content": one.content,
        "created_at": time(one.created_at),
    }


def association(of: Repo, who: User) -> str:
    """`author_association`. GitHub calls private members CONTRIBUTOR: nobody should trust it, and here nobody can."""
    return "OWNER" if who is of.owner else "COLLABORATOR" if who.id in of.permissions else "NONE"


def conversation(world: Registry, one: Issue) -> Object:
    """What an issue and a pull request show alike."""
    return {
        "state": one.state,
        "title": one.title,
        "body": one.body,
        "user": user(world, one.user),
        "labels": [label(world, one.repo, name) for name in one.labels],
        "assignee": user(world, one.assignees[0]) if one.assignees else None,
        "assignees": [user(world, who) for who in one.assignees],
        "milestone": None,
        "locked": one.locked,
        "active_lock_reason": None,
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "closed_at": maybe_time(one.closed_at),
    }


def issue(world: Registry, one: Issue) -> Object:
    """An issue, or a pull request seen as one."""
    of = one.repo
    url = f"{world.url}/repos/{of.full_name}/issues/{one.number}"
    kind = "pull" if one.pull else "issues"
    shown: Object = {
        "id": one.id,
        "node_id": f"{'PR' if one.pull else 'I'}_{one.pull.id if one.pull else one.id}",
        "url": url,
        "repository_url": f"{world.url}/repos/{of.full_name}",
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": f"{world.url}/{of.full_name}/{kind}/{one.number}",
        "number": one.number,
        "state_reason": one.state_reason,
        **conversation(world, one),
        "comments": len(one.living),
        "closed_by": user(world, one.closed_by) if one.closed_by else None,
        "author_association": association(of, one.user),
        "reactions": reactions(url, one.reactions),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": app(world, one.app) if one.app else None,
    }
    return shown | (_pull_of(world, one.pull) if one.pull else {})


def _pull_of(world: Registry, one: Pull) -> Object:
    """What tells a pull request from an issue."""
    page = f"{world.url}/{one.repo.full_name}/pull/{one.number}"
    links: Object = {
        "url": f"{world.url}/repos/{one.repo.full_name}/pulls/{one.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": maybe_time(one.merged_at),
    }
    return {"draft": one.draft, "pull_request": links}


def comment(world: Registry, one: Comment) -> Object:
    """A comment on an issue or pull request."""
    base = f"{world.url}/repos/{one.issue.repo.full_name}/issues"
    kind = "pull" if one.issue.pull else "issues"
    url = f"{base}/comments/{one.id}"
    return {
        "id": one.id,
        "node_id": f"IC_{one.id}",
        "url": url,
        "html_url": f"{world.url}/{one.issue.repo.full_name}/{kind}/{one.issue.number}#issuecomment-{one.id}",
        "issue_url": f"{base}/{one.issue.number}",
        "body": one.body,
        "user": user(world, one.user),
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "author_association": association(one.issue.repo, one.user),
        "reactions": reactions(url, one.reactions),
        "performed_via_github_app": app(world, one.app) if one.app else None,
    }


def delivery(one: Delivery) -> Object:
    """A line of the delivery log."""
    return {
        "id": one.id,
        "guid": one.guid,
        "delivered_at": time(one.at),
        "redelivery": one.redelivery,
        "duration": round(one.seconds, 2),
        "status": one.status,
        "status_code": one.status_code,
        "event": one.event,
        "action": one.action,
        "installation_id": one.installation_id,
        "repository_id": one.repository_id,
        "throttled_at": None,
    }
