"""REST of code: repositories, who may do what, branches, refs, commits, comparisons, files, statuses."""

import base64

from starlette.responses import Response

from bot.rehearsal.github import events, shapes, shapes_code
from bot.rehearsal.github.bare import Entry, NoSuchObject
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.github.state import Status
from bot.rehearsal.wire import Json, Refused, answer

LEGACY = {"maintain": "write", "triage": "read"}
"""The permission endpoint knows four words; `role_name` has the true one."""


async def show_repo(ask: Ask) -> Response:
    return answer(shapes.repo(ask.world, ask.repo))


async def show_permission(ask: Ask) -> Response:
    """404 for an outsider."""
    user, repo = ask.user(ask.path("login")), ask.repo
    role = repo.role(user)
    if role is None:
        raise Refused(404, "Not Found")
    rights = {name: repo.may(user, level) for name, level in _RIGHTS}
    who: dict[str, Json] = {**shapes.user(ask.world, user), "permissions": rights, "role_name": role[1]}
    return answer({"permission": LEGACY.get(role[0], role[0]), "role_name": role[1], "user": who})


_RIGHTS = (("pull", "read"), ("triage", "triage"), ("push", "write"), ("maintain", "maintain"), ("admin", "admin"))


async def list_branches(ask: Ask) -> Response:
    heads = [(ref[11:], sha) for ref, sha in ask.repo.bare.refs().items() if ref.startswith("refs/heads/")]
    return ask.list(heads, lambda one: _short_branch(ask, *one))


def _short_branch(ask: Ask, name: str, sha: str) -> shapes.Object:
    url = f"{ask.world.url}/repos/{ask.repo.full_name}/commits/{sha}"
    return {"name": name, "commit": {"sha": sha, "url": url}, "protected": f"refs/heads/{name}" in ask.repo.protected}


async def show_branch(ask: Ask) -> Response:
    name = ask.path("branch")
    sha = ask.repo.bare.branch(name)
    if sha is None:
        raise Refused(404, "Branch not found")
    url = f"{ask.world.url}/repos/{ask.repo.full_name}/branches/{name}"
    body = _short_branch(ask, name, sha) | {
        "commit": shapes_code.commit(ask.world, ask.repo, ask.repo.bare.commit(sha)),
        "_links": {"self": url, "html": f"{ask.world.url}/{ask.repo.full_name}/tree/{name}"},
        "protection": {"enabled": f"refs/heads/{name}" in ask.repo.protected},
        "protection_url": f"{url}/protection",
    }
    return answer(body)


def _ref(ask: Ask, name: str, sha: str) -> shapes.Object:
    base = f"{ask.world.url}/repos/{ask.repo.full_name}/git"
    kind = ask.repo.bare.text("cat-file", "-t", sha)
    target: Json = {"type": kind, "sha": sha, "url": f"{base}/{kind}s/{sha}"}
    return {"ref": name, "node_id": f"REF_{name}", "url": f"{base}/{name}", "object": target}


async def show_ref(ask: Ask) -> Response:
    """Exactly one ref, named without `refs/`."""
    name = f"refs/{ask.path('ref')}"
    sha = ask.repo.bare.refs().get(name)
    if sha is None:
        raise Refused(404, "Not Found")
    return answer(_ref(ask, name, sha))


async def matching_refs(ask: Ask) -> Response:
    prefix = f"refs/{ask.path('ref')}"
    found = [(name, sha) for name, sha in ask.repo.bare.refs().items() if name.startswith(prefix)]
    return ask.list(found, lambda one: _ref(ask, *one))


async def show_git_commit(ask: Ask) -> Response:
    sha = ask.repo.bare.resolve(ask.path("sha"))
    if sha is None:
        raise Refused(404, "Not Found")
    one = ask.repo.bare.commit(sha)
    shown = shapes_code.git_commit(ask.world, ask.repo, one)
    page = f"{ask.world.url}/{ask.repo.full_name}/commit"
    url = f"{ask.world.url}/repos/{ask.repo.full_name}/git/commits"
    parents: Json = [{"sha": up, "url": f"{url}/{up}", "html_url": f"{page}/{up}"} for up in one.parents]
    extra: dict[str, Json] = {"sha": sha, "node_id": f"C_{sha}", "html_url": f"{page}/{sha}", "parents": parents}
    return answer(shown | extra)


