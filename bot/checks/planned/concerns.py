"""Whether a statement that names a file speaks of what was done there, and of nothing else in it: "bump the version in
pyproject.toml" tells nothing of a test that its options leave out."""

import re
from collections.abc import Iterable

from bot.checks.planned.acts import IT, holds
from bot.checks.planned.turned import stem
from bot.domain.words import words

_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]{3,}|[A-Z]{3,}|\d+")

_ANYWHERE = words(
    "test tests testing tested runner runners run runs running python pytest unittest jest mocha vitest node npm spec "
    "the and not any more than them they all its for from with without now new one two this that what which whatever "
    "code file files tool ini options project package json toml yaml cfg config configuration scripts script command "
    "src lib change changes changed become became becomes made make makes take takes says set gone part place before "
    "after itself still different other others another something else anything behave behaves"
)
"""What any plan may say of any file, and what belongs to the wording of findings."""


def concerns(statement: str, what: str, files: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a statement says a word of what was seen, besides the file's, or a name of its own."""
    if any(name not in files and _of(name) and holds(statement, name) for name in names):
        return True
    rest = statement
    for file in sorted(files, key=len, reverse=True):
        rest = rest.replace(file, IT)
    meant = _of(what).union(*(synonyms for told, synonyms in _ALIKE if told.search(what)))
    return bool(meant & _of(rest))


def _of(text: str) -> frozenset[str]:
    """The words of a text that tell things apart, without their endings; of `collectIgnore` two."""
    return frozenset(stem(word) for word in _WORD.findall(text) if word.lower() not in _ANYWHERE)


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, text.split()))


_ALIKE = tuple(
    (re.compile(told), _stems(synonyms))
    for told, synonyms in (
        (
            r"leaves out|chooses|takes only|turns tests off|does not ask|load_tests|collect|`-[kmt]\b",
            "leave exclude skip ignore deselect select filter only choose restrict collect load limit omit slow",
        ),
        (
            r"failures|may fail|passWithNoTests|ignore_outcome",
            "fail failure ignore pass tolerate optional continue error block experimental allow",
        ),
        (r"replace|takes the place", "replace patch monkeypatch wrap override custom stub shadow instead"),
        (r"hook|collecting or judging", "hook plugin order sort mark marker retry rerun report collect skip"),
        (r"addopts|scripts\.|NODE_OPTIONS|opts", "option flag argument addopts"),
        (r"\bends?\b|exit|atexit|finish", "exit end quit finish shutdown teardown"),
        (r"import|meta_path|path_hooks", "import importer loader hook"),
        (r"[Ww]arning", "warning deprecation"),
        (r"environ|variable|[A-Z]{3,}_[A-Z]+", "environment variable env mode"),
        (r"gone|not ask|became", "remove drop delete"),
        (r"another number", "number size round repeat iteration large small few count sample data"),
    )
)
"""By what people call what a finding words so."""
