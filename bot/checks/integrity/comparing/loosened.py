"""Whether a test's assertions still insist on what they did: pairs them, and says what was lost, loosened or turned."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.checks.integrity.comparing import likeness
from bot.checks.integrity.comparing.arranged import is_looser
from bot.checks.integrity.comparing.recorded import is_heard_still
from bot.checks.integrity.comparing.world import Key, World
from bot.checks.integrity.model import RANK, SWALLOWED, Assertion, Detail, short
from bot.checks.planned.explained import Limit
from bot.domain.words import words

_FAILING = words("int float complex Decimal next divmod ord chr bytes decode parseInt")
_TRIFLES = frozenset(("0", "1", "True", "False", "None", "''", '""', "[]", "{}", "()", "true", "false", "null", "nil"))
_DOUBLE = re.compile(r"(\w+\.)?(Magic|Async)?Mock\(|(jest|vi|sinon|mock)\.(fn|stub|spy|fake)\(")
_TIMERS = words("useFakeTimers tick tickAsync advanceTimersByTime advanceTimersByTimeAsync freeze_time travel move_to")
_PAUSES = words("sleep setTimeout monotonic perf_counter")

_WAITING = re.compile(r"\b(?:timeout|seconds|delay|interval|wait|ms|ttl|deadline)\w* ?[=:] ?([\d._]+)")
"""How long something may take."""


@dataclass(frozen=True, slots=True)
class Change:
    """One assertion that is not what it was, `was` before and `now` after. `line` is in the new text, in the old one
    when `gone`. `missing` are the functions that it asked and that the sources define no more, where the test asks for
    the same in another way; `instead` are new functions that are asked for no less; `exact`: the same functions are
    asked for a very value where something looser was asked."""

    kind: str
    what: str
    line: int
    gone: bool = False
    was: Assertion | None = None
    now: Assertion | None = None
    missing: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    exact: bool = False

    @property
    def room(self) -> Limit | None:
        """A tolerance that grew."""
        if self.was is None or self.now is None or not self.was.kind == "close" == self.now.kind:
            return None
        return Limit(self.was.slack, self.now.slack) if self.was.slack < self.now.slack else None


def compare(old: Detail, new: Detail, world: World, path: str) -> list[Change]:
    """What of the old assertions is lost, loosened or turned in the new version of the same test, in `path`."""
    matching = _Matching(old, new, world, path)
    fresh = [each for key, each in matching.new.items() if key not in matching.old and each.kind == "equal"]
    ours = world.ours | world.standing
    changes = [replace(each, exact=likeness.is_exact(each.was, fresh, ours)) for each in matching.changes()]
    return [*changes, *_cases(old, new, world)]


def other_wishes(old: Detail, new: Detail) -> list[tuple[Assertion, Assertion]]:
    """Assertions on the very same that want something else, whatever that is: with what they want now."""
    known, still = {each.key for each in new.assertions}, {each.key for each in old.assertions}
    lost = [each for each in old.assertions if each.key not in known and each.kind != "vacuous"]
    fresh = {each.subject.text: each for each in new.assertions if each.key not in still}
    pairs = [(each, fresh[each.subject.text]) for each in lost if each.subject.text in fresh]
    return [(was, now) for was, now in pairs if (was.expected.text, was.also) != (now.expected.text, now.also)]


class _Matching:
    """Old assertions finding their successors: first the equal, then the renamed, then those on the same subject."""

    def __init__(self, old: Detail, new: Detail, world: World, path: str) -> None:
        self.old = {each.key: each for each in reversed(old.assertions) if each.kind != "vacuous"}
        self.new = {each.key: each for each in reversed(new.assertions)}
        self.world = world
        self.path = path
        self.rows = {row.text for row in old.rows} - {row.text for row in new.rows}
        self.calls = old.calls
        self.timeless = likeness.CLOCKS.isdisjoint(new.calls)
        self.ticking = not _TIMERS.isdisjoint(new.calls) or not _PAUSES.isdisjoint(mock.name for mock in new.mocks)

    def changes(self) -> Iterable[Change]:
        lost = []
        for key, was in reversed(self.old.items()):
            now = self.new.get(key)
            if now is not None:
                yield from _guards(was, now)
            elif not self.world.conserved.holds(was, self.old.values()):
                lost.append(was)
        rest = {key: each for key, each in self.new.items() if key not in self.old}
        for was in lost:
            now = self._successor(was, rest)
            if now is not None:
                rest.pop(now.key)
                yield from self._turned(was, now)
            elif not self.world.stands(was) and not self._covered(was) and not self.world.is_remade(was):
                yield from self._gone(was, rest)

    def _gone(self, was: Assertion, rest: Mapping[Key, Assertion]) -> Iterable[Change]:
        """An assertion without a successor in its test; a new test of the file may ask the very same for no less, or
        for something else."""
        asked = self.world.asked.get((self.path, likeness.core(was.subject.text)))
        if asked is not None and was.subject.literals and was.subject.calls & self.world.ours:
            found = judge(was, asked, self.world)
            if found is None or found.kind == "expectation-changed":
                yield from () if found is None else (replace(found, was=was, now=asked),)
                return
        what = f"the case `{short(was.row)}` is gone" if was.row in self.rows else f"no longer checks `{was.said()}`"
        missing, instead = self._missing(was, rest), self._instead(was, rest.values())
        yield Change("test-weakened", what, was.line, True, was, missing=missing, instead=instead)

    def _missing(self, was: Assertion, rest: Mapping[Key, Assertion]) -> tuple[str, ...]:
        """What an assertion asked, where all of it is gone and new assertions of the test hold the same values."""
        gone = was.subject.calls - likeness.CASTS
        held = frozenset().union(*(each.literals for each in rest.values()))
        return tuple(sorted(gone)) if gone and gone <= self.world.removed and was.literals <= held else ()

    def _instead(self, was: Assertion, rest: Iterable[Assertion]) -> tuple[str, ...]:
        """New functions of the project's of which no less is asked: the same value, or for the same that is given."""
        given, wanted = was.subject.literals, was.expected.text
        no_less = [each for each in rest if RANK[each.kind] >= RANK[was.kind]]
        same = [each for each in no_less if each.expected.text == wanted not in {*_TRIFLES, ""}]
        same += [each for each in no_less if given and given <= each.subject.literals]
        return tuple(sorted({call for each in same for call in each.subject.calls & self.world.fresh}))

    def _successor(self, was: Assertion, rest: Mapping[Key, Assertion]) -> Assertion | None:
        """The new assertion that took its place, if any."""
        for alike in (self._renamed, _same_subject, self._same_demand):
            found = [each for each in rest.values() if alike(was, each)]
            if found:
                return max(found, key=lambda each: (each.kind == was.kind, likeness.share(was, each), RANK[each.kind]))
        return None

    def _renamed(self, was: Assertion, now: Assertion) -> bool:
        same = was.kind == now.kind and self.world.renamed(was.expected.text, now.expected.text)
        return same and self.world.renamed(was.subject.text, now.subject.text)

    def _same_demand(self, was: Assertion, now: Assertion) -> bool:
        """The same expectation of the same functions, however it is reached; or another one of them."""
        shared = bool(was.subject.calls & now.subject.calls)
        same = was.kind == now.kind
        if shared and _is_truth_told(was, now):
            return True
        kept = was.subject.text.isidentifier() and was.subject.text == likeness.tail_of(now.subject)  # `source.calls`
        if was.expected.text == now.expected.text and same and (shared or kept):
            return True
        if shared and same and likeness.are_of_cases(was, now):
            return True
        if was.expected.text == now.expected.text and was.expected.text not in _TRIFLES:
            # Where the project's own code is not what is looked at, another way to look at the same will do.
            ours = was.subject.calls & self.world.ours
            return shared or (same and not ours and not now.subject.fixed)
        raises = now.kind == "raises" and was.kind in ("raises", "equal") and bool(shared)
        return raises and not self.world.stands(was)

    def _covered(self, was: Assertion) -> bool:
        """Whether something that stands there now asks for no less: a helper that can't be seen, or the whole of it."""
        fresh = [now for key, now in self.new.items() if key not in self.old and len(now.guards) <= len(was.guards)]
        if was.kind == "raises" and (likeness.is_told_apart(was, fresh) or likeness.is_ended(was, fresh)):
            return True
        if was.subject.text == "False" and any(now.kind == "raises" for now in fresh):
            return True  # `assert False` stood where the error was missing
        if likeness.is_timed(was) and self.timeless and any(self._is_fixed(now) for now in fresh):
            return True
        if likeness.is_by_clock(was) and self.ticking and any(RANK[now.kind] >= RANK["alike"] for now in fresh):
            return True
        for now in self.new.values():
            if was.kind != "raises" == now.kind and likeness.is_message(was.expected.text, now.also):
                return True  # the message is asked for where the error is
            if likeness.is_class(was, now) and now.subject.calls & self.world.ours and now.subject.calls <= self.calls:
                return True
            recorded = now.kind == "equal" and now.key not in self.old and not now.subject.fixed
            if recorded and _DOUBLE.match(was.subject.text):
                return True  # another recorder tells what was called
            if now.kind == "other" and was.kind != "other" and likeness.hands_on(was, now):
                return True
            if now.kind == "equal" and (likeness.is_part_of(was, now) or likeness.tells_count(was, now)):
                return True
            if now.key not in self.old and (likeness.is_wanted_still(was, now) or self._is_as_written(was, now)):
                return True
            if now.key not in self.old and is_heard_still(was, now):
                return True
            no_less = RANK[now.kind] >= max(RANK[was.kind], RANK["equal"]) and was.kind not in ("equal", "raises")
            whole, wanted = likeness.core(now.subject.text), was.expected.text.strip("'\"")
            if no_less and whole and whole in was.subject.text and wanted in now.expected.text:
                return True  # it is on the whole of which the old one looked at a part, and names what that wanted
        return False

    def _is_fixed(self, now: Assertion) -> bool:
        """Whether it holds what the test called before against a value that is written out."""
        return now.kind == "equal" and now.expected.fixed and bool(now.subject.calls & self.world.ours & self.calls)

    def _is_as_written(self, was: Assertion, now: Assertion) -> bool:
        """Whether just the same is written, and only what was prepared for it is made in another way."""
        same = bool(was.raw) and was.raw == now.raw and was.kind == now.kind and was.row == now.row
        kept = was.subject.literals <= now.subject.literals | self.world.kept
        return same and kept and was.expected.literals <= now.expected.literals | self.world.kept

    def _turned(self, was: Assertion, now: Assertion) -> Iterable[Change]:
        found = None if likeness.is_told_twice(was, self.new.values()) else judge(was, now, self.world)
        if found is not None:
            yield replace(found, was=was, now=now)
        yield from _guards(was, now)


