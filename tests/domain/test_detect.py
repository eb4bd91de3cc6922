"""What a repository's files tell of its set-up and tests."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain.commandline import programs, runners_in
from bot.domain.detect import detect
from bot.domain.rules import Detected, Rules
from bot.projectfiles import tells

VENV = "python3 -m venv /opt/env"
PIP = "/opt/env/bin/python -m pip install"
BERRY = (
    "env YARN_ENABLE_TELEMETRY=0 ${http_proxy:+YARN_HTTP_PROXY=$http_proxy} "
    "${https_proxy:+YARN_HTTPS_PROXY=$https_proxy} "
    "${npm_config_registry:+YARN_NPM_REGISTRY_SERVER=$npm_config_registry}"
)
POETRY = "'pytest>=7.1' 'mock~=4.0' z w==1.2 'v>=1,<2' 'u>=3'"


def in_other_versions(lines: str) -> str:
    """What can't be built as it is asked for is taken in any version, or left out."""
    plain = r"sed 's/[[:space:]]*\(#\|\\\).*//; /^[^A-Za-z]/d; /^$/d'"
    build = f'{PIP[:-8]} wheel --no-deps --wheel-dir /tmp/wheels "$each" >&2 && echo "$each" && break'
    tried = f'for each in "$one" "${{one%%[!A-Za-z0-9._-]*}}"; do {build}; done'
    loop = f"{{ {lines}; }} | {plain} | while read -r one; do {tried}; done > /tmp/wanted"
    return f" || {{ {loop}; {PIP} -e . -r /tmp/wanted || {{ {PIP} -r /tmp/wanted && {PIP} -e .; }}; }}"


(_, LAST) = (
    detect(["package.json"], {"package.json": '{"dependencies": {"a": "1"}}'}.get, Rules())
    .setup[0]
    .split("--legacy-peer-deps || ", 1)
)
"""What every client does at last, which is tried below as it is."""


def leniently(command: str, without: str = "--ignore-scripts") -> str:
    """Packages are installed, and installed without their scripts where these fail; with npm whatever peers they ask
    for; and at last without those that can't be had."""
    peers = f" || {command} {without} --legacy-peer-deps" if command.startswith("npm ") else ""
    return f"{command} || {command} {without}{peers} || {LAST}"


def from_registry(command: str) -> str:
    """The first yarn's lock file says where packages come from; for the installation that is npm's registry."""
    changed = (
        r"""sed -i -E "s#(resolved \"?)https?://[^/]+/((@[^/]+/)?[^/]+/-/)#\1${npm_config_registry%/}/\2#" yarn.lock"""
    )
    before = f'cp yarn.lock /tmp/ && {{ test -z "$npm_config_registry" || {changed}; }}'
    return f"{before}; {{ {command}; }}; ended=$?; cp /tmp/yarn.lock .; (exit $ended)"


def seen(files: Mapping[str, str], rules: Rules | None = None) -> Detected:
    return detect(files.keys(), files.get, rules or Rules())


def python(setup: str, *key_files: str, because: tuple[str, ...] = (), test: str = "python -m pytest") -> Detected:
    return Detected(
        setup=(VENV, setup),
        test=test,
        runner="pytest" if "pytest" in test else "unittest",
        clients=("pip",),
        key_files=key_files,
        because=because or key_files,
    )


def test_nothing_is_detected_in_a_repository_without_project_files() -> None:
    assert seen({"README.md": "words", "src/a.c": ""}) == Detected()


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"tox.ini": "[testenv]\ndeps=\n pytest\n pytest-cov"}, False),
        ({"tox.ini": "[testenv]\ndeps=\n pytest\n pytest-flake8"}, True),
        ({"requirements-dev.txt": "-r more.txt", "more.txt": "pytest-flake8"}, True),
    ],
)
def test_pytest_is_taken_back_to_what_a_plugin_was_written_for(files: dict[str, str], wanted: bool) -> None:
    *_, last = seen({"setup.py": "", "tests/test_c.py": "import pytest", **files}).setup
    assert ('pip install "pytest<$newer"' in last) == wanted


