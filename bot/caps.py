"""How much one conversation and one repository may ask for in a day, so that no loop and no flood costs without end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.events import Body, Event, Halted, Human, Opened, Refused, Rejected, Spoke, TextChanged
from bot.domain.refs import Heard
from bot.domain.session import Phase
from bot.ports import SessionRow

DAY = timedelta(days=1)
ASKED_FOR = 5_000
"""Sessions that are looked through for those of one repository."""


@dataclass(frozen=True, slots=True)
class Caps:
    """`sessions` that may be at work in one repository, and `messages` that one thread may send us, within a day."""

    sessions: int = 50
    messages: int = 200


def within(
    bodies: tuple[Body, ...], heard: Heard, events: Sequence[Event], rows: Sequence[SessionRow], caps: Caps
) -> tuple[Body, ...]:
    """The events that may be appended: all of them, one refusal in their place, or nothing when that was said already.
    What stops work is never refused. `rows` are the sessions of the list, newest first."""
    if all(isinstance(body, Halted | Rejected | Refused | TextChanged) for body in bodies):
        return bodies
    since = heard.at - DAY
    today = [event for event in events if event.at > since]
    if sum(isinstance(event.body, Human) and not isinstance(event.body, Refused) for event in today) >= caps.messages:
        reason = f"This thread has had {caps.messages} messages within a day, which is as many as I take."
        return _refused(reason, "`/maestro stop` works; everything else waits until tomorrow.", heard, today)
    if begins(events) and any(isinstance(body, Spoke) for body in bodies) and _busy(heard, rows, since, caps):
        reason = f"{caps.sessions} sessions have been at work in this repository within a day, which is the limit."
        refusal = _refused(reason, "Ask again tomorrow, or let the operator raise the limit.", heard, today)
        return (*(body for body in bodies if isinstance(body, Opened)), *refusal) if refusal else ()
    return bodies


def begins(events: Sequence[Event]) -> bool:
    """Whether this session has not been at work yet."""
    return not any(isinstance(event.body, Spoke) for event in events)


def _busy(heard: Heard, rows: Sequence[SessionRow], since: datetime, caps: Caps) -> bool:
    worked = [row for row in rows if row.phase != Phase.IDLE or row.outcome]
    repo = heard.where.repo.full_name
    return sum(row.repo == repo and row.updated_at > since for row in worked) >= caps.sessions


def _refused(reason: str, advice: str, heard: Heard, today: Sequence[Event]) -> tuple[Body, ...]:
    if any(isinstance(event.body, Refused) and event.body.reason == reason for event in today):
        return ()
    return (Refused(where=heard.where, actor=heard.actor, reason=reason, advice=advice, target=heard.target),)
