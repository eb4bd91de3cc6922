"""Small words for what comes from elsewhere: one line of foreign text made safe inside our own Markdown."""

import re

_SPECIAL = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|_(?!\w)|^[#+-])")


def inline(text: str, limit: int = 200) -> str:
    """Foreign text as one plain line: no Markdown, no HTML, no mention, at most `limit` characters."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _SPECIAL.sub(r"\\\1", line).replace("@", "@\u2060")


def code(text: str, limit: int = 120) -> str:
    """Foreign text as a code span, where nothing in it is interpreted."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if longest or not line else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
