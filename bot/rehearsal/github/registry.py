"""The register of the embedded GitHub: accounts, repositories, tokens, one App, its webhook, every call it answered."""

import itertools
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.rehearsal.github.auth import HOUR, Grant, Installation, new_token
from bot.rehearsal.github.bare import Bare
from bot.rehearsal.github.faults import Faults
from bot.rehearsal.github.hooks import Hooks
from bot.rehearsal.github.state import App, Issue, Moment, Pull, Repo, Thread, User
from bot.rehearsal.wire import Json, Refused


def utc_now() -> datetime:
    """The present second: GitHub tells time in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Called:
    """One request that was answered; `status` 0 means that the connection was cut."""

    at: datetime
    method: str
    path: str
    query: str
    status: int
    who: str


@dataclass(frozen=True, slots=True)
class Author:
    """Who does something: a person, or the App's bot (then `app` is set)."""

    user: User
    app: App | None = None


class Registry:
    """Everything the embedded GitHub holds.

    `root` is an empty folder for the bare repositories. `url` is set by whoever serves it.
    """

    def __init__(
        self,
        root: Path,
        *,
        slug: str = "maestro",
        secret: str = "rehearsal-secret",  # noqa: S107 a stage prop
        long_tokens: bool = True,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.root, self.now, self.long_tokens = root, now, long_tokens
        self.url = "http://github.test"
        self.ids = itertools.count(1001)
        self.users: dict[int, User] = {}
        self.repos: dict[int, Repo] = {}
        self.installations: dict[int, Installation] = {}
        self.grants: dict[str, Grant] = {}
        self.faults = Faults()
        self.calls: list[Called] = []
        self.listeners: list[Callable[[Moment], None]] = []
        self.browsing: User | None = None
        """Whoever sits at the browser: signing in with GitHub makes a visitor this person."""
        self.client_secret = "rehearsal-client-secret"  # noqa: S105 a stage prop
        self.owner = self.user("octo", kind="Organization")
        self.app = App(next(self.ids), slug, self.owner, self.user(f"{slug}[bot]", kind="Bot"))
        self.ci = App(next(self.ids), "github-actions", self.owner, self.user("github-actions[bot]", kind="Bot"))
        self.hooks = Hooks(secret, self.app.id, self.ids, now)
        self.signs = True
        """Whether commits that Apps make through the API are signed; a server of one's own may not be set up for it."""
        self.created_at = now()

    def user(self, login: str, kind: str = "User", permission: str | None = None) -> User:
        """The account with this login, made when new; a given `permission` becomes its role everywhere."""
        found = self.find_user(login) or User(next(self.ids), login, kind, login.title())
        found.permission = permission or found.permission
        self.users[found.id] = found
        return found

    def find_user(self, login: str) -> User | None:
        """The account with this login (any case), or None."""
        return next((user for user in self.users.values() if user.login.lower() == login.lower()), None)

    def repo(
        self, full_name: str, *, private: bool = False, source: Path | None = None, default_branch: str = "main"
    ) -> Repo:
        """The repository `owner/name`: found, or made (empty, or a copy of the bare repository `source`)."""
        found = self.find_repo(full_name)
        if found is not None:
            return found
        login, name = full_name.split("/")
        path = self.root / login / f"{name}.git"
        if source is not None:
            shutil.copytree(source, path, symlinks=True)
        bare = Bare(path, default_branch)
        if source is not None:
            bare.dress()
        owner = self.find_user(login) or self.user(login, kind="Organization")
        repo = Repo(
            id=next(self.ids),
            owner=owner,
            name=name,
            bare=bare,
            private=private,
            default_branch=default_branch,
            created_at=self.now(),
            pushed_at=self.now(),
        )
        self.repos[repo.id] = repo
        self.installation(owner)
        return repo

    def find_repo(self, full_name: str) -> Repo | None:
        """The repository with this name (any case), or None."""
        wanted = full_name.lower()
        return next((repo for repo in self.repos.values() if repo.full_name.lower() == wanted), None)

    def installation(self, account: User) -> Installation:
        """Our App's installation on an account, made when missing."""
        for one in self.installations.values():
            if one.account is account:
                return one
        made = Installation(next(self.ids), account, self.now())
        self.installations[made.id] = made
        return made

    def installation_of(self, repo: Repo) -> Installation | None:
        """Our App's installation that covers a repository, or None."""
        if not repo.installed:
            return None
        return next((one for one in self.installations.values() if one.account is repo.owner), None)

    def personal_token(self, user: User) -> str:
        """A token with which a person, rather than the App, may call."""
        for grant in self.grants.values():
            if grant.user is user and grant.installation is None:
                return grant.token
        token = new_token("ghp_", long=False)
        self.grants[token] = Grant(token, user)
        return token

    def mint(
        self, installation: Installation, repositories: Iterable[Repo] | None, permissions: dict[str, str]
    ) -> Grant:
        """A fresh installation token, valid for one hour."""
        grant = Grant(
            new_token("ghs_", self.long_tokens),
            self.app.bot,
            installation,
            self.app,
            None if repositories is None else frozenset(repo.id for repo in repositories),
            tuple(sorted(permissions.items())),
            self.now() + HOUR,
        )
        self.grants[grant.token] = grant
        return grant

    def grant_for(self, token: str) -> Grant:
        """What a token allows. Raises Refused(401) for an unknown, expired or revoked one."""
        grant = self.grants.get(token)
        live = grant is not None and (grant.expires_at is None or grant.expires_at > self.now())
        if grant is None or not live or (grant.installation and grant.installation.id not in self.installations):
            raise Refused(401, "Bad credentials")
        return grant

    def happened(self, issue: Issue, who: User, what: str) -> None:
        """Add an event to a thread and tell the listeners."""
        moment = Moment(self.now(), issue.repo.full_name, issue.number, who.login, what)
        issue.happened.append(moment)
        self.tell(moment)

    def tell(self, moment: Moment) -> None:
        """Show a moment to whoever watches (the live demo does)."""
        for listener in self.listeners:
            listener(moment)

    def pull_by_node(self, node: str) -> Pull | None:
        """A pull request by its GraphQL id."""
        pulls = (pull for repo in self.repos.values() for pull in repo.pulls)
        return next((pull for pull in pulls if f"PR_{pull.id}" == node), None)

    def thread_by_node(self, node: str) -> Thread | None:
        """A review thread by its GraphQL id."""
        threads = (thread for repo in self.repos.values() for pull in repo.pulls for thread in pull.threads)
        return next((thread for thread in threads if f"PRRT_{thread.id}" == node), None)

    def emit(self, event: str, repo: Repo, payload: dict[str, Json], rendered: Json) -> None:
        """Deliver a repository event to the App, when it is installed and listens."""
        installation = self.installation_of(repo)
        if installation is None or event not in self.app.events:
            return
        node = f"MDIzOk{installation.id}"
        self.hooks.send(
            event,
            payload | {"repository": rendered, "installation": {"id": installation.id, "node_id": node}},
            repo.id,
            installation.id,
        )
