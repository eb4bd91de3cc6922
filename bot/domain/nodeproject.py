"""Node projects: package.json, its scripts, and the lock files of three package clients."""

import re
import shlex

from bot.domain.nodescripts import GIVEN, command_of_tests, package
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
    ("pnpm-lock.yaml", "npx --yes pnpm@ install --frozen-lockfile"),
    ("yarn.lock", "npx --yes yarn@ install --frozen-lockfile"),
)
_AS_OTHERS = (
    "env YARN_ENABLE_TELEMETRY=0 ${http_proxy:+YARN_HTTP_PROXY=$http_proxy} "
    "${https_proxy:+YARN_HTTPS_PROXY=$https_proxy} "
    "${npm_config_registry:+YARN_NPM_REGISTRY_SERVER=$npm_config_registry}"
)
"""Newer versions of yarn read neither the settings that all other clients do nor those of npm."""

_FROM_REGISTRY = (
    r"""sed -i -E "s#(resolved \"?)https?://[^/]+/((@[^/]+/)?[^/]+/-/)#\1${npm_config_registry%/}/\2#" yarn.lock"""
)
"""The first yarn fetches packages from where its lock file has them from, whatever registry npm is told of."""

_DIRECT = """
const found = require(process.cwd() + "/package.json");
for (const kind of ["dependencies", "devDependencies", "optionalDependencies"])
  for (const [name, said] of Object.entries(found[kind] ?? {}))
    if (!/^(file|link|workspace):/.test(said)) console.log(`${kind}[${name}] ${name}@${said}`);
"""
_BARELY = "--no-audit --no-fund --ignore-scripts --legacy-peer-deps"
_WITHOUT_SOME = f"""cp package*.json /tmp/ && {{ mkdir -p /tmp/one
node -e {shlex.quote(_DIRECT)} | while read -r place wanted; do
  npm install --dry-run --prefix /tmp/one --fetch-retries=1 {_BARELY} "$wanted" < /dev/null ||
    {{ npm view npm version < /dev/null && npm pkg delete "$place"; }}
done
rm -rf node_modules; npm install {_BARELY}; ended=$?; cp /tmp/package*.json .; (exit $ended); }}"""
"""The last resort, whatever the client: while the registry answers, a package is done without that can't be had, or
needs one that can't, since no registry has it. What it is for is seldom the tests. npm heeds the lock file of the first
yarn, but can't build on what another client has begun."""

_DEFAULTS = (("npx vitest run", "vitest"), ("npx jest", "jest"), ("npx mocha", "mocha"))
_BY_THEMSELVES = frozenset({"tap", "tape"})
"""Packages whose tests are often files that node is simply given, and report all the same."""

_IMPORTED = re.compile(r"""(?:from|import|require\() ?['"](node:test|mocha)['"]""")

_NEEDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "workspaces")


def node_project(paths: frozenset[str], read: Read) -> Project | None:
    """The project of package.json; None when there is none, or when it tells of no test and no dependency."""
    found = package(read) if "package.json" in paths else {}
    needs = any(found.get(kind) for kind in _NEEDS)
    test, runner = _test(found, paths, read)
    if not found or not (needs or test):
        return None
    return Project(
        setup=(_from_registry(_leniently(_install(found, paths))),) if needs else (),
        test=test,
        runner=runner,
        clients=("npm",),
        key_files=fitting(paths, _KEYS),
        because=("package.json",),
        endings=_ENDINGS,
        runners=("node", "vitest", "jest", "mocha", "tap"),
    )


def _test(found: dict[str, object], paths: frozenset[str], read: Read) -> tuple[str, str]:
    """The test command and its runner: the package's own script, else the one runner that it has installed."""
    words, runner = command_of_tests(read)
    if runner == GIVEN:
        runner = _said(paths, read)
    if runner:
        return words, runner
    installed = {name for kind in _NEEDS for name in _names(found.get(kind))}
    known = [each for each in _DEFAULTS if each[1] in installed]
    if known and (not words or len(known) == 1):
        return known[0]
    if words:
        return (words, "tap") if installed & _BY_THEMSELVES else ("npm test", "")
    return ("node --test", "node") if found and any(map(_TESTS.fullmatch, paths)) else ("", "")


def _said(paths: frozenset[str], read: Read) -> str:
    """The runner that files of tests load by themselves; '' where they load none that is known, or several."""
    texts = (read(path) or "" for path in paths if _TESTS.fullmatch(path))
    loaded = {module for text in texts for module in _IMPORTED.findall(text)}
    return loaded.pop().removesuffix(":test") if len(loaded) == 1 else ""


def _install(found: dict[str, object], paths: frozenset[str]) -> str:
    """The command of the package client whose lock file is there, in the version that the package names."""
    named = re.match(r"(\w+)@(\d[\w.\-]*)", str(found.get("packageManager")))
    client, version = named.groups() if named is not None else ("", "")
    if "yarn.lock" in paths and (".yarnrc.yml" in paths or (client == "yarn" and not version.startswith("1."))):
        berry = f"@{version}" if client == "yarn" else ""
        return f"{_AS_OTHERS} npx --yes --package=@yarnpkg/cli-dist{berry} yarn install --immutable"
    for file, words in _LOCKS:
        if file in paths:
            # What npm gives for `yarn` is no longer the one that lock files of the first version are for.
            plain = "@1" if file == "yarn.lock" else ""
            return words.replace("@", f"@{version}" if client and f" {client}@" in words else plain)
    return "npm install --no-audit --no-fund"


def node_requirements(read: Read) -> dict[str, str]:
    """The packages that package.json asks for, by name, with the range of each."""
    found = package(read)
    tables = [table for kind in _NEEDS[:3] if isinstance(table := found.get(kind), dict)]
    return {str(name): str(said) for table in tables for name, said in table.items()}


def with_added(paths: frozenset[str], read: Read, words: str) -> str:
    """The command that installs these packages, too, without running anything of theirs."""
    install = _install(package(read) if "package.json" in paths else {}, paths)
    if install.startswith("npm "):
        command = f"npm install --no-save --no-audit --no-fund --ignore-scripts {words}"
        return f"{command} || {command} --legacy-peer-deps"
    client, _, _ = install.partition(" install ")
    if "cli-dist" in client:
        return f"{client} add --dev --mode=skip-build {words}"
    root = "--ignore-workspace-root-check"
    return _from_registry(f"{client} add --{'save-' if 'pnpm' in client else ''}dev --ignore-scripts {root} {words}")


def _from_registry(command: str) -> str:
    """With the first yarn, too, packages come from the registry that npm is told of: no other may be in reach."""
    if " yarn@" not in command:
        return command
    before = f'cp yarn.lock /tmp/ && {{ test -z "$npm_config_registry" || {_FROM_REGISTRY}; }}'
    return f"{before}; {{ {command}; }}; ended=$?; cp /tmp/yarn.lock .; (exit $ended)"


def _leniently(command: str) -> str:
    """A package's install script may fail where there is no git directory, or for want of a file from anywhere; its
    tests seldom need what it makes. And packages from before npm 7 often disagree on their peers, which npm then only
    told."""
    without = "--mode=skip-build" if "cli-dist" in command else "--ignore-scripts"
    peers = f" || {command} {without} --legacy-peer-deps" if command.startswith("npm ") else ""
    return f"{command} || {command} {without}{peers} || {_WITHOUT_SOME}"


def _names(table: object) -> list[str]:
    return [str(name) for name in table] if isinstance(table, dict) else []
