"""What is owed after the pull request: one obligation for each remark, until it has a disposition; and red checks.

Pure: a fold over the events of `followups`, and the reading of what the model decided.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import cast, get_args

from bot.domain.events import Approved, Finished
from bot.domain.followups import (
    CIFailed,
    CIJudged,
    Disposed,
    Disposition,
    How,
    Proposed,
    PullChanged,
    Remarked,
    Synced,
    TakenOver,
    Withdrawn,
)
from bot.domain.refs import Actor
from bot.domain.suggestions import fault, split
from bot.domain.work import Plan

MAX_CI_ROUNDS = 3
"""How often red CI begins a turn by itself before a person is asked."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A remark that wants something of us. `how` None: nothing was said to it yet. `begun`: a turn has seen it.
    `proven` false: it was said to be changed while the checks spoke against it."""

    remark: Remarked
    begun: bool = False
    how: How | None = None
    proven: bool = True

    @property
    def id(self) -> str:
        return self.remark.id

    @property
    def open(self) -> bool:
        return self.how is None


@dataclass(frozen=True, slots=True)
class RedCheck:
    """A red check of others on our head, and why it is red, as far as it was looked into."""

    failed: CIFailed
    begun: bool = False
    judged: CIJudged | None = None


@dataclass(frozen=True, slots=True)
class After:
    """All of a session that came after its pull request.

    `heard_at` is when the newest remark or red check came; `batch` the remarks of the turn under way; `merging` the
    base commit that the next commit merges; `conflicts` the paths that held markers after the last merge; `settled` the
    threads that we resolved; `others` the paths that others changed on our branch; `first` what the
    pull request was opened with; `offered` the commit that was offered to a person's own pull request; `learned` the
    lessons that were; `before` the plan that stood before the one that is wider by what a review asked for, `refused`
    the paths by which a person would not have it wider, `rev` the newest revision of such a plan; `threads` those in
    which somebody spoke to us; `pushed` the newest iteration of each path when we last pushed.
    """

    obligations: tuple[Obligation, ...] = ()
    batch: tuple[str, ...] = ()
    proposed: tuple[Disposition, ...] = ()
    red: tuple[RedCheck, ...] = ()
    ci_rounds: int = 0
    heard_at: datetime | None = None
    taken_by: Actor | None = None
    over: bool = False
    kept_draft: bool = False
    merging: str | None = None
    conflicts: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    first: Finished | None = None
    offered: str = ""
    learned: frozenset[str] = frozenset()
    before: tuple[Plan, Approved | None] | None = None
    refused: frozenset[str] = frozenset()
    threads: frozenset[str] = frozenset()
    pushed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    rev: int = 0

    @property
    def open(self) -> tuple[Obligation, ...]:
        return tuple(one for one in self.obligations if one.open)

    @property
    def owed(self) -> tuple[Obligation, ...]:
        """The open ones of the turn under way."""
        return tuple(one for one in self.open if one.id in self.batch)

    @property
    def fresh(self) -> bool:
        """Whether there is something that no turn has seen."""
        return any(not one.begun for one in self.open)

    def known(self, id: str) -> Obligation | None:
        return next((one for one in self.obligations if one.id == id), None)

    @property
    def next_id(self) -> str:
        return f"o{len(self.obligations) + 1}"


# --- the fold --------------------------------------------------------------------------------------------------------
def remarked(after: After, body: Remarked, at: datetime) -> After:
    """A new obligation; or, edited before anything was said to it, the old one with other words: what was decided on
    the words before does not hold for them."""
    same = next((one for one in after.open if one.remark.target == body.target), None)
    if same is not None:
        edited = replace(same, remark=body.model_copy(update={"id": same.id}), begun=False)
        left = tuple(one for one in after.proposed if one.id != same.id)
        return replace(after, heard_at=at, proposed=left, obligations=_swapped(after.obligations, edited))
    return replace(after, heard_at=at, ci_rounds=0, obligations=(*after.obligations, Obligation(body)))


def withdrawn(after: After, body: Withdrawn) -> After:
    """Whatever hung on it counts as superseded."""
    gone = tuple(
        replace(one, how="superseded")
        if one.open and body.target in (one.remark.target, one.remark.thread, one.remark.review)
        else one
        for one in after.obligations
    )
    return replace(after, obligations=gone)


def disposed(after: After, body: Disposed) -> After:
    known = after.known(body.id)
    if known is None:
        return after
    left = tuple(one for one in after.proposed if one.id != body.id)
    return replace(
        after, proposed=left, obligations=_swapped(after.obligations, replace(known, how=body.how, proven=body.proven))
    )


def began(after: After, remarks: Iterable[str], runs: Sequence[str]) -> After:
    """A turn begins: it has seen everything that is open now."""
    batch = tuple(remarks)
    return replace(
        after,
        batch=batch,
        proposed=(),
        obligations=tuple(replace(one, begun=one.begun or one.id in batch) for one in after.obligations),
        red=tuple(replace(one, begun=one.begun or one.failed.run in runs) for one in after.red),
        ci_rounds=after.ci_rounds + (1 if runs and not batch else 0),
    )


def proposed(after: After, body: Proposed) -> After:
    said = {one.id for one in body.dispositions}
    return replace(after, proposed=(*(one for one in after.proposed if one.id not in said), *body.dispositions))


def failed(after: After, body: CIFailed, at: datetime) -> After:
    """One red check; reported again, it is the same."""
    if any((one.failed.sha, one.failed.name) == (body.sha, body.name) for one in after.red):
        return after
    return replace(after, red=(*after.red, RedCheck(body)), heard_at=at)


def judged(after: After, body: CIJudged) -> After:
    return replace(
        after, red=tuple(replace(one, judged=body) if one.failed.run == body.run else one for one in after.red)
    )


def changed(after: After, body: PullChanged) -> After:
    """Merged or closed, nothing is owed any more."""
    if body.what in ("merged", "closed"):
        rest = tuple(replace(one, how="superseded") if one.open else one for one in after.obligations)
        return replace(after, over=True, obligations=rest, red=(), batch=(), proposed=())
    if body.what == "reopened":
        return replace(after, over=False)
    return replace(after, kept_draft=body.what == "drafted")


def taken_over(after: After, body: TakenOver) -> After:
    return replace(after, taken_by=None if body.back else body.actor)


def synced(after: After, body: Synced) -> After:
    """A base that was merged becomes a parent of the next commit."""
    merging = body.seen if body.what == "base" else after.merging
    return replace(after, conflicts=body.conflicts, merging=merging, others=after.others | set(body.paths))


def _swapped(all_of_them: tuple[Obligation, ...], one: Obligation) -> tuple[Obligation, ...]:
    return tuple(one if each.id == one.id else each for each in all_of_them)


# --- what the model decided ------------------------------------------------------------------------------------------
_WAYS: dict[str, How] = {way: way for way in cast("tuple[How, ...]", get_args(How))}
_WAYS |= {"fix": "fixed", "answer": "answered", "needs reviewer": "needs-reviewer", "no reply": "no-reply"}
_LINE = re.compile(r"^\s*(?:[-*]\s+)?\[(o\d+)\]\s*([A-Za-z][A-Za-z -]*?)\s*[:.]?(?:(?<=[:.])\s*(.*))?$")


def dispositions(text: str) -> tuple[tuple[Disposition, ...], str]:
    """The lines `[o3] fixed: …` of a text, each with the lines below it, and what stands before the first of them."""
    found: list[tuple[str, How, list[str]]] = []
    before: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        match = None if fenced else _LINE.match(line)
        way = _WAYS.get(match[2].strip().lower()) if match else None
        if match and way:
            found.append((match[1], way, [match[3] or ""]))
        elif found:
            found[-1][2].append(line)
        else:
            before.append(line)
    said = tuple(_disposition(id, how, "\n".join(words).strip()) for id, how, words in found)
    return said, "\n".join(before).strip()


def _disposition(id: str, how: How, words: str) -> Disposition:
    text, suggestion = split(words)
    return Disposition(id=id, how=how, text=text, suggestion=suggestion)


def missing(
    after: After, given: Iterable[Disposition], *, unchanged: bool, touched: Collection[str] = frozenset()
) -> str:
    """What is wrong with the dispositions that a turn was ended with; '' when they will do. `touched` are the paths
    that were changed since the last push."""
    given = tuple(given)
    said = {one.id for one in given} | {one.id for one in after.proposed}
    left = [one.id for one in after.owed if one.id not in said]
    unknown = sorted({one.id for one in given if after.known(one.id) is None})
    wordless = [one.id for one in given if one.how in ("answered", "declined", "needs-reviewer") and not one.text]
    problems = []
    if left:
        problems.append(f"Without a disposition: {', '.join(left)}. Add a line `[{left[0]}] fixed: …` for each.")
    if unknown:
        problems.append(f"There is no remark {', '.join(unknown)}.")
    if wordless:
        problems.append(f"Say in words why, or what: {', '.join(wordless)}.")
    if unchanged and any(one.how == "fixed" for one in given):
        problems.append("Nothing was changed since the last delivery, so nothing is fixed: answer or decline instead.")
    return " ".join([*problems, *(problem for one in given if (problem := _unfit(after, one, touched)))])


def _unfit(after: After, one: Disposition, touched: Collection[str]) -> str:
    """Why a suggestion can't be made there; '' when it can, or there is none."""
    owed = after.known(one.id)
    if one.suggestion is None or owed is None:
        return ""
    if one.how not in ("answered", "needs-reviewer"):
        return f"{one.id} is {one.how}, and so has no use for a suggestion: a suggestion is for an answer."
    if not owed.remark.can_be_replaced:
        return f"{one.id} is not about present lines, so no suggestion can stand there: say it in words."
    if owed.remark.path in touched:
        return f"{owed.remark.path} was changed now, so the suggestion of {one.id} can't stand there: say it in words."
    why = fault(one.suggestion)
    return f"The suggestion of {one.id} can't be made: {why}. Say it in words, or change the file." if why else ""


WAYS = (
    "`fixed` (it was changed), `answered`, `declined` (with the reason), `superseded` (something else made it moot), "
    "`needs-reviewer` (only they can decide; say what), `no-reply` (it wants nothing of you)"
)


def task(ids: Iterable[str]) -> str:
    """What the model is told of the remarks that it is to see to now."""
    names = ", ".join(ids)
    return (
        f"The pull request stands; now see to the remarks {names}. Change what is right to change, and answer with "
        "what you ran now, never with confidence. When two of them contradict each other, change nothing for them and "
        "ask their authors with `needs-reviewer`. End the text of `finish` (or of `reply`, when nothing is to be "
        f"changed) with one line for each remark: `[o1] fixed: what was done`. The ways are {WAYS}. Answer in the "
        "language of the remark. A small answer to a question about exactly its lines may hold one ```suggestion block "
        "with what could stand in their place. A remark's own suggestion is applied exactly as it is, or declined."
    )