@pytest.mark.parametrize(
    ("files", "test"),
    [
        ({"calc.py": "", "test_calc.py": "import unittest"}, "python3 -m unittest"),
        ({"calc/__init__.py": "", "tests/test_c.py": "import unittest"}, "python3 -m unittest discover -s tests"),
        ({"tests/__init__.py": "", "tests/test_c.py": "from unittest import TestCase"}, "python3 -m unittest"),
        (
            {"src/c/__init__.py": "", "src/c/tests/__init__.py": "", "src/c/tests/test_c.py": "import unittest"},
            "PYTHONPATH=src python3 -m unittest discover -s src",
        ),
    ],
)
def test_a_project_of_the_standard_library_alone_needs_no_set_up(files: dict[str, str], test: str) -> None:
    found = seen(files)
    assert (found.setup, found.test, found.runner, found.clients) == ((), test, "unittest", ())
    declared = {**files, "pyproject.toml": "[project]\nname='c'\n[build-system]\nrequires=['hatchling']"}
    assert seen(declared) == Detected(test=test, runner="unittest", because=("pyproject.toml",))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            {
                "pyproject.toml": "[project]\ndependencies=['attrs']\n[build-system]\nrequires=['hatchling']\n"
                "[dependency-groups]\ntests=['pytest>8', {include-group='cov'}]\n"
                "cov=['coverage', {include-group='tests'}]",
                "tests/test_a.py": "",
            },
            python(f"{PIP} -e . 'pytest>8' coverage", "pyproject.toml"),
        ),
        (
            {
                "pyproject.toml": "[project]\noptional-dependencies={Test=['pytest'], docs=['sphinx']}\n"
                "[build-system]\nrequires=['setuptools_scm']\n[tool.pytest.ini_options]\n"
                "addopts=['--cov', '-n', 'auto']"
            },
            python(
                f"SETUPTOOLS_SCM_PRETEND_VERSION=9999.0.0 {PIP} -e '.[Test]' pytest-cov pytest-xdist", "pyproject.toml"
            ),
        ),
        (
            {
                "setup.py": "from setuptools import setup\nE = {'dev': ['pytest', 'mock']}\n"
                "setup(install_requires=read(), extras_require=E)",
                "tests/test_a.py": "",
            },
            python(f"{PIP} -e '.[dev]'", "setup.py"),
        ),
        (
            {
                "setup.cfg": "[metadata]\nname = a\n[options]\ninstall_requires =\n  six\n"
                "[options.extras_require]\ntesting =\n  pytest\n",
                "tests/test_a.py": "",
            },
            python(f"{PIP} -e '.[testing]'", "setup.cfg"),
        ),
        (
            {
                "requirements.txt": "six",
                "requirements-dev.txt": "-r requirements.txt\npytest==8 # pinned\n",
                "test_a.py": "import pytest",
            },
            python(f"{PIP} -r requirements.txt -r requirements-dev.txt", "requirements-dev.txt", "requirements.txt"),
        ),
        (
            {
                "pyproject.toml": "[tool.poetry]\nname='a'\n[tool.poetry.dependencies]\npython='^3.9'\nsix='^1'\n"
                "[tool.poetry.group.dev.dependencies]\npytest='^7.1'\nmock='~4.0'\nx={git='y'}\nz={version='*'}\nw='1.2'\n"
                "v='>=1, <2'\nu='~3'\n[build-system]\nrequires=['poetry-core']",
                "tests/test_a.py": "",
            },
            python(f"{PIP} -e . {POETRY}" + in_other_versions(rf"printf '%s\n' {POETRY}"), "pyproject.toml"),
        ),
        (
            {
                "setup.py": "setup(use_scm_version=True)",
                "tox.ini": "[testenv]\ndeps =\n  # words\n  pytest\n  py27: mock\n  {toxinidir}/x\n  -rfoo.txt\n",
                "test/test_a.py": "",
            },
            python(f"SETUPTOOLS_SCM_PRETEND_VERSION=9999.0.0 {PIP} -e . pytest", "setup.py", "tox.ini"),
        ),
        (
            {
                "setup.py": "NEEDED = ['mock>=2', 'hypothesis']\nsetup(name='a', tests_require=NEEDED)",
                "tox.ini": "[testenv]\ndeps = mock",
                "a/core_test.py": "import pytest",
            },
            python(
                f"{PIP} -e . mock hypothesis pytest" + in_other_versions(r"printf '%s\n' mock hypothesis pytest"),
                "setup.py",
                "tox.ini",
            ),
        ),
        (
            {"pyproject.toml": "[project]\ndependencies=['six']\n", "tests/test_a.py": "import unittest"},
            python(
                f"{PIP} six", "pyproject.toml", test="python -m unittest discover -s tests", because=("pyproject.toml",)
            ),
        ),
        (
            {
                "a.py": "",
                "tests/conftest.py": "",
                "tests/test_a.py": "",
                "pytest.ini": "[pytest]\naddopts = --asyncio-mode=strict\n",
            },
            python(f"{PIP} pytest pytest-asyncio", because=("pytest.ini",)),
        ),
    ],
)
def test_python_projects_are_installed_with_what_their_tests_need(files: dict[str, str], found: Detected) -> None:
    assert seen(files) == found


def test_the_sources_of_an_extension_module_belong_to_what_set_up_depends_on() -> None:
    """Else a later base would be tested with the module of an earlier one."""
    plain = {"setup.py": "setup(name='a', install_requires=['b'])", "a.c": "", "tests/test_a.py": "import pytest"}
    assert seen(plain).key_files == ("setup.py",)
    compiled = seen({**plain, "setup.py": "setup(ext_modules=[Extension('a', ['a.c'])])"})
    assert {"setup.py", "**/*.c", "**/*.pyx", "**/*.rs"} <= set(compiled.key_files)


LOCKED = """
[[package]]
name = "six"
version = "1.17.0"
source = { registry = "x" }
[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }
[[package]]
name = "pytest"
version = "8.4.2"
resolution-markers = ["python_full_version < '3.10'"]
[[package]]
name = "pytest"
version = "9.0.2"
resolution-markers = ["python_full_version >= '3.14'", "python_full_version >= '3.10'"]
[[package]]
name = "forked"
version = "1"
[[package]]
name = "forked"
version = "2"
"""


@pytest.mark.parametrize(
    ("lock", "constraints"),
    [
        (LOCKED, ["six==1.17.0", "pytest==9.0.2"]),
        ("[[package]]\nname = 'pytest'\nversion = '5.4.3'", None),
        ("package = 1", None),
        ("[[", None),
    ],
)
def test_locked_versions_are_installed_where_they_can_be(
    tmp_path: Path, lock: str, constraints: list[str] | None
) -> None:
    """pip stands for itself here. A lock from before this Python, or one that can't be read, is passed over."""
    found = seen({"setup.py": "", "poetry.lock": lock, "tests/test_a.py": "import pytest"})
    assert found.key_files == ("poetry.lock", "setup.py")
    (tmp_path / "poetry.lock").write_text(lock)
    command = found.setup[1].replace(PIP[:-8], "pip").replace("/tmp/locked", "constraints")
    command = command.replace("/opt/env/bin/python", shlex.quote(sys.executable))
    ran = subprocess.run(
        ["/bin/sh", "-c", "pip() { echo $*; }\n" + command], cwd=tmp_path, capture_output=True, check=True
    )
    if constraints is None:
        assert ran.stdout.decode() == "install -e . pytest\n"
    else:
        assert ran.stdout.decode() == "install --only-binary :all: -c constraints -e . pytest\n"
        assert (tmp_path / "constraints").read_text().splitlines() == constraints


def test_what_has_no_wheel_any_more_is_left_out_or_taken_in_another_version(tmp_path: Path) -> None:
    """pip stands for itself here: it can't build `old` in this version, nor `gone` in any."""
    listed = "-r other.txt\n# words\nold==1; x\nnew==2 # words\n  # via old\ngone==3 \\\n    --hash=x"
    _, command = seen({"setup.py": "", "tests/test_a.py": "import pytest", "test-requirements.txt": listed}).setup
    pip = "pip() { case $* in *old==*|*gone*|*test-requirements*) return 1; esac; test $1 = wheel || echo $*; }\n"
    command = command.replace(PIP[:-8], "pip").replace("/tmp/wanted", shlex.quote(str(tmp_path / "wanted")))
    words = ["/bin/sh", "-c", pip + 'cat() { echo "$text"; }\n' + command]
    ran = subprocess.run(words, env={**os.environ, "text": listed}, capture_output=True, check=True)
    assert (tmp_path / "wanted").read_text().splitlines() == ["pytest", "old", "new==2"]
    assert ran.stdout.decode() == f"install -e . -r {tmp_path}/wanted\n"


