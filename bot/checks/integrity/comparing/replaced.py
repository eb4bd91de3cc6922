"""Tests that look at something put in the place of what they are meant to test: mocks, doubles, names of their own."""

import re
from collections.abc import Iterable, Iterator

from bot.checks.integrity.comparing.matching import Placed
from bot.checks.integrity.comparing.world import Sides
from bot.checks.integrity.model import Detail, Mock, Outline, Sheet, Sign, short
from bot.checks.integrity.project import Project, is_worldly
from bot.domain.words import words

STUBS = words(
    "Mock MagicMock AsyncMock NonCallableMock create_autospec SimpleNamespace mock_open Namespace fn stub "
    "createStubInstance"
)
"""What makes an object that does as it is told."""

_GLOBALS = words(
    "console process globalThis global window document navigator location history localStorage sessionStorage "
    "Date performance crypto screen"
)
_STARTING = words(
    "run Popen check_output check_call create_subprocess_exec spawn spawnSync execSync execFile execFileSync run_module"
)
"""What starts a program: the project's own, where a text has its name."""

_MACHINERY = words("assert assert/strict test pytest unittest vitest chai jest mocha ava")


def in_test(old: Placed, new: Placed, sides: Sides) -> Iterator[Sign]:
    """The project's own code replaced in a test, or in what prepares it, that managed without."""
    before, after = sides.detail(old), sides.detail(new)
    known = {mock.target for mock in before.mocks} | {mock.name for mock in before.mocks}
    for mock in after.mocks:
        if mock.target in known or mock.name in known or (mock.local and mock.name not in before.calls):
            continue
        if _is_on_instance(mock, sides):
            looked_at = any(_is_looked_at(mock, each, sides.detail(each)) for each in _users(new))
            looked_at = looked_at or (bool(new.sheet.tests) and _calls_itself(mock, new))
            if looked_at or (not new.sheet.tests and _makes_ours(new, sides) and not is_worldly(mock.name)):
                yield replaced(mock, new)
        elif is_ours(mock, new.sheet, sides.project) and (
            is_subject(mock, new, before) or is_subject(mock, new, after) or not is_worldly(mock.target)
        ):
            yield replaced(mock, new)
    yield from _stand_ins(old, new, sides)


def in_new_test(new: Placed, sides: Sides) -> Iterator[Sign]:
    """A new test that looks at what it made itself."""
    detail = sides.detail(new)
    for name in sorted(detail.calls & new.sheet.bases.keys()):
        own = {each.last for each in new.sheet.helpers if each.name == f"{name}.{each.last}" and not _extends(each)}
        base = next((b for b in new.sheet.bases[name] if sides.project.has(new.sheet.imports.get(b, ""), new.path)), "")
        asked = {call for each in detail.assertions for call in each.subject.calls} & own
        if base and asked:
            what = f"`{new.name}` asks `{name}.{min(asked)}`, which the tests put in the place of `{base}`'s own."
            yield Sign("subject-mocked", new.outline.line, what, (new.outline.last, name), path=new.path)
    for mock in detail.mocks:
        alone = _is_on_instance(mock, sides)
        looked_at = _is_looked_at(mock, new, detail) if alone else is_subject(mock, new, detail)
        looked_at = looked_at or _calls_itself(mock, new) or (mock.lasting and not is_worldly(mock.target))
        if mock.local and mock.name not in sides.kept:
            continue
        if looked_at and (mock.instance or is_ours(mock, new.sheet, sides.project)):
            yield replaced(mock, new)


def _extends(method: Outline) -> bool:
    """Whether all that a method of a subclass gives is what its base's own gives, as it is or calculated with."""
    given = re.findall(r"\breturn\b(.*)", method.text)
    handed = rf"\s*(await )?super(\(\))?\.{re.escape(method.last)}\([^\n]*"
    return bool(given) and all(
        re.fullmatch(handed, each) and not re.search(r" (and|or|if) |&&|\|\||\?", each) for each in given
    )


def _is_on_instance(mock: Mock, sides: Sides) -> bool:
    """Whether it is put on an object of the test, and on no module of the project's."""
    return mock.instance and not (mock.local and sides.project.owns(mock.target))


def _calls_itself(mock: Mock, test: Placed) -> bool:
    """Whether a test replaces a method of an object, and then calls that very method itself."""
    owner, _, name = mock.target.removeprefix("./").rpartition(".")
    called = rf"(?<![\w.]){re.escape(owner)}\.{re.escape(name)}\("
    of_object = mock.instance or mock.target.startswith("./")
    return of_object and bool(owner) and re.search(called, test.outline.text) is not None


def _makes_ours(new: Placed, sides: Sides) -> bool:
    """Whether what prepares tests of other files makes something of the project's."""
    imports = new.sheet.imports
    return any(sides.project.has(imports.get(name, ""), new.path) for name in sides.detail(new).calls)


