"""How the sandboxes are to be, as the settings say."""

from collections.abc import Sequence
from pathlib import Path

from handlers.settings import Settings
from sandbox.backends import Wishes
from sandbox.docker import SOCKET
from sandbox.toolchains import Toolchain


def wishes_of(settings: Settings, home: Path, offered: Sequence[Toolchain]) -> Wishes:
    """An engine elsewhere (tcp, ssh) is passed over: work trees are bound into containers, so it must be here."""
    here = settings.docker_host.startswith("unix://")
    return Wishes(
        home,
        tuple(offered),
        settings.maestro_sandbox_image or None,
        settings.docker_host if here else SOCKET,
        settings.maestro_sandbox_runtime or None,
        reachable=settings.reachable,
    )
