"""Small words for what comes from elsewhere: one line of foreign text made safe inside our own Markdown."""

from bot.speech.neutral import legible, neutral_words, span


def inline(text: str, limit: int = 200) -> str:
    """Foreign text as one plain line of at most `limit` characters: no HTML, link, mention, reference or command."""
    return neutral_words(_line(text, limit))


def code(text: str, limit: int = 120) -> str:
    """Foreign text as a code span, where nothing in it is interpreted."""
    return span(_line(text, limit))


def _line(text: str, limit: int) -> str:
    line = " ".join(legible(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
