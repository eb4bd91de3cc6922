"""kill -9 of the real server in each phase, then a restart: the conversation is the same, and nothing happens twice."""

import os
from pathlib import Path

import pytest

from bot.domain.session import Phase
from bot.rehearsal.github import Issue, Person, Repo
from handlers.cli.stage import Stage, until

PATIENCE = 90.0


class Witness:
    """Sees what stands on GitHub."""

    def __init__(self, stage: Stage, repo: Repo, issue: Issue) -> None:
        self.stage, self.repo, self.issue = stage, repo, issue

    def said(self, beginning: str) -> int:
        """How many comments begin like this."""
        return sum(comment.body.startswith(beginning) for comment in self.repo.issues[self.issue.number].comments)

    async def reaches(self, phase: str, pause: float = 0.01) -> None:
        """Looks often, since most phases pass by themselves."""

        async def there() -> bool:
            state = await self.stage.session()
            return state is not None and (state["phase"] == phase or state["outcome"] is not None)

        await until(there, PATIENCE, lambda: f"{phase} was not reached: {self.stage.log.read_text()[-3000:]}", pause)

    async def ends(self) -> None:
        async def over() -> bool:
            state = await self.stage.session()
            said = self.said("**Done.**") and not any(p.draft for p in self.repo.pulls)
            return state is not None and state["outcome"] is not None and bool(said)

        await until(over, PATIENCE, lambda: f"no end: {self.stage.log.read_text()[-3000:]}")


async def approve(witness: Witness, person: Person) -> None:
    await witness.reaches("awaiting", 0.2)

    async def shown() -> bool:
        return witness.said("### Plan") > 0

    await until(shown, 10, lambda: "the plan was not said")
    await person.comments(witness.issue, "/maestro approve r1")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "phase",
    [
        pytest.param(Phase.PLANNING, marks=pytest.mark.long),
        Phase.WORKING,
        pytest.param(Phase.CHECKING, marks=pytest.mark.long),
        pytest.param(Phase.DELIVERING, marks=pytest.mark.long),
    ],
)
async def test_killed_in_any_phase_it_ends_as_if_nothing_had_been(tmp_path: Path, phase: Phase) -> None:
    async with Stage(tmp_path, dict(os.environ)) as stage:
        await stage.start()
        repo, person, issue = await stage.sample()
        witness = Witness(stage, repo, issue)
        await person.comments(issue, "/maestro implement")
        if phase is Phase.PLANNING:
            await witness.reaches(phase)
            await stage.kill()
            await stage.start()
        await approve(witness, person)
        if phase is not Phase.PLANNING:
            await witness.reaches(phase)
            await stage.kill()
            await stage.start()
        await witness.ends()
        state = await stage.session()
        assert state is not None
        assert (state["outcome"], state["phase"]) == ("done", "idle")
        assert (witness.said("### Plan"), witness.said("**Maestro** · "), witness.said("**Done.**")) == (1, 1, 1)
        assert [pull.draft for pull in repo.pulls] == [False]
        assert [name for name in repo.bare.refs() if name.startswith("refs/heads/maestro/")] == [
            f"refs/heads/{state['branch']}"
        ]
        assert repo.forced_pushes == []
        steps = state["steps"]
        assert isinstance(steps, int)
        assert steps <= len(stage.model.asked) <= steps + 1  # only the call in flight may have been made again
        await stage.stop()
        assert stage.server is not None
        assert stage.server.returncode == 0  # asked to end, it ends by itself and leaves everything in order
