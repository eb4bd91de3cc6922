"""Packages that a change newly asks for, or in another version, as commands that bring them beside what the base's
set-up installed.

Base and head see one and the same environment, and nothing of a change is run with network. So only plain names and
versions are taken out of the head's project files; what is fetched is installed without running any of its code.
"""

import re
import shlex
from collections.abc import Collection, Mapping

from bot.domain.nodeproject import node_requirements, with_added
from bot.domain.projects import Read
from bot.domain.pythonfiles import name_of
from bot.domain.pythonproject import PYTHON, python_requirements
from bot.domain.rules import Detected

Files = tuple[Collection[str], Read]
"""All paths of a tree, and how its texts are read."""

MOST = 40
"""Packages that a change may bring; with more it is another project, and nothing is brought."""

_PIP = f"{PYTHON} -m pip install --only-binary :all:"
_RANGE = r"\s*(===?|[<>!~]=|[<>])\s*[\w.*+!-]+\s*"
_PYTHON_PACKAGE = re.compile(rf"[A-Za-z0-9][\w.-]*\s*(\[[\w\s,.-]+\])?\s*\(?({_RANGE}(,{_RANGE})*)?\)?\s*(;[^@#/\\]*)?")
_NODE_PACKAGE = re.compile(r"(@[a-z0-9~][\w.~-]*/)?[a-z0-9~][\w.~-]*")
_NODE_RANGE = re.compile(r"[\w.^~<>=|*+ -]{1,64}")


def additions(detected: Detected, base: Files, head: Files) -> tuple[str, ...]:
    """The commands to run after the base's set-up; none where the head asks for nothing more by name, or the base has
    no set-up that could be added to. `detected` is the base's."""
    if not detected.setup:
        return ()
    found = []
    if "pip" in detected.clients and any(PYTHON in command for command in detected.setup):
        before, after = _python(base), _python(head)
        found += [f"{_PIP} {_quoted(words)}" for words in [_new(before, after)] if words]
        found += [_in_versions(old, new) for old, new in [_changed(before, after)] if new]
    if "npm" in detected.clients:
        before, after = _node(base), _node(head)
        found += [_with(base, words) for words in [_new(before, after)] if words]
        found += [
            f"{_with(base, _of_both(old, new))} || {_with(base, new)} || true"
            for old, new in [_changed(before, after)]
            if new
        ]
    return tuple(found)


def _with(base: Files, words: list[str]) -> str:
    return with_added(frozenset(base[0]), base[1], _quoted(words))


def _of_both(old: list[str], new: list[str]) -> list[str]:
    """One range after the other takes what lies in both; of alternatives, only the last would be narrowed."""
    pairs = zip((word.rpartition("@")[2] for word in old), new, strict=True)
    return [word if "||" in before else f"{word} {before}" for before, word in pairs]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The packages that both ask for in different words, as each says it."""
    names = sorted(name for name, word in after.items() if before.get(name, word) != word)
    return ([before[name] for name in names], [after[name] for name in names]) if len(names) <= MOST else ([], [])


def _in_versions(old: list[str], new: list[str]) -> str:
    """A version that suits both sides, else the head's; where there is none to be had, all stays as it is."""
    return f"{_PIP} {_quoted([*old, *new])} || {_PIP} {_quoted(new)} || true"


def _new(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    words = [word for name, word in sorted(after.items()) if name not in before]
    return words if len(words) <= MOST else []


def _python(files: Files) -> dict[str, str]:
    wanted = [line.removesuffix("\\").strip() for line in python_requirements(frozenset(files[0]), files[1])]
    return {name_of(one): one for one in wanted if _PYTHON_PACKAGE.fullmatch(one)}


def _node(files: Files) -> dict[str, str]:
    plain = node_requirements(files[1]).items()
    return {n: f"{n}@{of}" for n, of in plain if _NODE_PACKAGE.fullmatch(n) and _NODE_RANGE.fullmatch(of)}


def _quoted(words: list[str]) -> str:
    return " ".join(map(shlex.quote, words))
