"""Where a repository's text may be said: a repository may have become private since its thread began."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.codehost import GitHubHost
from bot.domain.refs import ConversationRef
from bot.ports import Forbidden

REMEMBER = 60.0
"""Seconds for which a repository's being private or public is taken as seen."""


@dataclass(slots=True)
class Provenance:
    """`channels` are those that the operator listed: private text goes into them, and into direct messages."""

    host: GitHubHost
    channels: frozenset[str]
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[float, bool]] = field(default_factory=dict)

    async def fits(self, where: ConversationRef) -> bool:
        """Whether text of the place's repository may go there now. Raises Trouble when that can't be asked."""
        channel = where.key.split("/")[1]
        return channel.startswith("D") or channel in self.channels or not await self._is_private(where)

    async def _is_private(self, where: ConversationRef) -> bool:
        """As last seen when it can't be seen any more; a repository that was never seen counts as private."""
        at, private = self._seen.get(where.repo.full_name, (0.0, True))
        if self.clock() - at > REMEMBER or where.repo.full_name not in self._seen:
            try:
                private = (await self.host.repository(where.repo)).private
            except Forbidden:
                return private
            self._seen[where.repo.full_name] = (self.clock(), private)
        return private
