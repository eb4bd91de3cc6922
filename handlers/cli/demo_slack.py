"""`maestro demo --slack`: the same conversation in a Slack thread, on an embedded Slack beside the embedded GitHub."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from pydantic import JsonValue
from rich.console import Console
from rich.panel import Panel
from rich.status import Status
from rich.text import Text

from bot.rehearsal.github.auth import client_id
from bot.rehearsal.served import Served
from bot.rehearsal.slack import Member, Message, Slack, Workspace
from bot.rehearsal.slack.browser import link_in, signs_in
from handlers.cli.stage import Stage, until

PATIENCE = 110.0
"""Seconds for each of the two halves."""


async def play(known: Mapping[str, str]) -> None:
    """Perform once."""
    console = Console(width=min(Console().width, 120))
    slack = Workspace()
    with tempfile.TemporaryDirectory(prefix="maestro-demo-", ignore_cleanup_errors=True) as folder:
        async with Stage(Path(folder).resolve(), known) as stage, Served(Slack(slack)) as served:
            slack.url = served.url
            slack.deliveries.deliver_to(f"{stage.site}/slack/events")
            await stage.start(
                SLACK_BOT_TOKEN=slack.token,
                SLACK_SIGNING_SECRET=slack.secret,
                SLACK_API_URL=f"{served.url}/api",
                GITHUB_CLIENT_ID=client_id(stage.world.app),
                GITHUB_CLIENT_SECRET=stage.world.client_secret,
            )
            await Thread(console, stage, slack).perform()


class Thread:
    """What a person sees in the channel."""

    def __init__(self, console: Console, stage: Stage, slack: Workspace) -> None:
        self.console, self.stage, self.slack = console, stage, slack
        self.channel = slack.channel("engineering")
        self.state: dict[str, JsonValue] = {}
        self.line = Status("Starting …", console=console)
        self._shown: dict[str, str] = {}

    async def perform(self) -> None:
        """The conversation. Raises ClickException when there is no proven pull request at its end."""
        began = time.monotonic()
        words = (
            "An embedded Slack and GitHub on this machine, a real server, a real sandbox; the model is [b]scripted[/b]."
        )
        self.console.print(Panel(words, title="Maestro in #engineering", border_style="cyan"))
        with self.line:
            repo, person, issue = await self.stage.sample()
            ada = self.slack.person("ada")
            await self._introduce(ada, person.login)
            await ada.says(self.channel, f"<@U0MAESTRO> implement {repo.full_name}#{issue.number}")
            await self._wait(lambda: self.state.get("phase") == "awaiting")
            plan = self._with_button("Approve")
            self.console.print(Text("  · ada clicks Approve", style="dim"))
            await ada.clicks(plan, "Approve")
            await self._wait(lambda: self.state.get("outcome") is not None)
        self._end(time.monotonic() - began)

    async def _introduce(self, ada: Member, login: str) -> None:
        """Ada shows by GitHub's sign-in who she is; nobody else's word counts."""
        await ada.types(self.channel, "link")
        await self._until(lambda: any(message.to for message in self.channel.messages))
        self.stage.world.browsing = self.stage.world.person(login).user
        told = next(message for message in self.channel.messages if message.to)
        said = await signs_in(link_in(told.text), self.stage.site)
        self.console.print(Text(f"  · ada follows her sign-in link: {said}", style="dim"))

    def _with_button(self, label: str) -> Message:
        return [message for message in self.channel.messages if label in message.buttons][-1]

    async def _wait(self, over: Callable[[], bool]) -> None:
        await self._until(over, look=True)
        self._show_new()

    async def _until(self, over: Callable[[], bool], *, look: bool = False) -> None:
        async def looked() -> bool:
            if look:
                self.state = await self.stage.session() or {}
                self.line.update(
                    f"{self.state.get('phase', 'heard')} · {self.state.get('steps', 0)} steps of the model"
                )
                self._show_new()
            return over()

        await until(looked, PATIENCE, lambda: f"it took too long; the server's log is {self.stage.log}", pause=0.3)

    def _show_new(self) -> None:
        """Each message once; the card again when its headline changes."""
        for message in self.channel.messages:
            shown = message.line().partition("\n")[0] if message.edits or "*Maestro* ·" in message.line() else "said"
            if self._shown.get(message.ts) == shown or message.to:
                continue
            first = message.ts not in self._shown
            self._shown[message.ts] = shown
            if first and "*Maestro* ·" not in message.line():
                style = "magenta" if message.user.bot else "blue"
                who, _, words = message.line().partition(": ")
                self.console.print(Panel(Text(words), title=who, title_align="left", border_style=style))
            else:
                self.console.print(Text(f"  · {shown}", style="dim"))

    def _end(self, seconds: float) -> None:
        pull, outcome = self.state.get("pull_request"), self.state.get("outcome")
        if not isinstance(pull, dict) or outcome != "done" or pull["draft"]:
            raise click.ClickException(f"it ended {outcome}: {self.state.get('reason')} (log: {self.stage.log})")
        words = f"Pull request #{pull['number']} is ready for review, every check upheld. {seconds:.0f} s."
        self.console.print(Panel(Text(words, style="green"), border_style="green"))
