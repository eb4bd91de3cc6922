"""The bundle's archive and what an examiner finds in it: nothing in a whole one, the file's name in any other."""

import asyncio
import json
import random
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.bundle import ENVELOPE, MANIFEST, STATED, Sources, bundle, canonical, public_key, sha256
from bot.bundle.examining import examine
from bot.bundle.zipped import Damaged, read, write
from bot.domain.events import Checkpointed, Event
from bot.domain.session import Session, fold
from bot.domain.work import Verdict
from bot.ports import Trouble
from bot.speech.redact import redact
from handlers.main import cli
from sandbox.git import Bare
from tests.domain.people import APPROVED, BEGUN, FINISHED, PLANNED, events, evidence

KEY = Ed25519PrivateKey.generate()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SECRET = "hunter2-hunter2-hunter2"


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(("git", *who, *words), cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def repository(folder: Path, head: Mapping[str, str]) -> tuple[str, str]:
    """(base commit, head commit) of a repository whose head adds these files."""
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "core.py").write_text("x = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "base")
    base = git(folder, "rev-parse", "HEAD")
    for name, text in head.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "link").symlink_to("core.py")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "head")
    return base, git(folder, "rev-parse", "HEAD")


def told(folder: Path, base: str, head: str, log: str) -> tuple[Session, list[Event]]:
    base_tree, tree = (git(folder, "rev-parse", f"{one}^{{tree}}") for one in (base, head))
    grounded = BEGUN[2].model_copy(update={"base": base, "tree": base_tree})
    records = (
        evidence(1, "c1", "tests", Verdict.UPHELD, tree=tree, reason=f"as {SECRET} says"),
        evidence(2, "c2", "command", Verdict.UPHELD, tree=tree),
    )
    first = records[0].model_copy(update={"evidence": records[0].evidence.model_copy(update={"log_sha256": log})})
    second = records[1].model_copy(update={"evidence": records[1].evidence.model_copy(update={"log_sha256": ""})})
    saved = Checkpointed(sha=head, tree=tree)
    log_of = events(*BEGUN[:2], grounded, PLANNED, APPROVED, saved, FINISHED, first, second)
    return fold("s1", log_of), log_of


def made(folder: Path, head: Mapping[str, str] | None = None, key: str = PEM) -> bytes:
    base, tip = repository(folder / "repo", head or {"core.py": "x = 2\n", "sub/new file.py": "y = 'ä'\n"})
    inner = b"12 passed\n"
    outer = f"=== head\ncomplete output sha256:{sha256(inner)}\n{SECRET}\n".encode()
    blobs = {sha256(inner): inner, sha256(outer): outer}
    session, log = told(folder / "repo", base, tip, sha256(outer))

    async def blob(name: str) -> bytes | None:
        return blobs.get(name)

    sources = Sources(Bare(folder / "repo" / ".git"), blob, lambda text: redact(text, (SECRET,)), key)
    return asyncio.run(bundle(session, log, sources))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return made(tmp_path_factory.mktemp("bundle"))


def test_a_whole_bundle_is_without_fault_and_without_secrets(whole: bytes) -> None:
    found = examine(whole, public_key(PUBLIC))
    assert found.wrong == []
    assert found.notes[0].startswith("1 outputs are shown without the secrets")
    assert found.notes[-1].startswith("signed by the given key")
    assert SECRET.encode() not in whole
    assert [record.n for record in found.records] == [1, 2]
    assert {MANIFEST, STATED, ENVELOPE, "events.jsonl", "change.patch", "plan.json"} <= set(found.members)
    assert zipfile.ZipFile(BytesIO(whole)).testzip() is None
    assert b"12 passed\n" in found.members.values()


def test_equal_evidence_gives_equal_bytes(whole: bytes) -> None:
    assert write(read(whole)) == whole


def test_any_flipped_byte_is_reported_with_the_file_that_holds_it(whole: bytes) -> None:
    members = read(whole)
    places = {name: whole.index(data) for name, data in members.items() if len(data) > 20}
    dice = random.Random(7)
    for name, start in places.items():
        at = start + dice.randrange(len(members[name]))
        damaged = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        assert [file for file, _ in examine(damaged).wrong] == [name]
    for at in [*range(60), *range(len(whole) - 60, len(whole)), *dice.sample(range(len(whole)), 400)]:
        damaged = whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1 :]
        assert examine(damaged).wrong, at


