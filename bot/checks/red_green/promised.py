"""What a plan promises of the sources, where nothing but tests changed: sources that it names one by one, or that
something which the tests only use is to be mended. A plan for tests speaks of tests. Pure."""

import re
from collections.abc import Iterable, Mapping

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.overlay import test_changes
from bot.checks.planned.explained import sentences
from bot.checks.testfiles import tests_of
from bot.checks.tolerant import imports_of
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
_PARTS = re.compile(r"[,;:]\s|\bso that\b|\band\b|\bsince\b|\bbecause\b|\.(?=\s|$)|\n")
_CODE = re.compile(r"`([\w.]+)(?:\(\))?`|\b([\w.]+)\(\)|\b([A-Za-z]+(?:_\w+)+|[a-z]+[A-Z]\w*|[A-Z]\w*\.\w+)\b")
_TAKEN = re.compile(r"\bimport\b([^;'\"]*)\bfrom\b|\b(?:const|let|var)\b([^;=]*)=\s*(?:await )?(?:require|import)\(")
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
    texts = {path: question.head_files[path] for path in sorted(tests) if path in question.head_files}
    return _mended("\n".join(sentences(question.plan)), texts)


def _mended(said: str, texts: Mapping[str, str]) -> str:
    """What a plan names that the tests only use, where it says that something is mended: each in a part that does not
    speak of tests."""
    parts = [part for part in _PARTS.split(said) if part.strip() and not _OF_TESTS.search(part)]
    own = {name for text in texts.values() for name in _DECLARED.findall(text)}
    used = {word for text in texts.values() for word in re.findall(r"\w+", text)} - own
    imported = {name for path, text in texts.items() for name in _imports(path, text)} - own
    for part in parts if any(map(_MENDS.match, parts)) else ():
        code = (next(filter(None, found)) for found in _CODE.findall(part))
        plain = (word for word in re.findall(r"\w+", part) if word in imported)
        if named := next((name for name in (*code, *plain) if name.partition(".")[0] in used), ""):
            return f"`{named}`"
    return ""


def _imports(path: str, text: str) -> Iterable[str]:
    if not path.endswith(JAVASCRIPT):
        return imports_of(text)
    return (word for found in _TAKEN.findall(text) for word in re.findall(r"\w+", " ".join(found)))
