"""Other processes, watched through /proc: their processor time and their memory, children included where told."""

import asyncio
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process used so far, its ended and waited-for children included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


def memory_of(pid: int, field: str = "VmRSS") -> float:
    """Megabytes in memory now; `VmHWM`: at most so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


async def at_rest(pid: int, still: float = 1.0, seconds: float = 60.0) -> float:
    """Wait until a process has used next to nothing for `still` seconds; its processor time by then."""
    quiet, before = 0.0, cpu_of(pid)
    while quiet < still and seconds > 0:
        await asyncio.sleep(0.1)
        seconds -= 0.1
        now = cpu_of(pid)
        quiet, before = (quiet + 0.1, before) if now - before <= 0.02 else (0.0, now)
    return cpu_of(pid)
