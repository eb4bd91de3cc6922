"""The code host's promises, against the embedded GitHub, a wire that misbehaves, and a local repository."""

import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import respx

from bot.codehost import PERMISSIONS, Call, Client, Denied, GitHubHost, Limited, LocalHost, Pace, Unknown, check
from bot.codehost.faults import Failure, judge
from bot.codehost.tokens import READ
from bot.domain.refs import Actor, RepoRef, SurfaceName, Trust
from bot.ports import Annotation, CheckRun, CodeHost, Forbidden, PullRequestText, Repository, Trouble
from bot.rehearsal.github import Broken, Dropped, Repo, Slow, World, private_pem
from bot.rehearsal.github import Limited as LimitedFault
from handlers.github import ALWAYS_SENT, EVENTS
from tests.contract.github_world import actor_of, at_once, host_on, ref_of, tls

pytestmark = pytest.mark.asyncio(loop_scope="module")

PERMISSION = "/repos/*/collaborators/*/permission"
TEXT = PullRequestText("Mend the sum", "Because of `#1`.")


@pytest_asyncio.fixture(loop_scope="module")
async def repo(world: World) -> Repo:
    """A public repository with a commit on main and a branch of ours."""
    repo = world.repo("octo/tally")
    owner = world.person("olga", permission="admin")
    await owner.pushes(repo, "main", {"sum.py": "x = 1\n"})
    await owner.pushes(repo, "maestro/1-sum", {"sum.py": "x = 2\n"})
    world.calls.clear()
    return repo


def posts(world: World, path: str) -> int:
    """How often something was created there."""
    return sum(1 for call in world.calls if call.method == "POST" and call.path.endswith(path))


