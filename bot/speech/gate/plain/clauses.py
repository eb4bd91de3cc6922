"""A sentence as clauses, and a clause as its subject, its verb and the rest: read from left to right as far as the
verb, by lists of words and by endings. No grammar goes deeper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.speech.gate.plain.lexicon import CLASSES
from bot.speech.gate.plain.words import (
    ASIDE,
    BE,
    CODE,
    DETERMINERS,
    DOUBTS,
    EDITED,
    HELPING,
    MODAL,
    NOT,
    NOUNS,
    OBJECTS,
    ORDERS,
    PAST,
    PREPOSITIONS,
    QUALITIES,
    REPORTS,
    THINKS,
    THIRD,
    WHEN,
)

_TOKEN = re.compile(
    r"(?P<code>`+[^`]+`+|\[\w*\]|\([\d., ]+\)|https?://\S+|\"[^\"\n]*\"|“[^”\n]*”|«[^»\n]*»|--?[a-z][\w-]*(?=\W|$)|"
    r"<[^<>\n]+>|#\d+|\bO\([^()\n]*\)|[\w./:-]*(?:[^\W\d][._]\w|\w\(\)|/[^\W\d]|::\w)[\w./:()-]*)|"
    r"(?P<name>@[\w-]+)|(?P<share>\d[\d.,]*\s?(?:%|x\b|×|percent\b)|(?<!\w)[+−-]\d[\d.,]*)|"
    r"(?P<number>\d[\d.,]*(?::\d\d)*)|"
    r"(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)|(?P<joy>[\U0001f300-\U0001faff])|(?P<mark>->|=>|\.{3}|[,:;()–—|/=→…])"
)
_KINDS = {"code": "`", "name": "@", "share": "%", "number": "#", "joy": ";"}
_CONTRACTED = re.compile(r"^(.+?)(n't|'s|'re|'ve|'ll|'d|'m)$")
_FULL = {"n't": "not", "'ve": "have", "'ll": "will", "'s": "is", "'re": "are", "'m": "am", "'d": "would"}
_TWO = {"cannot": ("can", "not"), "let's": ("let", "us")}
_PRONOUNS = frozenset(
    (
        "it", "he", "she", "that", "there", "this", "here", "what", "who", "i", "we", "you", "they", "everything",
        "nothing", "let",
    )
)  # fmt: skip
_NAMES = _PRONOUNS | {"total", "variable", "constant", "integer", "part", "longer", "local", "second", "own"}
"""What looks like a quality, and is a thing."""
_PLAIN = frozenset(("function", "functions", "plan", "scope", "nil", "here"))
_CLASSES = {word: letter for word, letter in CLASSES.items() if word not in _PLAIN}
_RIGHT = frozenset(("right", "correct", "proper", "accurate"))
_MARKED = {"#": "Z", "%": "%", "`": "o"} | {mark: mark for mark in ",:;()–—|/=→…"} | {"->": "→", "=>": "→", "...": "…"}
_PARTING = frozenset((";", "–", "—", "(", ")", "|", "...", "…"))
_IF = frozenset(
    ("if", "unless", "whether", "when", "whenever", "until", "once", "that", "which", "so", "how", "to", "who")
)
_BEGINNING = frozenset(
    ("i", "we", "it", "they", "nothing", "everything", "all", "no", "none", "nobody", "this", "there", "both", "never")
)
"""What begins a clause, and no list."""
_GO = frozenset(("build", "fmt", "test", "vet"))
"""What follows `go` in the name of a tool."""
_JOINING = frozenset(("and", "but", "so", "which"))
_RELATIVES = frozenset(("that", "which", "who", "where"))


@dataclass(frozen=True, slots=True)
class Clause:
    """What is told of what. `head` is the noun that the subject is about; `rest` is without adverbs at its beginning;
    `said` is with them. `ended` is what goes on `no longer`."""

    subject: list[str]
    head: list[str]
    verb: str
    rest: list[str]
    said: list[str]
    ended: bool

    @property
    def first(self) -> str:
        """The word after the verb."""
        return self.rest[0] if self.rest else ""

    @property
    def second(self) -> str:
        return self.rest[1] if len(self.rest) > 1 else ""

    @property
    def negated(self) -> bool:
        return "not" in self.said[:2] or "never" in self.said[:2]

    @property
    def mine(self) -> bool:
        """Whether the author is who does it."""
        return self.subject[:1] in (["i"], ["we"]) or self.subject[-1:] in (["i"], ["we"])

    @property
    def only(self) -> bool:
        return "only" in self.said


def of(words: list[str], classes: str) -> bool:
    """Whether a word is of one of these classes of `lexicon`."""
    return any(_CLASSES.get(word, "o") in classes for word in words)


def boasted(words: list[str]) -> bool:
    """Whether there is praise, or what was done or reached, in any place."""
    return of(words, "GFYAVEiHx")


def praised(words: list[str]) -> bool:
    """Whether there is praise in words that isn't just the quality of a thing that is named."""
    return any(
        of([word], "GFYAVEi")
        and (not n or words[n - 1] not in DETERMINERS or (word in _RIGHT and words[n - 1] not in ("to", "from")))
        for n, word in enumerate(words)
    )


