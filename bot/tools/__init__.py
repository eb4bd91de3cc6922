"""What the agent may do: one tool a file, listed here and offered by the mode of the turn."""

from bot.domain.session import Session
from bot.tools import (
    ask,
    delete_file,
    edit_file,
    finish,
    list_files,
    move_file,
    propose_plan,
    reply,
    restore_file,
    run,
    search_files,
    view_file,
    write_file,
)
from bot.tools.benchmark import Benchmark, Measure, benchmark
from bot.tools.definition import AgentTool, Mode, mode_of

__all__ = ["TOOLS", "AgentTool", "Benchmark", "Measure", "Mode", "benchmark", "mode_of", "tools_for"]

TOOLS: tuple[AgentTool, ...] = (
    view_file.TOOL,
    list_files.TOOL,
    search_files.TOOL,
    run.TOOL,
    propose_plan.TOOL,
    write_file.TOOL,
    edit_file.TOOL,
    delete_file.TOOL,
    move_file.TOOL,
    restore_file.TOOL,
    reply.TOOL,
    ask.TOOL,
    finish.TOOL,
)
"""All tools that need nothing but a workbench, in the order in which they are offered."""


def tools_for(session: Session, measure: Measure | None = None) -> tuple[AgentTool, ...]:
    """Exactly the tools of the session's phase; `benchmark` among them when the program can measure."""
    mode = mode_of(session)
    every = (*TOOLS, benchmark(measure)) if measure else TOOLS
    return tuple(tool for tool in every if mode in tool.modes)
