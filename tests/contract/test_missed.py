"""Deliveries that never arrived are heard from GitHub's own log."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.codehost import Account, GitHubHost
from bot.domain.refs import Heard
from bot.ports import Trouble
from bot.rehearsal.github import Broken, Issue, Person, World
from handlers.github import Ears, Missed, hear

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOG = "/app/hook/deliveries"
EARS = Ears(Account("1", "maestro", "2"))


class Inbox:
    """What was stored; a delivery counts once."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    async def store(self, heard: Heard) -> bool:
        if any(heard.delivery == one.delivery for one in self.heard):
            return False
        self.heard.append(heard)
        return True


def missed(host: GitHubHost, inbox: Inbox) -> Missed:
    return Missed(host, lambda: EARS, inbox.store, lambda: datetime.now(UTC))


async def told(world: World, ada: Person) -> Issue:
    """An issue of which everybody has heard."""
    issue = await ada.opens_issue(world.repo("octo/tally"), "Sum is wrong", "It is.")
    answered(world)
    return issue


def answered(world: World) -> None:
    for one in world.hooks.deliveries:
        one.status, one.status_code = "OK", 202


async def test_what_never_arrived_is_heard_once_and_in_order(host: GitHubHost, world: World, ada: Person) -> None:
    issue, inbox = await told(world, ada), Inbox()
    world.hooks.lose(2)
    await ada.comments(issue, "/maestro implement")
    await ada.comments(issue, "/maestro status")
    at_the_door = [hear(one.event, one.guid, one.body, EARS) for one in world.hooks.deliveries[-2:]]
    sweep = missed(host, inbox)
    assert (await sweep.run(), inbox.heard) == (2, at_the_door)
    world.calls.clear()
    assert await sweep.run() == 0
    assert [call.path for call in world.calls] == [LOG]  # what was heard is not even asked for again
    assert await missed(host, inbox).run() == 0  # a new process asks, and what it hears is known


@pytest.mark.parametrize("status", [0, 401, 500, 503])
async def test_what_was_refused_at_the_door_is_heard(host: GitHubHost, world: World, ada: Person, status: int) -> None:
    issue, inbox = await told(world, ada), Inbox()
    await ada.comments(issue, "/maestro implement")
    world.hooks.deliveries[-1].status, world.hooks.deliveries[-1].status_code = "it failed", status
    assert await missed(host, inbox).run() == 1
    assert [heard.text for heard in inbox.heard] == ["/maestro implement"]


async def test_what_arrived_or_is_on_its_way_is_left_alone(host: GitHubHost, world: World, ada: Person) -> None:
    issue, inbox = await told(world, ada), Inbox()
    world.hooks.lose(1)
    await ada.comments(issue, "/maestro implement")
    again = world.hooks.redeliver(world.hooks.deliveries[-1].guid)
    again.status, again.status_code = "OK", 202
    await ada.comments(issue, "/maestro status")  # pending
    assert (await missed(host, inbox).run(), inbox.heard) == (0, [])


async def test_a_long_log_is_read_to_its_end(host: GitHubHost, world: World, ada: Person) -> None:
    issue, inbox = await told(world, ada), Inbox()
    world.hooks.lose(1)
    await ada.comments(issue, "/maestro implement")
    for number in range(230):
        await ada.comments(issue, f"and {number}")
    for one in world.hooks.deliveries[-230:]:
        one.status, one.status_code = "OK", 200
    assert await missed(host, inbox).run() == 1
    assert sum(call.path == LOG for call in world.calls) == 3


async def test_what_github_does_not_tell_now_is_heard_the_next_time(
    host: GitHubHost, world: World, ada: Person
) -> None:
    issue, inbox = await told(world, ada), Inbox()
    world.hooks.lose(1)
    await ada.comments(issue, "/maestro implement")
    sweep = missed(host, inbox)
    world.faults.next("GET", LOG, Broken(502), times=3)
    assert await sweep.run() == 0
    world.faults.next("GET", f"{LOG}/*", Broken(502), times=3)
    assert await sweep.run() == 0
    assert await sweep.run() == 1


async def test_what_can_not_be_stored_now_is_heard_the_next_time(host: GitHubHost, world: World, ada: Person) -> None:
    issue, inbox, full = await told(world, ada), Inbox(), [True]
    world.hooks.lose(1)
    await ada.comments(issue, "/maestro implement")

    async def store(heard: Heard) -> bool:
        if full.pop():
            raise Trouble("the disk is full")
        return await inbox.store(heard)

    sweep = Missed(host, lambda: EARS, store, lambda: datetime.now(UTC))
    assert await sweep.run() == 0
    full.append(False)
    assert await sweep.run() == 1


async def test_what_is_older_than_the_log_goes_is_past(host: GitHubHost, world: World, ada: Person) -> None:
    issue, inbox = await told(world, ada), Inbox()
    world.hooks.lose(1)
    await ada.comments(issue, "/maestro implement")
    world.hooks.deliveries[-1].at -= timedelta(days=4)
    assert await missed(host, inbox).run() == 0
