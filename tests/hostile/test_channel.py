"""Hostile commands against the first process of their sandbox and its channel to us, on every backend."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.api import Sandbox, SandboxLost
from sandbox.channel import Channel, Doorstep, Order
from sandbox.process import Tape
from tests.contract.sandboxes import BACKENDS, backend, opened, sh

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=BACKENDS, scope="module", loop_scope="module")
async def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with (
        backend(request.param, tmp_path_factory.mktemp("home")) as made,
        opened(made, tmp_path_factory.mktemp("tree")) as sandbox,
    ):
        yield sandbox


async def first(box: Sandbox) -> str:
    """Which process is first, by when it began: another one means that the sandbox was begun anew."""
    code, said = await sh(box, "cut -d' ' -f22 /proc/1/stat 2>/dev/null || sed 's/.*) //' /proc/1/stat | head -c 200")
    assert code == 0
    return said


LOOK = """
import os
for name in ("fd", "fdinfo", "mem", "environ", "maps", "syscall", "stack", "cwd", "root", "exe", "map_files"):
    path = f"/proc/{who}/{name}"
    try:
        if name in ("cwd", "root", "exe"): os.readlink(path)
        elif name in ("fd", "fdinfo", "map_files"): os.listdir(path)
        else: open(path, "rb").read(1)
        print(name)
    except OSError: pass
for name in ("mem", "oom_score_adj", "comm", "clear_refs", "timerslack_ns"):
    try:
        with open(f"/proc/{who}/{name}", "r+b", buffering=0) as file: file.write(b"1")
        print("wrote", name)
    except OSError: pass
"""


async def test_nothing_of_the_first_process_can_be_read_or_written(box: Sandbox) -> None:
    ran = await box.run(["python3", "-c", LOOK.replace("{who}", "1")], timeout=20)
    assert (ran.exit_code, ran.output) == (0, b"")
    ran = await box.run(["python3", "-c", LOOK.replace("{who}", "self")], timeout=20)
    assert {"fd", "maps", "environ", "wrote"} <= set(ran.output.decode().split())


async def test_no_command_holds_the_channel(box: Sandbox) -> None:
    find = "for f in /proc/[0-9]*/fd/*; do readlink $f; done 2>/dev/null | grep -c socket"
    assert await sh(box, find) == (1, "0\n")
    twin = f'python3 -c \'import socket, subprocess; s = socket.socketpair(); subprocess.run(["sh", "-c", {find!r}])\''
    code, said = await sh(box, twin.replace("'for", '"for').replace("socket'])", 'socket"])'))
    assert (code, said) == (0, "2\n")


async def test_its_limits_and_its_priority_are_its_own(box: Sandbox) -> None:
    before = await first(box)
    script = (
        "import os, resource\n"
        "for who in (1, 0):\n"
        "  for act in (lambda: resource.prlimit(who, resource.RLIMIT_NOFILE, (50, 50)),\n"
        "              lambda: resource.prlimit(who, resource.RLIMIT_CPU, (90, 90)),\n"
        "              lambda: os.setpriority(os.PRIO_PROCESS, who, 19),\n"
        "              lambda: os.sched_setscheduler(who, os.SCHED_IDLE, os.sched_param(0))):\n"
        "    try: act(); print(who)\n"
        "    except PermissionError: pass\n"
    )
    ran = await box.run(["python3", "-c", script], timeout=20)
    assert (ran.exit_code, ran.output) == (0, b"0\n" * 4)
    assert await first(box) == before


async def test_no_signal_reaches_the_first_process(box: Sandbox) -> None:
    before = await first(box)
    send = (
        "import os, signal\n"
        "for number in range(1, 65):\n"
        "  if number not in (32, 33): os.kill({who}, number)\n"
        "print('sent')"
    )
    assert await sh(box, f'python3 -c "{send.format(who=1)}"') == (0, "sent\n")
    assert (await box.run(["python3", "-c", send.format(who="os.getpid()")], timeout=20)).exit_code == 129
    assert await first(box) == before


async def test_exit_codes_come_from_nowhere_else(box: Sandbox) -> None:
    frame = json.dumps({"code": 0}).encode()
    said = (len(frame).to_bytes(4, "big") + frame) * 3
    forge = (
        "import os, socket\n"
        f"said = {said!r}\n"
        "for fd in range(1, 64):\n"
        "    try: os.write(fd, said)\n"
        "    except OSError: pass\n"
        "for path in ('/run/channel/supervisor.sock', '/run/maestro/supervisor.sock', '/run/egress/proxy.sock'):\n"
        "    try: s = socket.socket(socket.AF_UNIX); s.connect(path); s.send(said); print('connected')\n"
        "    except OSError: pass\n"
        "os._exit(7)"
    )
    ran = await box.run(["python3", "-c", forge], timeout=20)
    assert (ran.exit_code, ran.output) == (7, said * 2)
    assert await sh(box, "exit 0") == (0, "")


async def test_a_wedge_of_stopped_processes_is_cleared_without_a_loss(box: Sandbox) -> None:
    before = await first(box)
    await sh(box, "echo kept > ~/kept")
    wedge = "for i in 1 2 3 4 5; do (setsid sh -c 'kill -STOP $$' &); done; kill -STOP -1; kill -STOP $$"
    ran = await box.run(["sh", "-c", wedge], timeout=0.4)
    assert (ran.timed_out, ran.seconds < 3) == (True, True)
    assert await sh(box, "cat ~/kept; set -- /proc/[0-9]*; echo $#") == (0, "kept\n2\n")
    assert await first(box) == before


async def test_a_bomb_is_ended_without_beginning_anew(box: Sandbox) -> None:
    before = await first(box)
    bomb = "import os\nwhile True:\n try: os.fork()\n except OSError: pass"
    ran = await box.run(["python3", "-c", bomb], timeout=0.5)
    assert ran.exit_code in (None, 137)
    assert await first(box) == before


async def test_output_belongs_to_the_command_that_said_it(box: Sandbox) -> None:
    left = "import os, time\nif os.fork() == 0:\n os.setsid()\n while True:\n  os.write(1, b'x')\n  time.sleep(.001)"
    await box.run(["python3", "-c", left], timeout=10)
    assert await sh(box, "sleep 0.1; echo mine") == (0, "mine\n")


SEGMENTS = """
import ctypes, sys
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for _ in range(20):
    number = libc.shmget(0, 500_000, 0o1600)
    ctypes.memset(libc.shmat(number, None, 0), 1, 500_000)
