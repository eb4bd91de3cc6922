# ruff: noqa: ARG002 (a port's methods take what some hosts need and this one does not)
"""A local repository as the code host of the terminal: nobody to ask, a branch as the result, no pull requests."""

import asyncio
import os
import re
from pathlib import Path

from bot.domain.refs import Actor, RepoRef, SurfaceName, Trust, digest_of
from bot.ports import CheckRun, Forbidden, PullRequestText, Repository
from sandbox.api import Remote

_GIT = ("git", "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_ENVIRONMENT = {"PATH": os.defpath, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C"}
_NONE_HERE = "a local repository has no pull requests"


class LocalHost:
    """The repository that holds `path`. Its person may do everything; what is checked out is never touched."""

    pull_requests = False

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @property
    def ref(self) -> RepoRef:
        """How conversations name it: stable for one place on this machine."""
        name = re.sub(r"[^\w.-]", "-", self.path.name) or "repository"
        return RepoRef(owner="local", name=name, id=digest_of(os.fsencode(self.path))[:16])

    async def repository(self, repo: RepoRef) -> Repository:
        """Raises Forbidden when there is no repository, or nothing is checked out that work could start from."""
        await self.top()
        branch = await self._ask("symbolic-ref", "--quiet", "--short", "HEAD")
        if branch is None:
            advice = "Check out the branch that the work shall start from."
            raise Forbidden(f"{self.path} has no branch checked out", advice)
        empty = await self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None
        return Repository(repo, branch, private=True, empty=empty)

    async def top(self) -> Path:
        """The repository's own folder. Raises Forbidden when `path` lies in none."""
        top = await self._ask("rev-parse", "--show-toplevel") if self.path.is_dir() else None
        if top is None:
            bare = self.path.is_dir() and await self._ask("rev-parse", "--is-bare-repository") == "true"
            if not bare:
                raise Forbidden(
                    f"{self.path} is no git repository", "Give its folder with --repo, or run `git init` there."
                )
            return self.path
        return Path(top)

    async def _ask(self, *words: str) -> str | None:
        """What git says, or None when it fails."""
        asked = await asyncio.create_subprocess_exec(
            *_GIT,
            "-C",
            str(self.path),
            *words,
            env=_ENVIRONMENT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        out, _ = await asked.communicate()
        return os.fsdecode(out).rstrip("\n") or None if asked.returncode == 0 else None

    async def trust(self, repo: RepoRef, actor: Actor) -> Trust:
        """Whoever sits at the terminal owns the files anyway."""
        return Trust.ADMIN if actor.surface is SurfaceName.TERMINAL else Trust.NONE

    async def remote(self, repo: RepoRef, *, push: bool = False) -> Remote:
        return Remote(key=f"local-{self.ref.id}", url=str(await self.top()))

    async def release(self, remote: Remote) -> None:
        """There is no token."""

    async def identity(self) -> tuple[str, str]:
        return "maestro[bot]", "maestro@localhost"

    async def co_author(self, actor: Actor) -> str:
        """By the person's own git settings, when the repository has them."""
        name, email = await self._ask("config", "user.name"), await self._ask("config", "user.email")
        plain = re.sub(r"[<>\n]", "", name or actor.login) or "somebody"
        address = re.sub(r"[<>\s]", "", email or "") or "somebody@localhost"
        return f"{plain} <{address}>"

    async def find_pull_request(self, repo: RepoRef, branch: str) -> tuple[int, str, bool] | None:
        return None

    async def open_pull_request(
        self, repo: RepoRef, branch: str, base: str, text: PullRequestText
    ) -> tuple[int, str, bool]:
        raise Forbidden(_NONE_HERE)

    async def edit_pull_request(self, repo: RepoRef, number: int, text: PullRequestText) -> None:
        raise Forbidden(_NONE_HERE)

    async def set_draft(self, repo: RepoRef, number: int, draft: bool) -> None:
        raise Forbidden(_NONE_HERE)

    async def set_check_run(self, repo: RepoRef, external_id: str, run: CheckRun, known: str = "") -> str:
        raise Forbidden("a local repository has no check runs")