def _same_subject(was: Assertion, now: Assertion) -> bool:
    return likeness.core(was.subject.text) == likeness.core(now.subject.text)


def judge(was: Assertion, now: Assertion, world: World) -> Change | None:
    """What happened to an assertion on its way; None when it asks for as much as before."""
    said = f"`{was.said()}`"
    if likeness.tells_count(was, now) or likeness.is_written_out(was, now):
        return None
    if now.kind == "vacuous":
        return Change("test-weakened", f"{said} became a check that always holds", now.line)
    if was.kind == "raises" and now.kind == "raises":
        return _raised(was, now, world)
    if "raises" in (was.kind, now.kind):
        words = f"must raise `{short(now.expected.text) or 'an error'}`" if now.kind == "raises" else "must not raise"
        return Change("expectation-changed", f"{said} {words} now", now.line)
    denied = _denies(now)
    if denied is not None and _denies(was) is (not denied):
        return Change("expectation-changed", f"{said} must {'not ' * denied}hold now", now.line)
    if RANK[now.kind] < RANK[was.kind]:
        words = f"{said} became a weaker check (`{now.kind}` instead of `{was.kind}`)"
        return Change("test-weakened", words, now.line)
    if was.kind == "close" == now.kind and now.slack > was.slack * 1.0001:
        return Change("test-weakened", f"the tolerance of {said} grew from {was.slack:g} to {now.slack:g}", now.line)
    if is_looser(was.subject, now.subject) and was.kind == now.kind:
        words = f"{said} is looked at through `{short(now.subject.text)}`, so unlike things may look alike"
        return Change("test-weakened", words, now.line)
    if (room := likeness.given_room(was, now)) is not None:
        return Change("test-weakened", f"{said} {room}", now.line)
    if _is_truth_told(was, now):
        return _other_input(was, now, world)
    if RANK[now.kind] > RANK[was.kind]:
        return None
    wanted = was.expected.text, now.expected.text
    same = world.leads_to_same(*wanted) or likeness.are_of_cases(was, now) or world.renamed(*map(_placeless, wanted))
    if not same:
        words = f"{said} expects `{short(now.expected.text) or 'nothing'}` instead"
        return Change("test-weakened" if _opened(was, now) else "expectation-changed", words, now.line)
    return _other_input(was, now, world)


