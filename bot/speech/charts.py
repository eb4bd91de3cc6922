"""Charts where no picture can be sent: as a Mermaid diagram for GitHub, as bars of text for a terminal."""

import re

from bot.speech.post import Chart

WIDTH = 40
"""Characters of the longest bar of text."""

_UNSAFE = re.compile(r"[^\w .,:#%()/+-]")


def mermaid(chart: Chart) -> str:
    """A fenced `xychart-beta` block. Whatever a label holds, it stays a label."""
    labels = ", ".join(f'"{_plain(bar.label)}"' for bar in chart.bars)
    values = ", ".join(f"{bar.value:.6g}" for bar in chart.bars)
    top = max((max(bar.high, bar.value) for bar in chart.bars), default=1.0) * 1.1 or 1.0
    lines = [
        "xychart-beta",
        f'    title "{_plain(chart.title)}"',
        f"    x-axis [{labels}]",
        f'    y-axis "{_plain(chart.unit)}" 0 --> {top:.6g}',
        f"    {chart.style} [{values}]",
    ]
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def text_bars(chart: Chart) -> str:
    """One line for each value: its label, a bar and the number."""
    top = max((bar.value for bar in chart.bars), default=1.0) or 1.0
    width = max((len(bar.label) for bar in chart.bars), default=0)
    lines = [f"{bar.label.ljust(width)}  {_bar(bar.value / top)} {bar.value:.4g} {chart.unit}" for bar in chart.bars]
    return "\n".join([chart.title, *(line.rstrip() for line in lines)])


def _bar(share: float) -> str:
    return "█" * max(1, round(WIDTH * share))


def _plain(text: str) -> str:
    return _UNSAFE.sub(" ", text)[:60].strip() or "value"
