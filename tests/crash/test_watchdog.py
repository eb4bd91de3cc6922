"""Nothing is left on "working": workers that die or freeze, jobs that always fail, words that can't be put, outages."""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.domain.refs import ConversationRef
from bot.domain.session import Job, Phase
from bot.domain.work import Outcome
from bot.engine import JobRunner
from bot.journal import Journal
from bot.ports import Sent
from bot.rehearsal.github.faults import Broken
from bot.rehearsal.script import Script
from bot.speech.post import Post
from handlers.cli.serve import front
from handlers.github import GitHubSurface
from tests.crash.company import Company, company
from tests.crash.conversation import EXPECTED, FILES, PLAN, SCRIPT, begin, converse, stands


def card(play: Company) -> str:
    """The card's headline."""
    [line] = [text for text in play.said(play.repo.issues[1]) if text.startswith("**Maestro**")]
    return line.partition("\n")[0]


# --- workers ---------------------------------------------------------------------------------------------------------
async def test_the_session_of_a_worker_that_vanished_is_taken_up_when_its_lease_ends(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        await play.close()
        await play.open(work=False)
        [row] = await play.house.store.sessions()
        await play.ada.comments(issue, "/maestro approve r1")
        await play.world.hooks.settled()
        [arrival] = await play.house.store.arrivals()
        await play.house.engine.hear(arrival)
        gone = await play.house.store.claim("elsewhere:1:1", play.clock.now(), 30.0, frozenset(), 4)
        assert gone is not None
        assert gone.session == row.id
        play.work()
        await asyncio.sleep(0.3)
        assert (await play.session()).phase is Phase.WORKING  # it is leased: nobody else touches it
        play.clock.ahead += timedelta(seconds=31)
        play.house.dispatcher.signal()
        await play.settled()
        assert await stands(play, issue) == EXPECTED


async def test_a_frozen_worker_that_wakes_up_does_no_more(tmp_path: Path) -> None:
    """It holds a finished answer of the model when another worker has long taken over."""
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        await play.close()
        await play.open(work=False)
        [row] = await play.house.store.sessions()
        await play.ada.comments(issue, "/maestro approve r1")
        await play.world.hooks.settled()
        [arrival] = await play.house.store.arrivals()
        await play.house.engine.hear(arrival)
        frozen = await play.house.store.claim("frozen:1:1", play.clock.now(), 30.0, frozenset(), 4)
        assert frozen is not None
        play.clock.ahead += timedelta(seconds=31)
        taken = await play.house.store.claim("other:1:1", play.clock.now(), 30.0, frozenset(), 4)
        assert taken is not None

        before = len(await play.house.store.events(row.id)), len(play.world.calls)
        await play.house.engine.advance(frozen)
        # It may have asked the model, but nothing came of it: no event, no effect.
        effects = [call for call in play.world.calls[before[1] :] if call.method != "GET"]
        assert len(await play.house.store.events(row.id)) == before[0]
        assert [call.path for call in effects if "/issues/" in call.path or "/pulls" in call.path] == []


# --- jobs ------------------------------------------------------------------------------------------------------------
async def test_a_job_that_always_fails_ends_in_a_question_and_blocks_nobody(tmp_path: Path) -> None:
    async def poison(_: Journal) -> None:
        raise ZeroDivisionError("a bug of ours")

    def poisoned(jobs: Mapping[Job, JobRunner]) -> Mapping[Job, JobRunner]:
        return {**jobs, Job.DELIVER: poison}

    async with company(tmp_path, SCRIPT, FILES) as play:
        play.house.engine.parts = replace(play.house.engine.parts, jobs=poisoned(play.house.engine.parts.jobs))
        issue = await converse(play)
        session = await play.session()
        assert (session.phase, session.outcome) == (Phase.AWAITING, Outcome.NEEDS_INPUT)
        assert "The deliver step failed 4 times: a fault of mine: ZeroDivisionError" in session.reason
        assert card(play) == "**Maestro** · waiting for you"
        assert "ZeroDivisionError" in play.said(issue)[-1]
        other = await play.ada.opens_issue(play.repo, "Another", "Something else")
        await play.ada.comments(other, "/maestro status")
        await play.settled()
        assert len(play.said(other)) == 2

        await play.close()
        await play.open()  # repaired
        await play.ada.comments(issue, "/maestro retry")
        await play.settled()
        assert card(play) == "**Maestro** · done: Every check is upheld."
        assert len(play.repo.pulls) == 1


class Tongue(GitHubSurface):
    """Can't get some words out: a bug."""

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent:
        if "Plan r1" in post.model_dump_json() and post.kind == "say":
            raise IndexError("a bug of ours")
        return await super().post(where, post, marker)


async def test_what_cannot_be_worded_is_told_plainly_and_the_rest_is_said(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        assert play.house.github is not None
        surfaces = {name: Tongue(play.house.github) for name in play.house.engine.parts.mouth.surfaces}
        mouth = replace(play.house.engine.parts.mouth, surfaces=surfaces)
        play.house.engine.parts = replace(play.house.engine.parts, mouth=mouth)
        issue = await converse(play)
        said = [line.partition("\n")[0] for line in play.said(issue)]
        assert said[2].startswith("I could not put into words what happened here: a fault of mine")
        assert said[1] == "**Maestro** · done: Every check is upheld."
        assert said[-1] == "**Done.** Every check is upheld."


async def test_an_arrival_that_cannot_be_heard_is_set_aside_and_blocks_nobody(tmp_path: Path) -> None:
    async with company(tmp_path, Script([PLAN]), FILES) as play:
        hosts = play.house.engine.parts.hosts
        play.house.engine.parts = replace(play.house.engine.parts, hosts={})
        issue = await play.ada.opens_issue(play.repo, "Poison", "")
        await play.ada.comments(issue, "/maestro implement")
        await play.settled()
        assert await play.house.store.arrivals() == []
        play.house.engine.parts = replace(play.house.engine.parts, hosts=hosts)
        await begin(play)
        assert (await play.session()).phase is Phase.AWAITING


# --- the world -------------------------------------------------------------------------------------------------------
async def test_words_are_heard_in_their_order_though_the_first_had_to_wait(tmp_path: Path) -> None:
    async with company(tmp_path, Script([PLAN]), FILES) as play:
        path = "/repos/octo/calc/collaborators/*/permission"
        play.world.faults.next("GET", path, Broken(500), times=3)
        issue = await play.ada.opens_issue(play.repo, "A word is missing", "It should be a half.")
        await play.ada.comments(issue, "/maestro implement")
        await play.ada.comments(issue, "/maestro stop")
        await play.settled()
        kinds = [event.body.kind for event in await play.house.store.events((await play.session()).id)]
        assert kinds.index("spoke") < kinds.index("halted")


async def test_an_app_that_was_uninstalled_ends_the_work_with_advice_and_a_return_mends_the_card(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        play.repo.installed = False
        await play.ada.comments(issue, "/maestro approve r1")
        await play.settled()
        play.repo.installed = True
        await play.ada.comments(issue, "/maestro implement")
        await play.settled()
        assert not card(play).endswith("working")


@pytest.mark.parametrize("happening", ["deletes", "locks"])
async def test_the_place_may_be_gone_and_the_session_still_ends(tmp_path: Path, happening: str) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        await play.ada.comments(issue, "/maestro approve r1")
        await play.world.hooks.settled()
        if happening == "deletes":
            await play.world.person("root", permission="admin").deletes(issue)
        else:
            await play.ada.locks(issue)
        await play.settled()
        session = await play.session()
        assert session.phase is Phase.IDLE
        assert session.outcome in (Outcome.DONE, Outcome.CANCELLED, Outcome.DECLINED, Outcome.FAILED)


async def test_a_base_branch_that_vanished_is_told_before_anything_is_pushed(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        await play.ada.pushes(play.repo, "trunk", {"x": "y"}, "other")
        await play.ada.deletes_branch(play.repo, "main")
        await play.ada.comments(issue, "/maestro approve r1")
        await play.settled()
        session = await play.session()
        assert session.outcome is Outcome.FAILED
        assert "the branch main, which this was made for, vanished" in play.said(issue)[-1]
        assert not any("maestro/" in name for name in play.repo.bare.refs())


async def test_a_branch_name_that_is_taken_is_left_to_its_owner(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        theirs = await play.ada.pushes(play.repo, "maestro/1-a-word-is-missing", {"x": "y"}, "mine")
        await converse(play)
        assert play.repo.bare.refs()["refs/heads/maestro/1-a-word-is-missing"] == theirs
        assert (await play.session()).branch == "maestro/1-a-word-is-missing-2"
        assert play.repo.forced_pushes == []


@pytest.mark.parametrize("wrong", ["address", "key"])
async def test_deliveries_wait_where_github_is_away_or_does_not_know_our_key(tmp_path: Path, wrong: str) -> None:
    async with company(tmp_path, Script([PLAN]), FILES) as play:
        right = play.settings
        await play.close()
        change = {"github_api_url": "http://127.0.0.1:9"} if wrong == "address" else {"github_private_key": new_key()}
        play.settings = right.model_copy(update=change)
        await play.open()
        issue = await play.ada.opens_issue(play.repo, "A word is missing", "It should be a half.")
        await play.ada.comments(issue, "/maestro implement")
        await play.world.hooks.settled()
        assert play.world.hooks.deliveries[-1].status_code == 202
        transport = httpx.ASGITransport(front(play.house))
        async with httpx.AsyncClient(transport=transport, base_url="http://maestro.test") as client:
            ready = await client.get("/readyz")
        assert ready.status_code == 200
        assert ready.text.startswith("ready, but GitHub ")
        advice = "GITHUB_API_URL" if wrong == "address" else "GITHUB_PRIVATE_KEY"
        assert advice in ready.text
        await asyncio.sleep(0.3)
        assert len(await play.house.store.arrivals()) == 1

        await play.close()
        play.settings = right
        await play.open()
        await play.settled()
        assert (await play.session()).phase is Phase.AWAITING


def new_key() -> str:
    """The key of some other App."""
    key = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


async def test_a_database_that_is_locked_for_a_while_loses_nothing(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        await play.ada.comments(issue, "/maestro approve r1")
        await play.world.hooks.settled()
        with sqlite3.connect(play.settings.maestro_home / "maestro.db") as other:
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(6.0)  # longer than a writer waits for the lock
        other.close()
        await play.settled()
        assert await stands(play, issue) == EXPECTED
