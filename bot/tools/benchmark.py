"""Measure the base against the current tree. The program measures; the model only names the command."""

from collections.abc import Awaitable, Callable

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import WORKING, AgentTool, Arguments, tool


class Benchmark(Arguments):
    command: str = Field(min_length=1)
    metric: str | None = None
    unit: str | None = None
    rounds: int | None = Field(None, ge=1, le=100)


Measure = Callable[[Benchmark, Workbench], Awaitable[Answer]]
"""Runs the command on both trees, interleaved, and says what came of it."""


def benchmark(measure: Measure) -> AgentTool:
    """The tool, for a program that can measure."""
    purpose = "Measure a command on the base against the current tree."
    return tool("benchmark", purpose, Benchmark, measure, WORKING)
