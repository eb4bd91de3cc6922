"""The test runners that per-test results can be had from: one a file, listed here."""

from collections.abc import Mapping

from bot.checks.runners.base import Runner
from bot.checks.runners.pytest import Pytest
from bot.checks.runners.unittest import Unittest

__all__ = ["RUNNERS", "SUPPORT", "Runner", "by_name", "recognise"]

RUNNERS: tuple[Runner, ...] = (Pytest(), Unittest())

SUPPORT: Mapping[str, str] = {name: text for runner in RUNNERS for name, text in runner.support_files.items()}
"""Everything that must lie in {support}, by file name."""


def recognise(command: str) -> Runner | None:
    """The first runner that the command starts, as far as its words tell."""
    return next((runner for runner in RUNNERS if runner.recognise(command)), None)


def by_name(name: str) -> Runner | None:
    """The runner of this name; None for '' and for unknown names."""
    return next((runner for runner in RUNNERS if runner.name == name), None)
