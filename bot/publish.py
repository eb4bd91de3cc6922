"""Saying, each thing once: events become posts, posts leave with a receipt, and a retry looks before it repeats."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.events import Event
from bot.domain.refs import SurfaceName, digest_of
from bot.domain.session import Session, evolve
from bot.journal import Journal
from bot.ports import Clock, Forbidden, Receipt, Sent, Store, Surface
from bot.speech import speak
from bot.speech.card import card
from bot.speech.marker import mark
from bot.speech.post import Post
from bot.speech.sharing import closed, copies, echoes
from bot.speech.voice import Voice

CARD_SECONDS = 3.0
"""How often a card is edited at most while its phase stays the same."""

GIVEN_UP = "-"
"""The receipt of a post whose place refuses it for good (locked, deleted)."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """What publishing needs: where receipts are, where posts go, and the key of our markers."""

    store: Store
    clock: Clock
    surfaces: Mapping[SurfaceName, Surface]
    voice: Voice
    key: bytes
    worker: str


class Publisher:
    """Publishes one session's log, from its beginning or from where this object left off."""

    def __init__(self, mouth: Mouth, journal: Journal) -> None:
        self.mouth, self.journal = mouth, journal
        self._spoken = Session(journal.session.id)
        self._receipts: dict[str, Receipt] | None = None
        self._shown_phase = ""
        self._answerable: list[tuple[Post, Event]] = []

    async def publish(self, *, final: bool = False) -> None:
        """Say everything that has not been said. Raises Trouble when a place can't be reached now."""
        if self._receipts is None:
            kept = await self.mouth.store.receipts(self.journal.session.id)
            self._receipts = {receipt.key: receipt for receipt in kept}
        for event in self.journal.events[self._spoken.seq :]:
            after = evolve(self._spoken, event)
            post = speak(after, event, self.mouth.voice)
            if post is not None:
                for one in self._here((post, *echoes(after, event, post))):
                    await self._say(one, event.seq)
                    if one.buttons and one.where.surface is SurfaceName.SLACK:
                        self._answerable.append((one, event))
            self._spoken = after
        await self._close_answered()
        await self._show_cards(final)

    def _here(self, posts: Sequence[Post]) -> list[Post]:
        """Those for places that can be reached: a surface may have been switched off since."""
        return [post for post in posts if post.where.surface in self.mouth.surfaces]

    async def _close_answered(self) -> None:
        """Buttons of what was decided meanwhile, here or elsewhere, give way to what was decided."""
        for post, event in tuple(self._answerable):
            done = closed(self._spoken, event, post)
            receipt = self._known(post.key)
            if done is None or receipt is None or receipt.remote in ("", GIVEN_UP):
                continue
            digest = digest_of(done.model_dump_json())
            if receipt.digest != digest:
                await self._edit(done, receipt, digest, event.seq)
            self._answerable.remove((post, event))

    async def keep_up(self) -> None:
        """Publish at each news until cancelled; a place that can't be reached is left for the final attempt."""
        while True:
            await self.journal.changed.wait()
            self.journal.changed.clear()
            await self.publish()
            await asyncio.sleep(0.2)

    async def _say(self, post: Post, seq: int) -> None:
        receipt = self._known(post.key)
        if receipt is None or not receipt.remote:
            await self._send(post, seq, tried=receipt is not None)

    async def _show_cards(self, final: bool) -> None:
        post = card(self._spoken, self.mouth.voice)
        if post is None:
            return
        for one in self._here((post, *copies(self._spoken, post))):
            await self._show_card(one, final)
        self._shown_phase = self._spoken.phase

    async def _show_card(self, post: Post, final: bool) -> None:
        receipt, digest = self._known(post.key), digest_of(post.model_dump_json())
        if receipt is None or not receipt.remote:
            await self._send(post, 0, tried=receipt is not None)
        elif receipt.digest != digest and receipt.remote != GIVEN_UP and (final or self._is_time(receipt)):
            await self._edit(post, receipt, digest)

    def _is_time(self, receipt: Receipt) -> bool:
        age = self.mouth.clock.now() - receipt.at
        return self._spoken.phase != self._shown_phase or age >= timedelta(seconds=CARD_SECONDS)

    async def _send(self, post: Post, seq: int, *, tried: bool) -> None:
        """Intent, look, effect, receipt: so that a crash between any two of them repeats nothing."""
        surface = self.mouth.surfaces[post.where.surface]
        marker = mark(self.mouth.key, self.journal.session.id, seq)
        sent = await surface.find(post.where, marker) if tried else None
        if sent is None:
            await self._keep(post, "")
            if not await self.mouth.store.owns(self.mouth.worker, self.journal.session.id, self.mouth.clock.now()):
                return
            try:
                sent = await surface.post(post.where, post, marker)
            except Forbidden:
                sent = Sent(GIVEN_UP)
        await self._keep(post, sent.remote)

    async def _edit(self, post: Post, receipt: Receipt, digest: str, seq: int = 0) -> None:
        surface = self.mouth.surfaces[post.where.surface]
        marker = mark(self.mouth.key, self.journal.session.id, seq)
        try:
            await surface.edit(post.where, receipt.remote, post, marker)
            await self._keep(post, receipt.remote, digest)
        except Forbidden:
            await self._keep(post, GIVEN_UP, digest)

    def _known(self, key: str) -> Receipt | None:
        return (self._receipts or {}).get(key)

    async def _keep(self, post: Post, remote: str, digest: str | None = None) -> None:
        receipt = Receipt(
            session=self.journal.session.id,
            key=post.key,
            remote=remote,
            digest=digest or digest_of(post.model_dump_json()),
            at=self.mouth.clock.now(),
        )
        await self.mouth.store.keep_receipt(receipt)
        if self._receipts is not None:
            self._receipts[post.key] = receipt
