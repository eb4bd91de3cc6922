"""Other people's and the model's words made harmless: they keep their look and lose every effect.

Text is taken apart line by line and put together again so that how GitHub reads it can't differ from how we did: code
stands in fences and spans of our own making, everything that would act (links, images, mentions, references that close
issues, command-shaped lines) becomes a code span, and the rest is escaped.
"""

import html
import re

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^`\n]*$")
_COMMAND = re.compile(r"^(\s*(?:(?:[-*+]|\d{1,9}[.)]|>|\#{1,6})\s+|>)*)(/[A-Za-z][\w-]*)(?=\s|$)")
_TOKEN = re.compile(
    r"""
    (?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | !\[(?P<alt>[^\[\]]{0,1000})\](?:\([^()\s]{0,2000}(?:\s[^()]{0,500})?\))?
    | \[(?P<text>[^\[\]]{1,1000})\]\(<?(?P<target>[^()\s<>]{0,2000})>?(?:\s[^()]{0,500})?\)
    | (?P<url>(?:[A-Za-z][A-Za-z0-9+.-]{0,20}://|www\.)[^\s<>`\[\]()"']{1,2000})
    | (?P<mention>[\w.+-]{0,100}@[A-Za-z0-9_][\w./-]{0,200})
    | (?P<reference>(?:[\w.-]{1,100}/[\w.-]{1,100})?\#\d+|GH-\d+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ESCAPED = str.maketrans({"\\": "\\\\", "`": "\\`", "<": "&lt;", "&": "&amp;", "[": "\\[", "]": "\\]"})
_ACTIVE = frozenset({"suggestion", "mermaid", "geojson", "topojson", "stl", "math"})
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x1b\\|\x07|\Z)|[ -/]*[0-~])", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")


def printable(text: str) -> str:
    """Our own text without what no surface can carry: control characters and lone surrogates."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if not text.isascii() else text
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def legible(text: str) -> str:
    """Foreign text as a reader would see it: no terminal sequences, control, invisible or direction characters."""
    return _UNSEEN.sub("", printable(_ANSI.sub("", text)))


def fence(text: str, language: str = "") -> str:
    """A fenced block, its fence longer than any run inside. Lines shaped like commands get a `> ` before them, because
    other bots read lines without regard to fences."""
    body = "\n".join(f"> {line}" if _COMMAND.match(line) else line for line in text.rstrip("\n").split("\n"))
    longest = max((len(run) for run in re.findall(r"`{3,}", body)), default=2)
    ticks = "`" * (longest + 1)
    kind = language if re.fullmatch(r"[A-Za-z0-9+#.-]{0,20}", language) else ""
    return f"{ticks}{kind}\n{body}\n{ticks}"


def span(text: str) -> str:
    """A code span of one line."""
    line = text.replace("\n", " ")
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if longest or not line.strip() else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def neutral(text: str) -> str:
    """Foreign Markdown, made harmless; the lines stay."""
    lines, done = legible(text).split("\n"), list[str]()
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening is None:
            done.append(neutral_line(lines[at]))
            at += 1
            continue
        end = _closing(lines, at + 1, opening[2])
        indent = len(opening[1])
        body = [line[min(indent, len(line) - len(line.lstrip())) :] for line in lines[at + 1 : end]]
        done.append(fence("\n".join(body), "" if opening[3].lower() in _ACTIVE else opening[3]))
        at = end + 1
    return "\n".join(done)


def _closing(lines: list[str], start: int, ticks: str) -> int:
    """The line that closes a fence, or the end of the text."""
    for at in range(start, len(lines)):
        line = lines[at].strip()
        if line.startswith(ticks) and set(line) == {ticks[0]}:
            return at
    return len(lines)


def neutral_line(line: str) -> str:
    """One line of foreign Markdown, made harmless."""
    command = _COMMAND.match(line)
    if command is not None:
        return command[1] + span(command[2]) + neutral_words(line[command.end() :])
    return neutral_words(line)


def neutral_words(text: str) -> str:
    done = ""
    at = 0
    for token in _TOKEN.finditer(text):
        done = _join(done, text[at : token.start()].translate(_ESCAPED))
        if done and (token["alt"] is not None or token["text"] is not None) and not done[-1].isspace():
            done += " "  # what a link is taken from must not grow together with what stood before it
        done = _join(done, _defused(token))
        at = token.end()
    return _join(done, text[at:].translate(_ESCAPED))


def _join(done: str, more: str) -> str:
    """Two runs of backticks must not become one."""
    return f"{done} {more}" if done.endswith("`") and more.startswith("`") else done + more


def _defused(token: re.Match[str]) -> str:
    if token["code"] is not None:
        return span(token["code"].strip() or " ")
    if token["alt"] is not None:
        return neutral_words(token["alt"]) + " (image removed)"
    if token["text"] is not None:
        return _join(neutral_words(token["text"]) + " ", "(" + span(token["target"]) + ")")
    return span(token[0])


def summary(text: str) -> str:
    """A line for inside of HTML, where Markdown is not read but mentions and references are."""
    line = " ".join(legible(text).split())
    done, at = "", 0
    for token in _TOKEN.finditer(line):
        done += (
            html.escape(line[at : token.start()], quote=False) + f"<code>{html.escape(token[0], quote=False)}</code>"
        )
        at = token.end()
    return done + html.escape(line[at:], quote=False)


def title(text: str, limit: int = 250) -> str:
    """Foreign text as a plain line where no Markdown is read (a pull request's title, a commit's subject): mentions and
    references lose the sign that makes them work."""
    line = " ".join(legible(text).split())
    line = re.sub(r"(?<![\w])@(?=\w)", "", re.sub(r"#(?=\d)", "", line))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
