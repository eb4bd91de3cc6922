"""Red checks of others on our head: looked into once each; what this change broke is the model's work, the rest is
said."""

from bot.domain.causes import cause_of
from bot.domain.events import Rested
from bot.domain.followups import CIJudged
from bot.domain.obligations import MAX_CI_ROUNDS, RedCheck
from bot.domain.work import Outcome
from bot.journal import Journal
from bot.ports import Reviews

SHOWN = 6_000
"""Characters of a check's output that an event carries, from its end."""


async def look_into(journal: Journal, reviews: Reviews | None) -> bool:
    """Judge every red check that a turn has begun for. False when the turn ends with that: nothing is ours to mend.

    Raises Trouble when the checks can't be read now.
    """
    for one in journal.session.after.red:
        if one.begun and one.judged is None and reviews is not None:
            await journal.record(await _judge(journal, reviews, one))
    return await _goes_on(journal)


async def _judge(journal: Journal, reviews: Reviews, one: RedCheck) -> CIJudged:
    session, failed = journal.session, one.failed
    seen = await reviews.failure(session.place.repo, failed.run)
    log = seen.log if seen else ""
    at_base = await reviews.conclusions(session.place.repo, session.base) if session.base else {}
    at_head = await reviews.conclusions(session.place.repo, failed.sha)
    cause, reason = cause_of(failed.conclusion, log, at_base.get(failed.name, ()), at_head.get(failed.name, ()))
    return CIJudged(run=failed.run, name=failed.name, cause=cause, reason=reason, log=log[-SHOWN:])


async def _goes_on(journal: Journal) -> bool:
    """Whether the model has something to do in this turn; after the last round a person has."""
    session = journal.session
    if session.after.owed or session.steps_in_turn or not session.after.red or session.round:
        return True
    red = [one for one in session.after.red if one.judged and one.failed.sha == session.delivered]
    broken = [one for one in red if one.judged and one.judged.cause == "change"]
    if not red:
        return True
    if not broken:
        await journal.record(Rested(outcome=Outcome.DONE, reason="No red check is this change's doing."))
    elif session.after.ci_rounds > MAX_CI_ROUNDS:
        names = ", ".join(one.failed.name for one in broken)
        reason = f"{names} is still red after {MAX_CI_ROUNDS} rounds of mending."
        advice = "Tell me in a comment here what to try; I begin no further round by myself."
        await journal.record(Rested(outcome=Outcome.NEEDS_INPUT, reason=reason, advice=advice))
    else:
        return True
    return False
