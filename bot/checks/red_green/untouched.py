"""What a plan mends by its name, and the change leaves as it was. New tests may ask for it all the same: they hold on
the old code as well, or replace it by a double of their own; or they want no more of the change than another name for
it. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.overlay import source_changes, test_changes
from bot.checks.planned.explained import sentences
from bot.checks.red_green.hollow import OF_PROJECT, parts_of
from bot.checks.red_green.hollow.parts import Parts
from bot.checks.red_green.promised import WORDS, mends, named_in, without_tests
from bot.ports import FileChange, Question

_AGAIN = r"(?:It|They|This|That|Those|These|(?:Make|Fix|Mend|Let|Change|Correct|Repair) (?:it|them|this|that))\b"
_SENTENCE = re.compile(rf"(?<=[.!?])\s+(?!{_AGAIN})|\n(?!\s*{_AGAIN})")
_WORD = re.compile(r"\w+")
_NAME, _CALL = r"Name\(id='\w+', ctx=Load\(\)\)", r"[\w$]+ \([\w$ ,]*\)"
_ALIAS = re.compile(
    rf"{_NAME}|(?!true|false|null|undefined)[A-Za-z_$][\w$]*"
    rf"|.*\nReturn\(value=Call\(func={_NAME}, args=\[(?:{_NAME}(?:, )?)*\], keywords=\[\]\)\)"
    rf"|[^{{}}]*(?:=> {_CALL}|{{ return {_CALL} ;? ?}})"
)
"""Nothing but a name, or a function that does nothing but call another, as `Parts` has them."""


def untouched(question: Question, telling: Mapping[str, str], lacking: bool) -> str:
    """The name of such a thing; '' where there is none, or it can't be told. `telling` are the texts of the tests that
    show the change, by name; `lacking`: all of them fail on the old code only for want of a name."""
    sources = [change for change in source_changes(question) if not change.path.endswith((*WORDS, *OF_PROJECT))]
    moved = _moved(sources)
    if moved is None:
        return ""
    altered, added, aliases = moved
    tests = [change for change in test_changes(question) if change.new is not None]
    used = _used(telling.values(), tests)
    gained = frozenset(word for change in tests for line in _gained(change) for word in _WORD.findall(line))
    second = lacking and bool(aliases & used) and not added & used
    for said in _SENTENCE.split("\n".join(sentences(question.plan))):
        words = frozenset(_WORD.findall(said))
        parts = without_tests(said)
        names = {name.rpartition(".")[2] for name in named_in(parts)} if any(map(mends, parts)) else set()
        if names & used or words & (altered | added | aliases):
            continue
        if found := sorted(name for name in names if (second or name in gained) and _is_known(name, question)):
            return found[0]
    return ""


def _moved(sources: Iterable[FileChange]) -> tuple[frozenset[str], frozenset[str], frozenset[str]] | None:
    """The names that got another meaning, those that came, and those of them that are no more than second names."""
    altered, added, aliases = set[str](), set[str](), set[str]()
    for source in sources:
        old, new = (parts_of(source.path, text or "") for text in (source.old, source.new))
        if old is None or new is None:
            return None
        was, now = ({**each.functions, **each.constants, **each.imports} for each in (old, new))
        altered |= {word for name, said in was.items() if now.get(name) != said for word in _names(name)}
        altered |= {word for said in old.others ^ new.others for word in _WORD.findall(said)}
        came = now.keys() - was.keys()
        second = {name for name in came - new.imports.keys() if _ALIAS.fullmatch(now[name])}
        aliases |= {word for name in second for word in _names(name)}
        added |= {word for name in came - second for word in _names(name)} | (new.classes - old.classes)
    return frozenset(altered), frozenset(added - altered), frozenset(aliases)


def _names(name: str) -> Iterator[str]:
    """Its own, and that of what it belongs to."""
    yield from name.partition(" ")[0].split(".")


def _used(texts: Iterable[str], tests: Iterable[FileChange]) -> frozenset[str]:
    """The words of these texts, and of the helpers that they name."""
    parts: list[Parts | None] = [parts_of(change.path, change.new or "") for change in tests]
    helpers = {
        name.split()[0].rpartition(".")[2]: said for each in parts if each for name, said in each.functions.items()
    }
    found = {word for text in texts for word in _WORD.findall(text)}
    wanted = [name for name in helpers if name in found]
    while wanted:
        more = set(_WORD.findall(helpers.pop(wanted.pop()))) - found
        found |= more
        wanted += [name for name in helpers if name in more]
    return frozenset(found)


def _gained(change: FileChange) -> Iterator[str]:
    before = frozenset((change.old or "").splitlines())
    return (line for line in (change.new or "").splitlines() if line not in before)


def _is_known(name: str, question: Question) -> bool:
    """Whether something is called so at base, as far as its texts are at hand."""
    code = (text for path, text in question.base_files.items() if path.endswith((".py", *JAVASCRIPT)))
    return any(re.search(rf"(?<!\w){re.escape(name)}\(", text) for text in code)
