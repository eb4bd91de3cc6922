"""The HTTP side: pages, API and operators' routes by FastAPI; webhooks pass by it, straight to their receivers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qs

import prometheus_client
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from pydantic import JsonValue
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.domain.events import Event
from bot.domain.lines import dump_event
from bot.domain.refs import RepoRef
from bot.domain.session import Session
from bot.domain.work import as_json
from bot.ports import SessionRow, Trouble
from handlers.web.pages import Reading, session_page, sessions_page, stream
from handlers.web.signin import Gate
from handlers.web.state import record, session_state

SEALED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the HTTP side is made of. `ready` returns '' or what is wrong, `remark` what is not well outside; `gate`
    decides who may see what; `receivers` take whole paths before FastAPI's routing."""

    reading: Reading
    ready: Callable[[], Awaitable[str]]
    remark: Callable[[], Awaitable[str]]
    gate: Gate
    receivers: Mapping[str, ASGIApp] = field(default_factory=dict)


class Front:
    """The ASGI application: a receiver's path goes to the receiver, everything else to FastAPI."""

    def __init__(self, receivers: Mapping[str, ASGIApp], app: FastAPI) -> None:
        self.receivers, self.app = receivers, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        receiver = self.receivers.get(scope["path"]) if scope["type"] == "http" else None
        if receiver is not None and scope["method"] == "POST":
            await receiver(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _found(session_id: str, request: Request) -> tuple[Session, list[Event]]:
    """The session of a path, for a reader who may see it. Who may not is not told whether there is one."""
    site: Site = request.app.state.site
    found = await site.reading.session(session_id)
    await _guard(site, request, found[0] if found else None)
    if found is None:
        raise HTTPException(404, "no such session; /sessions lists them")
    return found


Found = Annotated[tuple[Session, list[Event]], Depends(_found)]


async def _guard(site: Site, request: Request, session: Session | None) -> None:
    repo = session.home.repo if session and session.home else None
    if not await site.gate.may_read(request, repo):
        raise HTTPException(401, "Sign in to see this: /sign-in. An operator can open the pages with MAESTRO_OPEN=1.")


async def _rows(site: Site, request: Request) -> list[SessionRow]:
    """The sessions that this reader may see."""
    await _guard(site, request, None)
    rows = await site.reading.store.sessions()
    places = {row.repo for row in rows}
    seen = {place for place in places if await site.gate.may_read(request, _repo(place))}
    return [row for row in rows if row.repo in seen]


def _repo(full_name: str) -> RepoRef:
    owner, _, name = full_name.partition("/")
    return RepoRef(owner=owner, name=name)


def build(site: Site) -> Front:
    app = FastAPI(title="Maestro", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    _operators(app, site)
    _pages(app, site)
    _programs(app, site)

    @app.middleware("http")
    async def _seal(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call(request)
        for name, value in SEALED.items():
            response.headers.setdefault(name, value)
        return response

    return Front(site.receivers, app)


def _operators(app: FastAPI, site: Site) -> None:
    @app.get("/healthz")
    async def _healthz() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def _readyz() -> Response:
        if wrong := await site.ready():
            return PlainTextResponse(f"{wrong}\n", status_code=503)
        remark = await site.remark()
        return PlainTextResponse(f"ready, but {remark}\n" if remark else "ready\n")

    @app.get("/metrics")
    async def _metrics() -> Response:
        return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    @app.exception_handler(Trouble)
    async def _trouble(_request: Request, trouble: Trouble) -> Response:
        return JSONResponse({"error": trouble.what}, status_code=503)


def _pages(app: FastAPI, site: Site) -> None:
    @app.get("/")
    async def _root() -> Response:
        return RedirectResponse("/sessions")

    @app.get("/sign-in")
    async def _sign_in(request: Request) -> Response:
        return site.gate.begin(request)

    @app.get("/sign-in/done")
    async def _signed_in(request: Request, code: str = "", state: str = "") -> Response:
        return await site.gate.finish(request, code, state)

    @app.post("/sign-in/slack")
    async def _linked(request: Request) -> Response:
        fields = parse_qs((await request.body())[:8192].decode("utf-8", "replace"))
        return await site.gate.confirm(request, fields.get("note", [""])[0])

    @app.get("/sessions")
    async def _sessions(request: Request) -> Response:
        return HTMLResponse(sessions_page(await _rows(site, request)))

    @app.get("/sessions/{session_id}")
    async def _session(found: Found, part: str = "") -> Response:
        return HTMLResponse(await session_page(site.reading, *found, part))

    @app.get("/sessions/{session_id}/events")
    async def _events(
        found: Found, after: Annotated[int, Query(ge=0)] = 0, last_event_id: Annotated[str, Header()] = ""
    ) -> Response:
        since = int(last_event_id) if last_event_id.isdecimal() else after
        return StreamingResponse(stream(site.reading, found[0].id, since), media_type="text/event-stream")


def _programs(app: FastAPI, site: Site) -> None:
    @app.get("/api/sessions")
    async def _list(request: Request) -> Response:
        rows = await _rows(site, request)
        return JSONResponse([{**_fields(row), "updated_at": row.updated_at.isoformat()} for row in rows])

    @app.get("/api/sessions/{session_id}")
    async def _state(found: Found) -> Response:
        session, events = found
        return _json(site, session_state(session, site.reading.capacity(session, events)))

    @app.get("/api/sessions/{session_id}/log")
    async def _log(found: Found) -> Response:
        lines = "".join(f"{dump_event(event)}\n" for event in found[1])
        return Response(site.reading.redact(lines), media_type="application/x-ndjson")

    @app.get("/api/sessions/{session_id}/bundle")
    async def _bundle(found: Found) -> Response:
        session, events = found
        if not session.changed:
            raise HTTPException(404, "this session has no change, so there is no evidence to bundle")
        name = f'attachment; filename="maestro-{session.id}.zip"'
        data = await site.reading.bundle(session, events)
        return Response(data, media_type="application/zip", headers={"Content-Disposition": name})

    @app.get("/api/sessions/{session_id}/evidence/{n}")
    async def _evidence(found: Found, n: int) -> Response:
        evidence = next((e for e in found[0].evidence if e.n == n), None)
        if evidence is None:
            raise HTTPException(404, f"this session has no evidence record {n}")
        return _json(site, {**record(evidence), "output": await site.reading.log(evidence.log_sha256)})


def _fields(row: object) -> dict[str, JsonValue]:
    return {name: getattr(row, name) for name in ("id", "repo", "title", "phase", "outcome", "requester")}


def _json(site: Site, value: JsonValue) -> Response:
    return Response(site.reading.redact(as_json(value)), media_type="application/json")
