"""Whether a delivery is GitHub's: HMAC-SHA256 over the raw bytes, before anything of them is parsed."""

import hmac
import re
from collections.abc import Sequence

_SIGNATURE = re.compile(rb"sha256=[0-9a-f]{64}")


def well_formed(header: str | bytes | None) -> bytes | None:
    """The signature header as bytes, or None when it can't be one: SHA-1, upper case, too short, not ASCII."""
    if isinstance(header, str):
        header = header.encode("utf-8", "surrogatepass")
    return header if header is not None and _SIGNATURE.fullmatch(header) else None


def verify(secrets: Sequence[bytes], header: str | bytes | None, body: bytes | bytearray) -> bool:
    """Whether one of the live `secrets` signed `body`. Never raises; empty secrets sign nothing. All secrets are tried,
    in constant time each."""
    given = well_formed(header)
    if given is None:
        return False
    good = False
    for secret in secrets:
        if secret:
            good |= hmac.compare_digest(b"sha256=" + hmac.digest(secret, body, "sha256").hex().encode(), given)
    return good
