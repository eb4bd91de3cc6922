"""The main job as conversations: what people say, what Maestro answers, what stands on GitHub afterwards."""

import re
from io import StringIO
from pathlib import Path

import pytest
from pydantic import JsonValue
from rich.console import Console

from bot.rehearsal.github import Issue, Person, Repo
from bot.rehearsal.script import Script, call, say
from handlers.cli.demo import Show
from handlers.cli.stage import Stage
from tests.conftest import Golden
from tests.flows.scripts import FINISH, FIX, HAPPY, LOOK, PROPOSE, WRITE_TEST, proposal
from tests.flows.theatre import CALCULATOR, Theatre, theatre

pytest_plugins = ["tests.contract.databases"]

TITLE, BODY = "Odd numbers are halved wrong", "half(3) should be 1.5"


async def ask(play: Theatre, words: str = "/maestro implement", body: str = BODY) -> Issue:
    issue = await play.ada.opens_issue(play.repo, TITLE, body)
    await play.ada.comments(issue, words)
    await play.settled()
    return issue


async def says(play: Theatre, issue: Issue, words: str) -> None:
    await play.ada.comments(issue, words)
    await play.settled()


def last(play: Theatre, issue: Issue) -> str:
    """The newest comment."""
    return play.repo.issues[issue.number].comments[-1].body.partition("<!-- maestro:")[0].strip()


async def test_from_a_comment_to_a_proven_pull_request(tmp_path: Path, golden: Golden) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await ask(play)
        await says(play, issue, "/maestro approve r1")
        golden("threads/main-job-issue.txt", "\n".join(play.thread(issue)) + "\n")
        golden("threads/main-job-pull.txt", "\n".join(play.thread(play.repo.issues[2])) + "\n")
        [pull] = play.repo.pulls
        [commit] = play.repo.bare.log(f"{play.repo.default_branch}..{pull.head_sha}")
        assert commit.author.name == "maestro[bot]"
        assert "Co-authored-by: ada <" in commit.message
        assert "Maestro-Session: s" in commit.message
        state = await play.state()
        assert (state["phase"], state["outcome"], state["head"]) == ("idle", "done", pull.head_sha)
        assert {claim["verdict"] for claim in state["claims"]} == {"upheld"}  # type: ignore[union-attr,index,call-overload]
        assert {record["head"] for record in state["evidence"]} == {pull.head_sha}  # type: ignore[union-attr,index,call-overload]
        [run] = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert (run.head_sha, run.status, run.conclusion) == (pull.head_sha, "completed", "success")


class Premises(Stage):
    """The demo's stage, where the theatre's house plays."""

    def __init__(self, play: Theatre, folder: Path) -> None:
        super().__init__(folder, {})
        self.world, self.play = play.world, play

    @property
    def site(self) -> str:
        return self.play.site

    async def session(self) -> dict[str, JsonValue] | None:
        return await self.play.state() if await self.play.sessions() else None

    async def sample(self) -> tuple[Repo, Person, Issue]:
        return self.play.repo, self.play.ada, await self.play.ada.opens_issue(self.play.repo, TITLE, BODY)


async def test_the_demo_shows_the_same_conversation_on_postgresql(tmp_path: Path, postgresql_address: str) -> None:
    async with theatre(tmp_path, HAPPY, settings={"database_url": postgresql_address}) as play:
        show = Show(Console(file=(screen := StringIO()), width=120), Premises(play, tmp_path / "demo"))
        show.introduce(None)
        await show.perform()
        show.close(12.0, keep=False)
        assert [pull.draft for pull in play.repo.pulls] == [False]
    seen = screen.getvalue()
    assert re.findall(r"^╭─ (\w.*?) ─+╮$", seen, re.MULTILINE) == [
        *("ada opens issue #1", "ada comments", "maestro comments", "ada comments", "maestro comments")
    ]
    recorded = re.findall(r"^  · evidence #(\d) (\w+): upheld  ", seen, re.MULTILINE)
    assert recorded == re.findall(r"^│ (\d) │ (\w+) +│ upheld +│ [0-9a-f]{8} │", seen, re.MULTILINE)
    assert {"integrity", "red_green", "regression", "scope", "tests"} <= {check for _, check in recorded}
    assert seen.count("  · the card says: done: Every check is upheld.\n") == 1
    for line in ("The model is scripted", "#2 is ready for review, every check upheld.", f"{play.site}/sessions/s"):
        assert line in seen


