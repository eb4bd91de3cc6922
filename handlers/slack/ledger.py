"""What is remembered between conversations, as receipts that belong to no session: who is who, which thread and channel
is about which repository, and what waits for an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from bot.domain.refs import Actor, Heard, RepoRef, SurfaceName
from bot.ports import Clock, Receipt, Store

_BOUND, _SINCE = "repository:slack:", "since:slack:"


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
        said = await self._read(f"{_BOUND}{place}")
        return RepoRef.model_validate_json(said) if said else None

    async def bind(self, place: str, repo: RepoRef) -> None:
        await self._write(f"{_BOUND}{place}", repo.model_dump_json())

    async def issue(self, thread: str) -> str:
        """The number of the issue or pull request that a thread is about; '' when none was named."""
        return await self._read(f"issue:slack:{thread}")

    async def about(self, thread: str, number: str) -> None:
        await self._write(f"issue:slack:{thread}", number)

    async def begin(self, thread: str, stamp: str) -> None:
        """From which message on a thread is ours; said once."""
        if stamp and not await self.since(thread):
            await self._write(f"{_SINCE}{thread}", stamp)

    async def since(self, thread: str) -> str:
        """The stamp of the first message in a thread that was for us; '' where it is not known."""
        return await self._read(f"{_SINCE}{thread}")

    async def threads(self, age: timedelta) -> Mapping[str, str]:
        """The threads that were spoken in for us within `age`, each with the stamp from which on it is ours."""
        receipts, start = await self.store.receipts(""), self.clock.now() - age
        begun = {r.key.removeprefix(_SINCE): r.remote for r in receipts if r.key.startswith(_SINCE)}
        alive = {r.key.removeprefix(_BOUND) for r in receipts if r.key.startswith(_BOUND) and r.at >= start}
        return {thread: stamp for thread, stamp in begun.items() if thread in alive}

    async def waiting(self, thread: str) -> Heard | None:
        """What was said before it was known which repository is meant, or who a person (in place of a thread) is."""
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
