"""Path patterns as people write them in plans and rules: gitignore's, without negation."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether any pattern covers `path`.

    `*` and `?` stay within one name, `**` crosses folders, `[ab]` is a choice. A pattern without a slash holds at any
    depth; one that names a folder holds for everything below it. Linear in practice, whatever the pattern.
    """
    names = path.split("/")
    return any(_covers(_parts(pattern), names) for pattern in patterns)


def _parts(pattern: str) -> list[str]:
    plain = pattern.strip().removeprefix("./")
    anchored = "/" in plain.rstrip("/")
    parts = [part for part in plain.split("/") if part]
    return parts if anchored or not parts else ["**", *parts]


def _covers(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Walks the names once, keeping every place in the pattern where one may stand: no backtracking to exploit."""
    if not parts:
        return False
    places = _opened({0}, parts)
    for name in names:
        stayed = {at for at in places if at < len(parts) and parts[at] == "**"}
        passed = {at + 1 for at in places - stayed if at < len(parts) and fnmatchcase(name, parts[at])}
        places = _opened(stayed | passed, parts)
        if len(parts) in places or (len(parts) - 1 in stayed):
            return True
    return False


def _opened(places: set[int], parts: Sequence[str]) -> set[int]:
    """`places`, and those behind a `**`, which may stand for no folder at all; but a last `**` needs a name."""
    reached = set(places)
    for at in sorted(places):
        while at < len(parts) - 1 and parts[at] == "**":
            at += 1
            reached.add(at)
    return reached
