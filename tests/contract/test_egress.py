"""The way out: what the proxy passes, what it refuses, and what the package clients of a machine ask it for."""

import asyncio
import json
import os
import socket
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox import clients, egress, toolchains
from sandbox.address import Destination, Refused, destination, is_listed, is_public, parse_entry, parse_request, vet
from sandbox.api import Backend, Mount, SandboxUnavailable
from sandbox.backends import BACKENDS, Wishes, choose
from tests.contract.sandboxes import BACKENDS as NAMES
from tests.contract.sandboxes import backend, engine, opened, sh

LOCAL = ("127.0.0.0/8",)


@dataclass
class World:
    """A web server on this machine, and a resolver that knows the names it is given."""

    port: int = 0
    requests: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError("no such name")
        return self.names[host]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            writer.close()
            return
        self.requests.append(head)
        path = head.split()[1]
        if path == "/away":
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/meta\r\nContent-Length: 0\r\n\r\n")
        else:
            body = b"x" * int(path[5:]) if path.startswith("/big/") else f"here is {path}\n".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    made.names["good.example"] = ["127.0.0.1"]
    yield made
    server.close()
    await server.wait_closed()


Ask = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def door(world: World, folder: Path, *allowed: str, **more: object) -> AsyncIterator[tuple[egress.Gate, Ask]]:
    """A gate and a way to send it one request and read all of its answer."""
    folder.mkdir(exist_ok=True)
    options: dict[str, object] = {"reachable": LOCAL, "resolve": world.resolve, **more}
    gate = egress.Gate(allowed or (f"good.example:{world.port}",), **options)  # type: ignore[arg-type]
    await gate.listen(folder, None)

    async def ask(request: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(folder / egress.SOCKET))
        try:
            writer.write(request)
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()

    try:
        yield gate, ask
    finally:
        await gate.close()


