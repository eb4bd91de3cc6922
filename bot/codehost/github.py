"""GitHub as the code host: live permissions, scoped tokens, pull requests and check runs, every effect probed first."""

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote, urlsplit

from pydantic import JsonValue

from bot.codehost import checkruns
from bot.codehost.client import Call, Client, Got, Shape, pages, read
from bot.codehost.faults import Denied, Limited, Unknown
from bot.codehost.pace import Pace
from bot.codehost.tokens import DRAFT, PUSH, READ, TALK, Scope, Tokens, path_of
from bot.domain.refs import Actor, RepoRef, SurfaceName, Trust
from bot.ports import CheckRun, Forbidden, PullRequestText, Repository, Trouble
from bot.speech.cut import cut
from bot.speech.redact import redact
from sandbox.api import Remote

T = TypeVar("T")

MAX_BODY = 65_536
MAX_TITLE = 256

TRUSTS: Mapping[str, Trust] = {
    "admin": Trust.ADMIN,
    "maintain": Trust.WRITE,
    "write": Trust.WRITE,
    "triage": Trust.READ,
    "read": Trust.READ,
    "none": Trust.NONE,
}
"""By `permission`, which for custom roles is the role that they are built on."""

READY = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }"
UNREADY = "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { pullRequest { isDraft } } }"


@dataclass(frozen=True, slots=True)
class Account:
    """The App and its bot, as GitHub knows them. `bot` is the bot user's id ('' on a server that doesn't
    tell)."""

    app_id: str
    slug: str
    bot: str

    @property
    def login(self) -> str:
        return f"{self.slug}[bot]"


class AppSeen(Shape):
    """The App's own record."""

    id: int
    slug: str
    permissions: dict[str, str] = {}
    events: list[str] = []


class _User(Shape):
    id: int
    login: str


class _Owner(Shape):
    login: str


class _Repo(Shape):
    id: int
    name: str
    owner: _Owner
    default_branch: str
    private: bool = False
    archived: bool = False
    disabled: bool = False
    size: int | None = None


class _Permission(Shape):
    permission: str
    role_name: str | None = None
    user: _User | None = None


class _RepoId(Shape):
    id: int


class _Head(Shape):
    ref: str
    repo: _RepoId | None = None


class _Pull(Shape):
    number: int
    html_url: str
    node_id: str = ""
    draft: bool = False
    state: str = "open"
    head: _Head | None = None


class _GraphError(Shape):
    message: str = ""
    type: str = ""


class _Graph(Shape):
    data: dict[str, JsonValue] | None = None
    errors: list[_GraphError] | None = None


