"""What Slack's surface promises: posted once, found again, edited in place, within Slack's limits, and harmless."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.domain.refs import ConversationRef, RepoRef, SurfaceName
from bot.ports import Forbidden, Trouble
from bot.rehearsal.served import Served
from bot.rehearsal.slack import Channel, Fault, Message, Slack, Workspace
from bot.rehearsal.slack.limits import check_blocks
from bot.speech.marker import mark
from bot.speech.post import Bar, Block, Button, Chart, Checklist, Code, Post, Quote, Table, Text
from handlers.slack.blocks import mrkdwn, render
from handlers.slack.client import SlackClient
from handlers.slack.picture import draw
from handlers.slack.say import SlackSurface

MARK = mark(b"key", "sabc", 3)
SECRET = "xoxb-very-secret-token"


class Time:
    """Of its own, on both sides: waiting makes it pass."""

    now = 0.0

    async def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def world(time: Time) -> Workspace:
    world = Workspace()
    world.rates.clock = lambda: time.now
    return world


@pytest_asyncio.fixture
async def surface(world: Workspace, time: Time) -> AsyncIterator[SlackSurface]:
    async with Served(Slack(world)) as served:
        world.url = served.url
        client = SlackClient(world.token, f"{served.url}/api/")
        client.clock, client.sleep = lambda: time.now, time.wait
        yield SlackSurface(client, lambda text: text.replace(SECRET, "(redacted)"))
        await client.close()


@pytest.fixture
def channel(world: Workspace) -> Channel:
    return world.channel("engineering")


@pytest_asyncio.fixture
async def root(world: Workspace, channel: Channel) -> Message:
    return await world.person("ada").says(channel, "hello")


def place(root: Message) -> ConversationRef:
    repo = RepoRef(owner="octo", name="calc", id="7")
    return ConversationRef(surface=SurfaceName.SLACK, repo=repo, key=f"T0TEAM/{root.channel.id}/{root.ts}")


def post_in(root: Message, *blocks: Block, kind: str = "say") -> Post:
    buttons = (Button(label="Approve", command="/maestro approve r1", style="primary"),)
    return Post.model_validate({"key": "3", "kind": kind, "where": place(root), "blocks": blocks, "buttons": buttons})


async def test_a_post_becomes_one_message_in_the_thread_and_is_edited_in_place(
    surface: SlackSurface, root: Message, channel: Channel
) -> None:
    sent = await surface.post(place(root), post_in(root, Text(markdown="**Plan r1**"), Quote(text="ask @bob")), MARK)
    message = channel.messages[-1]
    assert sent.remote == f"{channel.id}:{message.ts}"
    assert message.line() == "maestro: *Plan r1*\n> ask `@bob` [Approve] [Change…]"
    assert (message.thread, message.text) == (root.ts, "Plan r1")
    await surface.edit(place(root), sent.remote, post_in(root, Text(markdown="Done.")), MARK)
    assert channel.lines(root.ts) == ["ada: hello", "maestro: Done. [Approve] [Change…]"]


@pytest.mark.parametrize("fault", [Fault(502, after=True), Fault(0, after=True)], ids=str)
async def test_a_message_whose_answer_was_lost_is_found_again(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel, fault: Fault
) -> None:
    world.faults.next("chat.postMessage", fault)
    with pytest.raises(Trouble):
        await surface.post(place(root), post_in(root, Text(markdown="hello")), MARK)
    found = await surface.find(place(root), MARK)
    assert found is not None
    assert found.remote == f"{channel.id}:{channel.messages[-1].ts}"
    assert len(channel.messages) == 2


@pytest.mark.parametrize("fault", [Fault(502), Fault(0)], ids=str)
async def test_a_message_that_was_never_made_is_not_found(
    surface: SlackSurface, world: Workspace, root: Message, fault: Fault
) -> None:
    world.faults.next("chat.postMessage", fault)
    with pytest.raises(Trouble):
        await surface.post(place(root), post_in(root, Text(markdown="hello")), MARK)
    assert await surface.find(place(root), MARK) is None


async def test_a_marker_that_somebody_else_wrote_is_not_ours(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    forged = await world.person("eve").says(channel, f"look {MARK}", root.ts)
    forged.metadata = {"event_type": "maestro_post", "event_payload": {"marker": MARK}}
    assert await surface.find(place(root), MARK) is None


async def test_limits_say_when_to_come_again_and_nothing_is_sent_twice(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    world.faults.next("chat.postMessage", Fault(429, retry_after=7))
    with pytest.raises(Trouble) as limited:
        await surface.post(place(root), post_in(root, Text(markdown="hello")), MARK)
    assert limited.value.retry_in == 7.0
    assert len(channel.messages) == 1


async def test_posts_and_edits_keep_to_slacks_rates(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel, time: Time
) -> None:
    for number in range(20):
        sent = await surface.post(place(root), post_in(root, Text(markdown=f"part {number}")), MARK)
        await surface.edit(place(root), sent.remote, post_in(root, Text(markdown="Done.")), MARK)
    assert {status for _, status in world.calls} == {200}
    assert (len(channel.messages), time.now) == (21, 16.0)


async def test_a_call_held_up_on_the_way_leaves_room_for_those_behind_it(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel, time: Time
) -> None:
    world.rates.clock = lambda: 0.9 if len(channel.messages) == 1 else max(time.now, 0.9)
    for number in range(12):
        await surface.post(place(root), post_in(root, Text(markdown=f"part {number}")), MARK)
    assert {status for _, status in world.calls} == {200}


async def test_an_archived_channel_and_a_deleted_message_are_refused_for_good(
    surface: SlackSurface, root: Message, channel: Channel
) -> None:
    sent = await surface.post(place(root), post_in(root, Text(markdown="hello")), MARK)
    channel.archived = True
    with pytest.raises(Forbidden):
        await surface.post(place(root), post_in(root, Text(markdown="hello")), MARK)
    channel.archived = False
    channel.messages.pop()
    with pytest.raises(Forbidden):
        await surface.edit(place(root), sent.remote, post_in(root, Text(markdown="x")), MARK)


async def test_a_heard_message_gets_one_reaction_and_the_status_follows_the_card(
    surface: SlackSurface, root: Message, channel: Channel
) -> None:
    for _ in range(2):
        await surface.acknowledge(place(root), f"{channel.id}:{root.ts}")
    card = post_in(root, Text(markdown="**Maestro** · working\n\nHalve exactly"), kind="status")
    sent = await surface.post(place(root), card, MARK)
    await surface.remind()
    done = post_in(root, Text(markdown="**Maestro** · done: Every check is upheld."), kind="status")
    await surface.edit(place(root), sent.remote, done, MARK)
    await surface.remind()
    assert root.reactions == ["eyes"]
    shown = [status for _, status in channel.statuses]
    assert shown == ["is looking …", "is looking …", "", "is working", "is working", ""]


BARS = (Bar(label="main", value=2.0, low=1.9, high=2.1), Bar(label="#45", value=1.0, low=0.9, high=1.1))
MEASURED = (
    Text(markdown="**`encode` improved**"),
    Table(head=("benchmark", "main", "#45", "record"), rows=(("`encode`", "2 s", "1 s", "[#1](https://m.test/s#1)"),)),
    Chart(title="encode", unit="s", style="bar", bars=BARS),
)


async def test_long_output_comes_as_a_file_without_secrets(
    surface: SlackSurface, root: Message, channel: Channel
) -> None:
    log = Code(title="#1 tests: refuted", text=f"{SECRET}\n" + "line\n" * 2000)
    await surface.post(place(root), post_in(root, log), MARK)
    message, text = channel.messages[1:]
    assert "characters were left out" in message.line()
    assert (text.files[0].name, text.files[0].data[:10]) == ("1-tests-refuted.txt", b"(redacted)")
    assert all(SECRET not in one.line() for one in channel.messages)


RICH = (
    "maestro: *`encode` improved*\nbenchmark | main | #45 | record\nencode | 2 s | 1 s | #1\n"
    "(picture: encode: main 2 s, #45 1 s) [Approve] [Change…]"
)
PLAIN = (
    "maestro: *`encode` improved*\n```benchmark  main  #45  record\n─────────  ────  ───  ──────\n"
    "encode     2 s   1 s  #1```\nRecords: <https://m.test/s#1|#1> [Approve] [Change…]"
)


async def test_a_measurement_is_one_message_with_its_table_and_its_picture(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    sent = await surface.post(place(root), post_in(root, *MEASURED), MARK)
    [message] = channel.messages[1:]
    assert message.line() == RICH
    [picture] = message.pictures
    assert world.files[picture].data.startswith(b"\x89PNG")
    await surface.edit(place(root), sent.remote, post_in(root, *MEASURED, Text(markdown="Again.")), MARK)
    assert (message.pictures, list(world.files)) == ([picture], [picture])


async def test_a_picture_that_slack_has_not_ready_yet_is_shown_a_moment_later(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    surface.developing = 0.0
    world.faults.next("chat.postMessage", Fault(200, word="invalid_blocks"))
    await surface.post(place(root), post_in(root, *MEASURED), MARK)
    assert [message.line() for message in channel.messages[1:]] == [RICH]


async def test_where_tables_are_unknown_they_come_as_text_and_the_picture_behind_them(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    surface.developing, world.tables = 0.0, False
    await surface.post(place(root), post_in(root, *MEASURED), MARK)
    assert channel.lines(root.ts)[1:] == [PLAIN, "maestro:  (file chart-2.png)"]
    for _ in range(2):
        await surface.post(place(root), post_in(root, *MEASURED[:2]), MARK)
    assert channel.lines(root.ts)[3:] == [PLAIN, PLAIN]
    assert [method for method, _ in world.calls].count("chat.postMessage") == 6  # of the last two, one was refused


async def test_a_connection_that_was_closed_meanwhile_costs_no_picture(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    world.faults.next("files.getUploadURLExternal", Fault(0))
    await surface.post(place(root), post_in(root, *MEASURED), MARK)
    assert [message.line() for message in channel.messages[1:]] == [RICH]


async def test_a_picture_that_cannot_be_brought_there_is_left_out(
    surface: SlackSurface, world: Workspace, root: Message, channel: Channel
) -> None:
    world.faults.next("files.getUploadURLExternal", Fault(500), Fault(500))
    await surface.post(place(root), post_in(root, *MEASURED), MARK)
    shown = [message.line().replace("\n(picture: encode: main 2 s, #45 1 s)", "") for message in channel.messages[1:]]
    assert shown == [RICH.replace("\n(picture: encode: main 2 s, #45 1 s)", "")]


HUGE: list[tuple[Block, ...]] = [
    (Text(markdown="word " * 9000),),
    (Quote(text="<!channel> & " * 5000, by="x" * 9000),),
    (Code(text="`" * 40_000, title="t" * 4000),),
    (Table(head=("a", "b"), rows=tuple(("x" * 90, "y" * 900) for _ in range(400))),),
    (Checklist(items=tuple((n % 2 == 0, "step " * 50) for n in range(500))),),
    tuple(Text(markdown=f"part {n}") for n in range(200)),
    (Text(markdown=" "), Quote(text=""), Code(text="")),
]


@pytest.mark.parametrize("blocks", HUGE, ids=lambda blocks: type(blocks[0]).__name__)
def test_whatever_is_said_fits_into_a_message(blocks: tuple[Block, ...]) -> None:
    where = ConversationRef(surface=SurfaceName.SLACK, repo=RepoRef(owner="o", name="r"), key="T/C/1")
    buttons = tuple(Button(label="L" * 200, command="/maestro answer " + "x" * 5000) for _ in range(40))
    made = render(Post(key="1", kind="say", where=where, blocks=blocks, buttons=buttons))
    check_blocks(made.blocks)
    assert 1 <= len(made.text) <= 300


@pytest.mark.parametrize(
    ("markdown", "slack"),
    [
        ("**Done.** _all_", "*Done.* _all_"),
        ("### Plan r1 `abc`", "*Plan r1 `abc`*"),
        ("[#3](https://m.test/s#evidence-3)", "<https://m.test/s#evidence-3|#3>"),
        ("<!channel> <@U1> &lt;!here&gt;", "&lt;!channel&gt; &lt;@U1&gt; &lt;!here&gt;"),
        (r"\[x\](https://evil.test) \`y\`", "[x](https://evil.test) `y`"),
        ("`<b> & c`", "`&lt;b&gt; &amp; c`"),
        ("[a|b>](https://m.test/|x)", "<https://m.test/%7Cx|a¦b&gt;>"),
    ],
)
def test_our_markdown_becomes_slacks_and_nothing_else_acts(markdown: str, slack: str) -> None:
    assert mrkdwn(markdown) == slack


def test_charts_are_drawn_for_one_bar_and_for_many_points() -> None:
    for style, count in (("bar", 1), ("bar", 30), ("line", 1), ("line", 60)):
        bars = [{"label": f"v{n} ✓", "value": n % 7, "low": 0, "high": 9} for n in range(count)]
        chart = Chart.model_validate({"title": "t" * 99, "unit": "", "style": style, "bars": bars})
        assert draw(chart).startswith(b"\x89PNG")


def test_the_manifest_asks_for_what_is_used() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "infra" / "slack-manifest.yml").read_text())
    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == [
        "app_mentions:read",  # app_mention
        "assistant:write",  # assistant.threads.setStatus
        "channels:history",  # message.channels, conversations.replies
        "chat:write",  # chat.*
        "commands",  # /maestro, the shortcut
        "files:write",  # files.*
        "groups:history",  # message.groups, conversations.replies
        "im:history",  # message.im
        "reactions:write",  # reactions.add
        "users:read",  # users.info
    ]
    settings, features = manifest["settings"], manifest["features"]
    addresses = {settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}
    assert {*addresses, features["slash_commands"][0]["url"]} == {"https://maestro.example.org/slack/events"}
    assert features["slash_commands"][0]["command"] == "/maestro"
    assert features["shortcuts"][0]["callback_id"] == "ask_maestro"
