"""Whether a clause states no result: how code works as a rule, how a thing is by its make, what an author did to a
text, what others ask for, what should be, what is admitted. What its verb doesn't show to be so is a statement."""

from collections.abc import Callable
from itertools import pairwise

from bot.domain.words import words
from bot.speech.gate.plain.clauses import Clause, boasted, of, praised, verb_at
from bot.speech.gate.plain.describing import describes, goes_on, has_amount, is_so
from bot.speech.gate.plain.words import (
    ACHIEVED,
    ADJUSTED,
    AIMS,
    ALL_OF,
    BE,
    CODE,
    DETERMINERS,
    DOUBTS,
    EDITED,
    EDITS,
    FOUND,
    FOUND_SO,
    IDIOMS,
    LACKING,
    LESS,
    MANNER,
    MODAL,
    NOT,
    ORDERS,
    OTHERS,
    PAST,
    PREPOSITIONS,
    PUT,
    QUALITIES,
    RELATIONS,
    REPORTS,
    SAYS,
    SETTINGS,
    SOURCES,
    STAYS,
    TELLING,
    THINKS,
    THIRD,
    TRANSITIVE,
    TREATED,
    UNMADE,
    UNUSED,
    WANTS,
    WENT_WRONG,
)


def is_plain(told: Clause) -> bool:
    """Whether a clause states no result: as the first says that decides."""
    return next(found for decide in _DECIDING if (found := decide(told)) is not None)


def thought(told: Clause) -> list[str] | None:
    """What an author thinks or would say, which is said all the same."""
    verb, rest = told.verb, told.rest
    would = verb in MODAL and told.first in ("say", "argue", "claim", "bet")
    if told.mine and (would or (verb in THINKS and not told.negated)):
        return rest[1:] if verb in MODAL or told.first == "that" else rest
    if told.subject == ["you"] and (verb in MODAL or verb in ("will", "can")) and told.first in ("find", "see", "rest"):
        inner = rest[rest.index("that") + 1 :] if "that" in rest[:3] else rest[1:]
        return inner if verb_at(inner) else None
    if verb in ("show", "shows", "showed") and told.first == "that":
        return rest[1:]
    if verb in MODAL and "that" in rest[:3] and not TELLING.isdisjoint(rest[:2]):
        return rest[rest.index("that") + 1 :]
    return None


def _why(told: Clause) -> bool | None:
    """Why something fails, and where alone: that is an excuse until it is shown."""
    flaky = of(told.head, "T") and "flaky" in told.said and of(told.subject, "B")
    if flaky:
        return False
    excused = told.head in (["failure"], ["failures"]) or (told.head == ["they"] and told.verb == "come")
    return False if excused and (told.verb in THIRD or told.verb in CODE or told.first in TREATED) else None


def _ever(told: Clause) -> bool | None:
    if told.said[:1] in (["never"], ["always"]) and told.verb in BE:
        return False
    if IDIOMS.search(" ".join(told.said)):
        return False
    if {("any", "more"), ("any", "longer")}.intersection(pairwise(told.said)):
        return told.mine and told.verb != "could"
    return None


def _ordered(told: Clause) -> bool | None:
    """An order, or a subject left out."""
    if told.subject:
        return None
    if ("and", "you") in pairwise(told.said) and of(told.said, "TLSC"):
        return False
    if told.only or told.verb in MODAL or told.verb in ("will", "never") or told.verb in ORDERS:
        return True
    if told.verb in EDITED:
        return not of(told.rest, "SCqE") and not _placed(told.rest) and (told.verb not in PUT or not praised(told.rest))
    if told.verb not in THIRD or _boasts(told) is False:
        return False
    return describes(Clause(["it"], ["`"], told.verb, told.rest, told.said, ended=False))


