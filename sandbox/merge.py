"""Merging trees in a bare repository that the host owns: no work tree, no ref moves, no program of anybody runs."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.api import GitFailed, Signature
from sandbox.git import Bare, object_id
from sandbox.hostgit import end, fields

MARK = b"<<<<<<< "
LARGEST = 4 * 1024**2
"""Bytes of a file that are searched for conflict markers."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A tree with both sides' changes. The files in `conflicts` hold markers, or the side that kept them."""

    tree: str
    conflicts: tuple[str, ...] = ()


async def merge_commits(bare: Bare, ours: str, theirs: str) -> Merged:
    """Both commits since their common ancestor. Raises GitFailed for unrelated histories."""
    words = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages")
    ended = await end(bare.path, *words, object_id(ours), object_id(theirs))
    if ended.code not in (0, 1):
        raise GitFailed(f"git merge-tree: {ended.err.strip()}")
    tree, *paths = fields(ended.out)
    return Merged(object_id(tree), tuple(dict.fromkeys(paths)) if ended.code else ())


async def merge_trees(bare: Bare, base: str, ours: str, theirs: str, by: Signature) -> Merged:
    """What `ours` and `theirs` changed since `base`, all three trees: whatever became of the history between them."""
    if ours in (base, theirs):
        return Merged(theirs)
    root = await bare.commit(base, (), "base", by, by)
    one, other = [await bare.commit(tree, (root,), "side", by, by) for tree in (ours, theirs)]
    return await merge_commits(bare, one, other)


async def still_marked(bare: Bare, tree: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the files that still hold a conflict marker at the beginning of a line."""
    wanted = set(paths)
    entries = [
        e for e in await bare.entries(tree) if e.path in wanted and e.mode.startswith("100") and e.size <= LARGEST
    ]
    texts = await bare.read_blobs(entry.oid for entry in entries) if entries else {}
    marked = (e.path for e in entries if texts[e.oid].startswith(MARK) or b"\n" + MARK in texts[e.oid])
    return tuple(sorted(marked, key=os.fsencode))
