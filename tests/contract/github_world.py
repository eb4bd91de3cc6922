"""The embedded GitHub, served on loopback, and our host on it."""

import functools
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.codehost import Client, GitHubHost
from bot.domain.refs import Actor, ConversationRef, RepoRef, SurfaceName
from bot.rehearsal.github import GitHub, Issue, Person, Repo, World, private_pem
from bot.rehearsal.served import Served


async def at_once(_: float) -> None:
    """A sleep for those who cannot wait."""


class Stage:
    """One served address on which world after world appears: a server costs 0.2 s to end, a world nothing."""

    def __init__(self) -> None:
        self.url = ""
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        await self._app(scope, receive, send)

    def world(self, root: Path) -> World:
        """A new world in an empty folder, in place of the one before."""
        world = World(root)
        world.url, self._app = self.url, GitHub(world)
        return world


@asynccontextmanager
async def served_stage() -> AsyncIterator[Stage]:
    stage = Stage()
    async with Served(stage) as served:
        stage.url = served.url
        yield stage


@functools.cache
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@asynccontextmanager
async def host_on(world: World, key: str = "", timeout: float = 5.0) -> AsyncIterator[GitHubHost]:
    app = str(world.app.id)
    client = Client(app, key or private_pem(), world.url, timeout=timeout, tls=tls(), sleep=at_once)
    host = GitHubHost(app, "", graphql_url=f"{world.url}/graphql", server_url=world.url, client=client)
    try:
        yield host
    finally:
        await host.close()


def ref_of(world: World, repo: Repo) -> RepoRef:
    installed = world.installation_of(repo)
    return RepoRef(
        owner=repo.owner.login, name=repo.name, id=str(repo.id), installation=str(installed.id) if installed else ""
    )


def place_of(world: World, issue: Issue) -> ConversationRef:
    return ConversationRef(surface=SurfaceName.GITHUB, repo=ref_of(world, issue.repo), key=str(issue.number))


def actor_of(person: Person) -> Actor:
    return Actor(surface=SurfaceName.GITHUB, id=str(person.user.id), login=person.login)
