"""Posts to Slack: messages in the thread, the card edited in place, pictures and long output as files, 👀 on what was
heard and the status line while something is under way."""

from collections.abc import Callable

import structlog
from pydantic import JsonValue

from bot.domain.refs import ConversationRef, SurfaceName
from bot.ports import Forbidden, Sent, Trouble
from bot.speech.post import Post
from handlers.slack.blocks import Rendered, render
from handlers.slack.client import TOO_MUCH, Refused, SlackClient

log = structlog.get_logger()

EVENT = "maestro_post"
"""The metadata's name; the marker stands in its payload, where nobody sees it."""

RESTING = ("waiting", "done", "declined", "needs", "failed", "stopped", "resting")
"""How the card's headline begins while nothing is under way."""


class SlackSurface:
    """Threads as a place where people talk. `clean` removes secrets from whatever leaves."""

    name = SurfaceName.SLACK.value

    def __init__(self, client: SlackClient, clean: Callable[[str], str]) -> None:
        self.client, self.clean = client, clean
        self._shows_status = True

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent:
        _, channel, thread = where.key.split("/")
        made = render(post, self.clean)
        args: dict[str, JsonValue] = {"channel": channel, "thread_ts": thread, "metadata": _metadata(marker)}
        got = await self._send("chat.postMessage", args, made)
        await self._attach(channel, thread, made)
        await self._status(where, post)
        return Sent(f"{channel}:{got.get('ts')}")

    async def edit(self, where: ConversationRef, remote: str, post: Post, marker: str) -> None:
        channel, _, stamp = remote.partition(":")
        if not stamp:
            raise Forbidden(f"{remote} is no message of ours")
        args: dict[str, JsonValue] = {"channel": channel, "ts": stamp, "metadata": _metadata(marker)}
        await self._send("chat.update", args, render(post, self.clean))
        await self._status(where, post)

    async def find(self, where: ConversationRef, marker: str) -> Sent | None:
        """The message of ours with this marker in its metadata, which nobody else can set for us."""
        _, channel, thread = where.key.split("/")
        if not self.client.me:
            await self.client.introduce()
        cursor = ""
        while True:
            asked: dict[str, JsonValue] = {"channel": channel, "ts": thread, "include_all_metadata": True, "limit": 200}
            got = await self.client.call("conversations.replies", asked | ({"cursor": cursor} if cursor else {}))
            messages = got.get("messages")
            for one in messages if isinstance(messages, list) else ():
                if isinstance(one, dict) and one.get("user") == self.client.me and _marker(one) == marker:
                    return Sent(f"{channel}:{one.get('ts')}")
            following = got.get("response_metadata")
            cursor = str(following.get("next_cursor") or "") if isinstance(following, dict) else ""
            if not cursor:
                return None

    async def acknowledge(self, where: ConversationRef, target: str) -> None:
        channel, _, stamp = target.partition(":")
        if stamp:
            args: dict[str, JsonValue] = {"channel": channel, "timestamp": stamp, "name": "eyes"}
            await self.client.quietly("reactions.add", args)
        await self._say_status(where, "is looking …")

    async def _send(self, method: str, args: dict[str, JsonValue], made: Rendered) -> dict[str, JsonValue]:
        """Blocks and text; the text alone when Slack won't have the blocks: better plain than nothing."""
        whole = args | {"text": made.text, "blocks": list(made.blocks), "unfurl_links": False, "unfurl_media": False}
        try:
            return await self.client.call(method, whole)
        except Refused as refused:
            if refused.word not in TOO_MUCH:
                raise
            log.warning("slack.blocks", method=method, word=refused.word)
            return await self.client.call(method, args | {"text": made.text})

    async def _attach(self, channel: str, thread: str, made: Rendered) -> None:
        """Files behind the message. What they show is said in the message, too, so a failure is only noted."""
        for file in made.files:
            data = file.data if file.name.endswith(".png") else self.clean(file.data.decode()).encode()
            try:
                await self.client.file(channel, thread, file.name, data)
            except Trouble as trouble:
                log.warning("slack.file", name=file.name, what=trouble.what)

    async def _status(self, where: ConversationRef, post: Post) -> None:
        """The line under the thread: what is under way, from the card's headline; nothing while it rests."""
        if post.kind != "status":
            return
        headline = render(post, self.clean).text.partition("· ")[2]
        resting = not headline or headline.startswith(RESTING)
        await self._say_status(where, "" if resting else f"is {headline}"[:100])

    async def _say_status(self, where: ConversationRef, words: str) -> None:
        if not self._shows_status:
            return
        _, channel, thread = where.key.split("/")
        args: dict[str, JsonValue] = {"channel_id": channel, "thread_ts": thread, "status": words}
        self._shows_status = await self.client.quietly("assistant.threads.setStatus", args)


def _metadata(marker: str) -> dict[str, JsonValue]:
    return {"event_type": EVENT, "event_payload": {"marker": marker}}


def _marker(message: dict[str, JsonValue]) -> str:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return str(payload.get("marker", "")) if isinstance(payload, dict) else ""
