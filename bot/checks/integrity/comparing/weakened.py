"""What happened to the tests: removed, skipped, weakened, turned, or looking at something replaced."""

import builtins
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.checks.integrity.comparing import arranged, replaced
from bot.checks.integrity.comparing.conserved import Conserved
from bot.checks.integrity.comparing.hollow import FAILS, OWN_DOUBLE, is_hollow, is_weak, looks_only
from bot.checks.integrity.comparing.likeness import CASTS, core
from bot.checks.integrity.comparing.loosened import compare, other_wishes
from bot.checks.integrity.comparing.matching import Matched, Placed, match, tokens
from bot.checks.integrity.comparing.sides import Sides
from bot.checks.integrity.comparing.turning import turn_of
from bot.checks.integrity.comparing.world import Key, World
from bot.checks.integrity.model import QUIET, Detail, Mark, Outline, Sheet, Sign, short
from bot.checks.integrity.project import Project, is_worldly
from bot.domain.words import words

_WHOLES = 300
"""So many comparisons of lists and the like are looked at for parts of them."""

_SHOWN = 12
"""So many changes of one test are told one by one."""

_SAYS = {
    "skip": "is skipped",
    "xfail": "is expected to fail",
    "todo": "is only announced",
    "only": "is the only one that runs",
    "retry": "is run again until it passes",
    "fewer": "tries fewer examples",
}


def signs_in_tests(
    old: Sequence[Sheet],
    new: Sequence[Sheet],
    project: Project,
    moves: Mapping[str, str],
    removed: frozenset[str],
    kept: frozenset[str],
    appeared: Collection[str],
    others: Callable[[Sequence[str]], Sequence[Sheet]],
) -> Iterator[Sign]:
    """Compare the test files of both sides. `removed` are names that sources define no more, `kept` those that they
    still define, `appeared` those that they define now, and paths of new sources, as far as the change shows.
    `others` gives unchanged test files that hold one of some names."""
    sides = Sides(old, new, project, removed, kept, frozenset(appeared), moves, others=others)
    tests = match(_tests(old), _tests(new), moves)
    helpers = match(_helpers(old), _helpers(new), moves)
    touched = [pair for pair in (*tests.pairs, *helpers.pairs) if not _untouched(*pair)]
    for sheet in (*new, *(others([test.outline.last for test in tests.gone]) if tests.gone else ())):
        for test in sheet.tests:
            sides.bodies.setdefault(_bare(test), []).append(sheet)
    world = _world(sides, tests, touched)
    seen: set[tuple[str, int | None, str]] = set()
    for sign in _all(sides, tests, touched, world):
        key = (sign.path, sign.line, sign.kind)
        if key not in seen:
            seen.add(key)
            yield sign


def _tests(sheets: Iterable[Sheet]) -> list[Placed]:
    return [Placed(sheet, outline) for sheet in sheets for outline in sheet.tests]


def _helpers(sheets: Iterable[Sheet]) -> list[Placed]:
    """By name; of several of one name in a file the last."""
    return [Placed(s, each) for s in sheets for each in {h.name: h for h in s.helpers}.values()]


def _untouched(old: Placed, new: Placed) -> bool:
    """Whether nothing that the test could be made of has changed."""
    same = old.outline.text == new.outline.text and old.outline.marks == new.outline.marks
    return same and _around(old.sheet) == _around(new.sheet)


