"""Commits, branches, pull requests, reviews, threads and check runs as the REST API shows them."""

from bot.rehearsal.github import signatures
from bot.rehearsal.github.bare import CommitRecord, FileChange, Identity, NoSuchObject
from bot.rehearsal.github.registry import Registry
from bot.rehearsal.github.shapes import Object, app, association, conversation, maybe_time, reactions, repo, time, user
from bot.rehearsal.github.state import CheckRun, LineComment, Pull, Repo, Review, Status, Thread
from bot.rehearsal.wire import Json


def person(who: Identity) -> Object:
    """Author or committer as git has it."""
    return {"name": who.name, "email": who.email, "date": time(who.at)}


def account(world: Registry, who: Identity) -> Json:
    """The account behind a commit's address, or null."""
    found = next((one for one in world.users.values() if one.email == who.email), None)
    return user(world, found) if found else None


def git_commit(world: Registry, of: Repo, one: CommitRecord) -> Object:
    """The inner `commit`."""
    return {
        "url": f"{world.url}/repos/{of.full_name}/git/commits/{one.sha}",
        "author": person(one.author),
        "committer": person(one.committer),
        "message": one.message,
        "comment_count": 0,
        "tree": {"sha": one.tree, "url": f"{world.url}/repos/{of.full_name}/git/trees/{one.tree}"},
        "verification": signatures.verification(of.bare.git("cat-file", "commit", one.sha)),
    }


def commit(world: Registry, of: Repo, one: CommitRecord) -> Object:
    """A commit in a list."""
    url = f"{world.url}/repos/{of.full_name}/commits"
    page = f"{world.url}/{of.full_name}/commit"
    return {
        "url": f"{url}/{one.sha}",
        "sha": one.sha,
        "node_id": f"C_{one.sha}",
        "html_url": f"{page}/{one.sha}",
        "comments_url": f"{url}/{one.sha}/comments",
        "commit": git_commit(world, of, one),
        "author": account(world, one.author),
        "committer": account(world, one.committer),
        "parents": [{"sha": sha, "url": f"{url}/{sha}", "html_url": f"{page}/{sha}"} for sha in one.parents],
    }


def file(world: Registry, of: Repo, one: FileChange, head: str) -> Object:
    """A changed file."""
    url = f"{world.url}/{of.full_name}"
    shown: Object = {
        "sha": one.blob,
        "filename": one.path,
        "status": one.status,
        "additions": one.additions,
        "deletions": one.deletions,
        "changes": one.additions + one.deletions,
        "blob_url": f"{url}/blob/{head}/{one.path}",
        "raw_url": f"{url}/raw/{head}/{one.path}",
        "contents_url": f"{world.url}/repos/{of.full_name}/contents/{one.path}?ref={head}",
    }
    return shown if one.patch is None else shown | {"patch": one.patch}


def end(world: Registry, of: Repo, ref: str, sha: str) -> Object:
    """One end of a pull request."""
    return {
        "label": f"{of.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(world, of.owner),
        "repo": repo(world, of),
    }


def merge_base(one: Pull) -> str:
    """Where the pull request's diff starts."""
    return one.repo.bare.merge_base(one.base_sha, one.head_sha) or one.base_sha


