"""A bare repository that the host owns: commits made by plumbing, trees read and compared, one branch pushed."""

import contextlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.api import Change, Entry, GitFailed, PathRefused, PushRejected, Remote, Signature
from sandbox.hostgit import NETWORK, address, end, fields, run

ATTRIBUTES = "* -text !eol -ident -filter -working-tree-encoding !diff !merge\n"
"""Stands above every .gitattributes of a repository: bytes are bytes, and no file hides from a diff."""

_MAX_LISTING = 64 * 1024**2
GITLINK, SYMLINK = "160000", "120000"
_ABSENT, _NO_OID = "000000", "0" * 40
_OID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
# The name of one commit or tree: never an option, a range, a reflog entry or a path inside a tree.
_REVISION = re.compile(r"(?![-./])[^\x00-\x20~^:?*\[\\\x7f]+")
_OUR_BRANCH = re.compile(r"maestro(/(?!.*\.lock(/|$))[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?)+")
_LOG_FORMAT = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%B%x00"


@dataclass(frozen=True, slots=True)
class Commit:
    """One line of history. `message` is complete."""

    sha: str
    parents: tuple[str, ...]
    author: Signature
    message: str


def revision(name: str) -> str:
    """The name itself when it can only name one commit or tree; GitFailed otherwise."""
    if not _REVISION.fullmatch(name) or ".." in name or "@{" in name:
        raise GitFailed(f"{name!r} is not the name of a commit or tree")
    return name


def object_id(name: str) -> str:
    """The name itself when it is a complete object id; GitFailed otherwise."""
    if not _OID.fullmatch(name):
        raise GitFailed(f"{name!r} is not an object id")
    return name


def branch_ref(branch: str) -> str:
    """`refs/heads/maestro/…` for a branch of ours. Every other name is GitFailed: we push nowhere else."""
    if not _OUR_BRANCH.fullmatch(branch) or ".." in branch or len(branch) > 200:
        raise GitFailed(f"{branch!r} is not a branch of ours: only maestro/… is ever pushed")
    return f"refs/heads/{branch}"


async def remote_head(remote: Remote, branch: str) -> str | None:
    """Where `branch` (any branch) stands at the remote now; None when it does not exist."""
    ref = f"refs/heads/{revision(branch)}"
    out = await run(None, "ls-remote", "-q", "--", address(remote), ref, remote=remote, timeout=NETWORK)
    rows = (line.split("\t") for line in out.decode(errors="replace").splitlines())
    return next((sha for sha, name in rows if name == ref), None)


