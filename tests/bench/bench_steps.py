"""Goals 1 to 5: what a step costs the harness, with an instant model and a trivial command.

The loops of `loops` are played against one scripted server in this process, 210 steps each, every step one `sh -c`
whose output is about four kilobytes, as the results of coding tools often are. CPU is user and system time of the
loop's process with all its threads, and of the commands that it ran. The loops take turns; of each, medians count.

Goal 1 names mini-swe-agent. With --with-peers it is installed into .bench/peers and measured in the same run. Without,
its figure is what it was measured at on another day, scaled by the floor, which was measured beside it then and is
measured again now: ours ÷ mini = (ours now ÷ floor now) × (floor then ÷ mini then).
"""

import asyncio
import itertools
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.llm import OpenAIModel
from bot.ports import Request
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Prompt, Turn, call, say
from bot.rehearsal.served import Served
from bot.tools import TOOLS
from bot.transcript import encode
from tests.bench import peers
from tests.bench.figures import Figure, Missing, Row
from tests.bench.loops import COMMAND, STEPS, Report, loosely

KILLED_AT = 60
EARLY, LATE = 10, 200
FLOOR_MS, MINI_MS = {EARLY: 4.0, LATE: 4.0}, {EARLY: 33.0, LATE: 124.0}
"""Measured on peers, side by side on another day (PERFORMANCE): CPU ms a step of the floor and of mini-swe-agent."""
SHARE = {EARLY: 0.33, LATE: 0.12}
"""What we may cost of mini-swe-agent."""


def policy(prompt: Prompt) -> Turn:
    """The same command again and again, then the end."""
    return say("done") if prompt.turns >= STEPS else call("run", command=COMMAND)


async def played(loop: str, url: str, home: Path, kill_when: Callable[[], bool] | None = None) -> Report:
    """What a loop reported; {} when it was killed as soon as `kill_when` held."""
    command = (sys.executable, "-m", "tests.bench.loops", loop, url, str(home))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    while kill_when is not None and process.returncode is None:
        await asyncio.sleep(0.001)
        if kill_when():
            os.kill(process.pid, signal.SIGKILL)
            break
    output, _ = await process.communicate()
    return dict(json.loads(output)) if output else {}


def appended_share(requests: Sequence[bytes]) -> float:
    """The share of requests that begin with all messages of the one before, byte for byte."""
    pairs = itertools.pairwise(requests)
    grown = [later.startswith(earlier.removesuffix(b"]}")) for earlier, later in pairs]
    return sum(grown) / len(grown)


async def prepared() -> tuple[float, float]:
    """CPU milliseconds to prepare a request of 400 messages, against an instant answer: by us, and by `create`."""
    import httpx2  # what is measured
    import openai

    history: list[dict[str, object]] = [{"role": "system", "content": "rules"}]
    for n in range(200):
        made = {"id": f"c{n}", "type": "function", "function": {"name": "run", "arguments": '{"command":"ls"}'}}
        history.append({"role": "assistant", "content": None, "tool_calls": [made]})
        history.append({"role": "tool", "tool_call_id": f"c{n}", "content": "x" * 1000})
    kept, tools = [encode(message) for message in history], [tool.schema for tool in TOOLS]
    answer = b'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

    async def instantly(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=answer)

    transport = httpx2.AsyncClient(transport=httpx2.MockTransport(instantly))
    client = openai.AsyncOpenAI(api_key="k", base_url="http://model/v1", http_client=transport)
    model = OpenAIModel("scripted", key="k")
    model._made = client
    create = loosely(client.chat.completions.create)

    async def ours() -> None:
        await model.reply(Request(kept, encode(tools), "s"))

    async def theirs() -> None:
        async for _ in await create(model="m", messages=history, tools=tools, stream=True):
            pass

    return await _cpu(ours), await _cpu(theirs)


async def _cpu(act: Callable[[], Awaitable[None]], times: int = 20) -> float:
    samples = []
    for _ in range(times):
        began = time.process_time()
        await act()
        samples.append((time.process_time() - began) * 1000)
    return statistics.median(samples)


def about(values: Sequence[float], step: int) -> float:
    """The median of the ten values around a step, in milliseconds."""
    return statistics.median(values[max(step - 5, 0) : step + 5]) * 1000


