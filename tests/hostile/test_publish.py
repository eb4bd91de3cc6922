"""A publish of a hostile work tree under strace: no git of the host opens a path of it, and only listed plumbing runs.

The host's part is a program of its own: it saves what the session wrote, makes the signed commit, looks at the change,
pushes, and restores, while somebody in the work tree has set every trap that everyday git falls into.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.contract.repositories import ENV, Origin, git
from tests.hostile.scenes import Scene, begin
from tests.hostile.test_git import trap

PLUMBING = {
    *("init", "rev-parse", "ls-tree", "cat-file", "read-tree", "checkout-index", "write-tree", "update-index"),
    *("fast-import", "commit-tree", "hash-object", "diff-tree", "rev-list", "merge-base", "ls-remote", "repack"),
    *("push", "send-pack", "pack-objects", "upload-pack", "receive-pack", "unpack-objects", "index-pack"),
    "for-each-ref",
}
"""What git may be asked for by the host, and what it starts for that itself."""

PROGRAM = """
import asyncio, pathlib, sys
from bot.sshsig import signer
from sandbox.api import Remote, Signature
from sandbox.git import Bare
from sandbox.tree import WorkTree
async def main(root, bare, origin, head, key):
    by = Signature("maestro[bot]", "a@b", 1)
    bare = Bare(pathlib.Path(bare))
    tree = WorkTree(pathlib.Path(root), bare)
    saved = await tree.checkpoint(head, "step", by)
    made = await bare.commit(saved.tree, (head,), "Do it", by, by, signer(pathlib.Path(key).read_text()))
    await bare.patch(head, made)
    await bare.push(Remote("origin", origin), made, "maestro/1-do-it", None)
    await tree.restore(made)
    print(len(saved.changes), len(await tree.list()), made)
asyncio.run(main(*sys.argv[1:]))
"""

STARTED = re.compile(r'execve\("([^"]*)", \[(.*?)\], .* = 0$', re.MULTILINE)
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')


def set_traps(scene: Scene, marker: Path) -> None:
    """Everything in a work tree that makes everyday git run something or look elsewhere."""
    (scene.root / "nested").mkdir()
    trap(scene.root, marker)
    trap(scene.root / "nested", marker)
    marker.unlink(missing_ok=True)
    (scene.root / ".gitmodules").write_text(
        '[submodule "x"]\n\tpath = nested\n\turl = ext::sh -c touch% ' + str(marker)
    )
    (scene.root / "bare.git" / "objects").mkdir(parents=True)
    (scene.root / "bare.git" / "HEAD").write_text("ref: refs/heads/main\n")
    (scene.root / "out").symlink_to("/etc")
    os.mkfifo(scene.root / "pipe")
    (scene.root / "src" / "a.py").write_text("a = 4\n")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: nobody can watch what git opens")
async def test_a_publish_runs_listed_plumbing_that_opens_nothing_of_the_work_tree(tmp_path: Path) -> None:
    scene, marker = await begin(tmp_path), tmp_path / "ran"
    set_traps(scene, marker)
    key, target = tmp_path / "key", Origin(tmp_path, "target")
    git("--git-dir", target.path, "fetch", "-q", tmp_path / "origin.git", "main:main")
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    logs = watched(tmp_path, str(scene.root), str(scene.tree.bare.path), f"file://{target.path}", scene.head, str(key))
    inside = [log for log in logs if str(scene.root) in log.partition(" = 0\n")[2]]
    of_git = [log for log in logs if any(Path(program).name == "git" for program, _ in started(log))]
    assert len(of_git) >= 8
    # One git alone is ever pointed at a folder that becomes a work tree: a new one, which nobody else sees yet.
    assert [log for log in of_git if log in inside] == []
    assert len(inside) >= 1  # the walker's
    assert {asked_for(words) for log in logs for _, words in started(log) if words[0].endswith("git")} <= PLUMBING
    python = {Path(sys.executable).name, Path(sys.executable).resolve().name}
    others = {Path(program).name for log in logs for program, _ in started(log)} - python
    assert others <= {"git", "sh", "rm", "git-receive-pack", "git-upload-pack"}
    assert not marker.exists()
    [made] = [sha for ref, sha in target.refs().items() if ref.startswith("refs/heads/maestro/")]
    names = git("--git-dir", target.path, "ls-tree", "-r", "--name-only", made).split()
    assert "bare.git/HEAD" in names
    assert not any(name.startswith((".git/", "nested/.git/", "out", "pipe")) for name in names)


def watched(folder: Path, *words: str) -> list[str]:
    """What each process of the publish started and opened."""
    (folder / "watched").mkdir()
    strace = ("strace", "-ff", "-qq", "-e", "trace=chdir,%file", "-s", "4096", "-o", str(folder / "watched" / "by"))
    top = Path(__file__).resolve().parents[2]
    environment = ENV | {"PYTHONPATH": str(top)}
    ran = subprocess.run(
        [*strace, sys.executable, "-c", PROGRAM, *words], cwd="/", env=environment, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return [log.read_text(errors="replace") for log in (folder / "watched").iterdir()]


def started(log: str) -> Iterator[tuple[str, list[str]]]:
    for program, words in STARTED.findall(log):
        yield program, WORD.findall(words)


def asked_for(words: list[str]) -> str:
    """The subcommand in git's words."""
    rest = iter(words[1:])
    for word in rest:
        if word == "-c":
            next(rest)
        elif not word.startswith("-"):
            return word
    return ""


def test_twin_everyday_git_falls_into_these_traps(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    trap(tmp_path / "work", tmp_path / "ran")
    (tmp_path / "ran").unlink(missing_ok=True)
    for ask in (("status",), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", "-C", str(tmp_path / "work"), *ask], env=ENV, check=False, capture_output=True)
    assert (tmp_path / "ran").exists()
