"""`maestro serve`: the web server and a worker in one process."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import click
import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.ports import Trouble
from handlers.cli.loading import log_to_stderr, run, settings
from handlers.compose import House, furnish
from handlers.settings import Settings
from handlers.web.app import Front, Site, build
from handlers.web.pages import Reading
from handlers.web.signin import Gate

log = structlog.get_logger()


@click.command("serve", help="Run the web server and a worker in one process (the default).")
def command() -> None:
    run(serve(settings(), work=True))


class _Server(uvicorn.Server):
    """uvicorn raises a signal anew when it has shut down, which would end the process before the house is left."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.handle_exit, name, None)
        try:
            yield
        finally:
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(name)


async def serve(chosen: Settings, *, work: bool) -> None:
    """Serve until SIGINT or SIGTERM; with `work`, run sessions, too. A port that is taken is told before anything."""
    listening = _listen(chosen)
    async with furnish(chosen) as house:
        log_to_stderr(chosen.maestro_log_level, house.clean)
        server = _Server(_config(front(house)))
        tasks = [asyncio.create_task(server.serve(sockets=[listening]))]
        tasks += [asyncio.create_task(house.work()), asyncio.create_task(_introduce(house))] if work else []
        log.info("serving", address=chosen.site, sandbox=house.backend.name, github=house.github is not None)
        done, rest = await asyncio.wait(tasks[:2], return_when=asyncio.FIRST_COMPLETED)
        for task in (*rest, *tasks[2:]):
            task.cancel()
        await asyncio.wait([*tasks])
        for task in done:
            task.result()


def front(house: House) -> Front:
    """The HTTP side of a house."""
    reading = Reading(house.store, house.voice.context, house.clean, house.diff, house.bundle)
    gate = Gate(house.settings, house.github, house.key, house.slack.link if house.slack else None)
    receiver = house.receiver()
    receivers: dict[str, ASGIApp] = {"/github/webhooks": receiver} if receiver else {}
    if house.slack is not None and house.settings.slack_signing_secret:
        receivers["/slack/events"] = house.slack.receiver(house.engine.signal)
    return build(Site(reading, house.ready, house.remark, gate, receivers))


def _listen(chosen: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in chosen.maestro_host else socket.AF_INET
    # The protocol must be named: asyncio sets TCP_NODELAY only where it is, and each answer would wait 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((chosen.maestro_host, chosen.maestro_port))
    except OSError as error:
        place = f"{chosen.maestro_host}:{chosen.maestro_port}"
        advice = "Choose another with MAESTRO_HOST and MAESTRO_PORT."
        raise Trouble(f"can't listen on {place}: {error.strerror}", advice=advice) from error
    return listening


def _config(app: Front) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",  # ours runs already; asyncio's, as uvloop copies the whole process for each child that it starts
        http="httptools",
        access_log=False,
        log_config=None,
        proxy_headers=False,  # nothing here asks for the caller's address, and every request would pay for it
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )


async def _introduce(house: House) -> None:
    """Learn from GitHub who we are; until then mentions are heard under the default name."""
    while house.github is not None:
        with contextlib.suppress(Trouble):
            await house.github.account()
            return
        await asyncio.sleep(30)