async def test_words_change_the_plan_and_the_new_revision_needs_its_own_approval(tmp_path: Path) -> None:
    second = proposal(summary="Divide exactly, and mind zero.")
    script = Script([PROPOSE, second, WRITE_TEST, FIX, FINISH])
    async with theatre(tmp_path, script) as play:
        issue = await ask(play)
        await says(play, issue, "mind zero, please")
        assert last(play, issue).startswith("### Plan r2")
        await says(play, issue, "/maestro approve r1")
        assert "r1 is not the standing plan: r2 is." in last(play, issue)
        await says(play, issue, "/maestro approve r2")
        assert last(play, issue).startswith("**Done.**")


async def test_a_rejected_plan_ends_the_turn_and_changes_nothing(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([PROPOSE])) as play:
        issue = await ask(play)
        await says(play, issue, "/maestro reject too large")
        state = await play.state()
        assert (state["phase"], state["outcome"], state["reason"]) == ("idle", "declined", "too large")
        assert play.repo.pulls == []


async def test_a_question_of_the_model_is_answered_by_a_plain_reply(tmp_path: Path) -> None:
    question = call("ask", question="Float or Fraction?", options=["float", "Fraction"])
    async with theatre(tmp_path, Script([question, PROPOSE])) as play:
        issue = await ask(play)
        assert "Float or Fraction?" in last(play, issue)
        assert (await play.state())["outcome"] == "needs-input"
        await says(play, issue, "1")
        assert last(play, issue).startswith("### Plan r1")
        asked = (await play.state())["asks"]
        assert asked == [
            {"id": asked[0]["id"], "question": "Float or Fraction?", "options": ["float", "Fraction"], "open": False}  # type: ignore[index,call-overload]
        ]


async def test_a_question_about_the_code_is_answered_in_words(tmp_path: Path) -> None:
    script = Script([LOOK, call("reply", text="`half` floors: see calc.py:2.")])
    async with theatre(tmp_path, script) as play:
        issue = await ask(play, "/maestro explain why is half(3) one?")
        assert last(play, issue) == "> `half` floors: see calc.py:2."
        offered = play.model.asked[0].prompt
        assert offered is not None
        assert "propose_plan" not in offered.tools


async def test_looking_changes_nothing_and_a_near_miss_is_asked_about(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([])) as play:
        issue = await ask(play, "/maestro status")
        assert last(play, issue).startswith("Nothing has been asked of me here yet.")
        await says(play, issue, "/maestro help approve")
        assert last(play, issue).startswith("`/maestro approve [rN]`")
        await says(play, issue, "/maestro secrets")
        assert last(play, issue) == (
            "No secrets are kept for this repository. An operator enters one: `maestro secrets set`."
        )
        await says(play, issue, "/maestro implemnt")
        assert "Did you mean `/maestro implement`?" in last(play, issue)
        assert play.model.asked == []


async def test_people_without_write_access_are_refused_and_chatter_is_left_alone(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([])) as play:
        issue = await play.ada.opens_issue(play.repo, TITLE, BODY)
        await play.bob.comments(issue, "/maestro implement")
        await play.settled()
        assert "needs write access to this repository; you have read." in last(play, issue)
        await play.ada.comments(issue, "> /maestro implement\n\nwhat is this?")
        await play.ada.comments(issue, "`/maestro implement` would start it")
        await play.settled()
        assert len(play.repo.issues[issue.number].comments) == 4
        assert play.model.asked == []


async def test_rules_may_waive_approval_and_mistakes_in_them_are_told_with_the_line(tmp_path: Path) -> None:
    files = {**CALCULATOR, ".maestro.yml": "approval: none\ntset: python3 -m unittest\n"}
    async with theatre(tmp_path, HAPPY, files=files) as play:
        issue = await ask(play)
        said = "\n".join(play.thread(issue))
        assert "`.maestro.yml`" in said
        assert "line 2" in said
        assert "**Done.** Every check is upheld." in said
        assert (await play.state())["approved"] == {"rev": 1, "by": "rules"}


