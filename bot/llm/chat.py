"""Chat Completions: the request from ready bytes, and the streamed or whole answer put together."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bot.domain.work import ToolCall
from bot.llm.wire import Dialect, Garbage, Heard, Sent, Tokens, clean, events, parsed


class _Function(Sent):
    name: str | None = None
    arguments: str | None = None


class _Call(Sent):
    index: int | None = None
    id: str | None = None
    function: _Function = _Function()


class _Message(Sent):
    content: str | None = None
    refusal: str | None = None
    tool_calls: tuple[_Call, ...] | None = None


class _Choice(Sent):
    delta: _Message | None = None
    message: _Message | None = None
    finish_reason: str | None = None


class _Details(Sent):
    cached_tokens: int | None = None


class _Usage(Sent):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Details | None = None


class _Fault(Sent):
    message: str | None = None


class _Chunk(Sent):
    choices: tuple[_Choice, ...] | None = None
    usage: _Usage | None = None
    error: _Fault | str | None = None


def body(model: str, messages: Sequence[bytes], tools: bytes, *, count: bool) -> bytes:
    """The request. Nothing is serialised again, so equal messages are equal bytes; `count` asks for usage."""
    head = b'{"model":%s,"stream":true,' % json.dumps(model).encode()
    usage = b'"stream_options":{"include_usage":true},' if count else b""
    offered = b'"tools":%s,' % tools if tools not in (b"", b"[]") else b""
    return b'%s%s%s"messages":[%s]}' % (head, usage, offered, b",".join(messages))


@dataclass(slots=True)
class _Partial:
    """A call of which fragments have come."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Answer:
    """What has come so far."""

    text: list[str] = field(default_factory=list)
    calls: dict[int, _Partial] = field(default_factory=dict)
    tokens: Tokens | None = None
    ended: bool = False

    def take(self, chunk: _Chunk) -> None:
        if chunk.error is not None:
            said = chunk.error if isinstance(chunk.error, str) else chunk.error.message
            raise Garbage(f"the server broke off: {said}")
        if chunk.usage is not None:
            details = chunk.usage.prompt_tokens_details
            cached = details.cached_tokens or 0 if details else 0
            self.tokens = Tokens(chunk.usage.prompt_tokens, chunk.usage.completion_tokens, cached)
        for choice in chunk.choices or ():
            self.ended = self.ended or choice.finish_reason is not None
            if message := choice.delta or choice.message:
                self._read(message)

    def _read(self, message: _Message) -> None:
        self.text += [part for part in (message.content, message.refusal) if part]
        for call in message.tool_calls or ():
            partial = self.calls.setdefault(self._place(call), _Partial())
            partial.id = partial.id or call.id or ""
            partial.name = partial.name or call.function.name or ""
            partial.arguments.append(call.function.arguments or "")

    def _place(self, call: _Call) -> int:
        """Which call a fragment belongs to; servers that don't number them begin each with its name."""
        if call.index is not None:
            return call.index
        return len(self.calls) if call.function.name or not self.calls else len(self.calls) - 1

    def heard(self) -> Heard:
        if not self.ended:
            raise Garbage("the stream was cut before the answer was complete")
        calls = (self.calls[index] for index in sorted(self.calls))
        made = tuple(ToolCall(id=clean(c.id), name=clean(c.name), arguments=clean("".join(c.arguments))) for c in calls)
        return Heard(clean("".join(self.text)), made, self.tokens)


async def read(chunks: AsyncIterator[bytes]) -> Heard:
    """The streamed answer. Raises Garbage when it is cut or not what the API promises."""
    answer = _Answer()
    async for data in events(chunks):
        if data.strip() == b"[DONE]":
            answer.ended = True
            break
        answer.take(parsed(_Chunk, data, "a chat completion"))
    return answer.heard()


def read_whole(data: bytes) -> Heard:
    """The answer of a server that doesn't stream."""
    answer = _Answer()
    chunk = parsed(_Chunk, data, "a chat completion")
    if not chunk.choices and chunk.error is None:
        raise Garbage("the answer has no choices")
    answer.take(chunk)
    answer.ended = True
    return answer.heard()


DIALECT = Dialect("/chat/completions", read, read_whole)
