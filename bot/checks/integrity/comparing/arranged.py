"""What a test does besides asserting: other inputs, fewer cases, and helpers that make unlike things alike."""

import re
from collections.abc import Collection, Iterable, Iterator

from bot.checks.integrity.model import Detail, Expr, short
from bot.domain.words import words

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_WAITS = words("sleep wait seed settimeout timeout advance tick alarm join setTimeout advanceTimersByTime")
LOSSY = words(
    "sorted set frozenset round lower upper casefold strip lstrip rstrip len abs bool Counter unique Set toLowerCase "
    "toUpperCase trim toFixed floor trunc drop_duplicates normalize"
)
"""What makes unlike things alike."""

_MENDING = words("decodeURI decodeURIComponent unquote unquote_plus parseInt parseFloat sort toSorted unescape")
"""What makes of an input what the code under test should make of it."""

SLACK = re.compile(r"\b\w*(tol|eps|delta|slack|margin|within|rtol|atol|abs_tol|rel_tol|error|threshold)\w*$")
DIGITS = re.compile(r"\b\w*(places|digits|decimals?|precision)\w*$")

_MEASURES = frozenset(("len", "bool"))
"""What tells something of a value and leaves it as it is."""

_PARTED = re.compile(r"\.(slice|filter|splice|take|first|head)\([^()]*\)|\[-?\d*:-?\d*\]")
"""What takes only a part of what there is."""


def other_inputs(old: Detail, new: Detail, literals: Collection[str]) -> Iterator[tuple[str, int]]:
    """Steps that are the same but for numbers, while what is expected has not changed. `literals` are numbers that
    stand in other steps now."""
    if {each.key for each in old.assertions} != {each.key for each in new.assertions} or not old.assertions:
        return
    before, after = [text for text, _ in old.steps], [text for text, _ in new.steps]
    fresh = [(text, line) for text, line in new.steps if text not in before]
    for text in before:
        shape = _NUMBER.sub("#", text)
        if text in after or shape == text or text.partition("(")[0].rpartition(".")[2] in _WAITS:
            continue
        found = next(((now, line) for now, line in fresh if _NUMBER.sub("#", now) == shape), None)
        lost = set(_NUMBER.findall(text)) - set(_NUMBER.findall(found[0])) if found is not None else set()
        if found is not None and lost - set(literals):
            yield f"`{short(text)}` became `{short(found[0])}`, and the same is expected", found[1]


def numbers_in(details: Iterable[Detail]) -> frozenset[str]:
    return frozenset(number for detail in details for text, _ in detail.steps for number in _NUMBER.findall(text))


def fewer_cases(old: Detail, new: Detail) -> Iterator[tuple[str, int]]:
    """Cases that came from somewhere and are filtered or cut off on the way now."""
    before = [text for text, _ in old.sources]
    plain = before and not re.search(r"\bif\b|filter\(", " ".join(before))
    for text, line in new.sources:
        if text in before:
            continue
        whole = next((each for each in before if each in text), None)
        rest = text.replace(whole, "", 1) if whole is not None else text
        cut = whole is not None and re.match(r"\s*\.(filter|slice|splice)\(|\s*\[.*:", rest)
        if cut or ((plain or whole is not None) and re.search(r"\bif\b|filter\(|islice\(", rest)):
            yield f"only some of `{short(whole or text)}` are cases now", line


def more_slack(old: Detail, new: Detail) -> Iterator[tuple[str, int]]:
    """Tolerances of a helper that are wider now where nobody gives them."""
    before = {name: given for name, given, _ in old.slacks}
    for name, given, line in new.slacks:
        was = before.get(name)
        wider = was is not None and (
            (SLACK.match(name) and given > was * 1.0001) or (DIGITS.match(name) and given < was)
        )
        if wider:
            yield f"`{name}` is {given:g} instead of {was:g} where nobody gives it", line


def more_alike(old: Detail, new: Detail, text: str) -> str:
    """What a helper that gives values back does to them now and did not. `text` is what it is written as."""
    given = " ".join(re.findall(r"\b(?:return|yield)\b.*|=>.*", text))
    lost = sorted(
        name
        for name in new.calls & (LOSSY | _MENDING) - old.calls
        # What is called with a list or set that stands there only says what kind that is.
        if re.search(rf"\b{name}\(", given) or (name not in _MEASURES and re.search(rf"\b{name}\((?![\[{{])", text))
    )
    return lost[0] if lost and not new.assertions else ""


def is_looser(was: Expr, now: Expr) -> bool:
    """Whether the same is looked at through something that makes unlike things alike."""
    gained = now.calls & LOSSY - was.calls
    bare = _PARTED.sub("", now.text)
    parted = now.text != was.text and bare == _PARTED.sub("", was.text) and len(now.text) > len(was.text)
    return (bool(gained) and was.text != now.text and was.text in now.text) or parted
