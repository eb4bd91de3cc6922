"""A sentence as its words and as a string of one letter for each (`lexicon`)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.speech.gate.suspected.lexicon import CLASSES
from bot.speech.gate.suspected.phrases import PHRASES

_TOKEN = re.compile(
    r"(?P<word>[^\W\d_][\w'’./-]*[\w]|[^\W\d_])|(?P<number>\d[\d.,']*\d|\d)|(?P<end>[.!?…]+(?=\s|$|[)\"”*])|[;\n])|"
    r"(?P<mark>[,:()|–—]|->|→|=>|=)|(?P<share>%)|(?P<bad>[❌🔴🟥✗])|"
    r"(?P<joy>[✅✔☑🟢✓👍💚💯🟩🎉🙌👌🥳😎🚀💪🍏🌱🎊✨🤘🏆🍀🔋⚡📈📉🪦☠💀🥇🤩😍🔥🎯🫡🧘☀🌞🏁💎🛡])"
)
_MARKS = {"–": "-", "—": "-", "|": ",", "->": ">", "→": ">", "=>": ">", ")": "("}
_LONGEST = max(len(rest) for phrases in PHRASES.values() for rest, _ in phrases)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a known phrase, a number or a mark: its class, itself in lower case, and its place in the text."""

    letter: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Met:
    """What a rule of the grammar has met: words `start` to `end` of a sentence, which `letters` spells."""

    words: list[Word]
    letters: str
    start: int
    end: int

    @property
    def own(self) -> str:
        return self.letters[self.start : self.end]

    @property
    def first(self) -> Word:
        return self.words[self.start]

    @property
    def last(self) -> Word:
        return self.words[self.end - 1]

    @property
    def before(self) -> str:
        """The word before, in lower case."""
        return self.words[self.start - 1].text if self.start else ""

    @property
    def after(self) -> str:
        """The word after, in lower case."""
        return self.words[self.end].text if self.end < len(self.words) else ""

    @property
    def rest(self) -> str:
        """The letters after."""
        return self.letters[self.end :]

    @property
    def said(self) -> list[str]:
        return [word.text for word in self.words[self.start : self.end]]

    def lead(self, marks: str) -> int:
        """Where the clause begins, clauses being parted by these letters."""
        return max(self.letters.rfind(mark, 0, self.start) for mark in marks) + 1


def sentences(text: str) -> Iterator[list[Word]]:
    """The words of each sentence, phrases as one."""
    words: list[Word] = []
    for m in _TOKEN.finditer(text):
        if m.lastgroup != "end":
            words.extend(_read(m))
            _join(words)
        elif words:
            yield words
            words = []
    if words:
        yield words


def _read(m: re.Match[str]) -> Iterator[Word]:
    text = m[0].lower().replace("’", "'")
    match m.lastgroup:
        case "word" if text.endswith(("'s", "'re")) and text not in CLASSES:
            head, _, tail = text.partition("'")
            at = m.start() + len(head)
            yield Word(_letter(head), head, m.start(), at)
            yield Word("X", f"'{tail}", at, m.end())
        case "word":
            yield Word(_letter(text), text, *m.span())
        case "number":
            yield Word("N" if text == "0" else "Z", text, *m.span())
        case "mark":
            yield Word(_MARKS.get(text, text), text, *m.span())
        case group:
            yield Word({"share": "%", "joy": "j"}.get(group or "", "b"), text, *m.span())


@lru_cache(maxsize=20000)
def _letter(text: str) -> str:
    if known := CLASSES.get(text):
        return known
    if text.startswith("test_") or text.endswith(("_test", "tests")):
        return "T"
    if text.endswith("ly"):
        return "a"
    last = CLASSES.get(text.rpartition("-")[2], "") if "-" in text else ""
    return last if last in ("T", "G", "F") else "o"


def _join(words: list[Word]) -> None:
    """Makes the last words one when they are a phrase that is known, the longest first."""
    for back in range(min(_LONGEST, len(words) - 1), 0, -1):
        first = words[-1 - back]
        if first.text not in PHRASES:
            continue
        rest = tuple(word.text for word in words[-back:])
        letter = next((letter for phrase, letter in PHRASES[first.text] if phrase == rest), None)
        if letter is not None:
            words[-1 - back :] = [Word(letter, " ".join((first.text, *rest)), first.start, words[-1].end)]
            return
