"""The batteries of the sandbox, its channel and its network again, started by an ordinary user.

They run as another uid, in a mount namespace where the checkout and the interpreter can be reached by it: bubblewrap
then has no uid for each session, and no control groups to write.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import policy

ROOT = Path(__file__).resolve().parents[2]
UID = "23456"
HOSTILE = ("tests/hostile/test_sandbox.py", "tests/hostile/test_channel.py")
CONTRACT = ("tests/contract/test_sandbox.py", "tests/contract/test_shell.py", "tests/contract/test_egress.py")
SCRIPT = """
set -e
mount -t tmpfs tmpfs /mnt
n=0
for path in "$@"; do mkdir /mnt/$n; mount --rbind "$path" /mnt/$n; n=$((n + 1)); done
hide() { top=/$(echo "$1" | cut -d/ -f2); [ -e /mnt/done$top ] || { mkdir -p /mnt/done$top; mount -t tmpfs t $top; }; }
n=0
for path in "$@"; do
    case $path in /usr*|/tmp*) ;; *) hide "$path"; mkdir -p "$path"; mount --rbind /mnt/$n "$path";; esac
    n=$((n + 1))
done
cd "$ROOT"
exec setpriv --reuid $AS --regid $AS --clear-groups "$PYTHON" -m pytest --basetemp "$TEMP/run" $BATTERIES \\
    -k "$CASES" -rs --tb=short
"""


def as_user(folder: Path, batteries: tuple[str, ...], cases: str) -> subprocess.CompletedProcess[str]:
    """pytest as an ordinary user; `folder` is below /tmp and becomes theirs."""
    os.chown(folder, int(UID), int(UID))
    places = dict.fromkeys([str(ROOT), sys.base_prefix, sys.prefix])
    env = {"PATH": policy.SYSTEM_PATH, "ROOT": str(ROOT), "PYTHON": sys.executable, "TEMP": str(folder), "AS": UID}
    env |= {"BATTERIES": " ".join(batteries), "CASES": cases, "HOME": str(folder)}
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh", *places]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("batteries", [HOSTILE, pytest.param(CONTRACT, marks=pytest.mark.long)], ids=["hostile", "all"])
def test_the_batteries_hold_when_an_ordinary_user_starts_it(batteries: tuple[str, ...]) -> None:
    if os.geteuid() != 0:
        pytest.skip("not root: all batteries run as an ordinary user already")
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed: the checkout can't be shown to another user")
    folder = Path("/tmp") / f"maestro-plain-{os.getpid()}"
    folder.mkdir()
    try:
        ran = as_user(folder, batteries, "bubblewrap")
    finally:
        shutil.rmtree(folder)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]
