"""The stage of a rehearsal: the embedded GitHub, the scripted model, and the real server as a process of its own.

The server is configured by its settings alone, as an operator would do it, and can be killed and started again.
"""

import asyncio
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

import httpx
from pydantic import JsonValue

from bot.ports import Trouble
from bot.rehearsal.github import GitHub, Issue, Person, Repo, World, private_pem
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.play import PLAY, make_sample, sample_issue
from bot.rehearsal.served import Served

OWN = ("MAESTRO_", "GITHUB_", "SLACK_", "DATABASE_URL", "OPENAI_")
"""Beginnings of the settings' names: none of the operator's own reaches a rehearsal."""

START_SECONDS = 30.0
RUN = "from handlers.main import main; main(['serve'])"


class Stage:
    """`async with Stage(folder, environment) as stage:` raises the curtain; `stage.start()` starts the server.

    `model` None plays the bundled script; otherwise it holds the OPENAI_ and MAESTRO_MODEL settings of a real one.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        model: Mapping[str, str] | None = None,
        script: ScriptedModel | None = None,
    ) -> None:
        self.folder = folder
        self._environment = {n: v for n, v in environment.items() if not n.startswith(OWN)}
        self._real_model = model
        self.world = World(folder / "github")
        self.model = script or ScriptedModel(PLAY, pace=0.2)
        self.port = _free_port()
        self.server: asyncio.subprocess.Process | None = None
        self._stack = AsyncExitStack()
        # A bare context: the server is on loopback, and loading the machine's authorities costs 30 ms each time.
        self._http = httpx.AsyncClient(
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            timeout=10.0,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # a server that was killed has left nothing to reuse
        )
        self._settings: dict[str, str] = {}

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._http)
        github = await self._stack.enter_async_context(Served(GitHub(self.world)))
        self.world.url = github.url
        self.world.hooks.deliver_to(f"{self.site}/github/webhooks")
        key = self.folder / "app.pem"
        key.write_text(private_pem())
        self._settings = {
            "GITHUB_APP_ID": str(self.world.app.id),
            "GITHUB_PRIVATE_KEY": str(key),
            "GITHUB_WEBHOOK_SECRET": self.world.hooks.secret,
            "GITHUB_API_URL": github.url,
            "GITHUB_SERVER_URL": github.url,
            "MAESTRO_HOME": str(self.folder / "home"),
            "MAESTRO_PORT": str(self.port),
            "MAESTRO_OPEN": "1",
            **(self._real_model or await self._scripted()),
        }
        return self

    async def _scripted(self) -> dict[str, str]:
        served = await self._stack.enter_async_context(Served(self.model))
        return {
            "OPENAI_API_KEY": "rehearsal",
            "OPENAI_BASE_URL": f"{served.url}/v1",
            "MAESTRO_MODEL": self.model.name,
        }

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self._stack.aclose()

    # --- the server --------------------------------------------------------------------------------------------------
    async def start(self, **more: str) -> None:
        """Start the server and wait until it is ready. Raises Trouble with the end of its log when it does not come."""
        with self.log.open("ab") as log:
            self.server = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                RUN,
                env={**self._environment, **self._settings, **more},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        await until(self._answers, START_SECONDS, self._why_not)

    async def _answers(self) -> bool:
        if self.server is None or self.server.returncode is not None:
            raise Trouble(self._why_not())
        try:
            return (await self._http.get(f"{self.site}/healthz", timeout=2.0)).is_success
        except httpx.HTTPError:
            return False

    def _why_not(self) -> str:
        tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        return f"the server did not start:\n{tail}"

    async def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        if self.server is not None and self.server.returncode is None:
            self.server.kill()
            await self.server.wait()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when that does not help in ten seconds."""
        if self.server is None or self.server.returncode is not None:
            return
        self.server.terminate()
        try:
            async with asyncio.timeout(10):
                await self.server.wait()
        except TimeoutError:
            await self.kill()

    async def api(self, path: str) -> JsonValue:
        """The answer of the server's API."""
        answer = await self._http.get(f"{self.site}/api{path}")
        answer.raise_for_status()
        value: JsonValue = answer.json()
        return value

    async def session(self) -> dict[str, JsonValue] | None:
        """The newest session's state."""
        rows = await self.api("/sessions")
        if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
            return None
        state = await self.api(f"/sessions/{rows[0]['id']}")
        return state if isinstance(state, dict) else None

    # --- the people --------------------------------------------------------------------------------------------------
    async def sample(self) -> tuple[Repo, Person, Issue]:
        """The sample repository, somebody with write access, and the issue they opened."""
        make_sample(self.folder / "sample.git")
        repo = self.world.repo("octo/duration", source=self.folder / "sample.git")
        person = self.world.person("ada", permission="write")
        return repo, person, await person.opens_issue(repo, *sample_issue())


async def until(
    true: Callable[[], Awaitable[bool]], seconds: float, otherwise: Callable[[], str], pause: float = 0.1
) -> None:
    """Wait until something holds. Raises Trouble with what `otherwise` says when it takes too long."""
    end = asyncio.get_running_loop().time() + seconds
    while not await true():
        if asyncio.get_running_loop().time() > end:
            raise Trouble(otherwise())
        await asyncio.sleep(pause)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
