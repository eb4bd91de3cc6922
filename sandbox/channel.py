"""Our end of the channel to a sandbox's first process (`sandbox.supervisor`): one command at a time.

A command's output comes through a pipe that belongs to it alone and is read no faster than somebody can bear; its exit
code comes through the channel, which no command can reach. What a supervisor says is nevertheless taken for a
stranger's: in a container it is run by the image's own interpreter.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import policy
from sandbox.api import WORKSPACE, SandboxLost
from sandbox.launch import KILLED, UNABLE
from sandbox.process import Intake, Tape

PROGRAM = Path(__file__).parent / "supervisor.py"
INSIDE = "/run/maestro/supervisor.py"
FOLDER, NAME = "/run/channel", "supervisor.sock"
"""Where a container's first process finds the way to us."""

PIPE = 1024 * 1024
LONGEST = 4_096
"""Bytes of a supervisor's answer."""

GRACE = 8.0
"""Seconds in which a supervisor must have ended everything; then it is ended itself, from outside."""

STATE = 256 * 1024
"""Bytes that are read of what a shell script says of itself at its end."""


@dataclass(frozen=True, slots=True)
class Order:
    """One command. `env` is all of its environment; where `cwd` can't be entered, it starts in /workspace."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str = WORKSPACE

    def frame(self) -> bytes:
        said = {"argv": list(self.argv), "env": dict(self.env), "cwd": self.cwd, "fallback": WORKSPACE}
        return _framed(said)


@dataclass(slots=True)
class _Told:
    """What came through a script's own descriptor, up to a size."""

    data: bytearray = field(default_factory=bytearray)

    def add(self, data: bytes) -> None:
        self.data += data[: STATE - len(self.data)]


class Channel:
    """Owns the socket. `broken` tells that the sandbox must be ended from outside and begun anew."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock, self._loop = sock, asyncio.get_running_loop()
        self._text = b""
        self._answer: asyncio.Future[Mapping[str, Any]] = self._loop.create_future()
        self._stop: asyncio.Future[str] = self._loop.create_future()
        self.broken = False
        self._loop.add_reader(sock.fileno(), self._read)

    async def ready(self, seconds: float) -> None:
        """Wait for the supervisor's first word. Raises SandboxLost when it doesn't come."""
        try:
            await asyncio.wait_for(asyncio.shield(self._answer), seconds)
        except TimeoutError:
            raise SandboxLost("its first process does not answer") from None

    def stop(self, reason: str) -> None:
        """End the running command; `reason` becomes the last line of its output."""
        if not self._stop.done():
            self._stop.set_result(reason)

    def lose(self) -> None:
        """End the running command because the sandbox is being closed: `run` raises SandboxLost."""
        self._fail("the sandbox was closed under the command")

    async def run(self, order: Order, timeout: float, tape: Tape, state: bytearray | None = None) -> int | None:
        """Its exit code; None when `timeout` seconds were not enough. `state` is filled with what the command wrote to
        its descriptor of that name. When this returns, nothing of the command lives, or the channel is `broken`."""
        self._answer, self._stop = self._loop.create_future(), self._loop.create_future()
        told = _Told()
        output, output_end = os.pipe()
        heard = [Intake(output, tape.add, lambda: tape.full)]
        given = [output_end]
        with contextlib.suppress(OSError):
            fcntl.fcntl(output, fcntl.F_SETPIPE_SZ, PIPE)
        if state is not None:
            more, more_end = os.pipe()
            heard.append(Intake(more, told.add))
            given.append(more_end)
        try:
            await self._send(order.frame(), given)
            ends: set[asyncio.Future[Any]] = {self._answer, self._stop}
            await asyncio.wait(ends, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            in_time = self._answer.done()
        finally:
            await asyncio.shield(self._finish(heard))
        if state is not None:
            state += told.data
        return self._code(in_time, tape)

    def _code(self, in_time: bool, tape: Tape) -> int | None:
        if self._stop.done():
            tape.say(self._stop.result())
            return KILLED
        if self._answer.done() and (error := self._answer.exception()) is not None:
            raise error
        if not in_time:
            return None
        answer = self._answer.result()
        if "why" in answer:
            tape.say(f"the command could not be started: {answer['why']}")
            return UNABLE
        return int(answer["code"])

    async def _send(self, frame: bytes, fds: list[int]) -> None:
        """Raises SandboxLost when the supervisor is gone or takes nothing."""
        try:
            with contextlib.ExitStack() as ours:
                for fd in fds:
                    ours.callback(os.close, fd)
                socket.send_fds(self._sock, [frame[:4]], fds)
            await asyncio.wait_for(self._loop.sock_sendall(self._sock, frame[4:]), GRACE)
        except (OSError, TimeoutError) as error:
            self._fail(f"its first process is gone: {error}")

    async def _finish(self, heard: Sequence[Intake]) -> None:
        """Leave no process of the command behind, and its pipes closed."""
        if not self._answer.done():
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(self._loop.sock_sendall(self._sock, _framed({"end": True})), GRACE)
            await asyncio.wait({self._answer}, timeout=GRACE)
            self.broken = self.broken or not self._answer.done()
        for intake in heard:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(intake.ended.wait(), 0.2 if self.broken else 1.0)
            intake.close()
        if self._answer.done():
            self._answer.exception()  # looked at, whether or not anybody raises it

    def _read(self) -> None:
        try:
            data = self._sock.recv(LONGEST)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._fail("its first process has ended")
            return
        self._text += data
        size = int.from_bytes(self._text[:4], "big")
        if size > LONGEST or len(self._text) > size + 4:
            self._fail("its first process speaks out of turn")
        elif len(self._text) == size + 4:
            text, self._text = self._text[4:], b""
            self._take(text)

    def _take(self, text: bytes) -> None:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            said = None
        fits = isinstance(said, dict) and (said.get("ready") is True or type(said.get("code")) is int)
        if not fits or self._answer.done():
            self._fail("its first process speaks out of turn")
            return
        self._answer.set_result(said)

    def _fail(self, why: str) -> None:
        self.broken = True
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
        if not self._answer.done():
            self._answer.set_exception(SandboxLost(why))
            self._answer.exception()  # looked at: nobody may be waiting

    def close(self) -> None:
        """May be called twice."""
        if self._sock.fileno() >= 0:
            self._fail("the sandbox was closed")
            self._sock.close()


class Doorstep:
    """Where the first process of a container, which can inherit nothing of ours, comes to us: a UNIX socket in a
    folder that is shown inside read-only. It lets one caller in, and is gone before any command can run."""

    def __init__(self, folder: Path, uid: int | None) -> None:
        self.folder, self.uid = folder, uid
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.setblocking(False)
        (folder / NAME).unlink(missing_ok=True)
        # By descriptor, because the path of a UNIX socket may not be longer than 107 bytes.
        place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        try:
            self._listener.bind(f"/proc/self/fd/{place}/{NAME}")
        finally:
            os.close(place)
        policy.own_top(folder / NAME, uid)
        (folder / NAME).chmod(0o600)
        self._listener.listen(1)

    async def caller(self, seconds: float) -> Channel | None:
        """The channel to whoever comes first; None when nobody does in time."""
        try:
            sock, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(self._listener), seconds)
        except TimeoutError:
            return None
        return Channel(sock)

    def close(self) -> None:
        self._listener.close()
        (self.folder / NAME).unlink(missing_ok=True)


def _framed(said: Mapping[str, object]) -> bytes:
    data = json.dumps(said).encode()
    return len(data).to_bytes(4, "big") + data
