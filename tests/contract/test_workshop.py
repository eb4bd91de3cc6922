"""What the workshop promises: set-up once and for base and head alike, fresh rooms that know nothing of each other."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sandbox.api import Backend, GitFailed, Mount, PathRefused, Sandbox, Spec
from sandbox.layers import Layer, SetUp, SetUpFailed
from sandbox.mirror import Mirrors
from sandbox.workshop import Bench, Workshop
from tests.contract.repositories import ME, Origin
from tests.contract.sandboxes import BACKENDS, backend, sh

SETUP = SetUp(
    (
        "mkdir -p /opt/env/bin && printf '#!/bin/sh\\necho tool 1\\n' >/opt/env/bin/tool && chmod +x /opt/env/bin/tool",
        "tool && echo rc >~/.rc && mkdir -p ~/.config/x && echo deep >~/.config/x/y && ln -s /etc/shadow ~/leak",
        "mkdir -p src/node_modules/z build && echo z >src/node_modules/z/i && echo b >build/made && echo g >made.py",
        "mkdir -p src/__pycache__ && echo stale >src/__pycache__/a.pyc && echo spoiled >src/a.py",
    ),
    key_files=("lock.txt", "*.toml"),
    env={"COLOUR": "green"},
)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path)


@pytest.fixture
async def sandboxes(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    async with backend(getattr(request, "param", "bubblewrap"), tmp_path / "home") as made:
        yield made


@pytest.fixture
def workshop(tmp_path: Path, sandboxes: Backend) -> Workshop:
    return Workshop(tmp_path / "home", Mirrors(tmp_path / "home"), sandboxes)


async def said(sandbox: Sandbox, script: str) -> str:
    code, output = await sh(sandbox, script)
    assert code == 0, output
    return output.strip()


async def set_up(workshop: Workshop, bench: Bench, setup: SetUp = SETUP) -> Layer:
    layer = await workshop.prepare(bench.bare, bench.base, setup)
    assert isinstance(layer, Layer), layer.tail
    return layer


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - a directory tells nobody when it changes
            await asyncio.sleep(0.01)


class Counting:
    """A backend that counts how often it opened a sandbox; everything else is the real one's."""

    def __init__(self, real: Backend) -> None:
        self._real, self.name, self.opened = real, real.name, 0
        self.capabilities, self.sweep, self.environment = real.capabilities, real.sweep, real.environment

    async def open(self, spec: Spec) -> Sandbox:
        self.opened += 1
        return await self._real.open(spec)


async def test_a_session_works_on_a_branch_and_goes_on_from_its_checkpoint(workshop: Workshop, origin: Origin) -> None:
    base = origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    assert bench.base == base
    async with bench.open() as sandbox:
        await said(sandbox, "test -w . && echo two >a && echo b >b")
    checkpoint = await bench.worktree.checkpoint(bench.base, "step", ME)
    assert checkpoint is not None
    async with bench.open() as sandbox:
        await said(sandbox, "echo lost >a")
    later = await workshop.open_session("s", origin.remote(), base, checkpoint.sha)
    async with later.open(writable=False) as sandbox:
        assert await said(sandbox, "cat a b; (echo no >c) 2>/dev/null || echo read-only") == "two\nb\nread-only"
    await later.bare.push(origin.remote(), checkpoint.sha, "maestro/1-a", None)
    assert origin.refs()["refs/heads/maestro/1-a"] == checkpoint.sha
    await workshop.forget("s")
    assert not workshop.mirrors.room("s").exists()


async def test_a_missing_branch_and_an_empty_repository_are_said_clearly(workshop: Workshop, origin: Origin) -> None:
    with pytest.raises(GitFailed, match="'main' in the repository; the repository has no commits yet"):
        await workshop.open_session("s", origin.remote(), "main")
    origin.commit({"a": "1"})
    with pytest.raises(GitFailed, match=r"there is no branch, tag or commit 'gone' in the repository$"):
        await workshop.open_session("s", origin.remote(), "gone")


