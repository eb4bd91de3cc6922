"""Whether words state no result: recognised by what they are, so that whatever isn't recognised is asked for a record.

Innocent are questions, orders, plans, conditions, what somebody does not know or has not done, what an author did to a
text, and how code works as a rule. Everything else that is said in the indicative is a statement.
"""

import re

from bot.speech.gate.moods import is_heading
from bot.speech.gate.numbers import NUM
from bot.speech.gate.plain.clauses import boasted, clause, of, parts, praised, verb_at, words_of
from bot.speech.gate.plain.lexicon import UNREAL_ABROAD
from bot.speech.gate.plain.telling import is_plain, thought
from bot.speech.gate.plain.words import (
    ABROAD,
    ALL_OF,
    COMMITS,
    COURTESY,
    DETERMINERS,
    EDITED,
    LEAD,
    NOT,
    NOUNS,
    OBJECTS,
    ORDERS,
    OTHERS,
    PAST,
    RELATIONS,
    SAYS,
    SETTINGS,
    SOURCES,
    TREATED,
    WHEN,
)

_BULLET = re.compile(r"\s*(?:(?:[-*+•>]|#+|\d+[.)])\s+|\[ \]\s*)*")
_OPEN = re.compile(
    r"\b(?:not yet|yet to|unverified|untested|unknown|unclear|unproven|not (?:reached|met|upheld|fulfilled|in "
    r"(?:this|scope)|part of)|refuted|missed|short of|(?:still|yet) to be done|too low|too slow|good (?:question|"
    r"point|idea|catch)|"
    r"(?:fine|ok|okay) with me|(?:still|yet) needs? to be)\b|"
    r"(?:\bnot|n't|\bnothing|\bnone of \w+|\bnever|\bno \w+)(?: \w+){0,2}? (?:been |yet |fully )*(?:verified|tested|"
    r"run|checked|measured|confirmed|proven|executed|benchmarked|recorded)\b|\b(?:no|nobody|nothing|not|"
    r"never)\b[^.]*\byet\b|"
    r"n't\b[^.]*\byet\b|\bno (?:evidence|proof|idea|claim|tests? (?:for|of|that (?!used|pass)))\b|\bnot (?:all|every|"
    r"any of)\b|"
    r"\bgoal:|criteri\w+:|\b(?:noch nichts?|pas encore|encore rien|todavía no|aún no|ainda não)\b",
    re.IGNORECASE,
)
"""What is admitted to be open, or not to be so."""
_REFUTED = re.compile(rf"\b{NUM} (?:\w+ ){{0,3}}?claims? (?:\w+ )?refuted\b", re.IGNORECASE)
"""How many, which isn't only admitted."""
_AFFIRMED = re.compile(
    r"\byes\b,? (?:it|they|all|both|everything) (?:is|are|do|does|did|has|have|was|were)\b", re.IGNORECASE
)
_TOLD_ALONG = re.compile(
    r"^\W*(?:so|neither|nor) (?:do|does|did|is|are|was|were)\b|\btests?\b.*\bwould (?:also )?have (?:caught|found|"
    r"noticed|detected|failed|prevented)\b|\bwould (?:leave|find|report|change) (?:all|no|nothing|none)\b|"
    rf"\b(?:{NUM}|all|none|both|most|half) of (?:which|them)\b.*\b(?:fail|pass|succeed|red|green|skip)",
    re.IGNORECASE,
)
"""A result by the way: as another one, of some of them, or as it would have been."""
_SO = frozenset(("is", "are", "was", "were", "do", "does", "did", "has", "have"))
_BOUND = re.compile(r"(?:(?<![-=])[<>]=?|[≤≥])\s*\d")
_QUOTED = re.compile(r"\s*[\"“«]([^\"”»`]+)[\"”»]")
_VERDICT = re.compile(r"`[^`\n]*\b(?:OK|PASS(?:ED)?|SUCCESS\w*)\b[^`\n]*`|(?:→|->|=>)\s*exit 0\b")
"""What a program says of its run, quoted."""
_JOY = re.compile("[☠🟩🌀-🫿]")
_FOREIGN = re.compile("[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff]")
"""A letter that isn't Latin."""
_LATER = re.compile(
    "我会|我将|接下来|还没|尚未|请|まだ|していません|ください|буду|ещё не|пока не|давайте|아직|하겠습니다",
    re.IGNORECASE,
)
_ASKING = frozenset(("who", "what", "which", "why", "how", "where", "whose"))
_CLOSING = " \t\n\"'”)*_`>"


