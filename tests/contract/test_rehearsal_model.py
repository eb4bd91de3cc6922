"""What the scripted model promises: both wire formats as the real SDK reads them, faults on demand, a working play."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import openai
import pytest

from bot.rehearsal.model import Cut, Empty, Failing, Fault, Garbage, InstantModel, Overloaded, ScriptedModel, Stalled
from bot.rehearsal.play import NEW_TESTS, PLAY, TESTS, make_sample, sample_files, sample_issue
from bot.rehearsal.script import Script, call, raw_call, say
from bot.rehearsal.served import Served
from bot.rehearsal.wire import Json

TURNS = Script(
    [[say("I look — “é”."), call("run", command="pytest tests/ünï"), raw_call("run", "{broken")], say("Done.")]
)
RUN: dict[str, Json] = {"name": "run", "description": "Run.", "parameters": {"type": "object", "properties": {}}}
ASK: list[Json] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Fix it."}]


@dataclass
class Client:
    """The real SDK against a scripted model."""

    model: ScriptedModel
    sdk: openai.AsyncOpenAI

    async def chat(self, messages: list[Json], stream: bool) -> tuple[str, list[tuple[str, str, str]]]:
        """Words and calls (id, name, arguments), however they came."""
        tools = [{"type": "function", "function": RUN}]
        body = {"model": "scripted", "messages": messages, "tools": tools, "stream": stream}
        if not stream:
            whole = await self.sdk.chat.completions.create(**body)  # type: ignore[call-overload]
            message = whole.choices[0].message
            return message.content or "", [
                (c.id, c.function.name, c.function.arguments) for c in message.tool_calls or []
            ]
        text, calls, counted = "", dict[int, list[str]](), 0
        body["stream_options"] = {"include_usage": True}
        async for chunk in await self.sdk.chat.completions.create(**body):  # type: ignore[call-overload]
            counted += chunk.usage.prompt_tokens if chunk.usage else 0
            for choice in chunk.choices:
                text += choice.delta.content or ""
                for part in choice.delta.tool_calls or []:
                    known = calls.setdefault(part.index, [part.id, part.function.name, ""])
                    known[2] += part.function.arguments
        assert counted > 0
        return text, [(one[0], one[1], one[2]) for one in calls.values()]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    model = ScriptedModel(TURNS)
    server = Served(model)
    sdk = openai.AsyncOpenAI(api_key="any", base_url=f"{server.url}/v1", max_retries=0, timeout=5)
    async with server, sdk:
        yield Client(model, sdk)


async def test_streamed_and_whole_answers_say_the_same(client: Client) -> None:
    (words, whole), (streamed_words, streamed) = [await client.chat(ASK, stream) for stream in (False, True)]
    assert (words, [one[1:] for one in whole]) == (streamed_words, [one[1:] for one in streamed])
    assert (words, whole[1][2]) == ("I look — “é”.", "{broken")
    assert len({one[0] for one in (*whole, *streamed)}) == 4
    assert [model.id async for model in client.sdk.models.list()] == ["scripted"]


async def test_the_script_finds_its_place_in_the_conversation(client: Client) -> None:
    words, calls = await client.chat(ASK, False)
    made: list[Json] = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": text}} for id, name, text in calls
    ]
    said: list[Json] = [*ASK, {"role": "assistant", "content": words, "tool_calls": made}]
    with pytest.raises(openai.BadRequestError, match="did not have response messages"):
        await client.chat(said, False)
    results: list[Json] = [{"role": "tool", "tool_call_id": one[0], "content": "ok"} for one in calls]
    for stream in (False, True):
        assert await client.chat([*said, *results], stream) == ("Done.", [])
    with pytest.raises(openai.BadRequestError, match="The script has 2 turns"):
        await client.chat([*said, *results, {"role": "assistant", "content": "Done."}], False)


async def test_responses_come_streamed_and_whole(client: Client) -> None:
    tools = [{"type": "function", **RUN}]
    body = {"model": "scripted", "instructions": "Be brief.", "input": "Fix it.", "tools": tools}
    whole = await client.sdk.responses.create(**body)  # type: ignore[call-overload]
    events = [event async for event in await client.sdk.responses.create(**body, stream=True)]  # type: ignore[call-overload]
    last = events[-1].response
    assert [item.type for item in whole.output] == ["message", "function_call", "function_call"]
    assert [getattr(item, "arguments", "") for item in whole.output] == [
        getattr(i, "arguments", "") for i in last.output
    ]
    deltas = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    assert "".join(deltas) == '{"command": "pytest tests/ünï"}{broken'
    items = [{"role": "user", "content": "Fix it."}]
    for item in whole.output[1:]:
        items += [{"type": "function_call", "call_id": item.call_id, "name": "run", "arguments": item.arguments}]
    with pytest.raises(openai.BadRequestError):
        await client.sdk.responses.create(**(body | {"input": items}))  # type: ignore[call-overload]
    items += [{"type": "function_call_output", "call_id": i.call_id, "output": "ok"} for i in whole.output[1:]]
    assert (await client.sdk.responses.create(**(body | {"input": items}))).output_text == "Done."  # type: ignore[call-overload]


@pytest.mark.parametrize("stream", [False, True])
async def test_faults_arrive_as_the_sdk_knows_them(client: Client, stream: bool) -> None:
    async def outcome(fault: Fault) -> str:
        client.model.fail_next(fault)
        try:
            words, calls = await client.chat(ASK, stream)
        except (openai.APIError, httpx.HTTPError, ValueError, AssertionError) as error:
            return type(error).__name__
        return f"{words}{len(calls)}"

    assert await outcome(Overloaded(retry_after=2)) == "RateLimitError"
    assert await outcome(Failing(503)) == "InternalServerError"
    assert await outcome(Cut(3)) == "APIConnectionError"
    assert await outcome(Garbage()) in ("JSONDecodeError", "AssertionError")
    assert await outcome(Empty()) == "0"
    assert await outcome(Stalled(0.01)) == "I look — “é”.2"


async def test_every_request_is_kept_byte_for_byte_and_the_shared_part_counts_as_cached() -> None:
    model = ScriptedModel(TURNS, api_key="right")
    body = '{ "model":"m",  "messages":[{"role":"user","content":"ü"}] }'.encode()
    longer = body.replace(b"\xc3\xbc", b"\xc3\xbc and more")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(model), base_url="http://model.test/v1") as http:
        headers = {"authorization": "Bearer right"}
        answers = [await http.post("/chat/completions", content=raw, headers=headers) for raw in (body, longer)]
        wrong = await http.post("/chat/completions", content=body, headers={"authorization": "Bearer wrong"})
        bad = await http.post("/chat/completions", content=b'{"model":"m","messages":[]}', headers=headers)
    assert (model.requests[:2], wrong.status_code, bad.status_code) == ([body, longer], 401, 400)
    assert answers[1].json()["usage"]["prompt_tokens_details"]["cached_tokens"] == (body.index(b"\xbc") + 1) // 4


async def test_the_instant_model_steps_and_finishes() -> None:
    plan, step, finish = (
        call("propose_plan", summary="s"),
        call("run", command="true"),
        call("finish", title="t", summary="s"),
    )
    model, made = InstantModel(plan, step, finish, steps=3), list[str]()
    messages: list[Json] = list(ASK)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(model), base_url="http://model.test/v1") as http:
        while made[-1:] != ["finish"]:
            offered = "propose_plan" if not made else "finish"
            tools: Json = [{"type": "function", "function": RUN | {"name": offered}}]
            got = await http.post("/chat/completions", json={"model": "m", "messages": messages, "tools": tools})
            message = got.json()["choices"][0]["message"]
            one = message["tool_calls"][0]
            made.append(one["function"]["name"])
            messages += [message, {"role": "tool", "tool_call_id": one["id"], "content": "ok"}]
    assert made == ["propose_plan", "run", "run", "run", "finish"]


@dataclass
class Workshop:
    """A stand-in for the agent loop: carries out the play's calls on a real folder, and keeps the conversation."""

    folder: Path
    messages: list[Json] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def do(self, name: str, given: dict[str, str]) -> str:
        """The result of one tool call."""
        target = self.folder / given.get("path", "")
        match name:
            case "view_file":
                return target.read_text()
            case "write_file":
                target.write_text(given["content"])
                return f"Wrote {given['path']}."
            case "edit_file":
                if target.read_text().count(given["old"]) != 1:
                    return f"`old` is not in {given['path']}."
                target.write_text(target.read_text().replace(given["old"], given["new"]))
                return "Replaced 1 occurrence."
            case _:
                return "ok"

    async def suite(self) -> str:
        """What the whole suite says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-B", "-m", "unittest", cwd=self.folder, stderr=asyncio.subprocess.PIPE
        )
        return (await process.communicate())[1].decode()


async def play(shop: Workshop, phase: str, spoil: Callable[[str], str | None]) -> str:
    """Run the play until it proposes, finishes, replies or asks, with a fresh server for every request."""
    while True:
        tools: Json = [{"type": "function", "function": RUN | {"name": phase}}]
        transport = httpx.ASGITransport(ScriptedModel(PLAY))
        async with httpx.AsyncClient(transport=transport, base_url="http://model.test/v1") as http:
            body = {"model": "m", "messages": shop.messages, "tools": tools}
            got = await http.post("/chat/completions", json=body, headers={"authorization": "Bearer any"})
        message = got.json()["choices"][0]["message"]
        one = message["tool_calls"][0]
        name, given = one["function"]["name"], json.loads(one["function"]["arguments"])
        shop.names.append(name)
        result = spoil(name) or (await shop.suite() if name == "run" else shop.do(name, given))
        shop.messages += [message, {"role": "tool", "tool_call_id": one["id"], "content": result}]
        if name in ("propose_plan", "finish", "reply", "ask") and not result.startswith("Interrupted"):
            return str(name)


def unpack(folder: Path) -> Workshop:
    """The sample's files in a folder."""
    for name, content in sample_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return Workshop(folder, [{"role": "user", "content": "\n".join(sample_issue())}])


