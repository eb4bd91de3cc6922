"""Every backend there is, and which one an operator gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.api import Backend, SandboxUnavailable
from sandbox.bubblewrap import Bubblewrap
from sandbox.docker import SOCKET, Docker
from sandbox.toolchains import Toolchain

BACKENDS: tuple[type[Bubblewrap] | type[Docker], ...] = (Bubblewrap, Docker)
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator set. `home` is where backends keep their files; `offered` are the machine's toolchains, which
    bubblewrap shows; `image`, `engine` and `runtime` are for docker; `authorities` and `reachable`: see `egress`."""

    home: Path
    offered: tuple[Toolchain, ...] = ()
    image: str | None = None
    engine: str = SOCKET
    runtime: str | None = None
    authorities: Path | None = None
    reachable: Sequence[str] = ()

    def bubblewrap(self) -> Bubblewrap:
        return Bubblewrap(self.home, offered=self.offered, authorities=self.authorities, reachable=self.reachable)

    def docker(self) -> Docker:
        return Docker(
            self.home,
            image=self.image,
            engine=self.engine,
            runtime=self.runtime,
            authorities=self.authorities,
            reachable=self.reachable,
        )


async def choose(setting: str, wishes: Wishes) -> Backend:
    """The backend for a setting: `bubblewrap`, `docker`, or `auto`, which means docker when an engine answers and an
    image is set, else bubblewrap. Raises SandboxUnavailable, saying what to install, when the choice can't run here,
    and ValueError for another setting. There is no choice without isolation."""
    names = [kind.name for kind in BACKENDS]
    if setting not in (AUTO, *names):
        raise ValueError(f"{setting!r} is no sandbox: choose {AUTO}, {' or '.join(names)}")
    if setting == Docker.name or (setting == AUTO and wishes.image is not None):
        docker = wishes.docker()
        fault = await _fault(docker)
        if fault is None:
            return docker
        await docker.close()
        if setting == Docker.name:
            raise SandboxUnavailable(fault)
    bubblewrap = wishes.bubblewrap()
    fault = await _fault(bubblewrap)
    if fault is not None:
        raise SandboxUnavailable(fault)
    return bubblewrap


async def _fault(backend: Backend) -> str | None:
    """What keeps a backend from working here, with advice; None when nothing does."""
    broken = [each for each in await backend.capabilities() if each.needed and not each.ok]
    return "; ".join(f"{each.name}: {each.found} ({each.advice})" for each in broken) or None
