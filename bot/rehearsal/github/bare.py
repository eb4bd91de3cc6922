"""A real bare git repository on disk and the few questions GitHub asks of it.

Calls block for a few milliseconds on purpose: the world's state must not change between a question and its answer.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ZERO = "0" * 40

GIT_ENVIRONMENT: Mapping[str, str] = {
    "PATH": os.defpath,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "TZ": "UTC",
}

# What GitHub's own hook refuses: protected branches, unsigned commits where a rule forbids them, and workflow files
# from an App without that permission.
PRE_RECEIVE = """#!/bin/sh
while read -r old new ref; do
  case " $REHEARSAL_PROTECTED " in *" $ref "*)
    echo "error: GH006: Protected branch update failed for $ref." >&2; exit 1;;
  esac
  if [ -n "$REHEARSAL_SIGNED" ] && [ "$new" != ZERO ]; then
    for one in $(git rev-list "$new" --not --all); do
      git cat-file commit "$one" | grep -q "^gpgsig " && continue
      echo "error: GH013: Repository rule violations found for $ref." >&2
      echo "- Commits must have verified signatures." >&2
      exit 1
    done
  fi
  if [ -n "$REHEARSAL_NO_WORKFLOWS" ] && [ "$new" != ZERO ]; then
    [ "$old" = ZERO ] && old=$(git merge-base HEAD "$new" 2>/dev/null || git hash-object -t tree /dev/null)
    if [ -n "$(git diff --name-only "$old" "$new" -- .github/workflows)" ]; then
      echo "refusing to allow a GitHub App to create or update workflow without \\`workflows\\` permission" >&2
      exit 1
    fi
  fi
