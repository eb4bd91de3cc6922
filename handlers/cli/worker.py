"""`maestro worker`: a worker without a web server, beside others on one PostgreSQL."""

import asyncio
import contextlib
import signal

import click

from handlers.cli.loading import log_to_stderr, run, settings
from handlers.compose import furnish
from handlers.settings import Settings


@click.command("worker", help="Run a worker only.")
def command() -> None:
    run(work(settings()))


async def work(chosen: Settings) -> None:
    """Work until SIGINT or SIGTERM."""
    async with furnish(chosen) as house:
        log_to_stderr(chosen.maestro_log_level, house.clean)
        task = asyncio.create_task(house.work())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
