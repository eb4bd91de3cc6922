"""JSON over ASGI, read strictly and refused politely: the small common ground of the doubles.

`Refused` is the only error: it carries the status, message and error list that the real service would answer with.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """An answer other than success, in the words of the service that is played."""

    def __init__(
        self, status: int, message: str, errors: Sequence[Json] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status, self.message, self.errors, self.headers = status, message, list(errors), dict(headers or {})


def encode(value: Json) -> bytes:
    """Compact UTF-8; a lone surrogate becomes a question mark, as on the real wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer(value: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(encode(value), status, headers, media_type="application/json; charset=utf-8")


def parse(raw: bytes) -> Json:
    """The JSON in `raw`. Raises Refused(400) in GitHub's words."""
    try:
        return cast(Json, json.loads(raw))
    except (ValueError, RecursionError):
        raise Refused(400, "Problems parsing JSON") from None


async def drop(send: Send) -> None:
    """Cut the connection under uvicorn without a byte of answer; in process, raise what a client would meet.

    uvicorn hands over a bound method of its request cycle; the transport behind it is the only way to hang up.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("the double dropped the connection")
    transport.abort()
    # Let the server notice, or it would write an error into the closed connection.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


class Fields:
    """A JSON object sent by a client; every reading checks presence and type and refuses with 422 as GitHub does."""

    def __init__(self, resource: str, value: Json) -> None:
        if not isinstance(value, Mapping):
            raise Refused(400, "Body should be a JSON object")
        self.resource, self.value = resource, value

    def __contains__(self, name: str) -> bool:
        return self.value.get(name) is not None

    def invalid(self, name: str, code: str = "invalid", message: str | None = None) -> Refused:
        """The refusal of one field; `message` makes the code `custom`."""
        error: dict[str, Json] = {"resource": self.resource, "code": "custom" if message else code, "field": name}
        return Refused(422, "Validation Failed", [error | {"message": message} if message else error])

    def maybe(self, name: str, limit: int | None = None) -> str | None:
        """A string or None; longer than `limit` characters is refused."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.invalid(name)
        if limit is not None and len(value) > limit:
            raise self.invalid(name, message=f"{name} is too long (maximum is {limit} characters)")
        return value

    def text(self, name: str, limit: int | None = None) -> str:
        """A string that must be there and not blank."""
        value = self.maybe(name, limit)
        if value is None or not value.strip():
            raise self.invalid(name, "missing_field")
        return value

    def number(self, name: str) -> int | None:
        """A whole number or None."""
        value = self.value.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.invalid(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean."""
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self.invalid(name)
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One of `choices`, or None."""
        value = self.maybe(name)
        if value is not None and value not in choices:
            raise self.invalid(name)
        return value

    def items(self, name: str) -> list[Json]:
        """A list, empty when absent."""
        value = self.value.get(name)
        if value is None:
            return []
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.invalid(name)
        return list(value)

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        return [item if isinstance(item, str) else self._refuse(name) for item in self.items(name)]

    def numbers(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return [item if isinstance(item, int) else self._refuse_number(name) for item in self.items(name)]

    def objects(self, name: str) -> list["Fields"]:
        """A list of objects."""
        return [Fields(self.resource, item) for item in self.items(name)]

    def object(self, name: str) -> "Fields | None":
        """An object or None."""
        return Fields(self.resource, self.value[name]) if name in self else None

    def _refuse(self, name: str) -> str:
        raise self.invalid(name)

    def _refuse_number(self, name: str) -> int:
        raise self.invalid(name)
