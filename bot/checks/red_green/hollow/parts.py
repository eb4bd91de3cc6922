"""A source as this room reads it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """A module: its functions by name, what its names are merely bound to, where it takes names from, the names of its
    classes, and all else. What belongs to a class has its name and a dot before it."""

    functions: Mapping[str, str]
    constants: Mapping[str, str]
    imports: Mapping[str, str]
    classes: frozenset[str]
    others: frozenset[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A source without what changed in its functions: those of the base as they were, new ones that do nothing.
    `offers`: it has something else that is new. `altered`, `added`: whether there are such functions."""

    text: str
    offers: bool
    altered: bool
    added: bool


def taken(old: Parts, new: Parts, text: str) -> Taken | None:
    """None where anything else changed but functions: then that may be what the tests see."""
    came = new.classes - old.classes
    if old.others != {name for name in new.others if _home(name) not in came} or not old.classes <= new.classes:
        return None
    kept = all(new.constants.get(name) == value for name, value in old.constants.items() if name[:2] != "__")
    turned = any(new.imports.get(name, source) != source for name, source in old.imports.items())
    if not kept or turned or old.functions.keys() - new.functions.keys():
        return None
    altered = any(new.functions[name] != body for name, body in old.functions.items())
    added = bool(new.functions.keys() - old.functions.keys())
    return Taken(text, bool(came) or new.constants != old.constants, altered, added)


def _home(name: str) -> str:
    return name.partition(".")[0]