def words_of(text: str) -> list[str]:
    """Words in lower case; code is a backtick, a number `#`, a share `%`, a person's name `@`."""
    found: list[str] = []
    for m in _TOKEN.finditer(text):
        if m.lastgroup == "word":
            low = m[0].lower().replace("’", "'")
            shouted = m[0].isupper() and len(low) > 1 and low in ORDERS
            found.extend(("`",) if shouted else _spelled(low))
        else:
            found.append("zero" if m[0].rstrip(".,") == "0" else _KINDS.get(m.lastgroup or "", m[0]))
    return found


def letters_of(text: str) -> str:
    """One letter for each word, by its class in `lexicon`; `o` is a word of none."""
    return "".join(_letter(word) for word in words_of(text))


def _letter(word: str) -> str:
    known = _MARKED.get(word) or CLASSES.get(word) or CLASSES.get(word.rpartition("-")[2])
    return known or ("a" if word.endswith("ly") else "o")


@lru_cache(maxsize=20000)
def _spelled(word: str) -> tuple[str, ...]:
    if word in _TWO:
        return _TWO[word]
    m = _CONTRACTED.match(word)
    if m is None:
        return (word,)
    if m[2] == "'s" and m[1] not in _PRONOUNS:
        return (m[1],)
    return ({"ca": "can", "wo": "will"}.get(m[1], m[1]), _FULL[m[2]])


def parts(words: list[str]) -> Iterator[list[str]]:
    """Clauses that stand by themselves; one that goes on with a verb has the subject of the one before."""
    part: list[str] = []
    for n, word in enumerate(words):
        if word in _PARTING or (word == "," and words[n + 1 : n + 2] and words[n + 1] in _JOINING):
            yield part
            part = []
        elif (subject := _goes_on(part, word, words[n + 1 :])) is not None:
            yield part
            part = subject
        else:
            part.append(word)
    yield part


def _goes_on(part: list[str], word: str, rest: list[str]) -> list[str] | None:
    """What a clause begins with that follows a clause after `and` or a comma; None when no clause does."""
    if word in ("and", ",") and rest[:1] in (["i"], ["we"]) and of(rest[1:2], "ER"):
        return []  # `..., I checked that`
    if word not in ("and", "but", ",") or not rest or not part or part[0] in WHEN or not _IF.isdisjoint(part):
        return None
    at = verb_at(part)
    if at is None or not part[:at]:
        return None
    rest = [each for n, each in enumerate(rest) if n or each not in ASIDE]
    if (rest and rest[0] in _BEGINNING) or (word != "," and rest[0] == "the"):
        return [] if verb_at(rest) or rest[0] in NOT else None
    mine = part[:at] in (["i"], ["we"])
    same = (rest[0] in THIRD and part[at] in THIRD and rest[1:2] and rest[1] in OBJECTS) or (
        mine and (rest[0] in PAST or rest[0].endswith("ed")) and (part[at] in PAST or part[at] in ("have", "had"))
    )
    if word == "," or not (same or (_is_helping(rest[0]) and part[at] not in BE)):
        return None
    return part[: at + 1] if part[at] in ("have", "had") else part[:at]


def clause(words: list[str]) -> Clause | None:
    """The clause that words are; None when they have no verb."""
    at = verb_at(words)
    if at is None:
        return None
    subject, said = words[:at], words[at + 1 :]
    ended = subject[-2:] == ["no", "longer"]
    subject = subject[:-2] if ended else subject
    rest = [word for n, word in enumerate(said) if n > 3 or word not in ASIDE]
    return Clause(subject, _head(subject), words[at], rest, said, ended)


