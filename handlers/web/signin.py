"""Who may see a page: everybody where the operator opened it, otherwise people whom GitHub lets read the repository.

Sign-in is GitHub's own web flow with the App's client id and secret. What a browser keeps is a signed note of who it
is; what that person may read is asked from GitHub, and remembered for a minute.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote, urlencode

import httpx
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.domain.refs import Actor, RepoRef, SurfaceName, Trust
from bot.ports import CodeHost, Trouble
from handlers.settings import Settings

COOKIE, STATE = "maestro_reader", "maestro_state"
SESSION_SECONDS = 12 * 3600
REMEMBER_SECONDS = 60.0
INVITED_SECONDS = 15 * 60
"""How long a person of Slack may take to sign in by their link, and to confirm."""

Link = Callable[[str, str, str], Awaitable[None]]
"""Remembers that a Slack person is this GitHub user: (team/user, GitHub id, login)."""


@dataclass(slots=True)
class Gate:
    """`host` answers what a person may read; None where no GitHub App is set. `key` signs cookies."""

    settings: Settings
    host: CodeHost | None
    key: bytes
    link: Link | None = None
    _known: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)

    @property
    def can_sign_in(self) -> bool:
        return bool(self.settings.github_client_id and self.settings.github_client_secret and self.host)

    def reader(self, request: Request) -> Actor | None:
        """Who a browser says it is, when we signed that."""
        said = self._opened(request.cookies.get(COOKIE, ""))
        if said is None:
            return None
        return Actor(surface=SurfaceName.GITHUB, id=said[0], login=said[1])

    async def may_read(self, request: Request, repo: RepoRef | None) -> bool:
        """Whether this request may see what belongs to a repository (None: whether it may see anything at all)."""
        if self.settings.is_open:
            return True
        actor = self.reader(request)
        if actor is None or self.host is None:
            return False
        return repo is None or await self._reads(self.host, actor, repo)

    async def _reads(self, host: CodeHost, actor: Actor, repo: RepoRef) -> bool:
        name = (actor.id, repo.full_name)
        at, may = self._known.get(name, (0.0, False))
        if time.monotonic() - at > REMEMBER_SECONDS or name not in self._known:
            try:
                may = await host.trust(repo, actor) >= Trust.READ
            except Trouble:
                return False
            self._known[name] = (time.monotonic(), may)
        return may

    # --- the web flow ------------------------------------------------------------------------------------------------
    def begin(self, request: Request) -> Response:
        """Send the browser to GitHub."""
        if not self.can_sign_in:
            return HTMLResponse(
                "<p>Sign-in needs GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET of the App. On a private network an "
                "operator can open the pages with MAESTRO_OPEN=1.</p>",
                status_code=501,
            )
        invitation = request.query_params.get("slack", "")
        if invitation and self._note("invited", invitation) is None:
            return HTMLResponse("<p>This link is no longer good. Ask for a new one in Slack: /maestro link</p>", 400)
        state = secrets.token_urlsafe(24) + (f"~{invitation}" if invitation else "")
        asked = {"client_id": self.settings.github_client_id, "state": state, "redirect_uri": self._back(request)}
        response = RedirectResponse(f"{self.settings.github_server_url}/login/oauth/authorize?{urlencode(asked)}")
        self._keep(response, STATE, state, 600)
        return response

    async def finish(self, request: Request, code: str, state: str) -> Response:
        """GitHub sent the browser back: learn who it is."""
        begun = request.cookies.get(STATE, "")
        if not self.can_sign_in or not begun or not hmac.compare_digest(state.encode(), begun.encode()):
            return HTMLResponse("<p>This sign-in was not begun here. <a href='/sign-in'>Again</a></p>", 400)
        who = await self._ask_who(code, self._back(request))
        if who is None:
            return HTMLResponse("<p>GitHub did not confirm the sign-in. <a href='/sign-in'>Again</a></p>", 502)
        invited = self._note("invited", state.partition("~")[2])
        response: Response = self._confirmation(invited, who) if invited else RedirectResponse("/sessions")
        self._keep(response, COOKIE, self._sealed(*who), SESSION_SECONDS)
        response.delete_cookie(STATE)
        return response

    # --- people of Slack ---------------------------------------------------------------------------------------------
    def invite(self, person: str, name: str) -> str:
        """The address at which a Slack person shows who they are on GitHub; '' where nobody can sign in. Anybody who
        has it could link *their* GitHub account with this person, so the person alone is shown it."""
        if not self.can_sign_in or self.link is None:
            return ""
        return f"{self.settings.site}/sign-in?slack={quote(self._seal('invited', [person, name]))}"

    def _confirmation(self, invited: list[str], who: tuple[str, str]) -> Response:
        """Both names before a person's eyes: a link that somebody else sent must not make them act for a stranger."""
        person, name = invited[0], invited[1]
        note = self._seal("confirm", [person, *who])
        return HTMLResponse(
            f"<p>The Slack user <b>{escape(name)}</b> ({escape(person)}) will act as <b>{escape(who[1])}</b> on "
            "GitHub. Go on only when that Slack user is you.</p>"
            f"<form method='post' action='/sign-in/slack'><input type='hidden' name='note' value='{escape(note)}'>"
            "<button>Link the accounts</button></form>"
        )

    async def confirm(self, request: Request, note: str) -> Response:
        """The person confirmed: from now on they are known."""
        given, reader = self._note("confirm", note), self.reader(request)
        if given is None or self.link is None or reader is None or reader.id != given[1]:
            return HTMLResponse("<p>This link is no longer good. Ask for a new one in Slack: /maestro link</p>", 400)
        await self.link(given[0], given[1], given[2])
        return HTMLResponse("<p>Linked. You can close this page and go on in Slack.</p>")

    def _seal(self, kind: str, words: list[str]) -> str:
        note = json.dumps([kind, int(time.time()) + INVITED_SECONDS, *words]).encode()
        return f"{base64.urlsafe_b64encode(note).decode()}.{self._mac(note)}"

    def _note(self, kind: str, sealed: str) -> list[str] | None:
        """The words of a note that we sealed, of this kind, and not too long ago."""
        body, _, mac = sealed.partition(".")
        try:
            note = base64.urlsafe_b64decode(body.encode("ascii"))
            if not hmac.compare_digest(self._mac(note).encode(), mac.encode()):
                return None
            said, until, *words = json.loads(note)
        except ValueError:
            return None
        return [str(word) for word in words] if said == kind and until > time.time() else None

    async def _ask_who(self, code: str, back: str) -> tuple[str, str] | None:
        given = {
            "client_id": self.settings.github_client_id,
            "client_secret": self.settings.github_client_secret,
            "code": code,
            "redirect_uri": back,
        }
        try:
            async with httpx.AsyncClient(timeout=10.0, headers={"Accept": "application/json"}) as client:
                granted = await client.post(f"{self.settings.github_server_url}/login/oauth/access_token", data=given)
                token = granted.json().get("access_token", "")
                bearer = {"Authorization": f"Bearer {token}"}
                user = (await client.get(f"{self.settings.github_api_url}/user", headers=bearer)).json()
                return str(int(user["id"])), str(user["login"])
        except (httpx.HTTPError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def _back(self, request: Request) -> str:
        site = self.settings.maestro_public_url or str(request.base_url).rstrip("/")
        return f"{site}/sign-in/done"

    def _keep(self, response: Response, name: str, value: str, seconds: int) -> None:
        secure = self.settings.maestro_public_url.startswith("https://")
        response.set_cookie(name, value, max_age=seconds, httponly=True, secure=secure, samesite="lax")

    # --- signed notes ------------------------------------------------------------------------------------------------
    def _sealed(self, user: str, login: str) -> str:
        note = json.dumps([user, login, int(time.time()) + SESSION_SECONDS]).encode()
        return base64.urlsafe_b64encode(note).decode() + "." + self._mac(note)

    def _opened(self, cookie: str) -> tuple[str, str] | None:
        body, _, mac = cookie.partition(".")
        try:
            note = base64.urlsafe_b64decode(body.encode("ascii"))
            if not hmac.compare_digest(self._mac(note).encode(), mac.encode()):
                return None
            user, login, until = json.loads(note)
        except ValueError:
            return None
        return (str(user), str(login)) if until > time.time() else None

    def _mac(self, note: bytes) -> str:
        return hmac.new(self.key, b"reader:" + note, hashlib.sha256).hexdigest()
