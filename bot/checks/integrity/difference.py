"""A finding's place, as a few lines of unified diff."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

AROUND = 2  # unchanged lines shown before and after
MOST = 24  # lines of one hunk
WIDEST = 200
LINES = 6_000  # files longer than this are not compared line by line
Change = tuple[int, int, int, int]
"""Old lines from and to, new lines from and to; from 0, the second not included."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Both sides of a file, compared once."""

    old: Sequence[str]
    new: Sequence[str]
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def of(cls, old: str | None, new: str | None) -> "Difference":
        before, after = (old or "").splitlines(), (new or "").splitlines()
        start, ends = _same_ends(before, after)
        inner_old, inner_new = before[start : len(before) - ends], after[start : len(after) - ends]
        if len(inner_old) + len(inner_new) > LINES:
            return cls(before, after)
        matcher = SequenceMatcher(None, inner_old, inner_new, autojunk=True)
        codes = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
        found = [(a + start, b + start, c + start, d + start) for a, b, c, d in codes]
        return cls(before, after, found)

    def hunk(self, line: int | None, *, old: bool) -> str:
        """The change at a line (from 1), or the nearest one; '' where nothing differs."""
        if not self.changes:
            return ""
        at = (line or 1) - 1
        side = 0 if old else 2
        nearest = min(self.changes, key=lambda change: _distance(at, change[side], change[side + 1]))
        return self._shown(nearest)

    def new_line(self, line: int | None) -> int | None:
        """Where an old line stands, or stood, in the new text."""
        if line is None or not self.new:
            return None
        shift = 0
        for a, b, c, d in self.changes:
            if line - 1 < a:
                break
            if line - 1 < b:
                return min(c + 1, len(self.new))
            shift = d - b
        return max(1, min(line + shift, len(self.new)))

    def _shown(self, change: Change) -> str:
        a, b, c, d = change
        before, after = self.old[max(0, a - AROUND) : a], self.old[b : b + AROUND]
        head = f"@@ -{max(1, a - len(before) + 1)},{b - a + len(before) + len(after)}"
        head += f" +{max(1, c - len(before) + 1)},{d - c + len(before) + len(after)} @@"
        lines = [f" {each}" for each in before]
        half = MOST // 2
        lines += [f"-{each}" for each in self.old[a : min(b, a + half)]]
        lines += [f"+{each}" for each in self.new[c : min(d, c + half)]]
        lines += [f" {each}" for each in after]
        return "\n".join([head, *(each[:WIDEST] for each in lines)])


def new_lines(old: str | None, new: str | None) -> Iterator[tuple[int, str]]:
    """The lines that the old text holds nowhere, with their numbers."""
    known = set((old or "").splitlines())
    yield from ((number, line) for number, line in enumerate((new or "").splitlines(), 1) if line not in known)


def _distance(at: int, start: int, end: int) -> int:
    return 0 if start <= at < max(end, start + 1) else min(abs(at - start), abs(at - end))


def _same_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the start and at the end."""
    least = min(len(old), len(new))
    start = next((n for n in range(least) if old[n] != new[n]), least)
    ends = next((n for n in range(least - start) if old[-1 - n] != new[-1 - n]), least - start)
    return start, ends