def resealed(whole: bytes, changes: Mapping[str, bytes | None], key: str = "") -> bytes:
    """The bundle as a forger would write it: digests in the manifest made to fit. None takes a file out."""
    members = {name: data for name, data in {**read(whole), **changes}.items() if data is not None}
    names = (MANIFEST, STATED, ENVELOPE)
    files = {n: {"sha256": sha256(d), "size": len(d)} for n, d in sorted(members.items()) if n not in names}
    members[MANIFEST] = canonical({"format": "maestro-evidence/1", "files": files, "redacted": []})
    if not key:
        members.pop(ENVELOPE, None)
    return write(members)


def test_a_forger_who_makes_the_digests_fit_is_found_by_the_statement_and_the_objects(whole: bytes) -> None:
    members = read(whole)
    better = members["records.json"].replace(b'"verdict": "upheld"', b'"verdict": "refuted"', 1)
    assert {file for file, _ in examine(resealed(whole, {"records.json": better})).wrong} >= {STATED}
    blob = next(name for name in members if name.startswith("blobs/"))
    assert blob in {file for file, _ in examine(resealed(whole, {blob: b"evil\n"})).wrong}
    tree = members["trees/head.json"].replace(b"core.py", b"cure.py")
    assert "trees/head.json" in {file for file, _ in examine(resealed(whole, {"trees/head.json": tree})).wrong}
    assert "sub/evil.py" in {file for file, _ in examine(resealed(whole, {"sub/evil.py": b""})).wrong}
    assert (ENVELOPE, "is missing: the bundle is not signed") in examine(resealed(whole, {}), public_key(PUBLIC)).wrong


def test_a_bundle_that_does_not_fit_together_is_told_with_the_file_and_what_is_wrong(whole: bytes) -> None:
    members = read(whole)
    session = json.loads(members["session.json"])
    envelope = json.loads(members[ENVELOPE])
    [head, other] = (f"commits/{session[side]}" for side in ("head", "base"))
    [blob] = (f"blobs/{oid}" for mode, oid, path, _ in json.loads(members["trees/base.json"]) if path == "core.py")
    forgeries: list[tuple[dict[str, bytes | None], str, str]] = [
        ({"session.json": b"{"}, "session.json", "is no JSON"),
        ({"session.json": b"{ }"}, "session.json", "is not written in the one form that a bundle has"),
        ({"session.json": b"{}\n"}, "session.json", "does not say what the bundle is about"),
        ({"records.json": b"[{}]"}, "records.json", "holds no records: 13 faults"),
        ({"trees/head.json": b"[[]]\n"}, "trees/head.json", "is no listing of a tree"),
        ({"change.patch": None}, "change.patch", "is missing"),
        ({head: None}, "trees/head.json", "the tree or its commit is missing"),
        ({head: members[other]}, "trees/head.json", "is not the tree of its commit"),
        (
            {"session.json": canonical(session | {"tree": "0" * 40})},
            "records.json",
            "record 1 saw another tree than the head's",
        ),
        (
            {"session.json": canonical(session | {"tree": "0" * 40})},
            "session.json",
            "names another tree than the head commit's",
        ),
        ({blob: None}, blob, "is missing (core.py at base)"),
        ({ENVELOPE: b"{}\n"}, ENVELOPE, "is no envelope with one signature"),
        ({ENVELOPE: canonical(envelope | {"payload": ""})}, ENVELOPE, "signs something else than the statement"),
    ]
    for changes, file, what in forgeries:
        wrong = examine(resealed(whole, changes, key="kept")).wrong
        assert (file, what) in wrong, wrong
    extra = canonical({"format": "maestro-evidence/1", "files": {"gone": {}}, "redacted": []})
    wrong = examine(write(members | {MANIFEST: extra})).wrong
    assert {("gone", "is in the manifest and not in the bundle"), ("events.jsonl", "is not in the manifest")} <= {
        *wrong
    }
    assert examine(write(members | {MANIFEST: b"{}\n"})).wrong[0] == (
        MANIFEST,
        "is no manifest of the format maestro-evidence/1",
    )
    named = canonical(envelope | {"signatures": [envelope["signatures"][0] | {"keyid": "0" * 64}]})
    seen = examine(resealed(whole, {ENVELOPE: named}, key="kept"), public_key(PUBLIC))
    assert (ENVELOPE, "names another key than the one that signed") in seen.wrong


