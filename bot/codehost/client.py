"""githubkit under our own rules: one connection pool, no cache, no redirects of writes, and retries in this one place.

githubkit keeps an entered client in a context variable, so other tasks would not see it and build a new connection for
every call. All clients here share one transport instead, which they cannot close.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from bot.codehost.faults import Denied, Failure, Unknown, judge
from bot.ports import Forbidden, Trouble

if TYPE_CHECKING:
    import ssl

    import httpx
    from githubkit import GitHub
    from githubkit.auth import BaseAuthStrategy
    from githubkit.cache import BaseCacheStrategy

    Kit: TypeAlias = GitHub[BaseAuthStrategy]

T = TypeVar("T")

API_VERSION = "2022-11-28"
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
PAUSES = (0.2, 0.8)
"""Seconds before the second and the third attempt of a request that may be repeated."""

MAX_REDIRECTS = 3
READ_MOST = 64 * 1024 * 1024
"""Bytes of a log that are read to get to its end."""
KEY_ADVICE = "GITHUB_PRIVATE_KEY must be the App's RSA key: its PEM file, or its text with its line breaks."
MAX_PAGES = 50
PAGE = 100


class Shape(BaseModel):
    """What we read of an answer: frozen, everything else ignored, since servers of many ages answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` begins with / and is below the API's address, or is a whole address on the same server.
    `again` lets a POST be repeated that does no harm twice."""

    method: str
    path: str
    json: Mapping[str, JsonValue] | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)
    again: bool = False

    @property
    def doing(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"

    @property
    def repeatable(self) -> bool:
        return self.again or self.method in REPEATABLE


@dataclass(frozen=True, slots=True)
class Got:
    """A success: `data` is its JSON, None when it had no body; `following` is the address of the next page, where the
    server gives it instead of numbering pages."""

    status: int
    data: object
    following: str = ""


class _Lasting:
    """A transport that outlives the clients that use it."""

    def __init__(self, inner: "httpx.AsyncHTTPTransport") -> None:
        self.inner = inner

    async def handle_async_request(self, request: "httpx.Request") -> "httpx.Response":
        return await self.inner.handle_async_request(request)

    async def __aenter__(self) -> "_Lasting":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stays open."""

    async def aclose(self) -> None:
        """Stays open."""


class Client:
    """Speaks to one GitHub. `app_id` and `private_key` (PEM) are the App's; `timeout` is in seconds.
    `tls` may be a context that is made already: making one costs 40 ms."""

    def __init__(
        self,
        app_id: str,
        private_key: str,
        api_url: str,
        *,
        timeout: float = 20.0,
        tls: "ssl.SSLContext | bool" = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app_id, self.private_key, self.api_url, self.timeout = app_id, private_key, api_url.rstrip("/"), timeout
        self._tls, self._sleep = tls, sleep
        self._transport: _Lasting | None = None
        self._app: Kit | None = None

    async def app(self) -> "Kit":
        """The App itself, by its JWT. Raises Unknown when the private key is none."""
        # githubkit and httpx cost half a second to import: only a process that talks to GitHub pays.
        from githubkit.auth import AppAuthStrategy
        from githubkit.cache import MemCacheStrategy

        if self._app is None:
            # A loaded key instead of its text: else githubkit would load it for each JWT, 50 ms on the event loop.
            key = cast("str", await asyncio.to_thread(_load_key, self.private_key))
            # An own store: the default one is shared by the whole process and keyed by the App's id alone.
            self._app = self._open(AppAuthStrategy(self.app_id, key), MemCacheStrategy())
        return self._app

    def holder(self, token: str) -> "Kit":
        """Whoever holds this token."""
        from githubkit.auth import TokenAuthStrategy

        return self._open(TokenAuthStrategy(token))

    def _open(self, auth: "BaseAuthStrategy", cache: "BaseCacheStrategy | None" = None) -> "Kit":
        import httpx
        from githubkit import GitHub

        if self._transport is None:
            self._transport = _Lasting(httpx.AsyncHTTPTransport(verify=self._tls, retries=0))
        return GitHub(
            auth,
            base_url=self.api_url + "/",
            user_agent="maestro",
            follow_redirects=False,
            timeout=self.timeout,
            async_transport=cast(httpx.AsyncBaseTransport, self._transport),
            cache_strategy=cache,
            http_cache=False,
            auto_retry=False,
        )

    async def send(self, kit: "Kit", call: Call, strikes: int = 0) -> Got:
        """Send until it is answered for good. Raises Trouble, Limited or Denied. Writes are sent once."""
        for pause in (*PAUSES, None):
            try:
                return await self._follow(kit, call, strikes)
            except _Unsent as unsent:
                trouble: Trouble = unsent
            except Forbidden:
                raise
            except Trouble as error:
                if isinstance(error, Unknown) or not call.repeatable or (error.retry_in or 0.0) > 10.0:
                    raise
                trouble = error
            if pause is None:
                break
            await self._sleep(pause)
        raise trouble

    async def _follow(self, kit: "Kit", call: Call, strikes: int) -> Got:
        """Send, and go where a renamed repository went: reads anywhere below our API, writes only when the server
        says that method and body stay (307, 308). Another status means that the thing itself moved away."""
        path, params = call.path, dict(call.params)
        for _ in range(MAX_REDIRECTS + 1):
            got, location = await self._send(kit, Call(call.method, path, call.json, params, call.again), strikes)
            if got.status < 300:
                return got
            if not location.startswith(self.api_url + "/") or (call.method != "GET" and got.status not in (307, 308)):
                break
            path, params = location, {}
        what = f"{call.doing}: it was moved to another address"
        raise Denied(what, 301, "moved", "Transferred issues and repositories are not followed; ask there again.")

    async def _send(self, kit: "Kit", call: Call, strikes: int) -> tuple[Got, str]:
        from githubkit.exception import RequestError, RequestFailed

        headers = {"X-GitHub-Api-Version": API_VERSION}
        body = None if call.json is None else dict(call.json)
        try:
            response = await kit.arequest(
                call.method, call.path, params=call.params or None, json=body, headers=headers
            )
        except RequestFailed as failed:
            raise self._judge(call, failed.response.raw_response, strikes) from None
        except RequestError as error:
            raise self._unanswered(call, error.exc) from None
        except (ValueError, TypeError):
            # githubkit reads Retry-After and the message of a 403 without looking whether they can be read.
            raise Trouble(f"{call.doing}: GitHub's answer can't be read", retry_in=60.0) from None
        got = Got(response.status_code, _json(call, response.content), self._following(response.raw_response))
        return got, str(response.headers.get("location", ""))

    def _following(self, response: "httpx.Response") -> str:
        """Where the Link header says that the next page is, on the same server."""
        address = str(response.links.get("next", {}).get("url", ""))
        return address if address.startswith(self.api_url + "/") else ""

    async def text(self, kit: "Kit", call: Call, limit: int) -> str:
        """The end of a plain text that GitHub keeps elsewhere: it answers with a signed address, which gets no token of
        ours. At most `limit` bytes are kept, and READ_MOST are read. Raises like `send`."""
        import httpx
        from githubkit.exception import RequestError, RequestFailed

        try:
            response = await kit.arequest("GET", call.path, headers={"X-GitHub-Api-Version": API_VERSION})
        except RequestFailed as failed:
            raise self._judge(call, failed.response.raw_response, 0) from None
        except RequestError as error:
            raise self._unanswered(call, error.exc) from None
        location = str(response.headers.get("location", ""))
        if not location.startswith(("https://", self.api_url + "/")):
            return response.content[-limit:].decode(errors="replace")
        try:
            return (await self._elsewhere(location, limit)).decode(errors="replace")
        except httpx.HTTPError as error:
            raise self._unanswered(call, error) from None

    async def _elsewhere(self, location: str, limit: int) -> bytes:
        """The last `limit` bytes of what an address gives to anybody; none when it gives nothing."""
        import httpx

        kept, seen = b"", 0
        anybody = httpx.AsyncClient(verify=self._tls, timeout=self.timeout, trust_env=False)
        async with anybody, anybody.stream("GET", location) as answer:
            if not answer.is_success:
                return b""
            async for chunk in answer.aiter_bytes():
                kept, seen = (kept + chunk)[-limit:], seen + len(chunk)
                if seen > READ_MOST:
                    break
        return kept

    def _judge(self, call: Call, response: "httpx.Response", strikes: int) -> Trouble:
        headers = {name.lower(): value for name, value in response.headers.items()}
        failure = Failure(call.doing, response.status_code, _message(response.content), headers)
        return judge(failure, time.time(), strikes)

    def _unanswered(self, call: Call, error: Exception) -> Trouble:
        import httpx

        if isinstance(error, httpx.TransportError):
            what = f"GitHub gave no answer to {call.doing} ({type(error).__name__})"
            advice = f"Is GITHUB_API_URL ({self.api_url}) right, and can this machine reach it?"
            unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            return (
                _Unsent(what, retry_in=10.0, advice=advice) if unsent else Trouble(what, retry_in=10.0, advice=advice)
            )
        if isinstance(error, httpx.InvalidURL | httpx.HTTPError):
            return Forbidden(f"{call.doing} can't be asked: {error}", "Look at GITHUB_API_URL.")
        return Unknown(f"{call.doing} can't be signed ({type(error).__name__})", retry_in=300.0, advice=KEY_ADVICE)

    async def close(self) -> None:
        if self._transport is not None:
            await self._transport.inner.aclose()
            self._transport = None
        self._app = None


@lru_cache(maxsize=2)
def _load_key(pem: str) -> object:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        what = f"the App's private key can't be read: {str(error)[:120]}"
        raise Unknown(what, retry_in=300.0, advice=KEY_ADVICE) from None


class _Unsent(Trouble):
    """Nothing left this machine: any request may be repeated."""


async def pages(send: Callable[[Call], Awaitable[Got]], call: Call, item: type[T], key: str = "") -> list[T]:
    """All items of a paged list, at most MAX_PAGES × PAGE. `key` names the list inside the answer."""
    found: list[T] = []
    for page in range(1, MAX_PAGES + 1):
        got = await send(Call(call.method, call.path, None, {**call.params, "per_page": PAGE, "page": page}))
        data = cast("dict[str, object]", got.data).get(key) if key and isinstance(got.data, dict) else got.data
        items = read(list[item], data, call.doing)  # type: ignore[valid-type]
        found += items
        if len(items) < PAGE:
            break
    return found


def read(shape: type[T], data: object, doing: str) -> T:
    """An answer's JSON as a value. Raises Trouble when the server answered something else."""
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Trouble(f"{doing}: GitHub's answer has an unexpected form (at {where or 'its beginning'})") from None


def _json(call: Call, content: bytes) -> object:
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        advice = "Is GITHUB_API_URL the API's address, and not that of the web pages or a proxy?"
        raise Trouble(f"{call.doing}: the answer is not JSON", retry_in=10.0, advice=advice) from None


def _message(content: bytes) -> str:
    """GitHub's own words in an error: the message and what it says of each field."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(data, dict):
        return ""
    said = [str(data.get("message") or "")]
    errors = data.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            said.append(str(error.get("message") or f"{error.get('field', '')} {error.get('code', '')}".strip()))
        elif isinstance(error, str):
            said.append(error)
    return ": ".join(part for part in said if part)[:500]
