"""The parts of Slack's payloads that we read: narrow, everything else ignored."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

Words = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Authorization(Payload):
    user_id: Words = ""


class Said(Payload):
    """A message event."""

    type: str
    subtype: Words = ""
    user: Words = ""
    bot_id: Words = ""
    text: Words = ""
    ts: Words = ""
    thread_ts: Words = ""
    channel: Words = ""
    channel_type: Words = ""


class Envelope(Payload):
    """What the Events API sends."""

    type: str
    challenge: Words = ""
    event_id: Words = ""
    team_id: Words = ""
    event: Said | None = None
    authorizations: tuple[Authorization, ...] = ()


class Command(Payload):
    """A slash command."""

    command: str
    text: Words = ""
    team_id: str
    channel_id: str
    user_id: str
    user_name: Words = ""
    trigger_id: str


class Ident(Payload):
    id: str


class User(Payload):
    id: str
    username: Words = ""
    name: Words = ""


class Message(Payload):
    ts: Words = ""
    thread_ts: Words = ""
    text: Words = ""
    user: Words = ""


class Option(Payload):
    value: Words = ""


class Action(Payload):
    action_id: Words = ""
    action_ts: Words = ""
    value: Words = ""
    selected_option: Option | None = None


class Field(Payload):
    value: Words = ""


class State(Payload):
    values: dict[str, dict[str, Field]] = {}


class View(Payload):
    id: str
    callback_id: Words = ""
    private_metadata: Words = ""
    state: State = State()


class Interaction(Payload):
    """A click, a shortcut or a dialog that was sent."""

    type: str
    user: User
    team: Ident | None = None
    channel: Ident | None = None
    message: Message | None = None
    actions: tuple[Action, ...] = ()
    view: View | None = None
    trigger_id: Words = ""
    callback_id: Words = ""
    action_ts: Words = ""


class Thread(Payload):
    """What a dialog remembers of where it was opened."""

    team: str
    channel: str
    thread: str
