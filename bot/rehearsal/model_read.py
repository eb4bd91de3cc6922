"""Requests of both wire formats read into a `Prompt`, as strictly as the public service reads them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.rehearsal.script import Call, Made, Prompt, Words
from bot.rehearsal.wire import Fields, Json, Refused

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def invalid(message: str) -> Refused:
    """A 400 in the service's shape."""
    return Refused(400, message)


def text_of(content: Json) -> str:
    """Message content: a string, or a list of parts with text."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, Sequence):
        raise invalid("Invalid type for message content.")
    return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))


def tool_names(tools: Sequence[Fields], nested: bool) -> tuple[str, ...]:
    """The offered tools; each needs a valid name and an object as its parameters' schema."""
    names = []
    for tool in tools:
        if tool.text("type") != "function":
            raise invalid(f"Unsupported tool type: {tool.text('type')}")
        function = tool.object("function") if nested else tool
        name = function.text("name") if function else ""
        schema = function.object("parameters") if function else None
        if not NAME.fullmatch(name):
            raise invalid(f"Invalid 'tools[].name': string does not match pattern: {name!r}")
        if schema is not None and schema.value.get("type") != "object":
            raise invalid(f"Invalid schema for function '{name}': schema must be of type 'object'.")
        names.append(name)
    if len(set(names)) < len(names):
        raise invalid("Tool names must be unique.")
    return tuple(names)


class Said:
    """Collects a conversation and matches results with the calls that they answer."""

    def __init__(self) -> None:
        self.items: list[Words | Made] = []
        self.turns = 0

    def words(self, role: str, text: str) -> None:
        self.items.append(Words(role, text))

    def call(self, made: Call) -> None:
        self.items.append(Made(made, None))

    def result(self, id: str, text: str) -> None:
        """The answer to the newest open call with this id."""
        for index in range(len(self.items) - 1, -1, -1):
            one = self.items[index]
            if isinstance(one, Made) and one.call.id == id and one.result is None:
                self.items[index] = replace(one, result=text)
                return
        raise invalid(f"No tool call found for function call output with call_id {id}.")

    def check_answered(self) -> None:
        """Every call must have its result before the conversation goes on."""
        missing = [one.call.id for one in self.items if isinstance(one, Made) and one.result is None]
        if missing:
            message = "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            raise invalid(
                f"{message}'tool_call_id'. The following tool_call_ids did not have response messages: {missing}"
            )


def read_chat(body: Fields, raw: bytes) -> Prompt:
    """A Chat Completions request."""
    said = Said()
    messages = body.objects("messages")
    if not messages:
        raise invalid("Missing required parameter: 'messages'.")
    for message in messages:
        role, content = message.text("role"), text_of(message.value.get("content"))
        if role == "tool":
            said.result(message.text("tool_call_id"), content)
            continue
        said.check_answered()
        if role == "assistant":
            said.turns += 1
            _assistant(said, message, content)
        elif role in ("system", "developer", "user"):
            said.words("system" if role == "developer" else role, content)
        else:
            raise invalid(f"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'tool'.")
    said.check_answered()
    tools = tool_names(body.objects("tools"), nested=True)
    return Prompt(body.text("model"), tools, tuple(said.items), said.turns, raw)


def _assistant(said: Said, message: Fields, content: str) -> None:
    calls = message.objects("tool_calls")
    if not content and not calls:
        raise invalid("An assistant message needs content or tool_calls.")
    if content:
        said.words("assistant", content)
    for one in calls:
        function = one.object("function")
        if function is None or not isinstance(function.value.get("arguments"), str):
            raise invalid("Invalid 'tool_calls[].function'.")
        said.call(Call(function.text("name"), function.maybe("arguments") or "", one.text("id")))


def read_responses(body: Fields, raw: bytes) -> Prompt:
    """A Responses request. Neighbouring items of the model count as one answer, as it gave them."""
    said = Said()
    if instructions := body.maybe("instructions"):
        said.words("system", instructions)
    given = body.value.get("input")
    items = [Fields("input", {"role": "user", "content": given})] if isinstance(given, str) else body.objects("input")
    if not items:
        raise invalid("Missing required parameter: 'input'.")
    mine = False
    for item in items:
        kind = item.maybe("type") or "message"
        own = kind in ("function_call", "reasoning") or item.maybe("role") == "assistant"
        said.turns += own and not mine
        mine = own
        _item(said, item, kind)
    said.check_answered()
    tools = tool_names(body.objects("tools"), nested=False)
    return Prompt(body.text("model"), tools, tuple(said.items), said.turns, raw)


def _item(said: Said, item: Fields, kind: str) -> None:
    if kind == "function_call":
        said.call(Call(item.text("name"), item.maybe("arguments") or "", item.text("call_id")))
    elif kind == "function_call_output":
        said.result(item.text("call_id"), text_of(item.value.get("output")))
    elif kind == "message":
        role = item.text("role")
        said.words("system" if role == "developer" else role, text_of(item.value.get("content")))
    elif kind != "reasoning":
        raise invalid(f"Invalid value: '{kind}' for 'input[].type'.")
