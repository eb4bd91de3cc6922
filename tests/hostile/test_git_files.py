"""HOSTILE.md, row git: links, strange files, bombs and protected paths in a work tree. Each attack has a twin that must
succeed."""

import asyncio
import os
import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox import hostgit
from sandbox.api import GitFailed, PathRefused
from sandbox.grep import Query
from sandbox.paths import PathPolicy
from tests.contract.repositories import ME, git
from tests.hostile.scenes import SECRET, begin, meanwhile


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary"
    path.write_bytes(SECRET)
    return path


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
        aside = folder.rename(scene.root.parent / f"aside-{next(number)}")
        with suppress(FileExistsError):  # the writer may have made the folder anew in between
            folder.symlink_to(tmp_path / "outside")
            folder.unlink()
        shutil.rmtree(aside, ignore_errors=True)

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
    for _ in range(1_100):  # deeper than Python's stack, and longer than the kernel's paths
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (scene.root / "twin").write_text("x")
    assert await scene.recorded() == ["twin"]
    assert len(scene.refused()) == 1
    await scene.tree.restore(scene.head)
    assert not (scene.root / "deep").exists()


async def test_what_goes_on_writing_after_the_cut_holds_nothing_up() -> None:
    flood = "!setsid sh -c 'head -c 400000 /dev/zero; sleep 0.2; head -c 1000000 /dev/zero' & wait"
    ended = await hostgit.end(None, "-c", f"alias.flood={flood}", "flood", limit=300_000, timeout=20)
    assert (ended.cut, len(ended.out)) == (True, 300_000)


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