libc.msgget(7, 0o1600), libc.semget(7, 1, 0o1600)
print(sum(len(open('/proc/sysvipc/' + kind).readlines()) - 1 for kind in ('shm', 'msg', 'sem')))
"""


async def test_nothing_is_left_in_the_kernel_to_starve_the_next_command(box: Sandbox) -> None:
    ran = await box.run(["python3", "-c", SEGMENTS], timeout=20)
    assert (ran.exit_code, ran.output) == (0, b"22\n")
    assert await sh(box, "cat /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem | grep -vc key") == (1, "0\n")


async def test_many_quick_commands_get_their_own_answers(box: Sandbox) -> None:
    answers = [await box.run(["sh", "-c", f"echo {n}; exit {n}"], timeout=10) for n in range(40)]
    assert [(ran.exit_code, ran.output) for ran in answers] == [(n, b"%d\n" % n) for n in range(40)]


async def test_reading_slowly_slows_the_command_and_not_us(box: Sandbox) -> None:
    heard = 0

    def hear(data: bytes) -> None:
        nonlocal heard
        heard += len(data)

    ran = await box.run(["yes"], timeout=0.4, on_output=hear)
    assert ran.timed_out
    assert heard <= 64 * 1024 + 2
    assert ran.dropped < 400 * 1024 * 1024
    assert await sh(box, "head -c 3000 /dev/zero | wc -c") == (0, "3000\n")


# --- a first process that is a stranger's, as in a hostile image ---------------------------------------------------


class Stranger:
    """The other end of a channel, saying whatever a test wants."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.channel = Channel(ours)

    def say(self, *frames: bytes) -> None:
        self.theirs.send(b"".join(len(frame).to_bytes(4, "big") + frame for frame in frames))

    async def answers(self, *frames: bytes) -> int | None:
        """What a command's exit code is when these frames are the answer."""
        asyncio.get_running_loop().call_later(0.02, self.say, *frames)
        return await self.channel.run(Order(["true"], {}), 0.3, Tape(100))

    def __enter__(self) -> "Stranger":
        self.say(b'{"ready": true}')
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.close()
        self.theirs.close()


async def test_a_strangers_proper_answer_is_taken() -> None:
    with Stranger() as stranger:
        await stranger.channel.ready(1)
        assert await stranger.answers(b'{"code": 5}') == 5
        assert not stranger.channel.broken


@pytest.mark.parametrize(
    "frames",
    [(b"[]",), (b'{"code": "0"}',), (b'{"code": true}',), (b"[" * 4000,), (b"\xff",), (b'{"code": 1}', b'{"code": 0}')],
)
async def test_a_stranger_that_speaks_nonsense_is_lost(frames: tuple[bytes, ...]) -> None:
    with Stranger() as stranger:
        await stranger.channel.ready(1)
        with pytest.raises(SandboxLost):
            await stranger.answers(*frames)
        assert stranger.channel.broken


async def test_a_stranger_that_says_too_much_or_leaves_is_lost() -> None:
    with Stranger() as stranger:
        stranger.theirs.send((2**31).to_bytes(4, "big"))
        await asyncio.sleep(0.01)
        assert stranger.channel.broken
    with Stranger() as stranger:
        await stranger.channel.ready(1)
        stranger.theirs.close()
        with pytest.raises(SandboxLost):
            await stranger.channel.run(Order(["true"], {}), 1, Tape(100))


async def test_the_door_is_shut_before_any_command_can_knock(tmp_path: Path) -> None:
    doorstep = Doorstep(tmp_path, None)
    assert await doorstep.caller(0.01) is None
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(tmp_path / "supervisor.sock"))
        channel = await doorstep.caller(1.0)
        doorstep.close()
        assert channel is not None
        channel.close()
    assert os.listdir(tmp_path) == []