async def measured(home: Path, *, quick: bool = False, with_peers: bool = False) -> list[Row]:
    rounds = 1 if quick else 3
    runs: dict[str, list[Report]] = {"floor": [], "sdk": [], "maestro": []}
    minis: list[Report | str] = []
    server = ScriptedModel(policy)
    async with Served(server) as served:
        for number in range(rounds):
            if with_peers:
                minis.append(await peers.steps(_folder(home, f"mini{number}")))
            for name in runs:
                server.asked.clear()
                runs[name].append(await played(name, served.url, _folder(home, f"{name}{number}")))
        requests = server.requests
        server.asked.clear()
        killed = _folder(home, "killed")
        await played("maestro", served.url, killed, lambda: len(server.asked) >= KILLED_AT)
        await played("maestro", served.url, killed)
        across = server.requests
    failed = [why for why in minis if isinstance(why, str)]
    if measured_now := [report for report in minis if not isinstance(report, str)]:
        runs["mini-swe-agent"] = measured_now
    cpu = {name: Costs(reports) for name, reports in runs.items()}
    return [
        *(Missing(1, why) for why in failed),
        *steps(cpu),
        *flat(runs["maestro"]),
        preparation(*await prepared()),
        *traffic(requests, across),
        *disk(runs["maestro"][-1], home / f"maestro{rounds - 1}"),
    ]


def _folder(home: Path, name: str) -> Path:
    (home / name).mkdir()
    return home / name


class Costs:
    """CPU milliseconds a step of one loop, over all its runs."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.at = {step: statistics.median(about(one["cpu"], step) for one in reports) for step in (EARLY, LATE)}


def steps(cpu: dict[str, Costs]) -> list[Row]:
    """Goal 1."""
    rows: list[Row] = []
    ours, floor = cpu["maestro"], cpu["floor"]
    for step, word in ((EARLY, "early"), (LATE, "at step 200")):
        other, how = _mini(cpu.get("mini-swe-agent"), floor, step)
        note = f"ours {ours.at[step]:.1f} ms, floor {floor.at[step]:.1f}, sdk {cpu['sdk'].at[step]:.1f}, {how}"
        share = ours.at[step] / other
        rows.append(Figure(1, f"CPU of a step / mini-swe-agent, {word}", share, "×", SHARE[step], note=note))
    for step, word in ((EARLY, "early"), (LATE, "at step 200")):
        rows.append(
            Figure(1, f"CPU of a step / floor, {word}", ours.at[step] / floor.at[step], "×", 2.5, note="stretch")
        )
    return rows


def _mini(mini: Costs | None, floor: Costs, step: int) -> tuple[float, str]:
    """mini-swe-agent's milliseconds, and how they were come by."""
    if mini is not None:
        return mini.at[step], f"mini-swe-agent {mini.at[step]:.0f}, measured now"
    then = MINI_MS[step] / FLOOR_MS[step]
    return floor.at[step] * then, f"mini {then:.2g} × floor, as measured on peers"


def flat(ours: Sequence[Report]) -> list[Figure]:
    """Goal 2."""
    early, late = (_quick(ours, step) for step in (EARLY, LATE))
    slopes = [statistics.linear_regression(range(STEPS - 11), one["cpu"][10 : STEPS - 1]).slope for one in ours]
    return [
        Figure(
            2, "gap between answer and request, at 200 / at 10", late / early, "×", 1.5, note=f"{early:.1f} ms at 10"
        ),
        Figure(2, "growth", statistics.median(slopes) * 1e6, "µs/step", 40),
    ]


def _quick(ours: Sequence[Report], step: int) -> float:
    """Milliseconds of the gaps around a step: the first quarter's end, as the machine's noise only ever adds."""
    around: list[float] = [gap for one in ours for gap in one["gaps"][max(step - 5, 0) : step + 5]]
    return statistics.quantiles(around, n=4)[0] * 1000


def preparation(ours: float, create: float) -> Figure:
    """Goal 3."""
    note = f"{ours:.2f} of {create:.1f} ms CPU, 400 messages, instant answer"
    return Figure(3, "request preparation / create(messages=…)", ours / create, "×", 0.05, note=note)


def traffic(whole: Sequence[bytes], killed: Sequence[bytes]) -> list[Figure]:
    """Goal 4."""
    note = f"{len(killed)} requests, killed at {KILLED_AT}"
    return [
        Figure(4, "requests that only append", appended_share(whole), "", 1.0, True),
        Figure(4, "the same across kill -9 and resume", appended_share(killed), "", 1.0, True, note),
    ]


def disk(ours: Report, folder: Path) -> list[Figure]:
    """Goal 5."""
    size = ours["messages"]
    stored = sum(file.stat().st_size for file in folder.iterdir())
    note = f"{stored / 1024:,.0f} KiB for {size / 1024:,.0f} KiB of messages"
    return [
        Figure(5, "stored / messages", stored / size, "×", 2.0, note=note),
        Figure(5, "written / messages", ours["written"] / size, "×", 6.0),
        Figure(5, "memory of the loop's process", ours["rss_mb"], "MB"),
    ]
