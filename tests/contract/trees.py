"""Work trees for the tests, and what they hold."""

import os
from pathlib import Path

from sandbox.git import Bare
from sandbox.mirror import Mirrors
from sandbox.paths import PathPolicy
from sandbox.tree import WorkTree
from tests.contract.repositories import Origin

Held = dict[str, tuple[str, bytes]]


def holds(root: Path) -> Held:
    """Everything below a directory: mode as git writes it, and contents."""
    found: Held = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = ("120000", os.readlink(path).encode())
        elif path.is_file():
            found[name] = ("100755" if path.stat().st_mode & 0o100 else "100644", path.read_bytes())
    return found


async def recorded(bare: Bare, treeish: str) -> Held:
    entries = await bare.entries(treeish)
    blobs = await bare.read_blobs(entry.oid for entry in entries if entry.mode != "160000")
    return {entry.path: (entry.mode, blobs[entry.oid]) for entry in entries if entry.mode != "160000"}


async def started(tmp_path: Path, origin: Origin, head: str, policy: PathPolicy | None = None) -> WorkTree:
    """A work tree restored at a commit of the origin."""
    mirrors = Mirrors(tmp_path / "home")
    await mirrors.refresh(origin.remote())
    tree = WorkTree(tmp_path / "work", await mirrors.session("s", origin.remote()), None, policy)
    await tree.restore(head)
    return tree
