"""When a session's work tree is written anew, and when the one that stands there will do."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.domain.events import Event
from bot.domain.rules import Detected
from bot.domain.session import Phase, Session
from bot.ports import CodeHost
from bot.workplace import Workplace
from handlers.compose import SystemClock
from sandbox.bubblewrap import Bubblewrap
from sandbox.clients import Source
from sandbox.mirror import Mirrors
from sandbox.workshop import Workshop
from tests.contract.repositories import Origin
from tests.domain.people import ISSUE

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


@dataclass
class Standing:
    """A log that stands still."""

    session: Session
    events: Sequence[Event] = ()

    async def refresh(self) -> None: ...

    async def append(self, *bodies: object) -> None: ...

    async def record(self, *bodies: object) -> None: ...


def nobody(_: Session) -> CodeHost:
    raise AssertionError("the repository is here already")


async def nowhere(_: Sequence[str]) -> Sequence[Source]:
    return ()


async def nothing(_: bytes) -> str:
    return ""


@dataclass
class Place:
    workplace: Workplace
    session: Session
    root: Path

    async def turn(self, phase: Phase, command: str = "") -> int:
        """A turn in this phase, with a command or without; the inode of the work tree that it had."""
        async with self.workplace.bench(Standing(replace(self.session, phase=phase))) as bench:
            inode = self.root.stat().st_ino
            if command:
                await bench.run(command, 20)
            return inode


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    origin = Origin(tmp_path)
    head = origin.commit({"calc.py": "half = 0.5\n"})
    workshop = Workshop(tmp_path / "home", Mirrors(tmp_path / "home"), Bubblewrap(tmp_path / "home"))
    await workshop.mirrors.refresh(origin.remote())
    await workshop.mirrors.session("s1", origin.remote())
    session = Session("s1", home=ISSUE, base=head, head=head)
    workplace = Workplace(workshop, nobody, nowhere, nothing, SystemClock())
    return Place(workplace, session, workshop.mirrors.room("s1") / "work")


async def test_a_tree_that_was_only_looked_at_is_used_again(place: Place) -> None:
    planned = await place.turn(Phase.PLANNING, "cat calc.py; echo more >> calc.py; true")
    worked = await place.turn(Phase.WORKING)
    assert worked == planned
    assert (place.root / "calc.py").read_text() == "half = 0.5\n"


async def test_a_tree_that_could_be_written_is_restored(place: Place) -> None:
    worked = await place.turn(Phase.WORKING, "echo more >> calc.py; echo new > other.py")
    again = await place.turn(Phase.WORKING)
    assert again != worked
    assert sorted(path.name for path in place.root.iterdir()) == ["calc.py"]
    assert (place.root / "calc.py").read_text() == "half = 0.5\n"


async def test_a_tree_at_another_commit_or_gone_is_restored(place: Place) -> None:
    await place.turn(Phase.PLANNING)
    shutil.rmtree(place.root)
    await place.turn(Phase.PLANNING)
    assert (place.root / "calc.py").read_text() == "half = 0.5\n"


async def test_a_tree_is_used_again_with_its_changes_saved(place: Place) -> None:
    await place.turn(Phase.PLANNING)
    working = Standing(replace(place.session, phase=Phase.WORKING))
    async with place.workplace.bench(working) as bench:
        await bench.write("calc.py", b"half = 1 / 2\n", "exact")
        saved = await bench.save()
    assert saved is not None
    assert [(i.path, i.n, i.why) for i in saved.iterations] == [("calc.py", 1, "exact")]


PROJECT = "[project]\nname = 'calc'\ndependencies = {}\n[build-system]\nrequires = []\n"
PIP = "echo '#!/bin/sh' > /opt/env/bin/python; echo '{}' >> /opt/env/bin/python; chmod +x /opt/env/bin/python"


async def asked_of_pip(tmp_path: Path, pip: str) -> list[str]:
    """What a stand-in for pip is asked for by a session whose newest checkpoint wants one more package."""
    origin = Origin(tmp_path)
    base = origin.commit({"pyproject.toml": PROJECT.format("['six']")})
    head = origin.commit({"pyproject.toml": PROJECT.format("['six', 'attrs>=23']")})
    workshop = Workshop(tmp_path / "home", Mirrors(tmp_path / "home"), Bubblewrap(tmp_path / "home"))
    await workshop.mirrors.refresh(origin.remote())
    await workshop.mirrors.session("s1", origin.remote())
    setup = ("mkdir /opt/env/bin; touch /opt/env/asked", PIP.format(pip))
    session = Session(
        "s1", home=ISSUE, base=base, head=head, layer="x", detected=Detected(setup=setup, clients=("pip",))
    )
    layer = await Workplace(workshop, nobody, nowhere, nothing, SystemClock()).layer(session)
    assert layer is not None
    return (layer.path / "env" / "asked").read_text().splitlines()


async def test_what_the_checkpoint_newly_asks_for_is_brought_beside_what_the_base_has(tmp_path: Path) -> None:
    asked = await asked_of_pip(tmp_path, 'echo "$@" >> /opt/env/asked')
    assert asked == ["-m pip install --only-binary :all: attrs>=23"]


async def test_what_can_not_be_had_leaves_the_set_up_of_the_base(tmp_path: Path) -> None:
    assert await asked_of_pip(tmp_path, "exit 1") == []
