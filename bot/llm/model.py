"""Any OpenAI-compatible server as a `Model`: one request from ready bytes, one retry layer, clear troubles."""

import asyncio
import contextlib
import functools
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Literal

from bot.domain.work import Usage
from bot.llm import chat, responses
from bot.llm.faults import Fault, of_status, told
from bot.llm.prices import Price, price_of, priced
from bot.llm.wire import Garbage, Heard, Tokens, drain, whole
from bot.ports import Reply, Request, Trouble

if TYPE_CHECKING:
    # Only for the type checker: importing it costs a second, which a process without a session shouldn't pay.
    from httpx2 import Response
    from openai import AsyncOpenAI, AsyncStream

PUBLIC = "https://api.openai.com/v1"

TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds that we wait within a call; a server that wants more is left alone that long by the engine."""

LATER = 30.0
"""Seconds after which the engine may try again, when all tries failed."""

SILENCE = 300.0
"""Seconds without a byte after which an answer counts as lost; models may think for long."""

CHARS_PER_TOKEN = 4


class OpenAIModel:
    """`silence` in seconds; `sleep` is waiting, for tests. Made cheaply: the SDK is loaded by the first call."""

    def __init__(
        self,
        name: str,
        *,
        key: str,
        base_url: str | None = None,
        api: Literal["chat", "responses"] = "chat",
        price: Price | None = None,
        tries: int = TRIES,
        silence: float = SILENCE,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._key = key.strip()
        self._base_url = base_url or PUBLIC
        self._api = api
        self._dialect = responses.DIALECT if api == "responses" else chat.DIALECT
        self._price = price or price_of(name)
        self._tries, self._silence, self._sleep = tries, silence, sleep
        self._count = True
        self._made: AsyncOpenAI | None = None

    @property
    def name(self) -> str:
        return self._name

    async def reply(self, request: Request) -> Reply:
        """Ask, at most `tries` times. Raises Trouble: `retry_in` None when only a person can mend it."""
        if self._made is None:
            await asyncio.to_thread(_load)
        for attempt in range(1, self._tries + 1):
            try:
                heard = await self._attempt(self._body(request))
                return Reply(heard.text, heard.calls, self._usage(heard, request))
            except Fault as fault:
                if not fault.again:
                    raise Trouble(fault.what, retry_in=None, advice=fault.advice) from fault
                wait = fault.after if fault.after is not None else random.uniform(0.8, 1.2) * 2.0 ** (attempt - 1)
                if attempt == self._tries or wait > LONGEST_WAIT:
                    tried = f" Tried {attempt} times." if attempt > 1 else ""
                    raise Trouble(fault.what + tried, retry_in=max(wait, LATER)) from fault
                await self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        """Give the connections back; the model can be used again afterwards."""
        client, self._made = self._made, None
        if client is not None:
            await client.close()

    def _body(self, request: Request) -> bytes:
        if self._api == "responses":
            return responses.body(self._name, request.messages, request.tools)
        return chat.body(self._name, request.messages, request.tools, count=self._count)

    async def _attempt(self, body: bytes) -> Heard:
        """One call. Every way it can fail becomes a Fault."""
        # Loaded by the first call: importing it costs a second of processor time.
        import httpx2
        import openai

        try:
            return await self._call(body)
        except openai.APIStatusError as error:
            raise self._refusal(error.status_code, error.code, error.message, error.response.headers) from error
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise Fault(f"The model server did not answer for {self._silence:g} s.", again=True) from error
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            said = told(str(error.__cause__ or error), self._key)
            raise Fault(f"The model server can't be reached or broke off: {said}", again=True) from error
        except Garbage as garbage:
            said = told(str(garbage), self._key)
            raise Fault(f"The model server's answer could not be read: {said}.", again=True) from garbage

    async def _call(self, body: bytes) -> Heard:
        """The SDK sends, authenticates and raises for statuses; the body is ours, byte for byte."""
        import httpx2

        stream = await self._client().post(
            self._dialect.path,
            content=body,
            cast_to=object,
            stream=True,
            stream_cls=_unread(),
            options={"headers": {"Content-Type": "application/json"}},
        )
        async with stream:
            chunks = stream.response.aiter_bytes()
            if "event-stream" in stream.response.headers.get("content-type", "event-stream"):
                heard = await self._dialect.read(chunks)
                with contextlib.suppress(httpx2.HTTPError):  # the answer is complete; what breaks now doesn't matter
                    await drain(chunks)
                return heard
            return self._dialect.read_whole(await whole(chunks))

    def _refusal(self, status: int, code: str | None, said: str, headers: Mapping[str, str]) -> Fault:
        said = said.partition(" - ")[2]  # the SDK puts the status before the server's own words
        if status == 400 and self._count and "stream_options" in said:
            # An older server: ask without, and estimate the usage from now on.
            self._count = False
            return Fault("The model server does not count tokens.", again=True, after=0.0)
        return of_status(status, code, told(said, self._key), headers.get("retry-after"), self._name)

    def _client(self) -> "AsyncOpenAI":
        import openai

        if self._made is None:
            key = self._key.encode("ascii", "replace").decode() or "none"
            timeout = openai.Timeout(self._silence, connect=min(10.0, self._silence))
            self._made = openai.AsyncOpenAI(api_key=key, base_url=self._base_url, max_retries=0, timeout=timeout)
        return self._made

    def _usage(self, heard: Heard, request: Request) -> Usage:
        """As the server counted, or estimated from the length."""
        tokens = heard.tokens
        if tokens is None:
            sent = sum(map(len, request.messages)) + len(request.tools)
            came = len(heard.text) + sum(len(call.name) + len(call.arguments) for call in heard.calls)
            tokens = Tokens(sent // CHARS_PER_TOKEN, came // CHARS_PER_TOKEN, 0)
        return priced(self._price, tokens.input, tokens.output, tokens.cached)


def _load() -> None:
    """Load the SDK aside, by the first call: it takes a second, in which nobody else should have to wait."""
    import httpx2  # noqa: F401
    import openai  # noqa: F401


@functools.cache
def _unread() -> "type[AsyncStream[object]]":
    """A stream of the SDK that doesn't prepare to read itself: it would refer to itself, and so keep every request's
    bytes in memory until the garbage collector comes by."""
    import openai

    class Unread(openai.AsyncStream[object]):
        def __init__(self, *, response: "Response", **_: object) -> None:
            self.response = response

    return Unread
