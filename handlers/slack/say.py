"""Posts to Slack: messages in the thread, the card edited in place, pictures and long output as files, 👀 on what was
heard and the status line while something is under way."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable

import structlog
from pydantic import JsonValue

from bot.domain.refs import ConversationRef, SurfaceName
from bot.ports import Forbidden, Sent, Trouble
from bot.speech.post import Post
from handlers.slack.blocks import Attached, Rendered, render
from handlers.slack.client import TOO_MUCH, Refused, SlackClient

log = structlog.get_logger()

EVENT = "maestro_post"
"""The metadata's name; the marker stands in its payload, where nobody sees it."""

LOOKING = "is looking …"
"""The status of what was only just heard."""

REMEMBERED = 200
"""Pictures that need not be brought to Slack again for an edit."""

RESTING = ("waiting", "done", "declined", "needs", "failed", "stopped", "resting")
"""How the card's headline begins while nothing is under way."""


class SlackSurface:
    """Threads as a place where people talk. `clean` removes secrets from whatever leaves; `fits` tells whether the
    text of a place's repository may go there now."""

    name = SurfaceName.SLACK.value

    def __init__(
        self,
        client: SlackClient,
        clean: Callable[[str], str],
        fits: Callable[[ConversationRef], Awaitable[bool]] | None = None,
    ) -> None:
        self.client, self.clean, self.fits = client, clean, fits
        self.developing = 1.0
        """Seconds that Slack gets to make a new picture ready."""
        self._shows_status = self._rich = True
        self._pictures: dict[bytes, str] = {}
        self._statuses: dict[str, tuple[ConversationRef, str]] = {}

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent:
        await self._must_fit(where)
        _, channel, thread = where.key.split("/")
        args: dict[str, JsonValue] = {"channel": channel, "thread_ts": thread, "metadata": _metadata(marker)}
        got, files = await self._send("chat.postMessage", args, post)
        await self._attach(channel, thread, files)
        await self._status(where, post)
        return Sent(f"{channel}:{got.get('ts')}")

    async def edit(self, where: ConversationRef, remote: str, post: Post, marker: str) -> None:
        channel, _, stamp = remote.partition(":")
        if not stamp:
            raise Forbidden(f"{remote} is no message of ours")
        await self._must_fit(where)
        args: dict[str, JsonValue] = {"channel": channel, "ts": stamp, "metadata": _metadata(marker)}
        await self._send("chat.update", args, post)
        await self._status(where, post)

    async def _must_fit(self, where: ConversationRef) -> None:
        if self.fits is not None and not await self.fits(where):
            raise Forbidden(f"{where.repo.full_name} is private, and its text may not go into this channel")

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
        await self._say_status(where, LOOKING)

    async def _send(
        self, method: str, args: dict[str, JsonValue], post: Post
    ) -> tuple[dict[str, JsonValue], tuple[Attached, ...]]:
        """Pictures and a table in the message; without them when Slack won't have them; in the end the text alone:
        better plain than nothing. The answer, and the files that the message doesn't show."""
        rich = await self._pictured(render(post, self.clean, rich=self._rich))
        pictures = _shows_pictures(rich)
        attempts = [rich, *([rich] if pictures else []), render(post, self.clean, rich=False)]
        for number, made in enumerate(attempts):
            try:
                got = await self.client.call(method, args | _content(made))
            except Refused as refused:
                if refused.word not in TOO_MUCH:
                    raise
                log.warning("slack.blocks", method=method, word=refused.word)
                if number == 0 and pictures:
                    await asyncio.sleep(self.developing)
            else:
                self._rich = self._rich and (number < len(attempts) - 1 or pictures)
                return got, made.files
        return await self.client.call(method, args | {"text": rich.text}), rich.files

    async def _pictured(self, made: Rendered) -> Rendered:
        """With its pictures at Slack. What can't be brought there is shown behind the message, or not at all."""
        ids: dict[str, str] = {}
        for file in made.pictures:
            digest = hashlib.sha256(file.data).digest()
            try:
                if digest not in self._pictures:
                    self._pictures[digest] = await self.client.keep(file.name, file.data)
                ids[file.name] = self._pictures[digest]
            except Trouble as trouble:
                log.warning("slack.picture", name=file.name, what=trouble.what)
        while len(self._pictures) > REMEMBERED:
            self._pictures.pop(next(iter(self._pictures)))
        return made.showing(ids)

    async def _attach(self, channel: str, thread: str, files: Iterable[Attached]) -> None:
        """Files behind the message. What they show is said in the message, too, so a failure is only noted."""
        for file in files:
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

    async def remind(self) -> None:
        """Slack takes a status line away after two minutes, and some steps last longer: show all once more."""
        for where, words in tuple(self._statuses.values()):
            await self._say_status(where, words)

    async def _say_status(self, where: ConversationRef, words: str) -> None:
        if not self._shows_status:
            return
        if words and words != LOOKING:
            self._statuses[where.key] = (where, words)
        else:
            self._statuses.pop(where.key, None)
        _, channel, thread = where.key.split("/")
        args: dict[str, JsonValue] = {"channel_id": channel, "thread_ts": thread, "status": words}
        self._shows_status = await self.client.quietly("assistant.threads.setStatus", args)


def _content(made: Rendered) -> dict[str, JsonValue]:
    return {"text": made.text, "blocks": list(made.blocks), "unfurl_links": False, "unfurl_media": False}


def _shows_pictures(made: Rendered) -> bool:
    return any("slack_file" in block for block in made.blocks)


def _metadata(marker: str) -> dict[str, JsonValue]:
    return {"event_type": EVENT, "event_payload": {"marker": marker}}


def _marker(message: dict[str, JsonValue]) -> str:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return str(payload.get("marker", "")) if isinstance(payload, dict) else ""
