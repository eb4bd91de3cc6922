"""Results in Markdown tables: what the figures of a row mean is said by the table's head."""

import re
from collections.abc import Iterator

from bot.speech.gate.numbers import NUM
from bot.speech.gate.plain.clauses import letters_of
from bot.speech.gate.stated.vocabulary import UNIT

_TABLE = re.compile(r"^[ \t]*(\|[^\n]+)\n[ \t]*\|[ \t:|-]+\n((?:[ \t]*\|[^\n]*(?:\n|\Z))+)", re.MULTILINE)
_COUNTED = re.compile(
    r"^(?:tests? |# ?|no\.? of )?(pass\w*|fail\w*|skip\w*|errors?|tests|total|ran|ok)(?: tests?)?$", re.IGNORECASE
)
_TIMED = re.compile(
    r"\b(?:before|after|base|head|main|master|old|new|this (?:pr|branch|change)|time|mean|median|average|duration|"
    r"latency|p\d\d\d?|run-?time|memory|ops|throughput|results?|value|measured)\b",
    re.IGNORECASE,
)
_BASE = re.compile(r"\b(?:before|base|main|master|old|previous)\b", re.IGNORECASE)
_HEAD = re.compile(r"\b(?:after|head|new|now|this (?:pr|branch|change))\b", re.IGNORECASE)
_GAIN = re.compile(r"\b(?:speed-?up|change|gain|improvement|factor|ratio|delta|diff(?:erence)?)\b|Δ", re.IGNORECASE)
_COVERED = re.compile(
    r"\bcov(?:er(?:age|ed)?)?\b|^(?:lines|branches|stmts|statements|functions)(?: ?%)?$", re.IGNORECASE
)
_WISHED = re.compile(
    r"\b(?:goal|target|limit|wanted|expected|budget|default|allowed|maximum|minimum|planned)\b", re.IGNORECASE
)
_JUDGED = re.compile(
    r"\b(?:works?|status|results?|verdict|outcome|ok|passe[sd]|verified|tested|supported|met|votes?|approved|done|"
    r"confirmed|pass|score|rating|grade|upheld)\b",
    re.I,
)
_RUN = re.compile(r"^(?:tests?|lint\w*|types?|suite|coverage|build|format)$", re.IGNORECASE)
_RUNS = (
    ("suite", re.compile(r"^(?:the )?(?:tests?|suite|test suite)$", re.IGNORECASE)),
    ("lint", re.compile(r"^(?:lint\w*|types?|type check|format)$", re.IGNORECASE)),
)
_AMOUNT = re.compile(rf"^[~≈<>±+−-]?\s*({NUM})\s?({UNIT}|%|x|×)?(?:\s*±.*)?$", re.IGNORECASE)
STATE = re.compile(
    r"(?:[✅✔☑🟢✓]\ufe0f? )?(?:all |fully )?(?:pass(?:ed|ing|es)?|upheld|proven|green|ok|clean|success(?:ful)?|"
    r"succeeds|succeeded)[.! ]*",
    re.IGNORECASE,
)

_FAILED = re.compile(
    r"(?:[❌✗✘🔴]\ufe0f? ?)?(?:fail(?:s|ed|ing)?|red|refuted|missed|no|(?<=\W))\W*(?:\([^()]*\))?", re.IGNORECASE
)
Part = tuple[str, str]


def rows(view: str) -> Iterator[tuple[int, int, tuple[Part, ...]]]:
    """(start, end, parts) of each row that holds figures of tests, time or coverage, in words that the ledger knows."""
    for table in _TABLE.finditer(view):
        head = _cells(table[1])
        at = table.start(2)
        for line in table[2].splitlines(keepends=True):
            cells = _cells(line)
            parts = tuple(_parts(head, cells))
            if any(_FAILED.fullmatch(cell) for cell in cells[1:]) and not parts:
                parts = (("bad", f"{cells[0]} failed"),) if re.search("[TLSC]", letters_of(cells[0])) else ()
            elif not parts and any(map(_JUDGED.search, head[1:])):
                parts = (("claimed", line.strip()),)
            if parts:
                yield at, at + len(line.rstrip(" \t\n|")), parts
            at += len(line)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _unit(words: str) -> str:
    found = re.search(rf"\(\s*({UNIT}|%)\s*\)|\bin ({UNIT}|%)", words, re.IGNORECASE)
    return (found[1] or found[2]).lower() if found else ""


def _parts(head: list[str], cells: list[str]) -> Iterator[Part]:
    counted, timed = [], []
    if cells and _WISHED.search(cells[0]):
        return
    for name, cell in zip(head, cells, strict=False):
        amount = _AMOUNT.match(cell)
        if STATE.fullmatch(cell):
            run = name if _RUN.search(name) else cells[0]
            yield next((kind for kind, words in _RUNS if words.search(run)), "tick"), f"{run} {cell}"
        if amount is None or _WISHED.search(name):
            continue
        number, unit = amount[1], (amount[2] or "").lower()
        spoken = unit or _unit(name) or _unit(cells[0])
        if _COVERED.search(name) and spoken in ("", "%"):
            yield "coverage", f"coverage {number} %"
        elif word := _COUNTED.match(name):
            counted.append(f"{number} {word[1].lower()}")
        elif _GAIN.search(name) and unit in ("x", "×", "%"):
            yield "speed", f"{number}{unit} faster"
        elif _TIMED.search(name) and not spoken and (word := _COUNTED.match(cells[0])):
            counted = [f"{number} {word[1].lower()}"]
        elif _TIMED.search(name) and spoken:
            timed.append((name, f"coverage {number} %" if spoken == "%" else f"{number} {spoken}"))
    if counted:
        yield "count", ", ".join(counted)
    if timed:
        yield "coverage" if "%" in timed[0][1] else "speed", _both_sides(timed)


def _both_sides(timed: list[tuple[str, str]]) -> str:
    """Figures as they are spoken of, so that each is held against its own side."""
    base = [said for name, said in timed if _BASE.search(name)]
    head = [said for name, said in timed if _HEAD.search(name)]
    if len(base) == len(head) == 1:
        return f"from {base[0]} to {head[0]}"
    return "; ".join(said for _, said in timed)
