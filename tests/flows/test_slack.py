"""Slack as conversations: what people say in threads, what Maestro answers there and on GitHub."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bot.rehearsal.github import Issue
from bot.rehearsal.script import Script, call
from bot.rehearsal.slack import Message, Socket
from tests.flows.scripts import FINISH, FIX, HAPPY, LOOK, PROPOSE, WRITE_TEST
from tests.flows.slack_theatre import SlackTheatre, slack_theatre
from tests.flows.theatre import plain

ME = "<@U0MAESTRO>"
BENCHED = {
    "bench.sh": "cat cost.txt\n",
    "cost.txt": "100\n",
    ".maestro.yml": "benchmark: {encode: sh bench.sh}\n",
}


def told(stage: SlackTheatre, who: str) -> list[str]:
    """What only one person was shown, in any channel."""
    messages = [m for channel in stage.slack.channels.values() for m in channel.messages]
    return [plain(m.text).partition("<")[0].strip() for m in messages if m.to == who]


def comments(stage: SlackTheatre, issue: Issue) -> list[str]:
    """The first lines of an issue's comments."""
    return [c.body.partition("\n")[0] for c in stage.play.repo.issues[issue.number].comments]


def heads(stage: SlackTheatre, root: Message) -> list[str]:
    """The first line of each message in a thread."""
    return [line.partition("\n")[0] for line in stage.lines(root)]


async def test_from_a_mention_to_a_proven_pull_request_with_approval_by_button(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, HAPPY) as stage:
        assert "Linked." in await stage.signs_in(stage.ada)
        root = await stage.says(stage.ada, f"{ME} implement octo/calc: half(3) should be 1.5")
        plan = stage.last(root)
        assert list(plan.buttons) == ["Approve", "Change…", "Reject"]
        await stage.clicks(stage.ada, plan, "Approve")
        assert heads(stage, root) == [
            f"ada: {ME} implement octo/calc: half(3) should be 1.5 :eyes:",
            "maestro: *Maestro* · done: Every check is upheld.",
            "maestro: *Plan r1 `<sha>`*",
            "maestro: *Done.* Every check is upheld.",
        ]
        assert plan.buttons == {}
        assert plan.line().endswith("_Approved by ada._")
        assert list(stage.last(root).buttons) == ["Show proof"]
        [pull] = stage.play.repo.pulls
        assert (pull.draft, pull.head_ref) == (False, "maestro/slack-implement-octo-calc-half-3-should-be-1-5")
        assert "Closes" not in (pull.issue.body or "")
        assert "@ada" in (pull.issue.body or "")
        await stage.clicks(stage.ada, stage.last(root), "Show proof")
        assert "done: Every check is upheld." in stage.last(root).line()
        statuses = [status for _, status in stage.team.statuses]
        assert statuses[0] == "is looking …"
        assert statuses[-1] == ""


async def test_a_thread_and_its_issue_are_one_conversation(tmp_path: Path) -> None:
    question = call("ask", question="Float or Fraction?", options=["float", "Fraction"])
    async with slack_theatre(tmp_path, Script([question, PROPOSE, WRITE_TEST, FIX, FINISH])) as stage:
        await stage.signs_in(stage.ada)
        play = stage.play
        issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
        root = await stage.says(stage.ada, f"{ME} implement octo/calc#{issue.number}")
        asked = stage.last(root)
        assert list(asked.buttons) == ["float", "Fraction"]
        assert "**I need an answer**" in comments(stage, issue)
        await play.ada.comments(issue, "1")
        await play.settled()
        assert asked.buttons == {}
        assert asked.line().endswith("_Answered: float_")
        plan = stage.last(root)
        assert list(plan.buttons) == ["Approve", "Change…", "Reject"]
        await stage.clicks(stage.ada, plan, "Approve")
        assert "@ada approved plan r1 in Slack." in comments(stage, issue)
        assert comments(stage, issue)[-1] == "**Done.** Every check is upheld."
        assert stage.last(root).line().startswith("maestro: *Done.* Every check is upheld.")
        [pull] = play.repo.pulls
        assert pull.head_ref.startswith(f"maestro/{issue.number}-")
        assert f"Closes #{issue.number}." in (pull.issue.body or "")


async def test_a_session_that_began_on_github_is_joined_from_a_thread(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([PROPOSE, PROPOSE])) as stage:
        await stage.signs_in(stage.ada)
        play = stage.play
        issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
        await play.ada.comments(issue, "/maestro implement")
        await play.settled()
        root = await stage.says(stage.ada, f"{ME} mind zero in octo/calc#{issue.number}")
        assert len(await play.house.store.sessions()) == 1
        assert stage.last(root).line().startswith("maestro: *Plan r2 ")
        assert comments(stage, issue)[-1].startswith("### Plan r2 ")
        await stage.says(stage.ada, f"{ME} approve r1", root.ts)
        assert "r1 is not the standing plan: r2 is." in stage.last(root).line()
        await play.ada.comments(issue, "/maestro reject")
        await play.settled()
        assert "declined: The plan was rejected." in "\n".join(stage.lines(root))