def plain(text: str, *, titled: bool = False) -> bool:
    """Whether a sentence, list item or heading states no result; `titled` begins with what is to be done, be the verb
    known or not."""
    bullet = _BULLET.match(text)
    text = text[bullet.end() :] if bullet else text
    quote = _QUOTED.match(text)
    if quote and verb_at(words_of(text[quote.end() :])) is None:
        text = quote[1]
    if text.rstrip(_CLOSING).endswith("?") or (_OPEN.search(text) and not _REFUTED.search(text)):
        return True
    words = words_of(text)
    if (_AFFIRMED.search(text) and of(words, "TLSCB")) or _TOLD_ALONG.search(text):
        return False
    if verb_at(words) is None and (_VERDICT.search(text) or (_JOY.search(text) and of(words, "TLSCBqV"))):
        return False
    if titled and _is_order(words):
        return True
    if _BOUND.search(text) and verb_at(words) is None:
        return True
    if _FOREIGN.search(text):
        return _LATER.search(text) is not None
    whole = text.rstrip(_CLOSING).endswith((".", "!"))
    return all(_part(part, whole) for part in parts(words))


def states_by_itself(text: str) -> bool:
    """Whether a piece of a sentence tells how something came out, beside what the rest of it tells: a clause of its own
    with a word for an outcome, of all or none, or of what its author did."""
    words = words_of(text)
    if not words or words[0] in WHEN - {"as"}:
        return False
    if words[0] in ("so", "neither", "nor") and words[1:2] != [] and words[1] in _SO:
        return True
    told = boasted(words) or of(words, "Bl%") or not (NOT | ALL_OF | {"skipped"}).isdisjoint(words)
    return (told or words[0] in ("i", "we")) and (
        clause(words) is not None or of(words, "F") or ("%" in words and words[0] not in RELATIONS)
    )


def _is_order(words: list[str]) -> bool:
    verb = verb_at(words)
    if verb and words[verb - 1] in ("anything", "something", "everything", "whatever"):
        verb = None  # `refuse anything left over`
    if not words or verb is not None or words[0].endswith("s") or of(words[:1], "GFYAEV"):
        return False
    named = words[0] in DETERMINERS or words[0] in NOT or words[0] in _WITHIN or words[0] in OTHERS
    return not named and not boasted(words[1:]) and {"#", "%"}.isdisjoint(words)


def _part(words: list[str], whole: bool) -> bool:
    words = _bare(words)
    if ":" in words:
        at = words.index(":")
        return (
            _labelled(words, at, whole) if at < 7 else _part(words[:at], whole) and _part(words[at + 1 :], whole=False)
        )
    if _unreal(words):
        return True
    if words[:2] == ["according", "to"] and not SOURCES.isdisjoint(words[2:5]):
        return True
    if words[0] == "before" and "now" in words:
        return False
    if words[:2] == ["used", "to"]:
        return "," not in words or _part(words[words.index(",") + 1 :], whole)
    if words[:2] == ["before", ","] and not of(words, "U%"):
        return True
    if (words[0] in WHEN or words[0].endswith("ing")) and "," in words:
        return _part(words[words.index(",") + 1 :], whole)
    if words[0] == "because":
        return verb_at(words[1:]) is None or _part(words[1:], whole)
    if words[0] in WHEN and (author := next((n for n, word in enumerate(words) if word in ("i", "we")), 0)):
        return _part(words[author:], whole)
    told = clause(words)
    if told is None:
        return _fragment(words, whole)
    inner = thought(told)
    return is_plain(told) if inner is None else not inner or _part(inner, whole=False)


def _bare(words: list[str]) -> list[str]:
    """Without what is only said to begin: courtesies, `and`, `so`."""
    polite = words and (words[0] in COURTESY or " ".join(words[:2]) in COURTESY or words[:3] == ["you", "are", "right"])
    if polite:
        begun = next((n for n, word in enumerate(words) if word in (",", "that")), len(words))
        words = words[begun + 1 :]
    if words[:1] == ["i"] and "that" in words[2:6] and not SAYS.isdisjoint(words[:6]) and NOT.isdisjoint(words[:6]):
        words = words[words.index("that") + 1 :]
    if words[:3] == ["which", "is", "why"]:
        words = words[3:]
    if words[:2] == ["no", ","] or words in (["no"], ["none"], ["nope"]):
        words = words[2:]
    while words and (words[0] in LEAD or words[0] in (",", "/", "=", "→", "->", "=>")):
        words = words[1:]
    return words


