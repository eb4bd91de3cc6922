"""The main job as conversations: what people say, what Maestro answers, what stands on GitHub afterwards."""

from pathlib import Path

from tests.flows.scripts import HAPPY
from tests.flows.theatre import theatre


async def test_from_a_comment_to_a_proven_pull_request(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
        await play.ada.comments(issue, "/maestro implement")
        await play.settled()
        await play.ada.comments(issue, "/maestro approve r1")
        await play.settled()
        for line in play.thread(issue):
            print(line)
        for line in play.thread(play.repo.issues[2]):
            print(line)
        state = await play.state()
        assert state["outcome"] == "done", state
