"""What every sandbox promises, asked of each backend in the same words."""

import asyncio
import json
import os
import resource
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox import policy
from sandbox.api import WORKSPACE, Backend, Limits, Mount, Ran, Sandbox, SandboxLost, SandboxUnavailable, Spec
from sandbox.docker import Docker
from tests.contract.sandboxes import BACKENDS, SMALL, backend, engine, opened, plain_image, sh

ROOT = Path(__file__).parents[2]
BEAT = "while :; do date +%N > /workspace/beat; sleep 0.02; done"
"""A process that shows on the host, through the work tree, whether it still lives."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=BACKENDS, loop_scope="module")
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend of one's own, for what opens and closes sandboxes."""
    async with backend(request.param, tmp_path / "home") as made:
        yield made


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work tree of `box`."""
    return tmp_path_factory.mktemp("tree")


@pytest_asyncio.fixture(params=BACKENDS, scope="module", loop_scope="module")
async def box(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tree: Path
) -> AsyncIterator[Sandbox]:
    """One sandbox for all that is asked of a single command."""
    async with backend(request.param, tmp_path_factory.mktemp("home")) as made, opened(made, tree) as sandbox:
        yield sandbox


async def test_a_command_answers_with_its_code_and_its_output(box: Sandbox) -> None:
    argv = ("sh", "-c", "pwd; echo said >&2; exit 3")
    ran = await box.run(argv, timeout=10)
    assert ran == Ran(argv, 3, b"/workspace\nsaid\n", 0, ran.seconds)
    assert 0 < ran.seconds < 10


async def test_a_command_that_does_not_exist_answers_127(box: Sandbox) -> None:
    assert (await box.run(["no-such-program"], timeout=10)).exit_code == 127


async def test_a_command_that_cannot_be_started_answers_126_and_says_why(box: Sandbox) -> None:
    ran = await box.run(["echo", "a\0b"], timeout=10)
    assert (ran.exit_code, ran.output) == (126, b"\nmaestro: a command must not contain null bytes\n")
    assert await sh(box, "echo still here") == (0, "still here\n")


async def test_a_command_line_that_is_too_long_is_the_commands_fault(box: Sandbox) -> None:
    assert (await box.run(["echo", "x" * 200_000], timeout=10)).exit_code in (1, 126)
    assert await sh(box, "echo still here") == (0, "still here\n")


STUBBORN = {
    "plain": BEAT,
    "terms ignored": f"trap '' TERM INT HUP; {BEAT}",
    "setsid": f"setsid sh -c '{BEAT}' & sleep 60",
    "double fork": f"(setsid sh -c '{BEAT}' &) ; sleep 60",
    "all of it, silently": f"setsid sh -c \"trap '' TERM; {BEAT}\" >/dev/null 2>&1 & sleep 60",
}


async def test_a_time_limit_ends_every_process(box: Sandbox, tree: Path) -> None:
    for script in STUBBORN.values():
        ran = await box.run(["sh", "-c", script], timeout=0.4)
        assert (ran.exit_code, ran.timed_out) == (None, True), script
        assert 0.4 <= ran.seconds < 4
        await _is_still(tree / "beat")
        (tree / "beat").unlink()


async def test_no_child_outlives_its_command(box: Sandbox, tree: Path) -> None:
    (tree / "beat").unlink(missing_ok=True)
    code, said = await sh(box, f"setsid sh -c '{BEAT}' & until [ -s beat ]; do sleep 0.02; done; echo done")
    assert (code, said) == (0, "done\n")
    await _is_still(tree / "beat")


async def _is_still(beat: Path) -> None:
    before = beat.read_bytes()
    await asyncio.sleep(0.1)
    assert beat.read_bytes() == before


async def test_long_output_keeps_its_head_and_its_tail(box: Sandbox) -> None:
    whole = "".join(f"{number}\n" for number in range(1, 50_001)).encode()
    ran = await box.run(["seq", "1", "50000"], timeout=10)
    half = SMALL.output // 2
    missing = len(whole) - SMALL.output
    note = f"\nmaestro: {missing} bytes left out here\n".encode()
    assert (ran.exit_code, ran.dropped, ran.output) == (0, missing, whole[:half] + note + whole[-half:])


async def test_a_flood_of_output_costs_no_memory(box: Sandbox) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ran = await box.run(["yes"], timeout=0.7)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert ran.timed_out
    assert ran.dropped > 1024 * 1024
    assert len(ran.output) < SMALL.output + 100
    assert grown < 30 * 1024


async def test_output_is_heard_while_it_comes(box: Sandbox) -> None:
    heard: list[tuple[float, bytes]] = []
    ran = await box.run(
        ["sh", "-c", "echo one; sleep 0.4; echo two"],
        timeout=10,
        on_output=lambda data: heard.append((time.monotonic(), data)),
    )
    assert b"".join(data for _, data in heard) == ran.output == b"one\ntwo\n"
    assert heard[-1][0] - heard[0][0] > 0.3


async def test_a_sealed_sandbox_reaches_nobody(box: Sandbox) -> None:
    script = (
        "import socket, sys\n"
        "for host, port in (('127.0.0.1', int(sys.argv[1])), ('192.0.2.1', 80), ('169.254.169.254', 80)):\n"
        "    try: socket.create_connection((host, port), 2); print('connected')\n"
        "    except OSError as error: print('refused')\n"
    )
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 2).close()
        ran = await box.run(["python3", "-c", script, str(port)], timeout=10)
    assert (ran.exit_code, ran.output) == (0, b"refused\n" * 3)


async def test_a_workspace_is_written_only_when_the_spec_says_so(place: Backend, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    async with opened(place, tree, writable=True) as sandbox:
        assert await sh(sandbox, "echo kept > file && cat file") == (0, "kept\n")
    async with opened(place, tree, writable=False) as sandbox:
        code, _ = await sh(sandbox, "echo changed > file")
        assert code != 0
        assert await sh(sandbox, "cat file") == (0, "kept\n")
    assert (tree / "file").read_bytes() == b"kept\n"


async def test_mounts_are_seen_at_their_targets(place: Backend, tmp_path: Path) -> None:
    for name in ("tools", "layer"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "is").write_text(name + "\n")
    mounts = (
        Mount(tmp_path / "tools", "/opt/tools"),
        Mount(tmp_path / "layer", policy.HOME, writable=True),
        Mount(tmp_path / "tools" / "is", "/opt/one-file"),
    )
    async with opened(place, tmp_path / "tree", mounts=mounts) as sandbox:
        assert await sh(sandbox, "cat /opt/tools/is ~/is /opt/one-file") == (0, "tools\nlayer\ntools\n")
        code, _ = await sh(sandbox, "touch /opt/tools/new")
        assert code != 0
        assert await sh(sandbox, "echo new > ~/new") == (0, "")
    assert (tmp_path / "layer" / "new").read_text() == "new\n"


async def test_the_environment_is_ours_alone(place: Backend, tmp_path: Path) -> None:
    show = ["python3", "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    async with opened(place, tmp_path / "tree", env={"CI": "1", "SPEC": "a"}) as sandbox:
        ran = await sandbox.run(show, timeout=10, env={"SPEC": "b", "RUN": "é ü\n$x"})
        again = await sandbox.run(show, timeout=10)
    found: dict[str, str] = json.loads(ran.output)
    assert {name: found[name] for name in ("CI", "SPEC", "RUN", "HOME", "LANG")} == {
        "CI": "1",
        "SPEC": "b",
        "RUN": "é ü\n$x",
        "HOME": policy.HOME,
        "LANG": "C.UTF-8",
    }
    known = {*policy.environment([]), "CI", "SPEC", "RUN", "PWD", "HOSTNAME", "LC_CTYPE"}
    assert set(found) <= known
    assert b'"SPEC": "a"' in again.output


async def test_nobody_is_root_inside_or_on_the_host(box: Sandbox, tree: Path) -> None:
    code, said = await sh(box, "id -u; touch mine; id -un; echo ~")
    assert code == 0
    assert said.split()[0] != "0"
    assert said.split()[1:] == ["maestro", policy.HOME]
    expected = policy.uid_of("s1")
    assert (tree / "mine").stat().st_uid == (os.getuid() if expected is None else expected)
    assert os.getuid() != 0 or (expected or 0) > 0


async def test_home_and_tmp_live_as_long_as_the_sandbox(place: Backend, tmp_path: Path) -> None:
    async with opened(place, tmp_path / "tree") as sandbox:
        assert await sh(sandbox, "echo a > ~/kept; echo b > /tmp/kept; echo c > /dev/shm/x") == (0, "")
        assert await sh(sandbox, "cat ~/kept /tmp/kept") == (0, "a\nb\n")
    async with opened(place, tmp_path / "tree") as sandbox:
        assert await sh(sandbox, "ls ~ /tmp | grep kept") == (1, "")


async def test_closing_twice_is_fine_and_leaves_nothing(place: Backend, tmp_path: Path) -> None:
    home = tmp_path / "home" / place.name
    async with opened(place, tmp_path / "tree") as sandbox:
        await sh(sandbox, "mkdir -p ~/a/b; chmod 000 ~/a; echo x > /tmp/y")
        notes = [note for name in ("group", "stage") for note in home.glob(f"*/{name}")]
        recorded = [Path(line) for note in notes for line in note.read_text().splitlines() if line.startswith("/")]
        assert [path.exists() for path in recorded] == [True] * len(recorded)
        await sandbox.close()
        await sandbox.close()
        with pytest.raises(SandboxLost):
            await sandbox.run(["true"], timeout=5)
    assert list(home.iterdir()) == []
    assert [path.exists() for path in recorded] == [False] * len(recorded)
    assert await place.sweep() == 0


async def test_closing_under_a_command_loses_it(place: Backend, tmp_path: Path) -> None:
    async with opened(place, tmp_path / "tree") as sandbox:
        running = asyncio.create_task(sandbox.run(["sh", "-c", BEAT], timeout=30))
        await _appears(tmp_path / "tree" / "beat")
        await sandbox.close()
        with pytest.raises(SandboxLost):
            await running
    await _is_still(tmp_path / "tree" / "beat")


async def test_a_cancelled_command_is_ended_and_the_sandbox_goes_on(box: Sandbox, tree: Path) -> None:
    (tree / "beat").unlink(missing_ok=True)
    running = asyncio.create_task(box.run(["sh", "-c", BEAT], timeout=30))
    await _appears(tree / "beat")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await _is_still(tree / "beat")
    assert await sh(box, "echo on") == (0, "on\n")


async def _appears(file: Path) -> None:
    for _ in range(500):
        if file.exists() and file.stat().st_size:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{file} was never written")


ORPHAN = """
import asyncio, sys
from pathlib import Path
from sandbox.api import Spec
from sandbox.bubblewrap import Bubblewrap
from sandbox.docker import Docker

