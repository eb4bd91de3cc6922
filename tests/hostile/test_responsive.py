"""The real server answers webhooks while its sandboxes rage. `python -m tests.hostile.responsive` prints the figures of
each kind of rage; here all rage at once, and the bounds are those of a machine that others use, too."""

from pathlib import Path

import pytest

from tests.contract.sandboxes import BACKENDS
from tests.hostile.responsive import RAGES, measured


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", BACKENDS)
async def test_webhooks_are_answered_while_sandboxes_rage(tmp_path: Path, backend: str) -> None:
    rest = await measured(backend, _new(tmp_path / "rest"), (), 3.0)
    raging = await measured(backend, _new(tmp_path / "raging"), tuple(RAGES), 10.0)
    print(rest, raging, sep="\n")
    assert (rest.refused, raging.refused) == (0, 0)
    assert raging.share(50) < 250
    assert raging.share(99) < max(250, 10 * rest.share(99))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
