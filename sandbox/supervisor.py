"""Runs inside a sandbox, as its first process: `supervisor.py CHANNEL`, a descriptor's number or a UNIX socket's path.

Takes one command after the other from the channel, starts each in a session of its own with the descriptors that came
along for its output, and answers with its exit code once nothing is left alive. Hostile commands run under the same
uid and can't reach it: the kernel shields a namespace's first process from their signals, and as it is not dumpable,
nobody may look at its memory or its descriptors. When the channel ends it ends, and everything inside with it.

Standard library only, Python 3.6 or later: it may be run by any Python that a sandbox has.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys
from typing import Any, Dict, List, Tuple  # noqa: UP035 - for old Pythons

PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4
STATE = 9
"""Where a shell script's last words go, as descriptor; the highest that every shell can name."""

MODESTY = 10
"""By so much a command is nicer than its supervisor, which must answer in the middle of a bomb."""

FALLBACK = "while :; do sleep 3600; done"
"""What the first process of a container does when there can be no channel."""

Order = Dict[str, Any]  # noqa: UP006


class Unfit(Exception):
    """This is no place for a supervisor."""


libc = ctypes.CDLL(None)


def protect() -> None:
    """Make sure that what runs beside us can neither read nor end us."""
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if os.getpid() != 1 or libc.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise Unfit
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # which the kernel ignores for a first process


def wakeups() -> int:
    """A descriptor that can be read when a child has ended."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def connect(where: str) -> socket.socket:
    if where.isdigit():
        os.set_inheritable(int(where), False)  # no command may have it
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=int(where))
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(where)
    return channel


def send(channel: socket.socket, answer: Order) -> None:
    data = json.dumps(answer).encode()
    channel.sendall(len(data).to_bytes(4, "big") + data)


def receive(channel: socket.socket) -> Tuple[Order, List[int]]:  # noqa: UP006
    """The next order and the descriptors that came with it. Raises EOFError at the end of the channel."""
    head, ancillary, _, _ = channel.recvmsg(4, socket.CMSG_SPACE(4 * 4))
    fds = []
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds += [int.from_bytes(data[at : at + 4], sys.byteorder) for at in range(0, len(data) - 3, 4)]
    for fd in fds:
        os.set_inheritable(fd, False)
    head += exactly(channel, 4 - len(head)) if head else b""
    if not head:
        raise EOFError
    return json.loads(exactly(channel, int.from_bytes(head, "big")).decode()), fds


def exactly(channel: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        data = channel.recv(min(size, 1 << 20))
        if not data:
            raise EOFError
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def become(order: Order, fds: List[int], null: int) -> None:  # noqa: UP006
    """In a child: take on the order's surroundings and turn into its command."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGPIPE, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    for source, target in [(null, 0), (fds[0], 1), (fds[0], 2), *((fd, STATE) for fd in fds[1:])]:
        os.dup2(source, target)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # the command goes before its supervisor
    with contextlib.suppress(OSError):
        os.nice(MODESTY)
    with contextlib.suppress(OSError):
        os.chdir(encoded(order["fallback"]))
        os.chdir(encoded(order["cwd"]))
    argv = [encoded(word) for word in order["argv"]]
    env = {encoded(name): encoded(value) for name, value in order["env"].items()}
    try:
        os.execvpe(argv[0], argv, env)  # noqa: S606 - the command is whatever the sandbox was told to run
    except OSError as error:
        os.write(2, b"maestro: %s: %s\n" % (argv[0][:200], encoded(os.strerror(error.errno or 0))))
        os._exit(127 if isinstance(error, (FileNotFoundError, NotADirectoryError)) else 126)


def start(order: Order, fds: List[int], null: int) -> int:  # noqa: UP006
    pid = os.fork()
    if pid == 0:
        try:
            become(order, fds, null)
        finally:
            os._exit(126)
    return pid


def code_of(status: int) -> int:
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def end_all() -> None:
    """End everything but ourselves: the kernel does it in one go, so nothing can multiply faster."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def watch(channel: socket.socket, ended: int, main: int) -> int:
    """The exit code of the command, once it and all that it left behind are buried."""
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    poll.register(ended, select.POLLIN)
    code = -1
    while code < 0:
        for fd, _ in poll.poll():
            if fd != ended:
                receive(channel)  # the only thing that is said meanwhile: end it
                end_all()
        with contextlib.suppress(BlockingIOError):
            os.read(ended, 65536)
        code = bury(main, os.WNOHANG)
    end_all()
    bury(0, 0)
    forget()
    return code


def forget() -> None:
    """Remove the memory segments, queues and semaphores that ended processes left in the kernel."""
    # Removal is command 0 of each call; what comes after it, or between, is of no matter then, and 0.
    for kind, call, between in (("shm", libc.shmctl, ()), ("msg", libc.msgctl, ()), ("sem", libc.semctl, (0,))):
        with contextlib.suppress(OSError), open("/proc/sysvipc/" + kind) as table:
            for row in table.readlines()[1:]:
                call(int(row.split()[1]), *between, 0, None)


def bury(main: int, options: int) -> int:
    """Collect ended children; the exit code of `main`, if it is among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, options)
        except ChildProcessError:
            return -1
        if pid == 0:
            return -1
        if pid == main:
            return code_of(status)


def serve(channel: socket.socket) -> None:
    ended = wakeups()
    null = os.open(os.devnull, os.O_RDWR)
    send(channel, {"ready": True})
    while True:
        order, fds = receive(channel)
        if "argv" not in order:
            continue  # an end to a command that had ended by itself
        try:
            main = start(order, fds, null)
        except OSError as error:
            answer = {"code": 126, "why": os.strerror(error.errno or 0)}
        else:
            answer = {"code": 0}
        for fd in fds:
            os.close(fd)
        if "why" not in answer:
            answer["code"] = watch(channel, ended, main)
        send(channel, answer)


def main(where: str) -> None:
    try:
        protect()
        channel = connect(where)
    except (Unfit, OSError, AttributeError):
        os.execv("/bin/sh", ["sh", "-c", FALLBACK])  # noqa: S606
    with contextlib.suppress(EOFError, OSError):
        serve(channel)


if __name__ == "__main__":
    main(sys.argv[1])
