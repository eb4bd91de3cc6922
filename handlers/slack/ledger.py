"""What is remembered between conversations, as receipts that belong to no session: who is who, which thread and channel
is about which repository, and what waits for an answer."""

import json
from dataclasses import dataclass

from pydantic import ValidationError

from bot.domain.refs import Actor, Heard, RepoRef, SurfaceName
from bot.ports import Clock, Receipt, Store


@dataclass(frozen=True, slots=True)
class Ledger:
    """`person` is `<team>/<user>`, `channel` `<team>/<channel>`, `thread` `<team>/<channel>/<ts>`."""

    store: Store
    clock: Clock

    async def person(self, person: str) -> Actor | None:
        """Who a Slack user is on GitHub, when they have shown it by signing in."""
        said = await self._read(f"person:slack:{person}")
        if not said:
            return None
        user, login = json.loads(said)
        return Actor(surface=SurfaceName.GITHUB, id=str(user), login=str(login))

    async def link(self, person: str, user: str, login: str) -> None:
        await self._write(f"person:slack:{person}", json.dumps([user, login]))

    async def unlink(self, person: str) -> None:
        await self._write(f"person:slack:{person}", "")

    async def repository(self, place: str) -> RepoRef | None:
        """Of a thread or a channel."""
        said = await self._read(f"repository:slack:{place}")
        return RepoRef.model_validate_json(said) if said else None

    async def bind(self, place: str, repo: RepoRef) -> None:
        await self._write(f"repository:slack:{place}", repo.model_dump_json())

    async def issue(self, thread: str) -> str:
        """The number of the issue or pull request that a thread is about; '' when none was named."""
        return await self._read(f"issue:slack:{thread}")

    async def about(self, thread: str, number: str) -> None:
        await self._write(f"issue:slack:{thread}", number)

    async def waiting(self, thread: str) -> Heard | None:
        """What was said before it was known which repository is meant."""
        said = await self._read(f"waiting:slack:{thread}")
        try:
            return Heard.model_validate_json(said) if said else None
        except ValidationError:
            return None

    async def wait(self, thread: str, heard: Heard | None) -> None:
        await self._write(f"waiting:slack:{thread}", heard.model_dump_json() if heard else "")

    async def done(self, what: str) -> str | None:
        """What an effect came to that was done before; None when it wasn't."""
        return await self._read(f"done:slack:{what}") or None

    async def did(self, what: str, result: str) -> None:
        await self._write(f"done:slack:{what}", result)

    async def _read(self, key: str) -> str:
        receipt = await self.store.receipt("", key)
        return receipt.remote if receipt else ""

    async def _write(self, key: str, value: str) -> None:
        await self.store.keep_receipt(Receipt("", key, value, "", self.clock.now()))
