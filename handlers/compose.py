"""The composition root: settings in, the whole program out. Nothing here decides anything about a session."""

import asyncio
import os
import secrets
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from bot import turn
from bot.bounds import Budget
from bot.bundle import Sources, bundle
from bot.caps import Caps
from bot.checks import by_name
from bot.codehost import Account, GitHubHost, GitHubReviews, Pace
from bot.deliver import Counter
from bot.deliver.following import settle
from bot.dispatch import InProcessDispatcher, worker_name
from bot.domain.events import Event, Grounded
from bot.domain.following import Patience
from bot.domain.refs import SurfaceName
from bot.domain.session import Job, Session
from bot.engine import Engine, JobRunner, Parts
from bot.executing import ResultFiles, Rig
from bot.ground import Spade
from bot.journal import Journal
from bot.llm import OpenAIModel
from bot.measuring import Stand
from bot.onto import onto_pull
from bot.ports import Clock, CodeHost, Model, Reply, Request, Surface, Trouble
from bot.publish import Mouth
from bot.speech.redact import redact
from bot.speech.voice import Voice
from bot.store import SqlStore
from bot.validate import Laboratory
from bot.workplace import Workplace
from handlers.github import Ears, GitHubSurface, Missed, Receiver
from handlers.isolation import wishes_of
from handlers.jobs import jobs_of
from handlers.lending import known_secrets, pen_of, vault_of, voice_of
from handlers.material import Material, slack_of
from handlers.settings import Settings, environment
from handlers.slack import Office
from sandbox import toolchains
from sandbox.api import Backend, SandboxUnavailable
from sandbox.backends import choose
from sandbox.clients import CLIENTS, Machine, Source, source
from sandbox.mirror import Mirrors
from sandbox.workshop import Workshop

log = structlog.get_logger()

CLIENT_SETTINGS = ("PIP_", "UV_", "NPM_CONFIG_", "npm_config_", "CARGO_", "GO", "MAVEN_", "SSL_CERT_", "REQUESTS_CA_")
"""Beginnings of the names by which package clients are configured in the environment."""

REMARK_SECONDS = 3.0
"""How long GitHub may take to say who we are when somebody asks whether we are ready."""

PER_REPOSITORY = 4
"""Sessions of one repository that a worker works on at once."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class NoModel:
    """Stands where a model would be, and says what to set."""

    name = "none"

    async def reply(self, _request: Request) -> Reply:
        advice = "Set MAESTRO_MODEL and OPENAI_API_KEY (or OPENAI_BASE_URL), restart, then `/maestro retry`."
        raise Trouble("no model is configured", retry_in=None, advice=advice)


@dataclass(frozen=True, slots=True)
class House:
    """The program put together. `github` is None when no App is set."""

    settings: Settings
    store: SqlStore
    engine: Engine
    dispatcher: InProcessDispatcher
    workplace: Workplace
    backend: Backend
    github: GitHubHost | None
    voice: Voice
    key: bytes
    slack: Office | None = None

    def clean(self, text: str) -> str:
        """Text without any secret that we know."""
        return self.github.clean(text) if self.github else redact(text, known_secrets(self.settings))

    async def ready(self) -> str:
        """'' when sessions can be stored and run, otherwise what is wrong."""
        try:
            await self.store.ping()
            failed = [c for c in await self.backend.capabilities() if c.needed and not c.ok]
        except (Trouble, SandboxUnavailable) as wrong:
            return str(wrong)
        return "; ".join(f"{c.name}: {c.found}" for c in failed)

    async def remark(self) -> str:
        """What is not well outside: as long as GitHub has not told us who we are, deliveries are stored and wait."""
        if self.github is None or self.github.known_account is not None:
            return ""
        try:
            async with asyncio.timeout(REMARK_SECONDS):
                await self.github.account()
        except Trouble as trouble:
            return self.clean(f"{trouble.what}. {trouble.advice}".strip())
        except TimeoutError:
            return "GitHub does not answer"
        return ""

    async def diff(self, session: Session) -> str:
        """The session's whole change as a patch."""
        if not session.changed or session.base is None or session.head is None:
            return ""
        bare = await self.workplace.bare(session)
        return await bare.patch(session.base, session.head)

    async def bundle(self, session: Session, events: Sequence[Event]) -> bytes:
        """The session's evidence as one archive. Raises Trouble when there is none."""
        bare, key = await self.workplace.bare(session), self.settings.maestro_signing_key
        sources = Sources(bare, self.store.blob, self.clean, key)
        return await bundle(session, events, sources)

    def receiver(self) -> Receiver | None:
        """The webhook endpoint."""
        if self.github is None:
            return None
        ears = _Ears(self.github, self.settings)
        return Receiver(self.settings.webhook_secrets, partial(self.store.receive, "github"), ears, self.engine.signal)

    async def work(self) -> None:
        """Hear, run sessions, sweep: until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.engine.listen())
            tasks.create_task(self.dispatcher.run())
            if self.slack is not None:
                tasks.create_task(self.slack.work(self.engine.signal))


class _Ears:
    """Who we are, as far as GitHub has told us: the App's id is known at once, its name after the first answer."""

    def __init__(self, host: GitHubHost, settings: Settings) -> None:
        self.host, self.settings = host, settings

    def __call__(self) -> Ears:
        known = self.host.known_account or Account(self.settings.github_app_id, "maestro", "")
        return Ears(known, self.settings.allowed_bots)


