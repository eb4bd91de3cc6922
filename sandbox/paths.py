"""Which paths may enter a commit, and patterns of paths. Pure: names in, reasons out.

Patterns are those of git: `*` and `?` stay within a name, `**` crosses directories, a pattern without a slash fits the
name at any depth. They come from repositories and from the model, so matching must not be made slow by them: each `*`
and `**` but the last is matched once, leftmost, and never tried again.
"""

import posixpath
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MiB = 1024**2
MAX_PATTERN = 1000
"""Longer patterns fit nothing."""

# What tools leave behind. Never part of a change unless somebody tracked it or the repository says otherwise.
NOISE = """
__pycache__/
*.py[cod]
.pytest_cache/
.mypy_cache/
.ruff_cache/
.hypothesis/
.tox/
.nox/
.coverage
.coverage.*
*.egg-info/
.eggs/
.venv/
venv/
node_modules/
.npm/
.yarn/cache/
.gradle/
.DS_Store
.maestro-write-*
"""

_GIT_FILES = frozenset({".gitmodules", ".gitattributes", ".gitignore", ".mailmap"})
_SHORT_NAME = re.compile(r"(git|gitmod|gitatt|gitign|mailma)~[0-9]+|(gi[0-9a-f]{4}|ma[0-9a-f]{4})~[0-9]+")
_NOTHING = re.compile(r"(?!)")
_NAMED = re.compile(r"\[:([a-z]+):\]")
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "lower": "a-z",
    "punct": re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


@dataclass(frozen=True, slots=True)
class PathPolicy:
    """What may enter a commit. Sizes in bytes: of one file, and of all files changed in one step. `max_changes` counts
    changed files in one step, `max_entries` everything found in the work tree, `max_depth` directories in a path."""

    protected: tuple[str, ...] = ()
    max_file: int = 20 * MiB
    max_total: int = 256 * MiB
    max_changes: int = 20_000
    max_entries: int = 400_000
    max_depth: int = 100

    def protects(self, path: str) -> bool:
        """Whether a protected pattern fits, in whatever case the path is written."""
        return any(fits(folded(pattern), folded(path)) for pattern in self.protected)


def name_fault(path: str) -> str | None:
    """Why no file of ours may have this path; None when it may."""
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    names = path.split("/")
    if length > 4000 or any(len(name.encode()) > 255 for name in names):
        return "its name is too long"
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in path):
        return "its name holds control, invisible or direction-changing characters"
    if any(name in ("", ".", "..") for name in names):
        return "it is not a plain path inside the repository"
    # A backslash separates directories for some readers of the repository.
    if any(_is_git(part) for name in names for part in name.split("\\")):
        return "it is git's own directory in some spelling"
    if _skeleton(names[-1]) in _GIT_FILES and names[-1] not in _GIT_FILES:
        return "it is a file of git's in another spelling"
    return None


def _is_git(name: str) -> bool:
    bones = _skeleton(name)
    return bones == ".git" or name == ".." or _SHORT_NAME.fullmatch(bones) is not None


def _skeleton(name: str) -> str:
    """What the most forgiving file system makes of a name: no case, accents, streams, trailing dots or spaces."""
    plain = unicodedata.normalize("NFKD", name).replace("\u0131", "i").casefold()
    bones = "".join(char for char in plain if unicodedata.category(char) not in ("Mn", "Me", "Cf"))
    return bones.partition(":")[0].rstrip(". ")


def link_fault(path: str, target: str) -> str | None:
    """Why a new symbolic link `path` → `target` is not allowed; None when it stays inside the tree."""
    if posixpath.basename(path) in _GIT_FILES:
        return "git's own files must not be links"
    names = target.split("/")
    climbs = next((at for at, name in enumerate(names) if name != ".."), len(names))
    # `..` behind a name could pass through another link, so it is allowed in front only.
    if target.startswith("/") or ".." in names[climbs:] or climbs > path.count("/"):
        return "it is a link that leads outside the repository"
    inside = "/".join(name for name in names[climbs:] if name not in ("", "."))
    return name_fault(inside) if inside else None


