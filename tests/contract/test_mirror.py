"""What host git promises: mirrors never mixed up, repositories that borrow, one branch pushed without force."""

import asyncio
from pathlib import Path

import pytest

from sandbox.api import Change, GitFailed, PathRefused, PushRejected, Remote, Signature
from sandbox.git import Bare, default_branch
from sandbox.mirror import Mirrors, held
from tests.contract.repositories import ME, Origin, gated, git, redirecting

TOKEN = "ghs_canary.0123456789-abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path)


@pytest.fixture
def mirrors(tmp_path: Path) -> Mirrors:
    return Mirrors(tmp_path / "home")


async def test_a_mirror_follows_heads_and_tags_and_nothing_else(origin: Origin, mirrors: Mirrors) -> None:
    first = origin.commit({"a": "1"})
    git("--git-dir", origin.path, "tag", "v1", first)
    git("--git-dir", origin.path, "update-ref", "refs/pull/7/head", first)
    mirror = await mirrors.refresh(origin.remote())
    refs = git("--git-dir", mirror.path, "for-each-ref", "--format=%(refname)").split()
    assert refs == ["refs/heads/main", "refs/tags/v1"]
    second = origin.commit({"a": "2"}, "other")
    git("--git-dir", origin.path, "update-ref", "-d", "refs/heads/main")
    await mirrors.refresh(origin.remote())
    assert await mirror.resolve("other") == second
    assert await mirror.resolve("main") is None


async def test_a_rewritten_branch_is_followed_and_the_old_commit_stays_readable(
    origin: Origin, mirrors: Mirrors
) -> None:
    old = origin.commit({"a": "1"})
    mirror = await mirrors.refresh(origin.remote())
    session = await mirrors.session("s", origin.remote())
    git("-C", origin.work, "commit", "-q", "--amend", "-m", "rewritten")
    new = origin.save()
    await mirrors.refresh(origin.remote())
    assert await mirror.resolve("main") == new
    assert await session.read(old, "a") == b"1"


async def test_an_empty_repository_gives_a_mirror_in_which_nothing_resolves(origin: Origin, mirrors: Mirrors) -> None:
    mirror = await mirrors.refresh(origin.remote())
    assert await mirror.resolve("main") is None
    assert await mirror.is_empty()
    assert await default_branch(origin.remote()) is None
    origin.commit({"a": "1"})
    await mirrors.refresh(origin.remote())
    assert not await mirror.is_empty()
    assert await default_branch(origin.remote()) == "main"


async def test_mirrors_with_different_keys_share_nothing(origin: Origin, mirrors: Mirrors) -> None:
    head = origin.commit({"secret": "for readers of a"})
    one = await mirrors.refresh(origin.remote("org/a"))
    other = await mirrors.session("s", origin.remote("org-a"))
    assert one.path.parent != other.path.parent
    assert await other.resolve(head) is None
    assert await one.resolve(head) == head


async def test_a_vanished_repository_is_told_in_git_s_words(tmp_path: Path, mirrors: Mirrors) -> None:
    with pytest.raises(GitFailed, match=r"does not (exist|appear to be a git repository)"):
        await mirrors.refresh(Remote("gone", f"file://{tmp_path}/gone.git"))


async def test_many_refreshes_and_sessions_at_once_leave_one_mirror(origin: Origin, mirrors: Mirrors) -> None:
    head = origin.commit({"a": "1"})
    everybody = [Mirrors(mirrors.home) for _ in range(4)]
    await asyncio.gather(*(each.refresh(origin.remote()) for each in everybody))
    sessions = await asyncio.gather(*(each.session(f"s{n}", origin.remote()) for n, each in enumerate(everybody)))
    assert [await session.resolve(head) for session in sessions] == [head] * 4
    assert len(list((mirrors.home / "mirrors").glob("*.git"))) == 1


