"""Red checks of others on our head: heard however they are told, read with what they say, judged by what is seen."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.ci import look_into
from bot.codehost import Account, GitHubHost, GitHubReviews
from bot.domain.events import Body, Grounded, Opened, PullRequestOpened, Pushed, Rested, Spoke
from bot.domain.following import Patience, begins_at
from bot.domain.followups import Began, CIFailed, CIJudged, Remarked
from bot.domain.obligations import MAX_CI_ROUNDS
from bot.domain.refs import Heard, Trust
from bot.domain.rules import Detected, Rules
from bot.domain.work import Outcome
from bot.journal import Journal, open_journal
from bot.ports import Failure
from bot.rehearsal.github import Broken, Person, Pull, World
from bot.rehearsal.wire import Json, encode
from bot.reviewing import change_of
from bot.store import SqlStore
from handlers.github import Ears, Nothing, hear
from tests.contract.github_world import actor_of, place_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
BRANCH = "maestro/7-halve"


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="module")
async def pull(world: World, ada: Person) -> Pull:
    repo = world.repo("octo/tally")
    await ada.pushes(repo, "main", {"a.txt": "one\n"})
    await ada.pushes(repo, BRANCH, {"a.txt": "one\ntwo\n"})
    return await ada.opens_pull(repo, BRANCH)


@pytest_asyncio.fixture(loop_scope="module")
async def journal(world: World, ada: Person, pull: Pull, tmp_path: Path) -> AsyncIterator[Journal]:
    """A session whose pull request stands."""
    store = SqlStore(f"sqlite:///{tmp_path}/log.db", {"synchronous": "OFF"})
    await store.migrate()
    place = place_of(world, pull.issue)
    journal = await open_journal(store, Clock(), "s1")
    await journal.append(
        Opened(place=place.model_copy(update={"key": "7"}), title="Tally", text="", requester=actor_of(ada)),
        Spoke(where=place, actor=actor_of(ada), trust=Trust.WRITE, verb="implement"),
        Grounded(base=pull.base_sha, tree="t0", base_branch="main", rules=Rules(), detected=Detected()),
        Pushed(branch=BRANCH, sha=pull.head_sha),
        PullRequestOpened(place=place, number=pull.number, url=""),
        Rested(outcome=Outcome.DONE),
    )
    yield journal
    await store.close()


def heard(world: World, nth: int = -1) -> Heard | Nothing:
    one = world.hooks.deliveries[nth]
    found = hear(one.event, one.guid, one.body, Ears(Account(str(world.app.id), world.app.slug, str(world.app.bot.id))))
    assert isinstance(found, Heard | Nothing)
    return found


def change(journal: Journal, world: World, nth: int = -1) -> Body | None:
    found = heard(world, nth)
    return change_of(journal.session, found) if isinstance(found, Heard) else None


# --- however it is told ----------------------------------------------------------------------------------------------
async def test_a_red_status_is_heard_where_the_branch_says_that_its_work_began(
    world: World, pull: Pull, journal: Journal
) -> None:
    world.status_reports(pull.repo, pull.head_sha, "ci/old", "failure", "2 tests failed", "https://ci.example/5")
    found = heard(world)
    assert isinstance(found, Heard)
    assert (found.kind, found.where.key) == ("ci-failed", "7")
    assert change(journal, world) == CIFailed(
        where=journal.session.pull_request.place if journal.session.pull_request else found.where,
        sha=pull.head_sha,
        name="ci/old",
        run=f"status:{pull.head_sha}:ci/old",
        conclusion="failure",
        url="https://ci.example/5",
    )


@pytest.mark.parametrize("state", ["success", "pending"])
async def test_other_statuses_and_other_branches_are_nothing(
    world: World, ada: Person, pull: Pull, journal: Journal, state: str
) -> None:
    world.status_reports(pull.repo, pull.head_sha, "ci/old", state)
    assert heard(world) == Nothing("a status that is not red")
    await ada.pushes(pull.repo, "theirs", {"b.txt": "b\n"})
    world.status_reports(pull.repo, pull.repo.bare.branch("theirs") or "", "ci/old", "failure")
    assert heard(world) == Nothing("a check of no pull request here")


@pytest.mark.parametrize(
    ("event", "conclusion", "red"),
    [
        ("check_suite", "startup_failure", True),
        ("check_suite", "failure", False),
        ("workflow_run", "startup_failure", True),
        ("workflow_run", "failure", False),
    ],
)
async def test_a_suite_or_run_counts_only_where_none_of_its_checks_tells(
    world: World, pull: Pull, journal: Journal, event: str, conclusion: str, red: bool
) -> None:
    told: dict[str, Json] = {"id": 5, "name": "CI", "head_sha": pull.head_sha, "head_branch": BRANCH}
    told |= {"conclusion": conclusion, "app": {"id": 99, "name": "Old CI", "slug": "old-ci"}, "pull_requests": []}
    sender: Json = {"id": 9, "login": "ci[bot]", "type": "Bot"}
    repo: Json = {"id": pull.repo.id, "name": "tally", "owner": {"login": "octo"}}
    body = encode({"action": "completed", event: told, "repository": repo, "sender": sender})
    found = hear(event, "d1", body, Ears(Account("1", "maestro", "2")))
    assert isinstance(found, Heard) is red
    if isinstance(found, Heard):
        named = found.model_copy(update={"where": journal.session.place})
        failed = change_of(journal.session, named)
        assert isinstance(failed, CIFailed)
        assert (failed.conclusion, failed.run) == ("startup_failure", f"{event}:5")


# --- why it is red ---------------------------------------------------------------------------------------------------
async def judged(journal: Journal, host: GitHubHost, *failed: CIFailed) -> tuple[bool, list[CIJudged]]:
    """Whether the model has something to do, and what was found."""
    await journal.record(*failed, Began(why="ci", runs=tuple(one.run for one in failed)))
    goes_on = await look_into(journal, GitHubReviews(host))
    return goes_on, [event.body for event in journal.events if isinstance(event.body, CIJudged)]


@pytest.mark.parametrize(
    ("before", "words", "cause", "goes_on"),
    [
        ((("base", "success"),), "2 tests failed", "change", True),
        ((("base", "failure"),), "2 tests failed", "base", False),
        ((("base", "success"), ("head", "success")), "2 tests failed", "flaky", False),
        ((("base", "success"),), "The runner has received a shutdown signal.", "infrastructure", False),
    ],
)
@pytest.mark.parametrize("told", ["check", "status"])
async def test_each_cause_is_found_and_only_what_we_broke_is_ours_to_mend(
    world: World,
    host: GitHubHost,
    pull: Pull,
    journal: Journal,
    told: str,
    before: tuple[tuple[str, str], ...],
    words: str,
    cause: str,
    goes_on: bool,
) -> None:
    def report(sha: str, conclusion: str, text: str = "") -> None:
        if told == "check":
            world.ci_reports(pull.repo, sha, "build", conclusion, text)
        else:
            world.status_reports(pull.repo, sha, "build", conclusion, text)

    for side, conclusion in before:
        report(pull.base_sha if side == "base" else pull.head_sha, conclusion)
    report(pull.head_sha, "failure", words)
    failed = change(journal, world, -2 if told == "check" else -1)
    assert isinstance(failed, CIFailed)
    more, [found] = await judged(journal, host, failed)
    assert (found.cause, more) == (cause, goes_on)
    assert words in found.log
    assert (journal.session.outcome is Outcome.DONE) is not goes_on


async def test_a_status_that_is_gone_or_may_not_be_read_is_no_trouble(
    world: World, host: GitHubHost, pull: Pull
) -> None:
    reviews, repo = GitHubReviews(host), place_of(world, pull.issue).repo
    assert await reviews.failure(repo, f"status:{pull.head_sha}:none") is None
    world.status_reports(pull.repo, pull.head_sha, "old", "error", "it broke", "https://ci.example/6")
    name = f"status:{pull.head_sha}:old"
    assert await reviews.failure(repo, name) == Failure(name, "old", "failure", "it broke\nhttps://ci.example/6")
    world.faults.next("GET", "/repos/*/commits/*/statuses", Broken(403))
    assert await reviews.failure(repo, name) is None


# --- how often, and when ---------------------------------------------------------------------------------------------
async def test_red_checks_are_waited_for_a_minute_and_remarks_take_them_along(
    world: World, ada: Person, pull: Pull, journal: Journal
) -> None:
    world.status_reports(pull.repo, pull.head_sha, "one", "failure")
    failed = change(journal, world)
    assert isinstance(failed, CIFailed)
    await journal.record(failed)
    due = begins_at(journal.session, Patience())
    assert due is not None
    assert (due - Clock().now()).total_seconds() == 60
    await journal.record(
        Remarked(
            id="o1",
            where=failed.where,
            actor=actor_of(ada),
            trust=Trust.WRITE,
            text="And this.",
            target="issue_comment:1",
        )
    )
    due = begins_at(journal.session, Patience())
    assert due is not None
    assert (due - Clock().now()).total_seconds() == 10


async def test_after_three_rounds_a_person_is_asked_and_a_remark_begins_them_anew(
    world: World, ada: Person, pull: Pull, journal: Journal, host: GitHubHost
) -> None:
    world.ci_reports(pull.repo, pull.base_sha, "build", "success")
    for round in range(1, MAX_CI_ROUNDS + 2):
        sha = f"{round:040x}"
        await journal.record(Pushed(branch=BRANCH, sha=sha))
        place = journal.session.pull_request.place if journal.session.pull_request else journal.session.place
        red = CIFailed(where=place, sha=sha, name="build", run=f"check_run:{round}", conclusion="failure")
        await journal.record(red, Began(why="ci", runs=(red.run,)))
        await journal.record(CIJudged(run=red.run, name="build", cause="change", reason="On the base it is green."))
        goes_on = await look_into(journal, None)
        assert goes_on is (round <= MAX_CI_ROUNDS)
        if goes_on:
            await journal.record(Rested(outcome=Outcome.DONE))
    session = journal.session
    assert (session.outcome, session.reason) == (
        Outcome.NEEDS_INPUT,
        "build is still red after 3 rounds of mending.",
    )
    assert "begin no further round by myself" in session.advice
    await journal.record(
        Remarked(
            id="o1", where=place, actor=actor_of(ada), trust=Trust.WRITE, text="Try 3.12.", target="issue_comment:1"
        )
    )
    assert journal.session.after.ci_rounds == 0
