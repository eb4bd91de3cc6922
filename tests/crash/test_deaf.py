"""The program is not there while people talk to it, and GitHub tells nothing twice: what was said is heard later."""

from pathlib import Path

from handlers.cli.stage import until
from tests.crash.company import company
from tests.crash.conversation import EXPECTED, FILES, SCRIPT, begin, stands


async def test_what_was_said_while_nobody_listened_is_done_when_somebody_does(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play:
        issue = await begin(play)
        await play.close()
        play.world.hooks.lose(1)
        await play.ada.comments(issue, "/maestro approve r1")
        await play.open()

        async def approved() -> bool:
            return (await play.session()).approved is not None

        await until(approved, 60.0, lambda: "the approval was not heard", 0.01)
        await play.settled()
        assert await stands(play, issue) == EXPECTED
