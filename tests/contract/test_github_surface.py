"""What GitHub's surface promises: posted once, found again, edited in place, and harmless to whoever reads it."""

import httpx
import pytest
import pytest_asyncio

from bot.codehost import GitHubHost
from bot.domain.refs import Heard
from bot.ports import Forbidden, Surface, Trouble
from bot.rehearsal.github import Broken, Dropped, Issue, Limited, Person, World
from bot.speech.marker import mark
from bot.speech.post import Button, Post, Quote, Text
from handlers.github import Ears, GitHubSurface, Receiver
from tests.contract.github_world import actor_of, place_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARK = mark(b"key", "sabc", 3)
COMMENTS = "/repos/*/issues/*/comments"


@pytest.fixture
def surface(host: GitHubHost) -> Surface:
    return GitHubSurface(host)


@pytest.fixture
def alice(world: World) -> Person:
    return world.person("alice", permission="admin")


@pytest_asyncio.fixture(loop_scope="module")
async def issue(world: World, alice: Person) -> Issue:
    return await alice.opens_issue(world.repo("octo/tally"), "A bug", "It breaks.")


def post_on(world: World, issue: Issue, words: str) -> Post:
    return Post(
        key="3",
        kind="say",
        where=place_of(world, issue),
        blocks=(Text(markdown="**Plan r1**"), Quote(text=words)),
        buttons=(Button(label="Approve", command="/maestro approve r1"),),
    )


async def test_a_post_becomes_one_comment_with_its_marker(surface: Surface, world: World, issue: Issue) -> None:
    where = place_of(world, issue)
    sent = await surface.post(where, post_on(world, issue, "ask @bob"), MARK)
    (comment,) = issue.comments
    assert (sent.remote, comment.user.login) == (f"issue_comment:{comment.id}", "maestro[bot]")
    assert comment.body == f"**Plan r1**\n\n> ask `@bob`\n\nApprove: `/maestro approve r1`\n\n{MARK}"
    assert sent.url.endswith(f"#issuecomment-{comment.id}")
    await surface.edit(where, sent.remote, post_on(world, issue, "nothing"), MARK)
    assert [one.body for one in issue.comments] == [
        f"**Plan r1**\n\n> nothing\n\nApprove: `/maestro approve r1`\n\n{MARK}"
    ]


async def test_our_tokens_never_leave(surface: Surface, host: GitHubHost, world: World, issue: Issue) -> None:
    where = place_of(world, issue)
    token = (await host.remote(where.repo)).token or ""
    broken = f"{token[:30]}\n{token[30:]}"
    await surface.post(where, post_on(world, issue, f"I saw {token} and {broken}"), MARK)
    assert issue.comments[0].body.count("redacted") == 2
    assert token[5:25] not in issue.comments[0].body


@pytest.mark.parametrize("fault", [Broken(502, after=True), Dropped(after=True)], ids=str)
async def test_a_comment_whose_answer_was_lost_is_found_again(
    surface: Surface, world: World, issue: Issue, fault: Broken | Dropped
) -> None:
    where, post = place_of(world, issue), post_on(world, issue, "hello")
    world.faults.next("POST", COMMENTS, fault)
    with pytest.raises(Trouble):
        await surface.post(where, post, MARK)
    found = await surface.find(where, MARK)
    assert found is not None
    assert [found.remote] == [f"issue_comment:{comment.id}" for comment in issue.comments]


@pytest.mark.parametrize("fault", [Broken(502), Dropped()], ids=str)
async def test_a_comment_that_was_never_made_is_not_found(
    surface: Surface, world: World, issue: Issue, fault: Broken | Dropped
) -> None:
    where, post = place_of(world, issue), post_on(world, issue, "hello")
    world.faults.next("POST", COMMENTS, fault)
    with pytest.raises(Trouble):
        await surface.post(where, post, MARK)
    assert await surface.find(where, MARK) is None


