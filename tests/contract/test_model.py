"""What a Model promises, against a scripted server over real HTTP, in both APIs; and its one retry layer."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

import pytest

from bot.domain.work import ToolCall, Usage
from bot.llm import OpenAIModel, Price, price_of
from bot.llm.faults import seconds
from bot.llm.prices import CAUTIOUS, PRICES
from bot.ports import Reply, Request, Trouble
from bot.rehearsal import model as rehearsal
from bot.rehearsal.script import Call, Prompt, Script, Turn, call, raw_call, say
from bot.rehearsal.served import Served
from bot.tools import TOOLS
from bot.transcript import encode

Api = Literal["chat", "responses"]
APIS: tuple[Api, ...] = ("chat", "responses")
KEY = "sk-secret-1234567890"
SYSTEM = encode({"role": "system", "content": "rules"})
QUESTION = encode({"role": "user", "content": "Why?"})
LISTED = encode([tool.schema for tool in TOOLS])


class Waits:
    """Where waiting is noted instead of done."""

    def __init__(self) -> None:
        self.noted: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.noted.append(seconds)


@asynccontextmanager
async def speaking(
    server: rehearsal.ScriptedModel, api: Api, waits: Waits | None = None, *, key: str = KEY, silence: float = 10.0
) -> AsyncIterator[OpenAIModel]:
    async with Served(server) as served:
        wait = (waits or Waits()).sleep
        model = OpenAIModel("scripted", key=key, base_url=f"{served.url}/v1", api=api, sleep=wait, silence=silence)
        try:
            yield model
        finally:
            await model.close()


def scripted(*turns: Turn) -> rehearsal.ScriptedModel:
    return rehearsal.ScriptedModel(Script(turns), api_key=KEY)


def request(*messages: bytes) -> Request:
    return Request((SYSTEM, QUESTION, *messages), LISTED, "s1")


api_parameter = pytest.mark.parametrize("api", APIS)


@api_parameter
async def test_words_and_calls_come_back_whole_with_their_usage(api: Api) -> None:
    words = "I look at ünïcode\u2028and \N{SNOWMAN}."
    server = scripted((say(words), call("run", command="ls -l"), raw_call("view_file", '{"path": ', "mine")))
    async with speaking(server, api) as model:
        reply = await model.reply(request())
    first = reply.calls[0].id
    assert reply == Reply(
        text=words,
        calls=(
            ToolCall(id=first, name="run", arguments='{"command": "ls -l"}'),
            ToolCall(id="mine", name="view_file", arguments='{"path": '),
        ),
        usage=reply.usage,
    )
    assert reply.usage.input_tokens >= len(LISTED) // 8
    assert reply.usage.usd == 0.0


@api_parameter
async def test_the_server_reads_what_the_transcript_holds(api: Api) -> None:
    server = scripted(call("run", command="ls"), say("done"))
    asked = encode(
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "x", "type": "function", "function": {"name": "run", "arguments": '{"command"'}}],
        }
    )
    result = encode({"role": "tool", "tool_call_id": "x", "content": "bad JSON"})
    async with speaking(server, api) as model:
        await model.reply(request(asked, result))
    prompt = server.asked[0].prompt
    assert prompt is not None
    assert prompt.tools == tuple(tool.name for tool in TOOLS)
    assert [(made.call, made.result) for made in prompt.calls] == [(Call("run", '{"command"', "x"), "bad JSON")]
    assert (prompt.last_user, prompt.turns) == ("Why?", 1)


@api_parameter
async def test_requests_are_appended_to_byte_for_byte(api: Api) -> None:
    server = scripted(say("1"), say("2"))
    more = encode({"role": "user", "content": "more"})
    async with speaking(server, api) as model:
        await model.reply(request())
        await model.reply(request(more))
    short, long = server.requests
    assert long.startswith(short.removesuffix(b"]}"))


@api_parameter
@pytest.mark.parametrize(
    "fault",
    [
        rehearsal.Overloaded(),
        rehearsal.Failing(500),
        rehearsal.Failing(503),
        rehearsal.Cut(2),
        rehearsal.Cut(0),
        rehearsal.Garbage(),
    ],
    ids=str,
)
async def test_a_fault_is_survived(api: Api, fault: rehearsal.Fault) -> None:
    server, waits = scripted(call("run", command="ls")), Waits()
    server.fail_next(fault)
    async with speaking(server, api, waits) as model:
        reply = await asyncio.wait_for(model.reply(request()), 20)
    assert [made.name for made in reply.calls] == ["run"]
    assert len(server.requests) == 2
    assert server.requests[0] == server.requests[1]
    assert [0.8 <= wait <= 1.2 for wait in waits.noted] == [True]


async def test_a_silent_server_is_asked_again() -> None:
    server, waits = scripted(say("ok")), Waits()
    server.fail_next(rehearsal.Stalled(0.6))
    async with speaking(server, "chat", waits, silence=0.3) as model:
        reply = await model.reply(request())
        await asyncio.sleep(0.4)  # the server notices the first request's end only then
    assert (reply.text, len(waits.noted)) == ("ok", 1)


@api_parameter
async def test_the_server_says_how_long_to_wait(api: Api) -> None:
    server, waits = scripted(say("ok")), Waits()
    server.fail_next(rehearsal.Overloaded(7.0), rehearsal.Overloaded(7.0))
    async with speaking(server, api, waits) as model:
        await model.reply(request())
    assert waits.noted == [7.0, 7.0]


@api_parameter
async def test_a_storm_ends_in_a_trouble_to_be_retried_later(api: Api) -> None:
    server, waits = scripted(say("never")), Waits()
    server.fail_next(*[rehearsal.Failing(500)] * 9)
    async with speaking(server, api, waits) as model:
        with pytest.raises(Trouble) as caught:
            await model.reply(request())
    assert len(server.requests) == 4
    assert len(waits.noted) == 3
    assert waits.noted == sorted(waits.noted)
    assert caught.value.what.startswith("The model server failed (500).")
    assert caught.value.what.endswith("Tried 4 times.")
    assert caught.value.retry_in == 30.0


async def test_a_server_that_wants_a_long_rest_gets_it() -> None:
    server, waits = scripted(say("never")), Waits()
    server.fail_next(rehearsal.Overloaded(600.0))
    async with speaking(server, "chat", waits) as model:
        with pytest.raises(Trouble) as caught:
            await model.reply(request())
    assert (caught.value.retry_in, waits.noted, len(server.requests)) == (600.0, [], 1)


@api_parameter
async def test_a_wrong_key_names_the_setting_and_never_the_key(api: Api) -> None:
    server = scripted(say("never"))
    async with speaking(server, api, key="sk-wrong-key-000") as model:
        with pytest.raises(Trouble) as caught:
            await model.reply(request())
    assert (caught.value.retry_in, caught.value.advice) == (None, "Check OPENAI_API_KEY.")
    assert "sk-wrong" not in caught.value.what
    assert len(server.requests) == 0


async def test_a_server_that_is_not_there_is_a_trouble() -> None:
    waits = Waits()
    model = OpenAIModel("m", key=KEY, base_url="http://127.0.0.1:9/v1", sleep=waits.sleep)
    with pytest.raises(Trouble) as caught:
        await model.reply(request())
    await model.close()
    assert caught.value.what.startswith("The model server can't be reached")
    assert (caught.value.retry_in, len(waits.noted)) == (30.0, 3)


# --- servers with manners of their own -------------------------------------------------------------------------------
class Canned:
    """A server that gives fixed answers in turn, the last one for ever, and keeps what it was sent."""

    def __init__(self, *answers: tuple[int, str, bytes]) -> None:
        self.answers = list(answers)
        self.bodies: list[bytes] = []
        self.talks: list[asyncio.Task[None]] = []

    def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.append(asyncio.create_task(self._talk(reader, writer)))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = next(
                    int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                )
                self.bodies.append(await reader.readexactly(size))
                status, kind, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                headers = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
                writer.write(headers.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def asked(canned: Canned, api: Api = "chat", name: str = "m", tries: int = 2) -> Reply:
    server = await asyncio.start_server(canned, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    model = OpenAIModel(name, key=KEY, base_url=url, api=api, tries=tries, sleep=Waits().sleep)
    try:
        return await model.reply(Request((QUESTION,), b"[]", "s1"))
    finally:
        await model.close()
        server.close()
        await asyncio.gather(*canned.talks)


def events(*chunks: object) -> tuple[int, str, bytes]:
    return 200, "text/event-stream", b"".join(b"data: " + encode(chunk) + b"\r\n\r\n" for chunk in chunks)


def refusal(status: int, message: str, code: str | None = None) -> tuple[int, str, bytes]:
    return status, "application/json", encode({"error": {"message": message, "code": code}})


async def test_a_server_that_counts_nothing_is_estimated_and_priced_cautiously() -> None:
    reply = await asked(Canned(events({"choices": [{"delta": {"content": "12345678"}, "finish_reason": "stop"}]})))
    sent = (len(QUESTION) + len(b"[]")) // 4
    assert reply == Reply(
        "12345678", (), Usage(input_tokens=sent, output_tokens=2, usd=round((sent * 3 + 30) / 1e6, 8))
    )


async def test_fragments_without_numbers_and_repeated_names_are_put_together() -> None:
    first = {"id": "a", "function": {"name": "run", "arguments": '{"com'}}
    second = {"function": {"arguments": 'mand":"ls"}'}}
    third = {"id": "b", "function": {"name": "run", "arguments": "{}"}}
    chunks = [{"choices": [{"delta": {"tool_calls": [part]}}]} for part in (first, second, third)]
    reply = await asked(Canned(events(*chunks, {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})))
    assert reply.calls == (
        ToolCall(id="a", name="run", arguments='{"command":"ls"}'),
        ToolCall(id="b", name="run", arguments="{}"),
    )


async def test_what_no_store_can_keep_is_replaced() -> None:
    body = b'data: {"choices":[{"delta":{"content":"a\\ud800b\\u0000c"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    reply = await asked(Canned((200, "text/event-stream", body)))
    reply.text.encode()
    assert "\0" not in reply.text


@api_parameter
async def test_a_server_that_does_not_stream_is_understood(api: Api) -> None:
    chat = {"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 4}}
    item = {"type": "message", "content": [{"type": "output_text", "text": "hello"}]}
    responses = {"output": [{"type": "reasoning"}, item], "usage": {"input_tokens": 4, "output_tokens": 0}}
    whole = 200, "application/json", encode(chat if api == "chat" else responses)
    assert await asked(Canned(whole), api, "scripted") == Reply("hello", (), Usage(input_tokens=4))


async def test_a_server_that_will_not_count_is_asked_without() -> None:
    done = events({"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]})
    canned = Canned(refusal(400, "Unrecognized request argument: stream_options"), done)
    assert (await asked(canned)).text == "ok"
    assert [b"stream_options" in body for body in canned.bodies] == [True, False]


@pytest.mark.parametrize(
    ("answer", "what", "advice"),
    [
        (refusal(404, "no such model"), "does not know the model m", "MAESTRO_MODEL"),
        (refusal(400, "the maximum context length is 8"), "longer than the model's", "MAESTRO_CONTEXT_TOKENS"),
        (refusal(400, "x", "context_length_exceeded"), "longer than the model's", "MAESTRO_CONTEXT_TOKENS"),
        (refusal(429, "You exceeded your quota", "insufficient_quota"), "no credit", "OPENAI_API_KEY"),
        (refusal(403, f"key {KEY} is not allowed"), "refused the key (403). It said: key … is", "OPENAI_API_KEY"),
        (refusal(422, "y" * 5000), "refused the request (422)", "MAESTRO_MODEL_API"),
    ],
)  # fmt: skip
async def test_what_only_a_person_can_mend_is_said_at_once(
    answer: tuple[int, str, bytes], what: str, advice: str
) -> None:
    canned = Canned(answer)
    with pytest.raises(Trouble) as caught:
        await asked(canned)
    trouble = caught.value
    assert what in trouble.what
    assert advice in trouble.advice
    assert trouble.retry_in is None
    assert len(trouble.what) < 500
    assert len(canned.bodies) == 1


@pytest.mark.parametrize(
    ("api", "answer"),
    [
        ("chat", (200, "text/html", b"<h1>hello</h1>")),
        ("chat", (200, "application/json", b"{}")),
        ("chat", events({"error": {"message": "overloaded"}})),
        ("chat", events({"error": "overloaded"})),
        ("chat", events({"choices": [{"delta": {"content": 7}}]})),
        ("chat", events({"choices": [{"delta": {"content": "half"}}]})),
        ("chat", (200, "text/event-stream", b"data: " + b"x" * 17_000_000)),
        ("chat", (200, "application/json", b"x" * 17_000_000)),
        ("responses", (200, "text/html", b"<h1>hello</h1>")),
        ("responses", (200, "application/json", b"{}")),
        ("responses", (200, "application/json", encode({"error": {"message": "overloaded"}}))),
        ("responses", events({"type": "error", "message": "overloaded"})),
        ("responses", events({"type": "response.failed", "response": {"error": {"message": "overloaded"}}})),
        ("responses", events({"type": "response.created"}, {"type": 7})),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_garbage_is_tried_again_and_then_said(api: Api, answer: tuple[int, str, bytes]) -> None:
    canned = Canned(answer)
    with pytest.raises(Trouble) as caught:
        await asked(canned, api)
    assert caught.value.what.startswith("The model server's answer could not be read: ")
    assert caught.value.retry_in == 30.0
    assert len(canned.bodies) == 2


async def test_items_are_taken_one_by_one_from_a_server_that_sends_no_final_list() -> None:
    item = {"type": "function_call", "call_id": "c", "name": "run", "arguments": "{}"}
    done = events(
        {"type": "response.output_item.done", "item": item}, {"type": "response.completed", "response": {"output": []}}
    )
    reply = await asked(Canned(done), "responses", "scripted")
    assert reply.calls == (ToolCall(id="c", name="run", arguments="{}"),)


async def test_a_call_can_be_given_up_at_once() -> None:
    arrived = asyncio.Event()

    def policy(_: Prompt) -> Turn:
        arrived.set()
        return say("late")

    server = rehearsal.ScriptedModel(policy, pace=0.0)
    server.fail_next(rehearsal.Stalled(0.0))
    async with speaking(server, "chat") as model:
        asking = asyncio.create_task(model.reply(request()))
        await arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


# --- prices and waits ------------------------------------------------------------------------------------------------
def test_the_longest_known_beginning_of_a_name_is_its_price() -> None:
    assert price_of("gpt-5-mini-2025-08-07") == PRICES["gpt-5-mini"]
    assert price_of("openai/gpt-5") == PRICES["gpt-5"]
    assert price_of("scripted-demo") == Price(0.0, 0.0, 0.0)
    assert price_of("home-made") == CAUTIOUS


def test_a_retry_after_is_read_in_seconds_or_as_a_date() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (seconds(in_a_minute) or 0) <= 60
    assert [seconds(text) for text in ("2.5", "-1", "soon", "nan", "", None)] == [2.5, 0.0, None, None, None, None]


def test_the_sdk_is_not_loaded_before_the_first_call() -> None:
    """Loading it costs a second of processor time; a program that shows its help must not pay it."""
    program = "import sys, bot.llm, bot.turn; print('openai' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
