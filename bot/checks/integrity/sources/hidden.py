"""Text that hides code from who reads the change: invisible characters, bidi controls, far-off columns, minified
files, binaries, links, attributes that keep files out of diffs."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.checks.integrity.difference import new_lines
from bot.checks.integrity.model import Sign, short
from bot.checks.integrity.reading import LARGEST, is_code, suffix
from bot.domain.words import words

LONGEST_LINE = 1_000  # characters of a line of code that people can still read
FAR = 200  # blanks in a row behind which code is out of sight
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\u200b\u2060-\u2064\u180e\u3164\u115f\u1160\uffa0\u00ad\ufeff\U000e0000-\U000e007f\ufe00-\ufe0f\u200c\u200d]"
)
_WORDS = re.compile(r"[^\W\d_]\w*")
_BINARY_CODE = words(
    ".so .pyd .dll .exe .dylib .pyc .pyo .class .jar .war .whl .egg .node .wasm .a .o .obj .bin .elf .com .scr .apk "
    ".deb .rpm .msi .pkl .pickle .joblib .marshal .beam .gem"
)
_BINARY_PACKED = words(".zip .tar .gz .tgz .bz2 .xz .7z .zst .rar")
_DEPENDENCIES = words("node_modules site-packages dist-packages bower_components .venv")
_MINIFIED = re.compile(r".*[.\-](min|bundle|packed)\.(js|mjs|cjs|css)")
_CODE = words(
    ".sh .bash .zsh .php .pl .lua .kt .kts .scala .c .h .cc .cpp .hpp .cs .swift .groovy .ps1 .bat .vue .svelte .r"
)
_HIDING = re.compile(r"(^|\s)(-diff|linguist-generated(=true)?|linguist-vendored(=true)?|binary)(\s|$)")
_SEEN_SO = re.compile(
    r"\.(png|jpe?g|gif|ico|pdf|woff2?|ttf|lock|svg|snap|zip|gz|mp[34]|webp|bin)\b|lock(file)?\b|\*\.min\."
)


def file_signs(
    path: str, old: str | None, new: str | None, *, binary: bool, link: bool, is_test: bool
) -> Iterator[Sign]:
    """What the kind of a file hides."""
    kind = suffix(path)
    if old is None and _DEPENDENCIES & set(PurePosixPath(path).parts[:-1]) and not is_test:
        yield Sign("hidden-code", None, f"`{path}` lies among the dependencies, which nobody reads.")
    if link:
        yield Sign("hidden-code", None, f"`{path}` is a link: what it leads to is not in the change.")
    elif binary and new is None:
        if kind in _BINARY_CODE or is_code(path) or kind in _CODE or (kind in _BINARY_PACKED and not is_test):
            yield Sign("hidden-code", None, f"`{path}` is binary or too large: nobody can see what it does.")
    elif new is not None and is_code(path):
        endless = len(new) > LARGEST and (is_test or old is None)
        if _MINIFIED.fullmatch(PurePosixPath(path).name) or endless:
            yield Sign("hidden-code", 1, f"`{path}` is minified, generated or too large for anyone to read.")
    for number, line in new_lines(old, new) if PurePosixPath(path).name == ".gitattributes" else ():
        if _HIDING.search(line) and not _SEEN_SO.search(line) and not line.startswith("#"):
            yield Sign("hidden-code", number, f"`{short(line)}` keeps changes out of sight in diffs.")


def text_signs(path: str, old: str | None, new: str | None) -> Iterator[Sign]:
    """What the characters of code hide, in lines that are new."""
    if new is None or not (is_code(path) or suffix(path) in _CODE):
        return
    for number, line in new_lines(old, new):
        if not line.isascii():
            yield from _strange(line, number)
        if len(line) > FAR:
            yield from _stretched(line, number)


def _strange(line: str, number: int) -> Iterator[Sign]:
    if _BIDI.search(line):
        what = "A bidirectional control character makes the line read otherwise than it runs."
        yield Sign("hidden-code", number, what)
    elif any(_is_hiding(line, found.start()) for found in _INVISIBLE.finditer(line)):
        yield Sign("hidden-code", number, "The line holds characters that nobody can see.")
    elif any(_is_mixed(word) for word in _WORDS.findall(_unquoted(line))):
        yield Sign("hidden-code", number, "A name mixes letters of several scripts that look alike.")


def _is_hiding(line: str, at: int) -> bool:
    """Joiners and variation selectors belong into emoji and some scripts; a mark at the top belongs to the file."""
    character = line[at]
    if character == "\ufeff" and at == 0:
        return False
    before = line[at - 1] if at else ""
    if character in "\ufe0e\ufe0f\u200d" and before and (ord(before) > 0x2000 or before in "0123456789#*"):
        return False
    return not (character in "\u200c\u200d" and before and unicodedata.category(before).startswith(("Lo", "Mn", "Mc")))


def _unquoted(line: str) -> str:
    """The line without what stands in quotes or after a comment sign."""
    bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`", '""', line)
    return re.split(r"#|//|/\*|^\s*\*|\"\"\"|'''", bare, maxsplit=1)[0]


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in word if letter.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH"})


def _stretched(line: str, number: int) -> Iterator[Sign]:
    """Code far to the right, and lines that are too long for code. Long texts and numbers in data are fine."""
    if re.search(rf"\S[ \t]{{{FAR},}}\S", line) or re.match(rf"[ \t]{{{FAR * 2},}}\S", line):
        yield Sign("hidden-code", number, "Code stands far to the right, out of sight.")
    elif len(line) > LONGEST_LINE:
        bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|\d[\d.,eE+\-\s]*", "", line)
        if len(bare) > LONGEST_LINE // 2:
            yield Sign("hidden-code", number, f"A line of {len(line):,} characters is too long to be read.")
