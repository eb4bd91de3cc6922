"""Python projects: what installs them for their tests, and what runs these.

The environment is a virtual one at /opt/env, whose bin/ comes first in PATH. A project that needs nothing beyond the
standard library has no set-up at all, and so needs no network.
"""

import posixpath
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.projects import Project, Read, fitting
from bot.domain.pythonfiles import Declared, declared, name_of

ENVIRONMENT = "/opt/env"
PYTHON = f"{ENVIRONMENT}/bin/python"
_TEST_WORDS = ("test", "tests", "testing", "unittest", "unit-tests", "ci")
_DEV_WORDS = ("dev", "develop", "development")
_TEST_FILES = r"(.*/)?(test_[^/]*|[^/]*_test|tests|test)\.py"
_KEYS = (
    r"pyproject\.toml|setup\.(py|cfg)|tox\.ini|(.*/)?[^/]*(requirements|constraints)[^/]*\.(txt|in)|requirements/.*\.txt"
    r"|poetry\.lock|pdm\.lock|uv\.lock|Pipfile(\.lock)?"
)
_PLUGINS = (
    (r"--cov\b", "pytest-cov"),
    (r"(^|\s)(-n\s*\d|-n\s*auto|--numprocesses|--dist)\b", "pytest-xdist"),
    (r"\basyncio[-_](mode|default)", "pytest-asyncio"),
    (r"(^|\s)(--timeout\b|timeout =)", "pytest-timeout"),
    (r"DJANGO_SETTINGS_MODULE", "pytest-django"),
    (r"--benchmark-", "pytest-benchmark"),
    (r"--randomly-", "pytest-randomly"),
)
"""What pytest's configuration asks for, and the plugin that understands it."""

_HOOK = re.compile(r"(?m)(?<!optionalhook=True\)\n)^def pytest_(benchmark|html|xdist)_")
"""The hooks of a plugin in a conftest, which pytest refuses where that is not there, whatever is to be run."""

_AS_PLUGINS_WANT = (
    f"for newer in 9 8; do {PYTHON} -m pytest -c /dev/null --noconftest -VV && "
    f"{{ {PYTHON} -m pytest --collect-only -q --ignore-glob='*'; test $? -ne 3; }} && break; "
    f'{PYTHON} -m pip install "pytest<$newer"; done || true'
)
"""pytest ends at once, whatever is to be run, where a plugin that is installed was written for an older one; with an
error of its own (3) where a conftest was."""

_REQUIREMENTS = r"""'s/[[:space:]]*\(#\|\\\).*//; /^[^A-Za-z]/d; /^$/d'"""
"""sed's words for the plain requirements of a file."""

_RECIPES = ("Makefile", "noxfile.py", "tox.ini")
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_READ_LOCK = """
import sys, tomllib
from pip._vendor.packaging.markers import Marker
versions = {}
for package in tomllib.load(open(sys.argv[1], "rb"))["package"]:
    forks = package.get("resolution-markers")
    if "registry" in package.get("source", ["registry"]) and (not forks or any(Marker(m).evaluate() for m in forks)):
        versions.setdefault(package["name"], set()).add(package["version"])
locked = {name: found.pop() for name, found in versions.items() if len(found) == 1}
if [int(part) for part in locked.get("pytest", "9.0").split(".")[:2]] < [7, 2]:
    sys.exit("locked before this Python was there")
print(*(f"{name}=={version}" for name, version in locked.items()), sep="\\n")
"""
"""Prints as constraints for pip what a lock file names in one version for the Python that is here, which a pytest from
before 7.2 can't run on."""

_BY_TAG = (
    (r"setuptools[_-]scm|hatch-vcs|flit[_-]scm|use_scm_version", "SETUPTOOLS_SCM_PRETEND_VERSION"),
    (r"pdm[-.]backend", "PDM_BUILD_SCM_VERSION"),
    (r"poetry-dynamic-versioning", "POETRY_DYNAMIC_VERSIONING_BYPASS"),
    (r"\bpbr\b", "PBR_VERSION"),
)
_VERSION = "9999.0.0"
"""The work tree has no tags to take a version from. Where it comes from tags it is the newest that the change log
names, since test tools may want the project itself neither too old nor too new (`pluggy<2`); else a high one."""

_CHANGE_LOG = r"(docs?/)?(?i:change-?log|changes|history|news)(\.(rst|md|txt))?"
_HEADING = re.compile(
    r"^(?:#+ (?P<marked>.*)|(?P<underlined>.*\d.*)\n[-=~^*]{3,}|(?P<alone>\[?v?\d+(?:\.\d+)+\]?)(?: *[(-].*)?)$",
    re.MULTILINE,
)
_NUMBER = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+){1,3})(?![\w.])")