def _denies(assertion: Assertion) -> bool | None:
    """Whether it wants that something does not hold, be it asked for its truth or held against `False`; None for what
    wants neither."""
    if assertion.kind == "truth":
        return assertion.denied
    told = assertion.expected.text.lower() if assertion.kind == "equal" else ""
    return told == "false" if told in ("true", "false") else None


def _is_truth_told(was: Assertion, now: Assertion) -> bool:
    """Whether what was asked for its truth is held against the same truth: `assert not x`, `assert x is False`."""
    return was.kind == "truth" and now.kind == "equal" and _denies(now) is was.denied


def _placeless(text: str) -> str:
    """Paths from the test's own file on, wherever that lies: a test that moves reaches the same file otherwise. And how
    its letters are encoded."""
    text = re.sub(r"(?<=[(,]) ?(encoding|newline|errors)=('[^']*'|\"[^\"]*\"),? ?|, ?[\"']utf-?8[\"'](?=\))", "", text)
    if "__file__" not in text and "__dirname" not in text and "import.meta" not in text:
        return text
    bare = re.sub(r"(\.resolve\(\)|\.absolute\(\))*((\.parent\b)+|\.parents\[\d+\])", ".parent", text)
    return re.sub(r"(?<=\.parent / )'\.\.' / |(\"\.\.\"|'\.\.'), ?|(\.\./)+", "", bare)


