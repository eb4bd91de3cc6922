"""Slack's markup to plain text, and whether it is said to us."""

import html
import re

ADDRESS = "@maestro"
"""How a text that is said to us begins after hearing; the reception puts the App's own name in its place."""

MOST = 40_000
"""Characters of one message: as many as Slack takes."""

_LINK = re.compile(r"<((?:https?|mailto):[^|>\s]+)(?:\|[^>]*)?>")
_NAMED = re.compile(r"<[#@!]([A-Za-z0-9^-]+)(?:\|([^>]*))?>")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


def mentions(text: str, user: str) -> bool:
    """Whether a user is mentioned outside of code."""
    return f"<@{user}>" in _CODE.sub("", text) or f"<@{user}|" in _CODE.sub("", text)


def plain(text: str) -> str:
    """Links as addresses, names as names, entities as characters."""
    text = _LINK.sub(r"\1", text[:MOST])
    text = _NAMED.sub(lambda found: f"@{found[2] or found[1]}", text)
    return html.unescape(text)


def addressed(text: str, user: str) -> str:
    """A text in which `user` (us) is mentioned, so that it begins with our name: wherever the mention stood."""
    mention = re.compile(rf"<@{re.escape(user)}(?:\|[^>]*)?>[:,]?\s*")
    lines = text[:MOST].split("\n")
    if any(mention.match(line.lstrip()) for line in lines):
        return plain("\n".join(mention.sub(f"{ADDRESS} ", line, count=1) for line in lines))
    parts, at = [], 0
    for code in _CODE.finditer(text[:MOST]):
        parts += [mention.sub("", text[at : code.start()]), code[0]]
        at = code.end()
    return f"{ADDRESS} " + plain("".join([*parts, mention.sub("", text[at:MOST])]).strip())


def to_us(text: str) -> str:
    """Words that need no mention, in a direct message or a dialog: a command stays one."""
    text = text.strip()
    return text if text.lower().startswith(("/maestro", ADDRESS)) else f"{ADDRESS} {text}"