@dataclass(frozen=True, slots=True)
class Fittings:
    """What a house is fitted with when the settings alone do not say: rehearsals have clocks of their own, stores and
    connections that fail on demand, and one sandbox backend for house after house."""

    clock: Clock = field(default_factory=SystemClock)
    store: Callable[[str], SqlStore] = SqlStore
    github: Callable[[Settings], GitHubHost | None] | None = None
    backend: Backend | None = None


@asynccontextmanager
async def furnish(
    settings: Settings,
    *,
    hosts: Mapping[SurfaceName, CodeHost] | None = None,
    surfaces: Mapping[SurfaceName, Surface] | None = None,
    model: Model | None = None,
    patience: Patience | None = None,
    fittings: Fittings | None = None,
) -> AsyncIterator[House]:
    """Put the house together, and take it apart at the end. `hosts` and `surfaces` are added to those of the settings.

    Raises SandboxUnavailable or Trouble with what to do when it can't stand.
    """
    home = private(settings.maestro_home)
    async with AsyncExitStack() as stack:
        fitted = fittings or Fittings()
        store = fitted.store(settings.database)
        await store.migrate()
        stack.push_async_callback(store.close)
        backend = fitted.backend or await choose_backend(settings, home)
        github = (fitted.github or github_host)(settings)
        if github is not None:
            stack.push_async_callback(github.close)
        office = slack_of(settings, store, fitted.clock, github, _key(home), lambda: _slug(github))
        if office is not None:
            stack.push_async_callback(office.client.close)
        places = ({SurfaceName.GITHUB: github, SurfaceName.SLACK: github} if github else {}) | dict(hosts or {})
        mouths = ({SurfaceName.GITHUB: GitHubSurface(github)} if github else {}) | dict(surfaces or {})
        mouths |= {SurfaceName.SLACK: office.surface} if office else {}
        spoken = model or _model(settings)
        waits = patience or Patience()
        yield await _assemble(
            Material(settings, store, backend, github, places, mouths, spoken, waits, fitted.clock, office)
        )


async def _assemble(given: Material) -> House:
    settings, store, office = given.settings, given.store, given.office
    home = settings.maestro_home.absolute()
    voice, key = voice_of(settings, given.model.name), _key(home)
    workshop = Workshop(home, Mirrors(home), given.backend)
    lend = vault_of(settings).lend
    workplace = Workplace(workshop, given.host, package_sources(), store.put_blob, given.clock, lend)
    reviews = GitHubReviews(given.github) if given.github else None

    async def afterwards(journal: Journal) -> None:
        await settle(journal, reviews)

    parts = Parts(
        Mouth(store, given.clock, given.surfaces, voice, key),
        given.hosts,
        _jobs(given, workplace, reviews, voice),
        lambda: _slug(given.github),
        patience=given.patience,
        afterwards=afterwards,
        caps=Caps(settings.maestro_sessions_per_day, settings.maestro_messages_per_day),
        receptions={SurfaceName.SLACK: office.reception} if office else {},
    )
    engine = Engine(parts, lambda: dispatcher.signal())

    github, inbox = given.github, partial(store.receive, "github")
    missed = Missed(github, _Ears(github, settings), inbox, given.clock.now) if github else None

    async def sweep() -> None:
        await engine.sweep()
        await workshop.sweep()
        if missed is not None and await missed.run():
            engine.signal()

    dispatcher = InProcessDispatcher(
        store, engine.advance, given.clock, worker_name(), settings.maestro_concurrency, PER_REPOSITORY, sweep
    )
    return House(settings, store, engine, dispatcher, workplace, given.backend, given.github, voice, key, office)


