"""Secrets out of outgoing text: known values however they were split or encoded, and whatever has a secret's shape."""

import base64
import bisect
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote, unquote_to_bytes

REDACTED = "[redacted]"
SHORTEST = 8
"""A known value of fewer characters would be found everywhere."""

_SHAPES = re.compile(
    r"""
    -----BEGIN[ ][A-Z0-9 ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----.*?(?:-----END[ ][A-Z0-9 ]{0,60}-----|\Z)
    | \bgh[opusr]_[\w.\-]{20,}
    | \bgithub_pat_\w{20,}
    | \bglpat-[\w\-]{20,}
    | \bxox[a-z]-[\w\-]{10,}
    | \bxapp-[\w\-]{10,}
    | \bhooks\.slack\.com/services/[\w/]{10,}
    | \bsk-[\w\-]{20,}
    | \bsk_(?:live|test)_\w{10,}
    | \bnpm_[A-Za-z0-9]{30,}
    | \bpypi-[\w\-]{50,}
    | \bAIza[\w\-]{35}
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    | \beyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]{10,}
    """,
    re.VERBOSE | re.DOTALL,
)
# What stands before the secret part stays, so that a reader sees what it was.
_PARTS = re.compile(
    r"""
    (?P<url>\b[A-Za-z][A-Za-z0-9+.\-]{1,30}://[^\s:/@'"]{0,200}:)(?P<password>[^\s'"@]{1,300}(?:@[^\s'"@/]{1,300})*)(?=@)
    | (?P<bearer>\bbearer[ \t]+)(?P<token>[\w.~+/\-]{16,}=*)
    | (?P<header>\bauthorization["']?[ \t]{0,5}[:=][ \t]{0,5}["']?(?:(?:basic|token|bearer)[ \t]+)?)
      (?P<value>[^\s"']{8,})
    | (?P<aws>\baws_?secret_?access_?key["']?[ \t]{0,5}[:=][ \t]{0,5}["']?)(?P<key>[A-Za-z0-9/+=]{20,})
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PIECES = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&\#(?:x[0-9A-Fa-f]{1,6}|[0-9]{1,7});|[\s>\\|`*]+|[^\s%&>\\|`*]+|.", re.DOTALL
)
_FILLER = re.compile(r"[\s>\\|`*]+")


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` without secrets. `secrets` are the known values; each is also found when it was broken over lines, quoted,
    or written in percent, HTML entity, base64 or hexadecimal form."""
    text = _known(text, sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True))
    return _PARTS.sub(_keep_front, _SHAPES.sub(REDACTED, text))


def _keep_front(found: re.Match[str]) -> str:
    return next((found[name] for name in ("url", "bearer", "header", "aws") if found[name]), "") + REDACTED


@lru_cache(maxsize=512)
def _forms(secret: str) -> tuple[str, ...]:
    """What to look for in squeezed text: the value, its hexadecimal form, and what base64 makes of it at each of the
    three places that it can have inside longer data."""
    plain = _FILLER.sub("", secret)
    if len(plain) < SHORTEST:
        return ()
    data = secret.encode("utf-8", "surrogatepass")
    forms = {plain, _squeeze(secret)[0], data.hex(), data.hex().upper()}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data)
        whole = coded[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6].decode()
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
    return tuple(form for form in forms if len(form) >= SHORTEST)


def _known(text: str, forms: list[str]) -> str:
    if not forms:
        return text
    spans: set[tuple[int, int]] = set()
    # As it stands, too: of `%AB…` the first two letters of a secret might be taken for an escaped sign.
    for squeezed, starts, places in {_squeeze(text), _squeeze(text, as_it_stands=True)}:
        for form in forms:
            at = squeezed.find(form)
            while at >= 0:
                spans.add((_place(at, starts, places), _place(at + len(form) - 1, starts, places, end=True)))
                at = squeezed.find(form, at + len(form))
    return _blank(text, sorted(spans))


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in spans:
        if start >= at:
            kept += [text[at:start], REDACTED]
        at = max(at, end)
    return "".join([*kept, text[at:]])


Squeezed = tuple[str, tuple[int, ...], tuple[tuple[int, int, bool], ...]]


def _squeeze(text: str, *, as_it_stands: bool = False) -> Squeezed:
    """The text without what may stand between the characters of a split secret, and, but for `as_it_stands`, with its
    escapes undone; where each run of it starts; and that run's place in `text` with whether it stands there character
    by character."""
    runs: list[str] = []
    starts: list[int] = []
    places: list[tuple[int, int, bool]] = []
    length = 0
    for piece in _PIECES.finditer(text):
        run = piece[0]
        if _FILLER.fullmatch(run):
            continue
        decoded = run if as_it_stands else _decoded(run)
        verbatim = decoded == run
        decoded = _FILLER.sub("", decoded)
        runs.append(decoded)
        starts.append(length)
        places.append((piece.start(), piece.end(), verbatim))
        length += len(decoded)
    return "".join(runs), tuple(starts), tuple(places)


def _decoded(run: str) -> str:
    if run.startswith("%") and len(run) > 2:
        plain = unquote_to_bytes(run).decode("utf-8", "replace")
        return unquote(plain) if "%" in plain else plain
    if run.startswith("&#") and run.endswith(";"):
        number = int(run[3:-1], 16) if run[2] == "x" else int(run[2:-1])
        return chr(number) if 0 < number < 0x110000 else run
    return run


def _place(at: int, starts: Sequence[int], places: Sequence[tuple[int, int, bool]], *, end: bool = False) -> int:
    """Where the squeezed character `at` stands in the text: its beginning, or the place after it."""
    index = bisect.bisect_right(starts, at) - 1
    start, stop, verbatim = places[index]
    if not verbatim:
        return stop if end else start
    return start + at - starts[index] + (1 if end else 0)