async def test_a_lock_is_held_by_one_at_a_time_and_waiting_can_be_cancelled(tmp_path: Path) -> None:
    inside = 0

    async def work() -> None:
        nonlocal inside
        async with held(tmp_path / "lock"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.001)
            inside -= 1

    async with held(tmp_path / "lock"):
        waiter = asyncio.create_task(work())
        await asyncio.sleep(0.01)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
    await asyncio.gather(*(work() for _ in range(8)))


async def test_a_pull_request_s_head_is_fetched_into_the_session_alone(origin: Origin, mirrors: Mirrors) -> None:
    origin.commit({"a": "1"})
    mirror = await mirrors.refresh(origin.remote())
    head = origin.commit({"a": "2"}, "fork")
    git("--git-dir", origin.path, "update-ref", "refs/pull/7/head", head)
    session = await mirrors.session("s", origin.remote())
    assert await mirrors.fetch(session, origin.remote(), "refs/pull/7/head") == head
    assert await session.read(head, "a") == b"2"
    assert await mirror.resolve(head) is None
    for ref in ("main", "refs/../x", "-q", "refs/heads/a:refs/heads/b", "refs/heads/*"):
        with pytest.raises(GitFailed):
            await mirrors.fetch(session, origin.remote(), ref)


async def test_forgetting_a_session_leaves_the_mirror(origin: Origin, mirrors: Mirrors) -> None:
    head = origin.commit({"a": "1"})
    mirror = await mirrors.refresh(origin.remote())
    await mirrors.session("s", origin.remote())
    await mirrors.forget("s")
    await mirrors.forget("s")
    assert not mirrors.room("s").exists()
    assert await mirror.resolve("main") == head


async def test_rolling_packs_together_keeps_what_nothing_refers_to(origin: Origin, mirrors: Mirrors) -> None:
    origin.commit({"a": "1"})
    bare = await mirrors.refresh(origin.remote())
    lost = origin.commit({"a": "2"}, "lost")
    await mirrors.refresh(origin.remote())
    git("--git-dir", origin.path, "update-ref", "-d", "refs/heads/lost")
    for number in range(4):
        origin.commit({f"f{number}-{n}": f"{number}{n}" for n in range(120)})
        await mirrors.refresh(origin.remote())
    packs = len(list(bare.path.glob("objects/pack/*.pack")))
    await bare.tidy(packs=2)
    assert len(list(bare.path.glob("objects/pack/*.pack"))) < packs
    assert await bare.resolve("lost") is None
    assert await bare.read(lost, "a") == b"2"


# Tokens


def gated_remote(address: str, origin: Origin, token: str) -> Remote:
    return Remote("gated", f"{address}/{origin.path.name}", token)


