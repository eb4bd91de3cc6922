"""What a failure says, as pytest, unittest and the runners of JavaScript tell it."""

import re

_PLACES = re.compile(r"\s+(at |File )|Traceback|    ")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")


def told(message: str) -> list[str]:
    """Its lines without the places where it happened and the addresses of objects; pytest marks those that count."""
    lines = _ADDRESS.sub("", message).strip().splitlines()
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return marked or [line for line in lines if _PLACES.match(line) is None] or lines[:1]
