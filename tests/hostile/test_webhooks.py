"""The webhook's door: what must not come in, and its twin that must."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml

from bot.codehost import PERMISSIONS, Account
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName
from bot.ports import Trouble
from handlers.github import ALWAYS_SENT, EVENTS, Ears, Malformed, Nothing, Receiver, hear, verify
from handlers.github import receiver as door

SECRET, OLD = b"new secret", b"old secret"
EARS = Ears(Account("99", "maestro", "1000"), bots=frozenset({"7000"}))
GOLDEN = Path(__file__).parent.parent / "golden" / "github"
JsonObject = dict[str, object]


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + hmac.new(secret, body, "sha256").hexdigest()


def comment_event(action: str = "created", text: str = "/maestro implement", **changes: object) -> JsonObject:
    event: JsonObject = {
        "action": action,
        "issue": {"id": 5, "number": 3, "title": "A bug", "body": "It breaks.", "html_url": "https://x/3"},
        "comment": {
            "id": 11,
            "body": text,
            "html_url": "https://x/3#11",
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
            "user": {"id": 1, "login": "alice", "type": "User"},
            "author_association": "MEMBER",
            "performed_via_github_app": None,
        },
        "sender": {"id": 1, "login": "alice", "type": "User"},
        "repository": {"id": 7, "name": "tally", "owner": {"login": "octo"}},
        "installation": {"id": 2},
    }
    return event | changes


def heard(event: str, payload: object) -> Heard | Nothing | Malformed:
    return hear(event, "d-1", json.dumps(payload).encode(), EARS)


COMMENT = Heard(
    delivery="d-1",
    what="issue_comment:11:created",
    kind="comment",
    where=ConversationRef(
        surface=SurfaceName.GITHUB,
        repo=RepoRef(owner="octo", name="tally", id="7", installation="2"),
        key="3",
        url="https://x/3",
    ),
    actor=Actor(surface=SurfaceName.GITHUB, id="1", login="alice"),
    text="/maestro implement",
    title="A bug",
    body="It breaks.",
    target="issue_comment:11",
    url="https://x/3#11",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    facts={"association": "MEMBER", "sender": "User"},
)


# --- the signature ---------------------------------------------------------------------------------------------------
def test_each_live_secret_signs() -> None:
    body = b'{"a": 1}'
    for secret in (SECRET, OLD):
        assert verify([SECRET, OLD], signature(body, secret), body)
        assert verify([SECRET, OLD], signature(body, secret).encode(), body)


GOOD = signature(b"body")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        GOOD[:-1],
        GOOD + "0",
        GOOD.upper(),
        GOOD.replace("sha256=", "SHA256="),
        GOOD.replace("sha256=", "sha1="),
        "sha1=" + hmac.new(SECRET, b"body", "sha1").hexdigest(),
        " " + GOOD,
        GOOD + "\n",
        GOOD[:-1] + "é",
        GOOD[:-1] + "\ud800",
        GOOD[:-1] + "٣",
        signature(b"body", b"guess"),
        signature(b"body", b""),
        signature(b"other"),
    ],
)
def test_nothing_else_does(header: str | None) -> None:
    assert not verify([SECRET, b""], header, b"body")
    assert verify([SECRET, b""], GOOD, b"body")


def test_without_a_secret_nothing_is_signed() -> None:
    assert not verify([], GOOD, b"body")
    assert not verify([b""], signature(b"body", b""), b"body")


# --- what is heard ---------------------------------------------------------------------------------------------------
def test_a_comment_is_heard() -> None:
    assert heard("issue_comment", comment_event()) == COMMENT


def test_an_edit_and_a_deletion_are_other_happenings_in_any_order() -> None:
    later = comment_event("edited")
    later["comment"] = {**comment_event()["comment"], "updated_at": "2026-03-01T12:05:00Z"}  # type: ignore[dict-item]
    edited = heard("issue_comment", later)
    deleted = heard("issue_comment", comment_event("deleted"))
    assert isinstance(edited, Heard)
    assert isinstance(deleted, Heard)
    assert [(h.kind, h.what) for h in (edited, deleted)] == [
        ("comment-edited", "issue_comment:11:edited:20260301T120500"),
        ("comment-deleted", "issue_comment:11:deleted:20260301T120000"),
    ]


@pytest.mark.parametrize(
    ("action", "body", "kind"),
    [
        ("opened", "/maestro implement", "opened"),
        ("opened", "please @Maestro", "opened"),
        ("opened", "a bug", None),
        ("opened", None, None),
        ("edited", "a bug", "issue-edited"),
        ("closed", "a bug", "issue-closed"),
        ("reopened", "a bug", "issue-reopened"),
        ("deleted", "a bug", "issue-deleted"),
        ("transferred", "a bug", "issue-transferred"),
        ("locked", "a bug", "issue-locked"),
        ("labeled", "/maestro implement", None),
        ("assigned", "/maestro implement", None),
        ("some-new-action", "/maestro implement", None),
    ],
)
def test_of_issues_what_concerns_a_session_is_heard(action: str, body: str | None, kind: str | None) -> None:
    issue = {"id": 5, "number": 3, "title": "A bug", "body": body, "updated_at": "2026-03-01T12:00:00Z"}
    said = heard("issues", {**comment_event(action), "issue": issue})
    assert (said.kind if isinstance(said, Heard) else None) == kind


def test_a_comment_on_a_pull_request_is_known_as_one() -> None:
    issue = {**comment_event()["issue"], "pull_request": {"url": "https://x"}}  # type: ignore[dict-item]
    said = heard("issue_comment", comment_event(issue=issue))
    assert isinstance(said, Heard)
    assert said.facts["is_pull"] == "yes"


BOT = {"type": "Bot", "login": "renovate[bot]"}


@pytest.mark.parametrize(
    ("sender", "app", "kind"),
    [
        ({"id": 1000, "type": "Bot", "login": "maestro[bot]"}, None, None),
        ({"id": 1000, "type": "User", "login": "alice"}, None, None),
        ({"id": 1, "type": "User", "login": "alice"}, {"id": 99}, None),
        ({"id": 6000, **BOT}, None, None),
        ({"id": 6000, "type": "User", "login": "evil[bot]"}, None, None),
        (None, None, None),
        ({"id": 7000, **BOT}, None, "comment"),
        ({"id": 1, "type": None, "login": "alice"}, {"id": 42}, "comment"),
    ],
)
def test_bots_are_not_heard_unless_their_id_is_listed(
    sender: JsonObject | None, app: JsonObject | None, kind: str | None
) -> None:
    event = comment_event(sender=sender)
    event["comment"] = {**event["comment"], "performed_via_github_app": app, "user": sender}  # type: ignore[dict-item]
    said = heard("issue_comment", event)
    assert (said.kind if isinstance(said, Heard) else None) == kind
    assert isinstance(said, Heard | Nothing)


NESTED = b'{"action":' + b"[" * 5000 + b"]" * 5000 + b"}"
TWICE = b'{"action": "edited", "action": "created", ' + json.dumps(comment_event()).encode()[22:]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Malformed),
        (b"null", Malformed),
        (b"[]", Malformed),
        (b'"x"', Malformed),
        (b"{", Malformed),
        (b"\xff\xfe{}", Malformed),
        (b'\xef\xbb\xbf{"action": "x"}', Malformed),
        (NESTED, Malformed),
        (b'{"action": NaN}', Malformed),
        (b'{"action": Infinity}', Malformed),
        (b'{"action": "\\ud800"}', Malformed),
        (b'{"action": ' + b"9" * 5000 + b"}", Malformed),
        (json.dumps(comment_event(comment=None)).encode(), Malformed),
        (json.dumps(comment_event(issue={"id": "x"})).encode(), Malformed),
        (json.dumps(comment_event(repository=None)).encode(), Malformed),
        (json.dumps(comment_event() | {"action": None}).encode(), Nothing),
        (json.dumps(comment_event(installation=None)).encode(), Heard),
        (json.dumps(comment_event(extra={"id": 10**400})).encode(), Heard),
        (TWICE, Heard),
        (json.dumps(comment_event(text="\U0001f600 e\u0301 \u202e")).encode(), Heard),
    ],
)
def test_strange_json_has_a_reasoned_answer(body: bytes, kind: type[Heard | Nothing | Malformed]) -> None:
    said = hear("issue_comment", "d-1", body, EARS)
    assert isinstance(said, kind)
    assert isinstance(said, Heard) or said.why


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1e400", "soon", 10**30, -1, None]
)
def test_strange_times_have_a_reasoned_answer(at: object) -> None:
    comment = {**comment_event()["comment"], "updated_at": at, "created_at": at}  # type: ignore[dict-item]
    assert isinstance(heard("issue_comment", comment_event(comment=comment)), Heard | Malformed)


def test_the_events_of_the_manifest_are_the_ones_that_are_heard() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "app.yml").read_text())
    assert sorted([*manifest["default_events"], *ALWAYS_SENT]) == sorted(EVENTS)
    assert manifest["default_permissions"] == dict(PERMISSIONS)
    assert "workflows" not in PERMISSIONS
    assert manifest["public"] is False


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_githubs_own_examples_are_read(path: Path) -> None:
    event = path.stem.split(".")[0]
    said = hear(event, "d-1", path.read_bytes(), EARS)
    assert isinstance(said, Heard if event in ("issue_comment", "issues") else Nothing)


# --- the door --------------------------------------------------------------------------------------------------------
class Inbox:
    """A store that remembers deliveries and happenings, and can be out of order."""

    def __init__(self) -> None:
        self.kept: list[Heard] = []
        self.broken = False
        self.woken = 0

    async def receive(self, heard: Heard) -> bool:
        await asyncio.sleep(0)
        if self.broken:
            raise Trouble("the disk is full")
        if any(heard.delivery == one.delivery or heard.what == one.what for one in self.kept):
            return False
        self.kept.append(heard)
        return True

    def wake(self) -> None:
        self.woken += 1


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def github(inbox: Inbox) -> AsyncIterator[httpx.AsyncClient]:
    app = Receiver([SECRET, OLD], inbox.receive, lambda: EARS, inbox.wake, cap=3_000_000, patience=0.2)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://maestro.test") as client:
        yield client


def headers(body: bytes, event: str = "issue_comment", delivery: str = "d-1") -> dict[str, str]:
    return {
        "X-Hub-Signature-256": signature(body),
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "Content-Type": "application/json",
    }


BODY = json.dumps(comment_event()).encode()


async def told(client: httpx.AsyncClient, body: bytes, **changes: str) -> tuple[int, str]:
    sent = {name: value for name, value in (headers(body) | changes).items() if value}
    answer = await client.post("/github/webhooks", content=body, headers=sent)
    return answer.status_code, answer.json()["result"]


async def test_a_delivery_is_stored_before_it_is_acknowledged(github: httpx.AsyncClient, inbox: Inbox) -> None:
    assert await told(github, BODY) == (202, "stored")
    assert (inbox.kept, inbox.woken) == ([COMMENT], 1)


async def test_a_redelivery_and_a_second_hook_change_nothing(github: httpx.AsyncClient, inbox: Inbox) -> None:
    assert await told(github, BODY) == (202, "stored")
    assert await told(github, BODY) == (200, "duplicate")
    assert await told(github, BODY, **{"X-GitHub-Delivery": "d-2"}) == (200, "duplicate")
    assert (len(inbox.kept), inbox.woken) == (1, 1)


async def test_of_a_hundred_copies_at_once_one_is_news(github: httpx.AsyncClient, inbox: Inbox) -> None:
    answers = await asyncio.gather(*(told(github, BODY) for _ in range(100)))
    assert sorted(answers) == [(200, "duplicate")] * 99 + [(202, "stored")]


async def test_what_cannot_be_stored_is_not_acknowledged_and_may_come_again(
    github: httpx.AsyncClient, inbox: Inbox
) -> None:
    inbox.broken = True
    assert await told(github, BODY) == (503, "refused")
    inbox.broken = False
    assert await told(github, BODY) == (202, "stored")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"X-Hub-Signature-256": ""}, (401, "refused")),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64}, (401, "refused")),
        ({"X-Hub-Signature-256": "sha1=" + "0" * 40}, (401, "refused")),
        ({"X-GitHub-Delivery": ""}, (400, "malformed")),
        ({"X-GitHub-Delivery": "x" * 101}, (400, "malformed")),
        ({"X-GitHub-Event": ""}, (200, "ignored")),
        ({"X-GitHub-Event": "star"}, (200, "ignored")),
        ({"X-GitHub-Event": "../../etc"}, (200, "ignored")),
        ({"Content-Type": "application/x-www-form-urlencoded"}, (400, "refused")),
        ({"Content-Type": ""}, (202, "stored")),
    ],
)
async def test_headers_are_checked(
    github: httpx.AsyncClient, changes: Mapping[str, str], answer: tuple[int, str]
) -> None:
    assert await told(github, BODY, **changes) == answer


async def test_the_same_json_written_otherwise_is_another_body(github: httpx.AsyncClient) -> None:
    again = json.dumps(json.loads(BODY), indent=1).encode()
    assert await told(github, again, **{"X-Hub-Signature-256": signature(BODY)}) == (401, "refused")
    assert await told(github, again) == (202, "stored")


async def test_too_much_is_refused_whether_it_is_announced_or_not(github: httpx.AsyncClient) -> None:
    big = b" " * 3_000_001

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    assert await told(github, big) == (413, "refused")
    answer = await github.post("/github/webhooks", content=chunks(), headers=headers(b""))
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


async def test_a_large_delivery_is_read_in_a_process_of_its_own(github: httpx.AsyncClient, inbox: Inbox) -> None:
    large = json.dumps(comment_event(padding=["x" * 100] * 12_000)).encode()
    assert len(large) > door.LARGE
    assert await told(github, large) == (202, "stored")
    assert inbox.kept == [COMMENT]
    assert await told(github, b"[" * 1_200_000) == (400, "malformed")
    assert await told(github, large, **{"X-GitHub-Event": "push"}) == (200, "ignored")
    assert await told(github, large, **{"X-Hub-Signature-256": "sha256=" + "0" * 64}) == (401, "refused")


async def test_a_body_that_comes_byte_by_byte_is_given_up(inbox: Inbox) -> None:
    app = Receiver([SECRET], inbox.receive, lambda: EARS, patience=0.2)

    async def drip() -> dict[str, object]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b" ", "more_body": True}

    assert (await asked(app, drip))[0] == 400


async def test_a_sender_that_hangs_up_leaves_nothing_behind(inbox: Inbox) -> None:
    app = Receiver([SECRET], inbox.receive, lambda: EARS)

    async def gone() -> dict[str, object]:
        return {"type": "http.disconnect"}

    assert (await asked(app, gone))[0] == 400
    assert app._in_flight == 0


async def test_strangers_cannot_fill_the_memory(inbox: Inbox) -> None:
    app = Receiver([SECRET], inbox.receive, lambda: EARS, cap=1000, patience=5.0, at_once=1500)
    waiting = asyncio.Event()

    def half_sent() -> object:
        parts = iter([{"type": "http.request", "body": b" " * 800, "more_body": True}])

        async def receive() -> dict[str, object]:
            part = next(parts, None)
            if part is None:
                await waiting.wait()
            return part or {"type": "http.request", "body": b"", "more_body": False}

        return receive

    first = asyncio.create_task(asked(app, half_sent()))
    await asyncio.sleep(0.01)
    assert (await asked(app, half_sent()))[0] == 503
    waiting.set()
    assert (await first)[0] == 401


async def test_only_posts_are_taken(github: httpx.AsyncClient) -> None:
    assert (await github.get("/github/webhooks")).status_code == 405


async def asked(app: Receiver, receive: object) -> tuple[int, object]:
    """One request by hand, for bodies that no client would send."""
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(b"x-hub-signature-256", b"sha256=" + b"0" * 64), (b"x-github-event", b"issues")],
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    return int(str(sent[0]["status"])), sent[1]["body"]
