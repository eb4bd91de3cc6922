"""The session page's timeline: one line for each kind of event ever written, in words for people."""

from pathlib import Path

from bot.domain.events import Event, load_body
from handlers.web.timeline import item
from tests.conftest import Golden
from tests.domain.people import NOON

EVENTS = sorted((Path(__file__).parent.parent / "golden" / "events").glob("*.json"))


def judged(words: str, /, *, titled: bool = False) -> str:
    return (f"‹{words}›" if titled else f"«{words}»") if words else ""


def line(number: int, file: Path) -> str:
    event = Event(session="s1", seq=number, turn=0, at=NOON, body=load_body(file.read_text()))
    shown = item(event, judged)
    text = "".join(f"\n    {row}" for row in shown.text.splitlines())
    return f"{file.stem}: {shown.who} | {shown.title} | {shown.tone}{text}\n"


def test_every_kind_of_event_has_its_line_and_the_models_words_are_judged_its_steps_as_orders(golden: Golden) -> None:
    golden("timeline.txt", "".join(line(number, file) for number, file in enumerate(EVENTS, start=1)))
