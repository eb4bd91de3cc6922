"""`.maestro.yml` as one strict model, and what is detected where the file is silent.

The reading (`read_rules`) and the detection (`bot.domain.detect`) are pure: text in, values and problems out.
"""

from typing import Literal

from bot.domain.refs import Value


class BudgetRules(Value):
    usd: float | None = None
    steps: int | None = None
    minutes: int | None = None


class Rules(Value):
    """A repository's own rules, INTERFACES §6. Empty fields mean: detect."""

    setup: tuple[str, ...] | None = None
    test: str | None = None
    junit: str | None = None
    checks: dict[str, str] = {}
    benchmark: dict[str, str] = {}
    image: str | None = None
    network: tuple[str, ...] | None = None
    approval: Literal["write", "none"] = "write"
    protected: tuple[str, ...] = ()
    budget: BudgetRules = BudgetRules()


class Detected(Value):
    """What the repository's files tell: set-up commands, the test command and its runner, package clients.

    `runner` is one of pytest, unittest, node, vitest, jest, go, cargo, maven, gradle, junit, or '' when unknown;
    `because` names the files that told. After detection the rules' own words win: this is the effective result.
    """

    setup: tuple[str, ...] = ()
    test: str = ""
    runner: str = ""
    clients: tuple[str, ...] = ()
    key_files: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
