"""The workbench on a real work tree saved to real git, with commands run beside it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.events import Body, Checkpointed, Event
from bot.domain.session import Session, evolve
from bot.workbench import MAX_READ, TreeBench, open_bench
from sandbox.api import OnOutput, PathRefused, Ran
from sandbox.git import Bare
from sandbox.tree import WorkTree
from tests.domain.people import APPROVED, ASKED_TO_IMPLEMENT, GROUNDED, NOON, OPENED, PLANNED


class Beside:
    """A sandbox without walls, for commands that we wrote ourselves; counts how often it was opened and closed."""

    def __init__(self, root: Path) -> None:
        self.root, self.opened, self.closed = root, 0, 0
        self.blocked: list[str] = []

    async def open(self) -> "Beside":
        self.opened += 1
        return self

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        began = time.monotonic()
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*argv, cwd=self.root, stdout=pipe, stderr=pipe)
        out, err = await process.communicate()
        return Ran(tuple(argv), process.returncode, out + err, 0, time.monotonic() - began, tuple(self.blocked))

    async def shell(
        self,
        script: str,
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        return await self.run(("sh", "-c", script), timeout=timeout, env=env, on_output=on_output)

    async def seal(self) -> str | None:
        return None

    async def close(self) -> None:
        self.closed += 1


class Ledger:
    """A log in memory that nobody else writes to."""

    def __init__(self, *bodies: Body) -> None:
        self.session, self.events = Session("s1"), list[Event]()
        self._take(bodies)

    def _take(self, bodies: Sequence[Body]) -> None:
        for body in bodies:
            event = Event(session="s1", seq=self.session.seq + 1, turn=1, at=NOON, body=body)
            self.session = evolve(self.session, event)
            self.events.append(event)

    async def refresh(self) -> None: ...

    async def append(self, *bodies: Body) -> None:
        self._take(bodies)

    async def record(self, *bodies: Body) -> None:
        self._take(bodies)

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Place:
    """A work tree at its base, restored; `bench` works on it."""

    def __init__(self, tree: WorkTree, base: str, base_tree: str) -> None:
        self.tree = tree
        grounded = GROUNDED.model_copy(update={"base": base, "tree": base_tree})
        self.log = Ledger(OPENED, ASKED_TO_IMPLEMENT, grounded)
        self.sandbox = Beside(tree.root)

    async def work(self) -> None:
        await self.log.append(PLANNED, APPROVED)

    @asynccontextmanager
    async def bench(self) -> AsyncIterator[TreeBench]:
        async with open_bench(self.log, self.tree, self.sandbox.open, self.log) as bench:
            yield bench

    async def save(self, bench: TreeBench) -> list[tuple[str, int, bool, str]]:
        """(path, n, whether it is there, why) of what was saved."""
        saved = await bench.save()
        if saved is None:
            return []
        await self.log.append(saved)
        return [(i.path, i.n, i.oid is not None, i.why) for i in saved.iterations]


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    bare = await Bare.create(tmp_path / "s.git")
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "calc.py").write_bytes(b"one\n")
    (seed / "old.txt").write_bytes(b"a line that is long enough to be found again after it moved\n")
    head = await seeded(bare, seed)
    tree = WorkTree(tmp_path / "work", bare)
    await tree.restore(head)
    return Place(tree, head, await bare.tree_of(head))


async def seeded(bare: Bare, seed: Path) -> str:
    """A first commit, made by ordinary git from files of our own."""
    run = (
        "git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm base"
        " && git push -q $0 HEAD:refs/heads/main"
    )
    process = await asyncio.create_subprocess_exec("sh", "-c", run, str(bare.path), cwd=seed)
    assert await process.wait() == 0
    head = await bare.resolve("main")
    assert head is not None
    return head


async def test_each_step_is_saved_with_the_iterations_that_it_made(place: Place) -> None:
    await place.work()
    async with place.bench() as bench:
        await bench.write("calc.py", b"two\n", "better")
        assert await place.save(bench) == [("calc.py", 1, True, "better")]
        code, output, _ = await bench.run("echo three > calc.py; echo new > new.py", 10)
        assert (code, output) == (0, b"")
        why = "run: echo three > calc.py; echo new > new.py"
        assert await place.save(bench) == [("calc.py", 2, True, why), ("new.py", 1, True, why)]
        await bench.move("old.txt", "kept.txt", "name")
        assert sorted(await place.save(bench)) == [("kept.txt", 1, True, "name"), ("old.txt", 1, False, "name")]
        await bench.delete("new.py", "not needed")
        assert await place.save(bench) == [("new.py", 2, False, "not needed")]
        assert await place.save(bench) == []


async def test_earlier_iterations_can_be_read_and_brought_back(place: Place) -> None:
    await place.work()
    async with place.bench() as bench:
        for text in (b"two\n", b"three\n"):
            await bench.write("calc.py", text, "w")
            await place.save(bench)
        assert [await bench.read("calc.py", n) for n in (0, 1, 2)] == [b"one\n", b"two\n", b"three\n"]
        await bench.restore("calc.py", 1, "back")
        assert await place.save(bench) == [("calc.py", 3, True, "back")]
        assert await bench.read("calc.py") == b"two\n"
        await bench.delete("calc.py", "gone")
        await place.save(bench)
        await bench.restore("calc.py", 3, "again")
        await place.save(bench)
        await bench.restore("calc.py", 4, "away")
        assert await place.save(bench) == [("calc.py", 6, False, "away")]
        for n, reason in ((4, "is its deletion"), (7, "it has 6 iterations, and 0 for the base")):
            with pytest.raises(PathRefused, match=reason):
                await bench.read("calc.py", n)
        with pytest.raises(PathRefused):
            await bench.read("never.py", 0)


async def test_files_are_listed_and_searched(place: Place) -> None:
    async with place.bench() as bench:
        assert list(await bench.files(None, 10)) == [("calc.py", 4), ("old.txt", 60)]
        assert list(await bench.files("*.py", 10)) == [("calc.py", 4)]
        found = await bench.search("ONE", None, regex=False, ignore_case=True, whole_word=True)
        assert found == ([("calc.py", 1, "one")], None)


async def test_a_sandbox_is_opened_by_the_first_command_and_ends_with_the_block(place: Place) -> None:
    async with place.bench() as bench:
        await bench.read("calc.py")
        assert place.sandbox.opened == 0
        await bench.run("true", 10)
        await bench.run("true", 10)
        assert (place.sandbox.opened, place.sandbox.closed) == (1, 0)
    assert place.sandbox.closed == 1


async def test_recovering_brings_back_the_newest_checkpoint_and_a_fresh_sandbox(place: Place) -> None:
    await place.work()
    async with place.bench() as bench:
        await bench.write("calc.py", b"two\n", "w")
        await place.save(bench)
        await bench.run("echo junk > calc.py; echo junk > junk", 10)
        await bench.recover()
        assert await bench.read("calc.py") == b"two\n"
        assert [path for path, _ in await bench.files(None, 10)] == ["calc.py", "old.txt"]
        assert place.sandbox.closed == 1
        assert await place.save(bench) == []


async def test_nothing_is_saved_outside_of_working(place: Place) -> None:
    async with place.bench() as bench:
        await bench.run("echo x > calc.py", 10)
        assert await bench.save() is None


async def test_a_file_too_large_for_a_model_is_refused_with_the_way_out(place: Place) -> None:
    (place.tree.root / "big").write_bytes(b"x" * (MAX_READ + 1))
    async with place.bench() as bench:
        with pytest.raises(PathRefused, match="look at parts of it through `run`"):
            await bench.read("big")


async def test_what_cannot_be_saved_is_told_once(place: Place) -> None:
    await place.work()
    async with place.bench() as bench:
        await bench.run("ln -s /etc/passwd secrets; echo two > calc.py", 10)
        saved = await bench.save()
        assert isinstance(saved, Checkpointed)
        [(path, _)] = bench.unsaved()
        assert path == "secrets"
        assert bench.unsaved() == []


async def test_what_the_network_refused_stands_below_the_commands_output(place: Place) -> None:
    await place.work()
    place.sandbox.blocked = ["evil.example:443 (not on this session's network list)", "something else"]
    async with place.bench() as bench:
        code, output, _ = await bench.run("echo said", 10)
    refused = b"network: evil.example:443 blocked (not on this session's network list)\nnetwork: something else"
    assert (code, output) == (0, b"said\n\n" + refused)