async def list_commits(ask: Ask) -> Response:
    if not ask.repo.bare.refs():
        raise Refused(409, "Git Repository is empty.")
    name = ask.query("sha") or ask.repo.default_branch
    sha = ask.repo.bare.resolve(name)
    if sha is None:
        raise Refused(404, "Not Found")
    found = ask.repo.bare.log(sha, path=ask.query("path") or None)
    return ask.list(found, lambda one: shapes_code.commit(ask.world, ask.repo, one))


async def show_commit(ask: Ask) -> Response:
    sha = ask.commit(ask.path("ref"))
    accept = ask.request.headers.get("accept", "")
    if "sha" in accept:
        return Response(sha, media_type="application/vnd.github.sha; charset=utf-8")
    one = ask.repo.bare.commit(sha)
    base = one.parents[0] if one.parents else ask.repo.bare.text("hash-object", "-t", "tree", "/dev/null")
    files = ask.repo.bare.changes(base, sha)
    added, removed = sum(file.additions for file in files), sum(file.deletions for file in files)
    shown = shapes_code.commit(ask.world, ask.repo, one)
    shown["stats"] = {"total": added + removed, "additions": added, "deletions": removed}
    shown["files"] = [shapes_code.file(ask.world, ask.repo, file, sha) for file in files]
    return answer(shown)


async def compare(ask: Ask) -> Response:
    """`base...head`, either of which may be `owner:branch` of this repository."""
    names = [part.rpartition(":")[2] for part in ask.path("basehead").split("...")]
    found = [ask.repo.bare.resolve(name) for name in names]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise Refused(404, "Not Found")
    base, head = found[0], found[1]
    start = ask.repo.bare.merge_base(base, head)
    if start is None:
        raise Refused(404, f"No common ancestor between {names[0]} and {names[1]}.")
    return answer(_comparison(ask, base, head, start))


def _comparison(ask: Ask, base: str, head: str, start: str) -> shapes.Object:
    repo, bare = ask.repo, ask.repo.bare
    commits = list(reversed(bare.log(f"{base}..{head}")))
    behind = bare.count(f"{head}..{base}")
    words = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind", (False, False): "identical"}
    page = f"{ask.world.url}/{repo.full_name}/compare/{base}...{head}"
    return {
        "url": f"{ask.world.url}/repos/{repo.full_name}/compare/{base}...{head}",
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": shapes_code.commit(ask.world, repo, bare.commit(base)),
        "merge_base_commit": shapes_code.commit(ask.world, repo, bare.commit(start)),
        "status": words[bool(commits), behind > 0],
        "ahead_by": len(commits),
        "behind_by": behind,
        "total_commits": len(commits),
        "commits": [shapes_code.commit(ask.world, repo, one) for one in commits],
        "files": [shapes_code.file(ask.world, repo, one, head) for one in bare.changes(start, head)],
    }


async def contents(ask: Ask) -> Response:
    """A file (JSON or raw, by media type) or a folder's entries."""
    repo, path = ask.repo, ask.request.path_params.get("path", "").strip("/")
    ref = ask.query("ref") or repo.default_branch
    sha = repo.bare.resolve(ref)
    if sha is None:
        raise Refused(
            404, "This repository is empty." if not repo.bare.refs() else f"No commit found for the ref {ref}"
        )
    try:
        found = repo.bare.entries(sha, path)
    except NoSuchObject:
        raise Refused(404, "Not Found") from None
    if len(found) == 1 and found[0].path == path and found[0].kind == "blob":
        return _file(ask, found[0], ref)
    return answer([_entry(ask, one, ref) for one in found])


def _file(ask: Ask, entry: Entry, ref: str) -> Response:
    body = ask.repo.bare.blob(entry.sha)
    if "raw" in ask.request.headers.get("accept", ""):
        return Response(body, media_type="application/vnd.github.raw+json; charset=utf-8")
    shown = _entry(ask, entry, ref)
    return answer(shown | {"encoding": "base64", "content": base64.encodebytes(body).decode()})


def _entry(ask: Ask, entry: Entry, ref: str) -> shapes.Object:
    base = f"{ask.world.url}/repos/{ask.repo.full_name}"
    url = f"{base}/contents/{entry.path}?ref={ref}"
    page = f"{ask.world.url}/{ask.repo.full_name}/blob/{ref}/{entry.path}"
    git = f"{base}/git/{entry.kind}s/{entry.sha}"
    kind = "symlink" if entry.mode == "120000" else {"blob": "file", "tree": "dir"}.get(entry.kind, "submodule")
    return {
        "type": kind,
        "size": entry.size or 0,
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "url": url,
        "git_url": git,
        "html_url": page,
        "download_url": page.replace("/blob/", "/raw/") if kind == "file" else None,
        "_links": {"self": url, "git": git, "html": page},
    }


