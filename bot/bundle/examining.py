"""Checking a bundle: every digest, the manifest, the statement, the signature, and that trees and commits are what
their ids say. Pure: nothing is unpacked, nothing is run."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from bot.bundle import ENVELOPE, FORMAT, MANIFEST, PAYLOAD, STATED, canonical, encoded, key_id, sha256, statement
from bot.bundle.zipped import Damaged, read
from bot.domain.work import Evidence

_OID = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_KNOWN = re.compile(
    rf"(?:{re.escape(MANIFEST)}|{re.escape(STATED)}|{re.escape(ENVELOPE)}|session\.json|plan\.json|records\.json|"
    rf"benchmarks\.json|environments\.json|events\.jsonl|change\.patch|trees/(?:base|head)\.json|commits/{_OID}|"
    rf"blobs/{_OID}|logs/[0-9a-f]{{64}}\.txt)"
)
_NEEDED = (MANIFEST, STATED, "session.json", "plan.json", "records.json", "events.jsonl", "change.patch")
_SEALS = frozenset((MANIFEST, STATED, ENVELOPE))
_RECORDS = TypeAdapter(tuple[Evidence, ...])
Json = Any
"""What a foreign file may hold, until it is looked at."""


@dataclass(slots=True)
class Findings:
    """What a check found: `wrong` by file, `notes` that are no fault, and the members when they could be read."""

    members: Mapping[str, bytes] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    records: tuple[Evidence, ...] = ()
    session: dict[str, Json] = field(default_factory=dict)

    def blame(self, name: str, what: str) -> None:
        self.wrong.append((name, what))


def examine(data: bytes, key: Ed25519PublicKey | None = None) -> Findings:
    """Everything that can be told of a bundle from its bytes alone."""
    found = Findings()
    try:
        found.members = read(data)
    except Damaged as damaged:
        found.blame(damaged.name or "the archive", damaged.what)
        return found
    for name in found.members:
        if not _KNOWN.fullmatch(name):
            found.blame(name, "does not belong into a bundle")
    for name in _NEEDED:
        if name not in found.members:
            found.blame(name, "is missing")
    if found.wrong:
        return found
    _manifest(found)
    _facts(found)
    if not found.wrong:
        _stated(found)
        _objects(found)
        _outputs(found)
    _signature(found, key)
    return found


def _json(found: Findings, name: str) -> Json:
    """A member's JSON in its one form; None when it is anything else."""
    try:
        value = json.loads(found.members[name])
    except (ValueError, RecursionError):
        found.blame(name, "is no JSON")
        return None
    if canonical(value) != found.members[name]:
        found.blame(name, "is not written in the one form that a bundle has")
        return None
    return value


def _manifest(found: Findings) -> None:
    manifest = _json(found, MANIFEST)
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict) or manifest.get("format") != FORMAT:
        return found.blame(MANIFEST, f"is no manifest of the format {FORMAT}")
    for name, data in found.members.items():
        if name not in _SEALS and files.get(name) != {"sha256": sha256(data), "size": len(data)}:
            found.blame(name, "is not what the manifest names" if name in files else "is not in the manifest")
    for name in files:
        if name not in found.members:
            found.blame(str(name), "is in the manifest and not in the bundle")
    return None


def _facts(found: Findings) -> None:
    session = _json(found, "session.json")
    try:
        found.records = _RECORDS.validate_json(found.members["records.json"])
    except ValidationError as error:
        found.blame("records.json", f"holds no records: {error.error_count()} faults")
    keys = ("session", "base", "head", "tree", "standing")
    if not isinstance(session, dict) or any(key not in session for key in keys):
        return found.blame("session.json", "does not say what the bundle is about")
    found.session = session
    return None


def _stated(found: Findings) -> None:
    """The statement must be the one that follows from the records."""
    standing = [record for record in found.records if record.n in found.session["standing"]]
    expected = statement(standing, str(found.session["head"]), found.members)
    if canonical(expected) != found.members[STATED]:
        found.blame(STATED, "does not say what the records, the manifest and the patch say")
    for record in standing:
        if record.tree != found.session["tree"]:
            found.blame("records.json", f"record {record.n} saw another tree than the head's")


def _signature(found: Findings, key: Ed25519PublicKey | None) -> None:
    if ENVELOPE not in found.members:
        if key is not None:
            found.blame(ENVELOPE, "is missing: the bundle is not signed")
        return found.notes.append("not signed: this shows that the bundle is whole, not who made it")
    value = _json(found, ENVELOPE)
    try:
        payload = base64.b64decode(value["payload"], validate=True)
        [signature] = value["signatures"]
        sig = base64.b64decode(signature["sig"], validate=True)
        kind, by = value["payloadType"], str(signature["keyid"])
    except (TypeError, KeyError, ValueError, binascii.Error):
        return found.blame(ENVELOPE, "is no envelope with one signature")
    if kind != PAYLOAD or payload != found.members.get(STATED):
        return found.blame(ENVELOPE, "signs something else than the statement")
    if key is None:
        return found.notes.append(f"signed by key {by[:16]}…, which was not checked: give it with --key")
    try:
        key.verify(sig, encoded(payload))
    except InvalidSignature:
        return found.blame(ENVELOPE, "its signature is not of the given key")
    if by != key_id(key):
        return found.blame(ENVELOPE, "names another key than the one that signed")
    return found.notes.append(f"signed by the given key {by[:16]}…")


