"""The theatre with a Slack workspace beside GitHub: the same house hears and speaks in both."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.rehearsal.github import World
from bot.rehearsal.github.auth import client_id
from bot.rehearsal.play import PLAY
from bot.rehearsal.script import Policy
from bot.rehearsal.served import Served
from bot.rehearsal.slack import Channel, Member, Message, Slack, Socket, Workspace
from bot.rehearsal.slack.browser import link_in, signs_in
from tests.flows.theatre import CALCULATOR, Theatre, plain, theatre

RECORD = re.compile(r"(?<=\| )#\d+(?=\n| \[|$)|(?<=\|)#\d+(?=>)")
"""A record's number, in a link and at the end of a table's line: checks run side by side, in any order."""


@dataclass(slots=True)
class SlackTheatre:
    """`play` is GitHub's half. `team` is the channel in which people talk."""

    play: Theatre
    slack: Workspace
    team: Channel

    @property
    def ada(self) -> Member:
        """Who may write; known to us after `signs_in`."""
        return self.slack.person("ada")

    async def says(self, who: Member, text: str, thread: str = "", channel: Channel | None = None) -> Message:
        said = await who.says(channel or self.team, text, thread)
        await self.play.settled()
        return said

    async def clicks(self, who: Member, message: Message, label: str, option: str = "") -> None:
        await who.clicks(message, label, option)
        await self.play.settled()

    async def signs_in(self, who: Member) -> str:
        """Ask for the link, follow it as that person's browser would, and confirm. Returns the last page."""
        await who.types(self.team, "link")
        await self.play.settled()
        told = next(m for m in reversed(self.team.messages) if m.to == who.user.name)
        self.play.world.browsing = self.play.world.person(who.user.name).user
        return await signs_in(link_in(told.text), self.play.site)

    async def until(self, condition: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait for what comes by itself, and stays; then until everything has been worked on."""
        end = asyncio.get_running_loop().time() + seconds
        while not condition():
            assert asyncio.get_running_loop().time() < end, "it does not come"
            await asyncio.sleep(0.05)
        await self.play.settled()

    def lines(self, root: Message) -> list[str]:
        """A thread as chat, without what differs between runs."""
        return [RECORD.sub("#<n>", plain(line)) for line in root.channel.lines(root.root)]

    def last(self, root: Message) -> Message:
        """The newest message of ours in a thread, that everybody sees."""
        ours = [m for m in root.channel.in_thread(root.root) if m.user is self.slack.bot]
        return [m for m in ours if not m.to and not m.files][-1]


@asynccontextmanager
async def slack_theatre(
    folder: Path,
    policy: Policy = PLAY,
    *,
    files: Mapping[str, str] | None = CALCULATOR,
    settings: Mapping[str, object] | None = None,
    socket: Socket | None = None,
) -> AsyncIterator[SlackTheatre]:
    slack, stage = Workspace(), World(folder / "aside")  # the App is the same in every world
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(Served(Slack(slack)))
        slack.url = served.url
        slack.deliveries.socket = socket
        chosen = {
            "slack_bot_token": slack.token,
            "slack_signing_secret": slack.secret,
            "slack_api_url": f"{served.url}/api",
            "slack_app_token": slack.app_token if socket else "",
            "github_client_id": client_id(stage.app),
            "github_client_secret": stage.client_secret,
        }
        play = await stack.enter_async_context(
            theatre(folder, policy, files=files, settings=chosen | dict(settings or {}))
        )
        slack.rates.clock = itertools.count(
            0, 3600
        ).__next__  # a second must pass between any two posts: on their clock
        if play.house.slack is not None:
            play.house.slack.client.clock = itertools.count(0, 3600).__next__
        slack.deliveries.deliver_to(f"{play.site}/slack/events")
        if socket is not None:
            await asyncio.wait_for(socket.connected.wait(), 20)
        play.ada, play.bob  # noqa: B018 - the people of the repository, before anybody signs in
        yield SlackTheatre(play, slack, slack.channel("engineering"))
