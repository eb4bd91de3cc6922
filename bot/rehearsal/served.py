"""Any ASGI application on a free loopback port, in the running event loop."""

import asyncio
import socket
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

PATIENCE = 1.0
"""Seconds for answers that are still being given."""


class Served:
    """`async with Served(app) as served:` listens until the block ends; `served.url` is its address.

    The socket is bound at construction, so the address is known before the server runs.
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        # The protocol must be named: asyncio sets TCP_NODELAY only where it is, and each answer would wait 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Served":
        # `_serve` is what `serve` does without taking over the process's signals, which belong to the program.
        self._task = asyncio.create_task(self._server._serve([self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(0.002)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """At once: to end, uvicorn itself sleeps three times, and a stage has four of these."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        state = self._server.server_state
        for server in self._server.servers:
            server.close()
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            _, late = await asyncio.wait(state.tasks, timeout=PATIENCE)
            for task in late:
                task.cancel()
        await asyncio.sleep(0)
        self._socket.close()
