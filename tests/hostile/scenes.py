"""A session's work tree for hostile tests, and somebody who changes it while the host works."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.api import Checkpoint
from sandbox.git import Bare
from sandbox.paths import PathPolicy
from sandbox.tree import WorkTree
from tests.contract.repositories import ENV, ME, Origin

SECRET = b"CANARY-7f3a9c-of-the-host"


class Scene:
    """A session's work tree, restored from a small repository."""

    def __init__(self, tree: WorkTree, head: str) -> None:
        self.tree, self.head = tree, head

    @property
    def root(self) -> Path:
        return self.tree.root

    async def save(self) -> Checkpoint | None:
        checkpoint = await self.tree.checkpoint(self.head, "step", ME)
        self.head = checkpoint.sha if checkpoint else self.head
        return checkpoint

    async def recorded(self) -> list[str]:
        """Paths that the step changed."""
        checkpoint = await self.save()
        return [change.path for change in checkpoint.changes] if checkpoint else []

    def refused(self) -> list[str]:
        return [path for path, _ in self.tree.refused]

    def holds_secret(self) -> bool:
        """Whether any object of the repository has the canary in it."""
        ask = (
            "git",
            "--git-dir",
            str(self.tree.bare.path),
            "cat-file",
            "--batch-all-objects",
            "--batch",
            "--unordered",
        )
        return SECRET in subprocess.run(ask, env=ENV, check=True, capture_output=True).stdout


async def begin(tmp_path: Path, policy: PathPolicy | None = None) -> Scene:
    origin = Origin(tmp_path)
    (origin.work / "old-link").symlink_to("/etc/hostname")
    head = origin.commit({"src/a.py": "a = 1\n", "src/b.py": "b = 2\n", ".github/workflows/ci.yml": "on: push\n"})
    bare = await Bare.create(tmp_path / "home" / "session.git", borrow=origin.path)
    tree = WorkTree(tmp_path / "home" / "work", bare, None, policy)
    await tree.restore(head)
    return Scene(tree, head)


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Do something over and over, as sandboxed code would, while the host works."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            act()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
