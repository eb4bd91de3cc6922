"""Replies written in both wire formats, whole or as the pieces of a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bot.rehearsal.script import Call, Reply, Say
from bot.rehearsal.wire import Json, encode

PIECE = 12
"""Characters in a streamed piece: small enough that every argument is cut somewhere awkward."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, four characters each."""

    prompt: int
    cached: int
    completion: int

    def chat(self) -> dict[str, Json]:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    def responses(self) -> dict[str, Json]:
        return {
            "input_tokens": self.prompt,
            "input_tokens_details": {"cached_tokens": self.cached},
            "output_tokens": self.completion,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.prompt + self.completion,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply with everything that the wire adds: ids, model, time (Unix seconds), usage."""

    id: str
    model: str
    created: int
    reply: Reply
    usage: Usage

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.reply if isinstance(one, Say))

    @property
    def calls(self) -> list[Call]:
        return [one for one in self.reply if isinstance(one, Call)]


def pieces(text: str) -> Iterator[str]:
    """A text in small pieces."""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def sse(value: Json, event: str | None = None) -> bytes:
    """One server-sent event."""
    name = f"event: {event}\n".encode() if event else b""
    return name + b"data: " + encode(value) + b"\n\n"


def _function(one: Call) -> dict[str, Json]:
    return {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.arguments}}


def chat(answer: Answer) -> dict[str, Json]:
    """A `chat.completion`."""
    message: dict[str, Json] = {"role": "assistant", "content": answer.text or None, "refusal": None}
    if answer.calls:
        message["tool_calls"] = [_function(one) for one in answer.calls]
    finish = "tool_calls" if answer.calls else "stop"
    return {
        "id": answer.id,
        "object": "chat.completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": answer.usage.chat(),
    }


def chat_stream(answer: Answer, with_usage: bool) -> Iterator[bytes]:
    """The same as `chat.completion.chunk` events. When usage was asked for, every chunk has the key."""

    def chunk(delta: Json, finish: str | None = None) -> bytes:
        choices: Json = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        return sse(base | {"choices": choices} | ({"usage": None} if with_usage else {}))

    base: dict[str, Json] = {
        "id": answer.id,
        "object": "chat.completion.chunk",
        "created": answer.created,
        "model": answer.model,
    }
    yield chunk({"role": "assistant", "content": "" if answer.text else None, "refusal": None})
    for part in pieces(answer.text):
        yield chunk({"content": part})
    for index, one in enumerate(answer.calls):
        start: dict[str, Json] = {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": ""}}
        yield chunk({"tool_calls": [start | {"index": index}]})
        for part in pieces(one.arguments):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    yield chunk({}, "tool_calls" if answer.calls else "stop")
    if with_usage:
        yield sse(base | {"choices": [], "usage": answer.usage.chat()})
    yield b"data: [DONE]\n\n"


def _items(answer: Answer) -> list[dict[str, Json]]:
    items: list[dict[str, Json]] = []
    for index, one in enumerate(answer.reply):
        if isinstance(one, Say):
            part: Json = {"type": "output_text", "text": one.text, "annotations": [], "logprobs": []}
            shown: dict[str, Json] = {"type": "message", "role": "assistant", "content": [part]}
        else:
            shown = {"type": "function_call", "call_id": one.id, "name": one.name, "arguments": one.arguments}
        items.append({"id": f"item_{answer.id[5:]}_{index}", "status": "completed", **shown})
    return items


def responses(answer: Answer, status: str = "completed") -> dict[str, Json]:
    """A `response`."""
    done = status == "completed"
    empty: dict[str, Json] = dict.fromkeys(("error", "incomplete_details", "instructions", "metadata", "top_p"))
    return {
        "id": answer.id,
        "object": "response",
        "created_at": answer.created,
        "status": status,
        "model": answer.model,
        "output": _items(answer) if done else [],
        "usage": answer.usage.responses() if done else None,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        **empty,
    }


def responses_stream(answer: Answer) -> Iterator[bytes]:
    """The same as numbered events."""
    numbers = iter(range(1_000_000))

    def event(kind: str, **more: Json) -> bytes:
        return sse({"type": kind, "sequence_number": next(numbers), **more}, kind)

    yield event("response.created", response=responses(answer, "in_progress"))
    yield event("response.in_progress", response=responses(answer, "in_progress"))
    for index, item in enumerate(_items(answer)):
        yield from _item_events(event, index, item, answer.reply[index])
    yield event("response.completed", response=responses(answer))


class Event(Protocol):
    """Writes one numbered event."""

    def __call__(self, kind: str, **more: Json) -> bytes: ...


def _item_events(event: Event, index: int, item: dict[str, Json], one: Call | Say) -> Iterator[bytes]:
    """The events of one output item."""
    blank: dict[str, Json] = {"content": []} if isinstance(one, Say) else {"arguments": ""}
    opened = item | blank | {"status": "in_progress"}
    yield event("response.output_item.added", output_index=index, item=opened)
    place: dict[str, Json] = {"item_id": item["id"], "output_index": index}
    if isinstance(one, Call):
        for part in pieces(one.arguments):
            yield event("response.function_call_arguments.delta", delta=part, **place)
        done = "response.function_call_arguments.done"
        yield event(done, arguments=one.arguments, name=one.name, **place)
    else:
        place["content_index"] = 0
        frame: dict[str, Json] = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        yield event("response.content_part.added", part=frame, **place)
        for part in pieces(one.text):
            yield event("response.output_text.delta", delta=part, logprobs=[], **place)
        yield event("response.output_text.done", text=one.text, logprobs=[], **place)
        yield event("response.content_part.done", part=frame | {"text": one.text}, **place)
    yield event("response.output_item.done", output_index=index, item=item)
