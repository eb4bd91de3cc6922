"""The prose gate: the model's result-like statements, each compared with the ledger before it is posted.

What a fresh record shows is linked to that record; everything else is marked, right after the statement, unless it is
`plain` that no result is stated. The words themselves stay as the model wrote them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from bot.domain.session import Session
from bot.speech.gate.accounts import accounted
from bot.speech.gate.ledger import Ledger, ledger_of
from bot.speech.gate.moods import answered, is_heading, states
from bot.speech.gate.plain import plain, states_by_itself
from bot.speech.gate.reach import beyond, tells_beyond
from bot.speech.gate.stated import Statement, statements, together
from bot.speech.gate.tables import STATE, rows
from bot.speech.gate.topics import topics
from bot.speech.neutral import legible
from bot.speech.notes import FIRST_NOTE, MAX_NOTES, NOT_VERIFIED, PRIVATE, Gated
from bot.speech.voice import Voice

MAX_SEGMENT = 1000
_HARD = re.compile(
    r"\n(?=\s*(?:[-*+•#>|]|\d+[.)]\s|```|~~~|[✅✔☑🟢✓❌]|:\w+:|\[[ x]\]|$|\n))|\n\s*\n|(?<=\|)\n|(?<=:)\n"
)
_END = re.compile(r"(?<=[.!?…])[)\"'”*_`]*\s(?=\s*(?:\S|$))|(?<=[.!?])\s*\n")
_SHORTENED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|ca|approx|incl|resp|no|z\.b|bzw|p\.s)\.|\.{2,}|…|\s\.)[)\"'”*_`]*$", re.IGNORECASE
)


_CODE = re.compile(
    r"^[ \t]*(```|~~~)(?:python|py|javascript|js|jsx|typescript|ts|tsx|go|rust|rs|java|kotlin|ruby|rb|c|cpp|cs|php|"
    r"sql|html|"
    r"css|diff|toml|ya?ml|json|ini)\b[^\n]*\n.*?(?:^[ \t]*\1|\Z)",
    re.DOTALL | re.MULTILINE,
)
"""Source code: what stands there is quoted, except for figures of tests, which no source needs."""

_FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_EMPHASIS = {ord("*"): " ", ord("~"): " "}
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>\n]*)?/?>|&nbsp;", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<=\brecord )#?\d+", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"^[ \t>]*(?:(?:hi|hey|hello|dear|thanks),? )?@[\w-]+[,:]?"
    r"(?= (?!(?:said|says|asks?|asked|wr[io]tes?|wants?|suggests?|mentions?|reports?|thinks?|needs?|is|has|had|was|"
    r"will|would|can|could|does|did|and)\w*\b))",
    re.IGNORECASE | re.MULTILINE,
)
_LONE = re.compile(r"(?<!\w)_|_(?!\w)")
_CUT = re.compile(r"[,;]\s+(?:(?:and|but|so|while)\s+)?|\s[–—]\s|\s(?:and|but|while)\s")
_TO_DO = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s+\[ \]\s")


@dataclass(frozen=True, slots=True)
class Note:
    """What stands after a statement: the record that shows it, or None. `at` is the place in the text."""

    at: int
    record: int | None
    start: int


def notes(text: str, ledger: Ledger, *, titled: bool = False) -> list[Note]:
    """A note for each result-like statement of a text, in order; the lines of one that is `titled` are orders."""
    found: list[Note] = []
    text = answered(text)
    view = _view(text)
    code, fenced = _spans(_CODE, text), _spans(_FENCED, text)
    wished = False
    for start, end in _segments(view):
        line = view[start:end]
        wished = _still_wished(line, text[start:end], wished)
        if _TO_DO.match(text[start:end]) or not line.strip():
            continue
        if wished and not re.search(r"\b(?:passed|succeeded|ran|verified|were|was)\b|✅|✓|✔", line, re.IGNORECASE):
            continue
        noted = [
            _note(line, one, ledger, start, text)
            for one in together(line, _facts(line))
            if any(kind in ("count", "tick") for kind, _ in one.parts) or not _inside(code, start + one.start)
            if one.parts[0][0] != "tick" or _stated(line, one)
        ]
        found += noted
        if not line.lstrip().startswith("|"):
            taken = [(note.start - start, note.at - start) for note in noted]
            others = (
                one
                for one in _others(line, text[start:end], taken, titled=titled)
                if not _inside(fenced, start + one.start)
            )
            found += [_note(line, one, ledger, start, text) for one in others]
    return _with_tables(found, view, ledger)[:MAX_NOTES]


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [m.span() for m in pattern.finditer(text)]


def _inside(spans: list[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in spans)


def _others(line: str, raw: str, taken: list[tuple[int, int]], *, titled: bool) -> Iterator[Statement]:
    """Sentences besides those where something is stated that aren't recognised as such as state no result."""
    for start, end in _sentences(line):
        among = [span for span in taken if start < span[1] and span[0] < end]
        for begun, ended in _pieces(line, start, end, among) if among else ((start, end),):
            said = _FENCE.sub(
                _blank, _TAG.sub(_blank, _LONE.sub(" ", _ADDRESSED.sub(_blank, raw[begun:ended]).translate(_EMPHASIS)))
            )
            first = re.search(r"\w", said)
            if first and not plain(said, titled=titled) and (not among or states_by_itself(said) or tells_beyond(said)):
                shown = line[begun:ended].rstrip(" \t\n.!…|;,")
                yield Statement(begun + first.start(), begun + len(shown), (("claimed", shown),))