_COMPILED = re.compile(r"ext_modules|maturin|scikit_build|scikit-build|mesonpy|cython|cffi_modules", re.IGNORECASE)

_COMPILED_FROM = tuple(f"**/*.{kind}" for kind in ("c", "h", "cc", "cpp", "hpp", "pyx", "pxd", "pxi", "rs"))


def python_project(paths: frozenset[str], read: Read, runner: str = "") -> Project | None:
    """The Python project at the top of the tree; None when nothing there is Python. `runner`: already known from the
    repository's own rules."""
    because = fitting(paths, r"pyproject\.toml|setup\.(py|cfg)|tox\.ini|pytest\.ini|requirements[^/]*\.txt")
    tests = fitting(paths, _TEST_FILES)
    if not because and not tests:
        return None
    facts = _Facts(paths, read, declared(paths, read), tests)
    chosen = runner if runner in {"pytest", "unittest"} else facts.runner()
    setup = facts.setup(chosen)
    return Project(
        setup=setup,
        test=facts.command(chosen, bool(setup)),
        runner=chosen,
        clients=("pip",),
        key_files=fitting(paths, _KEYS) + (_COMPILED_FROM if setup and facts.compiled else ()),
        because=because[:3] or tests[:1],
        endings=(".py", ".pyx", ".pyi"),
        runners=("pytest", "unittest"),
    )


def python_requirements(paths: frozenset[str], read: Read) -> tuple[str, ...]:
    """What set-up installs beside the project, each as pip's word for one package."""
    facts = _Facts(paths, read, declared(paths, read), fitting(paths, _TEST_FILES))
    return facts.requirements(facts.runner())


