"""Trials of the tests of JavaScript and TypeScript, by node's own runner, mocha, jest and vitest.

Here no interpreter tells of calls: the functions of the sources are found by parsing, and the sources are written anew
in the sandbox, so that what they do can be watched.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from bot.checks.integrity.javascript.functions import classes, functions
from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.integrity.trial import insisting_javascript
from bot.checks.integrity.trial.language import Changed, Lines
from bot.checks.pairing import Named
from bot.checks.running import planted
from bot.ports import Run

PART, PARTS = 60_000, 16
"""Characters told of the sources' functions in one file, which is one argument of a process, and such files. What is
beyond that is not watched."""

_AGAIN = re.compile(r" \(\d+\)$")


@dataclass(frozen=True, slots=True)
class JavaScript:
    runners: Collection[str] = field(default=frozenset({"node", "mocha", "jest", "vitest"}))
    suffixes: tuple[str, ...] = JAVASCRIPT

    def bodied(self, tests: Collection[Named], texts: Mapping[str, str], /) -> tuple[Named, ...]:
        files = {test.file for test in tests} & texts.keys()
        known = {file: insisting_javascript.bodies(file, texts[file]) for file in files}
        return tuple(replace(test, body=_body(_title(test), known.get(test.file, {}))) for test in tests)

    def trying(self, run: Run, sources: Mapping[str, str], tests: Mapping[str, str], /) -> Run:
        found = {path: [each.told() for each in functions(path, text)] for path, text in sources.items()}
        for path, text in tests.items():
            found[path] = [[*place, "s", "", ""] for place in insisting_javascript.softened(path, text)]
        texts = {**sources, **tests}
        whole = {path: {"bytes": len(texts[path].encode()), "places": told} for path, told in found.items() if told}
        files = {path: told for path, told in whole.items() if len(json.dumps(told)) < PART}
        named = sorted({name for path, text in sources.items() for name in classes(path, text)})
        parts = {
            f"{{results}}/trial-functions-{n}.json": text for n, text in enumerate(islice(_parts(named, files), PARTS))
        }
        return planted(run, parts)

    def insisted(self, file: str, text: str, tests: Collection[Named], /) -> tuple[Lines, ...]:
        return insisting_javascript.insisted(file, text, {_title(test) for test in tests})

    def disturbed(self, changed: Sequence[Changed], holding: Collection[str], /) -> Mapping[str, frozenset[str] | None]:
        return insisting_javascript.disturbed(changed, holding)

    def uses(self, test: Named, names: Collection[str], /) -> bool:
        return not test.body or insisting_javascript.uses(test.body, names)


def _title(test: Named) -> str:
    return _AGAIN.sub("", test.tail)


def _body(title: str, known: Mapping[str, str]) -> str:
    """That of the test, of the one that it is a part of, or of all whose titles are made by loops."""
    while title not in known and " > " in title:
        title = title.rpartition(" > ")[0]
    return known.get(title, known.get("", ""))


def _parts(named: list[str], files: Mapping[str, object]) -> Iterator[str]:
    part: dict[str, object] = {}
    for path, told in files.items():
        if part and len(json.dumps({**part, path: told})) > PART:
            yield json.dumps({"classes": named, "files": part})
            part, named = {}, []
        part[path] = told
    yield json.dumps({"classes": named, "files": part})


JAVA_SCRIPT = JavaScript()
