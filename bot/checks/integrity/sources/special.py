"""Sources that recognise the tests' own inputs and hand back what the tests expect.

An answer counts only where it stands beside a general way: a table that is the whole of a function is a rule.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.checks.integrity.model import Assertion, Detail, Sign, amount, short
from bot.checks.integrity.reading import data_in

_PHRASE = re.compile(r"['\"`][^\W_]\w*(?:[^\w\s/.:]+\w+){2,}['\"`]")
"""A text that is no word, no path and no address: nobody but a test asks for just that."""

_SERIES = re.compile(r"[\[({][^\[({]*\d[^\[({]*, ?[^\[({]*\d[^\[({]*[\])}]")
"""Several numbers in a row: who knows them and one of the inputs knows the test."""

_WRAPPED = re.compile(r"(?:Some|Ok|Optional\.of)\(([\w.\"]+)\)")
MOST = 2_000  # answers of one file of data
_SMALL = 12
_ROUND = frozenset((24, 60, 100, 128, 255, 256, 365, 366, 1000, 1024, 3600, 86400))
_NOTHING = frozenset(("None", "True", "False", "null", "true", "false", "undefined", "nil"))


@dataclass(frozen=True, slots=True)
class Answer:
    """When the input has these literals, this literal is the result. `beside`: there is a general way, too. `amounts`
    names a function that has a branch for these numbers and calculates with others; its result does not matter.
    `whole`: a condition on as many values at once, whatever comes of it."""

    given: frozenset[str]
    result: str
    line: int
    beside: bool = True
    amounts: str = ""
    whole: bool = False


def expectations(details: Iterable[Detail]) -> set[tuple[frozenset[str], str]]:
    """What tests ask and expect: the literals that go in, the literal that must come out; '' where that is none."""
    asked = (each for detail in details for each in detail.assertions if each.kind != "vacuous")
    return {(each.subject.literals, _expected(each)) for each in asked if each.subject.literals}


def _expected(asked: Assertion) -> str:
    fixed = asked.expected.fixed or _WRAPPED.fullmatch(asked.expected.text)
    return _WRAPPED.sub(r"\1", asked.expected.text) if fixed and asked.kind in ("equal", "alike", "close") else ""


def signs(answer: Answer, asked: set[tuple[frozenset[str], str]]) -> Iterator[Sign]:
    """A new branch that answers what a test asks with what it expects."""
    said = ", ".join(sorted(answer.given))
    if answer.amounts and all(any({text} == given for given, _ in asked) for text in answer.given):
        what = f"`{answer.amounts}` has a way of its own for just the numbers that tests ask for: `{short(said)}`."
        yield Sign("environment-probe", answer.line, what)
    if answer.whole:
        if any(answer.given <= given for given, _ in asked):
            what = f"The code has a way of its own for just what a test gives it: `{short(said)}`."
            yield Sign("environment-probe", answer.line, what)
        return
    whole = all(_PHRASE.fullmatch(text) and any({text} == given for given, _ in asked) for text in answer.given)
    pieces = pieces_of(answer.given)
    partly = len(answer.given) > 1 and _SERIES.fullmatch(answer.result) is not None
    if whole or any(
        r == answer.result and (answer.given <= g or (pieces and pieces <= g) or (partly and answer.given & g))
        for g, r in asked
    ):
        what = f"The code answers a test's own input `{short(said)}` with `{short(answer.result)}`."
        yield Sign("environment-probe", answer.line, what)


def pieces_of(given: frozenset[str]) -> frozenset[str]:
    """The numbers of a text that several were joined in: `'0,10,16'`."""
    text = next(iter(given)).strip("'\"`") if len(given) == 1 else ""
    found = re.findall(r"\d+(?:\.\d+)?", text) if re.fullmatch(r"[\d.\W]+", text) else []
    return frozenset(found) if len(found) > 1 else frozenset()


def is_telling(answer: Answer) -> bool:
    """Whether it speaks of a case rather than of a rule: an input that no vocabulary holds, or several at once."""
    if answer.amounts:
        numbers = [amount(text) for text in answer.given]
        return len(numbers) > 1 and all(n is not None and abs(n) > 2 for n in numbers) and bool(set(numbers) - _ROUND)
    if answer.whole:
        return len(answer.given) > 2 and all(amount(text) is not None for text in answer.given)
    if not answer.beside or answer.result in _NOTHING:
        return False
    return len(answer.given) > 1 or any(_is_case(text, answer.result) for text in answer.given)


def _is_case(text: str, result: str) -> bool:
    if text[:1] in "'\"`":
        inner = text.strip("'\"`").strip()
        mixed = re.search(r"[A-Za-z]", inner) and re.search(r"\d", inner)
        # Options of a command line, and routes, are a vocabulary, too.
        return len(inner) >= 2 and inner[0] not in "-/" and bool(mixed or re.search(r"\W", inner))
    number = amount(text)
    if number is None or abs(number) <= 2 or number in _ROUND:
        return False
    out = amount(result)
    if out is None:
        # A number may well have a name; a text with digits in it is made from the number.
        made = re.search(r"\d" if abs(number) > _SMALL else r"\d[.,:]\d", result)
        return result[:1] in "'\"`" and made is not None
    return abs(out) > _SMALL or abs(number) > _SMALL


# --- files of data ------------------------------------------------------------------------------------------------
def data_answers(text: str) -> list[Answer]:
    """The entries of a JSON file of sources, as answers, in the ways in which languages write literals."""
    found: list[Answer] = []
    stack = [data_in(text)]
    while stack and len(found) < MOST:
        each = stack.pop()
        if isinstance(each, Mapping):
            found += [answer for key, value in each.items() for answer in _entry(str(key), value, text)]
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
    return found


def _entry(key: str, value: object, text: str) -> Iterator[Answer]:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return
    line = text[: text.find(json.dumps(key))].count("\n") + 1
    results = {repr(value), json.dumps(value)}
    pieces = frozenset(piece for piece in re.findall(r"\d+(?:\.\d+)?", key))
    if len(pieces) > 1 and re.fullmatch(r"[\d.\W]+", key):
        yield from (Answer(pieces, result, line) for result in results)
    for given in (repr(key), json.dumps(key), *([key] if amount(key) is not None else [])):
        yield from (Answer(frozenset((given,)), result, line) for result in results)
