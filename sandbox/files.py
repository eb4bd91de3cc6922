"""Reading and writing below a directory that hostile code may change at any moment.

Every step goes from an open directory to a name in it and follows no link, so nothing outside can be reached, whatever
is swapped meanwhile. Only regular files are opened.
"""

import asyncio
import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from sandbox import register
from sandbox.api import PathRefused, SandboxError

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking: a pipe put in a file's place would otherwise hold us until somebody writes to it.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_PLAIN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def split(path: str) -> list[str]:
    """The names of a relative path; PathRefused when it could lead elsewhere."""
    names = path.split("/")
    if any(name in ("", ".", "..") or "\0" in name for name in names):
        raise PathRefused(path, "not a plain path inside the work tree")
    return names


@contextlib.contextmanager
def folder_of(root: int, path: str, owner: int | None = None, make: bool = False) -> Iterator[tuple[int, str]]:
    """The open directory that holds `path`, and the name in it. With `make`, missing directories are made."""
    *folders, name = split(path)
    here = os.dup(root)
    try:
        for folder in folders:
            try:
                below = _enter(here, folder, owner, make)
            except OSError as error:
                raise PathRefused(path, _folder_fault(here, folder)) from error
            os.close(here)
            here = below
        yield here, name
    finally:
        os.close(here)


def _enter(here: int, folder: str, owner: int | None, make: bool) -> int:
    try:
        return os.open(folder, DIRECTORY, dir_fd=here)
    except FileNotFoundError:
        if not make:
            raise
    os.mkdir(folder, 0o755, dir_fd=here)
    below = os.open(folder, DIRECTORY, dir_fd=here)
    if owner is not None:
        os.fchown(below, owner, owner)
    return below


def _folder_fault(here: int, folder: str) -> str:
    try:
        mode = os.stat(folder, dir_fd=here, follow_symlinks=False).st_mode
    except OSError:
        return "there is no such directory"
    if stat.S_ISLNK(mode):
        return f"{folder} is a link, and links are not followed"
    return f"{folder} is not a directory" if not stat.S_ISDIR(mode) else f"{folder} cannot be entered"


def kind(mode: int) -> str:
    """What a file that is not regular is called."""
    names = {stat.S_IFDIR: "a directory", stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")


def read_regular(folder: int, name: str, path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """At most `limit` bytes of a regular file, and its state when opened. PathRefused for anything else."""
    try:
        file = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError as missing:
        raise PathRefused(path, "there is no such file") from missing
    except PermissionError as denied:
        raise PathRefused(path, "it cannot be read") from denied
    except OSError as error:
        raise PathRefused(path, _file_fault(folder, name)) from error
    try:
        state = os.fstat(file)
        if not stat.S_ISREG(state.st_mode):
            raise PathRefused(path, f"it is {kind(state.st_mode)}, not a file")
        return _read(file, limit), state
    except OSError as error:
        raise PathRefused(path, f"it cannot be read: {error.strerror}") from error
    finally:
        os.close(file)


def _read(file: int, limit: int) -> bytes:
    parts = []
    while limit > 0 and (part := os.read(file, min(limit, 1 << 20))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _file_fault(folder: int, name: str) -> str:
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(state.st_mode):
            return f"it is a link to {os.readlink(name, dir_fd=folder)!r}, and links are not followed"
    except OSError:
        return "there is no such file"
    return f"it is {kind(state.st_mode)}, not a file"


def read_settled(folder: int, name: str, path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """A whole regular file that did not change while it was read; PathRefused when it is larger or won't settle."""
    for _ in range(3):
        data, before = read_regular(folder, name, path, limit + 1)
        if len(data) > limit or before.st_size > limit:
            size = max(before.st_size, len(data))
            raise PathRefused(path, f"its {size:,} bytes are more than the {limit:,} allowed")
        try:
            after = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            continue
        if signature(before) == signature(after) and len(data) == after.st_size:
            return data, after
    raise PathRefused(path, "it changes while it is read")


def signature(state: os.stat_result) -> tuple[int, int, int, int]:
    """Two equal signatures: the same file, unwritten in between. The change time can't be set by whoever writes."""
    return state.st_ctime_ns, state.st_ino, state.st_size, state.st_mode


def write_regular(folder: int, name: str, path: str, data: bytes, owner: int | None) -> None:
    """Put `data` in place of a regular file or of nothing, at once. An executable file stays executable."""
    mode = _replaceable(folder, name, path)
    fresh = f".maestro-write-{secrets.token_hex(8)}"
    file = os.open(fresh, _CREATE, 0o600, dir_fd=folder)
    try:
        with open(file, "wb") as out:
            out.write(data)
            out.flush()
            if owner is not None:
                os.fchown(file, owner, owner)
            os.fchmod(file, 0o755 if mode & 0o100 else 0o644)
        os.rename(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(fresh, dir_fd=folder)
        raise PathRefused(path, f"it cannot be written: {error.strerror}") from error


def _replaceable(folder: int, name: str, path: str) -> int:
    """The mode of what stands there; 0 for nothing. PathRefused unless it is a regular file."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0
    if not stat.S_ISREG(mode):
        raise PathRefused(path, f"{kind(mode)} stands there")
    return mode


async def give(root: Path, owner: int | None) -> None:
    """Hand a directory that nobody else sees yet, and all in it, to `owner` (uid and gid)."""
    if owner is not None:
        await _program("chown", "-R", "-h", "--", f"{owner}:{owner}", str(root.absolute()))


async def copy(source: Path, target: Path) -> None:
    """Copy a file or directory of ours, links as links, sharing blocks where the file system can."""
    await _program("cp", "-a", "--reflink=auto", "-T", "--", str(source.absolute()), str(target.absolute()))


async def publish(folder: Path) -> None:
    """Make a directory that sandboxes made ours, for every uid to read and for none to write. Nothing runs in it."""
    if os.geteuid() == 0:
        await give(folder, 0)
    await _program("chmod", "-R", "u+rwX,go+rX,go-w,a-st", "--", str(folder.absolute()))


async def remove(path: Path) -> None:
    """Remove whatever stands at `path`, however deep and however protected; nothing there is fine. Nothing may run in
    it any more."""
    if not os.path.lexists(path):
        return
    await asyncio.to_thread(register.remove, path.absolute())
    if os.path.lexists(path):
        raise SandboxError(f"{path} cannot be removed")


async def _program(*argv: str) -> None:
    null, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*argv, stdin=null, stdout=null, stderr=pipe, env=_PLAIN)
    _, err = await process.communicate()
    if process.returncode != 0:
        raise SandboxError(f"{argv[0]}: {err.decode(errors='replace').strip()[-500:]}")
