"""Files that count by what they are for: continuous integration, benchmarks, recorded results, snapshots, test data."""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from bot.checks.integrity.comparing.matching import tokens
from bot.checks.integrity.model import Sign, short
from bot.checks.integrity.project import SOURCES
from bot.checks.integrity.python.syntax import parse
from bot.checks.integrity.reading import data_in, is_code, suffix
from bot.checks.integrity.settings.runner_command import command_change
from bot.domain.rules import Rules
from bot.domain.words import words

_CI = re.compile(
    r"(\.github/(workflows|actions)/.*|\.gitlab-ci\.yml|\.gitlab/ci/.*|\.circleci/.*|azure-pipelines.*\.ya?ml"
    r"|Jenkinsfile.*|\.travis\.yml|appveyor\.yml|\.appveyor\.yml|bitbucket-pipelines\.yml|\.buildkite/.*|\.drone\.ya?ml"
    r"|\.ci/.*|ci/.*|\.woodpecker.*|\.cirrus\.yml|\.semaphore/.*|\.teamcity/.*|cloudbuild\.ya?ml|\.pre-commit-config\.yaml|codecov\.yml"
    r"|(\.github/|docs/)?CODEOWNERS)"
)
_BENCHMARK = re.compile(
    r"(.*/)?(bench|benches|benchmark|benchmarks|perf|asv_bench)/.*"
    r"|(.*/)?(bench_.*|.*_bench|benchmark.*|.*[.\-]bench)\.\w+|(.*/)?.*_bench_test\.go|asv\.conf\.json"
)
_RESULT = re.compile(
    r"(TEST-.*|.*junit.*|test[-_]?(results?|reports?|output).*|nunit.*|xunit.*|coverage|cobertura.*|jacoco.*|clover)\.xml"
    r"|\.coverage(\..*)?|lcov\.info|coverage-(final|summary)\.json|\.?(pytest|test)[-_]?(report|results?)\.json|.*\.trx"
    r"|lastfailed|nodeids|\.last-run\.json|mocha-?(report|results?)\.json|jest-?(report|results?)\.json|report-log\.jsonl?"
)
_RESULT_FOLDERS = re.compile(
    r"(^|/)(\.pytest_cache|test-results|test-reports|surefire-reports|\.benchmarks|\.nyc_output)/"
)
_DATA_FOLDERS = words("fixtures __fixtures__ data testdata test_data samples examples resources")
_SNAPSHOT = re.compile(
    r".*\.(snap|ambr|approved\.\w+|golden|expected|snapshot)|(.*/)?(__snapshots__|__image_snapshots__|snapshots?|goldens?"
    r"|expected|approved|cassettes)/.*|.*[._\-](golden|expected|approved|snapshot)\.\w+"
)
_DOCUMENTS = words(".md .rst .adoc")
_DATA = words(".json .yaml .yml .csv .tsv .txt .xml .html .toml .sql .jsonl .ndjson")
_VERSION = re.compile(r"[\"'v]*\d+(\.\d+|\.x)*[\w.\-]*[\"']?,? ?")
_LIMIT = re.compile(r"timeout|under|cov|max|min|retr|threshold|shard|attempt", re.IGNORECASE)
_LEAST = re.compile(r"(--(?:cov-)?fail-under[= ])(\d+)")
_PREPARES = re.compile(
    r"\s*(- )?(uses|with|name|cache|[\w-]+-version|fetch-depth|key|path|restore-keys|concurrency|group)\b"
    r"[^|&;$]*|\s*"
)
_STEPS = re.compile(
    r"\b(tests?|pytest|unittest|jest|vitest|mocha|tox|nox|check|lint|cov\w*|make|npm|yarn|pnpm|cargo|go)\b"
)
_LETTING = re.compile(r"continue-on-error|\|\||allow_failure|if:|exit 0|\btrue\b")
_RUNNERS = words("pytest _pytest unittest pluggy doctest nose coverage")
_COMPUTING = words(
    "json re math random copy string decimal fractions statistics datetime time os sys io csv functools itertools "
    "operator collections pathlib subprocess threading asyncio logging hashlib struct textwrap difflib contextlib "
    "dataclasses"
)
_PASSES = re.compile(
    r"continue-on-error:(?! *false)|\|\| *(true|:|echo|exit 0)|allow_failure: *true|\bexit 0\b|\bset \+e"
    r"|fail_ci_if_error: *false"
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(\.\d+)?")


def signs(
    path: str, old: str | None, new: str | None, is_test: bool, rules: Rules, known: Collection[str]
) -> Iterator[Sign]:
    """What a changed file is, by its place. The repository's rules name further benchmarks and result files; `known`
    are the paths that were there."""
    if old is None and new is not None and (shadow := _shadow(path) or _double(path, known)):
        yield Sign("runner-changed", 1, f"`{path}` takes the place of `{shadow}`.", _stem(path))
    if _CI.fullmatch(path) and old != new and not _is_newer(old, new):
        names = (*_stem(path), *(("CI",) if _tests_still(old, new) else ()))
        yield Sign("ci-changed", 1, f"`{path}` says what runs in continuous integration.", names)
        for line, text in _fresh(old, new, _PASSES):
            what = f"`{short(text)}` lets failures pass."
            yield Sign("ci-changed", line, what, _stem(path), about=what)
    elif _is_benchmark(path, rules) and old is not None and not _same(path, old, new):
        what = f"`{path}` is part of a benchmark, so both sides no longer measure the same."
        yield Sign("benchmark-changed", _first(old, new), what, _stem(path))
        for line, text in _amounts(old, new or ""):
            what = f"The benchmark measures with another number: `{short(text)}`."
            yield Sign("benchmark-changed", line, what, _stem(path), about=what)
    if _is_result(path, new, rules) and new != old:
        yield Sign("result-file", 1, f"`{path}` is what a test run writes, not what people write.", _stem(path))
    elif is_test and old is not None and not is_code(path):
        yield from _recorded(path, old, new)


def _fresh(old: str | None, new: str | None, wanted: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The lines in which this stands, and that were not there."""
    before = {line.strip() for line in (old or "").splitlines()}
    for number, line in enumerate((new or "").splitlines(), 1):
        if line.strip() not in before and wanted.search(line):
            yield number, line.strip()


def _amounts(old: str, new: str) -> Iterator[tuple[int, str]]:
    """The lines in which nothing but numbers differs from lines that were there."""
    before = {_NUMBER.sub("0", line.strip()) for line in old.splitlines()}
    return ((n, line) for n, line in _fresh(old, new, _NUMBER) if _NUMBER.sub("0", line) in before)


def _is_newer(old: str | None, new: str | None) -> bool:
    """Whether only versions differ, of hooks, actions and languages, and none of these is left out."""
    before, after = (old or "").splitlines(), (new or "").splitlines()
    if len(before) != len(after):
        return _is_more(before, after)
    differing = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    return all(
        _is_stricter(was, now)
        or (
            _VERSION.sub("", was) == _VERSION.sub("", now)
            and len(_VERSION.findall(was)) <= len(_VERSION.findall(now))
            and not _LIMIT.search(was)
        )
        for was, now in differing
    )


def _is_stricter(was: str, now: str) -> bool:
    """Whether only the coverage that is asked for rises."""
    before, after = _LEAST.search(was), _LEAST.search(now)
    rises = before is not None and after is not None and int(before[2]) < int(after[2])
    return rises and _LEAST.sub(r"\1", was) == _LEAST.sub(r"\1", now)


def _is_more(before: list[str], after: list[str]) -> bool:
    """Whether all stands there still, with only steps added that prepare."""
    rest = iter(after)
    added: list[str] = []
    for line in before:
        for each in rest:
            if each == line:
                break
            added.append(each)
        else:
            return False
    return all(_PREPARES.fullmatch(each) for each in (*added, *rest))


def _tests_still(old: str | None, new: str | None) -> bool:
    """Whether every command that tests or checks is still there, if with more to say, and nothing new lets failures
    pass."""
    before, after = ({line.strip(" -") for line in (text or "").splitlines()} for text in (old, new))
    lost = [line for line in before - after if _STEPS.search(line) and ":" in line and not line.startswith("name:")]
    fresh = [line for line in after - before if not _LETTING.search(line)]
    kept = all(any(not command_change(line, each) for each in fresh) for line in lost)
    return new is not None and kept and len(fresh) == len(after - before)


def _shadow(path: str) -> str:
    """The module of Python, or the runner, that a new file is imported instead of."""
    file = PurePosixPath(path)
    top = file.parts[0].removesuffix(".py")
    if top in _RUNNERS and file.suffix == ".py":
        return top
    is_beside = len(file.parts) == 2 and file.parts[0] in ("tests", "test")
    return file.stem if is_beside and file.suffix == ".py" and file.stem in _COMPUTING else ""


def _double(path: str, known: Collection[str]) -> str:
    """The product's own module that tests would find at this place instead: `tests/shop/price.py` stands in the way of
    `src/shop/price.py`. Below a folder that is a package itself it has another name."""
    file = PurePosixPath(path)
    if file.suffix != ".py" or re.fullmatch(r"(test_.*|.*_test|tests|conftest|__init__)\.py", file.name):
        return ""
    for at, part in enumerate(file.parts[:-1]):
        folder, module = "/".join(file.parts[: at + 1]), "/".join(file.parts[at + 1 :])
        if part in ("tests", "test") and f"{folder}/__init__.py" not in known:
            return next((each for each in (module, *(f"{top}/{module}" for top in SOURCES)) if each in known), "")
    return ""


def _stem(path: str) -> tuple[str, ...]:
    return (PurePosixPath(path).name,)


def _is_benchmark(path: str, rules: Rules) -> bool:
    if suffix(path) in _DOCUMENTS:
        return False
    commands = " ".join(rules.benchmark.values())
    return bool(_BENCHMARK.fullmatch(path)) or path in re.split(r"[\s=:]+", commands)


def _is_result(path: str, new: str | None, rules: Rules) -> bool:
    if rules.junit and path == rules.junit.removeprefix("./"):
        return True
    file = PurePosixPath(path)
    if _DATA_FOLDERS & set(file.parts[:-1]):
        return False
    recorded = file.suffix == ".xml" and new is not None and re.search(r"<testsuites?\b", new[:2000]) is not None
    return bool(_RESULT.fullmatch(file.name) or _RESULT_FOLDERS.search(path)) or recorded


def _same(path: str, old: str | None, new: str | None) -> bool:
    """Whether only comments or layout differ."""
    if old is None or new is None:
        return False
    if suffix(path) == ".py":
        before, after = parse(old), parse(new)
        if before is not None and after is not None:
            return ast.dump(before) == ast.dump(after)
    return tokens(old) == tokens(new)


def _first(old: str | None, new: str | None) -> int | None:
    """The first line that differs."""
    before, after = (old or "").splitlines(), (new or "").splitlines()
    return next((n for n, line in enumerate(after, 1) if before[n - 1 : n] != [line]), len(after) or None)


# --- snapshots and data -------------------------------------------------------------------------------------------
def _recorded(path: str, old: str, new: str | None) -> Iterator[Sign]:
    """What tests compare with: more of it is fine, other or less of it is another expectation."""
    if suffix(path) in _DOCUMENTS or (suffix(path) not in _DATA and not _SNAPSHOT.fullmatch(path)):
        return
    if new is None:
        if _SNAPSHOT.fullmatch(path):
            what = f"The recorded expectation `{path}` was removed."
            yield Sign("snapshot-rewritten", None, what, _titles(path, old, ""), True)
        return
    if _holds(path, old, new):
        return
    was, now = _entries_of(path, old), _entries_of(path, new)
    if now < was:
        what = f"`{path}` holds fewer cases: {now} instead of {was}."
        yield Sign("test-weakened", _first(old, new), what, _stem(path))
    kind = "snapshot-rewritten" if _SNAPSHOT.fullmatch(path) else "expectation-changed"
    word = "The recorded expectation" if kind == "snapshot-rewritten" else "The data that tests read,"
    what = f"{word} `{path}` says something else now."
    yield Sign(kind, _first(old, new), what, _titles(path, old, new))


def _titles(path: str, old: str, new: str) -> tuple[str, ...]:
    """The file's name, and the titles of its entries that are not what they were."""
    before, after = (_entries(old), _entries(new)) if suffix(path) == ".snap" else ({}, {})
    titles = [name.strip("`").rstrip(" 0123456789") for name, value in before.items() if after.get(name) != value]
    return (*_stem(path), *titles, *(part for title in titles for part in title.split(" > ")))


def _entries_of(path: str, text: str) -> int:
    """How many cases a file of data holds: the elements of its list, or its lines."""
    if suffix(path) == ".json":
        whole = data_in(text)
        return len(whole) if isinstance(whole, list) else 0
    return sum(bool(line.strip()) for line in text.splitlines()) if suffix(path) in (".csv", ".tsv", ".jsonl") else 0


def _holds(path: str, old: str, new: str) -> bool:
    """Whether all that was recorded is there still."""
    if suffix(path) == ".json":
        was, now = data_in(old), data_in(new)
        if was is not None and now is not None:
            return _contains(now, was)
    if suffix(path) == ".snap":
        after = {_joined(name): value for name, value in _entries(new).items()}
        return all(after.get(_joined(name)) == value for name, value in _entries(old).items())
    rest = iter(line.rstrip() for line in new.splitlines())
    return all(line.rstrip() in rest for line in old.splitlines() if line.strip())


def _joined(title: str) -> str:
    """A test's title with those of its suites, which runners join in different ways."""
    return title.replace(" > ", " ")


def _contains(new: object, old: object) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and _contains(new[key], value) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        rest = iter(new)
        return all(any(_contains(each, wanted) for each in rest) for wanted in old)
    return old == new


def _entries(text: str) -> dict[str, str]:
    """The named entries of a snapshot file."""
    parts = re.split(r"^exports\[(`.*?`)\] = ", text, flags=re.MULTILINE)
    return {parts[n]: parts[n + 1].strip() for n in range(1, len(parts) - 1, 2)}
