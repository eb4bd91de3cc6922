"""What was said while nobody listened: Slack sends nothing again once it gave up, or while the socket was down. So the
threads that are ours are read again at the start and after each gap; what was heard before is known by its name."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pydantic import JsonValue

from bot.domain.refs import Heard
from bot.ports import Trouble
from handlers.slack.client import Refused, SlackClient
from handlers.slack.hear import envelope
from handlers.slack.ledger import Ledger

log = structlog.get_logger()

AGE = timedelta(days=3)
"""How long ago a thread may have been spoken in."""

MOST = 50
"""Threads that are read again, the newest first."""

PAUSE = 1.2
"""Seconds between two of them: Slack allows fifty such calls a minute."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """`store` takes what was heard, as from the request address."""

    client: SlackClient
    ledger: Ledger
    store: Callable[[Heard], Awaitable[bool]]
    pause: float = PAUSE

    async def run(self) -> int:
        """How many messages were news. What can't be read now is read after the next gap."""
        found = 0
        try:
            threads = await self.ledger.threads(AGE)
            newest = sorted(threads, key=lambda thread: thread.rpartition("/")[2])[-MOST:]
            for thread in reversed(newest):
                found += await self._thread(thread, threads[thread])
                await asyncio.sleep(self.pause)
        except Trouble as trouble:
            log.warning("slack.sweep", what=trouble.what)
        if found:
            log.warning("slack.missed", messages=found)
        return found

    async def _thread(self, thread: str, since: str) -> int:
        team, channel, root = thread.split("/")
        args: dict[str, JsonValue] = {"channel": channel, "ts": root, "oldest": since, "limit": 200}
        try:
            told = (await self.client.call("conversations.replies", args)).get("messages")
        except Refused as refused:  # the thread was deleted, or we were shown the door
            log.info("slack.sweep", thread=thread, word=refused.word)
            return 0
        news = 0
        for message in told if isinstance(told, list) else ():
            if isinstance(message, dict) and _is_later(message, since):
                news += await self._message(team, channel, message)
        return news

    async def _message(self, team: str, channel: str, message: dict[str, JsonValue]) -> bool:
        """As if it had come as an event."""
        event = message | {"channel": channel, "channel_type": "im" if channel.startswith("D") else ""}
        name = f"swept:{team}/{channel}/{message.get('ts')}"
        heard = envelope({"type": "event_callback", "event_id": name, "team_id": team, "event": event}, self.client.me)
        return isinstance(heard, Heard) and await self.store(heard)


def _is_later(message: dict[str, JsonValue], since: str) -> bool:
    try:
        return float(str(message.get("ts"))) > float(since)
    except ValueError:
        return False
