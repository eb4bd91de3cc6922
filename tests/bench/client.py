"""A client that costs little: signed deliveries over connections that are kept, answers counted and timed."""

import asyncio
import functools
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

GOLDEN = Path(__file__).parent.parent / "golden" / "github" / "issue_comment.created.json"


@dataclass(frozen=True, slots=True)
class Load:
    """What a round gave: `seconds` in all, `waits` for each answer, how many answers were no 2xx."""

    seconds: float
    waits: Sequence[float]
    refused: int

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which so many of a hundred came."""
        return sorted(self.waits)[min(int(len(self.waits) * share / 100), len(self.waits) - 1)]


@functools.cache
def _template() -> tuple[bytes, bytes]:
    payload = json.loads(GOLDEN.read_bytes())
    payload["comment"]["id"] = 424242424242
    payload["comment"]["body"] = "Just a remark."
    before, _, after = json.dumps(payload).encode().partition(b"424242424242")
    return before, after


def delivery(path: str, secret: bytes, name: str, size: int = 0) -> bytes:
    """One request, distinct by `name`; padded to about `size` bytes with small objects, the dearest to parse."""
    before, after = _template()
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
    body = b"%s%d%s" % (before, number, after)
    if size > len(body):
        padding = b'{"a":1,"b":"text"},' * ((size - len(body)) // 19)
        body = b'%s,"padding":[%s0]}' % (body[:-1], padding)
    signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-github-event: issue_comment\r\nx-github-delivery: {number:012x}\r\nx-hub-signature-256: sha256={signature}"
    )
    return head.encode() + b"\r\n\r\n" + body


class Caller(asyncio.Protocol):
    """One connection: the next delivery leaves when the last one was answered."""

    def __init__(self, requests: Iterator[bytes], waits: list[float], refused: list[bytes]) -> None:
        self.requests, self.waits, self.refused = requests, waits, refused
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's are no subclass of it
        self._next()

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if complete(self._answer):
            self.waits.append(time.perf_counter() - self._sent)
            if self._answer[9:10] != b"2":
                self.refused.append(self._answer)
            self._answer = b""
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def complete(answer: bytes) -> bool:
    """Whether a whole answer is there."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    _, told, rest = head.lower().partition(b"content-length:")
    if told:
        return len(body) >= int(rest.partition(b"\r\n")[0])
    return body.endswith(b"0\r\n\r\n")


async def load(port: int, requests: Sequence[bytes], callers: int) -> Load:
    """All requests over `callers` connections."""
    loop, waits, refused = asyncio.get_running_loop(), list[float](), list[bytes]()
    left = iter(requests)
    began = time.perf_counter()
    made = [loop.create_connection(lambda: Caller(left, waits, refused), "127.0.0.1", port) for _ in range(callers)]
    protocols = [protocol for _, protocol in await asyncio.gather(*made)]
    await asyncio.gather(*(protocol.done for protocol in protocols))
    return Load(time.perf_counter() - began, waits, len(refused))


async def post(port: int, request: bytes) -> bytes:
    """One request over a connection of its own; the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    answer = b""
    while not complete(answer):
        part = await reader.read(65536)
        if not part:
            break
        answer += part
    writer.close()
    return answer