def test_files_that_requirements_include_are_read_when_it_comes_to_other_versions() -> None:
    files = {"requirements_dev.txt": "-r requirements/a.txt\nb==2", "requirements/a.txt": "--requirement=../c.txt #\n"}
    more = {"c.txt": "-rrequirements_dev.txt\n-r gone.txt\npytest\n", "setup.py": "", "tests/test_a.py": ""}
    wanted = in_other_versions("cat requirements_dev.txt; echo; cat requirements/a.txt; echo; cat c.txt")
    assert seen(files | more).setup == (VENV, f"{PIP} -e . -r requirements_dev.txt{wanted}")


def test_what_asks_for_another_version_of_the_project_is_installed_before_it(tmp_path: Path) -> None:
    """pip stands for itself here: together it finds that they conflict."""
    tox = "[testenv]\ndeps = linter==4\n"
    _, command = seen({"setup.py": "", "tests/test_a.py": "import unittest", "tox.ini": tox}).setup
    pip = 'pip() { test "$1 $2 $4" = "install -e linter==4" && return 1; test "$4" = -r && return 1; echo $*; }\n'
    command = command.replace(PIP[:-8], "pip").replace("/tmp/wanted", shlex.quote(str(tmp_path / "wanted")))
    ran = subprocess.run(["/bin/sh", "-c", pip + command], capture_output=True, check=True)
    assert ran.stdout.decode() == f"install -r {tmp_path}/wanted\ninstall -e .\n"


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("[tool.uv]\ndev-dependencies=['pytest']", "pytest"),
        ("[tool.pdm.dev-dependencies]\ntest=['pytest']", "pytest"),
        ("[tool.hatch.envs.test]\ndependencies=['pytest>1']", "'pytest>1'"),
        ("[tool.poetry.dev-dependencies]\npytest='*'", "pytest"),
    ],
)
def test_every_tool_s_groups_are_understood(table: str, word: str) -> None:
    files = {"pyproject.toml": f"{table}\n[build-system]\nrequires=[]", "tests/test_a.py": ""}
    assert seen(files).setup == (VENV, f"{PIP} -e . {word}")


PACKAGE = (
    '{"scripts": {"test": "npm run lint && npm run unit", "unit": "vitest run", "lint": "eslint ."},'
    '"devDependencies": {"vitest": "1"}}'
)
NONE = '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}, "devDependencies": {"jest": "1"}}'


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            {"package.json": PACKAGE, "package-lock.json": "", "a.ts": "", "b.ts": "", "requirements.txt": ""},
            Detected(
                setup=(leniently("npm ci --no-audit --no-fund"),),
                test="npm run unit",
                runner="vitest",
                clients=("npm",),
                key_files=("package-lock.json", "package.json"),
                because=("package.json",),
            ),
        ),
        (
            {"package.json": NONE, "yarn.lock": ""},
            Detected(
                setup=(from_registry(leniently("npx --yes yarn@1 install --frozen-lockfile")),),
                test="npx jest",
                runner="jest",
                clients=("npm",),
                key_files=("package.json", "yarn.lock"),
                because=("package.json",),
            ),
        ),
        (
            {"package.json": '{"type": "module"}', "test/a.test.js": ""},
            Detected(test="node --test", runner="node", because=("package.json",)),
        ),
        (
            {"package.json": '{"scripts": {"test": "mocha"}, "devDependencies": {"mocha": "1"}}'},
            Detected(
                setup=(leniently("npm install --no-audit --no-fund"),),
                test="npm test",
                runner="mocha",
                clients=("npm",),
                key_files=("package.json",),
                because=("package.json",),
            ),
        ),
        (
            {"Cargo.toml": "[workspace]", "Cargo.lock": "", "a/Cargo.toml": ""},
            Detected(
                setup=("cargo fetch",),
                test="cargo test --workspace",
                runner="cargo",
                clients=("cargo",),
                key_files=("Cargo.lock", "Cargo.toml", "a/Cargo.toml"),
                because=("Cargo.toml",),
            ),
        ),
        ({"Cargo.toml": "", "Cargo.lock": ""}, Detected(test="cargo test", runner="cargo", because=("Cargo.toml",))),
        (
            {"go.mod": "", "go.sum": "", "a.go": ""},
            Detected(
                setup=("go mod download",),
                test="go test ./...",
                runner="go",
                clients=("go",),
                key_files=("go.mod", "go.sum"),
                because=("go.mod",),
            ),
        ),
        ({"go.mod": ""}, Detected(test="go test ./...", runner="go", because=("go.mod",))),
        (
            {"Makefile": "x = y\ntest: deps\n\t@python -m pytest -q\n\ndeps:\n\ttrue\n"},
            Detected(test="make test", runner="pytest", because=("Makefile",)),
        ),
        (
            {"Makefile": "check:\n\tpython -m unittest\n"},
            Detected(test="make check", because=("Makefile",)),
        ),
    ],
)
def test_other_ecosystems_are_known_by_their_files(files: dict[str, str], found: Detected) -> None:
    assert seen(files) == found


@pytest.mark.parametrize(
    ("files", "test"),
    [({"pom.xml": ""}, "mvn test"), ({"pom.xml": "", "mvnw": ""}, "./mvnw test")],
)
def test_maven_fetches_what_its_tests_need_without_running_one(files: dict[str, str], test: str) -> None:
    found = seen(files)
    assert (found.test, found.runner, found.clients) == (test, "maven", ("maven",))
    assert "-Dtest=NoTestOfThisName" in found.setup[0]


