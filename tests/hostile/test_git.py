"""HOSTILE.md, row git: what a work tree can do to the host that saves it. Each attack has a twin that must succeed."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.api import Checkpoint, GitFailed, PathRefused
from sandbox.git import Bare
from sandbox.grep import Query
from sandbox.paths import PathPolicy, name_fault
from sandbox.tree import WorkTree
from tests.contract.repositories import ENV, ME, Origin, git

SECRET = b"CANARY-7f3a9c-of-the-host"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary"
    path.write_bytes(SECRET)
    return path


class Scene:
    """A session's work tree, restored from a small repository."""

    def __init__(self, tree: WorkTree, head: str) -> None:
        self.tree, self.head = tree, head

    @property
    def root(self) -> Path:
        return self.tree.root

    async def save(self) -> Checkpoint | None:
        checkpoint = await self.tree.checkpoint(self.head, "step", ME)
        self.head = checkpoint.sha if checkpoint else self.head
        return checkpoint

    async def recorded(self) -> list[str]:
        """Paths that the step changed."""
        checkpoint = await self.save()
        return [change.path for change in checkpoint.changes] if checkpoint else []

    def refused(self) -> list[str]:
        return [path for path, _ in self.tree.refused]

    def holds_secret(self) -> bool:
        """Whether any object of the repository has the canary in it."""
        ask = (
            "git",
            "--git-dir",
            str(self.tree.bare.path),
            "cat-file",
            "--batch-all-objects",
            "--batch",
            "--unordered",
        )
        return SECRET in subprocess.run(ask, env=ENV, check=True, capture_output=True).stdout


async def begin(tmp_path: Path, policy: PathPolicy | None = None) -> Scene:
    origin = Origin(tmp_path)
    (origin.work / "old-link").symlink_to("/etc/hostname")
    head = origin.commit({"src/a.py": "a = 1\n", "src/b.py": "b = 2\n", ".github/workflows/ci.yml": "on: push\n"})
    bare = await Bare.create(tmp_path / "home" / "session.git", borrow=origin.path)
    tree = WorkTree(tmp_path / "home" / "work", bare, None, policy)
    await tree.restore(head)
    return Scene(tree, head)


SPELLINGS = [
    *(".git", ".GIT", ".Git", ".giT", ".git ", ".git.", ".git...", ".git . .", ".git::$INDEX_ALLOCATION", ".git:x"),
    *("git~1", "GIT~1", "git~2", "Git~27", ".g\u200cit", ".gi\u200dt", "\ufeff.git", ".git\u200f", ".\u202egit"),
    *(".\uff47\uff49\uff54", ".g\u0131t", ".G\u0130T", ".git\\config", "a\\.git\\hooks", ".git\\", "a\\..\\b"),
    *(".gi\u0301t", "\u2024git", ".g\u2060it", ".g\u00adit"),
]
FILES = ["GITMOD~1", "gi7eba~1", ".GITMODULES", ".gitmodules ", ".gitattributes."]
PLAIN = [
    *(
        ".github",
        ".gitignore",
        ".gitattributes",
        "git",
        "digit",
        "a.git",
        "日本.git",
        ".gitx",
        "git~",
        ".gitlab-ci.yml",
    ),
    *("é.py", "☃", "👩.txt", "a b", "-rf", "--help", "*", "a:b", "..a", "COM1", 'q"', "'", "$HOME", ";", "ß"),
]
DECEIVING = [
    *(b"a\nb", b"a\tb", b"\x1b[31m", b"\x7f", b"latin-\xe9", b"\xff", b"\xed\xa0\x80", "nel\x85".encode()),
    *("a\u202egnp.exe".encode(), "z\u200bw".encode(), "l\u2028s".encode(), "\U000e0041tag".encode()),
    "\u2066iso".encode(),
]


