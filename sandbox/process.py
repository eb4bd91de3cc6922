"""Running one host process on a sandbox's behalf: its output is capped while it is read, and its end is certain."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from sandbox.api import OnOutput

CHUNK = 1024 * 1024
PAUSE = 0.01
"""Seconds between two reads once a command has said more than is kept: a flood may cost us no more than that."""


class Tape:
    """The first and the last half of `limit` bytes of what is added; the bytes between are only counted."""

    def __init__(self, limit: int, on_output: OnOutput | None = None) -> None:
        self._half = max(1, limit // 2)
        self._on_output = on_output
        self._head = bytearray()
        self._tail = bytearray()
        self._seen = 0

    @property
    def full(self) -> bool:
        return self._seen > 2 * self._half

    def add(self, data: bytes) -> None:
        """`on_output` hears everything up to the limit, then nothing: who listens need not survive a flood."""
        if self._on_output is not None and not self.full:
            self._on_output(data[: 2 * self._half + 1 - self._seen])
        self._seen += len(data)
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:][-self._half :]
        if len(self._tail) > 4 * self._half:
            del self._tail[: -self._half]

    def say(self, line: str) -> None:
        """A last line of ours, kept whatever came before."""
        self.add(f"\nmaestro: {line}\n".encode())

    def cut(self) -> tuple[bytes, int]:
        """What is kept, with a line of ours where bytes are missing, and how many are missing."""
        tail = bytes(self._tail[-self._half :])
        dropped = self._seen - len(self._head) - len(tail)
        if not dropped:
            return bytes(self._head) + tail, 0
        return bytes(self._head) + f"\nmaestro: {dropped} bytes left out here\n".encode() + tail, dropped


class Intake:
    """Reads a pipe until its end on the event loop, no faster than somebody can bear. Owns the descriptor."""

    def __init__(self, fd: int, take: Callable[[bytes], None], is_full: Callable[[], bool] = lambda: False) -> None:
        self._fd, self._take, self._is_full = fd, take, is_full
        self._loop = asyncio.get_running_loop()
        self._resume: asyncio.TimerHandle | None = None
        self.ended = asyncio.Event()
        os.set_blocking(fd, False)
        self._loop.add_reader(fd, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return
        if not data:
            self.close()
            return
        self._take(data)
        if self._is_full() and not self.ended.is_set():
            self._loop.remove_reader(self._fd)
            self._resume = self._loop.call_later(PAUSE, self._loop.add_reader, self._fd, self._read)

    def close(self) -> None:
        """Stop reading. May be called twice."""
        if self.ended.is_set():
            return
        if self._resume is not None:
            self._resume.cancel()
        self._loop.remove_reader(self._fd)
        os.close(self._fd)
        self.ended.set()


async def gone(pidfd: int, timeout: float) -> bool:
    """Wait until the process behind a pidfd has ended, at most `timeout` seconds. Does not close the descriptor."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(pidfd, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), timeout)
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(pidfd)
    return True


async def capture(
    argv: list[str], *, env: dict[str, str], timeout: float = 20.0, folder: Path = Path("/")
) -> tuple[int, str]:
    """Run a short trusted host program; its exit code (-1: not there or too slow) and what it said, both streams."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=env,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        return -1, str(error)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        process.kill()
        await process.wait()
        return -1, f"no answer within {timeout:g} s"
    return process.returncode if process.returncode is not None else -1, said.decode(errors="replace")
