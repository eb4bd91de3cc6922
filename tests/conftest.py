"""What all tests share: golden files, and a network that ends at this machine."""

import gc
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import coverage
import pytest
import pytest_socket

pytest_plugins = ["tests.hostile.verdicts"]

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files instead of comparing with them")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded stays to the end: looking for garbage in it took a seventh of the tests' time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What was covered is kept at once: a worker that ends is not given the time for it on a busy machine. And what it
    has started ends with it."""
    measuring = coverage.Coverage.current()
    if measuring is not None and hasattr(session.config, "workerinput"):
        measuring.save()
    if (sandboxes := sys.modules.get("tests.contract.sandboxes")) is not None:
        sandboxes.STARTED.close()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Nothing is reached but this machine; a test that needs a package index says so by `enable_socket`."""
    if item.get_closest_marker("enable_socket") is None:
        pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    pytest_socket._remove_restrictions()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(name, text)`: the text equals the file of that name under tests/golden."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        assert text == file.read_text()

    return compare
