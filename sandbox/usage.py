"""How much a sandbox has written, measured from outside while its commands run."""

import asyncio
import contextlib
import os
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.api import Limits

DEEPEST = 200
"""Directories nested deeper than this count as over the limit: a tree that can't be walked can't be measured."""

BLOCK = 512
GLANCE, GAZE = 0.05, 0.005
"""Seconds between two cheap looks at how much room is left on the disks; the shorter while it shrinks."""

LITTLE = 1024 * 1024
"""Bytes of room lost between two glances that call for a closer look."""

ALSO = 0.1
"""Seconds between two looks of another kind."""

FELL_BYTES, FELL_FILES = 16 * 1024 * 1024, 1_000
"""When a disk lost this much since the last measurement, somebody is writing: measure again."""

FRESH, STALE, SHARE = 0.1, 10.0, 20.0
"""A measurement is repeated although the disks look quiet (others may be tidying up meanwhile) after this many times
the seconds that it took, but between these two."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes on disk (not apparent size: a sparse file costs what it occupies) and number of inodes."""

    size: int = 0
    files: int = 0
    too_deep: bool = False

    def over(self, limits: Limits, before: "Usage") -> str | None:
        """Which limit this exceeds, in words; None when none. What stood there `before` the command is not held
        against it, so that a full sandbox can still be tidied up."""
        if self.too_deep:
            return f"directories nested deeper than {DEEPEST}"
        if self.size > max(limits.disk, before.size):
            return f"disk limit of {limits.disk // 1024**2} MiB reached"
        if self.files > max(limits.files, before.files):
            return f"limit of {limits.files} files reached"
        return None


@dataclass(slots=True)
class _Tally:
    size: int = 0
    files: int = 0
    seen: set[tuple[int, int]] = field(default_factory=set)

    def walk(self, folder: int, depth: int) -> bool:
        """Count what lies below an open directory, which is closed; False when it is nested too deep.

        Works through directory descriptors and never follows a link: a tree that changes under the walk can't lead it
        elsewhere. What vanishes meanwhile is not counted.
        """
        try:
            names = os.listdir(folder)
            return depth < DEEPEST and all(self._count(folder, name, depth) for name in names)
        except OSError:
            return True
        finally:
            os.close(folder)

    def _count(self, folder: int, name: str, depth: int) -> bool:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return True
        if stat.S_ISDIR(status.st_mode):
            self._add(status)
            below = _open(name, folder)
            return below is None or self.walk(below, depth + 1)
        if status.st_nlink == 1 or (status.st_dev, status.st_ino) not in self.seen:
            self._add(status)
        if status.st_nlink > 1:
            self.seen.add((status.st_dev, status.st_ino))
        return True

    def _add(self, status: os.stat_result) -> None:
        self.size += status.st_blocks * BLOCK
        self.files += 1


def _open(path: Path | str, folder: int | None = None) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None


def measure(places: Sequence[Path]) -> Usage:
    """Walk the places; one that can't be opened counts nothing. Blocking: about 3 µs a file."""
    tally = _Tally()
    deep = False
    for place in places:
        folder = _open(place)
        if folder is not None and not tally.walk(folder, 0):
            deep = True
    return Usage(tally.size, tally.files, deep)


def _room(places: Sequence[Path]) -> tuple[int, int]:
    """Free bytes and free inodes, summed over the disks that hold the places."""
    disks = {}
    for place in places:
        try:
            status = os.statvfs(place)
        except OSError:
            continue
        disks[status.f_fsid] = (status.f_bfree * status.f_frsize, status.f_ffree)
    return sum(size for size, _ in disks.values()), sum(files for _, files in disks.values())


class Meter:
    """Watches the places that one sandbox can write."""

    def __init__(self, places: Sequence[Path], limits: Limits) -> None:
        self._places, self._limits = tuple(places), limits
        self._last = Usage()
        self._taken_at, self._pause = time.monotonic(), FRESH
        self._room = self._seen = _room(self._places)
        self._step = (min(FELL_BYTES, limits.disk // 8), min(FELL_FILES, limits.files // 4))

    async def watch(self, end: Callable[[str], None], also: Callable[[], str | None] = lambda: None) -> None:
        """Run beside a command until cancelled; call `end` with the reason when a limit is exceeded, once.

        `also` is asked at each glance for a reason of another kind (memory, say).
        """
        full = self._last.over(self._limits, Usage()) is not None
        # A command that was ended for its greed had gone on writing while we measured: look again.
        before = await self._measure() if full else self._last
        asked = time.monotonic()
        while True:
            await asyncio.sleep(GAZE if self._shrinks() else GLANCE)
            reason = None
            if time.monotonic() - asked >= ALSO:
                reason, asked = also(), time.monotonic()
            if reason is None and self._moved():
                reason = (await self._measure()).over(self._limits, before)
            if reason is not None:
                end(reason)
                return

    def _shrinks(self) -> bool:
        """Whether there is less room than at the last glance: somebody is writing, and quickly."""
        before, self._seen = self._seen, _room(self._places)
        return before[0] - self._seen[0] > LITTLE or before[1] - self._seen[1] > LITTLE // 4096

    def _moved(self) -> bool:
        size, files = _room(self._places)
        fell = self._room[0] - size >= self._step[0] or self._room[1] - files >= self._step[1]
        return fell or time.monotonic() - self._taken_at > self._pause

    async def _measure(self) -> Usage:
        self._room, began = _room(self._places), time.monotonic()
        self._last = await asyncio.to_thread(measure, self._places)
        self._taken_at = time.monotonic()
        self._pause = min(max(FRESH, SHARE * (self._taken_at - began)), STALE)
        return self._last


def occupies(pid: int, limit: int) -> bool:
    """Whether a process and its descendants hold more than `limit` bytes of memory together, pages that they share
    counted once; files don't count. The quick look counts shared pages for each, so only then it looks closely."""
    family = _family(pid)
    if sum(_sizes(each, "status", ("RssAnon", "RssShmem")) for each in family) <= limit:
        return False
    return sum(_sizes(each, "smaps_rollup", ("Pss_Anon", "Pss_Shmem")) for each in family) > limit


def _sizes(pid: int, file: str, names: tuple[str, ...]) -> int:
    """The sum of these fields of a file of the kernel's, which holds them in KiB."""
    try:
        rows = (Path("/proc") / str(pid) / file).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(row.split()[1]) * 1024 for row in rows if row.split(":")[0] in names)


def _family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        with contextlib.suppress(OSError):
            for task in (Path("/proc") / str(found[-1]) / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return found
