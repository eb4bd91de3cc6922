"""Slack's Web API by its own SDK, under our rules: nothing is sent twice by itself, writes are paced, and every failure
is Trouble (again later) or Forbidden (never)."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import structlog
from pydantic import JsonValue

from bot.ports import Forbidden, Trouble

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

log = structlog.get_logger()

PUBLIC = "https://slack.com/api"
SECONDS = 10.0

PACED = frozenset({"chat.postMessage", "chat.update"})
BURST = 4
"""In each channel one call a second, and so many at once after a pause: Slack bears short bursts. One fewer than it
bears, since calls that were paced here come closer together there when the first of them was held up on the way."""

ASKING = frozenset({"auth.test", "conversations.replies", "files.getUploadURLExternal", "users.info"})
"""What changes nothing that anybody sees: asked once more when the connection turns out to be closed."""

PASSING = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack's error words for what may pass; every other one stays."""

TOO_MUCH = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "only_one_table_allowed"}
)
"""What Slack says of blocks that it won't have."""


class Refused(Forbidden):
    """Slack's own word of refusal."""

    def __init__(self, method: str, word: str) -> None:
        super().__init__(f"Slack refused {method}: {word}", ADVICE.get(word, ""))
        self.word = word


ADVICE = {
    "not_in_channel": "Invite the bot to the channel.",
    "channel_not_found": "Invite the bot to the channel.",
    "missing_scope": "Install the App again from infra/slack-manifest.yml.",
    "invalid_auth": "Look at SLACK_BOT_TOKEN.",
    "is_archived": "The channel is archived.",
}


class SlackClient:
    """One workspace's bot. `address` is the API's base, without a slash at its end."""

    def __init__(self, token: str, address: str = PUBLIC) -> None:
        # Here, where nothing is served yet: the first import of the SDK holds up the event loop for a while.
        import slack_sdk.web.async_client  # noqa: F401

        self._token, self._address = token, (address or PUBLIC).rstrip("/") + "/"
        self._session: ClientSession | None = None
        self._web: AsyncWebClient | None = None
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._left: dict[tuple[str, str], tuple[float, float]] = {}
        self.clock: Callable[[], float] = time.monotonic
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        """What pacing goes by; rehearsals have time of their own."""
        self.me, self.team = "", ""
        """Our own user and our workspace, '' until `introduce`."""

    async def introduce(self) -> None:
        """Learn who we are. Raises Trouble."""
        told = await self.call("auth.test", {})
        self.me, self.team = str(told.get("user_id", "")), str(told.get("team_id", ""))

    async def call(self, method: str, args: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The answer. Raises Refused with Slack's word, or Trouble with when to try again."""
        # The SDK and aiohttp cost a fifth of a second to import: only a process with a SlackClient pays.
        import aiohttp
        from slack_sdk.errors import SlackApiError, SlackClientError

        async with self._paced(method, str(args.get("channel", ""))):
            try:
                got = await self._send(method, dict(args))
            except SlackApiError as error:
                raise _judge(method, error) from None
            except (aiohttp.ClientError, SlackClientError, TimeoutError, ValueError) as error:
                raise Trouble(f"Slack gave no answer to {method} ({type(error).__name__})", retry_in=3.0) from None
        return dict(got.data) if isinstance(got.data, dict) else {}

    async def _send(self, method: str, args: dict[str, JsonValue]) -> "AsyncSlackResponse":
        import aiohttp

        try:
            return await self.web().api_call(method, json=args)
        except aiohttp.ClientConnectionError:
            if method not in ASKING:
                raise
            return await self.web().api_call(method, json=args)

    async def upload(self, url: str, data: bytes) -> None:
        """Send a file to the address that Slack gave for it. Raises Trouble."""
        import aiohttp

        self.web()
        try:
            if self._session is not None:
                async with self._session.post(url, data=data) as answer:
                    if answer.status >= 300:
                        raise Trouble(f"Slack did not take a file: {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Trouble(f"Slack did not take a file ({type(error).__name__})") from None

    async def file(self, channel: str, thread: str, name: str, data: bytes) -> None:
        """A file in a thread. Raises Trouble."""
        await self.keep(name, data, {"channel_id": channel, "thread_ts": thread})

    async def keep(self, name: str, data: bytes, where: Mapping[str, JsonValue] | None = None) -> str:
        """A file that a message may show, by the id that Slack gave it; seen nowhere without `where`.

        Raises Trouble."""
        asked = await self.call("files.getUploadURLExternal", {"filename": name, "length": str(len(data))})
        await self.upload(str(asked.get("upload_url", "")), data)
        ident = str(asked.get("file_id", ""))
        await self.call("files.completeUploadExternal", {"files": [{"id": ident, "title": name}], **(where or {})})
        return ident

    async def quietly(self, method: str, args: Mapping[str, JsonValue]) -> bool:
        """A courtesy: what fails is no reason to fail. False when Slack will never take it."""
        try:
            await self.call(method, args)
        except Refused as refused:
            return refused.word.startswith("already_")
        except Trouble as trouble:
            log.info("slack.courtesy", what=trouble.what)
        return True

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)

    def web(self) -> "AsyncWebClient":
        """The SDK's client, with one session for the life of this object."""
        import aiohttp
        from slack_sdk.web.async_client import AsyncWebClient

        if self._web is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
            # Its default handler sends again on a dropped connection: a message would stand there twice.
            self._web = AsyncWebClient(
                self._token, base_url=self._address, session=self._session, retry_handlers=[], timeout=int(SECONDS)
            )
        return self._web

    @contextlib.asynccontextmanager
    async def _paced(self, method: str, channel: str) -> AsyncIterator[None]:
        """Wait until this channel may be written to."""
        if method in PACED:
            async with self._locks[method, channel]:
                now = self.clock()
                left, at = self._left.get((method, channel), (float(BURST), now))
                left = min(float(BURST), left + now - at) - 1
                self._left[method, channel] = (left, now)
                if left < 0:
                    await self.sleep(-left)
        yield


def _judge(method: str, error: "Exception") -> Trouble:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    data = getattr(response, "data", None)
    word = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or word == "ratelimited":
        headers = getattr(response, "headers", None) or {}
        wait = str(headers.get("Retry-After", ""))
        return Trouble(f"Slack limits {method}", retry_in=float(wait) if wait.isdigit() else 30.0)
    if status >= 500 or word in PASSING or not word:
        return Trouble(f"Slack failed at {method}: {word or status}", retry_in=5.0)
    return Refused(method, word)
