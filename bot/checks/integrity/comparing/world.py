"""What is known of a whole change, against which each of its assertions is judged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.checks.integrity.comparing.conserved import Conserved
from bot.checks.integrity.comparing.likeness import CASTS, is_part_of, tells_count
from bot.checks.integrity.model import Assertion

_PIECE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^\W\d]\w*")
"""Texts in quotes, and words: only words are names, and only names can be renamed."""

_SEGMENT = re.compile(r"['\"]([\w.\-/]+)['\"]")
Key = tuple[str, str, str, float, str]


@dataclass(slots=True)
class World:
    """What is known of the whole change. `gained` are assertions that stand somewhere now and did not before, `rows`
    cases likewise; `vanished` and `appeared` are words of the old tests only, and of the new ones only; `fakes` are
    names that test files define themselves, `before` those that they defined; `ours` those
    that come from the project; `literals` all that assertions hold, `numbers` those of other steps; `made` are new
    helpers' texts by name; `removed` are names that sources define no more, `asked` what new tests ask, by file."""

    gained: dict[Key, int] = field(default_factory=dict)
    shapes: set[tuple[str, str, str]] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    vanished: frozenset[str] = frozenset()
    appeared: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    fakes: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    asked: Mapping[tuple[str, str], Assertion] = field(default_factory=dict)
    demands: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    wholes: list[Assertion] = field(default_factory=list)
    kept: frozenset[str] = frozenset()
    conserved: Conserved = field(default_factory=Conserved)

    def shape(self, assertion: Assertion) -> tuple[str, str, str]:
        """An assertion in which all that may have been renamed looks the same."""
        wanted = self.masked(assertion.expected.text).replace("frozenset(", "set(")
        return (assertion.kind, self.masked(assertion.subject.text), f"{wanted} {self.masked(assertion.also)}")

    def masked(self, text: str) -> str:
        if not self.vanished and not self.appeared:
            return text
        return _PIECE.sub(lambda found: "□" if self._is_strange(found[0]) else found[0], text)

    def _is_strange(self, word: str) -> bool:
        return word in self.vanished or word in self.appeared

    def renamed(self, old: str, new: str) -> bool:
        """Whether two texts differ only in words of which the old ones are gone everywhere."""
        if self.masked(old) == self.masked(new):
            return True
        one, other = _PIECE.findall(old), _PIECE.findall(new)
        if len(one) != len(other) or _PIECE.sub("", old) != _PIECE.sub("", new):
            return False
        differing = {(a, b) for a, b in zip(one, other, strict=True) if a != b}
        known = all(a in self.vanished and (b not in self.fakes or a in self.before) for a, b in differing)
        return known and len({a for a, _ in differing}) == len({b for _, b in differing}) == len(differing)

    def leads_to_same(self, old: str, new: str) -> bool:
        """Whether two expectations are read from one file, which moved as it was."""
        one, other = ["/".join(_SEGMENT.findall(text)) for text in (old, new)]
        ends = any(a.endswith(one) and b.endswith(other) for a, b in self.moved.items()) if one and other else False
        return ends and _SEGMENT.sub("", old).replace(" / ", "") == _SEGMENT.sub("", new).replace(" / ", "")

    def is_demanded(self, assertion: Assertion) -> bool:
        """Whether the same is wanted of the same functions somewhere else, whatever these are given, or the whole of
        which it was a part."""
        key = (assertion.kind, assertion.expected.text, assertion.subject.calls - CASTS)
        if len(assertion.expected.text) > 3 and assertion.expected.fixed and key in self.demands:
            return True
        return any(
            tells_count(assertion, now) or is_part_of(assertion, now) or self._is_made_anew(assertion, now)
            for now in self.wholes
        )

    def _is_made_anew(self, was: Assertion, now: Assertion) -> bool:
        """Whether just the same is wanted of what a new helper makes in the old way."""
        helpers = [self.made[name] for name in now.subject.calls if name in self.made]
        same = was.expected.text == now.expected.text and len(was.expected.text) > 3
        return same and any(name in text for text in helpers for name in was.subject.calls)

    def is_remade(self, assertion: Assertion) -> bool:
        return any(self._is_made_anew(assertion, now) or tells_count(assertion, now) for now in self.wholes)

    def stands(self, assertion: Assertion) -> bool:
        """Whether the assertion came to stand somewhere else."""
        return assertion.key in self.gained or self.shape(assertion) in self.shapes
