"""Who speaks, where, about which repository; and how a conversation names its session."""

import base64
import hashlib
from datetime import datetime
from enum import IntEnum, StrEnum

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; unknown fields are refused, so a typing error can't hide."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SurfaceName(StrEnum):
    GITHUB = "github"
    SLACK = "slack"
    TERMINAL = "terminal"


class Trust(IntEnum):
    """What an actor may do, by the live permission on the repository. Ordered: more trust is greater."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


class Actor(Value):
    """A person or program, known by the surface's own stable `id`; `login` is only for showing."""

    surface: SurfaceName
    id: str
    login: str
    bot: bool = False


class RepoRef(Value):
    """A repository as its host names it. `id` is the host's stable id, which survives renames."""

    owner: str
    name: str
    id: str = ""
    installation: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


class ConversationRef(Value):
    """One place where people talk: an issue or pull request (`key` is its number), a Slack thread, a terminal."""

    surface: SurfaceName
    repo: RepoRef
    key: str
    url: str = ""

    @property
    def name(self) -> str:
        """A text that is equal for equal places, also after the repository was renamed."""
        return f"{self.surface}:{self.repo.id or self.repo.full_name}#{self.key}"


class Heard(Value):
    """The only inbound shape after a surface: somebody did something somewhere.

    `what` names the happening itself (comment id and action), so that two deliveries of one happening are one.
    `target` is what a 👀 is put on and what a reply answers, in the surface's own words.
    """

    delivery: str
    what: str
    kind: str
    where: ConversationRef
    actor: Actor
    text: str = ""
    title: str = ""
    body: str = ""
    target: str = ""
    url: str = ""
    at: datetime
    facts: dict[str, str] = {}


def session_id(place: ConversationRef) -> str:
    """The session that a conversation opens, derived from the place alone: equal on every machine, 16 characters."""
    digest = hashlib.sha256(place.name.encode()).digest()
    return "s" + base64.b32encode(digest).decode().lower()[:15]


def digest_of(text: str | bytes) -> str:
    """SHA-256 in hex; of text, its UTF-8 bytes (lone surrogates kept)."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()
