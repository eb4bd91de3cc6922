"""What the agent's file tools promise: they reach nothing outside, follow no link, and end in time."""

import stat
from pathlib import Path

import pytest

from sandbox.api import PathRefused
from sandbox.grep import Hit, Query, Search
from sandbox.paths import PathPolicy, fits
from sandbox.tree import Found
from tests.contract.repositories import Origin
from tests.contract.trees import holds, started


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path)


async def test_files_are_read_written_moved_and_deleted(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a": "1", "run": "x"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "run").chmod(0o755)
    assert await tree.read("a", 100) == b"1"
    await tree.write("a", b"second")
    await tree.write("run", b"still runs")
    await tree.write("deep/er/new", b"n")
    await tree.move("deep/er/new", "other/place")
    assert await tree.read("a", 3) == b"sec"
    assert stat.S_IMODE((tree.root / "run").stat().st_mode) == 0o755
    await tree.delete("a")
    assert holds(tree.root) == {"other/place": ("100644", b"n"), "run": ("100755", b"still runs")}
    for refused in (
        tree.read("a", 1),
        tree.delete("a"),
        tree.move("a", "b"),
        tree.read("deep", 1),
        tree.delete("deep"),
    ):
        with pytest.raises(PathRefused):
            await refused
    with pytest.raises(PathRefused, match="stands there already"):
        await tree.move("run", "other/place")


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../../x", "", ".", "a//b", ".git/config", "a\0b", "x\u202e"]
)
async def test_no_tool_reaches_outside(tmp_path: Path, origin: Origin, path: str) -> None:
    tree = await started(tmp_path, origin, origin.commit({"a/b": "1"}))
    for attempt in (tree.write(path, b"x"), tree.delete(path), tree.move("a/b", path), tree.move(path, "y")):
        with pytest.raises(PathRefused):
            await attempt
    with pytest.raises(PathRefused):
        await tree.read(path, 10)
    assert holds(tree.root) == {"a/b": ("100644", b"1")}


async def test_protected_and_oversized_files_are_not_written(tmp_path: Path, origin: Origin) -> None:
    policy = PathPolicy(protected=(".github/**",), max_file=10)
    tree = await started(tmp_path, origin, origin.commit({".github/x": "1"}), policy)
    assert await tree.read(".github/x", 10) == b"1"
    for attempt in (
        tree.write(".GitHub/y", b""),
        tree.delete(".github/x"),
        tree.move(".github/x", "y"),
        tree.write("big", b"x" * 11),
    ):
        with pytest.raises(PathRefused):
            await attempt


async def test_listing_shows_the_tree_as_it_is_now(tmp_path: Path, origin: Origin) -> None:
    head = origin.commit({"a.py": "1", "b.txt": "2", "d/c.py": "3"})
    tree = await started(tmp_path, origin, head)
    (tree.root / "b.txt").unlink()
    (tree.root / "new.py").write_text("four")
    (tree.root / "new.py").chmod(0o755)
    (tree.root / "link").symlink_to("a.py")
    assert await tree.list() == (
        Found("a.py", 1, "100644"),
        Found("d/c.py", 1, "100644"),
        Found("link", 4, "120000"),
        Found("new.py", 4, "100755"),
    )
    assert [found.path for found in await tree.list("*.py", 2)] == ["a.py", "d/c.py"]
    assert await tree.list("d/**") == (Found("d/c.py", 1, "100644"),)


async def test_searching_finds_lines(tmp_path: Path, origin: Origin) -> None:
    files: dict[str, str | bytes | None] = {
        "a.py": "import os\nprint(os)\n",
        "b.txt": "OS\nosmosis\n",
        "bin": b"\0os",
        "latin": b"\xe9 os\n",
    }
    tree = await started(tmp_path, origin, origin.commit(files))
    (tree.root / "new").write_text("x" * 1000 + " os")
    assert await tree.search(Query("os", whole_word=True), "*.py") == Search(
        (Hit("a.py", 1, "import os"), Hit("a.py", 2, "print(os)"))
    )
    everywhere = await tree.search(Query("os"))
    assert [(hit.path, hit.line) for hit in everywhere.hits] == [
        ("a.py", 1),
        ("a.py", 2),
        ("b.txt", 2),
        ("latin", 1),
        ("new", 1),
    ]
    assert len(everywhere.hits[-1].text) < 300
    assert [hit.text for hit in (await tree.search(Query("^os", True, True))).hits] == ["OS", "osmosis"]
    assert (await tree.search(Query("os", limit=1))).stopped == "there are 1 matching lines or more"
    assert (await tree.search(Query("(", regex=True))).stopped == (
        "the expression is not valid: missing ), unterminated subpattern at position 0"
    )
    assert await tree.search(Query("(", regex=False)) == Search((Hit("a.py", 2, "print(os)"),))


async def test_a_hostile_expression_wastes_its_own_time_only(tmp_path: Path, origin: Origin) -> None:
    tree = await started(tmp_path, origin, origin.commit({"a": "x", "b": "a" * 60 + "!"}))
    found = await tree.search(Query("x|(a+)+$", regex=True, seconds=0.3))
    assert found == Search((Hit("a", 1, "x"),), "it took longer than 0 s")
    assert (await tree.search(Query("(?:(?:a{1,9999}){1,9999}){1,9999}b", regex=True, seconds=0.3))).stopped


@pytest.mark.timeout(10)
def test_globs_are_matched_in_little_time_however_they_are_made() -> None:
    path = "/".join(["a" * 200] * 15) + "/b"
    for pattern in ("*a" * 60 + "x", "**/a*/" * 12 + "x", "[a-z]*" * 50 + "!", "?" * 500, "*" * 900 + "x"):
        assert not fits(pattern, path)
