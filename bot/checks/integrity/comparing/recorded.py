"""What a test wants to hear of calls, in whatever words: a mock's own questions, its list of calls, a list that a
function of the test fills."""

import re

from bot.checks.integrity.comparing.likeness import elements
from bot.checks.integrity.model import RANK, Assertion

_DOUBLE = re.compile(
    r"\b(Magic|Async|NonCallableMagic)?Mock\(|\bcreate_autospec\(|\bpatch(\.object|\.multiple)?\("
    r"|\b(jest|vi|sinon|mock)\b[^;]*?\.(fn|stub|spy|fake|method|spyOn)\("
)
_ASKING = re.compile(
    r"\.(call_count|call_args(_list)?|mock_calls|method_calls|await_count|mock\.(calls|lastCall|callCount)|callCount|called\w*"
    r"|(first|second|third|last)Call|getCalls?|args)\b"
)
_LIST = re.compile(r"\[\]|list\(\)|deque\(\)|\w+")
_COUNT = re.compile(r"\.(call_count|await_count|callCount(\(\))?|(mock\.calls|getCalls\(\))\.length)$")
_WORD = re.compile(r"[^\W_]+")
_ONCE = re.compile(r"\b(\w+_once\w*|calledOnce\w*|toHaveBeenCalledOnce)\b")
_NEVER = re.compile(r"\b(assert_not_called|assert_not_awaited|notCalled)\b")


def is_of_calls(assertion: Assertion) -> bool:
    """Whether an assertion is on a double, or on what one has noted."""
    text = assertion.subject.text
    return assertion.kind in ("called", "runs") or bool(_DOUBLE.search(text) or _ASKING.search(text))


def is_heard_still(was: Assertion, now: Assertion) -> bool:
    """Whether what was asked of a double is asked of what was noted, in other words: no fewer calls, and no less of
    what they were given."""
    noted = is_of_calls(now) or (now.kind == "equal" and _LIST.fullmatch(now.subject.text) is not None)
    if not is_of_calls(was) or not noted:
        return False
    if _number(was) is not None and _number(was) == _number(now):
        return True
    if RANK[now.kind] < min(RANK[was.kind], RANK["called"]):
        return False
    if (number := _number(was)) is not None:
        return now.kind == "equal" and elements(now.expected.text) == number
    wanted, found = _words(was), _words(now)
    if was.kind == "equal" and now.kind == "equal":
        return bool(wanted) and wanted == found
    return bool(wanted) and any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


def _number(assertion: Assertion) -> int | None:
    """How many calls it wants, where it says no more than that."""
    text, wanted = assertion.subject.text, assertion.expected.text
    if _NEVER.search(wanted) or (text.endswith(".called") and wanted == "false"):
        return 0
    if assertion.kind == "runs":
        return 0 if text.startswith("not ") and not wanted else 1 if _ONCE.search(wanted) else None
    counted = _COUNT.search(text) or re.match(r"len\(.*(_list|_calls)\)$", text)
    return int(wanted) if counted and wanted.isdigit() else None


def _words(assertion: Assertion) -> list[str]:
    return _WORD.findall(re.sub(r"\b(mock\.)?call\(", "(", assertion.expected.text))
