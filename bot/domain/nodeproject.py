"""Node projects: package.json, its scripts, and the lock files of three package clients."""

import json
import re
from collections.abc import Sequence

from bot.domain.commandline import runners_in
from bot.domain.projects import Project, Read, fitting

_ENDINGS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")
_TESTS = re.compile(r"(.*/)?(test/.*|[^/]*[.\-_]test|test|test-[^/]*)\.[cm]?js|(.*/)?__tests__/.*")
_KEYS = (
    r"(.*/)?package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml"
    r"|\.npmrc|\.yarnrc(\.yml)?|bun\.lockb?"
)
_LOCKS = (
    ("package-lock.json", "npm ci --no-audit --no-fund"),
    ("npm-shrinkwrap.json", "npm ci --no-audit --no-fund"),
    ("pnpm-lock.yaml", "npx --yes pnpm install --frozen-lockfile"),
    ("yarn.lock", "npx --yes yarn install --frozen-lockfile"),
)
_NEEDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "workspaces")


def node_project(paths: frozenset[str], read: Read) -> Project | None:
    """The project of package.json; None when there is none, or when it tells of no test and no dependency."""
    package = _package(read) if "package.json" in paths else {}
    needs = any(package.get(kind) for kind in _NEEDS)
    test, runner = _test(package, paths, read)
    if not package or not (needs or test):
        return None
    lock = next((command for file, command in _LOCKS if file in paths), "npm install --no-audit --no-fund")
    return Project(
        setup=(lock,) if needs else (),
        test=test,
        runner=runner,
        clients=("npm",),
        key_files=fitting(paths, _KEYS),
        because=("package.json",),
        endings=_ENDINGS,
        runners=("node", "vitest", "jest"),
    )


def _test(package: dict[str, object], paths: frozenset[str], read: Read) -> tuple[str, str]:
    """The test command and its runner: the package's own script, else what it has installed."""
    words = script(("npm", "test"), read)
    if words and "no test specified" not in words:
        return "npm test", _runner(words, read)
    installed = {name for kind in _NEEDS for name in _names(package.get(kind))}
    for name, command in (("vitest", "npx vitest run"), ("jest", "npx jest")):
        if name in installed:
            return command, name
    return ("node --test", "node") if package and any(map(_TESTS.fullmatch, paths)) else ("", "")


def _runner(words: str, read: Read, depth: int = 0) -> str:
    """The runner of a script, also where it calls another script of the package."""
    if found := runners_in(words):
        return next((name for name in found if name in {"node", "vitest", "jest"}), "")
    called = re.findall(r"\b(?:npm|yarn|pnpm)(?: run)? ([\w:.-]+)", words) if depth < 3 else []
    inner = (script(("npm", "run", name), read) for name in called)
    return next((runner for text in inner if text and (runner := _runner(text, read, depth + 1))), "")


def script(words: Sequence[str], read: Read) -> str:
    """The text of the package's script that a program such as `npm test` or `yarn run unit` runs; '' for others."""
    if not words or words[0] not in {"npm", "yarn", "pnpm", "bun"}:
        return ""
    rest = [word for word in words[1:] if not word.startswith("-")]
    name = (rest[1:2] if rest[:1] in (["run"], ["run-script"]) else rest[:1]) or [""]
    scripts = _package(read).get("scripts")
    text = scripts.get("test" if name[0] in {"t", "tst"} else name[0]) if isinstance(scripts, dict) else None
    return text if isinstance(text, str) else ""


def _package(read: Read) -> dict[str, object]:
    try:
        package = json.loads(read("package.json") or "")
    except (ValueError, RecursionError):
        return {}
    return package if isinstance(package, dict) else {}


def _names(table: object) -> list[str]:
    return [str(name) for name in table] if isinstance(table, dict) else []
