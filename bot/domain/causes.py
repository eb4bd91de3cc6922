"""Why a check of others is red: decided by the program from what it can see, before any model has a say."""

import re
from collections.abc import Sequence

from bot.domain.followups import Cause

_MACHINE = re.compile(
    r"lost communication with the server|runner (?:has )?received a shutdown signal|the hosted runner|runner was lost"
    r"|no space left on device|could not resolve host|temporary failure in name resolution|connection (?:was )?reset"
    r"|connection timed out|tls handshake timeout|\b50[234] (?:bad gateway|service unavailable|gateway time-?out)"
    r"|toomanyrequests|rate limit exceeded|unable to (?:access|pull) |failed to (?:download|pull) (?:action|image)"
    r"|operation was canceled|out of memory: kill",
    re.IGNORECASE,
)
_MACHINE_ENDS = frozenset({"startup_failure", "action_required", "cancelled", "stale"})
GREEN = frozenset({"success", "neutral", "skipped"})


def cause_of(conclusion: str, log: str, at_base: Sequence[str], at_head: Sequence[str]) -> tuple[Cause, str]:
    """`at_base` and `at_head` are the conclusions of the check of this name on the two commits, oldest first."""
    if conclusion in _MACHINE_ENDS:
        return "infrastructure", f"It ended with {conclusion}."
    if found := _MACHINE.search(log):
        return "infrastructure", f"Its output says “{' '.join(found[0].split())}”."
    if at_base and at_base[-1] not in GREEN:
        return "base", f"There it ended with {at_base[-1]}."
    if any(end in GREEN for end in at_head):
        return "flaky", f"On this very commit it ended with {', '.join(at_head)}."
    known = "On the base it is green." if at_base else "On the base it never ran."
    return "change", known
