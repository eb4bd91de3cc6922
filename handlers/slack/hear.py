"""What a request of Slack means: a message to be stored, a dialog to be opened, or the reason for neither. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from pydantic import JsonValue, ValidationError
from pydantic_core import from_json

from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName
from handlers.slack import dialogs
from handlers.slack.payloads import Command, Envelope, Interaction, Said, Thread
from handlers.slack.words import addressed, mentions, plain, to_us

PERSONAL = ("", "file_share", "thread_broadcast")
"""Sorts of messages in which a person says something new; edits and deletions are other sorts."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A good request that is nothing for us."""

    why: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A request that can't be read."""

    why: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """Slack wants to know whether somebody is at this address."""

    text: str


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog is to be opened, at once: the trigger is good for three seconds."""

    trigger: str
    view: dict[str, JsonValue]


Outcome = Heard | Nothing | Malformed | Challenge | Dialog


def hear(content_type: str, body: bytes, me: str) -> Outcome:
    """`me` is our own user id, '' when it is not known yet. Never raises."""
    try:
        if "json" in content_type:
            return envelope(from_json(body, allow_inf_nan=False), me)
        return _form(parse_qs(body.decode("utf-8", "replace"), max_num_fields=100), me)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return Malformed(f"{'.'.join(map(str, first['loc'])) or 'the payload'}: {first['msg']}")
    except ValueError as error:
        return Malformed(f"it can't be read: {str(error)[:200]}")


def _form(fields: dict[str, list[str]], me: str) -> Outcome:
    if "payload" in fields:
        return interaction(from_json(fields["payload"][0], allow_inf_nan=False), me)
    if "command" in fields:
        return command({name: values[0] for name, values in fields.items()})
    if "ssl_check" in fields:
        return Nothing("Slack looks at our certificate")
    return Malformed("neither an event nor a command nor an interaction")


def envelope(payload: object, me: str) -> Outcome:
    """What the Events API sent, by HTTP or by socket. Raises ValidationError."""
    told = Envelope.model_validate(payload)
    if told.type == "url_verification":
        return Challenge(told.challenge)
    if told.type != "event_callback" or told.event is None or not told.event_id:
        return Nothing(f"{told.type[:40]} leads to nothing")
    me = me or next((one.user_id for one in told.authorizations if one.user_id), "")
    return _message(told, told.event, me)


def _message(told: Envelope, said: Said, me: str) -> Outcome:
    if said.type not in ("message", "app_mention") or said.subtype not in PERSONAL:
        return Nothing(f"{said.type[:40]} {said.subtype[:40]} leads to nothing".replace("  ", " "))
    if said.bot_id or not said.user or said.user == me:
        return Nothing("a bot's message")
    if not said.ts or not said.channel:
        return Malformed("a message without its place")
    text = _text(said, me)
    if text is None:
        return Nothing("not said to us")
    return Heard(
        delivery=told.event_id,
        what=f"message:{told.team_id}/{said.channel}/{said.ts}",
        kind="comment",
        where=place(told.team_id, said.channel, said.thread_ts or said.ts),
        actor=_actor(told.team_id, said.user),
        text=text,
        title=_title(text),
        target=f"{said.channel}:{said.ts}",
        at=_at(said.ts),
        facts={"direct": "yes"} if said.channel_type == "im" else {},
    )


def _text(said: Said, me: str) -> str | None:
    """The words as they are to be heard; None when nobody speaks to us."""
    if said.channel_type == "im" or said.channel.startswith("D"):
        return addressed(said.text, me) if me and mentions(said.text, me) else to_us(plain(said.text))
    who = me or (_first_mention(said.text) if said.type == "app_mention" else "")
    if who and mentions(said.text, who):
        return addressed(said.text, who)
    if said.type == "app_mention" or not said.thread_ts or (not me and "<@" in said.text):
        return None  # a mention in code only; nobody's thread; or told once more as a mention
    return plain(said.text)


def _first_mention(text: str) -> str:
    return text.partition("<@")[2].partition(">")[0].partition("|")[0]


def command(fields: object) -> Outcome:
    """A slash command: its thread is made later, with the first message of ours. Raises ValidationError."""
    said = Command.model_validate(fields)
    text = f"/maestro {plain(said.text)}".strip()
    return Heard(
        delivery=f"command:{said.trigger_id}",
        what=f"command:{said.trigger_id}",
        kind="comment",
        where=place(said.team_id, said.channel_id, ""),
        actor=_actor(said.team_id, said.user_id, said.user_name),
        text=text,
        title=_title(text),
        at=_at(said.trigger_id.partition(".")[0]),
        facts={"direct": "yes"} if said.channel_id.startswith("D") else {},
    )


def interaction(payload: object, _me: str) -> Outcome:
    """A click, the message shortcut, or a dialog that was sent. Raises ValidationError."""
    done = Interaction.model_validate(payload)
    match done.type:
        case "block_actions":
            return _click(done)
        case "message_action" if done.callback_id == "ask_maestro":
            thread = _thread(done)
            return Dialog(done.trigger_id, dialogs.ask(thread)) if thread else Malformed("a shortcut without its place")
        case "view_submission":
            return _sent(done)
        case _:
            return Nothing(f"{done.type[:40]} leads to nothing")


def _click(done: Interaction) -> Outcome:
    thread, action = _thread(done), next(iter(done.actions), None)
    if thread is None or action is None:
        return Malformed("a click without its place")
    if action.action_id == "change":
        return Dialog(done.trigger_id, dialogs.change(thread))
    picked = action.selected_option.value if action.selected_option else ""
    if not action.value and not picked:
        return Nothing("a link")
    stamp = action.action_ts or done.action_ts
    message = done.message.ts if done.message else ""
    return Heard(
        delivery=f"click:{done.trigger_id or stamp}",
        what=f"click:{thread.channel}/{message}/{action.action_id}/{done.user.id}/{stamp}",
        kind="comment",
        where=place(thread.team, thread.channel, thread.thread),
        actor=_actor(thread.team, done.user.id, done.user.username or done.user.name),
        text=picked or action.value,
        at=_at(stamp),
        facts={"picked": "yes"} if picked else {},
    )


def _sent(done: Interaction) -> Outcome:
    if done.view is None or done.view.callback_id != dialogs.WORDS:
        return Nothing("no dialog of ours")
    thread = Thread.model_validate_json(done.view.private_metadata)
    values = done.view.state.values.get(dialogs.WORDS, {}).get(dialogs.WORDS)
    text = to_us(values.value if values else "")
    return Heard(
        delivery=f"dialog:{done.view.id}",
        what=f"dialog:{done.view.id}",
        kind="comment",
        where=place(thread.team, thread.channel, thread.thread),
        actor=_actor(thread.team, done.user.id, done.user.username or done.user.name),
        text=text,
        title=_title(text),
        at=_at(thread.thread),
    )


def _thread(done: Interaction) -> Thread | None:
    if done.team is None or done.channel is None or done.message is None:
        return None
    root = done.message.thread_ts or done.message.ts
    return Thread(team=done.team.id, channel=done.channel.id, thread=root) if root else None


def place(team: str, channel: str, thread: str) -> ConversationRef:
    """A thread whose repository is not known yet."""
    nowhere = RepoRef(owner="", name="")
    return ConversationRef(surface=SurfaceName.SLACK, repo=nowhere, key=f"{team}/{channel}/{thread}")


def _actor(team: str, user: str, name: str = "") -> Actor:
    return Actor(surface=SurfaceName.SLACK, id=f"{team}/{user}", login=name or user)


def _title(text: str) -> str:
    return text.partition(" ")[2].strip().partition("\n")[0][:200]


def _at(stamp: str) -> datetime:
    """Slack's own time; the beginning of time where it doesn't tell."""
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