# --- the repository --------------------------------------------------------------------------------------------------
async def test_a_repository_is_found_by_name_and_known_by_id(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    assert await host.repository(ref) == Repository(ref, "main", private=False)
    bare = RepoRef(owner="octo", name="tally")
    assert (await host.repository(bare)).ref.id == str(repo.id)


async def test_an_empty_repository_is_said_to_be_empty(host: GitHubHost, world: World) -> None:
    assert (await host.repository(ref_of(world, world.repo("octo/void")))).empty


async def test_archived_and_exchanged_repositories_are_refused(host: GitHubHost, world: World, repo: Repo) -> None:
    repo.archived = True
    with pytest.raises(Forbidden, match="archived"):
        await host.repository(ref_of(world, repo))
    repo.archived = False
    other = world.repo("octo/other")
    await host.tokens.get(ref_of(world, other), READ)
    with pytest.raises(Forbidden):
        await host.repository(ref_of(world, other).model_copy(update={"name": "tally"}))


async def test_where_the_app_is_not_installed_the_advice_says_so(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    repo.installed = False
    with pytest.raises(Denied) as denied:
        await host.repository(ref)
    assert "install" in denied.value.advice
    with pytest.raises(Denied) as unknown:
        await host.repository(RepoRef(owner="octo", name="nowhere"))
    assert unknown.value.retry_in is None


# --- trust -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("permission", "role", "trust"),
    [
        ("read", "read", Trust.READ),
        ("read", "triage", Trust.READ),
        ("write", "write", Trust.WRITE),
        ("write", "maintain", Trust.WRITE),
        ("write", "release-captain", Trust.WRITE),
        ("admin", "admin", Trust.ADMIN),
        ("none", "none", Trust.NONE),
    ],
)
async def test_trust_is_the_live_permission(
    host: GitHubHost, world: World, repo: Repo, permission: str, role: str, trust: Trust
) -> None:
    bob = world.person("bob")
    repo.grant(bob.user, permission, role)
    assert await host.trust(ref_of(world, repo), actor_of(bob)) is trust


async def test_trust_is_lost_when_it_is_taken_away(host: GitHubHost, world: World) -> None:
    private = world.repo("octo/secret", private=True)
    bob = world.person("bob")
    private.grant(bob.user, "write")
    assert await host.trust(ref_of(world, private), actor_of(bob)) is Trust.WRITE
    private.grant(bob.user, None)
    assert await host.trust(ref_of(world, private), actor_of(bob)) is Trust.NONE


async def test_a_renamed_login_is_still_the_same_person(host: GitHubHost, world: World, repo: Repo) -> None:
    bob, mallory = world.person("bob"), world.person("mallory")
    repo.grant(bob.user, "write")
    before = actor_of(bob)
    bob.user.login, mallory.user.login = "robert", "bob"
    assert await host.trust(ref_of(world, repo), before) is Trust.WRITE
    repo.grant(mallory.user, "admin")
    assert await host.trust(ref_of(world, repo), before) is Trust.WRITE
    del world.users[bob.user.id]
    assert await host.trust(ref_of(world, repo), before) is Trust.NONE


async def test_nobody_from_elsewhere_has_a_say(host: GitHubHost, world: World, repo: Repo) -> None:
    stranger = Actor(surface=SurfaceName.SLACK, id="U1", login="olga")
    assert await host.trust(ref_of(world, repo), stranger) is Trust.NONE


@pytest.mark.parametrize(
    "fault", [Broken(500), Broken(403), Dropped(), LimitedFault(), Slow(3.0, after=False)], ids=str
)
async def test_a_permission_that_cannot_be_asked_is_never_guessed(
    world: World, repo: Repo, fault: Broken | Dropped | LimitedFault | Slow
) -> None:
    async with host_on(world, timeout=0.3) as host:
        olga = world.person("olga")
        await host.tokens.get(ref_of(world, repo), READ)
        world.faults.next("GET", PERMISSION, fault, times=3)
        with pytest.raises(Trouble) as trouble:
            await host.trust(ref_of(world, repo), actor_of(olga))
        assert trouble.value.retry_in is not None
        world.faults.clear()


async def test_a_passing_fault_of_a_read_is_not_noticed(host: GitHubHost, world: World, repo: Repo) -> None:
    world.faults.next("GET", PERMISSION, Broken(502), times=2)
    assert await host.trust(ref_of(world, repo), actor_of(world.person("olga"))) is Trust.ADMIN


# --- tokens ----------------------------------------------------------------------------------------------------------
async def test_a_token_is_for_one_repository_and_one_job(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    reading, pushing = await host.remote(ref), await host.remote(ref, push=True)
    assert reading.url == f"{world.url}/octo/tally.git"
    assert reading.key == pushing.key == f"github-{repo.id}"
    grants = [world.grants[remote.token or ""] for remote in (reading, pushing)]
    assert [grant.repositories for grant in grants] == [frozenset({repo.id})] * 2
    assert [dict(grant.permissions) for grant in grants] == [
        {"contents": "read", "metadata": "read"},
        {"contents": "write", "metadata": "read"},
    ]
    assert {reading.token, pushing.token} <= set(host.secrets())
    assert (reading.token or "?") not in repr(reading)


async def test_a_released_token_is_worthless_and_still_redacted(host: GitHubHost, world: World, repo: Repo) -> None:
    remote = await host.remote(ref_of(world, repo))
    await host.release(remote)
    await host.release(remote)
    assert remote.token not in world.grants
    assert host.clean(f"it was {remote.token}") == "it was [redacted]"


async def test_a_refused_token_is_replaced_once(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    await host.repository(ref)
    world.grants.clear()
    assert (await host.repository(ref)).default_branch == "main"


async def test_closing_revokes_what_was_kept(world: World, repo: Repo) -> None:
    async with host_on(world) as host:
        await host.repository(ref_of(world, repo))
        assert world.grants
    assert world.grants == {}


async def test_a_wrong_key_and_a_wrong_app_are_told_apart_from_bad_luck(world: World, repo: Repo) -> None:
    async with host_on(world, key="-----BEGIN RSA PRIVATE KEY-----\nno\n-----END RSA PRIVATE KEY-----") as host:
        with pytest.raises(Unknown) as unreadable:
            await host.repository(ref_of(world, repo))
        assert "GITHUB_PRIVATE_KEY" in unreadable.value.advice
    client = Client("999", private_pem(), world.url, tls=tls(), sleep=at_once)
    other = GitHubHost("999", "", client=client)
    with pytest.raises(Unknown) as unknown:
        await other.repository(ref_of(world, repo))
    assert "GITHUB_APP_ID" in unknown.value.advice
    (line,) = await check(other, ())
    assert (line.name, line.ok) == ("GitHub App", False)
    await other.close()


async def test_an_unreachable_github_names_the_setting() -> None:
    host = GitHubHost("1", "", client=Client("1", private_pem(), "http://127.0.0.1:9", tls=tls(), sleep=at_once))
    with pytest.raises(Trouble) as trouble:
        await host.repository(RepoRef(owner="o", name="r", id="1", installation="2"))
    assert "GITHUB_API_URL (http://127.0.0.1:9)" in trouble.value.advice
    assert trouble.value.retry_in is not None
    await host.close()


# --- who we are ------------------------------------------------------------------------------------------------------
async def test_the_bot_and_the_person_sign_their_commits(host: GitHubHost, world: World, repo: Repo) -> None:
    bot = world.app.bot
    assert await host.identity() == (bot.login, f"{bot.id}+{bot.login}@users.noreply.github.com")
    olga = actor_of(world.person("olga"))
    assert await host.co_author(olga) == f"olga <{olga.id}+olga@users.noreply.github.com>"
    forged = Actor(surface=SurfaceName.SLACK, id="U1", login="eve <e@x>\nCo-authored-by: bob")
    assert await host.co_author(forged) == "eveexCo-authored-bybob <eveexCo-authored-bybob@users.noreply.invalid>"


async def test_the_doctor_reads_identity_permissions_and_events(host: GitHubHost, world: World, repo: Repo) -> None:
    world.hooks.deliver_to("http://127.0.0.1:1/github/webhooks")
    wanted = [event for event in EVENTS if event not in ALWAYS_SENT]
    assert [(line.name, line.ok) for line in await check(host, wanted)] == [
        ("GitHub App", True),
        ("GitHub permissions", True),
        ("GitHub events", True),
        ("GitHub webhook", True),
        ("GitHub installations", True),
    ]
    world.app.permissions = {**PERMISSIONS, "checks": "read"}
    world.app.events = ("issues",)
    lines = {line.name: line for line in await check(host, ("issues", "push"))}
    assert (lines["GitHub permissions"].found, lines["GitHub permissions"].ok) == ("missing checks: write", False)
    assert (lines["GitHub events"].found, lines["GitHub events"].ok) == ("missing push", False)


async def test_the_doctor_tells_a_permission_too_many_and_a_webhook_that_leads_nowhere(
    host: GitHubHost, world: World
) -> None:
    world.app.permissions = {**PERMISSIONS, "workflows": "write"}
    world.faults.next("GET", "/app/installations", Broken(403))
    lines = {line.name: (line.found, line.needed, line.ok) for line in await check(host, ("issues",))}
    refused = "GitHub answered 403 to GET /app/installations: without a reason"
    assert {name: lines[name] for name in ("GitHub permissions", "GitHub webhook", "GitHub installations")} == {
        "GitHub permissions": ("workflows is granted", False, False),
        "GitHub webhook": ("no address is set", True, False),
        "GitHub installations": (refused, True, False),
    }


# --- pull requests ---------------------------------------------------------------------------------------------------
async def test_one_branch_gives_one_draft_pull_request(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    assert await host.find_pull_request(ref, "maestro/1-sum") is None
    opened = await host.open_pull_request(ref, "maestro/1-sum", "main", TEXT)
    assert await host.open_pull_request(ref, "maestro/1-sum", "main", TEXT) == opened
    assert await host.find_pull_request(ref, "maestro/1-sum") == opened
    (pull,) = repo.pulls
    assert (opened[0], opened[2], pull.issue.title) == (pull.number, True, "Mend the sum")
    assert await host.find_pull_request(ref, "maestro/1") is None


@pytest.mark.parametrize("fault", [Broken(502, after=True), Dropped(after=True)], ids=str)
async def test_a_lost_answer_makes_no_second_pull_request(
    host: GitHubHost, world: World, repo: Repo, fault: Broken | Dropped
) -> None:
    ref = ref_of(world, repo)
    world.faults.next("POST", "/repos/*/pulls", fault)
    with pytest.raises(Trouble):
        await host.open_pull_request(ref, "maestro/1-sum", "main", TEXT)
    assert (await host.open_pull_request(ref, "maestro/1-sum", "main", TEXT))[0] == repo.pulls[0].number
    assert (len(repo.pulls), posts(world, "/pulls")) == (1, 1)


async def test_a_branch_that_vanished_is_a_clear_refusal(host: GitHubHost, world: World, repo: Repo) -> None:
    with pytest.raises(Denied, match="422"):
        await host.open_pull_request(ref_of(world, repo), "maestro/none", "main", TEXT)


async def test_a_pull_request_is_edited_and_marked_ready(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    number, _, _ = await host.open_pull_request(ref, "maestro/1-sum", "main", TEXT)
    (pull,) = repo.pulls
    await host.edit_pull_request(ref, number, PullRequestText("A\nnew title " + "x" * 300, "y" * 70_000))
    assert len(pull.issue.title) == 256
    assert pull.issue.title.startswith("A new title")
    assert len(pull.issue.body or "") <= 65_536
    for draft in (False, False, True, False):
        await host.set_draft(ref, number, draft)
        assert pull.draft is draft
    await world.person("olga").closes(pull)
    with pytest.raises(Forbidden, match="closed"):
        await host.set_draft(ref, number, True)


# --- check runs ------------------------------------------------------------------------------------------------------
def run_of(repo: Repo, status: str, conclusion: str | None, notes: int = 0) -> CheckRun:
    sha = repo.bare.branch("maestro/1-sum") or ""
    annotations = tuple(Annotation("sum.py", 1, "weak", f"finding {n}") for n in range(notes))
    return CheckRun(sha, status, conclusion, "3 of 3 upheld", "s" * 70_000, annotations=annotations)


async def test_a_check_run_is_set_again_and_not_twice(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    made = await host.set_check_run(ref, "s1", run_of(repo, "in_progress", None))
    assert await host.set_check_run(ref, "s1", run_of(repo, "completed", "success")) == made
    (run,) = repo.check_runs
    assert (run.name, run.status, run.conclusion, run.external_id) == (
        "maestro / evidence",
        "completed",
        "success",
        "s1",
    )
    assert len(run.summary or "") <= 65_535
    assert await host.set_check_run(ref, "s2", run_of(repo, "in_progress", None)) != made


async def test_a_lost_answer_makes_no_second_check_run(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    world.faults.next("POST", "/repos/*/check-runs", Broken(502, after=True))
    with pytest.raises(Trouble):
        await host.set_check_run(ref, "s1", run_of(repo, "in_progress", None))
    await host.set_check_run(ref, "s1", run_of(repo, "completed", "failure"))
    assert [run.conclusion for run in repo.check_runs] == ["failure"]


async def test_each_annotation_is_added_once(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    for _ in range(2):
        await host.set_check_run(ref, "s1", run_of(repo, "completed", "neutral", notes=120))
    (run,) = repo.check_runs
    assert [note["message"] for note in run.annotations] == [f"finding {n}" for n in range(120)]


# --- limits ----------------------------------------------------------------------------------------------------------
class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_writes_burst_ten_and_then_come_each_second() -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep)
    times = []
    for _ in range(80):
        await pace.take()
        times.append(clock.now - 1000.0)
    assert times[:12] == [0.0] * 10 + [1.0, 2.0]
    assert max(sum(1 for t in times if start <= t < start + 60) for start in times) <= 80


async def test_an_hour_has_room_for_fewer_than_five_hundred_writes() -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep)
    for _ in range(480):
        await pace.take()
    with pytest.raises(Trouble) as full:
        await pace.take()
    assert 3000 < (full.value.retry_in or 0) < 3600
    clock.now += full.value.retry_in or 0
    await pace.take()


@pytest.mark.parametrize(
    ("headers", "strikes", "wait"),
    [
        ({"retry-after": "7"}, 0, 7.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1090"}, 0, 91.0),
        ({}, 0, 60.0),
        ({}, 2, 240.0),
        ({"retry-after": "soon"}, 1, 120.0),
        ({"retry-after": "999999"}, 0, 3600.0),
    ],
)
async def test_a_limit_says_how_long_to_wait(headers: dict[str, str], strikes: int, wait: float) -> None:
    failure = Failure("POST /x", 403, "You have exceeded a secondary rate limit.", headers)
    trouble = judge(failure, 1000.0, strikes)
    assert isinstance(trouble, Limited)
    assert trouble.retry_in == wait


@pytest.mark.parametrize(
    ("status", "said", "retry_in", "advice"),
    [
        (403, "Repository was archived so is read-only.", None, "The repository is archived; unarchive it"),
        (403, "This installation has been suspended", None, "The App's installation is suspended; an owner can"),
        (403, "Resource not accessible by integration", None, "The App lacks a permission of app.yml; grant it"),
        (404, "Not Found", None, "The App isn't installed on this repository any more; install it there again."),
        (401, "Bad credentials", 60.0, "GITHUB_APP_ID and GITHUB_PRIVATE_KEY must belong to the same App"),
        (409, "Base branch was modified", 5.0, ""),
        (503, "", 10.0, "GitHub's own status: https://www.githubstatus.com"),
    ],
)
async def test_a_refusal_says_whether_to_come_again_and_what_to_change(
    status: int, said: str, retry_in: float | None, advice: str
) -> None:
    doing = "POST /app/installations/2/access_tokens"
    trouble = judge(Failure(doing, status, said, {}), 1000.0)
    assert trouble.what == f"GitHub answered {status} to {doing}: {said or 'without a reason'}"
    assert (trouble.retry_in, trouble.advice.startswith(advice), bool(trouble.advice)) == (retry_in, True, bool(advice))


async def test_after_a_limit_nobody_writes_until_it_is_over(host: GitHubHost, world: World, repo: Repo) -> None:
    ref = ref_of(world, repo)
    number, _, _ = await host.open_pull_request(ref, "maestro/1-sum", "main", TEXT)
    for wait in (60.0, 120.0):
        world.faults.next("PATCH", "/repos/*/pulls/*", LimitedFault())
        host._paces[ref.installation]._held_until = 0.0  # the minute passes
        with pytest.raises(Limited) as limited:
            await host.edit_pull_request(ref, number, TEXT)
        assert limited.value.retry_in == wait
    calls = len(world.calls)
    with pytest.raises(Trouble) as held:
        await host.edit_pull_request(ref, number, TEXT)
    assert 100 < (held.value.retry_in or 0) <= 120
    assert len(world.calls) == calls


# --- a wire that misbehaves ------------------------------------------------------------------------------------------
API = "https://api.github.test"
REF = RepoRef(owner="o", name="r", id="7", installation="2")
OnWire = Callable[[respx.MockRouter, GitHubHost], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="module")
async def wired() -> AsyncIterator[tuple[respx.MockRouter, GitHubHost]]:
    with respx.mock(base_url=API, assert_all_called=False) as router:
        token = {"token": "ghs_" + "t" * 30, "expires_at": "2099-01-01T00:00:00.123Z"}
        router.post("/app/installations/2/access_tokens").respond(201, json=token)
        router.delete("/installation/token").respond(204)
        host = GitHubHost("1", "", client=Client("1", private_pem(), API, tls=tls(), sleep=at_once))
        yield router, host
        await host.close()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>welcome to the proxy</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"id": "seven"}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(403, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, json={"message": None}),
        httpx.Response(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "?"}, json={"message": None}),
    ],
    ids=["html", "list", "wrong type", "deep", "date", "no reset"],
)
async def test_an_unreadable_answer_is_trouble(
    wired: tuple[respx.MockRouter, GitHubHost], answer: httpx.Response
) -> None:
    router, host = wired
    router.get("/repos/o/r").mock(return_value=answer)
    with pytest.raises(Trouble) as trouble:
        await host.repository(REF)
    assert trouble.value.retry_in


async def test_a_renamed_repository_is_followed_by_reads_and_by_307(wired: tuple[respx.MockRouter, GitHubHost]) -> None:
    router, host = wired
    moved = {"Location": f"{API}/repositories/7"}
    router.get("/repos/o/r").respond(301, headers=moved, json={})
    seen = {"id": 7, "name": "new", "owner": {"login": "o"}, "default_branch": "main", "size": 3}
    router.get("/repositories/7").respond(200, json=seen)
    assert (await host.repository(REF)).ref.full_name == "o/new"
    router.patch("/repos/o/r/pulls/1").respond(307, headers={"Location": f"{API}/repositories/7/pulls/1"}, json={})
    patched = router.patch("/repositories/7/pulls/1").respond(200, json={})
    await host.edit_pull_request(REF, 1, TEXT)
    assert patched.call_count == 1


@pytest.mark.parametrize(("status", "to"), [(301, API), (307, "https://elsewhere.test"), (302, API)])
async def test_a_write_is_not_carried_elsewhere(
    wired: tuple[respx.MockRouter, GitHubHost], status: int, to: str
) -> None:
    router, host = wired
    router.patch("/repos/o/r/pulls/1").respond(status, headers={"Location": f"{to}/repos/x/y/pulls/9"}, json={})
    with pytest.raises(Denied, match="moved"):
        await host.edit_pull_request(REF, 1, TEXT)


async def test_where_drafts_are_not_supported_it_opens_a_plain_one(wired: tuple[respx.MockRouter, GitHubHost]) -> None:
    router, host = wired
    router.get("/repos/o/r/pulls").respond(200, json=[])
    refusal = {"message": "Validation Failed", "errors": ["Draft pull requests are not supported in this repository."]}
    made = {"number": 5, "html_url": "https://x/5", "draft": False}
    route = router.post("/repos/o/r/pulls")
    route.side_effect = [httpx.Response(422, json=refusal), httpx.Response(201, json=made)]
    assert await host.open_pull_request(REF, "b", "main", TEXT) == (5, "https://x/5", False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, Limited),
        ({"type": "FORBIDDEN", "message": "Resource not accessible by integration"}, Forbidden),
        ({"message": "Something went wrong"}, Trouble),
    ],
)
async def test_an_error_inside_a_graphql_answer_is_an_error(
    wired: tuple[respx.MockRouter, GitHubHost], error: dict[str, str], kind: type[Trouble]
) -> None:
    router, host = wired
    router.get("/repos/o/r/pulls/5").respond(200, json={"number": 5, "html_url": "", "node_id": "PR_1", "draft": True})
    router.post("https://api.github.com/graphql").respond(200, json={"data": None, "errors": [error]})
    with pytest.raises(kind):
        await host.set_draft(REF, 5, False)


async def test_every_request_names_its_api_version_and_writes_go_once(
    wired: tuple[respx.MockRouter, GitHubHost],
) -> None:
    router, host = wired
    route = router.post("/repos/o/r/issues/1/comments").respond(502)
    with pytest.raises(Trouble):
        await host.call(REF, Call("POST", "/repos/o/r/issues/1/comments", {"body": "x"}))
    assert route.call_count == 1
    sent = route.calls.last.request.headers
    assert (sent["x-github-api-version"], sent["user-agent"]) == ("2022-11-28", "maestro")
    assert sent["authorization"] == "token ghs_" + "t" * 30


# --- a local repository ----------------------------------------------------------------------------------------------
TERMINAL = Actor(surface=SurfaceName.TERMINAL, id="0", login="me")


def git(path: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(path), *words], check=True, capture_output=True)


