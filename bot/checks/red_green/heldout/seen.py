"""What a copy of a test said when it ran, as the runners tell it. Pure."""

import re
from dataclasses import dataclass

from bot.checks.red_green.messages import told
from bot.checks.results import MESSAGE
from bot.checks.running import fails, tests_in
from bot.ports import Result

_VALUES = re.compile(r"\bassert|\bexpect|^AssertionError", re.IGNORECASE)
_NUMBERED = re.compile(r"_neighbour\d+| neighbour \d+")

_ORDER = re.compile(
    r"(?:assert|AssertionError:) (?:not )?(?P<one>.+) (?:<=?|>=?|(?:not )?(?:less|greater) than) (?P<two>.+)"
)
_PLAIN = re.compile(r"""-?[\d.]+|'[^']*'|"[^"]*\"""")
"""Which of two things is the larger is answered by yes or no, unless one of them is a value to measure the other by."""

_NUMBERS = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?)(?: [!=]==? | to \w[\w ]* |\s+Received: )(-?\d+(?:\.\d+)?)(?![\w.])")
"""The number that a test saw and the one that it expects, or the other way round."""

_CUT = re.compile(
    r"…\(\d+\)|\[\d+ chars\]|\.\.\.[\])}]|\A\w*Error: expected (?:[^…]*…' to|\[ Array\(\d+\) \]|\{ Object \()"
)
"""Where a runner shows less of a value than there is: two that differ may then look alike."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a test said: everything but places, the value that it saw, whether it saw one (no exception), and whether
    that is shown in full."""

    all: str
    value: str = ""
    usable: bool = True
    whole: bool = True

    @property
    def kind(self) -> str:
        """Of an exception, which."""
        return "" if self.usable else self.all.partition(":")[0]

    @property
    def excess(self) -> float | None:
        """How far the number that it saw is from the one that it expects; all alike, whichever a runner tells first."""
        both = _NUMBERS.search(self.value)
        return float(both[1]) - float(both[2]) if both else None


PASSED = Said("passed", "passed")


def said(test: str, result: Result) -> Said | None:
    """None where it did not run."""
    tests = tests_in(result)
    found = [name for name in tests.outcomes if name == test or name.startswith(f"{test}[")]
    if len(found) != 1:
        return None
    if tests.outcomes[found[0]] == "passed":
        return PASSED
    return _words(tests.messages.get(found[0], "")) if fails(found[0], result) else None


def _words(message: str) -> Said:
    lines = told(_NUMBERED.sub("", message))
    if not lines:
        return Said("", usable=False)
    head = next((line for line in lines if line.startswith("assert ")), "")
    value = head or "\n".join(line for line in lines if not line.startswith(("+  where", "+ where")))
    value = value.partition("falsy value:")[0]
    order = _ORDER.match(value) if " == " not in value else None
    if order and not _PLAIN.fullmatch(order["one"]) and not _PLAIN.fullmatch(order["two"]):
        value = "another order"
    whole = len(lines[0]) < MESSAGE // 2 and not _CUT.search("\n".join(lines))
    return Said("\n".join(lines), value, whole and bool(_VALUES.search(lines[0])), whole)