async def test_only_our_own_marker_in_its_own_place_is_found(
    surface: Surface, world: World, alice: Person, issue: Issue
) -> None:
    where = place_of(world, issue)
    await alice.comments(issue, f"a forgery\n\n{MARK}")
    other = await surface.post(where, post_on(world, issue, f"I read {MARK}"), mark(b"key", "sabc", 4))
    assert await surface.find(where, MARK) is None
    assert await surface.find(where, mark(b"key", "sabc", 4)) == other


async def test_a_marker_is_found_behind_a_long_thread(
    surface: Surface, world: World, alice: Person, issue: Issue
) -> None:
    for number in range(205):
        await alice.comments(issue, f"chatter {number}")
    sent = await surface.post(place_of(world, issue), post_on(world, issue, "late"), MARK)
    assert await surface.find(place_of(world, issue), MARK) == sent


async def test_what_was_heard_gets_one_pair_of_eyes(
    surface: Surface, world: World, alice: Person, issue: Issue
) -> None:
    where, comment = place_of(world, issue), await alice.comments(issue, "/maestro implement")
    for _ in range(2):
        await surface.acknowledge(where, f"issue_comment:{comment.id}")
        await surface.acknowledge(where, f"issue:{issue.number}")
    assert [reaction.content for reaction in comment.reactions] == ["eyes"]
    assert [reaction.content for reaction in issue.reactions] == ["eyes"]


async def test_eyes_are_a_courtesy(surface: Surface, world: World, alice: Person, issue: Issue) -> None:
    where, comment = place_of(world, issue), await alice.comments(issue, "never mind")
    await alice.deletes(comment)
    for target in (f"issue_comment:{comment.id}", "issue_comment:../../x", "review:1", ""):
        await surface.acknowledge(where, target)
    world.faults.next("POST", "*/reactions", Limited(retry_after=30))
    with pytest.raises(Trouble) as limited:
        await surface.acknowledge(where, f"issue:{issue.number}")
    assert limited.value.retry_in == 30.0


async def test_a_place_that_is_gone_refuses_for_good(
    surface: Surface, world: World, alice: Person, issue: Issue
) -> None:
    where, post = place_of(world, issue), post_on(world, issue, "hello")
    sent = await surface.post(where, post, MARK)
    with pytest.raises(Forbidden):
        await surface.edit(where, "issue_comment:999999", post, MARK)
    with pytest.raises(Forbidden):
        await surface.edit(where, "pulls/1", post, MARK)
    await alice.transfers(issue, world.repo("octo/elsewhere"))
    with pytest.raises(Forbidden):
        await surface.post(where, post, MARK)
    assert sent.remote.startswith("issue_comment:")


async def test_what_the_embedded_github_sends_is_heard(
    host: GitHubHost, surface: Surface, world: World, alice: Person, issue: Issue
) -> None:
    kept: list[Heard] = []

    async def keep(heard: Heard) -> bool:
        kept.append(heard)
        return True

    me = await host.account()
    door = Receiver([world.hooks.secret.encode()], keep, lambda: Ears(me))
    world.hooks.deliver_to("http://maestro.test/github/webhooks", httpx.ASGITransport(door))
    comment = await alice.comments(issue, "/maestro implement")
    await surface.post(place_of(world, issue), post_on(world, issue, "ours"), MARK)
    await world.bot_account("renovate").comments(issue, "/maestro implement")
    await alice.edits(issue, "It breaks badly.")
    await alice.labels(issue, "bug")
    await alice.closes(issue)
    await world.hooks.settled()
    assert [(heard.kind, heard.actor, heard.target) for heard in kept] == [
        ("comment", actor_of(alice), f"issue_comment:{comment.id}"),
        ("issue-edited", actor_of(alice), f"issue:{issue.number}"),
        ("issue-closed", actor_of(alice), f"issue:{issue.number}"),
    ]
    assert kept[0].where == place_of(world, issue).model_copy(update={"url": kept[0].where.url})
    assert {delivery.status_code for delivery in world.hooks.deliveries} <= {0, 200, 202}