async def test_words_in_the_thread_and_in_the_dialog_change_the_plan(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([PROPOSE, PROPOSE, PROPOSE])) as stage:
        await stage.signs_in(stage.ada)
        root = await stage.says(stage.ada, f"{ME} implement octo/calc: half(3) should be 1.5")
        first = stage.last(root)
        await stage.says(stage.ada, "mind zero, please", root.ts)
        second = stage.last(root)
        assert second.line().startswith("maestro: *Plan r2 ")
        assert first.line().endswith("_Replaced by r2._")
        await stage.clicks(stage.ada, second, "Change…")
        await stage.ada.submits(stage.ada.sees("Change the plan"), "and mind one")
        await stage.play.settled()
        assert stage.last(root).line().startswith("maestro: *Plan r3 ")
        stale = await stage.ada.types(stage.team, "approve")
        assert stale.status == 200


async def test_a_benchmark_is_answered_with_certainty_numbers_and_a_picture(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([]), files=BENCHED) as stage:
        await stage.signs_in(stage.ada)
        play = stage.play
        await play.ada.pushes(play.repo, "faster", {"cost.txt": "80\n"}, "Encode faster")
        pull = await play.ada.opens_pull(play.repo, "faster", title="Encode faster")
        root = await stage.says(stage.ada, f"{ME} is octo/calc#{pull.number} slower?")
        answer = stage.last(root)
        assert "*`encode` improved*: `#1` is 20.0% lower than `main" in answer.line()
        assert "(95 % interval of head/base: 0.800 to 0.800, 12 pairs)" in answer.line()
        assert list(answer.buttons) == ["Run again"]
        [picture] = stage.team.messages[-1].files
        assert picture.data.startswith(b"\x89PNG")
        again = await stage.says(stage.ada, f"{ME} compare main and main on the encode benchmark in octo/calc", root.ts)
        assert "*No difference* in `encode`" in stage.last(again).line()
        await stage.ada.types(stage.team, "benchmark history encode octo/calc")
        await play.settled()
        past = [m for m in stage.team.messages if "measurements of" in m.line()][-1]
        assert "2 measurements of `encode`; none regressed." in past.line()


async def test_a_benchmark_on_github_brings_its_diagram(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([]), files=BENCHED) as stage:
        play = stage.play
        await play.ada.pushes(play.repo, "slower", {"cost.txt": "130\n"}, "Encode slower")
        pull = await play.ada.opens_pull(play.repo, "slower", title="Encode slower")
        await play.ada.comments(pull, "/maestro benchmark encode")
        await play.settled()
        said = play.repo.issues[pull.number].comments[-1].body
        assert "**`encode` regressed**: `#1` is 30.0% higher than `main" in said
        assert "```mermaid\nxychart-beta" in said
        assert "Run again: `/maestro benchmark encode`" in said
        await play.ada.comments(pull, "/maestro benchmark nonsense")
        await play.settled()
        assert play.repo.issues[pull.number].comments[-1].body.startswith("**Nothing was measured.** There is no")


