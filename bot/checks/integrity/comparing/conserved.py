"""Whether what a test insisted on stands in some other shape: tests that became a table, a table that became tests."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.checks.integrity.comparing.arranged import LOSSY, is_looser
from bot.checks.integrity.comparing.likeness import CASTS, tail_of
from bot.checks.integrity.model import RANK, SWALLOWED, UNAWAITED, Assertion

_GIVING = frozenset(("unwrap_or", "unwrap_or_else", "setdefault", "getOrDefault", "orElse", "or_else"))
"""What gives an answer where there is none."""

MOST = 2_000  # assertions that are looked through
_FINEST = 1e-6  # a tolerance up to which a number is the same: what calculating with fractions makes of it
_LEFT_OUT = re.compile(r"(, ?(\{\}|undefined|None))+(?=\)$)")
"""What a row gives in place of an argument that was not given."""

_TRIFLES = frozenset(("0", "1", "2", "''", '""', "True", "False", "None"))


@dataclass(slots=True)
class Conserved:
    """The assertions that are new in a change, by the literals in them; and those of tables, with no more in their
    calls than must be given."""

    by_literal: dict[str, list[Assertion]] = field(default_factory=lambda: defaultdict(list))
    rows: set[tuple[str, str, str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, fresh: Iterable[Assertion]) -> "Conserved":
        made = cls()
        for each in list(fresh)[:MOST]:
            if not {SWALLOWED, UNAWAITED} & set(each.guards) and each.kind != "vacuous":
                for literal in each.literals:
                    made.by_literal[_bare(literal)].append(each)
                if each.row:
                    made.rows.add((each.kind, _LEFT_OUT.sub("", each.subject.text), each.expected.text, each.also))
        return made

    def holds(self, was: Assertion, beside: Iterable[Assertion] = ()) -> bool:
        """Whether one new assertion has all the literals of an old one, what goes in and what must come out, and asks
        the same functions for no less; or several have the parts of a whole. `beside` are the other assertions of the
        old test."""
        if (was.kind, was.subject.text, was.expected.text, was.also) in self.rows and was.kind != "close":
            return True
        wanted = {_bare(literal) for literal in was.literals}
        if not wanted - _TRIFLES or was.kind in ("vacuous", "other", "snapshot", "raises"):
            return False
        rarest = min(wanted, key=lambda literal: len(self.by_literal.get(literal, ())))
        room = max((each.slack for each in beside if each.subject.calls == was.subject.calls), default=0.0)
        if any(
            _is_no_less(was, each, min(room, _FINEST)) and _goes_in_and_out(was, each)
            for each in self.by_literal.get(rarest, ())
        ):
            return True
        parts = {_bare(literal) for literal in was.expected.literals}
        whole = was.kind == "equal" and was.expected.text[:1] in ("[", "{", "(") and len(parts) > 1
        return whole and wanted == parts and all(self._has_part(was, literal) for literal in parts)

    def _has_part(self, was: Assertion, literal: str) -> bool:
        """Whether the same is asked of one of the cases that a whole was made of."""
        found = [each for each in self.by_literal.get(literal, ()) if each.kind == "equal" and each.row]
        return any(tail_of(each.subject) and f".{tail_of(each.subject)}" in was.subject.text for each in found)


def _is_no_less(was: Assertion, now: Assertion, room: float) -> bool:
    """Whether it asks for as much. A table has one tolerance for all its rows: that which some of them had before."""
    if was.kind == "equal" and now.kind == "close" and now.row and now.slack <= room:
        return bool(was.subject.calls) and was.subject.text == now.subject.text
    if now.kind != was.kind and not (now.kind == "equal" and RANK["equal"] > RANK[was.kind]):
        return False
    if was.kind == "truth" == now.kind and was.denied != now.denied:
        return False
    if now.kind == "close" and now.slack > was.slack * 1.0001:
        return False
    lossy = now.subject.calls & (LOSSY | _GIVING) - was.subject.calls - was.expected.calls
    if set(now.guards) - set(was.guards) or lossy or is_looser(was.subject, now.subject):
        return False
    calls = was.subject.calls - CASTS
    return not calls or bool(calls & now.subject.calls)


def _goes_in_and_out(was: Assertion, now: Assertion) -> bool:
    """Whether the same goes in, and the same must come out: alone, or as a part of a whole."""
    given, wanted = ({_bare(each) for each in side.literals} for side in (was.subject, was.expected))
    into, out = ({_bare(each) for each in side.literals} for side in (now.subject, now.expected))
    if (into - given) & wanted:
        return False  # the answer goes in
    if was.subject.text == now.subject.text and was.expected.text != now.expected.text and wanted != out:
        return False  # the very same is asked, and something else must come out
    if not given or not wanted:
        return given <= into and was.expected.text == now.expected.text
    whole = now.expected.text[:1] in ("[", "{", "(") and wanted <= out
    return given <= into and (was.expected.text == now.expected.text or wanted == out or whole)


def _bare(literal: str) -> str:
    """Without quotes, and numbers as they count."""
    text = literal.strip("'\"`")
    return text.replace("_", "") if text[:1].isdigit() else text
