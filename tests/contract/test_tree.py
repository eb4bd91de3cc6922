"""What a work tree promises: restored exactly, saved exactly, read without following links."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.api import Change, Checkpoint, GitFailed, SandboxError, Signature
from sandbox.git import Bare
from sandbox.ignore import Ignore
from sandbox.mirror import Mirrors
from sandbox.paths import fits
from sandbox.tree import WorkTree
from tests.contract.repositories import ENV, ME, Origin, git
from tests.contract.trees import holds, recorded, started


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path)


async def saved(tree: WorkTree, parent: str) -> Checkpoint:
    checkpoint = await tree.checkpoint(parent, "step", ME)
    assert checkpoint is not None
    return checkpoint


async def test_a_restored_tree_holds_the_very_bytes_whatever_its_attributes_ask_for(
    tmp_path: Path, origin: Origin
) -> None:
    (origin.work / "exec").write_text("#!/bin/sh\n")
    (origin.work / "exec").chmod(0o755)
    (origin.work / "inside").symlink_to("exec")
    (origin.work / "outside").symlink_to("/etc/passwd")
    head = origin.commit({"crlf.txt": "a\r\nb\n", "latin": b"\xe9\xff\n", "$Id$.c": "$Id$\n", "a/b/c": ""})
    # By plumbing, so that the person's own git does not apply them.
    asked = b"* text eol=crlf ident filter=lfs working-tree-encoding=UTF-16 -diff\n"
    attributes = git("-C", origin.work, "hash-object", "-w", "--stdin", stdin=asked).strip()
    git("-C", origin.work, "update-index", "--add", "--cacheinfo", f"160000,{head},module")
    git("-C", origin.work, "update-index", "--add", "--cacheinfo", f"100644,{attributes},.gitattributes")
    git("-C", origin.work, "commit", "-q", "-m", "x")
    git("-C", origin.work, "push", "-q", origin.path, "main")
    head = git("-C", origin.work, "rev-parse", "HEAD").strip()
    tree = await started(tmp_path, origin, head)
    assert holds(tree.root) == await recorded(tree.bare, head)
    assert holds(tree.root)["crlf.txt"] == ("100644", b"a\r\nb\n")
    assert (tree.root / "module").is_dir()
    assert await tree.checkpoint(head, "nothing", ME) is None
    assert tree.refused == ()


async def test_a_checkpoint_records_what_changed_and_only_that(tmp_path: Path, origin: Origin) -> None:
    text = "".join(f"{n}\n" for n in range(30))
    head = origin.commit({"a": "1\n", "b": "b", "moved": text, "d/e": "e", "same": "same"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "a").write_bytes(b"1\r\n2\xff\n")
    (tree.root / "b").chmod(0o755)
    (tree.root / "moved").rename(tree.root / "d" / "here")
    (tree.root / "d" / "e").unlink()
    (tree.root / "link").symlink_to("d/here")
    (tree.root / "new dir").mkdir()
    (tree.root / "new dir" / 'quote"\\ü').write_text("x")
    os.utime(tree.root / "same")
    now = holds(tree.root)
    author = Signature("Zoë <x>\n", "zoe@example.org", 1_600_000_000)
    checkpoint = await tree.checkpoint(head, "step ü\n", author)
    assert checkpoint is not None
    assert now == holds(tree.root) == await recorded(tree.bare, checkpoint.sha)
    assert await tree.bare.tree_of(checkpoint.sha) == checkpoint.tree
    assert checkpoint.changes == await tree.bare.changes(head, checkpoint.sha)
    assert [(change.path, change.renamed_from) for change in checkpoint.changes] == [
        ("a", None),
        ("b", None),
        ("d/e", None),
        ("d/here", "moved"),
        ("link", None),
        ('new dir/quote"\\ü', None),
    ]
    [commit] = await tree.bare.log(checkpoint.sha, head)
    assert commit.message == "step ü\n"
    assert (commit.parents, commit.author) == ((head,), Signature("Zoë x", "zoe@example.org", 1_600_000_000))
    assert await tree.checkpoint(checkpoint.sha, "again", ME) is None


async def test_sizes_and_lines_of_changes_are_known(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1\n"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "a").write_text("1\n2\n")
    checkpoint = await saved(tree, head)
    [old] = await tree.bare.entries(head)
    [new] = await tree.bare.entries(checkpoint.sha)
    assert checkpoint.changes == (Change("a", old, new, None, 1, 0),)
    assert (old.size, new.size) == (2, 4)


async def test_files_and_directories_may_take_each_other_s_place(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"file": "f", "dir/a": "a", "dir/b": "b"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "file").unlink()
    (tree.root / "file").mkdir()
    (tree.root / "file" / "x").write_text("x")
    for path in ("dir/a", "dir/b"):
        (tree.root / path).unlink()
    (tree.root / "dir").rmdir()
    (tree.root / "dir").write_text("now a file")
    checkpoint = await saved(tree, head)
    assert await recorded(tree.bare, checkpoint.sha) == holds(tree.root)


async def test_a_write_right_after_a_checkpoint_is_never_missed(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "0000", "b": "b"})
    tree = await started(tmp_path, origin, head)
    for number in range(12):
        (tree.root / "a").write_text(f"{number + 1:04d}")
        head = (await saved(tree, head)).sha
        assert await tree.bare.read(head, "a") == f"{number + 1:04d}".encode()


async def test_a_later_process_goes_on_from_what_an_earlier_one_saw(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1", "b": "2", "c": "3"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "a").write_text("changed")
    (tree.root / "b").unlink()
    first = await saved(tree, head)
    (tree.root / "c").write_text("later")
    later = WorkTree(tree.root, tree.bare)
    assert [found.path for found in await later.list()] == ["a", "c"]
    second = await saved(later, first.sha)
    assert [change.path for change in second.changes] == ["c"]
    journal = tree.bare.path.with_name(f"{tree.bare.path.name}.manifest")
    journal.write_text(journal.read_text()[:-20] + "cut off")
    last = WorkTree(tree.root, tree.bare)
    assert await last.checkpoint(second.sha, "nothing", ME) is None
    journal.unlink()
    assert await WorkTree(tree.root, tree.bare).checkpoint(second.sha, "nothing", ME) is None
    with pytest.raises(SandboxError, match="never restored"):
        await WorkTree(tmp_path, Bare(tmp_path)).list()


async def test_going_back_to_an_earlier_checkpoint_keeps_the_later_one(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "a").write_text("wrong way")
    (tree.root / "junk").write_text("x")
    wrong = await saved(tree, head)
    (tree.root / "untracked").mkdir()
    await tree.restore(head)
    assert holds(tree.root) == {"a": ("100644", b"1")}
    (tree.root / "a").write_text("right way")
    right = await saved(tree, head)
    refs = git("--git-dir", tree.bare.path, "for-each-ref", "--format=%(objectname)").split()
    assert {wrong.sha, right.sha} <= set(refs)


async def test_a_failed_restore_leaves_everything_as_it_was(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "a").write_text("precious")
    with pytest.raises(GitFailed):
        await tree.restore("f" * 40)
    assert holds(tree.root) == {"a": ("100644", b"precious")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "origin-work", "origin.git", "work"]


async def test_the_squashed_commit_of_a_checkpoint_is_a_good_parent_too(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "a").write_text("2")
    checkpoint = await saved(tree, head)
    squashed = await tree.bare.commit(checkpoint.tree, [head], "delivered", ME, ME)
    assert await tree.checkpoint(squashed, "nothing", ME) is None
    (tree.root / "a").write_text("3")
    assert [change.path for change in (await saved(tree, squashed)).changes] == ["a"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_everything_belongs_to_the_session_s_uid(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a/b": "1", "c": "2"})
    mirrors = Mirrors(tmp_path / "home")
    await mirrors.refresh(origin.remote())
    tree = WorkTree(tmp_path / "work", await mirrors.session("s", origin.remote()), owner=1_234_567)
    await tree.restore(head)
    await tree.write("new/dir/file", b"x")
    owners = {path.lstat().st_uid for path in (tree.root, *tree.root.rglob("*"))}
    assert owners == {1_234_567}
    assert await tree.checkpoint(head, "x", ME) is not None


# What is left out


async def test_noise_is_passed_over_unless_it_is_tracked(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({".gitignore": "*.log\n/out/\n", "sub/.gitignore": "!keep.log\n", "kept.log": "x", "a.py": ""})
    git("-C", origin.work, "add", "-f", "kept.log")
    head = origin.save()
    tree = await started(tmp_path, origin, head)
    noise = ("x.log", "out/y", "__pycache__/a.pyc", "node_modules/z/index.js", "p.egg-info/PKG", "sub/z.log", ".venv/x")
    for name in (*noise, "sub/keep.log", "sub/out/y", "real"):
        (tree.root / name).parent.mkdir(parents=True, exist_ok=True)
        (tree.root / name).write_text("new")
    (tree.root / "kept.log").write_text("changed")
    checkpoint = await saved(tree, head)
    assert [change.path for change in checkpoint.changes] == ["kept.log", "real", "sub/keep.log", "sub/out/y"]
    assert checkpoint.refused == ()
    assert "out/y" not in [found.path for found in await tree.list()]


async def test_ignore_rules_are_those_of_the_parent_commit(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1"})
    tree = await started(tmp_path, origin, head)
    (tree.root / ".gitignore").write_text("*\n")
    (tree.root / "b").write_text("not hidden by rules that nobody has seen yet")
    first = await saved(tree, head)
    assert [change.path for change in first.changes] == [".gitignore", "b"]
    (tree.root / "c").write_text("hidden")
    assert await tree.checkpoint(first.sha, "nothing", ME) is None
    (tree.root / ".gitignore").unlink()
    second = await saved(tree, first.sha)
    assert [change.path for change in second.changes] == [".gitignore"]
    assert [change.path for change in (await saved(tree, second.sha)).changes] == ["c"]


async def test_what_set_up_made_is_no_part_of_the_tree(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"src/a": "1"})
    tree = await started(tmp_path, origin, head)
    made = tmp_path / "made"
    made.mkdir()
    (made / "x").write_text("x")
    await tree.expect(["src/lib", "deps"])
    await tree.adopt("src/lib", made)
    await tree.adopt("src/a", made)
    await tree.make_folder("deps")
    (tree.root / "deps" / "x").write_text("x")
    assert (tree.root / "src" / "lib" / "x").read_text() == "x"
    assert (tree.root / "src" / "a").read_text() == "1"
    assert await tree.checkpoint(head, "nothing", ME) is None
    assert [await tree.tracks(path) for path in ("src", "src/a", "src/lib", "sr")] == [True, True, False, False]


NAMES = st.sampled_from(["a", "b", "ab", "a.py", "b.log", "x y", ".c", "a]"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
# `**` within a name is left out: what git makes of `a**/b` depends on how it optimises.
PIECES = st.sampled_from(["a", "b", "*", "?", ".py", "[ab]", "[!a]", "[a-[b]", "[[:alpha:]]", "x y", "\\*", "#", " "])
PARTS = st.lists(PIECES, min_size=1, max_size=3).map("".join) | st.sampled_from(["**", "a", "b"])
RULES = st.tuples(
    st.sampled_from(["", "", "!", "/", "!/"]),
    st.lists(PARTS, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["", "", "/", " ", "\\ ", "\r"]),
).map("".join)
LINES = st.lists(RULES, min_size=1, max_size=4)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=LINES, below=LINES, paths=st.lists(PATHS, min_size=1, max_size=30))
def test_ignore_rules_mean_what_they_mean_to_git(
    tmp_path: Path, lines: list[str], below: list[str], paths: list[str]
) -> None:
    scratch = tmp_path / "scratch"
    if not scratch.exists():
        git("init", "-q", scratch)
        (scratch / "a").mkdir()
    rules = {".gitignore": "\n".join(lines).encode(), "a/.gitignore": "\n".join(below).encode()}
    for name, text in rules.items():
        (scratch / name).write_bytes(text)
    asked = "\0".join(paths).encode()
    command = ("git", "-C", str(scratch), "check-ignore", "--no-index", "-z", "--stdin")
    said = subprocess.run(command, input=asked, env=ENV, check=False, capture_output=True).stdout
    expected = {path for path in said.decode().split("\0") if path}
    ignore = Ignore(rules)
    parents = {path: ["/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 1)] for path in paths}
    ours = {path for path in paths if any(ignore(each, True) for each in parents[path]) or ignore(path, path == "a")}
    assert ours == expected


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        (".github/**", [".github/x", ".github/a/b", ".github"], ["x/.github/y", "github"]),
        ("infra/", ["infra", "infra/x"], ["infrared"]),
        ("*.py", ["a.py", "a/b.py"], ["a.pyc", "a.py/b"]),
        ("src/**/test_*.py", ["src/test_a.py", "src/a/b/test_.py"], ["src/a/best_a.py", "test_a.py"]),
        ("**/conftest.py", ["conftest.py", "a/b/conftest.py"], ["xconftest.py"]),
        ("a/*/c", ["a/b/c"], ["a/b/x/c", "a/c"]),
        ("a[0-9].t?t", ["a1.txt", "x/a9.tot"], ["ab.txt", "a1.tt"]),
        ("[", ["["], ["x"]),
        ("[z-a]", ["z"], ["a", "m"]),
    ],
)
def test_globs_fit_as_people_expect(pattern: str, fitting: list[str], others: list[str]) -> None:
    assert [path for path in (*fitting, *others) if fits(pattern, path)] == fitting
