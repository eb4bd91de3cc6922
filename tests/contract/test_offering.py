"""Which changes can be offered as suggestions: few lines of text that the pull request shows, and nothing else."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.deliver.offering import suggested
from bot.domain.followups import Suggestion
from sandbox.git import Bare
from tests.contract.repositories import Origin

BEFORE: Mapping[str, str | bytes | None] = {
    "a.txt": "one\ntwo\nthree\n",
    "b.txt": "b\n",
    "pixel.png": b"\x89PNG\x00\xff",
}
EVERY: Mapping[str, frozenset[int]] = {
    path: frozenset(range(1, 50)) for path in ("a.txt", "b.txt", "c.txt", "pixel.png")
}
TWO = Suggestion(path="a.txt", first=2, last=2, text="zwei")


@pytest.mark.parametrize(
    ("after", "shown", "found"),
    [
        ({"a.txt": "one\nzwei\nthree\n"}, EVERY, (TWO,)),
        (
            {"a.txt": "one\nzwei\nthree\n", "b.txt": "B\n"},
            EVERY,
            (TWO, Suggestion(path="b.txt", first=1, last=1, text="B")),
        ),
        ({"a.txt": "one\nzwei\nthree\n"}, {"a.txt": frozenset({1, 3})}, ()),
        ({"a.txt": "one\nzwei\nthree\n"}, {}, ()),
        ({"a.txt": "one\nzwei\nthree\n", "c.txt": "new\n"}, EVERY, ()),
        ({"b.txt": None}, EVERY, ()),
        ({"pixel.png": b"\x89PNG\x00\xfe"}, EVERY, ()),
        ({"a.txt": "one\nzwei\nthree"}, EVERY, ()),
        ({"a.txt": "".join(f"{n}\n" for n in range(40))}, EVERY, ()),
    ],
)
async def test_small_changes_of_shown_lines_are_suggestions(
    tmp_path: Path,
    after: Mapping[str, str | bytes | None],
    shown: Mapping[str, frozenset[int]],
    found: tuple[Suggestion, ...],
) -> None:
    origin = Origin(tmp_path)
    base = origin.commit(BEFORE)
    assert await suggested(Bare(origin.path), base, origin.commit(after), shown) == found


async def test_what_changes_more_than_text_is_none(tmp_path: Path) -> None:
    origin = Origin(tmp_path)
    base = origin.commit(BEFORE)
    (origin.work / "a.txt").chmod(0o755)
    (origin.work / "a.txt").write_text("one\nzwei\nthree\n")
    assert await suggested(Bare(origin.path), base, origin.save(), EVERY) == ()
    os.rename(origin.work / "b.txt", origin.work / "c.txt")
    moved = origin.save()
    assert await suggested(Bare(origin.path), base, moved, EVERY) == ()
