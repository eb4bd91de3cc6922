"""The people, places and moments that the pure tests speak of."""

from datetime import UTC, datetime, timedelta

from bot.commands import Said
from bot.domain.events import Approved, Body, Checked, Checkpointed, Event, Finished, Grounded, Opened, Planned, Spoke
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName, Trust
from bot.domain.rules import Detected, Rules
from bot.domain.session import Session, fold
from bot.domain.work import Claim, Counts, Environment, Evidence, Iteration, Plan, Verdict

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REPO = RepoRef(owner="acme", name="tally", id="7", installation="3")
ISSUE = ConversationRef(
    surface=SurfaceName.GITHUB, repo=REPO, key="12", url="https://github.example/acme/tally/issues/12"
)
PULL = ISSUE.model_copy(update={"key": "13"})
ALICE = Actor(surface=SurfaceName.GITHUB, id="1", login="alice")
BOB = Actor(surface=SurfaceName.GITHUB, id="2", login="bob")

CLAIMS = (
    Claim(id="c1", text="all existing tests pass", check="tests"),
    Claim(id="c2", text="lint is clean", check="command", args={"command": "ruff check ."}),
)
PLAN = Plan(rev=1, summary="round half up", steps=("change round",), files=("tally/*.py",), claims=CLAIMS)


def said(words: str = "", *, trust: Trust = Trust.WRITE, actor: Actor = ALICE) -> Said:
    return Said(where=ISSUE, actor=actor, trust=trust, words=words, target="issue_comment:5")


def heard(text: str, *, kind: str = "comment", actor: Actor = ALICE, body: str = "It rounds down.") -> Heard:
    return Heard(
        delivery="d1",
        what="issue_comment:5:created",
        kind=kind,
        where=ISSUE,
        actor=actor,
        text=text,
        title="Rounding is wrong",
        body=body,
        target="issue_comment:5",
        at=NOON,
    )


def events(*bodies: Body) -> list[Event]:
    return [
        Event(session="s1", seq=n, turn=1, at=NOON + timedelta(seconds=n), body=body)
        for n, body in enumerate(bodies, 1)
    ]


def session(*bodies: Body) -> Session:
    return fold("s1", events(*bodies))


OPENED = Opened(place=ISSUE, title="Rounding is wrong", text="It rounds down.", requester=ALICE)
ASKED_TO_IMPLEMENT = Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, verb="implement")
GROUNDED = Grounded(
    base="b" * 40,
    tree="t0",
    base_branch="main",
    rules=Rules(),
    detected=Detected(test="python -m unittest", runner="unittest", because=("tests/",)),
)
PLANNED = Planned(plan=PLAN)
APPROVED = Approved(rev=1, digest=PLAN.digest, by=ALICE, where=ISSUE)
SAVED = Checkpointed(
    sha="a" * 40,
    tree="t1",
    iterations=(Iteration(path="tally/core.py", n=1, oid="o1", by="maestro", why="round half up", at=NOON),),
)
FINISHED = Finished(title="Round half up", summary="Uses Decimal.")
BEGUN = (OPENED, ASKED_TO_IMPLEMENT, GROUNDED)
STANDING = (*BEGUN, PLANNED)
WORKING = (*STANDING, APPROVED)
CHECKING = (*WORKING, SAVED, FINISHED)


def evidence(n: int, claim: str | None, check: str, verdict: Verdict, *, tree: str = "t1", reason: str = "") -> Checked:
    return Checked(
        evidence=Evidence(
            n=n,
            claim=claim,
            check=check,
            verdict=verdict,
            reason=reason or f"{check} is {verdict}",
            head="a" * 40,
            tree=tree,
            base="b" * 40,
            argv=("python", "-m", "unittest"),
            exit_code=0,
            started_at=NOON,
            seconds=1.5,
            environment=Environment(backend="bubblewrap", image="host", digest="d" * 64),
            counts=Counts(passed=12),
            log_sha256="e" * 64,
        )
    )