def plain(url: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {url} HTTP/1.1", *lines, "", "")).encode()


def tunnel(to: str, path: str = "/inside") -> bytes:
    return f"CONNECT {to} HTTP/1.1\r\n\r\nGET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def test_plain_http_reaches_a_listed_host_with_a_clean_request(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (gate, ask):
        url = f"http://good.example:{world.port}/a?b=c"
        said = await ask(plain(url, "Host: evil.example", "Proxy-Authorization: Basic x", "Accept: */*", "TE: y"))
    assert said.endswith(b"\r\n\r\nhere is /a?b=c\n")
    assert world.requests == [
        f"GET /a?b=c HTTP/1.1\r\nHost: good.example:{world.port}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    ]
    assert gate.blocked == []


async def test_a_tunnel_reaches_a_listed_host(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (gate, ask):
        said = await ask(tunnel(f"good.example:{world.port}"))
    assert said.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")
    assert said.endswith(b"here is /inside\n")
    assert gate.blocked == []


async def test_names_are_compared_in_one_form(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (_, ask):
        for spelling in ("GOOD.example", "good.EXAMPLE.", "good.example."):
            assert b"here is" in await ask(tunnel(f"{spelling}:{world.port}"))
    assert set(world.asked) == {"good.example"}


async def test_what_is_not_listed_is_refused_named_and_never_resolved(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (gate, ask):
        for request in (
            tunnel(f"other.example:{world.port}"),
            tunnel("good.example:1"),
            tunnel(f"x.good.example:{world.port}"),
            plain("http://good.example/"),
            tunnel(f"127.0.0.1:{world.port}"),
            tunnel(f"[::1]:{world.port}"),
        ):
            assert (await ask(request)).startswith(b"HTTP/1.1 403 maestro: not on this session's network list\r\n")
    assert gate.blocked == [
        f"{where} (not on this session's network list)"
        for where in (
            f"other.example:{world.port}",
            "good.example:1",
            f"x.good.example:{world.port}",
            "good.example:80",
            f"127.0.0.1:{world.port}",
            f"[::1]:{world.port}",
        )
    ]
    assert world.asked == world.requests == []


async def test_a_suffix_covers_names_below_it_only(world: World, tmp_path: Path) -> None:
    world.names["a.b.example"] = ["127.0.0.1"]
    async with door(world, tmp_path, f".b.example:{world.port}") as (_, ask):
        assert b"here is" in await ask(tunnel(f"a.b.example:{world.port}"))
        for name in ("b.example", "ab.example", "a.b.example.org"):
            assert (await ask(tunnel(f"{name}:{world.port}"))).startswith(b"HTTP/1.1 403")


async def test_a_listed_name_that_leads_home_is_refused(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path, reachable=()) as (gate, ask):
        said = await ask(tunnel(f"good.example:{world.port}"))
    assert said.startswith(b"HTTP/1.1 403 maestro: resolves to an address that is not public")
    assert gate.blocked == [f"good.example:{world.port} (resolves to an address that is not public)"]
    assert world.requests == []


async def test_a_name_is_resolved_once_and_the_vetted_address_is_used(world: World, tmp_path: Path) -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with door(world, tmp_path, resolve=rebinding) as (_, ask):
        assert b"here is" in await ask(tunnel(f"good.example:{world.port}"))
        assert len(answers) == 1
        assert (await ask(tunnel(f"good.example:{world.port}"))).startswith(b"HTTP/1.1 403")


async def test_a_redirect_is_the_clients_next_request_and_is_judged_like_any(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (gate, ask):
        assert b"302 Found" in await ask(plain(f"http://good.example:{world.port}/away"))
        assert (await ask(plain("http://169.254.169.254/meta"))).startswith(b"HTTP/1.1 403")
    assert gate.blocked == ["169.254.169.254:80 (not on this session's network list)"]


async def test_what_the_proxy_cannot_read_gets_an_error_and_nothing_else(world: World, tmp_path: Path) -> None:
    at = f"good.example:{world.port}"
    requests = {
        f"CONNECT user@{at} HTTP/1.1": b"403",
        "CONNECT good.example HTTP/1.1": b"400",
        "CONNECT good.example:99999 HTTP/1.1": b"400",
        "CONNECT good.example:+80 HTTP/1.1": b"400",
        "GET / HTTP/1.1": b"400",
        f"GET ftp://{at}/ HTTP/1.1": b"400",
        f"POST http://{at}/ HTTP/1.1": b"403",
        f"GET http://{at}/ HTTP/2": b"400",
        f"GET http://{at}/\r\nX : y HTTP/1.1": b"400",
        f"GET http://{at}/ HTTP/1.1\r\n folded: x": b"400",
        f"get http://{at}/ HTTP/1.1": b"400",
        f"GET http://{at}/ HTTP/1.1\r\nX: a\0b": b"400",
    }
    async with door(world, tmp_path) as (_, ask):
        for request, status in requests.items():
            assert (await ask(request.encode() + b"\r\n\r\n"))[9:12] == status, request
        assert (await ask(b"GET http://" + b"x" * 40_000))[9:12] == b"431"
        assert b"here is" in await ask(tunnel(at))
    assert len(world.requests) == 1


async def test_a_second_request_on_a_plain_connection_goes_nowhere(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (_, ask):
        url = f"http://good.example:{world.port}"
        said = await ask(plain(f"{url}/one") + b"GET /two HTTP/1.1\r\nHost: other.example\r\n\r\n")
    assert b"here is /one" in said
    assert len(world.requests) == 1


async def test_caps_end_what_is_too_much(world: World, tmp_path: Path) -> None:
    caps = egress.Caps(received=10_000, connections=3)
    async with door(world, tmp_path, caps=caps) as (gate, ask):
        at = f"good.example:{world.port}"
        assert len(await ask(tunnel(at, "/big/5000"))) > 5000
        assert len(await ask(tunnel(at, "/big/50000"))) < 50_000
        assert gate.blocked == ["this session has received as much as it may"]
        await ask(tunnel(at, "/big/1"))
        assert (await ask(tunnel(at)))[9:12] == b"429"


async def test_a_session_may_not_send_more_than_its_share(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path, caps=egress.Caps(sent=200)) as (gate, ask):
        assert b"here is" in await ask(tunnel(f"good.example:{world.port}"))
        await ask(tunnel(f"good.example:{world.port}", "/" + "x" * 500))
        assert gate.blocked == ["this session has sent as much as it may"]


async def test_more_connections_than_may_be_open_are_cut(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path, caps=egress.Caps(at_once=2)) as (_, ask):
        idle = [await asyncio.open_unix_connection(str(tmp_path / egress.SOCKET)) for _ in range(2)]
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / egress.SOCKET))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        for each in (writer, *(writer for _, writer in idle)):
            each.close()
        await asyncio.sleep(0.05)
        assert b"here is" in await ask(tunnel(f"good.example:{world.port}"))


async def test_a_closed_gate_cuts_its_connections_and_lets_nobody_in(world: World, tmp_path: Path) -> None:
    async with door(world, tmp_path) as (gate, ask):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / egress.SOCKET))
        writer.write(f"CONNECT good.example:{world.port} HTTP/1.1\r\n\r\n".encode())
        assert b"200" in await reader.readline()
        await gate.close()
        await gate.close()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        with pytest.raises(OSError):
            await ask(tunnel(f"good.example:{world.port}"))


async def test_a_gate_works_below_a_very_long_path(world: World, tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 100)
    folder.mkdir()
    gate = egress.Gate((f"good.example:{world.port}",), reachable=LOCAL, resolve=world.resolve)
    await gate.listen(folder, None)
    assert stat.S_ISSOCK((folder / egress.SOCKET).stat().st_mode)
    await gate.close()
    assert not (folder / egress.SOCKET).exists()


PUBLIC = ("8.8.8.8", "203.0.113.5", "192.0.2.1", "198.51.100.7", "2606:4700::1", "::ffff:808:808", "64:ff9b::808:808")
CLOSED = (
    "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.168.1.1 "
    "198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 fc00::1 fd12::1 fe80::1 ff02::1 "
    "::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::"
)


def test_only_public_addresses_are_connected_to() -> None:
    to = Destination("x.example", 443)
    assert [str(vet(to, [each])) for each in PUBLIC] == list(PUBLIC)
    for address in CLOSED.split():
        with pytest.raises(Refused, match="not public"):
            vet(to, [address])
    assert str(vet(to, ["10.0.0.1", "8.8.8.8"])) == "8.8.8.8"
    assert str(vet(to, ["10.0.0.1"], ["10.0.0.0/24"])) == "10.0.0.1"
    assert is_public(vet(to, ["8.8.8.8"]))
    with pytest.raises(Refused):
        vet(to, [])


def test_odd_spellings_of_addresses_are_no_names() -> None:
    for odd in ("0x7f.1", "2130706433", "127.1", "0177.0.0.1", "0x7f000001", "127.0.0.0x1", "1.2.3.4.5", "x.0"):
        with pytest.raises(Refused, match="odd spelling"):
            destination(f"{odd}:443", None)
    for bad in ("", ".", "a..b", "-a.example", "a b", "ex%61mple", "exämple.org", "a\\b", "a/b", "a#b", "x" * 300):
        with pytest.raises(Refused):
            destination(f"{bad}:443", None)


def test_entries_are_hosts_or_suffixes_with_ports() -> None:
    assert parse_entry("Index.Example.:8443") == Destination("index.example", 8443)
    assert parse_entry("index.example") == Destination("index.example", 443)
    assert parse_entry(".example.org:443") == Destination(".example.org", 443)
    assert parse_entry("10.1.1.1:443") == Destination("10.1.1.1", 443)
    for bad in ("", "*", "*.example.org:443", "https://example.org", "u@example.org:1", ".1.2.3.4:80", "a:0", "..x:1"):
        with pytest.raises(ValueError):
            parse_entry(bad)
    assert not is_listed(Destination("example.org", 443), [parse_entry(".example.org:443")])
    assert parse_request(b"CONNECT a.example:1 HTTP/1.1\r\n\r\n").to == Destination("a.example", 1)


# --- from inside -------------------------------------------------------------------------------------------------

FETCH = """
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try: print(urllib.request.urlopen(url, timeout=10).read().decode().strip())
    except urllib.error.HTTPError as error: print(error.code, error.reason)
    except OSError as error: print("failed")
"""


@pytest.fixture(params=NAMES)
async def place(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> AsyncIterator[Backend]:
    async with backend(request.param, tmp_path / "home", reachable=LOCAL, resolve=world.resolve) as made:
        yield made


async def test_commands_reach_listed_hosts_and_no_others(place: Backend, world: World, tmp_path: Path) -> None:
    good = f"http://good.example:{world.port}"
    async with opened(place, tmp_path / "tree", network=(f"good.example:{world.port}",)) as sandbox:
        urls = (f"{good}/a", f"http://other.example:{world.port}/b", f"http://127.0.0.1:{world.port}/c", f"{good}/d")
        ran = await sandbox.run(["python3", "-c", FETCH, *urls], timeout=20, env={"no_proxy": "", "NO_PROXY": ""})
        refusal = "403 maestro: not on this session's network list"
        assert (ran.exit_code, ran.output.decode()) == (0, f"here is /a\n{refusal}\n{refusal}\nhere is /d\n")
        direct = f"import socket; socket.create_connection(('127.0.0.1', {world.port}), 3)"
        code, _ = await sh(sandbox, f'python3 -c "{direct}" 2>/dev/null')
        assert code == 1
        assert getattr(sandbox, "blocked") == [  # noqa: B009 - not part of the protocol yet
            f"other.example:{world.port} (not on this session's network list)",
            f"127.0.0.1:{world.port} (not on this session's network list)",
        ]
    assert [request.split()[1] for request in world.requests] == ["/a", "/d"]


async def test_a_large_download_comes_through_whole(place: Backend, world: World, tmp_path: Path) -> None:
    count = "import urllib.request as r, sys; print(len(r.urlopen(sys.argv[1]).read()))"
    async with opened(place, tmp_path / "tree", network=(f"good.example:{world.port}",)) as sandbox:
        url = f"http://good.example:{world.port}/big/20000000"
        ran = await sandbox.run(["python3", "-c", count, url], timeout=20)
    assert (ran.exit_code, ran.output) == (0, b"20000000\n")


async def test_without_the_proxy_there_is_no_way_out(place: Backend, world: World, tmp_path: Path) -> None:
    async with opened(place, tmp_path / "tree", network=(f"good.example:{world.port}",)) as sandbox:
        fetch = ["python3", "-c", FETCH, f"http://good.example:{world.port}/a"]
        assert (await sandbox.run(fetch, timeout=20)).output == b"here is /a\n"
        folder = next((tmp_path / "home" / place.name).iterdir()) / "egress"
        (folder / egress.SOCKET).unlink()
        assert b"here is" not in (await sandbox.run(fetch, timeout=20)).output


async def test_the_bridge_passes_the_commands_code_and_leaves_its_waiting_alone(
    place: Backend, world: World, tmp_path: Path
) -> None:
    async with opened(place, tmp_path / "tree", network=(f"good.example:{world.port}",)) as sandbox:
        assert await sh(sandbox, "sleep 0 & wait; exit 7") == (7, "")
        assert (await sandbox.run(["no-such-program"], timeout=10)).exit_code == 127


@pytest.mark.parametrize("language", ["python3", "perl"])
async def test_either_bridge_carries_many_connections(world: World, tmp_path: Path, language: str) -> None:
    folder = Path(egress.__file__).parent
    script = (
        [sys.executable, str(folder / "bridge.py")] if language == "python3" else ["perl", str(folder / "bridge.pl")]
    )
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    many = "import concurrent.futures as c, sys, urllib.request as r\n"
    many += "def get(n): return len(r.urlopen(sys.argv[1]).read())\n"
    many += "print(set(c.ThreadPoolExecutor(16).map(get, range(40))))"
    at = f"good.example:{world.port}"
    async with door(world, tmp_path):
        # The bridge outlives its command outside of a sandbox: a pid namespace ends it, as a backend would.
        process = await asyncio.create_subprocess_exec(
            *("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", *script),
            *(str(tmp_path / egress.SOCKET), str(port), "--", sys.executable, "-c", many, f"http://{at}/big/100000"),
            env={"http_proxy": f"http://127.0.0.1:{port}", "PATH": os.defpath},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
    assert said == b"{100000}\n"


# --- package clients ---------------------------------------------------------------------------------------------


def machine(tmp_path: Path, **env: str) -> clients.Machine:
    """A machine whose only programs are those in `tmp_path/bin`."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    return clients.Machine(f"{tmp_path}/bin:{os.defpath}", tmp_path, env)


def program(tmp_path: Path, name: str, script: str) -> None:
    (tmp_path / "bin").mkdir(exist_ok=True)
    file = tmp_path / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


async def test_pip_is_asked_for_its_own_index(tmp_path: Path) -> None:
    for folder in ("links", "mirror/simple"):
        (tmp_path / folder).mkdir(parents=True)
    env = {
        "PIP_INDEX_URL": "https://user:secret@index.example:8443/simple",
        "PIP_EXTRA_INDEX_URL": f"http://more.example/simple file://{tmp_path}/mirror/simple",
        "PIP_FIND_LINKS": f"{tmp_path}/links",
        "PIP_CONFIG_FILE": os.devnull,
    }
    assert await clients.source("pip", machine(tmp_path, **env)) == clients.Source(
        ("index.example:8443", "more.example:80"),
        {
            "PIP_INDEX_URL": "https://index.example:8443/simple",
            "PIP_EXTRA_INDEX_URL": f"http://more.example/simple file://{tmp_path}/mirror/simple",
            "PIP_FIND_LINKS": f"{tmp_path}/links",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        (Mount(tmp_path / "links", f"{tmp_path}/links"), Mount(tmp_path / "mirror", f"{tmp_path}/mirror")),
    )


async def test_npm_is_asked_for_its_registries(tmp_path: Path) -> None:
    said = {"registry": "https://u:p@npm.example/r/", "@own:registry": "http://own.example:4873/", "cafile": None}
    program(tmp_path, "npm", f"echo warned >&2; echo '{json.dumps(said)}'")
    assert await clients.source("npm", machine(tmp_path)) == clients.Source(
        ("npm.example:443", "own.example:4873"),
        {"npm_config_registry": "https://npm.example/r/", "npm_config_@own:registry": "http://own.example:4873/"},
    )


async def test_cargo_is_asked_for_its_index_and_the_index_for_its_files(tmp_path: Path) -> None:
    program(tmp_path, "cargo", "echo 'failed to download from `http://127.0.0.1:9/index/config.json`'; exit 101")
    assert await clients.hosts("cargo", machine(tmp_path)) == ("127.0.0.1:9",)


async def test_go_is_asked_for_its_proxies_and_its_sums(tmp_path: Path) -> None:
    said = {
        "GOPROXY": "https://u:p@go.example,https://more.example|direct",
        "GOSUMDB": "sum.example+033de0ae",
        "GONOSUMDB": "",
        "GOPRIVATE": "",
        "GONOPROXY": "",
    }
    program(tmp_path, "go", f"echo '{json.dumps(said)}'")
    found = await clients.source("go", machine(tmp_path))
    assert found.hosts == ("go.example:443", "more.example:443", "sum.example:443")
    assert found.env["GOPROXY"] == "https://go.example,https://more.example|direct"


async def test_apt_and_maven_are_asked_for_their_repositories(tmp_path: Path) -> None:
    program(tmp_path, "apt-get", "echo \"'http://deb.example/debian/dists/x/InRelease' deb.example_x 0\"")
    assert await clients.hosts("apt", machine(tmp_path)) == ("deb.example:80",)
    (tmp_path / ".m2").mkdir()
    (tmp_path / ".m2" / "settings.xml").write_text(
        "<settings xmlns='urn:x'><mirrors><mirror><url>https://maven.example/all</url></mirror>"
        "<mirror><url>http://0.0.0.0/</url><blocked>true</blocked></mirror></mirrors></settings>"
    )
    program(tmp_path, "mvn", f"echo 'Maven home: {tmp_path}/nowhere'")
    assert await clients.hosts("maven", machine(tmp_path)) == ("maven.example:443",)


async def test_a_client_that_is_not_there_has_no_hosts(tmp_path: Path) -> None:
    nothing = clients.Machine(str(tmp_path), tmp_path)
    found = {name: await clients.source(name, nothing) for name in ("npm", "cargo", "go", "apt", "maven")}
    assert found == dict.fromkeys(found, clients.Source())
    with pytest.raises(KeyError):
        await clients.source("unknown", nothing)


def reaches(hosts: Sequence[str]) -> bool:
    """Whether this machine can open a connection to all of them."""
    try:
        for each in hosts:
            host, _, port = each.rpartition(":")
            socket.create_connection((host, int(port)), 5).close()
    except OSError:
        return False
    return True


@pytest.mark.enable_socket
@pytest.mark.parametrize("name", NAMES)
async def test_pip_installs_through_the_proxy_and_nothing_else_passes(name: str, tmp_path: Path) -> None:
    found = await clients.source("pip", clients.Machine(os.defpath, Path.home()))
    if not found.hosts or not await asyncio.to_thread(reaches, found.hosts):
        pytest.skip(f"the package index of pip can't be reached from here ({', '.join(found.hosts) or 'none set'})")
    own = toolchains.own_python()
    mounts = (*toolchains.mounts([own]), *found.mounts)
    # A virtual environment of its own takes seconds to make: once is enough.
    script = {
        "bubblewrap": "python3 -m venv /tmp/v && /tmp/v/bin/pip install -q six && /tmp/v/bin/python -c 'import six'",
        "docker": f"{own.program} -m pip install -q --target /tmp/t six && PYTHONPATH=/tmp/t python3 -c 'import six'",
    }[name]
    wishes = {"network": found.hosts, "env": found.env, "mounts": mounts if name == "docker" else found.mounts}
    async with (
        backend(name, tmp_path / "home") as place,
        opened(place, tmp_path / "tree", **wishes) as sandbox,
    ):
        code, said = await sh(sandbox, script, timeout=60)
        assert code == 0, said
        ran = await sandbox.run(["python3", "-c", FETCH, "http://192.0.2.1/"], timeout=20)
        assert ran.output.startswith(b"403 ")


# --- choosing ----------------------------------------------------------------------------------------------------


async def test_a_backend_is_chosen_by_setting_and_machine(tmp_path: Path) -> None:
    assert [kind.name for kind in BACKENDS] == ["bubblewrap", "docker"]
    wishes = Wishes(tmp_path, engine=f"unix://{tmp_path}/nothing.sock")
    assert (await choose("bubblewrap", wishes)).name == "bubblewrap"
    assert (await choose("auto", wishes)).name == "bubblewrap"
    with_image = Wishes(tmp_path, engine=wishes.engine, image="any")
    assert (await choose("auto", with_image)).name == "bubblewrap"
    with pytest.raises(SandboxUnavailable, match="install a Docker engine"):
        await choose("docker", with_image)
    with pytest.raises(ValueError, match="choose auto, bubblewrap or docker"):
        await choose("none", wishes)


async def test_docker_is_chosen_when_an_engine_answers_and_an_image_is_set(tmp_path: Path) -> None:
    found = engine()
    if isinstance(found, str):
        pytest.skip(found)
    for setting in ("auto", "docker"):
        chosen = await choose(setting, Wishes(tmp_path, image=found.image, engine=found.address))
        assert chosen.name == "docker"
        await chosen.close()  # type: ignore[attr-defined]
    with pytest.raises(SandboxUnavailable, match="MAESTRO_SANDBOX_IMAGE"):
        await choose("docker", Wishes(tmp_path, engine=found.address))
