"""Events are for ever: every shape ever written loads, and is written the same way again."""

from pathlib import Path
from typing import get_args

import pydantic
import pytest

from bot.domain.events import Body, Event, dump_body, load_body
from tests.domain.people import NOON, OPENED

GOLDEN = Path(__file__).parent.parent / "golden" / "events"
FILES = sorted(GOLDEN.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_stored_shape_loads_and_is_written_as_before(file: Path) -> None:
    text = file.read_text().strip()
    assert dump_body(load_body(text)) == text


def test_each_kind_of_event_has_a_golden_file() -> None:
    kinds = {body.model_fields["kind"].default for body in get_args(Body)}
    assert {load_body(file.read_text()).kind for file in FILES} == kinds


def test_what_was_never_written_by_us_does_not_load() -> None:
    with pytest.raises(pydantic.ValidationError):
        load_body('{"kind":"invented"}')


def test_an_event_is_identified_by_session_and_sequence() -> None:
    event = Event(session="s1", seq=1, turn=0, at=NOON, body=OPENED)
    assert Event.model_validate_json(event.model_dump_json()) == event
