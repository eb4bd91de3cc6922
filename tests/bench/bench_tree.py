"""PERFORMANCE goals 10 and 12: what a checkpoint of a large tree costs, and a work tree from a warm mirror.

Run with `python -m tests.bench.bench_tree`. Goal 10 plays the same edits on two copies of a tree of 20,000 files in
2,000 directories: ours by `WorkTree.checkpoint`, the other by `git add -A` and `git write-tree` with a warm index, in
turns; medians count. Goal 12 clones a repository with a history of some 500 MB over git's own transport, checkout
included, and restores the same head from a mirror of it. Nothing is deleted before the end: some file systems are slow
to make files right after others were removed.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.api import Remote
from sandbox.git import Bare
from sandbox.mirror import Mirrors
from sandbox.tree import WorkTree
from tests.contract.repositories import ENV, ME, git

FILES, PER_FOLDER = 20_000, 10
ROUNDS = {1: 11, 100: 7, 5_000: 3}
OWNER = 1_234_567 if os.geteuid() == 0 else None

BIG_FILES, BIG_COMMITS, BIG_CHANGED, BLOB = 5_000, 300, 100, 1_300_000
Line = dict[str, Any]


def line(what: str, figure: float, goal: float, unit: str, note: str = "") -> Line:
    return {"what": what, "figure": round(figure, 3), "goal": goal, "unit": unit, "good": figure <= goal, "note": note}


# --- goal 10 ---------------------------------------------------------------------------------------------------------


def plant(root: Path) -> list[str]:
    """20,000 small source files; returns their paths."""
    paths = [f"pkg{n // 200}/mod{n // PER_FOLDER % 20}/file{n % PER_FOLDER}.py" for n in range(FILES)]
    for number, path in enumerate(paths):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"# {number}\n" + "value = 1\n" * (number % 60))
    return paths


def edit(root: Path, paths: list[str], word: str) -> None:
    for path in paths:
        with (root / path).open("a") as file:
            file.write(word)


def add_and_write_tree(root: Path) -> float:
    started = time.perf_counter()
    for command in (("add", "-A"), ("write-tree",)):
        subprocess.run(("git", "-C", str(root), *command), env=ENV, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


async def checkpoint(tree: WorkTree, head: str) -> tuple[float, str]:
    started = time.perf_counter()
    saved = await tree.checkpoint(head, "step", ME)
    assert saved is not None
    return time.perf_counter() - started, saved.sha


async def goal_10(folder: Path) -> list[Line]:
    theirs = folder / "theirs"
    paths = plant(theirs)
    git("init", "-q", theirs)
    add_and_write_tree(theirs)
    git("-C", theirs, "commit", "-q", "-m", "x")
    git("-C", theirs, "repack", "-q", "-ad")
    head = git("-C", theirs, "rev-parse", "HEAD").strip()
    bare = await Bare.create(folder / "session.git", borrow=theirs / ".git")
    tree = WorkTree(folder / "ours", bare, OWNER)
    await tree.restore(head)
    lines = []
    for count, rounds in ROUNDS.items():
        ours, others = [], []
        for number in range(rounds):
            changed = random.Random(number).sample(paths, count)
            for root in (theirs, tree.root):
                edit(root, changed, f"x = {number}  # {count}\n")
            others.append(add_and_write_tree(theirs))
            seconds, head = await checkpoint(tree, head)
            ours.append(seconds)
        mine, other = statistics.median(ours), statistics.median(others)
        note = f"ours {mine * 1e3:.0f} ms, git {other * 1e3:.0f} ms"
        if count == 1:
            lines.append(line("checkpoint, 1 of 20,000 files", mine * 1e3, 120, "ms", f"slowest {max(ours) * 1e3:.0f}"))
        lines.append(line(f"checkpoint / git, {count:,} changed", mine / other, 1.5, "×", note))
    started = time.perf_counter()
    assert await tree.checkpoint(head, "nothing", ME) is None
    took = (time.perf_counter() - started) * 1e3
    return [*lines, line("checkpoint, nothing changed", took, 120, "ms", "not a goal of its own")]


# --- goal 12 ---------------------------------------------------------------------------------------------------------


def history(words: random.Random) -> Iterator[bytes]:
    """A stream for fast-import: text files that change a little in every commit, and binary files that come and go."""
    texts = {f"src/d{n % 250}/f{n}.txt": [words.randbytes(20).hex() for _ in range(150)] for n in range(BIG_FILES)}
    names = list(texts)
    for number in range(BIG_COMMITS):
        yield b"commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 1\nx\n" % (1_600_000_000 + number)
        for name in names if number == 0 else words.sample(names, BIG_CHANGED):
            texts[name][words.randrange(150)] = words.randbytes(20).hex()
            text = "\n".join(texts[name]).encode()
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(text), text)
        yield b"M 100644 inline asset.bin\ndata %d\n%s\n" % (BLOB, words.randbytes(BLOB))


def build(origin: Path) -> None:
    git("init", "-q", "--bare", "-b", "main", origin)
    command = ("git", "--git-dir", str(origin), "-c", "core.compression=1", "fast-import", "--quiet")
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=ENV) as process:
        assert process.stdin is not None
        for part in history(random.Random(1)):
            process.stdin.write(part)
    git("--git-dir", origin, "repack", "-q", "-ad")


def clone(origin: Path, target: Path) -> float:
    started = time.perf_counter()
    git("clone", "-q", f"file://{origin}", target)
    return time.perf_counter() - started


async def restore(mirrors: Mirrors, remote: Remote, head: str, name: str) -> float:
    started = time.perf_counter()
    bare = await mirrors.session(name, remote)
    tree = WorkTree(mirrors.room(name) / "work", bare, OWNER)
    await tree.restore(head)
    return time.perf_counter() - started


def make_files(source: Path, target: Path) -> float:
    """Seconds to write the same files with nothing else: what the file system takes of every way to do it."""
    files = [(path.relative_to(source), path.read_bytes()) for path in source.rglob("*") if path.is_file()]
    started = time.perf_counter()
    for folder in {path.parent for path, _ in files}:
        (target / folder).mkdir(parents=True, exist_ok=True)
    for path, data in files:
        (target / path).write_bytes(data)
    return time.perf_counter() - started


async def goal_12(folder: Path) -> list[Line]:
    origin, mirrors = folder / "origin.git", Mirrors(folder / "home")
    build(origin)
    remote = Remote("bench", f"file://{origin}")
    mirror = await mirrors.refresh(remote)
    head = await mirror.resolve("main")
    assert head is not None
    clones, restores, floors = [], [], []
    for number in range(3):
        clones.append(clone(origin, folder / f"clone{number}"))
        restores += [await restore(mirrors, remote, head, f"s{number}-{n}") for n in range(2)]
        floors.append(make_files(mirrors.room(f"s{number}-0") / "work", folder / f"floor{number}"))
    started = time.perf_counter()
    await mirrors.refresh(remote)
    again = time.perf_counter() - started
    whole, ours = statistics.median(clones), statistics.median(restores)
    size = sum(file.stat().st_size for file in origin.rglob("*.pack")) / 1e6
    floor = statistics.median(floors)
    note = f"{ours:.2f} s (writing the files alone {floor:.2f}) against {whole:.1f} s; pack {size:.0f} MB, "
    note += f"{BIG_FILES:,} files; refresh {again * 1e3:.0f} ms"
    return [line("work tree from a mirror / full clone", ours / whole, 0.05, "×", note)]


async def measured(folder: Path) -> list[Line]:
    return [*await goal_10(folder), *await goal_12(folder)]


def main() -> None:
    """Print each figure with its goal, and keep them in .bench/tree.json."""
    with tempfile.TemporaryDirectory() as folder:
        lines = asyncio.run(measured(Path(folder)))
    for one in lines:
        goal = f"≤ {one['goal']} {one['unit']}"
        print(f"{one['what']:38}{one['figure']:>9}  goal {goal:10}{'' if one['good'] else 'MISSED '}{one['note']}")
    kept = Path(".bench")
    kept.mkdir(exist_ok=True)
    (kept / "tree.json").write_text(json.dumps(lines, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
