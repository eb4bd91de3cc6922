"""What speech must know besides the session: where its live page is and how large the model's context may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


def none_kept(_repo: str) -> Sequence[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class Voice:
    """`site` is the public address ('' when there is none), `context` the capacity in tokens, `model` a name."""

    site: str = ""
    context: int = 128_000
    model: str = ""
    secrets: Callable[[str], Sequence[tuple[str, str]]] = none_kept
    """(name, phases) of what is kept for a repository."""

    def page(self, session: str) -> str:
        return f"{self.site}/sessions/{session}" if self.site else ""

    def record(self, session: str, n: int) -> str:
        return f"{self.page(session)}#evidence-{n}" if self.site else ""
