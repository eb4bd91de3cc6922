"""Whether a clause in the present describes: how a thing is by its make, how code works as a rule. What merely does its
work, or has been done, has come out well: that is a result."""

from itertools import pairwise

from bot.domain.words import words
from bot.speech.gate.plain.clauses import Clause, boasted, of, praised
from bot.speech.gate.plain.words import (
    ACHIEVED,
    ALONE,
    CODE,
    CURES,
    DETERMINERS,
    EXCUSES,
    KEEPS,
    LACKING,
    LASTING,
    MEASURES,
    NOT,
    OBJECTS,
    OTHERS,
    OUTCOMES,
    QUALITIES,
    RELATIONS,
    SETTINGS,
    STAYS,
    TAKES,
    THIRD,
    TRANSITIVE,
    TREATED,
    UNITS,
    UNIVERSAL,
    WAITS,
)


def is_so(told: Clause) -> bool:
    """How a thing is by its make."""
    rest, first, head = told.rest, told.first, told.head
    if told.subject[-1] == "there":
        some = not told.negated and NOT.isdisjoint(rest[:2])
        return not of(rest, "Fi") and (some or (not LACKING.isdisjoint(rest[:3]) and not of(rest, "B")))
    if of(head, "Fi") and told.verb in STAYS | {"is", "are"}:
        return False
    if told.subject[0] in ("a", "an") and "than" in rest and "before" not in rest:
        return True
    if has_amount(told) or of(rest, "Fi") or rest == ["there"]:
        return False
    if of(rest, "l") or "production" in rest:
        return told.negated
    if not told.negated and (
        (not OUTCOMES.isdisjoint(head) and first not in TREATED - ACHIEVED)
        or first == "up"
        or rest == ["in"]
        or (first == "on" and told.second != "`")
    ):
        return False
    if told.second == "to" and first in ("right", "good", "better", "best", "nice", "useful"):
        return True
    if first in SETTINGS and told.subject in (["it"], ["that"]):
        return not boasted(rest)
    if first in EXCUSES and not {"failure", "failures"}.isdisjoint(head):
        return False
    if len(rest) == 1 and not {"type", "types", "name", "default", "unit", "encoding", "format", "key"}.isdisjoint(
        head
    ):
        return not boasted(rest)
    if first in TREATED:
        return _is_treated(told)
    if _came_out(told):
        return False
    if of(head, "TLSCq") or (of(told.subject, "SC") and not _COMPARED.isdisjoint(head)):
        return first in KEEPS or first == "`" or (of(head, "TL") and first in ("the", "a", "an"))
    return not rest or first in QUALITIES or first in ("`", "#", "zero") or first.endswith("ing")


def _handed_on(rest: list[str]) -> list[str]:
    """Words without `passed to`, which is no success."""
    return [
        word
        for word, after in zip(rest, [*rest[1:], ""], strict=True)
        if word != "passed" or after not in RELATIONS | {"to", "on", "as"}
    ]


def _came_out(told: Clause) -> bool:
    """Whether it is told how something went, and how much of it."""
    rest, first = told.rest, told.first
    return (
        (of(told.head, "W") and rest == ["the", "same"])
        or boasted(rest[:1])
        or ((first in DETERMINERS or first.endswith("ly")) and boasted(rest[1:4]))
        or ("and" in rest and boasted(_handed_on(rest[rest.index("and") :])))
        or (of(told.subject, "TLC") and first == "zero")
        or (of(rest, "B") and "passed" in rest)
        or "skipped" in told.subject
    )


_COMPARED = words("change difference effect gain saving savings")
"""What two measurements are told apart by."""


def _is_treated(told: Clause) -> bool:
    """How a thing is treated as a rule; that one thing was done, and no more, tells that it is done."""
    rest, first = told.rest, told.first
    if of(rest, "T") and not {"passing", "green"}.isdisjoint(rest):
        return False
    if told.second == "to" and first in ("shown", "found", "known", "seen", "made", "proved"):
        return False
    if of(rest, "B") and ((told.negated and of(rest, "W")) or not NOT.isdisjoint(rest)):
        return False
    if told.negated:
        return first in ACHIEVED or of([first], "GFYAO") or not praised(rest[1:])
    if rest == [first] and told.verb == "is" and first not in QUALITIES and told.subject[0] not in ("a", "an"):
        return False
    if first in ACHIEVED or (of([first], "GFYAO") and first not in QUALITIES):
        handed = first == "passed" and rest[2:3] == ["to"]
        how = handed or told.second in ("in", "by", "with", "at", "from", "so", "to", "after", "until")
        return how and OTHERS.isdisjoint(rest)
    return not praised(rest[1:])