def _mine(told: Clause) -> bool | None:
    """What an author does, did, thinks, or does not know."""
    verb, rest, first = told.verb, told.rest, told.first
    if not told.mine:
        return None
    if told.negated or "longer" in rest[:2]:
        looked = FOUND - {"find", "spot", "reproduce"} if verb in ("could", "can", "was", "were", "am") else FOUND
        if verb in ("could", "can") and "after" in rest and not FOUND.isdisjoint(rest[:2]):
            return False
        return (looked.isdisjoint(rest[:3]) or of(rest, "V")) and {"anything", "wrong"}.isdisjoint(rest)
    if verb == "can":
        return first in EDITS or first in ("do", "reproduce", "try", "run", "help", "provide", "rename")
    if verb in MODAL or verb in DOUBTS or verb == "will":
        return not of([first], "A")
    if verb in ("was", "were"):
        return first in EDITED
    if verb == "am":
        return first.endswith("ing") or first in QUALITIES or rest == ["done"]
    return _did(verb, rest, first)


def _did(verb: str, rest: list[str], first: str) -> bool:
    """Whether an author worked on a text only."""
    if (verb, first) in (("tried", "to"), ("went", "with"), ("ran", "into")):
        return not of(rest, "BGV")
    if first == "no":
        return verb == "have" and not of(rest, "BA")
    if first == "sure" or of(rest, "SCq") or _placed(rest):
        return False
    if verb == "have" and first in DETERMINERS:
        return first == "to" or not praised(rest)
    if verb in ("have", "had"):
        return first == "to" or (first in EDITED and (first not in PUT or not praised(rest)))
    if verb in ADJUSTED and not (SETTINGS - {"size"}).isdisjoint(rest):
        return not of(rest, "%")
    if verb in EDITED:
        return (verb not in PUT or not praised(rest)) and {"pass", "passes", "succeed", "succeeds"}.isdisjoint(rest)
    end = min((rest.index(word) for word in ("to", "so") if word in rest), default=None)
    worked = verb.endswith("ed") and not of([verb], "ABEFGHORVYisxz") and {"and", "out", ","}.isdisjoint(rest)
    return (worked or (verb in CODE and verb != "let")) and not praised(rest[:end])


def _placed(rest: list[str]) -> bool:
    """Whether it was where programs run."""
    return any(
        one in ("in", "on", "into") and of(list(more), "l")
        for one, *more in zip(rest, rest[1:], rest[2:], strict=False)
    )


def _possible(told: Clause) -> bool | None:
    """What should be, could be or is no longer, and what is to be reached."""
    if told.ended and (told.head != ["`"] or of([told.verb], "B") or told.verb in BE):
        return False
    if told.said[:2] == ["no", "longer"] and of([*told.subject, *told.rest], "B"):
        return False
    if told.verb == "could" and told.negated and not (FOUND | FOUND_SO).isdisjoint(told.rest[:2]):
        return False
    aimed = not AIMS.isdisjoint(told.head) and told.verb in BE and told.first in DETERMINERS
    due = told.verb in ("has", "have", "had") and told.first == "to"
    return (
        True
        if told.verb in MODAL or due or aimed or (told.negated and not told.rest and not of(told.head, "B"))
        else None
    )


def _boasts(told: Clause) -> bool | None:
    """How well, as promised, better than before: no description says so."""
    pairs = set(pairwise(told.rest))
    as_promised = any(
        one == "as"
        and (of([other], "P") or other in ("promised", "designed") or told.rest[-1] in ("shows", "show", "should"))
        for one, other in pairs
    )
    alike = any(one == "same" and other in ("result", "results", "output", "outputs") for one, other in pairs)
    wished = any(of([one], "P") and of([other], "W") for one, other in pairs)
    shown = any(other == "that" and of([one], "s") and one.endswith("s") for one, other in pairwise(told.subject))
    how = alike or shown or any(word.endswith("ly") and word not in MANNER for word in told.rest)
    strange = any(  # a verb that isn't known stands before
        word in ("it", "they", "them", "us") and before not in PREPOSITIONS for before, word in pairwise(told.subject)
    )
    spared = any(one == "without" and of([other], "B") for one, other in pairs)
    boast = as_promised or wished or how or strange or spared
    return False if boast or "%" in told.subject else None