class GitHubHost:
    """One GitHub App on one GitHub. `secrets` gives values that must never leave, besides its own tokens and key."""

    pull_requests = True

    def __init__(
        self,
        app_id: str,
        private_key: str,
        *,
        api_url: str = "https://api.github.com",
        graphql_url: str = "https://api.github.com/graphql",
        server_url: str = "https://github.com",
        secrets: Callable[[], Iterable[str]] = tuple,
        client: Client | None = None,
        pace: Callable[[], Pace] = Pace,
    ) -> None:
        self.client = client or Client(app_id, private_key, api_url)
        self.graphql_url, self.server_url = graphql_url, server_url.rstrip("/")
        self.tokens = Tokens(self.client)
        self._outer_secrets = secrets
        self._paces: defaultdict[str, Pace] = defaultdict(pace)
        self._account: Account | None = None

    # --- who we are --------------------------------------------------------------------------------------------------
    async def account(self) -> Account:
        """The App's slug and its bot's id, asked once."""
        if self._account is None:
            app = await self._app_or_default()
            call = Call("GET", f"/users/{quote(app.slug + '[bot]', safe='')}")
            try:
                got = await self.client.send(await self.tokens.anybody(), call)
                bot = str(read(_User, got.data, call.doing).id)
            except Denied as denied:
                if denied.status != 404:
                    raise
                bot = ""
            self._account = Account(str(app.id), app.slug, bot)
        return self._account

    @property
    def known_account(self) -> Account | None:
        """Who we are, when GitHub was asked already."""
        return self._account

    async def app(self) -> AppSeen:
        call = Call("GET", "/app")
        return read(AppSeen, (await self.client.send(await self.client.app(), call)).data, call.doing)

    async def _app_or_default(self) -> AppSeen:
        """A server that does not tell of the App itself still serves its installations."""
        try:
            return await self.app()
        except Denied as denied:
            if denied.status != 404:
                raise
            return AppSeen(id=int(self.client.app_id), slug="maestro")

    async def identity(self) -> tuple[str, str]:
        me = await self.account()
        return me.login, self._address(me.bot, me.login)

    async def co_author(self, actor: Actor) -> str:
        name = "".join(ch for ch in actor.login if ch.isalnum() or ch in "-_[]") or "somebody"
        if actor.surface is not SurfaceName.GITHUB or not actor.id.isdigit():
            return f"{name} <{name}@users.noreply.invalid>"
        return f"{name} <{self._address(actor.id, name)}>"

    def _address(self, user: str, login: str) -> str:
        return f"{user}+{login}@users.noreply.{_domain(self.server_url)}".removeprefix("+")

    def secrets(self) -> tuple[str, ...]:
        """Everything that must be redacted from what leaves."""
        return (*self._outer_secrets(), self.client.private_key, *self.tokens.secrets())

    def clean(self, text: str) -> str:
        return redact(text, self.secrets())

    async def close(self) -> None:
        """Revoke the tokens and close the connections."""
        await self.tokens.close()
        await self.client.close()

    # --- calls -------------------------------------------------------------------------------------------------------
    async def call(self, repo: RepoRef, call: Call, scope: Scope = TALK) -> Got:
        """One call as the installation on `repo`; writes are paced. A token that GitHub refuses is replaced once."""
        pace = self._paces[await self.tokens.installation(repo)]
        for last in (False, True):
            token = await self.tokens.get(repo, scope)
            if call.method != "GET":
                await pace.take()
            try:
                got = await self.client.send(token.kit, call, pace.strikes)
            except Limited as limited:
                pace.hold(limited.retry_in or 60.0)
                raise
            except Unknown:
                if last:
                    raise
                self.tokens.drop(token)
                continue
            if call.method != "GET":
                pace.relent()
            return got
        raise AssertionError("the second attempt returns or raises")

    async def ask(self, repo: RepoRef, path: str, shape: type[T], scope: Scope = TALK) -> T:
        """GET something below the repository's address (or, beginning with //, below the API's)."""
        call = Call("GET", path[1:] if path.startswith("//") else path_of(repo) + path)
        return read(shape, (await self.call(repo, call, scope)).data, call.doing)

    async def pages(self, repo: RepoRef, call: Call, shape: type[T], key: str = "", scope: Scope = TALK) -> list[T]:
        """All items of a paged list; `key` names the list inside the answer."""
        return await pages(lambda one: self.call(repo, one, scope), call, shape, key)

    # --- the repository and its people -------------------------------------------------------------------------------
    async def repository(self, repo: RepoRef) -> Repository:
        """As it is now, under its present name. Raises Forbidden when it is gone, archived, or another one took its
        name."""
        seen = await self.ask(repo, "", _Repo, READ)
        if repo.id and str(seen.id) != repo.id:
            raise Forbidden(f"{repo.full_name} is another repository now", "Ask again in the repository that is meant.")
        if seen.archived or seen.disabled:
            raise Forbidden(f"{repo.full_name} is archived or disabled", "Unarchive it in its settings first.")
        ref = RepoRef(owner=seen.owner.login, name=seen.name, id=str(seen.id), installation=repo.installation)
        empty = not seen.size and not await self._has_branch(ref, seen.default_branch)
        return Repository(ref, seen.default_branch, seen.private, empty)

    async def _has_branch(self, repo: RepoRef, branch: str) -> bool:
        """GitHub's size is in kilobytes and lags: 0 says little, so the branch itself is looked for."""
        call = Call("GET", f"{path_of(repo)}/branches/{quote(branch, safe='')}")
        try:
            await self.call(repo, call, READ)
        except Denied as denied:
            if denied.status == 404:
                return False
            raise
        return True

    async def trust(self, repo: RepoRef, actor: Actor) -> Trust:
        if actor.surface is not SurfaceName.GITHUB or not actor.id.isdigit():
            return Trust.NONE
        await self.tokens.get(repo, READ)  # where the App isn't installed, that is said, and not that nobody may
        found = await self._permission(repo, actor.login)
        if found is None or found.user is None or str(found.user.id) != actor.id:
            # The login may have been renamed, and taken by somebody else since: the id alone tells who it is.
            login = await self._login(repo, actor.id)
            found = await self._permission(repo, login) if login is not None else None
        if found is None or (found.user is not None and str(found.user.id) != actor.id):
            return Trust.NONE
        return TRUSTS.get(found.permission, TRUSTS.get(found.role_name or "", Trust.NONE))

    async def _permission(self, repo: RepoRef, login: str) -> _Permission | None:
        return await self._unless_gone(repo, f"/collaborators/{quote(login, safe='')}/permission", _Permission)

    async def _login(self, repo: RepoRef, user: str) -> str | None:
        found = await self._unless_gone(repo, f"//user/{user}", _User)
        return found.login if found is not None and str(found.id) == user else None

    async def _unless_gone(self, repo: RepoRef, path: str, shape: type[T]) -> T | None:
        """The answer, or None for 404. Any other failure to ask is Trouble: a permission is never guessed."""
        try:
            return await self.ask(repo, path, shape, READ)
        except Denied as denied:
            if denied.status == 404:
                return None
            raise Trouble(
                f"the permission can't be asked: {denied.what}", retry_in=30.0, advice=denied.advice
            ) from None

    # --- git ---------------------------------------------------------------------------------------------------------
    async def remote(self, repo: RepoRef, *, push: bool = False) -> Remote:
        token = await self.tokens.mint(repo, PUSH if push else READ)
        url = f"{self.server_url}/{quote(repo.owner, safe='')}/{quote(repo.name, safe='')}.git"
        return Remote(key=f"github-{repo.id or repo.full_name}", url=url, token=token.value)

    async def release(self, remote: Remote) -> None:
        if remote.token:
            await self.tokens.revoke(remote.token)

    # --- pull requests -----------------------------------------------------------------------------------------------
    async def find_pull_request(self, repo: RepoRef, branch: str) -> tuple[int, str, bool] | None:
        params: dict[str, str | int] = {"head": f"{repo.owner}:{branch}", "state": "open"}
        found = await self.pages(repo, Call("GET", f"{path_of(repo)}/pulls", None, params), _Pull)
        pull = next((one for one in found if _is_from(one, repo, branch)), None)
        return (pull.number, pull.html_url, pull.draft) if pull else None

    async def open_pull_request(
        self, repo: RepoRef, branch: str, base: str, text: PullRequestText
    ) -> tuple[int, str, bool]:
        found = await self.find_pull_request(repo, branch)
        if found is not None:
            return found
        try:
            return await self._open(repo, branch, base, text, draft=True)
        except Denied as denied:
            if denied.status == 422 and "draft pull requests are not supported" in denied.message.lower():
                return await self._open(repo, branch, base, text, draft=False)
            found = await self.find_pull_request(repo, branch) if denied.status == 422 else None
            if found is None and "already exists" in denied.message.lower():
                raise Trouble(f"{denied.what} (and the list does not show it yet)", retry_in=10.0) from None
            if found is None:
                raise
            return found

    async def _open(
        self, repo: RepoRef, branch: str, base: str, text: PullRequestText, *, draft: bool
    ) -> tuple[int, str, bool]:
        body: dict[str, JsonValue] = {"head": branch, "base": base, "draft": draft, **self._words(text)}
        call = Call("POST", f"{path_of(repo)}/pulls", body)
        made = read(_Pull, (await self.call(repo, call)).data, call.doing)
        return made.number, made.html_url, made.draft

    async def edit_pull_request(self, repo: RepoRef, number: int, text: PullRequestText) -> None:
        await self.call(repo, Call("PATCH", f"{path_of(repo)}/pulls/{number}", self._words(text)))

    def _words(self, text: PullRequestText) -> dict[str, JsonValue]:
        title = " ".join(self.clean(text.title).split())[:MAX_TITLE]
        return {"title": title, "body": cut(self.clean(text.body), MAX_BODY)}

    async def set_draft(self, repo: RepoRef, number: int, draft: bool) -> None:
        pull = await self.ask(repo, f"/pulls/{number}", _Pull)
        if pull.state != "open":
            raise Forbidden(f"pull request #{number} is closed", "Reopen it, or ask for a new one.")
        if pull.draft != draft:
            await self.graphql(repo, UNREADY if draft else READY, {"id": pull.node_id})

    async def graphql(self, repo: RepoRef, document: str, variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Run one document; an error in the answer is raised like a status would be."""
        call = Call("POST", self.graphql_url, {"query": document, "variables": dict(variables)})
        answer = read(_Graph, (await self.call(repo, call, DRAFT)).data, call.doing)
        if answer.errors:
            raise _graph_trouble(answer.errors[0])
        return answer.data or {}

    # --- check runs --------------------------------------------------------------------------------------------------
    async def set_check_run(self, repo: RepoRef, external_id: str, run: CheckRun, known: str = "") -> str:
        if known.isdigit() and not run.annotations:
            found: checkruns.Found | None = checkruns.Found(id=int(known))
        else:
            probe = checkruns.probe(repo, run.sha, self.client.app_id)
            there = await self.pages(repo, probe, checkruns.Found, "check_runs")
            found = checkruns.ours(there, external_id, self.client.app_id)
            if found is None and known.isdigit():
                found = checkruns.Found(id=int(known))  # lists lag behind
        first, *more = checkruns.calls(repo, external_id, run, found, self.clean)
        made = checkruns.made_id(first, (await self.call(repo, first)).data)
        for call in more:
            await self.call(repo, replace(call, path=call.path.replace("{id}", made)))
        return made


def _is_from(pull: _Pull, repo: RepoRef, branch: str) -> bool:
    """GitHub ignores a head filter that it can't read, so the branch is compared again; a fork's doesn't count."""
    if pull.head is None or pull.head.ref != branch:
        return False
    return not repo.id or pull.head.repo is None or str(pull.head.repo.id) == repo.id


def _graph_trouble(error: _GraphError) -> Trouble:
    what = f"GitHub's GraphQL refused: {error.message[:300]}"
    if error.type == "RATE_LIMITED" or "rate limit" in error.message.lower():
        return Limited(what, retry_in=60.0)
    if error.type in ("NOT_FOUND", "FORBIDDEN", "UNPROCESSABLE"):
        return Forbidden(what, "The App needs pull requests: write and contents: write; compare with app.yml.")
    return Trouble(what, retry_in=10.0)


def _domain(server_url: str) -> str:
    """The domain of no-reply addresses: the server's own, and github.com for a server without a name of its own."""
    host = urlsplit(server_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if "." in host else "github.com"
    return "github.com"
