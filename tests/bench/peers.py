"""Other harnesses, installed into .bench/peers when asked, and measured like our own loops."""

from pathlib import Path

from tests.bench.loops import Report


async def steps(home: Path) -> Report | str:
    return "not yet"