async def main(kind, home, tree, engine, image):
    backend = Bubblewrap(Path(home)) if kind == "bubblewrap" else Docker(Path(home), image=image, engine=engine)
    sandbox = await backend.open(Spec("s1", Path(tree)))
    await sandbox.run(["sh", "-c", "while :; do date +%N > /workspace/beat; sleep 0.02; done"], timeout=60)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_what_a_killed_process_left_is_swept_and_what_lives_is_not(place: Backend, tmp_path: Path) -> None:
    found = engine() if place.name == "docker" else None
    more = ["", ""] if found is None or isinstance(found, str) else [found.address, found.image]
    tree = tmp_path / "orphan"
    tree.mkdir()
    arguments = [place.name, str(tmp_path / "home"), str(tree), *more]
    orphan = await asyncio.create_subprocess_exec(sys.executable, "-c", ORPHAN, *arguments, cwd=ROOT)
    try:
        await _appears(tree / "beat")
    finally:
        orphan.kill()
        await orphan.wait()
    async with opened(place, tmp_path / "tree", session="alive") as sandbox:
        assert await place.sweep() == 1
        assert await place.sweep() == 0
        assert await sh(sandbox, "echo alive") == (0, "alive\n")
    await _is_still(tree / "beat")
    assert list((tmp_path / "home" / place.name).iterdir()) == []


