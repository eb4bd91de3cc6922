"""Socket Mode: the App opens a web socket, and is told there what happened until it acknowledges."""

import asyncio
import itertools
import json
from types import TracebackType

import aiohttp
from aiohttp import web

from bot.rehearsal.wire import Json

PATIENCE = 3.0


class Socket:
    """`async with Socket() as socket:` listens on a free loopback port; `socket.url` is what `apps.connections.open`
    answers with."""

    def __init__(self) -> None:
        self.url = ""
        self.connected = asyncio.Event()
        self._ids = itertools.count(1)
        self._open: web.WebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        app = web.Application()
        app.router.add_get("/link", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def __aenter__(self) -> "Socket":
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"ws://{host}:{port}/link"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def tell(self, kind: str, payload: Json) -> int:
        """One envelope; 200 when it was acknowledged within Slack's patience, otherwise 0."""
        if self._open is None:
            return 0
        name = f"envelope-{next(self._ids)}"
        acknowledged = self._waiting[name] = asyncio.get_running_loop().create_future()
        await self._open.send_json({"type": kind, "envelope_id": name, "payload": payload})
        try:
            async with asyncio.timeout(PATIENCE):
                await acknowledged
        except TimeoutError:
            return 0
        return 200

    async def drop(self) -> None:
        """Slack ends the connection: the App has to open another."""
        if self._open is not None:
            self.connected.clear()
            await self._open.send_json({"type": "disconnect", "reason": "refresh_requested"})
            await self._open.close()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.send_json({"type": "hello", "num_connections": 1})
        self._open = opened
        self.connected.set()
        async for message in opened:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._heard(message.data)
        return opened

    def _heard(self, text: str) -> None:
        try:
            name = json.loads(text).get("envelope_id")
        except ValueError:
            return  # a ping, in Slack's own words
        waiting = self._waiting.pop(name, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(b"")