def test_gradle_s_wrapper_is_used_where_there_is_one() -> None:
    assert seen({"build.gradle.kts": ""}).test == "gradle test"
    found = seen({"build.gradle": "", "gradlew": "", "gradle/libs.versions.toml": ""})
    assert (found.test, found.runner) == ("./gradlew test", "gradle")
    assert found.key_files == ("build.gradle", "gradle/libs.versions.toml", "gradlew")


def test_the_repository_s_own_words_win() -> None:
    files = {"pyproject.toml": "", "tests/test_a.py": "import unittest", "ci/req.txt": ""}
    rules = Rules(setup=("pip install -r ci/req.txt",), test="pytest -x", network=("pip", "a.example.org"))
    assert seen(files, rules) == Detected(
        setup=(VENV, "pip install -r ci/req.txt"),
        test="pytest -x",
        runner="pytest",
        clients=("pip",),
        key_files=("ci/req.txt", "pyproject.toml"),
        because=(".maestro.yml", "pyproject.toml"),
    )


@pytest.mark.parametrize(
    ("setup", "effective", "clients"),
    [
        ((), (), ()),
        (("python3 -m venv .venv && .venv/bin/pip install x",),) * 2 + (("pip",),),
        (("apt-get install -y x", "npm ci"),) * 2 + (("apt", "npm"),),
        (("python -m pip install x",), (VENV, "python -m pip install x"), ("pip",)),
    ],
)
def test_own_set_up_gets_an_environment_when_it_makes_none(
    setup: tuple[str, ...], effective: tuple[str, ...], clients: tuple[str, ...]
) -> None:
    found = seen({"a.py": ""}, Rules(setup=setup, test="make"))
    assert (found.setup, found.clients) == (effective, clients)


@pytest.mark.parametrize(
    ("scripts", "test", "runner"),
    [
        ({"test": "node --test && npm run types", "types": "tsc"}, "node --test", "node"),
        ({"test": "pnpm lint && vitest run --typecheck", "lint": "eslint"}, "npx vitest run", "vitest"),
        ({"test": "vitest --typecheck.enabled=true run"}, "npx vitest run", "vitest"),
        ({"test": "pnpm lint && pnpm test:types && pnpm vitest run"}, "npx vitest run", "vitest"),
        ({"test": "yarn unit", "unit": "NODE_ENV=test jest"}, "npm run unit", "jest"),
        ({"test": "nyc npm run unit", "unit": "mocha t"}, "npm test", "mocha"),
        ({"test": "xo && nyc ava && tsd"}, "npx nyc ava", "tap"),
        ({"test": "tape 'test/*.js' | tap-spec"}, "npm test", "tap"),
        ({"test": "npm run lint && npm run unit", "lint": "eslint .", "unit": "qunit test/"}, "npm run unit", "tap"),
        ({"test": "tap"}, "npm test", "tap"),
        ({"test": "eslint . && borp --timeout 60000"}, "npx borp --timeout 60000", "node"),
        ({"test": "nyc --all yarn unit", "unit": "mocha t"}, "npm run unit", "mocha"),
        (
            {
                "test": "c8 yarn a",
                "a": "yarn build && cross-env A=b B=c yarn unit",
                "build": "yarn tsc",
                "unit": "mocha t",
            },
            "npx tsc && A=b B=c npm run unit",
            "mocha",
        ),
        ({"test": "node -e \"f('a;b')\" && mocha; x", "x": "y"}, "npx mocha", "mocha"),
        (
            {"test": "yarn build && yarn mocha", "build": "node gen.js && cp a dist/a && eslint . && yarn tsc"},
            "node gen.js && cp a dist/a && npx tsc && npx mocha",
            "mocha",
        ),
        ({"test": "npm-run-all --silent lint unit", "lint": "eslint .", "unit": "mocha t"}, "npm run unit", "mocha"),
        (
            {"test": "run-s build 'test:*'", "build": "tsc", "test:a": "node --test a", "test:b": "eslint ."},
            "npm run build && npm run test:a",
            "node",
        ),
        ({"test": "run-p test:**", "test:a:b": "jest"}, "npm test", "jest"),
        ({"test": "run-s u", "u": "yarn mocha"}, "npx mocha", "mocha"),
        ({"test": "A=b yarn u", "u": "yarn mocha; x | y"}, "A=b sh -c 'mocha; x | y'", "mocha"),
        ({"test": "NODE_OPTIONS=--x jest"}, "NODE_OPTIONS=--x npx jest", "jest"),
        ({"test": "npm run u", "u": "NODE_OPTIONS='--x --y' jest"}, "NODE_OPTIONS='--x --y' npx jest", "jest"),
        ({"test": "cross-env NODE_OPTIONS=--x jest"}, "npx cross-env NODE_OPTIONS=--x jest", "jest"),
        ({"test": "NODE_ENV=test jest && eslint ."}, "NODE_ENV=test npx jest", "jest"),
        ({"test": "npm run a && npm run b -- -x", "a": "mocha a", "b": "mocha b"}, "npm test", "mocha"),
        ({"test": "npm run a && npm run size", "a": "mocha a", "size": "x"}, "npm run a", "mocha"),
        ({"pretest": "npm run build", "test": "mocha", "build": "tsc"}, "npm test", "mocha"),
        (
            {"pretest": "npm run build; eslint .", "test": "mocha", "build": "tsc"},
            "npm run build && npx mocha",
            "mocha",
        ),
        ({"test": "tsc -p . && mocha", "posttest": "eslint ."}, "npx tsc -p . && npx mocha", "mocha"),
        (
            {
                "test": "npm run build && mocha",
                "build": "run-s lint b:*",
                "lint": "eslint .",
                "b:a": "tsc",
                "b:stats": "x",
            },
            "npm run b:a && npx mocha",
            "mocha",
        ),
        ({"test": "(eslint . | tee x) && node --test"}, "npm test", "node"),
        (
            {"prepare": "husky && npm run build", "build": "rm -r dist; tsc", "test": "mocha"},
            "npm run build && npm test",
            "mocha",
        ),
        ({"prepare": "husky && tsc -p x", "test": "node --test"}, "npx tsc -p x && npm test", "node"),
        ({"prepare": "tsc", "test": "npm run c && mocha", "c": "tsc --noEmit"}, "npx tsc && npx mocha", "mocha"),
        ({"prepare": "husky install", "test": "node --test"}, "npm test", "node"),
        (
            {
                "prepare": "husky && npm run prepare:hooks",
                "prepare:hooks": "npx husky set x",
                "test": "npm run unit && karma start",
                "unit": "node bin/patched.js mocha t",
            },
            "npm run unit",
            "mocha",
        ),
        ({"prepare": "tsc", "test": "vitest run"}, "npm test", "vitest"),
        ({"prepare": "tsc", "pretest": "tsc", "test": "node --test"}, "npm test", "node"),
        ({"test": "yarn test"}, "npm test", ""),
        ({"test": "gulp"}, "npm test", ""),
        ({"test": 3}, "", ""),
    ],
)
def test_of_npm_test_only_what_runs_the_tests_is_run(scripts: dict[str, object], test: str, runner: str) -> None:
    found = seen({"package.json": json.dumps({"scripts": scripts})})
    assert (found.test, found.runner) == (test, runner)


