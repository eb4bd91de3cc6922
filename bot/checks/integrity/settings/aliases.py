"""Settings by which imports lead elsewhere: `imports`, `alias`, `moduleNameMapper`, `paths`."""

import os.path
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from bot.checks.integrity.model import Sign, short
from bot.checks.integrity.reading import is_code
from bot.checks.integrity.settings.configuration import Flat, line_of

_LEADING = re.compile(
    r"(.*\.)?(imports|alias|aliases|moduleNameMapper|paths|_moduleAliases|browser|overrides)\.(?P<key>.+)"
)
_DOUBLE = re.compile(r"(^|[/_.\-])(fakes?|mocks?|stubs?|doubles?|dummy|dummies)([/_.\-]|$)", re.IGNORECASE)


def signs(path: str, old: Flat, new: Flat, text: str, paths: Collection[str], tests: Collection[str]) -> Iterator[Sign]:
    """New ways by which the name of a source leads into the tests' files, or to what calls itself a double."""
    sources = {_stem(each) for each in paths if each not in tests and is_code(each)}
    folder = PurePosixPath(path).parent
    for key, values in new.items():
        found = _LEADING.fullmatch(key)
        if found is None or old.get(key) == values or _stem(found["key"]) not in sources:
            continue
        for value in values:
            place = os.path.normpath(folder / re.sub(r"<rootDir>/?|^\./", "", value))
            if place in tests or _DOUBLE.search(value):
                what = f"Imports of `{short(found['key'])}`, the project's own code, lead to `{short(value)}`."
                line = line_of(_last_part(found["key"]), text)
                yield Sign("subject-mocked", line, what, (PurePosixPath(place).name,))


def _last_part(key: str) -> str:
    return re.sub(r"[\\^$()*+?|]", "", key).rstrip("/").rpartition("/")[2]


def _stem(path: str) -> str:
    """The file's bare name; a pattern's last part."""
    return _last_part(path).lstrip("#@~").partition(".")[0]
