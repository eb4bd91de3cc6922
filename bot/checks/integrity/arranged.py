"""What a test does besides asserting: other inputs, fewer cases, and helpers that make unlike things alike."""

import re
from collections.abc import Collection, Iterable, Iterator

from bot.checks.integrity.model import Detail, Expr, short, words

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_WAITS = words("sleep wait seed settimeout timeout advance tick alarm join setTimeout advanceTimersByTime")
LOSSY = words(
    "sorted set frozenset round lower upper casefold strip lstrip rstrip len abs bool Counter unique Set toLowerCase "
    "toUpperCase trim toFixed floor trunc drop_duplicates normalize"
)
"""What makes unlike things alike."""


def other_inputs(old: Detail, new: Detail, literals: Collection[str]) -> Iterator[tuple[str, int]]:
    """Steps that are the same but for numbers, while what is expected has not changed. `literals` are numbers that
    stand in other steps now."""
    if {each.key for each in old.assertions} != {each.key for each in new.assertions} or not old.assertions:
        return
    before, after = [text for text, _ in old.steps], [text for text, _ in new.steps]
    fresh = [(text, line) for text, line in new.steps if text not in before]
    for text in before:
        shape = _NUMBER.sub("#", text)
        if text in after or shape == text or _callee(text) in _WAITS:
            continue
        found = next(((now, line) for now, line in fresh if _NUMBER.sub("#", now) == shape), None)
        lost = set(_NUMBER.findall(text)) - set(_NUMBER.findall(found[0])) if found is not None else set()
        if found is not None and lost - set(literals):
            yield f"`{short(text)}` became `{short(found[0])}`, and the same is expected", found[1]


def _callee(text: str) -> str:
    return re.split(r"[.]", text.partition("(")[0])[-1]


def numbers_in(details: Iterable[Detail]) -> frozenset[str]:
    return frozenset(number for detail in details for text, _ in detail.steps for number in _NUMBER.findall(text))


def fewer_cases(old: Detail, new: Detail) -> Iterator[tuple[str, int]]:
    """Cases that came from somewhere and are filtered or cut off on the way now."""
    before = [text for text, _ in old.sources]
    for text, line in new.sources:
        whole = next((each for each in before if each != text and each in text), None)
        if text in before or whole is None:
            continue
        rest = text.replace(whole, "", 1)
        if re.match(r"\s*\.(filter|slice|splice)\(|\s*\[.*:", rest) or re.search(r"\bif\b|filter\(|islice\(", rest):
            yield f"only some of `{short(whole)}` are cases now", line


def more_alike(old: Detail, new: Detail) -> str:
    """What a helper that gives values back does to them now and did not."""
    lost = sorted(new.calls & LOSSY - old.calls)
    return lost[0] if lost and not new.assertions else ""


def is_looser(was: Expr, now: Expr) -> bool:
    """Whether the same is looked at through something that makes unlike things alike."""
    gained = now.calls & LOSSY - was.calls
    return bool(gained) and was.text != now.text and was.text in now.text