def _unreal(words: list[str]) -> bool:
    """Whether nothing is said to be so: code by itself, a condition, a guess, how or why something is."""
    if all(word in ("`", ",", "/", "=") for word in words):
        return True
    if words[0] in (
        "who",
        "what",
        "which",
        "why",
        "how",
        "where",
        "whose",
        "hopefully",
        "imo",
        "idk",
        "maybe",
        "perhaps",
    ):
        return True
    if (
        words[0] in ("it", "this", "that")
        and words[1:2] == ["is"]
        and words[2:] in (["fine"], ["ok"], ["okay"], ["good"])
    ):
        return True  # what people say to each other
    abroad = not ABROAD.isdisjoint(words) and not boasted(words)
    unreal = not UNREAL_ABROAD.isdisjoint(words) and not of(words, "A")
    return abroad or unreal or not {"if", "unless", "whether"}.isdisjoint(words)


def _labelled(words: list[str], at: int, whole: bool) -> bool:
    """`label: rest`"""
    label, rest = words[:at], words[at + 1 :]
    label = label[1:] if label[:1] == ["`"] and len(label) > 1 else label
    if not rest:
        return len(label) <= 8 and not boasted(label)
    if (
        {"verdict", "conclusion", "recommendation", "grade"}.intersection(label)
        or rest[:1] in (["none"], ["nothing"])
        or rest == ["no"]
    ):
        return False
    if is_heading(" ".join(label) + ":") or label == ["expected"]:
        return True
    if not NOT.isdisjoint(label) and of(label, "B"):
        return False
    if not label or label[0] in _ASKING:
        return _part(rest, whole)
    if len(label) > 2 and label[0] not in SETTINGS and verb_at(label) is not None:
        return _part(label, whole) and _part(rest, whole=False)
    if len(label) == 1 and label[0] in EDITED and not praised(rest):
        return True
    if (len(label) == 1 and label[0] in COMMITS) or (
        len(label) <= 3 and len(rest) > 1 and rest[0] in ORDERS and rest[0] not in NOUNS
    ):
        return rest[0] in ORDERS or _part(rest, whole)
    return _valued(label, rest, whole)


def _valued(label: list[str], rest: list[str], whole: bool) -> bool:
    """`label: rest`, where the rest may be a value: of a setting, that is no result."""
    if of(label[:1], "ERV"):
        return False
    if (
        len(rest) > 1
        and rest[0] in DETERMINERS
        and rest[0] not in ("as", "all", "every", "no", "any")
        and not boasted(rest)
    ):
        return len(rest) <= 8 or _part(rest, whole)
    if of(label, "TLC") and of(rest[:1], "B"):
        return True
    done = len(rest) == 1 and (rest[0] in TREATED or rest[0] in PAST or rest[0] == "yes") and label != ["`"]
    if done or (len(rest) <= 2 and not NOT.isdisjoint(rest)):
        return False
    acted = rest[0] in EDITED and rest[1:2] != [] and rest[1] in DETERMINERS
    if "%" in rest[:1] or (boasted(rest[:2]) and not acted):
        return False
    measured = of(label, "TLCSqW")
    if SETTINGS.intersection(label) and (label[0] in ("type", "kind") or not measured):
        return verb_at(rest) is None or _part(rest, whole)
    if boasted(label) or (measured and len(label) <= 3 and (rest[0] == "as" or verb_at(rest) is None)):
        return False
    return label == ["`"] or _part(rest, whole)


_WITHIN = frozenset(["it", "them", "they", "us", "we", "everybody", "everyone", "nobody", "me"])
"""What stands in sentences only."""


def _fragment(words: list[str], whole: bool) -> bool:
    """Words without a verb: a heading or an item; a sentence of which the verb isn't known states something."""
    if len(words) == 1 and not whole and words[0] in NOT:
        return True  # an option: `neither`
    if not {"#", "%"}.isdisjoint(words) or not NOT.isdisjoint(words) or boasted(words) or of(words, "SqRN"):
        return False
    if of(words, "Z") and not {"of", "times", "as"}.isdisjoint(words):
        return False
    if not _WITHIN.isdisjoint(words) or not OTHERS.isdisjoint(words):
        return False
    going = words[0].endswith("ing") and words[1:2] != [] and words[1] in OBJECTS
    named = not whole or going or words[0] in ("a", "an", "my", "off")
    return sum(word != "," for word in words) <= (10 if named else 1) and words[0] not in (
        "it",
        "this",
        "that",
        "i",
        "we",
        "they",
        "you",
        "he",
        "she",
    )
