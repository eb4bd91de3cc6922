"""Reading coverage reports, which hostile code may have written: Cobertura XML, lcov, and Go's cover profile.

A report becomes lines by file: `{path: {line: was it run}}`, with paths as the tree has them. Nothing here raises for
what a report holds; what can't be read is left out.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from io import StringIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

Lines = Mapping[str, Mapping[int, bool]]
_Hit = tuple[str, int, bool]

LONGEST = 20_000
"""Lines of a file whose changes are looked for one by one."""

_GO = re.compile(r"^(\S+\.go):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$", re.MULTILINE)


def read_report(name: str, text: str, paths: Collection[str]) -> Lines:
    """The lines of a report, its kind told by the file's name: `.xml` Cobertura, `.info` lcov, `.out` Go."""
    reader = {"xml": _cobertura, "info": _lcov, "out": _go}[name.rpartition(".")[2]]
    found: dict[str, dict[int, bool]] = defaultdict(dict)
    placed: dict[str, str] = {}
    for file, line, hit in reader(text):
        path = placed.setdefault(file, _place(file, paths))
        if path:
            found[path][line] = found[path].get(line, False) or hit
    return found


def _place(file: str, paths: Collection[str]) -> str:
    """The path in the tree that a report means: its longest ending that is one."""
    parts = [part for part in file.replace("\\", "/").split("/") if part not in ("", ".")]
    endings = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((ending for ending in endings if ending in paths), "")


def _cobertura(text: str) -> Iterable[_Hit]:
    """Nothing of a report that is cut off: half of it would tell another share."""
    source, file = "", ""
    found: list[_Hit] = []
    try:
        for event, element in iterparse(StringIO(text), events=("start", "end")):
            if event == "start" and element.tag == "class":
                file = element.get("filename", "")
            elif event == "end" and element.tag == "source":
                source = source or (element.text or "").strip()
            elif event == "end" and element.tag == "line":
                found += _xml_line(f"{source}/{file}", element)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError):
        return []
    return found


def _xml_line(file: str, element: Element) -> Iterator[_Hit]:
    number, hits = element.get("number", ""), element.get("hits", "")
    if number.isdigit() and hits.isdigit():
        yield file, int(number), int(hits) > 0


def _lcov(text: str) -> Iterator[_Hit]:
    file = ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        number, _, hits = value.partition(",")
        if key == "SF":
            file = value.strip()
        elif key == "DA" and number.isdigit() and hits.partition(",")[0].lstrip("-").isdigit():
            yield file, int(number), int(hits.partition(",")[0]) > 0


def _go(text: str) -> Iterator[_Hit]:
    for file, first, last, hits in _GO.findall(text):
        for line in range(int(first), min(int(last), int(first) + LONGEST) + 1):
            yield file, line, int(hits) > 0


def share(lines: Lines, paths: Iterable[str]) -> tuple[int, int]:
    """(lines that were run, lines that could be) in these files together."""
    hits = [hit for path in paths for hit in lines.get(path, {}).values()]
    return sum(hits), len(hits)


def changed_lines(old: str | None, new: str | None) -> frozenset[int]:
    """The numbers (from 1) of lines that the new text has and the old one has not."""
    before, after = (old or "").splitlines(), (new or "").splitlines()
    if max(len(before), len(after)) > LONGEST:
        return frozenset()
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return frozenset(
        n + 1 for tag, _, _, start, end in codes if tag in ("insert", "replace") for n in range(start, end)
    )
