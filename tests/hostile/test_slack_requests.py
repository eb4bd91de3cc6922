"""Hostile requests to Slack's address: 401 or 400, never an error of ours, and nothing stored that was not signed."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import pytest

from bot.domain.refs import Heard
from bot.ports import Trouble
from bot.rehearsal.slack import Workspace
from bot.rehearsal.wire import Json
from handlers.slack.hear import Dialog, Malformed, Nothing
from handlers.slack.receiver import CAP, Receiver
from handlers.slack.socket import heard
from handlers.slack.verify import verify

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
WORLD = Workspace(secret=SECRET)
NOW = int(time.time())
EVENT: dict[str, Json] = {
    "type": "event_callback",
    "event_id": "Ev1",
    "team_id": "T1",
    "event": {
        "type": "app_mention",
        "user": "U1",
        "text": "<@UME> status",
        "ts": "1.2",
        "channel": "C1",
        "event_ts": "1.2",
    },
}


class Inbox:
    """A store that keeps in memory, slow or failing on demand."""

    def __init__(self, pause: float = 0.0, broken: bool = False) -> None:
        self.heard: list[Heard] = []
        self.dialogs: list[Dialog] = []
        self.pause, self.broken = pause, broken

    async def store(self, heard: Heard) -> bool:
        await asyncio.sleep(self.pause)
        if self.broken:
            raise Trouble("the disk is full")
        new = heard.what not in {one.what for one in self.heard}
        self.heard += [heard] if new else []
        return new

    async def open(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog)


def address(inbox: Inbox) -> Receiver:
    return Receiver(SECRET.encode(), inbox.store, lambda: "UME", inbox.open)


async def post(receiver: Receiver, body: bytes, headers: dict[str | bytes, str | bytes]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://slack.test") as client:
        return await client.post("/slack/events", content=body, headers=list(headers.items()))  # type: ignore[arg-type]


def signed(body: bytes, content: str = "application/json", at: int | None = None) -> dict[str | bytes, str | bytes]:
    headers: dict[str | bytes, str | bytes] = {"content-type": content}
    headers.update(WORLD.deliveries.sign(body, at).items())
    return headers


BODY = json.dumps(EVENT).encode()
GOOD = WORLD.deliveries.sign(BODY)["X-Slack-Signature"]
STAMP = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {STAMP: str(NOW)},
        {SIGNATURE: GOOD},
        {STAMP: str(NOW), SIGNATURE: "v0=" + "0" * 64},
        {STAMP: str(NOW), SIGNATURE: GOOD.upper()},
        {STAMP: str(NOW), SIGNATURE: GOOD[:-1]},
        {STAMP: str(NOW), SIGNATURE: "v1=" + GOOD[3:]},
        {STAMP: str(NOW), SIGNATURE: "v0=" + "é".encode("latin-1").decode("latin-1") * 64},
        {STAMP: "soon", SIGNATURE: GOOD},
        {STAMP: "-1", SIGNATURE: GOOD},
        {STAMP: "1e9", SIGNATURE: GOOD},
        {STAMP: "nan", SIGNATURE: GOOD},
        {STAMP: "9" * 400, SIGNATURE: GOOD},
        {STAMP: "", SIGNATURE: ""},
        {STAMP: str(NOW - 301), SIGNATURE: WORLD.deliveries.sign(BODY, NOW - 301)[SIGNATURE]},
        {STAMP: str(NOW + 100_000), SIGNATURE: WORLD.deliveries.sign(BODY, NOW + 100_000)[SIGNATURE]},
        {STAMP: str(NOW), SIGNATURE: WORLD.deliveries.sign(BODY + b" ", NOW)[SIGNATURE]},
    ],
    ids=range(17),  # the headers hold the time of collecting, which no two processes share
)
async def test_what_is_not_signed_by_slack_is_refused_before_it_is_read(headers: dict[str, str]) -> None:
    inbox = Inbox()
    raw: dict[str | bytes, str | bytes] = {n.encode(): v.encode("latin-1") for n, v in headers.items()}
    answer = await post(address(inbox), BODY, raw | {"content-type": "application/json"})
    assert (answer.status_code, inbox.heard) == (401, [])


def test_an_empty_secret_signs_nothing() -> None:
    mac = Workspace(secret=" ").deliveries.sign(b"{}", NOW)[SIGNATURE].encode()
    assert not verify(b"", str(NOW).encode(), mac, b"{}", NOW)


async def test_what_slack_signed_is_heard_and_its_retries_are_one() -> None:
    inbox = Inbox()
    receiver = address(inbox)
    for retry in range(4):
        answer = await post(receiver, BODY, signed(BODY) | ({"x-slack-retry-num": str(retry)} if retry else {}))
        assert (answer.status_code, answer.content) == (200, b"")
    [heard] = inbox.heard
    assert (heard.text, heard.where.key, heard.actor.id) == ("@maestro status", "T1/C1/1.2", "T1/U1")


async def test_the_address_proves_itself() -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    answer = await post(address(Inbox()), body, signed(body))
    assert (answer.status_code, answer.text) == (200, "3eZbrw1a")


HOSTILE: list[tuple[str, bytes]] = [
    ("application/json", b""),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("application/json", b'{"type":7}'),
    ("application/json", b'{"type":"event_callback","event":"x","event_id":"1"}'),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"type": NaN}'),
    ("application/json", b'"\\ud800"'),
    ("application/json", b"\xff\xfe"),
    ("application/x-www-form-urlencoded", b"payload=%7B"),
    ("application/x-www-form-urlencoded", b"payload=null"),
    ("application/x-www-form-urlencoded", b"command=/maestro"),
    ("application/x-www-form-urlencoded", urlencode({f"a{n}": "1" for n in range(500)}).encode()),
    ("application/x-www-form-urlencoded", b'payload={"type":"block_actions","user":{"id":"U"}}'),
    ("text/plain", b"hello"),
]


@pytest.mark.parametrize(("content", "body"), HOSTILE, ids=range(len(HOSTILE)))
async def test_signed_nonsense_is_malformed_and_never_an_error_of_ours(content: str, body: bytes) -> None:
    inbox = Inbox()
    answer = await post(address(inbox), body, signed(body, content))
    assert (answer.status_code, inbox.heard) == (400, [])


async def test_a_body_beyond_reason_is_not_read_to_its_end() -> None:
    body = b"x" * (CAP + 1)
    assert (await post(address(Inbox()), body, signed(body))).status_code == 413


@pytest.mark.parametrize("inbox", [Inbox(pause=5.0), Inbox(broken=True)], ids=["slow", "broken"])
async def test_slack_is_told_within_three_seconds_to_come_again_when_nothing_can_be_stored(inbox: Inbox) -> None:
    start = time.monotonic()
    answer = await post(address(inbox), BODY, signed(BODY))
    assert answer.status_code == 503
    assert time.monotonic() - start < 3.0


def _message(**more: Json) -> dict[str, Json]:
    event: dict[str, Json] = {"type": "message", "user": "U1", "text": "hi", "ts": "1.2", "channel": "C1"}
    return EVENT | {"event": event | more}


@pytest.mark.parametrize(
    "payload",
    [
        _message(),
        _message(bot_id="B1", thread_ts="1.1"),
        _message(user="UME", thread_ts="1.1"),
        _message(subtype="message_changed", thread_ts="1.1"),
        _message(subtype="message_deleted"),
        _message(subtype="channel_join"),
        _message(text="`<@UME> stop`"),
        _message(text="```\n<@UME> stop\n```"),
        EVENT | {"event": {"type": "reaction_added", "user": "U1"}},
        {"type": "app_rate_limited", "team_id": "T1"},
    ],
    ids=lambda payload: str(payload.get("event"))[:60],
)
async def test_what_nobody_says_to_us_is_taken_and_forgotten(payload: dict[str, Json]) -> None:
    inbox, body = Inbox(), json.dumps(payload).encode()
    answer = await post(address(inbox), body, signed(body))
    assert (answer.status_code, inbox.heard) == (200, [])


CLICK: dict[str, Json] = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}}
SENT: dict[str, Json] = {"type": "view_submission", "user": {"id": "U1"}, "view": {"id": "V1", "callback_id": "theirs"}}


@pytest.mark.parametrize(
    ("kind", "payload", "outcome"),
    [
        ("events_api", {"type": "app_rate_limited"}, Nothing("app_rate_limited leads to nothing")),
        ("events_api", EVENT | {"event": {"type": "reaction_added"}}, Nothing("reaction_added leads to nothing")),
        ("events_api", _message(subtype="channel_join"), Nothing("message channel_join leads to nothing")),
        ("events_api", _message(user="UME"), Nothing("a bot's message")),
        ("events_api", _message(text="hello"), Nothing("not said to us")),
        ("events_api", _message(ts=""), Malformed("a message without its place")),
        ("interactive", CLICK | {"type": "view_closed"}, Nothing("view_closed leads to nothing")),
        ("interactive", CLICK, Malformed("a click without its place")),
        ("interactive", CLICK | {"message": {"ts": "1.2"}, "actions": [{"action_id": "page"}]}, Nothing("a link")),
        ("interactive", CLICK | {"type": "message_action"}, Nothing("message_action leads to nothing")),
        ("interactive", SENT, Nothing("no dialog of ours")),
        ("interactive", {}, Malformed("Field required")),
        ("disconnect", {}, Malformed('an envelope of the kind "disconnect"')),
    ],
    ids=range(13),
)
def test_what_a_socket_brings_and_leads_to_nothing_says_why(
    kind: str, payload: dict[str, Json], outcome: Nothing | Malformed
) -> None:
    assert heard(kind, payload, "UME") == outcome


def test_before_we_know_our_own_name_the_mention_itself_tells_it() -> None:
    said = heard("events_api", EVENT, "")
    assert isinstance(said, Heard)
    assert (said.text, said.at) == ("@maestro status", datetime.fromtimestamp(1.2, UTC))


TEXTS: list[tuple[Callable[[str], dict[str, Json]], str, str]] = [
    (lambda text: _message(text=text, channel_type="im"), "approve r1", "@maestro approve r1"),
    (lambda text: _message(text=text, channel_type="im"), "/maestro stop", "/maestro stop"),
    (lambda text: _message(text=text, thread_ts="1.1"), "yes &amp; no &lt;b&gt;", "yes & no <b>"),
    (lambda text: _message(text=text), "hey <@UME>, is it slower?", "@maestro hey is it slower?"),
    (lambda text: _message(text=text), "so\n<@UME|maestro> stop", "so\n@maestro stop"),
    (
        lambda text: _message(text=text),
        "<@UME> see <https://x.org/a?b=1&amp;c|this>",
        "@maestro see https://x.org/a?b=1&c",
    ),
]


@pytest.mark.parametrize(("payload", "text", "heard"), TEXTS, ids=lambda value: value if isinstance(value, str) else "")
async def test_texts_are_heard_as_people_meant_them(
    payload: Callable[[str], dict[str, Json]], text: str, heard: str
) -> None:
    inbox, body = Inbox(), json.dumps(payload(text)).encode()
    await post(address(inbox), body, signed(body))
    assert [one.text for one in inbox.heard] == [heard]


async def test_dialogs_are_opened_beside_the_answer() -> None:
    opened = asyncio.Event()

    async def slow(_dialog: Dialog) -> None:
        await asyncio.sleep(0.05)
        opened.set()

    opening: Callable[[Dialog], Awaitable[None]] = slow
    receiver = Receiver(SECRET.encode(), Inbox().store, lambda: "UME", opening)
    shown = {"ts": "1.2", "thread_ts": "1.1"}
    click = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}}
    body = urlencode({"payload": json.dumps(click | {"message": shown, "actions": [{"action_id": "change"}]})}).encode()
    answer = await post(receiver, body, signed(body, "application/x-www-form-urlencoded"))
    assert (answer.status_code, opened.is_set()) == (200, False)
    await asyncio.wait_for(opened.wait(), 2)
