"""Databases to test against, as a pytest plugin: `address` is that of a new SQLite file, then of a new PostgreSQL one.

A PostgreSQL server is started here from the installed programs, on a unix socket in a temporary directory; where there
are none, what needs it is skipped and says so. Use it with `pytest_plugins = ["tests.contract.databases"]`.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from bot.store import SqlStore

_DATABASES = itertools.count(1)


def _programs() -> Path | None:
    """Where PostgreSQL's own programs lie: Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


def _unprivileged(home: Path) -> list[str]:
    """PostgreSQL refuses to run as root; ended with us, even if we are killed."""
    own = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return own
    postgres = pwd.getpwnam("postgres")
    os.chown(home, postgres.pw_uid, postgres.pw_gid)
    return [*own, "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]


def _wait_for(server: subprocess.Popen[bytes], home: Path) -> None:
    for _ in range(600):
        if (home / ".s.PGSQL.5432").exists():
            try:
                return psycopg.connect(host=str(home), user="postgres").close()
            except psycopg.OperationalError:
                pass  # it is still starting
        if server.poll() is not None:
            break
        time.sleep(0.02)
    pytest.fail("PostgreSQL did not start: " + (home / "log").read_text())


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """The directory of a running server's socket."""
    programs = _programs()
    if programs is None or shutil.which("setpriv") is None:
        pytest.skip("PostgreSQL is not installed")
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short: a socket's path has at most 107 characters
    as_user = _unprivileged(home)
    arguments = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    made: list[str | Path] = [*as_user, programs / "initdb", "-D", home / "data", *arguments]
    subprocess.run(made, check=True, capture_output=True, cwd="/")
    settings: list[str | Path] = ["-k", home, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"]
    with (home / "log").open("wb") as log:
        command: list[str | Path] = [*as_user, programs / "postgres", "-D", home / "data", *settings]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    try:
        _wait_for(server, home)
        yield home
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(home)


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/maestro.db"


@pytest.fixture
def postgresql_address(postgresql_server: Path) -> str:
    name = f"maestro{next(_DATABASES)}"
    with psycopg.connect(host=str(postgresql_server), user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://postgres@/{name}?host={postgresql_server}"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    """An empty store."""
    opened = SqlStore(address)
    await opened.migrate()
    yield opened
    await opened.close()
