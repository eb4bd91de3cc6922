"""Whether a sentence of the plan tells how an expectation turns: what was wanted before, what is wanted now, and that
the one becomes the other as the sentence says. It must speak of just this difference: that something changes is not
enough."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from bot.checks.planned.calculated import calculates, rounds
from bot.domain.words import words

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|[^\w\s]|_")
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,15})?")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_QUOTED = re.compile(r"`([^`]+)`|\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)|“([^”]+)”")
_PLAIN = words("the a i s t an of in is it to and or as at by on if be for with from")

_GIVING = re.compile(
    r"\b(instead|rather|longer|more|becom\w+|now|turns?|chang\w+|place|without|gives?|returns?|yields?|says?|tells?|shows?"
    r"|prints?|writes?|names?|counts?|has|have|holds?|gains?|loses?|gets?|contains?|includes?|adds?|puts?|reports?|uses?"
    r"|makes?|answers?|defaults?|is|are|to|carry|carries|takes?|reads?|keeps?|drops?|removes?|leaves?|starts?|ends?)\b|→|[-=]>",
    re.IGNORECASE,
)
"""What a sentence says that tells what something gives."""

_TURNING = re.compile(r"\b(instead|rather than|becom\w+|now|defaults?|chang\w+ (from|to)|in place of)\b|→|[-=]>", re.I)
_RAISES = re.compile(
    r"\b(rais\w+|throw\w*|refus\w+|reject\w*|fail\w*|forbid\w*|disallow\w*|errors?|exceptions?)\b", re.IGNORECASE
)
_RAISED = re.compile(
    r"\b(instead of|rather than|no longer|not any ?more|without|does not|doesn't) (\w+ing )?(an? )?"
    r"(rais|throw|fail|refus|reject)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:instead of|rather than|in place of|no longer|not any ?more)\s+(?P<what>[^,;]*)", re.IGNORECASE
)
_INPUTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (r"negative", re.compile(r"^['\"]?-")),
    (r"empty|blank|nothing", re.compile(r"^(''|\"\"|'\s+'|\"\s+\"|0)$")),
    (r"zero", re.compile(r"^['\"]?0")),
)
_NOTHING = re.compile(r"\b(None|nothing|null|undefined|nil)\b|^$")
_EMPTY = re.compile(r"^(\[\]|\{\}|\(\)|''|\"\"|set\(\)|new (Map|Set)\(\)|0)$")
_KINDS = (
    (r"dict\w*|objects?|maps?|mappings?", "{"),
    (r"lists?|arrays?", "["),
    (r"tuples?|pairs?", "("),
    (r"strings?|texts?", "'\""),
)
_ORDER = re.compile(
    r"\b(before|after|order\w*|sort\w*|revers\w*|first|last|newest|oldest|latest|ascending|descending|alphabetical\w*"
    r"|swap\w*|front|behind|format\w*|ISO|begin\w*|start\w*|end\w*|lead\w*|precede\w*)\b",
    re.IGNORECASE,
)
_SIGNS = re.compile(
    r"\b(quot\w+|commas?|dash\w*|hyphen\w*|underscores?|colons?|semicolons?|dots?|periods?|full stops?|slash\w*"
    r"|brackets?|parenthes\w+|braces?|stars?|asterisks?|pipes?|separat\w+|punctuation|escap\w+|signs?|bullets?|prefix\w*|suffix\w*"
    r"|exclamation|tuples?|lists?|sets?|arrays?)\b|[\"'`]\W+[\"'`]",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"(?<=\d)[,_' ](?=\d{3}(?!\d))")
_LONGER = re.compile(
    r"\b(pad\w*|indent\w*|align\w*|two|three|digits|decimals?|places|leading|lines?|tabs?|spaces?)\b", re.I
)
_SHORTER = re.compile(
    r"\b(trim\w*|strip\w*|without|no|remov\w*|drop\w*|fewer|trailing|integers?|ints?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An expectation before and after. `names` are those by which a sentence may name what is looked at, `given` the
    literals that it is given; `raising` are the errors that were wanted, `raised` those wanted now."""

    was: str
    now: str
    names: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    raising: frozenset[str] = frozenset()
    raised: frozenset[str] = frozenset()


