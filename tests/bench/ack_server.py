"""The real server for `bench_acks`, as a process of its own: `python -m tests.bench.ack_server front|whole|lag`.

`lag` also tells, at /lag, the longest time in milliseconds for which its event loop served nobody.
"""

import asyncio
import json
import sys
import time

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from handlers.cli.loading import run
from handlers.cli.serve import _config, _listen, front, serve
from handlers.compose import furnish
from handlers.settings import Settings, load

BEAT = 0.001


class Lagging:
    """An application with a pulse beside it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.longest = app, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/lag":
            return await self.app(scope, receive, send)
        body, self.longest = json.dumps({"longest": self.longest * 1e3}).encode(), 0.0
        head = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})
        return None

    async def beat(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(BEAT)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last - BEAT), now


async def watched(chosen: Settings) -> None:
    listening = _listen(chosen)
    async with furnish(chosen) as house:
        app = Lagging(front(house))
        pulse = asyncio.create_task(app.beat())
        config = _config(front(house))
        config.app = app
        await uvicorn.Server(config).serve(sockets=[listening])
        pulse.cancel()


if __name__ == "__main__":
    mode = sys.argv[1]
    run(watched(load()) if mode == "lag" else serve(load(), work=mode == "whole"))
