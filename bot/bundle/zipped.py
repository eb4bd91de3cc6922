"""A ZIP in one form only: members stored, sorted by name, no dates, no attributes, no comments. Written and read by the
same rules, so that a reader can tell any other bytes, and where they are. Nothing is ever unpacked to disk."""

import struct
import zlib
from collections.abc import Mapping

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_DATE = 0x21
"""1 January 1980, the first day that the format knows."""

_UTF8 = 0x800
MAX_MEMBERS = 65_000
MAX_NAME = 200


class Damaged(Exception):
    """The archive is not as it was written; `name` is the member, or '' for the archive as such."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name or 'the archive'}: {what}")
        self.name, self.what = name, what


def write(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members."""
    if len(members) > MAX_MEMBERS:
        raise ValueError(f"{len(members)} members are more than {MAX_MEMBERS}")
    parts, directory, at = [], [], 0
    for name, data in sorted(members.items()):
        path, crc, size = name.encode(), zlib.crc32(data), len(data)
        parts += [_LOCAL.pack(b"PK\3\4", 20, _UTF8, 0, 0, _DATE, crc, size, size, len(path), 0), path, data]
        directory += [
            _ENTRY.pack(b"PK\1\2", 20, 20, _UTF8, 0, 0, _DATE, crc, size, size, len(path), 0, 0, 0, 0, 0, at),
            path,
        ]
        at += _LOCAL.size + len(path) + size
    listed = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(listed), at, 0)
    return b"".join([*parts, listed, end])


def read(data: bytes) -> dict[str, bytes]:
    """The members of an archive that `write` made. Raises Damaged for any other bytes, naming the member."""
    members: dict[str, bytes] = {}
    at, last = 0, ""
    while data[at : at + 4] != b"PK\1\2":
        name, content, at = _member(data, at, last)
        if name in members:
            raise Damaged(name, "stands in the archive twice")
        if name < last:
            raise Damaged(name, "is not in its place")
        members[name], last = content, name
    whole = write(members)
    if whole != data:
        place = next(
            (n for n, (a, b) in enumerate(zip(whole, data, strict=False)) if a != b), min(len(whole), len(data))
        )
        raise Damaged(_named(members, place), f"differs from what was written, at byte {place} of the archive")
    return members


def _member(data: bytes, at: int, last: str) -> tuple[str, bytes, int]:
    """(name, content, place after it) of the member at a place."""
    here = _hinted(data, at) or (f"what follows {last}" if last else "")
    if len(data) < at + _LOCAL.size:
        raise Damaged(here, "the archive ends too early")
    sign, _, flags, method, _, _, crc, size, full, length, extra = _LOCAL.unpack_from(data, at)
    if sign != b"PK\3\4":
        raise Damaged(here, "there is no member where one must begin")
    if method or flags != _UTF8 or extra or size != full:
        raise Damaged(here, "is compressed, encrypted or dressed up; members of a bundle are stored as they are")
    start = at + _LOCAL.size + length
    if length > MAX_NAME or len(data) < start + size:
        raise Damaged(here, "says that it is larger than the archive")
    try:
        name = data[at + _LOCAL.size : start].decode()
    except UnicodeDecodeError:
        raise Damaged(here, "has a name that is no text") from None
    content = data[start : start + size]
    if zlib.crc32(content) != crc:
        raise Damaged(here if here and here in name else name, "its bytes are not those that were written")
    return name, content, start + size


def _hinted(data: bytes, at: int) -> str:
    """The name that the directory at the archive's end gives to the member at a place; '' when it gives none."""
    if len(data) < _END.size:
        return ""
    _, _, _, _, count, _, place, _ = _END.unpack_from(data, len(data) - _END.size)
    for _ in range(min(count, MAX_MEMBERS)):
        if place + _ENTRY.size > len(data):
            return ""
        fields = _ENTRY.unpack_from(data, place)
        if fields[0] != b"PK\1\2":
            return ""
        if fields[-1] == at:
            return data[place + _ENTRY.size : place + _ENTRY.size + min(fields[10], MAX_NAME)].decode(errors="replace")
        place += _ENTRY.size + fields[10] + fields[11] + fields[12]
    return ""


def _named(members: Mapping[str, bytes], place: int) -> str:
    """The member whose header, content or line in the directory holds a byte."""
    at = 0
    for name, content in sorted(members.items()):
        at += _LOCAL.size + len(name.encode()) + len(content)
        if place < at:
            return name
    for name in sorted(members):
        at += _ENTRY.size + len(name.encode())
        if place < at:
            return name
    return ""
