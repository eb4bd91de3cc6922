"""Just enough GraphQL: one operation parsed into fields, and a selection taken from ready values, strictly."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.rehearsal.wire import Json

TOKEN = re.compile(r'\s*(?:#[^\n]*\n\s*)*(\.\.\.|[{}()\[\]:!=,$@|]|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|[_A-Za-z]\w*)')
Arguments: TypeAlias = Mapping[str, Json]
Node: TypeAlias = "Mapping[str, Value]"
Value: TypeAlias = "Json | Node | list[Node] | Callable[[Arguments], Value]"


class GraphQLError(Exception):
    """An entry of the answer's `errors`."""

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.message, self.kind = message, kind


@dataclass(frozen=True, slots=True)
class Field:
    """One selected field; `on` is the type of the inline fragment around it, if any."""

    name: str
    alias: str
    arguments: Arguments
    selection: tuple["Field", ...]
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or mutation with its root fields, variables put in."""

    kind: str
    fields: tuple[Field, ...]


class Parser:
    """Reads a document with exactly one operation, and named fragments not at all."""

    def __init__(self, text: str, variables: Mapping[str, Json]) -> None:
        self._tokens = self._split(text)
        self._at = 0
        self._variables = variables
        self._declared: set[str] = set()

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens, place = [], 0
        text = text.rstrip() + "\n"
        while place < len(text.rstrip()):
            found = TOKEN.match(text, place)
            if found is None:
                raise GraphQLError(f"Parse error on {text[place : place + 10]!r}")
            tokens.append(found[1])
            place = found.end()
        return [word for word in tokens if word != ","]

    def operation(self) -> Operation:
        """The operation. Raises GraphQLError for anything malformed."""
        kind = "query"
        if self._peek() in ("query", "mutation"):
            kind = self._take()
            if self._peek() not in ("(", "{"):
                self._take()
            self._declarations()
        fields = self._selection()
        if self._at != len(self._tokens):
            raise GraphQLError(f'Parse error on "{self._peek()}"')
        return Operation(kind, fields)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str | None = None) -> str:
        word = self._peek()
        if not word or (wanted is not None and word != wanted):
            raise GraphQLError(f'Parse error on "{word}", expected "{wanted}"')
        self._at += 1
        return word

    def _declarations(self) -> None:
        if self._peek() != "(":
            return
        self._take("(")
        while self._peek() != ")":
            self._take("$")
            name = self._take()
            self._take(":")
            required = self._type()
            if self._peek() == "=":
                self._take()
                self._value()
            elif required and self._variables.get(name) is None:
                raise GraphQLError(f"Variable ${name} was provided invalid value")
            self._declared.add(name)
        self._take(")")

    def _type(self) -> bool:
        if self._peek() == "[":
            self._take()
            self._type()
            self._take("]")
        else:
            self._take()
        if self._peek() == "!":
            self._take()
            return True
        return False

    def _selection(self, on: str | None = None) -> tuple[Field, ...]:
        fields: list[Field] = []
        self._take("{")
        while self._peek() != "}":
            if self._peek() == "...":
                self._take()
                self._take("on")
                fields += self._selection(self._take())
            else:
                fields.append(self._field(on))
        self._take("}")
        return tuple(fields)

    def _field(self, on: str | None) -> Field:
        name = alias = self._take()
        if self._peek() == ":":
            self._take()
            name = self._take()
        arguments = self._object(")") if self._peek() == "(" else {}
        selection = self._selection() if self._peek() == "{" else ()
        return Field(name, alias, arguments, selection, on)

    def _object(self, close: str) -> dict[str, Json]:
        self._take()
        found: dict[str, Json] = {}
        while self._peek() != close:
            name = self._take()
            self._take(":")
            found[name] = self._value()
        self._take(close)
        return found

    def _value(self) -> Json:
        word = self._peek()
        if word == "{":
            return self._object("}")
        self._take()
        if word == "[":
            items = []
            while self._peek() != "]":
                items.append(self._value())
            self._take("]")
            return items
        if word == "$":
            return self._variable(self._take())
        if word.startswith('"'):
            return re.sub(r"\\(.)", r"\1", word[1:-1])
        words: dict[str, Json] = {"true": True, "false": False, "null": None}
        return words[word] if word in words else int(word) if re.fullmatch(r"-?\d+", word) else word

    def _variable(self, name: str) -> Json:
        if name not in self._declared:
            raise GraphQLError(f"Variable ${name} is used but not declared")
        return self._variables.get(name)


def select(value: Value, fields: tuple[Field, ...], kind: str) -> Json:
    """Take the selected fields from a node (a mapping with `__typename`), a list of nodes, or a scalar."""
    if isinstance(value, list):
        return [select(item, fields, kind) for item in value]
    if not isinstance(value, Mapping):
        return value if isinstance(value, (str, int, float, bool)) else None
    name = str(value["__typename"])
    if not fields:
        raise GraphQLError(f"Field must have selections (field '{kind}' returns {name} but has no selections.)")
    found: dict[str, Json] = {}
    for field in fields:
        if field.on not in (None, name):
            continue
        if field.name not in value:
            raise GraphQLError(f"Field '{field.name}' doesn't exist on type '{name}'", "undefinedField")
        inner = value[field.name]
        found[field.alias] = select(inner(field.arguments) if callable(inner) else inner, field.selection, field.name)
    return found