def pull_simple(world: Registry, one: Pull) -> Object:
    """A pull request in a list or a webhook of something else."""
    issue, of = one.issue, one.repo
    url = f"{world.url}/repos/{of.full_name}/pulls/{one.number}"
    issue_url = f"{world.url}/repos/{of.full_name}/issues/{one.number}"
    page = f"{world.url}/{of.full_name}/pull/{one.number}"
    statuses = f"{world.url}/repos/{of.full_name}/statuses/{one.head_sha}"
    lines = f"{world.url}/repos/{of.full_name}/pulls/comments{{/number}}"
    named = {"comments": f"{issue_url}/comments", "review_comments": f"{url}/comments", "review_comment": lines}
    named |= {"commits": f"{url}/commits", "statuses": statuses}
    links = {"self": url, "html": page, "issue": issue_url, **named}
    return {
        "url": url,
        "id": one.id,
        "node_id": f"PR_{one.id}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        **{f"{name}_url": href for name, href in named.items()},
        "number": one.number,
        **conversation(world, issue),
        "head": end(world, one.head_repo, one.head_ref, one.head_sha),
        "base": end(world, of, one.base_ref, one.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": association(of, issue.user),
        "auto_merge": None,
        "draft": one.draft,
        "merged_at": maybe_time(one.merged_at),
        "merge_commit_sha": one.merge_commit,
        "requested_reviewers": [user(world, who) for who in one.reviewers],
        "requested_teams": [],
    }


def mergeable(one: Pull) -> bool | None:
    """Whether the head merges cleanly; None when it is merged already."""
    if one.merged_at is not None:
        return None
    bare = one.repo.bare
    base = bare.branch(one.base_ref) or one.base_sha
    return bare.contains(base, one.head_sha) or bare.merge_tree(base, one.head_sha) is not None


def pull(world: Registry, one: Pull) -> Object:
    """A pull request on its own, with what must be computed."""
    bare = one.repo.bare
    try:
        start = merge_base(one)
        files, commits = bare.changes(start, one.head_sha), bare.count(f"{start}..{one.head_sha}")
    except NoSuchObject:
        files, commits = [], 0
    fits = mergeable(one)
    state = "unknown" if fits is None else "dirty" if not fits else "draft" if one.draft else "clean"
    return {
        **pull_simple(world, one),
        "merged": one.merged_at is not None,
        "mergeable": fits,
        "rebaseable": fits,
        "mergeable_state": state,
        "merged_by": user(world, one.merged_by) if one.merged_by else None,
        "comments": len(one.issue.living),
        "review_comments": sum(not comment.deleted for thread in one.threads for comment in thread.comments),
        "maintainer_can_modify": False,
        "commits": commits,
        "additions": sum(change.additions for change in files),
        "deletions": sum(change.deletions for change in files),
        "changed_files": len(files),
    }


def review(world: Registry, one: Review) -> Object:
    """A review."""
    of = one.pull.repo
    url = f"{world.url}/repos/{of.full_name}/pulls/{one.pull.number}"
    page = f"{world.url}/{of.full_name}/pull/{one.pull.number}#pullrequestreview-{one.id}"
    shown: Object = {
        "id": one.id,
        "node_id": f"PRR_{one.id}",
        "user": user(world, one.user),
        "body": one.body,
        "state": one.state,
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "commit_id": one.commit,
        "author_association": association(of, one.user),
    }
    return shown | ({"submitted_at": time(one.submitted_at)} if one.submitted_at else {})


def line_comment(world: Registry, one: LineComment) -> Object:
    """A review comment."""
    thread, of = one.thread, one.issue.repo
    pulls = f"{world.url}/repos/{of.full_name}/pulls"
    url, pull_url = f"{pulls}/comments/{one.id}", f"{pulls}/{one.issue.number}"
    page = f"{world.url}/{of.full_name}/pull/{one.issue.number}#discussion_r{one.id}"
    line = None if outdated(thread) else thread.line
    shown: Object = {
        "url": url,
        "pull_request_review_id": one.review.id,
        "id": one.id,
        "node_id": f"PRRC_{one.id}",
        "diff_hunk": one.diff_hunk,
        "path": thread.path,
        "position": line,
        "original_position": thread.line,
        "commit_id": thread.pull.head_sha,
        "original_commit_id": one.commit,
        "user": user(world, one.user),
        "body": one.body,
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "html_url": page,
        "pull_request_url": pull_url,
        "author_association": association(of, one.user),
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": pull_url}},
        "reactions": reactions(url, one.reactions),
        "start_line": None if line is None else thread.start_line,
        "original_start_line": thread.start_line,
        "start_side": thread.side if thread.start_line else None,
        "line": line,
        "original_line": thread.line,
        "side": thread.side,
        "subject_type": "file" if thread.line is None else "line",
    }
    first = thread.comments[0]
    return shown if first is one else shown | {"in_reply_to_id": first.id}


def outdated(thread: Thread) -> bool:
    """Whether the file changed since the thread was started."""
    head, bare = thread.pull.head_sha, thread.pull.repo.bare
    return thread.commit != head and any(change.path == thread.path for change in bare.changes(thread.commit, head))


def check_run(world: Registry, one: CheckRun) -> Object:
    """A check run."""
    url = f"{world.url}/repos/{one.repo.full_name}/check-runs/{one.id}"
    page = f"{world.url}/{one.repo.full_name}/runs/{one.id}"
    pulls = [pull for pull in one.repo.pulls if pull.head_sha == one.head_sha and pull.issue.state == "open"]
    return {
        "id": one.id,
        "head_sha": one.head_sha,
        "node_id": f"CR_{one.id}",
        "external_id": one.external_id,
        "url": url,
        "html_url": page,
        "details_url": one.details_url or page,
        "status": one.status,
        "conclusion": one.conclusion,
        "started_at": time(one.started_at),
        "completed_at": maybe_time(one.completed_at),
        "output": {
            "title": one.title,
            "summary": one.summary,
            "text": one.text,
            "annotations_count": len(one.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "name": one.name,
        "check_suite": {"id": one.app.id * 1000 + int(one.head_sha[:4], 16)},
        "app": app(world, one.app),
        "pull_requests": [pull_minimal(world, pull) for pull in pulls],
    }


def pull_minimal(world: Registry, one: Pull) -> Object:
    """A pull request as check runs and workflow runs mention it."""

    def short(of: Repo) -> Object:
        return {"id": of.id, "url": f"{world.url}/repos/{of.full_name}", "name": of.name}

    return {
        "id": one.id,
        "number": one.number,
        "url": f"{world.url}/repos/{one.repo.full_name}/pulls/{one.number}",
        "head": {"ref": one.head_ref, "sha": one.head_sha, "repo": short(one.head_repo)},
        "base": {"ref": one.base_ref, "sha": one.base_sha, "repo": short(one.repo)},
    }


def status(world: Registry, of: Repo, one: Status) -> Object:
    """A commit status."""
    return {
        "url": f"{world.url}/repos/{of.full_name}/statuses/{one.sha}",
        "avatar_url": None,
        "id": one.id,
        "node_id": f"SC_{one.id}",
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": time(one.at),
        "updated_at": time(one.at),
        "creator": user(world, one.user),
    }
