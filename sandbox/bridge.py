"""Runs inside a sandbox, alone: `bridge.py SOCKET PORT -- command ...`.

Listens on 127.0.0.1:PORT and passes every connection to a UNIX socket, in a process that nobody waits for; becomes the
command meanwhile. Standard library only, Python 3.6 or later: it may be run by any Python that a sandbox has.
"""

import contextlib
import os
import selectors
import socket
import sys
from typing import List, Tuple  # noqa: UP035 - for old Pythons

CHUNK = 65536


class Flow:
    """One direction of one connection: what was read from `source` and not yet written to `target`."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self.source, self.target = source, target
        self.waiting = b""
        self.ended = self.done = False

    def read(self) -> None:
        try:
            data = self.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.waiting = data
        self.ended = not data
        self.write()

    def write(self) -> None:
        try:
            self.waiting = self.waiting[self.target.send(self.waiting) :] if self.waiting else b""
        except BlockingIOError:
            return
        except OSError:
            self.waiting, self.ended = b"", True
        if self.ended and not self.waiting and not self.done:
            self.done = True
            with contextlib.suppress(OSError):
                self.target.shutdown(socket.SHUT_WR)


Pair = Tuple[Flow, Flow]  # noqa: UP006


def interest(flows: Pair, sock: socket.socket) -> int:
    """What to wait for on one socket: room to write to it, or something to read from it."""
    events = 0
    for flow in flows:
        if flow.target is sock and flow.waiting:
            events |= selectors.EVENT_WRITE
        if flow.source is sock and not flow.waiting and not flow.ended:
            events |= selectors.EVENT_READ
    return events


def update(selector: selectors.DefaultSelector, flows: Pair) -> None:
    """Wait for the right things on both sockets of a connection, or close it when both directions are done."""
    over = all(flow.done for flow in flows)
    for sock in (flows[0].source, flows[1].source):
        events = 0 if over else interest(flows, sock)
        known = sock.fileno() in selector.get_map()
        if events and known:
            selector.modify(sock, events, flows)
        elif events:
            selector.register(sock, events, flows)
        elif known:
            selector.unregister(sock)
        if over:
            sock.close()


def connect(selector: selectors.DefaultSelector, listener: socket.socket, path: str) -> None:
    near, _ = listener.accept()
    far = socket.socket(socket.AF_UNIX)
    try:
        far.connect(path)
    except OSError:
        near.close()
        far.close()
        return
    near.setblocking(False)
    far.setblocking(False)
    update(selector, (Flow(near, far), Flow(far, near)))


def serve(listener: socket.socket, path: str) -> None:
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, None)
    while True:
        for key, events in selector.select():
            if key.data is None:
                connect(selector, listener, path)
                continue
            for flow in key.data:
                if events & selectors.EVENT_WRITE and flow.target is key.fileobj:
                    flow.write()
                if events & selectors.EVENT_READ and flow.source is key.fileobj and not flow.waiting:
                    flow.read()
            update(selector, key.data)


def main(path: str, port: int, command: List[str]) -> None:  # noqa: UP006
    listener = socket.socket(socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
            serve(listener, path)
        os._exit(0)
    os.wait()
    listener.close()
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is whatever the sandbox was told to run
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[4:])
