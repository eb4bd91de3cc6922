"""Cutting ready Markdown to a limit, so that what is left is still whole: fences and folds closed, the marker kept."""

import re

from bot.speech.marker import split

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_ROOM = 160
"""For the closing lines and the note."""


def cut(markdown: str, limit: int) -> str:
    """At most `limit` characters, cut at the end of a line where there is one; says how much is missing."""
    if len(markdown) <= limit:
        return markdown
    body, marker = split(markdown)
    kept = body[: max(0, limit - _ROOM - len(marker))]
    line_end = kept.rfind("\n")
    if line_end > len(kept) - 2000:
        kept = kept[: line_end + 1]
    closing = _closing(kept)
    note = f"\n\n*… {len(body) - len(kept):,} more characters were left out.*"
    whole = kept.rstrip("\n") + closing + note + (f"\n\n{marker}" if marker else "")
    return whole[:limit]


def _closing(text: str) -> str:
    """The lines that close what is open at the end of `text`."""
    fence, folds = open_ends(text)
    return ("\n" + fence if fence else "") + "\n\n</details>" * folds


def open_ends(text: str) -> tuple[str, int]:
    """(the fence that is open at the end or '', how many folds are open). A quoted fence ends with its quote."""
    fence, folds = "", 0
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and not ("`" in found[1] and "`" in found[2]):
            fence = found[1]
        else:
            folds += line.count("<details") - line.count("</details>")
    return fence, max(0, folds)
