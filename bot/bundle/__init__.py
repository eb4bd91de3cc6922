"""The evidence bundle: one archive that holds everything needed to check what was claimed, and to check it again.

A ZIP whose members are stored as they are, in one order, with no dates: equal evidence gives equal bytes, and whoever
reads it can write it again and compare, so that no byte of it is free. `manifest.json` names every member's SHA-256;
the in-toto statement names the manifest, the head commit and the patch; the DSSE envelope signs the statement.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from pydantic import JsonValue

from bot.bundle.zipped import write
from bot.domain.events import Event
from bot.domain.lines import dump_event
from bot.domain.session import Session
from bot.domain.work import Evidence, Verdict
from bot.ports import Trouble
from bot.sshsig import private_key
from sandbox.api import Entry
from sandbox.git import GITLINK, Bare

FORMAT = "maestro-evidence/1"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD = "application/vnd.in-toto+json"
MANIFEST, STATED, ENVELOPE = "manifest.json", "statement.json", "statement.dsse.json"
MAX_BYTES = 512 * 1024 * 1024
"""Bytes of all members together; larger repositories are given without their trees' contents."""

Clean = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a bundle's parts come from: the session's repository, stored outputs, what takes secrets out of text, and
    the key that signs (PEM; '' for none)."""

    bare: Bare
    blob: Callable[[str], Awaitable[bytes | None]]
    clean: Clean
    key: str = ""


async def bundle(session: Session, events: Sequence[Event], sources: Sources) -> bytes:
    """The archive of a session that has a change. Raises Trouble when there is nothing to bundle."""
    if session.base is None or session.head is None or not session.changed:
        raise Trouble("this session has no change, so there is no evidence to bundle", retry_in=None)
    head = session.head if session.undelivered else session.delivered or session.head
    members = await _repository(session, head, sources)
    members |= await asyncio.to_thread(_records, session, events, head, sources.clean)
    withheld = await _logs(session, sources, members)
    return await asyncio.to_thread(_sealed, session, head, members, withheld, sources.key)


# --- the parts -------------------------------------------------------------------------------------------------------
async def _repository(session: Session, head: str, sources: Sources) -> dict[str, bytes]:
    """Both trees and both commits, and the patch between them. A file that holds a secret is withheld, by name."""
    bare, base = sources.bare, session.base or ""
    members = {"change.patch": sources.clean(await bare.patch(base, head, limit=MAX_BYTES // 4)).encode()}
    wanted: dict[str, Entry] = {}
    listings: dict[str, tuple[Entry, ...]] = {}
    for side, commit in (("base", base), ("head", head)):
        members[f"commits/{commit}"] = await bare.read_commit(commit)
        listings[side] = await bare.entries(commit)
        wanted |= {entry.oid: entry for entry in listings[side] if entry.mode != GITLINK}
    whole = sum(entry.size for entry in wanted.values()) <= MAX_BYTES // 2
    blobs = await bare.read_blobs(wanted) if whole else {}
    kept = await asyncio.to_thread(_harmless, blobs, sources.clean)
    members |= {f"blobs/{oid}": data for oid, data in kept.items()}
    for side, entries in listings.items():
        rows: JsonValue = [[e.mode, e.oid, e.path, e.mode == GITLINK or e.oid in kept] for e in entries]
        members[f"trees/{side}.json"] = canonical(rows)
    return members


def _harmless(blobs: Mapping[str, bytes], clean: Clean) -> dict[str, bytes]:
    return {oid: data for oid, data in blobs.items() if clean(_text(data)) == _text(data)}


def _records(session: Session, events: Sequence[Event], head: str, clean: Clean) -> dict[str, bytes]:
    """What the program knows of the session, as JSON without secrets."""
    records = [record.model_dump(mode="json") for record in session.evidence]
    plan = {
        "plan": session.plan.model_dump(mode="json") if session.plan else None,
        "digest": session.plan.digest if session.plan else None,
        "approved": session.approved.model_dump(mode="json") if session.approved else None,
    }
    facts: JsonValue = {
        "session": session.id,
        "repository": session.place.repo.full_name,
        "base": session.base,
        "base_tree": session.base_tree,
        "head": head,
        "tree": session.tree,
        "branch": session.branch,
        "pull_request": session.pull_request.url if session.pull_request else None,
        "standing": [record.n for record in session.standing_evidence],
    }
    samples = {str(r.n): r.benchmark.model_dump(mode="json") for r in session.evidence if r.benchmark}
    places = {str(r.n): r.environment.model_dump(mode="json") for r in session.evidence}
    log = "".join(as_line(cleaned(json.loads(dump_event(event)), clean)) for event in events)
    parts = {"session": facts, "plan": plan, "records": records, "benchmarks": samples, "environments": places}
    return {f"{name}.json": canonical(cleaned(part, clean)) for name, part in parts.items()} | {
        "events.jsonl": log.encode("utf-8", "surrogatepass")
    }


async def _logs(session: Session, sources: Sources, members: dict[str, bytes]) -> list[str]:
    """Put the complete outputs among the members, those of the single executions too; returns the redacted ones."""
    redacted: list[str] = []
    waiting = [record.log_sha256 for record in session.evidence if record.log_sha256]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or (data := await sources.blob(name)) is None:
            continue
        seen.add(name)
        text = _text(data)
        clean = await asyncio.to_thread(sources.clean, text)
        if clean != text:
            redacted.append(f"logs/{name}.txt")
        members[f"logs/{name}.txt"] = _bytes(clean)
        waiting += [part[:64] for part in text.split("complete output sha256:")[1:]]
    return sorted(redacted)


# --- the seal --------------------------------------------------------------------------------------------------------
def _sealed(session: Session, head: str, members: dict[str, bytes], redacted: list[str], key: str) -> bytes:
    if sum(map(len, members.values())) > MAX_BYTES:
        raise Trouble(f"the bundle would be larger than {MAX_BYTES // 1024**2} MiB", retry_in=None)
    files: JsonValue = {name: {"sha256": sha256(data), "size": len(data)} for name, data in sorted(members.items())}
    manifest: JsonValue = {"format": FORMAT, "files": files, "redacted": list[JsonValue](redacted)}
    members[MANIFEST] = canonical(manifest)
    members[STATED] = canonical(statement(session.standing_evidence, head, members))
    if key:
        members[ENVELOPE] = canonical(envelope(members[STATED], private_key(key)))
    return write(members)


def statement(records: Sequence[Evidence], head: str, members: Mapping[str, bytes]) -> dict[str, JsonValue]:
    """The in-toto statement: what was tested, and how it ended."""
    named = {
        v: [f"#{r.n} {r.check}{f' {r.claim}' if r.claim else ''}" for r in records if r.verdict is v] for v in Verdict
    }
    unexplained = any(finding.explained is None for record in records for finding in record.findings)
    passed = bool(records) and not named[Verdict.UNPROVEN] and not unexplained
    result = "FAILED" if named[Verdict.REFUTED] else "PASSED" if passed else "WARNED"
    return {
        "_type": STATEMENT,
        "subject": [
            {"name": "head", "digest": {"gitCommit": head}},
            named_member("change.patch", members),
            named_member(MANIFEST, members),
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "result": result,
            "configuration": [named_member("plan.json", members), named_member("records.json", members)],
            "passedTests": list[JsonValue](named[Verdict.UPHELD]),
            "warnedTests": list[JsonValue](named[Verdict.UNPROVEN]),
            "failedTests": list[JsonValue](named[Verdict.REFUTED]),
        },
    }


def named_member(name: str, members: Mapping[str, bytes]) -> JsonValue:
    return {"name": name, "digest": {"sha256": sha256(members[name])}}


def envelope(payload: bytes, key: Ed25519PrivateKey) -> dict[str, JsonValue]:
    """The DSSE envelope of a statement."""
    signature = base64.b64encode(key.sign(encoded(payload))).decode()
    return {
        "payloadType": PAYLOAD,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": key_id(key.public_key()), "sig": signature}],
    }


def encoded(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is signed."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(payload), payload)


def public_key(pem: bytes) -> Ed25519PublicKey:
    """Raises ValueError for anything but an ed25519 public key in PEM."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("is no public key that can be read") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("is no ed25519 key")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


# --- small things ----------------------------------------------------------------------------------------------------
def canonical(value: object) -> bytes:
    """JSON with sorted keys, readable, one form for one value."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=True) + "\n").encode()


def as_line(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"


def cleaned(value: object, clean: Clean) -> JsonValue:
    """JSON with the secrets taken out of each text in it, so that it stays JSON."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(name)): cleaned(one, clean) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(one, clean) for one in value]
    return value if isinstance(value, int | float | bool) else None


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
