"""Secrets that an operator lends to sessions: encrypted at rest, one file each, opened only for a command that runs.

AES-256-GCM under a key derived from the master key; the name, the repository and the phases are bound to the value, so
a file that was renamed or widened does not open. Without the right master key nothing opens, and nothing is guessed.
"""

import base64
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.session import Phase

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
SHORTEST, LONGEST = 8, 32 * 1024
"""Characters of a value: a shorter one could not be kept out of texts, a longer one is no secret."""

MASTER = 32
"""Characters that a master key has at least."""

LENDABLE = (Phase.PLANNING, Phase.WORKING)
FORBIDDEN = frozenset({"PATH", "HOME", "SHELL", "USER", "LOGNAME", "TMPDIR", "LANG", "ENV", "BASH_ENV", "IFS"})


class VaultError(Exception):
    """What can't be kept or opened, and what to do; never with a value in it."""


@dataclass(frozen=True, slots=True)
class Held:
    """One secret by name: for which repository (`owner/name`), in which phases it may be lent."""

    name: str
    repo: str
    phases: tuple[str, ...]

    def bound(self) -> bytes:
        return json.dumps([self.name, self.repo.lower(), sorted(self.phases)]).encode()


class Vault:
    """The secrets below `folder`. `master` is the operator's key; without one there are names and no values."""

    def __init__(self, folder: Path, master: str = "") -> None:
        if master and len(master) < MASTER:
            raise VaultError(
                f"MAESTRO_MASTER_KEY needs at least {MASTER} characters: `openssl rand -base64 32` makes some."
            )
        self._folder = folder
        self._key = (
            hashlib.scrypt(master.encode(), salt=b"maestro vault", n=2**14, r=8, p=1, dklen=32) if master else b""
        )
        self._seen: tuple[tuple[str, int], ...] = ()
        self._values: tuple[str, ...] = ()

    def names(self, repo: str) -> tuple[Held, ...]:
        """What is kept for a repository, by name."""
        return tuple(held for held, _ in self._rows() if held.repo.lower() == repo.lower())

    def everything(self) -> tuple[Held, ...]:
        return tuple(held for held, _ in self._rows())

    def lend(self, repo: str, names: Iterable[str], phase: Phase) -> dict[str, str]:
        """The values that a session of this repository has switched on and may use in this phase."""
        wanted = set(names)
        if not wanted or not self._key:
            return {}
        rows = [row for row in self._rows() if row[0].repo.lower() == repo.lower() and row[0].name in wanted]
        return {held.name: self._opened(held, sealed) for held, sealed in rows if phase in held.phases}

    def values(self) -> tuple[str, ...]:
        """Every value that can be opened, for redaction; read again when a file has changed."""
        seen = tuple((path.name, path.stat().st_mtime_ns) for path in self._files())
        if seen != self._seen and self._key:
            found = []
            for held, sealed in self._rows():
                try:
                    found.append(self._opened(held, sealed))
                except VaultError:
                    continue  # of another master key: it is never lent, so it can't get out
            self._seen, self._values = seen, tuple(found)
        return self._values

    def keep(self, held: Held, value: str) -> None:
        """Store a value, in the place of an earlier one."""
        if not self._key:
            raise VaultError("MAESTRO_MASTER_KEY is not set: without it nothing can be kept.")
        if not NAME.fullmatch(held.name) or held.name in FORBIDDEN or held.name.startswith("LD_"):
            raise VaultError(
                f"{held.name[:70]!r} can't be a secret's name: capitals, digits and _, and none the shell uses."
            )
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", held.repo):
            raise VaultError(f"{held.repo!r} is no repository: owner/name")
        if not SHORTEST <= len(value) <= LONGEST or "\0" in value:
            raise VaultError(f"a value has {SHORTEST} to {LONGEST:,} characters and no NUL")
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self._key).encrypt(nonce, value.encode("utf-8", "surrogateescape"), held.bound())
        said = {"name": held.name, "repo": held.repo, "phases": list(held.phases)}
        self._write(held, json.dumps(said | {"sealed": base64.b64encode(sealed).decode()}))

    def remove(self, name: str, repo: str) -> bool:
        """Forget a secret; False when there was none."""
        path = self._path(name, repo)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def _path(self, name: str, repo: str) -> Path:
        digest = hashlib.sha256(f"{repo.lower()}\n{name}".encode()).hexdigest()
        return self._folder / f"{digest[:32]}.json"

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []

    def _rows(self) -> list[tuple[Held, bytes]]:
        rows = []
        for path in self._files():
            said = json.loads(path.read_text())
            rows.append((Held(said["name"], said["repo"], tuple(said["phases"])), base64.b64decode(said["sealed"])))
        return sorted(rows, key=lambda row: (row[0].repo, row[0].name))

    def _opened(self, held: Held, sealed: bytes) -> str:
        try:
            return AESGCM(self._key).decrypt(sealed[:12], sealed[12:], held.bound()).decode("utf-8", "surrogateescape")
        except InvalidTag:
            raise VaultError(f"the secret {held.name} was kept under another MAESTRO_MASTER_KEY, or altered") from None

    def _write(self, held: Held, text: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(held.name, held.repo)
        part = path.with_suffix(f".{secrets.token_hex(6)}")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        part.rename(path)