def quotes(said: str, turn: Turn) -> bool:
    """Whether the sentence quotes what is wanted now."""
    return not turn.raising and not turn.raised and _quotes(said, turn)


def tells(said: str, turn: Turn) -> bool:
    """Whether the sentence says of this turn what becomes of what."""
    if not _fits_example(said, turn) or not _fits_input(said, turn):
        return False
    if turn.raised and not turn.raising:
        return _tells_error(said, turn)
    if turn.raised and turn.raised != turn.raising:
        return _names_all(said, turn.raised) and _agrees(said, " ".join(turn.raising))
    if turn.raising and not turn.raised:
        return _RAISED.search(said) is not None
    return any(told(said, turn) for told in _WAYS)


def quoted(said: str) -> list[tuple[int, int, str]]:
    """What the sentence quotes, without any quotes, and from where to where it stands there."""
    return [(each.start(), each.end(), each[0].strip("`'\"“”")) for each in _QUOTED.finditer(said)]


def keeps(turn: Turn) -> bool:
    """Whether all that was wanted stands in what is wanted now."""
    before = set(_literals(turn.was))
    return bool(before) and before <= set(_literals(turn.now))


def same_turn(one: Turn, other: Turn) -> bool:
    """Whether all that differs in the second differs just so in the first: the same words and signs came, went or
    moved. Numbers alone tell nothing."""
    known, asked = _differences(one), _differences(other)
    return bool(asked) and asked <= known and any(_is_telling(each) for each in asked)


def stem(word: str) -> str:
    """A word without what grammar puts at its end; a number as it counts."""
    low = word.lower()
    if _AMOUNT.fullmatch(low):
        return f"{float(low):g}"
    bare = re.sub(r"(ings?|ed|e?s|e|ers?|ions?)$", "", low) if len(low) > 4 else low.removesuffix("s")
    return re.sub(r"([bdglmnprt])\1$", r"\1", bare)


# --- what is given, and what was there before --------------------------------------------------------------------
def _fits_example(said: str, turn: Turn) -> bool:
    """Where the sentence gives calls of it with literals, `label(5)`: whether it is one of those."""
    names = "|".join(re.escape(name) for name in turn.names)
    calls = re.findall(rf"(?<!\w)(?:{names})\(([^()]*)\)", said) if names else []
    shown = [literals for each in calls if (literals := _literals(each))]
    given = {literal for each in turn.given for literal in _literals(each)}
    return not shown or not given or any(set(each) & given for each in shown)


def _literals(text: str) -> list[str]:
    """Texts without their quotes, and numbers as they count."""
    bare = _TEXT.sub(" ", text)
    numbers = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\w)", bare)
    return [each[1:-1] for each in _TEXT.findall(text)] + [f"{float(each):g}" for each in numbers if len(each) < 16]


def _fits_input(said: str, turn: Turn) -> bool:
    """Whether the input is of the kind that the sentence speaks of, where it speaks of one."""
    rest = _BEFORE.sub("", said)
    verb = r"for|of|given|when|if" + (r"|refus\w+|reject\w*|forbid\w*|disallow\w*|from|on" if turn.raised else "")
    asked = [shape for kind, shape in _INPUTS if re.search(rf"\b({verb})\s+(\w+\s+){{0,3}}({kind})\b", rest, re.I)]
    return not asked or not turn.given or any(shape.search(each) for shape in asked for each in turn.given)


def _agrees(said: str, was: str) -> bool:
    """Whether what is said to have been there before, if anything, may be what was."""
    found = _BEFORE.search(said)
    if found is None:
        return True
    what = re.sub(r"^(return|giv|rais|throw|yield|show|print|fail)\w*\s*(with\s+)?(an?\s+|the\s+)?", "", found["what"])
    if not _words(what) or _words(what) & _words(was) or _NOTHING.search(what):
        return not _NOTHING.search(what) or bool(_NOTHING.search(was)) or was == "false"
    if re.search(r"\b(empty|blank|zero)\b", what):
        return bool(_EMPTY.match(was))
    return any(was[:1] in signs for kind, signs in _KINDS if was and re.search(rf"\b({kind})\b", what))