def test_a_runner_behind_an_unknown_program_is_called_itself() -> None:
    """Well-known packages start vitest by a program of their own, and then measure sizes."""
    said = {"scripts": {"test": "ts-scripts test && npm run size"}, "devDependencies": {"vitest": "4"}}
    assert seen({"package.json": json.dumps(said)}).test == "npx vitest run"
    said["devDependencies"]["mocha"] = "11"
    assert seen({"package.json": json.dumps(said)}).runner == ""


@pytest.mark.parametrize(
    ("files", "manager", "command"),
    [
        (("yarn.lock",), "yarn@1.22.22+sha512.abc", "npx --yes yarn@1.22.22 install --frozen-lockfile"),
        (("yarn.lock", ".yarnrc.yml"), "", f"{BERRY} npx --yes --package=@yarnpkg/cli-dist yarn install --immutable"),
        (
            ("yarn.lock",),
            "yarn@4.1.0",
            f"{BERRY} npx --yes --package=@yarnpkg/cli-dist@4.1.0 yarn install --immutable",
        ),
        (("pnpm-lock.yaml",), "pnpm@10.2.0", "npx --yes pnpm@10.2.0 install --frozen-lockfile"),
        (("pnpm-lock.yaml",), "pnpm@1; curl x", "npx --yes pnpm@1 install --frozen-lockfile"),
        (("pnpm-lock.yaml",), "yarn@1.0.0", "npx --yes pnpm install --frozen-lockfile"),
    ],
)
def test_a_package_client_comes_in_the_version_that_the_package_names(
    files: tuple[str, ...], manager: str, command: str
) -> None:
    said = json.dumps({"packageManager": manager, "devDependencies": {"a": "1"}})
    wanted = leniently(command, "--mode=skip-build" if "cli-dist" in command else "--ignore-scripts")
    wanted = from_registry(wanted) if "yarn@" in command else wanted
    assert seen({"package.json": said} | dict.fromkeys(files, "")).setup == (wanted,)


@pytest.mark.parametrize("registry", ["https://mirror.invalid/npm/", ""])
def test_packages_of_the_first_yarn_come_from_the_registry_of_npm(tmp_path: Path, registry: str) -> None:
    """npx stands for itself here: it keeps what it sees of the lock file, and fails, as npm does at last."""
    lock = "".join(
        f'  resolved "https://{rest}"\n'
        for rest in ("a.invalid/@s/p/-/p-1.tgz#1", "a.invalid/p/-/p-1.tgz", "b.invalid/c/d")
    )
    (tmp_path / "yarn.lock").write_text(lock)
    (tmp_path / "package.json").write_text(text := json.dumps({"dependencies": {"p": "1"}}))
    (command,) = seen({"package.json": text, "yarn.lock": lock}).setup
    command = command.replace("/tmp/", shlex.quote(f"{tmp_path}/kept/"))
    (tmp_path / "kept").mkdir()
    words = ["/bin/sh", "-c", "npx() { cp yarn.lock seen; return 3; }\nnpm() { return 3; }\n" + command]
    ran = subprocess.run(words, env={**os.environ, "npm_config_registry": registry}, cwd=tmp_path, capture_output=True)
    assert (ran.returncode, (tmp_path / "yarn.lock").read_text()) == (3, lock)
    there = lock.replace("https://a.invalid/", registry) if registry else lock
    assert (tmp_path / "seen").read_text() == there


@pytest.mark.parametrize(
    ("files", "rules", "runner"),
    [
        ({"a.py": "", "test_a.py": "import unittest"}, Rules(test="pytest"), "pytest"),
        ({"package.json": PACKAGE}, Rules(test="npm run unit"), "vitest"),
        ({"Makefile": "t:\n\t-cargo test\n"}, Rules(test="make t"), "cargo"),
        ({"Makefile": "t:\n\tmvn test\n"}, Rules(test="make t"), ""),
        ({"a": ""}, Rules(test="./run", junit="out/*.xml"), "junit"),
        ({"a": ""}, Rules(test="cd x && go test ./...", junit="out.xml"), "go"),
        ({"Makefile": "t:\n\tmake t\n"}, Rules(test="make t"), ""),
    ],
)
def test_the_runner_of_an_own_command_is_found_through_scripts(
    files: dict[str, str], rules: Rules, runner: str
) -> None:
    assert (seen(files, rules).test, seen(files, rules).runner) == (rules.test, runner)


def test_own_test_commands_still_get_the_runner_installed() -> None:
    assert seen({"test_a.py": "import unittest"}, Rules(test="pytest")).setup == (VENV, f"{PIP} pytest")


def test_odd_entries_of_project_files_are_passed_over() -> None:
    files = {
        "pyproject.toml": "[dependency-groups]\ntest=['pytest', 3, {x='y'}]\n[build-system]\nrequires=[]",
        "setup.cfg": "[tool:pytest]\ntimeout = 9\n",
        "requirements-test.txt": "-c x.txt\n\n-r requirements-test.txt\n",
    }
    assert seen(files).setup == (VENV, f"{PIP} -e . pytest pytest-timeout")
    unread = {"setup.py": "import setuptools\nsetuptools.setup(install_requires='six')", "test_a.py": "import unittest"}
    assert seen(unread).setup == (VENV, f"{PIP} -e .")
    assert seen({**files, "pyproject.toml": ""}).setup == (
        VENV,
        f"{PIP} -r requirements-test.txt pytest pytest-timeout",
    )


