"""The compilers and interpreters of this machine, offered inside by read-only binds of their prefixes.

Each program is asked itself where it lives, since what PATH finds may be a shim or a link. A prefix is bound at its own
absolute path: run-time library paths, script headers and virtual environments hold such paths, and a moved Python
was seen loading another Python's library. Directories above it are empty inside. A home directory, or
`.local` in one, is never bound: from there only the program's own file is.
"""

import asyncio
import pwd
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.api import Mount
from sandbox.process import capture

SYSTEM = (Path("/usr"), Path("/bin"), Path("/sbin"), Path("/lib"), Path("/lib64"))
"""What every sandbox sees anyway."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One found toolchain: `prefix` is bound when not None; `folder` comes to the front of PATH inside when set."""

    name: str
    version: str
    program: Path
    prefix: Path | None = None
    folder: str | None = None

    @property
    def mount(self) -> Mount | None:
        return None if self.prefix is None else Mount(self.prefix, str(self.prefix))


@dataclass(frozen=True, slots=True)
class _Question:
    """What to ask a program for its version and for the path of the real program or of its root: argument lists,
    whose answers are read together."""

    name: str
    program: str
    arguments: tuple[tuple[str, ...], ...]
    answer: re.Pattern[str]


QUESTIONS = (
    _Question(
        "python3",
        "python3",
        (("-I", "-c", "import sys; print(sys.version.split()[0], sys.base_prefix, sep='\\n')"),),
        re.compile(r"(?P<version>\S+)\n(?P<root>/.*)"),
    ),
    _Question(
        "node",
        "node",
        (("-p", "process.versions.node + '\\n' + process.execPath"),),
        re.compile(r"(?P<version>\S+)\n(?P<program>/.*)"),
    ),
    _Question(
        "cargo",
        "rustc",
        (("--version",), ("--print", "sysroot")),
        re.compile(r"rustc (?P<version>\S+).*\n(?P<root>/.*)"),
    ),
    _Question(
        "go",
        "go",
        (("env", "GOVERSION", "GOROOT"),),
        re.compile(r"go(?P<version>\S+)\n(?P<root>/.*)"),
    ),
    _Question(
        "java",
        "java",
        (("-XshowSettings:properties", "-version"),),
        re.compile(r"(?s)java\.home = (?P<root>/[^\n]*).*?java\.version = (?P<version>\S+)"),
    ),
)


def own_python() -> Toolchain:
    """The interpreter that runs this program (never its virtual environment)."""
    version = ".".join(map(str, sys.version_info[:3]))
    return _toolchain("python3", version, Path(sys.base_prefix), Path(sys.base_prefix) / "bin" / "python3")


async def find(path: str, home: Path) -> tuple[Toolchain, ...]:
    """What is there to offer. `path` is the PATH to search; `home` is HOME for programs that read their settings
    there (rustup). Programs that don't answer properly are left out."""
    own = own_python()
    found = await asyncio.gather(*(_ask(question, path, home) for question in QUESTIONS))
    return (own, *(each for each in found if each is not None and each.program != own.program))


async def _ask(question: _Question, path: str, home: Path) -> Toolchain | None:
    program = shutil.which(question.program, path=path)
    if program is None:
        return None
    said = ""
    for arguments in question.arguments:
        code, answer = await capture([program, *arguments], env={"PATH": path, "HOME": str(home)})
        said += answer if code == 0 else ""
    found = question.answer.search(said)
    return None if found is None else _located(question.name, found.groupdict())


def _located(name: str, said: Mapping[str, str | None]) -> Toolchain:
    version = said.get("version") or "unknown"
    root, program = said.get("root"), said.get("program")
    if root is not None:
        return _toolchain(name, version, Path(root.strip()), Path(root.strip()) / "bin" / name)
    real = Path((program or "").strip())
    return _toolchain(name, version, real.parent.parent, real)


def _toolchain(name: str, version: str, prefix: Path, program: Path) -> Toolchain:
    if any(prefix.is_relative_to(place) for place in SYSTEM):
        return Toolchain(name, version, program)
    if is_private(prefix, homes()):
        return Toolchain(name, version, program, program, str(program.parent))
    return Toolchain(name, version, program, prefix, str(program.parent))


def homes() -> tuple[Path, ...]:
    """Home directories on this machine. The places that some system users have for a home don't count."""
    shared = {Path(name) for name in ("/", "/bin", "/usr", "/usr/sbin", "/dev", "/proc", "/nonexistent")}
    return tuple(sorted({Path(user.pw_dir) for user in pwd.getpwall()} - shared))


def is_private(prefix: Path, homes: Sequence[Path]) -> bool:
    """Whether binding this directory would show somebody's own files."""
    return any(home.is_relative_to(prefix) or prefix == home / ".local" for home in homes)


def path_folders(toolchains: Sequence[Toolchain]) -> list[str]:
    """Directories for the front of PATH, each once, in order."""
    return list(dict.fromkeys(each.folder for each in toolchains if each.folder is not None))


def mounts(toolchains: Sequence[Toolchain]) -> tuple[Mount, ...]:
    return tuple(dict.fromkeys(each.mount for each in toolchains if each.mount is not None))