async def test_no_spelling_of_git_s_own_names_enters_a_commit(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    for number, name in enumerate(SPELLINGS):
        (scene.root / f"d{number}" / name).mkdir(parents=True)
        (scene.root / f"d{number}" / name / "config").write_text("[core]\n")
        (scene.root / f"d{number}" / "twin").write_text("x")
    for number, name in enumerate(SPELLINGS + FILES):
        (scene.root / f"f{number}").mkdir()
        (scene.root / f"f{number}" / name).write_text("gitdir: /elsewhere\n")
        with pytest.raises(PathRefused):
            await scene.tree.write(f"{name}/x" if name in SPELLINGS else name, b"")
    assert sorted(await scene.recorded()) == sorted(f"d{number}/twin" for number in range(len(SPELLINGS)))
    folders = [f"d{number}/{name}" for number, name in enumerate(SPELLINGS)]
    assert scene.refused() == sorted([*folders, *(f"f{n}/{name}" for n, name in enumerate(SPELLINGS + FILES))])
    assert len(SPELLINGS) >= 30


async def test_twin_ordinary_names_are_recorded(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    for name in PLAIN:
        (scene.root / "src" / name).write_text("x")
    assert sorted(await scene.recorded()) == sorted(f"src/{name}" for name in PLAIN)
    assert scene.refused() == []


async def test_names_that_deceive_are_refused(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    for name in DECEIVING:
        Path(os.fsdecode(os.fsencode(scene.root) + b"/" + name)).write_text("x")
    (scene.root / "twin").write_text("x")
    assert await scene.recorded() == ["twin"]
    assert scene.refused() == sorted(map(os.fsdecode, DECEIVING))


@pytest.mark.parametrize(("new", "old"), [("SRC/c.py", "src"), ("src/A.py", "src/a.py"), ("src/c/D", "src/c/d")])
async def test_names_that_differ_in_case_only_do_not_meet(tmp_path: Path, new: str, old: str) -> None:
    scene = await begin(tmp_path)
    for path in ("src/c/d", new):
        (scene.root / path).parent.mkdir(exist_ok=True)
        (scene.root / path).write_text("x")
    await scene.save()
    assert len(scene.refused()) == 1
    names = [entry.path for entry in await scene.tree.bare.entries(scene.head)]
    assert len({name.casefold() for name in names}) == len(names)


async def test_composed_and_decomposed_names_do_not_meet(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    for name in ("caf\u00e9", "cafe\u0301"):
        (scene.root / name).write_text("x")
    assert len(await scene.recorded()) == len(scene.refused()) == 1


async def test_twin_a_rename_by_case_alone_is_recorded(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    (scene.root / "src").rename(scene.root / "Src")
    assert await scene.recorded() == ["Src/a.py", "Src/b.py"]
    assert scene.refused() == []


# Programs that git would start


def trap(root: Path, marker: Path) -> None:
    """Turn a directory into a repository in which everyday git commands run a program."""
    program = marker.parent / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    program.chmod(0o755)
    git("init", "-q", root)
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "diff.external",
        "filter.x.clean",
        "filter.x.smudge",
    ):
        git("-C", root, "config", key, program)
    git("-C", root, "config", "core.hooksPath", root / ".git" / "hooks")
    for hook in ("pre-commit", "post-checkout", "reference-transaction", "post-index-change"):
        (root / ".git" / "hooks").mkdir(exist_ok=True)
        shutil.copy(program, root / ".git" / "hooks" / hook)
    (root / ".gitattributes").write_text("* filter=x diff=x\n")


async def test_nothing_in_a_work_tree_makes_git_run_a_program(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    marker = tmp_path / "ran"
    (scene.root / "nested").mkdir()
    trap(scene.root, marker)
    trap(scene.root / "nested", marker)
    marker.unlink(missing_ok=True)
    (scene.root / "src" / "a.py").write_text("a = 3\n")
    assert await scene.recorded() == [".gitattributes", "nested/.gitattributes", "src/a.py"]
    assert scene.refused() == [".git", "nested/.git"]
    assert await scene.tree.read("src/a.py", 100) == b"a = 3\n"
    await scene.tree.restore(scene.head)
    assert (scene.root / "src" / "a.py").read_text() == "a = 3\n"
    assert await scene.tree.bare.patch(f"{scene.head}", scene.head) == ""
    assert not marker.exists()


def test_twin_the_trap_is_alive(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    trap(tmp_path / "work", tmp_path / "ran")
    (tmp_path / "ran").unlink(missing_ok=True)
    subprocess.run(["git", "-C", str(tmp_path / "work"), "add", "-A"], env=ENV, check=False, capture_output=True)
    assert (tmp_path / "ran").exists()


async def test_a_git_file_and_alternates_lead_nowhere(tmp_path: Path, canary: Path) -> None:
    other = Origin(tmp_path, "tenant")
    theirs = other.commit({"secret": SECRET})
    scene = await begin(tmp_path)
    (scene.root / ".git").write_text(f"gitdir: {other.work}/.git\n")
    (scene.root / "bare.git" / "objects" / "info").mkdir(parents=True)
    (scene.root / "bare.git" / "objects" / "info" / "alternates").write_text(f"{other.path}/objects\n")
    (scene.root / "bare.git" / "HEAD").write_text(f"{theirs}\n")
    assert await scene.recorded() == ["bare.git/HEAD", "bare.git/objects/info/alternates"]
    assert scene.refused() == [".git"]
    assert await scene.tree.bare.resolve(theirs) is None
    assert not scene.holds_secret()


async def test_commits_that_the_agent_forged_are_not_ours(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    git("init", "-q", scene.root)
    git("-C", scene.root, "add", "-A")
    git("-C", scene.root, "commit", "-q", "--allow-empty", "-m", "forged", env={"GIT_AUTHOR_NAME": "The Boss"})
    forged = git("-C", scene.root, "rev-parse", "HEAD").strip()
    (scene.root / "src" / "a.py").write_text("a = 2\n")
    await scene.save()
    assert await scene.tree.bare.resolve(forged) is None
    [commit] = await scene.tree.bare.log(scene.head, limit=1)
    assert (commit.author, commit.message) == (ME, "step")


def said(*command: str, folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout.decode()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: cannot watch what git opens")
async def test_host_git_opens_no_path_of_the_work_tree(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    (scene.root / "nested").mkdir()
    trap(scene.root, tmp_path / "ran")
    (scene.root / "src" / "a.py").write_text("a = 4\n")
    program = f"""
import asyncio, pathlib
from sandbox.git import Bare
from sandbox.grep import Query
from sandbox.tree import WorkTree
from sandbox.api import Signature
async def main():
    tree = WorkTree(pathlib.Path({str(scene.root)!r}), Bare(pathlib.Path({str(scene.tree.bare.path)!r})))
    saved = await tree.checkpoint({scene.head!r}, "step", Signature("a", "a@b", 1))
    print(len(saved.changes), len(await tree.list()))
asyncio.run(main())
"""
    (tmp_path / "watched").mkdir()
    watch = ("strace", "-ff", "-qq", "-e", "trace=chdir,%file", "-s", "4096", "-o", str(tmp_path / "watched" / "by"))
    folder = Path(__file__).resolve().parents[2]
    assert said(*watch, sys.executable, "-c", program, folder=folder) == "2 5\n"
    started = re.compile(r'execve\("[^"]*/([^"/]+)".* = 0$', re.MULTILINE)
    logs = [log.read_text(errors="replace") for log in (tmp_path / "watched").iterdir()]
    of_git = [log for log in logs if started.findall(log) == ["git"]]
    assert len(of_git) >= 3
    assert [log for log in of_git if str(scene.root) in log.partition(" = 0\n")[2]] == []
    assert any(str(scene.root) in log for log in logs if log not in of_git)
    python = {Path(sys.executable).name, Path(sys.executable).resolve().name}
    assert {name for log in logs for name in started.findall(log)} <= {"git"} | python


# Links


OUTSIDE = [
    *("/etc/passwd", "../canary", "../../canary", "src/../../canary", "..", "/", "./../x", "src/x/../../.."),
    *(".git/config", "src/.GIT/x", "//etc/passwd", "/proc/self/environ"),
]


async def test_new_links_that_lead_outside_are_refused(tmp_path: Path, canary: Path) -> None:
    scene = await begin(tmp_path)
    for number, target in enumerate(OUTSIDE):
        (scene.root / f"evil{number:02}").symlink_to(target)
    (scene.root / "twin").symlink_to("src/a.py")
    assert await scene.recorded() == ["twin"]
    assert scene.refused() == [f"evil{number:02}" for number in range(len(OUTSIDE))]
    for link in (*scene.refused(), "twin"):
        for attempt in (scene.tree.read(link, 9), scene.tree.write(link, b"x"), scene.tree.write(f"{link}/x", b"x")):
            with pytest.raises(PathRefused):
                await attempt
    assert canary.read_bytes() == SECRET
    assert not scene.holds_secret()


async def test_twin_links_inside_and_unchanged_links_outside_are_kept(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    (scene.root / "src" / "up").symlink_to("../.github/workflows")
    (scene.root / "here").symlink_to("src")
    (scene.root / "src" / "dangling").symlink_to("nowhere")
    assert await scene.recorded() == ["here", "src/dangling", "src/up"]
    links = {entry.path for entry in await scene.tree.bare.entries(scene.head) if entry.mode == "120000"}
    assert links == {"here", "old-link", "src/dangling", "src/up"}
    (scene.root / "old-link").unlink()
    (scene.root / "old-link").symlink_to("/etc/shadow")
    assert await scene.recorded() == []
    assert scene.refused() == ["old-link"]


async def test_a_directory_turned_into_a_link_brings_nothing_in(tmp_path: Path, canary: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_bytes(SECRET)
    scene = await begin(tmp_path)
    shutil.rmtree(scene.root / "src")
    (scene.root / "src").symlink_to(outside)
    assert await scene.recorded() == ["src/a.py", "src/b.py"]
    assert scene.refused() == ["src"]
    assert [entry.path for entry in await scene.tree.bare.entries(scene.head)] == [
        ".github/workflows/ci.yml",
        "old-link",
    ]
    for attempt in (scene.tree.read("src/a.py", 100), scene.tree.write("src/x", b""), scene.tree.delete("src/a.py")):
        with pytest.raises(PathRefused, match="link"):
            await attempt
    assert [hit.path for hit in (await scene.tree.search(Query("CANARY"))).hits] == []
    assert (outside / "a.py").read_bytes() == SECRET
    assert not scene.holds_secret()


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Do something over and over, as sandboxed code would, while the host works."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            act()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


async def test_a_file_swapped_for_a_link_under_the_reader_never_leads_out(tmp_path: Path, canary: Path) -> None:
    scene = await begin(tmp_path)
    target, folder = scene.root / "src" / "a.py", scene.root / "swap"
    honest, number = b"honest\n", iter(range(10**9))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "f").write_bytes(SECRET)

    def swap() -> None:
        spare = scene.root.parent / f"spare-{next(number)}"
        spare.symlink_to(canary)
        os.replace(spare, target)
        spare.write_bytes(honest + str(next(number)).encode())
        os.replace(spare, target)
        folder.mkdir(exist_ok=True)
        (folder / "f").write_bytes(honest)
        folder.rename(scene.root.parent / "aside")
        folder.symlink_to(tmp_path / "outside")
        folder.unlink()
        shutil.rmtree(scene.root.parent / "aside")

    with meanwhile(swap):
        for _ in range(25):
            await scene.save()
            for path in ("src/a.py", "swap/f"):
                try:
                    assert SECRET not in await scene.tree.read(path, 1000)
                except PathRefused:
                    continue
            try:
                await scene.tree.write("swap/f", b"mine")
            except PathRefused:
                continue
    assert not scene.holds_secret()
    assert (tmp_path / "outside" / "f").read_bytes() == SECRET
    target.write_bytes(b"at rest\n")
    await scene.save()
    assert await scene.tree.bare.read(scene.head, "src/a.py") == b"at rest\n"


# Things that are no files, and files without end


async def test_pipes_sockets_and_devices_neither_hang_nor_enter(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    os.mkfifo(scene.root / "pipe")
    (scene.root / "src" / "a.py").unlink()
    os.mkfifo(scene.root / "src" / "a.py")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(scene.root, os.O_RDONLY)
        try:
            listening.bind(f"/proc/self/fd/{here}/socket")
        finally:
            os.close(here)
        (scene.root / "twin").write_text("x")
        async with asyncio.timeout(10):
            assert await scene.recorded() == ["twin"]
            assert scene.refused() == ["pipe", "socket", "src/a.py"]
            for path in ("pipe", "socket", "src/a.py"):
                with pytest.raises(PathRefused, match=r"pipe|socket"):
                    await scene.tree.read(path, 10)
                with pytest.raises(PathRefused):
                    await scene.tree.write(path, b"x")
    assert await scene.tree.bare.read(scene.head, "src/a.py") == b"a = 1\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make devices")
async def test_devices_are_refused(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    os.mknod(scene.root / "zero", 0o20666, os.makedev(1, 5))
    assert await scene.recorded() == []
    assert scene.refused() == ["zero"]


async def test_huge_sparse_and_growing_files_cost_nothing(tmp_path: Path) -> None:
    scene = await begin(tmp_path, PathPolicy(max_file=100_000))
    (scene.root / "sparse").touch()
    os.truncate(scene.root / "sparse", 1 << 41)
    growing = scene.root / "growing"
    growing.write_bytes(b"x")

    def grow() -> None:
        with growing.open("ab") as file:
            file.write(b"y" * 5_000)

    (scene.root / "twin").write_bytes(b"x" * 100_000)
    with meanwhile(grow):
        async with asyncio.timeout(10):
            recorded = await scene.recorded()
    assert "twin" in recorded
    assert "sparse" in scene.refused()
    if "growing" in recorded:
        assert set(await scene.tree.bare.read(scene.head, "growing")) <= set(b"xy")


async def test_caps_on_files_bytes_entries_and_depth_hold(tmp_path: Path) -> None:
    scene = await begin(tmp_path, PathPolicy(max_changes=3, max_total=1000, max_entries=60, max_depth=5))
    for number in range(5):
        (scene.root / f"f{number}").write_text("x")
    assert await scene.recorded() == ["f0", "f1", "f2"]
    assert scene.refused() == ["f3", "f4"]
    assert await scene.recorded() == ["f3", "f4"]
    (scene.root / "large").write_bytes(b"x" * 1001)
    (scene.root / "twin").write_bytes(b"x" * 1000)
    assert await scene.recorded() == ["twin"]
    (scene.root / "large").unlink()
    (scene.root / "1/2/3/4/5/6").mkdir(parents=True)
    (scene.root / "1/2/3/4/5/6/deep").write_text("x")
    (scene.root / "1/2/3/4/5/twin").write_text("x")
    assert await scene.recorded() == ["1/2/3/4/5/twin"]
    assert scene.refused() == ["1/2/3/4/5/6"]
    (scene.root / "many").mkdir()
    for number in range(100):
        (scene.root / "many" / str(number)).touch()
    (scene.root / "f0").unlink()
    await scene.save()
    assert "." in scene.refused()
    assert "f0" in [entry.path for entry in await scene.tree.bare.entries(scene.head)]


async def test_directories_without_end_are_left_and_removed(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    here = os.open(scene.root, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (scene.root / "twin").write_text("x")
    assert await scene.recorded() == ["twin"]
    assert len(scene.refused()) == 1
    await scene.tree.restore(scene.head)
    assert not (scene.root / "d").exists()


async def test_a_tree_of_a_thousand_million_paths_is_refused(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    bomb = git("--git-dir", scene.tree.bare.path, "hash-object", "-w", "--stdin", stdin=b"boom").strip()
    entry = f"100644 blob {bomb}"
    for _ in range(9):
        rows = "".join(f"{entry}\tf{n}\n" for n in range(10))
        tree = git("--git-dir", scene.tree.bare.path, "mktree", stdin=rows.encode()).strip()
        entry = f"040000 tree {tree}"
    async with asyncio.timeout(60):
        with pytest.raises(GitFailed, match=r"lists more than|too large"):
            await scene.tree.restore(tree)
    assert (scene.root / "src" / "a.py").exists()


@pytest.mark.parametrize("path", [".git/config", ".GIT/hooks/post-checkout", "../escape", "git~1/config", "a/.git/x"])
async def test_a_hostile_base_tree_is_not_restored(tmp_path: Path, path: str) -> None:
    scene = await begin(tmp_path)
    entry = f"100644 blob {git('--git-dir', scene.tree.bare.path, 'hash-object', '-w', '--stdin', stdin=b'x').strip()}"
    for name in reversed(path.split("/")):
        tree = git("--git-dir", scene.tree.bare.path, "mktree", stdin=f"{entry}\t{name}\n".encode()).strip()
        entry = f"040000 tree {tree}"
    with pytest.raises(GitFailed):
        await scene.tree.restore(tree)
    assert (scene.root / "src" / "a.py").exists()
    assert not (scene.root.parent / "escape").exists()


async def test_a_base_that_writes_through_its_own_link_does_not_get_out(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    (tmp_path / "outside").mkdir()
    blob = git("--git-dir", scene.tree.bare.path, "hash-object", "-w", "--stdin", stdin=b"x").strip()
    link = str(tmp_path / "outside").encode()
    link_blob = git("--git-dir", scene.tree.bare.path, "hash-object", "-w", "--stdin", stdin=link).strip()
    below = git("--git-dir", scene.tree.bare.path, "mktree", stdin=f"100644 blob {blob}\tx\n".encode()).strip()
    rows = f"120000 blob {link_blob}\ta\n040000 tree {below}\ta\n"
    tree = git("--git-dir", scene.tree.bare.path, "mktree", stdin=rows.encode()).strip()
    with pytest.raises(GitFailed, match="both as a file and as a directory"):
        await scene.tree.restore(tree)
    assert list((tmp_path / "outside").iterdir()) == []


# Protected paths, submodules


def by_writing(root: Path) -> None:
    (root / ".github" / "workflows" / "ci.yml").write_text("on: pwned\n")


def by_adding(root: Path) -> None:
    (root / ".github" / "workflows" / "new.yml").write_text("on: pwned\n")


def by_deleting(root: Path) -> None:
    (root / ".github" / "workflows" / "ci.yml").unlink()


def by_mode(root: Path) -> None:
    (root / ".github" / "workflows" / "ci.yml").chmod(0o755)


def by_renaming_in(root: Path) -> None:
    (root / "src" / "new.yml").write_text("on: pwned\n")
    (root / "src" / "new.yml").rename(root / ".github" / "workflows" / "x.yml")


def by_renaming_away(root: Path) -> None:
    (root / ".github").rename(root / "hub")


def by_case(root: Path) -> None:
    (root / ".GitHub" / "Workflows").mkdir(parents=True)
    (root / ".GitHub" / "Workflows" / "x.yml").write_text("on: pwned\n")


def by_link(root: Path) -> None:
    (root / "hub").mkdir()
    shutil.rmtree(root / ".github")
    (root / ".github").symlink_to("hub")


def by_a_file_in_place_of_the_directory(root: Path) -> None:
    shutil.rmtree(root / ".github")
    (root / ".github").write_text("x")


WAYS = [by_writing, by_adding, by_deleting, by_mode, by_renaming_in, by_renaming_away, by_case, by_link]


@pytest.mark.parametrize("way", [*WAYS, by_a_file_in_place_of_the_directory])
async def test_protected_paths_stay_as_they_are(tmp_path: Path, way: Callable[[Path], None]) -> None:
    scene = await begin(tmp_path, PathPolicy(protected=(".github/**",)))
    was = [entry for entry in await scene.tree.bare.entries(scene.head) if "github" in entry.path.lower()]
    way(scene.root)
    (scene.root / "twin").write_text("x")
    assert "twin" in await scene.recorded()
    assert scene.refused() != []
    now = [entry for entry in await scene.tree.bare.entries(scene.head) if "github" in entry.path.lower()]
    assert now == was


async def test_a_protected_file_is_not_pushed_out_by_a_file_in_its_directory_s_place(tmp_path: Path) -> None:
    scene = await begin(tmp_path, PathPolicy(protected=("src/a.py",)))
    shutil.rmtree(scene.root / "src")
    (scene.root / "src").write_text("now a file")
    assert await scene.recorded() == ["src/b.py"]
    assert scene.refused() == ["src", "src/a.py"]
    assert await scene.tree.bare.read(scene.head, "src/a.py") == b"a = 1\n"


async def test_twin_touching_a_protected_file_is_no_change(tmp_path: Path) -> None:
    scene = await begin(tmp_path, PathPolicy(protected=(".github/**",)))
    file = scene.root / ".github" / "workflows" / "ci.yml"
    text = file.read_text()
    file.unlink()
    file.write_text(text)
    assert await scene.recorded() == []
    assert scene.refused() == []


async def test_submodules_stay_as_recorded_and_none_is_made(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    bare = scene.tree.bare
    rows = git("--git-dir", bare.path, "ls-tree", scene.head) + f"160000 commit {scene.head}\tmodule\n"
    tree = git("--git-dir", bare.path, "mktree", "--missing", stdin=rows.encode()).strip()
    scene.head = await bare.commit(tree, [scene.head], "with a submodule", ME, ME)
    await scene.tree.restore(scene.head)
    assert await scene.recorded() == []
    git("init", "-q", scene.root / "module")
    (scene.root / "module" / "file").write_text("x")
    git("init", "-q", scene.root / "fake")
    git("-C", scene.root / "fake", "commit", "-q", "--allow-empty", "-m", "x")
    (scene.root / "twin").write_text("x")
    assert await scene.recorded() == ["twin"]
    assert scene.refused() == ["fake/.git", "module"]
    modes = {entry.path: entry.mode for entry in await bare.entries(scene.head)}
    assert [path for path, mode in modes.items() if mode == "160000"] == ["module"]
    shutil.rmtree(scene.root / "module")
    assert await scene.recorded() == ["module"]


def test_every_reason_is_a_sentence_part() -> None:
    assert name_fault("a/b") is None
    assert all((name_fault(name) or "").startswith(("it is ", "its ")) for name in SPELLINGS + FILES)