def _opened(was: Assertion, now: Assertion) -> bool:
    """Whether the expectation got holes: `ANY`, `expect.anything()`."""
    holes = r"\bANY\b|\b(?:any|anything|objectContaining|arrayContaining|stringContaining|stringMatching)\("
    return bool(re.search(holes, now.expected.text)) and not re.search(holes, was.expected.text)


def _other_input(was: Assertion, now: Assertion, world: World) -> Change | None:
    """The same demand of other input, where the old input is nowhere any more."""
    looked_at = was.subject.literals - world.literals - frozenset(_WAITING.findall(was.subject.text))
    missing = [each for each in looked_at if not _is_part(each, now.subject.literals)]
    if not missing or not (now.subject.literals - was.subject.literals):
        return None
    handed = [world.made[name] for name in now.subject.calls - was.subject.calls if name in world.made]
    held = [each for each in missing if any(each.strip("'\"") in text for text in handed)]
    if handed and len(held) * 2 >= len(missing):
        return None  # a helper that is new makes the same
    words = f"`{was.said()}` is asked of other input: `{short(now.subject.text)}`"
    return Change("expectation-changed", words, now.line)


def _is_part(literal: str, others: Collection[str]) -> bool:
    """Whether a literal is among others, whole or as a part: `'--file=a.txt'` in `f'--file={folder}/a.txt'`."""
    bare = literal.strip("'\"")
    parts = [each.strip("'\"") for each in others]
    return literal in others or any(len(each) >= 3 and (each in bare or bare in each) for each in parts)


def _raised(was: Assertion, now: Assertion, world: World) -> Change | None:
    said = f"`{was.expected.text or 'an error'}` from `{short(was.subject.text)}`"
    if re.search(r"\b(raise|throw) ", now.subject.text) and not re.search(r"\b(raise|throw) ", was.subject.text):
        return Change("test-weakened", f"{said} is raised by the test itself", now.line)
    others = sorted(now.subject.calls & _FAILING - was.subject.calls)
    if others and was.subject.text in now.subject.text:
        return Change("test-weakened", f"{said} may come from `{others[0]}` as well", now.line)
    if likeness.is_broader(was.names, now.names):
        words = f"{said} became `{short(now.expected.text) or 'any error'}`"
        return Change("test-weakened", words, now.line)
    if was.also and not now.also:
        return Change("test-weakened", f"{said} may say anything now", now.line)
    named = {world.masked(name) for name in was.names} != {world.masked(name) for name in now.names}
    if named and not likeness.is_narrower(was.names, now.names):
        words = f"{said} became `{short(now.expected.text)}`"
        return Change("expectation-changed", words, now.line)
    pattern = re.sub(r"^/(.*)/[a-z]*$", r"\1", was.also).strip("'\"^$")
    if was.also and was.also != now.also and pattern not in now.also:
        words = f"{said} must say {short(now.also)} instead of {short(was.also)}"
        return Change("expectation-changed", words, now.line)
    return _other_input(was, now, world)


def _guards(was: Assertion, now: Assertion) -> Iterable[Change]:
    more = [guard for guard in now.guards if guard and guard not in was.guards]
    if not more or (len(now.guards) <= len(was.guards) and SWALLOWED not in more):
        return
    plainly = more[0] if more[0].startswith("it") else f"only when `{short(more[0])}`"
    why = f"but {SWALLOWED}" if SWALLOWED in more else plainly
    yield Change("test-weakened", f"`{was.said()}` is still checked, {why}", now.line)


def _cases(old: Detail, new: Detail, world: World) -> Iterable[Change]:
    """Cases that are gone and that no assertion told of."""
    now = {row.text for row in new.rows} | world.rows
    asserted = {each.row for each in old.assertions if each.kind != "vacuous" and each.row and _depends(each, old)}
    for row in old.rows:
        if not {row.text, world.masked(row.text)} & (now | asserted):
            yield Change("test-weakened", f"the case `{short(row.text)}` is gone", row.line, True)


def _depends(assertion: Assertion, detail: Detail) -> bool:
    """Whether an assertion tells the cases apart: it is another one in each."""
    return sum(each.key == assertion.key for each in detail.assertions) < max(2, len(detail.rows))
