"""The Web API as an ASGI application: strict about tokens, channels, limits and rates."""

import json
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.rehearsal.slack.faults import Fault
from bot.rehearsal.slack.limits import Wrong, check_message, check_view
from bot.rehearsal.slack.people import Workspace
from bot.rehearsal.slack.state import Block, Channel, File, Message, User, View
from bot.rehearsal.wire import Json, answer, drop

Args = Mapping[str, Json]


class Slack:
    """Serve it, set `world.url` to its address, and give `<url>/api` to the program."""

    def __init__(self, world: Workspace) -> None:
        self.world = world
        self._methods: dict[str, Callable[[Args], dict[str, Json]]] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._open_connection,
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "conversations.replies": self._replies,
            "users.info": self._user_info,
            "reactions.add": self._react,
            "views.open": self._open_view,
            "assistant.threads.setStatus": self._status,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._complete,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return None
        request = Request(scope, receive)
        path = str(scope["path"])
        if path.startswith("/upload/"):
            self.world.files[path.rpartition("/")[2]].data = await request.body()
            await Response("OK")(scope, receive, send)
            return None
        method = path.removeprefix("/api/").strip("/")
        fault = self.world.faults.meet(method)
        if fault is not None and not fault.after:
            return await self._fail(fault, scope, receive, send)
        response = await self._answer(method, request)
        self.world.calls.append((method, response.status_code))
        if fault is not None:
            return await self._fail(fault, scope, receive, send)
        return await response(scope, receive, send)

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.status == 0:
            return await drop(send)
        headers = {"Retry-After": str(fault.retry_after)} if fault.status == 429 else {}
        body: Json = {"ok": False, "error": "ratelimited" if fault.status == 429 else fault.word}
        return await answer(body, fault.status, headers)(scope, receive, send)

    async def _answer(self, method: str, request: Request) -> Response:
        args = await _arguments(request)
        token = self.world.app_token if method.startswith("apps.") else self.world.token
        if request.headers.get("authorization", "") != f"Bearer {token}":
            return answer({"ok": False, "error": "invalid_auth"})
        served = self._methods.get(method)
        if served is None:
            return answer({"ok": False, "error": "unknown_method"})
        wait = self.world.rates.take(method, str(args.get("channel", "")))
        if wait:
            return answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})
        try:
            return answer({"ok": True, **served(args)})
        except Wrong as wrong:
            return answer({"ok": False, "error": str(wrong)})

    # --- messages ----------------------------------------------------------------------------------------------------
    def _auth_test(self, _args: Args) -> dict[str, Json]:
        return {"team_id": self.world.team, "user_id": self.world.bot.id, "bot_id": "B0BOT", "url": self.world.url}

    def _open_connection(self, _args: Args) -> dict[str, Json]:
        socket = self.world.deliveries.socket
        if socket is None:
            raise Wrong("not_allowed_token_type")
        return {"url": socket.url}

    def _post_message(self, args: Args) -> dict[str, Json]:
        channel = self._channel(args)
        if channel.archived:
            raise Wrong("is_archived")
        if self.world.bot.id not in channel.members:
            raise Wrong("not_in_channel")
        thread = str(args.get("thread_ts") or "")
        if thread and channel.find(thread) is None:
            raise Wrong("thread_not_found")
        text, blocks = str(args.get("text") or ""), _blocks(args)
        check_message(text, blocks)
        self._check_shown(blocks)
        metadata = args.get("metadata")
        message = Message(channel, self.world.stamp(), self.world.bot, text, blocks, thread)
        message.metadata = metadata if isinstance(metadata, Mapping) else None
        channel.messages.append(message)
        if thread and any(root == thread and words for root, words in channel.statuses[-1:]):
            channel.statuses.append((thread, ""))  # an answer ends the status
        return {"channel": channel.id, "ts": message.ts, "message": _shape(message)}

    def _post_ephemeral(self, args: Args) -> dict[str, Json]:
        channel, user = self._channel(args), self._user(args)
        if channel.archived:
            raise Wrong("is_archived")
        if self.world.bot.id not in channel.members:
            raise Wrong("not_in_channel")
        if user.id not in channel.members:
            raise Wrong("user_not_in_channel")
        text, blocks = str(args.get("text") or ""), _blocks(args)
        check_message(text, blocks)
        self._check_shown(blocks)
        thread = str(args.get("thread_ts") or "")
        message = Message(channel, self.world.stamp(), self.world.bot, text, blocks, thread, to=user.name)
        channel.messages.append(message)
        return {"message_ts": message.ts}

    def _update(self, args: Args) -> dict[str, Json]:
        """Text without blocks removes the blocks."""
        message = self._message(args, "ts")
        if message.user is not self.world.bot:
            raise Wrong("cant_update_message")
        if message.channel.archived:
            raise Wrong("is_archived")
        text, blocks = str(args.get("text") or ""), _blocks(args)
        check_message(text, blocks)
        self._check_shown(blocks)
        message.text, message.blocks, message.edits = text, blocks, message.edits + 1
        return {"channel": message.channel.id, "ts": message.ts}

    def _check_shown(self, blocks: Iterable[Block]) -> None:
        """Pictures must be there, and tables are not for every workspace."""
        for block in blocks:
            shown = block.get("slack_file")
            file = self.world.files.get(str(shown.get("id"))) if isinstance(shown, Mapping) else None
            if block.get("type") == "image" and (file is None or not file.completed):
                raise Wrong("invalid_blocks")
            if block.get("type") == "table" and not self.world.tables:
                raise Wrong("invalid_blocks")

    def _react(self, args: Args) -> dict[str, Json]:
        message, name = self._message(args, "timestamp"), str(args.get("name"))
        if name in message.reactions:
            raise Wrong("already_reacted")
        message.reactions.append(name)
        return {}

    # --- looking -----------------------------------------------------------------------------------------------------
    def _replies(self, args: Args) -> dict[str, Json]:
        root = self._message(args, "ts")
        oldest = str(args.get("oldest") or "0")
        found = [m for m in root.channel.in_thread(root.root) if not m.to and (m.ts > oldest or m is root)]
        return {"messages": [_shape(m) for m in found], "has_more": False}

    def _user_info(self, args: Args) -> dict[str, Json]:
        user = self._user(args)
        shape: dict[str, Json] = {"id": user.id, "name": user.name, "team_id": user.team, "is_bot": user.bot}
        shape |= {"deleted": user.deleted, "is_restricted": user.restricted, "is_stranger": user.stranger}
        return {"user": shape | {"is_ultra_restricted": user.ultra_restricted}}

    # --- dialogs, status, files --------------------------------------------------------------------------------------
    def _open_view(self, args: Args) -> dict[str, Json]:
        user = self.world.triggers.pop(str(args.get("trigger_id")), None)
        if user is None:
            raise Wrong("expired_trigger_id")
        view = args.get("view")
        if not isinstance(view, Mapping):
            raise Wrong("invalid_arguments")
        check_view(view)
        opened = View(self.world.next_id("V"), user, view)
        self.world.views.append(opened)
        return {"view": {"id": opened.id}}

    def _status(self, args: Args) -> dict[str, Json]:
        channel = self.world.channels.get(str(args.get("channel_id")))
        if channel is None:
            raise Wrong("channel_not_found")
        channel.statuses.append((str(args.get("thread_ts")), str(args.get("status"))))
        return {}

    def _upload_url(self, args: Args) -> dict[str, Json]:
        file = File(self.world.next_id("F"), str(args.get("filename")))
        if not str(args.get("length", "")).isdigit():
            raise Wrong("invalid_arguments")
        self.world.files[file.id] = file
        return {"upload_url": f"{self.world.url}/upload/{file.id}", "file_id": file.id}

    def _complete(self, args: Args) -> dict[str, Json]:
        """Into a channel, or nowhere: for messages that show it."""
        named, listed = str(args.get("channel_id") or ""), args.get("files")
        channel = self.world.channels.get(named)
        given = json.loads(listed) if isinstance(listed, str) else listed
        if (named and channel is None) or not isinstance(given, list):
            raise Wrong("invalid_channel")
        files = tuple(self.world.files[str(each["id"])] for each in given)
        for file in files:
            file.completed = True
        if channel is not None:
            thread, text = str(args.get("thread_ts") or ""), str(args.get("initial_comment") or "")
            message = Message(channel, self.world.stamp(), self.world.bot, text, thread=thread, files=files)
            channel.messages.append(message)
        return {"files": [{"id": file.id} for file in files]}

    # --- arguments ---------------------------------------------------------------------------------------------------
    def _channel(self, args: Args) -> Channel:
        """A person's id means the conversation with them."""
        named = str(args.get("channel"))
        user = self.world.users.get(named)
        channel = self.world.direct(user) if user is not None else self.world.channels.get(named)
        if channel is None:
            raise Wrong("channel_not_found")
        return channel

    def _message(self, args: Args, name: str) -> Message:
        message = self._channel(args).find(str(args.get(name)))
        if message is None:
            raise Wrong("message_not_found")
        return message

    def _user(self, args: Args) -> User:
        user = self.world.users.get(str(args.get("user")))
        if user is None:
            raise Wrong("user_not_found")
        return user


async def _arguments(request: Request) -> Args:
    """JSON, or a form whose structured values are JSON themselves; parameters of a GET count, too."""
    raw = await request.body()
    if "json" in request.headers.get("content-type", ""):
        value = json.loads(raw or b"{}")
        return value if isinstance(value, dict) else {}
    fields = {name: values[0] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}
    return {**dict(request.query_params), **fields}


def _blocks(args: Args) -> tuple[Block, ...]:
    value = args.get("blocks")
    listed = json.loads(value) if isinstance(value, str) else value
    return tuple(block for block in listed if isinstance(block, dict)) if isinstance(listed, list) else ()


def _shape(message: Message) -> dict[str, Json]:
    shape: dict[str, Json] = {"ts": message.ts, "user": message.user.id, "text": message.text, "type": "message"}
    if message.user.bot:
        shape |= {"bot_id": "B0BOT", "app_id": "A0APP"}
    if message.metadata:
        shape |= {"metadata": message.metadata}
    return shape | ({"thread_ts": message.thread} if message.thread else {})
