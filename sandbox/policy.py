"""Who a sandbox runs as, what its programs find in their environment, and how its contents are named.

Ownership: when the server is root, every session has one unprivileged uid of its own, on the host too. Whoever fills a
work tree gives each file that it writes to that uid (`uid_of`). Opening a sandbox takes ownership of the *top*
directories of its workspace and writable mounts only, never of what lies in them.
When the server is an ordinary user, sandboxes run as that user and there is nothing to hand over.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.api import Limits, Mount

HOME = "/home/maestro"
"""The home directory in every sandbox."""

USER = "maestro"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

FIRST_UID, UIDS = 1_000_000, 1_000_000
"""Session uids on the host: above people, services and dynamic users, below what a ustar archive can hold."""

SMALL_FIRST_UID, SMALL_UIDS = 20_000, 30_000
"""The same where only the usual 65,536 uids exist (a server in a rootless container)."""


def uid_of(session: str) -> int | None:
    """The uid (and gid) that owns this session's files on the host; None when we are not root and so cannot choose."""
    if os.geteuid() != 0:
        return None
    number = int.from_bytes(hashlib.sha256(session.encode()).digest()[:8], "big")
    first, count = uid_range(Path("/proc/self/uid_map").read_text())
    return first + number % count


def uid_range(uid_map: str) -> tuple[int, int]:
    """First uid and number of uids for sessions, from the kernel's list of the uids that exist here."""
    rows = [tuple(map(int, line.split())) for line in uid_map.splitlines()]
    whole = any(start <= FIRST_UID and start + count >= FIRST_UID + UIDS for start, _, count in rows)
    return (FIRST_UID, UIDS) if whole else (SMALL_FIRST_UID, SMALL_UIDS)


def own_top(path: Path, uid: int | None) -> None:
    """Give one path to `uid`, without following it and without descending."""
    if uid is not None:
        os.chown(path, uid, uid, follow_symlinks=False)


def environment(path: Iterable[str], *more: Mapping[str, str]) -> dict[str, str]:
    """What programs inside find in their environment: plain defaults, then `more`, later ones winning.

    `path` holds directories to be searched before the system's.
    """
    plain = {
        "PATH": ":".join((*path, SYSTEM_PATH)),
        "HOME": HOME,
        "USER": USER,
        "LOGNAME": USER,
        "SHELL": "/bin/sh",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",  # noqa: S108 - a path inside the sandbox
    }
    for settings in more:
        plain.update(settings)
    return plain


def digest(*parts: object) -> str:
    """A name by content for JSON-like values: SHA-256, hexadecimal."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def limits_key(limits: Limits) -> list[float]:
    """The limits as a list, for `digest`."""
    return [limits.memory, limits.pids, limits.disk, limits.files, limits.output, limits.cpus]


def mounts_key(mounts: Iterable[Mount]) -> list[list[str]]:
    """What is mounted where, for `digest`: targets and last path components, since host folders differ by machine."""
    return sorted([mount.target, mount.source.name, str(mount.writable)] for mount in mounts)
