"""What can go wrong on the way to GitHub and back, switched on for the next matching request.

A fault may strike before the effect (nothing happened) or after it (it happened, and the caller does not know).
"""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Broken:
    """A gateway error; with `after`, the request was carried out nevertheless."""

    status: int = 502
    after: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection is cut without an answer; with `after`, once the request was carried out."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer comes late, the effect at once (or, without `after`, late too)."""

    seconds: float
    after: bool = True


@dataclass(frozen=True, slots=True)
class Limited:
    """A rate limit: secondary (403 or 429, with or without Retry-After, seconds), or primary with its reset header."""

    status: int = 403
    retry_after: int | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Lagging:
    """A list that does not show its newest item yet."""


Fault: TypeAlias = Broken | Dropped | Slow | Limited | Lagging


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fault that has yet to strike `times` times."""

    method: str
    path: str
    fault: Fault
    times: int


class Faults:
    """The faults that are switched on; each request meets at most one."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []

    def next(self, method: str, path: str, fault: Fault, times: int = 1) -> None:
        """The next `times` requests with this method (`*` = any) and a path that fits the glob meet `fault`."""
        self._waiting.append(Waiting(method, path, fault, times))

    def meet(self, method: str, path: str) -> Fault | None:
        """The fault for this request, counted down."""
        for index, waiting in enumerate(self._waiting):
            if waiting.method in ("*", method) and fnmatchcase(path, waiting.path):
                left = replace(waiting, times=waiting.times - 1)
                self._waiting[index : index + 1] = [left] if left.times else []
                return waiting.fault
        return None

    def clear(self) -> None:
        """Switch everything off."""
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)
