"""The evidence checkers, one a file, in one explicit tuple."""

from bot.checks import benchmark, command, coverage, files, integrity, mutation, red_green, regression, scope, tests
from bot.ports import Check

CHECKS: tuple[Check, ...] = (
    tests.CHECK,
    regression.CHECK,
    red_green.CHECK,
    integrity.CHECK,
    scope.CHECK,
    command.CHECK,
    files.CHECK,
    coverage.CHECK,
    benchmark.CHECK,
    mutation.CHECK,
)


def by_name(name: str) -> Check | None:
    """The check of this name; None when there is none."""
    return next((check for check in CHECKS if check.name == name), None)
