"""What every command does first: read the settings, set up the logs, and turn known failures into words."""

import asyncio
import contextlib
import logging
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import TypeVar

import click
import structlog

from bot.ports import Trouble
from handlers.settings import Settings, SettingsError, load
from sandbox.api import SandboxError

T = TypeVar("T")


def settings() -> Settings:
    """The settings, or exit 1 with every problem and what to do."""
    try:
        return load()
    except SettingsError as wrong:
        advice = "The settings stand in README.md and .env.example; `maestro doctor` checks them."
        raise click.ClickException(f"the settings are wrong.\n{wrong}\n{advice}") from None


def log_to_stderr(level: str, clean: Callable[[str], str]) -> None:
    """Structured logs on stderr, one JSON object a line (words when it is a terminal), without secrets."""

    def redacted(_logger: object, _name: str, line: object) -> str:
        return clean(str(line))

    shape = structlog.dev.ConsoleRenderer(colors=True) if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            shape,
            redacted,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(_Cleaned(clean))
    logging.basicConfig(level=level.upper(), handlers=[others])
    sys.excepthook = lambda *error: print(clean("".join(traceback.format_exception(*error))), end="", file=sys.stderr)
    for noisy in ("httpx", "httpcore", "httpx2", "openai", "alembic", "uvicorn.access", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _Cleaned(logging.Formatter):
    """The lines of foreign libraries, whose tracebacks may hold anything, without secrets."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")
        self._clean = clean

    def format(self, record: logging.LogRecord) -> str:
        return self._clean(super().format(record))


def wait_without_threads() -> None:
    """Before Python 3.12 asyncio starts a thread for every child process that it waits for; a descriptor is cheaper."""
    if sys.version_info < (3, 12) and hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError):  # an old kernel, or a container that forbids it
            os.close(os.pidfd_open(os.getpid()))
            asyncio.set_child_watcher(asyncio.PidfdChildWatcher())


def run(work: Coroutine[object, object, T]) -> T:
    """Run to the end; trouble becomes one message and exit code 1, an interrupt exit code 130."""
    wait_without_threads()
    try:
        return asyncio.run(work)
    except Trouble as trouble:
        raise click.ClickException(f"{trouble.what}. {trouble.advice}".strip()) from None
    except SandboxError as error:
        raise click.ClickException(f"{error}. `maestro doctor` shows the details.") from None
    except KeyboardInterrupt:
        sys.exit(130)
