"""Signed commits: by the operator's key as git verifies it, and by GitHub's API with the very tree that was checked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from bot.codehost import GitHubCommits
from bot.deliver.committing import Pen, Wording, write
from bot.domain.refs import RepoRef
from bot.domain.session import Session
from bot.ports import Commits, Draft, SignedCommit, Trouble
from bot.rehearsal.github import World
from bot.rehearsal.github.signatures import parted, verification
from bot.sshsig import NoSigningKey, private_key, public_line, signer
from handlers.settings import SettingsError, load
from sandbox.api import PushRejected
from sandbox.git import Bare
from tests.contract.github_world import host_on, ref_of, served_stage
from tests.contract.repositories import ENV, ME, Origin, git
from tests.domain.people import ISSUE, OPENED, REPO, session
from tests.flows.scripts import HAPPY
from tests.flows.theatre import theatre

needs_ssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="git verifies by ssh-keygen, which is missing"
)


def key(kind: PrivateFormat = PrivateFormat.OpenSSH, lock: KeySerializationEncryption | None = None) -> str:
    """A new key as text."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, kind, lock or NoEncryption()).decode()


def verified(bare: Path, sha: str, folder: Path, signers: str) -> bool:
    """What git says of a commit to somebody who trusts these signers."""
    (folder / "signers").write_text(signers)
    trusted = f"gpg.ssh.allowedSignersFile={folder / 'signers'}"
    ask = ["git", "--git-dir", str(bare), "-c", trusted, "verify-commit", sha]
    return subprocess.run(ask, env=ENV, capture_output=True, check=False).returncode == 0


# --- by a key ----------------------------------------------------------------------------------------------------


@needs_ssh
@pytest.mark.parametrize("kind", [PrivateFormat.OpenSSH, PrivateFormat.PKCS8])
async def test_git_verifies_what_the_key_signed_and_nothing_else(tmp_path: Path, kind: PrivateFormat) -> None:
    origin = Origin(tmp_path)
    head = origin.commit({"a": "b\n"})
    bare = await Bare.create(tmp_path / "session.git", borrow=origin.path)
    tree, mine, other = await bare.tree_of(head), key(kind), key()
    sha = await bare.commit(tree, (head,), "Zahl: ½\n\nMaestro-Session: s1\n", ME, ME, signer(mine))
    plain = await bare.commit(tree, (head,), "Zahl: ½\n\nMaestro-Session: s1\n", ME, ME)
    trusted = f"{ME.email} {public_line(mine)}\n"
    assert verified(bare.path, sha, tmp_path, trusted)
    assert not verified(bare.path, plain, tmp_path, trusted)
    assert not verified(bare.path, sha, tmp_path, f"{ME.email} {public_line(other)}\n")
    altered = (await bare.read_commit(sha)).replace(b"s1\n", b"s2\n")
    forged = git("--git-dir", bare.path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=altered).strip()
    assert not verified(bare.path, forged, tmp_path, trusted)
    assert (await bare.log(sha, head), await bare.tree_of(sha)) == (
        tuple(type(one)(sha, one.parents, one.author, one.message) for one in await bare.log(plain, head)),
        tree,
    )
    await bare.push(origin.remote(), sha, "maestro/1-a", None)
    assert origin.refs()["refs/heads/maestro/1-a"] == sha


