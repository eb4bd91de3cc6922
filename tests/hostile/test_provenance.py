"""The text of a private repository never goes into a Slack channel that nobody listed, also when the repository became
private, or vanished, while its session went on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.refs import ConversationRef, SurfaceName
from bot.ports import Forbidden, Trouble
from bot.rehearsal.github import Repo, World
from bot.rehearsal.github.faults import Broken
from bot.rehearsal.served import Served
from bot.rehearsal.slack import Channel, Slack, Workspace
from bot.speech.post import Post, Text
from handlers.slack.client import SlackClient
from handlers.slack.provenance import REMEMBER, Provenance
from handlers.slack.say import SlackSurface
from tests.contract.github_world import host_on, ref_of, served_stage


class Scene:
    """A repository, a workspace with a listed and an unlisted channel, and our surface between them."""

    def __init__(self, world: World, repo: Repo, slack: Workspace) -> None:
        self.world, self.repo, self.slack, self.now = world, repo, slack, 1_000.0
        self.open, self.listed = slack.channel("engineering"), slack.channel("secret")
        self.direct = slack.direct(slack.person("ada").user)

    async def say(self, surface: SlackSurface, channel: Channel, words: str) -> str:
        root = await self.slack.person("ada").says(channel, "hello")
        key = f"T0TEAM/{channel.id}/{root.ts}"
        where = ConversationRef(surface=SurfaceName.SLACK, repo=ref_of(self.world, self.repo), key=key)
        post = Post.model_validate({"key": "3", "kind": "say", "where": where, "blocks": (Text(markdown=words),)})
        return (await surface.post(where, post, f"marker {words}")).remote


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[tuple[Scene, SlackSurface]]:
    slack = Workspace()
    async with served_stage() as stage, Served(Slack(slack)) as served:
        world = stage.world(folder)
        slack.url = served.url
        played = Scene(world, world.repo("octo/calc"), slack)
        async with host_on(world) as host:
            client = SlackClient(slack.token, f"{served.url}/api/")
            client.clock = lambda: played.now
            fits = Provenance(host, frozenset({played.listed.id}), lambda: played.now).fits
            yield played, SlackSurface(client, str, fits)
            await client.close()


def words(played: Scene) -> str:
    return "\n".join(line for channel in (played.open, played.listed, played.direct) for line in channel.lines())


async def test_what_became_private_is_no_longer_said_or_edited_in_an_open_channel(tmp_path: Path) -> None:
    async with scene(tmp_path) as (played, surface):
        said = await played.say(surface, played.open, "still public")
        assert "still public" in words(played)
        played.repo.private = True
        played.now += REMEMBER + 1
        with pytest.raises(Forbidden):
            await played.say(surface, played.open, "leak one")
        where = ConversationRef(
            surface=SurfaceName.SLACK, repo=ref_of(played.world, played.repo), key=f"T0TEAM/{played.open.id}/1.0"
        )
        blocks = (Text(markdown="leak two"),)
        post = Post.model_validate({"key": "3", "kind": "say", "where": where, "blocks": blocks})
        with pytest.raises(Forbidden):
            await surface.edit(where, said, post, "marker")
        assert "leak" not in words(played)


async def test_twin_private_text_is_said_where_the_operator_allows_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as (played, surface):
        played.repo.private = True
        for number, channel in enumerate((played.listed, played.direct)):
            played.now += 10
            await played.say(surface, channel, f"allowed {number}")
        assert words(played).count("allowed") == 2


async def test_what_cannot_be_asked_is_not_taken_for_public(tmp_path: Path) -> None:
    async with scene(tmp_path) as (played, surface):
        played.world.faults.next("GET", "/repos/octo/calc", Broken(500), times=9)
        with pytest.raises(Trouble):
            await played.say(surface, played.open, "leak")
        played.repo.installed = False
        played.world.faults.clear()
        with pytest.raises(Forbidden):
            await played.say(surface, played.open, "leak")
        assert "leak" not in words(played)
