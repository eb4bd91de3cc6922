"""What a change newly asks for is brought beside what the base's set-up installed: by plain names, and nothing else."""

import json
from collections.abc import Mapping

import pytest

from bot.domain.additions import additions
from bot.domain.detect import detect
from bot.domain.rules import Rules

PIP = "/opt/env/bin/python -m pip install --only-binary :all: "
NPM = "npm install --no-save --no-audit --no-fund --ignore-scripts "


def added(base: Mapping[str, str], head: Mapping[str, str]) -> tuple[str, ...]:
    detected = detect(base.keys(), base.get, Rules())
    return additions(detected, (base.keys(), base.get), (head.keys(), head.get))


def project(*requirements: str, tests: tuple[str, ...] = ("pytest",)) -> dict[str, str]:
    text = (
        f"[project]\nname='a'\ndependencies={json.dumps(requirements)}\n[dependency-groups]\ntest={json.dumps(tests)}\n"
    )
    return {"pyproject.toml": f"{text}[build-system]\nrequires=[]\n", "tests/test_a.py": ""}


def package(lock: str = "", manager: str = "", **packages: str) -> dict[str, str]:
    said = {"scripts": {"test": "mocha"}, "devDependencies": {"mocha": "^10", **packages}}
    return {
        "package.json": json.dumps(said | ({"packageManager": manager} if manager else {})),
        **({lock: ""} if lock else {}),
    }


@pytest.mark.parametrize(
    ("requirement", "word"),
    [
        ("trio", "trio"),
        ("trio>=0.2, <1", "'trio>=0.2, <1'"),
        ("trio[all] == 1.*; python_version >= '3.9'", """'trio[all] == 1.*; python_version >= '"'"'3.9'"'"''"""),
        ("trio @ https://example.org/trio.zip", ""),
        ("git+https://example.org/trio", ""),
        ("./trio", ""),
        ("--index-url=x", ""),
        ("trio --hash=sha256:ab", ""),
    ],
)
def test_a_new_requirement_is_brought_by_its_plain_name(requirement: str, word: str) -> None:
    assert added(project("six"), project("six", requirement)) == ((PIP + word,) if word else ())
    assert added(project(), project(tests=("pytest", requirement))) == ((PIP + word,) if word else ())


def test_requirements_files_and_those_they_include_are_read_on_both_sides() -> None:
    base = {
        "setup.py": "",
        "test-requirements.txt": "pytest\n-r more.txt\n",
        "more.txt": "mock\n",
        "tests/test_a.py": "",
    }
    head = base | {"more.txt": "mock==3 \\\n    --hash=sha256:ab\ntrio==0.22.2 \\\n"}
    assert added(base, head) == (f"{PIP}trio==0.22.2", f"{PIP}mock mock==3 || {PIP}mock==3 || true")


def test_another_version_is_one_that_suits_both_sides_or_else_the_head_s_or_none() -> None:
    both, own = "'attrs<24' 'six>=1' attrs==25.1 'six>=2'", "attrs==25.1 'six>=2'"
    head = project("attrs==25.1", "six>=2", "trio==0.22.2")
    assert added(project("six>=1", "attrs<24", "trio==0.22.2"), head) == (f"{PIP}{both} || {PIP}{own} || true",)


def test_another_version_of_a_package_of_node_likewise() -> None:
    (found,) = added(
        package(**{"@a/b": "^4", "c": "1", "d": "1 || 2"}), package(**{"@a/b": "^4.2 <6", "c": "1", "d": "3"})
    )
    both, own = f"{NPM}'@a/b@^4.2 <6 ^4' d@3", f"{NPM}'@a/b@^4.2 <6' d@3"
    assert found == f"{both} || {both} --legacy-peer-deps || {own} || {own} --legacy-peer-deps || true"


def test_what_is_asked_for_no_more_changes_nothing() -> None:
    assert added(project("six", "attrs"), project("six")) == ()
    assert added(package(chai="^4", zod="1"), package(chai="^4")) == ()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("^4.3.0", "'chai@^4.3.0'"),
        (">=4 <6", "'chai@>=4 <6'"),
        ("latest", "chai@latest"),
        ("file:../chai", ""),
        ("git+ssh://example.org/chai", ""),
        ("somebody/chai", ""),
        ("npm:other@1", ""),
        ("workspace:*", ""),
        ("", ""),
    ],
)
def test_a_new_package_of_node_is_brought_by_its_plain_range(said: str, word: str) -> None:
    command = f"{NPM}{word}"
    assert added(package(), package(chai=said)) == ((f"{command} || {command} --legacy-peer-deps",) if word else ())


@pytest.mark.parametrize("name", ["--global", "../chai", "a b", "-g", "https://example.org/a", "@x", ""])
def test_what_is_no_name_of_a_package_is_left(name: str) -> None:
    assert added(package(), package(**{name: "1"})) == ()


@pytest.mark.parametrize(
    ("lock", "manager", "command"),
    [
        (
            "pnpm-lock.yaml",
            "pnpm@9.3.0",
            "npx --yes pnpm@9.3.0 add --save-dev --ignore-scripts --ignore-workspace-root-check",
        ),
        ("yarn.lock", "", "{ npx --yes yarn@1 add --dev --ignore-scripts --ignore-workspace-root-check"),
    ],
)
def test_the_packages_own_client_brings_it(lock: str, manager: str, command: str) -> None:
    (found,) = added(package(lock, manager), package(lock, manager, chai="5"))
    assert found == f"{command} chai@5" or f"; {command} chai@5; }}; ended=" in found


def test_a_newer_yarn_brings_it_without_building() -> None:
    (command,) = added(package("yarn.lock", "yarn@4.1.0"), package("yarn.lock", "yarn@4.1.0", chai="5"))
    assert command.endswith("--package=@yarnpkg/cli-dist@4.1.0 yarn add --dev --mode=skip-build chai@5")


def test_another_project_altogether_brings_nothing() -> None:
    many = {f"p{n}": "1" for n in range(41)}
    assert added(package(), package(**many)) == ()
    assert added(project(), project(*many)) == ()


def test_where_the_base_has_no_set_up_nothing_is_added() -> None:
    assert added({"a.py": "", "test_a.py": "import unittest"}, project("six")) == ()
