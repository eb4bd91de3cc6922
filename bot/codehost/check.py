"""What `maestro doctor` says of GitHub: the App's identity, permissions, events, webhook and installations."""

from collections.abc import Mapping, Sequence

from bot.codehost.client import Call, Shape, pages, read
from bot.codehost.github import AppSeen, GitHubHost
from bot.codehost.tokens import PERMISSIONS
from bot.ports import Trouble
from sandbox.api import Capability

LEVELS = ("none", "read", "write", "admin")


class _Hook(Shape):
    url: str | None = None
    content_type: str = ""
    insecure_ssl: str | int = "0"


class _Id(Shape):
    id: int


async def check(host: GitHubHost, events: Sequence[str]) -> tuple[Capability, ...]:
    """One line each; `events` are those that the App must subscribe to. Never raises Trouble: that is a line too."""
    try:
        app = await host.app()
    except Trouble as trouble:
        return (Capability("GitHub App", False, trouble.what, advice=trouble.advice),)
    found = f"{app.slug} (App {app.id}) at {host.client.api_url}"
    return (
        Capability("GitHub App", True, found),
        permissions(app, PERMISSIONS),
        subscriptions(app, events),
        await _webhook(host),
        await _installations(host),
    )


def permissions(app: AppSeen, wanted: Mapping[str, str]) -> Capability:
    """Every permission of app.yml, and nothing beyond what we ask for that could touch workflows."""
    short = [f"{name}: {level}" for name, level in wanted.items() if _level(app, name) < LEVELS.index(level)]
    if short:
        advice = "Grant them in the App's settings (Permissions & events), then accept them on each installation."
        return Capability("GitHub permissions", False, f"missing {', '.join(short)}", advice=advice)
    if "workflows" in app.permissions:
        advice = "Take it away: Maestro never edits workflow files, and with it a change could run with CI's secrets."
        return Capability("GitHub permissions", False, "workflows is granted", needed=False, advice=advice)
    return Capability("GitHub permissions", True, ", ".join(f"{name}: {level}" for name, level in wanted.items()))


def _level(app: AppSeen, name: str) -> int:
    held = app.permissions.get(name, "none")
    return LEVELS.index(held) if held in LEVELS else 0


def subscriptions(app: AppSeen, events: Sequence[str]) -> Capability:
    missing = [event for event in events if event not in app.events]
    if missing:
        advice = "Subscribe to them in the App's settings (Permissions & events)."
        return Capability("GitHub events", False, f"missing {', '.join(missing)}", advice=advice)
    return Capability("GitHub events", True, ", ".join(events))


async def _webhook(host: GitHubHost) -> Capability:
    call = Call("GET", "/app/hook/config")
    try:
        hook = read(_Hook, (await host.client.send(await host.client.app(), call)).data, call.doing)
    except Trouble as trouble:
        return Capability("GitHub webhook", False, trouble.what, needed=False, advice=trouble.advice)
    if not hook.url:
        advice = "Set it in the App's settings to <public address>/github/webhooks."
        return Capability("GitHub webhook", False, "no address is set", advice=advice)
    if hook.content_type != "json":
        return Capability(
            "GitHub webhook", False, hook.content_type, advice="Set its content type to application/json."
        )
    safe = str(hook.insecure_ssl) == "0"
    advice = "" if safe else "Switch SSL verification on in the App's settings."
    return Capability("GitHub webhook", safe, hook.url, needed=False, advice=advice)


async def _installations(host: GitHubHost) -> Capability:
    call = Call("GET", "/app/installations")
    try:
        app = await host.client.app()
        found = await pages(lambda one: host.client.send(app, one), call, _Id)
    except Trouble as trouble:
        return Capability("GitHub installations", False, trouble.what, advice=trouble.advice)
    advice = "" if found else "Install the App on a repository: its public page has the button."
    return Capability("GitHub installations", bool(found), str(len(found)), needed=False, advice=advice)