def _jobs(
    given: Material, workplace: Workplace, reviews: GitHubReviews | None, voice: Voice
) -> Mapping[Job, JobRunner]:
    """The jobs over this material."""
    settings, store, host, workshop = given.settings, given.store, given.host, workplace.workshop
    desk = turn.Desk(given.model, workplace.bench, store.put_blob, store.blob, claim_problem, _budget(settings))
    results = ResultFiles(settings.maestro_home.absolute() / "results")
    rig = Rig(workshop, results, store.put_blob, given.clock)

    def reviews_of(session: Session) -> GitHubReviews | None:
        return reviews if host(session).pull_requests else None

    async def onto(session: Session, grounded: Grounded) -> Grounded:
        mine = reviews_of(session)
        if mine is None:
            return grounded
        return await onto_pull(session, grounded, host(session), mine, await workplace.bare(session), workshop.mirrors)

    return jobs_of(
        Spade(host, workplace.clone, workplace.set_up, onto),
        desk,
        Laboratory(rig, workplace.bare, workplace.layer),
        Counter(host, workplace.bare, voice, reviews_of, workshop.mirrors, pen_of(settings, given.github, host)),
        Stand(host, workplace.clone, workplace.bare, workplace.layer, rig, store),
    )


def _slug(github: GitHubHost | None) -> str:
    """The App's name, by which people mention it."""
    account = github.known_account if github else None
    return account.slug if account else "maestro"


def claim_problem(name: str, args: Mapping[str, object]) -> str | None:
    """What is wrong with a claim's check and arguments."""
    found = by_name(name)
    return found.problem(args) if found else f"there is no check {name!r}"  # type: ignore[arg-type]


def _budget(settings: Settings) -> Budget:
    return Budget(settings.maestro_budget_usd, settings.maestro_max_steps, settings.maestro_context_tokens)


def github_host(settings: Settings, pace: Callable[[], Pace] = Pace) -> GitHubHost | None:
    """GitHub by the settings; None when no App is set."""
    if not settings.has_github:
        return None
    return GitHubHost(
        settings.github_app_id,
        settings.github_private_key,
        api_url=settings.github_api_url,
        graphql_url=settings.graphql_url,
        server_url=settings.github_server_url,
        secrets=lambda: known_secrets(settings),
        pace=pace,
    )


def _model(settings: Settings) -> Model:
    if not settings.has_model:
        return NoModel()
    return OpenAIModel(
        settings.maestro_model,
        key=settings.openai_api_key or "none",
        base_url=settings.openai_base_url or None,
        api=settings.maestro_model_api,
    )


async def choose_backend(settings: Settings, home: Path) -> Backend:
    """The sandbox backend of the settings, with this machine's toolchains. Raises SandboxUnavailable."""
    found = await toolchains.find(machine().path, machine().home)
    return await choose(settings.maestro_sandbox, wishes_of(settings, home, found))


def machine() -> Machine:
    """This machine as package clients and toolchains see it: the operator's own PATH, home and client settings."""
    known = environment()
    kept = {name: value for name, value in known.items() if name.startswith(CLIENT_SETTINGS)}
    return Machine(known.get("PATH", os.defpath), Path.home(), kept)


def package_sources() -> Callable[[Sequence[str]], Awaitable[Sequence[Source]]]:
    """Where package clients fetch from, each asked once."""
    known: dict[str, Source] = {}

    async def ask(clients: Sequence[str]) -> Sequence[Source]:
        for client in clients:
            if client in CLIENTS and client not in known:
                known[client] = await source(client, machine())
        return [known[client] for client in clients if client in known]

    return ask


def private(home: Path) -> Path:
    """The data directory, made when absent, ours alone. Raises Trouble when it can't be."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH)
    except OSError as error:
        advice = "Set MAESTRO_HOME to a directory that can be written."
        raise Trouble(f"{home} can't hold our data: {error.strerror}", retry_in=None, advice=advice) from error
    return home.absolute()


def _key(home: Path) -> bytes:
    """The key of our markers, made at the first start."""
    file = home / "marker.key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    with os.fdopen(descriptor, "wb") as out:
        out.write(secrets.token_bytes(32))
    return file.read_bytes()