@pytest.mark.parametrize("interrupted", ["", "edit_file", "write_file", "finish", "propose_plan", "run"])
async def test_the_play_mends_the_bug_at_the_second_attempt(tmp_path: Path, interrupted: str) -> None:
    shop = unpack(tmp_path / "tree")
    crashed: list[str] = []

    def spoil(name: str) -> str | None:
        """The first call of one tool is lost in a crash."""
        if name != interrupted or name in crashed:
            return None
        crashed.append(name)
        return "Interrupted: it is not known whether this call ran."

    assert await play(shop, "propose_plan", spoil) == "propose_plan"
    shop.messages.append({"role": "user", "content": "Plan r1 was approved by ada. Carry it out."})
    assert await play(shop, "finish", spoil) == "finish"
    first = await shop.suite()
    assert ("test_parts_written_apart" in first, "FAILED (errors=1)" in first) == (True, True)
    shop.messages.append({"role": "user", "content": "Round 1 spoke against the work. Check `regression`: refuted."})
    assert await play(shop, "finish", spoil) == "finish"
    last = await shop.suite()
    assert ("Ran 14 tests" in last, last.endswith("OK\n")) == (True, True)


async def test_the_sample_is_green_and_its_bug_is_real(tmp_path: Path) -> None:
    shop = unpack(tmp_path / "tree")
    assert (await shop.suite()).endswith("OK\n")
    (shop.folder / NEW_TESTS).write_text(TESTS)
    assert "Ran 14 tests" in await shop.suite()
    assert "FAILED (failures=5)" in await shop.suite()


