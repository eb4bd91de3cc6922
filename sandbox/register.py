"""What a sandbox leaves on disk, and finding it again after its owner was killed.

`<home>/<id>/` holds everything one sandbox needs beside its work tree; the file `owner` in it names the process that
made it. A box whose owner is alive is never touched: several workers may share one home.
"""

import os
import secrets
import subprocess
from pathlib import Path

OWNER = "owner"


def new_box(home: Path) -> Path:
    """A fresh box, owned by this process. Its parents are made when missing; its own mode lets others pass through."""
    home.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    hidden = home / f".{name}"  # nobody may find it before it says whose it is
    hidden.mkdir()
    hidden.chmod(0o711)
    (hidden / OWNER).write_text(identity(os.getpid()) or "")
    return hidden.rename(home / name)


def orphans(home: Path) -> list[Path]:
    """Boxes whose owner is no more."""
    if not home.is_dir():
        return []
    return [box for box in sorted(home.iterdir()) if not box.name.startswith(".") and not _alive(box)]


def _alive(box: Path) -> bool:
    try:
        return is_alive((box / OWNER).read_text())
    except OSError:
        return False


def is_alive(owner: str) -> bool:
    """Whether the process of this `identity` still runs."""
    return bool(owner) and identity(int(owner.split()[0])) == owner


def identity(pid: int) -> str | None:
    """A name for one process that no later process shares: pid, start time in clock ticks, boot. None: no such one."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return f"{pid} {status.rpartition(')')[2].split()[19]} {boot}"


def remove(path: Path) -> None:
    """Delete a tree in which hostile code has written: any depth, any mode, never through a link, never across a
    mount. Nothing may run in it any more. Blocking."""
    _run("rm", "-rf", "--one-file-system", "--", str(path))
    if path.exists():  # directories that forbid their owner to look inside
        _run("chmod", "-R", "u+rwX", "--", str(path))
        _run("rm", "-rf", "--one-file-system", "--", str(path))


def _run(*argv: str) -> None:
    subprocess.run(argv, check=False, capture_output=True, cwd="/", env={"PATH": os.defpath})
