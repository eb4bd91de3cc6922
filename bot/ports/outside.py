"""The model server, the code host, and the surfaces where people are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, Trust
from bot.domain.work import ToolCall, Usage
from bot.speech.post import Post
from sandbox.api import Remote


@dataclass(frozen=True, slots=True)
class Request:
    """One call: `messages` are Chat Completions messages, each serialised once; `tools` is the serialised list."""

    messages: Sequence[bytes]
    tools: bytes
    session: str


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage


class Model(Protocol):
    """A model server. Raises Trouble for faults; retries nothing itself beyond one layer."""

    @property
    def name(self) -> str: ...

    async def reply(self, request: Request) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Repository:
    ref: RepoRef
    default_branch: str
    private: bool
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    path: str
    line: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run to be set on `sha`: summary and text are Markdown, cut to the host's limits by the adapter."""

    sha: str
    status: str
    conclusion: str | None
    title: str
    summary: str
    text: str = ""
    url: str = ""
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class PullRequestText:
    title: str
    body: str


class CodeHost(Protocol):
    """Where repositories live and permissions are decided. Every effect is safe to repeat: natural key or probe first.

    Raises Trouble (retry later) or Forbidden (never).
    """

    @property
    def pull_requests(self) -> bool:
        """Whether this host has pull requests and check runs at all; where not, a pushed branch is the delivery."""
        ...

    async def repository(self, repo: RepoRef) -> Repository: ...

    async def trust(self, repo: RepoRef, actor: Actor) -> Trust:
        """The live permission, by numeric id. An outsider is NONE; a failure to ask is Trouble, never a guess."""
        ...

    async def remote(self, repo: RepoRef, *, push: bool = False) -> Remote:
        """Address and a fresh token for git, scoped to this one repository and to what is needed."""
        ...

    async def release(self, remote: Remote) -> None:
        """The job is over: its token is revoked. May be called twice; never raises for what is gone already."""
        ...

    async def identity(self) -> tuple[str, str]:
        """Name and e-mail of the bot's commits."""
        ...

    async def co_author(self, actor: Actor) -> str:
        """`Name <address>` for a Co-authored-by trailer."""
        ...

    async def find_pull_request(self, repo: RepoRef, branch: str) -> tuple[int, str, bool] | None:
        """(number, url, draft) of the open pull request from our branch."""
        ...

    async def open_pull_request(
        self, repo: RepoRef, branch: str, base: str, text: PullRequestText
    ) -> tuple[int, str, bool]:
        """Probe by head, then create as draft."""
        ...

    async def edit_pull_request(self, repo: RepoRef, number: int, text: PullRequestText) -> None: ...

    async def set_draft(self, repo: RepoRef, number: int, draft: bool) -> None: ...

    async def set_check_run(self, repo: RepoRef, external_id: str, run: CheckRun, known: str = "") -> str:
        """Update the check run `known`, or probe by (sha, name, our app, external id), then create or update; returns
        its id."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a post went: `remote` names it outside for edits; `url` is for people."""

    remote: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something heard, with its place and speaker known; `links` are other conversations that belong to it."""

    heard: Heard
    links: tuple[ConversationRef, ...] = ()


class Reception(Protocol):
    """Where what a surface heard is made out: who a user is on the code host, which repository a thread is about."""

    async def receive(self, heard: Heard) -> Arrived | None:
        """None when it was answered here already, or is nothing for us. Raises Trouble when it can't be known now."""
        ...


class Surface(Protocol):
    """A place where posts go. `marker` is put, hidden, into what is posted; `find` looks for it before a retry."""

    @property
    def name(self) -> str: ...

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent: ...

    async def edit(self, where: ConversationRef, remote: str, post: Post, marker: str) -> None: ...

    async def find(self, where: ConversationRef, marker: str) -> Sent | None: ...

    async def acknowledge(self, where: ConversationRef, target: str) -> None:
        """Show that it was heard (👀). Idempotent."""
        ...
