"""Whether a request is Slack's: HMAC-SHA256 over time and raw bytes, before anything of them is parsed."""

import hmac
import re

WINDOW = 300.0
"""Seconds that a signature counts: older ones may be somebody's recording."""

_STAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


def verify(secret: bytes, stamp: bytes | None, signature: bytes | None, body: bytes, now: float) -> bool:
    """Whether `secret` signed `body` at `stamp`, within the window around `now` (seconds since 1970). Never raises,
    whatever the headers hold; an empty secret signs nothing. All comparing is done on bytes, in constant time."""
    if not secret or stamp is None or signature is None:
        return False
    if _STAMP.fullmatch(stamp) is None or _SIGNATURE.fullmatch(signature) is None:
        return False
    if abs(now - int(stamp)) > WINDOW:
        return False
    made = hmac.new(secret, b"v0:" + stamp + b":" + body, "sha256").hexdigest().encode()
    return hmac.compare_digest(b"v0=" + made, signature)