async def test_the_environment_of_a_record_names_what_was_shown(place: Backend, tmp_path: Path) -> None:
    spec = Spec("s1", tmp_path)
    name, digest = place.environment(spec)
    assert name == ("host" if place.name == "bubblewrap" else "maestro-test:latest")
    assert len(digest) == 64
    assert place.environment(replace(spec, session="s2", workspace=tmp_path / "x")) == (name, digest)
    assert place.environment(replace(spec, limits=Limits(memory=1))) != (name, digest)


async def test_everything_needed_is_found_good(place: Backend, tmp_path: Path) -> None:
    found = await place.capabilities()
    assert [each for each in found if each.needed and not each.ok] == []
    assert [each for each in found if not each.ok and not each.advice] == []


async def test_only_docker_keeps_a_root_as_an_image(place: Backend, tmp_path: Path) -> None:
    async with opened(place, tmp_path / "tree", network=("index.example:443",)) as sandbox:
        assert await sh(sandbox, "echo installed > ~/tool") == (0, "")
        image = await sandbox.seal()
    if place.name == "bubblewrap":
        assert image is None
        return
    assert image is not None
    async with opened(place, tmp_path / "tree", image=image) as sandbox:
        assert await sh(sandbox, "cat ~/tool") == (0, "installed\n")
        assert await sandbox.seal() is None
        code, _ = await sh(sandbox, "echo changed > ~/tool")
        assert code != 0


