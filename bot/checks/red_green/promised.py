"""What a plan promises of the sources, where nothing but tests changed, or definitions were merely added: to change
sources that it names one by one, or to mend what the tests only use. A plan for tests speaks of tests. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.overlay import source_changes, test_changes
from bot.checks.planned.explained import sentences
from bot.checks.red_green.introduced.merely import merely_added
from bot.checks.testfiles import tests_of
from bot.checks.tolerant import imports_of, missing_name
from bot.checks.wording import listed
from bot.ports import Question

WORDS = (".md", ".rst", ".txt", ".adoc")
"""Files that are written for people."""

_OF_TESTS = re.compile(
    r"test|spec\b|specs\b|suite|fixture|\bcases?\b|\brows?\b|cover|assert|check|verif|\bmark|helper|mock|stub|\bfakes?\b"
    r"|double|snapshot|golden|parametri|conftest|expect|flaky|skip|timer|setup",
    re.IGNORECASE,
)
_MENDS = re.compile(
    r"\s*(?:(?:then|also|please) )?(?:fix|mend|repair|correct|make|let|round|raise|throw|return|give|respect|handle"
    r"|support|accept|refuse|reject|implement|introduce|stop|hand|look|sort|compare|escape|validate|strip|keep|cut)\b"
    r"|.*\b(?:instead|no longer|rather than)\b",
    re.IGNORECASE | re.DOTALL,
)
_COMPLAINS = re.compile(
    r"\b(?:should|must|ought|wrong\w*|los(?:es?|t)|forg[eo]t\w*|ignores?|crash\w*|breaks?|broken|bugs?|defects?|fail\w*"
    r"|never|becomes?|although|too|only|not|\w+n't|instead)\b",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"\b(?:unchanged|untouched|leave|(?:stay|remain|keep|be)s? .*\bas (?:it|they) (?:is|are))\b", re.IGNORECASE
)
_PARTS = re.compile(r"[,;:]\s|\bso that\b|\band\b|\bsince\b|\bbecause\b|\.(?=\s|$)|\n")
_CODE = re.compile(
    r"`([\w.]+)(?:\([^()`]*\))?`|\b([\w.]+)\((?!e?s\))[^()]*\)"
    r"|\b([A-Za-z]+(?:_\w+)+|[a-z]+[A-Z]\w*|[A-Z]\w*\.\w+)\b"
)
_OTHERS = r"\s*['\"](?!node:|assert\b|vitest\b|mocha\b|chai\b|@jest/)"
_TAKEN = re.compile(
    rf"\bimport\b([^;'\"]*)\bfrom{_OTHERS}|\b(?:const|let|var)\b([^;=]*)=\s*(?:await )?(?:require|import)\({_OTHERS}"
)
_DECLARED = re.compile(r"\b(?:def|class|function|const|let|var)\s+(\w+)")


def broken_promise(question: Question) -> str:
    """What the plan names besides tests, as one reads it; '' where it does not, or something else changed, too."""
    tests = frozenset(change.path for change in test_changes(question))
    if question.plan is None or not question.changes or any(change.path not in tests for change in question.changes):
        return ""
    known = tests_of(question.base_paths | question.head_paths | frozenset(question.plan.files))
    named = (path for path in question.plan.files if path in question.base_paths and path not in known)
    if files := tuple(path for path in named if not path.endswith(WORDS)):
        return listed(files)
    parts = _parts(question)
    mends = any(map(_MENDS.match, parts))
    return next((f"`{name}`" for name in _named(parts if mends else (), _texts(question))), "")


def unmended(question: Question, failures: Collection[str | None]) -> str:
    """What the plan mends although nothing changed but that definitions came, where on the old code the tests fail only
    for want of these. `failures` are what they say of it, None for one that could not be loaded."""
    texts = _texts(question)
    tested = {word for text in texts.values() for word in re.findall(r"\w+", text)}
    added = merely_added(change for change in source_changes(question) if not change.path.endswith(WORDS))
    lacking = {said if said is None else missing_name(said) for said in failures}
    if added is None or not added.names & tested or not lacking <= {None, *(added.names | added.homes) & tested}:
        return ""
    parts = _parts(question)
    fixing = [part for part in parts if not any(_speaks(part, name) for name in added.names)]
    mending = [part for part in fixing if _MENDS.match(part)]
    speaks_of_added = len(fixing) < len(parts)  # then it must say of the other thing itself that it is mended
    if not speaks_of_added:
        mending = fixing if mending or any(map(_COMPLAINS.search, fixing)) else []
    named = _named(mending, texts)
    other = (name for name in named if added.homes.isdisjoint(name.split(".")))
    return next((f"`{name}`" for name in other if _is_called(name, texts.values())), "")


def _speaks(part: str, name: str) -> bool:
    """By its name, or by the words of which it is made."""
    return all(word.lower() in part.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name))


def _is_called(name: str, texts: Iterable[str]) -> bool:
    return any(re.search(rf"\b{name.rpartition('.')[2]}\(", text) for text in texts)


def _texts(question: Question) -> Mapping[str, str]:
    tests = sorted(change.path for change in test_changes(question))
    return {path: question.head_files[path] for path in tests if path in question.head_files}


def _parts(question: Question) -> list[str]:
    return without_tests("\n".join(sentences(question.plan)))


def mends(part: str) -> bool:
    """Whether a part of a plan says that something is to be mended, or what is wrong."""
    return bool(_MENDS.match(part) or _COMPLAINS.search(part))


def without_tests(said: str) -> list[str]:
    """The parts of what a plan says, but for what it says of tests, and of what stays."""
    parts = _PARTS.split(said)
    return [part for part in parts if part.strip() and not _OF_TESTS.search(part) and not _STAYS.search(part)]


def named_in(parts: Iterable[str]) -> Iterator[str]:
    """What is written as names of code are."""
    return (next(filter(None, found)) for part in parts for found in _CODE.findall(part))


def _named(parts: Iterable[str], texts: Mapping[str, str]) -> Iterator[str]:
    """What these parts name that the tests only use."""
    own = {name for text in texts.values() for name in _DECLARED.findall(text)}
    used = {word for text in texts.values() for word in re.findall(r"\w+", text)} - own
    imported = {name for path, text in texts.items() for name in _imports(path, text)} - own
    for part in parts:
        plain = (word for word in re.findall(r"\w+", part) if word in imported)
        yield from (name for name in (*named_in((part,)), *plain) if name.partition(".")[0] in used)


def _imports(path: str, text: str) -> Iterable[str]:
    if not path.endswith(JAVASCRIPT):
        return imports_of(text)
    return (word for found in _TAKEN.findall(text) for word in re.findall(r"\w+", " ".join(found)))