@lru_cache(maxsize=64)
def _outside(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    lines = text.splitlines()
    for first, last in spans:
        for number in range(first - 1, min(last, len(lines))):
            lines[number] = ""
    return tuple(line for line in lines if line.strip())


def _around(sheet: Sheet) -> tuple[str, ...]:
    """What a file's tests share: its lines outside of tests."""
    return _outside(sheet.text, tuple((test.line, test.end) for test in sheet.tests))


def _world(sides: Sides, tests: Matched, touched: Sequence[tuple[Placed, Placed]]) -> World:
    """What stands in tests now and did not before."""
    gained: Counter[Key] = Counter()
    added = [test for test in tests.added if not {"skip", "todo", "xfail"} & {mark.kind for mark in test.outline.marks}]
    after = [sides.detail(test) for test in (*(new for _, new in touched), *added)]
    for old, new in touched:
        gained.update(_keys(sides.detail(new)) - _keys(sides.detail(old)))
    for test in added:
        gained.update(_keys(sides.detail(test)))
    old_words = {word for sheet in sides.old for word in tokens(sheet.text)}
    new_words = {word for sheet in sides.new for word in tokens(sheet.text)}
    fakes, sheets = _made(sides.new), (*sides.old, *sides.new)
    world = World(
        gained=dict(gained),
        rows={row.text for detail in after for row in detail.rows},
        vanished=frozenset(w for w in old_words - new_words - sides.kept if _is_name(w, sides)),
        appeared=frozenset(w for w in new_words - old_words - fakes if _is_name(w, sides)),
        fakes=fakes,
        numbers=arranged.numbers_in(after),
        moved=sides.moves,
        before=_made(sides.old),
        ours=frozenset(n for s in sheets for n, target in s.imports.items() if sides.project.owns(target)),
        literals=frozenset(lit for detail in after for each in detail.assertions for lit in each.literals),
        made=_fresh_helpers(sides),
        removed=sides.removed,
        asked={(test.path, core(e.subject.text)): e for test in added for e in sides.detail(test).assertions},
    )
    fresh = [each for detail in after for each in detail.assertions if each.key in gained]
    # Who asks for a message as well asks for no less.
    world.shapes = {world.shape(one) for each in fresh for one in (each, replace(each, also=""))}
    world.kept = frozenset(_numbers_and_texts(sides))
    world.conserved = Conserved.of(fresh)
    world.wholes = [each for each in fresh if each.kind == "equal" and each.expected.text[:1] in "[({"][:_WHOLES]
    world.demands = {(each.kind, each.expected.text, each.subject.calls - CASTS) for each in fresh}
    world.rows |= {world.masked(text) for text in world.rows}
    return world


def _numbers_and_texts(sides: Sides) -> Iterator[str]:
    """The literals of old assertions that stand in the tests' texts still, whatever for."""
    words_ = {word for sheet in sides.new for word in tokens(sheet.text)}
    details = [sides.details.get(id(test)) for sheet in sides.old for test in sheet.tests]
    found = {lit for detail in details if detail is not None for each in detail.assertions for lit in each.literals}
    yield from (literal for literal in found if all(word in words_ for word in tokens(literal)))


def _fresh_helpers(sides: Sides) -> dict[str, str]:
    """The texts of helpers that were not there before, by name."""
    olds = {each.name for sheet in sides.old for each in sheet.helpers}
    return {each.last: each.text for sheet in sides.new for each in sheet.helpers if each.name not in olds}


def _is_name(word: str, sides: Sides) -> bool:
    """Whether a word may have been renamed: no builtin, and of exceptions only those that sources define no more."""
    if word.endswith(("Error", "Exception", "Warning")):
        return bool(sides.removed)
    return not hasattr(builtins, word) and word not in _VALUES


_VALUES = words("null undefined true false NaN Infinity nil")


def _keys(detail: Detail) -> set[Key]:
    said = [each for each in detail.assertions if each.kind != "vacuous"]
    denied = [each for each in said if each.kind == "equal" and each.expected.text == "False"]
    return {each.key for each in said} | {("truth", f"not {each.subject.text}", "", 0.0, "") for each in denied}


def _made(sheets: Iterable[Sheet]) -> frozenset[str]:
    """The names that test files define themselves."""
    return frozenset(name for sheet in sheets for name in (*sheet.defined, *(each.last for each in sheet.helpers)))


def _all(sides: Sides, tests: Matched, touched: Sequence[tuple[Placed, Placed]], world: World) -> Iterator[Sign]:
    for old in tests.gone:
        yield from _gone(old, sides, world)
    for old, new in touched:
        marks = list(_marks(old, new, sides))
        yield from marks
        ways = list(_ways(old, new, sides))
        # What a test would check that does not run at all, or ends the run, is of no matter.
        ended = any(sign.kind in ("test-skipped", "runner-changed") for sign in (*marks, *ways))
        yield from (sign for sign in ways if sign.kind == "runner-changed" or not ended)
        if not ended:
            yield from _changes(old, new, sides, world)
            yield from _arranged(old, new, sides, world)
        yield from replaced.in_test(old, new, sides)
    for new in tests.added:
        yield from _added(new, sides)
    yield from _only_there(sides, [new for _, new in touched] + tests.added)
    yield from _files(sides)


# --- tests that are gone -----------------------------------------------------------------------------------------
def _gone(old: Placed, sides: Sides, world: World) -> Iterator[Sign]:
    """A test without a counterpart is removed, unless all that it insisted on stands in other tests now."""
    detail = sides.detail(old)
    demands = [each for each in detail.assertions if each.kind != "vacuous"]
    lost = [e for e in demands if not (world.stands(e) or world.is_demanded(e) or world.conserved.holds(e, demands))]
    if (demands and not lost) or _doubled(old, sides):
        return
    hidden = _hidden_in(old, sides.new)
    calls = {name for each in demands for name in each.subject.calls}
    names = _names(old, *(calls & sides.removed))
    if hidden is not None:
        where, place = hidden
        what = f"`{old.name}` is not found by the runner any more: {where}."
        yield Sign("test-removed", place.outline.line, what, names, path=place.path)
    elif demands and len(lost) < len(demands) / 2:
        for each in lost[:_SHOWN]:
            what = f"`{old.name}` was taken apart, and nothing checks `{each.said()}` any more."
            yield Sign("test-weakened", each.line, what, names, old=True, path=old.path)
    else:
        what = f"The test `{old.name}` was removed."
        yield Sign("test-removed", old.outline.line, what, names, old=True, path=old.path)


def _doubled(old: Placed, sides: Sides) -> bool:
    """Whether the very same test stands somewhere else, with the same around it where it asks for that."""
    body = _bare(old.outline)
    alone = "self" not in body and "this" not in body
    return any(alone or _around(sheet) == _around(old.sheet) for sheet in sides.bodies.get(body, ()))


def _names(test: Placed, *others: str) -> tuple[str, ...]:
    return (test.outline.last, *others, *([test.outline.title] if test.outline.title != test.outline.last else ()))


def _hidden_in(old: Placed, news: Iterable[Sheet]) -> tuple[str, Placed] | None:
    """Where the test still stands without being a test."""
    body = _bare(old.outline)
    for sheet in news:
        for each in sheet.buried:
            if each.last == old.outline.last or _bare(each) == body:
                return "it stands inside another function", Placed(sheet, each)
        for each in sheet.helpers:
            if each.last == old.outline.last or (_bare(each) == body and len(body) > 4):
                return f"it is called `{each.name}` in {sheet.path} now", Placed(sheet, each)
    return None


def _bare(outline: Outline) -> tuple[str, ...]:
    return tuple(token for token in tokens(outline.text) if token != outline.last)


# --- tests that are still there ----------------------------------------------------------------------------------
def _marks(old: Placed, new: Placed, sides: Sides) -> Iterator[Sign]:
    before, after = sides.detail(old), sides.detail(new)
    known = {mark.key for mark in (*old.outline.marks, *before.marks)}
    always = {kind for kind, condition in known if not condition}
    for mark in (*new.outline.marks, *after.marks):
        if mark.key not in known and mark.kind not in always:
            yield _marked(new, mark)


def _marked(test: Placed, mark: Mark) -> Sign:
    when = f" when `{short(mark.condition)}`" if mark.condition else ""
    kind = "test-weakened" if mark.kind in ("retry", "fewer") else "test-skipped"
    what = f"`{test.name}` {_SAYS.get(mark.kind, 'is marked ' + mark.kind)}{when}."
    return Sign(kind, mark.line, what, _names(test), path=test.path)


def _changes(old: Placed, new: Placed, sides: Sides, world: World) -> Iterator[Sign]:
    before, after = sides.detail(old), sides.detail(new)
    ours = world.ours.intersection(tokens(old.outline.text))
    for was, now in other_wishes(before, after):
        yield Sign(QUIET, now.line, "", (*_names(new), *_names(old)), path=new.path, turn=turn_of(was, now, ours))
    for change in compare(before, after, world, new.path)[:_SHOWN]:
        where, what = old.path if change.gone else new.path, f"In `{new.name}`: {change.what}."
        turn, names = turn_of(change.was, change.now, ours), (*_names(new), *_names(old))
        yield Sign(change.kind, change.line, what, names, change.gone, where, turn, change.missing)


def _arranged(old: Placed, new: Placed, sides: Sides, world: World) -> Iterator[Sign]:
    before, after = sides.detail(old), sides.detail(new)
    inputs = [("expectation-changed", *each) for each in arranged.other_inputs(before, after, world.numbers)]
    cases = [("test-weakened", *each) for each in arranged.fewer_cases(before, after)]
    if before.waits and not after.waits and not _WAITING.search(new.outline.text):
        what = f"`{new.name}` does not wait any more for what it checks."
        yield Sign("test-weakened", new.outline.line, what, _names(new), path=new.path)
    slacks = [("test-weakened", *each) for each in arranged.more_slack(before, after)]
    for kind, what, line in (*inputs, *cases, *slacks):
        yield Sign(kind, line, f"In `{new.name}`: {what}.", _names(new), path=new.path)
    is_test = any(new.outline is each for each in new.sheet.tests)
    if (
        not is_test
        and "fixture" not in new.outline.text
        and (how := arranged.more_alike(before, after, new.outline.text))
    ):
        what = f"What `{new.name}` gives to tests goes through `{how}` now, so unlike things may look alike."
        yield Sign("test-weakened", new.outline.line, what, _names(new), path=new.path)


_WAITING = re.compile(
    r"\bawait\b|\breturn\b|\basync\b|Promise|resolve|useFakeTimers|advanceTimers|run(All|OnlyPending)Timers|\.tick\("
)


def _ways(old: Placed, new: Placed, sides: Sides) -> Iterator[Sign]:
    known = {way.what for way in sides.detail(old).escapes}
    for way in sides.detail(new).escapes:
        if way.what not in known:
            kind = "runner-changed" if way.run else "test-weakened"
            yield Sign(kind, way.line, f"`{new.name}` {way.what}.", _names(new), path=new.path)


# --- tests that are new ------------------------------------------------------------------------------------------
def _added(new: Placed, sides: Sides) -> Iterator[Sign]:
    """A new test takes nothing away; it may still be a mockery."""
    detail = sides.detail(new)
    names = _names(new)
    empty = [each for each in detail.assertions if each.kind == "vacuous"]
    if empty and len(empty) == len(detail.assertions):
        what = f"The new test `{new.name}` checks only what always holds."
        yield Sign("test-weakened", empty[0].line, what, names, path=new.path)
    caught = () if FAILS.search(new.outline.text) else ("except ", "catch ")
    hollow = [each for each in detail.assertions if is_hollow(each, caught) and each not in empty]
    if hollow and len(hollow) + len(empty) == len(detail.assertions):
        what = f"The new test `{new.name}` can't fail: {hollow[0].guards[-1]}."
        yield Sign("test-weakened", hollow[0].line, what, names, path=new.path)
    looks = [each for each in detail.assertions if looks_only(each, new.sheet)]
    if len(looks) == len(detail.assertions) and any(not each.names for each in looks):
        what = f"The new test `{new.name}` looks only at what is written or there, not at what it does."
        yield Sign("test-weakened", looks[0].line, what, names, path=new.path)
    doubles = [each for each in detail.assertions if OWN_DOUBLE.match(each.subject.text) and each.kind != "called"]
    if doubles and len(doubles) == len(detail.assertions) and {each.kind for each in doubles} != {"runs"}:
        what = f"The new test `{new.name}` asks only what it was told itself."
        yield Sign("test-weakened", doubles[0].line, what, names, path=new.path)
    for way in detail.escapes:
        kind = "runner-changed" if way.run else "test-weakened"
        yield Sign(kind, way.line, f"The new test `{new.name}` {way.what}.", names, path=new.path)
    for mark in (*new.outline.marks, *detail.marks):
        if mark.kind == "only":
            yield _marked(new, mark)
    yield from replaced.in_new_test(new, sides)


def _only_there(sides: Sides, tests: Sequence[Placed]) -> Iterator[Sign]:
    """Something new of the project's of which the tests show no more than that it can be called."""
    users: dict[str, list[Placed]] = {}
    for test in tests:
        fresh = sides.detail(test).calls & test.sheet.imports.keys()
        for name in fresh:
            if sides.is_new(name, test.sheet.imports[name], test.path):
                users.setdefault(name, []).append(test)
    for name, found in sorted(users.items()):
        if all(is_weak(sides.detail(test), name) for test in found):
            what = f"The tests of `{name}`, which is new, show only that it can be called."
            first = found[0]
            yield Sign("test-weakened", first.outline.line, what, (first.outline.last, name), path=first.path)


# --- files -------------------------------------------------------------------------------------------------------
def _files(sides: Sides) -> Iterator[Sign]:
    before = sides.before()
    olds = {test.last for sheet in sides.old for test in sheet.tests}
    for sheet in sides.new:
        was = before.get(sheet.path)
        known = {each.what for each in was.escapes} if was is not None else frozenset()
        for way in sheet.escapes:
            if way.what not in known:
                what = f"Loading the test file calls `{way.what}`, which ends the run."
                yield Sign("runner-changed", way.line, what, path=sheet.path)
        yield from _buried(sheet, was, olds)
        yield from replaced.in_file(sheet, was, sides)
        yield from _fixtures(sheet, was, sides, olds)


def _buried(sheet: Sheet, was: Sheet | None, olds: Collection[str]) -> Iterator[Sign]:
    known = {each.last for each in was.buried} if was is not None else frozenset()
    standing = {each.last for each in sheet.tests}
    for each in sheet.buried:
        if each.last not in known and each.last not in standing:
            kind = "test-removed" if each.last in olds else "test-weakened"
            what = f"`{each.name}` stands inside a function, where no runner finds it."
            yield Sign(kind, each.line, what, (each.last,), path=sheet.path)


_PREPARING = words("setUp setUpModule setUpClass asyncSetUp setup_module setup_class setup_method setup_function setup")


def _fixtures(sheet: Sheet, was: Sheet | None, sides: Sides, olds: Collection[str]) -> Iterator[Sign]:
    """New fixtures that replace the project's own code, or skip, for every test or for tests that were there before."""
    known = {each.name for each in was.helpers} if was is not None else frozenset()
    for helper in sheet.helpers:
        prepares = helper.last in _PREPARING
        if helper.name in known or not ("fixture" in helper.text or prepares):
            continue
        users = [test for each in sides.new for test in each.tests if helper.last in tokens(test.text)]
        everybody = (prepares or "autouse" in helper.text) and (
            not sheet.tests or any(test.last in olds for test in sheet.tests)
        )
        if not everybody and not any(test.last in olds for test in users):
            continue
        placed = Placed(sheet, helper)
        for mock in sides.detail(placed).mocks:
            ours = replaced.is_ours(mock, sheet, sides.project) and not is_worldly(mock.target)
            if ours or (everybody and replaced.is_used_by_tests(mock, placed, sides)):
                yield replaced.replaced(mock, placed)
        for mark in sides.detail(placed).marks:
            yield _marked(placed, mark)
