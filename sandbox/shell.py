"""What one shell script leaves to the next in the same sandbox: its directory and its exported variables.

The script says both at its end, through a descriptor of its own. It is hostile: what it says is checked for shape and
size, and reaches nothing but later scripts of the same sandbox.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.api import WORKSPACE
from sandbox.channel import Order

SCRIPT = """trap 'trap - EXIT; { pwd -P && printf "\\0" && cat /proc/self/environ; } 2>/dev/null >&9' EXIT
maestro_script=$1; shift; eval "$maestro_script" """

MAX_VARIABLES, MAX_VALUE = 1_000, 64 * 1024
OWN = frozenset({"PWD", "OLDPWD", "SHLVL", "_", "maestro_script"})
"""Variables that every shell sets for itself."""

_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{0,255}")


def argv(script: str) -> tuple[str, ...]:
    return ("sh", "-c", SCRIPT, "sh", script)


@dataclass(slots=True)
class Carried:
    """Where the last script ended, and with which exported variables; None as long as none has ended properly."""

    cwd: str = WORKSPACE
    env: Mapping[str, str] | None = None

    def order(self, script: str, base: Mapping[str, str], extra: Mapping[str, str]) -> Order:
        """A script as a command. `extra` variables are for this script alone."""
        return Order(argv(script), {**(base if self.env is None else self.env), **extra}, self.cwd)

    def learn(self, said: bytes, extra: Mapping[str, str]) -> None:
        """Take over what a script said at its end; nothing of it when any part is not as it must be."""
        folder, *rows = said.split(b"\0")
        pairs = [row.partition(b"=") for row in rows if row]
        fits = folder.startswith(b"/") and len(folder) <= 4096 and len(pairs) <= MAX_VARIABLES
        if not fits or not said.endswith(b"\0"):
            return
        self.cwd = folder.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        self.env = {
            name.decode(): value.decode("utf-8", "surrogateescape")
            for name, _, value in pairs
            if _NAME.fullmatch(name) and len(value) <= MAX_VALUE and name.decode() not in OWN | extra.keys()
        }
