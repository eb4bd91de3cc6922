"""The turn: how goals become plans and changes, and how wrong calls and stubborn models are met."""

from bot.bounds import OPTIONS, REMINDER, distinct
from bot.domain.events import (
    Answered,
    Approved,
    Checked,
    Checkpointed,
    Finished,
    Judged,
    ModelReplied,
    Planned,
    Reminded,
    Replied,
    ToolReturned,
)
from bot.domain.rules import Rules
from bot.domain.session import Phase
from bot.domain.work import Outcome, ToolCall, Verdict
from bot.journal import open_journal
from bot.store import SqlStore
from tests.benches import MemoryBench
from tests.contract.turns import FILES, FINISH, MEND, PROPOSAL, SESSION, Minutes, Room, approve, call, calls, say, spoke
from tests.domain.people import ALICE, ASKED_TO_IMPLEMENT, GROUNDED, OPENED, evidence

pytest_plugins = ["tests.contract.rooms"]


# --- the main path ---------------------------------------------------------------------------------------------------
async def test_a_goal_becomes_a_plan(room: Room) -> None:
    player = await room.play(calls(call("view_file", path="calc.py")), calls(PROPOSAL))
    looked, seen, proposed, recorded, planned = room.since(3)
    assert isinstance(looked, ModelReplied)
    assert isinstance(proposed, ModelReplied)
    assert isinstance(planned, Planned)
    assert seen == ToolReturned(
        call="call_view_file",
        name="view_file",
        ok=True,
        text="     1\tdef add(a, b):\n     2\t    return a - b",
        seconds=seen.seconds if isinstance(seen, ToolReturned) else 0,
    )
    assert isinstance(recorded, ToolReturned)
    assert recorded.text == "Plan r1 is recorded."
    assert (room.session.phase, room.session.plan) == (Phase.AWAITING, planned.plan)
    assert "propose_plan" in player.offered()
    assert "write_file" not in player.offered()
    assert player.read(1)[:-2] == player.read(0)


async def test_a_plan_is_carried_out_step_by_step_each_saved_with_who_and_why(working: Room) -> None:
    seq = working.session.seq
    player = await working.play(
        calls(MEND, call("run", command="test"), text="I mend it."), calls(FINISH, call("run", command="test"))
    )
    replied, mended, saved, ran, last, handed, finished = working.since(seq)
    assert isinstance(saved, Checkpointed)
    assert [(i.path, i.n, i.by, i.why) for i in saved.iterations] == [("calc.py", 1, "maestro", "add adds")]
    assert [body.text for body in (mended, ran, handed) if isinstance(body, ToolReturned)] == [
        "Replaced 1 occurrence in calc.py, line 2.",
        "exit code 0, 0.2 s\nok",
        "Handed over to the checks.",
    ]
    assert isinstance(replied, ModelReplied)
    assert isinstance(last, ModelReplied)
    assert finished == Finished(title="Add", summary="It subtracted.")
    assert (working.session.phase, working.session.head) == (Phase.CHECKING, saved.sha)
    assert "finish" in player.offered()
    assert "propose_plan" not in player.offered()


async def test_a_phase_change_replaces_only_the_system_message(room: Room) -> None:
    planning = await room.play(calls(call("run", command="test")), calls(PROPOSAL))
    await approve(room)
    working = await room.play(calls(MEND), calls(FINISH))
    before, after = planning.asked[-1].messages, working.asked[0].messages
    assert before[0] != after[0]
    assert after[1 : len(before)] == before[1:]


async def test_a_waived_approval_goes_straight_on(store: SqlStore) -> None:
    clock = Minutes()
    journal = await open_journal(store, clock, SESSION)
    bench = MemoryBench(journal, FILES)
    grounded = GROUNDED.model_copy(update={"rules": Rules(approval="none"), "tree": next(iter(bench.saved))})
    await journal.append(OPENED, ASKED_TO_IMPLEMENT, grounded)
    room = Room(store, journal, clock, bench)
    await room.play(calls(PROPOSAL))
    plan = room.session.plan
    assert plan is not None
    assert room.since(3)[-1] == Approved(rev=1, digest=plan.digest, by=None)
    assert room.session.phase is Phase.WORKING


async def test_plan_only_waits_even_where_approval_is_waived(store: SqlStore) -> None:
    clock = Minutes()
    journal = await open_journal(store, clock, SESSION)
    grounded = GROUNDED.model_copy(update={"rules": Rules(approval="none")})
    await journal.append(OPENED, spoke("", "plan"), grounded)
    room = Room(store, journal, clock, MemoryBench(journal, FILES))
    await room.play(calls(PROPOSAL))
    assert room.session.phase is Phase.AWAITING


async def test_a_question_is_answered_with_reading_tools_only(store: SqlStore) -> None:
    clock = Minutes()
    journal = await open_journal(store, clock, SESSION)
    await journal.append(OPENED, spoke("why?", "explain"), GROUNDED)
    room = Room(store, journal, clock, MemoryBench(journal, FILES))
    player = await room.play(calls(call("reply", text="calc.py:2 subtracts.")))
    assert player.offered() == ["view_file", "list_files", "search_files", "run", "reply", "ask"]
    assert room.since(3)[-1] == Replied(text="calc.py:2 subtracts.")
    assert (room.session.phase, room.session.outcome) == (Phase.IDLE, Outcome.DONE)


