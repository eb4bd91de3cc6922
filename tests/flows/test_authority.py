"""Who may move a session, and what becomes of it when that changes under way."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.domain.events import Approved
from bot.rehearsal.github import Issue
from bot.rehearsal.script import Call, Prompt, Script, Turn, call
from tests.flows.scripts import FINISH, FIX, HAPPY, PROPOSE, WRITE_TEST
from tests.flows.theatre import Theatre, theatre

TITLE, BODY = "Odd numbers are halved wrong", "half(3) should be 1.5"


async def ask(play: Theatre, words: str = "/maestro implement") -> Issue:
    issue = await play.ada.opens_issue(play.repo, TITLE, BODY)
    await play.ada.comments(issue, words)
    await play.settled()
    return issue


def last(play: Theatre, issue: Issue) -> str:
    return play.repo.issues[issue.number].comments[-1].body.partition("<!-- maestro:")[0].strip()


def branches(play: Theatre) -> list[str]:
    return [ref for ref in play.repo.bare.refs() if "maestro" in ref]


class Meanwhile:
    """The usual script; when the model is asked for a turn, something happens in the world."""

    def __init__(self, turn: Call) -> None:
        self.script, self.turn = Script([PROPOSE, WRITE_TEST, FIX, FINISH]), turn
        self.act: Callable[[], None] = lambda: None

    def __call__(self, prompt: Prompt) -> Turn:
        turn = self.script(prompt)
        if turn == self.turn:
            self.act()
        return turn


async def test_who_lost_write_access_meanwhile_gets_nothing_pushed(tmp_path: Path) -> None:
    script = Meanwhile(FINISH)
    async with theatre(tmp_path, script) as play:
        ada = play.ada
        script.act = lambda: play.repo.grant(ada.user, "read")
        issue = await ask(play)
        await ada.comments(issue, "/maestro approve r1")
        await play.settled()
        state = await play.state()
        assert (state["outcome"], play.repo.pulls, branches(play)) == ("declined", [], [])
        assert "no write access" in last(play, issue)


async def test_two_approvals_at_once_are_one(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        carol = play.world.person("carol", permission="write")
        issue = await ask(play)
        await asyncio.gather(
            play.ada.comments(issue, "/maestro approve r1"), carol.comments(issue, "/maestro approve r1")
        )
        await play.settled()
        [row] = await play.house.store.sessions()
        events = await play.house.store.events(row.id)
        assert sum(isinstance(event.body, Approved) for event in events) == 1
        assert len(play.repo.pulls) == 1


async def test_an_edit_in_the_second_of_the_approval_changes_no_approved_intent(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await ask(play)
        await play.ada.edits(issue, body="delete everything")
        await play.ada.comments(issue, "/maestro approve r1")
        await play.settled()
        assert len(play.repo.pulls) == 1
        asked = [one.prompt.raw for one in play.model.asked if one.prompt is not None]
        assert not any(b"delete everything" in raw for raw in asked)
        assert any("I go on from the text I saw" in line for line in play.thread(issue))


async def test_an_edited_approval_of_somebody_without_a_say_is_no_approval(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await ask(play)
        said = await play.bob.comments(issue, "looks good")
        await play.bob.edits(said, "/maestro approve r1")
        await play.bob.comments(issue, "/maestro approve r1")
        await play.settled()
        assert (await play.state())["approved"] is None
        assert play.repo.pulls == []


async def test_a_pull_request_from_a_fork_moves_nothing_and_gets_nothing_pushed(tmp_path: Path) -> None:
    script = Script([call("list_files"), call("reply", text="It is about halving: calc.py:1.")])
    async with theatre(tmp_path, script) as play:
        fork = await play.eve.forks(play.repo)
        await play.eve.pushes(fork, "main", {"planted.py": "evil"}, "Plant")
        pull = await play.eve.opens_pull(play.repo, "main", title="A gift", fork=fork)
        await play.eve.comments(pull, "/maestro implement")
        await play.settled()
        assert play.model.asked == []
        await play.ada.comments(pull, "/maestro explain what is this about?")
        await play.settled()
        prompt = play.model.asked[-1].prompt
        assert prompt is not None
        assert "calc.py" in (prompt.calls[0].result or "")
        assert (branches(play), list(fork.bare.refs())) == ([], ["refs/heads/main"])


async def test_a_lock_meanwhile_does_not_lose_the_work(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([PROPOSE, WRITE_TEST, FIX, call("run", command="sleep 2"), FINISH])) as play:
        issue = await ask(play)
        await play.ada.comments(issue, "/maestro approve r1")
        await play.working_on("run")
        await play.ada.locks(issue)
        await play.settled()
        assert (await play.state())["outcome"] == "done"
        assert len(play.repo.pulls) == 1


async def test_a_conversation_that_was_moved_away_ends_cancelled_and_without_effect(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([PROPOSE, call("run", command="sleep 600"), FINISH])) as play:
        issue = await ask(play)
        await play.ada.comments(issue, "/maestro approve r1")
        await play.working_on("run")
        await play.ada.transfers(issue, play.world.repo("octo/elsewhere"))
        await play.settled()
        state = await play.state()
        assert (state["phase"], state["outcome"]) == ("idle", "cancelled")
        assert state["reason"] == "ada: the issue was transferred."
        assert (play.repo.pulls, branches(play)) == ([], [])


async def test_a_deleted_issue_ends_what_waits_for_approval(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await ask(play)
        owner = play.world.person("owner", permission="admin")
        await owner.deletes(issue)
        await play.settled()
        state = await play.state()
        assert (state["phase"], state["outcome"]) == ("idle", "cancelled")


async def test_other_programs_are_not_heard(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        robot = play.world.person("robot[bot]", permission="write")
        robot.user.kind = "Bot"
        issue = await play.ada.opens_issue(play.repo, TITLE, BODY)
        await robot.comments(issue, "/maestro implement")
        await play.settled()
        assert (play.model.asked, len(play.repo.issues[issue.number].comments)) == ([], 1)


async def test_a_repository_may_start_so_many_sessions_a_day(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY, settings={"maestro_sessions_per_day": 1}) as play:
        await ask(play)
        second = await ask(play)
        assert "1 sessions have been at work in this repository within a day" in last(play, second)
        asked, said = len(play.model.asked), len(play.repo.issues[second.number].comments)
        await play.ada.comments(second, "/maestro implement")
        await play.settled()
        assert (len(play.model.asked), len(play.repo.issues[second.number].comments)) == (asked, said + 1)


async def test_a_thread_may_say_so_much_a_day_and_can_always_be_stopped(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY, settings={"maestro_messages_per_day": 3}) as play:
        issue = await ask(play, "/maestro plan")
        for _ in range(5):
            await play.ada.comments(issue, "/maestro status")
        await play.settled()
        said = [line for line in play.thread(issue) if "as many as I take" in line]
        assert len(said) == 1
        await play.ada.comments(issue, "/maestro stop")
        await play.settled()
        assert (await play.state())["outcome"] == "cancelled"
