"""Saying, each thing once: events become posts, posts leave with a receipt, and a retry looks before it repeats."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.events import Event
from bot.domain.refs import SurfaceName, digest_of
from bot.domain.session import Session, evolve
from bot.journal import Journal
from bot.ports import Clock, Forbidden, Receipt, Sent, Store, Surface, Trouble
from bot.speech import speak, stumbled
from bot.speech.card import card
from bot.speech.marker import mark
from bot.speech.post import Post
from bot.speech.retracting import taken_back
from bot.speech.sharing import closed, copies, echoes
from bot.speech.voice import Voice

CARD_SECONDS = 3.0
"""How often a card is edited at most while its phase stays the same."""

GIVEN_UP = "-"
"""The receipt of a post whose place refuses it for good (locked, deleted)."""

PART = 1_000_000_000
"""What the markers of an event's further parts are apart: more events than a session ever has."""

SOUGHT = "?"
"""The receipt of a post that may or may not have arrived, and was looked for once in vain."""

LOOK_AGAIN = 5.0
"""Seconds between that look and the next: lists lag behind what was posted."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """What publishing needs: where receipts are, where posts go, and the key of our markers."""

    store: Store
    clock: Clock
    surfaces: Mapping[SurfaceName, Surface]
    voice: Voice
    key: bytes


class Publisher:
    """Publishes one session's log, from its beginning or from where this object left off."""

    def __init__(self, mouth: Mouth, journal: Journal) -> None:
        self.mouth, self.journal = mouth, journal
        self._spoken = Session(journal.session.id)
        self._receipts: dict[str, Receipt] | None = None
        self._shown_phase = ""
        self._saying = asyncio.Lock()
        self._stumbled = 0
        self._cards = True
        self._answerable: list[tuple[Post, Event]] = []

    async def publish(self, *, final: bool = False) -> None:
        """Say everything that has not been said. Raises Trouble when a place can't be reached now.

        A call waits for one that is under way: to cancel that would leave us in doubt about what it sent.
        """
        async with self._saying:
            if self._receipts is None:
                kept = await self.mouth.store.receipts(self.journal.session.id)
                self._receipts = {receipt.key: receipt for receipt in kept}
            if self._cards and not self._is_out(self._known("card")):
                await self._show_cards(final)  # it heads the thread, also when the first attempt at it failed
            for event in self.journal.events[self._spoken.seq :]:
                await self._tell(event)
            await self._close_answered()
            if self._cards:
                await self._show_cards(final)

    async def _tell(self, event: Event) -> None:
        after = evolve(self._spoken, event)
        post = stumbled(after, event) if self._stumbled == event.seq else speak(after, event, self.mouth.voice)
        if post is not None:
            more = (*echoes(after, event, post), *taken_back(after, post, self.mouth.voice))
            for one in self._here((post, *more)):
                await self._say(one, event.seq)
                if one.buttons and one.where.surface is SurfaceName.SLACK:
                    self._answerable.append((one, event))
        self._spoken = after

    def pass_over(self) -> bool:
        """After a fault of our own: the event that we stumbled over is said in plain words the next time, the one
        after that not at all; when all events are said it was the cards. False: nothing is left to pass over."""
        rest = self.journal.events[self._spoken.seq :]
        if not rest:
            shown, self._cards = self._cards, False
            self._answerable.clear()
            return shown
        if self._stumbled == rest[0].seq:
            self._spoken = evolve(self._spoken, rest[0])
        self._stumbled = rest[0].seq
        return True

    def _here(self, posts: Sequence[Post]) -> list[Post]:
        """Those for places that can be reached: a surface may have been switched off since."""
        return [post for post in posts if post.where.surface in self.mouth.surfaces]

    async def _close_answered(self) -> None:
        """Buttons of what was decided meanwhile, here or elsewhere, give way to what was decided."""
        for post, event in tuple(self._answerable):
            done = closed(self._spoken, event, post)
            receipt = self._known(post.key)
            if done is None or receipt is None or receipt.remote in ("", SOUGHT, GIVEN_UP):
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
        if not self._is_out(receipt):
            await self._send(post, seq, receipt)

    async def _show_cards(self, final: bool) -> None:
        session = self.journal.session
        post = card(session, self.mouth.voice)
        if post is None:
            return
        for one in self._here((post, *copies(session, post))):
            await self._show_card(one, final)
        self._shown_phase = session.phase

    async def _show_card(self, post: Post, final: bool) -> None:
        receipt, digest = self._known(post.key), digest_of(post.model_dump_json())
        if receipt is None or not self._is_out(receipt):
            await self._send(post, 0, receipt)
        elif receipt.digest == digest or not (final or self._is_time(receipt)):
            return
        elif receipt.remote == GIVEN_UP:
            await self._send(post, 0, None)  # it was refused as it stood then; there is news now
        else:
            await self._edit(post, receipt, digest)

    def _is_out(self, receipt: Receipt | None) -> bool:
        """Whether it is settled what became of a post."""
        return receipt is not None and receipt.remote not in ("", SOUGHT)

    def _is_time(self, receipt: Receipt) -> bool:
        age = self.mouth.clock.now() - receipt.at
        return self.journal.session.phase != self._shown_phase or age >= timedelta(seconds=CARD_SECONDS)

    async def _send(self, post: Post, seq: int, tried: Receipt | None) -> None:
        """Intent, look, effect, receipt: so that a crash between any two of them repeats nothing."""
        surface = self.mouth.surfaces[post.where.surface]
        marker = mark(self.mouth.key, self.journal.session.id, seq + post.part * PART)
        plainly = 0 < seq == self._stumbled
        sent = await self._find(surface, post, marker, tried) if tried and not plainly else None
        if sent is None:
            await self._keep(post, "")
            await self.journal.hold()
            try:
                sent = await surface.post(post.where, post, marker)
            except Forbidden:
                sent = Sent(GIVEN_UP)
        await self._keep(post, sent.remote)

    async def _find(self, surface: Surface, post: Post, marker: str, tried: Receipt) -> Sent | None:
        """What an earlier attempt sent, or None when two looks, some time apart, have found nothing."""
        wait = 0.0
        if tried.remote == SOUGHT:
            wait = LOOK_AGAIN - (self.mouth.clock.now() - tried.at).total_seconds()
        try:
            sent = await surface.find(post.where, marker)
        except Forbidden:
            return Sent(GIVEN_UP)
        if sent is None and (tried.remote != SOUGHT or wait > 0):
            if tried.remote != SOUGHT:
                await self._keep(post, SOUGHT)
            raise Trouble("it is not known whether a message arrived", retry_in=wait or LOOK_AGAIN)
        return sent

    async def _edit(self, post: Post, receipt: Receipt, digest: str, seq: int = 0) -> None:
        surface = self.mouth.surfaces[post.where.surface]
        marker = mark(self.mouth.key, self.journal.session.id, seq)
        await self.journal.hold()
        with contextlib.suppress(Forbidden):  # what is refused now may be let through when there is news again
            await surface.edit(post.where, receipt.remote, post, marker)
        await self._keep(post, receipt.remote, digest)

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