# --- errors -------------------------------------------------------------------------------------------------------
def _tells_error(said: str, turn: Turn) -> bool:
    """`parse raises ParseError for empty text instead of returning None`: the error by its name, or what was there
    before, where that fits."""
    if not _RAISES.search(said) or not _agrees(said, turn.was):
        return False
    known = {name for name in turn.raised if name not in ("", "Error", "Exception")}
    named = bool(known) and _names_all(said, known)
    return named or (_BEFORE.search(said) is not None and (not known or not re.search(r"\w+Error\b", said)))


def _names_all(said: str, names: Iterable[str]) -> bool:
    return all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) for name in names if name)


# --- values -------------------------------------------------------------------------------------------------------
def _words(text: str) -> set[str]:
    return set(_counted(text)) - _PLAIN


def _counted(text: str) -> "Counter[str]":
    return Counter(_WORD.findall(re.sub(r"\\[nrt]", " ", text).lower()))


def _says_the_words(said: str, turn: Turn) -> bool:
    """The sentence holds a word or number that came, and all those that went; or the values stayed, and only what they
    stand in is another thing, which it names."""
    if not _GIVING.search(said):
        return False
    told, before, after = {stem(word) for word in _words(said)}, _counted(turn.was), _counted(turn.now)
    came, went = after - before, before - after
    own = {stem(word) for name in turn.names for word in _WORD.findall(name)}
    named = {word for word in came if stem(word) in told - own} | _classes(said, turn)
    missing = {word for word in went if stem(word) not in told}
    if named and _same_values(turn):
        return True
    if {stem(word) for word in came if _AMOUNT.fullmatch(word)} & {stem(word) for word in went}:
        return False  # a number is written otherwise
    if named and not missing:
        return True
    if named and came.total() == went.total() == 1 and _TURNING.search(said):
        return not re.search(r"\d", " ".join(_BEFORE.findall(said)))
    return bool(went) and not came and not missing


def _classes(said: str, turn: Turn) -> set[str]:
    """Names of classes that came and that the sentence says."""
    came = set(re.findall(r"\b[A-Z]\w+(?=\()", turn.now)) - set(re.findall(r"\b[A-Z]\w+", turn.was)) - set(turn.names)
    return {name for name in came if re.search(rf"(?<!\w){name}s?(?!\w)", said)}


def _same_values(turn: Turn) -> bool:
    """Whether all values stand there still, whatever they are put into: `{'a': 1}`, `Point(a=1)`."""
    bare = re.sub(r"(['\"])\w+\1\s*:", "", turn.was)
    kept, found = Counter(_literals(bare)), Counter(_literals(turn.now))
    return bool(kept) and not kept - found


def _quotes(said: str, turn: Turn) -> bool:
    """The sentence quotes a passage of what is wanted now and was not, of more than one word or all of it; and it holds
    every other word that differs."""
    before, after, told = _counted(turn.was), _counted(turn.now), {stem(word) for word in _counted(said)}
    if any(stem(word) not in told for word in ((before - after) | (after - before))):
        return False
    for found in _QUOTED.finditer(said):
        passage = next(each for each in found.groups() if each)
        whole = passage in _literals(turn.now) and len(passage) > 2
        if passage in turn.now and passage not in turn.was and (whole or len(_WORD.findall(passage)) > 1):
            return True
    return False


def _is_of_kind(said: str, turn: Turn) -> bool:
    """The same words and numbers in something else that the sentence names: a list, a text, an object; or the value is
    one of several now."""
    before, after = set(_literals(turn.was)), set(_literals(turn.now))
    alike = bool(_counted(turn.was)) and set(_counted(turn.was)) == set(_counted(turn.now))
    if turn.was[:1] == turn.now[:1] or not (alike or (before and before <= after)):
        return False
    return any(turn.now[:1] in signs and re.search(rf"\b({kind})\b", said, re.I) for kind, signs in _KINDS if turn.now)


