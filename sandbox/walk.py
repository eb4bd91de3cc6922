"""Finding what differs in a work tree from its manifest, while hostile code may be changing it."""

import os
import stat
import time
from collections.abc import Callable
from itertools import islice

from sandbox.files import DIRECTORY, kind
from sandbox.git import GITLINK
from sandbox.ignore import Ignore
from sandbox.manifest import RACY, Known, Listed, Manifest
from sandbox.paths import PathPolicy, name_fault

MAX_REFUSED = 500
"""Refusals that are listed; further ones are only counted."""

Take = Callable[[int, str, str, os.stat_result, Known | None], None]
"""Called with (open directory, path, name in it, state, what was known) for each file or link that may have changed."""


class Walk:
    """One walk. Afterwards `missing` lists tracked paths that are gone, `refused` what was left out and why.

    Untracked noise is passed over; tracked paths always count. What cannot be looked at counts as unchanged.
    """

    def __init__(self, manifest: Manifest, ignore: Ignore, policy: PathPolicy, take: Take) -> None:
        self.missing: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self._folders, self._listed = manifest.folders, manifest.listed
        self._ignore, self._policy, self._take = ignore, policy, take
        self._left = policy.max_entries
        self._visited: set[str] = set()
        self._unseen: list[str] = []
        self._noise: dict[str, bool] = {"": False}
        self._unlisted = 0
        self._settled = time.time_ns() - RACY

    def run(self, root: int) -> None:
        """Walk the directory open as `root`."""
        self._folder(root, "", 0)
        if self._left < 0:
            self.refuse(".", f"it holds more than {self._policy.max_entries:,} files; the rest was not looked at")
            self.missing.clear()
        else:
            self._miss_folders()

    def refuse(self, path: str, reason: str) -> None:
        """Leave a path out."""
        if len(self.refused) < MAX_REFUSED:
            self.refused.append((path, reason))
        else:
            self._unlisted += 1
            self.refused[MAX_REFUSED:] = [(".", f"{self._unlisted:,} more paths were refused")]

    def _miss_folders(self) -> None:
        for folder, names in self._folders.items():
            if names and folder not in self._visited and not folder.startswith(tuple(self._unseen)):
                self.missing += [folder + name for name in names]

    def _folder(self, here: int, folder: str, depth: int) -> None:
        self._visited.add(folder)
        state = os.fstat(here)
        listed = self._listed.get(folder)
        if listed is not None and listed.state == (state.st_ctime_ns, state.st_ino):
            odd, below = self._look_again(here, folder), listed.below
        else:
            odd, below = self._list(here, folder, state)
        if self._left < 0:
            return
        for name in sorted(odd):
            self._odd(here, folder, name, depth)
        for name in below:
            self._descend(here, name, folder + name, depth + 1)

    # The two loops below run for every file of the tree: what is unchanged must pass through them quickly.

    def _list(self, here: int, folder: str, before: os.stat_result) -> tuple[list[str], list[str]]:
        """Files that differ from what is known, and directories."""
        names = self._folders.get(folder, {})
        odd: list[str] = []
        below: list[str] = []
        seen: list[str] = []
        with os.scandir(here) as entries:
            for entry in islice(entries, self._left + 1):
                name = entry.name
                known = names.get(name)
                try:
                    if known is None:
                        (below if entry.is_dir(follow_symlinks=False) else odd).append(name)
                        continue
                    seen.append(name)
                    state = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if state.st_ctime_ns != known[0] or state.st_ino != known[1]:
                    odd.append(name)
        untracked = [name for name in odd if name not in names]
        self._left -= len(seen) + len(below) + len(untracked)
        if len(seen) < len(names):
            self.missing += [folder + name for name in names.keys() - set(seen)]
        elif not untracked and before.st_ctime_ns < self._settled:
            self._listed[folder] = Listed((before.st_ctime_ns, before.st_ino), below)
        return odd, below

    def _look_again(self, here: int, folder: str) -> list[str]:
        """Files that differ, in a directory that holds the same names as when it was last listed."""
        names = self._folders.get(folder, {})
        odd: list[str] = []
        look = os.stat
        for name, known in names.items():
            try:
                state = look(name, dir_fd=here, follow_symlinks=False)
            except OSError:
                continue
            if state.st_ctime_ns != known[0] or state.st_ino != known[1]:
                odd.append(name)
        self._left -= len(names)
        return odd

    def _odd(self, here: int, folder: str, name: str, depth: int) -> None:
        path, known = folder + name, self._folders.get(folder, {}).get(name)
        try:
            state = os.stat(name, dir_fd=here, follow_symlinks=False)
        except OSError:
            return
        if stat.S_ISDIR(state.st_mode):
            if known is not None and known.mode == GITLINK:
                self._submodule(here, name, path)
                return
            if known is not None:
                self.missing.append(path)
            self._descend(here, name, path, depth + 1)
        elif known is None and (self._in_noise(folder) or self._ignore(path, False)):
            return
        elif stat.S_ISREG(state.st_mode) or stat.S_ISLNK(state.st_mode):
            self._take(here, path, name, state, known)
        else:
            self.refuse(path, f"it is {kind(state.st_mode)}, not a file")

    def _descend(self, here: int, name: str, path: str, depth: int) -> None:
        folder = f"{path}/"
        tracked = folder in self._folders
        if not tracked:
            if self._in_noise(folder):
                return
            if fault := name_fault(path):
                self.refuse(path, fault)
                return
        if depth > self._policy.max_depth:
            self._skip(path, "it lies too deep")
            return
        try:
            below = os.open(name, DIRECTORY, dir_fd=here)
        except PermissionError:
            self._skip(path, "it cannot be read")
        except OSError:
            self._skip(path, "it changes while it is read")
        else:
            try:
                self._folder(below, folder, depth)
            finally:
                os.close(below)

    def _skip(self, path: str, reason: str) -> None:
        self._unseen.append(f"{path}/")
        self.refuse(path, reason)

    def _submodule(self, here: int, name: str, path: str) -> None:
        try:
            below = os.open(name, DIRECTORY, dir_fd=here)
        except OSError:
            return
        try:
            with os.scandir(below) as entries:
                if next(entries, None) is not None:
                    self.refuse(path, "what lies in a submodule is not part of this repository")
        finally:
            os.close(below)

    def _in_noise(self, folder: str) -> bool:
        """Whether a directory (`"a/b/"`), or one above it, is ignored. Asked for untracked paths only."""
        known = self._noise.get(folder)
        if known is None:
            path = folder[:-1]
            above = path[: path.rfind("/") + 1]
            known = self._noise[folder] = self._in_noise(above) or self._ignore(path, True)
        return known
