"""Dispositions reach the thread they belong to, once each, whenever the program or the line dies; threads are resolved
by GraphQL, and stay open where that is off."""

import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.codehost import Account, GitHubHost, GitHubReviews
from bot.domain.events import Body, Opened, PullRequestOpened
from bot.domain.followups import Disposed, Remarked
from bot.domain.refs import Heard, SurfaceName, Trust
from bot.journal import Journal, open_journal
from bot.ports import PullSeen, Trouble
from bot.publish import Mouth, Publisher
from bot.rehearsal.github import Broken, Dropped, Person, Pull, World
from bot.speech.marker import mark
from bot.speech.post import Code, OnLines, Post, Text
from bot.speech.voice import Voice
from bot.store import SqlStore
from handlers.github import Ears, GitHubSurface, hear
from tests.contract.github_world import actor_of, place_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Clock:
    """A minute passes between any two looks at it."""

    def __init__(self) -> None:
        self._minutes = itertools.count()

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=next(self._minutes))


@pytest_asyncio.fixture(loop_scope="module")
async def pull(world: World, ada: Person) -> Pull:
    repo = world.repo("octo/tally")
    await ada.pushes(repo, "main", {"a.txt": "one\n"})
    await ada.pushes(repo, "work", {"a.txt": "one\ntwo\nthree\n"})
    made = await ada.opens_pull(repo, "work")
    for line in (1, 2, 3):
        await ada.comments_on_line(made, "a.txt", line, f"About line {line}.")
    return made


@pytest_asyncio.fixture(loop_scope="module")
async def mouth(host: GitHubHost, tmp_path: Path) -> AsyncIterator[Mouth]:
    store = SqlStore(f"sqlite:///{tmp_path}/log.db")
    await store.migrate()
    yield Mouth(store, Clock(), {SurfaceName.GITHUB: GitHubSurface(host)}, Voice(), b"key")
    await store.close()


async def answered(world: World, ada: Person, pull: Pull, mouth: Mouth) -> Journal:
    """A session that owes three answers and has just given them."""
    place = place_of(world, pull.issue)
    journal = await open_journal(mouth.store, mouth.clock, "s1")
    opened = Opened(place=place, title="Tally", text="", requester=actor_of(ada))
    remarks: list[Body] = [
        Remarked(
            id=f"o{n}",
            where=place,
            actor=actor_of(ada),
            trust=Trust.WRITE,
            text=thread.comments[0].body,
            target=f"review_comment:{thread.comments[0].id}",
            thread=f"review_comment:{thread.comments[0].id}",
        )
        for n, thread in enumerate(pull.threads, 1)
    ]
    said = [Disposed(id=f"o{n}", how="answered", text=f"It is line {n}.") for n in (1, 2, 3)]
    await journal.append(opened, PullRequestOpened(place=place, number=pull.number, url=""), *remarks, *said)
    return journal


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", [Dropped(after=True), Dropped(after=False), Broken(502, after=True), Broken(502)])
async def test_each_answer_stands_once_in_its_thread_whatever_breaks(
    world: World, ada: Person, pull: Pull, mouth: Mouth, nth: int, fault: Dropped | Broken
) -> None:
    journal = await answered(world, ada, pull, mouth)
    world.faults.next("POST", f"/repos/*/pulls/*/comments/{pull.threads[nth - 1].comments[0].id}/replies", fault)
    with pytest.raises(Trouble):
        await Publisher(mouth, journal).publish(final=True)
    for _ in range(3):  # each in a new process
        with contextlib.suppress(Trouble):
            await Publisher(mouth, await open_journal(mouth.store, mouth.clock, "s1")).publish(final=True)
    said = [[c.body.partition("<!--")[0].strip() for c in thread.comments[1:]] for thread in pull.threads]
    assert said == [[f"Answer:\n\n> It is line {n}."] for n in (1, 2, 3)]


async def test_an_answer_to_a_remark_that_was_deleted_stands_below_the_pull_request(
    world: World, ada: Person, pull: Pull, mouth: Mouth
) -> None:
    journal = await answered(world, ada, pull, mouth)
    first = pull.threads[0].comments[0]
    world.faults.next("POST", f"/repos/*/pulls/*/comments/{first.id}/replies", Broken(404))
    await Publisher(mouth, journal).publish(final=True)
    assert [c.body.partition("<!--")[0].strip() for c in pull.issue.comments][-1] == "Answer:\n\n> It is line 1."


async def test_a_thread_on_a_force_pushed_commit_is_heard_as_outdated_and_answered_where_it_is(
    world: World, ada: Person, pull: Pull, mouth: Mouth
) -> None:
    other = pull.repo.bare.branch("main") or ""
    await ada.force_pushes(pull.repo, "work", other)
    await ada.pushes(pull.repo, "work", {"a.txt": "one\nzwei\n"})
    await ada.replies(pull.threads[1], "And now?")
    one = world.hooks.deliveries[-1]
    heard = hear(one.event, one.guid, one.body, Ears(Account("1", "maestro", "2")))
    assert isinstance(heard, Heard)
    assert (heard.facts["outdated"], heard.facts["line"]) == ("yes", "2")
    assert heard.facts["thread"] == f"review_comment:{pull.threads[1].comments[0].id}"
    await Publisher(mouth, await answered(world, ada, pull, mouth)).publish(final=True)
    assert [thread.comments[-1].user.login for thread in pull.threads] == ["maestro[bot]"] * 3


