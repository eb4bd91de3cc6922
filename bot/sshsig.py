"""Signatures of commits as `ssh-keygen -Y sign` makes them (OpenSSH's PROTOCOL.sshsig), by an ed25519 key.

Written here in forty lines, because a key in a file for a program to read is a key that more than one can read.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Sign = Callable[[bytes], str]
"""Makes the signature of a commit object's bytes."""

MAGIC, VERSION = b"SSHSIG", (1).to_bytes(4, "big")
NAMESPACE, DIGEST, KIND = b"git", b"sha512", b"ssh-ed25519"
LINE = 70


class NoSigningKey(ValueError):
    """The text is no ed25519 key that can be used without a passphrase."""


def private_key(text: str) -> "Ed25519PrivateKey":
    """An ed25519 key from OpenSSH's or PKCS #8 text, without a passphrase. Raises NoSigningKey."""
    # Only who has such a key pays for the import.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    load = load_ssh_private_key if "OPENSSH" in text else load_pem_private_key
    try:
        key = load((text.strip() + "\n").encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoSigningKey("the key can't be read without a passphrase: `ssh-keygen -t ed25519 -N ''`") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoSigningKey("only ed25519 keys sign: `ssh-keygen -t ed25519 -N ''` makes one")
    return key


def public_line(text: str) -> str:
    """The public half, as a line of git's allowed signers has it after the address."""
    return f"{KIND.decode()} {base64.b64encode(_public(private_key(text))).decode()}"


def signer(text: str) -> Sign:
    """Signs with the key in `text`. Raises NoSigningKey at once."""
    key = private_key(text)
    public = _public(key)

    def sign(data: bytes) -> str:
        said = MAGIC + b"".join(map(_packed, (NAMESPACE, b"", DIGEST, hashlib.sha512(data).digest())))
        made = _packed(_packed(KIND) + _packed(key.sign(said)))
        whole = MAGIC + VERSION + _packed(public) + _packed(NAMESPACE) + _packed(b"") + _packed(DIGEST) + made
        return _armoured(whole)

    return sign


def _public(key: "Ed25519PrivateKey") -> bytes:
    return _packed(KIND) + _packed(key.public_key().public_bytes_raw())


def _packed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _armoured(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----"])
