"""The programs that stay: a worker beside a server, and the rehearsal on its own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bot.rehearsal.github import Moment
from bot.rehearsal.script import Script
from tests.crash.company import Company, company


@asynccontextmanager
async def running(
    folder: Path, *words: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program of ours in a folder, until it is told to end."""
    known = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE_")}
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=folder,
        env={**known, **(env or {})},
        stdout=pipe,
        stderr=pipe,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a background job's is ignored
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
        await program.communicate()


def settings(play: Company) -> dict[str, str]:
    """The house's settings as an operator writes them."""
    given = play.settings.model_dump(exclude_defaults=True)
    return {name.upper(): str(int(value) if value is True else value) for name, value in given.items()}


async def test_a_worker_does_what_a_server_has_only_stored_and_ends_when_it_is_told(tmp_path: Path) -> None:
    async with company(tmp_path, Script([]), {"notes.txt": "One.\n"}) as play:
        await play.close()
        await play.open(work=False)
        issue = await play.ada.opens_issue(play.repo, "A question", "")
        said = asyncio.Event()

        def listen(moment: Moment) -> None:
            if "Nothing has been asked" in moment.chat():
                said.set()

        play.world.listeners.append(listen)
        await play.ada.comments(issue, "/maestro status")
        await play.world.hooks.settled()
        program = "from handlers.main import main; main(['worker'])"
        async with running(tmp_path, "-c", program, env=settings(play)) as worker:
            await asyncio.wait_for(said.wait(), 90)
            worker.send_signal(signal.SIGTERM)
            _, log = await worker.communicate()
        assert (worker.returncode, b"Traceback" in log) == (0, False), log
        assert play.said(issue) == [
            "/maestro status",
            "Nothing has been asked of me here yet. `/maestro implement` starts.",
        ]


async def test_the_rehearsal_alone_serves_what_it_prints_and_shows_what_is_said(tmp_path: Path) -> None:
    async with running(tmp_path, "-m", "bot.rehearsal", str(tmp_path / "world")) as rehearsal:
        assert rehearsal.stdout is not None
        printed = (await rehearsal.stdout.readuntil(b"/comments\n")).decode()
        known = dict(re.findall(r"^(\w+)=(.*)$", printed, re.MULTILINE))
        [bearer] = re.findall(r"Authorization: (Bearer \S+)'", printed)
        async with httpx.AsyncClient(headers={"Authorization": bearer}) as ada:
            repo = f"{known['GITHUB_API_URL']}/repos/octo/duration"
            made = (await ada.post(f"{repo}/issues", json={"title": "Weeks are unknown", "body": "1w"})).json()
            await ada.post(f"{repo}/issues/{made['number']}/comments", json={"body": "/maestro implement"})
            models = (await ada.get(f"{known['OPENAI_BASE_URL']}/models")).json()
        told = [(await rehearsal.stdout.readline()).decode() for _ in range(2)]
        rehearsal.send_signal(signal.SIGINT)
        out, err = await rehearsal.communicate()
    assert [model["id"] for model in models["data"]] == [known["MAESTRO_MODEL"]]
    assert told == [
        'octo/duration#2 ada opened #2 "Weeks are unknown": 1w\n',
        "octo/duration#2 ada: /maestro implement\n",
    ]
    assert (rehearsal.returncode, out, err) == (0, b"", b"The rehearsal is over.\n")
