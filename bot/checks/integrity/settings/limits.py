"""Limits of coverage and lint: lowered, and the lists of what is left out: grown. Also comments that silence them."""

import io
import re
import tokenize
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from bot.checks.integrity.difference import new_lines
from bot.checks.integrity.model import Sign, amount, short
from bot.checks.integrity.reading import suffix
from bot.checks.integrity.settings.configuration import Flat, Setting, differing, line_of, named
from bot.checks.integrity.trees.expr import number as number_of
from bot.checks.integrity.trees.source import grammar_for
from bot.checks.integrity.trees.syntax import COMMENTS, arguments, below, callee, parse, text_of
from bot.checks.integrity.trees.syntax import line_of as node_line
from bot.checks.planned.explained import Limit
from bot.domain.words import words

_LEAST = re.compile(
    r"(.*\.)?(fail_under|fail-under|cov-fail-under|minimum|target|check-coverage|minimum_coverage"
    r"|(coverageThreshold|thresholds?)(\..*)?|(branches|lines|functions|statements|perFile))"
)
"""Numbers that must not sink."""

_MOST = words("max-complexity max_complexity max-line-length max-warnings threshold allowed-warnings max-args")
_LEFT_OUT = re.compile(
    r"(.*\.)?(omit|exclude_lines|exclude_also|exclude_patterns|coveragePathIgnorePatterns|ignore|extend-ignore|exclude"
    r"|extend-exclude|ignorePatterns|disable|disable_error_code|per-file-ignores(\..*)?|extend-per-file-ignores(\..*)?"
    r"|ignore_paths|ignores|lint\.ignore|excludes)"
)
_TAKEN_IN = re.compile(r"(.*\.)?(select|extend-select|enable|collectCoverageFrom|source|include|source_pkgs|extends)")
_MEASURING = re.compile(
    r"cov|nyc|c8|flake8|pylint|ruff|mypy|eslint|lint|jest|vitest|thresholds|biome|sonar|report|run\.|tsconfig|golangci"
    r"|rubocop|pyright|isort|clippy|messages control"
)
_STRICTNESS = re.compile(
    r"(.*\.)?(strict\w*|disallow_\w+|warn_\w+|check_untyped_defs|no_implicit\w*|noImplicit\w+|noUnused\w+|alwaysStrict"
    r"|branch|noUnchecked\w+|all|check-coverage)"
)
_LENIENCE = re.compile(r"(.*\.)?(ignore_errors|ignore_missing_imports|allow_untyped\w*|skip_empty|allow_redefinition)")
_RULE = re.compile(r"(.*\.)?rules\.([\w@/\-]+)(\.0)?")
_OPTION = re.compile(r"(--(?:cov-fail-under|fail-under|max-warnings|lines|branches|functions))[= ](\d+)")
_COVERED = ("coverage threshold", "coverage limit", "coverage minimum", "minimum coverage", "required coverage")
"""What a plan calls a limit of coverage, whatever its tool calls it."""

_FILE_WIDE = re.compile(
    r"ruff: noqa|flake8: noqa|mypy: ignore-errors|pylint: (skip-file|disable=all)|@ts-nocheck|type: ignore-errors"
    r"|^/\*\s*eslint-disable\s*\*/$|pragma: no cover file|istanbul ignore file|c8 ignore file|v8 ignore file"
    r"|^#\s*pyright: basic|^#\s*type: ignore$"
)
_UNCOVERED = re.compile(
    r"pragma: no ?cover|istanbul ignore|c8 ignore|v8 ignore|:nocov:|coverage: ignore|LCOV_EXCL|tarpaulin"
)
_SILENCED = re.compile(
    r"noqa|type: ?ignore|eslint-disable|@ts-(ignore|expect-error)|pylint: ?disable|nolint|rubocop:disable"
)
_HARMLESS = re.compile(
    r"TYPE_CHECKING|__main__|NotImplementedError|@overload|abstractmethod|__repr__|pragma: no cover -"
)
_NAMED_RULE = re.compile(
    r"(noqa|nolint|eslint-disable[\w-]*|rubocop:disable): ?\w+|eslint-disable[\w-]* [\w/-]+|ignore\["
)
SPREE = 3
"""So many new comments that silence a linter are no single exception any more. Those that name their rule count less:
so many of them as one."""