@dataclass(frozen=True, slots=True)
class _Facts:
    paths: frozenset[str]
    read: Read
    said: Declared
    tests: tuple[str, ...]

    @property
    def compiled(self) -> bool:
        """Whether installing the project compiles sources of its own, which set-up then depends on."""
        return bool(_COMPILED.search(self.said.build_text))

    def runner(self) -> str:
        """pytest where anything speaks for it; unittest where tox or hatch runs it, or the tests that can be read speak
        only of that."""
        if not self.tests and not self.said.pytest_config:
            return "unittest" if self.said.unittest is not None else ""
        named = {name_of(requirement) for requirement in self.said.everything()}
        configured = self.said.pytest_config is not None or self.said.tox_has("pytest")
        if configured or "pytest" in named or self._any_conftest():
            return "pytest"
        if self.said.unittest is not None:
            return "unittest"
        texts = [text for path in self.tests[:50] if (text := self.read(path)) is not None]
        if any(re.search(r"(?m)^\s*(import|from) pytest\b", text) for text in texts):
            return "pytest"
        plain = [text for text in texts if re.search(r"(?m)^\s*(import|from) unittest\b", text)]
        return "unittest" if plain and self._start() is not None else "pytest"

    def _any_conftest(self) -> bool:
        return any(path.rpartition("/")[2] == "conftest.py" for path in self.paths)

    def _start(self) -> str | None:
        """Where unittest's discovery must begin: '' the top, else a folder; None where one place is not enough."""
        roots = {self._root(path.rpartition("/")[0]) for path in self.tests}
        return roots.pop() if len(roots) == 1 else None

    def _root(self, folder: str) -> str:
        """The folder that the packages above a test begin in: `tests` itself when that is no package."""
        while folder and f"{folder}/__init__.py" in self.paths:
            folder = folder.rpartition("/")[0]
        return folder

    def command(self, runner: str, installed: bool) -> str:
        folder = self.said.unittest_in if runner == "unittest" else ""
        python = "python" if installed else f"{self._python_path(folder)}python3"
        if runner == "pytest":
            return " ".join([f"{python} -m pytest", *map(shlex.quote, self._narrower())])
        if runner == "unittest" and self.said.unittest is not None:
            there = f"cd {shlex.quote(folder)} && " if folder else ""
            return " ".join([f"{there}{python} -m unittest", *map(shlex.quote, self.said.unittest)])
        if runner == "unittest":
            start = self._start()
            return f"{python} -m unittest" + (f" discover -s {shlex.quote(start)}" if start else "")
        return ""

    def _python_path(self, folder: str) -> str:
        """What lets a Python that starts in the folder find the modules of a project that is not installed."""
        modules = "src" if fitting(self.paths, r"src/[^/]+/__init__\.py|src/[^/]+\.py") else ""
        there = posixpath.relpath(f"/{modules}", f"/{folder}")
        return "" if there == "." else f"PYTHONPATH={shlex.quote(there)} "

    def _narrower(self) -> tuple[str, ...]:
        """What tox gives pytest, where that keeps it from other tests: unless it does, where they are may change."""
        given = self.said.pytest
        inside = [path for path in self.tests if path in given or path.startswith(tuple(f"{one}/" for one in given))]
        configured = re.search(r"(?m)^\s*testpaths\b", self.said.pytest_config or "")
        return given if 0 < len(inside) < len(self.tests) and not configured else ()

    def setup(self, runner: str) -> tuple[str, ...]:
        """An environment with the project, what its tests need, and the runner; () where Python alone will do."""
        wanted = [*self._project(), *self._for_tests(runner)]
        if not wanted or (runner != "pytest" and wanted == ["-e", "."] and not self.said.needs and not self.compiled):
            return ()
        versions = [f"{name}={self._version()} " for sign, name in _BY_TAG if re.search(sign, self.said.build_text)]
        pip = f"{''.join(versions)}{PYTHON} -m pip"
        words = " ".join(map(shlex.quote, wanted))
        install = f"{self._as_locked(pip, words)}{pip} install {words}{self._in_other_versions(pip, wanted)}"
        made = (f"python3 -m venv {ENVIRONMENT}", install)
        return (*made, _AS_PLUGINS_WANT) if runner == "pytest" and self._hooks_in() else made

    def _as_locked(self, pip: str, words: str) -> str:
        """What is tried first where the project has a lock file: the versions that its own people run the tests with,
        as long as there are wheels of them."""
        lock = next((name for name in _LOCKS if name in self.paths), "")
        read = f"{PYTHON} -c {shlex.quote(_READ_LOCK)} {lock} > /tmp/locked"
        return f"{read} && {pip} install --only-binary :all: -c /tmp/locked {words} || " if lock else ""

    def _in_other_versions(self, pip: str, wanted: list[str]) -> str:
        """What is done where not all that tests are to be run with can be installed any more, since no wheel of it
        fits and its build tools went on: what can't be built is taken in any version, or left out. What asks for
        another version of the project itself is installed before it, as tox does. Besides pinned versions it is the
        lists of tox and setup.py that grow old."""
        own, rest = wanted[: len(self._project())], wanted[len(self._project()) :]
        file, listed = (rest[1], rest[2:]) if rest[:1] == ["-r"] else ("", rest)
        aged = {word for word in self.said.test_requirements if name_of(word) != "pytest"}
        if not self.said.installable or not (file or any("==" in word or word in aged for word in listed)):
            return ""
        said = f"printf '%s\\n' {' '.join(map(shlex.quote, listed))}" if listed else ""
        # A file may end without a line break.
        lines = "; echo; ".join(filter(None, (said, *(f"cat {shlex.quote(each)}" for each in self._files(file)))))
        built = f'{pip} wheel --no-deps --wheel-dir /tmp/wheels "$each" >&2 && echo "$each" && break'
        tried = f'for each in "$one" "${{one%%[!A-Za-z0-9._-]*}}"; do {built}; done'
        loop = f"{{ {lines}; }} | sed {_REQUIREMENTS} | while read -r one; do {tried}; done > /tmp/wanted"
        project = f"{pip} install {' '.join(map(shlex.quote, own))}"
        return f" || {{ {loop}; {project} -r /tmp/wanted || {{ {pip} install -r /tmp/wanted && {project}; }}; }}"

    def _hooks_in(self) -> bool:
        """Whether the project asks for plugins of pytest, or has some of its own, that may have stayed behind it."""
        required = (*self.said.everything(), *self._in_file(self._file()), *self._in_file("requirements.txt"))
        kept = {name for _, name in _PLUGINS}
        asked = any(name.startswith("pytest-") and name not in kept for name in map(name_of, required))
        return asked or any(re.search(r"(?m)^def pytest_|^pytest_plugins\b", text) for text in self._conftests())

    def _conftests(self) -> Iterable[str]:
        return (self.read(path) or "" for path in fitting(self.paths, r"(.*/)?conftest\.py"))

    def _version(self) -> str:
        """The version under the topmost heading of the change log that has one."""
        for path in fitting(self.paths, _CHANGE_LOG):
            for heading in _HEADING.finditer(self.read(path) or ""):
                if found := _NUMBER.search(next(filter(None, heading.groups()), "")):
                    return found[1]
        return _VERSION

    def _project(self) -> list[str]:
        """pip's words for the project itself, or for what it depends on where it can't be installed."""
        if self.said.installable:
            extras = ",".join(self._extras())
            return ["-e", f".[{extras}]" if extras else "."]
        if "requirements.txt" in self.paths:
            return ["-r", "requirements.txt"]
        return [*self.said.dependencies, *self._of_extras()]

    def _extras(self) -> tuple[str, ...]:
        """All where the project's own recipes take all; else the extra for tests and those that tox or hatch installs,
        or those that the requirements file for tests names."""
        if any("--all-extras" in (self.read(path) or "") for path in _RECIPES):
            return tuple(self.said.extras)
        extra = _pick(self.said.extras)
        named = re.findall(r"(?m)^(?:(?:-e|--editable)[ =]*)?\.\[([\w\s,.-]+)\]", self.read(self._file()) or "")
        by_file = tuple(word.strip() for words in named for word in words.split(","))
        beside = (name for name in self.said.run_extras if not self._brings_plugins(name))
        return tuple(dict.fromkeys((*beside, extra))) if extra else self.said.run_extras or by_file

    def _brings_plugins(self, extra: str) -> bool:
        """Whether an extra is for what measures or looks while tests run, rather than for what these use."""
        return any(name_of(requirement).startswith("pytest-") for requirement in self.said.extras.get(extra, ()))

    def _of_extras(self) -> list[str]:
        return [requirement for extra in self._extras() for requirement in self.said.extras.get(extra, ())]

    def _for_tests(self, runner: str) -> list[str]:
        """pip's words for what the tests need: a dependency group, a requirements file, what tox and setup.py list,
        then what is still missing of pytest and the plugins that its configuration speaks of."""
        extra, group = _pick(self.said.extras), _pick(self.said.groups)
        brought = [*self.said.dependencies, *self._of_extras()]
        words: list[str] = [*self.said.groups[group]] if group else []
        brought += words
        if not group and not (extra and {name_of(one) for one in brought} & {"pytest", "unittest2"}):
            file = self._file()
            words += ["-r", file] if file else ([] if extra else list(self.said.test_requirements))
            brought += [*self._in_file(file), *(() if file or extra else self.said.test_requirements)]
        if runner == "pytest":
            known = {name_of(requirement) for requirement in (*brought, *self._in_file("requirements.txt"))}
            config = self.said.pytest_config or ""
            plugins = [name for sign, name in _PLUGINS if re.search(sign, config, re.MULTILINE)]
            plugins += sorted(
                {f"pytest-{name}" for text in self._conftests() for name in _HOOK.findall(text)} - {*plugins}
            )
            words += [name for name in ("pytest", *plugins) if name not in known]
        return words

    def requirements(self, runner: str) -> tuple[str, ...]:
        words = [*self.said.dependencies, *self._of_extras(), *self._for_tests(runner)]
        file = self._file() if "-r" in words else ""
        if not self.said.installable:
            words += self._in_file("requirements.txt")
        return (*(word for word in words if word not in {"-r", file}), *self._in_file(file))

    def _file(self) -> str:
        """The requirements file for tests, else the one for development."""
        for group in (_TEST_WORDS, _DEV_WORDS):
            for word in group:
                pattern = (
                    rf"(requirements|reqs)[-_./]{word}(ing)?\.txt|{word}[-_]?(requirements|reqs)\.txt"
                    rf"|(requirements/)?{word}[-_]requirements\.txt|{word}/requirements\.txt|requirements/requirements[-_]{word}\.txt"
                )
                if found := fitting(self.paths, pattern):
                    return found[0]
        # One that brings pytest to a project that can be installed without it is for development, whatever its name.
        plain = {name_of(requirement) for requirement in self._in_file("requirements.txt")}
        return "requirements.txt" if self.said.installable and "pytest" in plain else ""

    def _in_file(self, file: str) -> Iterable[str]:
        """The requirements in a file, also those that it includes."""
        for each in self._files(file):
            for line in (self.read(each) or "").splitlines():
                words = line.split("#", 1)[0].split()
                if words and not words[0].startswith("-"):
                    yield " ".join(words)

    def _files(self, file: str) -> list[str]:
        """A requirements file with those that it includes."""
        found = [file] if file else []
        for each in found:
            named = re.findall(r"(?m)^[ \t]*(?:-r|--requirement)[ \t=]*([^\s#]+)", self.read(each) or "")
            included = (posixpath.normpath(posixpath.join(posixpath.dirname(each), name)) for name in named)
            found += [path for path in dict.fromkeys(included) if path in self.paths and path not in found]
        return found


def _pick(named: Iterable[str]) -> str:
    """The extra or group for tests, else the one for development; '' when there is neither."""
    names = {re.sub(r"[-_.]+", "-", name).lower(): name for name in named}
    return next((names[word] for word in (*_TEST_WORDS, *_DEV_WORDS) if word in names), "")
