"""Turns after the pull request: what a reviewer does meanwhile, and how the turn has to end."""

from bot.domain.events import Body, Committed, Finished, PullRequestOpened, Pushed, Rested, ToolReturned
from bot.domain.followups import Began, Disposed, Proposed, Withdrawn
from bot.domain.session import Phase
from bot.domain.work import Outcome
from bot.turn import SPOKEN_TO
from tests.contract.turns import Room, call, calls
from tests.domain.people import ALICE, PULL
from tests.domain.test_reviewing import REMARK

pytest_plugins = ["tests.contract.rooms"]

CLEARER = call("edit_file", path="calc.py", old="a - b", new="a + b", why="the reviewer asked")
HERE = REMARK.model_copy(update={"path": "calc.py", "line": 2, "text": "Add, please."})
SUGGESTS = HERE.model_copy(update={"text": "```suggestion\n    return a + b\n```"})


async def began(room: Room, *remarks: Body) -> None:
    """The pull request stands, and a turn for these remarks begins."""
    await room.journal.append(
        Committed(sha="c" * 40, tree=room.session.tree or "", parent="b" * 40, title="Add"),
        Pushed(branch="maestro/12-add", sha="c" * 40),
        PullRequestOpened(place=PULL, number=13, url=""),
        Rested(outcome=Outcome.DONE),
        *remarks,
        Began(why="review", remarks=("o1",)),
    )


def results(room: Room, name: str) -> list[str]:
    return [body.text for body in room.since(0) if isinstance(body, ToolReturned) and body.name == name]


async def test_a_remark_that_is_edited_while_the_model_answers_is_read_before_the_turn_ends(working: Room) -> None:
    await began(working, HERE)

    async def edit() -> None:
        await working.elsewhere(HERE.model_copy(update={"text": "Add, and say so."}))

    done = call("finish", title="Add", summary="Adds.\n\n[o1] fixed: it adds and says so.")
    player = await working.play(calls(CLEARER), calls(done), calls(done), meanwhile={2: edit})
    assert results(working, "finish") == [SPOKEN_TO, "Handed over to the checks."]
    assert any("> Add, and say so." in str(message["content"]) for message in player.read(2))
    assert [one.id for one in working.session.after.proposed] == ["o1"]


async def test_another_remark_meanwhile_is_the_next_turns(working: Room) -> None:
    await began(working, HERE)

    async def remark() -> None:
        await working.elsewhere(HERE.model_copy(update={"id": "o2", "target": "review_comment:12"}))

    done = call("finish", title="Add", summary="Adds.\n\n[o1] fixed: it adds.")
    await working.play(calls(CLEARER), calls(done), meanwhile={2: remark})
    assert results(working, "finish") == ["Handed over to the checks."]
    assert [one.id for one in working.session.after.open if not one.begun] == ["o2"]


async def test_a_remark_that_goes_away_meanwhile_needs_no_disposition(working: Room) -> None:
    await began(working, HERE)

    async def dismiss() -> None:
        await working.elsewhere(Withdrawn(where=PULL, actor=ALICE, target="review:8", why="dismissed"))

    done = call("finish", title="Add", summary="Adds all the same.")
    player = await working.play(calls(CLEARER), calls(done), meanwhile={1: dismiss})
    assert working.session.phase is Phase.CHECKING
    assert any("was dismissed. Nothing is owed for it" in str(message["content"]) for message in player.read(1))


async def test_a_suggestion_that_was_not_applied_is_sent_back_until_it_was(working: Room) -> None:
    await began(working, SUGGESTS)
    other = call("edit_file", "e1", path="calc.py", old="a - b", new="b + a", why="much the same")
    exact = call("edit_file", "e2", path="calc.py", old="b + a", new="a + b", why="exactly so")
    first = call("finish", "f1", title="Add", summary="[o1] fixed: applied.")
    again = call("finish", "f2", title="Add", summary="[o1] fixed: applied.")
    await working.play(calls(other), calls(first), calls(exact), calls(again))
    refused, taken = results(working, "finish")
    assert "calc.py does not hold the lines that it suggests" in refused
    assert taken == "Handed over to the checks."


async def test_an_answer_alone_is_said_at_once_with_its_suggestion(working: Room) -> None:
    await began(working, HERE)
    text = "[o1] answered: it could:\n```suggestion\n    return a + b\n```"
    await working.play(calls(call("reply", text=text)))
    said = [body for body in working.since(0) if isinstance(body, Disposed)]
    assert said == [Disposed(id="o1", how="answered", text="it could:", suggestion="    return a + b")]
    assert not [body for body in working.since(0) if isinstance(body, Finished | Proposed)]
