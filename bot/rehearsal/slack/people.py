"""The people of a workspace and what they do there: write, reply, edit, click, use commands and dialogs."""

import itertools
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.rehearsal.slack.delivering import Deliveries, Delivery
from bot.rehearsal.slack.faults import Faults
from bot.rehearsal.slack.limits import Rates
from bot.rehearsal.slack.state import Channel, File, Message, User, View, mentioned, words
from bot.rehearsal.wire import Json

BOT = "U0MAESTRO"


class Workspace:
    """One workspace with the bot in it."""

    def __init__(self, team: str = "T0TEAM", secret: str = "") -> None:
        self.team, self.token, self.app_token = team, "xoxb-rehearsal-bot-token", "xapp-rehearsal-token"
        self.deliveries, self.faults, self.rates = Deliveries(secret or secrets.token_hex(16)), Faults(), Rates()
        self.bot = User(BOT, "maestro", team, bot=True)
        self.users: dict[str, User] = {BOT: self.bot}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: list[View] = []
        self.calls: list[tuple[str, int]] = []
        self.triggers: dict[str, User] = {}
        self.url = ""
        self.tables = True
        """Whether this workspace knows tables in messages."""
        self._numbers = itertools.count(1)
        self._stamps = itertools.count(int(time.time()) * 1_000_000)

    @property
    def secret(self) -> str:
        return self.deliveries.secret

    def next_id(self, kind: str) -> str:
        return f"{kind}{next(self._numbers):04d}"

    def stamp(self) -> str:
        micros = next(self._stamps)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def channel(self, name: str, *, private: bool = False) -> Channel:
        """The channel of that name, made with the bot as a member."""
        found = next((c for c in self.channels.values() if c.name == name), None)
        if found is None:
            found = Channel(self.next_id("C"), name, private=private, members={BOT})
            self.channels[found.id] = found
        return found

    def direct(self, user: User) -> Channel:
        """The conversation between a user and the bot."""
        name = f"direct-{user.name}"
        found = next((c for c in self.channels.values() if c.name == name), None)
        if found is None:
            found = Channel(self.next_id("D"), name, direct=True, members={BOT, user.id})
            self.channels[found.id] = found
        return found

    def person(self, name: str, **kind: bool) -> "Member":
        """The person of that name; `restricted`, `ultra_restricted`, `stranger` make a guest."""
        found = next((u for u in self.users.values() if u.name == name), None)
        if found is None:
            found = User(self.next_id("U"), name, "T0OTHER" if kind.get("stranger") else self.team)
            self.users[found.id] = found
        for flag, value in kind.items():
            setattr(found, flag, value)
        return Member(self, found)

    def trigger(self, user: User) -> str:
        """A trigger id: good once, to open one dialog."""
        name = f"{next(self._numbers)}.{secrets.token_hex(8)}"
        self.triggers[name] = user
        return name


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account. Each act returns when Slack has told the App (or given up)."""

    world: Workspace
    user: User

    async def says(self, channel: Channel, text: str, thread: str = "") -> Message:
        """A message; with `thread`, a reply. A mention of the bot is told twice, as Slack does."""
        channel.members.add(self.user.id)
        message = Message(channel, self.world.stamp(), self.user, text, thread=thread)
        channel.messages.append(message)
        event = {"type": "message", **self._fields(message)}
        await self._tell(event)
        if mentioned(text, BOT) and not channel.direct:
            await self._tell({"type": "app_mention", **self._fields(message)})
        return message

    def _fields(self, message: Message) -> dict[str, Json]:
        channel = message.channel
        kind = "im" if channel.direct else "group" if channel.private else "channel"
        fields: dict[str, Json] = {"user": self.user.id, "text": message.text, "ts": message.ts, "team": self.user.team}
        fields |= {"channel": channel.id, "channel_type": kind, "event_ts": message.ts}
        return fields | ({"thread_ts": message.thread} if message.thread else {})

    async def _tell(self, event: Mapping[str, Json]) -> Delivery:
        envelope: dict[str, Json] = {"type": "event_callback", "event": event, "event_id": self.world.next_id("Ev")}
        envelope |= {"team_id": self.world.team, "api_app_id": "A0APP", "event_time": int(time.time())}
        return await self.world.deliveries.event(envelope)

    async def edits(self, message: Message, text: str) -> None:
        message.text, message.edits = text, message.edits + 1
        inner = {"type": "message", **self._fields(message), "edited": {"user": self.user.id, "ts": message.ts}}
        channel = message.channel
        changed: dict[str, Json] = {"type": "message", "subtype": "message_changed", "message": inner}
        await self._tell(changed | {"channel": channel.id, "channel_type": "channel", "ts": self.world.stamp()})

    async def deletes(self, message: Message) -> None:
        message.channel.messages.remove(message)
        gone: dict[str, Json] = {"type": "message", "subtype": "message_deleted", "deleted_ts": message.ts}
        await self._tell(gone | {"channel": message.channel.id, "channel_type": "channel", "ts": self.world.stamp()})

    async def types(self, channel: Channel, text: str) -> Delivery:
        """The command `/maestro <text>`."""
        channel.members.add(self.user.id)
        fields = {"command": "/maestro", "text": text, "team_id": self.world.team, "channel_id": channel.id}
        fields |= {"user_id": self.user.id, "user_name": self.user.name, "channel_name": channel.name}
        return await self.world.deliveries.command(fields | {"trigger_id": self.world.trigger(self.user)})

    async def clicks(self, message: Message, label: str, option: str = "") -> Delivery:
        """A button by its label, or an option of a menu by its placeholder. Raises KeyError when it is not there."""
        element = message.buttons[label]
        action: dict[str, Json] = {"action_id": element.get("action_id"), "type": element.get("type")}
        action |= {"action_ts": self.world.stamp(), "block_id": "b"}
        action |= {"selected_option": {"value": option}} if option else {"value": element.get("value", "")}
        return await self._interact("block_actions", message, actions=[action])

    async def asks_about(self, message: Message) -> Delivery:
        """The message shortcut "Ask Maestro"."""
        return await self._interact("message_action", message, callback_id="ask_maestro")

    async def submits(self, view: View, text: str) -> Delivery:
        """Fill in the one field of a dialog and send it."""
        self.world.views.remove(view)
        values: dict[str, Json] = {"words": {"words": {"type": "plain_text_input", "value": text}}}
        shown: dict[str, Json] = {**view.view, "id": view.id, "state": {"values": values}, "hash": "1.a"}
        return await self.world.deliveries.interaction({"type": "view_submission", **self._who(), "view": shown})

    async def _interact(self, kind: str, message: Message, **more: Json) -> Delivery:
        shown: dict[str, Json] = {"ts": message.ts, "text": message.text, "user": message.user.id}
        shown |= {"thread_ts": message.thread} if message.thread else {}
        channel: dict[str, Json] = {"id": message.channel.id, "name": message.channel.name}
        payload: dict[str, Json] = {"type": kind, **self._who(), "channel": channel, "message": shown, **more}
        payload |= {"trigger_id": self.world.trigger(self.user), "container": {"message_ts": message.ts}}
        return await self.world.deliveries.interaction(payload | {"action_ts": self.world.stamp()})

    def _who(self) -> dict[str, Json]:
        user: dict[str, Json] = {"id": self.user.id, "username": self.user.name, "team_id": self.user.team}
        return {"user": user, "team": {"id": self.world.team}, "api_app_id": "A0APP"}

    def sees(self, title: str) -> View:
        """The dialog of that title that is open before this person. Raises LookupError when there is none."""
        for view in self.world.views:
            if view.user is self.user and words(view.view.get("title")) == title:
                return view
        raise LookupError(f"no dialog {title!r} is open before {self.user.name}")