@pytest.mark.parametrize("sandboxes", BACKENDS, indirect=True)
async def test_what_set_up_made_is_seen_by_sessions_and_rooms_and_recorded_by_nobody(
    workshop: Workshop, origin: Origin
) -> None:
    origin.commit({"src/a.py": "a", "lock.txt": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    layer = await set_up(workshop, bench)
    assert {extra.path: extra.copied for extra in layer.extras} == {
        "build": True,
        "made.py": True,
        "src/node_modules": True,
    }
    look = "tool; cat ~/.rc ~/.config/x/y src/node_modules/z/i build/made made.py src/a.py; echo $COLOUR $VIRTUAL_ENV"
    seen = "tool 1\nrc\ndeep\nz\nb\ng\nagreen /opt/env"
    async with bench.open(layer=layer) as sandbox:
        assert await said(sandbox, look) == seen
        assert await said(sandbox, "test ! -e ~/leak; (echo >/opt/env/x) 2>/dev/null || echo read-only") == "read-only"
        await said(sandbox, "echo new >~/new && test ! -e src/__pycache__")
    assert await bench.worktree.checkpoint(bench.base, "nothing", ME) is None
    for writable in (True, False):
        async with bench.open(writable, layer) as sandbox:
            assert await said(sandbox, look) == seen
    async with workshop.fresh(bench.bare, bench.base, layer) as room:
        assert await said(room, look) == seen


async def test_tools_can_write_their_scratch_into_what_is_mounted_read_only(workshop: Workshop, origin: Origin) -> None:
    """vitest can't begin where it can't write its compiled configuration there."""
    origin.commit({"package.json": "{}"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    layer = await set_up(workshop, bench, SetUp(("mkdir node_modules; head -c 9000000 /dev/zero >node_modules/f",)))
    look = "ls node_modules/.vite-temp; echo 1 >node_modules/.vite-temp/config && touch node_modules/x || echo no"
    async with workshop.fresh(bench.bare, bench.base, layer) as room:
        assert (await said(room, look)).endswith("no")
    async with workshop.fresh(bench.bare, bench.base, layer) as room:
        assert not (await said(room, look)).startswith("config")
    async with bench.open(layer=layer) as sandbox:
        assert (await said(sandbox, look)).endswith("no")
    assert await bench.worktree.checkpoint(bench.base, "nothing", ME) is None


async def test_large_things_that_set_up_made_are_mounted_read_only(workshop: Workshop, origin: Origin) -> None:
    origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    layer = await set_up(
        workshop, bench, SetUp(("mkdir -p x/node_modules; head -c 9000000 /dev/zero >x/node_modules/f",))
    )
    [extra] = layer.extras
    assert (extra.path, extra.copied) == ("x", False)
    look = "wc -c <x/node_modules/f; touch x/y 2>/dev/null || echo read-only"
    for writable in (True, False):
        async with bench.open(writable, layer) as sandbox:
            assert await said(sandbox, look) == "9000000\nread-only"
    async with workshop.fresh(bench.bare, bench.base, layer) as room:
        assert await said(room, look) == "9000000\nread-only"
    assert await bench.worktree.checkpoint(bench.base, "nothing", ME) is None


async def test_what_a_change_brings_itself_is_not_hidden_by_set_up(workshop: Workshop, origin: Origin) -> None:
    origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    layer = await set_up(workshop, bench, SetUp(("mkdir build; echo old >build/x; echo old >gen.py",)))
    await bench.worktree.write("build/x", b"mine")
    await bench.worktree.write("gen.py", b"mine")
    checkpoint = await bench.worktree.checkpoint(bench.base, "step", ME)
    assert checkpoint is not None
    async with bench.open(layer=layer) as sandbox:
        assert await said(sandbox, "cat build/x gen.py") == "minemine"
    async with workshop.fresh(bench.bare, checkpoint.sha, layer) as room:
        assert await said(room, "cat build/x gen.py") == "minemine"


async def test_set_up_runs_once_for_the_same_contents(tmp_path: Path, sandboxes: Backend, origin: Origin) -> None:
    counting = Counting(sandboxes)
    workshops = [Workshop(tmp_path / "home", Mirrors(tmp_path / "home"), counting) for _ in range(2)]
    origin.commit({"a": "1", "lock.txt": "1"})
    bench = await workshops[0].open_session("s", origin.remote(), "main")
    setup = SetUp(("echo x >/opt/env/x; sleep 0.1",), key_files=("lock.txt",))
    layers = await asyncio.gather(*(each.prepare(bench.bare, bench.base, setup) for each in workshops * 3))
    assert (len({str(layer) for layer in layers}), counting.opened) == (1, 1)
    other = origin.commit({"a": "2"})
    locked = origin.commit({"lock.txt": "2"})
    bench = await workshops[1].open_session("t", origin.remote(), "main")
    assert await workshops[1].prepare(bench.bare, other, setup) == layers[0]
    assert counting.opened == 1
    changed = await workshops[1].prepare(bench.bare, locked, setup)
    assert changed != layers[0]
    assert counting.opened == 2


async def test_a_failed_set_up_is_a_value_with_its_last_words_and_leaves_nothing(
    workshop: Workshop, origin: Origin
) -> None:
    origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    setup = SetUp(("true", "echo no such package >&2; exit 7", "echo never"))
    failed = await workshop.prepare(bench.bare, bench.base, setup)
    assert isinstance(failed, SetUpFailed)
    assert (failed.command, failed.exit_code, failed.tail) == (setup.commands[1], 7, "no such package\n")
    slow = await workshop.prepare(bench.bare, bench.base, SetUp(("sleep 60",), seconds=0.2))
    assert isinstance(slow, SetUpFailed)
    assert slow.ran.timed_out
    assert list((workshop.home / "layers" / "building").iterdir()) == []


async def test_a_set_up_that_nobody_waits_for_any_more_is_ended(workshop: Workshop, origin: Origin) -> None:
    origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    waiting = [asyncio.create_task(workshop.prepare(bench.bare, bench.base, SetUp(("sleep 60",)))) for _ in range(2)]
    building = workshop.home / "layers" / "building"
    await until(lambda: building.exists() and any(building.iterdir()))
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await until(lambda: not any(building.iterdir()))


async def test_a_fresh_room_holds_tracked_files_only_and_ends_without_a_trace(
    workshop: Workshop, origin: Origin, tmp_path: Path
) -> None:
    origin.commit({"a": "1", "d/b": "2"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    await bench.worktree.write("untracked", b"x")
    (tmp_path / "given").write_text("given")
    extra = Mount(tmp_path / "given", "/given")
    async with workshop.fresh(bench.bare, bench.base, None, extra_mounts=(extra,), env={"CI": "1"}) as room:
        assert await said(room, "find . -type f | sort; cat /given; echo $CI") == "./a\n./d/b\ngiven1"
        await said(room, "echo spoiled >a; echo junk >junk; echo home >~/x")
    async with workshop.fresh(bench.bare, bench.base) as room:
        assert await said(room, "find . ~ -type f | sort; cat a") == "./a\n./d/b\n1"
        assert await said(room, "tail -n +3 /proc/net/dev | cut -d: -f1") == "lo"
    assert list((workshop.home / "rooms").iterdir()) == []


async def test_results_come_from_a_place_that_nobody_could_prepare(workshop: Workshop, origin: Origin) -> None:
    origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    async with workshop.fresh(bench.bare, bench.base) as one, workshop.fresh(bench.bare, bench.base) as two:
        assert one.results != two.results
        assert len(one.results.rpartition("/")[2]) == 32
        await said(one, f"cd {one.results}; printf ok >r.xml; mkdir d; printf deep >d/x; ln -s /etc/passwd link")
        await said(one, f"cd {one.results}; mkfifo pipe; ln -s / up; head -c 2000 /dev/zero >large")
        assert await one.names() == ("d/x", "large", "link", "pipe", "r.xml", "up")
        assert [await one.collect(name, 1000) for name in ("r.xml", "d/x", "none")] == [b"ok", b"deep", None]
        for name in ("link", "pipe", "up/etc/passwd", "large", "d", "../tree/a", "/etc/passwd"):
            with pytest.raises(PathRefused):
                await one.collect(name, 1000)
        assert await two.names() == ()


async def test_what_killed_processes_left_is_swept_and_what_lives_is_not(workshop: Workshop, origin: Origin) -> None:
    origin.commit({"a": "1"})
    bench = await workshop.open_session("s", origin.remote(), "main")
    async with workshop.fresh(bench.bare, bench.base) as room:
        for place in ("rooms", "layers/building"):
            dead = workshop.home / place / "0123456789abcdef"
            dead.mkdir(parents=True)
            (dead / "owner").write_text("1 1 another-boot")
        assert await workshop.sweep() == 2
        assert await said(room, "cat a") == "1"
    assert await workshop.sweep() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives each session a uid of its own")
async def test_sessions_and_rooms_cannot_read_each_other_s_files(workshop: Workshop, origin: Origin) -> None:
    origin.commit({"a": "1"})
    one = await workshop.open_session("one", origin.remote(), "main")
    two = await workshop.open_session("two", origin.remote(), "main")
    assert one.worktree.root.stat().st_uid != two.worktree.root.stat().st_uid
    layer = await set_up(workshop, one, SetUp(("umask 077; echo x >/opt/env/private",)))
    assert layer.path.stat().st_uid == 0
    async with two.open(layer=layer) as sandbox:
        assert await said(sandbox, "cat /opt/env/private") == "x"
