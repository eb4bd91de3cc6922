"""Run a shell command in the sandbox."""

from pydantic import Field

from bot.ports import Answer, Workbench
from bot.tools.definition import Arguments, tool
from bot.tools.text import cut_middle

USUAL, MOST = 120, 1_800
"""Seconds."""

HEAD, TAIL = 4_000, 12_000
"""Characters of the output that the model reads; errors stand at the end."""


class RunCommand(Arguments):
    command: str = Field(min_length=1, description="for sh, in /workspace")
    timeout: float | None = Field(None, description="seconds, usually 120, at most 1800", gt=0)


async def run(args: RunCommand, bench: Workbench) -> Answer:
    timeout = min(args.timeout or USUAL, MOST)
    code, output, seconds = await bench.run(args.command, timeout)
    text = output.decode("utf-8", "replace")
    shown = cut_middle(text, HEAD, TAIL)
    ended = f"exit code {code}" if code is not None else f"ended by its time limit of {timeout:g} s"
    return Answer(
        f"{ended}, {seconds:.1f} s\n{shown}".rstrip("\n") if shown.strip() else f"{ended}, {seconds:.1f} s, no output",
        ok=code == 0,
        output=output if shown is not text else b"",
    )


TOOL = tool("run", "Run a shell command in the sandbox; no network.", RunCommand, run)