def describes(told: Clause) -> bool:
    """Whether a verb in the present tells how something works as a rule."""
    verb, rest, head = THIRD.get(told.verb, told.verb), told.rest, told.head
    if verb in ("check", "assert", "test", "expect", "verify", "ensure", "mean") and "that" in rest:
        rest = rest[: rest.index("that") + 1]
    if _achieves(verb, rest, head):
        return False
    if verb == "match" and head != ["`"] and {"regex", "pattern", "expression"}.isdisjoint(head):
        return False
    if verb == "mean" and not of(head, "W"):
        return True
    if praised(rest) or (verb not in WAITS and (verb in TAKES or "%" in rest) and has_amount(told)):
        return False
    if not NOT.isdisjoint(told.subject) and verb in (
        "break",
        "change",
        "fail",
        "complain",
        "crash",
        "happen",
        "matter",
    ):
        return False
    if verb == "work":
        on = rest[:1] == ["on"] and rest[1:2] in (["a"], ["the"], ["its"]) and not of(rest, "l")
        return not boasted(rest) and (rest[:1] in (["by"], ["like"], ["around"]) or rest[:2] == ["the", "same"] or on)
    if not NOT.isdisjoint(rest) and of(rest, "BEA"):
        return False
    if told.said[-1:] == ["now"] and "#" in rest:
        return False
    if of(head, "TLSCq") or (head == ["check"] and verb in _FINDS):
        return _measures(verb, rest) or (told.subject[0] in ("a", "an") and _acts(verb, rest))
    if verb in ("run", "start", "live") and rest and not of(head, "W") and head != ["`"]:
        return True
    return _acts(verb, rest)


_FINDS = frozenset(("report", "find", "show"))
_LONG = words("long wide deep high")
_SCORED = frozenset((("score", "of"), ("grade", "of"), ("rating", "of")))
_PER = frozenset((("per", "second"), ("per", "minute"), ("per", "hour")))


def _achieves(verb: str, rest: list[str], head: list[str]) -> bool:
    """Whether a verb by itself tells of success."""
    work, universal = of(head, "W"), not UNIVERSAL.isdisjoint(rest)
    if verb in ("continue", "survive") or (verb == "say" and not NOT.isdisjoint(rest) and of(rest, "B")):
        return True
    if (
        _SCORED.intersection(pairwise(rest))
        or _PER.intersection(pairwise(rest))
        or (
            work
            and (
                (verb in CURES and not RELATIONS.intersection(rest[:1]) and (verb != "close" or of(rest, "B")))
                or universal
            )
        )
    ):
        return True
    if (("out", "of") in pairwise(rest) and rest.count("#") > 1) or (verb == "find" and rest == ["nothing"]):
        return True
    if verb in ("show", "report", "see", "leave", "cost", "lose") and not NOT.isdisjoint(rest):
        return True
    return universal and verb in ("handle", "accept", "support", "catch", "reach", "cover")


def _measures(verb: str, rest: list[str]) -> bool:
    """What tests and tools do by trade, and what they find."""
    first = rest[0] if rest else ""
    if not UNIVERSAL.isdisjoint(rest) or (verb == "sit" and "#" in rest):
        return False
    if verb == "pass":
        return first in ("a", "an", "`", "#", "two", "three")
    finds = verb in _FINDS and first in ("a", "an", "one")
    return (verb in MEASURES and not (verb == "come" and of(rest, "e"))) or (
        finds and of(rest, "o") and not of(rest, "B")
    )


def _acts(verb: str, rest: list[str]) -> bool:
    """Whether a verb has what it acts on, or needs nothing: what merely does its work has done it well."""
    first = rest[0] if rest else ""
    if not goes_on(verb, rest) or (first in ("half", "third", "twice") and verb in TAKES):
        return False
    if of(rest, "l") and verb in ("support", "run", "work"):
        return False
    if verb not in TRANSITIVE or not {"of", "like", "that"}.isdisjoint(rest) or rest[:2] == ["up", "to"]:
        return True
    if verb == "run" and first in ("once", "first", "before", "after", "until"):
        return True
    return first in OBJECTS - {"all", "every", "any", "each", "in", "on", ",", "up", "out"}


def goes_on(verb: str, rest: list[str]) -> bool:
    if verb in ALONE:
        return rest != ["on"] and rest[:1] not in (["through"], ["up"], ["well"], ["along"])
    return rest[:1] != [] and rest[0] not in RELATIONS | {"and", "or"} and not (len(rest) == 1 and rest[0] in CODE)


def has_amount(told: Clause) -> bool:
    """Whether a time, a share or a size is told of what isn't set to it."""
    pairs = list(pairwise(told.rest))
    if any(word == "per" and after in UNITS for word, after in pairs):
        return True
    said = "%" in told.rest or any(word == "#" and after in UNITS for word, after in pairs)
    return said and SETTINGS.isdisjoint(told.subject) and (LASTING | _LONG).isdisjoint(told.rest)
