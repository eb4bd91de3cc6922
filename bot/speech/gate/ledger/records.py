"""The records of a session as they are asked: by verdict and check, and for the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.work import Claim, Evidence, Verdict


@dataclass(frozen=True, slots=True)
class Records:
    """`records` saw the present tree, newest last; `claims` by id; `complete` when every claim has an upheld one and no
    check speaks against the work."""

    records: tuple[Evidence, ...]
    claims: Mapping[str, Claim]
    complete: bool

    def where(self, *verdicts: Verdict, checks: Iterable[str] = ()) -> list[Evidence]:
        wanted = tuple(checks)
        return [r for r in self.records if r.verdict in verdicts and (not wanted or r.check in wanted)]

    def everything(self) -> int | None:
        """The newest record, where all of them speak for the work."""
        return self.records[-1].n if self.complete and self.records else None

    def partial(self, record: Evidence) -> bool:
        """Whether a run was one of a part."""
        claim = self.claims.get(record.claim or "")
        return claim is not None and bool(claim.args.get("paths") or claim.args.get("command"))

    def about(self, record: Evidence) -> str:
        """The command and the claim of a record, in small letters."""
        claim = self.claims.get(record.claim or "")
        return f"{' '.join(record.argv)} {claim.text if claim else ''}".lower()

    def topic(self, record: Evidence) -> str:
        """What a benchmark measures, in small letters."""
        claim = self.claims.get(record.claim or "")
        metric = record.benchmark.metric if record.benchmark else ""
        return f"{metric} {claim.text if claim else ''}".lower()
