"""Large deliveries are read in a process of their own, so that parsing never holds up the event loop.

`json` and pydantic parse under the interpreter's lock: 25 MB would stop every thread of the server for a tenth of a
second and more. The child gets no environment, reads one line of head and the body from stdin, and answers one line.
"""

import asyncio
import contextlib
import json
import sys
import tempfile
from typing import IO, cast

from bot.codehost import Account
from bot.domain.refs import Heard
from handlers.github.hear import Ears, Malformed, Nothing, Outcome, Raw, hear

SECONDS = 30.0
"""What a child may take; the largest delivery needs a tenth."""


class Apart:
    """Hears large deliveries, one at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def hear(self, event: str, delivery: str, body: Raw, ears: Ears) -> Outcome:
        """What `handlers.github.hear.hear` says, from a child process."""
        head = json.dumps([event, delivery, ears.me.app_id, ears.me.slug, ears.me.bot, sorted(ears.bots)]).encode()
        async with self._turn:
            with tempfile.TemporaryFile() as file:
                await asyncio.to_thread(_write, file, head, body)
                return await _child(file)


def _write(file: IO[bytes], head: bytes, body: Raw) -> None:
    file.write(head + b"\n")
    file.write(body)
    file.seek(0)


async def _child(stdin: IO[bytes]) -> Outcome:
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", __name__, stdin=stdin, stdout=pipe, stderr=none, env={}
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(), SECONDS)
    except TimeoutError:
        return Malformed("the payload could not be read in time")
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    return _answer(out) if child.returncode == 0 else Malformed("the payload is too much to read")


def _answer(out: bytes) -> Outcome:
    kind, value = cast("tuple[str, str]", json.loads(out))
    match kind:
        case "heard":
            return Heard.model_validate_json(value)
        case "nothing":
            return Nothing(value)
        case _:
            return Malformed(value)


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    event, delivery, app, slug, bot, bots = head
    outcome = hear(event, delivery, sys.stdin.buffer.read(), Ears(Account(app, slug, bot), frozenset(bots)))
    match outcome:
        case Heard():
            said = ["heard", outcome.model_dump_json()]
        case Nothing(why):
            said = ["nothing", why]
        case Malformed(why):
            said = ["malformed", why]
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
