"""What goes wrong at the Web API on demand."""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure of one method. Status 429 comes with `retry_after` seconds; 0 hangs up without an answer; 200 refuses
    with `word`. With `after`, the call was carried out all the same."""

    status: int
    after: bool = False
    retry_after: int = 1
    word: str = "internal_error"


class Faults:
    """Faults that wait for their method, first in, first out."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def next(self, method: str, *faults: Fault) -> None:
        self._waiting[method].extend(faults)

    @property
    def waiting(self) -> bool:
        """Whether some fault has not been met yet."""
        return any(self._waiting.values())

    def meet(self, method: str) -> Fault | None:
        waiting = self._waiting[method]
        return waiting.popleft() if waiting else None
