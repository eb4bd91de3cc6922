"""What the code host knows of a pull request's conversation and of the checks of others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.refs import RepoRef


@dataclass(frozen=True, slots=True)
class PullSeen:
    """A pull request as it is now. `head_here`: its branch lies in this very repository, not in a fork."""

    number: int
    state: str
    merged: bool
    head_branch: str
    head_sha: str
    head_here: bool
    base_branch: str
    author: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A red check in its own words: `log` is what it published of its output, its end when that is long."""

    run: str
    name: str
    conclusion: str
    log: str


class Reviews(Protocol):
    """Safe to repeat, all of it. Raises Trouble (retry later) or Forbidden (never)."""

    async def pull(self, repo: RepoRef, number: int) -> PullSeen: ...

    async def lines(self, repo: RepoRef, number: int) -> Mapping[str, frozenset[int]]:
        """The lines of each changed file's new side that the pull request shows, and so can be commented on."""
        ...

    async def resolve(self, repo: RepoRef, number: int, threads: Collection[str]) -> None:
        """Resolve the review threads that begin with these comments (`review_comment:<id>`), where they are not."""
        ...

    async def failure(self, repo: RepoRef, run: str) -> Failure | None:
        """A red check by its name outside (`check_run:<id>`, `status:<commit>:<context>`); None when nothing more is
        known of it."""
        ...

    async def conclusions(self, repo: RepoRef, sha: str) -> Mapping[str, tuple[str, ...]]:
        """The conclusions of all completed checks of a commit by name, oldest first."""
        ...
