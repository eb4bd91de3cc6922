"""The hidden marker in everything we post: finds an earlier attempt again, and nobody else can make one."""

import hashlib
import hmac
import re
from dataclasses import dataclass

_MARKER = re.compile(r"<!-- maestro:([a-z0-9]{1,64}):(\d{1,18}):([0-9a-f]{32}) -->\s*\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker as it stands in a text. Only `is_genuine` tells whether we wrote it."""

    session: str
    seq: int
    mac: str


def mark(key: bytes, session: str, seq: int) -> str:
    """The marker of one post."""
    return f"<!-- maestro:{session}:{seq}:{_mac(key, session, seq)} -->"


def read(text: str) -> Mark | None:
    """The marker that ends a text. One that stands elsewhere was quoted, and counts for nothing."""
    found = _MARKER.search(text[-200:])
    return Mark(found[1], int(found[2]), found[3]) if found else None


def is_genuine(key: bytes, found: Mark) -> bool:
    return hmac.compare_digest(_mac(key, found.session, found.seq).encode(), found.mac.encode())


def split(text: str) -> tuple[str, str]:
    """A text and the marker that ends it ('' when it has none)."""
    found = _MARKER.search(text, max(0, len(text) - 200))
    return (text[: found.start()].rstrip(), found[0].rstrip()) if found else (text, "")


def _mac(key: bytes, session: str, seq: int) -> str:
    return hmac.new(key, f"{session}:{seq}".encode(), hashlib.sha256).hexdigest()[:32]
