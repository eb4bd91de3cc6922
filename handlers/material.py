"""What a house is put together from, before it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.codehost import GitHubHost
from bot.domain.following import Patience
from bot.domain.refs import SurfaceName
from bot.domain.session import Session
from bot.ports import Clock, CodeHost, Model, Surface
from bot.store import SqlStore
from handlers.settings import Settings
from handlers.slack import Office, open_office
from handlers.web.signin import Gate, Link
from sandbox.api import Backend


@dataclass(frozen=True, slots=True)
class Material:
    """What a house is put together from."""

    settings: Settings
    store: SqlStore
    backend: Backend
    github: GitHubHost | None
    hosts: Mapping[SurfaceName, CodeHost]
    surfaces: Mapping[SurfaceName, Surface]
    model: Model
    patience: Patience
    clock: Clock
    office: Office | None

    def host(self, session: Session) -> CodeHost:
        return self.hosts[session.place.surface]


def slack_of(
    settings: Settings,
    store: SqlStore,
    clock: Clock,
    github: GitHubHost | None,
    key: bytes,
    bot: Callable[[], str],
) -> Office | None:
    """Slack by the settings; None when it is off, or when there is no GitHub to ask who may do what."""
    if not settings.has_slack or github is None:
        return None

    def invite(link: Link) -> Callable[[str, str], str]:
        return Gate(settings, github, key, link).invite

    return open_office(settings, store, clock, github, bot, github.clean, invite)
