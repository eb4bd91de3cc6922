"""Clone, fetch and push over smart HTTP: `git http-backend` behind a token gate, pushes recorded and told."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.rehearsal.github.acts_code import refs_moved
from bot.rehearsal.github.auth import Grant, role_allows
from bot.rehearsal.github.bare import GIT_ENVIRONMENT
from bot.rehearsal.github.registry import Registry
from bot.rehearsal.github.state import Repo
from bot.rehearsal.wire import Refused

CHUNK = 65_536
STEPS = ("info/refs", "git-upload-pack", "git-receive-pack")


class Smart:
    """The git half of the server."""

    def __init__(self, world: Registry) -> None:
        self._world = world
        self._locks: dict[int, asyncio.Lock] = {}

    def routes(self) -> list[Route]:
        """Both spellings of a repository's address, with and without `.git`."""
        methods = ["GET", "POST"]
        return [
            Route(f"/{{owner}}/{{name}}{suffix}/{step}", self._serve, methods=methods)
            for suffix in (".git", "")
            for step in STEPS
        ]

    async def _serve(self, request: Request) -> Response:
        step = next(step for step in STEPS if request.url.path.endswith(f"/{step}"))
        service = request.query_params.get("service", "") if step == "info/refs" else step
        writing = service == "git-receive-pack"
        try:
            repo, grant = self._admit(request, writing)
        except Refused as error:
            return PlainTextResponse(error.message, error.status, error.headers)
        request.scope["who"] = grant.user.login if grant else ""
        if not (writing and step == service and grant):
            return await self._backend(request, repo, grant, step)
        return await self._push(request, repo, grant, step)

    async def _push(self, request: Request, repo: Repo, grant: Grant, step: str) -> Response:
        """One push at a time, answered whole, so that what moved is known before the client is told."""
        lock = self._locks.setdefault(repo.id, asyncio.Lock())
        async with lock:
            before = repo.bare.refs()
            streamed = await self._backend(request, repo, grant, step)
            body = b"".join([bytes(part) async for part in _bytes(streamed)])
            refs_moved(self._world, repo, grant.user, before, repo.bare.refs())
        headers = {name: value for name, value in streamed.headers.items() if name != "content-length"}
        return Response(body, streamed.status_code, headers)

    def _admit(self, request: Request, writing: bool) -> tuple[Repo, Grant | None]:
        """Who may read or write what. Strangers are asked for a password, as git expects."""
        grant = self._grant(request)
        repo = self._world.find_repo(f"{request.path_params['owner']}/{request.path_params['name']}")
        realm = {"www-authenticate": 'Basic realm="GitHub"'}
        if repo is None or (repo.private and (grant is None or not grant.reaches(repo))):
            raise Refused(404, "Repository not found.") if grant else Refused(401, "No anonymous access.", (), realm)
        if grant is None:
            if writing:
                raise Refused(401, "No anonymous write access.", (), realm)
            return repo, None
        level = "write" if writing else "read"
        if grant.installation is None:
            allowed = role_allows(repo, grant.user, level)
        else:
            allowed = (grant.reaches(repo) and grant.allows("contents", level)) or not (writing or repo.private)
        if not allowed or (writing and repo.archived):
            raise Refused(403, f"Permission to {repo.full_name}.git denied to {grant.user.login}.")
        return repo, grant

    def _grant(self, request: Request) -> Grant | None:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            token = base64.b64decode(text, validate=True).decode().partition(":")[2]
            return self._world.grant_for(token)
        except (binascii.Error, UnicodeDecodeError, Refused):
            realm = {"www-authenticate": 'Basic realm="GitHub"'}
            raise Refused(401, "Invalid username or token.", (), realm) from None

    async def _backend(self, request: Request, repo: Repo, grant: Grant | None, step: str) -> Response:
        process = await asyncio.create_subprocess_exec(
            "git",
            "http-backend",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment(request, repo, grant, step),
        )
        feeding = asyncio.create_task(_feed(process, request))
        status, headers = await _head(process)
        return StreamingResponse(_tail(process, feeding), status, headers)

    def _environment(self, request: Request, repo: Repo, grant: Grant | None, step: str) -> dict[str, str]:
        """The request as CGI: no length when the body comes in chunks; gzip is undone by the backend itself."""
        header = request.headers
        values = {
            **GIT_ENVIRONMENT,
            "GIT_PROJECT_ROOT": str(repo.bare.path.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{repo.bare.path.name}/{step}",
            "REQUEST_METHOD": request.method,
            "QUERY_STRING": request.url.query,
            "CONTENT_TYPE": header.get("content-type", ""),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": grant.user.login if grant else "",
            "REHEARSAL_PROTECTED": " ".join(sorted(repo.protected)),
            "REHEARSAL_SIGNED": "1" if repo.signed else "",
        }
        optional = {"GIT_PROTOCOL": "git-protocol", "HTTP_CONTENT_ENCODING": "content-encoding"}
        values |= {name: header[wire] for name, wire in optional.items() if wire in header}
        if "content-length" in header:
            values["CONTENT_LENGTH"] = header["content-length"]
        if grant is not None and grant.installation is not None and not grant.allows("workflows", "write"):
            values["REHEARSAL_NO_WORKFLOWS"] = "1"
        return {name: value for name, value in values.items() if value}


async def _feed(process: asyncio.subprocess.Process, request: Request) -> None:
    """The request's body into the backend; a backend that stopped reading is no error of ours."""
    stdin = process.stdin
    if stdin is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError, ClientDisconnect):
        async for chunk in request.stream():
            stdin.write(chunk)
            await stdin.drain()
    stdin.close()


async def _head(process: asyncio.subprocess.Process) -> tuple[int, dict[str, str]]:
    """The CGI header."""
    status, headers = 200, dict[str, str]()
    while process.stdout is not None and (line := (await process.stdout.readline()).decode("latin-1").strip()):
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name.lower()] = value.strip()
    return status, headers


async def _tail(process: asyncio.subprocess.Process, feeding: "asyncio.Task[None]") -> AsyncIterator[bytes]:
    """The answer's body, and the end of the process however the reading ends."""
    try:
        while process.stdout is not None and (chunk := await process.stdout.read(CHUNK)):
            yield chunk
        await process.wait()
    finally:
        feeding.cancel()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _bytes(response: Response) -> AsyncIterator[bytes]:
    if isinstance(response, StreamingResponse):
        async for part in response.body_iterator:
            yield part.encode() if isinstance(part, str) else bytes(part)
    else:
        yield bytes(response.body)
