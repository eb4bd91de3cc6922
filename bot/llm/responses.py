"""The Responses API: chat messages become input items (each once, then kept), and the stream becomes the same answer.

Nothing is left on the server (`store` false): what the model reads is always the whole transcript.
"""

import functools
import json
from collections.abc import AsyncIterator, Mapping, Sequence

from bot.domain.work import ToolCall
from bot.llm.wire import Dialect, Garbage, Heard, Sent, Tokens, clean, events, parsed


class _Function(Sent):
    name: str
    arguments: str = ""
    description: str = ""
    parameters: Mapping[str, object] = {}


class _Call(Sent):
    id: str = ""
    function: _Function


class _Message(Sent):
    role: str
    content: str | None = None
    tool_call_id: str = ""
    tool_calls: tuple[_Call, ...] = ()


class _Text(Sent):
    type: str
    text: str | None = None
    refusal: str | None = None


class _Item(Sent):
    type: str
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    content: tuple[_Text, ...] | None = None


class _Details(Sent):
    cached_tokens: int | None = None


class _Usage(Sent):
    input_tokens: int = 0
    output_tokens: int = 0
    input_tokens_details: _Details | None = None


class _Fault(Sent):
    message: str | None = None


class _Response(Sent):
    output: tuple[_Item, ...] = ()
    usage: _Usage | None = None
    error: _Fault | None = None


class _Event(Sent):
    type: str = ""
    response: _Response | None = None
    item: _Item | None = None
    message: str | None = None
    error: _Fault | None = None


def body(model: str, messages: Sequence[bytes], tools: bytes) -> bytes:
    """The request, from Chat Completions messages and tools."""
    head = b'{"model":%s,"stream":true,"store":false,' % json.dumps(model).encode()
    offered = b'"tools":%s,' % _tools(tools) if tools not in (b"", b"[]") else b""
    return b'%s%s"input":[%s]}' % (head, offered, b",".join(_items(message) for message in messages))


@functools.lru_cache(maxsize=8192)
def _items(message: bytes) -> bytes:
    """The input items of one chat message, joined by commas."""
    m = _Message.model_validate_json(message)
    if m.role == "tool":
        return _json({"type": "function_call_output", "call_id": m.tool_call_id, "output": m.content or ""})
    said = [_json({"role": m.role, "content": m.content})] if m.content else []
    calls = [
        _json({"type": "function_call", "call_id": c.id, "name": c.function.name, "arguments": c.function.arguments})
        for c in m.tool_calls
    ]
    return b",".join(said + calls)


@functools.lru_cache(maxsize=64)
def _tools(tools: bytes) -> bytes:
    """The tool list as this API writes it: flat."""
    return _json([{"type": "function", **tool["function"]} for tool in json.loads(tools)])


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


async def read(chunks: AsyncIterator[bytes]) -> Heard:
    """The streamed answer: the items as they are completed, and the usage of the last event."""
    items: list[_Item] = []
    async for data in events(chunks):
        if data.strip() == b"[DONE]":
            break
        event = parsed(_Event, data, "a response event")
        if event.type == "response.output_item.done" and event.item:
            items.append(event.item)
        if event.type in ("response.completed", "response.incomplete") and event.response:
            return _heard(event.response.output or tuple(items), event.response.usage)
        if event.type in ("error", "response.failed"):
            raise Garbage(f"the server broke off: {_complaint(event)}")
    raise Garbage("the stream was cut before the answer was complete")


def read_whole(data: bytes) -> Heard:
    """The answer of a server that doesn't stream."""
    response = parsed(_Response, data, "a response")
    if response.error is not None or not response.output:
        raise Garbage(f"the server broke off: {response.error.message if response.error else 'no output'}")
    return _heard(response.output, response.usage)


def _heard(items: Sequence[_Item], usage: _Usage | None) -> Heard:
    texts = [part.text or part.refusal or "" for item in items if item.type == "message" for part in item.content or ()]
    calls = tuple(
        ToolCall(id=clean(item.call_id or ""), name=clean(item.name or ""), arguments=clean(item.arguments or ""))
        for item in items
        if item.type == "function_call"
    )
    if usage is None:
        return Heard(clean("".join(texts)), calls, None)
    cached = usage.input_tokens_details.cached_tokens or 0 if usage.input_tokens_details else 0
    return Heard(clean("".join(texts)), calls, Tokens(usage.input_tokens, usage.output_tokens, cached))


def _complaint(event: _Event) -> str:
    fault = event.error or (event.response.error if event.response else None)
    return event.message or (fault.message if fault else None) or "without a reason"


DIALECT = Dialect("/responses", read, read_whole)
