"""The rules of the house that a machine can see: sizes, exceptions, homes of foreign libraries, drift of documents."""

import ast
import functools
import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from bot.commands import COMMANDS
from handlers.main import COMMANDS as PROGRAM
from handlers.settings import NAMES

TOP = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "sandbox")
SAMPLE = TOP / "bot" / "rehearsal" / "sample"
FILES = sorted(path for room in ROOMS for path in (TOP / room).rglob("*.py") if SAMPLE not in path.parents)
TESTS = sorted((TOP / "tests").rglob("*.py"))

HOMES = {
    "sqlalchemy": ("bot/store/",),
    "openai": ("bot/llm/",),
    "docker": ("sandbox/docker.py", "sandbox/container.py"),
    "slack_bolt": ("handlers/slack",),
    "fastapi": ("handlers/web/",),
    "githubkit": ("bot/codehost/", "handlers/github/"),
}
"""Where a foreign library may be imported: one home each."""


@functools.cache
def program() -> dict[Path, tuple[ast.AST, ...]]:
    """Every node of every file: when it is asked for, since each of the tests' processes loads this file."""
    return {path: tuple(ast.walk(ast.parse(path.read_text()))) for path in FILES}


def named(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def functions(nodes: Iterable[ast.AST]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


def test_no_file_is_longer_than_400_lines() -> None:
    assert {named(path): n for path in FILES if (n := len(path.read_text().splitlines())) > 400} == {}


def test_no_function_is_longer_than_40_lines_and_half_are_shorter_than_11() -> None:
    lengths = {f"{named(path)}:{f.name}": length(f) for path, nodes in program().items() for f in functions(nodes)}
    assert {name: n for name, n in lengths.items() if n > 40} == {}
    assert statistics.median(lengths.values()) <= 10


def test_only_the_supervisor_catches_everything() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path, nodes in program().items()
        for node in nodes
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
        and not _raises_again(node)
    ]
    assert [place.partition(":")[0] for place in found] == ["bot/engine.py"]


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """A handler that cleans up and raises the same exception catches nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_only_the_settings_read_the_environment() -> None:
    words = {"environ", "environb", "getenv"}
    readers = {
        named(path)
        for path, nodes in program().items()
        for node in nodes
        if (isinstance(node, ast.Attribute) and node.attr in words)
        or (isinstance(node, ast.ImportFrom) and words & {alias.name for alias in node.names})
    }
    inside = {reader for reader in readers if reader.startswith("bot/checks/runners/inside/")}
    assert readers - inside == {"handlers/settings.py"}  # what runs inside a sandbox reads the repository's own


@pytest.mark.parametrize(("library", "homes"), HOMES.items())
def test_a_foreign_library_has_one_home(library: str, homes: tuple[str, ...]) -> None:
    users = {
        named(path) for path, nodes in program().items() for name, _ in imported(nodes) if name.split(".")[0] == library
    }
    allowed = {*homes, "handlers/cli/"} if library == "fastapi" else set(homes)
    assert {user for user in users if not user.startswith(tuple(allowed))} == set()


def test_our_own_modules_are_imported_at_the_top() -> None:
    hidden = [
        f"{named(path)}:{getattr(node, 'lineno', 0)}"
        for path, nodes in program().items()
        for function in functions(nodes)
        for name, node in imported(ast.walk(function))
        if name.split(".")[0] in ROOMS
    ]
    assert hidden == []


def test_no_test_patches_our_own_code() -> None:
    assert [named(path) for path in TESTS if _patches(path.read_text())] == []


def _patches(text: str) -> bool:
    """Whether something of ours is replaced by a mock, or by a fixture's setattr."""
    if "monkeypatch" not in text and "mock" not in text:
        return False
    nodes = tuple(ast.walk(ast.parse(text)))
    set_by_a_fixture = any(
        isinstance(node, ast.Attribute) and node.attr == "setattr" and getattr(node.value, "id", "") == "monkeypatch"
        for node in nodes
    )
    return set_by_a_fixture or any(
        name.split(".")[0] == "mock" or name == "unittest.mock" for name, _ in imported(nodes)
    )


def test_every_test_has_a_name_that_is_a_sentence() -> None:
    names = [
        f.name for path in TESTS for f in functions(ast.walk(ast.parse(path.read_text()))) if f.name.startswith("test_")
    ]
    assert [name for name in names if name.count("_") < 3] == []


def test_the_readme_draws_the_rooms_that_are_there() -> None:
    text = (TOP / "README.md").read_text()
    rooms = {
        path.name for room in ROOMS for path in (TOP / room).iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert {room for room in rooms if f"{room}/" not in text} == set()


def test_the_readme_names_every_setting_and_command() -> None:
    text = (TOP / "README.md").read_text()
    assert {name for name in NAMES if name not in text} == set()
    assert {verb for verb in PROGRAM if f"maestro {verb}" not in text} == set()
    assert {command.verb for command in COMMANDS if f"`{command.usage}`" not in text} == set()


def test_the_app_asks_for_what_it_uses_and_never_for_workflows() -> None:
    manifest = yaml.safe_load((TOP / "app.yml").read_text())
    assert manifest["default_permissions"] == {
        "metadata": "read",
        "contents": "write",
        "issues": "write",
        "pull_requests": "write",
        "checks": "write",
        "actions": "read",
        "statuses": "read",
    }


def test_the_top_level_holds_what_belongs_there() -> None:
    folders = {path.name for path in TOP.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders - {"maestro.egg-info", "build", "dist"} == {"bot", "handlers", "sandbox", "tests", "infra"}
