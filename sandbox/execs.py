"""Commands in a container by the engine's own `exec`, for images whose first process can't take commands.

Every command ends with `kill -9 -1` as the session's uid: the kernel ends all of them at once, and whatever could hide
from that meets a restart of the container.
"""

import asyncio
import contextlib
import math
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

from sandbox.api import SandboxError, SandboxLost
from sandbox.channel import Order
from sandbox.launch import KILLED
from sandbox.process import PAUSE, Tape

P = ParamSpec("P")
T = TypeVar("T")

COMMAND = 'exec 2>&1; timeout -s KILL "$0" "$@"; code=$?; kill -9 -1 2>/dev/null; exit $code'
"""Runs inside, as the session's uid: a time limit of its own, should we die, and then the end of everything but itself
and the first process. The kernel does that in one go, so nothing can multiply faster. All that is said goes into one
stream, so that it stays in order."""

SWEEP = ("sh", "-c", "kill -9 -1")
SWEEP_SECONDS = 5.0
RESERVE = 5
"""Seconds by which the limit inside is longer than ours."""

QUIET = 2
"""Processes of an idle container: the shell and its sleep."""

HEADER = 8
CHUNK = 64 * 1024
BURST = 1024 * 1024


class Call(Protocol):
    """Runs one blocking call of the engine's library on a thread, with its errors made ours."""

    def __call__(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


class Execs:
    """Runs one command at a time in `engine`'s container; has the methods of `Channel` that its owner needs."""

    broken = False

    def __init__(self, call: Call, engine: Any, uid: int) -> None:
        self._call, self._engine, self._uid = call, engine, uid
        self._stop: asyncio.Future[str] | None = None
        self._lost = False

    def plainly(self, argv: Sequence[str]) -> tuple[int | None, str]:
        """Exit code and output of a command of ours. Blocking."""
        ran = self._engine.exec_run(list(argv), user=f"{self._uid}:{self._uid}")
        return ran.exit_code, ran.output.decode(errors="replace")

    def stop(self, reason: str) -> None:
        if self._stop is not None and not self._stop.done():
            self._stop.set_result(reason)

    def lose(self) -> None:
        self._lost = True
        self.stop("the sandbox was closed")

    def close(self) -> None:
        pass

    async def run(self, order: Order, timeout: float, tape: Tape, _state: bytearray | None = None) -> int | None:
        self._stop = asyncio.get_running_loop().create_future()
        number, stream = await self._call(self._begin, order, timeout)
        reading = asyncio.ensure_future(self._call(_pump, stream, tape))
        try:
            ends: set[asyncio.Future[Any]] = {reading, self._stop}
            await asyncio.wait(ends, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            in_time = reading.done() or self._stop.done()
        finally:
            await asyncio.shield(self._settle(reading, stream))
        if self._lost:
            raise SandboxLost("the sandbox was closed under the command")
        if self._stop.done():
            tape.say(self._stop.result())
            return KILLED
        return await self._call(self._exit_code, number) if in_time else None

    def _begin(self, order: Order, timeout: float) -> tuple[str, "_Stream"]:
        api = self._engine.client.api
        number = api.exec_create(
            self._engine.id,
            ["sh", "-c", COMMAND, str(math.ceil(timeout) + RESERVE), *order.argv],
            environment=dict(order.env),
            user=f"{self._uid}:{self._uid}",
            workdir=order.cwd,
        )["Id"]
        return number, _Stream(api.exec_start(number, socket=True))

    def _exit_code(self, number: str) -> int:
        self._engine.reload()
        if not self._engine.attrs["State"]["Running"]:
            raise SandboxLost("the container ended")
        code: int | None = self._engine.client.api.exec_inspect(number)["ExitCode"]
        return KILLED if code is None else code

    async def _settle(self, reading: "asyncio.Future[None]", stream: "_Stream") -> None:
        """Leave no process of the command behind, and its stream closed."""
        try:
            await self._calm(not reading.done())
            await asyncio.wait({reading}, timeout=2.0)
        except SandboxError:
            pass  # an engine that can't be asked any more is met again by the next command
        finally:
            stream.cut()
            await asyncio.wait({reading})
            stream.close()

    async def _calm(self, busy: bool) -> None:
        """End what is running: by a sweep inside, and where that does not help by a restart."""
        if not busy and await self._call(self._is_quiet):
            return
        try:
            await asyncio.wait_for(self._call(self.plainly, SWEEP), SWEEP_SECONDS)
            if await self._call(self._is_quiet):
                return
        except (SandboxError, TimeoutError):
            pass  # no room left for one more process, say
        await self._call(self._engine.restart, timeout=0)

    def _is_quiet(self) -> bool:
        for _ in range(20):
            if len(self._engine.top()["Processes"] or ()) <= QUIET:
                return True
            time.sleep(0.01)  # what was just killed is still being buried
        return False


class _Stream:
    """The hijacked connection of one exec: frames of a header (kind, three zeros, length) and that many bytes."""

    def __init__(self, opened: Any) -> None:
        # The library hands out a file object over a UNIX socket; a read from that could not be cut short.
        self._opened, self._socket = opened, getattr(opened, "_sock", opened)
        self._socket.settimeout(None)

    def frame(self) -> int:
        """How many bytes of output come next; 0 at the end."""
        header = b""
        while len(header) < HEADER:
            more = self.receive(HEADER - len(header))
            if not more:
                return 0
            header += more
        return int.from_bytes(header[4:], "big")

    def receive(self, size: int) -> bytes:
        try:
            data: bytes = self._socket.recv(size)
        except OSError:
            return b""  # cut by a restart or by us
        return data

    def cut(self) -> None:
        """Make whoever reads meet the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        answer = getattr(self._opened, "_response", None)
        for each in (answer, self._opened, self._socket):  # the outermost first: each flushes what it wraps
            if each is not None:
                each.close()


def _pump(stream: _Stream, tape: Tape) -> None:
    """Read an exec's output until its end, no faster than somebody can bear once enough has been said."""
    unpaused = 0
    while left := stream.frame():
        while left:
            data = stream.receive(min(left, CHUNK))
            if not data:
                return
            left -= len(data)
            tape.add(data)
            unpaused += len(data) if tape.full else 0
            if unpaused > BURST:
                unpaused = 0
                time.sleep(PAUSE)
