"""The way out: what the proxy passes, what it refuses, and what the package clients of a machine ask it for."""

import asyncio
import os
import socket
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sandbox import clients, egress, toolchains
from sandbox.api import Backend
from sandbox.git import Bare
from sandbox.layers import Layer, Layers, SetUp, SetUpFailed
from tests.contract.repositories import Origin
from tests.contract.sandboxes import BACKENDS as NAMES
from tests.contract.sandboxes import backend, opened, sh

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


async def test_what_a_set_up_was_refused_is_told_with_the_command_that_wanted_it(tmp_path: Path, world: World) -> None:
    origin = Origin(tmp_path)
    base = origin.commit({"a": "b\n"})
    bare = await Bare.create(tmp_path / "session.git", borrow=origin.path)
    look = "python3 -c 'import sys, urllib.request as r\ntry: r.urlopen(sys.argv[1])\nexcept OSError: pass'"
    commands = ("true", f"{look} http://tracker.example/x", "true")
    setup = SetUp(commands, network=(f"good.example:{world.port}",))
    refused = f"tracker.example:80 (not on this session's network list), wanted by {commands[1].splitlines()[0]}"
    async with backend("bubblewrap", tmp_path / "home", reachable=LOCAL, resolve=world.resolve) as made:
        built = await Layers(tmp_path / "home", made).prepare(bare, base, setup)
        kept = await Layers(tmp_path / "home", made).prepare(bare, base, setup)
        failing = replace(setup, commands=(*commands, "exit 3"))
        failed = await Layers(tmp_path / "home", made).prepare(bare, base, failing)
    assert [each.blocked for each in (built, kept, failed)] == [(refused,)] * 3
    assert [type(each) for each in (built, kept, failed)] == [Layer, Layer, SetUpFailed]


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
@pytest.mark.parametrize("name", ["bubblewrap", pytest.param("docker", marks=pytest.mark.long)])
async def test_pip_installs_through_the_proxy_and_nothing_else_passes(name: str, tmp_path: Path) -> None:
    found = await clients.source("pip", clients.Machine(os.defpath, Path.home()))
    if not found.hosts or not await asyncio.to_thread(reaches, found.hosts):
        pytest.skip(f"the package index of pip can't be reached from here ({', '.join(found.hosts) or 'none set'})")
    own = toolchains.own_python()
    mounts = (*toolchains.mounts([own]), *found.mounts)
    # The environment gets no pip of its own: unpacking one takes seconds.
    make = f"{own.program} -m venv --without-pip /tmp/v && {own.program} -m pip --python /tmp/v/bin/python"
    script = f"{make} install -q six && /tmp/v/bin/python -c 'import six'"
    wishes = {"network": found.hosts, "env": found.env, "mounts": mounts if name == "docker" else found.mounts}
    async with (
        backend(name, tmp_path / "home") as place,
        opened(place, tmp_path / "tree", **wishes) as sandbox,
    ):
        code, said = await sh(sandbox, script, timeout=60)
        assert code == 0, said
        ran = await sandbox.run(["python3", "-c", FETCH, "http://192.0.2.1/"], timeout=20)
        assert ran.output.startswith(b"403 ")
