"""The one door out of a networked sandbox: an HTTP(S) proxy with an allow-list, on a UNIX socket.

The sandbox has no route. A bridge inside listens on its loopback address and passes bytes to the socket, whose
directory is bound into the sandbox; the clients inside find the bridge by `http_proxy` and `https_proxy`. The proxy
takes `CONNECT host:port` and `GET|HEAD http://host/...`, brings the name into one form, compares it with the list,
resolves it once, refuses addresses that are nobody's business, and connects to the very address it looked at.
When the proxy is gone there is nothing to connect to.
"""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import policy
from sandbox.address import Address, Destination, Refused, is_listed, parse_entry, parse_request, vet
from sandbox.api import Mount

INSIDE = "/run/egress"
BRIDGES = "/run/maestro"
PORT = 3128
SOCKET = "proxy.sock"

AUTHORITIES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
)
"""Names under which clients look for a file of trusted certificates."""

TRUSTED = "/run/maestro/authorities.pem"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Caps:
    """What one sandbox may do through the door, in bytes, connections and seconds."""

    head: int = 32 * 1024
    sent: int = 64 * 1024**2
    received: int = 8 * 1024**3
    at_once: int = 64
    connections: int = 20_000
    blocked: int = 1_000
    answer: float = 20.0
    idle: float = 180.0


class _Overdrawn(Exception):
    """A cap was reached in the middle of a transfer."""


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver, in its order of preference."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def proxy_settings() -> dict[str, str]:
    """Environment of networked commands: where the proxy is."""
    url = f"http://127.0.0.1:{PORT}"
    local = "localhost,127.0.0.1,::1"
    settings = {name: url for each in ("http_proxy", "https_proxy", "all_proxy") for name in (each, each.upper())}
    settings |= {"no_proxy": local, "NO_PROXY": local}
    java = " ".join(f"-D{kind}.proxyHost=127.0.0.1 -D{kind}.proxyPort={PORT}" for kind in ("http", "https"))
    return settings | {"MAVEN_OPTS": java, "GRADLE_OPTS": java}


def bridge(interpreter: str) -> list[str]:
    """What stands in front of a networked command: the bridge, in the language of an interpreter found inside
    (python3 or perl)."""
    where = [f"{INSIDE}/{SOCKET}", str(PORT), "--"]
    if Path(interpreter).name.startswith("perl"):
        return [interpreter, f"{BRIDGES}/bridge.pl", *where]
    return [interpreter, "-I", "-S", f"{BRIDGES}/bridge.py", *where]


def system_authorities() -> Path | None:
    """The file of certificates that this machine trusts, if it has one."""
    known = ssl.get_default_verify_paths()
    places = (known.cafile, known.openssl_cafile, *BUNDLES)
    return next((Path(place) for place in places if place and Path(place).is_file()), None)


@dataclass(frozen=True, slots=True)
class Door:
    """How a backend makes gates: which certificates are shown inside, which closed networks its operator opens."""

    authorities: Path | None
    reachable: tuple[str, ...]
    resolve: Resolve

    async def open(
        self, allowed: Sequence[str], folder: Path, uid: int | None
    ) -> tuple["Gate", tuple[Mount, ...], dict[str, str]]:
        """A gate listening in `folder`, what must be mounted for it, and the environment that leads clients to it."""
        gate = Gate(allowed, reachable=self.reachable, resolve=self.resolve)
        await gate.listen(folder, uid)
        here = Path(__file__).parent
        mounts = [Mount(folder, INSIDE)]
        mounts += [Mount(here / name, f"{BRIDGES}/{name}") for name in ("bridge.py", "bridge.pl")]
        settings = proxy_settings()
        if self.authorities is not None:
            mounts.append(Mount(self.authorities.resolve(), TRUSTED))
            settings |= dict.fromkeys(AUTHORITIES, TRUSTED)
        return gate, tuple(mounts), settings


