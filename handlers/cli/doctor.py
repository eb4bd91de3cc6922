"""`maestro doctor`: every setting, permission, sandbox capability and outside service, looked at one by one."""

import json
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.codehost import check
from bot.ports import Trouble
from bot.sshsig import public_line
from bot.store import SqlStore
from handlers.cli.loading import run
from handlers.compose import github_host, machine, private
from handlers.github import ALWAYS_SENT, EVENTS
from handlers.isolation import wishes_of
from handlers.settings import NAMES, Settings, SettingsError, load
from handlers.slack.client import SlackClient
from sandbox import toolchains
from sandbox.api import Capability, SandboxUnavailable
from sandbox.backends import choose
from sandbox.process import capture

SECRET = ("KEY", "SECRET", "TOKEN", "DATABASE_URL")

LOOKED_AT = 200
"""Sessions, the newest, whose logs are read anew."""


@click.command("doctor", help="Check every setting, permission, sandbox capability and outside service.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    try:
        chosen = load()
    except SettingsError as wrong:
        lines = [Capability("setting", False, line, advice="see README.md") for line in str(wrong).splitlines()]
    else:
        lines = run(examine(chosen))
    show(lines, as_json)
    sys.exit(1 if any(line.needed and not line.ok for line in lines) else 0)


async def examine(chosen: Settings) -> list[Capability]:
    """Every line, in the order in which a reader wants them."""
    lines = list(_settings(chosen))
    for look in (
        _ground(chosen),
        _database(chosen),
        _sandboxes(chosen),
        _github(chosen),
        _slack(chosen),
        _model(chosen),
    ):
        lines += [line async for line in look]
    return lines


def _settings(chosen: Settings) -> list[Capability]:
    """What was set; secrets are named, never shown."""
    defaults = Settings()
    given = [name for name, field in NAMES.items() if getattr(chosen, field) != getattr(defaults, field)]
    shown = [f"{name}={'(set)' if name.endswith(SECRET) else getattr(chosen, NAMES[name])}" for name in given]
    signed = public_line(chosen.maestro_commit_key) if chosen.maestro_commit_key else ""
    by = "GitHub's API, which signs them" if chosen.maestro_commits == "api" else "git, unsigned"
    return [
        Capability("settings", True, ", ".join(shown) or "all at their defaults"),
        Capability("commits", True, f"signed by {signed}" if signed else f"made by {by}", needed=False),
    ]


async def _ground(chosen: Settings) -> AsyncIterator[Capability]:
    try:
        home = private(chosen.maestro_home)
        free = shutil.disk_usage(home).free / 1024**3
        yield Capability(
            "data", free > 1, f"{home}, {free:.1f} GiB free", advice="Free disk space, or set MAESTRO_HOME."
        )
    except Trouble as trouble:
        yield Capability("data", False, trouble.what, advice=trouble.advice)
    code, said = await capture(["git", "--version"], env={"PATH": machine().path}, timeout=10, folder=Path("/"))
    yield Capability("git", code == 0, said.strip() or "not found", advice="Install git.")


async def _database(chosen: Settings) -> AsyncIterator[Capability]:
    kind = chosen.database.partition(":")[0]
    try:
        store = SqlStore(chosen.database)
        await store.migrate()
        await store.ping()
        yield Capability("database", True, f"{kind}, up to date")
        yield await _history(store)
        await store.close()
    except Trouble as trouble:
        yield Capability("database", False, trouble.what, advice=trouble.advice or "Look at DATABASE_URL.")


async def _history(store: SqlStore) -> Capability:
    """Whether the logs of the newest sessions are as they were written."""
    sessions = [row.id for row in await store.sessions(LOOKED_AT)]
    seen = {session: await store.verify_chain(session) for session in sessions}
    altered = [f"{session} from its event {seq} on" for session, seq in seen.items() if seq is not None]
    if not altered:
        return Capability("history", True, f"{len(sessions)} sessions as they were written")
    advice = "Somebody wrote to the database: restore a backup, and trust no evidence of these sessions."
    return Capability("history", False, f"altered: {', '.join(altered)}", advice=advice)


async def _sandboxes(chosen: Settings) -> AsyncIterator[Capability]:
    offered = await toolchains.find(machine().path, machine().home)
    try:
        backend = await choose(chosen.maestro_sandbox, wishes_of(chosen, private(chosen.maestro_home), offered))
    except (SandboxUnavailable, Trouble) as missing:
        yield Capability("sandbox", False, str(missing), advice="Without a sandbox no session runs.")
        return
    yield Capability("sandbox", True, backend.name)
    for line in await backend.capabilities():
        yield line


async def _github(chosen: Settings) -> AsyncIterator[Capability]:
    host = github_host(chosen)
    if host is None:
        advice = "Set GITHUB_APP_ID, GITHUB_PRIVATE_KEY and GITHUB_WEBHOOK_SECRET to switch it on."
        yield Capability("GitHub", False, "off: no App is set", needed=False, advice=advice)
        return
    for line in await check(host, [event for event in EVENTS if event not in ALWAYS_SENT]):
        yield line
    await host.close()


async def _slack(chosen: Settings) -> AsyncIterator[Capability]:
    if not chosen.has_slack:
        advice = "Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN) to switch it on."
        yield Capability("Slack", False, "off: no App is set", needed=False, advice=advice)
        return
    client = SlackClient(chosen.slack_bot_token, chosen.slack_api_url)
    try:
        await client.introduce()
        yield Capability("Slack", True, f"{client.me} of {client.team}")
    except Trouble as trouble:
        yield Capability("Slack", False, trouble.what, advice=trouble.advice or "Look at SLACK_API_URL.")
    await client.close()
    needs = "people can't show who they are on GitHub, so nobody can command"
    advice = "Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET of the GitHub App."
    known = bool(chosen.github_client_id and chosen.github_client_secret and chosen.has_github)
    yield Capability("Slack sign-in", known, "by GitHub" if known else needs, advice=advice)


async def _model(chosen: Settings) -> AsyncIterator[Capability]:
    if not chosen.has_model:
        advice = "Set MAESTRO_MODEL and OPENAI_API_KEY (or OPENAI_BASE_URL)."
        yield Capability("model", False, "none is set", needed=chosen.has_github, advice=advice)
        return
    where = chosen.openai_base_url or "the public service"
    url = f"{chosen.openai_base_url or PUBLIC}/models"
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(url, headers={"Authorization": f"Bearer {chosen.openai_api_key}"})
        refused = answer.status_code in (401, 403)
        found = f"{chosen.maestro_model} at {where}: {'the key is refused' if refused else 'answers'}"
        yield Capability("model", not refused and answer.status_code < 500, found, advice="Look at OPENAI_API_KEY.")
    except httpx.HTTPError as error:
        found = f"{where} can't be reached: {type(error).__name__}"
        yield Capability("model", False, found, advice="Look at OPENAI_BASE_URL and the network.")


PUBLIC = "https://api.openai.com/v1"


def show(lines: list[Capability], as_json: bool) -> None:
    if as_json:
        keys = ("name", "ok", "found", "needed", "advice")
        click.echo(json.dumps([{key: getattr(line, key) for key in keys} for line in lines], indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for name in ("", "what", "found", "what to do"):
        table.add_column(name, overflow="fold")
    for line in lines:
        sign = Text("ok", "green") if line.ok else Text("no", "red" if line.needed else "yellow")
        table.add_row(sign, line.name, Text(line.found), Text("" if line.ok else line.advice))
    Console().print(table)
