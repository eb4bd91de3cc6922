"""What a repository's files tell of its set-up and tests. Pure: paths and texts in, one value out.

Each ecosystem answers with a `Project`; where several do, the one with the most source files is the repository's, and
the others are not set up. The words of `.maestro.yml` win over all of it.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable

from bot.domain.commandline import programs, runners_in
from bot.domain.nodeproject import node_project
from bot.domain.nodescripts import script
from bot.domain.projects import Project, Read, fitting
from bot.domain.pythonproject import ENVIRONMENT, python_project
from bot.domain.rules import CLIENTS, Detected, Rules

_THROUGH_ANYTHING = frozenset({"pytest", "node", "vitest", "jest", "mocha", "tap", "go", "cargo"})
"""Runners that can be made to leave results through `make` and scripts; for the others the command must be visible."""

_CLIENT_OF = {
    "pip": "pip",
    "pip3": "pip",
    "uv": "pip",
    "poetry": "pip",
    "pdm": "pip",
    "pipenv": "pip",
    "npm": "npm",
    "npx": "npm",
    "yarn": "npm",
    "pnpm": "npm",
    "cargo": "cargo",
    "go": "go",
    "apt": "apt",
    "apt-get": "apt",
    "mvn": "maven",
    "mvnw": "maven",
    "gradle": "maven",
    "gradlew": "maven",
}


def detect(paths: Collection[str], read: Read, rules: Rules) -> Detected:
    """The effective set-up and test commands. `read` gives a file's text, None for what can't or need not be read."""
    known = frozenset(paths)
    runner = _runner_of(rules.test, known, read) if rules.test else ""
    project = _of_runner(_projects(known, read, runner), runner, known)
    setup = project.setup if rules.setup is None else _with_environment(rules.setup)
    test = rules.test or project.test
    if not rules.test:
        runner = project.runner
    if test and not runner and rules.junit:
        runner = "junit"
    return Detected(
        setup=setup,
        test=test,
        runner=runner,
        clients=_clients(rules, project, setup),
        key_files=_key_files(project, setup, known) if setup else (),
        because=(".maestro.yml",) * bool(rules.test or rules.setup is not None) + project.because,
    )


def _with_environment(commands: tuple[str, ...]) -> tuple[str, ...]:
    """The repository's own set-up; where it uses pip and makes no environment, one is made first, since nothing else
    can be installed into."""
    text = "\n".join(commands)
    uses_pip = any(words[0] in {"pip", "pip3"} for command in commands for words in programs(command))
    makes_one = "venv" in text or ENVIRONMENT in text
    return (f"python3 -m venv {ENVIRONMENT}", *commands) if uses_pip and not makes_one else commands


def _projects(paths: frozenset[str], read: Read, runner: str) -> list[Project]:
    makers: tuple[Callable[[], Project | None], ...] = (
        lambda: python_project(paths, read, runner),
        lambda: node_project(paths, read),
        lambda: _rust(paths, read),
        lambda: _go(paths),
        lambda: _maven(paths),
        lambda: _gradle(paths),
    )
    return [project for make in makers if (project := make()) is not None] or [_make(paths, read)]


def _of_runner(projects: list[Project], runner: str, paths: frozenset[str]) -> Project:
    """The project that the runner belongs to; else the one with tests and the most source files."""
    owners = [project for project in projects if runner and runner in (*project.runners, project.runner)]
    return max(owners or projects, key=lambda project: (bool(project.test), _size(project, paths)))


def _size(project: Project, paths: Iterable[str]) -> int:
    return sum(path.endswith(project.endings) for path in paths) if project.endings else 0


def _clients(rules: Rules, project: Project, setup: tuple[str, ...]) -> tuple[str, ...]:
    """The package clients whose hosts set-up may reach."""
    if rules.network is not None:
        return tuple(name for name in rules.network if name in CLIENTS)
    if not setup:
        return ()
    own = project.clients if rules.setup is None else ()
    named = [_CLIENT_OF.get(words[0]) for command in setup for words in programs(command)]
    return tuple(dict.fromkeys((*own, *(name for name in named if name))))


def _key_files(project: Project, setup: tuple[str, ...], paths: frozenset[str]) -> tuple[str, ...]:
    """What the outcome of set-up depends on: the project's files, and files that the commands name."""
    named = {word.removeprefix("./") for command in setup for word in re.split(r"[\s=;&|'\"]+", command)}
    return tuple(sorted({*project.key_files, *(named & paths)}))


