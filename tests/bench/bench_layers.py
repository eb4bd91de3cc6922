"""Goal 12, its second half: a set-up layer and a result on the base are computed once for the same inputs.

The set-up command and the check leave a random word: whoever computes again gets another one.
"""

import asyncio
from pathlib import Path

from bot.domain.refs import digest_of
from bot.executing import Executor, ResultFiles, Rig, Scene, environment
from bot.ports import Run
from bot.ports.agent import TreeSpec
from handlers.compose import SystemClock
from sandbox.bubblewrap import Bubblewrap
from sandbox.git import Bare
from sandbox.layers import Layer, SetUp
from sandbox.mirror import Mirrors
from sandbox.workshop import Workshop
from tests.bench.figures import Figure
from tests.contract.repositories import Origin

RANDOM = "od -An -N8 -tx8 /dev/urandom"
ASKED = 4
"""How often the same is asked for: together, and again by a program that starts anew."""


async def measured(folder: Path, *, quick: bool = False) -> list[Figure]:
    origin = Origin(folder)
    head = origin.commit({"README.md": "# Words\n", "requirements.txt": "nothing\n"})
    layers: list[Layer] = []
    words: list[str] = []
    for _ in range(2):
        workshop = Workshop(folder / "home", Mirrors(folder / "home"), Bubblewrap(folder / "home"))
        await workshop.mirrors.refresh(origin.remote())
        bare = await workshop.mirrors.session("s1", origin.remote())
        layers += await asyncio.gather(*(_layer(workshop, bare, head) for _ in range(ASKED // 2)))
        words += [await _word(workshop, bare, head, layers[0], folder) for _ in range(ASKED // 2)]
    made = {(layer.path / "env" / "word").read_text() for layer in layers}
    note = f"asked for {ASKED} times, by two programs"
    return [
        Figure(12, "set-up layers for the same inputs", len(made), "", 1, note=note),
        Figure(12, "results on the base for the same inputs", len(set(words)), "", 1, note=note),
    ]


async def _layer(workshop: Workshop, bare: Bare, head: str) -> Layer:
    made = await workshop.prepare(bare, head, SetUp((f"{RANDOM} > /opt/env/word",), ("requirements.txt",)))
    assert isinstance(made, Layer), made
    return made


async def _word(workshop: Workshop, bare: Bare, head: str, layer: Layer, folder: Path) -> str:
    """What the check says on the base's own tree."""
    tree = await bare.tree_of(head)
    entries = {entry.path: entry for entry in await bare.entries(head)}
    scene = Scene(bare, tree, tree, entries, entries, layer, await environment(workshop, layer))

    async def forget(data: bytes) -> str:
        return digest_of(data)

    rig = Rig(workshop, ResultFiles(folder / "home" / "results"), forget, SystemClock())
    async with asyncio.TaskGroup() as group, Executor(scene, rig, 2, group).bay() as bay:
        results = await bay.run([Run("word", TreeSpec("base"), ("sh", "-c", RANDOM), 20.0)])
    return results["word"].output
