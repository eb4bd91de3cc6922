"""Limits that the kernel keeps for a whole group of processes, where this machine lets us make groups.

Both layouts are known: one directory per controller (version 1) and one tree (version 2). Where neither can be written
(an ordinary user without delegation, most containers) there are no groups and resource limits of processes must do.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.api import Limits

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000
"""Microseconds over which processor time is shared out."""

ALL = "maestro-all-"
"""Begins the name of the group of one process' groups for processor time: however many of its sandboxes rage, together
they weigh half of what one service does when others want to run. So the server answers."""

SPARE = 16
"""Processes of bubblewrap and ours that live in the group beside the command's."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group: `folders` are its directories, one per controller (version 1) or a single one (version 2)."""

    folders: tuple[Path, ...]

    @property
    def doors(self) -> tuple[Path, ...]:
        """Files to which a process writes `0` to enter."""
        return tuple(folder / "cgroup.procs" for folder in self.folders)

    def out_of_memory(self) -> int:
        """How often the kernel has ended a process of this group for want of memory."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                for line in _read(folder / name).splitlines():
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        return 0

    def processes(self) -> list[int]:
        return sorted({int(pid) for folder in self.folders for pid in _read(folder / "cgroup.procs").split()})

    def remove(self) -> None:
        """End whatever is left inside and remove the group. Waits up to a second for the kernel."""
        for _ in range(100):
            for pid in self.processes():
                _end(pid)
            if all(_removed(folder) for folder in self.folders):
                for folder in self.folders:
                    if folder.parent.name.startswith(ALL):
                        _try(folder.parent.rmdir)  # unless others live in it
                return
            time.sleep(0.01)


def create(name: str, limits: Limits) -> Group | None:
    """Make a group with these limits; None when this machine does not let us."""
    group = Group(_folders(name))
    try:
        for folder in group.folders:
            _make(folder)
        _limit(group, limits)
    except OSError:
        group.remove()
        return None
    return group if group.folders else None


def _make(folder: Path) -> None:
    """A new group; the one above it may be removed by a neighbour just now."""
    for _ in range(10):
        folder.parent.mkdir(parents=True, exist_ok=True)
        if _try(folder.mkdir):
            return
    folder.mkdir()


def _folders(name: str) -> tuple[Path, ...]:
    if (ROOT / "cgroup.controllers").exists():
        return (ROOT / f"{ALL}{os.getpid()}" / name,)
    ours = {kind: ROOT / kind / path.lstrip("/") for kind, path in _own_paths()}
    ours |= {"cpu": ours["cpu"] / f"{ALL}{os.getpid()}"} if "cpu" in ours else {}
    return tuple(ours[kind] / name for kind in ("memory", "pids", "cpu") if kind in ours)


def _own_paths() -> list[tuple[str, str]]:
    """(controller, our own path in its hierarchy), version 1 only: our groups lie below our own, never beside it."""
    rows = [line.split(":", 2) for line in _read(Path("/proc/self/cgroup")).splitlines()]
    return [(kind, path) for _, kinds, path in rows for kind in kinds.split(",") if (ROOT / kind).is_dir()]


def _limit(group: Group, limits: Limits) -> None:
    if (ROOT / "cgroup.controllers").exists():
        for parent in (ROOT, group.folders[0].parent):
            (parent / "cgroup.subtree_control").write_text("+memory +pids +cpu")
    quota = int(limits.cpus * PERIOD)
    settings: dict[str, tuple[str, bool]] = {
        "memory.max": (str(limits.memory), True),
        "memory.swap.max": ("0", False),
        "memory.limit_in_bytes": (str(limits.memory), True),
        "memory.memsw.limit_in_bytes": (str(limits.memory), False),
        "pids.max": (str(limits.pids + SPARE), True),
        "cpu.max": (f"{quota} {PERIOD}", True),
        "cpu.cfs_quota_us": (str(quota), True),
    }
    for folder in group.folders:
        for name, (value, needed) in settings.items():
            _set(folder / name, value, needed)
        if folder.parent.name.startswith(ALL):
            for name, value in (("cpu.weight", "50"), ("cpu.shares", "512")):
                _set(folder.parent / name, value, needed=False)


def _set(file: Path, value: str, needed: bool) -> None:
    """Absent files belong to the other version or to a controller that is off; some settings are welcome only."""
    try:
        if file.exists():
            file.write_text(value)
    except OSError:
        if needed:
            raise


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _removed(folder: Path) -> bool:
    return not folder.exists() or _try(folder.rmdir)


def _end(pid: int) -> None:
    _try(lambda: os.kill(pid, 9))


def _try(act: Callable[[], None]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True
