"""What the plan says, one statement at a time. `It`, `that file`, `both` and the like are put into the names that they
stand for: a statement is then understood by itself."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

_ENDS = re.compile(r"\n|;(?=\s|$)|(?<=[\w)\]'\"`%])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bcf)[.!?](?=\s)")

_QUOTED = r"`[^`\n]+`|'[^'\n]+'(?!\w)|\"[^\"\n]+\""
_FILE = (
    r"(?:[\w\-.]+/)*[\w\-.]*\w\.(?:[cm]?[jt]sx?|pyi?|rs|go|java|kt|rb|sh|so|json[l5]?|ya?ml|toml|cfg|ini|txt|md|rst|csv|tsv"
    r"|xml|html|snap|ambr|out|expected|golden|approved|lock|sql|coveragerc)"
)
_TEST = rf"test_\w+|\w+_test|Test[A-Z]\w*|(?<=\btest )(?:{_QUOTED})"
_NAME = re.compile(
    rf"(?<![\w/.\-])(?:(?P<file>`?{_FILE}`?(?![\w/(]))|`?(?P<test>{_TEST})`?(?:\(\))?"
    r"|(?P<other>`[^`\n]+`|\w+\(\)|[a-zA-Z]\w*_\w+))"
)
"""What is named: a file, a test, or anything else that is written as code is."""

_SAID_OF_THEM = r"(?:is|are|were|will|must|should|change|follow|get|gain|lose|expect|go|have|need)\b"
_POINTER = re.compile(
    r"\b(?:(?:that|this|the same) (?P<one>file|test|workflow|script|snapshot|fixture|module)"
    r"|(?:that|this|the same) (?P<part>row|case|assertion|expectation|tolerance|mark(?:er)?)"
    r"|(?:these|those|both)(?: two)? (?P<many>files|tests)"
    rf"|(?P<all>they|them|(?:both|these|those)(?=\s*(?:$|[,.:)]|{_SAID_OF_THEM})))"
    r"|(?P<it>it))\b(?! (?:is|was) (?:that|to)\b)",
    re.IGNORECASE,
)
"""A word that points back at something named."""

_BESIDE = re.compile(r"\b(?:the|an?|its|their|our|each|every|some|any|all|one|two)\s+\w", re.IGNORECASE)
"""Something else that a word after it may stand for."""

_JOINED = re.compile(r"(?:[^\w\n]|\b(?:and|or|as well as|the|tests?|files?|in|of)\b)*")
"""What stands between the names of one list."""

_FAR, _MOST = 2000, 20
"""Characters back to what a word may stand for, and statements; so many such words of one statement are looked at."""

_OWN = re.compile(r"(?:its|their)\b", re.IGNORECASE)
"""The beginning of what goes on with the statement before it."""

_ONE_TEST = re.compile(
    rf"(?:in `?(?P<in>{_FILE})`?,? |there(?: is|'s) |`?(?P<has>{_FILE})`? (?:has|holds|contains) )?"
    rf"(?:one|an?) (?:\w+ )?test\b(?: (?:in|of|from) `?(?P<of>{_FILE})`?)?",
    re.IGNORECASE,
)
"""The beginning of a statement of which the subject is one test of a file."""

_SHOWS = re.compile(r"\b(?:shows?|checks?|proves?|expects?|says?|sees?|asserts?) (?:that|how|whether)\b", re.IGNORECASE)
"""What speaks of something else from there on."""


@dataclass(frozen=True, slots=True)
class _Named:
    """One name, where it stands."""

    text: str
    kind: str
    start: int
    end: int


@lru_cache(maxsize=16)
def statements(texts: tuple[str, ...]) -> tuple[str, ...]:
    """All statements of these texts, in order; each may speak of what those before it named."""
    found: list[str] = []
    for text in texts:
        for each in filter(None, map(str.strip, _ENDS.split(text))):
            before = "\n".join(found[-_MOST:])
            if found and _OWN.match(each):
                found[-1] = f"{found[-1]}; {each}"
            else:
                found.append(_resolved(each, before))
    return tuple(found)


def _resolved(statement: str, before: str) -> str:
    """The statement with names in the place of words that point back at them. Only what the statement before it
    named last may be `it`, and only where nothing else was spoken of since."""
    done, at = "", 0
    for found in islice(_POINTER.finditer(statement), _MOST):
        seen = f"{before}\n{done}{statement[at : found.start()]}"[-_FAR:]
        if names := _meant_by(found, seen):
            done += statement[at : found.start()] + names
            at = found.end()
    return done + statement[at:]


def _meant_by(pointer: re.Match[str], seen: str) -> str:
    named = [_Named(each[0], each.lastgroup or "", each.start(), each.end()) for each in _NAME.finditer(seen)]
    if pointer["one"] or pointer["part"]:
        kind = "test" if pointer["part"] or pointer["one"].lower() == "test" else "file"
        last = next((each.text for each in reversed(named) if each.kind == kind), "")
        return f"the {pointer['part']} of {last}" if last and pointer["part"] else last
    if pointer["many"]:
        return _listed([each for each in named if each.kind == pointer["many"].lower().removesuffix("s")], seen)
    if pointer["it"] and (file := _one_test(seen)):
        return f"the test of {file}"
    since = re.sub(r"\([^)]*\)", "", seen[named[-1].end :]) if named else ""
    if not named or since.count("\n") > 1 or _BESIDE.search(since):
        return ""
    if pointer["it"]:
        return named[-1].text
    return "" if re.search(r"\b\w{3,}s\b", since) else _listed(named, seen)


def _one_test(seen: str) -> str:
    """The file of the one test of which the statement before spoke, where nothing was spoken of since."""
    before, _, begun = seen.rpartition("\n")
    spoken = before.rpartition("\n")[2]
    found = _ONE_TEST.match(spoken)
    if found is None or _SHOWS.search(spoken) or _BESIDE.search(begun) or _NAME.search(begun):
        return ""
    return next(filter(None, found.groups()), "")


def _listed(named: list[_Named], seen: str) -> str:
    """The last two or more of a kind that were named in one go."""
    group = named[-1:]
    for each in reversed(named[:-1]):
        if each.kind != group[0].kind or not _JOINED.fullmatch(seen[each.end : group[0].start]):
            break
        group.insert(0, each)
    names = list(dict.fromkeys(each.text for each in group))
    return " and ".join(names) if len(names) > 1 else ""
