"""What a changed test command does: which words in it choose tests or hide failures."""

import re
import shlex
from collections import Counter

from bot.checks.integrity.model import short

SELECTING = re.compile(
    r"-k\b|-m\b|--deselect|--ignore|-t\b|--testNamePattern|--testPathIgnorePatterns|--grep|--exclude|--passWithNoTests"
    r"|--pass-with-no-tests|--skip|\|\||;|exit|-u\b|--updateSnapshot|--update|--reruns|--retry|--only|-run|-short"
    r"|--lf|--co\b|--collect-only|--exitfirst|-O\b|true\b|--forked|--no-fail|-p\b|--noconftest|-c\b|--rootdir"
    r"|--continue|--ignore-failures|-DskipTests|-Dmaven\.test|--no-run|--lib|--bins|--fail-never|-fn\b|--allow-only"
    r"|--tag|--pattern|--test-(name|skip)-pattern|--test-only|--test-shard|--exclude-pattern|--example|-e\b|--dry-run|--changed|--related|--shard|--typecheck"
)
_BENIGN = re.compile(
    r"-v+|-q+|-s|-r\w+|--verbose|--cov.*|--coverage.*|--tb=.*|--color.*|--reporters?.*|--runInBand|-i|--ci|--durations.*"
    r"|--strict.*|-n|auto|\d+|--numprocesses.*|--maxWorkers.*|coverage|run|-m|python3?|npx|poetry|uv|pdm|hatch|yarn|pnpm"
    r"|npm|exec|c8|nyc|--junit.*|--showlocals|-l|--import-mode.*|--no-header|-race|-count=1|-cover.*|--locked|--workspace"
    r"|--all-targets|--all-features|--no-cov|-W|error|--randomly.*|--timeout.*|--forbid-only|--silent|--experimental-vm.*"
    r"|cross-env|-x|--bail|--asyncio.*|spec|--test-reporter.*|--enable-source-maps|--loader.*|--require|tsx|ts-node.*"
)


LINTS = re.compile(
    r"\b(ruff|flake8|pylint|mypy|pyright|black|isort|eslint|prettier|tsc|biome|stylelint|clippy|golangci-lint|rubocop)\b"
)
_TESTS = re.compile(
    r"\b(pytest|py\.test|unittest|nose2?|tox|nox|jest|vitest|mocha|ava|tape|karma|cypress|playwright|rspec|go test"
    r"|cargo (test|nextest)|node --test|(npm|yarn|pnpm|make) (run )?t(est)?)\b"
)


def command_change(old: str, new: str) -> str:
    """What a changed test command does; '' when it only says more or says it otherwise."""
    if not new.strip() and old.strip():
        return "is gone"
    before, after = Counter(tokens(old)), Counter(tokens(new))
    added = [token for token in (after - before).elements() if not _BENIGN.fullmatch(token)]
    lost = [token for token in (before - after).elements() if not _BENIGN.fullmatch(token)]
    if LINTS.search(old) and not _TESTS.search(f"{old}\n{new}"):
        added = [token for token in added if token.startswith("-") or SELECTING.match(token)]  # looks at more
    strict = any(token.startswith("--strict") for token in (before - after).elements())
    if any(SELECTING.match(token) for token in added) or ("error" in tokens(old) and "error" not in tokens(new)):
        return f"leaves out tests or hides failures: `{short(' '.join(added))}`"
    return f"became `{short(new)}`" if old.strip() and (added or lost or strict) else ""


def tokens(command: str) -> list[str]:
    spaced = re.sub(r"(\|\||&&|;)", r" \1 ", command)
    try:
        return shlex.split(spaced)
    except ValueError:
        return spaced.split()