async def test_an_image_without_python_is_served_by_the_engine_itself(tmp_path: Path) -> None:
    found = engine()
    if isinstance(found, str):
        pytest.skip(found)
    async with backend("docker", tmp_path / "home", image=plain_image(found)) as place:
        async with opened(place, tmp_path / "tree", env={"SPEC": "a"}) as sandbox:
            assert await sh(sandbox, "echo $SPEC; exit 3") == (3, "a\n")
            assert (await sandbox.run(["sh", "-c", STUBBORN["double fork"]], timeout=0.4)).timed_out
            await _is_still(tmp_path / "tree" / "beat")
            assert (await sandbox.shell("cd /tmp; export A=1", timeout=10)).exit_code == 0
            assert (await sandbox.shell("pwd; echo [$A]", timeout=10)).output == b"/workspace\n[]\n"
            running = asyncio.create_task(sandbox.run(["sleep", "30"], timeout=30))
            await asyncio.sleep(0.2)
            await sandbox.close()
            with pytest.raises(SandboxLost):
                await running
        said = {each.name: each for each in await place.capabilities()}["docker sandbox"]
        assert (said.ok, said.needed, "exec" in said.found) == (False, False, True)


async def test_a_missing_image_or_engine_is_said(tmp_path: Path) -> None:
    without_image = Docker(tmp_path)
    with pytest.raises(SandboxUnavailable, match="MAESTRO_SANDBOX_IMAGE"):
        await without_image.open(Spec("s1", tmp_path))
    await without_image.close()
    without_engine = Docker(tmp_path, image="any", engine=f"unix://{tmp_path}/nothing.sock")
    with pytest.raises(SandboxUnavailable, match="no Docker engine answers"):
        await without_engine.open(Spec("s1", tmp_path))
    assert await without_engine.sweep() == 0
    assert [each.ok for each in await without_engine.capabilities()] == [False]
    await without_engine.close()


async def test_a_mount_is_not_led_astray_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    mounts = (Mount(tmp_path / "layer", f"{WORKSPACE}/node_modules", writable=True),)
    async with backend("bubblewrap", tmp_path / "home") as place:
        async with opened(place, tmp_path / "tree", mounts=mounts) as sandbox:
            assert await sh(sandbox, "touch node_modules/x") == (0, "")
        (tmp_path / "tree" / "node_modules").rmdir()
        (tmp_path / "tree" / "node_modules").symlink_to("/etc")
        with pytest.raises(SandboxUnavailable, match="link"):
            await place.open(Spec("s1", tmp_path / "tree", mounts=mounts))
    assert (tmp_path / "layer" / "x").exists()
