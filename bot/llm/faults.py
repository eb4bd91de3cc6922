"""What can go wrong with a model server, sorted: whether and when to try again, and what to tell the operator."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 300
"""Characters of a server's own words that are passed on."""

_KEY_SHAPED = re.compile(r"sk-[\w*.\-]{4,}")
_CONTEXT = re.compile(r"context.{0,20}(length|window|limit|size)|too many tokens|maximum.{0,20}tokens|too long", re.I)


class Fault(Exception):
    """One failed attempt. `again` tells whether another may succeed, `after` seconds if the server said so."""

    def __init__(self, what: str, *, again: bool = False, after: float | None = None, advice: str = "") -> None:
        super().__init__(what)
        self.what, self.again, self.after, self.advice = what, again, after, advice


def of_status(status: int, code: str | None, said: str, retry_after: str | None, model: str) -> Fault:
    """The fault behind an HTTP status; `said` and `code` are the server's own words."""
    words = f" It said: {said}" if said else ""
    if status in (401, 403):
        return Fault(f"The model server refused the key ({status}).{words}", advice="Check OPENAI_API_KEY.")
    if status == 404:
        advice = "Check MAESTRO_MODEL, MAESTRO_MODEL_API and OPENAI_BASE_URL."
        return Fault(f"The model server does not know the model {model} or the address (404).{words}", advice=advice)
    if status == 402 or code == "insufficient_quota":
        return Fault(
            f"The model account has no credit left.{words}", advice="Add credit, or set another OPENAI_API_KEY."
        )
    if status in (400, 413, 422) and (code == "context_length_exceeded" or _CONTEXT.search(said)):
        advice = "Set MAESTRO_CONTEXT_TOKENS to what the model can hold, and start a new session for the rest."
        return Fault(f"The conversation is longer than the model's context.{words}", advice=advice)
    if status == 429:
        return Fault(f"The model server limits our rate.{words}", again=True, after=seconds(retry_after))
    if status in (408, 409, 425) or status >= 500:
        return Fault(f"The model server failed ({status}).{words}", again=True, after=seconds(retry_after))
    return Fault(
        f"The model server refused the request ({status}).{words}", advice="Check MAESTRO_MODEL_API and MAESTRO_MODEL."
    )


def seconds(retry_after: str | None) -> float | None:
    """A Retry-After header in seconds from now; None when there is none or it can't be read."""
    if not retry_after:
        return None
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            until = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()
    return max(wait, 0.0) if wait == wait else None  # a NaN is unequal to itself


def told(text: str, key: str) -> str:
    """A server's words without our key, on one line, cut."""
    plain = " ".join(_KEY_SHAPED.sub("…", text.replace(key, "…") if key else text).split())
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + " …"
