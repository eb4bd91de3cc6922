"""What both APIs have in common on the wire: server-sent events, narrow models of them, and a complete answer.

Unknown fields are ignored everywhere; what we read must have the right type, else the answer is garbage.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.work import ToolCall, as_json

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of one answer on the wire; a longer one is not worth reading."""


NEAR = 0.5
"""Seconds in which a stream should end after its last event."""


class Garbage(Exception):
    """The server answered, but not with what the API promises; trying again may help."""


class Sent(BaseModel):
    """A part of what a server sent: fields that we don't know are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the server counted."""

    input: int
    output: int
    cached: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A complete answer; `tokens` is None when the server didn't count."""

    text: str
    calls: tuple[ToolCall, ...]
    tokens: Tokens | None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one API answers: where it is asked, and how its streamed or whole answer is read."""

    path: str
    read: Callable[[AsyncIterator[bytes]], Awaitable[Heard]]
    read_whole: Callable[[bytes], Heard]


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of each server-sent event, until the stream ends. Raises Garbage when it is endless.

    Lines end with LF or CR LF only: text may hold every other character that Python takes for a line's end.
    """
    data: list[bytes] = []
    async for line in _lines(chunks):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data.clear()
    if data:
        yield b"\n".join(data)


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    room = MAX_ANSWER
    begun: list[bytes] = []
    async for chunk in chunks:
        room -= len(chunk)
        if room < 0:
            raise Garbage(f"the answer is longer than {MAX_ANSWER} bytes")
        first, *rest = chunk.split(b"\n")
        begun.append(first)
        for part in rest:
            yield b"".join(begun).removesuffix(b"\r")
            begun = [part]
    yield b"".join(begun)


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    """All that comes. Raises Garbage when it is endless."""
    data = bytearray()
    async for chunk in chunks:
        data += chunk
        if len(data) > MAX_ANSWER:
            raise Garbage(f"the answer is longer than {MAX_ANSWER} bytes")
    return bytes(data)


async def drain(chunks: AsyncIterator[bytes]) -> None:
    """Read on to the end, which should be near: only then can the connection be used again."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(NEAR):
            async for _ in chunks:
                pass


S = TypeVar("S", bound=Sent)


def parsed(kind: type[S], data: bytes, what: str) -> S:
    """What a server sent, read as `kind`. Raises Garbage: it is not `what` it should be."""
    try:
        return kind.model_validate_json(_mended(data) if b"\\ud" in data.lower() else data)
    except ValidationError as error:
        raise Garbage(f"not {what}: {error.errors(include_url=False)[0]['msg']}") from error


def _mended(data: bytes) -> bytes:
    """The same JSON without lone surrogates, which Python's own reader lets pass and pydantic's doesn't."""
    try:
        return as_json(json.loads(data)).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return data


def clean(text: str) -> str:
    """Without null characters, which not every store takes."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
