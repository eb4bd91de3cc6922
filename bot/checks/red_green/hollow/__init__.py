"""Sources without what changed in their functions: a new test that still passes has not seen it. Asked only where the
change offers a test something else to see: a new constant, a name, the text itself. Pure: text in, text out."""

import re
from collections.abc import Iterable, Mapping

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.red_green.hollow.javascript import javascript_parts, javascript_without
from bot.checks.red_green.hollow.parts import Parts, Taken
from bot.checks.red_green.hollow.python import python_parts, python_without, raising
from bot.ports import FileChange

_READS = re.compile(r"\bgetsource|\b__doc__\b|\bread_text\(|\bopen\(")
_WRITES = re.compile(r"\b(doc|comment|descri|help|explain)", re.IGNORECASE)
OF_PROJECT = ("pyproject.toml", "setup.cfg", "package.json")
"""What says of a project which version it is."""


def hollowed(sources: Iterable[FileChange], tests: Iterable[str], promised: str = "") -> Mapping[str, str]:
    """Sources with the functions of the base, and new ones that do nothing, by path; such in Python whose functions all
    raise where nothing but words changed, or where tests (their texts) may read the text. Nothing where more than
    functions and new names changed, where words that were promised are all that did, or where there is nothing else
    than functions of the base that the tests could see."""
    changes = [each for each in sources if not each.path.endswith(OF_PROJECT)]
    try:
        found = {each.path: _without(each) for each in changes}
        every = [each for each in found.values() if each is not None]
        if len(every) < len(found):
            return {}
        works, offers = any(each.altered or each.added for each in every), any(each.offers for each in every)
        if works and not any(map(_READS.search, tests)):
            enough = offers or any(each.added for each in every)
            return {path: each.text for path, each in found.items() if each} if enough else {}
        words_only = not works and not offers and not _WRITES.search(promised)
        if not (words_only or works) or any(each.path.endswith(("__init__.py", *JAVASCRIPT)) for each in changes):
            return {}
        return {each.path: raising(each.new or "") for each in changes}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def parts_of(path: str, text: str) -> Parts | None:
    """None for what can't be read."""
    try:
        if path.endswith(".py"):
            return python_parts(text)
        return javascript_parts(path, text) if path.endswith(JAVASCRIPT) else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without(source: FileChange) -> Taken | None:
    if source.new is None:
        return None
    if source.path.endswith(".py"):
        return python_without(source.old or "", source.new)
    return javascript_without(source.path, source.old or "", source.new) if source.path.endswith(JAVASCRIPT) else None
