"""Commits by GitHub's own API, which GitHub signs for the App: blobs, a tree, a commit, and no ref.

Made this way rather than by `createCommitOnBranch`, because that knows no executable bits, links and submodules, no
second parent, and moves the branch before anything was checked. The tree's id, which is its content's, is compared with
ours, so what GitHub signed is exactly what was checked; the branch is pushed by git like any other commit.
"""

import base64

from pydantic import JsonValue

from bot.codehost.client import Call, Shape, read
from bot.codehost.github import GitHubHost
from bot.codehost.tokens import PUSH, path_of
from bot.domain.refs import RepoRef
from bot.ports import Draft, SignedCommit, Trouble
from sandbox.api import Entry

INLINE, INLINE_ALL = 256 * 1024, 8 * 1024**2
"""Bytes of a text file, and of all of them, that travel within the tree; everything else is a request of its own."""

LARGEST = 40 * 1024**2
"""Bytes of a blob that the API takes, before it is encoded."""

KINDS = {"160000": "commit"}
ADVICE = "With MAESTRO_COMMITS=git commits are made and pushed by git."


class _Object(Shape):
    sha: str


class _Verification(Shape):
    verified: bool = False
    reason: str = ""
    signature: str | None = None
    payload: str | None = None


class _Commit(Shape):
    sha: str
    verification: _Verification = _Verification()


class GitHubCommits:
    """See `bot.ports.Commits`."""

    def __init__(self, host: GitHubHost) -> None:
        self.host = host

    async def commit(self, repo: RepoRef, draft: Draft) -> SignedCommit:
        tree = await self._tree(repo, draft)
        if tree != draft.tree:
            raise Trouble(f"GitHub made the tree {tree} of what is {draft.tree}", retry_in=None, advice=ADVICE)
        # Without author and committer GitHub names the App's bot and signs.
        body: dict[str, JsonValue] = {"message": draft.message, "tree": tree, "parents": list(draft.parents)}
        call = Call("POST", f"{path_of(repo)}/git/commits", body, again=True)
        made = read(_Commit, (await self.host.call(repo, call, PUSH)).data, call.doing)
        seal = made.verification
        if not seal.verified or seal.payload is None or seal.signature is None:
            raise Trouble(f"GitHub did not sign the commit ({seal.reason or 'unsigned'})", retry_in=None, advice=ADVICE)
        return SignedCommit(made.sha, seal.payload.encode(), seal.signature)

    async def _tree(self, repo: RepoRef, draft: Draft) -> str:
        rows: list[JsonValue] = []
        room = INLINE_ALL
        for path, entry in sorted(draft.overlay.items()):
            if not path.isprintable():
                raise Trouble(f"the path {path!r} can't be told to GitHub's API", retry_in=None, advice=ADVICE)
            row, spent = await self._row(repo, draft, path, entry, room)
            rows.append(row)
            room -= spent
        if not rows:
            return draft.base_tree
        call = Call("POST", f"{path_of(repo)}/git/trees", {"base_tree": draft.base_tree, "tree": rows}, again=True)
        return read(_Object, (await self.host.call(repo, call, PUSH)).data, call.doing).sha

    async def _row(
        self, repo: RepoRef, draft: Draft, path: str, entry: Entry | None, room: int
    ) -> tuple[dict[str, JsonValue], int]:
        """One path for the tree, and how many bytes travel with it."""
        if entry is None:
            return {"path": path, "mode": "100644", "type": "blob", "sha": None}, 0
        row: dict[str, JsonValue] = {"path": path, "mode": entry.mode, "type": KINDS.get(entry.mode, "blob")}
        if row["type"] == "commit":
            return row | {"sha": entry.oid}, 0
        if entry.size > LARGEST:
            raise Trouble(f"{path} is too large for GitHub's API", retry_in=None, advice=ADVICE)
        data = await draft.contents(entry.oid)
        text = _plain(data) if len(data) <= min(INLINE, room) else None
        if text is not None:
            return row | {"content": text}, len(data)
        return row | {"sha": await self._blob(repo, data)}, 0

    async def _blob(self, repo: RepoRef, data: bytes) -> str:
        body: dict[str, JsonValue] = {"content": base64.b64encode(data).decode(), "encoding": "base64"}
        call = Call("POST", f"{path_of(repo)}/git/blobs", body, again=True)
        return read(_Object, (await self.host.call(repo, call, PUSH)).data, call.doing).sha


def _plain(data: bytes) -> str | None:
    """Text that JSON carries unchanged; None for anything else. An empty file is a blob: '' might count as absent."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if text and "\0" not in text else None
