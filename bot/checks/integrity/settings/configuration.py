"""Configuration files of every format, flattened: `tool.pytest.ini_options.addopts` → its value."""

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import PurePosixPath

import yaml

from bot.checks.integrity.trees.syntax import above, inner_text, is_string, kids, parse, part, text_of, walk
from bot.domain.words import words

LARGEST = 200_000
DEEPEST = 12
Flat = Mapping[str, tuple[str, ...]]
"""Values as texts; a list's several, a scalar's one."""

Setting = tuple[str, str]
"""A setting by its own name, without what it stands in, and its values as one text."""

_INI = re.compile(r"(\.?pytest\.ini|setup\.cfg|tox\.ini|\.coveragerc|\.?mypy\.ini|\.flake8|\.?pylintrc|\.isort\.cfg)")
_TOML = re.compile(
    r"(pyproject|Cargo|\.?ruff|nextest|\.?pytest|\.?coveragerc|deno|clippy|\.clippy|bunfig|\.?mypy|tarpaulin|config)\.toml"
)
_JSON = re.compile(
    r"(package|deno|\.?nycrc|\.c8rc|\.mocharc|\.eslintrc|tsconfig.*|jest\.config|\.jestrc|biome|\.?nycrc|project)"
    r"(\.jsonc?)?"
)
_YAML = re.compile(
    r"\.?(mocharc|codecov|coveralls|eslintrc|golangci|rubocop|maestro|nycrc|pre-commit-config|rspec|sonar.*)\.ya?ml"
)
_CODE = re.compile(
    r"(jest|vitest|vite|karma|playwright|cypress|ava|nyc|eslint|wdio|web-test-runner)\.(config|conf|setup|workspace)\.[cm]?[jt]sx?"
    r"|\.(mocharc|eslintrc)\.[cm]?js"
)


_EVERYDAY = words(
    "test tests check ci unit spec lint coverage include exclude ignore timeout retry runner roots strict all source "
    "lines branches functions statements target minimum threshold report run rules select enable disable branch"
)
_TAKING_OVER = re.compile(r"\.?pytest\.(ini|toml)")

_TAKEN = {"pyproject.toml": "tool.pytest.ini_options.", "tox.ini": "pytest.", "setup.cfg": "tool:pytest."}
"""Where pytest's settings may stand, the first found only, with what their names begin with there."""


def named(key: str) -> tuple[str, ...]:
    """By what a plan may name a setting. What stands in any sentence about code names none by itself."""
    name = key.rpartition(".")[2]
    return (key, f"{name} script", f"{name} command", f"npm {name}") if name in _EVERYDAY else (key, name)


def flatten(path: str, text: str | None) -> Flat | None:
    """The settings in a file; None for files that hold none, or that can't be read."""
    name = PurePosixPath(path).name
    if text is None or len(text) > LARGEST:
        return None
    try:
        return next((dict(read(text)) for pattern, read in _FORMATS if pattern.fullmatch(name)), None)
    except (ValueError, RecursionError, configparser.Error, yaml.YAMLError, AttributeError, TypeError):
        return None


def is_configuration(path: str) -> bool:
    name = PurePosixPath(path).name
    return any(pattern.fullmatch(name) for pattern, _ in _FORMATS)


def shadowed(path: str, files: Mapping[str, str]) -> Flat:
    """The settings of pytest that a new file takes the place of, under the names that they have in it. `files` are the
    texts that stood there before."""
    place = PurePosixPath(path)
    if not _TAKING_OVER.fullmatch(place.name):
        return {}
    for name, begin in _TAKEN.items():
        known = flatten(name, files.get(str(place.with_name(name)))) or {}
        found = {key.removeprefix(begin): values for key, values in known.items() if key.startswith(begin)}
        if found:
            return {f"pytest.{key}": values for key, values in found.items()}
    return {}


def differing(
    old: Flat, new: Flat, moved: Collection[Setting]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """The settings that are not what they were, with their values before and after. `moved` are settings, by their own
    names, that stand in some changed file now: what came to stand elsewhere is not gone."""
    for key in sorted({*old, *new}):
        before, after = old.get(key, ()), new.get(key, ())
        elsewhere = before and not after and (key.rpartition(".")[2], " ".join(before)) in moved
        if before != after and not elsewhere:
            yield key, before, after


def _yaml(text: str) -> object:
    """Anchors could make a small file huge."""
    if re.search(r"(^|\s)[&*]\w", text):
        return {}
    return yaml.safe_load(text)


def _uncommented(text: str) -> str:
    """JSON with comments and trailing commas, as tsconfig has it."""
    try:
        json.loads(text)
    except ValueError:
        bare = re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.DOTALL)
        return re.sub(r",(\s*[}\]])", r"\1", bare)
    return text


def _leaves(value: object, key: str, deep: int = 0) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, dict) and deep < DEEPEST:
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name), deep + 1)
    elif isinstance(value, list):
        if all(not isinstance(each, dict | list) for each in value):
            yield key, tuple(map(_word, value))
        else:
            for index, each in enumerate(value[:100]):
                yield from _leaves(each, f"{key}.{index}", deep + 1)
    else:
        yield key, (_word(value),)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ini(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    for section in parser.sections():
        for key, value in parser.items(section):
            lines = tuple(line for each in value.splitlines() if (line := each.strip()) and line[0] != "#")
            yield f"{section}.{key}", lines or ("",)


def _javascript(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The properties of every object in the file, by the names that lead there."""
    for node in walk(parse("typescript", text)):
        if node.type != "pair":
            continue
        value = part(node, "value")
        if value is None or value.type == "object":
            continue
        names = [text_of(node, "key").strip("'\"")]
        for outer in above(node):
            if outer.type == "pair":
                names.append(text_of(outer, "key").strip("'\""))
            elif outer.type == "array":
                place = next((n for n, each in enumerate(kids(outer)) if each.end_byte > node.start_byte), 0)
                names += [str(place)] * (place > 0)
        cells = kids(value) if value.type == "array" else [value]
        yield ".".join(reversed(names)), tuple(inner_text(c) if is_string(c) else text_of(c)[:300] for c in cells)


_FORMATS: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[tuple[str, tuple[str, ...]]]]], ...] = (
    (_TOML, lambda text: _leaves(tomllib.loads(text), "")),
    (_JSON, lambda text: _leaves(json.loads(_uncommented(text)), "")),
    (_YAML, lambda text: _leaves(_yaml(text), "")),
    (_INI, _ini),
    (_CODE, _javascript),
)


def line_of(key: str, text: str | None) -> int | None:
    """The line where a setting's own name stands: the first that begins with it."""
    word = key.rpartition(".")[2]
    pattern = re.compile(rf"\s*[\"']?{re.escape(word)}[\"']?\s*[:=]")
    lines = (text or "").splitlines()
    hit = next((n for n, line in enumerate(lines, 1) if pattern.match(line)), None)
    return hit or next((n for n, line in enumerate(lines, 1) if word in line), None)
