"""Words and numbers that mean something by themselves: those of sources, and those that libraries know. Pure."""

import builtins
import calendar
import codecs
import http
import keyword
import re
import signal
import sys
import zoneinfo
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from functools import cache

AROUND = 3
"""Lines around a change that belong to it."""

WORD = re.compile(r"[A-Za-z]+|\d+")
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
_TOKEN = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])")


def known_in(texts: Iterable[str], without: Collection[str] = ()) -> frozenset[str]:
    """The strings of sources, and the words of these, in small letters. Those in `without` are passed over."""
    found: set[str] = set()
    for text in texts:
        for match in _QUOTED.finditer(text):
            said = next(filter(None, match.groups()), "")
            found |= {said.lower(), *WORD.findall(said.lower())} if said not in without else set()
    return frozenset(found - {"", *(each.lower() for each in without)})


def numbers_at(old: str, new: str) -> tuple[frozenset[str], frozenset[str]]:
    """The numbers where a change is, before and after."""
    lines = old.splitlines(), new.splitlines()
    groups = SequenceMatcher(None, *lines).get_grouped_opcodes(AROUND)
    spans = [(group[0][1], group[-1][2], group[0][3], group[-1][4]) for group in groups]
    before = numbers_in(line for at, to, _, _ in spans for line in lines[0][at:to])
    return before, numbers_in(line for _, _, at, to in spans for line in lines[1][at:to])


def numbers_in(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(each.replace("_", "") for text in texts for each in _TOKEN.findall(text))


@cache
def library_words() -> frozenset[str]:
    """Words that mean something without standing in the sources: libraries know them."""
    found = {*keyword.kwlist, *dir(builtins), *sys.stdlib_module_names, *dir(signal)}
    found |= {*calendar.month_name, *calendar.month_abbr, *calendar.day_name, *calendar.day_abbr}
    found |= {each.phrase for each in http.HTTPStatus}
    found |= {"get", "head", "post", "put", "patch", "delete", "options", "yes", "no", "on", "off"}
    found |= {"null", "undefined", "nan", "inf", "infinity", "const", "function", "let", "var"}
    found |= zoneinfo.available_timezones()
    return frozenset(each.lower() for each in found if each)


def is_encoding(text: str) -> bool:
    try:
        codecs.lookup(text)
    except (LookupError, ValueError):
        return False
    return True
