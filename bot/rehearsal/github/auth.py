"""Who is calling: the App by its signed JWT, an installation by its token, a person by theirs."""

import functools
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.rehearsal.github.state import App, Repo, User
from bot.rehearsal.wire import Refused

LEVELS = ("none", "read", "write", "admin")
HOUR = timedelta(hours=1)
NOT_OURS = "Resource not accessible by integration"


@functools.cache
def app_key() -> rsa.RSAPrivateKey:
    """One key for each process: making one costs a tenth of a second, and no test needs two."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem() -> str:
    """The App's private key as GitHub hands it out (PKCS #1 PEM)."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return app_key().private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@dataclass(frozen=True, slots=True)
class Installation:
    """The App installed on one account."""

    id: int
    account: User
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows. `installation` None means a person's token, bound only by that person's role."""

    token: str
    user: User
    installation: Installation | None = None
    app: App | None = None
    repositories: frozenset[int] | None = None
    permissions: tuple[tuple[str, str], ...] = ()
    expires_at: datetime | None = None

    def allows(self, permission: str, level: str) -> bool:
        """Whether an installation token holds a permission."""
        held = dict(self.permissions).get(permission, "none")
        return LEVELS.index(held) >= LEVELS.index(level)

    def reaches(self, repo: Repo) -> bool:
        """Whether the token was made for this repository."""
        if self.installation is None:
            return True
        ours = repo.installed and repo.owner is self.installation.account
        return ours and (self.repositories is None or repo.id in self.repositories)


def new_token(prefix: str, long: bool) -> str:
    """A token in GitHub's present form (40 characters) or its coming one (about 520, with dots)."""
    if not long:
        return prefix + secrets.token_hex(18)
    return prefix + ".".join(secrets.token_urlsafe(size) for size in (27, 330, 27))


def verify_app_jwt(token: str, app: App, now: datetime) -> None:
    """Check a JWT the way GitHub does. Raises Refused(401) or Refused(404) in its words."""
    moment = now.timestamp()
    try:
        claims = jwt.decode(
            token, app_key().public_key(), algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
        )
        issued, expires, issuer = float(claims["iat"]), float(claims["exp"]), str(claims["iss"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Refused(401, "A JSON web token could not be decoded") from None
    if issued > moment + 60:
        raise Refused(
            401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )
    if expires <= moment:
        raise Refused(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
    if expires > moment + 660:
        raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
    if issuer not in (str(app.id), client_id(app)):
        raise Refused(404, "Integration not found")


def client_id(app: App) -> str:
    """The App's client id, which may stand in for its number in a JWT."""
    return f"Iv23li{app.id:014d}"


def role_allows(repo: Repo, user: User, level: str) -> bool:
    """What a person's own token may do to a repository."""
    return repo.may(user, "read" if level == "read" else "write")