def _of_all(told: Clause) -> bool | None:
    """What is told of all, or of none."""
    if ALL_OF.isdisjoint(told.subject[:2]):
        return None
    verb, first, who = THIRD.get(told.verb, told.verb), told.first, told.subject[0]
    if who in ("nobody", "none") and of([told.verb], "ER") and told.verb in PAST:
        return True
    if verb in ("has", "have") and (first.endswith("ed") or first in PAST or first == "been"):
        return False
    if verb in ("has", "have") and of(told.rest, "TC") and who not in NOT:
        return False
    if verb in ("has", "have") and of(told.rest, "B"):
        return False
    if verb in ("mean", "has", "have", "need") or (verb == "get" and who in ("all", "every")):
        return True
    if who in ("no", "none", "nobody", "nothing"):
        known = verb != "exist" or not LACKING.isdisjoint(told.head)
        return (verb in UNUSED and known) or (told.verb in BE and first in UNMADE)
    if told.verb not in BE or of(told.head, "TLSCq") or of(told.rest, "TLC"):
        return False
    placed = first in TREATED and first not in ACHIEVED and told.second in ("in", "as", "by", "at", "from", "with")
    return placed or (
        first in QUALITIES and (first not in RELATIONS or told.second in DETERMINERS or told.second == "`")
    )


def _admits(told: Clause) -> bool | None:
    """That something isn't good, or is bad."""
    if told.negated and not of(told.head, "B") and of(told.rest[:2], "GVAF"):
        return True
    said = [*told.subject, *told.said]
    tool = of(told.subject, "L") or not _CHECKS.isdisjoint(told.head)
    bad = of([told.verb, *told.rest[: 4 if tool else 1]], "B")
    about = (tool or of(told.head, "TC") or told.head == ["they"] or told.verb in THIRD) and not of(
        [word for word in told.rest if word != "well"], "GVY"
    )
    if not (bad and about) or "stop" in told.verb or not NOT.isdisjoint(said):
        return None
    if tool:
        return False
    of_tests = of(told.head, "TLC") or told.head == ["they"]
    return not (of_tests and (of(told.said, "l") or "half" in said or _elsewhere(told)))


_CHECKS = words("check checking build compilation")
"""What finds something, besides tools and tests."""


def _elsewhere(told: Clause) -> bool:
    """Whether it is told where, or of which tests alone: that is a result, be it bad."""
    return told.only or not {"only", "side", "old", "new", "base", "main", "master"}.isdisjoint(told.said)


def _stays(told: Clause) -> bool | None:
    """What still is so was tried."""
    return False if told.said[:1] == ["still"] or told.subject[-1] == "still" else None


def _reports(told: Clause) -> bool | None:
    """What others say, ask for and do."""
    subject, verb = told.subject, told.verb
    if verb in ("do", "does") and subject[-1] in SOURCES and told.first in SAYS:
        return True
    if not LESS.isdisjoint(told.rest) or (of(subject, "B") and told.negated) or _in_all_cases(told.rest):
        return False
    if verb in REPORTS and (subject[0] in SOURCES or (subject[0] in DETERMINERS and subject[-1] in SOURCES)):
        return True
    if subject == ["you"] and verb == "can" and of(told.rest[:1], "OA"):
        return False
    if verb in REPORTS and not OTHERS.isdisjoint(told.head) and of(told.rest, "B") and not of(told.rest, "GVYA"):
        return True
    if OTHERS.isdisjoint(told.head) or verb in ("has", "have") or (told.first in TREATED and not told.negated):
        return None
    if verb == "can":
        return told.first in CODE and not told.negated
    return THIRD.get(verb, verb) in WANTS or (verb in ("asked", "wanted", "requested") and not of(told.rest, "GVYB"))


def _limited(told: Clause) -> bool | None:
    """`only`, `when`: told as a rule."""
    rule = told.verb not in ("was", "were", "has", "have") and not of(told.head, "TLSCW")
    only = told.only and told.verb not in PAST
    when = not {"when", "whenever"}.isdisjoint(told.rest) and not of(told.head, "B")
    return True if rule and (only or when) else None