def in_new_helpers(sheet: Sheet, was: Sheet | None, sides: Sides) -> Iterator[Sign]:
    """What new preparations and helpers put in the place of the project's own for good."""
    known = {each.name for each in was.helpers} if was is not None else frozenset()
    for placed in (Placed(sheet, each) for each in sheet.helpers if each.name not in known):
        for mock in sides.detail(placed).mocks:
            if mock.lasting and is_ours(mock, sheet, sides.project) and not is_worldly(mock.target):
                yield replaced(mock, placed)


def _users(placed: Placed) -> list[Placed]:
    """The test itself; for what prepares tests, all of its file."""
    if any(placed.outline is test for test in placed.sheet.tests) or not placed.sheet.tests:
        return [placed]
    return [Placed(placed.sheet, test) for test in placed.sheet.tests]


def _is_looked_at(mock: Mock, test: Placed, detail: Detail) -> bool:
    """Whether an assertion calls the very method that was put on an object: `cart.receipt = …`, `cart.receipt()`."""
    called = f"{'.'.join(mock.target.removeprefix('./').split('.')[-2:])}("
    asking = [each for each in detail.assertions if mock.name in each.subject.calls]
    return any(called in each.subject.text for each in asking) or (bool(asking) and called in test.outline.text)


def is_ours(mock: Mock, sheet: Sheet, project: Project) -> bool:
    """The project's own code, or the name under which the test file itself has it."""
    if mock.target.startswith("./") and _is_of_others(mock.target[2:].partition(".")[0], sheet, project):
        return False
    if project.owns(mock.target):
        return True
    foreign = {target.partition(".")[0] for target in sheet.imports.values() if not project.owns(target)}
    return mock.target.partition(".")[0] not in foreign and project.owns(sheet.imports.get(mock.name, ""))


def _is_of_others(owner: str, sheet: Sheet, project: Project) -> bool:
    """Whether an object whose method is replaced is a library's, or one that JavaScript itself has."""
    if owner in sheet.imports:
        return not project.owns(sheet.imports[owner].partition("#")[0])
    return owner in _GLOBALS and owner not in sheet.defined


def is_subject(mock: Mock, test: Placed, detail: Detail) -> bool:
    """Whether what is replaced is what the assertions look at."""
    looked_at = {name for each in detail.assertions for name in each.subject.calls}
    if not mock.module:
        return mock.name in looked_at
    below = (f"{mock.target}.", f"{mock.target}#")
    bound = {name for name, target in test.sheet.imports.items() if f"{target}#".startswith(below)}
    texts = [each.subject.text for each in detail.assertions]
    return bool(bound & looked_at) or any(text.startswith(f"{name}.") for text in texts for name in bound)


def replaced(mock: Mock, test: Placed) -> Sign:
    what = f"`{test.name}` replaces `{short(mock.target)}`, the project's own code."
    return Sign("subject-mocked", mock.line, what, (test.outline.last, mock.name), path=test.path)


# --- stand-ins ----------------------------------------------------------------------------------------------------
def _stand_ins(old: Placed, new: Placed, sides: Sides) -> Iterator[Sign]:
    """Where the project's own code was called, something that the tests made is called now."""
    before, after = sides.detail(old), sides.detail(new)
    lost = {
        name
        for name in before.calls - after.calls - sides.removed
        if sides.project.has(old.sheet.imports.get(name, ""), old.path) and _is_called(name, old)
    }
    made = sorted(name for name in after.calls - before.calls if name in STUBS or _is_made_up(name, lost, sides))
    if lost and made and not _is_called_by_helpers(lost, sides):
        what = f"`{new.name}` uses `{made[0]}`, made by the tests, in place of `{min(lost)}`, the project's own code."
        yield Sign("subject-mocked", new.outline.line, what, (new.outline.last, *sorted(lost)), path=new.path)


def _is_called(name: str, test: Placed) -> bool:
    """Whether what the test calls, or what prepares and helps it in its file, is what was imported under the name, and
    no method of something else that is called so."""
    called = re.compile(rf"(?<![\w.]){re.escape(name)}\s*\(")
    return any(called.search(each.text) for each in (test.outline, *test.sheet.helpers))


def _is_made_up(name: str, lost: Iterable[str], sides: Sides) -> bool:
    """Whether the tests define the name now and did not before, and don't hand on to what they called before."""
    if any(name in sheet.defined for sheet in sides.old) or not any(name in sheet.defined for sheet in sides.new):
        return False
    helpers = [Placed(sheet, each) for sheet in sides.new for each in sheet.helpers if each.name == name]
    return not any(_reaches(helper, lost, sides) for helper in helpers)


