"""A git address with a token that lives no longer than its use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.refs import RepoRef
from bot.ports import CodeHost
from sandbox.api import Remote


@asynccontextmanager
async def grant(host: CodeHost, repo: RepoRef, *, push: bool = False) -> AsyncIterator[Remote]:
    """The repository's remote for one job; its token is revoked at the end."""
    remote = await host.remote(repo, push=push)
    try:
        yield remote
    finally:
        await host.release(remote)