def test_a_signature_counts_only_with_its_own_key(whole: bytes) -> None:
    other = Ed25519PrivateKey.generate().public_key()
    assert examine(whole, other).wrong == [(ENVELOPE, "its signature is not of the given key")]
    assert examine(whole).notes[-1].endswith("give it with --key")


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\5\6" + b"\0" * 18,
        b"no archive at all",
        zipped(("bomb", b"\0" * 10_000_000), method=zipfile.ZIP_DEFLATED),
        zipped(("manifest.json", b"{}")),
        write({"../../etc/passwd": b"x"}),
        write({"manifest.json": b"{}", "link": b"/etc/passwd"}),
        write({"manifest.json": b"[" * 100_000}),
        write({"a": b"1"})[:-1],
        write({"a": b"1"}) + b"more",
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0x800, 0, 0, 0x21, 0, 2**32 - 1, 2**32 - 1, 1, 0) + b"a",
    ],
)
def test_what_is_no_bundle_is_refused_and_nothing_is_unpacked(data: bytes) -> None:
    assert examine(data).wrong


def test_a_member_that_stands_twice_is_refused() -> None:
    one = write({"a": b"1"})
    twice = one[:32] + one[:32] + one[32:]
    with pytest.raises(Damaged):
        read(twice)


def test_a_file_that_holds_a_secret_is_withheld_by_name(tmp_path: Path) -> None:
    data = made(tmp_path, {"conf.py": f"key = '{SECRET}'\n"})
    found = examine(data)
    assert found.wrong == []
    assert SECRET.encode() not in data
    assert "1 files at head are withheld, conf.py among them: they may hold secrets" in found.notes


def test_a_session_without_a_change_has_no_bundle(tmp_path: Path) -> None:
    async def none(_name: str) -> bytes | None:
        return None

    with pytest.raises(Trouble, match="no change"):
        asyncio.run(bundle(fold("s1", events(*BEGUN)), [], Sources(Bare(tmp_path), none, str)))


def test_the_program_says_what_is_wrong_and_ends_with_one(whole: bytes, tmp_path: Path) -> None:
    file, key = tmp_path / "b.zip", tmp_path / "key.pem"
    key.write_bytes(PUBLIC)
    file.write_bytes(whole)
    good = CliRunner().invoke(cli, ["verify", str(file), "--key", str(key)])
    assert (good.exit_code, "whole, every digest as written" in good.output) == (0, True)
    at = whole.index(read(whole)["events.jsonl"]) + 40
    file.write_bytes(whole[:at] + b"\0" + whole[at + 1 :])
    bad = CliRunner().invoke(cli, ["verify", str(file), "--json"])
    assert bad.exit_code == 1
    assert '"file": "events.jsonl"' in bad.output
    file.write_bytes(b"junk")
    key.write_bytes(b"junk")
    assert CliRunner().invoke(cli, ["verify", str(file), "--key", str(key)]).exit_code == 1


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_what_is_claimed_in_a_whole_bundle_and_does_not_hold_when_it_is_run_again_is_told(
    whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "b.zip"
    file.write_bytes(whole)
    again = CliRunner().invoke(cli, ["verify", "--rerun", str(file)])
    assert again.exit_code == 1
    ran, _, told = again.output.partition(f"{file}: ")
    assert sorted(ran.splitlines()) == [
        "  ran command for c2: refuted",
        "  ran integrity: unproven",
        "  ran regression: unproven",
        "  ran scope: refuted",
        "  ran tests for c1: unproven",
    ]
    assert told.splitlines()[0] == "whole, every digest as written"
    assert told.splitlines()[-2:] == [
        "  #1 tests: upheld, run again: unproven (DIFFERENT)",
        "  #2 command: upheld, run again: refuted (DIFFERENT)",
    ]
