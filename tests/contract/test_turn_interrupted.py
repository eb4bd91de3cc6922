"""What comes between a turn and its end: people, crashes, a dying sandbox."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.events import Body, Checkpointed, ModelReplied, Resumed, ToolReturned
from bot.domain.session import Phase
from bot.domain.work import Outcome, Usage
from bot.ports import Conflict, Trouble
from bot.turn import SPOKEN_TO, Desk, interrupted, take
from sandbox.api import SandboxError, SandboxUnavailable
from tests.benches import MemoryBench, Program
from tests.contract.turns import FILES, FINISH, HALTED, MEND, PROPOSAL, Player, Room, call, calls, say, spoke
from tests.domain.people import ALICE, ISSUE, OPENED, events

pytest_plugins = ["tests.contract.rooms"]


# --- people meanwhile ------------------------------------------------------------------------------------------------
async def test_a_message_that_comes_during_a_call_of_the_model_is_read_in_the_next(working: Room) -> None:
    async def speak() -> None:
        await working.elsewhere(spoke("also sub"))

    player = await working.play(calls(MEND), calls(call("list_files")), calls(FINISH), meanwhile={2: speak})
    assert {"role": "user", "content": "alice says:\n> also sub"} in player.read(2)
    assert working.session.steps == 4


async def test_what_ends_a_turn_does_not_overtake_a_message(working: Room) -> None:
    async def speak() -> None:
        await working.elsewhere(spoke("not yet"))

    player = await working.play(calls(MEND), calls(FINISH), calls(FINISH), meanwhile={2: speak})
    contents = [message["content"] for message in player.read(2)]
    assert contents[-1] == SPOKEN_TO
    assert "alice says:\n> not yet" in contents
    assert working.session.phase is Phase.CHECKING


async def test_a_message_that_comes_while_the_last_tool_runs_is_not_overtaken(working: Room) -> None:
    class Late(MemoryBench):
        spoken = False

        async def save(self) -> Checkpointed | None:
            if "finish" in [call.name for call in self.session.pending] and not self.spoken:
                self.spoken = True
                await working.elsewhere(spoke("wait"))
            return await super().save()

    late = Late(working.journal, FILES)
    late._log = working.journal
    working.bench = late
    await working.play(calls(MEND), calls(FINISH), calls(FINISH))
    texts = [body.text for body in working.since(0) if isinstance(body, ToolReturned) and body.name == "finish"]
    assert texts == [SPOKEN_TO, "Handed over to the checks."]


async def test_a_stop_during_a_call_of_the_model_drops_its_answer(working: Room) -> None:
    async def stop() -> None:
        await working.elsewhere(HALTED)

    with pytest.raises(Conflict):
        await working.play(calls(MEND), meanwhile={1: stop})
    assert (working.session.phase, working.session.outcome) == (Phase.IDLE, Outcome.CANCELLED)
    assert working.bench.tree == FILES


async def test_a_stop_during_a_command_cancels_it_and_a_resume_finds_the_files_as_saved(working: Room) -> None:
    scribble: Program = lambda files: (files.update({"junk": b"x"}) or 0, b"")  # noqa: E731
    working.bench.programs["scribble"] = scribble
    running = asyncio.create_task(
        working.play(calls(MEND), calls(call("run", "r1", command="scribble"), call("run", "r2", command="hang")))
    )
    await working.bench.hanging.wait()
    working.bench.tree["half"] = b"written"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await working.elsewhere(HALTED, Resumed(by=ALICE, where=ISSUE))
    await working.reborn()
    player = await working.play(calls(FINISH))
    assert set(working.bench.tree) == {"calc.py", "junk"}
    assert working.bench.recovered == 1
    assert player.read()[-2]["tool_call_id"] == "r2"
    assert str(player.read()[-2]["content"]).startswith("Interrupted")


# --- crashes ---------------------------------------------------------------------------------------------------------
async def test_an_answer_that_was_recorded_is_not_paid_for_again(working: Room) -> None:
    seq = working.session.seq
    said = calls(MEND, call("run", command="test"))
    await working.journal.append(ModelReplied(text="", calls=said.calls, usage=said.usage))
    working.bench.tree["calc.py"] = b"half writ"
    await working.reborn()
    player = await working.play(calls(FINISH))
    assert len(player.asked) == 1
    assert working.bench.tree["calc.py"] == FILES["calc.py"].replace(b"-", b"+")
    assert [type(body).__name__ for body in working.since(seq)] == [
        "ModelReplied",
        "ToolReturned",
        "Checkpointed",
        "ToolReturned",
        "ModelReplied",
        "ToolReturned",
        "Finished",
    ]


async def test_a_resumed_session_sends_the_same_bytes(working: Room) -> None:
    with pytest.raises(Trouble):
        await working.play(calls(MEND), calls(call("run", command="test")), Trouble("down"))
    first = Player([Trouble("down")])
    second = Player([Trouble("down")])
    for player in (first, second):
        await working.reborn()
        desk = Desk(player, working.open, working.put_blob, working.blob, working.claim_problem)
        with pytest.raises(Trouble):
            await take(working.journal, desk)
    assert first.asked == second.asked
    assert len(first.asked[0].messages) > 8


async def test_requests_only_grow_within_a_phase(working: Room) -> None:
    looks = [calls(call("run", command="test")) for _ in range(3)]
    player = await working.play(*looks, say("hm"), calls(MEND), calls(FINISH))
    for one, next_one in zip(player.asked, player.asked[1:], strict=False):
        assert next_one.messages[: len(one.messages)] == one.messages
        assert next_one.tools == one.tools


def test_a_call_is_interrupted_when_it_never_returned() -> None:
    said = ModelReplied(text="", calls=(call("run", "a"), call("run", "b")), usage=Usage())
    back = [ToolReturned(call=id, name="run", ok=True, text="") for id in "ab"]
    assert [interrupted(events(*bodies)) for bodies in _growing(OPENED, said, *back, HALTED)] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert interrupted(events(said, HALTED))


def _growing(*bodies: Body) -> Sequence[tuple[Body, ...]]:
    return [bodies[:n] for n in range(1, len(bodies) + 1)]


# --- sandbox troubles ------------------------------------------------------------------------------------------------
async def test_a_sandbox_that_dies_is_replaced_and_the_model_is_told(working: Room) -> None:
    player = await working.play(calls(MEND), calls(call("run", command="die")), calls(FINISH))
    assert player.read()[-1]["content"] == (
        "The sandbox ended under this call (out of memory). "
        "The files are as at the last checkpoint, and a fresh sandbox is ready."
    )
    assert working.bench.recovered == 1


async def test_files_that_cannot_be_saved_are_told_once(working: Room) -> None:
    working.bench.refused = [(".github/x.yml", "it is protected")]
    player = await working.play(calls(MEND), calls(FINISH))
    assert player.read()[-1]["content"] == (
        "Replaced 1 occurrence in calc.py, line 2.\nNot saved: .github/x.yml: it is protected"
    )


async def test_long_output_is_kept_whole_among_the_blobs(room: Room) -> None:
    room.bench.programs["flood"] = lambda files: (0, b"x" * 50_000)
    await room.play(calls(call("run", command="flood")), calls(PROPOSAL))
    ran = room.since(3)[1]
    assert isinstance(ran, ToolReturned)
    assert room.blobs[ran.output_sha256] == b"x" * 50_000
    assert len(ran.text) < 17_000


@pytest.mark.parametrize(
    ("error", "retry_in"), [(SandboxUnavailable("install bubblewrap"), None), (SandboxError("disk full"), 5.0)]
)
async def test_a_machine_without_a_sandbox_is_a_trouble(
    room: Room, error: SandboxError, retry_in: float | None
) -> None:
    def fail(files: dict[str, bytes]) -> tuple[int, bytes]:
        raise error

    room.bench.programs["anything"] = fail
    with pytest.raises(Trouble) as caught:
        await room.play(calls(call("run", command="anything")))
    assert caught.value.retry_in == retry_in
    assert str(error) in caught.value.what
