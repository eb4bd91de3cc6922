"""What the embedded GitHub promises: the answers, limits and refusals of the real one, over the wire and in process."""

import asyncio
import gzip
import json
import random
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from githubkit import AppAuthStrategy, TokenAuthStrategy
from githubkit import GitHub as Kit
from starlette.requests import Request
from starlette.responses import Response

from bot.rehearsal.github import Broken, Dropped, GitHub, Lagging, Limited, Person, Repo, Slow, World, private_pem
from bot.rehearsal.github.auth import client_id
from bot.rehearsal.served import Served
from bot.rehearsal.wire import Refused

REPO = "/repos/octo/tally"


class Stage:
    """A world with one repository, a person with write access, and a client with the App's token."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = World(folder / "github")
        self.repo: Repo = self.world.repo("octo/tally", private=True)
        self.alice: Person = self.world.person("alice", permission="write")
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(GitHub(self.world)), base_url=self.world.url, headers={"user-agent": "test"}
        )

    def token(self, **permissions: str) -> str:
        """An installation token with these permissions, or with all that the App has."""
        asked = permissions or dict(self.world.app.permissions)
        return self.world.mint(self.world.installation(self.repo.owner), [self.repo], asked).token

    def bearer(self, **permissions: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(**permissions)}"}

    async def ask(self, method: str, path: str, body: object = None, **permissions: str) -> httpx.Response:
        """One request with a fresh token; `permissions` narrow it."""
        content = None if body is None else json.dumps(body)
        return await self.http.request(method, path, content=content, headers=self.bearer(**permissions))

    async def branch(self) -> None:
        """`main` with one file, and `feature` that changes it."""
        await self.alice.pushes(self.repo, "main", {"code.py": "one\ntwo\nthree\n"}, "Start")
        await self.alice.pushes(self.repo, "feature", {"code.py": "one\n2\nthree\n"}, "Count")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(tmp_path)
    async with made.http:
        yield made
    await made.world.hooks.close()


@pytest.fixture
async def served(stage: Stage) -> AsyncIterator[Stage]:
    async with Served(GitHub(stage.world)) as server:
        stage.world.url = server.url
        yield stage


async def git(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run git as a stranger's machine would; exit code and all output."""
    who = ("-c", "user.name=m", "-c", "user.email=m@example.org", "-c", "protocol.version=2")
    process = await asyncio.create_subprocess_exec(
        "git", *who, *arguments, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0"},
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def address(stage: Stage, token: str) -> str:
    return f"{stage.world.url.replace('http://', f'http://x-access-token:{token}@')}/octo/tally.git"


def messages(response: httpx.Response) -> list[str]:
    """The sentences or fields of a refusal."""
    return [error.get("message") or error.get("field") for error in response.json()["errors"]]


async def test_the_public_schema_reads_every_answer_of_the_main_job(served: Stage) -> None:
    stage, world = served, served.world
    await stage.branch()
    issue = await stage.alice.opens_issue(stage.repo, "A bug", "It breaks.")
    pem = private_pem()
    async with Kit(AppAuthStrategy(world.app.id, pem), base_url=world.url, auto_retry=False, http_cache=False) as app:
        assert (await app.rest.apps.async_get_authenticated()).parsed_data
        found = (await app.rest.apps.async_get_repo_installation("octo", "tally")).parsed_data
        minted = (await app.rest.apps.async_create_installation_access_token(found.id)).parsed_data
        assert (await app.rest.apps.async_list_webhook_deliveries()).parsed_data[-1].event == "push"
    async with Kit(TokenAuthStrategy(minted.token), base_url=world.url, auto_retry=False, http_cache=False) as kit:
        api, where = kit.rest, ("octo", "tally")
        assert (await api.repos.async_get(*where)).parsed_data.full_name == "octo/tally"
        level = (await api.repos.async_get_collaborator_permission_level(*where, "alice")).parsed_data
        assert (level.permission, level.user and level.user.id) == ("write", stage.alice.user.id)
        comment = (await api.issues.async_create_comment(*where, issue.number, body="Seen")).parsed_data
        await api.issues.async_update_comment(*where, comment.id, body="Read")
        assert [c.body for c in (await api.issues.async_list_comments(*where, issue.number)).parsed_data] == ["Read"]
        assert (await api.reactions.async_create_for_issue(*where, issue.number, content="eyes")).parsed_data
        pull = (await api.pulls.async_create(*where, title="Fix", head="feature", base="main", draft=True)).parsed_data
        assert (pull.number, pull.draft, pull.changed_files, pull.additions, pull.mergeable) == (2, True, 1, 1, True)
        assert [p.number for p in (await api.pulls.async_list(*where, head="octo:feature")).parsed_data] == [2]
        assert [f.filename for f in (await api.pulls.async_list_files(*where, 2)).parsed_data] == ["code.py"]
        output = {"title": "Checking", "summary": "…"}
        data = {"name": "maestro / evidence", "head_sha": pull.head.sha, "status": "in_progress", "output": output}
        run = (await api.checks.async_create(*where, data=data)).parsed_data
        done = (await api.checks.async_update(*where, run.id, data={"conclusion": "success"})).parsed_data
        assert (done.status, done.conclusion, done.output.title) == ("completed", "success", "Checking")
        assert (await api.checks.async_list_for_ref(*where, "feature")).parsed_data.total_count == 1
        assert (await api.repos.async_compare_commits(*where, "main...feature")).parsed_data.status == "ahead"
        assert (await api.repos.async_get_content(*where, "code.py")).parsed_data
        assert (await api.git.async_get_ref(*where, "heads/feature")).parsed_data.object_.sha == pull.head.sha
        assert (await api.repos.async_get_branch(*where, "main")).parsed_data.name == "main"


async def test_a_token_opens_only_what_it_was_made_for(stage: Stage) -> None:
    await stage.branch()
    hidden = stage.world.repo("octo/other", private=True)
    issue = await stage.alice.opens_issue(stage.repo, "A bug")
    sha = stage.repo.bare.branch("main")
    run = {"name": "x", "head_sha": sha}
    statuses = [
        (await stage.ask("POST", f"{REPO}/check-runs", run, contents="write")).status_code,
        (await stage.ask("POST", f"{REPO}/issues/{issue.number}/comments", {"body": "x"}, issues="read")).status_code,
        (await stage.ask("GET", f"/repos/{hidden.full_name}")).status_code,
        (await stage.ask("GET", f"{REPO}/pulls", issues="write")).status_code,
        (await stage.http.get(REPO)).status_code,
        (await stage.http.get(REPO, headers={"authorization": "Bearer ghs_nonsense"})).status_code,
    ]
    assert statuses == [403, 403, 404, 403, 404, 401]
    refused = await stage.ask("POST", f"{REPO}/check-runs", run, contents="write")
    assert refused.json()["message"] == "Resource not accessible by integration"


async def test_a_token_dies_after_an_hour_or_when_it_is_revoked(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    held, dropped = stage.bearer(), stage.bearer()
    assert (await stage.http.delete("/installation/token", headers=dropped)).status_code == 204
    assert (await stage.http.get(REPO, headers=dropped)).json()["message"] == "Bad credentials"
    assert (await stage.http.get(REPO, headers=held)).status_code == 200
    start = stage.world.now()
    stage.world.now = lambda: start + timedelta(hours=1, seconds=1)
    assert (await stage.http.get(REPO, headers=held)).status_code == 401
    await stage.http.aclose()


async def test_the_app_signs_its_jwt_or_is_refused(stage: Stage) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now, ours = int(time.time()), stage.world.app.id

    async def status(key: object, issuer: str, lasts: int) -> int:
        token = jwt.encode({"iat": now - 30, "exp": now + lasts, "iss": issuer}, key, "RS256")  # type: ignore[arg-type]
        return (await stage.http.get("/app", headers={"authorization": f"Bearer {token}"})).status_code

    pem = private_pem()
    good, foreign = await status(pem, str(ours), 300), await status(other, str(ours), 300)
    assert (good, foreign) == (200, 401)
    assert [await status(pem, str(ours), lasts) for lasts in (-1, 3600)] == [401, 401]
    assert await status(pem, "999", 300) == 404


async def test_tokens_are_scoped_and_never_beyond_the_installation(stage: Stage) -> None:
    now = int(time.time())
    token = jwt.encode({"iat": now, "exp": now + 60, "iss": str(stage.world.app.id)}, private_pem(), "RS256")
    path = f"/app/installations/{stage.world.installation(stage.repo.owner).id}/access_tokens"

    async def mint(body: object) -> httpx.Response:
        return await stage.http.post(path, json=body, headers={"authorization": f"Bearer {token}"})

    got = (await mint({"repository_ids": [stage.repo.id], "permissions": {"issues": "write"}})).json()
    assert got["permissions"] == {"issues": "write", "metadata": "read"}
    assert [repo["full_name"] for repo in got["repositories"]] == ["octo/tally"]
    assert len(got["token"]) > 500
    assert got["token"].startswith("ghs_")
    assert [(await mint(body)).status_code for body in ({"permissions": {"workflows": "write"}}, {"repository_ids": [7]})] == [422, 422]  # fmt: skip  # noqa: E501


async def test_limits_are_refused_in_github_words(stage: Stage) -> None:
    await stage.branch()
    issue = await stage.alice.opens_issue(stage.repo, "A bug")
    comments = f"{REPO}/issues/{issue.number}/comments"
    assert (await stage.ask("POST", comments, {"body": "x" * 65_536})).status_code == 201
    long = await stage.ask("POST", comments, {"body": "x" * 65_537})
    assert (long.status_code, messages(long)) == (422, ["body is too long (maximum is 65536 characters)"])
    assert messages(await stage.ask("POST", comments, {"body": " "})) == ["Body cannot be blank"]
    pull = {"title": "Fix", "head": "feature", "base": "main"}
    assert (await stage.ask("POST", f"{REPO}/pulls", pull)).status_code == 201
    again = await stage.ask("POST", f"{REPO}/pulls", pull)
    assert (again.status_code, messages(again)) == (422, ["A pull request already exists for octo:feature."])
    same = await stage.ask("POST", f"{REPO}/pulls", pull | {"head": "main"})
    assert messages(same) == ["No commits between main and main"]
    assert messages(await stage.ask("POST", f"{REPO}/pulls", pull | {"head": "gone"})) == ["head"]
    note = {"path": "code.py", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    run = {"name": "x", "head_sha": stage.repo.bare.branch("main"), "output": {"title": "t", "summary": "s"}}
    for output, status in (
        ({"annotations": [note] * 50}, 201), ({"annotations": [note] * 51}, 422),
        ({"text": "x" * 65_535}, 201), ({"text": "x" * 65_536}, 422),
    ):  # fmt: skip
        body = run | {"output": {"title": "t", "summary": "s", **output}}
        assert (await stage.ask("POST", f"{REPO}/check-runs", body)).status_code == status
    assert (await stage.http.post(comments, content="{", headers=stage.bearer())).status_code == 400


async def test_the_permission_endpoint_tells_roles_and_hides_outsiders(stage: Stage) -> None:
    roles: list[tuple[str, str, str | None]] = [
        ("admin", "admin", None), ("maintain", "write", None), ("triage", "read", None), ("write", "write", "release"),
    ]  # fmt: skip
    for role, shown, custom in roles:
        user = stage.world.user(f"some-{role}")
        stage.repo.grant(user, role, custom)
        got = (await stage.ask("GET", f"{REPO}/collaborators/{user.login}/permission")).json()
        assert (got["permission"], got["role_name"], got["user"]["id"]) == (shown, custom or role, user.id)
    stage.world.user("stranger")
    for login in ("stranger", "nobody-at-all"):
        assert (await stage.ask("GET", f"{REPO}/collaborators/{login}/permission")).status_code == 404


async def test_a_reaction_is_given_once(stage: Stage) -> None:
    issue = await stage.alice.opens_issue(stage.repo, "A bug")
    path = f"{REPO}/issues/{issue.number}/reactions"
    first, second = [await stage.ask("POST", path, {"content": "eyes"}) for _ in range(2)]
    assert (first.status_code, second.status_code, first.json()["id"] == second.json()["id"]) == (201, 200, True)
    assert (await stage.ask("POST", path, {"content": "shrug"})).status_code == 422


async def test_lists_come_in_pages_and_may_lag(stage: Stage) -> None:
    issue = await stage.alice.opens_issue(stage.repo, "A bug")
    for number in range(5):
        await stage.alice.comments(issue, f"comment {number}")
    path = f"{REPO}/issues/{issue.number}/comments"
    seen, url = [], f"{path}?per_page=2"
    while url:
        page = await stage.ask("GET", url)
        seen += [one["body"] for one in page.json()]
        url = page.links.get("next", {}).get("url", "")
    assert seen == [f"comment {number}" for number in range(5)]
    stage.world.faults.next("GET", "*/comments", Lagging(), times=2)
    assert [len((await stage.ask("GET", path)).json()) for _ in range(3)] == [4, 4, 5]


async def test_an_unchanged_answer_is_not_sent_again(stage: Stage) -> None:
    first = await stage.ask("GET", REPO)
    again = await stage.http.get(REPO, headers={**stage.bearer(), "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_an_issue_that_is_gone_moved_or_locked_says_so(stage: Stage) -> None:
    admin = stage.world.person("root", permission="admin")
    gone, moved, locked = [await stage.alice.opens_issue(stage.repo, name) for name in ("gone", "moved", "locked")]
    await admin.deletes(gone)
    await admin.transfers(moved, stage.world.repo("octo/other"))
    await admin.locks(locked)
    statuses = [(await stage.ask("GET", f"{REPO}/issues/{one.number}")).status_code for one in (gone, moved, locked)]
    refused = await stage.ask("POST", f"{REPO}/issues/{locked.number}/comments", {"body": "x"})
    assert (statuses, refused.status_code) == ([410, 301, 200], 403)
    with pytest.raises(Refused, match="locked"):
        await stage.world.person("reader", permission="read").comments(locked, "but")


@pytest.mark.parametrize("spelling", ["octo/tally.git", "octo/tally"])
async def test_git_clones_and_pushes_with_a_token(served: Stage, spelling: str) -> None:
    stage = served
    await stage.branch()
    url = address(stage, stage.token()).replace("octo/tally.git", spelling)
    assert (await git(stage.folder, "clone", "--quiet", "--depth=1", "--filter=blob:none", url, "copy"))[0] == 0
    copy = stage.folder / "copy"
    # More than git's one-megabyte buffer, so the push comes in chunks.
    (copy / "noise.bin").write_bytes(random.Random(7).randbytes(1_500_000))
    await git(copy, "checkout", "--quiet", "-b", "maestro/1-fix")
    await git(copy, "add", "--all")
    await git(copy, "commit", "--quiet", "--message=Big")
    code, said = await git(copy, "push", "--quiet", "origin", "maestro/1-fix")
    assert (code, said) == (0, "")
    push = stage.repo.pushes[-1]
    assert (push.ref, push.by, push.forced) == ("refs/heads/maestro/1-fix", stage.world.app.bot, False)
    assert stage.world.hooks.deliveries[-1].event == "push"
    assert stage.repo.bare.branch("maestro/1-fix") == (await git(copy, "rev-parse", "HEAD"))[1].strip()


async def test_git_pushes_that_github_refuses_are_refused(served: Stage) -> None:
    stage = served
    await stage.branch()
    stage.repo.protected.add("refs/heads/main")
    assert (await git(stage.folder, "clone", "--quiet", address(stage, stage.token()), "copy"))[0] == 0
    copy = stage.folder / "copy"
    (copy / ".github" / "workflows").mkdir(parents=True)
    (copy / ".github" / "workflows" / "ci.yml").write_text("on: push\n")
    await git(copy, "add", "--all")
    await git(copy, "commit", "--quiet", "--message=CI")
    attempts = {
        "workflows": await git(copy, "push", address(stage, stage.token()), "HEAD:refs/heads/maestro/1-ci"),
        "Protected branch": await git(
            copy, "push", address(stage, stage.token()), "HEAD~1:refs/heads/other", "HEAD:main"
        ),
        "403": await git(copy, "push", address(stage, stage.token(contents="read")), "HEAD~1:refs/heads/new"),
        "Authentication failed": await git(copy, "push", address(stage, "ghs_wrong"), "HEAD~1:refs/heads/new"),
    }
    assert {words: (code != 0, words in said) for words, (code, said) in attempts.items()} == dict.fromkeys(
        attempts, (True, True)
    )
    assert (await git(stage.folder, "clone", f"{stage.world.url}/octo/tally.git", "anonymous"))[0] != 0


async def test_a_forced_push_is_allowed_and_remembered(served: Stage) -> None:
    stage = served
    await stage.branch()
    await git(stage.folder, "clone", "--quiet", address(stage, stage.token()), "copy")
    copy = stage.folder / "copy"
    await git(copy, "commit", "--quiet", "--amend", "--message=Rewritten")
    assert (await git(copy, "push", "origin", "HEAD:main"))[0] != 0
    assert stage.repo.forced_pushes == []
    assert (await git(copy, "push", "--force", "origin", "HEAD:main"))[0] == 0
    assert [(push.ref, push.forced) for push in stage.repo.forced_pushes] == [("refs/heads/main", True)]


async def test_git_takes_a_gzipped_request(served: Stage) -> None:
    stage = served
    await stage.branch()
    want = stage.repo.bare.branch("main")
    lines = [f"want {want} ofs-delta\n", "", "done\n"]
    body = b"".join(f"{len(line) + 4:04x}{line}".encode() if line else b"0000" for line in lines)
    headers = {"content-type": "application/x-git-upload-pack-request", "content-encoding": "gzip"}
    async with httpx.AsyncClient(auth=("x-access-token", stage.token())) as http:
        url = f"{stage.world.url}/octo/tally.git/git-upload-pack"
        got = await http.post(url, content=gzip.compress(body), headers=headers)
    assert (got.status_code, b"PACK" in got.content) == (200, True)


async def test_webhooks_are_signed_ordered_recorded_and_redelivered(stage: Stage) -> None:
    heard: list[tuple[str, str, str, bool]] = []

    async def receiver(scope: object, receive: object, send: object) -> None:
        request = Request(scope, receive)  # type: ignore[arg-type]
        body, header = await request.body(), request.headers
        signed = stage.world.hooks.sign(body) == header["x-hub-signature-256"]
        target = header["x-github-hook-installation-target-id"] == str(stage.world.app.id)
        heard.append(
            (header["x-github-event"], json.loads(body)["action"], header["x-github-delivery"], signed and target)
        )
        await Response(status_code=202)(scope, receive, send)  # type: ignore[arg-type]

    stage.world.hooks.deliver_to("http://app.test/github/webhooks", httpx.ASGITransport(receiver))
    issue = await stage.alice.opens_issue(stage.repo, "A bug")
    comment = await stage.alice.comments(issue, "one")
    await stage.alice.reacts(comment, "heart")
    await stage.world.hooks.settled()
    stage.world.hooks.lose(1)
    await stage.alice.edits(comment, "two")
    await stage.world.hooks.settled()
    deliveries = stage.world.hooks.deliveries
    assert [(one.event, one.action, one.status_code) for one in deliveries] == [
        ("issues", "opened", 202), ("issue_comment", "created", 202), ("issue_comment", "edited", 0),
    ]  # fmt: skip
    stage.world.hooks.redeliver(deliveries[2].guid)
    await stage.world.hooks.settled()
    assert [(event, action, guid) for event, action, guid, _ in heard] == [
        (one.event, one.action, one.guid) for one in deliveries[:2] + deliveries[3:]
    ]
    assert (all(good for *_, good in heard), deliveries[3].guid == deliveries[2].guid) == (True, True)
    shown = json.loads(deliveries[1].body)
    assert {"action", "issue", "comment", "repository", "installation", "organization", "sender"} == set(shown)


async def test_faults_strike_before_or_after_the_effect(served: Stage) -> None:
    stage, faults = served, served.world.faults
    issue = await stage.alice.opens_issue(stage.repo, "A bug")
    path = f"{REPO}/issues/{issue.number}/comments"
    async with httpx.AsyncClient(base_url=stage.world.url, headers=stage.bearer()) as http:

        async def effect(kind: Broken | Dropped | Slow | Limited) -> tuple[int, int]:
            before = len(issue.comments)
            faults.next("POST", "*/comments", kind)
            try:
                status = (await http.post(path, json={"body": "x"})).status_code
            except httpx.RemoteProtocolError:
                status = 0
            return status, len(issue.comments) - before

        assert await effect(Broken(502)) == (502, 0)
        assert await effect(Broken(502, after=True)) == (502, 1)
        assert await effect(Dropped()) == (0, 0)
        assert await effect(Dropped(after=True)) == (0, 1)
        assert await effect(Slow(0.01)) == (201, 1)
        assert await effect(Limited(429, retry_after=7)) == (429, 0)
        faults.next("POST", path, Limited())
        limited = await http.post(path, json={"body": "x"})
        assert (limited.status_code, "retry-after" in limited.headers) == (403, False)
        assert "secondary rate limit" in limited.json()["message"]
    assert len(faults) == 0
    assert [call.status for call in stage.world.calls if call.method == "POST"] == [502, 502, 0, 0, 201, 429, 403]


READY = (
    "mutation M($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }"
)
RESOLVE = "mutation ($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"
THREADS = """
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 1, after: $after) {
        nodes { id isResolved path line comments(first: 5) { nodes { databaseId body author { login } } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


async def test_graphql_does_what_rest_cannot(stage: Stage) -> None:
    await stage.branch()
    pull = await stage.alice.opens_pull(stage.repo, "feature", draft=True)
    first = await stage.alice.comments_on_line(pull, "code.py", 2, "Why a digit?")
    await stage.alice.comments_on_line(pull, "code.py", 3, "And here?")

    async def ask(query: str, variables: object, **permissions: str) -> dict[str, object]:
        got: dict[str, object] = (await stage.ask("POST", "/graphql", {"query": query, "variables": variables}, **permissions)).json()  # noqa: E501  # fmt: skip
        return got

    ready = await ask(READY, {"id": f"PR_{pull.id}"})
    assert (ready, pull.draft) == (
        {"data": {"markPullRequestReadyForReview": {"pullRequest": {"isDraft": False}}}},
        False,
    )
    where = {"owner": "octo", "name": "tally", "number": pull.number}
    page = await ask(THREADS, where)
    comment = {"databaseId": first.id, "body": "Why a digit?", "author": {"login": "alice"}}
    thread = {"id": f"PRRT_{first.thread.id}", "isResolved": False, "path": "code.py", "line": 2}
    nodes = [thread | {"comments": {"nodes": [comment]}}]
    threads = {"nodes": nodes, "pageInfo": {"hasNextPage": True, "endCursor": "cursor:1"}}
    assert page == {"data": {"repository": {"pullRequest": {"reviewThreads": threads}}}}
    assert "And here?" in json.dumps(await ask(THREADS, where | {"after": "cursor:1"}))
    refused = await ask(RESOLVE, {"id": thread["id"]}, pull_requests="write")
    assert (json.dumps(refused).count("FORBIDDEN"), first.thread.resolved_by) == (1, None)
    await ask(RESOLVE, {"id": thread["id"]})
    assert first.thread.resolved_by is stage.world.app.bot
    wrong = [
        ("{ viewer { logn } }", {}),
        ("mutation { mergeAll { id } }", {}),
        (READY, {}),
        (READY, {"id": "PR_9"}),
        ("{", {}),
    ]
    for query, variables in wrong:
        assert "errors" in await ask(query, variables)


async def test_reviews_keep_to_the_diff_and_to_decency(stage: Stage) -> None:
    await stage.branch()
    pull = await stage.alice.opens_pull(stage.repo, "feature")
    path = f"{REPO}/pulls/{pull.number}"
    line = {"body": "Why?", "path": "code.py", "line": 40, "side": "RIGHT", "commit_id": pull.head_sha}
    outside = await stage.ask("POST", f"{path}/comments", line)
    assert messages(outside) == ["pull_request_review_thread.line must be part of the diff"]
    inside = await stage.ask("POST", f"{path}/comments", line | {"line": 2})
    reply = await stage.ask("POST", f"{path}/comments/{inside.json()['id']}/replies", {"body": "Because."})
    assert (inside.status_code, reply.json()["in_reply_to_id"]) == (201, inside.json()["id"])
    with pytest.raises(Refused, match="Unprocessable"):
        await stage.alice.reviews(pull, "APPROVED", "I like my own work")
    assert (await stage.ask("POST", f"{path}/reviews", {"event": "COMMENT"})).status_code == 422


async def test_a_thread_reads_as_chat(stage: Stage) -> None:
    await stage.branch()
    bob = stage.world.person("bob", permission="write")
    issue = await stage.alice.opens_issue(stage.repo, "A bug", "It breaks.")
    comment = await stage.alice.comments(issue, "/maestro implement")
    await stage.ask("POST", f"{REPO}/issues/comments/{comment.id}/reactions", {"content": "eyes"})
    marker = "<!-- maestro:s:1:mac -->"
    card = (await stage.ask("POST", f"{REPO}/issues/1/comments", {"body": f"Working\n{marker}"})).json()
    await stage.ask("PATCH", f"{REPO}/issues/comments/{card['id']}", {"body": f"{marker}\nDone"})
    body = {"title": "Fix", "head": "feature", "base": "main", "body": "Fixes #1", "draft": True}
    await stage.ask("POST", f"{REPO}/pulls", body)
    pull = stage.repo.pulls[0]
    await stage.alice.marks_ready(pull)
    await bob.reviews(pull, "CHANGES_REQUESTED", "Not yet.", [("code.py", 2, "Why?")])
    await bob.resolves(pull.threads[0])
    await bob.merges(pull)
    assert stage.repo.thread(1) == [
        'alice opened #1 "A bug": It breaks.',
        "alice: /maestro implement [👀 maestro[bot]]",
        "maestro[bot] (edited 1×): Done",
        "bob closed this",
    ]
    assert stage.repo.thread(2) == [
        'maestro[bot] opened pull request #2 "Fix": Fixes #1',
        "alice marked this ready for review",
        "bob requested changes: Not yet.",
        "bob on code.py:2: Why?",
        "bob resolved code.py:2",
        "bob merged this",
    ]


async def test_a_pull_request_follows_its_branch_and_a_fork_may_send_one(stage: Stage) -> None:
    await stage.branch()
    pull = await stage.alice.opens_pull(stage.repo, "feature")
    sha = await stage.alice.pushes(stage.repo, "feature", {"more.py": "x\n"}, "More")
    assert (pull.head_sha, stage.repo.bare.text("rev-parse", "refs/pull/1/head")) == (sha, sha)
    sent = [(one.event, one.action) for one in stage.world.hooks.deliveries[-2:]]
    assert sent == [("push", None), ("pull_request", "synchronize")]
    zoe = stage.world.person("zoe", permission="read")
    fork = await zoe.forks(stage.repo)
    fork.grant(zoe.user, "admin")
    theirs = await zoe.pushes(fork, "idea", {"idea.py": "y\n"}, "Idea")
    from_fork = await zoe.opens_pull(stage.repo, "idea", fork=fork)
    shown = (await stage.ask("GET", f"{REPO}/pulls/{from_fork.number}")).json()
    assert (shown["head"]["repo"]["full_name"], shown["head"]["sha"]) == ("zoe/tally", theirs)


async def test_a_browser_reads_public_threads_only_and_signs_in(stage: Stage) -> None:
    public = stage.world.repo("octo/open")
    shown, hidden = [await stage.alice.opens_issue(repo, "<b>A bug</b>", "It breaks.") for repo in (public, stage.repo)]
    page = await stage.http.get(f"/octo/open/issues/{shown.number}")
    assert ("&lt;b&gt;A bug" in page.text, "<b>" in page.text) == (True, False)
    assert (await stage.http.get(f"/octo/tally/issues/{hidden.number}")).status_code == 404
    client = client_id(stage.world.app)
    stage.world.browsing = stage.alice.user
    query = {"client_id": client, "state": "s", "redirect_uri": "http://app.test/sign-in/done"}
    sent = await stage.http.get("/login/oauth/authorize", params=query)
    code = httpx.URL(sent.headers["location"]).params["code"]
    body = {"client_id": client, "client_secret": stage.world.client_secret, "code": code}
    once, twice = [
        (await stage.http.post("/login/oauth/access_token", data=body, headers={"accept": "application/json"})).json()
        for _ in range(2)
    ]
    who = await stage.http.get("/user", headers={"authorization": f"Bearer {once['access_token']}"})
    assert (who.json()["login"], twice) == ("alice", {"error": "bad_verification_code"})
