"""The test runners that per-test results can be had from: one a file, listed here."""

from collections.abc import Mapping

from bot.checks.runners.base import Runner
from bot.checks.runners.cargo import Cargo
from bot.checks.runners.go import Go
from bot.checks.runners.gradle import Gradle
from bot.checks.runners.jest import Jest
from bot.checks.runners.junit import Junit
from bot.checks.runners.maven import Maven
from bot.checks.runners.mocha import Mocha
from bot.checks.runners.node import Node
from bot.checks.runners.pytest import Pytest
from bot.checks.runners.tap import Tap
from bot.checks.runners.unittest import Unittest
from bot.checks.runners.vitest import Vitest

__all__ = ["RUNNERS", "SUPPORT", "Runner", "by_name", "recognise"]

RUNNERS: tuple[Runner, ...] = (
    Pytest(),
    Unittest(),
    Node(),
    Vitest(),
    Jest(),
    Mocha(),
    Tap(),
    Go(),
    Cargo(),
    Maven(),
    Gradle(),
    Junit(),
)

SUPPORT: Mapping[str, str] = {name: text for runner in RUNNERS for name, text in runner.support_files.items()}
"""Everything that must lie in {support}, by file name."""


def recognise(command: str) -> Runner | None:
    """The first runner that the command starts, as far as its words tell."""
    return next((runner for runner in RUNNERS if runner.recognise(command)), None)


def by_name(name: str, junit: str = "") -> Runner | None:
    """The runner of this name; None for '' and for unknown names. `junit`: where the command writes JUnit XML, for the
    runner that needs to be told."""
    if name == "junit":
        return Junit(junit)
    return next((runner for runner in RUNNERS if runner.name == name), None)