def _runner_of(command: str, paths: frozenset[str], read: Read, depth: int = 0) -> str:
    """The runner that a command comes to, also through package.json's scripts and the Makefile."""
    if found := runners_in(command):
        return found[0]
    if depth > 3:
        return ""
    for words in programs(command):
        inner = script(words, read) or (_recipe(words[1], read) if words[0] == "make" and len(words) > 1 else "")
        runner = _runner_of(inner, paths, read, depth + 1) if inner else ""
        if runner in _THROUGH_ANYTHING:
            return runner
    return ""


def _rust(paths: frozenset[str], read: Read) -> Project | None:
    if "Cargo.toml" not in paths:
        return None
    manifest = _toml(read("Cargo.toml"))
    workspace = isinstance(manifest.get("workspace"), dict)
    kinds = ("dependencies", "dev-dependencies", "build-dependencies", "target")
    needs = workspace or "Cargo.lock" not in paths or any(manifest.get(kind) for kind in kinds)
    return Project(
        setup=("cargo fetch",) if needs else (),
        test="cargo test --workspace" if workspace else "cargo test",
        runner="cargo",
        clients=("cargo",),
        key_files=fitting(paths, r"(.*/)?Cargo\.(toml|lock)|rust-toolchain(\.toml)?"),
        because=("Cargo.toml",),
        endings=(".rs",),
    )


def _toml(text: str | None) -> dict[str, object]:
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _go(paths: frozenset[str]) -> Project | None:
    if "go.mod" not in paths:
        return None
    # Without go.sum nothing is required from elsewhere.
    setup = ("go mod download",) if "go.sum" in paths else ()
    keys = fitting(paths, r"go\.(mod|sum|work|work\.sum)")
    return Project(setup, "go test ./...", "go", ("go",), keys, ("go.mod",), (".go",))


def _maven(paths: frozenset[str]) -> Project | None:
    if "pom.xml" not in paths:
        return None
    maven = "./mvnw" if "mvnw" in paths else "mvn"
    # surefire fetches the provider for the tests' framework only when it is about to run some: none has this name.
    none = "-Dtest=NoTestOfThisName -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false"
    keys = fitting(paths, r"(.*/)?pom\.xml|\.mvn/.*")
    setup = (f"{maven} --batch-mode test {none}",)
    return Project(setup, f"{maven} test", "maven", ("maven",), keys, ("pom.xml",), (".java", ".kt"))


def _gradle(paths: frozenset[str]) -> Project | None:
    found = fitting(paths, r"(settings|build)\.gradle(\.kts)?")
    if not found:
        return None
    gradle = "./gradlew" if "gradlew" in paths else "gradle"
    keys = fitting(
        paths, r"(.*/)?((settings|build)\.gradle(\.kts)?|gradle\.(properties|lockfile)|libs\.versions\.toml)"
    )
    # What tests need at run time is resolved only when they run; that they fail at base is no fault of the set-up.
    setup = (f"{gradle} --no-daemon testClasses", f"{gradle} --no-daemon test --continue || true")
    return Project(setup, f"{gradle} test", "gradle", ("maven",), keys, found[:1], (".java", ".kt", ".groovy"))


def _make(paths: frozenset[str], read: Read) -> Project:
    """The Makefile's `test` or `check`, where nothing else tells."""
    if "Makefile" in paths:
        for target in ("test", "tests", "check"):
            if recipe := _recipe(target, read):
                return Project(
                    test=f"make {target}", runner=_runner_of(recipe, paths, read, 1), because=("Makefile",)
                ).through(_THROUGH_ANYTHING)
    return Project()


def _recipe(target: str, read: Read) -> str:
    """The commands of a Makefile's target, with make's own signs taken off."""
    found = re.search(rf"(?m)^{re.escape(target)}[ \t]*:(?!=).*\n((?:\t.*\n?|[ \t]*\n)+)", read("Makefile") or "")
    lines = found[1].splitlines() if found else []
    return "\n".join(re.sub(r"^[@\-+]+", "", line.strip()) for line in lines if line.strip())
