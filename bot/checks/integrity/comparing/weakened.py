"""What happened to the tests: removed, skipped, weakened, turned, or looking at something replaced."""

import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from bot.checks.integrity.comparing import added, arranged, replaced
from bot.checks.integrity.comparing.added import marked
from bot.checks.integrity.comparing.likeness import tail_of
from bot.checks.integrity.comparing.loosened import compare, other_wishes
from bot.checks.integrity.comparing.matching import Matched, Placed, body_of, match, names_of, suite_names, tokens
from bot.checks.integrity.comparing.world import Sides, World
from bot.checks.integrity.model import QUIET, Assertion, Sheet, Sign
from bot.checks.integrity.project import is_worldly
from bot.checks.planned.turned import Turn
from bot.domain.words import words

_SHOWN = 12  # so many changes of one test are told one by one
_WAITING = re.compile(
    r"\bawait\b|\breturn\b|\basync\b|Promise|resolve|useFakeTimers|advanceTimers|run(All|OnlyPending)Timers|\.tick\("
)
_PREPARING = words("setUp setUpModule setUpClass asyncSetUp setup_module setup_class setup_method setup_function setup")


def signs_in_tests(sides: Sides) -> Iterator[Sign]:
    """Compare the test files of both sides."""
    old, new, moves = sides.old, sides.new, sides.moves
    tests = match(_tests(old), _tests(new), moves)
    helpers = match(_helpers(old), _helpers(new), moves)
    touched = [pair for pair in (*tests.pairs, *helpers.pairs) if not _untouched(*pair)]
    for sheet in (*new, *(sides.others([test.outline.last for test in tests.gone]) if tests.gone else ())):
        for test in sheet.tests:
            sides.bodies.setdefault(body_of(test), []).append(sheet)
    world = World.of(sides, tests, touched)
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


def _all(sides: Sides, tests: Matched, touched: Sequence[tuple[Placed, Placed]], world: World) -> Iterator[Sign]:
    left = {(old.path, old.suite) for old, _ in tests.pairs}
    for old in tests.gone:
        yield from _gone(old, sides, world, (old.path, old.suite) not in left)
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
        yield from added.signs(new, sides)
    yield from added.only_there(sides, [new for _, new in touched] + tests.added)
    yield from _files(sides)


# --- tests that are gone -----------------------------------------------------------------------------------------
def _gone(old: Placed, sides: Sides, world: World, whole: bool) -> Iterator[Sign]:
    """A test without a counterpart is removed, unless all that it insisted on stands in other tests now. `whole`: so
    are all that stood with it."""
    detail = sides.detail(old)
    demands = [each for each in detail.assertions if each.kind != "vacuous"]
    lost = [e for e in demands if not (world.stands(e) or world.is_demanded(e) or world.conserved.holds(e, demands))]
    if (demands and not lost) or _doubled(old, sides):
        return
    hidden = _hidden_in(old, sides.new)
    calls = {name for each in demands for name in each.subject.calls}
    names = names_of(old, *(calls & sides.removed), *(suite_names(old) if whole else ()))
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
    body = body_of(old.outline)
    alone = "self" not in body and "this" not in body
    return any(alone or _around(sheet) == _around(old.sheet) for sheet in sides.bodies.get(body, ()))


def _hidden_in(old: Placed, news: Iterable[Sheet]) -> tuple[str, Placed] | None:
    """Where the test still stands without being a test."""
    body = body_of(old.outline)
    for sheet in news:
        for each in sheet.helpers:
            if each.last == old.outline.last or (body_of(each) == body and len(body) > 4):
                return f"it is called `{each.name}` in {sheet.path} now", Placed(sheet, each)
    return None


# --- tests that are still there ----------------------------------------------------------------------------------
def _marks(old: Placed, new: Placed, sides: Sides) -> Iterator[Sign]:
    before, after = sides.detail(old), sides.detail(new)
    known = {mark.key for mark in (*old.outline.marks, *before.marks)}
    always = {kind for kind, condition in known if not condition}
    for mark in (*new.outline.marks, *after.marks):
        if mark.key not in known and mark.kind not in always:
            yield marked(new, mark)


def _changes(old: Placed, new: Placed, sides: Sides, world: World) -> Iterator[Sign]:
    before, after = sides.detail(old), sides.detail(new)
    ours = world.ours.intersection(tokens(old.outline.text))
    for was, now in other_wishes(before, after):
        yield Sign(QUIET, now.line, "", (*names_of(new), *names_of(old)), path=new.path, turn=_turn_of(was, now, ours))
    for change in compare(before, after, world, new.path)[:_SHOWN]:
        where, what = old.path if change.gone else new.path, f"In `{new.name}`: {change.what}."
        turn, names = _turn_of(change.was, change.now, ours), (*names_of(new), *names_of(old))
        told = (change.missing, change.instead, change.exact, change.room)
        yield Sign(change.kind, change.line, what, names, change.gone, where, turn, *told)


