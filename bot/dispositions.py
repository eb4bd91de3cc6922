"""Remarks get their dispositions: asked of the model when it ends a turn, said when the work behind them stands."""

from collections.abc import Awaitable, Callable

from bot.domain.events import Body, Finished, Replied
from bot.domain.followups import Disposed, Disposition, Proposed
from bot.domain.obligations import dispositions, missing
from bot.domain.session import Phase, Session
from bot.domain.suggestions import stands_in, suggestions
from bot.domain.work import Verdict
from bot.ports import Answer
from bot.speech.evidence import overall
from sandbox.api import PathRefused


def with_dispositions(session: Session, answer: Answer) -> Answer:
    """The end of a turn that owes dispositions: taken apart into them and the rest, or sent back for what is missing.

    What only was answered is said at once; what needs the work to stand waits for its delivery.
    """
    if session.phase is not Phase.WORKING or not session.after.open or not answer.bodies:
        return answer
    bodies: list[Body] = []
    for body in answer.bodies:
        match body:
            case Finished():
                given, rest = dispositions(body.summary)
                problem = missing(session.after, given, unchanged=not session.undelivered, touched=_touched(session))
                bodies += [Proposed(dispositions=given), body.model_copy(update={"summary": rest})]
            case Replied():
                given, rest = dispositions(body.text)
                problem = missing(session.after, given, unchanged=True)
                if session.undelivered:
                    problem = f"Files were changed: call `finish`, so that they are checked. {problem}".rstrip()
                said = [_said(one) for one in given]
                bodies += [*said, body.model_copy(update={"text": rest})]
            case _:
                problem = ""
                bodies.append(body)
        if problem:
            return Answer(f"Not taken. {problem}", ok=False)
    return Answer(answer.text, answer.ok, answer.output, tuple(bodies))


def _touched(session: Session) -> frozenset[str]:
    """The paths that were changed since the last push."""
    pushed = session.after.pushed
    return frozenset(path for path, n in session.iterations.items() if pushed.get(path) != n)


def _said(one: Disposition) -> Disposed:
    return Disposed(id=one.id, how=one.how, text=one.text, suggestion=one.suggestion)


async def unapplied(session: Session, answer: Answer, read: Callable[[str], Awaitable[bytes]]) -> str:
    """Which remark is said to be fixed though the lines that it suggests do not stand in its file; '' when none is."""
    given = [one for body in answer.bodies if isinstance(body, Proposed) for one in body.dispositions]
    for one in given:
        owed = session.after.known(one.id)
        wanted = suggestions(owed.remark.text) if owed and one.how == "fixed" and owed.remark.can_be_replaced else ()
        if owed is None or not wanted:
            continue
        try:
            content = (await read(owed.remark.path)).decode("utf-8", "replace")
        except PathRefused:
            content = ""
        if not all(stands_in(content, lines) for lines in wanted):
            return (
                f"{one.id} is said to be fixed, but {owed.remark.path} does not hold the lines that it suggests. Apply "
                "them exactly as they are; or decline, or answer what you did instead and why."
            )
    return ""


def delivered(session: Session) -> tuple[Disposed, ...]:
    """What is said in the threads now that the commit is pushed and its checks are done."""
    records = tuple(e.n for e in session.standing_evidence)
    proven = overall(session) is not Verdict.REFUTED
    return tuple(
        Disposed(
            id=one.id,
            how=one.how,
            text=one.text,
            sha=(session.delivered or "") if one.how == "fixed" else "",
            records=records if one.how == "fixed" else (),
            suggestion=one.suggestion,
            proven=proven or one.how != "fixed",
        )
        for one in session.after.proposed
        if (owed := session.after.known(one.id)) is not None and owed.open
    )


def settled_threads(session: Session) -> tuple[str, ...]:
    """The review threads that may be resolved: every remark in them is ours to settle, fixed, pushed and proven."""
    if overall(session) is not Verdict.UPHELD:
        return ()
    threads: dict[str, bool] = {}
    for one in session.after.obligations:
        if one.remark.thread:
            threads[one.remark.thread] = threads.get(one.remark.thread, True) and one.how in ("fixed", "superseded")
    fixed = {one.remark.thread for one in session.after.obligations if one.how == "fixed" and one.proven}
    wanted = fixed - session.after.settled
    return tuple(thread for thread, all_settled in threads.items() if all_settled and thread in wanted)