def _reaches(helper: Placed, names: Iterable[str], sides: Sides) -> bool:
    calls = sides.detail(helper).calls
    tops = "|".join(map(re.escape, sorted(sides.project.tops)))
    if calls & _STARTING and tops and re.search(rf"['\"`]([^'\"`]*[\s/])?({tops})\b", helper.outline.text):
        return True
    ours = (sides.project.has(helper.sheet.imports.get(name, ""), helper.path) for name in calls)
    return bool(calls & set(names)) or any(ours)


def _is_called_by_helpers(names: Iterable[str], sides: Sides) -> bool:
    """Whether functions of the tests that are new call all of it: then it was only handed over to them."""
    olds = {each.name for sheet in sides.old for each in sheet.helpers}
    fresh = [Placed(sheet, each) for sheet in sides.new for each in sheet.helpers if each.last not in olds]
    called = {name for helper in fresh if "." not in helper.name for name in sides.detail(helper).calls}
    return set(names) <= called


# --- files --------------------------------------------------------------------------------------------------------
def in_file(sheet: Sheet, was: Sheet | None, sides: Sides) -> Iterator[Sign]:
    """What a whole test file replaces."""
    yield from _shadowed(sheet, was, sides.project)
    yield from _imported(sheet, was, sides)
    yield from _replacing(sheet, was, sides)
    yield from in_new_helpers(sheet, was, sides)


def is_used_by_tests(mock: Mock, maker: Placed, sides: Sides) -> bool:
    """Whether the tests themselves call what a preparation of all of them replaces, as `subprocess.run` to play a user:
    then they look at the double alone."""
    called = f"{'.'.join(mock.target.split('.')[-2:])}("
    if called.startswith(("time.sleep", "sleep", "os.environ")):
        return False
    sheets = (*sides.new, *sides.others([called]))
    texts = [each.text for sheet in sheets for each in (*sheet.tests, *sheet.helpers) if each is not maker.outline]
    return any(called in text for text in texts)


def _shadowed(sheet: Sheet, was: Sheet | None, project: Project) -> Iterator[Sign]:
    """A name that came from the project and is now made by the test file itself."""
    for name, line in sheet.defined.items():
        old = was.imports.get(name, "") if was is not None else ""
        target = sheet.imports.get(name, "") or (old if name not in sheet.imports else "")
        if not target or not project.owns(target) or (was is not None and name in was.defined):
            continue
        what = f"`{name}` is made by the test file itself instead of coming from `{short(target)}`."
        yield Sign("subject-mocked", line, what, (name,), path=sheet.path)


def _imported(sheet: Sheet, was: Sheet | None, sides: Sides) -> Iterator[Sign]:
    """A name that came from the project, or from the test runner, and now comes from a file of the tests."""
    project = sides.project
    for name, target in sheet.imports.items():
        old = was.imports.get(name, "") if was is not None else ""
        place = project.made_by_tests(target, sheet.path) if old and old != target else ""
        source = next((each for each in sides.new if each.path == place), None)
        if source is None or was is None:
            continue
        line = next((number for number, line in enumerate(sheet.text.splitlines(), 1) if name in line), 1)
        if old.removeprefix("node:").partition("#")[0] in _MACHINERY and source.lenient:
            what = f"`{name}` comes from `{place}` instead of `{old}`, and hides failures."
            yield Sign("test-weakened", line, what, (name,), path=sheet.path)
        elif project.has(old, was.path) and name not in sides.removed and not _hands_on(name, source, sides):
            what = f"`{name}` comes from `{place}`, a file of the tests, instead of `{short(old)}`."
            yield Sign("subject-mocked", line, what, (name,), path=sheet.path)


def _hands_on(name: str, source: Sheet, sides: Sides) -> bool:
    """Whether a file of the tests has a name from the project itself, or calls the project to make it."""
    if any(each.name.startswith(f"{name}.") for each in source.helpers):
        return False
    targets = source.imports.values()
    if any(sides.project.has(target, source.path) for target in targets):
        helpers = [Placed(source, each) for each in source.helpers if each.name == name]
        return not helpers or any(_reaches(helper, (name,), sides) for helper in helpers)
    return False


def _replacing(sheet: Sheet, was: Sheet | None, sides: Sides) -> Iterator[Sign]:
    """What loading a test file replaces for all its tests, or for everybody's."""
    known = {mock.target for mock in was.mocks} if was is not None else frozenset()
    for mock in sheet.mocks:
        if mock.target in known or not is_ours(mock, sheet, sides.project) or mock.instance:
            continue
        tests = [Placed(sheet, test) for test in sheet.tests]
        subject = any(is_subject(mock, test, sides.detail(test)) for test in tests)
        if subject or ((not tests or (was is not None and was.tests)) and not is_worldly(mock.target)):
            what = f"All tests of the file replace `{short(mock.target)}`, the project's own code."
            yield Sign("subject-mocked", mock.line, what, (mock.name,), path=sheet.path)
