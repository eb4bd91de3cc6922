"""The few web pages: a thread to read in a browser, and signing in with GitHub."""

import html
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.rehearsal.github.auth import client_id
from bot.rehearsal.github.bare import NoSuchObject
from bot.rehearsal.github.registry import Registry
from bot.rehearsal.github.shapes_code import merge_base
from bot.rehearsal.github.state import Issue, User
from bot.rehearsal.wire import answer

STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto}pre{white-space:pre-wrap;border-top:1px solid #ccc}"
)


class Pages:
    """What a browser gets."""

    def __init__(self, world: Registry) -> None:
        self._world = world
        self._codes: dict[str, User] = {}

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/login/oauth/authorize", self._authorize),
            Route("/login/oauth/access_token", self._access_token, methods=["POST"]),
            Route("/job-logs/{number:int}", self._job_log),
            Route("/{owner}/{name}/issues/{number:int}", self._thread),
            Route("/{owner}/{name}/pull/{number:int}", self._thread),
        ]

    async def _thread(self, request: Request) -> Response:
        """A public thread as chat, a pull request with its diff."""
        part = request.path_params
        repo = self._world.find_repo(f"{part['owner']}/{part['name']}")
        issue = repo.issues.get(part["number"]) if repo and not repo.private else None
        if repo is None or issue is None or issue.deleted:
            return HTMLResponse("<h1>404</h1>", 404)
        title = html.escape(f"{issue.title} · {repo.full_name} #{issue.number}")
        lines = "".join(
            f"<pre>{html.escape(line)}</pre>" for line in [*repo.thread(issue.number), _diff(issue)] if line
        )
        head = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
        return HTMLResponse(f"{head}<h1>{title}</h1><p>{_state(issue)} (rehearsal)</p>{lines}")

    async def _job_log(self, request: Request) -> Response:
        runs = (run for repo in self._world.repos.values() for run in repo.check_runs)
        found = next((run.log for run in runs if run.id == request.path_params["number"]), None)
        return PlainTextResponse(found or "", 200 if found else 404)

    async def _authorize(self, request: Request) -> Response:
        """Whoever sits at the browser agrees at once."""
        query = request.query_params
        if query.get("client_id") != client_id(self._world.app) or "redirect_uri" not in query:
            return HTMLResponse("<h1>404</h1>", 404)
        back: dict[str, str] = {"state": query.get("state", "")}
        if self._world.browsing is None:
            back |= {"error": "access_denied", "error_description": "The user has denied your application access."}
        else:
            back["code"] = secrets.token_hex(10)
            self._codes[back["code"]] = self._world.browsing
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)

    async def _access_token(self, request: Request) -> Response:
        """A code is good once. Refusals come with status 200, as on GitHub."""
        form = parse_qs((await request.body()).decode())
        given = {name: values[0] for name, values in form.items()}
        ours = (client_id(self._world.app), self._world.client_secret)
        if (given.get("client_id"), given.get("client_secret")) != ours:
            return _granted(request, {"error": "incorrect_client_credentials"})
        user = self._codes.pop(given.get("code", ""), None)
        if user is None:
            return _granted(request, {"error": "bad_verification_code"})
        token = self._world.personal_token(user)
        return _granted(request, {"access_token": token, "scope": "", "token_type": "bearer"})


def _granted(request: Request, values: Mapping[str, str]) -> Response:
    """A form, unless JSON is asked for."""
    if "json" in request.headers.get("accept", ""):
        return answer(values)
    return Response(urlencode(values), media_type="application/x-www-form-urlencoded")


def _state(issue: Issue) -> str:
    pull = issue.pull
    return issue.state if pull is None else "merged" if pull.merged_at else "draft" if pull.draft else issue.state


def _diff(issue: Issue) -> str:
    pull = issue.pull
    if pull is None:
        return ""
    try:
        return pull.repo.bare.diff(merge_base(pull), pull.head_sha).decode("utf-8", "replace")
    except NoSuchObject:
        return ""
