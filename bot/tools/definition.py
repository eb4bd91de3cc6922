"""What every agent tool is made of: its arguments as a pydantic model, its schema, and its forgiving call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from bot.domain.session import Phase, Session
from bot.ports import Answer, Workbench
from sandbox.api import WORKSPACE, PathRefused


class Mode(StrEnum):
    """What kind of turn it is; decides the system prompt and which tools are on offer."""

    QUESTION = "question"
    PLANNING = "planning"
    WORKING = "working"


ALL = frozenset(Mode)
PLANNING = frozenset({Mode.PLANNING})
WORKING = frozenset({Mode.WORKING})


def mode_of(session: Session) -> Mode:
    """The mode of the session's present phase."""
    if session.phase is Phase.WORKING:
        return Mode.WORKING
    return Mode.QUESTION if session.only_question else Mode.PLANNING


class Arguments(BaseModel):
    """Arguments that a model sent. Unknown names are refused, so that a slip is noticed; null means left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, sent: object) -> object:
        return {k: v for k, v in sent.items() if v is not None} if isinstance(sent, dict) else sent


def plain(path: str) -> str:
    """A path as the work tree names it: models like to write where it lies in the sandbox, too."""
    return path.removeprefix(f"{WORKSPACE}/").removeprefix("./")


TreePath = Annotated[str, Field(min_length=1), AfterValidator(plain)]
"""A path in the work tree."""

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool as `bot.ports.Tool` promises it; `modes` tells when it is on offer."""

    name: str
    schema: Mapping[str, object]
    modes: frozenset[Mode]
    _act: Callable[[str, Workbench], Awaitable[Answer]] = field(repr=False)

    async def run(self, arguments: str, bench: Workbench) -> Answer:
        """Never raises for what the model sent. `SandboxLost` passes through."""
        try:
            return await self._act(arguments, bench)
        except PathRefused as refused:
            return wrong(str(refused))


def tool(
    name: str,
    purpose: str,
    takes: type[A],
    act: Callable[[A, Workbench], Awaitable[Answer]],
    modes: frozenset[Mode] = ALL,
) -> AgentTool:
    """Define a tool. `purpose` is what the model reads of it."""

    async def parse_and_act(arguments: str, bench: Workbench) -> Answer:
        try:
            parsed = takes.model_validate_json(arguments.strip() or "{}")
        except ValidationError as error:
            return wrong(explain(name, arguments, error))
        return await act(parsed, bench)

    return AgentTool(name, schema_of(name, purpose, takes), modes, parse_and_act)


def wrong(text: str) -> Answer:
    """The result of a call that could not be done."""
    return Answer(text, ok=False)


def explain(name: str, arguments: str, error: ValidationError) -> str:
    """What was wrong with a call's arguments: where the JSON broke, or which field holds what it should not."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        shown = arguments if len(arguments) <= 200 else f"{arguments[:100]} … {arguments[-100:]}"
        fault = problems[0]["msg"].removeprefix("Invalid JSON: ")
        return f"The arguments of {name} are not valid JSON: {fault}. You sent: {shown}"
    listed = "; ".join(f"`{'.'.join(map(str, p['loc'])) or 'arguments'}`: {p['msg']}" for p in problems[:8])
    return f"The arguments of {name} are wrong. {listed}."


def schema_of(name: str, purpose: str, takes: type[Arguments]) -> dict[str, object]:
    """The function as Chat Completions wants it, as small as it can be said."""
    full: dict[str, JsonValue] = takes.model_json_schema()
    definitions = full.pop("$defs", {})
    parameters = _small(full, definitions if isinstance(definitions, dict) else {})
    return {"type": "function", "function": {"name": name, "description": purpose, "parameters": parameters}}


def _small(node: JsonValue, definitions: Mapping[str, JsonValue]) -> JsonValue:
    """Without titles, references, null alternatives and defaults: an optional field is simply not required."""
    if isinstance(node, list):
        return [_small(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        return _small(definitions[reference.rsplit("/", 1)[1]], definitions)
    node = _without_null(node)
    properties = node.get("properties")
    kept = {k: _small(v, definitions) for k, v in node.items() if k not in ("title", "default", "properties")}
    if isinstance(properties, dict):
        kept["properties"] = {k: _small(v, definitions) for k, v in properties.items()}
    return kept


def _without_null(node: dict[str, JsonValue]) -> dict[str, JsonValue]:
    alternatives = node.get("anyOf")
    if not isinstance(alternatives, list):
        return node
    real = [a for a in alternatives if isinstance(a, dict) and a.get("type") != "null"]
    if len(real) != 1:
        return node
    return {k: v for k, v in node.items() if k != "anyOf"} | real[0]
