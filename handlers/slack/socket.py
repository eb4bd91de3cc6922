"""Socket Mode: the same requests over a web socket that we open, for machines that Slack can't reach. Each is
acknowledged when it is stored; what is not acknowledged comes again."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

import structlog
from pydantic import JsonValue, ValidationError

from handlers.slack.client import SlackClient
from handlers.slack.hear import Malformed, Outcome, command, envelope, interaction
from handlers.slack.receiver import Receiver

log = structlog.get_logger()


async def listen(
    client: SlackClient, token: str, receiver: Receiver, catch_up: Callable[[], Awaitable[object]]
) -> None:
    """Until cancelled. Bolt keeps the connection: it opens a new one before Slack ends the old, and where that fails
    there is a gap; so with each connection begins a look at what was said meanwhile."""
    # Bolt costs a quarter of a second to import: only a process that uses Socket Mode pays.
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest
    from slack_sdk.socket_mode.response import SocketModeResponse

    class Handler(AsyncSocketModeHandler):
        """Bolt's connection with our own hearing: what it hears goes the way of the requests by HTTP."""

        async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
            answer = await receiver.take(heard(req.type, req.payload, me()))
            if answer.status < 500:
                await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))

    def me() -> str:
        return client.me

    app = AsyncApp(client=client.web(), request_verification_enabled=False, logger=_quiet())
    handler = Handler(app, token, logger=_quiet(), web_client=client.web())
    try:
        async with asyncio.TaskGroup() as looks:
            handler.client.message_listeners.append(_at_hello(lambda: looks.create_task(_done(catch_up()))))
            await handler.connect_async()  # type: ignore[no-untyped-call]
            log.info("slack.socket", state="connected")
            await asyncio.Event().wait()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def _at_hello(look: Callable[[], object]) -> Callable[[object, dict[str, object], str | None], Awaitable[None]]:
    """What Bolt calls with each message: Slack greets each new connection."""

    async def told(_client: object, message: dict[str, object], _raw: str | None = None) -> None:
        if message.get("type") == "hello":
            look()

    return told


async def _done(work: Awaitable[object]) -> None:
    await work


def _quiet() -> logging.Logger:
    """Bolt logs whole bodies below this."""
    logger = logging.getLogger("maestro.slack")
    logger.setLevel(logging.WARNING)
    return logger


def heard(kind: str, payload: "dict[str, JsonValue] | object", me: str) -> Outcome:
    """What an envelope of the socket means. Never raises."""
    try:
        match kind:
            case "events_api":
                return envelope(payload, me)
            case "slash_commands":
                return command(payload)
            case "interactive":
                return interaction(payload, me)
            case _:
                return Malformed(f"an envelope of the kind {json.dumps(kind)[:50]}")
    except ValidationError as error:
        return Malformed(str(error.errors(include_input=False, include_url=False)[0]["msg"]))
    except ValueError as error:
        return Malformed(str(error)[:200])
