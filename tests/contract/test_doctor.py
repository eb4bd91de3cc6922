"""`maestro doctor` with every service at hand: one line for each, and what to do about those that refuse."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.rehearsal.github import GitHub, World, private_pem
from bot.rehearsal.github.auth import client_id
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Script
from bot.rehearsal.served import Served
from bot.rehearsal.slack import Slack, Workspace
from handlers.cli.doctor import examine, show
from handlers.settings import Settings


@asynccontextmanager
async def services(folder: Path) -> AsyncIterator[Settings]:
    """GitHub, Slack and a model, and the settings for them."""
    world, slack = World(folder / "github"), Workspace()
    async with AsyncExitStack() as stack:
        github = await stack.enter_async_context(Served(GitHub(world)))
        chat = await stack.enter_async_context(Served(Slack(slack)))
        model = await stack.enter_async_context(Served(ScriptedModel(Script([]), api_key="rehearsal-key")))
        world.url, slack.url = github.url, chat.url
        world.hooks.deliver_to("http://maestro.test/github/webhooks")
        world.repo("octo/calc")
        yield Settings.model_validate(
            {
                "github_app_id": str(world.app.id),
                "github_private_key": private_pem(),
                "github_webhook_secret": world.hooks.secret,
                "github_api_url": github.url,
                "github_server_url": github.url,
                "github_client_id": client_id(world.app),
                "github_client_secret": world.client_secret,
                "slack_bot_token": slack.token,
                "slack_signing_secret": slack.secret,
                "slack_api_url": f"{chat.url}/api",
                "openai_api_key": "rehearsal-key",
                "openai_base_url": f"{model.url}/v1",
                "maestro_model": "scripted",
                "maestro_home": folder / "home",
                "maestro_sandbox": "bubblewrap",
            }
        )


async def test_every_service_that_answers_is_told_and_no_secret_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with services(tmp_path) as chosen:
        lines = await examine(chosen)
    assert [line.name for line in lines if not line.ok and line.needed] == []
    found = {line.name: line.found for line in lines}
    assert (found["database"], found["sandbox"]) == ("sqlite, up to date", "bubblewrap")
    assert found["GitHub App"] == f"maestro (App {chosen.github_app_id}) at {chosen.github_api_url}"
    assert (found["GitHub webhook"], found["GitHub installations"]) == ("http://maestro.test/github/webhooks", "1")
    assert (found["Slack"], found["Slack sign-in"]) == ("U0MAESTRO of T0TEAM", "by GitHub")
    assert found["model"] == f"scripted at {chosen.openai_base_url}: answers"
    show(lines, as_json=False)
    table = capsys.readouterr().out
    assert all(line.name in table for line in lines)
    assert [secret for secret in chosen.secret_values if secret in table] == []


async def test_every_service_that_refuses_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with services(tmp_path) as good:
        wrong = {
            "github_app_id": "99999",
            "github_client_secret": "",
            "slack_bot_token": "xoxb-other",
            "openai_api_key": "other-key",
            "database_url": "postgresql://maestro@127.0.0.1:1/maestro",
            "maestro_sandbox": "docker",
            "docker_host": f"unix://{tmp_path}/docker.sock",
        }
        lines = await examine(good.model_copy(update=wrong))
    broken = [line for line in lines if not line.ok]
    assert [line.name for line in broken] == ["database", "sandbox", "GitHub App", "Slack", "Slack sign-in", "model"]
    assert all(line.needed and line.found for line in broken)
    assert [line.advice for line in broken] == [
        "Look at DATABASE_URL.",
        "Without a sandbox no session runs.",
        "GITHUB_APP_ID and GITHUB_PRIVATE_KEY must belong to the same App, and this machine's clock must be right.",
        "Look at SLACK_BOT_TOKEN.",
        "Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET of the GitHub App.",
        "Look at OPENAI_API_KEY.",
    ]


async def test_services_that_nobody_serves_and_a_place_that_is_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = "http://127.0.0.1:1"
    chosen = Settings(
        maestro_home=tmp_path / "file",
        database_url=f"sqlite:///{tmp_path}/maestro.db",
        slack_bot_token="xoxb-token",
        slack_signing_secret="a secret",
        slack_api_url=nowhere,
        maestro_model="some",
        openai_base_url=nowhere,
    )
    lines = await examine(chosen)
    told = f"{tmp_path / 'file'} can't hold our data: File exists"
    assert [(line.name, line.found, line.advice) for line in lines if line.needed and not line.ok] == [
        ("data", told, "Set MAESTRO_HOME to a directory that can be written."),
        ("sandbox", told, "Without a sandbox no session runs."),
        ("Slack", "Slack gave no answer to auth.test (ClientConnectorError)", "Look at SLACK_API_URL."),
        (
            "Slack sign-in",
            "people can't show who they are on GitHub, so nobody can command",
            "Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET of the GitHub App.",
        ),
        ("model", f"{nowhere} can't be reached: ConnectError", "Look at OPENAI_BASE_URL and the network."),
    ]
