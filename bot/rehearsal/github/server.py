"""The whole embedded GitHub as one ASGI application: REST, GraphQL, git and pages, with the faults in front."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import Message, Receive, Scope, Send

from bot.rehearsal.github import rest, rest_app, rest_checks, rest_code, rest_issues, rest_objects, rest_pulls
from bot.rehearsal.github.faults import Broken, Dropped, Fault, Lagging, Limited, Slow
from bot.rehearsal.github.graphql import GraphQL
from bot.rehearsal.github.pages import Pages
from bot.rehearsal.github.registry import Called, Registry
from bot.rehearsal.github.rest import refusal
from bot.rehearsal.github.smart import Smart
from bot.rehearsal.wire import Refused, answer, drop

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
# Checks stand before code: a ref in a path may hold slashes, so the longer address must be tried first.
SERVED = (
    *rest_app.SERVED,
    *rest_issues.SERVED,
    *rest_pulls.SERVED,
    *rest_checks.SERVED,
    *rest_code.SERVED,
    *rest_objects.SERVED,
)


class GitHub:
    """An ASGI application. Serve it (then set `world.url` to its address) or call it through `httpx.ASGITransport`."""

    def __init__(self, world: Registry) -> None:
        self.world = world
        graphql = Route("/graphql", GraphQL(world).serve, methods=["POST"])
        self._router = Router(
            [graphql, *Pages(world).routes(), *Smart(world).routes(), Mount("/", rest.router(world, SERVED))]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method, path = scope["method"], scope["path"]
        fault = self.world.faults.meet(method, path)
        status = await self._through(fault, scope, receive, send)
        query, who = scope["query_string"].decode("latin-1"), str(scope.get("who", ""))
        self.world.calls.append(Called(self.world.now(), method, path, query, status, who))

    async def _through(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> int:
        """Carry the request out, or not, and answer, or not; the status that was answered, 0 for none."""
        heard = _Heard(send)
        match fault:
            case None:
                await self._router(scope, receive, heard)
            case Lagging():
                await self._router({**scope, "lagging": True}, receive, heard)
            case Slow(seconds=seconds, after=True):
                late = _Heard(None)
                await self._router(scope, receive, late)
                await asyncio.sleep(seconds)
                await late.replay(heard)
            case Slow(seconds=seconds):
                await asyncio.sleep(seconds)
                await self._router(scope, receive, heard)
            case Broken(status=status, after=after):
                if after:
                    await self._router(scope, receive, _Heard(None))
                await Response("<html>Unicorn!</html>", status, media_type="text/html")(scope, receive, heard)
            case Limited():
                await _limit(self.world, fault)(scope, receive, heard)
            case Dropped(after=after):
                if after:
                    await self._router(scope, receive, _Heard(None))
                await drop(send)
        return heard.status


class _Heard:
    """A `send` that notes the status, and keeps the messages when there is nobody to send them to yet."""

    def __init__(self, send: Send | None) -> None:
        self._send, self.status, self._kept = send, 0, list[Message]()

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        if self._send is None:
            self._kept.append(message)
        else:
            await self._send(message)

    async def replay(self, to: Send) -> None:
        for message in self._kept:
            await to(message)


def _limit(world: Registry, fault: Limited) -> Response:
    if fault.primary:
        reset = int(world.now().timestamp()) + (fault.retry_after or 60)
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        return refusal(Refused(fault.status, "API rate limit exceeded for installation.", headers=headers))
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    docs = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
    return answer({"documentation_url": docs, "message": SECONDARY}, fault.status, headers)