def _pieces(line: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The clauses of a sentence beside those where something is stated."""
    at = start
    for cut, after in [*(m.span() for m in _CUT.finditer(line, start, end)), (end, end)]:
        if not any(at < b and a < cut for a, b in taken):
            yield at, cut
        at = after


def _with_tables(found: list[Note], view: str, ledger: Ledger) -> list[Note]:
    """A row whose figures are not shown is marked as a whole, whatever else stands in it."""
    for start, end, parts in rows(view):
        within = [note for note in found if start <= note.start <= end]
        if within and parts[0][0] == "claimed":
            continue
        record = ledger.shows(Statement(start, end, parts), view[start:end])
        unshown = [note for note in within if note.record is None]
        ticked = all(STATE.fullmatch(view[note.start : note.at].strip()) for note in unshown)
        if within and (bool(unshown) if record is None else not (unshown and ticked)):
            continue
        found = [note for note in found if note not in within] + [Note(end, record, start)]
    return sorted(found, key=lambda note: note.at)


def _still_wished(line: str, raw: str, wished: bool) -> bool:
    """Whether this line is listed under a heading of goals or plans."""
    if not line.strip():
        return wished
    if is_heading(raw.strip()):
        return True
    return wished and bool(re.match(r"\s*(?:[-*+•]|\d+[.)])\s", raw))


def _facts(line: str) -> list[Statement]:
    """What is stated as a fact."""
    return [one for one in statements(line) if _stated(line, one)]


def _stated(line: str, one: Statement) -> bool:
    start, end = _sentence(line, one.start)
    sentence = line[start : max(end, one.end)]
    return states(sentence, one.start - start, one.end - start, one.parts[0][0])


def _note(line: str, statement: Statement, ledger: Ledger, offset: int, text: str) -> Note:
    start, end = _sentence(line, statement.start)
    sentence = line[start : max(end, statement.end)]
    if all(kind == "claimed" for kind, _ in statement.parts):
        statement = replace(statement, parts=topics(line[statement.start : statement.end], sentence))
    record = ledger.shows(statement, sentence, beyond=beyond(line, statement.start, statement.end))
    if record is not None and not accounted(statement, line, ledger):
        record = None
    at = offset + statement.end
    while at < len(text) and text[at] in "*_`~":
        at += 1
    return Note(at, record, offset + statement.start)


def _view(text: str) -> str:
    """The text as the eye reads it, place by place: emphasis is nothing, a typographic apostrophe is an apostrophe."""
    seen = text.translate(
        {ord("*"): " ", ord("`"): " ", ord("~"): "~", ord("’"): "'", ord("\xa0"): " ", ord("\u202f"): " "}
    )
    seen = _ADDRESSED.sub(_blank, seen)
    seen = _TAG.sub(_blank, _NUMBERED.sub(_blank, seen))
    return _LONE.sub(" ", seen)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _segments(view: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, list items and lines of tables or output; a line that merely goes on belongs to the one before."""
    at = 0
    for start, end in [*(m.span() for m in _HARD.finditer(view)), (len(view), len(view))]:
        while start - at > MAX_SEGMENT:  # nobody writes so; and what must look far back takes long
            cut = view.rfind(" ", at, at + MAX_SEGMENT)
            cut = cut if cut > at else at + MAX_SEGMENT
            yield at, cut
            at = cut
        yield at, start
        at = end


@lru_cache(maxsize=256)
def _ends(line: str) -> tuple[int, ...]:
    ends = (
        m.end()
        for m in _END.finditer(line)
        if not (line[m.end() :].lstrip()[:1].islower() and _SHORTENED.search(line, 0, m.start()))
    )
    return (0, *ends, len(line))


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end in pairwise(_ends(line)) if line[start:end].strip())


def _sentence(line: str, place: int) -> tuple[int, int]:
    ends = _ends(line)
    start = max(end for end in ends if end <= place)
    return start, min((end for end in ends if end > place), default=len(line))


# --- as it is posted -------------------------------------------------------------------------------------------------
def gated(text: str, session: Session, voice: Voice, *, titled: bool = False) -> Gated:
    """The model's words as they may be posted now, by the records that stand now."""
    words = PRIVATE.sub("", legible(text))
    found = notes(words, ledger_of(session), titled=titled)
    done = words
    for n, note in reversed(list(enumerate(found))):
        done = f"{done[: note.at]} {chr(FIRST_NOTE + n)}{done[note.at :]}"
    return Gated(done, tuple(_label(note, session, voice) for note in found))


def _label(note: Note, session: Session, voice: Voice) -> str:
    if note.record is None:
        return NOT_VERIFIED
    page = voice.record(session.id, note.record)
    return f"([#{note.record}]({page}))" if page else f"(#{note.record})"


def stripped(text: str) -> str:
    """The words without any result: for titles and commits, which stay when the records change, and where no mark and
    no link can stand."""
    words = PRIVATE.sub("", legible(text))
    for note in reversed(notes(words, Ledger((), {}, complete=False), titled=True)):
        words = _LOOSE.sub(" ", words[: note.start]) + _REST.sub("", words[note.at :], count=1)
    lines = [line.strip(" \t,;:–—✅✔✓()") for line in words.split("\n")]
    return "\n".join(line for line in lines if not line or re.search(r"\w", line)).strip()


_REST = re.compile(r"^[^.,;:!?\n]*?(?=$|[.,;:!?\n]|\s(?:and|but)\b)[ ,;.!✅✔✓]*")
"""The rest of a clause whose statement was taken out."""

_LOOSE = re.compile(r"(?:[ \t,;:–—✅✔✓]|\b(?:and|with|so that|so|now|all|then)\b(?=[ \t]*$))*$", re.IGNORECASE)
"""What would hang in the air before a statement that was taken out."""
