"""One container and the commands in it; how containers are made is `sandbox.docker`'s business."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox import egress, register, usage
from sandbox.api import OnOutput, Ran, SandboxError, SandboxLost, SandboxUnavailable, Spec
from sandbox.channel import Channel, Doorstep, Order
from sandbox.execs import Call, Execs
from sandbox.launch import UNABLE, impossible
from sandbox.process import Tape
from sandbox.shell import Carried

SEALED = "maestro.sealed"
IDLE = "sleep 3600"
READY_SECONDS = 20.0
LOOK = 0.3
"""Seconds of silence after which we look what the first process is doing."""

RENEWED = "the container was begun anew: what lay in HOME and /tmp is gone"


class Container:
    """One docker sandbox; see `sandbox.api.Sandbox`. Commands run one at a time."""

    def __init__(
        self, call: Call, engine: Any, spec: Spec, uid: int, box: Path, gate: egress.Gate | None, doorstep: Doorstep
    ) -> None:
        self._call, self._engine, self._spec, self._uid = call, engine, spec, uid
        self._box, self._gate, self._doorstep = box, gate, doorstep
        self._execs = Execs(call, engine, uid)
        self._runner: Channel | Execs = self._execs
        self._bridge: list[str] = []
        self._environment: dict[str, str] = {}
        self._carried = Carried()
        self._meter = usage.Meter(_places(spec, engine), spec.limits)
        self._turn = asyncio.Lock()
        self._closed = False

    @property
    def blocked(self) -> list[str]:
        return [] if self._gate is None else self._gate.blocked

    @property
    def has_channel(self) -> bool:
        """Whether its first process takes commands; otherwise the engine's `exec` does."""
        return isinstance(self._runner, Channel)

    async def prepare(self) -> None:
        """See that commands run, and by what the proxy can be bridged. Raises SandboxUnavailable."""
        self._runner = await self._meet() or self._execs
        wanted = "command -v python3 || command -v perl" if self._gate is not None else "command -v timeout"
        if not self.has_channel or self._gate is not None:
            code, said = await self._call(self._execs.plainly, ("sh", "-c", wanted))
            if code != 0 and self._gate is not None:
                raise SandboxUnavailable("the image has neither python3 nor perl, which networked commands need")
            if code != 0:
                raise SandboxUnavailable(f"the image has no sh or no timeout program: {said}")
            self._bridge = egress.bridge(said.split()[0]) if self._gate is not None else []
        if self.has_channel:
            await self._call(self._engine.reload)
            rows = [row.partition("=") for row in self._engine.attrs["Config"]["Env"] or ()]
            self._environment = {name: value for name, _, value in rows}

    async def _meet(self) -> Channel | None:
        """The channel to the first process; None when it is none that takes commands. Raises SandboxLost."""
        try:
            for _ in range(int(READY_SECONDS / LOOK)):
                if (channel := await self._doorstep.caller(LOOK)) is not None:
                    await channel.ready(READY_SECONDS)
                    return channel
                if await self._call(self._is_idle):
                    return None
        finally:
            self._doorstep.close()
        raise SandboxLost("the container's first process does not answer")

    def _is_idle(self) -> bool:
        return any(IDLE in " ".join(row) for row in self._engine.top()["Processes"] or ())

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        async with self._turn:
            order = Order(argv, {**self._environment, **(env or {})})
            return await self._ran(argv, order, timeout, on_output)

    async def shell(
        self,
        script: str,
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        async with self._turn:
            order, said = self._carried.order(script, self._environment, env or {}), bytearray()
            order = order if self.has_channel else replace(order, argv=("sh", "-c", script))
            ran = await self._ran(("sh", "-c", script), order, timeout, on_output, said)
            self._carried.learn(bytes(said), env or {})
            return ran

    async def _ran(
        self,
        argv: Sequence[str],
        order: Order,
        timeout: float,
        on_output: OnOutput | None,
        state: bytearray | None = None,
    ) -> Ran:
        if self._closed:
            raise SandboxLost("the sandbox was closed")
        tape = Tape(self._spec.limits.output, on_output if self.has_channel else _on_loop(on_output))
        started = time.monotonic()
        code: int | None = UNABLE
        if reason := impossible(order.argv):
            tape.say(reason)
        else:
            order = replace(order, argv=[*self._bridge, *order.argv])
            async with self._watched(tape):
                code = await self._runner.run(order, timeout, tape, state)
        output, dropped = tape.cut()
        blocked = () if self._gate is None else self._gate.take_blocked()
        return Ran(tuple(argv), code, output, dropped, time.monotonic() - started, blocked)

    @contextlib.asynccontextmanager
    async def _watched(self, tape: Tape) -> AsyncIterator[None]:
        """Keep a running command within its limits, and begin the container anew when its first process is stuck."""
        watch = asyncio.create_task(self._meter.watch(self._runner.stop))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.shield(self._settle(watch, tape))

    async def _settle(self, watch: "asyncio.Task[None]", tape: Tape) -> None:
        await asyncio.wait({watch})
        if self._runner.broken and not self._closed:
            self._runner.close()
            with contextlib.suppress(SandboxError):  # an engine that can't be asked any more is met by the next command
                await self._renew()
                tape.say(RENEWED)

    async def _renew(self) -> None:
        await self._call(self._engine.kill)
        self._doorstep = Doorstep(self._doorstep.folder, self._doorstep.uid)
        await self._call(self._engine.start)
        self._runner = await self._meet() or self._execs

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
        self._runner.lose()
        async with self._turn:
            self._runner.close()
            self._doorstep.close()
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