def _arranged(old: Placed, new: Placed, sides: Sides, world: World) -> Iterator[Sign]:
    before, after = sides.detail(old), sides.detail(new)
    inputs = [("expectation-changed", *each) for each in arranged.other_inputs(before, after, world.numbers)]
    cases = [("test-weakened", *each) for each in arranged.fewer_cases(before, after)]
    if before.waits and not after.waits and not _WAITING.search(new.outline.text):
        what = f"`{new.name}` does not wait any more for what it checks."
        yield Sign("test-weakened", new.outline.line, what, names_of(new), path=new.path)
    slacks = [("test-weakened", *each) for each in arranged.more_slack(before, after)]
    for kind, what, line in (*inputs, *cases, *slacks):
        yield Sign(kind, line, f"In `{new.name}`: {what}.", names_of(new), path=new.path)
    helps = not any(new.outline is each for each in new.sheet.tests) and "fixture" not in new.outline.text
    if helps and (how := arranged.more_alike(before, after, new.outline.text)):
        what = f"What `{new.name}` gives to tests goes through `{how}` now, so unlike things may look alike."
        yield Sign("test-weakened", new.outline.line, what, names_of(new), path=new.path)


def _ways(old: Placed, new: Placed, sides: Sides) -> Iterator[Sign]:
    known = {way.what for way in sides.detail(old).escapes}
    for way in sides.detail(new).escapes:
        if way.what not in known:
            kind = "runner-changed" if way.run else "test-weakened"
            yield Sign(kind, way.line, f"`{new.name}` {way.what}.", names_of(new), path=new.path)


# --- expectations that turn ----------------------------------------------------------------------------------------
def _turn_of(was: Assertion | None, now: Assertion | None, called: Iterable[str]) -> Turn | None:
    """The expectation before and after. `called` are names of the project's that stood in the test's text."""
    if was is None or now is None:
        return None
    known = frozenset(called)
    names = was.subject.calls | now.subject.calls | {tail_of(was.subject), tail_of(now.subject)}
    return Turn(
        was="" if was.kind == "raises" and now.kind != "raises" else _wanted(was),
        now="" if now.kind == "raises" and was.kind != "raises" else _wanted(now),
        names=tuple(sorted(known | {name for name in names if name and not hasattr(builtins, name)})),
        given=_given(was) | _given(now),
        raising=_errors(was),
        raised=_errors(now),
    )


def _given(assertion: Assertion) -> frozenset[str]:
    """The literals that it is about, numbers below zero with their sign."""
    text, literals = assertion.subject.text, assertion.subject.literals
    below = (each for each in literals if re.search(rf"[(\[{{,:=]\s*-{re.escape(each)}(?![\w.])", text))
    return literals | {f"-{each}" for each in below}


def _wanted(assertion: Assertion) -> str:
    """What an assertion wants: a value, an error's message, or that something holds or does not."""
    if assertion.kind == "raises":
        return assertion.also
    if assertion.kind == "truth":
        return "false" if assertion.denied else "true"
    wanted = assertion.expected.text
    return wanted.lower() if wanted in ("True", "False") else re.sub(r"(?<=\d)_(?=\d)", "", wanted)


def _errors(assertion: Assertion) -> frozenset[str]:
    return (assertion.names or frozenset(("",))) if assertion.kind == "raises" else frozenset()


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


def _fixtures(sheet: Sheet, was: Sheet | None, sides: Sides, olds: Collection[str]) -> Iterator[Sign]:
    """New fixtures that replace the project's own code, or skip, for every test or for tests that were there before."""
    known = {each.name for each in was.helpers} if was is not None else frozenset()
    for helper in sheet.helpers:
        prepares = helper.last in _PREPARING
        if helper.name in known or not ("fixture" in helper.text or prepares):
            continue
        users = [test for each in sides.new for test in each.tests if helper.last in tokens(test.text)]
        shared = not sheet.tests or any(test.last in olds for test in sheet.tests)
        everybody = shared and (prepares or "autouse" in helper.text)
        if not everybody and not any(test.last in olds for test in users):
            continue
        placed = Placed(sheet, helper)
        for mock in sides.detail(placed).mocks:
            ours = replaced.is_ours(mock, sheet, sides.project) and not is_worldly(mock.target)
            if ours or (everybody and replaced.is_used_by_tests(mock, placed, sides)):
                yield replaced.replaced(mock, placed)
        for mark in sides.detail(placed).marks:
            yield marked(placed, mark)
