"""The embedded GitHub's own signature on commits that Apps make through its API, and what it says of others'."""

import base64
import hashlib
import hmac

from bot.rehearsal.wire import Json

KEY = b"rehearsal-web-flow"
BEGIN, END = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"


def signature(payload: bytes) -> str:
    """The signature of a commit object: it looks like the real one, and nobody else can make it."""
    proof = base64.b64encode(hmac.digest(KEY, payload, hashlib.sha256)).decode()
    return f"{BEGIN}\n\n{proof}\n{END}\n"


def signed(payload: bytes, seal: str) -> bytes:
    """A commit object with its signature. The last line's end is kept, as the real one does."""
    head, _, rest = payload.partition(b"\n\n")
    return head + b"\ngpgsig " + seal.replace("\n", "\n ").encode() + b"\n\n" + rest


def parted(whole: bytes) -> tuple[bytes, str | None]:
    """A commit object without its signature, and the signature."""
    head, _, rest = whole.partition(b"\n\n")
    before, found, seal = head.partition(b"\ngpgsig ")
    if not found:
        return whole, None
    lines = seal.split(b"\n")
    count = next((at for at, line in enumerate(lines) if at and not line.startswith(b" ")), len(lines))
    after = b"".join(b"\n" + line for line in lines[count:])
    return before + after + b"\n\n" + rest, b"\n".join([lines[0], *(line[1:] for line in lines[1:count])]).decode()


def verification(whole: bytes) -> dict[str, Json]:
    """What the API says of a commit object's signature. Keys of people are not known here."""
    payload, seal = parted(whole)
    if seal is None:
        return _said("unsigned", None, None)
    ours = hmac.compare_digest(seal.encode(), signature(payload).encode())
    return _said("valid" if ours else "unknown_key", seal, payload.decode("utf-8", "replace"))


def _said(reason: str, seal: str | None, payload: str | None) -> dict[str, Json]:
    return {"verified": reason == "valid", "reason": reason, "signature": seal, "payload": payload, "verified_at": None}