@pytest.fixture
def local(tmp_path: Path) -> LocalHost:
    path = tmp_path / "my repo"
    path.mkdir()
    git(path, "init", "-q", "-b", "trunk")
    git(path, "config", "user.name", "Me <x>")
    git(path, "config", "user.email", "me@example.org")
    return LocalHost(path)


async def test_a_local_repository_starts_from_the_branch_that_is_checked_out(local: LocalHost) -> None:
    assert await local.repository(local.ref) == Repository(local.ref, "trunk", private=True, empty=True)
    git(local.path, "commit", "-q", "--allow-empty", "-m", "x")
    assert await local.repository(local.ref) == Repository(local.ref, "trunk", private=True, empty=False)
    inner = local.path / "src"
    inner.mkdir()
    remote = await LocalHost(inner).remote(local.ref)
    assert (remote.url, remote.token) == (str(local.path), None)
    git(local.path, "checkout", "-q", "--detach")
    with pytest.raises(Forbidden, match="no branch"):
        await local.repository(local.ref)


async def test_who_sits_at_the_terminal_may_do_everything_and_nobody_else(local: LocalHost) -> None:
    assert await local.trust(local.ref, TERMINAL) is Trust.ADMIN
    assert await local.trust(local.ref, Actor(surface=SurfaceName.SLACK, id="1", login="x")) is Trust.NONE
    assert await local.co_author(TERMINAL) == "Me x <me@example.org>"
    assert local.ref.name == "my-repo"


async def test_a_local_repository_has_no_pull_requests_and_says_so(local: LocalHost) -> None:
    assert not local.pull_requests
    assert await local.find_pull_request(local.ref, "b") is None
    with pytest.raises(Forbidden):
        await local.open_pull_request(local.ref, "b", "trunk", TEXT)


async def test_a_folder_without_a_repository_is_refused_with_advice(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(Forbidden) as refused:
            await LocalHost(path).repository(RepoRef(owner="local", name="x"))
        assert "git init" in refused.value.advice


async def test_both_are_code_hosts(local: LocalHost) -> None:
    hosts: list[CodeHost] = [local, GitHubHost("1", "")]
    assert [host.pull_requests for host in hosts] == [False, True]
