"""A GitHub for the modules that talk to one: served once for a module, with a world of its own for each test. These
modules keep one event loop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.codehost import GitHubHost
from bot.rehearsal.github import Person, World
from tests.contract.github_world import Stage, host_on, served_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with served_stage() as stage:
        yield stage


@pytest.fixture
def world(stage: Stage, tmp_path: Path) -> World:
    return stage.world(tmp_path / "github")


@pytest_asyncio.fixture(loop_scope="module")
async def host(world: World) -> AsyncIterator[GitHubHost]:
    async with host_on(world) as host:
        yield host


@pytest.fixture
def ada(world: World) -> Person:
    return world.person("ada", permission="write")