def test_the_sample_has_a_dated_history_and_all_its_files(tmp_path: Path) -> None:
    bare = make_sample(tmp_path / "sample.git")
    written = [(one.author.name, one.author.at.date().isoformat()) for one in bare.log("main")]
    assert written == [("Maintainer", "2024-04-02"), ("Contributor", "2024-03-11"), ("Maintainer", "2024-03-04")]
    found = {one.path: bare.blob(one.sha).decode() for one in bare.entries("main", "", recursive=True)}
    assert found == sample_files()


async def test_a_rejected_plan_is_proposed_again(tmp_path: Path) -> None:
    shop = unpack(tmp_path / "tree")
    assert await play(shop, "propose_plan", lambda _: None) == "propose_plan"
    shop.messages.append({"role": "user", "content": "ada rejected plan r1.\n> Shorter, please."})
    assert await play(shop, "propose_plan", lambda _: None) == "propose_plan"
    assert shop.names.count("propose_plan") == 2


async def test_a_question_is_answered_with_a_place_in_the_code(tmp_path: Path) -> None:
    shop = unpack(tmp_path / "tree")
    assert await play(shop, "list_files", lambda _: None) == "reply"
    assert "`duration/parse.py:7`" in json.dumps(shop.messages[-2])
    assert sample_files()["duration/parse.py"].splitlines()[6].startswith("PART = ")
