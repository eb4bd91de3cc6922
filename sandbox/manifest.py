"""What the work tree held when it was last looked at, so that looking again costs only what changed.

Kept in memory by directory, and on disk as a journal of JSON lines: a head line `{"head", "root"}` after every batch of
`[path, change time, inode, mode, object id, size]` lines (`[path]` for one that is gone). A batch without its head line
was cut off and doesn't count.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sandbox.api import Entry
from sandbox.git import GITLINK

NEVER = 0
"""The change time of what must be looked at again."""


RACY = 20_000_000
"""A write within so many nanoseconds of another may leave the same change time: the clock of files ticks coarsely."""


class Known(NamedTuple):
    """A tracked path: `changed` (ns) and `inode` as last seen, `mode` and `oid` as in the commit, `size` in bytes."""

    changed: int
    inode: int
    mode: str
    oid: str
    size: int


class Listed(NamedTuple):
    """A directory that held nothing but its tracked names and the directories `below`; `state` is its change time and
    inode then. While they stay the same, so do its names."""

    state: tuple[int, int]
    below: list[str]


class Manifest:
    """Tracked paths by directory (`""`, `"a/"`, `"a/b/"`) and name, for commit `head`."""

    def __init__(self, head: str, entries: Iterable[tuple[str, Known]]) -> None:
        self.head = head
        self.folders: dict[str, dict[str, Known]] = {"": {}}
        self.listed: dict[str, Listed] = {}
        for path, known in entries:
            self.put(path, known)

    def get(self, path: str) -> Known | None:
        folder, name = _cut(path)
        return self.folders.get(folder, {}).get(name)

    def put(self, path: str, known: Known | None) -> None:
        folder, name = _cut(path)
        if known is None:
            self.folders.get(folder, {}).pop(name, None)
            return
        if folder not in self.folders:
            parts = folder.split("/")[:-1]
            for depth in range(1, len(parts) + 1):
                self.folders.setdefault("/".join(parts[:depth]) + "/", {})
        self.folders[folder][name] = known

    def items(self) -> Iterator[tuple[str, Known]]:
        for folder, names in self.folders.items():
            for name, known in names.items():
                yield folder + name, known

    def update(self, head: str, changes: Mapping[str, Known | None]) -> None:
        for path, known in changes.items():
            self.put(path, known)
        self.head = head


def from_tree(head: str, entries: Iterable[Entry], seen: Manifest | None = None) -> Manifest:
    """A manifest of what git records; what `seen` saw with the same contents counts as seen."""
    manifest = Manifest(head, ())
    for entry in entries:
        old = seen.get(entry.path) if seen else None
        same = old is not None and (old.mode, old.oid) == (entry.mode, entry.oid)
        manifest.put(entry.path, old if same else Known(NEVER, 0, entry.mode, entry.oid, entry.size))
    return manifest


def from_disk(head: str, entries: Iterable[Entry], root: Path) -> Manifest:
    """A manifest of a work tree that was just written from git and that nobody else has seen."""
    manifest = Manifest(head, ())
    for entry in entries:
        state = os.lstat(f"{root}/{entry.path}")
        changed = NEVER if entry.mode == GITLINK else state.st_ctime_ns
        manifest.put(entry.path, Known(changed, state.st_ino, entry.mode, entry.oid, entry.size))
    return manifest


def write(journal: Path, manifest: Manifest, root: tuple[int, int]) -> None:
    """Begin the journal anew. `root` is the device and inode of the work tree."""
    fresh = journal.with_name(f"{journal.name}.new")
    fresh.write_text(_lines(manifest.items()) + _head(manifest.head, root))
    fresh.replace(journal)


def append(journal: Path, head: str, changes: Mapping[str, Known | None], root: tuple[int, int]) -> None:
    """Add what one checkpoint changed."""
    with journal.open("a") as file:
        file.write(_lines(changes.items()) + _head(head, root))


def load(journal: Path, root: tuple[int, int]) -> Manifest | None:
    """The last manifest of this very work tree; None when there is none."""
    if not journal.exists():
        return None
    manifest, seen = Manifest("", ()), (0, 0)
    batch: dict[str, Known | None] = {}
    for line in journal.read_text().splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            break
        if isinstance(row, dict):
            seen = (row["root"][0], row["root"][1])
            manifest.update(row["head"], batch)
            batch = {}
        else:
            batch[row[0]] = Known(*row[1:]) if len(row) > 1 else None
    return manifest if manifest.head and seen == root else None


def _lines(items: Iterable[tuple[str, Known | None]]) -> str:
    return "".join(json.dumps([path, *(known or ())]) + "\n" for path, known in items)


def _head(head: str, root: tuple[int, int]) -> str:
    return json.dumps({"head": head, "root": root}) + "\n"


def _cut(path: str) -> tuple[str, str]:
    at = path.rfind("/") + 1
    return path[:at], path[at:]