class Gate:
    """The proxy of one sandbox. `blocked` lists what was refused, as `host:port (reason)`, each once, oldest first."""

    def __init__(
        self,
        allowed: Iterable[str],
        *,
        reachable: Sequence[str] = (),
        resolve: Resolve = resolve,
        caps: Caps = Caps(),
    ) -> None:
        """Raises ValueError for an entry of `allowed` that is no `host:port` or `.suffix:port`. `reachable` names
        networks, such as `10.1.0.0/16`, that are refused unless the operator opens them: never from a repository."""
        self._allowed: tuple[Destination, ...] = tuple(parse_entry(entry) for entry in allowed)
        self._reachable, self._resolve, self._caps = tuple(reachable), resolve, caps
        self.blocked: list[str] = []
        self._news: dict[str, None] = {}
        self._count = self._sent = self._received = 0
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._folder: Path | None = None

    async def listen(self, folder: Path, uid: int | None) -> None:
        """Open the door in `folder` (which exists) for `uid`; None: for our own uid."""
        self._folder = folder
        listener = socket.socket(socket.AF_UNIX)
        # By descriptor, because the path of a UNIX socket may not be longer than 107 bytes.
        place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        try:
            listener.bind(f"/proc/self/fd/{place}/{SOCKET}")
        finally:
            os.close(place)
        policy.own_top(folder / SOCKET, uid)
        (folder / SOCKET).chmod(0o600)
        self._server = await asyncio.start_unix_server(self._accept, sock=listener, limit=self._caps.head)

    async def close(self) -> None:
        """Cut every connection and shut the door. May be called twice."""
        if self._server is None:
            return
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._folder is not None:
            (self._folder / SOCKET).unlink(missing_ok=True)
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a stream's callback always runs in a task
        if len(self._open) >= self._caps.at_once:
            writer.close()  # without a word: reading what it wants would already cost us a descriptor
            return
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, TimeoutError, _Overdrawn, asyncio.CancelledError):
            pass  # either side went away, was too slow or too greedy, or the door was shut
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(_read_head(reader), self._caps.answer)
            self._count += 1
            if self._count > self._caps.connections:
                raise Refused("this session has used up its connections", status=429)
            request = parse_request(head)
            there = await self._connect(request.to)
        except Refused as refused:
            self._note(refused)
            await _answer(writer, refused.status, str(refused))
            return
        far_reader, far_writer = there
        try:
            if request.tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                sending = self._relay(reader, far_writer, self._take_sent)
            else:
                far_writer.write(request.forward)
                self._take_sent(len(request.forward))
                sending = far_writer.drain()
            await asyncio.gather(sending, self._relay(far_reader, writer, self._take_received))
        finally:
            far_writer.close()

    async def _connect(self, to: Destination) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not is_listed(to, self._allowed):
            raise Refused("not on this session's network list", to)
        try:
            found = await asyncio.wait_for(self._resolve(to.host, to.port), self._caps.answer)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise Refused("the name does not resolve", to, status=502) from error
        address: Address = vet(to, found, self._reachable)
        try:
            return await asyncio.wait_for(asyncio.open_connection(str(address), to.port), self._caps.answer)
        except (OSError, TimeoutError) as error:
            raise Refused("no answer from there", to, status=504) from error

    def _note(self, refused: Refused) -> None:
        entry = f"{refused.to} ({refused})" if refused.to is not None else str(refused)
        if refused.status not in (403, 429) or len(self._news) >= self._caps.blocked:
            return
        self._news[entry] = None
        if entry not in self.blocked and len(self.blocked) < self._caps.blocked:
            self.blocked.append(entry)

    def take_blocked(self) -> tuple[str, ...]:
        """What was refused since this was last asked: what the command that ran meanwhile had wanted."""
        news, self._news = tuple(self._news), {}
        return news

    def _take_sent(self, size: int) -> None:
        self._sent += size
        if self._sent > self._caps.sent:
            self._note(Refused("this session has sent as much as it may"))
            raise _Overdrawn

    def _take_received(self, size: int) -> None:
        self._received += size
        if self._received > self._caps.received:
            self._note(Refused("this session has received as much as it may"))
            raise _Overdrawn

    async def _relay(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, take: Callable[[int], None]
    ) -> None:
        while data := await asyncio.wait_for(source.read(64 * 1024), self._caps.idle):
            take(len(data))
            target.write(data)
            await asyncio.wait_for(target.drain(), self._caps.idle)
        if target.can_write_eof():
            with contextlib.suppress(OSError):
                target.write_eof()


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise Refused("the request's head is too long", status=431) from error
    except asyncio.IncompleteReadError as error:
        raise Refused("the request is not complete", status=400) from error


async def _answer(writer: asyncio.StreamWriter, status: int, reason: str) -> None:
    body = f"maestro: {reason}\n".encode()
    # The reason also stands in the status line, the only part that most clients show when CONNECT is refused.
    head = f"HTTP/1.1 {status} maestro: {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
    await writer.drain()
