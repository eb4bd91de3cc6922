"""Searching texts by a pattern that nobody vouches for.

A regular expression can take exponential time, so this file is also a program: it reads texts from its standard input,
matches line by line, and is killed when its time is up. It imports nothing but the standard library and has an empty
environment.
"""

import asyncio
import contextlib
import dataclasses
import json
import os
import re
import resource
import signal
import struct
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_FRAME = struct.Struct(">II")
_SHOWN = 300
"""Characters of a matching line that are shown."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: plain text, or with `regex` an expression of Python's `re`. `limit` counts matching lines,
    `seconds` is the longest time it may take."""

    pattern: str
    regex: bool = False
    ignore_case: bool = False
    whole_word: bool = False
    limit: int = 200
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One matching line: `line` counts from 1, `text` is cut around the match."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """What was found. `stopped` says why not everything was looked at; None when everything was."""

    hits: tuple[Hit, ...]
    stopped: str | None = None


async def search(query: Query, texts: AsyncIterator[list[tuple[str, bytes]]]) -> Search:
    """Match every line of the texts, given as batches of (path, contents), in a process of its own."""
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    program = (sys.executable, "-I", "-S", str(Path(__file__).resolve()))
    process = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe, stderr=null, env={}, cwd="/")
    try:
        async with asyncio.timeout(query.seconds + 5):
            out = await _converse(process, query, texts)
    except TimeoutError:
        return Search((), f"it took longer than {query.seconds:.0f} s")
    finally:
        if process.returncode is None:
            # Not process.kill(), which could reap it before asyncio does.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        await process.communicate()
    if not out:
        return Search((), "the pattern needs too much memory")
    answer = json.loads(out)
    return Search(tuple(Hit(*row) for row in answer["hits"]), answer["stopped"])


async def _converse(
    process: asyncio.subprocess.Process, query: Query, texts: AsyncIterator[list[tuple[str, bytes]]]
) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps(dataclasses.asdict(query)).encode() + b"\n")
        async for batch in texts:
            for path, text in batch:
                name = path.encode(errors="surrogateescape")
                process.stdin.write(_FRAME.pack(len(name), len(text)) + name + text)
            await process.stdin.drain()
    process.stdin.close()
    return await process.stdout.read()


class _Late(Exception):
    """The time is up."""


def _main() -> None:
    query = Query(**json.loads(sys.stdin.buffer.readline()))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, query.seconds)
    hits: list[tuple[str, int, str]] = []
    stopped = None
    try:
        for hit in _hits(query):
            hits.append(hit)
            if len(hits) == query.limit:
                stopped = f"there are {query.limit} matching lines or more"
                break
    except _Late:
        stopped = f"it took longer than {query.seconds:.0f} s"
    except (re.error, RecursionError, OverflowError) as error:
        stopped = f"the expression is not valid: {error}"
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(json.dumps({"hits": hits, "stopped": stopped}))


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Late


def _hits(query: Query) -> Iterator[tuple[str, int, str]]:
    text = query.pattern if query.regex else re.escape(query.pattern)
    text = rf"(?<!\w)(?:{text})(?!\w)" if query.whole_word else text
    expression = re.compile(text, re.IGNORECASE if query.ignore_case else 0)
    while frame := sys.stdin.buffer.read(_FRAME.size):
        name_size, size = _FRAME.unpack(frame)
        path = sys.stdin.buffer.read(name_size).decode(errors="surrogateescape")
        contents = sys.stdin.buffer.read(size)
        if b"\0" in contents[:8192]:
            continue
        for number, line in enumerate(contents.decode(errors="replace").split("\n"), start=1):
            if match := expression.search(line):
                start = max(0, match.start() - _SHOWN // 3)
                yield path, number, line[start : start + _SHOWN].rstrip("\r")


if __name__ == "__main__":
    _main()
