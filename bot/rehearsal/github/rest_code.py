"""REST of code: repositories, who may do what, branches, refs, comparisons, files, statuses."""

import base64

from starlette.responses import Response

from bot.rehearsal.github import shapes, shapes_code
from bot.rehearsal.github.bare import Entry, NoSuchObject
from bot.rehearsal.github.rest import Ask, Serves
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


async def list_statuses(ask: Ask) -> Response:
    sha = ask.commit(ask.path("ref"))
    found = [one for one in reversed(ask.repo.statuses) if one.sha == sha]
    return ask.list(found, lambda one: shapes_code.status(ask.world, ask.repo, one))


_REPO = "/repos/{owner}/{name}"

SERVED = (
    Serves("GET", _REPO, "metadata:read", show_repo),
    Serves("GET", f"{_REPO}/collaborators/{{login}}/permission", "metadata:read", show_permission),
    Serves("GET", f"{_REPO}/branches/{{branch:path}}", "contents:read", show_branch),
    Serves("GET", f"{_REPO}/git/ref/{{ref:path}}", "contents:read", show_ref),
    Serves("GET", f"{_REPO}/commits/{{ref:path}}/statuses", "statuses|contents:read", list_statuses),
    Serves("GET", f"{_REPO}/compare/{{basehead:path}}", "contents:read", compare),
    Serves("GET", f"{_REPO}/contents", "contents:read", contents),
    Serves("GET", f"{_REPO}/contents/{{path:path}}", "contents:read", contents),
)