# --- suggestions in a review -----------------------------------------------------------------------------------------
def offer_of(world: World, pull: Pull, first: int, last: int) -> Post:
    lines = Code(text="TWO", language="suggestion")
    on = (OnLines(path="a.txt", first=first, last=last, blocks=(lines,)),)
    where = place_of(world, pull.issue)
    return Post(key="9", kind="say", where=where, blocks=(Text(markdown="One."),), on=on, onto=pull.head_sha)


@pytest.mark.parametrize("fault", [None, Dropped(after=True), Broken(502, after=True), Dropped(after=False)], ids=str)
async def test_suggestions_are_one_review_whatever_breaks(
    world: World, host: GitHubHost, pull: Pull, fault: Dropped | Broken | None
) -> None:
    surface, post, marker = GitHubSurface(host), offer_of(world, pull, 2, 3), mark(b"key", "s1", 9)
    if fault:
        world.faults.next("POST", "/repos/*/pulls/*/reviews", fault)
        with pytest.raises(Trouble):
            await surface.post(post.where, post, marker)
    if await surface.find(post.where, marker) is None:
        await surface.post(post.where, post, marker)
    found = await surface.find(post.where, marker)
    [review] = [one for one in pull.reviews if one.user is world.app.bot]
    assert found is not None
    assert (found.remote, review.state, review.body) == (f"review:{review.id}", "COMMENTED", f"One.\n\n{marker}")
    thread = pull.threads[-1]
    assert (thread.path, thread.start_line, thread.line) == ("a.txt", 2, 3)
    assert [comment.body for comment in thread.comments] == ["```suggestion\nTWO\n```"]


async def test_suggestions_on_lines_that_the_diff_does_not_show_are_said_as_code(
    world: World, host: GitHubHost, pull: Pull
) -> None:
    post = offer_of(world, pull, 70, 71)
    await GitHubSurface(host).post(post.where, post, mark(b"key", "s1", 9))
    said = pull.issue.comments[-1].body.partition("<!--")[0].strip()
    assert said == "One.\n\nIn `a.txt`, lines 70 to 71:\n\n```\nTWO\n```"


async def test_the_lines_that_can_be_commented_on_are_those_of_the_diff(
    world: World, host: GitHubHost, ada: Person, pull: Pull
) -> None:
    await ada.pushes(pull.repo, "main", {"long.txt": "".join(f"{n}\n" for n in range(1, 41))})
    lines = {n: f"{n}\n" for n in range(1, 41)} | {20: "twenty\n"}
    await ada.pushes(pull.repo, "longer", {"long.txt": "".join(lines.values())})
    other = await ada.opens_pull(pull.repo, "longer")
    shown = await GitHubReviews(host).lines(place_of(world, other.issue).repo, other.number)
    assert shown == {"long.txt": frozenset(range(17, 24))}


async def test_only_the_threads_named_are_resolved_and_again_changes_nothing(
    world: World, host: GitHubHost, pull: Pull
) -> None:
    reviews, repo = GitHubReviews(host), place_of(world, pull.issue).repo
    wanted = [f"review_comment:{pull.threads[n].comments[0].id}" for n in (0, 2)]
    await reviews.resolve(repo, pull.number, wanted)
    await reviews.resolve(repo, pull.number, wanted)
    assert [thread.resolved_by is not None for thread in pull.threads] == [True, False, True]
    assert sum("resolved" in line for line in pull.repo.thread(pull.number)) == 2


async def test_with_graphql_off_it_is_trouble_and_nothing_is_resolved(
    world: World, host: GitHubHost, pull: Pull
) -> None:
    world.faults.next("POST", "/graphql", Broken(502), times=9)
    with pytest.raises(Trouble):
        await GitHubReviews(host).resolve(
            place_of(world, pull.issue).repo, pull.number, [f"review_comment:{pull.threads[0].comments[0].id}"]
        )
    assert [thread.resolved_by for thread in pull.threads] == [None, None, None]
    world.faults.clear()


async def test_a_red_check_is_read_with_the_end_of_its_jobs_log(world: World, host: GitHubHost, pull: Pull) -> None:
    reviews, repo = GitHubReviews(host), place_of(world, pull.issue).repo
    run = world.ci_reports(pull.repo, pull.head_sha, "build", "failure", "2 errors", log="x" * 20_000 + "\nE: broken\n")
    world.ci_reports(pull.repo, pull.head_sha, "build", "success")
    seen = await reviews.failure(repo, f"check_run:{run.id}")
    assert seen is not None
    assert (seen.name, seen.conclusion, len(seen.log)) == ("build", "failure", 12_000)
    assert seen.log.endswith("E: broken\n")
    assert await reviews.failure(repo, "check_run:1") is None
    assert await reviews.conclusions(repo, pull.head_sha) == {"build": ("failure", "success")}


async def test_a_pull_request_is_seen_as_it_is_now(world: World, host: GitHubHost, pull: Pull) -> None:
    seen = await GitHubReviews(host).pull(place_of(world, pull.issue).repo, pull.number)
    assert seen == PullSeen(
        number=pull.number,
        state="open",
        merged=False,
        head_branch="work",
        head_sha=pull.head_sha,
        head_here=True,
        base_branch="main",
        author=str(pull.issue.user.id),
    )
