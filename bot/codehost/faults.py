"""What GitHub's refusals mean: pure, from one answer to the exception that says when to try again, or what to change.

Trouble
├── Limited       a rate limit: nobody may write until `retry_in` seconds have passed
├── Unknown       GitHub doesn't know our key or token: an operator mends that, and nothing heard is lost meanwhile
└── Forbidden
    └── Denied    an answer that will not change by asking again; carries the status and GitHub's own words
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.ports import Forbidden, Trouble

MINUTE = 60.0
LONGEST_LIMIT = 3600.0
KEY_ADVICE = "GITHUB_APP_ID and GITHUB_PRIVATE_KEY must belong to the same App, and this machine's clock must be right."


class Limited(Trouble):
    """A primary or secondary rate limit."""


class Unknown(Trouble):
    """Our key or token is not good (any more)."""


class Denied(Forbidden):
    """GitHub's final word. `status` is the HTTP status, `message` what it wrote."""

    def __init__(self, what: str, status: int, message: str, advice: str = "") -> None:
        super().__init__(what, advice)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that was no success: `doing` is what was asked (method and path), header names are lower case."""

    doing: str
    status: int
    message: str
    headers: Mapping[str, str]


def judge(failure: Failure, now: float, strikes: int = 0) -> Trouble:
    """The exception for an answer. `now` is in seconds since the epoch; `strikes` counts limits met in a row."""
    what = f"GitHub answered {failure.status} to {failure.doing}: {failure.message or 'without a reason'}"
    if is_limit(failure):
        return Limited(what, retry_in=limit_wait(failure.headers, now, strikes))
    if failure.status == 401 or "integration not found" in failure.message.lower():
        return Unknown(what, retry_in=MINUTE, advice=KEY_ADVICE)
    if failure.status >= 500:
        return Trouble(what, retry_in=10.0, advice="GitHub's own status: https://www.githubstatus.com")
    if failure.status in (408, 409, 425):
        return Trouble(what, retry_in=5.0)
    return Denied(what, failure.status, failure.message, advice(failure))


def is_limit(failure: Failure) -> bool:
    """Whether it is a rate limit. Secondary ones may come as a bare 403: only the words tell."""
    if failure.status == 429:
        return True
    words = failure.message.lower()
    told = "retry-after" in failure.headers or failure.headers.get("x-ratelimit-remaining") == "0"
    return failure.status == 403 and (told or "rate limit" in words or "abuse detection" in words)


def limit_wait(headers: Mapping[str, str], now: float, strikes: int) -> float:
    """Seconds to wait: what GitHub says, else its reset time, else a minute that doubles with each strike."""
    said = _number(headers.get("retry-after"))
    if said is None and headers.get("x-ratelimit-remaining") == "0":
        reset = _number(headers.get("x-ratelimit-reset"))
        said = None if reset is None else reset - now + 1.0
    if said is None:
        said = MINUTE * 2.0 ** min(strikes, 5)
    return min(max(said, 1.0), LONGEST_LIMIT)


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None


def advice(failure: Failure) -> str:
    """Which setting to look at."""
    words = failure.message.lower()
    if "archived" in words:
        return "The repository is archived; unarchive it in its settings, or work elsewhere."
    if "suspended" in words:
        return "The App's installation is suspended; an owner can lift that under Settings → GitHub Apps."
    if "permissions requested are not granted" in words or "not accessible by integration" in words:
        return (
            "The App lacks a permission of app.yml; grant it in the App's settings and accept it on the installation."
        )
    if failure.status in (404, 422) and "/access_tokens" in failure.doing:
        return "The App isn't installed on this repository any more; install it there again."
    if failure.status == 404:
        return "It is gone, or the App isn't installed there: look at Settings → GitHub Apps of the repository's owner."
    return ""
