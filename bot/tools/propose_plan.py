"""Propose the plan: what will be done, and the claims that will prove it."""

from pydantic import Field, JsonValue

from bot.domain.events import Planned
from bot.domain.work import Claim, Plan
from bot.ports import Answer, Workbench
from bot.tools.definition import PLANNING, Arguments, tool


class ProposedClaim(Arguments):
    text: str = Field(min_length=1, description="one measurable sentence")
    check: str = Field(description="tests, command, benchmark, coverage or files")
    args: dict[str, JsonValue] = Field({}, description="the check's own arguments")


class ProposePlan(Arguments):
    summary: str = Field(min_length=1)
    steps: tuple[str, ...]
    files: tuple[str, ...] = Field(description="globs of the files to be touched")
    claims: tuple[ProposedClaim, ...]
    risks: tuple[str, ...] | None = None
    questions: tuple[str, ...] | None = None


async def propose(args: ProposePlan, bench: Workbench) -> Answer:
    """The next revision. Whether the claims' checks exist and accept their arguments is asked by the turn."""
    standing = bench.session.plan
    plan = Plan(
        rev=standing.rev + 1 if standing else 1,
        summary=args.summary,
        steps=args.steps,
        files=args.files,
        claims=tuple(
            Claim(id=f"c{n}", text=claim.text, check=claim.check, args=claim.args)
            for n, claim in enumerate(args.claims, 1)
        ),
        risks=args.risks or (),
        questions=args.questions or (),
    )
    return Answer(f"Plan r{plan.rev} is recorded.", bodies=(Planned(plan=plan),))


TOOL = tool(
    "propose_plan",
    "Propose the plan with its claims, each with the check that will prove it. Ends the turn.",
    ProposePlan,
    propose,
    PLANNING,
)
