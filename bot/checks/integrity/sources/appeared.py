"""Signs in code, whatever its language: what stands there now and did not stand anywhere in the change before."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.checks.integrity.model import Sheet, Sign
from bot.checks.integrity.python import source as python_source
from bot.checks.integrity.python.answers import python_answers
from bot.checks.integrity.python.syntax import parse
from bot.checks.integrity.reading import LARGEST, is_code, is_readable, read, suffix
from bot.checks.integrity.settings.configuration import is_configuration
from bot.checks.integrity.sources.special import Answer, data_answers, expectations, is_telling, pieces_of
from bot.checks.integrity.sources.special import signs as special_signs
from bot.checks.integrity.trees import source as tree_source
from bot.checks.integrity.trees.answers import tree_answers
from bot.checks.integrity.trees.source import grammar_for
from bot.checks.integrity.trees.syntax import parse as parse_tree

_DEFINITION = re.compile(
    r"\b(?:def|class|function|func|fn|struct|enum|interface|type|const|let|var|static|module)\s+\*?(?:\([^)]*\)\s*)?(\w+)"
    r"|^\s*(?:public|private|protected)?\s*(?:static\s+)?[\w<>\[\]]+\s+(\w+)\s*\([^)]*\)\s*(?:throws [\w, ]+)?\{",
    re.MULTILINE,
)
Text = tuple[str, str, bool]
"""Path, text, whether it is a test."""


def signs(old: Iterable[Text], new: Iterable[Text], results: tuple[str, ...]) -> Iterator[Sign]:
    """Signs of the new texts that the old ones don't have. `results`: files that test runs are known to write."""
    found = [replace(sign, path=path) for path, text, is_test in new for sign in _of(path, text, is_test, results)]
    if not found:
        return  # then nobody needs to know what stood there before
    before = list(old)
    known = Counter((sign.kind, sign.what) for path, text, test in before for sign in _of(path, text, test, results))
    for sign in found:
        if known[sign.kind, sign.what] > 0:
            known[sign.kind, sign.what] -= 1
        elif sign.what.startswith("Comparisons leave out") and not any(
            f"{sign.names[0]}:" in text for _, text, _ in before
        ):
            continue  # a field that is new may well be no part of what a value is
        else:
            yield sign


def _of(path: str, text: str, is_test: bool, results: tuple[str, ...]) -> Iterable[Sign]:
    """Every sign in one text, each once a line."""
    if not is_code(path) or not is_readable(text):
        return ()
    if suffix(path) == ".py":
        tree = parse(text)
        try:
            found = list(python_source.signs(tree, path, is_test, results)) if tree is not None else []
        except RecursionError:
            found = []
    else:
        found = list(tree_source.signs(path, text, is_test))
    return list({(sign.line, sign.kind): sign for sign in reversed(found)}.values())[::-1]


def definitions(texts: Iterable[Text]) -> frozenset[str]:
    """The names that sources define, as a hint: to see what was renamed or removed."""
    return frozenset(
        name
        for path, text, is_test in texts
        if is_code(path) and not is_test and len(text) <= LARGEST
        for found in _DEFINITION.findall(text)
        for name in found
        if name
    )


# --- answers made for the tests -----------------------------------------------------------------------------------
def special_cases(
    old: Iterable[Text], new: Iterable[Text], sheets: Iterable[Sheet], others: Mapping[str, str]
) -> Iterator[Sign]:
    """New branches that answer tests' own inputs. `others` are texts of tests that did not change, by path: read only
    when there is something to look for."""
    sources = [(path, text) for path, text, is_test in new if not is_test]
    fresh = [(path, each) for path, text in sources for each in _answers(path, text) if is_telling(each)]
    if not fresh:
        return
    before = [each for path, text, is_test in old if not is_test for each in _answers(path, text)]
    known = {(each.given, each.result) for each in before}
    wanted = [(path, each) for path, each in fresh if (each.given, each.result) not in known]
    if not wanted:
        return
    bare = {literal.strip("'\"`") for _, each in wanted for literal in each.given}
    joined = [pieces_of(each.given) for _, each in wanted]
    asking = {
        path: text
        for path, text in others.items()
        if any(b in text for b in bare) or any(each and all(one in text for one in each) for each in joined)
    }
    more = [sheet for path, text in asking.items() if (sheet := read(path, text))]
    details = [sheet.read(test) for sheet in (*sheets, *more) for test in sheet.tests]
    asked = expectations(details)
    for path, each in wanted:
        yield from (replace(sign, path=path) for sign in special_signs(each, asked))


def _answers(path: str, text: str) -> list[Answer]:
    try:
        return list(_read_answers(path, text))
    except RecursionError:
        return []


def _read_answers(path: str, text: str) -> Iterator[Answer]:
    if not is_readable(text):
        return
    if suffix(path) == ".json" and not is_configuration(path):
        yield from data_answers(text)
    elif suffix(path) == ".py":
        tree = parse(text)
        if tree is not None:
            yield from python_answers(tree)
    elif grammar := grammar_for(path):
        yield from tree_answers(parse_tree(grammar, text))