async def default_branch(remote: Remote) -> str | None:
    """The branch that the remote's HEAD names; None when the remote has no commits."""
    url = address(remote)
    out = await run(None, "ls-remote", "-q", "--symref", "--", url, "HEAD", remote=remote, timeout=NETWORK)
    found = re.match(rb"ref: refs/heads/([^\t\n]+)\tHEAD\n", out)
    return os.fsdecode(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Bare:
    """One bare repository at `path`. All methods raise GitFailed when git refuses.

    A treeish is a commit, a tag or a tree, by name or id. Sizes are in bytes.
    """

    path: Path

    @classmethod
    async def create(cls, path: Path, borrow: Path | None = None) -> "Bare":
        """The repository at `path`, made when absent. It reads objects of the bare repository `borrow` as its own."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            await run(None, "init", "-q", "--bare", "--template=", "--initial-branch=main", "--", str(fresh))
            (fresh / "info").mkdir()
            (fresh / "info" / "attributes").write_text(ATTRIBUTES)
            if borrow is not None:
                (fresh / "objects" / "info").mkdir(exist_ok=True)
                (fresh / "objects" / "info" / "alternates").write_text(f"{borrow.resolve() / 'objects'}\n")
            fresh.rename(path)
        return cls(path.resolve())

    async def resolve(self, ref: str) -> str | None:
        """The commit that a branch, tag or id names; None when there is none."""
        return await self._parse(f"{revision(ref)}^{{commit}}")

    async def is_empty(self) -> bool:
        """Whether no ref leads to any commit."""
        return not await run(self.path, "rev-list", "--all", "--max-count=1")

    async def tree_of(self, treeish: str) -> str:
        """The id of a treeish's tree."""
        tree = await self._parse(f"{revision(treeish)}^{{tree}}")
        if tree is None:
            raise GitFailed(f"there is no commit or tree {treeish}")
        return tree

    async def _parse(self, name: str) -> str | None:
        ended = await end(self.path, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return ended.out.decode().strip() if ended.code == 0 else None

    async def entries(self, treeish: str) -> tuple[Entry, ...]:
        """Every tracked path of a tree, sorted as git sorts. A submodule has size 0. GitFailed for trees beyond reason:
        a few hundred bytes can hold a billion paths."""
        listing = ("ls-tree", "-r", "-z", "--full-tree", "--", revision(treeish))
        ended = await end(self.path, *listing, limit=_MAX_LISTING)
        if ended.cut:
            raise GitFailed(f"{treeish} lists more than {_MAX_LISTING:,} bytes of file names")
        if ended.code != 0:
            raise GitFailed(f"git ls-tree: {ended.err.strip()}")
        rows = [_row(row) for row in fields(ended.out)]
        sizes = await self.sizes(oid for _, mode, oid in rows if mode != GITLINK)
        return tuple(Entry(path, mode, oid, sizes.get(oid, 0)) for path, mode, oid in rows)

    async def checkout(self, treeish: str, folder: Path) -> None:
        """Write a tree's files below an empty directory that nobody else may see yet: contents, links and executable
        bits exactly as recorded, submodules as empty directories."""
        folder.mkdir(parents=True, exist_ok=True)
        async with self._index() as env:
            await run(self.path, "read-tree", revision(treeish), env=env)
            await run(self.path, f"--work-tree={folder.resolve()}", "checkout-index", "-a", "-q", env=env)

    async def read(self, treeish: str, path: str, limit: int | None = None) -> bytes:
        """The contents of one tracked file; PathRefused when the tree has no such file."""
        if not path or path.startswith(("./", "../", "/")) or path in (".", ".."):
            raise PathRefused(path, "not a path inside the repository")
        blob = await self._parse(f"{revision(treeish)}:{path}")
        if blob is None:
            raise PathRefused(path, "there is no such file in this commit")
        return await self.read_blob(blob, limit)

    async def read_blob(self, oid: str, limit: int | None = None) -> bytes:
        """The contents of one blob, at most `limit` bytes of it."""
        return await run(self.path, "cat-file", "blob", object_id(oid), limit=limit)

    async def read_commit(self, oid: str) -> bytes:
        """A commit object as git stores it."""
        return await run(self.path, "cat-file", "commit", object_id(oid))

    async def read_blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Several blobs in one go, all in memory: for small ones."""
        wanted = [object_id(oid) for oid in dict.fromkeys(oids)]
        out = await run(self.path, "cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in wanted).encode())
        found, at = {}, 0
        while at < len(out):
            head, _, _ = out[at : at + 200].partition(b"\n")
            oid, kind, *size = head.decode().split(" ")
            at += len(head) + 1
            if kind == "missing":
                raise GitFailed(f"there is no object {oid}")
            found[oid] = out[at : at + int(size[0])]
            at += int(size[0]) + 1
        return found

    async def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Bytes of each object."""
        asked = "".join(f"{object_id(oid)}\n" for oid in dict.fromkeys(oids)).encode()
        out = await run(self.path, "cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=asked)
        rows = (line.split(" ") for line in out.decode().splitlines())
        return {oid: int(size) for oid, size in rows if size != "missing"}

    async def changes(self, old: str, new: str, sizes: Mapping[str, int] | None = None) -> tuple[Change, ...]:
        """What differs between two trees, renames found by content, lines counted. Sorted by path. `sizes` by object
        id, for who knows them all already."""
        diff = ("diff-tree", "-r", "-M", "-z", "--raw", "--numstat", "--no-ext-diff", "--no-textconv")
        out = await run(self.path, *diff, revision(old), revision(new), "--")
        raws, counts = _parse_diff(list(fields(out)))
        if sizes is None:
            sizes = await self.sizes(oid for raw in raws for mode, oid in raw.sides if mode not in (_ABSENT, GITLINK))
        return tuple(sorted((raw.change(sizes, counts) for raw in raws), key=lambda change: change.path))

    async def patch(self, old: str, new: str, paths: Sequence[str] = (), limit: int = 1 << 20) -> str:
        """A readable unified diff, cut after `limit` bytes with a last line that says so."""
        diff = ("diff-tree", "-r", "-M", "-p", "--no-color", "--no-ext-diff", "--no-textconv")
        ended = await end(self.path, *diff, revision(old), revision(new), "--", *paths, limit=limit)
        if ended.code != 0 and not ended.cut:
            raise GitFailed(f"git diff-tree: {ended.err.strip()}")
        return ended.out.decode(errors="replace") + (f"\n[cut after {limit} bytes]\n" if ended.cut else "")

    async def compose(self, base_tree: str, overlay: Mapping[str, Entry | None]) -> str:
        """Write a tree: `base_tree` with these paths replaced by entries, or absent where None. Returns its id."""
        gone = b"".join(f"0 {_NO_OID}\t".encode() + os.fsencode(p) + b"\0" for p, e in overlay.items() if e is None)
        put = b"".join(
            f"{e.mode} {object_id(e.oid)}\t".encode() + os.fsencode(p) + b"\0" for p, e in overlay.items() if e
        )
        async with self._index() as env:
            await run(self.path, "read-tree", revision(base_tree), env=env)
            await run(self.path, "update-index", "-z", "--replace", "--index-info", stdin=gone + put, env=env)
            return (await run(self.path, "write-tree", env=env)).decode().strip()

    @contextlib.asynccontextmanager
    async def _index(self) -> AsyncIterator[dict[str, str]]:
        """A private index for one operation, as git's environment."""
        index = self.path / f"index.{secrets.token_hex(8)}"
        try:
            yield {"GIT_INDEX_FILE": str(index)}
        finally:
            index.unlink(missing_ok=True)

    async def tidy(self, packs: int = 50) -> None:
        """Roll small packs together when there are more than `packs`. No object is dropped, reachable or not."""
        if sum(name.endswith(".pack") for name in os.listdir(self.path / "objects" / "pack")) > packs:
            await run(self.path, "repack", "-q", "-d", "-l", "--geometric=2", timeout=NETWORK)

    async def commit(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        author: Signature,
        committer: Signature,
        sign: Callable[[bytes], str] | None = None,
    ) -> str:
        """Make a commit object, signed when `sign` makes a signature of its bytes; no ref moves. Returns its id."""
        env = _identity("AUTHOR", author) | _identity("COMMITTER", committer)
        onto = [part for parent in parents for part in ("-p", object_id(parent))]
        out = await run(self.path, "commit-tree", *onto, "-F", "-", object_id(tree), stdin=message.encode(), env=env)
        sha = out.decode().strip()
        if sign is None:
            return sha
        plain = await self.read_commit(sha)
        return await self.keep_commit(plain, sign(plain).strip())

    async def keep_commit(self, plain: bytes, signature: str) -> str:
        """Store a commit object with its signature, which was made of the object without it. Returns its id."""
        head, _, rest = plain.partition(b"\n\n")
        whole = head + b"\ngpgsig " + signature.replace("\n", "\n ").encode() + b"\n\n" + rest
        return (await run(self.path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=whole)).decode().strip()

    async def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` contains `old`. A commit that we don't have is an ancestor of none of ours."""
        ended = await end(self.path, "merge-base", "--is-ancestor", revision(old), revision(new))
        return ended.code == 0

    async def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor; None for unrelated histories."""
        ended = await end(self.path, "merge-base", "--end-of-options", revision(one), revision(other))
        if ended.code not in (0, 1):
            raise GitFailed(f"git merge-base: {ended.err.strip()}")
        return ended.out.decode().strip() or None

    async def log(self, until: str, since: str | None = None, limit: int = 1000) -> tuple[Commit, ...]:
        """Commits of `until` that `since` doesn't contain, newest first."""
        start = (f"^{revision(since)}",) if since else ()
        command = ("rev-list", f"--max-count={limit}", "--no-commit-header", _LOG_FORMAT)
        out = await run(self.path, *command, revision(until), *start, "--")
        parts = [part.removeprefix("\n") for part in out.decode(errors="replace").split("\0")]
        return tuple(_commit(parts[at : at + 6]) for at in range(0, len(parts) - 5, 6))

    async def remote_head(self, remote: Remote, branch: str) -> str | None:
        """See the function of the same name."""
        return await remote_head(remote, branch)

    async def push(self, remote: Remote, oid: str, branch: str, expected: str | None) -> None:
        """Bring `branch` (maestro/…) at the remote from `expected` (None: absent) to commit `oid`, never by force.

        Done already is done: a repetition succeeds. PushRejected when the branch stands elsewhere, when `oid` does not
        contain `expected`, or when the remote does not let us.
        """
        ref = branch_ref(branch)
        head = await remote_head(remote, branch)
        if head == object_id(oid):
            return
        if head != expected:
            raise PushRejected(f"{branch} is at {head or 'no commit'}, not at {expected or 'no commit'}")
        if expected is not None and not await self.is_ancestor(expected, oid):
            raise PushRejected(f"{oid} does not contain {expected}: that would need force")
        # A local remote is a person's repository: its hooks are not ours to run.
        receive = "--receive-pack=git -c core.hooksPath=/dev/null -c receive.autogc=false receive-pack"
        local = (receive,) if address(remote).startswith("file:") else ()
        command = ("push", "--porcelain", "--no-verify", "--no-follow-tags", *local, "--", address(remote))
        ended = await end(self.path, *command, f"{oid}:{ref}", remote=remote, timeout=NETWORK)
        if ended.code != 0:
            rejected = re.search(rb"^!\t\S+\t(.*)$", ended.out, re.MULTILINE)
            said = f"{rejected[1].decode(errors='replace')} {ended.err.strip()[-1500:]}" if rejected else ended.err
            raise (PushRejected if rejected else GitFailed)(f"git push: {said.strip()[-2000:]}")


@dataclass(frozen=True, slots=True)
class _Raw:
    """One record of `diff-tree --raw`: (mode, oid) before and after, and the paths of both sides."""

    sides: tuple[tuple[str, str], tuple[str, str]]
    status: str
    old_path: str
    path: str

    def change(self, sizes: Mapping[str, int], counts: Mapping[str, tuple[int, int]]) -> Change:
        old, new = (
            Entry(path, mode, oid, sizes.get(oid, 0)) if mode != _ABSENT else None
            for (mode, oid), path in zip(self.sides, (self.old_path, self.path), strict=True)
        )
        added, deleted = counts.get(self.path, (0, 0))
        return Change(self.path, old, new, self.old_path if self.status == "R" else None, added, deleted)


def _parse_diff(parts: list[str]) -> tuple[list[_Raw], dict[str, tuple[int, int]]]:
    """Records `:mode mode oid oid status`, path[, path], then `added TAB deleted TAB path` or, renamed, two more."""
    raws: list[_Raw] = []
    counts: dict[str, tuple[int, int]] = {}
    rest = iter(parts)
    for part in rest:
        if part.startswith(":"):
            old_mode, mode, old_oid, oid, status = part[1:].split(" ")
            old_path = next(rest)
            path = next(rest) if status[0] in "RC" else old_path
            raws.append(_Raw(((old_mode, old_oid), (mode, oid)), status[0], old_path, path))
        else:
            added, deleted, path = part.split("\t", 2)
            if not path:
                next(rest)
                path = next(rest)
            counts[path] = (-1, -1) if added == "-" else (int(added), int(deleted))
    return raws, counts


def _row(row: str) -> tuple[str, str, str]:
    """Path, mode and id from `mode SP type SP id TAB path`."""
    meta, _, path = row.partition("\t")
    mode, _, oid = meta.split()
    return path, mode, oid


def _commit(parts: Sequence[str]) -> Commit:
    sha, parents, name, email, at, message = parts
    return Commit(sha, tuple(parents.split()), Signature(name, email, int(at)), message)


def _identity(role: str, who: Signature) -> dict[str, str]:
    return {f"GIT_{role}_NAME": who.name, f"GIT_{role}_EMAIL": who.email, f"GIT_{role}_DATE": f"@{who.at} +0000"}
