"""What reviewers of a repository ask for again and again: told by words alone, and the same each time. Pure."""

import re
from collections.abc import Iterable

from bot.domain.refs import Value, digest_of
from bot.domain.suggestions import split

TIMES, PULLS = 3, 2
"""How often the same has to be asked for, and on how many pull requests, to be a lesson."""

ALIKE = 0.5
"""Of all the words that either of two remarks has, the share that both have when they ask for the same."""

MAX_RULE = 200
"""Characters of a remark that can stand as a rule."""

_WORDS = (
    "a an and are as at be but by can could do does for from here i if in into is it its let me more must my no not of "
    "on one or our please pls should so that the their them then there these they this those to too us use we with "
    "would you your nit"
)
_LITTLE = frozenset(_WORDS.split())


class Wished(Value):
    """A remark that was followed: its words, its address, and the number of its pull request."""

    words: str
    url: str
    pull: str


def alike(one: str, other: str) -> bool:
    """Whether two remarks ask for the same, by their words."""
    mine, theirs = _words(one), _words(other)
    return bool(mine and theirs) and len(mine & theirs) >= ALIKE * len(mine | theirs)


def lesson(new: Wished, known: Iterable[Wished]) -> tuple[Wished, ...]:
    """The remarks that ask for the same as the new one, with it, in their order; () while they are no lesson."""
    same = [one for one in (*known, new) if alike(one.words, new.words)]
    return tuple(same) if len(same) >= TIMES and len({one.pull for one in same}) >= PULLS else ()


def rule(same: Iterable[Wished]) -> str:
    """The shortest of the remarks as one line."""
    lines = [" ".join(split(one.words)[0].split()) for one in same]
    return min((line for line in lines if line), key=lambda line: (len(line), line))[:MAX_RULE]


def key(rule: str) -> str:
    """The lesson's name in its repository: the words of the rule, in any order."""
    return digest_of(" ".join(sorted(_words(rule))))[:16]


def _words(text: str) -> frozenset[str]:
    """The words that tell what is asked for: none from code, names of places or the little ones."""
    plain = re.sub(r"```.*?(?:```|\Z)|`[^`\n]*`|@[\w-]+|\S*[/_.]\S*\w", " ", text, flags=re.DOTALL)
    return frozenset(re.findall(r"[^\W\d_]+", plain.casefold())) - _LITTLE