async def show_tree(ask: Ask) -> Response:
    sha = ask.repo.bare.resolve(ask.path("sha"))
    if sha is None:
        raise Refused(404, "Not Found")
    base = f"{ask.world.url}/repos/{ask.repo.full_name}/git"
    tree: list[Json] = [
        {"path": one.path, "mode": one.mode, "type": one.kind, "sha": one.sha, "url": f"{base}/{one.kind}s/{one.sha}"}
        | ({} if one.size is None else {"size": one.size})
        for one in ask.repo.bare.entries(sha, "", recursive=bool(ask.query("recursive")))
    ]
    root = ask.repo.bare.commit(sha).tree
    return answer({"sha": root, "url": f"{base}/trees/{root}", "truncated": False, "tree": tree})


async def add_status(ask: Ask) -> Response:
    fields = ask.fields("Status")
    state = fields.choice("state", ("error", "failure", "pending", "success"))
    if state is None:
        raise fields.invalid("state", "missing_field")
    context = fields.maybe("context") or "default"
    description, target = fields.maybe("description", 140), fields.maybe("target_url")
    sha, user, now = ask.commit(ask.path("sha")), ask.author.user, ask.world.now()
    made = Status(next(ask.world.ids), sha, user, state, context, description, target, now)
    ask.repo.statuses.append(made)
    events.status(ask.world, ask.repo, made)
    return answer(shapes_code.status(ask.world, ask.repo, made), 201)


async def list_statuses(ask: Ask) -> Response:
    sha = ask.commit(ask.path("ref"))
    found = [one for one in reversed(ask.repo.statuses) if one.sha == sha]
    return ask.list(found, lambda one: shapes_code.status(ask.world, ask.repo, one))


async def combined_status(ask: Ask) -> Response:
    sha = ask.commit(ask.path("ref"))
    newest = {one.context: one for one in ask.repo.statuses if one.sha == sha}
    states = {one.state for one in newest.values()}
    state = "failure" if states & {"error", "failure"} else "success" if states == {"success"} else "pending"
    url = f"{ask.world.url}/repos/{ask.repo.full_name}"
    shown: list[Json] = [shapes_code.status(ask.world, ask.repo, one) for one in newest.values()]
    body: dict[str, Json] = {"state": state, "statuses": shown, "sha": sha, "total_count": len(shown)}
    repo = shapes.repo(ask.world, ask.repo)
    return answer(
        body | {"repository": repo, "commit_url": f"{url}/commits/{sha}", "url": f"{url}/commits/{sha}/status"}
    )


_REPO = "/repos/{owner}/{name}"

SERVED = (
    Serves("GET", _REPO, "metadata:read", show_repo),
    Serves("GET", f"{_REPO}/collaborators/{{login}}/permission", "metadata:read", show_permission),
    Serves("GET", f"{_REPO}/branches", "contents:read", list_branches),
    Serves("GET", f"{_REPO}/branches/{{branch:path}}", "contents:read", show_branch),
    Serves("GET", f"{_REPO}/git/ref/{{ref:path}}", "contents:read", show_ref),
    Serves("GET", f"{_REPO}/git/matching-refs/{{ref:path}}", "contents:read", matching_refs),
    Serves("GET", f"{_REPO}/git/commits/{{sha}}", "contents:read", show_git_commit),
    Serves("GET", f"{_REPO}/git/trees/{{sha}}", "contents:read", show_tree),
    Serves("GET", f"{_REPO}/commits", "contents:read", list_commits),
    Serves("GET", f"{_REPO}/commits/{{ref:path}}/statuses", "statuses|contents:read", list_statuses),
    Serves("GET", f"{_REPO}/commits/{{ref:path}}/status", "statuses|contents:read", combined_status),
    Serves("GET", f"{_REPO}/commits/{{ref:path}}", "contents:read", show_commit),
    Serves("GET", f"{_REPO}/compare/{{basehead:path}}", "contents:read", compare),
    Serves("GET", f"{_REPO}/contents", "contents:read", contents),
    Serves("GET", f"{_REPO}/contents/{{path:path}}", "contents:read", contents),
    Serves("POST", f"{_REPO}/statuses/{{sha}}", "statuses:write", add_status),
)
