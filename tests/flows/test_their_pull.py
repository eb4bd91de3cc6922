"""Work on people's own pull requests: explained, proven and mended from their head, never pushed to their branch."""

from pathlib import Path

from bot.domain.session import fold
from bot.rehearsal.github import Pull, acts_code
from bot.rehearsal.script import Prompt, Turn, Words, call
from tests.conftest import Golden
from tests.flows.scripts import proposal
from tests.flows.test_push_back import FILES, steady
from tests.flows.theatre import Theatre, theatre

THEIRS = "# halves a number\necho $(($1 / 3))\n"
FIXED = call("edit_file", path="half.sh", old="/ 3", new="/ 2", why="a half is meant")


def model(prompt: Prompt) -> Turn:
    """Explains when it may only look; otherwise mends the half."""
    asked = " ".join(one.text for one in prompt.said if isinstance(one, Words) and one.role == "user")
    if "with the command `explain`" in asked and "with the command `fix`" not in asked:
        return call("reply", text="It divides by three: half.sh:2.")
    match [made.call.name for made in prompt.calls][-1:]:
        case ["propose_plan"]:
            return FIXED
        case ["edit_file"] if "add notes" in asked:
            return call("write_file", path="NOTES", content="Two halves.\n", why="was asked for")
        case ["edit_file"] | ["write_file"]:
            return call("finish", title="Halve by two", summary="Divides by two.")
        case _:
            return proposal(
                files=["half.sh", "NOTES"], claims=[{"text": "All tests pass.", "check": "tests", "args": {}}]
            )


async def says(play: Theatre, pull: Pull, words: str) -> None:
    await play.ada.comments(pull, words)
    await play.settled()


async def test_a_persons_pull_request_is_explained_proven_and_mended_by_suggestions(
    tmp_path: Path, golden: Golden
) -> None:
    async with theatre(tmp_path, model, files=FILES) as play:
        await play.ada.pushes(play.repo, "theirs", {"half.sh": THEIRS}, "Comment it")
        pull = await play.ada.opens_pull(play.repo, "theirs", title="Comment the half")
        head = pull.head_sha
        await says(play, pull, "/maestro explain what does it divide by?")
        await says(play, pull, "/maestro prove")
        await says(play, pull, "/maestro fix the half")
        await play.ada.pushes(play.repo, "theirs", {"half.sh": THEIRS.replace("/ 3", "/ 2")}, "Take it")
        taken = pull.head_sha
        await says(play, pull, "/maestro prove")
        golden("threads/their-pull.txt", "\n".join(map(steady, play.thread(pull.issue))) + "\n")
        [thread] = pull.threads
        assert (thread.path, thread.line, thread.start_line) == ("half.sh", 2, None)
        assert pull.reviews[-1].commit == head
        assert f"Proof at `{taken[:12]}`" in pull.issue.comments[-1].body
        assert (pull.head_sha, len(play.repo.pulls), play.repo.bare.branch("main")) == (taken, 1, pull.base_sha)
        assert [ref for ref in play.repo.bare.refs() if ref.startswith("refs/heads/maestro/")] == []
        assert [comment.body for comment in thread.comments] == ["```suggestion\necho $(($1 / 2))\n```"]


async def test_a_forks_pull_request_gets_a_patch_and_its_code_never_reaches_the_repository(tmp_path: Path) -> None:
    async with theatre(tmp_path, model, files=FILES) as play:
        fork = await play.bob.forks(play.repo)
        theirs = acts_code.commit_files(play.world, fork, play.bob.user, "theirs", {"half.sh": THEIRS}, "Mine")
        pull = await play.bob.opens_pull(play.repo, "theirs", title="From outside", fork=fork)
        await says(play, pull, "/maestro fix the half, and add notes")
        offered = next(body for comment in pull.issue.comments if "as a patch" in (body := comment.body))
        assert "+echo $(($1 / 2))" in offered
        assert "+++ b/NOTES" in offered
        assert pull.reviews == []
        ours = [push.ref for push in play.repo.pushes if push.by is play.world.app.bot]
        assert (ours, len(play.repo.pulls), pull.head_sha) == ([], 1, theirs)
        [row] = await play.house.store.sessions()
        session = fold(row.id, await play.house.store.events(row.id))
        assert (session.base, session.set_up_on) == (theirs, play.repo.bare.branch("main"))