# --- git objects and outputs -----------------------------------------------------------------------------------------
def git_id(kind: str, data: bytes, like: str) -> str:
    """The id that git gives to an object, in the hash of the id `like`."""
    whole = b"%s %d\0" % (kind.encode(), len(data)) + data
    return (hashlib.sha256(whole) if len(like) == 64 else hashlib.sha1(whole, usedforsecurity=False)).hexdigest()


def _objects(found: Findings) -> None:
    for name, data in found.members.items():
        folder, _, oid = name.partition("/")
        if folder in ("blobs", "commits") and git_id(folder[:-1], data, oid) != oid:
            found.blame(name, "is not the object of its name")
    for side in ("base", "head"):
        commit = str(found.session[side])
        if f"commits/{commit}" not in found.members or f"trees/{side}.json" not in found.members:
            found.blame(f"trees/{side}.json", "the tree or its commit is missing")
            continue
        named = re.match(rb"tree ([0-9a-f]+)\n", found.members[f"commits/{commit}"])
        made = dict(trees(rows(found, side), commit))
        if named is None or named[1].decode() not in made:
            found.blame(f"trees/{side}.json", "is not the tree of its commit")
        elif side == "head" and named[1].decode() != found.session["tree"]:
            found.blame("session.json", "names another tree than the head commit's")
        _withheld(found, side)


def _withheld(found: Findings, side: str) -> None:
    for _, oid, path, given in rows(found, side):
        if given and f"blobs/{oid}" not in found.members and not _is_link(found, side, path):
            found.blame(f"blobs/{oid}", f"is missing ({path} at {side})")
    gone = [path for mode, oid, path, given in rows(found, side) if not given]
    if gone:
        found.notes.append(f"{len(gone)} files at {side} are withheld, {gone[0]} among them: they may hold secrets")


def _is_link(found: Findings, side: str, path: str) -> bool:
    return any(mode == "160000" and name == path for mode, _, name, _ in rows(found, side))


def rows(found: Findings, side: str) -> list[tuple[str, str, str, bool]]:
    """(mode, oid, path, whether its content is here) of each file of a tree; nothing when the listing is none."""
    value = _json(found, f"trees/{side}.json")
    good = isinstance(value, list) and all(
        isinstance(row, list)
        and len(row) == 4
        and all(isinstance(part, str) for part in row[:3])
        and re.fullmatch(r"100644|100755|120000|160000|100664", row[0])
        and re.fullmatch(_OID, row[1])
        for row in value
    )
    if not good:
        found.blame(f"trees/{side}.json", "is no listing of a tree")
        return []
    return [(mode, oid, path, bool(given)) for mode, oid, path, given in value]


def trees(listing: list[tuple[str, str, str, bool]], like: str) -> Iterator[tuple[str, bytes]]:
    """(id, content) of each tree object of a listing; the whole tree's is the last."""
    files: list[tuple[bytes, bytes, str]] = []
    folders: dict[str, list[tuple[str, str, str, bool]]] = {}
    for mode, oid, path, given in listing:
        first, _, rest = path.partition("/")
        if rest:
            folders.setdefault(first, []).append((mode, oid, rest, given))
        else:
            files.append((_name(first), mode.encode(), oid))
    for folder, inside in folders.items():
        last = ""
        for oid, content in trees(inside, like):
            yield oid, content
            last = oid
        files.append((_name(folder) + b"/", b"40000", last))
    parts = [mode + b" " + name.rstrip(b"/") + b"\0" + bytes.fromhex(oid) for name, mode, oid in sorted(files)]
    data = b"".join(parts)
    yield git_id("tree", data, like), data


def _name(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _outputs(found: Findings) -> None:
    """A stored output has its digest as its name, except where secrets were taken out."""
    redacted = set(json.loads(found.members[MANIFEST]).get("redacted", ()))
    for name, data in found.members.items():
        if name.startswith("logs/") and name not in redacted and name != f"logs/{sha256(data)}.txt":
            found.blame(name, "is not the output of its name")
    for record in found.records:
        if record.log_sha256 and f"logs/{record.log_sha256}.txt" not in found.members:
            found.notes.append(f"the output of record {record.n} is not in the bundle")
    if redacted:
        found.notes.append(f"{len(redacted)} outputs are shown without the secrets that stood in them")
