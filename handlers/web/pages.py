"""The pages of a session, rendered on the server; everything in them is escaped by the template engine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jinja2

from bot.domain.events import Event
from bot.domain.session import Session, evolve, fold
from bot.ports import SessionRow, Store
from bot.speech import marked
from bot.speech.card import checklist
from bot.transcript import Capacity, Transcript, capacity
from handlers.web.timeline import item

LOG_LIMIT = 20_000
POLL_SECONDS = 0.5
PING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page needs: where events are, the context size in tokens, what must not leave, the session's diff and
    its evidence bundle."""

    store: Store
    context: int
    redact: Callable[[str], str]
    diff: Callable[[Session], Awaitable[str]]
    bundle: Callable[[Session, Sequence[Event]], Awaitable[bytes]]

    async def session(self, session_id: str) -> tuple[Session, list[Event]] | None:
        events = list(await self.store.events(session_id))
        return (fold(session_id, events), events) if events else None

    def capacity(self, session: Session, events: list[Event]) -> Capacity:
        transcript = Transcript()
        transcript.extend(events)
        return capacity(session, transcript, self.context)

    async def log(self, sha256: str) -> str:
        """A stored output as text, without secrets."""
        data = await self.store.blob(sha256) if sha256 else None
        return self.redact((data or b"").decode("utf-8", "replace"))


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render(name: str, **values: object) -> str:
    return _TEMPLATES.get_template(name).render(**values)


def sessions_page(rows: list[SessionRow]) -> str:
    return render("sessions.html", rows=rows)


async def session_page(reading: Reading, session: Session, events: list[Event], part: str) -> str:
    """The whole page, or only its `summary` part for the live refresh."""
    said = partial(marked, session=session)
    name = "summary.html" if part == "summary" else "session.html"
    page = render(
        name,
        session=session,
        checklist=checklist(session),
        capacity=reading.capacity(session, events),
        logs=await _logs(reading, session),
        diff=reading.redact(await reading.diff(session)),
        items=[item(event, said) for event in events],
        said=said,
    )
    return reading.redact(page)


async def _logs(reading: Reading, session: Session) -> Mapping[str, str]:
    wanted = [e.log_sha256 for e in session.evidence if e.log_sha256]
    return {sha: _tail(await reading.log(sha)) for sha in wanted}


def _tail(text: str) -> str:
    return text if len(text) <= LOG_LIMIT else f"… {len(text) - LOG_LIMIT} characters before …\n{text[-LOG_LIMIT:]}"


async def stream(reading: Reading, session_id: str, after: int) -> AsyncIterator[bytes]:
    """Server-sent events after sequence number `after`: one message an event, its timeline line as HTML."""
    quiet = 0.0
    session = fold(session_id, (event for event in await reading.store.events(session_id) if event.seq <= after))
    while True:
        news = await reading.store.events(session_id, after=after)
        for event in news:
            after, quiet = event.seq, 0.0
            session = evolve(session, event)
            line = item(event, partial(marked, session=session))
            yield message(event.seq, reading.redact(render("item.html", item=line)))
        if not news:
            quiet += POLL_SECONDS
        if quiet >= PING_SECONDS:
            quiet = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(POLL_SECONDS)


def message(seq: int, html: str) -> bytes:
    data = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"id: {seq}\n{data}\n".encode()
