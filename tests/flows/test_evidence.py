"""Evidence as people meet it: proving again, accepting findings, words that outrun the records, and the bundle."""

import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.rehearsal.github import Issue
from bot.rehearsal.script import Script, call
from bot.speech.notes import NOT_VERIFIED
from handlers.main import cli
from tests.flows.scripts import FIX, LOOK, PROPOSE, WRITE_TEST, proposal
from tests.flows.theatre import CALCULATOR, Theatre, theatre

BOASTS = "Uses true division. All 40 tests pass and it is 3x faster. Verified."
BOASTER = Script(
    [LOOK, PROPOSE, WRITE_TEST, FIX, call("finish", title="Halve exactly; all tests pass", summary=BOASTS)]
)


async def says(play: Theatre, issue: Issue, words: str) -> str:
    """Say it, wait, and give the newest comment back."""
    await play.ada.comments(issue, words)
    await play.settled()
    return play.repo.issues[issue.number].comments[-1].body.partition("<!-- maestro:")[0].strip()


async def delivered(play: Theatre) -> Issue:
    issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
    await says(play, issue, "/maestro implement")
    assert (await says(play, issue, "/maestro approve")).startswith("**Done.**")
    return issue


async def test_what_was_claimed_is_marked_proven_again_and_bundled(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    async with theatre(tmp_path, BOASTER, settings={"maestro_signing_key": pem}) as play:
        issue = await delivered(play)
        [pull] = play.repo.pulls
        before, tip = await play.state(), pull.head_sha
        body = play.repo.issues[pull.number].body
        assert body.count(NOT_VERIFIED) == 2, body
        assert "All 40 tests pass (not verified) and it is 3x faster (not verified)" in body
        [commit] = play.repo.bare.log(f"{play.repo.default_branch}..{tip}")
        assert commit.message.startswith("Halve exactly\n\nUses true division")
        assert "40" not in commit.message
        assert play.repo.issues[pull.number].title == "Halve exactly"

        said = await says(play, issue, "/maestro prove")
        assert said.startswith(f"### Proof at `{tip[:12]}`"), said
        assert "Made anew from scratch" in said
        after = await play.state()
        records = [*after["evidence"]]  # type: ignore[misc]
        old, new = len([*before["evidence"]]), len(records)  # type: ignore[misc]
        assert new == 2 * old
        assert all(f"#{record['n']}" in said for record in records[old:])  # type: ignore[index,call-overload]
        assert (after["phase"], after["outcome"], after["head"]) == ("idle", "done", before["head"])
        assert [pull.head_sha for pull in play.repo.pulls] == [tip]
        [run] = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert (run.head_sha, run.status, run.conclusion) == (tip, "completed", "success")

        one = await says(play, issue, "/maestro prove c1")
        assert len([*(await play.state())["evidence"]]) == new + 1  # type: ignore[misc]
        assert f"#{new + 1}" in one
        assert "The claims are: c1" in await says(play, issue, "/maestro prove c9")
        assert "No integrity finding is open here." in await says(play, issue, "/maestro accept f1")

        session = str(after["id"])
        async with httpx.AsyncClient() as client:
            answers = [await client.get(f"{play.site}/api/sessions/{session}/bundle") for _ in range(2)]
        assert answers[0].status_code == 200
        assert answers[0].content == answers[1].content
    file, public = tmp_path / "evidence.zip", tmp_path / "public.pem"
    file.write_bytes(answers[0].content)
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    check_the_bundle(tmp_path, file, public)


def check_the_bundle(home: Path, file: Path, public: Path) -> None:
    """The program's own `verify`, on what the server gave."""
    whole = CliRunner().invoke(cli, ["verify", str(file), "--key", str(public), "--json"])
    report = json.loads(whole.output)
    assert (whole.exit_code, report["ok"], report["wrong"]) == (0, True, []), report
    assert report["notes"][0].startswith("signed by the given key")
    again = CliRunner().invoke(
        cli, ["verify", str(file), "--rerun"], env={"MAESTRO_HOME": str(home / "verify"), "MAESTRO_SANDBOX": "auto"}
    )
    assert again.exit_code == 0, again.output
    assert again.output.count("(same)") == len(report["records"])