def _by_verb(told: Clause) -> bool:
    verb, rest, first = told.verb, told.rest, told.first
    if verb == "will":
        end = next((n for n, word in enumerate(rest) if word in ("once", "when", "after", "until")), None)
        return (
            not told.negated and NOT.isdisjoint(told.subject) and not of(rest[:end], "GFAi") and rest[-1:] != ["empty"]
        )
    if verb == "can" and first == "be":
        able = told.second in TREATED or told.second in QUALITIES or told.second == "#"
        return able and not of(told.head, "B") and not praised(rest)
    if verb == "can":
        return not told.negated and first in CODE and goes_on(first, rest[1:]) and not boasted(rest)
    if verb in ("was", "were", "became"):
        return _was(told)
    if verb in PAST and not {"old", "previous", "original"}.isdisjoint(told.subject):
        return not of(rest, "UBY") and {"#", "%"}.isdisjoint(rest)
    if verb in ("has", "have") or (verb == "had" and not of(told.head, "TLSCWq") and not of(rest, "BFi")):
        return _has(told)
    if verb in ("do", "does"):
        if first == "need" and told.second == "to" and told.negated:
            return of(told.head, "W") and not of(rest, "A")
        better = told.negated and (of(rest, "B") or "slower" in rest)
        done = first in TRANSITIVE and not goes_on(first, rest[1:])
        return first in CODE and not done and not of(told.head, "SCq") and not better
    if verb in STAYS:
        return first in ("`", "the", "in", "as") and not of(told.head, "W") and is_so(told)
    if verb in BE:
        return is_so(told)
    if verb in PAST and "too" in rest and not of(told.head, "TLSCWq"):
        return not praised(rest)
    if verb in WENT_WRONG and (told.head == ["it"] or not of(told.head, "TLSCWq")):
        return (
            not boasted(rest)
            and NOT.isdisjoint([*told.subject, *told.said])
            and not of(rest, "UJlZ%")
            and _mistaken(rest)
        )
    return (verb in THIRD or verb in CODE) and describes(told)


def _mistaken(rest: list[str]) -> bool:
    """Whether something was done to a thing, or at a place; what `dropped from 14 to 2` was counted."""
    return "#" not in rest and rest[:1] not in (["by"], ["from"]) and not (rest and rest[0].endswith("ing"))


def _was(told: Clause) -> bool:
    """What was done to a text, and how it was before."""
    head, rest = told.head, told.rest
    if told.subject[-1:] == ["there"]:
        return is_so(told)
    if not SETTINGS.isdisjoint(head) and not of(head, "TLSCW") and not (told.first in TREATED and of(rest, "U")):
        return not boasted(rest)
    if told.first in ("located", "introduced", "found", "caused") and told.second in ("by", "in", "with"):
        return OTHERS.isdisjoint(rest)
    if has_amount(told) or (told.first in TREATED and of(rest, "U")) or (told.second == "by" and of(rest, "Z%")):
        return False
    if told.first in QUALITIES:
        return not of(head, "TLSCWBi") and not boasted(rest)
    counted = of(head, "T") and of(told.subject, "Z#")
    mended = of(head, "T") and of(told.subject, "B")
    return (told.first in EDITED and not of(head, "BSC") and not counted and not mended) or (
        told.first in WENT_WRONG and not of(head, "TLSCWBq")
    )


def _has(told: Clause) -> bool:
    rest = [word for n, word in enumerate(told.rest) if n > 2 or word not in ("all", "since")]
    if rest[:1] == ["been"]:
        return rest[1:2] != [] and rest[1] in EDITED - ACHIEVED and not of(told.head, "BTLSC")
    if rest and (rest[0].endswith("ed") or rest[0] in PAST):
        return False
    if NOT.isdisjoint(rest):
        return not of(rest, "SC") and "%" not in rest and not (told.subject[0] == "each" and of(rest, "T"))
    return not of(told.head, "W") and not of(rest, "SBA") and "nothing" not in rest


def _in_all_cases(rest: list[str]) -> bool:
    return any(
        one in ("in", "for", "across", "under") and more in ("every", "all", "any") for one, more in pairwise(rest)
    )


_DECIDING: tuple[Callable[[Clause], bool | None], ...] = (
    _why,
    _ever,
    _ordered,
    _mine,
    _possible,
    _boasts,
    _of_all,
    _admits,
    _stays,
    _reports,
    _limited,
    _by_verb,
)