@pytest.mark.parametrize(
    ("file", "text", "version"),
    [
        ("CHANGELOG.md", "# Changes\n\nFor Python 3.9.\n\n## [2.1.0] - 2026-01-01\n\n## 2.0.0\n", "2.1.0"),
        ("CHANGELOG.rst", "Changelog\n=========\n\npluggy 1.6.0 (2025-05-15)\n=========================\n", "1.6.0"),
        ("changelog", "Unreleased\n\nv7.4\n\n* needs six 1.0\n\nv7.3\n", "7.4"),
        ("NEWS.txt", "* it is 3.1 times quicker\n", "9999.0.0"),
        ("CHANGES.md", "## 2026-01-02\n", "9999.0.0"),
        ("docs/changelog.rst", "###\n Changelog\n###\n\n***\n 3.29.4 (2026-06-13)\n***\n", "3.29.4"),
        ("src/CHANGELOG.md", "## 1.2.3\n", "9999.0.0"),
    ],
)
def test_a_version_that_tags_would_tell_is_the_change_log_s(file: str, text: str, version: str) -> None:
    found = seen({"setup.py": "setup(use_scm_version=True)", "tests/test_a.py": "import pytest", file: text})
    assert found.setup == (VENV, f"SETUPTOOLS_SCM_PRETEND_VERSION={version} {PIP} -e . pytest")


def test_plain_requirements_of_a_project_are_for_development_where_they_bring_pytest() -> None:
    files = {"setup.py": "setup()", "tests/test_a.py": "import pytest"}
    wanted = (VENV, f"{PIP} -e . -r requirements.txt" + in_other_versions("cat requirements.txt"))
    assert seen(files | {"requirements.txt": "pytest>=7\nsh\n"}).setup == wanted
    assert seen(files | {"requirements.txt": "sh\n"}).setup == (VENV, f"{PIP} -e . pytest")


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ("py38", True),
        ("py3", True),
        ("test-py38", True),
        ("{py27,py38}-test", True),
        ("py27,py38", True),
        ("!py27", True),
        ("py37", False),
        ("py38-django", False),
        ("docs", False),
    ],
)
def test_what_tox_installs_for_tests_on_the_newest_python_is_installed(condition: str, taken: bool) -> None:
    tox = f"[tox]\nenvlist = py{{27,37,38}}\n[testenv]\ndeps =\n  pytest\n  {condition}: hypothesis==4.43.3\n"
    wanted = " hypothesis" + in_other_versions(r"printf '%s\n' pytest hypothesis") if taken else ""
    found = seen({"setup.py": "", "tox.ini": tox, "tests/test_a.py": "", "docs/conf.py": ""})
    assert found.setup == (VENV, f"{PIP} -e . pytest{wanted}")


@pytest.mark.parametrize(
    ("tox", "installed"),
    [
        ("deps =\n  .[docs]\n  pytest", "'.[docs]' pytest"),
        ("extras = all, docs\ndeps = pytest", "'.[all,docs]' pytest"),
        ("extras = unit: docs\ndeps =\n  .\n  pytest", ". pytest"),
        (
            "deps = pytest\ncommands =\n  pip install -e .[d]\n  pytest\n  pip install -e .[e]\n  pytest",
            "'.[d]' pytest",
        ),
    ],
)
def test_the_project_comes_with_the_extras_that_tox_installs(tox: str, installed: str) -> None:
    found = seen({"setup.py": "", "tox.ini": f"[testenv]\n{tox}\n", "tests/test_a.py": ""})
    assert found.setup == (VENV, f"{PIP} -e {installed}")


@pytest.mark.parametrize(
    ("section", "extras"), [("py{310,311}", "fast,test"), ("", "fast,test"), ("py310-docs", "test"), ("docs", "test")]
)
def test_what_tox_installs_beside_the_extra_for_tests_is_for_tests_too(section: str, extras: str) -> None:
    listed = 'test = ["pytest"]\nfast = ["orjson"]\ncov = ["pytest-cov"]'
    tox = f"[testenv{section and ':'}{section}]\nextras =\n  fast\n  cov\n  test\n"
    files = {"pyproject.toml": f"[project]\nname = 'a'\n[project.optional-dependencies]\n{listed}", "tox.ini": tox}
    found = seen({**files, "setup.py": "", "tests/test_a.py": ""}).setup[1]
    assert found.startswith(f"{PIP} -e '.[{extras}]'")


@pytest.mark.parametrize(
    ("command", "test"),
    [
        ("python -m unittest discover -p *_test.py", "python -m unittest discover -p '*_test.py'"),
        ("coverage run -m unittest discover a {posargs}", "python -m unittest discover a"),
        ("{envpython} -m unittest", "python -m unittest"),
        ("python -m unittest {toxinidir}/a", "python -m pytest"),
        ("python -m unittest discover 'a b'", "python -m pytest"),
        ("flake8 unittest", "python -m pytest"),
    ],
)
def test_unittest_is_run_as_tox_runs_it(command: str, test: str) -> None:
    tox = f"[testenv]\ndeps = six\ncommands =\n  python --version\n  {command}\n"
    assert seen({"setup.py": "", "tox.ini": tox, "a/tests/calc_test.py": ""}).test == test


@pytest.mark.parametrize(
    ("folder", "files", "test"),
    [
        ("changedir = src", {"src/a.py": ""}, "cd src && python3 -m unittest discover"),
        (
            "change_dir = {toxinidir}/tests/b",
            {"src/a.py": ""},
            "cd tests/b && PYTHONPATH=../../src python3 -m unittest discover",
        ),
        ("changedir = {tox_root}{/}tests", {}, "cd tests && PYTHONPATH=.. python3 -m unittest discover"),
        ("changedir = tests", {"six.py": "", "requirements.txt": "six"}, "cd tests && python -m unittest discover"),
        ("changedir = {envtmpdir}", {}, "python3 -m unittest discover"),
        ("changedir = ..", {}, "python3 -m unittest discover"),
        ("changedir = {toxinidir}", {}, "python3 -m unittest discover"),
    ],
)
def test_unittest_is_run_where_tox_runs_it(folder: str, files: dict[str, str], test: str) -> None:
    tox = f"[testenv]\n{folder}\ncommands = python -m unittest discover\n"
    assert seen({**files, "tox.ini": tox, "tests/b/test_a.py": "import unittest"}).test == test


