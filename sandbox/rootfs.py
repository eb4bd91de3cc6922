"""What the inside of a bubblewrap sandbox looks like: the system's programs and libraries, a few generated files in
/etc, the toolchains, and nothing of anybody's home. Pure: it answers bubblewrap arguments for what it is told exists.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sandbox.api import Limits, Mount
from sandbox.policy import HOME, USER

UID = 1000
"""The user and group inside, whoever it is on the host."""

LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")

SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/fonts",
    "/etc/java*",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/magic",
    "/etc/maven/logging",
    "/etc/maven/m2.conf",
    "/etc/mime.types",
    "/etc/pki/ca-trust/extracted",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
)
"""Public parts of /etc that programs break without. Files where an operator keeps passwords (settings.xml, pip.conf,
gitconfig) are not among them."""

ETC = {
    "passwd": f"root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n{USER}:x:{UID}:{UID}:{USER}:{HOME}:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": f"root:x:0:\n{USER}:x:{UID}:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost maestro\n::1 localhost\n",
    "resolv.conf": "",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n",
    "hostname": "maestro\n",
}

Stage = Callable[[Path], str]
"""Where the launcher will have put a host path; asked once for every path that bubblewrap is to bind."""


def isolation() -> list[str]:
    """New namespaces of every kind, no capability, no way to get one."""
    return [
        *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--new-session"),
        *(
            "--die-with-parent",
            "--as-pid-1",
            "--uid",
            str(UID),
            "--gid",
            str(UID),
            "--hostname",
            "maestro",
            "--clearenv",
        ),
    ]


def system(files: Iterable[str]) -> list[str]:
    """/usr and its friends, as they are linked here; `files` are those of SYSTEM_FILES that exist."""
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in LINKS:
        path = Path("/") / name
        if path.is_symlink():
            arguments += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), str(path)]
    for file in files:
        arguments += ["--ro-bind", file, file]
    return arguments


def own_files(box: Path, stage: Stage, limits: Limits) -> list[str]:
    """Generated /etc, /proc, a small /dev, and HOME and /tmp, which live as long as the sandbox."""
    inside = stage(box)
    arguments: list[str] = []
    for name in ETC:
        arguments += ["--ro-bind", f"{inside}/etc/{name}", f"/etc/{name}"]
    shared = str(min(limits.memory // 4, 1024**3))
    arguments += ["--proc", "/proc", "--dev", "/dev", "--size", shared, "--tmpfs", "/dev/shm"]  # noqa: S108
    arguments += ["--remount-ro", "/dev", "--bind", f"{inside}/home", HOME]
    return [*arguments, "--bind", f"{inside}/tmp", "/tmp", "--symlink", "../tmp", "/var/tmp", "--dir", "/run"]  # noqa: S108


def mounts(wanted: Sequence[Mount], stage: Stage) -> list[str]:
    """Binds in the order given, except that outer targets come before inner ones."""
    arguments: list[str] = []
    for mount in sorted(wanted, key=lambda each: each.target.count("/")):
        arguments += ["--bind" if mount.writable else "--ro-bind", stage(mount.source), mount.target]
    return arguments


def settings(environment: Mapping[str, str]) -> list[str]:
    arguments: list[str] = []
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    return arguments


def present(patterns: Sequence[str]) -> list[str]:
    """The paths of SYSTEM_FILES that exist on this machine. A link is followed when it is bound, so a dangling one is
    left out."""
    root = Path("/")
    found = [str(path) for pattern in patterns for path in sorted(root.glob(pattern.lstrip("/"))) if path.exists()]
    return list(dict.fromkeys(found))
