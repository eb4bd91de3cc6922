"""Reading a claim's arguments: one strict model per check; what is wrong is said in words the model can act on."""

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError


class Arguments(BaseModel):
    """The arguments of a check; unknown names are refused, and a number in quotes is not a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


A = TypeVar("A", bound=Arguments)


def read(model: type[A], args: Mapping[str, JsonValue]) -> A:
    """The arguments as values. Raises pydantic.ValidationError for what `complaint` would have named."""
    return model.model_validate_json(json.dumps(args))


def complaint(model: type[Arguments], args: Mapping[str, JsonValue]) -> str | None:
    """What is wrong with `args`, one clause for each fault, and what is accepted; None when they will do."""
    try:
        read(model, args)
    except ValidationError as wrong:
        faults = "; ".join(_fault(".".join(map(str, e["loc"])), e["msg"]) for e in wrong.errors())
        return f"{faults}. Accepted: {', '.join(_named(model)) or 'no arguments'}."
    return None


def _fault(where: str, what: str) -> str:
    said = what.removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _named(model: type[Arguments]) -> list[str]:
    return [name if field.is_required() else f"{name}?" for name, field in model.model_fields.items()]


def not_claimable(name: str) -> str:
    """The answer to a claim that names a check which runs anyway."""
    return f"{name} runs on every change by itself; claim tests, command, benchmark, coverage or files instead."