def _is_nothing(said: str, turn: Turn) -> bool:
    """None, null and undefined, an empty list or text, by these words."""
    empty = re.search(r"\b(empty|blank|no \w+|nothing)\b", said)
    none = re.search(r"\b(None|null|nothing|undefined|nil)\b", said)
    came = (none and _NOTHING.fullmatch(turn.now)) or (empty and _EMPTY.match(turn.now))
    went = (none and _NOTHING.fullmatch(turn.was)) or (empty and _EMPTY.match(turn.was))
    raised = _RAISES.search(_BEFORE.sub("", said))  # then it is an error that takes its place
    return bool((came or (went and _BEFORE.search(said) and not raised)) and _agrees(said, turn.was))


def _rearranges(said: str, turn: Turn) -> bool:
    """The same words in another order."""
    same = turn.was != turn.now and _counted(turn.was) == _counted(turn.now) and _has_signs(turn)
    return same and bool(_ORDER.search(said)) and _WORD.findall(turn.was) != _WORD.findall(turn.now)


def _has_signs(turn: Turn) -> bool:
    """Whether as many numbers are below zero."""
    below = re.compile(r"(?<!\w)-\d")
    return len(below.findall(turn.was)) == len(below.findall(turn.now))


def _writes_otherwise(said: str, turn: Turn) -> bool:
    """The same but for letters' case, blanks, signs, or how many digits a number is written with."""
    was, now = turn.was, turn.now
    if was.lower() == now.lower():
        fewer = [sum(map(kind, now)) < sum(map(kind, was)) for kind in (str.isupper, str.islower)]
        told = [re.search(rf"\b({words_})", said, re.I) for words_ in ("lower|small", "upper|capital|title")]
        return any(less and found for less, found in zip(fewer, told, strict=True))
    if was != now and _GROUPS.sub("", was) == _GROUPS.sub("", now):
        return bool(_SIGNS.search(said) or re.search(r"\bthousands?\b", said))
    if _WORD.findall(was) == _WORD.findall(now) and _counted(was) and _has_signs(turn):
        blanks = re.sub(r"\s|\\[nt]", "", was) == re.sub(r"\s|\\[nt]", "", now)
        return _is_sized(said, was, now) if blanks else bool(_SIGNS.search(said))
    amounts = [sorted(map(stem, _counted(each).elements())) for each in (was, now)]
    same = amounts[0] == amounts[1] and re.sub(r"[\d.]", "", was) == re.sub(r"[\d.]", "", now)
    return same and _is_sized(said, was, now)


def _is_sized(said: str, was: str, now: str) -> bool:
    """Whether it grew or shrank as the sentence says."""
    return bool((_LONGER if len(now) > len(was) else _SHORTER).search(said))


def _takes_once(said: str, turn: Turn) -> bool:
    """A list without what stood there twice."""
    once = re.search(r"\b(duplicat\w*|unique\w*|distinct|once|repeat\w*)\b", said, re.IGNORECASE)
    before, after = _counted(turn.was), _counted(turn.now)
    return bool(once) and set(before) == set(after) and not after - before and bool(before - after)


_WAYS: tuple[Callable[[str, Turn], bool], ...] = (
    _says_the_words,
    _quotes,
    _is_of_kind,
    _is_nothing,
    _rearranges,
    _writes_otherwise,
    _takes_once,
    lambda said, turn: rounds(said, turn.was, turn.now),
    lambda said, turn: calculates(said, turn.was, turn.now),
)


# --- the same turn ------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1024)
def _differences(turn: Turn) -> frozenset[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What went, with what came in its place."""
    was, now = _TOKEN.findall(turn.was), _TOKEN.findall(turn.now)
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return frozenset((tuple(was[a:b]), tuple(now[c:d])) for kind, a, b, c, d in steps if kind != "equal")


def _is_telling(difference: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    parts = [part for side in difference for part in side]
    return any(part.isalpha() and len(part) > 1 for part in parts) or not any(part.isalnum() for part in parts)
