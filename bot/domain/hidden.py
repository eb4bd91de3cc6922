"""Text that a reader of the page does not see and a model would: found, named, and taken out. Pure.

Hidden are HTML comments, link definitions used as comments, attributes of HTML tags, texts of images, and characters
without a look of their own: zero-width, direction, tag and filler characters. Code keeps everything but the last,
because on the page code is shown as it is.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

COMMENT, DEFINITION, ATTRIBUTES, ALT, UNSEEN = (
    "HTML comment",
    "link definition",
    "HTML attribute",
    "image text",
    "run of invisible characters",
)

_MARKUP = re.compile(
    r"""
    (?P<fence>^[ ]{0,3}(?P<marks>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ ]{0,3}(?P=marks)[`~]*[ \t]*(?=\n|\Z))
    | (?P<span>(?<!`)(?P<ticks>`+)(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`))
    | <!--(?P<comment>.*?)(?:-->|\Z)
    | ^[ ]{0,3}\[(?:[^\]\n]{1,200})\]:[ \t]*(?:\#|<>|about:blank)[ \t]*(?P<definition>[^\n]*)$
    | !\[(?P<alt>[^\]]{1,2000})\](?=[(\[])
    | <(?P<tag>[A-Za-z][A-Za-z0-9-]{0,30})(?P<attributes>(?:\s+[^<>]{0,4000}?)?)\s*(?P<end>/?>)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_ALWAYS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_JOINED = r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f\u200c\u200d])"
_VARIED = r"(?<![\ufe00-\ufe0f])[\ufe00-\ufe0f](?![\ufe00-\ufe0f])"
_CHARACTERS = re.compile(f"(?P<seen>{_FLAG}|{_JOINED}|{_VARIED})|(?P<run>[{_ALWAYS}\u200c\u200d\ufe00-\ufe0f]+?)")


@dataclass(frozen=True, slots=True)
class Hidden:
    """One thing that was hidden: its kind, and what it says, invisible characters by name or as the text they spell."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Revealed:
    visible: str
    hidden: tuple[Hidden, ...]

    @property
    def note(self) -> str:
        """What was taken out, by kinds alone: its words must not reach who reads this. '' when nothing was."""
        counted = Counter(part.kind for part in self.hidden)
        kinds = ", ".join(f"{count} × {kind}" for kind, count in counted.items())
        return f"[hidden text removed: {kinds}]" if kinds else ""


def reveal(text: str) -> Revealed:
    """What a reader sees of a Markdown text, and what is hidden in it, in order of kind."""
    seen, unseen = _without_characters(text)
    found: list[Hidden] = []
    visible, at = [], 0
    for match in _MARKUP.finditer(seen):
        kept, hidden = _taken(match)
        visible += [seen[at : match.start()], kept]
        found += hidden
        at = match.end()
    return Revealed("".join([*visible, seen[at:]]), (*found, *unseen))


def _taken(match: re.Match[str]) -> tuple[str, list[Hidden]]:
    """What stays of one piece of markup, and what it hid."""
    if match["comment"] is not None:
        return "", [Hidden(COMMENT, match["comment"].strip())]
    if match["definition"] is not None:
        return "", [Hidden(DEFINITION, match["definition"].strip())]
    if match["alt"] is not None:
        return "![]", [Hidden(ALT, match["alt"].strip())]
    if match["tag"] is not None and match["attributes"].strip():
        return f"<{match['tag']}{match['end']}", [Hidden(ATTRIBUTES, match["attributes"].strip())]
    return match[0], []


def _without_characters(text: str) -> tuple[str, tuple[Hidden, ...]]:
    if text.isascii():
        return text, ()
    runs: list[str] = []
    kept: list[str] = []
    at = end = 0
    for match in _CHARACTERS.finditer(text):
        if match["run"] is None:
            continue
        kept.append(text[at : match.start()])
        if runs and match.start() == end:
            runs[-1] += match[0]
        else:
            runs.append(match[0])
        at = end = match.end()
    return "".join([*kept, text[at:]]), tuple(Hidden(UNSEEN, spelled(run)) for run in runs)


def spelled(run: Iterable[str]) -> str:
    """Invisible characters made visible: tag characters as the letters that they stand for, others by name."""
    return "".join(map(_spelled, run))


def _spelled(character: str) -> str:
    code = ord(character)
    if 0xE0020 <= code <= 0xE007E:
        return chr(code - 0xE0000)
    return f"<{unicodedata.name(character, f'U+{code:04X}').lower()}>"