async def test_an_ask_waits_and_its_answer_is_read(room: Room) -> None:
    await room.play(calls(call("ask", question="Which?", options=["a", "b"]), call("list_files")))
    asked = room.session.open_asks[0]
    assert (room.session.phase, asked.question, asked.options) == (Phase.AWAITING, "Which?", ("a", "b"))
    await room.journal.append(Answered(ask=asked.id, by=ALICE, text="b"))
    player = await room.play(calls(PROPOSAL))
    assert [message["role"] for message in player.read()[-3:]] == ["tool", "tool", "user"]
    assert player.read()[-1]["content"] == f"alice answers question {asked.id}:\n> b"


async def test_refuted_evidence_comes_back_with_the_end_of_the_log(working: Room) -> None:
    await working.play(calls(MEND), calls(FINISH))
    log = await working.put_blob(b"Traceback\nAssertionError: 3 != 4")
    record = evidence(1, "c1", "tests", Verdict.REFUTED).evidence.model_copy(update={"log_sha256": log})
    judged = Judged(head="h", tree="t", round=1, refuted=(1,), unproven=(), again=True)
    await working.journal.append(Checked(evidence=record), judged)
    player = await working.play(calls(FINISH))
    told = player.read()[-1]["content"]
    assert isinstance(told, str)
    assert "Record 1, check `tests`, claim c1: refuted." in told
    assert "End of its output:\n> Traceback\n> AssertionError: 3 != 4" in told


# --- wrong calls and stubborn models ---------------------------------------------------------------------------------
async def test_wrong_calls_come_back_as_results(room: Room) -> None:
    player = await room.play(
        calls(
            call("deploy", "a"),
            ToolCall(id="b", name="run", arguments='{"command":'),
            call("run", "c", command=7),
            call("write_file", "d", path="x", content="", why=""),
        ),
        calls(call("propose_plan", summary="s", steps=[], files=[], claims=[{"text": "x", "check": "vibes"}])),
        calls(PROPOSAL),
    )
    offered = "view_file, list_files, search_files, run, propose_plan, reply, ask"
    assert [message["content"] for message in player.read(1)[-4:]] == [
        f"There is no tool `deploy` in this phase. On offer: {offered}.",
        'The arguments of run are not valid JSON: EOF while parsing a value at line 1 column 11. You sent: {"command":',
        "The arguments of run are wrong. `command`: Input should be a valid string.",
        f"There is no tool `write_file` in this phase. On offer: {offered}.",
    ]
    assert player.read(2)[-1]["content"] == "The plan is not recorded. Claim c1 (vibes): there is no check vibes."
    assert room.bench.tree == FILES


async def test_an_answer_without_a_call_is_reminded_twice_and_then_counts_as_the_reply(room: Room) -> None:
    player = await room.play(say("one"), say("two"), say("three"))
    assert [body for body in room.since(3) if not isinstance(body, ModelReplied)] == [
        Reminded(text=REMINDER),
        Reminded(text=REMINDER),
        Replied(text="three"),
    ]
    assert player.read()[-2:] == [{"role": "assistant", "content": "two"}, {"role": "user", "content": REMINDER}]
    assert room.session.outcome is Outcome.DONE


async def test_a_model_that_says_nothing_at_all_ends_in_a_clear_failure(room: Room) -> None:
    await room.play(say(""), say(" "), say(""))
    assert room.session.outcome is Outcome.FAILED
    assert room.session.reason == "The model answered three times with neither a tool call nor a word."


async def test_the_same_error_four_times_asks_a_human(working: Room) -> None:
    wrong = calls(call("edit_file", path="calc.py", old="nothing like it", new="x", why="w"))
    await working.play(wrong, wrong, calls(call("list_files")), wrong, wrong)
    ask = working.session.open_asks[0]
    assert (ask.by, ask.options) == ("program", OPTIONS)
    assert ask.question.startswith(
        "`edit_file` came back 4 times with the same error. How shall I go on?\n\n`old` is not"
    )
    await working.journal.append(Answered(ask=ask.id, by=ALICE, text="try another way"))
    await working.play(wrong, calls(MEND), calls(FINISH))
    assert working.session.phase is Phase.CHECKING


async def test_a_failing_command_counts_by_its_command_and_without_its_times(working: Room) -> None:
    times = iter((b"failed in 0.1 s", b"failed in 2 s", b"failed in 33 ms", b"failed in 4.5s"))
    working.bench.programs["slow"] = lambda files: (1, next(times))
    working.bench.programs["grep"] = lambda files: (1, b"")
    others = [calls(call("run", command=name)) for name in ("grep", "grep ", "grep  ", "grep   ")]
    slow = calls(call("run", command="slow"))
    await working.play(*others, slow, slow, slow, slow)
    assert "failed in … s" in working.session.open_asks[0].question


async def test_ids_given_twice_or_not_at_all_are_made_distinct_and_monsters_are_cut() -> None:
    monster = ToolCall(id="x", name="run", arguments="y" * 2_000_000)
    made = distinct([call("run", "a"), call("run", "a"), ToolCall(id="", name="run", arguments="{}"), monster])
    assert [one.id for one in made] == ["a", "a-2", "call-3", "x"]
    assert made[3].arguments.endswith("y … [2000000 characters, 1000000 taken]")
    assert len(distinct([monster] * 99)) == 50
