"""What every sandbox promises, whatever builds it: the values that cross this package's border and three protocols.

Errors, all children of `SandboxError`:

    SandboxError
    ├── SandboxUnavailable   no backend can run here; the message says what to install
    ├── SandboxLost          the sandbox died under a command; restore the checkpoint and open another
    ├── GitFailed            host git refused; carries its words, with credentials removed
    │   └── PushRejected     the branch moved or is protected: somebody else's commit stands there
    └── PathRefused          a path that must not be read, written or committed, with the reason
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

WORKSPACE = "/workspace"
"""Where the work tree lies in every sandbox, always."""

GiB = 1024**3


class SandboxError(Exception):
    """Anything this package refuses or fails to do."""


class SandboxUnavailable(SandboxError):
    """No backend can run on this machine; the message names what to install or set."""


class SandboxLost(SandboxError):
    """The sandbox ended while a command ran in it. Nothing is known of that command."""


class GitFailed(SandboxError):
    """Host git ended with an error. The message is git's own, without credentials."""


class PushRejected(GitFailed):
    """The remote branch is not where we last saw it, or it does not let us push."""


class PathRefused(SandboxError):
    """A path that must not be touched: outside the tree, a link, a device, or against the path policy."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sandbox may use. Sizes in bytes, `files` counts inodes, `cpus` in cores."""

    memory: int = 4 * GiB
    pids: int = 512
    disk: int = 4 * GiB
    files: int = 400_000
    output: int = 1024 * 1024
    cpus: float = 2.0


@dataclass(frozen=True, slots=True)
class Mount:
    """A host directory or file shown inside at `target` (absolute)."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """One sandbox to be: what it sees, what it may use, whom it may reach.

    `network` holds `host:port` or `.suffix:port` entries; empty means sealed. `image` is for backends that have images.
    """

    session: str
    workspace: Path
    writable: bool = True
    mounts: tuple[Mount, ...] = ()
    network: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished command. `exit_code` is None when it was ended by its time limit. `output` is stdout and stderr
    as they came, cut in the middle when longer than the limit; `dropped` counts the bytes cut. `seconds` is wall time.
    `blocked` lists the connections that it wanted and was refused, as `host:port (reason)`.
    """

    argv: tuple[str, ...]
    exit_code: int | None
    output: bytes
    dropped: int
    seconds: float
    blocked: tuple[str, ...] = ()

    @property
    def timed_out(self) -> bool:
        return self.exit_code is None


@dataclass(frozen=True, slots=True)
class Capability:
    """One line of `maestro doctor`: what was looked at, whether it is good, and what to do when it is not."""

    name: str
    ok: bool
    found: str
    needed: bool = True
    advice: str = ""


OnOutput = Callable[[bytes], None]


class Sandbox(Protocol):
    """A disposable isolated environment. Files in the workspace survive it, nothing else does."""

    @property
    def blocked(self) -> Sequence[str]:
        """`host:port (reason)` of every connection that was refused so far, each once, oldest first."""
        ...

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        """Run one command in /workspace; `timeout` in seconds. No process that it started outlives it.

        Raises SandboxLost when the sandbox itself ends. Never raises for what the command does.
        """
        ...

    async def shell(
        self,
        script: str,
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> Ran:
        """Run a script for sh where the last one in this sandbox ended: in its directory, with the variables that it
        exported. `env` is for this script alone and is not carried on. Otherwise as `run`."""
        ...

    async def seal(self) -> str | None:
        """Keep what was written outside mounts as an image for later Specs; None where the backend has no images."""
        ...

    async def close(self) -> None:
        """End everything inside. May be called twice."""
        ...


class Backend(Protocol):
    """A way to make sandboxes."""

    @property
    def name(self) -> str: ...

    async def open(self, spec: Spec) -> Sandbox:
        """Raises SandboxUnavailable when this machine can't, SandboxLost when it died at once."""
        ...

    async def capabilities(self) -> tuple[Capability, ...]: ...

    async def sweep(self) -> int:
        """End and remove whatever an earlier process of ours left behind; returns how many."""
        ...

    def environment(self, spec: Spec) -> tuple[str, str]:
        """(image name or 'host', digest of everything the backend shows inside) for evidence records."""
        ...


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository elsewhere. `key` names its mirror (never shared between repositories); `token` is handed to git by
    a credential helper through the environment, never by argv, URL or config."""

    key: str
    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One tracked path of a tree: `mode` as git writes it (100644, 100755, 120000, 160000), `size` in bytes."""

    path: str
    mode: str
    oid: str
    size: int


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs between two trees; None: absent. `added` and `deleted` count lines, -1 when binary."""

    path: str
    old: Entry | None
    new: Entry | None
    renamed_from: str | None = None
    added: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A saved work tree: a commit in the session's own bare repository, what changed since its parent, and the paths
    that policy kept out, as (path, reason)."""

    sha: str
    tree: str
    changes: tuple[Change, ...]
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Author or committer: `at` in whole seconds since the epoch, UTC."""

    name: str
    email: str
    at: int
