"""HOSTILE.md, row git: names and repositories that a work tree tries on the host. Each attack has a twin that must
succeed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.api import PathRefused
from sandbox.paths import name_fault
from tests.contract.repositories import ENV, ME, Origin, git
from tests.hostile.scenes import SECRET, begin

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


async def test_a_git_file_and_alternates_lead_nowhere(tmp_path: Path) -> None:
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


def test_every_reason_is_a_sentence_part() -> None:
    assert name_fault("a/b") is None
    assert all((name_fault(name) or "").startswith(("it is ", "its ")) for name in SPELLINGS + FILES)
