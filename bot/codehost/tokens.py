"""Installation tokens: one repository and the least permissions each, in memory only, remembered for redaction."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import AwareDatetime, JsonValue

from bot.codehost.client import Call, Client, Shape, read
from bot.domain.refs import RepoRef
from bot.ports import Forbidden, Trouble

if TYPE_CHECKING:
    from bot.codehost.client import Kit

Scope = tuple[tuple[str, str], ...]
"""Permissions and their levels, sorted by name."""

PERMISSIONS: Mapping[str, str] = {
    "metadata": "read",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "checks": "write",
    "actions": "read",
    "statuses": "read",
}
"""What the App asks for at installation (app.yml). Never `workflows`."""

READ: Scope = (("contents", "read"), ("metadata", "read"))
PUSH: Scope = (("contents", "write"), ("metadata", "read"))
TALK: Scope = (("checks", "write"), ("issues", "write"), ("metadata", "read"), ("pull_requests", "write"))
DRAFT: Scope = (("contents", "write"), ("metadata", "read"), ("pull_requests", "write"))

FRESH = timedelta(minutes=5)
"""A token that is kept for calls is replaced when less of its hour is left."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    expires_at: datetime
    kit: "Kit" = field(repr=False)


class _Minted(Shape):
    token: str
    expires_at: AwareDatetime


class _Installed(Shape):
    id: int


def path_of(repo: RepoRef) -> str:
    """The repository's address below the API."""
    return f"/repos/{quote(repo.owner, safe='')}/{quote(repo.name, safe='')}"


def utc_now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Mints, keeps and revokes. `now` is UTC."""

    def __init__(self, client: Client, now: Callable[[], datetime] = utc_now) -> None:
        self._client, self._now = client, now
        self._kept: dict[tuple[str, str, Scope], Token] = {}
        self._turns: defaultdict[tuple[str, str, Scope], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._known: dict[str, datetime] = {}
        self._installations: dict[str, str] = {}

    async def installation(self, repo: RepoRef) -> str:
        """The App's installation on this repository. Raises Denied when it isn't installed."""
        if repo.installation:
            return repo.installation
        if repo.full_name not in self._installations:
            call = Call("GET", f"{path_of(repo)}/installation")
            got = await self._client.send(await self._client.app(), call)
            self._installations[repo.full_name] = str(read(_Installed, got.data, call.doing).id)
        return self._installations[repo.full_name]

    async def get(self, repo: RepoRef, scope: Scope) -> Token:
        """A token for calls, kept while it is fresh."""
        key = (await self.installation(repo), repo.id or repo.full_name, scope)
        async with self._turns[key]:
            kept = self._kept.get(key)
            if kept is None or kept.expires_at - self._now() < FRESH:
                kept = self._kept[key] = await self.mint(repo, scope)
            return kept

    async def mint(self, repo: RepoRef, scope: Scope) -> Token:
        """A new token for one job. Raises Denied when the App isn't installed there or lacks a permission."""
        installation = await self.installation(repo)
        which: Mapping[str, JsonValue] = (
            {"repository_ids": [int(repo.id)]} if _is_number(repo.id) else {"repositories": [repo.name]}
        )
        return await self._mint(installation, {**which, "permissions": dict(scope)})

    async def anybody(self) -> "Kit":
        """A caller for what every installation may ask (public accounts). Raises Forbidden when there is none."""
        fresh = (token for token in self._kept.values() if token.expires_at - self._now() >= FRESH)
        if (kept := next(fresh, None)) is not None:
            return kept.kit
        call = Call("GET", "/app/installations", None, {"per_page": 1})
        installed = read(list[_Installed], (await self._client.send(await self._client.app(), call)).data, call.doing)
        if not installed:
            raise Forbidden("the App isn't installed anywhere", "Install it on a repository: its page has the button.")
        token = await self._mint(str(installed[0].id), {"permissions": {"metadata": "read"}})
        self._kept[(str(installed[0].id), "", ())] = token
        return token.kit

    async def _mint(self, installation: str, body: Mapping[str, JsonValue]) -> Token:
        call = Call("POST", f"/app/installations/{quote(installation, safe='')}/access_tokens", body, again=True)
        minted = read(_Minted, (await self._client.send(await self._client.app(), call)).data, call.doing)
        self._known[minted.token] = minted.expires_at
        return Token(minted.token, minted.expires_at, self._client.holder(minted.token))

    def drop(self, token: Token) -> None:
        """GitHub refuses this token: mint another next time."""
        self._kept = {key: kept for key, kept in self._kept.items() if kept.value != token.value}

    async def revoke(self, value: str) -> None:
        """End a token; one that is gone already, or can't be ended now, ends by itself within the hour."""
        self._kept = {key: kept for key, kept in self._kept.items() if kept.value != value}
        try:
            await self._client.send(self._client.holder(value), Call("DELETE", "/installation/token"))
        except Trouble:
            return

    async def close(self) -> None:
        """Revoke whatever is kept."""
        await asyncio.gather(*(self.revoke(token.value) for token in list(self._kept.values())))

    def secrets(self) -> tuple[str, ...]:
        """Every token that may still be good for something, for redaction."""
        now = self._now()
        self._known = {value: expires for value, expires in self._known.items() if expires > now}
        return tuple(self._known)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
