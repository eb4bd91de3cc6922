"""Commits that the code host makes and signs, for operators who prefer its signature to a key of their own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.refs import RepoRef
from sandbox.api import Entry


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit to be: `tree` is what `base_tree` becomes when `overlay` replaces its paths (None: absent). `contents`
    reads a blob by its id."""

    tree: str
    parents: tuple[str, ...]
    message: str
    base_tree: str
    overlay: Mapping[str, Entry | None]
    contents: Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class SignedCommit:
    """A commit of the host's making: `plain` is its object without the signature, which was made of these bytes."""

    sha: str
    plain: bytes
    signature: str


class Commits(Protocol):
    """Raises Trouble (retry later) or Forbidden (never)."""

    async def commit(self, repo: RepoRef, draft: Draft) -> SignedCommit:
        """Make the commit at the host, with exactly this tree; no ref moves. A repetition makes another one."""
        ...