@pytest.mark.parametrize(
    ("tox", "given"),
    [
        ("commands =\n  py.test -v --cov=a {posargs:tests/unit}", " tests/unit"),
        ("commands =\n  coverage erase\n  coverage run -m pytest ./tests/unit/ -s\n  coverage report", " tests/unit"),
        ("commands = pytest --cov-report term -k 'not x' {toxinidir}/tests/unit a.py {posargs}", " tests/unit a.py"),
        ("commands = pytest {posargs:tests}", ""),
        ("commands = pytest", ""),
        ("commands =", ""),
        ("commands = pytest {posargs:a.py}", ""),
        ("commands = pytest {posargs:tests/unit tests/gone}", ""),
        ("commands = pytest tests/unit/test_a.py::test_b", ""),
        ("commands = pytest --ignore tests/unit tests", ""),
        ("commands = pytest --strict tests/unit tests/more", ""),
        ("commands = pytest tests/{env:KIND} tests/unit", ""),
        ("commands =\n  pytest tests/unit\n  stestr run", ""),
        ("commands =\n  pytest tests/unit\n  pytest tests/more", ""),
        ("commands =\n  unit: pytest tests/unit", ""),
        ("commands = pytest tests/unit \\\n  tests/more", ""),
        ("changedir = tests\ncommands = pytest tests/unit", ""),
        ("commands = pytest tests/unit\n[testenv:more]\ncommands = pytest tests/more", ""),
        ("commands = pytest tests/unit\n[pytest]\ntestpaths = tests", ""),
        ("commands = flake8\n[testenv:unit]\ncommands = pytest tests/unit", ""),
    ],
)
def test_pytest_is_kept_from_the_tests_that_tox_keeps_it_from(tox: str, given: str) -> None:
    files = {"a.py": "", "tests/unit/test_a.py": "import pytest", "tests/more/test_b.py": "", "setup.py": ""}
    assert seen({**files, "tox.ini": f"[testenv]\n{tox}\n"}).test == f"python -m pytest{given}"


def test_unittest_is_run_as_hatch_runs_it_with_the_extras_that_it_names() -> None:
    pyproject = """
[project]
name = "c"
[project.optional-dependencies]
i18n = ["babel"]
[build-system]
requires = ["hatchling"]
[tool.hatch.envs.test]
features = ["i18n"]
scripts.test = 'python -m unittest discover -s c -p "*tests.py" {args}'
"""
    found = seen({"pyproject.toml": pyproject, "c/tests/base_tests.py": ""})
    assert (found.test, found.runner) == ("python -m unittest discover -s c -p '*tests.py'", "unittest")
    assert found.setup == (VENV, f"{PIP} -e '.[i18n]'")


STUB = r"""#!/usr/bin/env node
const fs = require('fs');
const [command, what] = process.argv.slice(2);
const wanted = command === 'install' && process.argv.at(-1);
const listed = JSON.parse(fs.readFileSync('package.json'));
if (command === 'view') process.exit(fs.existsSync('unreachable') ? 1 : 0);
if (command === 'pkg') delete listed.devDependencies[process.argv.at(-1).slice('devDependencies['.length, -1)];
if (command === 'pkg') fs.writeFileSync('package.json', JSON.stringify(listed));
if (what === '--dry-run') process.exit(/^@x\/b@|^c@/.test(wanted) ? 128 : 0);
const rest = Object.keys(listed.devDependencies);
if (wanted && rest.includes('@x/b')) process.exit(128);
if (wanted) fs.writeFileSync('installed', rest.join());
"""


@pytest.mark.parametrize(("reached", "installed"), [(True, "a,d"), (False, None)])
def test_npm_does_at_last_without_what_no_registry_has_while_one_answers(
    tmp_path: Path, reached: bool, installed: str | None
) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed on this machine")
    for folder in ("bin", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin" / "npm").write_text(STUB)
    (tmp_path / "bin" / "npm").chmod(0o755)
    listed = json.dumps({"devDependencies": {"a": "^1", "@x/b": "x/b#1", "c": "1 || >=2 <3", "d": "file:../d"}})
    (tmp_path / "package.json").write_text(listed)
    if not reached:
        (tmp_path / "unreachable").touch()
    command = LAST.replace("/tmp", str(tmp_path / "tmp"))
    env = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    ran = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=env, check=False, capture_output=True)
    got = tmp_path / "installed"
    assert (got.read_text() if got.exists() else None, ran.returncode) == (installed, 0 if reached else 128)
    assert (tmp_path / "package.json").read_text() == listed


@pytest.mark.parametrize("line", ["-e .[http2,socks]", "--editable=.[http2, socks]", ".[http2,socks]  # all"])
def test_the_extras_that_the_requirements_for_tests_name_are_installed_with_the_project(line: str) -> None:
    files = {"pyproject.toml": "[build-system]\nrequires=[]", "requirements.txt": f"{line}\npytest\n", "test_a.py": ""}
    assert seen(files).setup[1].startswith(f"{PIP} -e '.[http2,socks]' -r requirements.txt")


@pytest.mark.parametrize("ends", [0, 3])
def test_the_package_s_own_file_is_whole_again_once_others_are_installed(tmp_path: Path, ends: int) -> None:
    """npm stands for itself here: it takes nothing from anywhere but the registry."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed on this machine")
    text = json.dumps({"devDependencies": {"a": "b/a"}, "scripts": {"test": "mocha"}})
    (tmp_path / "package.json").write_text(text)
    (tmp_path / "kept").mkdir()
    (command,) = seen({"package.json": text}).setup
    had = f"! grep b/a package.json && return {ends}"
    does = f'case $1 in view) ;; pkg) echo "{{}}" > package.json ;; *) {had} ;; esac'
    words = ["/bin/sh", "-c", f"npm() {{ {does}; }}\n{command.replace('/tmp/', f'{shlex.quote(str(tmp_path))}/kept/')}"]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True)
    assert (ran.returncode, (tmp_path / "package.json").read_text()) == (ends, text)


def test_all_extras_are_installed_where_the_project_s_own_recipes_take_all() -> None:
    pyproject = """
