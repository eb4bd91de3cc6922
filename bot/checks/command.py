"""`command`: does this command end with 0 on the new tree? What it did on the old one is recorded beside it."""

from collections.abc import Mapping

from pydantic import Field, JsonValue

from bot.checks.arguments import Arguments, complaint, read
from bot.checks.running import limit_of, shell
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Run, TreeSpec

CHEAP = 60.0
"""Seconds: a command that took longer is not repeated on the base just for the comparison."""


class CommandArguments(Arguments):
    """A shell command, or the name of one of the repository's own `checks`."""

    command: str = Field(min_length=1)


class CommandCheck:
    name = "command"
    always = False

    def problem(self, args: Mapping[str, JsonValue]) -> str | None:
        return complaint(CommandArguments, args)

    def step(self, question: Question, results: Mapping[str, Result]) -> tuple[Run, ...] | Judgement | None:
        if question.claim is None:
            return None
        asked = read(CommandArguments, question.claim.args)
        argv = shell(question.rules.checks.get(asked.command, asked.command))
        head = results.get("head")
        if head is None:
            return (Run("head", TreeSpec("head"), argv, limit_of(question)),)
        if "base" not in results and head.exit_code is not None and head.seconds <= CHEAP:
            return (Run("base", TreeSpec("base"), argv, limit_of(question)),)
        return _judge(head, results.get("base"))


def _judge(head: Result, base: Result | None) -> Judgement:
    before = f" At base it {_ended(base)}." if base else ""
    if head.exit_code is None:
        return Judgement(Verdict.UNPROVEN, f"The command {_ended(head)}: nothing was shown.{before}", "head")
    verdict = Verdict.UPHELD if head.exit_code == 0 else Verdict.REFUTED
    return Judgement(verdict, f"The command {_ended(head)}.{before}", "head")


def _ended(result: Result) -> str:
    return result.unfinished if result.exit_code is None else f"ended with {result.exit_code}"


CHECK = CommandCheck()
