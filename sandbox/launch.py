"""One bubblewrap process from start to certain end: staging, limits, what it says of itself."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import policy, usage
from sandbox.process import Intake, Tape, gone

UNABLE = 126
"""Exit code of a command that can't even be started, as shells have it."""

KILLED = 128 + signal.SIGKILL
LAST_WORDS = 4_000
"""Bytes that are kept of what bubblewrap itself says."""

GRACE = 10.0
"""Seconds the kernel gets to end a process tree that was killed."""

SCRIPT = r"""
umask 022
{ echo 900 >/proc/self/oom_score_adj; } 2>/dev/null
uid=$1 stage=$2; shift 2
while [ "$1" != -- ]; do echo 0 >"$1" || exit; shift; done; shift
i=0
while [ "$1" != -- ]; do mount --rbind "$1" "$stage/$i" || exit; i=$((i + 1)); shift; done; shift
[ "$uid" = - ] && exec "$@"
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups --inh-caps=-all "$@"
"""
"""Runs on the host before bubblewrap, with a fixed environment: enter the control groups, lay the sources out where
the session's uid can reach them (in a mount namespace of its own), become that uid. If memory runs short on the host,
what runs here goes first."""


@dataclass(frozen=True, slots=True)
class Staging:
    """Host paths and how the launched process reaches them. As root, each is bound to `folder/<n>` in a private mount
    namespace, so that neither the sandbox's uid nor bubblewrap needs a way through anybody's directories."""

    uid: int | None
    folder: Path
    sources: tuple[Path, ...]

    def prepare(self) -> None:
        """Make the empty files and directories that sources will be bound to."""
        if self.uid is None:
            return
        for number, source in enumerate(self.sources):
            place = self.folder / str(number)
            if source.is_dir():
                place.mkdir(exist_ok=True)
            else:
                place.touch()

    def place(self, source: Path) -> str:
        if self.uid is None:
            return str(source)
        return str(self.folder / str(self.sources.index(source)))

    def launcher(self, doors: Sequence[Path]) -> list[str]:
        """The host command in front of bubblewrap. `doors` are control groups to enter."""
        entering = [str(door) for door in doors]
        if self.uid is None:
            return ["sh", "-c", SCRIPT, "sh", "-", "-", *entering, "--", "--"]
        staged = [str(source) for source in self.sources]
        private = ["unshare", "--mount", "--propagation", "private"]
        return [*private, "sh", "-c", SCRIPT, "sh", str(self.uid), str(self.folder), *entering, "--", *staged, "--"]


@dataclass(slots=True)
class _Status:
    """What bubblewrap tells about its child, line by line."""

    text: bytes = b""
    init: int | None = None

    def take(self, data: bytes) -> None:
        self.text += data
        *lines, self.text = self.text.split(b"\n")
        for line in lines:
            said: Mapping[str, int] = json.loads(line)
            if "child-pid" in said and self.init is None:
                self.init = _pidfd(said["child-pid"])


def _pidfd(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.pidfd_open(pid)
    return None


class Launched:
    """A running bubblewrap with everything in it. Always `end` it."""

    def __init__(self, process: asyncio.subprocess.Process, output: int, status: int) -> None:
        self._process, self._tape = process, Tape(LAST_WORDS)
        self._status = _Status()
        self._told = Intake(status, self._status.take)
        self._heard = Intake(output, self._tape.add, lambda: self._tape.full)

    def over_memory(self, limit: int) -> str | None:
        """A reason to stop when the processes inside occupy more than `limit` bytes together."""
        if not usage.occupies(self._process.pid, limit):
            return None
        return f"out of memory: the limit is {limit // 1024**2} MiB"

    def kill(self) -> None:
        """End everything inside at once."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        if self._status.init is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._status.init, signal.SIGKILL)

    async def end(self) -> str:
        """Leave no process behind: returns when the kernel has none left, with what was said of the reasons."""
        self.kill()
        await self._process.wait()
        if self._status.init is not None:
            self.kill()
            await gone(self._status.init, GRACE)
            os.close(self._status.init)
            self._status.init = None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._heard.ended.wait(), 1.0)
        self._heard.close()
        self._told.close()
        return self._tape.cut()[0].decode(errors="replace").strip()


def impossible(argv: Sequence[str]) -> str | None:
    """The reason why a command can't be started anywhere; None when it can."""
    return "a command must not contain null bytes" if any("\0" in word for word in argv) else None


async def launch(
    launcher: Sequence[str],
    bubblewrap: Callable[[int, int], Sequence[str]],
    command: Sequence[str],
    *,
    filter_: bytes,
    channel: int,
) -> Launched:
    """Start a command, which inherits the descriptor `channel`. `bubblewrap` makes bubblewrap's options from the
    numbers of the filter's and the status' descriptor; they travel by descriptor too, so that no environment value
    shows in the host's process list."""
    with contextlib.ExitStack() as ours:
        output, output_end = _pipe(ours)
        status, status_end = _pipe(ours)
        rules = _memory(ours, filter_)
        options = _memory(ours, b"".join(each.encode() + b"\0" for each in bubblewrap(rules, status_end)))
        process = await asyncio.create_subprocess_exec(
            *launcher,
            "bwrap",
            *("--args", str(options), "--", *command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output_end,
            stderr=output_end,
            pass_fds=(rules, status_end, options, channel),
            env={"PATH": policy.SYSTEM_PATH},
            cwd="/",
            start_new_session=True,
        )
        return Launched(process, os.dup(output), os.dup(status))


def _pipe(ours: contextlib.ExitStack) -> tuple[int, int]:
    read_end, write_end = os.pipe()
    ours.callback(os.close, read_end)
    ours.callback(os.close, write_end)
    return read_end, write_end


def _memory(ours: contextlib.ExitStack, data: bytes) -> int:
    """A descriptor from which `data` can be read once, by a child too."""
    fd = os.memfd_create("maestro")
    ours.callback(os.close, fd)
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