[project]
name = "c"
optional-dependencies = { toml = ["tomli"], aws = ["boto3"] }
[dependency-groups]
testing = ["pytest"]
[build-system]
requires = []
"""
    files = {"pyproject.toml": pyproject, "Makefile": "install:\n\tuv sync --all-extras\n", "test_a.py": ""}
    assert seen(files).setup == (VENV, f"{PIP} -e '.[toml,aws]' pytest")


@pytest.mark.parametrize(
    ("before", "brought"), [("", " pytest-benchmark"), ("@pytest.hookimpl(optionalhook=True)", "")]
)
def test_a_plugin_whose_hooks_a_conftest_has_is_brought(before: str, brought: str) -> None:
    hook = f"import pytest\n{before}\ndef pytest_benchmark_update_machine_info(config): ..."
    found = seen({"setup.py": "", "benchmarks/conftest.py": hook, "tests/test_a.py": ""}).setup
    assert found[1] == f"{PIP} -e . pytest{brought}"


@pytest.mark.parametrize("own", ['pytest_plugins = ["tests.optional"]', "def pytest_configure(config): ..."])
def test_a_conftest_of_an_older_pytest_gets_one(own: str) -> None:
    files = {"setup.py": "", "tests/conftest.py": f"import pytest\n{own}\n", "tests/test_a.py": ""}
    (_, _, older) = seen(files).setup
    assert "--collect-only -q --ignore-glob='*'; test $? -ne 3; } && break; " in older


def test_tests_that_node_is_simply_given_report_by_tape_where_that_is_installed() -> None:
    package = {"scripts": {"test": "node test/index.js"}, "devDependencies": {"tape": "5"}}
    found = seen({"package.json": json.dumps(package), "test/index.js": ""})
    assert (found.test, found.runner) == ("npm test", "tap")


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("node --conditions development test/index.js", ("npm test", "node")),
        ("npm run lint && c8 npm run unit", ("npm run unit", "node")),
        ("eslint . && tsx ./tests/all.ts", ("npx tsx ./tests/all.ts", "node")),
        ("node run.js", ("npm test", "")),
        ("mocha && node test/index.js", ("npx mocha", "mocha")),
    ],
)
def test_tests_that_node_is_simply_given_tell_their_runner_by_what_they_load(test: str, found: tuple[str, str]) -> None:
    package = {"scripts": {"test": test, "lint": "xo --fix", "unit": "node test"}}
    files = {"package.json": json.dumps(package), "test/index.js": "import './a.js'"}
    own = seen({**files, "test/a.js": "import test from 'node:test'"})
    assert (own.test, own.runner) == found
    library = seen({**files, "test/a.js": "const Mocha = require('mocha')"})
    assert (library.test, library.runner) == (found[0], found[1] and "mocha")
    others = seen({**files, "test/a.js": "import assert from 'assert'"})
    assert (others.test, others.runner) == (found if found[1] == "mocha" else ("npm test", ""))


def test_of_a_tree_only_what_can_tell_of_commands_is_read() -> None:
    read = ["package.json", "test/a.mjs", "test.js", "docs/conf.py", "Makefile", "NEWS", ".maestro.yml", "a/tox.ini"]
    assert [path for path in (*read, "lib/a.js", "test/a/b.js", "test/a.ts", "a/b/setup.py") if tells(path)] == read


def test_broken_project_files_tell_nothing_and_break_nothing() -> None:
    files = dict.fromkeys(("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "package.json", "Cargo.toml"), "[[[ (")
    assert seen({**files, "tests/test_a.py": "\0"}).runner == "pytest"
    for name in files:
        for text in ("[[[ (", "[]", "", "a\0b", "{" * 9999, "x: [", '{"scripts": 3}', "[project]\ndependencies = 3"):
            assert detect([name], {name: text}.get, Rules()).key_files in {(name,), ()}
    assert detect(["setup.py", "package.json"], lambda _: None, Rules()).because == ("setup.py",)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("pytest -x", (("pytest", "-x"),)),
        ("c8 --exclude dist -r text mocha test", (("mocha", "test"),)),
        ("nyc --reporter=lcov --all npm run unit", (("npm", "run", "unit"),)),
        ("cd a && PYTHONPATH=. python3.12 -W error -m pytest; ls", (("cd", "a"), ("pytest",), ("ls",))),
        ("poetry run coverage run --branch -m unittest", (("unittest",),)),
        ("timeout -k 5 60 env A=b /opt/env/bin/python -munittest -v", (("unittest", "-v"),)),
        ("npx --yes jest | tee x", (("jest",), ("tee", "x"))),
        ("yarn vitest run", (("vitest", "run"),)),
        ("python \\\n  tests/run.py", (("python", "tests/run.py"),)),
        ("npm exec -- jest", (("jest",),)),
        ("echo 'unbalanced", ()),
        ("A=b", ()),
        ("", ()),
    ],
)
def test_programs_are_seen_through_wrappers(command: str, found: tuple[tuple[str, ...], ...]) -> None:
    assert programs(command) == found


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("cargo +nightly test --workspace", ("cargo",)),
        ("cargo build && go vet ./...", ()),
        ("node --import tsx --test", ("node",)),
        ("node server.js", ()),
        ("node bin/patched.js mocha test/mocha", ("mocha",)),
        ("node --expose-gc node_modules/jest/bin/jest.js", ("jest",)),
        ("node tools/jest/run.js test/mocha", ()),
        ("./mvnw -B verify && gradle test && py.test", ("maven", "gradle", "pytest")),
        ("pip install pytest", ()),
        ("make test", ()),
    ],
)
def test_runners_are_known_by_the_programs_that_a_command_starts(command: str, found: tuple[str, ...]) -> None:
    assert runners_in(command) == found
