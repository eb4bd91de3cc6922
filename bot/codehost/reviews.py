"""GitHub's reviews and checks: threads are resolved by GraphQL, the only way there is; checks are only read."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from pydantic import JsonValue

from bot.codehost.client import Call, Shape, read
from bot.codehost.faults import Denied
from bot.codehost.github import GitHubHost
from bot.codehost.tokens import Scope, path_of
from bot.domain.refs import RepoRef
from bot.ports import Failure, PullSeen

THREADS = """query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 100, after: $after) {
      nodes { id isResolved comments(first: 1) { nodes { databaseId } } }
      pageInfo { hasNextPage endCursor }
    } } } }"""
RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

LOG = 12_000
"""Characters of a check's output that are read, from its end."""

MAX_PAGES = 20

STATUSES: Scope = (("metadata", "read"), ("statuses", "read"))
LOGS: Scope = (("actions", "read"), ("metadata", "read"))


class _First(Shape):
    databaseId: int | None = None


class _Firsts(Shape):
    nodes: list[_First] = []


class _Thread(Shape):
    id: str
    isResolved: bool = False
    comments: _Firsts = _Firsts()


class _Info(Shape):
    hasNextPage: bool = False
    endCursor: str | None = None


class _Threads(Shape):
    nodes: list[_Thread] = []
    pageInfo: _Info = _Info()


class _WithThreads(Shape):
    reviewThreads: _Threads


class _InRepository(Shape):
    pullRequest: _WithThreads


class _Found(Shape):
    repository: _InRepository


class _User(Shape):
    id: int


class _Repo(Shape):
    id: int


class _Branch(Shape):
    ref: str
    sha: str
    repo: _Repo | None = None


class _Pull(Shape):
    number: int
    state: str
    merged: bool = False
    head: _Branch
    base: _Branch
    user: _User | None = None


class _Output(Shape):
    title: str | None = None
    summary: str | None = None
    text: str | None = None


class _Run(Shape):
    id: int
    name: str
    status: str = ""
    conclusion: str | None = None
    completed_at: datetime | None = None
    output: _Output = _Output()


class _File(Shape):
    filename: str
    patch: str | None = None


class _Status(Shape):
    context: str = ""
    state: str = ""
    description: str | None = None
    target_url: str | None = None


class _Annotation(Shape):
    path: str | None = None
    start_line: int | None = None
    message: str | None = None


class GitHubReviews:
    """The conversation half of pull requests, on one host."""

    def __init__(self, host: GitHubHost) -> None:
        self.host = host

    async def pull(self, repo: RepoRef, number: int) -> PullSeen:
        seen = await self.host.ask(repo, f"/pulls/{number}", _Pull)
        here = seen.head.repo is not None and seen.base.repo is not None and seen.head.repo.id == seen.base.repo.id
        author = str(seen.user.id) if seen.user else ""
        return PullSeen(seen.number, seen.state, seen.merged, seen.head.ref, seen.head.sha, here, seen.base.ref, author)

    async def lines(self, repo: RepoRef, number: int) -> Mapping[str, frozenset[int]]:
        files = await self.host.pages(repo, Call("GET", f"{path_of(repo)}/pulls/{number}/files"), _File)
        return {one.filename: _shown(one.patch or "") for one in files}

    async def resolve(self, repo: RepoRef, number: int, threads: Collection[str]) -> None:
        wanted = {int(name.partition(":")[2]) for name in threads if name.partition(":")[2].isdigit()}
        for thread in await self._threads(repo, number) if wanted else ():
            first = thread.comments.nodes[0].databaseId if thread.comments.nodes else None
            if first in wanted and not thread.isResolved:
                await self.host.graphql(repo, RESOLVE, {"id": thread.id})

    async def _threads(self, repo: RepoRef, number: int) -> list[_Thread]:
        found: list[_Thread] = []
        after: str | None = None
        for _ in range(MAX_PAGES):
            names: dict[str, JsonValue] = {"owner": repo.owner, "name": repo.name, "number": number, "after": after}
            data = await self.host.graphql(repo, THREADS, names)
            page = read(_Found, data, "the review threads").repository.pullRequest.reviewThreads
            found += page.nodes
            if not page.pageInfo.hasNextPage:
                break
            after = page.pageInfo.endCursor
        return found

    async def failure(self, repo: RepoRef, run: str) -> Failure | None:
        kind, _, number = run.partition(":")
        if kind == "status":
            return await self._status(repo, run, *number.split(":", 1))
        if kind != "check_run" or not number.isdigit():
            return None
        try:
            seen = await self.host.ask(repo, f"/check-runs/{number}", _Run)
            notes = await self.host.ask(repo, f"/check-runs/{number}/annotations", list[_Annotation])
        except Denied as denied:
            if denied.status == 404:
                return None
            raise
        said = [seen.output.title, seen.output.summary, seen.output.text]
        said += [f"{note.path}:{note.start_line}: {note.message}" for note in notes]
        said.append(await self._job_log(repo, number))
        log = "\n".join(dict.fromkeys(part for part in said if part))
        return Failure(run, seen.name, seen.conclusion or "", self.host.clean(log)[-LOG:])

    async def _status(self, repo: RepoRef, run: str, sha: str, context: str = "") -> Failure | None:
        """A status says little: its description, and where more is."""
        newest = next((one for one in await self._statuses(repo, sha) if one.context == context), None)
        if newest is None:
            return None
        log = "\n".join(part for part in (newest.description, newest.target_url) if part)
        return Failure(run, context, _concluded(newest), self.host.clean(log)[-LOG:])

    async def _statuses(self, repo: RepoRef, sha: str) -> list[_Status]:
        """The statuses of a commit, newest first; none where we may not read them."""
        try:
            call = Call("GET", f"{path_of(repo)}/commits/{sha}/statuses")
            return await self.host.pages(repo, call, _Status, scope=STATUSES)
        except Denied as denied:
            if denied.status not in (403, 404, 422):
                raise
            return []

    async def _job_log(self, repo: RepoRef, run: str) -> str:
        """The end of an Actions job's log: its check run has the same number. Others have none here."""
        token = await self.host.tokens.get(repo, LOGS)
        try:
            return await self.host.client.text(token.kit, Call("GET", f"{path_of(repo)}/actions/jobs/{run}/logs"), LOG)
        except Denied as denied:
            if denied.status not in (403, 404, 410):
                raise
            return ""

    async def conclusions(self, repo: RepoRef, sha: str) -> Mapping[str, tuple[str, ...]]:
        call = Call("GET", f"{path_of(repo)}/commits/{sha}/check-runs", None, {"filter": "all", "status": "completed"})
        runs = await self.host.pages(repo, call, _Run, "check_runs")
        found: dict[str, tuple[str, ...]] = {}
        for one in sorted(runs, key=lambda run: run.id):
            found[one.name] = (*found.get(one.name, ()), one.conclusion or "")
        for status in reversed(await self._statuses(repo, sha)):
            if status.state != "pending":
                found[status.context] = (*found.get(status.context, ()), _concluded(status))
        return found


def _concluded(status: _Status) -> str:
    return "success" if status.state == "success" else "failure"


def _shown(patch: str) -> frozenset[int]:
    """The new side's lines in the hunks of a patch."""
    found: set[int] = set()
    for start, count in _HUNK.findall(patch):
        found |= set(range(int(start), int(start) + (int(count) if count else 1)))
    return frozenset(found)
