"""REST: one request with its caller, its repository and its permissions checked, and the routing of them all."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from bot.rehearsal.github.auth import NOT_OURS, Grant, verify_app_jwt
from bot.rehearsal.github.registry import Author, Registry
from bot.rehearsal.github.state import Comment, Issue, Pull, Repo, User
from bot.rehearsal.wire import Endpoint, Fields, Json, Refused, answer, parse

DOCS = "https://docs.github.com/rest"
API_VERSIONS = ("2022-11-28", "2026-03-10")
METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
Item = TypeVar("Item")


class Ask:
    """One REST request. `repo`, `issue` and the rest look up what the path names, or refuse with 404."""

    def __init__(self, world: Registry, request: Request, raw: bytes) -> None:
        self.world, self.request, self.raw = world, request, raw
        self.grant: Grant | None = None

    def fields(self, resource: str) -> Fields:
        """The JSON object in the body; an empty body is an empty object."""
        return Fields(resource, parse(self.raw) if self.raw.strip() else {})

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.query_params.get(name, default)

    def since(self) -> datetime | None:
        """The `since` parameter as UTC."""
        value = self.query("since")
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC) if value else None
        except ValueError:
            raise Refused(422, "Validation Failed", [{"code": "invalid", "field": "since"}]) from None

    @property
    def author(self) -> Author:
        """Who writes. Raises Refused(401) for an anonymous caller."""
        if self.grant is None:
            raise Refused(401, "Requires authentication")
        return Author(self.grant.user, self.grant.app)

    @property
    def repo(self) -> Repo:
        """The repository of the path."""
        found = self.world.find_repo(f"{self.path('owner')}/{self.path('name')}")
        if found is None:
            raise Refused(404, "Not Found")
        return found

    @property
    def issue(self) -> Issue:
        """The issue (or pull request) of the path."""
        issue = self.repo.issues.get(self.number("number"))
        if issue is None:
            raise Refused(404, "Not Found")
        if issue.deleted:
            raise Refused(410, "This issue was deleted")
        if issue.moved_to is not None:
            place = f"{self.world.url}/repos/{issue.moved_to.repo.full_name}/issues/{issue.moved_to.number}"
            raise Refused(301, "Moved Permanently", headers={"location": place})
        return issue

    @property
    def pull(self) -> Pull:
        """The pull request of the path."""
        if self.issue.pull is None:
            raise Refused(404, "Not Found")
        return self.issue.pull

    def comment(self, kind: type[Item]) -> Item:
        """The comment of the path, of the kind that this address serves."""
        number = self.number("comment")
        for issue in self.repo.issues.values():
            every: Iterable[Comment] = [
                *issue.living,
                *(one for thread in (issue.pull.threads if issue.pull else []) for one in thread.comments),
            ]
            for one in every:
                if one.id == number and type(one) is kind and not one.deleted:
                    return one
        raise Refused(404, "Not Found")

    def number(self, name: str) -> int:
        """A number in the path."""
        text = self.path(name)
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise Refused(404, "Not Found")
        return int(text)

    def commit(self, name: str) -> str:
        """The commit that a ref in the path or text names."""
        sha = self.repo.bare.resolve(name)
        if sha is None:
            raise Refused(422, f"No commit found for SHA: {name}")
        return sha

    def user(self, login: str) -> User:
        """An account by its login."""
        found = self.world.find_user(login)
        if found is None:
            raise Refused(404, "Not Found")
        return found

    def paged(self, items: Sequence[Item]) -> tuple[list[Item], dict[str, str]]:
        """One page of a list, with the Link header. A lagging list misses its newest item."""
        shown = list(items)
        if shown and self.request.scope.get("lagging"):
            del shown[max(range(len(shown)), key=lambda index: (getattr(shown[index], "id", 0), index))]
        size = min(self._positive("per_page", 30), 100)
        page = self._positive("page", 1)
        last = max(1, -(-len(shown) // size))
        wanted = {"prev": page - 1, "next": page + 1, "first": 1, "last": last}
        if page >= last:
            del wanted["next"], wanted["last"]
        if page == 1:
            del wanted["prev"], wanted["first"]
        links = ", ".join(f'<{self._address(number)}>; rel="{name}"' for name, number in wanted.items())
        return shown[(page - 1) * size : page * size], {"link": links} if links else {}

    def _positive(self, name: str, default: int) -> int:
        value = self.query(name)
        return max(1, int(value)) if re.fullmatch(r"[0-9]{1,9}", value) else default

    def _address(self, page: int) -> str:
        query = dict(self.request.query_params) | {"page": str(page)}
        return f"{self.world.url}{self.request.url.path}?{urlencode(query)}"

    def list(self, items: Sequence[Item], render: Callable[[Item], Json]) -> Response:
        """A page of a list as its answer."""
        shown, headers = self.paged(items)
        return answer([render(item) for item in shown], headers=headers)


Act: TypeAlias = Callable[[Ask], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Serves:
    """One address. `need`: `app` (a JWT), `token` (any), or `permission[|permission]:level`;
    for a person's own token `role` counts instead (by default read to look, write to change)."""

    method: str
    path: str
    need: str
    act: Act
    role: str = ""


