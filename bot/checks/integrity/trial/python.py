"""Trials of Python's tests, by pytest and unittest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.checks.integrity.trial import insisting
from bot.checks.integrity.trial.language import Changed, Lines
from bot.checks.pairing import Named
from bot.ports import Run

STARTED: Mapping[str, tuple[str, str]] = {
    "pytest": ("-p maestro_pytest", "-p maestro_trial_pytest -p maestro_pytest"),
    "unittest": ("-m maestro_unittest", "-m maestro_trial_unittest"),
}
"""What of a runner's instrumented command becomes what."""


@dataclass(frozen=True, slots=True)
class Python:
    runners: Collection[str] = field(default=frozenset(STARTED))
    suffixes: tuple[str, ...] = (".py",)

    def bodied(self, tests: Collection[Named], _: Mapping[str, str], /) -> tuple[Named, ...]:
        """They have them."""
        return tuple(tests)

    def trying(self, run: Run, _: Mapping[str, str], __: Mapping[str, str], /) -> Run:
        plain, tried = STARTED[run.runner or ""]
        return replace(run, argv=tuple(word.replace(plain, tried, 1) for word in run.argv))

    def insisted(self, _: str, text: str, tests: Collection[Named], /) -> tuple[Lines, ...]:
        return insisting.insisted(text, {test.function for test in tests})

    def disturbed(self, changed: Sequence[Changed], holding: Collection[str], /) -> Mapping[str, frozenset[str] | None]:
        return insisting.disturbed(changed, holding)

    def uses(self, test: Named, names: Collection[str], /) -> bool:
        return insisting.uses(test.body, names)


PYTHON = Python()
