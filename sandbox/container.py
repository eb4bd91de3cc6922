"""One container and the commands in it; how containers are made is `sandbox.docker`'s business."""

import asyncio
import contextlib
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from sandbox import egress, register, usage
from sandbox.api import WORKSPACE, OnOutput, Ran, SandboxError, SandboxLost, SandboxUnavailable, Spec
from sandbox.launch import KILLED, UNABLE, unstartable
from sandbox.process import PAUSE, Tape

P = ParamSpec("P")
T = TypeVar("T")

SEALED = "maestro.sealed"
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


class Container:
    """One docker sandbox; see `sandbox.api.Sandbox`. Commands run one at a time."""

    def __init__(self, call: Call, engine: Any, spec: Spec, uid: int, box: Path, gate: egress.Gate | None) -> None:
        self._call, self._engine, self._spec, self._uid = call, engine, spec, uid
        self._box, self._gate = box, gate
        self._bridge: list[str] = []
        self._meter = usage.Meter(_places(spec, engine), spec.limits)
        self._turn = asyncio.Lock()
        self._stop: asyncio.Future[str] | None = None
        self._closed = False

    @property
    def blocked(self) -> list[str]:
        """`host:port` of every connection that was refused so far, oldest first."""
        return [] if self._gate is None else self._gate.blocked

    async def prepare(self) -> None:
        """See that commands run, and by what the proxy can be bridged. Raises SandboxUnavailable."""
        wanted = "command -v python3 || command -v perl" if self._gate is not None else "command -v timeout"
        code, said = await self._call(self._plainly, ("sh", "-c", wanted))
        if code != 0 and self._gate is not None:
            raise SandboxUnavailable("the image has neither python3 nor perl, which networked commands need")
        if code != 0:
            raise SandboxUnavailable(f"the image has no sh or no timeout program: {said}")
        if self._gate is not None:
            self._bridge = egress.bridge(said.split()[0])

    def _plainly(self, argv: Sequence[str]) -> tuple[int | None, str]:
        ran = self._engine.exec_run(list(argv), user=f"{self._uid}:{self._uid}")
        return ran.exit_code, ran.output.decode(errors="replace")

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        async with self._turn:
            if self._closed:
                raise SandboxLost("the sandbox was closed")
            tape = Tape(self._spec.limits.output, _on_loop(on_output))
            started = time.monotonic()
            code = await self._command(argv, timeout, env or {}, tape)
            output, dropped = tape.cut()
            return Ran(tuple(argv), code, output, dropped, time.monotonic() - started)

    async def _command(self, argv: Sequence[str], timeout: float, env: Mapping[str, str], tape: Tape) -> int | None:
        if any("\0" in word for word in argv):
            tape.say(str(unstartable(ValueError())))
            return UNABLE
        self._stop = asyncio.get_running_loop().create_future()
        number, stream = await self._call(self._begin, argv, timeout, env)
        reading = asyncio.ensure_future(self._call(_pump, stream, tape))
        watch = asyncio.create_task(self._meter.watch(self._stop_for))
        try:
            ends: set[asyncio.Future[Any]] = {reading, self._stop}
            await asyncio.wait(ends, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            in_time = reading.done() or self._stop.done()
        finally:
            watch.cancel()
            await asyncio.shield(self._settle(reading, stream))
        if self._closed:
            raise SandboxLost("the sandbox was closed under the command")
        if self._stop.done():
            tape.say(self._stop.result())
            return KILLED
        return await self._call(self._exit_code, number) if in_time else None

    def _stop_for(self, reason: str) -> None:
        if self._stop is not None and not self._stop.done():
            self._stop.set_result(reason)

    def _begin(self, argv: Sequence[str], timeout: float, env: Mapping[str, str]) -> tuple[str, "_Stream"]:
        api = self._engine.client.api
        limit = str(math.ceil(timeout) + RESERVE)
        number = api.exec_create(
            self._engine.id,
            ["sh", "-c", COMMAND, limit, *self._bridge, *argv],
            environment=dict(env),
            user=f"{self._uid}:{self._uid}",
            workdir=WORKSPACE,
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
            await asyncio.wait_for(self._call(self._plainly, SWEEP), SWEEP_SECONDS)
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

    async def seal(self) -> str | None:
        """Keep the root as an image; None for a sandbox that was opened without a network, whose root is read-only."""
        if not self._spec.network:
            return None
        async with self._turn:
            return await self._call(self._commit)

    def _commit(self) -> str:
        kept = self._engine.commit(
            repository="maestro-setup", tag=self._box.name, conf={"Labels": {SEALED: "1"}}, pause=True
        )
        return str(kept.id)

    async def close(self) -> None:
        self._closed = True
        self._stop_for("the sandbox was closed")
        async with self._turn:
            if self._gate is not None:
                await self._gate.close()
            with contextlib.suppress(SandboxError):
                await self._call(self._engine.remove, force=True, v=True)
            await asyncio.to_thread(register.remove, self._box)


def _places(spec: Spec, engine: Any) -> list[Path]:
    """Host directories that the container can write; its own layer too, where we can see it."""
    shared = [mount.source for mount in spec.mounts if mount.writable]
    layer = Path((engine.attrs.get("GraphDriver") or {}).get("Data", {}).get("UpperDir", "/nonexistent"))
    own = [layer] if spec.network and os.access(layer, os.R_OK | os.X_OK) else []
    return [*own, *shared, *([spec.workspace] if spec.writable else [])]


def _on_loop(on_output: OnOutput | None) -> OnOutput | None:
    """The same listener, called on this event loop by whatever thread."""
    if on_output is None:
        return None
    loop = asyncio.get_running_loop()

    def hear(data: bytes) -> None:
        loop.call_soon_threadsafe(on_output, data)

    return hear


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