def setting_signs(path: str, old: Flat, new: Flat, text: str, moved: Collection[Setting]) -> Iterator[Sign]:
    """Compare the settings of both sides."""
    for key, before, after in differing(old, new, moved):
        if not _measures(path, key):
            continue
        line = line_of(key, text)
        if limit := _eased(key, before, after):
            yield _limit(key, line, limit, named(key))
        elif why := _lists(key, before, after) or _switches(key, before, after):
            left_out = _left_out(key, before, after)
            yield Sign("limit-lowered", line, f"`{short(key)}` {why}.", named(key), left_out=left_out)
    yield from _options(old, new, text)


def _limit(what: str, line: int | None, limit: Limit, names: tuple[str, ...]) -> Sign:
    """A limit that is easier to keep now."""
    least = limit.now is None or limit.now < limit.was
    now = f"{limit.now:g}" if limit.now is not None else "nothing"
    said = f"`{short(what)}` {'sank' if least else 'rose'} from {limit.was:g} to {now}."
    return Sign("limit-lowered", line, said, (*names, *(_COVERED if least else ())), limit=limit)


def _measures(path: str, key: str) -> bool:
    """Whether a setting is about coverage or lint; a runner's own choice of files is not."""
    name = PurePosixPath(path).name
    if name.startswith(("jest", "vitest", "vite")) and not re.search(r"cov|threshold|lint", key, re.IGNORECASE):
        return False
    return _MEASURING.search(f"{name} {key}".lower()) is not None


def _eased(key: str, old: tuple[str, ...], new: tuple[str, ...]) -> Limit | None:
    """A number that sank and must not, or rose and must not."""
    was, now = (amount(values[0].rstrip("%")) if len(values) == 1 else None for values in (old, new))
    if was is None:
        return None
    sank = _LEAST.fullmatch(key) and (now is None or now < was)
    rose = key.rpartition(".")[2] in _MOST and (now is None or now > was)
    return Limit(was, now) if sank or rose else None


def _lists(key: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    before, after = set(_split(key, old)), set(_split(key, new))
    if left_out := _left_out(key, old, new):
        return f"leaves out more: `{short(', '.join(left_out))}`"
    # Ruff's `E` holds `E501`; `ALL` holds everything.
    lost = [] if "ALL" in after else sorted(before - after)
    if _TAKEN_IN.fullmatch(key) and not all(each.startswith(tuple(after)) for each in lost):
        return f"takes in less: without `{short(', '.join(lost))}`"
    return ""


def _left_out(key: str, old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(_split(key, new)) - set(_split(key, old)))) if _LEFT_OUT.fullmatch(key) else ()


def _split(key: str, values: tuple[str, ...]) -> list[str]:
    """The entries of a list; those that are patterns of lines hold blanks."""
    between = r"\n" if key.endswith(("exclude_lines", "exclude_also")) else r"[,\s]+"
    return [word for value in values for word in re.split(between, value) if word and word[:1] != "#"]


