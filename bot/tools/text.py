"""Files and output as a model reads them: decoded, cut where they are too long, and said so."""

LINE = 2_000
"""Characters of one line that are shown."""


def decoded(data: bytes) -> str | None:
    """The text of a file; None when it is not text. Bytes that are not UTF-8 are shown as replacement marks."""
    if b"\0" in data[:8192]:
        return None
    return data.decode("utf-8", "replace")


def exact(data: bytes) -> str | None:
    """The text of a file that can be written back unchanged; None when it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def cut_line(line: str, limit: int = LINE) -> str:
    """A line, or its beginning and how much is missing."""
    return line if len(line) <= limit else f"{line[:limit]} … [+{len(line) - limit} characters]"


def cut_middle(text: str, head: int, tail: int) -> str:
    """A text, or its two ends and how much is missing between."""
    if len(text) <= head + tail:
        return text
    return f"{text[:head]}\n… [{len(text) - head - tail} characters left out] …\n{text[-tail:]}"
