"""Which repository, issue or pull request a text names. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_NAME = r"[A-Za-z0-9][\w.-]{0,99}"
_NUMBERED = re.compile(rf"(?<![\w/.-])({_NAME})/({_NAME})#(\d{{1,9}})\b")
_BARE = re.compile(rf"(?<![\w/.@:-])({_NAME})/({_NAME})(?![\w/#])")
_ALONE = re.compile(r"(?<![\w/.-])#(\d{1,9})\b")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Named:
    """`certain` names were written so that they can mean nothing else; others may be paths or "and/or"."""

    owner: str
    name: str
    number: str = ""
    certain: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


def named(text: str, server: str) -> tuple[Named, ...]:
    """The repositories a text may mean, certain ones first. `server` is the code host's address for people."""
    text = _CODE.sub(" ", text)
    host = re.escape(urlsplit(server).netloc or "github.com")
    links = re.finditer(
        rf"https?://{host}/({_NAME})/({_NAME}?)(?:\.git)?(?:/(?:issues|pull)/(\d{{1,9}}))?(?=[\s/>)]|$)", text
    )
    found = [Named(m[1], m[2], m[3] or "") for m in links]
    rest = re.sub(r"https?://\S+", " ", text)
    found += [Named(m[1], m[2], m[3]) for m in _NUMBERED.finditer(rest)]
    found += [Named(m[1], m[2].rstrip("."), certain=False) for m in _BARE.finditer(rest)]
    return tuple(dict.fromkeys(found))


def number(text: str) -> str:
    """The number that stands alone, as in `#45`; '' when there is none."""
    found = _ALONE.search(_CODE.sub(" ", text))
    return found[1] if found else ""
