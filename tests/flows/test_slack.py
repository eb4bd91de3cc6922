"""Slack as conversations: what people say in threads, what Maestro answers there and on GitHub."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.rehearsal.github import Issue
from bot.rehearsal.script import Script, call
from bot.rehearsal.slack import Fault, Member, Message, Socket
from bot.vault import Held, Vault
from tests.conftest import Golden
from tests.flows.scripts import FINISH, FIX, HAPPY, LOOK, PROPOSE, WRITE_TEST
from tests.flows.slack_theatre import SlackTheatre, slack_theatre
from tests.flows.theatre import plain

ME = "<@U0MAESTRO>"
NOTHING = "maestro: Nothing has been asked of me here yet. `/maestro implement` starts."
LENT = "q7-Zx81-private-Lk2"
BENCHED = {
    "bench.sh": "cat cost.txt\n",
    "cost.txt": "100\n",
    "size.txt": "7\n",
    ".maestro.yml": "benchmark: {encode: sh bench.sh, size: cat size.txt}\n",
}
CHAIN = [
    "maestro: I measure `encode` at `v1`, `v2`, `v3`, each against the one before it: on one machine, interleaved, "
    "after a control of the base against itself.",
    "maestro: *`encode` regressed*: `v2` is 20.0% higher than `v1` "
    "(95 % interval of head/base: 1.200 to 1.200, 6 pairs).\n\n"
    "*`encode` improved*: `v3` is 25.0% lower than `v2` (95 % interval of head/base: 0.750 to 0.750, 6 pairs).\n"
    "benchmark | base | head | head/base | 95 % interval | record\n"
    "encode | v1: 100 | v2: 120 | 1.200 | 1.200 to 1.200 | #<n>\n"
    "encode | v2: 120 | v3: 90 | 0.750 | 0.750 to 0.750 | #<n>\n"
    "(picture: encode: v1 100, v2 120, v3 90) [Run again]",
]
HISTORY = (
    "maestro: 2 measurements of `encode`; regressed at `v2` (1.200 of `v1`).\n"
    "when | head | base | median | head/base | verdict\n"
    "<when> | v3 | v2 | 90 | 0.750 | improved\n"
    "<when> | v2 | v1 | 120 | 1.200 | regressed\n"
    "(picture: History of encode: v2 <when> 120, v3 <when> 90)"
)


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


async def test_from_a_mention_to_a_proven_pull_request_with_approval_by_button(tmp_path: Path, golden: Golden) -> None:
    async with slack_theatre(tmp_path, HAPPY) as stage:
        assert "Linked." in await stage.signs_in(stage.ada)
        root = await stage.says(stage.ada, f"{ME} implement octo/calc: half(3) should be 1.5")
        plan = stage.last(root)
        assert list(plan.buttons) == ["Approve", "Change…", "Reject"]
        await stage.clicks(stage.ada, plan, "Approve")
        golden("threads/slack-main-job.txt", "\n\n".join(stage.lines(root)) + "\n")
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


async def test_the_shortcut_on_a_message_asks_in_its_thread(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([PROPOSE])) as stage:
        await stage.signs_in(stage.ada)
        root = await stage.ada.says(stage.team, "half(3) gives 1, does anybody know why?")
        await stage.ada.asks_about(root)
        await stage.play.settled()
        await stage.ada.submits(stage.ada.sees("Ask Maestro"), "implement octo/calc: half(3) should be 1.5")
        await stage.play.settled()
        assert stage.last(root).line().startswith("maestro: *Plan r1 ")
        assert list(stage.last(root).buttons) == ["Approve", "Change…", "Reject"]


async def test_a_benchmark_is_answered_with_certainty_numbers_and_a_picture(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([]), files=BENCHED) as stage:
        await stage.signs_in(stage.ada)
        play = stage.play
        await play.ada.pushes(play.repo, "faster", {"cost.txt": "80\n", "size.txt": "9\n"}, "Encode faster")
        pull = await play.ada.opens_pull(play.repo, "faster", title="Encode faster")
        root = await stage.says(stage.ada, f"{ME} benchmark encode in octo/calc#{pull.number}")
        assert [re.sub(r"\([0-9a-f]{8}\)", "(<base>)", line) for line in stage.lines(root)] == [
            f"ada: {ME} benchmark encode in octo/calc#1 :eyes:",
            "maestro: I measure `encode` at `#1` against its base: on one machine, interleaved, after a control of the "
            "base against itself.",
            "maestro: *`encode` improved*: `#1` is 20.0% lower than `main (<base>)` "
            "(95 % interval of head/base: 0.800 to 0.800, 6 pairs).\n"
            "benchmark | main (<base>) | #1 | head/base | 95 % interval | record\n"
            "encode | 100 | 80 | 0.800 | 0.800 to 0.800 | #<n>\n"
            "(picture: encode: main (<base>) 100, #1 80) [Run again]",
        ]
        [picture] = stage.last(root).pictures
        assert stage.slack.files[picture].data.startswith(b"\x89PNG")


async def test_releases_are_measured_one_after_the_other_and_the_history_tells_where_it_got_worse(
    tmp_path: Path,
) -> None:
    async with slack_theatre(tmp_path, Script([]), files=BENCHED) as stage:
        await stage.signs_in(stage.ada)
        play = stage.play
        for name, cost in (("v1", "100"), ("v2", "120"), ("v3", "90")):
            await play.ada.pushes(play.repo, name, {"cost.txt": f"{cost}\n"}, name)
        root = await stage.says(stage.ada, f"{ME} compare v1, v2 and v3 on the encode benchmark in octo/calc")
        assert stage.lines(root)[1:] == CHAIN
        await stage.ada.types(stage.team, "benchmark history encode octo/calc")
        await play.settled()
        past = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d|\d\d\.\d\d\.", "<when>", stage.team.messages[-1].line())
        assert past == HISTORY


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


async def test_what_cannot_be_measured_is_answered_with_what_to_say(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([]), files=BENCHED) as stage:
        play = stage.play
        issue = await play.ada.opens_issue(play.repo, "Is it slower?", "")
        answers = []
        for words in (
            "benchmark",
            "benchmark encode v9 against main",
            "benchmark encode main against v9",
            "benchmark history size",
        ):
            await play.ada.comments(issue, f"/maestro {words}")
            await play.settled()
            said = play.repo.issues[issue.number].comments[-1].body.partition("\n")[0]
            answers.append(said.removeprefix("**Nothing was measured.** "))
        assert answers == [
            "Say what to compare: `/maestro benchmark v2.1 and v2.2`, or `/maestro benchmark #12 against main`.",
            "There is no branch, tag, commit or pull request `v9` in this repository.",
            "There is no branch, tag, commit or pull request `v9` in this repository.",
            "Nothing was measured of `size` here yet.",
        ]


async def test_who_is_not_linked_can_look_and_not_command(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        bob = stage.slack.person("bob")
        root = await stage.says(bob, f"{ME} implement octo/calc")
        assert told(stage, "bob") == ["I don't know yet who you are on GitHub."]
        assert heads(stage, root) == [f"bob: {ME} implement octo/calc", *heads(stage, root)[1:]]
        look = await stage.says(bob, f"{ME} status octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(look).line()
        await stage.signs_in(bob)  # may read on GitHub, no more
        await stage.play.settled()
        assert "needs write access to this repository; you have read." in stage.last(root).line()
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


async def test_a_channel_has_a_repository_and_a_person_an_account_as_long_as_they_say_so(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        bob, play = stage.slack.person("bob"), stage.play
        play.world.repo("octo/vault").private = True

        async def types(who: Member, words: str) -> str:
            await who.types(stage.team, words)
            await play.settled()
            return told(stage, who.user.name)[-1]

        assert await types(bob, "settings repo octo/calc") == "I don't know yet who you are on GitHub."
        await stage.signs_in(bob)
        await stage.signs_in(stage.ada)
        assert [
            await types(bob, "settings repo octo/calc"),
            await types(stage.ada, "settings repo octo/nowhere"),
            await types(stage.ada, "settings repo octo/vault"),
            await types(stage.ada, "settings repo"),
            await types(stage.ada, "settings repo octo/calc"),
            await types(bob, "settings repo"),
        ] == [
            "Only somebody with write access to `octo/calc` can make it this channel's default.",
            "I see no repository `octo/nowhere`: it isn't there, you may not read it, "
            "or the App isn't installed on it.",
            "`octo/vault` is private, and its text may not go into this channel. An operator can allow it by "
            "`SLACK_ALLOWED_CHANNELS`; a direct message to me works, too.",
            "This channel has no repository of its own.",
            "This channel is about `octo/calc` from now on, where no other repository is named.",
            "This channel's repository is `octo/calc`.",
        ]
        root = await stage.says(stage.ada, f"{ME} status")
        assert "Nothing has been asked of me here yet." in stage.last(root).line()
        await stage.says(stage.ada, f"{ME} implement octo/other#1", root.ts)
        assert told(stage, "ada")[-1].startswith("This thread is about `octo/calc`. For another repository")
        assert await types(stage.ada, "link") == (
            "You are `ada` on GitHub. What you may do is asked there each time. `/maestro unlink` ends it."
        )
        assert await types(stage.ada, "unlink") == "I have forgotten who you are on GitHub."
        assert await types(stage.ada, "settings repo octo/calc") == "I don't know yet who you are on GitHub."
        assert play.model.asked == []


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
        root = await stage.says(stage.ada, f"{ME} compare octo/calc#1 with octo/other#2")
        assert (
            stage.last(root).line().startswith("maestro: Which repository is this about? Choose it here, or name it:")
        )
        [menu] = stage.last(root).buttons.values()
        assert [option["value"] for option in menu["options"]] == ["octo/calc", "octo/other"]  # type: ignore[index,union-attr,call-overload]
        elsewhere = stage.slack.channel("elsewhere")
        for state in ("not_in_channel", "is_archived"):
            elsewhere.members.clear()
            elsewhere.archived = state == "is_archived"
            await stage.ada.types(elsewhere, "status octo/calc")
            await stage.play.settled()
            [*_, said] = stage.slack.direct(stage.ada.user).messages
            assert said.line().startswith(f"maestro: I can't answer there: Slack refused chat.postMessage: {state}.")
        assert elsewhere.messages == []
        assert await stage.play.house.store.sessions() == []


async def test_private_text_goes_only_into_channels_that_the_operator_listed(tmp_path: Path) -> None:
    Vault(tmp_path / "home" / "secrets", "m" * 40).keep(Held("TOKEN", "octo/calc", ("working",)), LENT)
    async with slack_theatre(tmp_path, Script([]), settings={"maestro_master_key": "m" * 40}) as stage:
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
        await stage.ada.types(direct, f"status octo/calc {LENT}")
        await stage.play.settled()
        assert [plain(line) for line in direct.lines()[-2:]] == [
            f"maestro: <@{stage.ada.user.id}>: `/maestro status octo/calc [redacted]`",
            "maestro: Nothing has been asked of me here yet. `/maestro implement` starts.",
        ]


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
        long = await stage.says(stage.ada, (f"{ME} status octo/calc " + "why " * 10_000)[:40_000])
        assert [m.user.name for m in long.channel.in_thread(long.ts)] == ["ada", "maestro"]
        assert {d.status for d in stage.slack.deliveries.sent} == {200}


async def test_every_retry_and_a_double_mention_give_one_reaction(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        await stage.signs_in(stage.ada)
        stage.slack.deliveries.repeat = 3
        root = await stage.says(stage.ada, f"{ME} status octo/calc")
        assert sum(delivery.retry > 0 for delivery in stage.slack.deliveries.sent) == 6
        assert len(stage.lines(root)) == 2
        assert root.reactions == ["eyes"]


@pytest.mark.long
async def test_when_slack_limits_every_call_and_loses_an_answer_it_is_said_once_all_the_same(tmp_path: Path) -> None:
    async with slack_theatre(tmp_path, Script([])) as stage:
        await stage.signs_in(stage.ada)
        limited = Fault(429, retry_after=0)
        for method in ("users.info", "reactions.add", "assistant.threads.setStatus", "conversations.replies"):
            stage.slack.faults.next(method, limited)
        stage.slack.faults.next("chat.postMessage", limited, Fault(0, after=True))
        root = await stage.says(stage.ada, f"{ME} status octo/calc")
        await stage.until(lambda: not stage.slack.faults.waiting and len(stage.lines(root)) > 1)
        assert heads(stage, root) == [f"ada: {ME} status octo/calc", NOTHING]


async def test_socket_mode_hears_the_same_and_comes_back_when_slack_ends_the_connection(tmp_path: Path) -> None:
    async with Socket() as socket, slack_theatre(tmp_path, Script([]), socket=socket) as stage:
        await stage.signs_in(stage.ada)
        root = await stage.says(stage.ada, f"{ME} status octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(root).line()
        await socket.drop()
        await asyncio.wait_for(socket.connected.wait(), 20)
        again = await stage.says(stage.ada, f"{ME} status octo/calc")
        assert "Nothing has been asked of me here yet." in stage.last(again).line()
        stage.slack.deliveries.lost = True
        missed = await stage.says(stage.ada, f"{ME} status", root.ts)
        stage.slack.deliveries.lost = False
        await socket.drop()
        await stage.until(lambda: missed.reactions == ["eyes"])
        assert heads(stage, root) == [
            f"ada: {ME} status octo/calc :eyes:",
            NOTHING,
            f"ada: {ME} status :eyes:",
            NOTHING,
        ]
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
