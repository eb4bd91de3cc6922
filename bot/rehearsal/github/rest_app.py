"""REST of the App itself: who am I, tokens, deliveries, accounts."""

from starlette.responses import Response

from bot.rehearsal.github import shapes
from bot.rehearsal.github.auth import LEVELS, Installation
from bot.rehearsal.github.hooks import Delivery
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.wire import Json, Refused, answer, parse


def _installation(ask: Ask) -> Installation:
    found = ask.world.installations.get(ask.number("installation"))
    if found is None:
        raise Refused(404, "Not Found")
    return found


async def show_app(ask: Ask) -> Response:
    return answer(shapes.app(ask.world, ask.world.app) | {"installations_count": len(ask.world.installations)})


async def list_installations(ask: Ask) -> Response:
    return ask.list(list(ask.world.installations.values()), lambda one: shapes.installation(ask.world, one))


async def repo_installation(ask: Ask) -> Response:
    found = ask.world.installation_of(ask.repo)
    if found is None:
        raise Refused(404, "Not Found")
    return answer(shapes.installation(ask.world, found))


async def mint_token(ask: Ask) -> Response:
    """Scoped to some repositories and permissions, never to more than the installation has."""
    installation, fields = _installation(ask), ask.fields("InstallationToken")
    covered = [repo for repo in ask.world.repos.values() if repo.owner is installation.account and repo.installed]
    ids, names = fields.numbers("repository_ids"), [name.lower() for name in fields.texts("repositories")]
    chosen = [repo for repo in covered if repo.id in ids or repo.name.lower() in names]
    if len(chosen) < len({*ids}) or len(chosen) < len({*names}):
        message = (
            "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
        raise Refused(422, message)
    held = ask.world.app.permissions
    wanted = fields.object("permissions")
    asked = {name: wanted.text(name) for name in wanted.value} if wanted else dict(held)
    for name, level in asked.items():
        if level not in LEVELS or LEVELS.index(held.get(name, "none")) < LEVELS.index(level):
            raise Refused(422, "The permissions requested are not granted to this installation.")
    scoped = bool(ids or names)
    grant = ask.world.mint(installation, chosen if scoped else None, asked | {"metadata": "read"})
    body: dict[str, Json] = {
        "token": grant.token,
        "expires_at": shapes.maybe_time(grant.expires_at),
        "permissions": dict(grant.permissions),
        "repository_selection": "selected",
    }
    if scoped:
        body["repositories"] = [shapes.repo(ask.world, repo) for repo in chosen]
    return answer(body, 201)


async def revoke_token(ask: Ask) -> Response:
    if ask.grant is not None:
        del ask.world.grants[ask.grant.token]
    return Response(status_code=204)


def _delivery(ask: Ask) -> Delivery:
    number = ask.number("delivery")
    found = next((one for one in ask.world.hooks.deliveries if one.id == number), None)
    if found is None:
        raise Refused(404, "Not Found")
    return found


async def list_deliveries(ask: Ask) -> Response:
    """Newest first, by cursor: `cursor` is the id to go on below."""
    newest = list(reversed(ask.world.hooks.deliveries))
    if ask.query("cursor").isdigit():
        newest = [one for one in newest if one.id < int(ask.query("cursor"))]
    size = min(int(ask.query("per_page", "30")), 100) if ask.query("per_page", "30").isdigit() else 30
    page = newest[:size]
    more = f'<{ask.world.url}/app/hook/deliveries?per_page={size}&cursor={page[-1].id}>; rel="next"' if page else ""
    headers = {"link": more} if len(newest) > size else {}
    return answer([shapes.delivery(one) for one in page], headers=headers)


async def show_delivery(ask: Ask) -> Response:
    one = _delivery(ask)
    sent: Json = {"headers": dict(one.headers), "payload": parse(one.body)}
    got: Json = {"headers": {}, "payload": one.answer.decode("utf-8", "replace")}
    return answer(shapes.delivery(one) | {"url": ask.world.hooks.url, "request": sent, "response": got})


async def hook_config(ask: Ask) -> Response:
    return answer({"url": ask.world.hooks.url, "content_type": "json", "secret": "********", "insecure_ssl": "0"})


async def show_user(ask: Ask) -> Response:
    return answer(shapes.public_user(ask.world, ask.user(ask.path("login"))))


async def show_user_by_id(ask: Ask) -> Response:
    found = ask.world.users.get(ask.number("id"))
    if found is None:
        raise Refused(404, "Not Found")
    return answer(shapes.public_user(ask.world, found))


async def show_me(ask: Ask) -> Response:
    if ask.grant is None or ask.grant.installation is not None:
        raise Refused(403, "Resource not accessible by integration")
    return answer(shapes.public_user(ask.world, ask.grant.user))


SERVED = (
    Serves("GET", "/app", "app", show_app),
    Serves("GET", "/app/installations", "app", list_installations),
    Serves("POST", "/app/installations/{installation}/access_tokens", "app", mint_token),
    Serves("GET", "/repos/{owner}/{name}/installation", "app", repo_installation),
    Serves("GET", "/app/hook/config", "app", hook_config),
    Serves("GET", "/app/hook/deliveries", "app", list_deliveries),
    Serves("GET", "/app/hook/deliveries/{delivery}", "app", show_delivery),
    Serves("DELETE", "/installation/token", "token", revoke_token),
    Serves("GET", "/users/{login}", "any", show_user),
    Serves("GET", "/user", "token", show_me),
    Serves("GET", "/user/{id}", "any", show_user_by_id),
)
