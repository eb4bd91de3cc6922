"""Events as lines for programs."""

from bot.domain.events import Event, dump_body
from bot.domain.work import as_json


def dump_event(event: Event) -> str:
    """An event as one JSON line: the envelope and the stored form of its body."""
    head = {"session": event.session, "seq": event.seq, "turn": event.turn, "at": event.at.isoformat()}
    return f'{as_json(head)[:-1]},"body":{dump_body(event.body)}}}'
