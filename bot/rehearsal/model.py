"""A scripted model behind an OpenAI-compatible server: Chat Completions and Responses, whole or streamed.

It plays a policy (a `Script`, or any function of the conversation), keeps every request byte for byte,
reads as strictly as the real service, and fails on demand.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from bot.rehearsal.model_read import read_chat, read_responses
from bot.rehearsal.model_write import Answer, Usage, chat, chat_stream, responses, responses_stream
from bot.rehearsal.script import Call, Policy, Prompt, Reply, position, reply_of
from bot.rehearsal.wire import Fields, Refused, answer, drop, encode, parse

EPOCH = 1_700_000_000
"""Answers carry a fixed time: the same conversation gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Overloaded:
    """429, with Retry-After in seconds when given."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Failing:
    """A server error."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Cut:
    """The stream ends after so many events without its end; an unstreamed answer is cut at half."""

    after: int = 2


@dataclass(frozen=True, slots=True)
class Stalled:
    """Nothing for so many seconds, then the answer."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Garbage:
    """200 with something that is no JSON."""


@dataclass(frozen=True, slots=True)
class Empty:
    """An answer with neither words nor calls."""


Fault: TypeAlias = Overloaded | Failing | Cut | Stalled | Garbage | Empty


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came, and what was answered; `reply` None means that a fault or refusal did."""

    path: str
    raw: bytes
    prompt: Prompt | None
    reply: Reply | None