async def test_stop_drops_a_long_command_within_seconds_and_resume_goes_on(tmp_path: Path) -> None:
    script = Script([PROPOSE, WRITE_TEST, call("run", command="sleep 600"), FIX, FINISH])
    async with theatre(tmp_path, script) as play:
        issue = await ask(play)
        await play.ada.comments(issue, "/maestro approve")
        await play.working_on("run")
        await play.ada.comments(issue, "/maestro stop")
        await play.settled(seconds=8)
        state = await play.state()
        assert (state["phase"], state["outcome"]) == ("idle", "cancelled")


async def test_an_edit_after_the_plan_is_said_and_the_seen_text_counts(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await ask(play)
        await play.ada.edits(issue, body="half(3) should be 2")
        await play.settled()
        assert "I go on from the text I saw" in last(play, issue)


async def test_refuted_three_times_it_ends_as_a_draft_that_says_so(tmp_path: Path) -> None:
    worse = call("edit_file", path="calc.py", old="n // 2", new="n / 3", why="a guess")
    again = call("edit_file", path="calc.py", old="n / 3", new="n / 3  # really", why="insisting")
    once_more = call("edit_file", path="calc.py", old="# really", new="# truly", why="insisting")
    script = Script([PROPOSE, worse, FINISH, again, FINISH, once_more, FINISH])
    async with theatre(tmp_path, script) as play:
        issue = await ask(play)
        await says(play, issue, "/maestro approve")
        [pull] = play.repo.pulls
        assert pull.draft
        assert pull.issue.title == "[WIP] Halve exactly"
        assert last(play, issue).startswith("**I could not finish this.** Some checks are refuted.")
        [run] = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert run.conclusion == "failure"
        assert (await play.state())["outcome"] == "failed"


async def test_two_deliveries_of_one_comment_are_one_request(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([PROPOSE])) as play:
        issue = await ask(play)
        for delivery in list(play.world.hooks.deliveries):
            play.world.hooks.redeliver(delivery.guid)
        await play.settled()
        said = play.thread(issue)
        assert sum("### Plan r1" in line for line in said) == 1
        assert sum("**Maestro** ·" in line for line in said) == 1


# --- bad input -------------------------------------------------------------------------------------------------------
async def test_an_empty_repository_is_declined_with_what_to_do(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([]), files={}) as play:
        issue = await ask(play)
        assert "is empty: there is nothing to work on" in last(play, issue)
        assert "Push a first commit" in last(play, issue)


async def test_a_repository_without_tests_gets_an_unproven_draft_that_says_why(tmp_path: Path) -> None:
    plan = proposal(claims=[])
    async with theatre(tmp_path, Script([plan, FIX, FINISH]), files={"calc.py": CALCULATOR["calc.py"]}) as play:
        issue = await ask(play)
        assert "no test command was found" in last(play, issue)
        await says(play, issue, "/maestro approve")
        assert last(play, issue).startswith("**Done.** Not everything is proven.")
        [pull] = play.repo.pulls
        assert pull.draft
        [run] = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert run.conclusion == "neutral"


async def test_a_model_that_never_calls_a_tool_ends_as_its_answer(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([say("Hm."), say("Well."), say("I would divide exactly.")])) as play:
        issue = await ask(play)
        assert last(play, issue) == "> I would divide exactly."
        assert (await play.state())["outcome"] == "done"


@pytest.mark.parametrize("body", ["x" * 65_000, "\u202e\u200b evil \x00 words", "<!-- hidden --> " * 500])
async def test_an_issue_of_any_text_is_read_and_answered(tmp_path: Path, body: str) -> None:
    async with theatre(tmp_path, Script([PROPOSE])) as play:
        issue = await ask(play, body=body)
        assert last(play, issue).startswith("### Plan r1")


async def test_without_a_model_the_person_is_told_what_to_set(tmp_path: Path) -> None:
    nothing = {"maestro_model": "", "openai_base_url": "", "openai_api_key": ""}
    async with theatre(tmp_path, Script([]), settings=nothing) as play:
        issue = await ask(play)
        assert "no model is configured" in last(play, issue)
        assert "Set MAESTRO_MODEL" in last(play, issue)
        assert (await play.state())["outcome"] == "failed"
