"""Notes of ours inside foreign words: each stands as one character of a private area until the words are neutralised,
so that escaping can't touch the note and nobody else can write one."""

import re
from dataclasses import dataclass

NOT_VERIFIED = "(not verified)"
FIRST_NOTE = 0xE000
MAX_NOTES = 1000
PRIVATE = re.compile("[\ue000-\uf8ff]")
_LINK = re.compile(r"^\(\[#(\d+)\]\([^)]*\)\)$|^\(#(\d+)\)$")


@dataclass(frozen=True, slots=True)
class Gated:
    """Words with their notes as characters, and what each note is in Markdown."""

    text: str
    notes: tuple[str, ...]

    @property
    def plain_notes(self) -> tuple[str, ...]:
        """The notes where no Markdown is read, and where `#3` would be somebody's issue."""
        return tuple(_LINK.sub(lambda m: f"(record {m[1] or m[2]})", note) for note in self.notes)


def spelled(text: str, notes: tuple[str, ...]) -> str:
    """The text with its note characters replaced; others of their kind, which are foreign, are taken out."""
    return PRIVATE.sub(lambda m: notes[n] if (n := ord(m[0]) - FIRST_NOTE) < len(notes) else "", text)


def kept(cut: str, whole: str, notes: tuple[str, ...]) -> str:
    """`cut`, which is what became of `whole`, with its notes spelt out. A mark that was cut off stands at its end."""
    lost = [c for c in PRIVATE.findall(whole) if c not in cut and spelled(c, notes) == NOT_VERIFIED]
    return spelled(cut, notes) + (f" {NOT_VERIFIED}" if lost else "")
