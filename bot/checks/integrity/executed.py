"""Signs in what ran: the collected tests of both sides, what was skipped, and how a run's own words agree."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from bot.checks.comparing import compare
from bot.checks.integrity.model import Sheet, Sign
from bot.checks.pairing import Named
from bot.checks.running import Suite, moves_of, names_in, tests_in, unusable
from bot.checks.wording import count, listed
from bot.ports import Question, Result

_TOLD = frozenset(("test-removed", "test-weakened", "test-skipped", "expectation-changed"))


def signs(
    question: Question, suite: Suite, base: Result, head: Result, found: Collection[Sign], sheets: Mapping[str, Sheet]
) -> Iterator[Sign]:
    """What reading did not tell. `found` are the signs that it told; `sheets` are the new test files by path."""
    before, after = tests_in(base), tests_in(head)
    if after.disagreement and after.disagreement != before.disagreement:
        what = f"What the test run says of itself does not agree: {after.disagreement}."
        yield Sign("result-file", None, what, path=_place(question))
    if unusable(base) or unusable(head):
        return
    seen = compare(before, after, suite, question)
    old = {test.id: test for test in names_in(before.outcomes, suite, question.base_paths, {})}
    new = names_in(after.outcomes, suite, question.head_paths, {})
    yield from _fewer(question, [old[name] for name in seen.removed], list(old.values()), new, sheets)
    told = {sign.path for sign in found if sign.kind in _TOLD}
    for name in sorted(seen.newly_skipped):
        file = suite.file_of(name, question.head_paths)
        if file not in told:
            what = f"`{name}` ran before the change and is skipped now."
            yield Sign("test-skipped", None, what, (_function(name),), path=file or _place(question))


def _fewer(
    question: Question, removed: list[Named], old: list[Named], new: Collection[Named], sheets: Mapping[str, Sheet]
) -> Iterator[Sign]:
    """Tests that are collected no more although their file was not touched, or still holds them. What was taken out of
    a file that changed was told by reading it."""
    moves = moves_of(question)
    changed = {c.renamed_from or c.path for c in question.changes}
    before = Counter((moves.get(test.file, test.file), test.stem) for test in old)
    after = Counter((test.file, test.stem) for test in new)
    functions = {(test.file, _function(test.stem)) for test in new}
    lost: dict[str, list[str]] = {}
    for test in removed:
        file = moves.get(test.file, test.file)
        if after[file, test.stem] >= before[file, test.stem]:
            continue
        holds = file in sheets and any(each.last == _function(test.stem) for each in sheets[file].tests)
        if after[file, test.stem] and "[" in test.id and file in sheets and _is_computed(test, sheets[file]):
            lost.setdefault(file, []).append(test.id)
            continue
        gone = (file, _function(test.stem)) not in functions  # a method may have become a function
        if test.file not in changed or (holds and gone):
            lost.setdefault(file, []).append(test.id)
    for file, names in sorted(lost.items()):
        what = f"{count(names, 'test')} collected before the change and not collected now: {listed(sorted(names))}."
        yield Sign("collected-fewer", None, what, tuple(map(_function, names)), path=file or _place(question))


def _is_computed(test: Named, sheet: Sheet) -> bool:
    """Whether a test's cases come from elsewhere, so that reading could not tell how many there are."""
    outline = next((each for each in sheet.tests if each.last == _function(test.stem)), None)
    detail = sheet.read(outline) if outline is not None else None
    return detail is not None and bool(detail.sources) and not detail.rows


def _function(name: str) -> str:
    bare = name.partition("[")[0]
    for separator in ("::", " > ", "."):
        bare = bare.rpartition(separator)[2] if separator in bare else bare
    return bare


def _place(question: Question) -> str:
    """Where a sign without a file belongs: the first file that changed."""
    return question.changes[0].path if question.changes else ""