def _head(subject: list[str]) -> list[str]:
    """The noun that a subject is about; of a piece of code, the word before it, too."""
    end = next((n for n, word in enumerate(subject) if n and word in PREPOSITIONS), len(subject))
    words = [word for word in subject[:end] if word not in ASIDE]
    return words[-1:] if words[-1:] != ["`"] else words[-2:]


# --- the verb --------------------------------------------------------------------------------------------------------
def verb_at(words: list[str]) -> int | None:
    """Where the verb of the main clause is; that of a relative clause only if there is no other."""
    relative, found = False, None
    for n, word in enumerate(words):
        if (_is_helping(word) and not (word in BE and words[n - 1 : n] == ["to"])) or _is_verb(words, n):
            if not relative:
                return n
            found, relative = n, False
        elif n and (word in _RELATIVES or _begins_relative(words[0], word)):
            relative = words[n - 1] not in ("is", "are")
    return found


def _is_helping(word: str) -> bool:
    return word in BE or word in MODAL or word in HELPING


def _begins_relative(first: str, word: str) -> bool:
    """Whether an author comes after a noun: `all lines I added`."""
    named = first in DETERMINERS or first in ("everything", "nothing", "anything")
    return word in ("i", "we", "you") and named and first not in WHEN


def _is_verb(words: list[str], n: int) -> bool:
    word, after = words[n], words[n + 1] if n + 1 < len(words) else ""
    if not n:
        return _begins(words, word, after)
    if _is_noun(words, n, word, after):
        return False
    before = next((one for one in reversed(words[:n]) if one not in ASIDE and not one.endswith("ly")), "")
    if before in ("this", "that") and word in THIRD and after not in THIRD and after not in PAST:
        return True
    if before in ("all", "both") and n > 1 and word in CODE:
        return True
    if (before in DETERMINERS and not (before == "that" and n > 1)) or (before in QUALITIES and before not in _NAMES):
        return False
    if before in ("i", "we") and after.endswith("ed") and word not in PAST:
        return False  # `I double checked`
    if word in THIRD or word in PAST or word in REPORTS or (word.endswith("ed") and len(word) > 4):
        return True
    plural = before in ("i", "we", "you", "they", "`", "not") or any(w.endswith("s") and len(w) > 3 for w in words[:n])
    return plural and (word in ORDERS or word in THINKS or word in DOUBTS)


def _begins(words: list[str], word: str, after: str) -> bool:
    """Whether the first word is a verb: an order, or a subject is left out."""
    if word == "never" and after in CODE:
        return True
    if (word == "go" and after in _GO) or (after in THIRD and THIRD[after] not in NOUNS):
        return False  # `Encode takes`: a name
    if (after not in OBJECTS or after == "one") and _goes_further(words[1:]):
        return False
    if THIRD.get(word) in NOUNS and after not in OBJECTS and after not in WHEN and not of([word], "TLSCWV"):
        return after != ""
    if word in NOUNS or THIRD.get(word) in NOUNS:
        acts = (
            after in OBJECTS
            or (after in ASIDE and words[2:3] != [] and words[2] not in THIRD)
            or after in ("like", "once")
        )
        return acts and (after not in WHEN or (word in THIRD and not of([word], "TLSC")))
    return word in ORDERS or word in EDITED or word in THIRD


def _goes_further(words: list[str]) -> bool:
    """Whether a verb follows, so that what began the sentence is none."""
    return any(
        _is_helping(word) or word in PAST or (n and word in CODE and words[n - 1].endswith("s"))
        for n, word in enumerate(words)
    )


def _is_noun(words: list[str], n: int, word: str, after: str) -> bool:
    """Whether what may be a verb is a noun in the plural, since a verb follows."""
    done = after in PAST or after.endswith("ed")
    if word not in THIRD:
        return word in NOUNS and (done or _is_helping(after))
    if _is_helping(after) and after != "being":
        return True
    if word != "gets" and done and (n + 2 >= len(words) or words[n + 2] in DETERMINERS or words[n + 2] == ","):
        return True
    follows = (not after and words[n - 1] != "`") or (after in CODE and after not in OBJECTS) or done or after in THIRD
    return THIRD[word] in NOUNS and follows
