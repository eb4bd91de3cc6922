"""Host git: the one place where the host starts git, with an emptied environment.

Every git process of the host starts in `run`. It sees no user, system or work-tree configuration, runs no hooks, file
monitors, filters or diff programs, speaks only the one protocol of the address it was given, and gets a token only by
its environment, for that one host. It is never pointed at a directory that sandboxed code can write.

Paths are text with undecodable bytes as surrogates (`os.fsdecode`): show them with care.
"""

import asyncio
import base64
import contextlib
import os
import re
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

from sandbox.api import GitFailed, Remote

GIT = shutil.which("git") or "git"
LOCAL, NETWORK = 120.0, 900.0
"""Seconds that git may take for local work, and for work with a remote."""

_CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.symlinks": "true",
    "core.quotePath": "false",
    "core.fsync": "committed",
    "core.bigFileThreshold": "32m",
    "credential.helper": "",
    "diff.renameLimit": "1000",
    # One pack a checkpoint, rolled together now and then: half the time of loose objects, and one fsync.
    "fastimport.unpackLimit": "1",
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "http.followRedirects": "initial",
    "maintenance.auto": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
}
_ENVIRONMENT = {
    "PATH": f"{Path(GIT).parent}:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_CEILING_DIRECTORIES": "/",
}
_TOKEN = "MAESTRO_GIT_TOKEN"  # noqa: S105 - the variable's name, not a token
# The quotes are the shell's: the token is expanded by the helper, so it stands in no argument list.
_HELPER = f'!f() {{ test "$1" = get && printf \'username=x-access-token\\npassword=%s\\n\' "${_TOKEN}"; }}; f'
_USERINFO = re.compile(r"://[^/@\s]+@")
_STDERR = 64 * 1024
_PIPE = asyncio.subprocess.PIPE


@dataclass(frozen=True, slots=True)
class Ended:
    """A finished git process; `cut` when its output was longer than the limit and it was stopped there."""

    code: int
    out: bytes
    err: str
    cut: bool


def address(remote: Remote) -> str:
    """The URL git is given: https, http or a local path as file. Refuses every other scheme and user names in it."""
    url = f"file://{remote.url}" if remote.url.startswith("/") else remote.url
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http", "file"):
        raise GitFailed(f"only https, http and file addresses are allowed, not {parts.scheme or 'a bare name'!r}")
    if parts.username is not None or any(c.isspace() or not c.isprintable() for c in url):
        raise GitFailed("the repository's address holds a user name, a space or a control character")
    return url


def _redact(text: str, remote: Remote | None) -> str:
    if remote is not None and remote.token:
        basic = base64.b64encode(f"x-access-token:{remote.token}".encode()).decode()
        for form in (remote.token, quote(remote.token, safe=""), basic):
            text = text.replace(form, "***")
    return _USERINFO.sub("://***@", text)


def _command(git_dir: Path | None, args: Sequence[str], remote: Remote | None) -> list[str]:
    config = dict(_CONFIG)
    if remote is not None and remote.token:
        url = urlsplit(address(remote))
        config[f"credential.{url.scheme}://{url.netloc}.helper"] = _HELPER
    settings = [part for key, value in config.items() for part in ("-c", f"{key}={value}")]
    return [GIT, *settings, *([f"--git-dir={git_dir}"] if git_dir else []), *args]


def _environment(remote: Remote | None, extra: Mapping[str, str]) -> dict[str, str]:
    env = _ENVIRONMENT | dict(extra)
    env["GIT_ALLOW_PROTOCOL"] = urlsplit(address(remote)).scheme if remote else "none"
    if remote is not None and remote.token:
        env[_TOKEN] = remote.token
    return env


async def _take(stream: asyncio.StreamReader, limit: int | None) -> tuple[bytes, bool]:
    """At most `limit` bytes, and whether there was more."""
    taken = bytearray()
    while chunk := await stream.read(1 << 18):
        taken += chunk
        if limit is not None and len(taken) > limit:
            return bytes(taken[:limit]), True
    return bytes(taken), False


async def _drain(stream: asyncio.StreamReader) -> bytes:
    """The last words of a stream, read to its end so that nobody blocks on it."""
    words = b""
    while chunk := await stream.read(1 << 16):
        words = (words + chunk)[-_STDERR:]
    return words


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _attend(process: asyncio.subprocess.Process, data: bytes, limit: int | None) -> tuple[bytes, bytes, bool]:
    out, err = _pipes(process)
    async with asyncio.TaskGroup() as group:
        words = group.create_task(_drain(err))
        group.create_task(_feed(process, data))
        taken, cut = await _take(out, limit)
        if cut:
            _kill(process)
            await _drain(out)  # asyncio waits for the end of every pipe, also of one that nobody reads any more
    return taken, words.result(), cut


def _pipes(process: asyncio.subprocess.Process) -> tuple[asyncio.StreamReader, asyncio.StreamReader]:
    if process.stdout is None or process.stderr is None:
        raise GitFailed("git was started without pipes")
    return process.stdout, process.stderr


async def _finish(process: asyncio.subprocess.Process) -> None:
    """End the process if it still runs, and read its pipes out so that nothing of it stays open."""
    _kill(process)
    for pipe in _pipes(process):
        await _drain(pipe)
    await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def _start(argv: list[str], stdin: bytes | IO[bytes], env: Mapping[str, str]) -> asyncio.subprocess.Process:
    given: int | IO[bytes] = stdin if not isinstance(stdin, bytes) else _PIPE if stdin else asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *argv, stdin=given, stdout=_PIPE, stderr=_PIPE, env=env, cwd="/", start_new_session=True
        )
    except FileNotFoundError as missing:
        raise GitFailed("git is not installed on this machine") from missing


async def end(
    git_dir: Path | None,
    *args: str,
    stdin: bytes | IO[bytes] = b"",
    env: Mapping[str, str] | None = None,
    remote: Remote | None = None,
    limit: int | None = None,
    timeout: float = LOCAL,
) -> Ended:
    """Run git to its end, whatever its exit code. `stdin` is bytes or an open file; `limit` bounds stdout in bytes.

    Raises GitFailed when git is missing or takes longer than `timeout` seconds.
    """
    process = await _start(_command(git_dir, args, remote), stdin, _environment(remote, env or {}))
    try:
        async with asyncio.timeout(timeout):
            out, err, cut = await _attend(process, stdin if isinstance(stdin, bytes) else b"", limit)
            code = await process.wait()
    except TimeoutError as late:
        raise GitFailed(f"git {args[0]} took longer than {timeout:.0f} s") from late
    finally:
        await _finish(process)
    return Ended(code, out, _redact(err.decode(errors="replace"), remote), cut)


async def run(
    git_dir: Path | None,
    *args: str,
    stdin: bytes | IO[bytes] = b"",
    env: Mapping[str, str] | None = None,
    remote: Remote | None = None,
    limit: int | None = None,
    timeout: float = LOCAL,
) -> bytes:
    """`end`, with every exit code but 0 raised as GitFailed in git's own words, without credentials."""
    ended = await end(git_dir, *args, stdin=stdin, env=env, remote=remote, limit=limit, timeout=timeout)
    if ended.code != 0 and not ended.cut:
        raise GitFailed(f"git {args[0]}: {ended.err.strip()[-2000:] or f'exit code {ended.code}'}")
    return ended.out


def fields(out: bytes) -> Iterable[str]:
    """The NUL-terminated fields of a git answer."""
    return (os.fsdecode(part) for part in out.split(b"\0")[:-1])
