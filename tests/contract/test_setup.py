"""`maestro setup`: the manifest that is sent, the way back, and what is kept of it."""

import asyncio
import html
import json
import re
from pathlib import Path

import httpx
import pytest
import respx

from bot.ports import Trouble
from handlers.cli.setup import Browser, Created, Desk, create, exchange, keep, manifest
from handlers.settings import Settings

ANSWER = {
    "id": 42,
    "slug": "maestro-test",
    "html_url": "https://github.test/apps/maestro-test",
    "pem": "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n",
    "webhook_secret": "hush",
    "client_id": "Iv1.x",
    "client_secret": "very-hush",
}


def chosen(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"maestro_home": tmp_path, "github_api_url": "http://api.test", "github_server_url": "http://github.test"}
    )


def test_the_manifest_has_the_apps_permissions_and_this_installations_addresses() -> None:
    made = manifest("https://maestro.test", 8765)
    assert made["hook_attributes"] == {"url": "https://maestro.test/github/webhooks", "active": True}
    assert made["callback_urls"] == ["https://maestro.test/sign-in/done"]
    assert "workflows" not in json.dumps(made["default_permissions"])


def test_the_page_sends_the_manifest_to_github_and_takes_only_its_own_state_back(tmp_path: Path) -> None:
    desk = Desk("https://maestro.test", "acme", 8765)
    browser = Browser(chosen(tmp_path), desk)
    status, page = browser.answer("/", {})
    sent = re.search(r'name="manifest" value="([^"]*)"', page)
    assert sent is not None
    assert json.loads(html.unescape(sent[1]))["url"] == "https://maestro.test"
    assert f"http://github.test/organizations/acme/settings/apps/new?state={desk.state}" in page
    assert browser.answer("/done", {"code": ["c1"], "state": ["forged"]})[0] == 404
    assert desk.code == ""
    assert (status, browser.answer("/done", {"code": ["c1"], "state": [desk.state]})[0]) == (200, 200)
    assert desk.code == "c1"


async def test_the_whole_way_ends_with_the_settings_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk("https://maestro.test", "", unused_tcp_port)
    with respx.mock(assert_all_called=True) as wire:
        wire.post("http://api.test/app-manifests/c1/conversions").respond(201, json=ANSWER)
        wire.route(host="127.0.0.1").pass_through()
        making = asyncio.create_task(create(chosen(tmp_path), desk))
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"http://127.0.0.1:{unused_tcp_port}/done?code=c1&state={desk.state}")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
        assert (await making).slug == "maestro-test"
    assert "GITHUB_APP_ID=42" in (tmp_path / ".env").read_text()


def test_what_stood_in_dotenv_stays_and_old_values_are_replaced(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("MAESTRO_MODEL=some\nGITHUB_APP_ID=1\n")
    keep(chosen(tmp_path), "https://maestro.test", Created.model_validate(ANSWER), dotenv)
    lines = dotenv.read_text().splitlines()
    assert lines[:2] == ["MAESTRO_MODEL=some", "GITHUB_APP_ID=42"]
    assert dotenv.stat().st_mode & 0o077 == 0
    assert (tmp_path / "app.pem").read_text() == ANSWER["pem"]


async def test_a_code_that_github_refuses_is_told_with_what_to_do(tmp_path: Path) -> None:
    with respx.mock as wire:
        wire.post("http://api.test/app-manifests/old/conversions").respond(404, json={"message": "Not Found"})
        with pytest.raises(Trouble, match="did not hand over"):
            await exchange(chosen(tmp_path), "old")
