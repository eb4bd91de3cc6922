"""What is tried of a telling test: which inputs become others in its copies, and by what the changed sources could know
the test from these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.checks.planned.explained import sentences
from bot.checks.red_green.heldout.copying import Asked, Copies
from bot.checks.red_green.heldout.fresh import Fresh, fresh_in
from bot.checks.red_green.heldout.inputs import Change, Spot
from bot.checks.red_green.heldout.literals import Literal, as_source, words_of
from bot.checks.red_green.heldout.marks import Marks, probes, shown_by, sides
from bot.checks.red_green.heldout.meant import lets_names_decide
from bot.checks.red_green.heldout.neighbours import alike, neighbours, otherwise, together
from bot.checks.red_green.heldout.renaming import Renaming, renamings
from bot.checks.red_green.heldout.special import known_in, numbers_at, numbers_in
from bot.checks.testfiles import tests_of
from bot.ports import FileChange, Question

MOST_SPOTS = 4
"""Inputs of one test that are varied."""

LONGEST_SOURCE = 400_000
"""Characters of both sides of a source that is read for what it knows; generated ones are longer."""

FEWEST = 5
"""So many neighbours of an input tell something."""


@dataclass(frozen=True, slots=True)
class Group:
    """An input, with the copies in which it alone is another, and those in which it changes together with others.
    `singled`: new code can know the test by it."""

    spot: Spot
    copies: tuple[str, ...]
    together: tuple[str, ...]
    singled: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """Copies that keep something by which new code may know the test, and such that lose it. `border`: they lie on two
    sides of a number."""

    kept: tuple[str, ...]
    lost: tuple[str, ...]
    border: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A telling test alone (`control`), and its copies by input. `answers`: values in the new code that it expects.
    `unknown`: copies in which all is other by which new code can know it, where that is several inputs. `renamed`: two
    copies, in which names stand in the same order and in the reverse one. `opaque`: new code may know it by a checksum.
    """

    test: str
    control: str
    groups: tuple[Group, ...]
    answers: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    marked: tuple[Marked, ...] = ()
    renamed: tuple[tuple[str, Renaming], ...] = ()
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the changed sources say: of the inputs of these tests what they can be known by (`keys`, and the inputs that
    are `singled` out so), all else, which is left alone (`known`), and what all of these tests show."""

    fresh: Fresh
    keys: frozenset[str]
    singled: frozenset[Spot]
    known: frozenset[str]
    shown: frozenset[tuple[str, float]]
    goes_by_names: bool

    def answers(self, asked: Asked) -> frozenset[str]:
        return _answers(self.fresh, asked)

    def near(self, spot: Spot) -> tuple[str, ...]:
        """Neighbours of an input, but for those that the new code knows as well."""
        whole = [words_of(each) for each in self.keys if Literal(each).is_all_of(spot)]
        near = (each for each in neighbours(spot, self.known) if each not in self.keys)
        return tuple(each for each in near if not any(key in words_of(each) for key in whole))

    def without_keys(self, changes: Iterable[Change]) -> Iterable[Change]:
        return (change for change in changes if self.keys.isdisjoint(change.values()))


def knowledge(question: Question, every: Sequence[Asked]) -> Knowledge:
    tests, plan = tests_of(question.base_paths | question.head_paths), " ".join(sentences(question.plan))
    sources = [change for change in question.changes if change.path not in tests]
    sources = [each for each in sources if len(each.old or "") + len(each.new or "") < LONGEST_SOURCE]
    fresh, spots = fresh_in(sources, plan), [spot for asked in every for spot in asked.example.spots]
    keys = fresh.keys(spots)
    singled = frozenset[Spot]().union(*(Literal(key).asked_in(spots) for key in keys))
    known = _known(sources, keys.union(*(_answers(fresh, asked) for asked in every)))
    shown = shown_by(asked.example for asked in every)
    return Knowledge(fresh, keys, singled, known, shown, lets_names_decide(plan))


def _answers(fresh: Fresh, asked: Asked) -> frozenset[str]:
    return fresh.answers_in(asked.copy("", dict.fromkeys(asked.example.spots, "")).decode())


def _known(sources: Iterable[FileChange], mine: frozenset[str]) -> frozenset[str]:
    """What the changed sources say, but for that by which they can know the tests."""
    pairs = [(as_source(each.path, each.old or ""), as_source(each.path, each.new or "")) for each in sources]
    numbers = frozenset[str]().union(*(each for old, new in pairs for each in numbers_at(old, new)))
    return known_in((text for pair in pairs for text in pair), without=mine) | (numbers - numbers_in(mine))


def trial_of(asked: Asked, says: Knowledge, copies: Copies) -> Trial | None:
    """What is tried of a test, with the copies for it; None where nothing can be, or there is no more room."""
    example = asked.example
    groups = [(group, near) for group in alike(example.spots) if (near := says.near(group[0]))][:MOST_SPOTS]
    marks = Marks(*says.fresh.marks(example.spots), says.shown)
    more = probes(example, marks)
    ways = () if says.goes_by_names else renamings(example, asked.code, says.known)
    if not (groups or more or ways) or copies.room < 2 * FEWEST:
        return None

    def made(changes: Iterable[Change]) -> dict[str, Change]:
        return {copies.add(asked, change): change for change in changes}

    each = max(FEWEST, copies.room // (2 * len(groups) or 1))
    kinds = sorted({group[0].number for group, _ in groups})
    joint = made(says.without_keys(change for kind in kinds for change in together(example.spots, kind, says.known)))
    (control,) = made([{}])
    alone = {group[0]: made(dict.fromkeys(group, text) for text in near[:each]) for group, near in groups}
    beside = {spot: tuple(copy for copy, change in joint.items() if spot in change) for spot in alone}
    unknown = made(says.without_keys(_all_otherwise(example.spots, says.singled)))
    tried = joint | {copy: change for one in alone.values() for copy, change in one.items()} | made(more)
    return Trial(
        asked.test,
        control,
        tuple(Group(spot, tuple(one), beside[spot], spot in says.singled) for spot, one in alone.items()),
        says.answers(asked),
        tuple(unknown),
        _marked(asked, marks, tried),
        tuple((copies.add(asked, way.change), way) for way in ways),
        says.fresh.opaque,
    )


def _all_otherwise(spots: Iterable[Spot], singled: frozenset[Spot]) -> Sequence[Change]:
    """Changes of all inputs that are singled out at once, where these are several."""
    mine = [spot for spot in spots if spot in singled]
    return otherwise(mine) if len({spot.text for spot in mine}) > 1 else ()


def _marked(asked: Asked, marks: Marks, tried: dict[str, Change]) -> tuple[Marked, ...]:
    names = tuple(tried)
    found = sides(asked.example, marks, list(tried.values()))
    return tuple(
        Marked(tuple(names[at] for at in sorted(each.kept)), tuple(names[at] for at in sorted(each.lost)), each.border)
        for each in found
    )