def refusal(error: Refused) -> Response:
    """The body of an error, as GitHub writes it."""
    body: dict[str, Json] = {"message": error.message, "documentation_url": DOCS, "status": str(error.status)}
    if error.errors:
        body["errors"] = error.errors
    return answer(body, error.status, error.headers)


def router(world: Registry, served: Sequence[Serves]) -> Router:
    """All addresses; anything else is 404."""
    routes = [Route(one.path, _endpoint(world, one), methods=[one.method]) for one in served]

    async def nothing(_: Request) -> Response:
        return refusal(Refused(404, "Not Found"))

    return Router([*routes, Route("/{rest:path}", nothing, methods=METHODS)], redirect_slashes=False)


def _endpoint(world: Registry, served: Serves) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        ask = Ask(world, request, await request.body())
        try:
            check_headers(request)
            check_caller(ask, served)
            got = await served.act(ask)
        except Refused as error:
            got = refusal(error)
        if ask.grant is not None:
            request.scope["who"] = ask.grant.user.login
        return dress(world, request, got)

    return endpoint


def check_headers(request: Request) -> None:
    """GitHub wants a User-Agent, and an API version that it knows."""
    if not request.headers.get("user-agent"):
        raise Refused(
            403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        )
    version = request.headers.get("x-github-api-version", API_VERSIONS[0])
    if version not in API_VERSIONS:
        raise Refused(400, f'"{version}" is not a supported version')


def bearer(request: Request) -> str | None:
    """The token in the Authorization header."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in ("bearer", "token") else None


def check_caller(ask: Ask, served: Serves) -> None:
    """Whether this caller may do this here; sets `ask.grant`."""
    token = bearer(ask.request)
    if served.need == "app":
        return check_app(ask.world, token)
    if token is not None and token.startswith("ey") and token.count(".") == 2:
        raise Refused(403, NOT_OURS)
    ask.grant = None if token is None else ask.world.grant_for(token)
    if "owner" in ask.request.path_params:
        permissions, _, level = served.need.partition(":")
        check_repo(ask.repo, ask.grant, permissions.split("|"), level, served.role)
    elif served.need == "token" and ask.grant is None:
        raise Refused(401, "Requires authentication")
    return None


def check_app(world: Registry, token: str | None) -> None:
    """A JWT of our App."""
    if token is None:
        raise Refused(401, "A JSON web token could not be decoded")
    verify_app_jwt(token, world.app, world.now())


def check_repo(repo: Repo, grant: Grant | None, permissions: Sequence[str], level: str, role: str) -> None:
    """404 hides what may not be seen, 403 refuses what may not be done."""
    looking = level == "read"
    if grant is None or not grant.reaches(repo):
        if repo.private:
            raise Refused(404, "Not Found")
        if not looking:
            raise Refused(401, "Requires authentication") if grant is None else Refused(403, NOT_OURS)
    elif grant.installation is not None:
        if not any(grant.allows(permission, level) for permission in permissions):
            raise Refused(403, NOT_OURS)
    elif not repo.may(grant.user, "read"):
        raise Refused(404, "Not Found")
    elif not repo.may(grant.user, role or ("read" if looking else "write")):
        raise Refused(403, "Must have write access to the repository.")
    if repo.archived and not looking:
        raise Refused(403, "Repository was archived so is read-only.")


def dress(world: Registry, request: Request, got: Response) -> Response:
    """The headers of every answer, and 304 when the caller has it already."""
    reset = world.now() + timedelta(hours=1)
    got.headers["x-github-request-id"] = f"REHEARSAL:{len(world.calls):06X}"
    got.headers["x-github-media-type"] = "github.v3; format=json"
    got.headers["x-github-api-version-selected"] = request.headers.get("x-github-api-version", API_VERSIONS[0])
    got.headers["x-ratelimit-limit"] = "5000"
    got.headers["x-ratelimit-remaining"] = str(max(1, 5000 - len(world.calls)))
    got.headers["x-ratelimit-reset"] = str(int(reset.timestamp()))
    if request.method == "GET" and got.status_code == 200:
        tag = f'W/"{hashlib.sha256(bytes(got.body)).hexdigest()}"'
        got.headers["etag"] = tag
        if request.headers.get("if-none-match") == tag:
            kept = {name: value for name, value in got.headers.items() if not name.startswith("content-")}
            return Response(status_code=304, headers=kept)
    return got
