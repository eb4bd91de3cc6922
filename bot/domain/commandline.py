"""Reading a repository's own command line: which programs it starts, seen through wrappers such as `poetry run`."""

import re
import shlex
from pathlib import PurePosixPath

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_NUMBER = re.compile(r"[\d.]+[smhd]?")
_PYTHON = re.compile(r"(python|pypy)[\d.]*w?")
_PLAIN = frozenset(
    ["env", "exec", "time", "nice", "command", "xvfb-run", "timeout", "stdbuf", "cross-env", "npx", "bunx", "c8", "nyc"]
)
_RUN = frozenset({"poetry", "uv", "pipenv", "pdm", "hatch", "rye"})
_PACKAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_BINARIES = frozenset({"jest", "vitest", "node", "mocha", "ava", "tap", "tape", "qunit", "borp"})
_MEASURING = frozenset({"c8", "nyc"})
"""Wrappers whose options have their values as words of their own."""
_PYTHON_VALUES = frozenset({"-W", "-X"})


def programs(command: str) -> tuple[tuple[str, ...], ...]:
    """The programs that a shell command starts, each with its arguments; `python -m x` counts as `x`.

    A text that is no shell command (unbalanced quotes) starts none.
    """
    found = []
    for line in command.replace("\\\n", " ").splitlines():
        try:
            words = shlex.shlex(line, posix=True, punctuation_chars=True)
            words.whitespace_split = True
            tokens = list(words)
        except ValueError:
            return ()
        found += [program for part in _split(tokens) if (program := _program(part))]
    return tuple(found)


_STARTS = {
    "pytest": "pytest",
    "py.test": "pytest",
    "unittest": "unittest",
    "vitest": "vitest",
    "vitest.mjs": "vitest",
    "jest": "jest",
    "jest.js": "jest",
    "react-scripts": "jest",
    "mocha": "mocha",
    "_mocha": "mocha",
    "borp": "node",
    "ava": "tap",
    "qunit": "tap",
    "tap": "tap",
    "tape": "tap",
    "mvn": "maven",
    "mvnw": "maven",
    "mvnd": "maven",
    "gradle": "gradle",
    "gradlew": "gradle",
}

PROGRAMS = frozenset({*_STARTS, *_BINARIES, *_PACKAGERS, *_PLAIN, "tsx"})
"""What other programs are asked to start, by name."""


def runners_in(command: str) -> tuple[str, ...]:
    """The test runners that a command starts, by our names for them, in order. `npm test` and `make test` tell none."""
    return tuple(dict.fromkeys(name for words in programs(command) if (name := _runner(words))))


def _runner(words: tuple[str, ...]) -> str:
    first = next((word for word in words[1:] if not word.startswith(("-", "+"))), "")
    if words[0] in {"node", "tsx"}:
        return "node" if "--test" in words else next(filter(None, map(_run_by_node, words[1:])), "")
    if words[0] == "cargo":
        return "cargo" if first in {"test", "t"} else ""
    if words[0] == "go":
        return "go" if first == "test" else ""
    return _STARTS.get(words[0], "")


def _run_by_node(word: str) -> str:
    """The runner that node is given by path, or that a script of the repository is given to start."""
    path = PurePosixPath(word)
    return _STARTS.get(path.name, "") if len(path.parts) == 1 or "node_modules" in path.parts else ""


def _split(tokens: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token and set(token) <= set("();<>|&"):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _program(words: list[str]) -> tuple[str, ...]:
    while words:
        head = PurePosixPath(words[0]).name
        if _ASSIGNMENT.match(words[0]):
            words = words[1:]
        elif head in _PLAIN:
            words = _after_options(words[1:], valued=head in _MEASURING)
        elif (head in _RUN and words[1:2] == ["run"]) or (head in _PACKAGERS and words[1:2] in (["exec"], ["x"])):
            words = _after_options(words[2:])
        elif head in _PACKAGERS and words[1:2] and words[1] in _BINARIES:
            words = words[1:]
        elif _PYTHON.fullmatch(head) or (head == "coverage" and words[1:2] == ["run"]):
            return _module(words) or (head, *words[1:])
        else:
            return (head, *words[1:])
    return ()


def _after_options(words: list[str], *, valued: bool = False) -> list[str]:
    """What follows a wrapper's own options: `timeout -k 5 60 pytest` → `pytest`. `valued`: a word after an option is
    its value, unless it is a program that is known: `c8 --exclude dist mocha` → `mocha`."""
    while words and (words[0].startswith("-") or _NUMBER.fullmatch(words[0])):
        bare = valued and words[0].startswith("-") and "=" not in words[0]
        words = words[1:]
        if bare and words and not words[0].startswith("-") and PurePosixPath(words[0]).name not in PROGRAMS:
            words = words[1:]
    return words


def _module(words: list[str]) -> tuple[str, ...]:
    """The module that `python -m module …` runs, with its arguments; () for a script."""
    rest = words[2:] if words[1:2] == ["run"] else words[1:]
    while rest and rest[0].startswith("-"):
        if rest[0] == "-m":
            return tuple(rest[1:])
        if rest[0].startswith("-m"):
            return (rest[0][2:], *rest[1:])
        rest = rest[2:] if rest[0] in _PYTHON_VALUES else rest[1:]
    return ()