def folded(name: str) -> str:
    """What a name is for file systems that ignore case and composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def fits(pattern: str, path: str) -> bool:
    """Whether a glob fits a path. `dir/**` and `dir/` also fit `dir` itself; a plain name fits at any depth."""
    if len(pattern) > MAX_PATTERN:
        return False
    pattern = pattern.removeprefix("./").removeprefix("/") if "/" in pattern.rstrip("/") else f"**/{pattern}"
    if pattern.endswith(("/", "/**")):
        stem = pattern.removesuffix("**").removesuffix("/")
        return bool(glob_regex(stem).match(path) or glob_regex(f"{stem}/**").match(path))
    return bool(glob_regex(pattern).match(path))


def fits_any(patterns: Iterable[str], path: str) -> bool:
    return any(fits(pattern, path) for pattern in patterns)


@lru_cache(maxsize=4096)
def glob_regex(pattern: str) -> re.Pattern[str]:
    """The expression for one whole path. A pattern that makes no sense fits nothing."""
    names = pattern.split("/")
    if "" in names:
        return _NOTHING
    runs: list[list[str]] = [[]]
    for name in names:
        if name == "**":
            runs.append([])
        else:
            runs[-1].append(_name_regex(name))
    *inner, last = ["/".join(run) for run in runs]
    tail = last if len(runs) == 1 or last else ".+"
    text = "".join(_run_regex(run, first=at == 0) for at, run in enumerate(inner))
    any_depth = "(?:[^/]+/)*?" if inner and last else ""
    try:
        return re.compile(f"(?s:{text}{any_depth}{tail})\\Z")
    except re.error:
        return _NOTHING


def _run_regex(run: str, first: bool) -> str:
    """Whole names between two `**`: the leftmost place is as good as any, so it is found once."""
    if not run:
        return ""
    return f"{run}/" if first else f"(?>(?:[^/]+/)*?{run}/)"


def _name_regex(name: str) -> str:
    """One name of a pattern: pieces between stars, each found leftmost, the last at the end of the name."""
    pieces, at = [""], 0
    while at < len(name):
        char = name[at]
        if char == "*":
            pieces += [""] if pieces[-1] or len(pieces) == 1 else []
            at += 1
        elif char == "[" and (found := _set_regex(name, at)):
            pieces[-1] += found[0]
            at = found[1]
        else:
            at += char == "\\" and at + 1 < len(name)
            pieces[-1] += "[^/]" if char == "?" else re.escape(name[at])
            at += 1
    head, *rest = pieces
    if not rest:
        return head
    inner = "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1])
    return f"{head}{inner}[^/]*{rest[-1]}(?=/|\\Z)"


def _set_regex(name: str, at: int) -> tuple[str, int] | None:
    """The bracket expression that begins at `at`, and where it ends; None when it never closes."""
    negated = name[at + 1 : at + 2] in ("!", "^")
    start = at + 1 + negated
    out, last, here = "", "", start
    while here < len(name) and (name[here] != "]" or here == start):
        if named := _NAMED.match(name, here):
            out, last, here = out + _CLASSES.get(named[1], ""), "", named.end()
            continue
        to = name[here] == "-" and last and name[here + 1 : here + 2] not in ("]", "")
        here += bool(to)
        here += name[here] == "\\" and here + 1 < len(name)
        char = name[here]
        # The first of two characters counts by itself too; a range that runs backwards adds nothing.
        out += (f"{re.escape(last)}-{re.escape(char)}" if last <= char else "") if to else re.escape(char)
        last = "" if to else char
        here += 1
    if here >= len(name):
        return None
    return f"(?!/)[{'^' if negated else ''}{out}]", here + 1