def _switches(key: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    was, now = " ".join(old).lower(), " ".join(new).lower()
    if _STRICTNESS.fullmatch(key) and was == "true" and now in ("false", ""):
        return "was turned off"
    if _LENIENCE.fullmatch(key) and now == "true" and was in ("false", ""):
        return "was turned on"
    if _RULE.fullmatch(key) and _severity(now) < _severity(was):
        return f"went from `{short(was)}` to `{short(now) or 'off'}`"
    return ""


def _severity(value: str) -> int:
    first = value.split(" ")[0].strip("'\"")
    return {"error": 2, "2": 2, "warn": 1, "1": 1}.get(first, 0)


def _options(old: Flat, new: Flat, text: str) -> Iterator[Sign]:
    """Limits that stand in commands: `--cov-fail-under=90`."""
    for key, values in old.items():
        before, after = _OPTION.search(" ".join(values)), _OPTION.search(" ".join(new.get(key, ())))
        if before is None:
            continue
        limit = Limit(float(before[2]), float(after[2]) if after else None)
        eased = limit.now is None or (limit.now > limit.was if "max" in before[1] else limit.now < limit.was)
        if eased:
            yield _limit(before[1], line_of(key, text), limit, (before[1], before[1].lstrip("-")))


# --- lists of paths -----------------------------------------------------------------------------------------------
def ignore_file_signs(path: str, old: str | None, new: str | None) -> Iterator[Sign]:
    """`.eslintignore` and its like: a line a path."""
    ignoring = re.fullmatch(r"\.(eslint|pylint|ruff|prettier|nyc)ignore", PurePosixPath(path).name)
    for number, line in new_lines(old, new) if ignoring else ():
        if line.strip() and not line.startswith("#"):
            yield Sign("limit-lowered", number, f"`{short(line)}` is left out of linting.")


# --- comments -----------------------------------------------------------------------------------------------------
def comment_signs(path: str, old: str | None, new: str | None, *, is_test: bool) -> Iterator[Sign]:
    """Comments that take code out of coverage, silence a whole file, or silence much. How much of the tests themselves
    is covered is of no matter."""
    if new is None or not (_FILE_WIDE.search(new) or _UNCOVERED.search(new) or _SILENCED.search(new)):
        return
    known = Counter(text for text, _ in _comments(path, old or ""))
    fresh: list[tuple[str, int]] = []
    for text, line in _comments(path, new):
        if known[text] > 0:
            known[text] -= 1
        else:
            fresh.append((text, line))
    lines = new.splitlines()
    for text, line in fresh:
        if (
            _FILE_WIDE.search(text)
            and not (is_test and _UNCOVERED.search(text))
            and (not text.startswith("# type: ignore") or lines[line - 1].strip() == text)
        ):
            yield Sign("limit-lowered", line, f"`{short(text)}` silences the whole file.")
        elif not is_test and _UNCOVERED.search(text) and not _HARMLESS.search("\n".join(lines[line - 1 : line + 1])):
            yield Sign("limit-lowered", line, f"`{short(text)}` takes code out of coverage.")
    silencing = [(text, line) for text, line in fresh if _SILENCED.search(text) and not _FILE_WIDE.search(text)]
    named = sum(_NAMED_RULE.search(text) is not None for text, _ in silencing)
    gone = sum(number for text, number in known.items() if _SILENCED.search(text))
    if len(silencing) - named + named // SPREE - gone >= SPREE:
        what = f"{len(silencing)} new comments silence the linter or the type checker."
        yield Sign("limit-lowered", silencing[0][1], what)


def call_signs(path: str, old: str | None, new: str | None) -> Iterator[Sign]:
    """Limits that Ruby's settings give to a function: `minimum_coverage 95`."""
    if suffix(path) != ".rb" or "minimum_coverage" not in (old or ""):
        return
    before, after = _least(old or ""), _least(new or "")
    for name, was in before.items():
        now = after.get(name)
        if now is None or now < was:
            yield _limit(name, line_of(name, new), Limit(was, now), (name,))


def _least(text: str) -> dict[str, float]:
    calls = [node for node in below(parse("ruby", text)) if node.type == "call"]
    named = [(callee(each), arguments(each)) for each in calls if callee(each).startswith("minimum_coverage")]
    return {name: given for name, values in named if values and (given := number_of(values[0])) is not None}


def _comments(path: str, text: str) -> list[tuple[str, int]]:
    if not text or len(text) > 400_000:
        return []
    if suffix(path) in (".py", ".pyi"):
        return list(_python_comments(text))
    nodes = below(parse(grammar, text)) if (grammar := grammar_for(path)) else ()
    return [(text_of(node)[:300], node_line(node)) for node in nodes if node.type in COMMENTS]


def _python_comments(text: str) -> Iterator[tuple[str, int]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string, token.start[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