async def test_who_is_not_linked_can_look_and_not_command(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        bob = stage.slack.person("bob")
        root = await stage.says(bob, f"{ME} implement octo/calc")
        assert told(stage, "bob") == ["I don't know yet who you are on GitHub."]
        assert heads(stage, root) == [f"bob: {ME} implement octo/calc", *heads(stage, root)[1:]]
        look = await stage.says(bob, f"{ME} status octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(look).line()
        await stage.signs_in(bob)  # may read on GitHub, no more
        again = await stage.says(bob, f"{ME} implement octo/calc")
        assert "needs write access to this repository; you have read." in stage.last(again).line()
        assert stage.play.model.asked == []


async def test_guests_strangers_and_people_who_left_cannot_command(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        for name, kind in (("gil", "restricted"), ("uma", "ultra_restricted"), ("sam", "stranger"), ("leo", "deleted")):
            await stage.says(stage.slack.person(name, **{kind: True}), f"{ME} implement octo/calc")
            assert told(stage, name)[0].startswith("Guests and people of other workspaces can't")
        assert await stage.play.house.store.sessions() == []


async def test_the_repository_is_asked_for_with_a_menu_or_comes_from_the_channel(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([LOOK, call("reply", text="See calc.py:2.")])) as stage:
        await stage.signs_in(stage.ada)
        root = await stage.says(stage.ada, f"{ME} explain why half(3) is one")
        assert "Which repository is this about?" in stage.last(root).line()
        await stage.says(stage.ada, f"{ME} octo/calc", root.ts)
        assert "> See calc.py:2." in stage.last(root).line()
        other = await stage.says(stage.ada, f"{ME} status")
        menu = stage.last(other)
        assert list(menu.buttons) == ["Choose a repository"]
        await stage.clicks(stage.ada, menu, "Choose a repository", "octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(other).line()
        await stage.ada.types(stage.team, "settings repo octo/calc")
        await stage.play.settled()
        third = await stage.says(stage.ada, f"{ME} status")
        assert "Nothing has been asked of me here yet." in stage.last(third).line()


async def test_unknown_repositories_and_numbers_get_a_clear_answer_and_no_session(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        await stage.signs_in(stage.ada)
        await stage.says(stage.ada, f"{ME} implement octo/nowhere#3")
        await stage.says(stage.ada, f"{ME} implement octo/calc#77")
        assert told(stage, "ada")[-2:] == [
            "I see no repository `octo/nowhere`: it isn't there, you may not read it, "
            "or the App isn't installed on it.",
            "There is no issue or pull request `octo/calc#77`.",
        ]
        assert await stage.play.house.store.sessions() == []


async def test_private_text_goes_only_into_channels_that_the_operator_listed(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        await stage.signs_in(stage.ada)
        stage.play.repo.private = True
        await stage.says(stage.ada, f"{ME} status octo/calc")
        assert told(stage, "ada")[-1].startswith("`octo/calc` is private, and its text may not go into this channel.")
        direct = stage.slack.direct(stage.ada.user)
        root = await stage.says(stage.ada, "status octo/calc", channel=direct)
        assert "Nothing has been asked of me here yet." in stage.last(root).line()
        stranger = stage.slack.person("eve")
        asked = await stage.says(stranger, f"{ME} status octo/calc")
        assert stage.last(asked).line().startswith("maestro: Which repository is this about? Name it:")
        numbered = await stage.says(stranger, f"{ME} status octo/calc#1")
        assert told(stage, "eve")[-1].startswith("I see no repository `octo/calc`")
        assert len(stage.lines(numbered)) == 2


async def test_only_listed_channels_are_served_when_some_are_listed(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([]), settings={"slack_allowed_channels": "C9999, C8888"}) as stage:
        await stage.says(stage.ada, f"{ME} status octo/calc")
        assert told(stage, "ada") == [
            "An operator has not allowed me to work in this channel (`SLACK_ALLOWED_CHANNELS`)."
        ]


async def test_mentions_in_code_edits_and_deletions_lead_to_nothing(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        await stage.says(stage.ada, f"write `{ME} implement` to begin")
        message = await stage.says(stage.ada, "hello")
        await stage.ada.edits(message, f"{ME} implement octo/calc")
        await stage.ada.deletes(message)
        await stage.says(stage.ada, "x" * 40_000)
        await stage.play.settled()
        assert [m.user.name for m in stage.team.messages] == ["ada", "ada"]
        assert {d.status for d in stage.slack.deliveries.sent} == {200}


async def test_every_retry_and_a_double_mention_give_one_reaction(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        await stage.signs_in(stage.ada)
        stage.slack.deliveries.repeat = 3
        root = await stage.says(stage.ada, f"{ME} status octo/calc")
        assert sum(delivery.retry > 0 for delivery in stage.slack.deliveries.sent) == 6
        assert len(stage.lines(root)) == 2
        assert root.reactions == ["eyes"]


async def test_socket_mode_hears_the_same_and_comes_back_when_slack_ends_the_connection(tmp_path: Path) -> None:
    async with Socket() as socket, slack_theatre(tmp_path, Script([]), socket=socket) as stage:
        await stage.signs_in(stage.ada)
        root = await stage.says(stage.ada, f"{ME} status octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(root).line()
        await socket.drop()
        await asyncio.wait_for(socket.connected.wait(), 20)
        again = await stage.says(stage.ada, f"{ME} status octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(again).line()
        assert {delivery.status for delivery in stage.slack.deliveries.sent} == {200}


async def test_slack_is_answered_in_time_while_a_session_works_and_the_database_is_locked(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, HAPPY, settings={"maestro_concurrency": 1}) as stage:
        await stage.signs_in(stage.ada)
        issue = await stage.play.ada.opens_issue(stage.play.repo, "Odd numbers", "half(3) should be 1.5")
        await stage.play.ada.comments(issue, "/maestro implement")
        unlock = await asyncio.to_thread(_locked, tmp_path / "home" / "maestro.db")
        asking = [asyncio.create_task(stage.ada.says(stage.team, f"{ME} status octo/calc")) for _ in range(5)]
        await asyncio.sleep(1.0)
        await asyncio.to_thread(unlock)
        roots = await asyncio.gather(*asking)
        sent = [delivery for delivery in stage.slack.deliveries.sent if delivery.kind == "event"]
        assert {(delivery.status, delivery.seconds < 3) for delivery in sent} == {(200, True)}
        await stage.play.settled()
        assert [len(stage.lines(root)) for root in roots] == [2] * 5
        assert [root.reactions for root in roots] == [["eyes"]] * 5


def _locked(file: Path) -> Callable[[], None]:
    """Somebody else writes; the result ends it."""
    held = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    held.execute("BEGIN IMMEDIATE")

    def unlock() -> None:
        held.execute("ROLLBACK")
        held.close()

    return unlock
