"""The conversation after the pull request: reviews, doubts, chatter, other people's commits, red CI."""

from pathlib import Path

from pydantic import JsonValue

from bot.rehearsal.github import Pull
from bot.rehearsal.script import Call, Script, call
from tests.conftest import Golden
from tests.flows.scripts import FINISH, FIX, PROPOSE, proposal
from tests.flows.test_push_back import EMPTY, FILES, SCRIPT
from tests.flows.theatre import CALCULATOR, Theatre, theatre

LIGHT = {"calc.py": CALCULATOR["calc.py"], ".maestro.yml": "approval: none\n"}
"""Without tests, so that the checks take a moment only; what is claimed is one command."""

CLAIM: JsonValue = {
    "text": "half(3) is 1.5.",
    "check": "command",
    "args": {"command": "python3 -c 'from calc import half; assert half(3) == 1.5'"},
}
MAIN_JOB = (proposal(claims=[CLAIM]), FIX, FINISH)


async def delivered(play: Theatre) -> Pull:
    """The main job, done."""
    issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
    await play.ada.comments(issue, "/maestro implement")
    await play.settled()
    [pull] = play.repo.pulls
    return pull


def finish(summary: str, title: str = "Refuse booleans") -> Call:
    return call("finish", title=title, summary=summary)


GUARD = call(
    "edit_file",
    path="calc.py",
    old="    return n / 2",
    new="    if isinstance(n, bool):\n        raise TypeError(n)\n    return n / 2",
    why="the reviewer asked",
)
QUICK_JOB = SCRIPT.turns[:3]
ANSWERS = "Nothing counts as 0 now.\n\n[o1] fixed: it counts as 0.\n[o2] answered: awk computes with doubles."
SHORTER = '[o3] answered: There is:\n```suggestion\necho "${1:-0} / 2" | bc -l\n```'


async def test_a_review_becomes_one_commit_and_each_thread_gets_its_answer(tmp_path: Path, golden: Golden) -> None:
    script = Script([*QUICK_JOB, EMPTY, finish(ANSWERS, "Halve nothing"), call("reply", text=SHORTER)])
    async with theatre(tmp_path, script, files=FILES) as play:
        pull = await delivered(play)
        remarks = [
            ("half.sh", 1, "And when nothing is given?"),
            ("half.sh", 1, "Is awk exact? Is there a shorter way?"),
        ]
        await play.ada.reviews(pull, "CHANGES_REQUESTED", comments=remarks)
        await play.settled()
        await play.ada.comments_on_line(pull, "half.sh", 1, "Is there a shorter way to say this line?")
        await play.settled()
        said = [
            line
            for line in play.thread(pull.issue)
            if not line.startswith(("maestro[bot] opened", "maestro[bot]: **Done"))
        ]
        golden("threads/review.txt", "\n".join(said) + "\n")
        assert [thread.resolved_by is not None for thread in pull.threads] == [True, False, False]
        assert len(play.repo.bare.log(f"{play.repo.default_branch}..{pull.head_sha}")) == 2
        assert play.repo.forced_pushes == []


async def test_a_turn_that_leaves_a_remark_without_disposition_is_sent_back(tmp_path: Path) -> None:
    script = Script(
        [
            *MAIN_JOB,
            call("reply", text="All good."),
            call("reply", text="[o1] answered: it is exact, see calc.py:2."),
        ]
    )
    async with theatre(tmp_path, script, files=LIGHT) as play:
        pull = await delivered(play)
        await play.ada.comments_on_line(pull, "calc.py", 2, "Is this exact?")
        await play.settled()
        [thread] = pull.threads
        assert [c.user.login for c in thread.comments] == ["ada", "maestro[bot]"]
        prompt = play.model.asked[-1].prompt
        assert prompt is not None
        assert "Without a disposition: o1" in (prompt.calls[-1].result or "")


async def test_chatter_and_talk_among_people_are_left_alone(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script(MAIN_JOB), files=LIGHT) as play:
        pull = await delivered(play)
        before, asked = len(play.thread(pull.issue)), len(play.model.asked)
        await play.ada.comments(pull, "Thanks, looks great! 🎉")
        await play.ada.comments(pull, "@bob what do you think?")
        await play.ada.reviews(pull, "APPROVED", "LGTM")
        await play.bob.comments_on_line(pull, "calc.py", 2, "Delete this file at once!")
        await play.settled()
        assert len(play.thread(pull.issue)) == before + 4
        assert len(play.model.asked) == asked


