"""`maestro setup`: create the GitHub App in the browser, by GitHub's manifest flow, and keep its keys in `.env`."""

import asyncio
import html
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import click
import httpx
import uvicorn
import yaml
from pydantic import BaseModel, JsonValue, ValidationError
from starlette.types import Receive, Scope, Send

from bot.ports import Trouble
from handlers.cli.loading import run, settings
from handlers.compose import private
from handlers.settings import Settings

MANIFEST = Path(__file__).parents[2] / "app.yml"
PAGE = """<!doctype html><meta charset="utf-8"><title>Maestro</title>
<form method="post" action="{action}"><input type="hidden" name="manifest" value="{manifest}">
<p>Maestro asks GitHub to create an App with exactly the permissions of app.yml.</p>
<button>Create the GitHub App</button></form>"""
DONE = """<!doctype html><meta charset="utf-8"><title>Maestro</title>
<p>The App is there. Go back to the terminal; then <a href="{link}">install it on a repository</a>.</p>"""


class Created(BaseModel):
    """What GitHub answers when it made the App."""

    id: int
    slug: str
    html_url: str
    pem: str
    webhook_secret: str
    client_id: str
    client_secret: str


@click.command("setup", help="Create the GitHub App by the manifest flow and write its settings to .env.")
@click.option("--url", required=True, help="The outside address under which GitHub will reach this server.")
@click.option("--organization", default="", help="Create it for an organisation instead of your account.")
@click.option("--port", default=8765, help="The local port for the browser.", show_default=True)
def command(url: str, organization: str, port: int) -> None:
    if not url.startswith(("https://", "http://")):
        raise click.UsageError("--url must begin with https:// (or http:// on a private network).")
    made = run(create(settings(), Desk(url.rstrip("/"), organization, port)))
    click.echo(f"{made.slug} is created and its settings stand in .env. Install it: {made.html_url}/installations/new")
    click.echo("Then: maestro doctor, maestro serve.")


@dataclass(slots=True)
class Desk:
    """One set-up: where GitHub will reach us, for whom, and what the browser brought back."""

    url: str
    organization: str
    port: int
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    code: str = ""
    came: asyncio.Event = field(default_factory=asyncio.Event)


def manifest(url: str, port: int) -> dict[str, JsonValue]:
    """app.yml with this installation's addresses."""
    known: dict[str, JsonValue] = yaml.safe_load(MANIFEST.read_text())
    return known | {
        "url": url,
        "hook_attributes": {"url": f"{url}/github/webhooks", "active": True},
        "callback_urls": [f"{url}/sign-in/done"],
        "redirect_url": f"http://127.0.0.1:{port}/done",
    }


async def create(chosen: Settings, desk: Desk) -> Created:
    """Serve the page, wait for the browser to come back, exchange its code, and keep what came of it."""
    server = uvicorn.Server(
        uvicorn.Config(Browser(chosen, desk), host="127.0.0.1", port=desk.port, log_config=None, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    click.echo(f"Open http://127.0.0.1:{desk.port}/ in your browser.", err=True)
    coming = asyncio.create_task(desk.came.wait())
    try:
        await asyncio.wait([serving, coming], return_when=asyncio.FIRST_COMPLETED)
        if not desk.code:
            raise Trouble(f"port {desk.port} can't be used", advice="Choose another with --port.")
        made = await exchange(chosen, desk.code)
    finally:
        coming.cancel()
        server.should_exit = True
        await asyncio.wait([serving])
    keep(chosen, desk.url, made, Path(".env"))
    return made


async def exchange(chosen: Settings, code: str) -> Created:
    """Trade the code for the App. Raises Trouble when GitHub refuses."""
    try:
        async with httpx.AsyncClient(timeout=20) as client:
            answer = await client.post(f"{chosen.github_api_url}/app-manifests/{code}/conversions")
            return Created.model_validate_json(answer.text)
    except (httpx.HTTPError, ValidationError) as error:
        advice = "Run `maestro setup` again: a code holds for an hour and only once."
        raise Trouble(f"GitHub did not hand over the App ({type(error).__name__})", advice=advice) from None


def keep(chosen: Settings, url: str, made: Created, dotenv: Path) -> None:
    """Write the key to a file of ours, and the settings to `.env`, leaving what stands there otherwise."""
    key = private(chosen.maestro_home) / "app.pem"
    _write(key, made.pem)
    news = {
        "GITHUB_APP_ID": str(made.id),
        "GITHUB_PRIVATE_KEY": str(key),
        "GITHUB_WEBHOOK_SECRET": made.webhook_secret,
        "GITHUB_CLIENT_ID": made.client_id,
        "GITHUB_CLIENT_SECRET": made.client_secret,
        "MAESTRO_PUBLIC_URL": url,
    }
    lines = dotenv.read_text().splitlines() if dotenv.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() not in news]
    _write(dotenv, "\n".join([*kept, *(f"{name}={value}" for name, value in news.items())]) + "\n")


def _write(path: Path, text: str) -> None:
    """A file that only we can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)


class Browser:
    """The two local pages: the form that sends the manifest to GitHub, and where GitHub sends the browser back."""

    def __init__(self, chosen: Settings, desk: Desk) -> None:
        self.chosen, self.desk = chosen, desk

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status, page = self.answer(scope["path"], parse_qs(scope["query_string"].decode("latin-1")))
        body = page.encode()
        head = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, str]:
        """Status and page for one request."""
        if path == "/":
            made = html.escape(json.dumps(manifest(self.desk.url, self.desk.port)))
            return 200, PAGE.format(action=html.escape(self._github()), manifest=made)
        if path != "/done" or query.get("state") != [self.desk.state] or not query.get("code"):
            return 404, "This page is not part of a set-up that was begun here."
        self.desk.code = self.desk.code or query["code"][0]
        self.desk.came.set()
        return 200, DONE.format(link=html.escape(self.chosen.github_server_url))

    def _github(self) -> str:
        owner = f"organizations/{self.desk.organization}/" if self.desk.organization else ""
        return f"{self.chosen.github_server_url}/{owner}settings/apps/new?state={self.desk.state}"