def test_a_key_that_cannot_sign_is_told_at_the_start(tmp_path: Path) -> None:
    locked = key(PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    curve = (
        generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    )
    for text in (locked, curve, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"):
        with pytest.raises(NoSigningKey):
            private_key(text)
        with pytest.raises(SettingsError, match="ssh-keygen"):
            load({"MAESTRO_COMMIT_KEY": text}, tmp_path / "none")
    good = key()
    (tmp_path / "key").write_text(good)
    chosen = load({"MAESTRO_COMMIT_KEY": str(tmp_path / "key")}, tmp_path / "none")
    assert good.strip() in (value.strip() for value in chosen.secret_values)
    with pytest.raises(SettingsError, match="MAESTRO_COMMITS=api"):
        load({"MAESTRO_COMMIT_KEY": good, "MAESTRO_COMMITS": "api"}, tmp_path / "none")


# --- by GitHub ---------------------------------------------------------------------------------------------------


class Room:
    """A repository on the embedded GitHub and a session's own one beside it."""

    def __init__(self, world: World, bare: Bare, head: str, ref: RepoRef) -> None:
        self.world, self.bare, self.head, self.ref = world, bare, head, ref


FILES: dict[str, str | bytes | None] = {
    "plain.py": "a = 1\n",
    "gone.txt": "x\n",
    "moved.txt": "the very same words\n" * 20,
    "sub/deep/crlf.txt": b"one\r\ntwo\r\n",
}


def change(work: Path) -> None:
    """Everything that a tree can hold."""
    (work / "plain.py").write_text("a = 2\n")
    (work / "plain.py").chmod(0o755)
    (work / "gone.txt").unlink()
    (work / "moved.txt").rename(work / "sub" / "moved.txt")
    (work / "sub" / "deep" / "crlf.txt").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    (work / "latin.txt").write_bytes("grün".encode("latin-1"))
    (work / "binary").write_bytes(bytes(range(256)))
    (work / "empty").touch()
    (work / "no-newline").write_text("é\u2028x")
    (work / "bom").write_bytes(b"\xef\xbb\xbfx\n")
    (work / "large.txt").write_text("0123456789\n" * 30_000)
    os.symlink("plain.py", work / "link")


async def furnished(world: World, folder: Path) -> tuple[Room, str]:
    """The room, and the tree of a change made there."""
    origin = Origin(folder, "elsewhere")
    head = origin.commit(FILES)
    repo = world.repo("octo/calc", source=origin.path)
    change(origin.work)
    git("-C", origin.work, "add", "-A")
    tree = git("-C", origin.work, "write-tree").strip()
    bare = await Bare.create(folder / "session.git", borrow=origin.work / ".git")
    return Room(world, bare, head, ref_of(world, repo)), tree


async def test_github_signs_exactly_the_tree_that_was_checked(tmp_path: Path) -> None:
    async with served_stage() as stage:
        world = stage.world(tmp_path / "github")
        room, tree = await furnished(world, tmp_path)
        repo = world.repo("octo/calc")
        repo.signed = True
        async with host_on(world) as host:
            pen = Pen(host=lambda _: GitHubCommits(host))
            place = at(room.ref)
            sha = await write(room.bare, pen, place, Wording(tree, (room.head,), "All of it\n\nTrailer: x\n"), ME)
            assert await room.bare.tree_of(sha) == tree
            assert repo.bare.text("cat-file", "-t", sha) == "commit"
            assert [ref for ref in repo.bare.refs() if "maestro" in ref] == []
            again = await write(room.bare, pen, place, Wording(tree, (room.head, sha), "Merge"), ME)
            remote = await host.remote(room.ref, push=True)
            plain = await room.bare.commit(tree, (room.head,), "unsigned", ME, ME)
            with pytest.raises(PushRejected, match="verified signatures"):
                await room.bare.push(remote, plain, "maestro/1-unsigned", None)
            await room.bare.push(remote, again, "maestro/1-all", None)
        made = repo.bare.commit(again)
        assert (made.parents, made.author.name, made.committer.name) == ((room.head, sha), "maestro[bot]", "GitHub")
        assert [push.forced for push in repo.pushes] == [False]


def at(ref: RepoRef) -> Session:
    """A session in this repository."""
    return session(OPENED.model_copy(update={"place": ISSUE.model_copy(update={"repo": ref})}))


class Liar:
    """A host that signs something else, or nothing."""

    def __init__(self, made: SignedCommit) -> None:
        self.made = made

    async def commit(self, _repo: RepoRef, _draft: Draft) -> SignedCommit:
        return self.made


async def test_what_a_host_signed_must_be_what_was_asked_for(tmp_path: Path) -> None:
    origin = Origin(tmp_path)
    head = origin.commit({"a": "b\n"})
    bare = await Bare.create(tmp_path / "session.git", borrow=origin.path)
    tree = git("--git-dir", bare.path, "mktree", stdin=b"").strip()
    sign = signer(key())
    right = await bare.commit(tree, (head,), "x", ME, ME, sign)
    wrong = await bare.commit(await bare.tree_of(head), (head,), "x", ME, ME, sign)
    signed = {sha: await _parts(bare, sha) for sha in (right, wrong)}

    async def written(host: Commits) -> str:
        return await write(bare, Pen(host=lambda _: host), at(REPO), Wording(tree, (head,), "x"), ME)

    assert await written(Liar(SignedCommit(right, *signed[right]))) == right
    for made in (SignedCommit(wrong, *signed[wrong]), SignedCommit(right, *signed[wrong])):
        with pytest.raises(Trouble, match="is not what its signature covers"):
            await written(Liar(made))


async def _parts(bare: Bare, sha: str) -> tuple[bytes, str]:
    payload, seal = parted(await bare.read_commit(sha))
    assert seal is not None
    return payload, seal


async def test_a_server_that_does_not_sign_is_told_with_the_way_out(tmp_path: Path) -> None:
    async with served_stage() as stage:
        world = stage.world(tmp_path / "github")
        room, tree = await furnished(world, tmp_path)
        world.signs = False
        async with host_on(world) as host:
            pen = Pen(host=lambda _: GitHubCommits(host))
            with pytest.raises(Trouble, match="did not sign") as told:
                await write(room.bare, pen, at(room.ref), Wording(tree, (room.head,), "x"), ME)
    assert "MAESTRO_COMMITS=git" in told.value.advice


@pytest.mark.long
async def test_a_delivery_obeys_the_rule_that_every_commit_be_signed(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY, settings={"maestro_commits": "api"}) as play:
        play.repo.signed = True
        issue = await play.ada.opens_issue(play.repo, "Odd", "half(3)")
        for words in ("implement", "approve r1"):
            await play.ada.comments(issue, f"/maestro {words}")
            await play.settled()
        [pull] = play.repo.pulls
        assert not pull.draft
        state = await play.state()
        assert (state["outcome"], state["head"]) == ("done", pull.head_sha)
        assert verification(play.repo.bare.git("cat-file", "commit", pull.head_sha))["reason"] == "valid"