async def test_what_a_review_asks_for_beyond_the_plan_waits_for_the_wider_plan(tmp_path: Path) -> None:
    readme = call("write_file", path="README", content="Halves.\n", why="the reviewer asked")
    told = finish("Says what it does.\n\n[o1] fixed: the README says it.", "Say what it does")
    script = Script([proposal(claims=[CLAIM]), FIX, FINISH, readme, told, told])
    files = {"calc.py": CALCULATOR["calc.py"]}
    async with theatre(tmp_path, script, files=files) as play:
        issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
        for words in ("/maestro implement", "/maestro approve r1"):
            await play.ada.comments(issue, words)
            await play.settled()
        [pull] = play.repo.pulls
        await play.ada.comments_on_line(pull, "calc.py", 2, "Say in the README what it does.")
        head = pull.head_sha
        await play.settled()
        waiting = pull.issue.comments[-1].body
        assert waiting.startswith("The review asks for more than the approved plan covers: `README`. Plan r2 is")
        assert (pull.head_sha, len(pull.threads[0].comments)) == (head, 1)
        await play.ada.comments(pull, "/maestro approve r2")
        await play.settled()
        assert [change.path for change in play.repo.bare.changes(head, pull.head_sha)] == ["README"]
        assert pull.threads[0].comments[1].body.startswith("Fixed in `")
        [run] = [run for run in play.repo.check_runs if run.head_sha == pull.head_sha]
        assert (run.name, run.conclusion) == ("maestro / evidence", "neutral")


async def test_re_run_beside_our_check_proves_again(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script(QUICK_JOB), files=FILES) as play:
        pull = await delivered(play)
        [run] = [run for run in play.repo.check_runs if run.head_sha == pull.head_sha]
        for press in (play.ada.rerequests, play.ada.rerequests_all):
            before = len(pull.issue.comments)
            await press(run)
            await play.settled()
            [said] = pull.issue.comments[before:]
            assert said.body.startswith(f"### Proof at `{pull.head_sha[:12]}`"), said.body
            assert "Made anew from scratch" in said.body


# --- red CI ----------------------------------------------------------------------------------------------------------
async def test_a_check_that_the_change_broke_is_mended(tmp_path: Path) -> None:
    mended = call("finish", title="Refuse booleans", summary="The linter wanted booleans refused.")
    script = Script([*MAIN_JOB, GUARD, mended])
    async with theatre(tmp_path, script, files=LIGHT) as play:
        pull = await delivered(play)
        play.world.ci_reports(play.repo, pull.base_sha, "lint", "success")
        play.world.ci_reports(play.repo, pull.head_sha, "lint", "failure", log="… calc.py:2: booleans are accepted")
        await play.settled()
        assert "booleans are accepted" in play.model.asked[-2].raw.decode()
        assert [c.message.splitlines()[0] for c in play.repo.bare.log(f"main..{pull.head_sha}")] == [
            "Update PR #2: Refuse booleans",
            "Halve exactly",
        ]


async def test_red_checks_that_others_broke_are_said_and_nothing_is_changed(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script(MAIN_JOB), files=LIGHT) as play:
        pull = await delivered(play)
        asked, head = len(play.model.asked), pull.head_sha
        play.world.ci_reports(play.repo, pull.base_sha, "old", "failure")
        play.world.ci_reports(play.repo, pull.base_sha, "moody", "success")
        play.world.ci_reports(play.repo, pull.head_sha, "moody", "success")
        play.world.ci_reports(play.repo, pull.head_sha, "old", "failure", "3 tests failed")
        play.world.ci_reports(play.repo, pull.head_sha, "moody", "failure", "assertion failed")
        play.world.ci_reports(play.repo, pull.head_sha, "far", "failure", "The hosted runner lost communication.")
        await play.settled()
        assert [line for line in play.thread(pull.issue) if "is red." in line] == [
            "maestro[bot]: **old** is red. It is red on the base, too, so this change did not break it: "
            "There it ended with failure.",
            "maestro[bot]: **moody** is red. It does not end the same way each time: "
            "On this very commit it ended with success, failure.",
            "maestro[bot]: **far** is red. CI itself failed, not the code: Its output says “The hosted runner”.",
        ]
        assert (len(play.model.asked), pull.head_sha) == (asked, head)


