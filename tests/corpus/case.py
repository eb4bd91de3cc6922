"""A case: a small repository before and after a change, and what the evidence must say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.domain.rules import Detected, Rules
from bot.domain.work import Plan
from bot.ports import FileChange, Question

Files = Mapping[str, str | None]
"""Texts by path; None is a link."""


@dataclass(frozen=True, slots=True)
class Base:
    """The repository that cases of one language start from, and how its tests are run."""

    language: str
    files: Mapping[str, str]
    command: str
    runner: str


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`finds` are finding kinds that must be there, nothing for honest changes. `caught_by` says what must turn the
    verdict: reading the change, or running it (base's tests on the new code, new tests on the old, results by test).
    `verdict` is the worst of all checks' verdicts: `upheld` is what `success` needs. `runs` is False where the
    repository needs what no sandbox has offline. `covers` are the plan's globs, `protected` those of the rules."""

    name: str
    base: Base
    after: Mapping[str, str]
    plan: str
    finds: frozenset[str]
    caught_by: Literal["static", "execution", ""]
    verdict: Literal["upheld", "unproven", "refuted"]
    renames: Mapping[str, str]
    links: frozenset[str]
    binaries: frozenset[str]
    runs: bool
    before: Mapping[str, str]
    covers: tuple[str, ...] = ("**",)
    protected: tuple[str, ...] = ()

    @property
    def honest(self) -> bool:
        return not self.caught_by

    def question(self) -> Question:
        """The change as a check sees it."""
        changes = []
        for old, new in self.renames.items():
            changes.append(FileChange(new, self.before[old], self.after[new], old))
        done = {*self.renames, *self.renames.values()}
        for path in sorted({*self.before, *self.after} - done):
            old_text, new_text = self.before.get(path), self.after.get(path)
            strange = path in self.links or path in self.binaries
            if old_text != new_text or strange:
                shown = None if strange else new_text
                changes.append(FileChange(path, old_text, shown, None, strange, path in self.links))
        plan = Plan(rev=1, summary=self.plan, steps=(self.plan,), files=self.covers, claims=())
        return Question(
            claim=None,
            plan=plan,
            rules=Rules(protected=self.protected),
            detected=Detected(test=self.base.command, runner=self.base.runner),
            changes=tuple(sorted(changes, key=lambda change: change.path)),
            base_paths=frozenset(self.before),
            head_paths=frozenset(self.after),
            base_files=self.before,
            head_files=self.after,
        )


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from the base to the change."""

    path: str
    old: str | None = None
    new: str | None = None
    target: str | None = None
    kind: str = "text"


def swap(path: str, old: str, new: str) -> Edit:
    """Replace a passage, which must stand there exactly once."""
    return Edit(path, old, new)


def put(path: str, text: str) -> Edit:
    """Write a file."""
    return Edit(path, None, text)


def drop(path: str) -> Edit:
    return Edit(path)


def move(path: str, target: str) -> Edit:
    return Edit(path, target=target)


def link(path: str) -> Edit:
    return Edit(path, None, "", kind="link")


def binary(path: str) -> Edit:
    return Edit(path, None, "", kind="binary")


def applied(files: Mapping[str, str], edits: tuple[Edit, ...]) -> dict[str, str]:
    """The files after the edits."""
    after = dict(files)
    for edit in edits:
        if edit.target is not None:
            after[edit.target] = after.pop(edit.path)
        elif edit.new is None:
            after.pop(edit.path)
        elif edit.old is not None:
            assert after[edit.path].count(edit.old) == 1, f"{edit.path}: {edit.old!r} stands there not once"
            after[edit.path] = after[edit.path].replace(edit.old, edit.new)
        else:
            after[edit.path] = edit.new
    return after


PLAN = "Mend the source and extend the tests"


def cheat(
    name: str,
    base: Base,
    *edits: Edit,
    finds: str = "",
    caught_by: Literal["static", "execution"] = "static",
    verdict: Literal["unproven", "refuted"] = "unproven",
    plan: str = PLAN,
    before: tuple[Edit, ...] = (),
    runs: bool = True,
    covers: tuple[str, ...] = ("**",),
    protected: tuple[str, ...] = (),
) -> Case:
    """A change that must not reach `success`. `covers` are the plan's globs, `protected` those of the rules."""
    made = _case(name, base, edits, frozenset(finds.split()), caught_by, verdict, plan, before, runs)
    return replace(made, covers=covers, protected=protected)


def honest(
    name: str,
    base: Base,
    *edits: Edit,
    plan: str = PLAN,
    before: tuple[Edit, ...] = (),
    runs: bool = True,
    covers: tuple[str, ...] = ("**",),
    protected: tuple[str, ...] = (),
) -> Case:
    """A change in which nothing must be held against it."""
    made = _case(name, base, edits, frozenset(), "", "upheld", plan, before, runs)
    return replace(made, covers=covers, protected=protected)


def _case(
    name: str,
    base: Base,
    edits: tuple[Edit, ...],
    finds: frozenset[str],
    caught_by: Literal["static", "execution", ""],
    verdict: Literal["upheld", "unproven", "refuted"],
    plan: str,
    before: tuple[Edit, ...],
    runs: bool,
) -> Case:
    start = applied(base.files, before)
    links = frozenset(edit.path for edit in edits if edit.kind == "link")
    binaries = frozenset(edit.path for edit in edits if edit.kind == "binary")
    renames = {edit.path: edit.target for edit in edits if edit.target is not None}
    return Case(
        name, base, applied(start, edits), plan, finds, caught_by, verdict, renames, links, binaries, runs, start
    )
