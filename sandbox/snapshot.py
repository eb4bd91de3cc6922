"""Turning what a walk found into one commit for `git fast-import`."""

import hashlib
import os
import stat
import time
from typing import IO

from sandbox.api import PathRefused, Signature
from sandbox.files import read_settled
from sandbox.git import SYMLINK
from sandbox.ignore import Ignore
from sandbox.manifest import NEVER, RACY, Known, Manifest
from sandbox.paths import PathPolicy, folded, link_fault, name_fault
from sandbox.walk import Walk


class Snapshot:
    """The changes of one work tree since its manifest. Contents go to `stream` as they are read.

    Afterwards `changed` holds what a commit shall hold, `same` what was only touched, `gone` what it shall not hold.
    """

    def __init__(self, manifest: Manifest, ignore: Ignore, policy: PathPolicy, stream: IO[bytes]) -> None:
        self.changed: dict[str, Known] = {}
        self.same: dict[str, Known] = {}
        self.gone: list[str] = []
        self._manifest, self._policy, self._stream = manifest, policy, stream
        self._walk = Walk(manifest, ignore, policy, self._take)
        self._total = 0

    @property
    def refused(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self._walk.refused))

    def run(self, root: int) -> None:
        """Look at the work tree open as `root`."""
        self._walk.run(root)
        for path in sorted(self._walk.missing):
            if self._policy.protects(path):
                self._walk.refuse(path, "it is protected and must not be deleted")
            else:
                self.gone.append(path)
        new = sorted(path for path in self.changed if self._manifest.get(path) is None)
        if new:
            self._keep_apart(new)

    def updates(self) -> dict[str, Known | None]:
        """What the manifest has to learn once the commit exists."""
        return {**dict.fromkeys(self.gone), **self.same, **self.changed}

    def sizes(self) -> dict[str, int]:
        """The size of every object that the commit adds or drops. To be asked before the manifest learns."""
        old = (self._manifest.get(path) for path in (*self.gone, *self.changed))
        return {known.oid: known.size for known in (*old, *self.changed.values()) if known is not None}

    def _take(self, here: int, path: str, name: str, state: os.stat_result, known: Known | None) -> None:
        try:
            data, now = self._contents(here, path, name, state)
        except PathRefused as refused:
            self._walk.refuse(path, refused.reason)
            return
        link = stat.S_ISLNK(now.st_mode)
        mode = SYMLINK if link else "100755" if now.st_mode & stat.S_IXUSR else "100644"
        digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
        digest.update(data)
        settled = now.st_ctime_ns < time.time_ns() - RACY
        found = Known(now.st_ctime_ns if settled else NEVER, now.st_ino, mode, digest.hexdigest(), len(data))
        if known is not None and (known.mode, known.oid) == (mode, found.oid):
            self.same[path] = found
        elif fault := self._fault(path, os.fsdecode(data) if link else None, len(data)):
            self._walk.refuse(path, fault)
        else:
            self._total += len(data)
            self.changed[path] = found
            self._stream.write(b"blob\ndata %d\n%s\n" % (len(data), data))

    def _contents(self, here: int, path: str, name: str, state: os.stat_result) -> tuple[bytes, os.stat_result]:
        if not stat.S_ISLNK(state.st_mode):
            if state.st_size > self._policy.max_file:
                raise PathRefused(path, f"its {state.st_size:,} bytes are more than {self._policy.max_file:,}")
            return read_settled(here, name, path, self._policy.max_file)
        try:
            return os.fsencode(os.readlink(name, dir_fd=here)), state
        except OSError as error:
            raise PathRefused(path, "it changes while it is read") from error

    def _fault(self, path: str, target: str | None, size: int) -> str | None:
        if fault := name_fault(path):
            return fault
        if target is not None and (fault := link_fault(path, target)):
            return fault
        if self._policy.protects(path):
            return "it is protected"
        if len(self.changed) >= self._policy.max_changes:
            return f"more than {self._policy.max_changes:,} files changed in one step"
        if self._total + size > self._policy.max_total:
            return f"the changes of one step are larger than {self._policy.max_total:,} bytes"
        return None

    def _keep_apart(self, new: list[str]) -> None:
        """Refuse new paths that another file system would take for an existing one, or that would push one out."""
        gone = set(self.gone)
        stays: dict[str, dict[str, str]] = {"": {}}
        for path, _ in self._manifest.items():
            if path not in gone:
                _place(stays, path)
        for path in new:
            if fault := self._clash(path, gone, stays):
                self._walk.refuse(path, fault)
                del self.changed[path]

    def _clash(self, path: str, gone: set[str], stays: dict[str, dict[str, str]]) -> str | None:
        if f"{path}/" in stays:
            return "files that have to stay lie beneath it"
        above = path.rpartition("/")[0]
        while above:
            if above not in gone and self._manifest.get(above) is not None:
                return f"{above} has to stay a file"
            above = above.rpartition("/")[0]
        there = _place(stays, path)
        return f"its name differs from {there} only in case or composition" if there else None


def _place(tree: dict[str, dict[str, str]], path: str) -> str | None:
    """Put a path into a tree of names by their folded form; the path that stands in its way, if any."""
    folder = ""
    for name in path.split("/"):
        there = tree.setdefault(folder, {}).setdefault(folded(name), name)
        if there != name:
            return folder + there
        folder += f"{name}/"
    return None


def finish(stream: IO[bytes], snapshot: Snapshot, parent: str, message: str, author: Signature) -> None:
    """Write the commit after its contents, and the questions for its id and its tree."""
    text = message.encode()
    who = f"{_plain(author.name)} <{_plain(author.email)}> {author.at} +0000".encode()
    # A ref of its own keeps every checkpoint, also those that a later restore goes behind.
    ref = f"refs/checkpoints/{time.time_ns():020d}-{os.urandom(4).hex()}".encode()
    stream.write(b"commit %s\nmark :1\nauthor %s\ncommitter %s\n" % (ref, who, who))
    stream.write(b"data %d\n%s\nfrom %s\n" % (len(text), text, parent.encode()))
    for path in snapshot.gone:
        stream.write(b"D %s\n" % _quoted(path))
    for path, known in snapshot.changed.items():
        stream.write(b"M %s %s %s\n" % (known.mode.encode(), known.oid.encode(), _quoted(path)))
    stream.write(b'\nget-mark :1\nls :1 ""\ndone\n')


def _quoted(path: str) -> bytes:
    return b'"%s"' % b"".join(
        b"\\%03o" % byte if byte < 32 or byte in b'"\\' or byte == 127 else bytes([byte]) for byte in os.fsencode(path)
    )


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and char not in "<>").strip() or "unknown"