async def test_a_token_opens_the_door_and_stands_in_no_command_line_and_no_file(
    origin: Origin, mirrors: Mirrors, tmp_path: Path
) -> None:
    head = origin.commit({"a": "1"})
    git("--git-dir", origin.path, "config", "http.receivepack", "true")
    with gated(tmp_path, TOKEN) as (address, gate):
        remote = gated_remote(address, origin, TOKEN)
        mirror = await mirrors.refresh(remote)
        bare = await mirrors.session("s", remote)
        mine = await bare.commit(await bare.tree_of(head), [head], "more", ME, ME)
        await bare.push(remote, mine, "maestro/1-x", None)
        assert await bare.remote_head(remote, "maestro/1-x") == mine
    assert await mirror.resolve("main") == head
    assert gate.admitted > 3
    assert gate.leaks == []
    assert not [path for path in mirrors.home.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert TOKEN not in repr(remote)


@pytest.mark.parametrize("token", [None, "ghs_wrong.token"])
async def test_without_the_right_token_git_fails_at_once_and_says_no_token(
    origin: Origin, mirrors: Mirrors, tmp_path: Path, token: str | None
) -> None:
    with gated(tmp_path, TOKEN) as (address, gate):
        with pytest.raises(GitFailed) as failed:
            await mirrors.refresh(Remote("gated", f"{address}/{origin.path.name}", token))
        assert (gate.admitted, gate.refused > 0) == (0, True)
    assert "ghs_" not in str(failed.value)


async def test_a_token_goes_to_its_own_host_only(origin: Origin, mirrors: Mirrors, tmp_path: Path) -> None:
    with gated(tmp_path, TOKEN) as (address, gate), redirecting(address) as start:
        with pytest.raises(GitFailed):
            await mirrors.refresh(Remote("gated", f"{start}/{origin.path.name}", TOKEN))
        assert (gate.admitted, gate.refused > 0) == (0, True)


@pytest.mark.parametrize(
    "url",
    [
        "ssh://git@example.org/a.git",
        "git@example.org:a.git",
        "git://example.org/a.git",
        "ext::sh -c touch% /tmp/owned",
        "https://user:secret@example.org/a.git",
        "--upload-pack=touch /tmp/owned",
        "relative/path",
        "https://example.org/a b",
    ],
)
async def test_other_kinds_of_addresses_are_refused_before_git_starts(mirrors: Mirrors, url: str) -> None:
    with pytest.raises(GitFailed) as failed:
        await mirrors.refresh(Remote("x", url))
    assert "secret" not in str(failed.value)


# One repository


@pytest.fixture
async def bare(origin: Origin, mirrors: Mirrors) -> Bare:
    await mirrors.refresh(origin.remote())
    return await mirrors.session("s", origin.remote())


async def test_names_that_could_be_options_ranges_or_paths_are_refused(bare: Bare) -> None:
    for name in ("--help", "-x", "a..b", "HEAD~1", "main:a", "a^{tree}", "@{1}", "", "a\nb", ".x"):
        with pytest.raises(GitFailed):
            await bare.resolve(name)


async def test_trees_are_read_compared_and_composed(origin: Origin, mirrors: Mirrors) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    old = origin.commit({"a/keep": "k", "moved": text, "gone": "x\n", "bytes": b"\0\1"})
    files = {"moved": None, "a/here": text + "more\n", "gone": None, "bytes": b"\0\2", "new": "1\n2\n"}
    new = origin.commit(files)
    await mirrors.refresh(origin.remote())
    bare = await mirrors.session("s", origin.remote())
    was = {entry.path: entry for entry in await bare.entries(old)}
    now = {entry.path: entry for entry in await bare.entries(new)}
    assert list(was) == ["a/keep", "bytes", "gone", "moved"]
    assert await bare.changes(old, new) == (
        Change("a/here", was["moved"], now["a/here"], "moved", 1, 0),
        Change("bytes", was["bytes"], now["bytes"], None, -1, -1),
        Change("gone", was["gone"], None, None, 0, 1),
        Change("new", None, now["new"], None, 2, 0),
    )
    tree = await bare.compose(await bare.tree_of(old), {"gone": None, "new": now["new"], "a": now["bytes"]})
    assert [(entry.path, entry.oid) for entry in await bare.entries(tree)] == [
        ("a", now["bytes"].oid),
        ("bytes", was["bytes"].oid),
        ("moved", was["moved"].oid),
        ("new", now["new"].oid),
    ]
    assert await bare.read(new, "new") == b"1\n2\n"
    assert await bare.read(new, "new", limit=1) == b"1"
    assert await bare.read_blobs([now["new"].oid, now["bytes"].oid]) == {
        now["new"].oid: b"1\n2\n",
        now["bytes"].oid: b"\0\2",
    }
    assert "+1\n+2" in await bare.patch(old, new, ["new"])
    assert (await bare.patch(old, new, limit=60)).endswith("\n[cut after 60 bytes]\n")
    for path in ("nothing", "a", "../a", "/a", ""):
        with pytest.raises((PathRefused, GitFailed)):
            await bare.read(new, path)


async def test_history_is_told(origin: Origin, mirrors: Mirrors) -> None:
    first = origin.commit({"a": "1"})
    await mirrors.refresh(origin.remote())
    bare = await mirrors.session("s", origin.remote())
    author = Signature("Zoë", "zoe@example.org", 1_600_000_000)
    second = await bare.commit(await bare.tree_of(first), [first], "Do it\n\nCo-authored-by: A <a@b>\n", author, ME)
    [commit] = await bare.log(second, first)
    assert (commit.sha, commit.parents, commit.author) == (second, (first,), author)
    assert commit.message.strip() == "Do it\n\nCo-authored-by: A <a@b>"
    assert [commit.sha for commit in await bare.log(second)] == [second, first]
    assert await bare.is_ancestor(first, second)
    assert not await bare.is_ancestor(second, first)
    assert not await bare.is_ancestor("f" * 40, second)
    assert await bare.merge_base(first, second) == first
    alone = await bare.commit(await bare.tree_of(first), [], "alone", author, ME)
    assert await bare.merge_base(alone, second) is None


async def test_a_branch_is_pushed_once_forward_and_never_over_somebody(origin: Origin, mirrors: Mirrors) -> None:
    base = origin.commit({"a": "1"})
    remote = origin.remote()
    await mirrors.refresh(remote)
    bare = await mirrors.session("s", remote)
    tree = await bare.tree_of(base)
    one = await bare.commit(tree, [base], "one", ME, ME)
    two = await bare.commit(tree, [one], "two", ME, ME)
    beside = await bare.commit(tree, [base], "beside", ME, ME)
    await bare.push(remote, one, "maestro/1-fix", None)
    await bare.push(remote, one, "maestro/1-fix", None)
    await bare.push(remote, two, "maestro/1-fix", one)
    with pytest.raises(PushRejected, match="not at no commit"):
        await bare.push(remote, one, "maestro/1-fix", None)
    with pytest.raises(PushRejected, match="would need force"):
        await bare.push(remote, beside, "maestro/1-fix", two)
    with pytest.raises(PushRejected, match="is at no commit"):
        await bare.push(remote, two, "maestro/2-other", one)
    human = origin.commit({"a": "human"}, "maestro/1-fix")
    with pytest.raises(PushRejected, match=f"is at {human}"):
        await bare.push(remote, beside, "maestro/1-fix", two)
    assert origin.refs() == {"refs/heads/main": base, "refs/heads/maestro/1-fix": human}


@pytest.mark.parametrize(
    "branch",
    [
        "main",
        "maestro",
        "maestro/",
        "heads/maestro/x",
        "maestro/../main",
        "maestro/a..b",
        "maestro/x.lock",
        "maestro/.x",
        "maestro/x:main",
        "+maestro/x",
        "maestro/x y",
        "maestro/x~1",
        "Maestro/x",
        "maestro//x",
        "-maestro/x",
        "maestro/é",
    ],
)
async def test_no_other_branch_is_ever_pushed(origin: Origin, mirrors: Mirrors, branch: str) -> None:
    head = origin.commit({"a": "1"})
    await mirrors.refresh(origin.remote())
    session = await mirrors.session("s", origin.remote())
    with pytest.raises(GitFailed):
        await session.push(origin.remote(), head, branch, None)
    assert origin.refs() == {"refs/heads/main": head}


async def test_a_protected_branch_is_a_rejection_and_a_person_s_hooks_do_not_run(
    origin: Origin, mirrors: Mirrors, tmp_path: Path
) -> None:
    head = origin.commit({"a": "1"})
    hook = origin.path / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    await mirrors.refresh(origin.remote())
    session = await mirrors.session("s", origin.remote())
    await session.push(origin.remote(), head, "maestro/a", None)
    assert not (tmp_path / "ran").exists()
    git("--git-dir", origin.path, "config", "receive.denyCurrentBranch", "refuse")
    git("--git-dir", origin.path, "config", "receive.hideRefs", "refs/heads/maestro/hidden")
    with pytest.raises(PushRejected):
        await session.push(origin.remote(), head, "maestro/hidden/x", None)


async def test_an_entry_without_contents_counts_nothing(bare: Bare) -> None:
    assert await bare.read_blobs([]) == {}
    assert await bare.sizes([]) == {}
    with pytest.raises(GitFailed, match="no object"):
        await bare.read_blobs(["f" * 40])
    with pytest.raises(GitFailed, match="no commit or tree"):
        await bare.tree_of("f" * 40)
