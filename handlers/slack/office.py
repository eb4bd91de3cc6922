"""Slack put together: one client, its surface, its reception, its receiver, and the socket where there is one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.codehost import GitHubHost
from bot.domain.refs import Heard
from bot.ports import Clock, Store, Trouble
from handlers.settings import Settings
from handlers.slack.client import SlackClient
from handlers.slack.hear import Dialog
from handlers.slack.ledger import Ledger
from handlers.slack.provenance import Provenance
from handlers.slack.receiver import Receiver
from handlers.slack.reception import Allowed, SlackReception
from handlers.slack.say import SlackSurface
from handlers.slack.socket import listen
from handlers.slack.sweep import Sweep

AGAIN = 30.0
"""Seconds until we ask Slack again who we are."""

REMIND = 90.0
"""Seconds after which status lines are shown once more."""

FRESH = timedelta(hours=1)
"""What was said longer ago than this is not done any more when its speaker signs in."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything of Slack that a house has."""

    settings: Settings
    store: Store
    clock: Clock
    client: SlackClient
    ledger: Ledger
    surface: SlackSurface
    reception: SlackReception

    def receiver(self, on_new: Callable[[], None]) -> Receiver:
        """The request address."""
        secret = self.settings.slack_signing_secret.encode()
        return Receiver(secret, self._hear, lambda: self.client.me, self._open, on_new)

    async def work(self, on_new: Callable[[], None]) -> None:
        """Learn who we are; hear what was missed; listen at the socket where an App token is set. Until cancelled."""
        while not self.client.me:
            with contextlib.suppress(Trouble):
                await self.client.introduce()
                break
            await asyncio.sleep(AGAIN)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._remind())
            if self.settings.slack_app_token:
                await listen(self.client, self.settings.slack_app_token, self.receiver(on_new), self.sweep.run)
            else:
                await self.sweep.run()

    async def _remind(self) -> None:
        while True:
            await asyncio.sleep(REMIND)
            await self.surface.remind()

    @property
    def sweep(self) -> Sweep:
        return Sweep(self.client, self.ledger, self._hear)

    async def link(self, person: str, user: str, login: str) -> None:
        """Who somebody is on GitHub is known from now on; what they were asked to sign in for is heard once more."""
        await self.ledger.link(person, user, login)
        waiting = await self.ledger.waiting(person)
        await self.ledger.wait(person, None)
        if waiting is not None and self.clock.now() - waiting.at <= FRESH:
            names = {"delivery": f"linked:{waiting.delivery}", "what": f"linked:{waiting.what}"}
            await self._hear(waiting.model_copy(update=names))

    async def _hear(self, heard: Heard) -> bool:
        return await self.store.receive("slack", heard)

    async def _open(self, dialog: Dialog) -> None:
        await self.client.call("views.open", {"trigger_id": dialog.trigger, "view": dialog.view})


Invite = Callable[[Callable[[str, str, str], Awaitable[None]]], Callable[[str, str], str]]
"""Given what remembers a link, what makes a person's sign-in address."""


def open_office(
    settings: Settings,
    store: Store,
    clock: Clock,
    host: GitHubHost,
    bot: Callable[[], str],
    clean: Callable[[str], str],
    invite: Invite,
) -> Office:
    """Slack by the settings. `host` is GitHub: who may do what is decided there, and nowhere else."""
    client, ledger = SlackClient(settings.slack_bot_token, settings.slack_api_url), Ledger(store, clock)
    allowed = Allowed(settings.slack_teams, settings.slack_channels)
    reception = SlackReception(client, ledger, host, allowed, bot, invite(ledger.link), clean)
    surface = SlackSurface(client, clean, Provenance(host, allowed.channels).fits)
    return Office(settings, store, clock, client, ledger, surface, reception)
