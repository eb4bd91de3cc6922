"""The three shapes of failure. A `Refusal` is a value, told to the human as an event. `Trouble` is the one exception
that the supervisor retries. Anything else that is raised is a bug: caught once, at the top, and said with its place.

    Trouble           something outside failed; `retry_in` seconds tells when to try again, None: no use trying
    └── Forbidden     the outside refused us for good (permission removed, repository gone)
    Conflict          another writer appended first: read again, decide again
    Overtaken         the session is another worker's now: stop at once, and leave it alone
"""

from datetime import datetime
from typing import Protocol


class Trouble(Exception):
    """Something outside failed. `retry_in` is in seconds; None means that trying again is of no use."""

    def __init__(self, what: str, *, retry_in: float | None = 5.0, advice: str = "") -> None:
        super().__init__(what)
        self.what, self.retry_in, self.advice = what, retry_in, advice


class Forbidden(Trouble):
    """The outside refused us for good."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what, retry_in=None, advice=advice)


class Conflict(Exception):
    """Another writer appended to this session first."""


class Overtaken(Exception):
    """The session's lease is no longer ours: whatever is under way is another worker's now."""


class Clock(Protocol):
    def now(self) -> datetime: ...