class ScriptedModel:
    """An ASGI application. `api_key` None takes any key; `pace` is a pause before each answer, in seconds."""

    def __init__(
        self,
        policy: Policy,
        *,
        name: str = "scripted",
        api_key: str | None = None,
        pace: float = 0,
        record: bool = True,
    ) -> None:
        self.policy, self.name, self.api_key, self.pace, self.record = policy, name, api_key, pace, record
        self.asked: list[Asked] = []
        self._faults: deque[Fault] = deque()
        self._count = 0
        self._previous = b""
        posts = ("/v1/chat/completions", "/v1/responses")
        reads = (self._chat, self._responses)
        routes = [Route(path, endpoint, methods=["POST"]) for path, endpoint in zip(posts, reads, strict=True)]
        self._router = Router([*routes, Route("/v1/models", self._models)])

    def fail_next(self, *faults: Fault) -> None:
        """The next requests meet these faults, one each."""
        self._faults.extend(faults)

    @property
    def requests(self) -> list[bytes]:
        """The bodies of all requests."""
        return [one.raw for one in self.asked]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._router({**scope, "hang_up": send}, receive, send)

    async def _models(self, request: Request) -> Response:
        return self._guarded(request) or answer({"object": "list", "data": [self._card()]})

    def _card(self) -> dict[str, str | int]:
        return {"id": self.name, "object": "model", "created": EPOCH, "owned_by": "rehearsal"}

    def _guarded(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "")
        if not given.startswith("Bearer ") or (self.api_key is not None and given != f"Bearer {self.api_key}"):
            return error(401, "Incorrect API key provided.", "invalid_api_key")
        return None

    async def _chat(self, request: Request) -> Response:
        return self._guarded(request) or await self._answer(request, is_chat=True)

    async def _responses(self, request: Request) -> Response:
        return self._guarded(request) or await self._answer(request, is_chat=False)

    async def _answer(self, request: Request, is_chat: bool) -> Response:
        raw = await request.body()
        fault = self._faults.popleft() if self._faults else None
        try:
            body = Fields("request", parse(raw))
            prompt = read_chat(body, raw) if is_chat else read_responses(body, raw)
        except Refused as refused:
            self._note(request, raw, None, None)
            details = encode(refused.errors).decode() if refused.errors else ""
            return error(400, f"{refused.message} {details}".strip())
        if isinstance(fault, (Overloaded, Failing, Garbage)):
            self._note(request, raw, prompt, None)
            return failed(fault)
        await asyncio.sleep(self.pace + (fault.seconds if isinstance(fault, Stalled) else 0))
        try:
            reply = () if isinstance(fault, Empty) else self._named(prompt, reply_of(self.policy(prompt)))
        except Refused as refused:
            self._note(request, raw, prompt, None)
            return error(400, refused.message)
        usage = self._usage(raw, reply)
        self._note(request, raw, prompt, reply)
        made = Answer(f"{'chat' if is_chat else 'resp'}_{self._count:06d}", prompt.model, EPOCH, reply, usage)
        return _render(body, made, is_chat, fault)

    def _note(self, request: Request, raw: bytes, prompt: Prompt | None, reply: Reply | None) -> None:
        self._count += 1
        self._previous = raw
        if self.record:
            self.asked.append(Asked(request.url.path, raw, prompt, reply))

    def _named(self, prompt: Prompt, reply: Reply) -> Reply:
        """Calls get ids that are unique and tell the turn."""
        turn = position(prompt)
        return tuple(
            replace(one, id=f"call_t{turn}_{self._count}_{index}") if isinstance(one, Call) and one.id is None else one
            for index, one in enumerate(reply)
        )

    def _usage(self, raw: bytes, reply: Reply) -> Usage:
        """Four characters a token; what a request shares with the one before is cached."""
        shared = shared_prefix(self._previous, raw)
        written = sum(len(one.arguments) + len(one.name) if isinstance(one, Call) else len(one.text) for one in reply)
        return Usage(len(raw) // 4 + 1, shared // 4, written // 4 + 1)


def shared_prefix(one: bytes, other: bytes) -> int:
    """How many bytes two requests have in common from the start, found by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def error(status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None) -> Response:
    """An error in the service's shape."""
    kind = "invalid_request_error" if status < 500 and status != 429 else "server_error"
    return answer({"error": {"message": message, "type": kind, "param": None, "code": code}}, status, headers)


def failed(fault: Overloaded | Failing | Garbage) -> Response:
    """The answer of a fault that needs no reply."""
    match fault:
        case Overloaded(retry_after=None):
            return error(429, "Rate limit reached.", "rate_limit_exceeded")
        case Overloaded(retry_after=seconds):
            return error(429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after": str(seconds)})
        case Failing(status=status):
            return error(status, "The server had an error while processing your request.")
        case Garbage():
            return Response(b'{"id": "chat', 200, media_type="application/json")


def _render(body: Fields, made: Answer, is_chat: bool, fault: Fault | None) -> Response:
    if not body.flag("stream"):
        whole = encode(chat(made) if is_chat else responses(made))
        if isinstance(fault, Cut):
            return CutStream([whole[: len(whole) // 2]])
        return Response(whole, media_type="application/json")
    options = body.object("stream_options")
    with_usage = options is not None and options.flag("include_usage")
    events = chat_stream(made, with_usage) if is_chat else responses_stream(made)
    if isinstance(fault, Cut):
        return CutStream(_first(events, fault.after))
    return Stream(events)


def _first(events: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _, event in zip(range(count), events, strict=False):
        yield event


class Stream(Response):
    """Server-sent events, each sent on its own."""

    media_type = "text/event-stream"
    cut = False

    def __init__(self, events: Iterable[bytes]) -> None:
        self.status_code, self.background, self._events = 200, None, events
        self.init_headers({"cache-control": "no-cache"})

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for event in self._events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        if self.cut:
            # Let what was written leave before the connection goes.
            await asyncio.sleep(0.01)
            await drop(scope["hang_up"])
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class CutStream(Stream):
    """The same, broken off."""

    cut = True


class InstantModel:
    """For measurements: answers without parsing. It proposes a plan once, when that is on offer, then makes its step
    `steps` times and finishes. Steps are counted by their ids, which stand in a request twice (call and result).
    """

    def __init__(self, plan: Call, step: Call, finish: Call, steps: int) -> None:
        self._plan, self._step, self._finish, self._steps = plan, step, finish, steps
        self._made = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        raw = await request.body()
        self._made += 1
        working = self._step if raw.count(b"call_t1_") // 2 < self._steps else self._finish
        planning = b'"propose_plan"' in raw and b"call_t0_" not in raw
        one = replace(self._plan if planning else working, id=f"call_t{0 if planning else 1}_{self._made}_0")
        made = Answer(f"chat_{self._made:08d}", "instant", EPOCH, (one,), Usage(len(raw) // 4, 0, 8))
        is_chat = scope["path"].endswith("/chat/completions")
        streamed = b'"stream":true' in raw or b'"stream": true' in raw
        if streamed:
            events = chat_stream(made, True) if is_chat else responses_stream(made)
            await Response(b"".join(events), media_type="text/event-stream")(scope, receive, send)
        else:
            whole = encode(chat(made) if is_chat else responses(made))
            await Response(whole, media_type="application/json")(scope, receive, send)