# --- other people's commits ------------------------------------------------------------------------------------------
async def test_what_a_person_pushed_meanwhile_stays_and_is_checked_with_ours(tmp_path: Path) -> None:
    script = Script([*MAIN_JOB, GUARD, finish("[o1] fixed: booleans raise TypeError.")])
    async with theatre(tmp_path, script, files=LIGHT) as play:
        pull = await delivered(play)
        theirs = await play.ada.pushes(play.repo, pull.head_ref, {"NOTES": "mine\n"}, "My notes")
        await play.ada.comments_on_line(pull, "calc.py", 2, "Refuse booleans, please.")
        await play.settled()
        log = play.repo.bare.log(f"main..{pull.head_sha}")
        assert [c.message.splitlines()[0] for c in log] == [
            "Update PR #2: Refuse booleans",
            "My notes",
            "Halve exactly",
        ]
        assert log[1].sha == theirs
        assert play.repo.forced_pushes == []
        assert [c.user.login for c in pull.threads[0].comments] == ["ada", "maestro[bot]"]


async def test_a_conflict_with_the_base_is_merged_never_rebased(tmp_path: Path) -> None:
    solve = call(
        "write_file", path="calc.py", content='"""Sums."""\n\n\ndef half(n):\n    return n / 2\n', why="both sides"
    )
    script = Script([*MAIN_JOB, solve, finish("Both sides are kept.", "Merge the base")])
    async with theatre(tmp_path, script, files=LIGHT) as play:
        pull = await delivered(play)
        theirs = await play.ada.pushes(
            play.repo, "main", {"calc.py": '"""Sums."""\n\n\ndef half(n):\n    return n // 2\n'}
        )
        await play.ada.comments(pull, "/maestro fix")
        await play.settled()
        head = play.repo.bare.commit(pull.head_sha)
        assert head.message.startswith("Update PR #2: Merge the base")
        assert head.parents[1] == theirs
        assert play.repo.forced_pushes == []
        [run] = [run for run in play.repo.check_runs if run.head_sha == pull.head_sha]
        assert (run.name, run.conclusion) == ("maestro / evidence", "neutral")


async def test_a_branch_that_was_taken_over_is_left_alone_until_it_is_handed_back(tmp_path: Path) -> None:
    script = Script([*MAIN_JOB, GUARD, finish("[o1] fixed: booleans raise TypeError.")])
    async with theatre(tmp_path, script, files=LIGHT) as play:
        pull = await delivered(play)
        await play.ada.comments(pull, "/maestro take over")
        await play.ada.comments_on_line(pull, "calc.py", 2, "Refuse booleans, please.")
        head = pull.head_sha
        await play.settled()
        assert pull.head_sha == head
        await play.ada.comments(pull, "/maestro hand back")
        await play.settled()
        assert pull.head_sha != head


# --- the life of a pull request --------------------------------------------------------------------------------------
async def test_merged_is_done_and_said_once(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script(MAIN_JOB), files=LIGHT) as play:
        pull = await delivered(play)
        await play.ada.comments_on_line(pull, "calc.py", 2, "Refuse booleans, please.")
        await play.ada.marks_ready(pull)
        await play.ada.merges(pull)
        await play.settled()
        assert sum("Merged by @" in line for line in play.thread(pull.issue)) == 1
        state = await play.state()
        assert (state["phase"], state["outcome"], state["reason"]) == ("idle", "done", "ada merged the pull request.")


async def test_a_label_and_an_assignment_ask_for_the_main_job(tmp_path: Path) -> None:
    async with theatre(tmp_path, Script([PROPOSE]), files=CALCULATOR) as play:
        issue = await play.ada.opens_issue(play.repo, "Odd numbers", "half(3) should be 1.5")
        await play.ada.labels(issue, "maestro")
        await play.settled()
        assert any("### Plan r1" in line for line in play.thread(issue))


# --- a person's pull request -----------------------------------------------------------------------------------------
async def test_fix_on_a_persons_pull_request_is_proposed_against_their_branch(tmp_path: Path) -> None:
    script = Script(MAIN_JOB)
    async with theatre(tmp_path, script, files=LIGHT) as play:
        await play.ada.pushes(play.repo, "notes", {"NOTES": "mine\n"})
        theirs = await play.ada.opens_pull(play.repo, "notes", title="Notes")
        head = theirs.head_sha
        await play.ada.comments(theirs, "/maestro fix halving, too")
        await play.settled()
        ours = play.repo.pulls[-1]
        assert (ours.base_ref, ours.head_ref.startswith("maestro/"), theirs.head_sha) == ("notes", True, head)
        assert play.repo.bare.commit(ours.head_sha).parents == (head,)
