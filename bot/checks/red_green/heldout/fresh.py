"""What changed sources say now and did not before, as far as it may be there for the tests alone: literals by which an
input can be known, and values that a test expects.

A literal that stands among others which no test asks for belongs to a vocabulary, and so does a plain word that a table
is asked by. What the plan names is meant.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bot.checks.integrity.singled import literals_in
from bot.checks.red_green.heldout.inputs import Spot
from bot.checks.red_green.heldout.literals import Literal, as_source, is_table, literals_and_answers, normalised
from bot.checks.red_green.heldout.marks import held
from bot.checks.red_green.heldout.meant import is_about, keeps_in, speaks_of, without_examples
from bot.checks.red_green.heldout.special import known_in, numbers_at
from bot.ports import FileChange

_TRIVIAL = frozenset(("0", "1", "2", "0.0", "1.0", "100"))
_SYNTAX = "-./:@#"
_OPAQUE = re.compile(r"\d{5,}|(?=.*\d)[0-9a-fA-F]{8,}")
"""What tells people nothing: a checksum, not a round number."""

_OF_LANGUAGE = re.compile(r"__\w+__|constructor|prototype|toString|valueOf|hasOwnProperty")
"""Names of which everybody knows that they are not like others."""

_PLAIN = re.compile(r"[A-Za-z]|\D\d\d")


@dataclass(frozen=True, slots=True)
class Fresh:
    """Literals that are new, by file, with all that stands beside them, new values (`answers`), normalised, all new
    `numbers`, and what may be a part of a text (`parts`).
    `any`: something new stands there, though the plan may name it; without that no input can be known from another."""

    literals: tuple[tuple[Literal, ...], ...] = ()
    new: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    any: bool = False
    numbers: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    @property
    def opaque(self) -> bool:
        """Whether some may be a checksum of what it stands for."""
        return any(_OPAQUE.fullmatch(each.rstrip("0")) for each in self.numbers | self.new)

    def keys(self, spots: Collection[Spot]) -> frozenset[str]:
        """The new literals by which these inputs can be known."""
        return frozenset(each for file in self.literals for each in self._keys(file, spots))

    def _keys(self, file: Iterable[Literal], spots: Collection[Spot]) -> Iterator[str]:
        found = [(each, bool(each.asked_in(spots))) for each in file if not each.field]
        wider = {each.beside for each, asked in found if not asked}
        for each, asked in found:
            if asked and each.text in self.new and each.beside not in wider:
                yield each.text

    def marks(self, spots: Collection[Spot]) -> tuple[frozenset[float], frozenset[str]]:
        """New numbers, and texts that the code looks for, by which these inputs can be known without being said."""
        texts = [spot.text for spot in spots if not spot.number]
        found = [[(each, any(held(each.text, text) for text in texts)) for each in file] for file in self.literals]
        wider = {each.beside for file in found for each, asked in file if not asked}
        mine = {each.text for file in found for each, asked in file if asked and each.beside not in wider}
        return frozenset(map(float, self.numbers)) - {0.0, 1.0}, self.parts.intersection(mine)

    def answers_in(self, expected: str) -> frozenset[str]:
        """The new values that stand in what is left of a test without its inputs."""
        plain, whole = literals_in(expected), normalised(expected)
        return frozenset(each for each in self.answers if each in plain or (each[:1] in "[({" and each in whole))


def fresh_in(changes: Iterable[FileChange], plan: str) -> Fresh:
    """`changes` are those of sources; one that is new as a whole has a vocabulary of its own, unless it is nothing but
    a table of which the plan says nothing."""
    said = without_examples(plan)
    read = [each for each in changes if each.new and (each.old or (is_table(each) and not keeps_in(each.path, said)))]
    texts = [(each.path, as_source(each.path, each.old or ""), as_source(each.path, each.new or "")) for each in read]
    pairs = [(literals_and_answers(path, old), literals_and_answers(path, new)) for path, old, new in texts]
    numbers = [numbers_at(old, new) for _, old, new in texts]
    counted = frozenset[str]().union(*(after - before for before, after in numbers))
    known = known_in(old for _, old, _ in texts)
    kept = {answer for (_, old), _ in pairs for answer in old}
    said_then = {each.text for (old, _), _ in pairs for each in old if not each.number}
    said_now = {each.text for _, (new, _) in pairs for each in new if not each.number}
    keys = {each.text for _, (new, _) in pairs for each in new if not each.field}
    literals = {each for each in keys if _is_fresh(each, known, counted)}
    answers = {each for _, (_, new) in pairs for each in new} - kept - _TRIVIAL
    return Fresh(
        tuple(new for _, (new, _) in pairs),
        frozenset(each for each in literals if not speaks_of(each, said)),
        frozenset(each for each in answers if not speaks_of(each, said)),
        bool(literals or answers or counted),
        frozenset(each for each in counted if not is_about(float(each), said)),
        frozenset(each for each in said_now - said_then if _is_part(each, said)),
    )


def _is_fresh(text: str, known: frozenset[str], counted: frozenset[str]) -> bool:
    if _OF_LANGUAGE.fullmatch(text):
        return False
    if text.replace(".", "", 1).isdigit():
        return text in counted and text not in ("0", "1")
    return text.lower() not in known and any(sign.isalnum() for sign in text)


def _is_part(text: str, said: str) -> bool:
    """Whether it has plain letters, or a number behind a sign, neither plan nor language knows it, and no syntax begins
    with it: an ending of files, an option, a route."""
    if not _PLAIN.search(text) or _OF_LANGUAGE.fullmatch(text) or (len(text) > 1 and text[0] in _SYNTAX):
        return False
    return not (len(text) > 1 and text.lower() in said.lower()) and not speaks_of(text, said)
