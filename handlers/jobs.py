"""The jobs of a session, each as the steps that it takes, with what it works with."""

from collections.abc import Mapping

from bot import turn
from bot.ci import look_into
from bot.deliver import Counter, commit, deliver, merge_others
from bot.deliver.catchup import catch_up
from bot.domain.session import Job
from bot.engine import JobRunner
from bot.ground import Spade, ground
from bot.journal import Journal
from bot.measuring import Stand, measure
from bot.proving import prove, restate
from bot.validate import Laboratory, validate
from bot.widening import widen


def jobs_of(
    spade: Spade, desk: turn.Desk, laboratory: Laboratory, counter: Counter, stand: Stand
) -> Mapping[Job, JobRunner]:
    """The jobs, each with what it works with."""

    async def take_turn(journal: Journal) -> None:
        await ground(journal, spade)
        rope = await counter.rope(journal.session)
        if rope is not None and journal.session.steps_in_turn == 0:
            await catch_up(journal, rope, base=True)
        if await look_into(journal, counter.reviews(journal.session)):
            await turn.take(journal, desk)

    async def run_checks(journal: Journal) -> None:
        if journal.session.review is None:
            await check_work(journal)
        else:
            await ground(journal, spade)
            await prove(journal, counter, laboratory)

    async def check_work(journal: Journal) -> None:
        """Each step may take the work elsewhere: back to the agent, to a question, or to its end."""
        if not await merge_others(journal, counter):
            return
        if await widen(journal, await counter.bare(journal.session)):
            return
        if await commit(journal, counter):
            await validate(journal, laboratory)

    async def deliver_work(journal: Journal) -> None:
        await (deliver if journal.session.review is None else restate)(journal, counter)

    async def take_measure(journal: Journal) -> None:
        await ground(journal, spade)
        await measure(journal, stand)

    return {Job.TURN: take_turn, Job.CHECK: run_checks, Job.MEASURE: take_measure, Job.DELIVER: deliver_work}