done
""".replace("ZERO", ZERO)


class NoSuchObject(Exception):
    """git knows no such ref, commit or path."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who wrote a commit, and when (UTC)."""

    name: str
    email: str
    at: datetime

    def line(self) -> str:
        return f"{self.name} <{self.email}> {int(self.at.timestamp())} +0000"


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """One commit as read from git."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Identity
    committer: Identity
    message: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file between two commits; `patch` is the hunks as GitHub shows them, None for binary files."""

    path: str
    status: str
    additions: int
    deletions: int
    blob: str
    patch: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a tree."""

    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


class Bare:
    """The bare repository at `path`; made when it is not there."""

    def __init__(self, path: Path, default_branch: str = "main") -> None:
        self.path = path
        # What lies between two commits never changes, and every webhook of a pull request asks for it.
        self._changes: dict[tuple[str, str], list[FileChange]] = {}
        self._bases: dict[tuple[str, str], str | None] = {}
        if not path.exists():
            self._make(default_branch)

    def _make(self, default_branch: str) -> None:
        self.path.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}", str(self.path))
        self.dress()

    def dress(self) -> None:
        """The configuration and hook of a repository on GitHub; also for one that was copied here."""
        settings = {
            "http.receivepack": "true",
            "uploadpack.allowFilter": "true",
            "uploadpack.allowAnySHA1InWant": "true",
            "receive.hideRefs": "refs/pull",
            "receive.advertisePushOptions": "true",
            "gc.auto": "0",
        }
        with (self.path / "config").open("a") as config:
            for name, value in settings.items():
                section, key = name.split(".")
                config.write(f"[{section}]\n\t{key} = {value}\n")
        hook = self.path / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(PRE_RECEIVE)
        hook.chmod(0o755)

    def git(self, *arguments: str, stdin: bytes | None = None, index: Path | None = None) -> bytes:
        """Run git here, with an index where one is needed; raises NoSuchObject with git's words when it fails."""
        command = ["git", f"--git-dir={self.path}", *arguments]
        env = {**GIT_ENVIRONMENT, "GIT_INDEX_FILE": str(index)} if index else GIT_ENVIRONMENT
        ran = subprocess.run(command, input=stdin, capture_output=True, env=env, check=False)
        if ran.returncode != 0:
            raise NoSuchObject(ran.stderr.decode("utf-8", "replace").strip())
        return ran.stdout

    def text(self, *arguments: str) -> str:
        """`git` with its output as stripped text."""
        return self.git(*arguments).decode("utf-8", "replace").strip()

    def refs(self) -> dict[str, str]:
        """Every branch and tag: full name to object id."""
        out = self.text("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
        return dict(line.rsplit(" ", 1) for line in out.splitlines())

    def resolve(self, name: str) -> str | None:
        """The commit that a full ref, branch, tag or (short) id names, or None."""
        if not name or name.startswith("-"):
            return None
        for candidate in (f"refs/heads/{name}", f"refs/tags/{name}", name):
            try:
                return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}")
            except NoSuchObject:
                continue
        return None

    def branch(self, name: str) -> str | None:
        """The head of a branch, or None."""
        return self.refs().get(f"refs/heads/{name}")

    def point(self, ref: str, sha: str | None) -> None:
        """Set or delete a ref."""
        self.git("update-ref", *(["-d", ref] if sha is None else [ref, sha]))

    def commit(self, sha: str) -> CommitRecord:
        """Read a commit."""
        form = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B"
        return self._record(self.text("show", "--no-patch", f"--format={form}", "--end-of-options", sha))

    def log(self, revision: str, limit: int = 250, path: str | None = None) -> list[CommitRecord]:
        """Commits reachable from `revision` (a range is fine), newest first."""
        form = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x01"
        where = ["--", path] if path else ["--"]
        out = self.text("log", f"--max-count={limit}", f"--format={form}", revision, *where)
        return [self._record(part.strip("\n")) for part in out.split("\x01") if part.strip()]

    @staticmethod
    def _record(text: str) -> CommitRecord:
        sha, tree, parents, an, ae, at, cn, ce, ct, message = text.split("\0")
        return CommitRecord(
            sha, tree, tuple(parents.split()), _identity(an, ae, at), _identity(cn, ce, ct), message.rstrip("\n")
        )

    def count(self, revision: str) -> int:
        """How many commits a range holds."""
        return int(self.text("rev-list", "--count", revision, "--"))

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits (full ids)."""
        if (one, other) not in self._bases:
            try:
                self._bases[one, other] = self.text("merge-base", one, other)
            except NoSuchObject:
                self._bases[one, other] = None
        return self._bases[one, other]

    def contains(self, ancestor: str, descendant: str) -> bool:
        """Whether `ancestor` is reachable from `descendant`."""
        return self.merge_base(ancestor, descendant) == ancestor

    def changes(self, base: str, head: str) -> list[FileChange]:
        """The files that differ between two commits (full ids), with GitHub's status words and patches."""
        if (base, head) not in self._changes:
            self._changes[base, head] = self._compare(base, head)
        return self._changes[base, head]

    def _compare(self, base: str, head: str) -> list[FileChange]:
        words = {"A": "added", "D": "removed", "M": "modified", "T": "changed"}
        numbers = self.git("diff", "--no-renames", "--numstat", "-z", base, head, "--").decode("utf-8", "replace")
        raw = self.git("diff", "--no-renames", "--raw", "--no-abbrev", "-z", base, head, "--").decode(
            "utf-8", "replace"
        )
        fields = raw.split("\0")[:-1]
        lines = {line.split("\t", 2)[2]: line.split("\t", 2)[:2] for line in numbers.split("\0")[:-1]}
        found = []
        for meta, path in zip(fields[::2], fields[1::2], strict=True):
            _, _, old, new, status = meta.split()
            added, removed = lines[path]
            binary = added == "-"
            patch = None if binary else self.patch(base, head, path)
            counts = (0, 0) if binary else (int(added), int(removed))
            found.append(FileChange(path, words[status[0]], *counts, old if status == "D" else new, patch))
        return found

    def patch(self, base: str, head: str, path: str) -> str:
        """The hunks of one file."""
        full = self.git("diff", "--no-renames", "--no-color", base, head, "--", path).decode("utf-8", "replace")
        start = full.find("\n@@")
        return full[start + 1 :].rstrip("\n") if start >= 0 else ""

    def diff(self, base: str, head: str) -> bytes:
        """The whole unified diff."""
        return self.git("diff", "--no-renames", base, head, "--")

    def entries(self, commit: str, path: str, recursive: bool = False) -> list[Entry]:
        """What lies at `path` (a file gives one entry, a folder its content)."""
        spec = f"{commit}:{path}" if path else commit
        kind = self.text("cat-file", "-t", spec)
        options = ["-r"] if recursive else []
        where = [f"{path}/"] if path and kind == "tree" else [path] if path else []
        out = self.git("ls-tree", "-z", "--long", *options, commit, "--", *where).decode("utf-8", "replace")
        found = []
        for line in out.split("\0")[:-1]:
            meta, name = line.split("\t", 1)
            mode, what, sha, size = meta.split()
            found.append(Entry(mode, what, sha, None if size == "-" else int(size), name))
        return found

    def blob(self, sha: str) -> bytes:
        """A file's bytes."""
        return self.git("cat-file", "blob", sha)

    def write(
        self, branch: str, files: Mapping[str, str | bytes | None], message: str, who: Identity, parents: Sequence[str]
    ) -> str:
        """Commit `files` (None deletes) onto `branch` in one fast-import; returns the new commit's id."""
        ref = f"refs/heads/{branch}"
        lines = [f"commit {ref}\nauthor {who.line()}\ncommitter {who.line()}\n".encode(), _data(message.encode())]
        lines += [f"{'merge' if index else 'from'} {sha}\n".encode() for index, sha in enumerate(parents)]
        for path, content in files.items():
            if content is None:
                lines.append(f"D {path}\n".encode())
            else:
                body = content.encode() if isinstance(content, str) else content
                lines += [f"M 100644 inline {path}\n".encode(), _data(body)]
        self.git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=b"".join([*lines, b"done\n"]))
        return self.text("rev-parse", ref)

    def merge_tree(self, base: str, head: str) -> str | None:
        """The tree of merging `head` into `base`, or None on a conflict (or a git too old to try)."""
        try:
            return self.text("merge-tree", "--write-tree", base, head).splitlines()[0]
        except NoSuchObject:
            return None

    def commit_tree(self, tree: str, parents: Sequence[str], message: str, who: Identity) -> str:
        """A commit of a ready tree."""
        body = [f"tree {tree}", *(f"parent {sha}" for sha in parents)]
        body += [f"author {who.line()}", f"committer {who.line()}", "", message, ""]
        return self.git("hash-object", "-t", "commit", "-w", "--stdin", stdin="\n".join(body).encode()).decode().strip()


def _identity(name: str, email: str, at: str) -> Identity:
    from_epoch = datetime.fromtimestamp(int(at), tz=UTC)
    return Identity(name, email, from_epoch)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
