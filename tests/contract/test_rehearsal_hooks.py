"""The double's deliveries: none stays behind, whenever it is sent."""

import asyncio
import itertools
from datetime import UTC, datetime

import httpx

from bot.rehearsal.github.hooks import Hooks


class Lingering(httpx.AsyncBaseTransport):
    """A connection whose end takes until it is let go."""

    def __init__(self) -> None:
        self.closing, self.let_go = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(202)

    async def aclose(self) -> None:
        self.closing.set()
        await self.let_go.wait()


async def test_what_is_sent_while_the_connection_is_closed_is_delivered() -> None:
    hooks, connection = Hooks("secret", 1, itertools.count(1), lambda: datetime.now(UTC)), Lingering()
    hooks.deliver_to("http://maestro.test/github/webhooks", connection)
    first = hooks.send("ping", {}, None, None)
    await connection.closing.wait()
    second = hooks.send("ping", {}, None, None)
    connection.let_go.set()
    await hooks.settled()
    assert [first.status_code, second.status_code] == [202, 202]
