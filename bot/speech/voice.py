"""What speech must know besides the session: where its live page is and how large the model's context may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """`site` is the public address ('' when there is none), `context` the capacity in tokens, `model` a name."""

    site: str = ""
    context: int = 128_000
    model: str = ""

    def page(self, session: str) -> str:
        return f"{self.site}/sessions/{session}" if self.site else ""

    def record(self, session: str, n: int) -> str:
        return f"{self.page(session)}#evidence-{n}" if self.site else ""
