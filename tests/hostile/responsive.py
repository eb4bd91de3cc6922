"""How soon the real server answers webhooks while its sandboxes rage: `python -m tests.hostile.responsive [backend…]`.

The server is a process of its own, as are those who send deliveries. Sessions run a fork bomb, a flood of output, a
disk fill and all of them together in their sandboxes, in a loop, while signed deliveries come at a steady pace.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Prompt, Turn, Words, call
from handlers.cli.stage import Stage, until
from tests.bench.client import delivery
from tests.contract.sandboxes import BACKENDS, settings_for

BOMB = "python3 -c 'import os\nwhile True:\n try: os.fork()\n except OSError: pass'"
FLOOD = "yes & yes & cat /dev/zero"
FILL = "while :; do for n in 1 2 3 4; do dd if=/dev/zero of=/tmp/fill$n bs=1M count=400 2>/dev/null; done; done"
FILES = "cd /tmp; while :; do mkdir -p d; for n in $(seq 300); do : > d/$n; done; rm -r d; done"
RAGES = {"bomb": BOMB, "flood": FLOOD, "fill": FILL, "files": FILES}
PACE, LANES = 0.01, 4
SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds that the answers took."""

    what: str
    waits: Sequence[float]
    refused: int

    def share(self, percent: float) -> float:
        return sorted(self.waits)[min(int(len(self.waits) * percent / 100), len(self.waits) - 1)]

    def __str__(self) -> str:
        told = ", ".join(f"p{each:g} {self.share(each):.1f}" for each in (50, 95, 99, 100))
        return f"{self.what:24} {len(self.waits):5} answers, {self.refused} refused; ms: {told}"


class Raging:
    """A model that runs what the issue's title names, again and again."""

    def __call__(self, prompt: Prompt) -> Turn:
        text = "\n".join(entry.text for entry in prompt.said if isinstance(entry, Words))
        wanted = next(name for name in RAGES if f"rage with {name}" in text)
        return call("run", command=f": {prompt.turns}; {RAGES[wanted]}", timeout=8)


async def send(port: int, secret: str, seconds: float) -> None:
    """In a process of its own: paced deliveries; prints the milliseconds of each."""
    waits, refused = list[float](), list[bytes]()
    end = time.monotonic() + seconds

    def paced(lane: int) -> Iterator[bytes]:
        number = 0
        while time.monotonic() < end:
            number += 1
            yield delivery("/github/webhooks", secret.encode(), f"{port}-{time.time_ns()}-{lane}-{number}")

    await asyncio.gather(*(_lane(port, paced(lane), waits, refused) for lane in range(LANES)))
    print(json.dumps({"waits": [wait * 1e3 for wait in waits], "refused": len(refused)}))


async def _lane(port: int, requests: Iterator[bytes], waits: list[float], refused: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        sent = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((row for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")), b":0")
        await reader.readexactly(int(length.partition(b":")[2]))
        waits.append(time.perf_counter() - sent)
        if head[9:10] != b"2":
            refused.append(head)
        await asyncio.sleep(PACE * LANES)
    writer.close()


async def measured(backend: str, folder: Path, rages: Sequence[str], seconds: float = SECONDS) -> Waits:
    """Webhooks while as many sessions rage as are named."""
    settings = settings_for(backend) | {"MAESTRO_CONCURRENCY": str(max(2, len(rages)))}
    async with Stage(folder, dict(os.environ), script=ScriptedModel(Raging())) as stage:
        await stage.start(**settings)
        repo, person, _ = await stage.sample()
        for name in rages:
            issue = await person.opens_issue(repo, f"rage with {name}", "please")
            await person.comments(issue, "/maestro implement")

        async def raging() -> bool:
            rows = await stage.api("/sessions")
            assert isinstance(rows, list)
            states = [await stage.api(f"/sessions/{row['id']}") for row in rows]  # type: ignore[index,call-overload]
            return len(states) == len(rages) and all(state["steps"] for state in states)  # type: ignore[index,call-overload]

        if rages:
            await until(raging, 60, lambda: stage.log.read_text()[-3000:])
            await asyncio.sleep(1.0)
        secret = stage.world.hooks.secret
        sender = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.hostile.responsive", "send", str(stage.port), secret, str(seconds)),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await sender.communicate()
    told = json.loads(said)
    return Waits(f"{backend} {'+'.join(rages) or 'at rest'}", told["waits"], told["refused"])


async def main(backends: Sequence[str]) -> None:
    for backend in backends:
        for rages in ((), *((name,) for name in RAGES), ("bomb", "flood", "fill", "files")):
            with tempfile.TemporaryDirectory() as folder:
                print(await measured(backend, Path(folder), rages), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        asyncio.run(send(int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
    else:
        asyncio.run(main(sys.argv[1:] or BACKENDS))
